// `npm run golden`: runs every example in memory, those in Python in a worker, writes its normalised trace beside it, and prints what changed. With
// slugs as arguments, those alone. Read the difference before you commit it: it is what the examples' readers will see.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { diffLines } from 'diff';
import { runExample } from '../src/cli/example.ts';
import { formatGolden, GOLDEN } from '../src/cli/golden.ts';
import { main, root } from './lib/project.mjs';

main(async () => {
  const examples = join(root, 'content/examples');
  const { positionals } = parseArgs({ allowPositionals: true });
  const slugs = positionals.length > 0 ? positionals : readdirSync(examples).sort();
  let changed = 0;
  for (const slug of slugs) {
    const { events } = await runExample(join(examples, slug), 'memory');
    const file = join(examples, slug, GOLDEN);
    const before = read(file);
    const after = formatGolden(events);
    if (before === after) continue;
    changed++;
    writeFileSync(file, after);
    console.log(before === '' ? `${slug}: new, ${after.split('\n').length - 3} steps` : `${slug}:`);
    if (before === '') continue;
    for (const { added, removed, value } of diffLines(before, after)) {
      if (added || removed)
        console.log(value.replace(/\n$/, '').replace(/^/gm, added ? '  + ' : '  - '));
    }
  }
  console.log(`${slugs.length} examples, ${changed} traces changed`);
  return 0;
});

function read(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
