// The runtime in the page: a Worker inside a frame of opaque origin, with the memory transport. At once, everywhere,
// offline. What the reader's code can reach is settled by the frame's policy, not here.

import workerUrl from 'virtual:portway/guest-worker';
import type { WorkerProgram } from '../guest/worker.ts';
import { fetchLibraries } from '../libraries.ts';
import type { Files } from '../program.ts';
import { type BootOptions, LinkedSession, type Runtime, type Session } from '../runtime.ts';
import { type Module, transpile } from '../transpile.ts';
import { inTime } from '../waiting.ts';
import { fetchPart, NO_START, openFrame, START_LIMIT, seconds } from './frame.ts';

export interface PageRuntimeOptions {
  /** URL of the frame's document. */
  readonly frameUrl: string;
}

export function pageRuntime(options: PageRuntimeOptions): Runtime {
  return {
    id: 'page',
    label: 'In the page',
    probe: () => ({ ok: true }),
    boot: (bootOptions) => boot(options, bootOptions),
  };
}

/** The guest's code, fetched once by the page: the frame itself has no network. */
let workerCode: string | undefined;

async function boot(
  { frameUrl }: PageRuntimeOptions,
  { signal, onProgress }: BootOptions,
): Promise<Session> {
  onProgress('Loading the gateway into the page');
  workerCode ??= await inTime(
    fetchPart('The gateway', workerUrl, signal, (response) => response.text()),
    START_LIMIT,
    {
      ...NO_START,
      message: `The gateway was not loaded within ${seconds(START_LIMIT)}. The connection may be slow.`,
    },
  );
  signal.throwIfAborted();
  onProgress('Starting the sandbox');
  const sid = crypto.randomUUID();
  return new PageSession(await openFrame({ url: frameUrl, sid, code: workerCode, signal }), sid);
}

class PageSession extends LinkedSession {
  readonly runtime = 'page' as const;
  readonly capabilities = { clock: 'all' } as const;
  #modules: Record<string, Module> = {};
  #libraries: Record<string, string> = {};
  #files: Files = {};

  protected async put(files: Files): Promise<void> {
    this.#files = files;
    this.#modules = transpile(files, 'function');
    this.#libraries = await this.whileAlive(fetchLibraries(this.#modules, 'function'));
  }

  protected loadBody(entry: string, revision: number): WorkerProgram {
    return {
      modules: this.#modules,
      files: this.#files,
      entry,
      revision,
      libraries: this.#libraries,
    };
  }
}
