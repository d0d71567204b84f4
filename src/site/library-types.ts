// The declarations of a library that programs in a sandbox may import, for the editor's language service.
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compile } from './compiler.ts';

/** JSON: path in the package, such as `dist/types/index.d.ts`, to text, of the entry and all that it reaches. */
export async function libraryTypes(name: string, entry: string): Promise<string> {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = dirname(`${root}node_modules/${name}/package.json`);
  const texts = await compile({ what: 'reached', folder, entry });
  if (Object.keys(texts).length === 0) throw new Error(`${name} has no declarations at ${entry}.`);
  return JSON.stringify(texts);
}
