// The interface as code, in every language that is checked in. Pure: returns texts; the command writes them.

import type { Specification } from '../model.ts';
import { generatePython } from './python.ts';
import { checkNames } from './shape.ts';
import { generateTypeScript } from './typescript.ts';

export { type Address, eventSchema, recordSchema } from './json-schema.ts';
export { generatePython, generateTypeScript };

/** Path in the repository to text. @throws SpecError where names of types would clash */
export function generate(specification: Specification): ReadonlyMap<string, string> {
  checkNames(specification);
  return new Map([
    ...[...generateTypeScript(specification)].map(([name, text]): [string, string] => [
      `src/interface/${name}`,
      text,
    ]),
    ['src/python/portway/events.py', generatePython(specification)],
  ]);
}
