// The script and the style of the viewer of a live trace: as a package brings them, or made from their sources and kept.
// Knows nothing of how they are made.

import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface LiveAssets {
  readonly script: string;
  readonly style: string;
  /** The files of the checkout that they are made of; none in a package. */
  readonly inputs: readonly string[];
}

/** In a package, beside the bundled command. */
const BROUGHT = new URL('./live/', import.meta.url);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const KEPT = `${ROOT}node_modules/.cache/portway/live.json`;

/** What was made, with the state of each file that it was made of. */
interface Kept extends LiveAssets {
  readonly states: readonly string[];
}

let making: Promise<LiveAssets> | undefined;

/** The assets, as their sources are now. @throws Error that says what to do */
export function liveAssets(): Promise<LiveAssets> {
  making ??= find().finally(() => {
    making = undefined;
  });
  return making;
}

async function find(): Promise<LiveAssets> {
  const brought = await read(BROUGHT);
  if (brought) return brought;
  const kept = await keptAssets();
  if (kept) return kept;
  let made: LiveAssets;
  try {
    // Named late: a package has neither this file nor what it needs.
    const bundle = (await import(
      new URL('./live-bundle.ts', import.meta.url).href
    )) as typeof import('./live-bundle.ts');
    made = await bundle.bundleLive(ROOT);
  } catch (error) {
    throw new Error(
      `The page of the trace could not be made: ${(error as Error).message}. Run \`npm install\` and \`npm run build\` in ${ROOT}, or use --trace FILE and \`portway replay FILE --show\`.`,
    );
  }
  await keep({ ...made, states: await Promise.all(made.inputs.map(stateOf)) });
  return made;
}

async function read(folder: URL): Promise<LiveAssets | undefined> {
  try {
    const [script, style] = await Promise.all(
      ['page.js', 'page.css'].map((name) => readFile(new URL(name, folder), 'utf8')),
    );
    return { script: script as string, style: style as string, inputs: [] };
  } catch {
    return undefined;
  }
}

/** What was made before, if nothing that it was made of has changed. */
async function keptAssets(): Promise<LiveAssets | undefined> {
  try {
    const { states, ...assets } = JSON.parse(await readFile(KEPT, 'utf8')) as Kept;
    const now = await Promise.all(assets.inputs.map(stateOf));
    return now.join() === states.join() ? assets : undefined;
  } catch {
    return undefined;
  }
}

/** Where nothing can be kept, the assets are made again the next time. */
async function keep(kept: Kept): Promise<void> {
  try {
    await mkdir(dirname(KEPT), { recursive: true });
    await writeFile(KEPT, JSON.stringify(kept));
  } catch {}
}

async function stateOf(path: string): Promise<string> {
  const { mtimeMs, size } = await stat(ROOT + path);
  return `${mtimeMs} ${size}`;
}
