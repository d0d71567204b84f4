// Loads an application from a file, as it is: Node strips the types.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Application } from '../interface/index.ts';
import { CommandError } from './command.ts';

/** Where this package's own code stands: its frames lead nobody to a fault of the application's. */
const OWN_CODE = ['../', '../../bin/'].map((folder) => new URL(folder, import.meta.url).href);

/** Imports the default export of a file. @throws CommandError that says what to do */
export async function loadApplication(path: string): Promise<Application> {
  const file = resolve(path);
  if (!existsSync(file)) throw new CommandError(`there is no file ${path}.`, 2);
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(file).href);
  } catch (error) {
    const where = error instanceof SyntaxError ? placeOfSyntaxError(file, error) : '';
    throw new CommandError(`${path} does not load:\n${where}${explain(error)}`);
  }
  if (typeof module.default !== 'function') {
    throw new CommandError(
      `${path} has no application: its default export is ${typeof module.default}.\n` +
        '  Write `export default application({ http: async (scope, receive, send) => { … } })`.',
    );
  }
  return module.default as Application;
}

/** The line of a syntax error. Node prints it, but the error itself says it only for TypeScript. */
function placeOfSyntaxError(file: string, { stack = '' }: SyntaxError): string {
  const isPlace = (line: string) => /\.[cm]?[jt]s:\d+/.test(line) && !/^\s*at /.test(line);
  if (stack.split('\n').some(isPlace)) return '';
  const { stderr } = spawnSync(process.execPath, ['--check', file], { encoding: 'utf8' });
  const end = stderr.indexOf('SyntaxError');
  return end < 0 ? '' : `${indented(stderr.slice(0, end).trimEnd())}\n`;
}

/** An error with the part of its stack that leads to the reader's own code, indented. */
export function explain(error: unknown): string {
  if (!(error instanceof Error)) return `  ${String(error)}`;
  const stack = (error.stack ?? `${error.name}: ${error.message}`).split('\n');
  const foreign = ['node:internal', ...OWN_CODE];
  return indented(stack.filter((line) => !foreign.some((part) => line.includes(part))).join('\n'));
}

/** Lines with paths as the reader would write them. */
function indented(text: string): string {
  const here = process.cwd();
  return text
    .replaceAll(`${pathToFileURL(here).href}/`, '')
    .replaceAll(`${here}/`, '')
    .replace(/^/gm, '  ');
}
