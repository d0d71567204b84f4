// The page of the runtime in the page, played: its document makes frames, and the Worker in a frame is a thread of Node.
// What the browser's own walls keep in is tested in a browser.

import { Worker } from 'node:worker_threads';
import { vi } from 'vitest';

/** What a Worker of a browser has and a thread of Node has not. */
const WORKER = `
const { parentPort } = require('node:worker_threads');
globalThis.addEventListener = (type, listener) => {
  if (type === 'message') parentPort.once('message', (data) => listener({ data }));
};
globalThis.removeEventListener = () => {};
globalThis.close = () => process.exit();
delete globalThis.process.argv;
// By these a library tells a Worker of a browser from Node.
Object.assign(globalThis.process, { browser: true, type: 'renderer' });
globalThis.self = globalThis;
globalThis.location = 'blob:null/0';
globalThis.WorkerGlobalScope = class { static [Symbol.hasInstance]() { return true; } };
`;

const threads = new Set<Worker>();
const listeners = new Set<(event: unknown) => void>();

/** The frame and its document. */
class PlayedFrame {
  hidden = false;
  title = '';
  onload: (() => void) | null = null;
  #thread: Worker | undefined;
  readonly contentWindow = {
    postMessage: (
      { sid, code, nonce, assets }: { sid: string; code: string; nonce: string; assets?: object },
      _origin: string,
      [control, guest]: MessagePort[],
    ) => {
      const thread = new Worker(WORKER + code, { eval: true, stdout: true, stderr: true });
      this.#thread = thread;
      threads.add(thread);
      thread.on('error', ({ message }) => control?.postMessage({ type: 'failed', nonce, message }));
      thread.postMessage({ sid, port: guest, assets }, [guest as never]);
    },
  };
  set src(_url: string) {
    queueMicrotask(() => {
      for (const listener of [...listeners])
        listener({ data: { type: 'portway:frame' }, source: this.contentWindow });
    });
  }
  setAttribute(): void {}
  remove(): void {
    if (!this.#thread) return;
    threads.delete(this.#thread);
    void this.#thread.terminate();
  }
}

/** Puts the played page in the place of the globals that the runtime asks; `vi.unstubAllGlobals` takes it away. */
export function playPage(): void {
  vi.stubGlobal('document', {
    createElement: () => new PlayedFrame(),
    body: { append() {} },
  });
  vi.stubGlobal('addEventListener', (_: string, listener: () => void) => listeners.add(listener));
  vi.stubGlobal('removeEventListener', (_: string, listener: () => void) =>
    listeners.delete(listener),
  );
}

/** Ends the threads that are left. */
export async function endThreads(): Promise<void> {
  await Promise.all([...threads].map((thread) => thread.terminate()));
  threads.clear();
}
