// The types of what an application imports as `portway`, for editors and for downloads. Made once a process: it takes
// seconds.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

let made: Promise<Readonly<Record<string, string>>> | undefined;

/** Path in `src/` without its ending, such as `app/index`, to declarations, which import each other as `./name.ts`. */
export function interfaceDeclarations(): Promise<Readonly<Record<string, string>>> {
  made ??= make();
  return made;
}

async function make(): Promise<Record<string, string>> {
  const { default: ts } = await import('typescript');
  const program = ts.createProgram([`${root}/src/app/index.ts`], {
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Bundler,
    lib: ['lib.esnext.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
    types: [],
    strict: true,
    allowImportingTsExtensions: true,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: `${root}/src`,
  });
  const texts: Record<string, string> = {};
  program.emit(undefined, (path, text) => {
    texts[relative(`${root}/src`, path).replace(/\.d\.ts$/, '')] = text;
  });
  return texts;
}
