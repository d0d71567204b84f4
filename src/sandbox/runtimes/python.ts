// The runtime for Python: Pyodide in the same frame and behind the same walls as the runtime in the page. Loads it once
// for all sandboxes of a page, and hands its octets to each guest, which has no network.

import workerUrl from 'virtual:portway/guest-python';
import portwayUrl from 'virtual:portway/portway-python';
import interpreterUrl from 'virtual:portway/python-interpreter';
import libraryUrl from 'virtual:portway/python-library';
import type { PythonProgram } from '../guest/python/worker.ts';
import type { Files } from '../program.ts';
import {
  type BootOptions,
  type Failure,
  LinkedSession,
  type Probe,
  type Runtime,
  RuntimeError,
  type Session,
} from '../runtime.ts';
import { openFrame } from './frame.ts';

export interface PythonRuntimeOptions {
  /** URL of the frame's document. */
  readonly frameUrl: string;
}

const NO_START: Omit<Failure, 'message'> = {
  code: 'python-start',
  help: 'The example can still be read, and run with a Python of your own by the portway command.',
  retryable: true,
};

const NO_WEBASSEMBLY: Failure = {
  ...NO_START,
  code: 'no-webassembly',
  message:
    'This browser has no WebAssembly, or it is switched off, and Python in the page needs it.',
  retryable: false,
};

/** Milliseconds in which some octet must have come. */
const STALL_LIMIT = 20_000;
/** Milliseconds that the interpreter may take to start on a slow machine. */
const PYTHON_LIMIT = 60_000;

export function pythonRuntime(options: PythonRuntimeOptions): Runtime {
  return {
    id: 'python',
    label: 'Python in the page',
    probe,
    boot: (bootOptions) => boot(options, bootOptions),
  };
}

function probe(): Probe {
  return typeof WebAssembly === 'object' ? { ok: true } : { ok: false, ...NO_WEBASSEMBLY };
}

interface Parts {
  readonly code: string;
  readonly assets: Readonly<Record<string, ArrayBuffer>>;
}

/** What was loaded, once for all sandboxes of a page. A load that failed is not kept. */
let parts: Parts | undefined;

async function boot(
  { frameUrl }: PythonRuntimeOptions,
  { signal, onProgress }: BootOptions,
): Promise<Session> {
  const probed = probe();
  if (!probed.ok) throw new RuntimeError(probed);
  onProgress('Loading Python into the page');
  parts ??= await loadParts(signal, onProgress);
  signal.throwIfAborted();
  onProgress('Starting Python');
  const sid = crypto.randomUUID();
  const link = await openFrame({ url: frameUrl, sid, ...parts, limit: PYTHON_LIMIT, signal });
  return new PythonSession(link, sid);
}

async function loadParts(signal: AbortSignal, onProgress: (step: string) => void): Promise<Parts> {
  const stalled = new AbortController();
  const late = () => stalled.abort(new Error(`nothing came for ${STALL_LIMIT / 1000} seconds`));
  let timer = setTimeout(late, STALL_LIMIT);
  let octets = 0;
  let told = performance.now();
  const came = (count: number) => {
    if (stalled.signal.aborted) return;
    clearTimeout(timer);
    timer = setTimeout(late, STALL_LIMIT);
    octets += count;
    // A reader is told by a screen reader too.
    if (performance.now() - told < 1000) return;
    told = performance.now();
    onProgress(`Loading Python into the page: ${Math.round(octets / 2 ** 20)} MB`);
  };
  const load = (url: string) => loadOctets(url, AbortSignal.any([signal, stalled.signal]), came);
  try {
    const [code, interpreter, library, portway] = await Promise.all([
      load(workerUrl),
      load(interpreterUrl),
      load(libraryUrl),
      load(portwayUrl),
    ]);
    return { code: new TextDecoder().decode(code), assets: { interpreter, library, portway } };
  } catch (error) {
    stalled.abort();
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuntimeError({ ...NO_START, message: `Python could not be loaded (${reason}).` });
  } finally {
    clearTimeout(timer);
  }
}

async function loadOctets(
  url: string,
  signal: AbortSignal,
  came: (count: number) => void,
): Promise<ArrayBuffer> {
  const response = await fetch(url, { signal });
  if (!response.ok || !response.body) throw new Error(`${response.status} for ${url}`);
  const counted = response.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        came(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
  return new Response(counted).arrayBuffer();
}

class PythonSession extends LinkedSession {
  readonly runtime = 'python' as const;
  readonly capabilities = { clock: 'all' } as const;
  #files: Files = {};

  protected async put(files: Files): Promise<void> {
    this.#files = files;
  }

  protected loadBody(entry: string, revision: number): PythonProgram {
    return { files: this.#files, entry, revision };
  }
}
