// The types of what an application imports as `portway`, for editors and for downloads. Made once a process: it takes
// seconds.
import { fileURLToPath } from 'node:url';
import { compile } from './compiler.ts';

const folder = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

let made: Promise<Readonly<Record<string, string>>> | undefined;

/** Path in `src/` without its ending, such as `app/index`, to declarations, which import each other as `./name.ts`. */
export function interfaceDeclarations(): Promise<Readonly<Record<string, string>>> {
  made ??= make();
  return made;
}

async function make(): Promise<Record<string, string>> {
  const texts = await compile({ what: 'declarations', folder, entry: 'app/index.ts' });
  return Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [path.replace(/\.d\.ts$/, ''), text]),
  );
}
