// The runtime in the page with its real guest, bundled as for the site. The frame is played: a thread of Node is the
// Worker in it. What the browser's own walls keep in is tested in a browser.

import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, vi } from 'vitest';
import { runtimeContract } from '../../src/sandbox/runtimes/contract.suite.ts';
import { bundles } from '../../src/site/bundles.ts';

vi.mock('virtual:portway/guest-worker', () => ({ default: '/guest-worker' }));
vi.mock('virtual:portway/hono-module', () => ({ default: '/hono-module' }));
vi.mock('virtual:portway/hono-function', () => ({ default: '/hono-function' }));

/** What a Worker of a browser has and a thread of Node has not. */
const WORKER = `
const { parentPort } = require('node:worker_threads');
globalThis.addEventListener = (type, listener) => {
  if (type === 'message') parentPort.once('message', (data) => listener({ data }));
};
globalThis.removeEventListener = () => {};
globalThis.close = () => process.exit();
delete globalThis.process.argv;
`;

const threads = new Set<Worker>();

/** The frame and its document. */
class PlayedFrame {
  hidden = false;
  title = '';
  onload: (() => void) | null = null;
  #thread: Worker | undefined;
  readonly contentWindow = {
    postMessage: (
      { sid, code, nonce }: { sid: string; code: string; nonce: string },
      _origin: string,
      [control, guest]: MessagePort[],
    ) => {
      const thread = new Worker(WORKER + code, { eval: true, stdout: true, stderr: true });
      this.#thread = thread;
      threads.add(thread);
      thread.on('error', ({ message }) => control?.postMessage({ type: 'failed', nonce, message }));
      thread.postMessage({ sid, port: guest }, [guest as never]);
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

const listeners = new Set<(event: unknown) => void>();

beforeAll(() => {
  vi.stubGlobal('document', {
    createElement: () => new PlayedFrame(),
    body: { append() {} },
  });
  vi.stubGlobal('addEventListener', (_: string, listener: () => void) => listeners.add(listener));
  vi.stubGlobal('removeEventListener', (_: string, listener: () => void) =>
    listeners.delete(listener),
  );
  vi.stubGlobal('fetch', async (url: string) => new Response(await bundles[url.slice(1)]?.make()));
});

afterAll(async () => {
  await Promise.all([...threads].map((thread) => thread.terminate()));
  vi.unstubAllGlobals();
});

runtimeContract('the runtime in the page', async () => {
  const { pageRuntime } = await import('../../src/sandbox/runtimes/page.ts');
  const runtime = pageRuntime({ frameUrl: '/sandbox/frame.html' });
  return {
    boot: () => runtime.boot({ signal: new AbortController().signal, onProgress() {} }),
    close: async () => {},
  };
});
