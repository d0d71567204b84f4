// Where things are: the checkout, its own Node and the command of each installed package.
// Runs on Node 20 with nothing installed.
import { readFileSync } from 'node:fs';
import { delimiter, join, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/[\\/]$/, '');
export const modules = join(root, 'node_modules');

/** The Node that Astro and our TypeScript need, from the dev dependency `node`. */
export const localNode =
  process.platform === 'win32'
    ? join(modules, 'node', 'bin', 'node.exe')
    : join(modules, '.bin', 'node');

/** The script behind a package's command: run with localNode, it needs no shell and no .cmd shim. */
export function commandOf(packageName, command = packageName) {
  const folder = join(modules, packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return resolve(folder, typeof bin === 'string' ? bin : bin[command]);
}

/** Environment for our tools: the local Node first on PATH, and no telemetry. */
export function toolEnvironment(extra = {}) {
  return {
    ...process.env,
    PATH: [join(modules, '.bin'), outsidePath()].join(delimiter),
    ASTRO_TELEMETRY_DISABLED: '1',
    ...extra,
  };
}

/** PATH without this checkout's node_modules: an install must not run on the Node that it replaces. */
export function outsidePath() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((entry) => entry !== modules && !entry.startsWith(modules + sep))
    .join(delimiter);
}

/** An error whose message is all that the reader needs: what happened and what to do. */
export class Stop extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs an entry script: its result is the exit code, and a Stop is one message without a stack. */
export async function main(entry) {
  try {
    process.exitCode = await entry(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof Stop)) throw error;
    console.error(error.message);
    process.exitCode = error.exitCode;
  }
}
