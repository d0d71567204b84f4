// Runs an Astro command with the Node that it needs, after installing what is missing.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ensurePackages } from './install.mjs';
import { commandOf, localNode, root, Stop, toolEnvironment } from './project.mjs';
import { run } from './run.mjs';

/**
 * What a build is given beside its arguments. V8 collects only when it has to, and where there is room that is late: the
 * heap of a build has 300 MB of what is still needed, and grew to three times as much. Many objects die young, so there
 * is room for them. What the bundler frees goes back to the system at once.
 */
export const BUILD = {
  options: ['--max-old-space-size=1024', '--max-semi-space-size=64'],
  environment: { MIMALLOC_PURGE_DELAY: '0' },
};

export async function astro(args) {
  if (!existsSync(join(root, 'astro.config.mjs'))) {
    throw new Stop(
      `astro.config.mjs is missing in ${root}: restore it with \`git checkout astro.config.mjs\`.`,
    );
  }
  await ensurePackages();
  const isBuild = args[0] === 'build';
  const options = isBuild ? BUILD.options : [];
  const { code } = await run(localNode, [...options, commandOf('astro'), ...args], {
    cwd: root,
    // Astro sends its dev server to the background when it believes that a program started it;
    // with this set it believes that it is there already, and stays in front.
    env: toolEnvironment({ ASTRO_DEV_BACKGROUND: '1', ...(isBuild ? BUILD.environment : {}) }),
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
