// `npm run bench [-- NAME… [--option…]]`: runs the measurements in bench/, all or those that are named, one after the
// other. Figures of one run can be compared with each other, and with no other machine's.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './lib/install.mjs';
import { localNode, main, root, Stop, toolEnvironment } from './lib/project.mjs';
import { run } from './lib/run.mjs';

/** These take many minutes: they run when they are named. */
const onlyWhenNamed = ['lighthouse', 'site-build', 'soak'];

main(async (args) => {
  await ensurePackages();
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const names = firstOption < 0 ? args : args.slice(0, firstOption);
  const options = firstOption < 0 ? [] : args.slice(firstOption);
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
  if (options.length > 0 && names.length !== 1) {
    throw new Stop(
      `Options are for one measurement: name it before \`${options[0]}\`. There are: ${all.join(', ')}.`,
      2,
    );
  }
  const chosen = names.length > 0 ? names : all.filter((name) => !onlyWhenNamed.includes(name));
  for (const name of chosen) {
    const { code } = await run(localNode, [join('bench', `${name}.ts`), ...options], {
      cwd: root,
      env: toolEnvironment(),
    });
    if (code !== 0) return code;
  }
  return 0;
});
