// The runtime in the page over a document and a frame that the test plays: the handshake, and what is said when any part
// of it does not come. What the frame's policy keeps code from is tested in a browser.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { settled, until } from '../../../tests/fixtures/puppet.ts';
import { decode, type Envelope, encode } from '../envelope.ts';
import type { Failure, Runtime, Session } from '../runtime.ts';

vi.mock('virtual:portway/guest-worker', () => ({ default: '/guest-worker.js' }));
vi.mock('virtual:portway/hono-module', () => ({ default: '/hono-module.js' }));
vi.mock('virtual:portway/hono-function', () => ({ default: '/hono-function.js' }));

interface Connect {
  readonly type: string;
  readonly nonce: string;
  readonly sid: string;
  readonly code: string;
}

/** The frame, and what its document would do. */
class FakeFrame {
  readonly attributes: Record<string, string> = {};
  title = '';
  hidden = false;
  src = '';
  onload: (() => void) | null = null;
  attached = false;
  connected: Connect | undefined;
  control: MessagePort | undefined;
  guest: MessagePort | undefined;
  readonly contentWindow = {
    postMessage: (data: Connect, _origin: string, ports: MessagePort[]) => {
      this.connected = data;
      [this.control, this.guest] = ports;
    },
  };
  setAttribute(name: string, value: string): void {
    this.attributes[name] = value;
  }
  remove(): void {
    this.attached = false;
    this.control?.close();
    this.guest?.close();
  }

  // The document in it.
  announce(data: unknown = { type: 'portway:frame' }, source: unknown = this.contentWindow): void {
    for (const listener of [...listeners]) listener({ data, source });
  }
  say(kind: Envelope['kind'], rest: Partial<Envelope> = {}): void {
    const sid = this.connected?.sid ?? '';
    this.guest?.postMessage(encode({ v: 1, sid, epoch: 0, seq: 1, kind, body: {}, ...rest }));
  }
  failed(message: string, nonce = this.connected?.nonce): void {
    this.control?.postMessage({ type: 'failed', nonce, message });
  }
}

let frames: FakeFrame[];
let listeners: Set<(event: unknown) => void>;
const unhandled = vi.fn<(error: unknown) => void>();

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
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
    vi.fn(async () => new Response('the code')),
  );
  unhandled.mockReset();
  process.on('unhandledRejection', unhandled);
});

afterEach(() => {
  for (const frame of frames) frame.remove();
  process.off('unhandledRejection', unhandled);
  expect(vi.getTimerCount(), 'no timer is left').toBe(0);
  vi.useRealTimers();
  vi.unstubAllGlobals();
  expect(unhandled.mock.calls).toEqual([]);
});

async function open(): Promise<Runtime> {
  const { pageRuntime } = await import('./page.ts');
  return pageRuntime({ frameUrl: '/sandbox/frame.html' });
}

async function start(runtime: Runtime) {
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

async function session() {
  const { frame, done, abort } = await start(await open());
  frame.announce();
  frame.say('hello');
  const { session } = await done;
  const listener = {
    trace: vi.fn(),
    log: vi.fn(),
    standing: vi.fn(),
    beat: vi.fn(),
    lost: vi.fn(),
    died: vi.fn(),
  };
  (session as Session).listener = listener;
  return { session: session as Session, frame, abort, listener };
}

describe('starting', () => {
  test('opens a frame that may run scripts and nothing else, and gives it code and ports', async () => {
    const { frame, steps, done } = await start(await open());
    expect(steps).toEqual(['Loading the gateway into the page', 'Starting the sandbox']);
    expect(frame).toMatchObject({
      attributes: { sandbox: 'allow-scripts' },
      src: '/sandbox/frame.html',
      hidden: true,
      attached: true,
      title: 'Sandbox that runs the example',
    });
    frame.announce();
    expect(frame.connected).toMatchObject({ type: 'portway:connect', code: 'the code' });
    frame.say('hello');
    expect((await done).session?.runtime).toBe('page');
    expect(listeners.size).toBe(0);
    (await done).session?.dispose();
    expect(frame.attached).toBe(false);
  });

  test('fetches the code once for all sandboxes of a page', async () => {
    const runtime = await open();
    for (const _ of [1, 2]) {
      const { frame, done } = await start(runtime);
      frame.announce();
      frame.say('hello');
      await done;
    }
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(frames[0]?.connected?.nonce).not.toBe(frames[1]?.connected?.nonce);
    expect(frames[0]?.connected?.sid).not.toBe(frames[1]?.connected?.sid);
  });

  test('listens to its own frame only', async () => {
    const { frame, done } = await start(await open());
    frame.announce({ type: 'portway:frame' }, {});
    frame.announce({ type: 'other' });
    frame.announce(null);
    expect(frame.connected).toBeUndefined();
    frame.announce();
    const { nonce } = frame.connected as Connect;
    frame.announce();
    expect(frame.connected?.nonce).toBe(nonce);
    frame.say('hello');
    expect((await done).session).toBeDefined();
  });

  test('takes only the hello of the guest for a sign that it runs', async () => {
    const { frame, done } = await start(await open());
    frame.announce();
    frame.guest?.postMessage('not an envelope');
    frame.guest?.postMessage({ type: 'hello' });
    frame.control?.postMessage({ type: 'connected', nonce: frame.connected?.nonce });
    const ended = vi.fn();
    void done.then(ended);
    await settled(() => ended.mock.calls.length);
    expect(ended).not.toHaveBeenCalled();
    frame.say('hello');
    expect((await done).session).toBeDefined();
  });

  test.each([
    ['is not there', async () => new Response('', { status: 404 }), '404 for /guest-worker.js'],
    [
      'cannot be reached',
      async () => {
        throw new TypeError('Failed to fetch');
      },
      'Failed to fetch',
    ],
  ])('when the code %s, says so, and the next start fetches it anew', async (_, answer, reason) => {
    const runtime = await open();
    vi.mocked(fetch).mockImplementationOnce(answer);
    const { done } = await start(runtime);
    expect((await done).failure).toEqual({
      code: 'page-start',
      message: `The gateway could not be loaded (${reason}).`,
      help: 'The example can still be read, and downloaded to be run with the portway command.',
      retryable: true,
    });
    expect(frames).toEqual([]);
    const { frame, done: second } = await start(runtime);
    frame.announce();
    frame.say('hello');
    expect((await second).session).toBeDefined();
  });

  test('when the frame never speaks, is given up after 10 seconds', async () => {
    const { frame, done } = await start(await open());
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await done).failure?.message).toBe(
      'The sandbox’s frame (/sandbox/frame.html) did not start within 10 seconds.',
    );
    expect(frame.attached).toBe(false);
    expect(listeners.size).toBe(0);
  });

  test('when the code never comes, is given up after 10 seconds, and the next start fetches anew', async () => {
    const runtime = await open();
    vi.mocked(fetch).mockImplementationOnce(() => new Promise(() => {}));
    const { done } = await start(runtime);
    await vi.advanceTimersByTimeAsync(10_000);
    expect((await done).failure?.message).toBe(
      'The gateway was not loaded within 10 seconds. The connection may be slow.',
    );
    const { frame, done: second } = await start(runtime);
    frame.announce();
    frame.say('hello');
    expect((await second).session).toBeDefined();
  });

  test('when the Worker says nothing, is given up 10 seconds after the frame has spoken', async () => {
    const { frame, done } = await start(await open());
    await vi.advanceTimersByTimeAsync(9000);
    frame.announce();
    await vi.advanceTimersByTimeAsync(9999);
    expect(frame.attached).toBe(true);
    await vi.advanceTimersByTimeAsync(1);
    expect((await done).failure?.message).toBe(
      'The Worker in the sandbox’s frame did not start within 10 seconds.',
    );
    expect(frame.attached).toBe(false);
  });

  test('when the Worker does not start, says what the frame says of it', async () => {
    const { frame, done } = await start(await open());
    frame.announce();
    frame.failed('forged', 'another nonce');
    frame.failed('blocked by a policy');
    expect((await done).failure?.message).toBe('The sandbox did not start: blocked by a policy.');
    expect(frame.attached).toBe(false);
  });

  test('when another document takes the place of the frame’s, is given up', async () => {
    const { frame, done } = await start(await open());
    frame.onload?.();
    frame.onload?.();
    expect((await done).failure?.message).toMatch(/replaced by another document/);
    expect(frame.attached).toBe(false);
  });

  test('when it is stopped, closes the frame', async () => {
    const { frame, done, abort } = await start(await open());
    abort.abort();
    expect((await done).failure?.message).toBe('The sandbox was stopped.');
    expect(frame.attached).toBe(false);
    expect(listeners.size).toBe(0);
  });

  test('when it is stopped while the code is loaded, stops that too, and the next start fetches anew', async () => {
    const runtime = await open();
    vi.mocked(fetch).mockImplementationOnce(
      (_, init) =>
        new Promise((_, reject) => {
          init?.signal?.addEventListener('abort', () => reject(init.signal?.reason));
        }),
    );
    const { done, abort } = await start(runtime);
    abort.abort();
    expect((await done).session).toBeUndefined();
    expect(frames).toEqual([]);
    const { frame, done: second } = await start(runtime);
    frame.announce();
    frame.say('hello');
    expect((await second).session).toBeDefined();
  });

  test('when it was stopped as the code came, opens no frame', async () => {
    const abort = new AbortController();
    vi.mocked(fetch).mockImplementationOnce(async () => {
      abort.abort(new Error('stopped'));
      return new Response('the code');
    });
    const boot = (await open()).boot({ signal: abort.signal, onProgress() {} });
    await expect(boot).rejects.toThrow('stopped');
    expect(frames).toEqual([]);
  });
});

describe('a session', () => {
  test('speaks with the guest: a program goes out as functions, signs of life come in', async () => {
    const { session: one, frame, listener } = await session();
    const sent: Envelope[] = [];
    (frame.guest as MessagePort).onmessage = ({ data }) => sent.push(decode(data) as Envelope);
    await one.sync({ 'app.ts': 'export default 1 as number;' }, 3);
    const run = one.run('app.ts', 3);
    await until(() => sent.length > 0);
    expect(sent[0]).toMatchObject({
      op: 'load',
      epoch: 3,
      body: {
        entry: 'app.ts',
        revision: 3,
        modules: { 'app.ts': { code: expect.stringContaining('exports') } },
      },
    });
    frame.say('beat');
    frame.say('reply', { epoch: 3, id: sent[0]?.id as number });
    await run;
    expect(listener.beat).toHaveBeenCalled();
    one.dispose();
  });

  test('hands the guest the libraries that a program imports, and no others', async () => {
    const { session: one, frame } = await session();
    vi.mocked(fetch).mockImplementation(async () => new Response('the library'));
    const sent: Envelope[] = [];
    (frame.guest as MessagePort).onmessage = ({ data }) => sent.push(decode(data) as Envelope);
    const libraries = async (text: string) => {
      await one.sync({ 'app.ts': text }, 1);
      void one.run('app.ts', 1).catch(() => {});
      const before = sent.length;
      await until(() => sent.length > before);
      return (sent.at(-1) as Envelope & { body: { libraries: object } }).body.libraries;
    };
    expect(await libraries("import 'portway';")).toEqual({});
    expect(fetch).toHaveBeenCalledTimes(1);
    expect(await libraries("import { Hono } from 'hono'; new Hono();")).toEqual({
      hono: 'the library',
    });
    expect(fetch).toHaveBeenLastCalledWith('/hono-function.js');
    await libraries("import { Hono } from 'hono'; new Hono();");
    expect(fetch).toHaveBeenCalledTimes(2);
    one.dispose();
  });

  test('with a library that cannot be loaded says so, and tries again the next time', async () => {
    const { session: one } = await session();
    vi.mocked(fetch).mockImplementationOnce(async () => new Response('', { status: 503 }));
    const files = { 'app.ts': "import { Hono } from 'hono'; new Hono();" };
    await expect(one.sync(files, 1)).rejects.toThrow(
      'The library `hono` could not be loaded (503 for /hono-function.js).',
    );
    await expect(one.sync(files, 2)).resolves.toBeUndefined();
    one.dispose();
  });

  test('whose frame is replaced by another document is dead, and told so', async () => {
    const { session: one, frame, listener } = await session();
    frame.onload?.();
    const run = one.run('app.ts', 1).catch((error: { failure: Failure }) => error.failure);
    frame.onload?.();
    expect(await run).toMatchObject({
      message: expect.stringMatching(/replaced by another document/),
    });
    expect(listener.died).toHaveBeenCalledTimes(1);
    expect(frame.attached).toBe(false);
  });

  test('whose Worker fails later is not said not to have started', async () => {
    const { frame, listener } = await session();
    frame.failed('out of memory');
    await until(() => listener.died.mock.calls.length > 0);
    expect(listener.died.mock.calls[0]?.[0].message).toBe('The sandbox failed: out of memory.');
  });

  test('is not ended by the signal of the run that started it', async () => {
    const { frame, abort, listener } = await session();
    abort.abort();
    await settled(() => listener.died.mock.calls.length);
    expect(listener.died).not.toHaveBeenCalled();
    expect(frame.attached).toBe(true);
  });

  test('that is disposed leaves neither frame nor listener', async () => {
    const { session: one, frame, listener } = await session();
    one.dispose();
    expect(frame.attached).toBe(false);
    expect(frame.onload).toBeNull();
    expect(listeners.size).toBe(0);
    expect(listener.died).not.toHaveBeenCalled();
  });
});
