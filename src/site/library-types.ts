// The declarations of a library that programs in a sandbox may import, for the editor's language service.
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** JSON: path in the package, such as `dist/types/index.d.ts`, to text, of the entry and all that it reaches. */
export async function libraryTypes(name: string, entry: string): Promise<string> {
  const { default: ts } = await import('typescript');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const folder = `${dirname(`${root}node_modules/${name}/package.json`)}/`;
  const program = ts.createProgram([`${folder}${entry}`], {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.esnext.d.ts', 'lib.dom.d.ts'],
    types: [],
  });
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
  if (own.length === 0) throw new Error(`${name} has no declarations at ${entry}.`);
  return JSON.stringify(
    Object.fromEntries(own.map(({ fileName, text }) => [relative(folder, fileName), text])),
  );
}
