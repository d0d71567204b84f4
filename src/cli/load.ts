// Loads an application from a file, as it is: Node strips the types.

import { existsSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Application } from '../interface/index.ts';
import { CommandError } from './command.ts';

/** Imports the default export of a file. @throws CommandError that says what to do */
export async function loadApplication(path: string): Promise<Application> {
  const file = resolve(path);
  if (!existsSync(file)) throw new CommandError(`there is no file ${path}.`, 2);
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    throw new CommandError(`${path} does not load:\n${explain(error)}`);
  }
  if (typeof module.default !== 'function') {
    throw new CommandError(
      `${path} has no application: its default export is ${typeof module.default}.\n` +
        '  Write `export default application({ http: async (scope, receive, send) => { … } })`.',
    );
  }
  return module.default as Application;
}

/** An error with the part of its stack that leads to the reader's own code. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return `  ${String(error)}`;
  const stack = (error.stack ?? `${error.name}: ${error.message}`).split('\n');
  const own = stack.filter((line) => !/node:internal|src\/cli\//.test(line));
  return own
    .map((line) => `  ${line.replaceAll(`${pathToFileURL(process.cwd()).href}/`, '')}`)
    .join('\n');
}

/** A path for messages: relative where that is shorter. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
