// Runs an Astro command with the Node that it needs, after installing what is missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './install.mjs';
import { commandOf, localNode, root, Stop, toolEnvironment } from './project.mjs';
import { run } from './run.mjs';

export async function astro(args) {
  if (!existsSync(join(root, 'astro.config.mjs'))) {
    throw new Stop(
      `astro.config.mjs is missing in ${root}: restore it with \`git checkout astro.config.mjs\`.`,
    );
  }
  await ensurePackages();
  const { code } = await run(localNode, [commandOf('astro'), ...args], {
    cwd: root,
    // Astro sends its dev server to the background when it believes that a program started it;
    // with this set it believes that it is there already, and stays in front.
    env: toolEnvironment({ ASTRO_DEV_BACKGROUND: '1' }),
  });
  return code;
}

/** `args` with `--name value` added for each default whose option is not given. */
export function withDefaults(args, defaults) {
  const given = (name) => args.some((arg) => arg === name || arg.startsWith(`${name}=`));
  return [
    ...Object.entries(defaults).flatMap(([name, value]) => (given(name) ? [] : [name, value])),
    ...args,
  ];
}
