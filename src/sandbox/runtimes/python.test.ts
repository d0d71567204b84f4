// The runtime for Python over a document and a frame that the test plays: what is loaded, what is handed to the frame,
// and what is said where any of it does not come. The guest itself is in tests/runtimes/python.test.ts.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { settled } from '../../../tests/fixtures/puppet.ts';
import { encode } from '../envelope.ts';
import type { Failure, Session } from '../runtime.ts';

vi.mock('virtual:portway/guest-python', () => ({ default: '/guest-python.js' }));
vi.mock('virtual:portway/portway-python', () => ({ default: '/portway.json' }));
vi.mock('virtual:portway/python-interpreter', () => ({ default: '/python.wasm' }));
vi.mock('virtual:portway/python-library', () => ({ default: '/library.zip' }));

interface Connect {
  readonly sid: string;
  readonly code: string;
  readonly assets: Readonly<Record<string, ArrayBuffer>>;
}

class FakeFrame {
  onload: (() => void) | null = null;
  attached = false;
  connected: Connect | undefined;
  #ports: MessagePort[] = [];
  readonly contentWindow = {
    postMessage: (data: Connect, _origin: string, ports: MessagePort[]) => {
      this.connected = data;
      this.#ports = ports;
    },
  };
  setAttribute(): void {}
  remove(): void {
    this.attached = false;
    for (const port of this.#ports) port.close();
  }
  announce(): void {
    for (const listener of [...listeners])
      listener({ data: { type: 'portway:frame' }, source: this.contentWindow });
  }
  hello(): void {
    const { sid = '' } = this.connected ?? {};
    this.#ports[1]?.postMessage(encode({ v: 1, sid, epoch: 0, seq: 1, kind: 'hello', body: {} }));
  }
}

let frames: FakeFrame[];
let listeners: Set<(event: unknown) => void>;

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  frames = [];
  listeners = new Set();
  vi.stubGlobal('document', {
    createElement: () => {
      const frame = new FakeFrame();
      frames.push(frame);
      return frame;
    },
    body: {
      append: (frame: FakeFrame) => {
        frame.attached = true;
      },
    },
  });
  vi.stubGlobal('addEventListener', (_: string, listener: () => void) => listeners.add(listener));
  vi.stubGlobal('removeEventListener', (_: string, listener: () => void) =>
    listeners.delete(listener),
  );
  vi.stubGlobal(
    'fetch',
    vi.fn(async (url: string) => new Response(`content of ${url}`)),
  );
});

afterEach(() => {
  for (const frame of frames) frame.remove();
  expect(vi.getTimerCount(), 'no timer is left').toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

async function open() {
  const { pythonRuntime } = await import('./python.ts');
  return pythonRuntime({ frameUrl: '/sandbox/frame.html' });
}

async function start(runtime: Awaited<ReturnType<typeof open>>) {
  const steps: string[] = [];
  const abort = new AbortController();
  const done: Promise<{ session?: Session; failure?: Failure; error?: unknown }> = runtime
    .boot({ signal: abort.signal, onProgress: (step) => void steps.push(step) })
    .then(
      (session) => ({ session }),
      (error: { failure?: Failure }) => (error?.failure ? { failure: error.failure } : { error }),
    );
  await settled(() => [steps.length, frames.length].join());
  return { steps, abort, done, frame: frames.at(-1) as FakeFrame };
}

/** A part that never ends, and what sends octets of it. */
function unending(url: string): { send(): void } {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const answer = vi.mocked(fetch).getMockImplementation() as typeof fetch;
  vi.mocked(fetch).mockImplementation(async (asked, init) => {
    if (asked !== url) return answer(asked, init);
    const body = new ReadableStream<Uint8Array>({
      start(started) {
        controller = started;
        init?.signal?.addEventListener('abort', () => started.error(init.signal?.reason));
      },
    });
    return new Response(body);
  });
  return { send: () => controller?.enqueue(new Uint8Array(3 * 2 ** 20)) };
}

const text = (octets: ArrayBuffer | undefined) => new TextDecoder().decode(octets);

test('the frame is given the code and the octets, which are fetched once for a page', async () => {
  const runtime = await open();
  for (const _ of [1, 2]) {
    const { frame, done, steps } = await start(runtime);
    expect(steps).toEqual(['Loading Python into the page', 'Starting Python']);
    frame.announce();
    const { code, assets } = frame.connected as Connect;
    expect(code).toBe('content of /guest-python.js');
    expect(text(assets.interpreter)).toBe('content of /python.wasm');
    expect(text(assets.library)).toBe('content of /library.zip');
    expect(text(assets.portway)).toBe('content of /portway.json');
    frame.hello();
    expect((await done).session).toMatchObject({ runtime: 'python' });
  }
  expect(fetch).toHaveBeenCalledTimes(4);
});

test('without WebAssembly it says so, and loads nothing', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  const runtime = await open();
  expect(runtime.probe()).toMatchObject({ ok: false, code: 'no-webassembly', retryable: false });
  const { done } = await start(runtime);
  expect((await done).failure?.message).toMatch(/no WebAssembly/);
  expect(fetch).not.toHaveBeenCalled();
  expect(frames).toEqual([]);
});

test('a part that is not there is said, and the next start fetches all anew', async () => {
  vi.mocked(fetch).mockImplementationOnce(async () => new Response('', { status: 404 }));
  const runtime = await open();
  const { failure } = await (await start(runtime)).done;
  expect(failure).toMatchObject({
    code: 'python-start',
    message: 'Python could not be loaded (404 for /guest-python.js).',
    retryable: true,
  });
  expect(frames).toEqual([]);
  const { frame, done } = await start(runtime);
  frame.announce();
  frame.hello();
  expect((await done).session).toBeDefined();
});

test('how much has come is told once a second, and a load that goes on is not given up', async () => {
  const part = unending('/python.wasm');
  const { steps, abort, done } = await start(await open());
  for (let seconds = 0; seconds < 60; seconds += 15) {
    await vi.advanceTimersByTimeAsync(15_000);
    for (const _ of [1, 2]) part.send();
    await settled(() => steps.length.toString());
  }
  expect(steps).toEqual([
    'Loading Python into the page',
    ...[3, 9, 15, 21].map((size) => `Loading Python into the page: ${size} MB`),
  ]);
  abort.abort();
  expect((await done).session).toBeUndefined();
});

test('a load in which nothing comes for 20 seconds is given up', async () => {
  unending('/python.wasm');
  const { done } = await start(await open());
  await vi.advanceTimersByTimeAsync(20_000);
  expect((await done).failure?.message).toBe(
    'Python could not be loaded (nothing came for 20 seconds).',
  );
});

test('an interpreter that says nothing for a minute is given up', async () => {
  const { frame, done } = await start(await open());
  frame.announce();
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await done).failure?.message).toBe(
    'The Worker in the sandbox’s frame did not start within 60 seconds.',
  );
  expect(frame.attached).toBe(false);
});
