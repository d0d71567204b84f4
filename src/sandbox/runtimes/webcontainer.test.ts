// The container runtime over a client, a container and a terminal that the test plays: what is remembered over a crash,
// what is shared between sandboxes, and what happens to all of them when one ends it. The real client package is under
// test in tests/webcontainer.spec.ts.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { settled, turn, until } from '../../../tests/fixtures/puppet.ts';
import { parseScenario, type ScenarioExchange } from '../../client/index.ts';
import { decode, type Envelope, frame } from '../envelope.ts';
import type { Failure, Runtime, Session } from '../runtime.ts';
import type { CrashFlag, WebContainerOptions } from './webcontainer.ts';

vi.mock('virtual:portway/guest-node', () => ({ default: '/guest-node.mjs' }));
vi.mock('virtual:portway/hono-module', () => ({ default: '/hono-module.js' }));
vi.mock('virtual:portway/hono-function', () => ({ default: '/hono-function.js' }));
vi.mock('virtual:portway/webcontainer-client', () => ({ default: { toString: () => clientUrl } }));

/** The client: a module of which each copy says that it was loaded. What follows the URL is a comment in it. */
const CLIENT =
  'globalThis.fakeClient.loaded(); export const WebContainer = globalThis.fakeClient; export const configureAPIKey = globalThis.fakeClient.key;';
let clientUrl = '';
let pages = 0;

/** The URL of a module that no earlier test has loaded. */
function moduleUrl(code: string): string {
  return `data:text/javascript,${encodeURIComponent(`${code} // page ${++pages}`)}`;
}

const outcome = (
  promise: Promise<unknown>,
): Promise<{ value?: unknown; failure?: Failure; error?: unknown }> =>
  promise.then(
    (value) => ({ value }),
    (error: { failure?: Failure }) => (error?.failure ? { failure: error.failure } : { error }),
  );

class FakeProcess {
  readonly sid: string;
  readonly written: Envelope[] = [];
  readonly kill = vi.fn();
  readonly exit: Promise<number>;
  readonly input = new WritableStream<string>({
    write: (text) => {
      const envelope = decode(text.trim());
      if (envelope) this.written.push(envelope);
    },
  });
  readonly output: ReadableStream<string>;
  #print!: ReadableStreamDefaultController<string>;
  end!: (code: number) => void;
  fail!: (error: unknown) => void;

  constructor(sid: string) {
    this.sid = sid;
    this.output = new ReadableStream({
      start: (controller) => {
        this.#print = controller;
      },
    });
    this.exit = new Promise((resolve, reject) => {
      this.end = resolve;
      this.fail = reject;
    });
  }
  print(text: string): void {
    this.#print.enqueue(text);
  }
  /** The last of what it prints. */
  close(): void {
    this.#print.close();
  }
  say(kind: Envelope['kind'], body: unknown = {}, rest: Partial<Envelope> = {}): void {
    this.print(frame({ v: 1, sid: this.sid, epoch: 0, seq: 1, kind, body, ...rest }));
  }
}

class FakeContainer {
  readonly workdir = '/home/portway';
  readonly processes: FakeProcess[] = [];
  readonly frame: { src: string; remove(): void };
  readonly files: Record<string, string> = {};
  readonly folders: string[] = [];
  mount = vi.fn(async (_: Record<string, { directory: Record<string, unknown> }>) => {});
  spawn = vi.fn(async (_command: string, args: string[]) => {
    const process = new FakeProcess(args[1] as string);
    this.processes.push(process);
    return process;
  });
  readonly fs = {
    mkdir: vi.fn(async (path: string) => void this.folders.push(path)),
    writeFile: vi.fn(async (path: string, text: string) => {
      this.files[path] = text;
    }),
  };
  constructor() {
    this.frame = {
      src: 'https://stackblitz.com/headless',
      remove: () => {
        frames = frames.filter((one) => one !== this.frame);
      },
    };
    frames.push(this.frame);
  }
}

let frames: { src: string; remove(): void }[] = [];
let listeners: Map<string, Set<() => void>>;
const client = {
  loaded: vi.fn(),
  key: vi.fn(),
  boot: vi.fn<() => Promise<unknown>>(),
};
const unhandled = vi.fn<(error: unknown) => void>();

beforeEach(() => {
  // Each test has a page of its own: the container of the page is kept by the module.
  vi.resetModules();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  clientUrl = moduleUrl(CLIENT);
  frames = [{ src: 'https://example.org/', remove: vi.fn() }];
  listeners = new Map();
  vi.stubGlobal('document', { querySelectorAll: () => [...frames] });
  vi.stubGlobal('crossOriginIsolated', true);
  vi.stubGlobal('navigator', {});
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response('the guest')),
  );
  vi.stubGlobal('addEventListener', (type: string, listener: () => void) =>
    listeners.set(type, (listeners.get(type) ?? new Set()).add(listener)),
  );
  vi.stubGlobal('removeEventListener', (type: string, listener: () => void) =>
    listeners.get(type)?.delete(listener),
  );
  vi.stubGlobal('fakeClient', client);
  client.loaded.mockReset();
  client.key.mockReset();
  client.boot.mockReset().mockImplementation(async () => new FakeContainer());
  unhandled.mockReset();
  process.on('unhandledRejection', unhandled);
});

afterEach(async () => {
  await turn();
  process.off('unhandledRejection', unhandled);
  vi.useRealTimers();
  vi.unstubAllGlobals();
  expect(unhandled.mock.calls).toEqual([]);
});

async function open(options: WebContainerOptions = {}): Promise<Runtime> {
  const { webContainerRuntime } = await import('./webcontainer.ts');
  return webContainerRuntime(options);
}

/** Starts a guest, as far as nothing more comes without the test. */
async function start(runtime: Runtime) {
  const steps: string[] = [];
  const abort = new AbortController();
  const done = outcome(
    runtime.boot({ signal: abort.signal, onProgress: (step) => void steps.push(step) }),
  );
  const containers = client.boot.mock.results;
  await settled(() => [steps.length, containers.length].join());
  return { steps, abort, done };
}

const lastContainer = async () => (await client.boot.mock.results.at(-1)?.value) as FakeContainer;

/** A session whose guest has said hello. */
async function session(runtime: Runtime) {
  const { done } = await start(runtime);
  const container = await lastContainer();
  const guest = container.processes.at(-1) as FakeProcess;
  guest.say('hello');
  const { value } = await done;
  const listener = {
    trace: vi.fn(),
    log: vi.fn(),
    standing: vi.fn(),
    beat: vi.fn(),
    lost: vi.fn(),
    died: vi.fn(),
  };
  (value as Session).listener = listener;
  return { session: value as Session, container, guest, listener };
}

/** What a run of a program does to a session, up to its first request. */
function load(one: Session, revision = 1) {
  return one
    .sync({ 'app.ts': 'export default 1 as number;' }, revision)
    .then(() => one.run('app.ts', revision));
}

describe('whether it can be tried', () => {
  const flag = (raised: () => boolean): CrashFlag => ({ raised, raise() {}, lower() {} });

  test('it can, in an isolated page with room', async () => {
    expect((await open()).probe()).toEqual({ ok: true });
    vi.stubGlobal('navigator', { deviceMemory: 8, connection: { saveData: false } });
    expect((await open({ crashFlag: flag(() => false) })).probe()).toEqual({ ok: true });
  });

  test.each([
    ['not-isolated', () => vi.stubGlobal('crossOriginIsolated', false), false],
    ['not-isolated', () => vi.stubGlobal('SharedArrayBuffer', undefined), false],
    ['save-data', () => vi.stubGlobal('navigator', { connection: { saveData: true } }), true],
    ['small-memory', () => vi.stubGlobal('navigator', { deviceMemory: 2 }), true],
  ])('%s is a reason, and says whether asking for it helps', async (code, arrange, retryable) => {
    arrange();
    const probe = (await open()).probe();
    expect(probe).toMatchObject({
      ok: false,
      code,
      retryable,
      message: expect.stringMatching(/\.$/),
      help: expect.stringMatching(/\.$/),
    });
  });

  test('a crash in an earlier start is a reason not to try unasked', async () => {
    const runtime = await open({ crashFlag: flag(() => true) });
    expect(runtime.probe()).toMatchObject({ ok: false, code: 'crashed-before', retryable: true });
  });

  test('storage that is closed is no reason', async () => {
    const runtime = await open({
      crashFlag: flag(() => {
        throw new DOMException('denied', 'SecurityError');
      }),
    });
    expect(runtime.probe()).toEqual({ ok: true });
  });
});

describe('the crash flag', () => {
  class Flag implements CrashFlag {
    up = false;
    raised = () => this.up;
    raise = () => {
      this.up = true;
    };
    lower = () => {
      this.up = false;
    };
  }

  test('is up while the container starts, and down when it has', async () => {
    const crashFlag = new Flag();
    const boot = Promise.withResolvers<unknown>();
    client.boot.mockReturnValue(boot.promise);
    await start(await open({ crashFlag }));
    expect(crashFlag.up).toBe(true);
    boot.resolve(new FakeContainer());
    await until(() => !crashFlag.up);
  });

  test.each([
    ['rejects', () => client.boot.mockRejectedValue(new Error('no'))],
    [
      'throws',
      () =>
        client.boot.mockImplementation(() => {
          throw new Error('no');
        }),
    ],
    [
      'cannot be loaded',
      () =>
        client.loaded.mockImplementation(() => {
          throw new TypeError('Failed to fetch');
        }),
    ],
  ])('is down when the client %s', async (_, arrange) => {
    arrange();
    const crashFlag = new Flag();
    const { done } = await start(await open({ crashFlag }));
    expect((await done).failure?.code).toBe('boot-failed');
    expect(crashFlag.up).toBe(false);
  });

  test('is down when the host was silent', async () => {
    client.boot.mockReturnValue(new Promise(() => {}));
    const crashFlag = new Flag();
    const { done } = await start(await open({ crashFlag }));
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await done).failure?.code).toBe('host-silent');
    expect(crashFlag.up).toBe(false);
  });

  test('is down when the reader leaves the page while it starts: that is no crash', async () => {
    client.boot.mockReturnValue(new Promise(() => {}));
    const crashFlag = new Flag();
    await start(await open({ crashFlag }));
    for (const listener of listeners.get('pagehide') ?? []) listener();
    expect(crashFlag.up).toBe(false);
  });

  test('leaves no listener behind', async () => {
    await start(await open({ crashFlag: new Flag() }));
    expect(listeners.get('pagehide')?.size).toBe(0);
  });

  test('whose storage is closed does not keep the container from starting', async () => {
    const denied = () => {
      throw new DOMException('denied', 'SecurityError');
    };
    const runtime = await open({ crashFlag: { raised: denied, raise: denied, lower: denied } });
    expect((await session(runtime)).session.runtime).toBe('webcontainer');
  });
});

describe('starting', () => {
  test('tells each step in words, and gives a session when the guest says hello', async () => {
    const runtime = await open({ apiKey: 'the key' });
    const { steps, done } = await start(runtime);
    expect(steps).toEqual([
      'Loading the WebContainer client',
      'Contacting the WebContainer host (stackblitz.com)',
      'Copying the gateway into the WebContainer',
      'Starting Node in the WebContainer',
      'Starting the gateway in the WebContainer',
    ]);
    expect(client.key).toHaveBeenCalledWith('the key');
    const container = await lastContainer();
    const [folder, { directory }] = Object.entries(container.mount.mock.calls[0]?.[0] ?? {})[0] ?? [
      '',
      { directory: {} },
    ];
    expect(folder).toMatch(/^guest-\d+$/);
    expect(directory['guest.mjs']).toEqual({ file: { contents: 'the guest' } });
    expect(JSON.stringify(directory)).toContain('application');
    const guest = container.processes[0] as FakeProcess;
    expect(container.spawn.mock.calls[0]?.slice(0, 2)).toEqual([
      'node',
      [`${folder}/guest.mjs`, guest.sid],
    ]);
    guest.say('hello');
    expect((await done).value).toMatchObject({ runtime: 'webcontainer' });
    expect(guest.kill).not.toHaveBeenCalled();
  });

  test('a hello of another session is none', async () => {
    const { done } = await start(await open());
    const guest = (await lastContainer()).processes[0] as FakeProcess;
    guest.say('hello', {}, { sid: 'another' });
    guest.print('hello\r\n');
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await done).failure).toMatchObject({
      code: 'guest-silent',
      message: 'The WebContainer did not start the gateway within 20 seconds.',
    });
  });

  test.each([
    [new Error('Out of memory'), /did not give it enough memory \(Error: Out of memory\)\.$/],
    [
      new TypeError('Failed to fetch dynamically imported module'),
      /Its client could not be loaded/,
    ],
    [new Error('anything'), /It failed to start \(Error: anything\)\.$/],
    ['a word', /It failed to start \(a word\)\.$/],
  ])('that fails says what is known of why: %s', async (error, words) => {
    client.boot.mockRejectedValue(error);
    const { done } = await start(await open());
    expect((await done).failure).toMatchObject({
      code: 'boot-failed',
      retryable: true,
      message: expect.stringMatching(words),
      help: expect.stringMatching(/Examples run in the page instead/),
    });
  });

  test('a host that is silent is given up after the limit, and the next start is with a new copy of the client', async () => {
    client.boot.mockReturnValueOnce(new Promise(() => {}));
    const runtime = await open({ bootLimit: 3000 });
    const { done } = await start(runtime);
    await vi.advanceTimersByTimeAsync(3000);
    expect((await done).failure).toMatchObject({
      code: 'host-silent',
      message: expect.stringMatching(
        /^The WebContainer host \(stackblitz\.com\) did not answer within 3 seconds\./,
      ),
    });
    expect((await session(runtime)).session.runtime).toBe('webcontainer');
    expect(client.loaded).toHaveBeenCalledTimes(2);
  });

  test('a client that never loads is given up after the limit as well', async () => {
    clientUrl = moduleUrl('await new Promise(() => {});');
    const { done } = await start(await open());
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await done).failure).toMatchObject({
      code: 'client-silent',
      message:
        'The WebContainer client was not loaded within 20 seconds. The connection may be slow.',
    });
  });

  test('a gateway that never comes is given up after the limit, and the container is kept', async () => {
    const runtime = await open();
    vi.mocked(fetch).mockImplementationOnce(() => new Promise(() => {}));
    const { done } = await start(runtime);
    await vi.advanceTimersByTimeAsync(20_000);
    expect((await done).failure).toMatchObject({
      code: 'guest-unavailable',
      message:
        'The gateway for the WebContainer could not be loaded (nothing came within 20 seconds).',
    });
    await session(runtime);
    expect(client.boot).toHaveBeenCalledTimes(1);
  });

  for (const what of ['mount', 'spawn'] as const) {
    test(`a container that does not answer to ${what} is given up after the limit, and dropped`, async () => {
      const runtime = await open();
      client.boot.mockImplementationOnce(async () => {
        const container = new FakeContainer();
        container[what].mockReturnValue(new Promise<never>(() => {}));
        return container;
      });
      const { done } = await start(runtime);
      const container = await lastContainer();
      await vi.advanceTimersByTimeAsync(20_000);
      expect((await done).failure).toMatchObject({
        code: 'guest-silent',
        message: `The WebContainer ${what === 'mount' ? 'did not take the gateway’s files' : 'did not start Node'} within 20 seconds.`,
      });
      expect(frames).not.toContain(container.frame);
      expect((await session(runtime)).container).not.toBe(container);
    });

    test(`a container that refuses ${what} is dropped, and another is started the next time`, async () => {
      const runtime = await open();
      const container = new FakeContainer();
      container[what].mockRejectedValue(new Error('ENOSPC'));
      client.boot.mockResolvedValueOnce(container);
      const { done } = await start(runtime);
      expect((await done).failure).toMatchObject({
        code: 'boot-failed',
        message: expect.stringContaining('ENOSPC'),
      });
      expect((await session(runtime)).container).not.toBe(container);
    });
  }

  test.each([
    ['is not there', async () => new Response('', { status: 404 }), '404 for /guest-node.mjs'],
    [
      'cannot be reached',
      async () => {
        throw new TypeError('Failed to fetch');
      },
      'Failed to fetch',
    ],
  ])('a gateway that %s says so, and the container is kept', async (_, answer, reason) => {
    const runtime = await open();
    vi.mocked(fetch).mockImplementationOnce(answer);
    const { done } = await start(runtime);
    expect((await done).failure).toMatchObject({
      code: 'guest-unavailable',
      message: `The gateway for the WebContainer could not be loaded (${reason}).`,
    });
    await session(runtime);
    expect(client.boot).toHaveBeenCalledTimes(1);
  });

  test('a guest that ends before it says hello is told with what it printed, and the container is kept', async () => {
    const runtime = await open();
    const { done } = await start(runtime);
    const guest = (await lastContainer()).processes[0] as FakeProcess;
    guest.print('node:internal\r\nSyntaxError: Unexpected token\r\n    at x\r\n');
    guest.close();
    guest.end(1);
    expect((await done).failure).toMatchObject({
      code: 'process-ended',
      message:
        'The Node process in the WebContainer ended unexpectedly (exit code 1). It last printed: SyntaxError: Unexpected token',
    });
    await session(runtime);
    expect(client.boot).toHaveBeenCalledTimes(1);
  });

  test('given up while the host is contacted: the container is kept for the next time', async () => {
    const boot = Promise.withResolvers<unknown>();
    client.boot.mockReturnValueOnce(boot.promise);
    const runtime = await open();
    const { done, abort, steps } = await start(runtime);
    const before = steps.length;
    abort.abort(new Error('stopped'));
    expect(await done).toMatchObject({ error: { message: 'stopped' } });
    boot.resolve(new FakeContainer());
    await session(runtime);
    expect(client.boot).toHaveBeenCalledTimes(1);
    expect(steps.length).toBe(before);
  });

  test('given up while the guest starts: its process is ended, and the container is kept', async () => {
    const runtime = await open();
    const { done, abort } = await start(runtime);
    const guest = (await lastContainer()).processes[0] as FakeProcess;
    abort.abort(new Error('stopped'));
    expect(await done).toMatchObject({ error: { message: 'stopped' } });
    await until(() => guest.kill.mock.calls.length > 0);
    await session(runtime);
    expect(client.boot).toHaveBeenCalledTimes(1);
  });

  test('given up while the process is spawned: it is ended when it is there', async () => {
    const runtime = await open();
    const container = new FakeContainer();
    const spawned = Promise.withResolvers<FakeProcess>();
    container.spawn.mockReturnValueOnce(spawned.promise);
    client.boot.mockResolvedValueOnce(container);
    const { done, abort } = await start(runtime);
    abort.abort(new Error('stopped'));
    await done;
    const guest = new FakeProcess('late');
    spawned.resolve(guest);
    await until(() => guest.kill.mock.calls.length > 0);
  });

  test('given up before it began', async () => {
    const runtime = await open();
    const signal = AbortSignal.abort(new Error('stopped'));
    expect(await outcome(runtime.boot({ signal, onProgress() {} }))).toMatchObject({
      error: { message: 'stopped' },
    });
  });
});

describe('several sandboxes of a page', () => {
  test('share one container, each with a process and a folder of its own', async () => {
    const runtime = await open();
    const first = await session(runtime);
    const second = await session(runtime);
    expect(second.container).toBe(first.container);
    expect(first.guest.sid).not.toBe(second.guest.sid);
    const folders = first.container.mount.mock.calls.map(([tree]) => Object.keys(tree)[0]);
    expect(new Set(folders).size).toBe(2);
  });

  test('that start at the same time contact the host once, and both hear of it', async () => {
    const boot = Promise.withResolvers<unknown>();
    client.boot.mockReturnValueOnce(boot.promise);
    const runtime = await open();
    const steps: string[][] = [[], []];
    for (const mine of steps)
      void outcome(
        runtime.boot({
          signal: new AbortController().signal,
          onProgress: (step) => void mine.push(step),
        }),
      );
    await until(() => client.boot.mock.calls.length > 0);
    expect(steps[1]).toContain('Contacting the WebContainer host (stackblitz.com)');
    boot.resolve(new FakeContainer());
    await until(() => steps.every((mine) => mine.includes('Starting Node in the WebContainer')));
    expect(client.boot).toHaveBeenCalledTimes(1);
  });

  test('a failed start fails both, and is tried once the next time', async () => {
    client.boot.mockRejectedValueOnce(new Error('no'));
    const runtime = await open();
    const both = await Promise.all([
      outcome(runtime.boot({ signal: new AbortController().signal, onProgress() {} })),
      outcome(runtime.boot({ signal: new AbortController().signal, onProgress() {} })),
    ]);
    expect(both.map(({ failure }) => failure?.code)).toEqual(['boot-failed', 'boot-failed']);
    await session(runtime);
    await session(runtime);
    expect(client.boot).toHaveBeenCalledTimes(2);
  });

  test('one that ends gently leaves the others alone', async () => {
    const runtime = await open();
    const first = await session(runtime);
    const second = await session(runtime);
    first.session.dispose();
    expect(first.guest.kill).toHaveBeenCalled();
    expect(second.guest.kill).not.toHaveBeenCalled();
    expect(second.listener.died).not.toHaveBeenCalled();
    expect(frames).toContain(first.container.frame);
  });

  test('one whose program loops takes the container with it: the others are told, and each gets a new one', async () => {
    const runtime = await open();
    const first = await session(runtime);
    const second = await session(runtime);
    const loading = outcome(load(second.session));
    await until(() => second.guest.written.length > 0);
    first.session.dispose(false);
    expect(frames).not.toContain(first.container.frame);
    expect((await loading).failure).toMatchObject({
      code: 'container-ended',
      message: 'The WebContainer was ended, because an example in it did not respond.',
    });
    expect(second.listener.died).toHaveBeenCalledTimes(1);
    expect(first.listener.died).not.toHaveBeenCalled();
    const third = await session(runtime);
    expect(third.container).not.toBe(first.container);
    // What is left of the container that went does not touch the one that came.
    second.session.dispose(false);
    expect(frames).toContain(third.container.frame);
    expect(third.listener.died).not.toHaveBeenCalled();
    expect((await session(runtime)).container).toBe(third.container);
  });

  test('one whose guest is starting when the container goes is told at once', async () => {
    const runtime = await open();
    const first = await session(runtime);
    const { done } = await start(runtime);
    first.session.dispose(false);
    expect((await done).failure?.code).toBe('container-ended');
  });

  test('one that puts its files in place when the container goes does not wait for ever', async () => {
    const runtime = await open();
    const first = await session(runtime);
    const second = await session(runtime);
    second.container.fs.writeFile.mockReturnValue(new Promise(() => {}));
    const synced = outcome(second.session.sync({ 'app.ts': '' }, 1));
    await turn();
    first.session.dispose(false);
    expect((await synced).failure?.code).toBe('container-ended');
    expect((await outcome(second.session.sync({ 'app.ts': '' }, 2))).failure?.code).toBe(
      'container-ended',
    );
  });
});

describe('a session', () => {
  const [request] = parseScenario('GET / HTTP/1.1') as [ScenarioExchange];

  test('puts each revision in a folder of its own, as JavaScript, and tells the guest where', async () => {
    const { session: one, container, guest } = await session(await open());
    await one.sync(
      {
        'app.ts': "import './lib/b.mts'; export default 1 as number;",
        'lib/b.mts': '',
        constructor: 'a name that every object has',
        'readme.md': '# read',
      },
      7,
    );
    void outcome(one.run('app.ts', 7));
    await until(() => guest.written.length > 0);
    const { file, folder, sources } = (guest.written[0] as Envelope).body as {
      file: string;
      folder: string;
      sources: Record<string, { path: string }>;
    };
    const root = file.replace(/\/app\.js$/, '');
    expect(root).toMatch(/^\/home\/portway\/guest-\d+\/program-7$/);
    const written = Object.fromEntries(
      Object.entries(container.files).map(([path, text]) => [`${container.workdir}/${path}`, text]),
    );
    expect(written).toEqual({
      [`${root}/app.js`]: expect.stringContaining('./lib/b.js'),
      [`${root}/lib/b.js`]: '',
      [`${root}/constructor`]: 'a name that every object has',
      [`${root}/readme.md`]: '# read',
      [`${folder}/app.ts`]: "import './lib/b.mts'; export default 1 as number;",
      [`${folder}/lib/b.mts`]: '',
      [`${folder}/constructor`]: 'a name that every object has',
      [`${folder}/readme.md`]: '# read',
    });
    expect(folder).toBe(root.replace('program-', 'files-'));
    expect(container.folders.map((path) => `${container.workdir}/${path}`)).toContain(
      `${root}/lib`,
    );
    expect(Object.entries(sources).map(([path, source]) => [path, source.path])).toEqual([
      ['app.js', 'app.ts'],
      ['lib/b.js', 'lib/b.mts'],
    ]);
  });

  test('hears frames in the noise of a terminal, and gives the noise as output', async () => {
    const { session: one, guest, listener } = await session(await open());
    void outcome(load(one));
    await until(() => guest.written.length > 0);
    const [{ id } = { id: 0 }] = guest.written;
    // An echo of what the page wrote, colours, either line end, and a line that no envelope is.
    guest.print(`{"sid":"${guest.sid}"}\r\n\x1b[31mraw output\x1b[0m\r\n${'x'.repeat(5000)}\n`);
    guest.say('reply', {}, { epoch: 1, ...(id === undefined ? {} : { id }) });
    await until(() => listener.log.mock.calls.length > 0);
    const lines = listener.log.mock.calls.flatMap(([some]) => some as { text: string }[]);
    expect(lines.map(({ text }) => text)).toEqual(['raw output', `${'x'.repeat(2000)}…`]);
  });

  test('a process that ends tells the listener and whoever waits, with the last that it printed', async () => {
    const { session: one, guest, listener } = await session(await open());
    const waiting = outcome(one.request(request, 1));
    guest.print('Error: out of file handles\n');
    guest.close();
    guest.end(137);
    const { failure } = await waiting;
    expect(failure).toEqual({
      code: 'process-ended',
      message:
        'The Node process in the WebContainer ended unexpectedly (exit code 137). It last printed: Error: out of file handles',
      help: 'Your edits are kept. Run starts a new one.',
      retryable: true,
    });
    expect(listener.died.mock.calls).toEqual([[failure]]);
  });

  test('an exit that overtakes its output waits for it, but not for ever', async () => {
    const { session: one, guest } = await session(await open());
    const waiting = outcome(one.request(request, 1));
    guest.end(1);
    await turn();
    guest.print('late words\n');
    await vi.advanceTimersByTimeAsync(500);
    expect((await waiting).failure?.message).toMatch(
      /exit code 1\)\. It last printed: late words$/,
    );
  });

  test('an exit that cannot be learned of is an end all the same', async () => {
    const { session: one, guest } = await session(await open());
    const waiting = outcome(one.request(request, 1));
    guest.fail(new Error('torn down'));
    expect((await waiting).failure?.message).toMatch(/ended unexpectedly \(Error: torn down\)/);
  });

  test('a terminal that is flooded past the guest is closed, and said so', async () => {
    const { session: one, guest, listener } = await session(await open());
    const waiting = outcome(one.request(request, 1));
    for (let at = 0; at < 65; at++) guest.print('x'.repeat(2 ** 20));
    expect((await waiting).failure?.code).toBe('flood');
    expect(guest.kill).toHaveBeenCalled();
    expect(listener.died).toHaveBeenCalledTimes(1);
  });

  test('counts frames that are damaged', async () => {
    const { guest, listener } = await session(await open());
    guest.print('\x1eGW{"v":1\n\x1eGWnothing\n');
    await until(() => listener.lost.mock.calls.length > 0);
    expect(listener.lost.mock.calls).toEqual([[2]]);
  });

  test('puts a library that the program imports where Node finds it, once', async () => {
    const { session: one, container } = await session(await open());
    vi.mocked(fetch).mockImplementation(async () => new Response('the library'));
    for (const revision of [1, 2])
      await one.sync({ 'app.ts': "import { Hono } from 'hono'; export default Hono;" }, revision);
    const written = Object.entries(container.files).filter(([path]) => path.includes('/hono/'));
    expect(written).toEqual([
      [
        expect.stringMatching(/^guest-\d+\/node_modules\/hono\/package\.json$/),
        '{"name":"hono","type":"module","exports":"./index.js"}',
      ],
      [expect.stringMatching(/\/hono\/index\.js$/), 'the library'],
    ]);
    expect(
      container.fs.writeFile.mock.calls.filter(([path]) => path.endsWith('hono/index.js')),
    ).toHaveLength(1);
  });

  test('that is disposed ends its process, and hears nothing of its exit', async () => {
    const { session: one, guest, listener } = await session(await open());
    one.dispose();
    expect(guest.kill).toHaveBeenCalledTimes(1);
    guest.close();
    guest.end(0);
    await settled(() => listener.died.mock.calls.length);
    expect(listener.died).not.toHaveBeenCalled();
  });
});
