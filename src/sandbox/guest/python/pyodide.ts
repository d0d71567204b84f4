// Starts Pyodide in a Worker without a network, out of octets that the page has loaded. Knows nothing of programs.

import type { PyodideAPI } from 'pyodide';

export type { PyodideAPI } from 'pyodide';

/** What Pyodide needs beside its code, as the names of the assets. */
export interface PythonAssets {
  /** `pyodide.asm.wasm`: the interpreter. */
  readonly interpreter: ArrayBuffer;
  /** `python_stdlib.zip`: the standard library. */
  readonly library: ArrayBuffer;
}

/** Stands for where Pyodide believes that its files are. Nothing is asked of it. */
const HOME = 'https://pyodide.invalid/';

/** The parts of a lock file that are read where no packages are there. */
const NO_PACKAGES = {
  info: {
    abi_version: '2026_0',
    arch: 'wasm32',
    platform: 'emscripten_5_0_3',
    python: '3.14.2',
    version: '314.0.7',
  },
  packages: {},
};

/** @throws what WebAssembly or Pyodide says where it does not start. It may also never settle */
export async function startPyodide({ interpreter, library }: PythonAssets): Promise<PyodideAPI> {
  // Evaluated only now: it refuses a classic Worker, by a function that is withheld by now.
  const { loadPyodide } = await import('pyodide');
  const { default: createPyodideModule } = await import('pyodide/pyodide.asm.mjs');
  const { fetch } = globalThis;
  const { warn } = console;
  const served: Readonly<Record<string, () => Response>> = {
    [`${HOME}pyodide.asm.wasm`]: () =>
      new Response(interpreter, { headers: { 'content-type': 'application/wasm' } }),
    [`${HOME}python_stdlib.zip`]: () => new Response(library),
  };
  globalThis.fetch = async (url) => served[String(url)]?.() ?? new Response('', { status: 404 });
  try {
    return await new Promise<PyodideAPI>((resolve, reject) => {
      // Where the interpreter cannot be instantiated, Pyodide warns, and then waits for ever.
      console.warn = (first: unknown) => {
        if (first instanceof Error) reject(first);
      };
      loadPyodide({
        indexURL: HOME,
        createPyodideModule,
        lockFileContents: NO_PACKAGES as never,
        enableRunUntilComplete: false,
      } as Parameters<typeof loadPyodide>[0]).then(resolve, reject);
    });
  } finally {
    globalThis.fetch = fetch;
    console.warn = warn;
  }
}
