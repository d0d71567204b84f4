// `npm run bench [-- NAME…]`: runs the measurements in bench/, all or those that are named, one after the other.
// Figures of one run can be compared with each other, and with no other machine's.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './lib/install.mjs';
import { localNode, main, root, Stop, toolEnvironment } from './lib/project.mjs';
import { run } from './lib/run.mjs';

main(async (names) => {
  await ensurePackages();
  const all = readdirSync(join(root, 'bench'))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => file.slice(0, -'.ts'.length))
    .sort();
  const unknown = names.filter((name) => !all.includes(name));
  if (unknown.length > 0) {
    throw new Stop(
      `There is no measurement \`${unknown.join('`, `')}\`. There are: ${all.join(', ')}.`,
      2,
    );
  }
  for (const name of names.length > 0 ? names : all) {
    const { code } = await run(localNode, [join('bench', `${name}.ts`)], {
      cwd: root,
      env: toolEnvironment(),
    });
    if (code !== 0) return code;
  }
  return 0;
});
