// The runtime in the page: a Worker inside a frame of opaque origin, with the memory transport. At once, everywhere,
// offline. What the reader's code can reach is settled by the frame's policy, not here.

import workerUrl from 'virtual:portway/guest-worker';
import { decode } from '../envelope.ts';
import type { WorkerProgram } from '../guest/worker.ts';
import { fetchLibraries } from '../libraries.ts';
import type { Files } from '../program.ts';
import {
  type BootOptions,
  type Failure,
  type Link,
  LinkedSession,
  type Runtime,
  RuntimeError,
  type Session,
} from '../runtime.ts';
import { type Module, transpile } from '../transpile.ts';
import { inTime } from '../waiting.ts';

export interface PageRuntimeOptions {
  /** URL of the frame's document. */
  readonly frameUrl: string;
}

const NO_START: Omit<Failure, 'message'> = {
  code: 'page-start',
  help: 'The example can still be read, and downloaded to be run with the portway command.',
  retryable: true,
};

export function pageRuntime(options: PageRuntimeOptions): Runtime {
  return {
    id: 'page',
    label: 'In the page',
    probe: () => ({ ok: true }),
    boot: (bootOptions) => boot(options, bootOptions),
  };
}

/** Milliseconds for each step of a start: the gateway's code, the frame, and the Worker in it. */
const START_LIMIT = 10_000;
const SECONDS = `${START_LIMIT / 1000} seconds`;

/** The guest's code, fetched once by the page: the frame itself has no network. */
let workerCode: string | undefined;

async function fetchWorkerCode(signal: AbortSignal): Promise<string> {
  try {
    const response = await fetch(workerUrl, { signal });
    if (!response.ok) throw new Error(`${response.status} for ${workerUrl}`);
    return await response.text();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RuntimeError({
      ...NO_START,
      message: `The gateway could not be loaded (${reason}).`,
    });
  }
}

async function boot(
  { frameUrl }: PageRuntimeOptions,
  { signal, onProgress }: BootOptions,
): Promise<Session> {
  onProgress('Loading the gateway into the page');
  workerCode ??= await inTime(fetchWorkerCode(signal), START_LIMIT, {
    ...NO_START,
    message: `The gateway was not loaded within ${SECONDS}. The connection may be slow.`,
  });
  signal.throwIfAborted();
  onProgress('Starting the sandbox');
  const sid = crypto.randomUUID();
  return new PageSession(await openFrame(frameUrl, sid, workerCode, signal), sid);
}

/** Opens the frame, shakes hands, and gives the link to the Worker in it. */
function openFrame(url: string, sid: string, code: string, signal: AbortSignal): Promise<Link> {
  const frame = document.createElement('iframe');
  frame.setAttribute('sandbox', 'allow-scripts');
  frame.title = 'Sandbox that runs the example';
  frame.hidden = true;
  const nonce = crypto.randomUUID();
  const control = new MessageChannel();
  const guest = new MessageChannel();

  const link: Link = {
    post: (text) => guest.port1.postMessage(text),
    onText: undefined,
    onClosed: undefined,
    close() {
      removeEventListener('message', announced);
      frame.onload = null;
      frame.remove();
      guest.port1.close();
      control.port1.close();
    },
  };

  let announced: (event: MessageEvent) => void = () => {};
  return new Promise((resolve, reject) => {
    let started = false;
    const fail = (message: string) => {
      settled();
      link.close();
      const failure = { ...NO_START, message };
      reject(new RuntimeError(failure));
      link.onClosed?.(failure);
    };
    const stopped = () => fail('The sandbox was stopped.');
    signal.addEventListener('abort', stopped, { once: true });
    let limit = setTimeout(
      () => fail(`The sandbox’s frame (${url}) did not start within ${SECONDS}.`),
      START_LIMIT,
    );
    const settled = () => {
      clearTimeout(limit);
      signal.removeEventListener('abort', stopped);
    };

    announced = (event) => {
      if (event.source !== frame.contentWindow || event.data?.type !== 'portway:frame') return;
      removeEventListener('message', announced);
      clearTimeout(limit);
      limit = setTimeout(
        () => fail(`The Worker in the sandbox’s frame did not start within ${SECONDS}.`),
        START_LIMIT,
      );
      // The frame's origin is opaque and has no name; the nonce ties the answer to this question.
      frame.contentWindow?.postMessage({ type: 'portway:connect', nonce, sid, code }, '*', [
        control.port2,
        guest.port2,
      ]);
    };
    addEventListener('message', announced);

    control.port1.onmessage = (event: MessageEvent) => {
      if (event.data?.nonce !== nonce) return;
      const what = started ? 'failed' : 'did not start';
      if (event.data.type === 'failed') fail(`The sandbox ${what}: ${event.data.message}.`);
    };
    // The guest's own hello, and not the frame's word, is the sign that it runs.
    guest.port1.onmessage = (event: MessageEvent) => {
      if (typeof event.data !== 'string') return;
      if (!started && decode(event.data)?.kind === 'hello') {
        started = true;
        settled();
        resolve(link);
      }
      link.onText?.(event.data);
    };

    let loads = 0;
    frame.onload = () => {
      if (++loads > 1)
        fail('The sandbox’s frame was replaced by another document, and was closed.');
    };
    frame.src = url;
    document.body.append(frame);
  });
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
