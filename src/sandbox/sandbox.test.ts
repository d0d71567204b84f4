// The sandbox with runtimes and guests that the test plays, and a clock that it holds: which runtime a run uses, what
// the reader is told, and that nothing of one run is left in the next.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { turn } from '../../tests/fixtures/puppet.ts';
import {
  type ClientResult,
  type Outcome,
  parseScenario,
  type ScenarioExchange,
  type ScenarioWebSocket,
  type SocketEvent,
} from '../client/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import { type Arming, type ControlCommand, RUNNING, type Standing } from './control.ts';
import { type Files, type Program, ProgramError } from './program.ts';
import {
  type BootOptions,
  type Failure,
  type OpenSocket,
  type Probe,
  type RequestReport,
  type Runtime,
  RuntimeError,
  type RuntimeId,
  type Session,
  type SessionListener,
  StaleRealm,
} from './runtime.ts';
import type { EndReport, SocketReport } from './said.ts';
import { Sandbox } from './sandbox.ts';
import { type Choice, isBusy, type SandboxState } from './state.ts';

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
}

function deferred<T>(): Deferred<T> {
  const made = Promise.withResolvers<T>();
  // Not every promise of a fake is waited for when it is rejected.
  made.promise.catch(() => {});
  return made;
}

function report(
  outcome: Outcome = 'complete',
  more: Partial<RequestReport & ClientResult> = {},
): RequestReport {
  const { dropped = 0, faults = [], ...result } = more;
  return {
    result: {
      name: '',
      outcome,
      status: outcome === 'complete' ? 200 : undefined,
      headers: [],
      body: new Uint8Array(),
      size: 0,
      trailers: [],
      kind: 'http',
      times: { end: 0 },
      informational: [],
      attempts: 1,
      messages: [],
      messagesDropped: 0,
      ...result,
    },
    dropped,
    faults,
  };
}

/** A session whose guest is the test. */
class FakeSession implements Session {
  readonly runtime: RuntimeId;
  readonly capabilities = { clock: 'all' } as const;
  listener: SessionListener | undefined;
  /** What the sandbox did, in order. */
  readonly calls: string[] = [];
  readonly synced = deferred<void>();
  readonly loaded = deferred<void>();
  requests: Deferred<RequestReport>[] = [];
  readonly sockets: { onEvent(event: SocketEvent): void; done: Deferred<SocketReport> }[] = [];
  /** Set where the test says when, and how, the program ends; else there is nothing of it to end. */
  ended: Deferred<EndReport> | undefined;
  disposed: boolean | undefined;
  arming: Arming | undefined;

  constructor(runtime: RuntimeId) {
    this.runtime = runtime;
  }
  sync(_files: Files): Promise<void> {
    this.calls.push('sync');
    return this.synced.promise;
  }
  run(entry: string, _revision: number, control?: Arming): Promise<void> {
    this.calls.push(`run ${entry}`);
    this.arming = control;
    return this.loaded.promise;
  }
  request({ target }: ScenarioExchange): Promise<RequestReport> {
    this.calls.push(`request ${target}`);
    const request = deferred<RequestReport>();
    this.requests.push(request);
    return request.promise;
  }
  async open(
    { target }: ScenarioWebSocket,
    conn: number,
    onEvent: (event: SocketEvent) => void,
  ): Promise<OpenSocket> {
    this.calls.push(`open ${target} as ${conn}`);
    const done = deferred<SocketReport>();
    this.sockets.push({ onEvent, done });
    return {
      send: (data) => void this.calls.push(`send ${data}`),
      close: (code) => void this.calls.push(`close ${code}`),
      done: done.promise,
    };
  }
  finish(): Promise<EndReport> {
    this.calls.push('finish');
    return this.ended
      ? this.ended.promise
      : Promise.resolve({ over: false, dropped: 0, faults: [] });
  }
  control({ do: what }: ControlCommand): void {
    this.calls.push(`control ${what}`);
  }
  interrupt(): void {
    this.calls.push('interrupt');
  }
  dispose(alive = true): void {
    this.calls.push(`dispose ${alive ? 'alive' : 'dead'}`);
    this.disposed = alive;
    this.listener = undefined;
  }

  // The guest's side.

  /** The program is in place and loaded. */
  ready(): this {
    this.synced.resolve();
    this.loaded.resolve();
    return this;
  }
  /** Answers the request that waits. */
  async answer(...how: Parameters<typeof report>): Promise<void> {
    this.requests.at(-1)?.resolve(report(...how));
    await settle();
  }
  /** Is gone, as a session over a link is: what waits is rejected. */
  die(failure: Failure): void {
    for (const waiting of [this.synced, this.loaded, ...this.requests, this.ended])
      waiting?.reject(new RuntimeError(failure));
    this.listener?.died(failure);
  }
}

interface Boot {
  readonly options: BootOptions;
  readonly outcome: Deferred<Session>;
}

class FakeRuntime implements Runtime {
  readonly id: RuntimeId;
  readonly label = '';
  readonly boots: Boot[] = [];
  probe = vi.fn((): Probe => ({ ok: true }));
  constructor(id: RuntimeId) {
    this.id = id;
  }
  boot(options: BootOptions): Promise<Session> {
    const outcome = deferred<Session>();
    this.boots.push({ options, outcome });
    return outcome.promise;
  }
  /** Ends the boot that waits, with a session that is ready for a program. */
  async up(at = -1): Promise<FakeSession> {
    const session = new FakeSession(this.id).ready();
    this.boots.at(at)?.outcome.resolve(session);
    await settle();
    return session;
  }
  async down(failure: Failure | Error): Promise<void> {
    this.boots
      .at(-1)
      ?.outcome.reject(failure instanceof Error ? failure : new RuntimeError(failure));
    await settle();
  }
}

/** Everything that waits for nothing but promises has happened. */
const settle = turn;

const SILENT: Failure = {
  code: 'host-silent',
  message: 'The host did not answer.',
  help: 'Run again to retry.',
  retryable: true,
};
const GONE: Failure = { ...SILENT, code: 'gone', message: 'The process ended.' };
const PROGRAM: Program = {
  files: { 'app.ts': 'export default 1;' },
  entry: 'app.ts',
  requests: 'GET /a HTTP/1.1',
};
const THREE = {
  ...PROGRAM,
  requests: 'GET /a HTTP/1.1\n###\nGET /b HTTP/1.1\n###\nGET /c HTTP/1.1',
};

const sandboxes: Sandbox[] = [];
const unhandled = vi.fn<(error: unknown) => void>();

beforeEach(() => {
  unhandled.mockClear();
  vi.useFakeTimers({
    toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'],
  });
  process.on('unhandledRejection', unhandled);
});

afterEach(async () => {
  for (const sandbox of sandboxes.splice(0)) sandbox.dispose();
  await settle();
  const timers = vi.getTimerCount();
  process.off('unhandledRejection', unhandled);
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  expect(unhandled.mock.calls).toEqual([]);
  expect(timers, 'a disposed sandbox leaves no timer').toBe(0);
});

function open() {
  const page = new FakeRuntime('page');
  const webcontainer = new FakeRuntime('webcontainer');
  const python = new FakeRuntime('python');
  const states: SandboxState[] = [];
  const sandbox = new Sandbox({
    page,
    webcontainer,
    python,
    onChange: (state) => void states.push(state),
  });
  sandboxes.push(sandbox);
  const run = async (choice: Choice = 'page', program: Program = PROGRAM) => {
    const done = sandbox.run(program, choice);
    await settle();
    return { done };
  };
  /** A run in the page that is as far as its first request. */
  const running = async (program: Program = PROGRAM, choice: Choice = 'page') => {
    const { done } = await run(choice, program);
    const session = await page.up();
    expect(sandbox.state.phase).toBe('running');
    return { session, done };
  };
  return { sandbox, page, webcontainer, python, states, run, running };
}

function event(seq: number, more: Partial<TraceEvent> = {}): TraceEvent {
  return {
    v: 1,
    run: 'r',
    seq,
    t: seq,
    conn: 1,
    lane: 'app',
    dir: 'out',
    type: 'x',
    phase: 'i',
    ...more,
  };
}

const violation = (seq: number, requirement = 'http.start-once') =>
  event(seq, {
    violation: { requirement, message: `${requirement}: no` },
    src: { file: 'app.ts', line: seq, column: 1 },
  });

describe('a run', () => {
  test('goes through its phases, with words for each, and ends ready', async () => {
    const { sandbox, page, states, run } = open();
    const { done } = await run('page', THREE);
    page.boots[0]?.options.onProgress('Loading the gateway into the page');
    const session = await page.up();
    for (const _ of [1, 2, 3]) await session.answer();
    await done;
    const told = states.map(({ phase, status }) => `${phase}: ${status}`);
    expect([...new Set(told)]).toEqual([
      'probing: Looking for a place to run in',
      'booting: Loading the gateway into the page',
      'syncing: Putting the files in place',
      'starting: Loading the application',
      'running: Sending request 1 (1 of 3)',
      'running: Sending request 2 (2 of 3)',
      'running: Sending request 3 (3 of 3)',
      'running: Letting the application end',
      'ready: Ran in the page: 200; 200; 200. 0 events.',
    ]);
    expect(session.calls).toEqual([
      'sync',
      'run app.ts',
      'request /a',
      'request /b',
      'request /c',
      'finish',
    ]);
    expect(sandbox.state.runtime).toBe('page');
  });

  test('keeps its session for the next run', async () => {
    const { page, running, run, sandbox } = open();
    const { session } = await running();
    await session.answer();
    await run();
    await session.answer();
    expect(sandbox.state.phase).toBe('ready');
    expect(page.boots).toHaveLength(1);
    expect(session.disposed).toBeUndefined();
  });

  test('begins with nothing of the one before it but the note', async () => {
    const { sandbox, running, run } = open();
    const { session } = await running();
    session.listener?.trace([violation(1)]);
    session.listener?.log([{ level: 'log', text: 'a' }], 3);
    await session.answer('complete', { dropped: 2 });
    expect(sandbox.state.results).toHaveLength(1);
    const { note } = sandbox.state;
    await run();
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      note,
      events: [],
      dropped: 0,
      results: [],
      diagnoses: [],
      logs: [],
      logsDropped: 0,
    });
  });
});

describe('a mistake in what was written is told without starting anything', () => {
  test.each([
    [
      'a syntax error',
      { ...PROGRAM, files: { 'app.ts': 'const a: number = 1;\nconst b = ;' } },
      { kind: 'syntax', message: 'Unexpected token', src: { file: 'app.ts', line: 2, column: 11 } },
    ],
    [
      'an import that is not there',
      { ...PROGRAM, files: { 'app.ts': "import './b.ts';" } },
      { kind: 'load', src: { file: 'app.ts', line: 1, column: 8 } },
    ],
    [
      'a scenario that cannot be read',
      { ...PROGRAM, requests: 'GET / HTTP/1.1\nHost: a\nthis is no field' },
      {
        kind: 'scenario',
        message: expect.stringMatching(
          /^`this is no field` is not a header field\. It has the form/,
        ),
        src: { file: 'requests.http', line: 3, column: 1 },
      },
    ],
    [
      'a scenario without a request',
      { ...PROGRAM, requests: '# nothing' },
      {
        kind: 'scenario',
        message: expect.stringMatching(/^the scenario has no request\. Write one/),
      },
    ],
  ])('%s', async (_, program, diagnosis) => {
    const { sandbox, page, webcontainer, run } = open();
    const { done } = await run('automatic', program);
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'failed', status: 'The program was not run.' });
    expect(sandbox.state.diagnoses).toMatchObject([diagnosis]);
    expect([page.boots, webcontainer.boots]).toEqual([[], []]);
  });

  test('and the next run works', async () => {
    const { sandbox, page, run } = open();
    await run('page', { ...PROGRAM, requests: '' });
    await run();
    await (await page.up()).answer();
    expect(sandbox.state).toMatchObject({ phase: 'ready', diagnoses: [] });
  });
});

describe('Automatic', () => {
  test('answers from the page at once, and uses the container when it is ready', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session } = await running(PROGRAM, 'automatic');
    expect(sandbox.state.note).toBe('Runs in the page while the WebContainer starts.');
    webcontainer.boots[0]?.options.onProgress('Contacting the host');
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      note: 'Runs in the page while the WebContainer starts: Contacting the host.',
    });
    await session.answer();
    expect(sandbox.state).toMatchObject({ phase: 'ready', runtime: 'page' });
    const container = await webcontainer.up();
    expect(sandbox.state.note).toBe('The WebContainer is ready: the next run uses it.');
    await run('automatic');
    await container.answer();
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      runtime: 'webcontainer',
      status: 'Ran in the WebContainer: 200. 0 events.',
      note: 'Runs in the WebContainer: a real Node server, and real requests to it.',
    });
    expect(webcontainer.boots).toHaveLength(1);
  });

  test('says so when the container is still starting at the next run, and does not start a second', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session } = await running(PROGRAM, 'automatic');
    await session.answer();
    await run('automatic');
    expect(sandbox.state.note).toBe('Runs in the page while the WebContainer is still starting.');
    expect(webcontainer.boots).toHaveLength(1);
  });

  test('says why the container did not start, and makes no other attempt until it is asked for', async () => {
    const { sandbox, page, webcontainer, running, run } = open();
    const { session } = await running(PROGRAM, 'automatic');
    await session.answer();
    await webcontainer.down(SILENT);
    const note =
      'Runs in the page. The host did not answer. To try again, choose WebContainer as the runtime.';
    expect(sandbox.state.note).toBe(note);
    // Another note has come between.
    await run('page');
    await session.answer();
    expect(sandbox.state.note).toBe('Runs in the page, as chosen.');
    await run('automatic');
    await session.answer();
    expect(sandbox.state.note).toBe(note);
    expect(webcontainer.boots).toHaveLength(1);

    await run('webcontainer');
    expect(webcontainer.boots).toHaveLength(2);
    const container = await webcontainer.up();
    await container.answer();
    expect(sandbox.state.runtime).toBe('webcontainer');

    // It started, so that a later start may be tried unasked again.
    container.die(GONE);
    await run('automatic');
    expect(webcontainer.boots).toHaveLength(3);
    expect(page.boots).toHaveLength(1);
  });

  test('does not start a container that was asked for and failed', async () => {
    const { sandbox, page, webcontainer, run } = open();
    await run('webcontainer');
    await webcontainer.down(SILENT);
    const session = await page.up();
    await session.answer();
    await run('automatic');
    await session.answer();
    expect(webcontainer.boots).toHaveLength(1);
    expect(sandbox.state.note).toMatch(
      /^Runs in the page\. The host did not answer\. To try again/,
    );
  });

  test('a runtime that throws where it should reject is told like any failure', async () => {
    const { sandbox, webcontainer, running } = open();
    webcontainer.boot = () => {
      throw new TypeError('no iframe');
    };
    const { session } = await running(PROGRAM, 'automatic');
    await session.answer();
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      note: expect.stringMatching(/^Runs in the page\. no iframe To try again/),
    });
  });

  test('progress that is told before boot returns does no harm', async () => {
    const { sandbox, webcontainer, running } = open();
    const boot = webcontainer.boot.bind(webcontainer);
    webcontainer.boot = (options) => {
      options.onProgress('Loading the client');
      return boot(options);
    };
    await running(PROGRAM, 'automatic');
    expect(sandbox.state.note).toBe(
      'Runs in the page while the WebContainer starts: Loading the client.',
    );
    await webcontainer.up();
    expect(sandbox.state.note).toBe('The WebContainer is ready: the next run uses it.');
  });

  for (const [why, probe] of [
    [
      'not isolated',
      { code: 'not-isolated', message: 'Not isolated.', help: 'Send headers.', retryable: false },
    ],
    [
      'asked to save data',
      { code: 'save-data', message: 'Saving data.', help: 'Choose WebContainer.', retryable: true },
    ],
  ] as const) {
    test(`does not start the container where it is ${why}, and says so each time`, async () => {
      const { sandbox, webcontainer, running, run } = open();
      webcontainer.probe.mockReturnValue({ ok: false, ...probe });
      const { session } = await running(PROGRAM, 'automatic');
      await session.answer();
      await run('automatic');
      await session.answer();
      expect(sandbox.state.note).toBe(`Runs in the page. ${probe.message} ${probe.help}`);
      expect(webcontainer.boots).toEqual([]);
    });
  }
});

describe('the container by name', () => {
  test('is started, with its progress as the status, and used', async () => {
    const { sandbox, page, webcontainer, run } = open();
    await run('webcontainer');
    webcontainer.boots[0]?.options.onProgress('Contacting the host');
    expect(sandbox.state).toMatchObject({ phase: 'booting', status: 'Contacting the host' });
    const container = await webcontainer.up();
    await container.answer();
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      runtime: 'webcontainer',
      note: 'Runs in the WebContainer, as chosen: a real Node server, and real requests to it.',
    });
    expect(page.boots).toEqual([]);
  });

  test('that fails: the run is in the page, with the reason, and the next run tries again', async () => {
    const { sandbox, page, webcontainer, run } = open();
    for (const attempt of [1, 2]) {
      await run('webcontainer');
      expect(webcontainer.boots).toHaveLength(attempt);
      await webcontainer.down(SILENT);
      const session = attempt === 1 ? await page.up() : undefined;
      await session?.answer();
      expect(sandbox.state.note).toBe(
        'The host did not answer. This run is in the page instead. Run again to retry.',
      );
      expect(sandbox.state.runtime).toBe('page');
    }
  });

  test('where it cannot be: the run is in the page, with the reason', async () => {
    const { sandbox, page, webcontainer, run } = open();
    webcontainer.probe.mockReturnValue({
      ok: false,
      code: 'not-isolated',
      message: 'Not isolated.',
      help: 'Send headers.',
      retryable: false,
    });
    await run('webcontainer');
    await (await page.up()).answer();
    expect(sandbox.state).toMatchObject({
      runtime: 'page',
      note: 'Not isolated. Send headers. Runs in the page instead.',
    });
    expect(webcontainer.boots).toEqual([]);
  });

  test('is started although the browser asks to save data', async () => {
    const { webcontainer, run } = open();
    webcontainer.probe.mockReturnValue({
      ok: false,
      code: 'save-data',
      message: '',
      help: '',
      retryable: true,
    });
    await run('webcontainer');
    expect(webcontainer.boots).toHaveLength(1);
  });

  test('while it is starting already: waits for that start, and tells its progress', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session } = await running(PROGRAM, 'automatic');
    await session.answer();
    await run('webcontainer');
    expect(sandbox.state).toMatchObject({
      phase: 'booting',
      status: 'Waiting for the WebContainer, which is starting already',
    });
    webcontainer.boots[0]?.options.onProgress('Starting Node');
    expect(sandbox.state.status).toBe('Starting Node');
    const container = await webcontainer.up();
    await container.answer();
    expect(webcontainer.boots).toHaveLength(1);
    expect(sandbox.state).toMatchObject({ phase: 'ready', runtime: 'webcontainer' });
    expect(sandbox.state.note).toMatch(/as chosen/);
  });

  test('while it is starting already, and that fails: the run is in the page, with the reason', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session } = await running(PROGRAM, 'automatic');
    await session.answer();
    await run('webcontainer');
    await webcontainer.down(SILENT);
    await session.answer();
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      runtime: 'page',
      note: 'The host did not answer. This run is in the page instead. Run again to retry.',
    });
  });

  test('while it is starting already, and Stop: the start goes on, and is used later', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session } = await running(PROGRAM, 'automatic');
    await session.answer();
    const { done } = await run('webcontainer');
    sandbox.stop();
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'Stopped. Your edits are kept.',
    });
    webcontainer.boots[0]?.options.onProgress('Starting Node');
    expect(sandbox.state.phase).toBe('ready');
    const container = await webcontainer.up();
    expect(container.disposed).toBeUndefined();
    await run('webcontainer');
    await container.answer();
    expect(sandbox.state).toMatchObject({ phase: 'ready', runtime: 'webcontainer' });
  });
});

describe('the page', () => {
  test('by name: the container is not thought of', async () => {
    const { sandbox, webcontainer, running } = open();
    const { session } = await running();
    await session.answer();
    expect(sandbox.state.note).toBe('Runs in the page, as chosen.');
    expect(webcontainer.probe).not.toHaveBeenCalled();
  });

  test.each([
    [SILENT, 'The host did not answer. Run again to retry.'],
    [new Error('404 for worker.js'), '404 for worker.js'],
  ])(
    'that does not start is told with what to do, and the next run tries again',
    async (failure, message) => {
      const { sandbox, page, run } = open();
      const { done } = await run();
      await page.down(failure);
      await done;
      expect(sandbox.state).toMatchObject({
        phase: 'failed',
        status: 'The sandbox did not start.',
        diagnoses: [{ kind: 'runtime', message }],
      });
      await run();
      await (await page.up()).answer();
      expect(sandbox.state).toMatchObject({ phase: 'ready', diagnoses: [] });
    },
  );

  test('a probe that throws is told, and does not escape', async () => {
    const { sandbox, webcontainer, run } = open();
    webcontainer.probe.mockImplementation(() => {
      throw new Error('storage is closed');
    });
    const { done } = await run('automatic');
    await expect(done).resolves.toBeUndefined();
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      diagnoses: [{ kind: 'runtime', message: 'storage is closed' }],
    });
  });
});

describe('signs of life', () => {
  const advance = async (milliseconds: number) => {
    await vi.advanceTimersByTimeAsync(milliseconds);
  };

  test('missing for 1.6 seconds is told, at the third the guest is asked to give up, after 4 seconds it is ended, and the next run works', async () => {
    const { sandbox, page, running, run } = open();
    const { session, done } = await running();
    await advance(1599);
    expect(sandbox.state.status).toMatch(/^Sending/);
    await advance(1);
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      status: 'The application gives no sign of life: is there a loop without an end?',
    });
    await advance(1499);
    expect(session.calls).not.toContain('interrupt');
    await advance(1);
    expect(session.calls.filter((call) => call === 'interrupt')).toHaveLength(1);
    expect(sandbox.state.status).toBe('The application gives no sign of life. It is being ended.');
    await advance(899);
    expect(sandbox.state.phase).toBe('running');
    await advance(1);
    expect(sandbox.state).toMatchObject({
      phase: 'unresponsive',
      status: 'The application did not respond, and was ended.',
      diagnoses: [
        {
          kind: 'limit',
          message:
            'The application ran for 4 seconds without giving way, as a loop without `await` does. It was ended.',
        },
      ],
    });
    expect(session.disposed).toBe(false);
    session.requests[0]?.reject(new RuntimeError(GONE));
    await done;
    expect(sandbox.state.phase).toBe('unresponsive');
    await run();
    await (await page.up()).answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('that come each second keep a run alive for as long as it takes', async () => {
    const { sandbox, running, states } = open();
    const { session } = await running();
    for (let second = 0; second < 30; second++) {
      await advance(1000);
      session.listener?.beat(true);
    }
    expect(states.map(({ status }) => status)).not.toContainEqual(expect.stringMatching(/no sign/));
    await session.answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('that come again after the guest was asked to give up: it is told, and the guest is kept', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    await advance(3500);
    session.listener?.beat(true);
    await advance(100);
    await session.answer('interrupted');
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'Ran in the page: stopped. 0 events.',
      diagnoses: [
        {
          kind: 'limit',
          message:
            'The application ran for 4 seconds without giving way, so what was under way was given up.',
        },
      ],
    });
    expect(session.disposed).toBeUndefined();
  });

  test('without anything that happens are not enough: past the exchange’s own time the guest is ended', async () => {
    const { sandbox, running } = open();
    const { session } = await running({ ...PROGRAM, requests: '# @timeout 2s\nGET /a HTTP/1.1' });
    const beats = async (seconds: number, progress: boolean) => {
      for (let second = 0; second < seconds; second++) {
        await advance(1000);
        session.listener?.beat(progress);
      }
    };
    await beats(20, true);
    await beats(12, false);
    expect(sandbox.state.phase).toBe('running');
    await beats(1, false);
    expect(sandbox.state).toMatchObject({
      phase: 'unresponsive',
      status: 'The sandbox did not go on, and was ended.',
      diagnoses: [
        {
          kind: 'limit',
          message: expect.stringMatching(/^Nothing came from the sandbox for 12 seconds/),
        },
      ],
    });
    expect(session.disposed).toBe(false);
  });

  test('that come again take back what was said of the silence', async () => {
    const { sandbox, running, states } = open();
    const { session } = await running();
    await advance(2000);
    expect(sandbox.state.status).toMatch(/no sign of life/);
    session.listener?.beat(false);
    await advance(100);
    expect(sandbox.state.status).toBe('Sending request 1 (1 of 1)');
    await advance(1600);
    expect(sandbox.state.status).toMatch(/no sign of life/);
    // Said once each time, and not with every look.
    const told = states.filter(
      ({ status }, index) => /no sign/.test(status) && states[index - 1]?.status !== status,
    );
    expect(told).toHaveLength(2);
  });

  test('that come again do not take back what was said since', async () => {
    const { sandbox, running } = open();
    const { session } = await running(THREE);
    await advance(2000);
    await session.answer();
    expect(sandbox.state.status).toBe('Sending request 2 (2 of 3)');
    session.listener?.beat(false);
    await advance(100);
    expect(sandbox.state.status).toBe('Sending request 2 (2 of 3)');
  });

  test('are not missed while the page is hidden', async () => {
    vi.stubGlobal('document', { hidden: true });
    const { sandbox, running } = open();
    await running();
    await advance(60_000);
    expect(sandbox.state.status).toMatch(/^Sending/);
    vi.stubGlobal('document', { hidden: false });
    await advance(1500);
    expect(sandbox.state.status).toMatch(/^Sending/);
    await advance(2600);
    expect(sandbox.state.phase).toBe('unresponsive');
  });

  test('are not missed for the time in which the page itself was asleep', async () => {
    const { sandbox, running } = open();
    await running();
    await advance(500);
    // The clock goes on and no timer fires: a laptop that was closed, or a tab that was frozen.
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 60_000);
    await advance(100);
    expect(sandbox.state.status).toMatch(/^Sending/);
  });

  test('of a guest that ran before are not those of the one that runs', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session: page } = await running(PROGRAM, 'automatic');
    await page.answer();
    const container = await webcontainer.up();
    await run('automatic');
    for (let beat = 0; beat < 5; beat++) {
      await advance(900);
      page.listener?.beat(false);
    }
    expect(sandbox.state.phase).toBe('unresponsive');
    expect([page.disposed, container.disposed]).toEqual([undefined, false]);
  });

  test('missing while files are put in place are the fault of the sandbox, and told so', async () => {
    const { sandbox, page, run } = open();
    await run();
    page.boots[0]?.outcome.resolve(new FakeSession('page'));
    await settle();
    expect(sandbox.state.phase).toBe('syncing');
    await advance(4000);
    expect(sandbox.state).toMatchObject({
      phase: 'unresponsive',
      status: 'The sandbox did not respond, and was ended.',
      diagnoses: [
        { kind: 'runtime', message: 'The sandbox did not answer for 4 seconds. It was ended.' },
      ],
    });
  });

  test('are watched for when nothing runs: a guest that its program keeps in a loop is ended at the third that is missing', async () => {
    const { sandbox, page, running, run } = open();
    const { session } = await running();
    await session.answer();
    const { note: _, ...before } = sandbox.state;
    await advance(3000);
    expect(session.disposed).toBeUndefined();
    await advance(500);
    expect(session.disposed).toBe(false);
    expect(sandbox.state).toEqual({
      ...before,
      note: 'What ran in the page went on behind its run without giving way, as a loop without `await` does, and was ended. Your edits are kept, and the next run starts anew.',
    });
    expect(vi.getTimerCount()).toBe(0);
    await run();
    await (await page.up()).answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('that come while nothing runs keep a guest, and the next run is not blamed for that time', async () => {
    const { sandbox, running, run } = open();
    const { session } = await running();
    await session.answer();
    for (let second = 0; second < 60; second++) {
      await advance(1000);
      session.listener?.beat(false);
    }
    expect(session.disposed).toBeUndefined();
    await advance(2500);
    await run();
    await advance(1500);
    expect(sandbox.state.status).toMatch(/^Sending/);
  });

  test('of a guest that was left for another are watched for, beside what runs', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session: page } = await running(PROGRAM, 'automatic');
    await page.answer();
    const container = await webcontainer.up();
    await run('automatic');
    for (let beat = 0; beat < 4; beat++) {
      await advance(900);
      container.listener?.beat(true);
    }
    expect([page.disposed, container.disposed]).toEqual([false, undefined]);
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      note: expect.stringMatching(/^What ran in the page went on/),
    });
    await container.answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('of a container in which nothing has run are watched for, and the note says that it is gone', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session: page } = await running(PROGRAM, 'automatic');
    await page.answer();
    const container = await webcontainer.up();
    for (let beat = 0; beat < 4; beat++) {
      await advance(900);
      page.listener?.beat(false);
    }
    expect([page.disposed, container.disposed]).toEqual([undefined, false]);
    expect(sandbox.state.note).toMatch(/The WebContainer was ended with it/);
    await run('automatic');
    expect(webcontainer.boots).toHaveLength(2);
  });

  test('are not missed at rest while the page is hidden', async () => {
    const { running } = open();
    const { session } = await running();
    await session.answer();
    vi.stubGlobal('document', { hidden: true });
    await advance(60_000);
    expect(session.disposed).toBeUndefined();
  });

  test('of a run that was given up are not watched for, even if its session never settles', async () => {
    const { sandbox, page, run, states } = open();
    await run();
    page.boots[0]?.outcome.resolve(new FakeSession('page'));
    await settle();
    sandbox.stop();
    const before = states.length;
    await advance(10_000);
    expect(states.length).toBe(before);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('Stop', () => {
  const STOPPED = 'Stopped. Your edits are kept.';

  test('while a runtime starts: gives the start up, and says so', async () => {
    const { sandbox, page, run } = open();
    const { done } = await run();
    sandbox.stop();
    expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED });
    expect(page.boots[0]?.options.signal.aborted).toBe(true);
    page.boots[0]?.outcome.reject(page.boots[0].options.signal.reason);
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED, diagnoses: [] });
  });

  test('while a runtime starts that does not hear it: its progress and its session come too late, and the session is kept for the next run', async () => {
    const { sandbox, page, run } = open();
    const { done } = await run();
    sandbox.stop();
    page.boots[0]?.options.onProgress('Starting the sandbox');
    const session = await page.up();
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED });
    expect(session.calls).toEqual([]);
    await run();
    await session.answer();
    expect(sandbox.state.phase).toBe('ready');
    expect(page.boots).toHaveLength(1);
  });

  test('while a container starts that was asked for: no run in the page takes its place', async () => {
    const { sandbox, page, webcontainer, run } = open();
    const { done } = await run('webcontainer');
    sandbox.stop();
    await webcontainer.down(SILENT);
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED });
    expect(sandbox.state.note).toBe('');
    expect(page.boots).toEqual([]);
  });

  test('while a container starts that was asked for and comes all the same: it is kept, and not spoken of', async () => {
    const { sandbox, webcontainer, run } = open();
    const { done } = await run('webcontainer');
    sandbox.stop();
    const container = await webcontainer.up();
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED, note: '' });
    expect(container.disposed).toBeUndefined();
  });

  for (const phase of ['syncing', 'starting'] as const) {
    test(`while the program is ${phase}: ends the guest, which may be in a loop`, async () => {
      const { sandbox, page, run } = open();
      const { done } = await run();
      const session = new FakeSession('page');
      if (phase === 'starting') session.synced.resolve();
      page.boots[0]?.outcome.resolve(session);
      await settle();
      expect(sandbox.state.phase).toBe(phase);
      sandbox.stop();
      expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED });
      expect(session.disposed).toBe(false);
      session.die(GONE);
      await done;
      expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED, diagnoses: [] });
    });
  }

  test('while the program is put in place or loads: what comes of that too late starts nothing', async () => {
    for (const phase of ['syncing', 'starting'] as const) {
      const { sandbox, page, run } = open();
      const { done } = await run();
      const session = new FakeSession('page');
      if (phase === 'starting') session.synced.resolve();
      page.boots[0]?.outcome.resolve(session);
      await settle();
      sandbox.stop();
      const { calls } = session;
      const before = [...calls];
      session.ready();
      await done;
      expect(calls).toEqual(before);
      expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED });
    }
  });

  test('while a request is under way: asks the guest, and the run ends with what there is', async () => {
    const { sandbox, running } = open();
    const { session, done } = await running();
    sandbox.stop();
    expect(sandbox.state).toMatchObject({ phase: 'stopping', status: 'Stopping' });
    expect(session.calls.at(-1)).toBe('interrupt');
    await session.answer('interrupted');
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'Ran in the page: stopped. 0 events.',
    });
    expect(session.disposed).toBeUndefined();
    await vi.advanceTimersByTimeAsync(5000);
    expect(sandbox.state.status).toBe('Ran in the page: stopped. 0 events.');
  });

  test('sends no further request, and says how many were not sent', async () => {
    const { sandbox, running } = open();
    const { session } = await running(THREE);
    sandbox.stop();
    await session.answer('interrupted');
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'Ran in the page: stopped. 2 requests were not sent. 0 events.',
    });
    expect(session.calls.filter((call) => call.startsWith('request'))).toEqual(['request /a']);
  });

  test('that comes when the answer is on its way keeps the answer', async () => {
    const { sandbox, running } = open();
    const { session } = await running(THREE);
    await session.answer();
    sandbox.stop();
    await session.answer('complete', { status: 204 });
    expect(sandbox.state.status).toBe(
      'Ran in the page: 200; 204. 1 request was not sent. 0 events.',
    );
  });

  test('that is not heard within a second ends the guest, and the next run works', async () => {
    const { sandbox, page, running, run } = open();
    const { session, done } = await running();
    sandbox.stop();
    await vi.advanceTimersByTimeAsync(999);
    expect(sandbox.state.phase).toBe('stopping');
    await vi.advanceTimersByTimeAsync(1);
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'Stopped. The application did not react, and was ended. Your edits are kept.',
    });
    expect(session.disposed).toBe(false);
    session.die(GONE);
    await done;
    await run();
    await (await page.up()).answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('twice ends the guest at once', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    sandbox.stop();
    sandbox.stop();
    expect(sandbox.state).toMatchObject({ phase: 'ready', status: STOPPED });
    expect(session.disposed).toBe(false);
  });

  test('while the guest dies: the death is told and stays told', async () => {
    const { sandbox, running } = open();
    const { session, done } = await running();
    sandbox.stop();
    session.die(GONE);
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'failed', status: 'The run ended early.' });
    await vi.advanceTimersByTimeAsync(5000);
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      diagnoses: [{ kind: 'runtime', message: 'The process ended. Run again to retry.' }],
    });
  });

  test('of one run does not end the next', async () => {
    const { sandbox, page, running, run } = open();
    await running();
    sandbox.stop();
    await run();
    const session = await page.up();
    await vi.advanceTimersByTimeAsync(1000);
    expect(sandbox.state.phase).toBe('running');
    await session.answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('when nothing runs is nothing', async () => {
    const { sandbox, states, running } = open();
    sandbox.stop();
    expect(states).toEqual([]);
    const { session } = await running();
    await session.answer();
    const { state } = sandbox;
    sandbox.stop();
    expect(sandbox.state).toBe(state);
  });

  test('is not told as silence', async () => {
    const { sandbox, running } = open();
    await running();
    await vi.advanceTimersByTimeAsync(1000);
    sandbox.stop();
    await vi.advanceTimersByTimeAsync(900);
    expect(sandbox.state).toMatchObject({ phase: 'stopping', status: 'Stopping' });
  });
});

describe('a second run while one is under way', () => {
  test('gives the first up, and none of its late results is shown', async () => {
    const { sandbox, page, running, run } = open();
    const { session: first, done } = await running();
    const { listener } = first;
    await run('page', { ...PROGRAM, requests: 'GET /second HTTP/1.1' });
    expect(first.disposed).toBe(false);
    const second = await page.up();
    listener?.trace([violation(1)]);
    listener?.log([{ level: 'log', text: 'late' }], 1);
    first.requests[0]?.resolve(report('complete', { status: 500, dropped: 3 }));
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      events: [],
      logs: [],
      logsDropped: 0,
      results: [],
      dropped: 0,
      diagnoses: [],
    });
    await second.answer();
    expect(sandbox.state.results.map(({ status }) => status)).toEqual([200]);
  });

  test('does not hear of the first one’s death', async () => {
    const { sandbox, page, running, run } = open();
    const { session: first, done } = await running();
    await run();
    const second = await page.up();
    first.die(GONE);
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'running', diagnoses: [] });
    await second.answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('while the first one’s runtime is starting: one session is kept, and the other let go', async () => {
    for (const order of [
      [0, 1],
      [1, 0],
    ]) {
      const { sandbox, page, run } = open();
      const { done } = await run();
      await run();
      expect(page.boots).toHaveLength(2);
      expect(page.boots[0]?.options.signal.aborted).toBe(true);
      expect(page.boots[1]?.options.signal.aborted).toBe(false);
      const sessions = [await page.up(order[0]), await page.up(order[1])] as const;
      await done;
      expect(sessions.map(({ disposed }) => disposed)).toEqual([undefined, true]);
      await sessions[0].answer();
      expect(sandbox.state.phase).toBe('ready');
    }
  });

  test('while the first one stops', async () => {
    const { sandbox, page, running, run } = open();
    const { session } = await running();
    sandbox.stop();
    await run();
    expect(session.disposed).toBe(false);
    await (await page.up()).answer();
    expect(sandbox.state.phase).toBe('ready');
  });
});

describe('a guest that dies', () => {
  test('in a run: said in words, and the next run starts another', async () => {
    const { sandbox, page, running, run } = open();
    const { session, done } = await running();
    session.die(GONE);
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      status: 'The run ended early.',
      diagnoses: [{ kind: 'runtime', message: 'The process ended. Run again to retry.' }],
    });
    expect(session.disposed).toBe(true);
    await run();
    expect(page.boots).toHaveLength(2);
  });

  test('while nothing runs: the next run starts another, and the run before it stays as it is', async () => {
    const { sandbox, page, running, run } = open();
    const { session } = await running();
    await session.answer();
    const { state } = sandbox;
    session.die(GONE);
    expect(sandbox.state).toEqual(state);
    await run();
    expect(page.boots).toHaveLength(2);
  });

  test('in the container while nothing runs: the note no longer says that it is ready', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session } = await running(PROGRAM, 'automatic');
    await session.answer();
    const container = await webcontainer.up();
    expect(sandbox.state.note).toMatch(/ready/);
    container.die(GONE);
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      note: 'The process ended. Run again to retry.',
    });
    await run('automatic');
    expect(sandbox.state.note).toBe('Runs in the page while the WebContainer starts.');
    expect(webcontainer.boots).toHaveLength(2);
  });

  test('while another one runs does not disturb it', async () => {
    const { sandbox, page, webcontainer, run } = open();
    await run('webcontainer');
    const container = await webcontainer.up();
    await container.answer();
    await run('page');
    const session = await page.up();
    container.die(GONE);
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      note: 'The process ended. Run again to retry.',
    });
    await session.answer();
    expect(sandbox.state).toMatchObject({ phase: 'ready', diagnoses: [] });
  });

  test('or a place that fails is not used again', async () => {
    const { sandbox, page, run } = open();
    await run();
    const session = new FakeSession('page');
    page.boots[0]?.outcome.resolve(session);
    session.synced.reject(new Error('ENOENT: the folder is gone'));
    await settle();
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      status: 'The run ended early.',
      diagnoses: [{ kind: 'runtime', message: 'ENOENT: the folder is gone' }],
    });
    expect(session.disposed).toBe(true);
    await run();
    expect(page.boots).toHaveLength(2);
  });
});

describe('a program that does not load', () => {
  test('is told with its place, and the session is kept', async () => {
    const { sandbox, page, run } = open();
    await run();
    const session = new FakeSession('page');
    page.boots[0]?.outcome.resolve(session);
    session.synced.resolve();
    const src = { file: 'app.ts', line: 3, column: 1 };
    session.loaded.reject(new ProgramError({ kind: 'load', message: 'TypeError: no', src }));
    await settle();
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      status: 'The application did not load.',
      diagnoses: [{ kind: 'load', message: 'TypeError: no', src }],
    });
    expect(session.disposed).toBeUndefined();
  });

  test('or is refused in the middle of the run is not said not to have loaded', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    session.requests[0]?.reject(new ProgramError({ kind: 'limit', message: 'too large' }));
    await settle();
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      status: 'The run ended early.',
      diagnoses: [{ kind: 'limit', message: 'too large' }],
    });
  });
});

describe('dispose', () => {
  test('ends every session, and the one that runs as one that may not hear', async () => {
    const { sandbox, webcontainer, running, run } = open();
    const { session: page } = await running(PROGRAM, 'automatic');
    await page.answer();
    const container = await webcontainer.up();
    await run('automatic');
    sandbox.dispose();
    expect(page.disposed).toBe(true);
    expect(container.disposed).toBe(false);
    expect(sandbox.state.phase).toBe('disposed');
  });

  test('of a sandbox in which nothing runs leaves the container to the others in it', async () => {
    const { sandbox, webcontainer, run } = open();
    await run('webcontainer');
    const container = await webcontainer.up();
    await container.answer();
    sandbox.dispose();
    expect(container.disposed).toBe(true);
    sandbox.dispose();
    expect(container.calls.filter((call) => call.startsWith('dispose'))).toEqual(['dispose alive']);
  });

  test('is final: no run, stop, event, death or second dispose changes the state any more', async () => {
    const { sandbox, states, running, run } = open();
    const { session, done } = await running();
    const { listener } = session;
    sandbox.dispose();
    const told = states.length;
    await run('automatic');
    sandbox.stop();
    listener?.trace([event(1)]);
    listener?.log([{ level: 'log', text: 'late' }], 0);
    listener?.beat(false);
    listener?.died(GONE);
    session.requests[0]?.resolve(report());
    await done;
    sandbox.dispose();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(states.length).toBe(told);
    expect(sandbox.state).toMatchObject({ phase: 'disposed', events: [], logs: [], note: '' });
  });

  test('gives up a start in the background, and lets go of what comes of it all the same', async () => {
    const { sandbox, states, webcontainer, running } = open();
    await running(PROGRAM, 'automatic');
    sandbox.dispose();
    const told = states.length;
    expect(webcontainer.boots[0]?.options.signal.aborted).toBe(true);
    webcontainer.boots[0]?.options.onProgress('Starting Node');
    const container = await webcontainer.up();
    expect(container.disposed).toBe(true);
    expect(states.length).toBe(told);
  });

  test('gives up a start in the background that then fails', async () => {
    const { sandbox, states, webcontainer, running } = open();
    await running(PROGRAM, 'automatic');
    sandbox.dispose();
    const told = states.length;
    await webcontainer.down(SILENT);
    expect(states.length).toBe(told);
  });

  for (const choice of ['page', 'webcontainer'] as const) {
    test(`gives up a start that a run waits for, and lets go of what comes of it: ${choice}`, async () => {
      const { sandbox, page, webcontainer, run } = open();
      const { done } = await run(choice);
      sandbox.dispose();
      const session = await (choice === 'page' ? page : webcontainer).up();
      await done;
      expect(session.calls).toEqual(['dispose alive']);
      expect(sandbox.state.phase).toBe('disposed');
      expect(page.boots).toHaveLength(choice === 'page' ? 1 : 0);
    });
  }

  test('in the grace of a stop is the end of it', async () => {
    const { sandbox, running, states } = open();
    await running();
    sandbox.stop();
    sandbox.dispose();
    const told = states.length;
    await vi.advanceTimersByTimeAsync(5000);
    expect(states.length).toBe(told);
  });

  test('from any phase leads to disposed, and nowhere else', async () => {
    const { sandbox, page, webcontainer, states, running, run } = open();
    await running();
    sandbox.dispose();
    for (const choice of ['page', 'webcontainer', 'automatic'] as const) await run(choice);
    const at = states.findIndex(({ phase }) => phase === 'disposed');
    expect(states.slice(at).every(({ phase }) => phase === 'disposed')).toBe(true);
    expect([page.boots.length, webcontainer.boots.length]).toEqual([1, 0]);
  });
});

describe('what is shown', () => {
  test('a violation is shown once: as it happens, and not again with the report', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    session.listener?.trace([event(1), violation(2)]);
    await session.answer('complete', {
      faults: [
        { kind: 'fault', message: 'the same', requirement: 'http.start-once' },
        { kind: 'fault', message: 'another', requirement: 'http.finish' },
        { kind: 'fault', message: 'an error' },
      ],
    });
    expect(sandbox.state.diagnoses).toEqual([
      {
        kind: 'violation',
        requirement: 'http.start-once',
        message: 'http.start-once: no',
        src: { file: 'app.ts', line: 2, column: 1 },
      },
      { kind: 'fault', message: 'another', requirement: 'http.finish' },
      { kind: 'fault', message: 'an error' },
    ]);
    expect(sandbox.state.status).toBe('Ran in the page: 200. 2 events. 1 violation.');
  });

  test('every violation is counted, although not each is listed', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    session.listener?.trace(Array.from({ length: 150 }, (_, at) => violation(at + 1)));
    await session.answer();
    expect(sandbox.state.diagnoses).toHaveLength(100);
    expect(sandbox.state.status).toBe('Ran in the page: 200. 150 events. 150 violations.');
  });

  test('events that the guest did not send are counted', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    session.listener?.trace([event(1)]);
    await session.answer('complete', { dropped: 7 });
    expect(sandbox.state).toMatchObject({
      dropped: 7,
      status: 'Ran in the page: 200. 8 events, of which 1 is shown.',
    });
  });

  test('one event is one event', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    session.listener?.trace([event(1)]);
    await session.answer();
    expect(sandbox.state.status).toBe('Ran in the page: 200. 1 event.');
  });

  test('events beyond 5000 are not kept, and are counted', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    for (let batch = 0; batch < 6; batch++)
      session.listener?.trace(Array.from({ length: 900 }, (_, at) => event(batch * 900 + at + 1)));
    expect(sandbox.state.events).toHaveLength(5000);
    expect(sandbox.state.dropped).toBe(400);
  });

  test('output beyond 1000 lines loses the oldest, which are counted with those that the guest dropped', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    const lines = (from: number, count: number) =>
      Array.from({ length: count }, (_, at) => ({
        level: 'log' as const,
        text: String(from + at),
      }));
    session.listener?.log(lines(0, 800), 5);
    session.listener?.log(lines(800, 300), 0);
    expect(sandbox.state.logs).toHaveLength(1000);
    expect(sandbox.state.logs[0]?.text).toBe('100');
    expect(sandbox.state.logsDropped).toBe(105);
    session.listener?.log([], 9);
    expect(sandbox.state.logsDropped).toBe(109);
  });

  test.each([
    [['complete', { status: 204 }], '204'],
    [['aborted', { status: 200 }], '200, broken off'],
    [['aborted', {}], 'broken off'],
    [['closed', {}], 'closed without a response'],
    [['timeout', {}], 'nothing happened any more'],
    [['timeout', { status: 200 }], '200, nothing happened any more'],
    [['left', { status: 200 }], '200, the client left'],
    [['limit', { status: 200 }], '200, too large, the client left'],
    [['interrupted', {}], 'stopped'],
  ] as const)('an outcome has its words: %j', async ([outcome, more], words) => {
    const { sandbox, running } = open();
    const { session } = await running();
    await session.answer(outcome, more);
    expect(sandbox.state.status).toBe(`Ran in the page: ${words}. 0 events.`);
  });

  test.each([
    ['500ms', '0.5 seconds'],
    ['1s', '1 second'],
    ['5s', '5 seconds'],
  ])(
    'a request that nothing came of points to its line and says for how long: %s',
    async (limit, words) => {
      const { sandbox, running } = open();
      const { session } = await running({
        ...PROGRAM,
        requests: `# @timeout ${limit}\nGET /a HTTP/1.1`,
      });
      await session.answer('timeout');
      expect(sandbox.state.diagnoses).toEqual([
        {
          kind: 'limit',
          message: expect.stringMatching(
            new RegExp(`^Nothing happened for ${words} after \`GET /a\``),
          ),
          src: { file: 'requests.http', line: 2, column: 1 },
        },
      ]);
    },
  );

  test('a response that was too large points to its request', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    await session.answer('limit', { size: 16 * 2 ** 20 + 5 });
    expect(sandbox.state.diagnoses).toEqual([
      {
        kind: 'limit',
        message: 'The response to `GET /a` grew past 16 MiB, so the client left.',
        src: { file: 'requests.http', line: 1, column: 1 },
      },
    ]);
  });
});

describe('exchanges that go together', () => {
  const PAIR = {
    ...PROGRAM,
    requests: 'GET /a HTTP/1.1\n###\n# @together\nGET /b HTTP/1.1\n###\nGET /c HTTP/1.1',
  };

  test('are under way at once, and the next waits for both', async () => {
    const { running } = open();
    const { session } = await running(PAIR);
    expect(session.calls.slice(2)).toEqual(['request /a', 'request /b']);
    session.requests[1]?.resolve(report());
    await settle();
    expect(session.calls.slice(2)).toEqual(['request /a', 'request /b']);
    session.requests[0]?.resolve(report());
    await settle();
    expect(session.calls.at(-1)).toBe('request /c');
  });

  test('have their results in the order of the scenario, whichever ends first', async () => {
    const { sandbox, running } = open();
    const { session } = await running(PAIR);
    session.requests[1]?.resolve(report('complete', { status: 202 }));
    await settle();
    expect(sandbox.state.results).toEqual([]);
    session.requests[0]?.resolve(report('complete', { status: 201 }));
    await settle();
    expect(sandbox.state.results.map(({ status }) => status)).toEqual([201, 202]);
    await session.answer('complete', { status: 203 });
    expect(sandbox.state.status).toBe('Ran in the page: 201; 202; 203. 0 events.');
  });
});

describe('a guest that an earlier program has changed', () => {
  test('is let go, and the program runs in another, in the same place', async () => {
    const { sandbox, page, running, run } = open();
    const { session } = await running();
    await session.answer();
    session.run = async () => {
      throw new StaleRealm();
    };
    await run();
    expect(session.disposed).toBe(true);
    const next = await page.up();
    await next.answer();
    expect(sandbox.state).toMatchObject({ phase: 'ready', diagnoses: [], results: [{}] });
  });

  test('twice is told, and does not go on for ever', async () => {
    const { sandbox, page, running, run } = open();
    const { session } = await running();
    await session.answer();
    const stale = async () => {
      throw new StaleRealm();
    };
    session.run = stale;
    await run();
    const next = new FakeSession('page').ready();
    next.run = stale;
    page.boots.at(-1)?.outcome.resolve(next);
    await settle();
    expect(sandbox.state.phase).toBe('failed');
    expect(page.boots).toHaveLength(2);
  });
});

describe('what is too much is refused before anything starts', () => {
  test.each([
    ['a program', { files: { 'app.ts': `//${'x'.repeat(2 ** 20)}` } }, /1 file with 1048578/],
    [
      'files',
      { files: Object.fromEntries(Array.from({ length: 101 }, (_, at) => [`f${at}.ts`, ''])) },
      /101 files/,
    ],
    [
      'requests',
      { requests: Array.from({ length: 101 }, () => 'GET / HTTP/1.1').join('\n###\n') },
      /101 requests, and a sandbox sends 100/,
    ],
  ])('%s', async (_, change, message) => {
    const { sandbox, page, run } = open();
    const { done } = await run('page', { ...PROGRAM, ...change });
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      status: 'The program was not run.',
      diagnoses: [{ kind: 'limit', message: expect.stringMatching(message) }],
    });
    expect(page.boots).toEqual([]);
  });
});

describe('one exchange of a scenario', () => {
  const only = async (index: number) => {
    const opened = open();
    const done = opened.sandbox.run(THREE, 'page', index);
    await settle();
    return { ...opened, done };
  };

  test.each([
    [0, '/a'],
    [1, '/b'],
    [2, '/c'],
  ])('number %i is sent alone, and its result is the only one', async (index, target) => {
    const { sandbox, page, done } = await only(index);
    const session = await page.up();
    expect(session.calls.slice(2)).toEqual([`request ${target}`]);
    await session.answer('complete', { name: target });
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'Ran in the page: 200. 0 events.',
      results: [{ name: target }],
    });
    expect(session.calls.slice(2)).toEqual([`request ${target}`, 'finish']);
  });

  test.each([-1, 3, 1.5, Number.NaN])('%d is none: told, and nothing is started', async (index) => {
    const { sandbox, page, done } = await only(index);
    await done;
    expect(page.boots).toEqual([]);
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      status: 'The program was not run.',
      diagnoses: [
        { kind: 'scenario', message: expect.stringMatching(/^the scenario has 3 requests/) },
      ],
    });
  });
});

describe('the end of a program', () => {
  /** A run whose requests are answered, and whose end the test decides. */
  async function ending() {
    const opened = open();
    const { session, done } = await opened.running();
    session.ended = deferred<EndReport>();
    await session.answer();
    return { ...opened, session, done, ended: session.ended };
  }

  test('belongs to its run: its events, its faults and what was dropped', async () => {
    const { sandbox, session, done, ended } = await ending();
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      status: 'Letting the application end',
    });
    session.listener?.trace([event(1, { conn: 0, type: 'lifespan.shutdown' })]);
    ended.resolve({ over: true, dropped: 2, faults: [{ kind: 'fault', message: 'not closed' }] });
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'Ran in the page: 200. 3 events, of which 1 is shown.',
      dropped: 2,
      diagnoses: [{ message: 'not closed' }],
    });
  });

  test('that never comes: past its time the guest is ended', async () => {
    const { sandbox, session } = await ending();
    for (let second = 0; second < 14; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      session.listener?.beat(false);
    }
    expect(sandbox.state.phase).toBe('unresponsive');
    expect(session.disposed).toBe(false);
  });

  test('can be stopped', async () => {
    const { sandbox, session, done, ended } = await ending();
    sandbox.stop();
    expect(session.calls.at(-1)).toBe('interrupt');
    ended.resolve({ over: true, dropped: 0, faults: [] });
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'ready', results: [{}] });
    expect(session.disposed).toBeUndefined();
  });

  test('does not come where the run was stopped before it', async () => {
    const { sandbox, running } = open();
    const { session, done } = await running();
    sandbox.stop();
    await session.answer('interrupted');
    await done;
    expect(session.calls).not.toContain('finish');
  });

  test('in which the guest dies is told, and the next run works', async () => {
    const { sandbox, session, page, done, run } = await ending();
    session.die(GONE);
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      status: 'The run ended early.',
      results: [{}],
    });
    await run();
    await (await page.up()).answer();
    expect(sandbox.state.phase).toBe('ready');
  });
});

test('messages of the guest that were not taken are counted, and told', async () => {
  const { sandbox, running } = open();
  const { session } = await running();
  session.listener?.lost(2);
  session.listener?.lost(1);
  await session.answer();
  expect(sandbox.state.lost).toBe(3);
  expect(sandbox.state.status).toMatch(/3 messages of the sandbox were dropped/);
});

describe('a live socket', () => {
  const [CHAT] = parseScenario('WEBSOCKET /chat') as [ScenarioWebSocket];
  const END: SocketReport = { dropped: 0, faults: [], messagesDropped: 0 };

  /** A sandbox in which a program has run, and a socket to it. */
  async function connected() {
    const opened = open();
    const { session } = await opened.running();
    await session.answer();
    const events: SocketEvent[] = [];
    const socket = await opened.sandbox.openSocket(CHAT, (event) => void events.push(event));
    const live = session.sockets[0] as FakeSession['sockets'][number];
    return { ...opened, session, socket, live, events };
  }

  test('is opened to the program that is loaded, beside what ran before', async () => {
    const { sandbox, session, socket, live, events } = await connected();
    expect(session.calls.slice(-1)).toEqual(['open /chat as 2']);
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      status: 'Connecting to /chat',
      results: [{}],
    });
    live.onEvent({ type: 'open', status: 101, headers: [] });
    expect(sandbox.state.status).toBe('Connected to /chat. Stop ends it.');
    socket.send('hello');
    socket.close(1000);
    expect(session.calls.slice(-2)).toEqual(['send hello', 'close 1000']);
    session.listener?.trace([event(1)]);
    live.onEvent({ type: 'closed', code: 1000, reason: '', clean: true });
    live.done.resolve(END);
    await settle();
    expect(events.map(({ type }) => type)).toEqual(['open', 'closed']);
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'The connection to /chat is over. 1 event.',
    });
    expect(vi.getTimerCount(), 'one that watches over what is kept').toBe(1);
  });

  test('loads the program first where it is not the one that is loaded', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    await session.answer();
    const other = { ...PROGRAM, files: { 'app.ts': 'export default 2;' } };
    await sandbox.openSocket(CHAT, () => {}, other, 'page');
    expect(session.calls.slice(-3)).toEqual(['sync', 'run app.ts', 'open /chat as 1']);
    expect(sandbox.state.results).toEqual([]);
  });

  test('starts a sandbox in which nothing has run', async () => {
    const { sandbox, page } = open();
    const socket = sandbox.openSocket(CHAT, () => {}, PROGRAM, 'page');
    await settle();
    const session = await page.up();
    await socket;
    expect(session.calls).toEqual(['sync', 'run app.ts', 'open /chat as 1']);
  });

  test('without a program, or to one that does not load, is refused in words', async () => {
    const { sandbox, page } = open();
    await expect(sandbox.openSocket(CHAT, () => {})).rejects.toThrow(/Run the example|No program/);
    const broken = { ...PROGRAM, files: { 'app.ts': 'const' } };
    await expect(sandbox.openSocket(CHAT, () => {}, broken, 'page')).rejects.toThrow(
      /could not be loaded/,
    );
    expect(sandbox.state).toMatchObject({ phase: 'failed', diagnoses: [{ kind: 'syntax' }] });
    expect(page.boots).toEqual([]);
  });

  test('loads anew where the gateway has drained', async () => {
    const { sandbox, running } = open();
    const { session } = await running({ ...PROGRAM, requests: '# @drain\nGET /a HTTP/1.1' });
    await session.answer();
    await sandbox.openSocket(CHAT, () => {});
    expect(session.calls.slice(-3)).toEqual(['sync', 'run app.ts', 'open /chat as 1']);
  });

  test('loads anew where the program has ended', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    session.ended = deferred<EndReport>();
    await session.answer();
    const socket = sandbox.openSocket(CHAT, () => {});
    await settle();
    expect(session.calls.at(-1), 'it waits for the end, and does not break it off').toBe('finish');
    session.ended.resolve({ over: true, dropped: 0, faults: [] });
    await socket;
    expect(session.calls.slice(-3)).toEqual(['sync', 'run app.ts', 'open /chat as 1']);
    expect(session.disposed).toBeUndefined();
  });

  test('that is asked for at any moment of an ending program never goes to one that ends', async () => {
    const orders = new Set<string>();
    for (let moment = 0; moment < 30; moment++) {
      const { sandbox, running } = open();
      const { session } = await running();
      session.ended = deferred<EndReport>();
      session.requests[0]?.resolve(report());
      for (let step = 0; step < moment; step++) await null;
      const socket = sandbox.openSocket(CHAT, () => {});
      await settle();
      session.ended.resolve({ over: true, dropped: 0, faults: [] });
      await socket;
      orders.add(session.calls.slice(3).join());
    }
    expect([...orders].sort()).toEqual([
      'finish,sync,run app.ts,open /chat as 1',
      'open /chat as 2',
    ]);
  });

  test('keeps its program from ending, which ends with the last of them', async () => {
    const { sandbox, session, live } = await connected();
    const before = session.calls.filter((call) => call === 'finish').length;
    await sandbox.openSocket(CHAT, () => {});
    live.done.resolve(END);
    await settle();
    expect(session.calls.filter((call) => call === 'finish')).toHaveLength(before);
    session.ended = deferred<EndReport>();
    session.sockets[1]?.done.resolve(END);
    await settle();
    expect(session.calls.at(-1)).toBe('finish');
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      status: 'Letting the application end',
    });
    session.listener?.trace([event(1, { conn: 0, type: 'lifespan.shutdown' })]);
    session.ended.resolve({ over: true, dropped: 0, faults: [] });
    await settle();
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'The connection to /chat is over. 1 event.',
    });
  });

  test('that is open while a run ends keeps the program, too', async () => {
    const { sandbox, running } = open();
    const { session, done } = await running();
    await sandbox.openSocket(CHAT, () => {});
    await session.answer();
    await done;
    expect(session.calls).not.toContain('finish');
    // And can be stopped.
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      status: expect.stringMatching(/^Ran/),
    });
    session.sockets[0]?.done.resolve(END);
    await settle();
    expect(session.calls.at(-1)).toBe('finish');
    expect(sandbox.state.phase).toBe('ready');
  });

  test('Stop asks the guest to end it', async () => {
    const { sandbox, session, live } = await connected();
    sandbox.stop();
    expect(session.calls.at(-1)).toBe('interrupt');
    live.done.resolve(END);
    await settle();
    expect(sandbox.state.phase).toBe('ready');
    expect(session.disposed).toBeUndefined();
  });

  test('is ended by the next run, which keeps the guest', async () => {
    const { sandbox, session, live, run } = await connected();
    await run();
    expect(session.calls.slice(-4)).toEqual(['interrupt', 'sync', 'run app.ts', 'request /a']);
    live.done.reject(new RuntimeError(GONE));
    await settle();
    expect(sandbox.state.phase).toBe('running');
    await session.answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('to a guest that dies is told, and the next run works', async () => {
    const { sandbox, session, page, run } = await connected();
    session.die(GONE);
    await settle();
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      status: 'The connection ended early.',
      diagnoses: [{ kind: 'runtime', message: 'The process ended. Run again to retry.' }],
    });
    await run();
    await (await page.up()).answer();
    expect(sandbox.state.phase).toBe('ready');
  });

  test('is watched: a guest in a loop is ended', async () => {
    const { sandbox, session } = await connected();
    await vi.advanceTimersByTimeAsync(4000);
    expect(sandbox.state.phase).toBe('unresponsive');
    expect(session.disposed).toBe(false);
  });

  test('may be silent for as long as it likes', async () => {
    const { sandbox, session } = await connected();
    for (let second = 0; second < 120; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      session.listener?.beat(false);
    }
    expect(sandbox.state.phase).toBe('running');
  });

  test('tells its faults and what was dropped at its end', async () => {
    const { sandbox, live } = await connected();
    live.done.resolve({
      dropped: 2,
      faults: [{ kind: 'fault', message: 'broken' }],
      messagesDropped: 3,
    });
    await settle();
    expect(sandbox.state).toMatchObject({
      dropped: 2,
      lost: 3,
      diagnoses: [{ message: 'broken' }],
      status: 'The connection to /chat is over. 2 events. 3 messages came too fast to be shown.',
    });
  });

  test('beside another: the sandbox is at rest when both are over', async () => {
    const { sandbox, session, live } = await connected();
    await sandbox.openSocket(CHAT, () => {});
    expect(session.calls.at(-1)).toBe('open /chat as 3');
    live.done.resolve(END);
    await settle();
    expect(sandbox.state.phase).toBe('running');
    session.sockets[1]?.done.resolve(END);
    await settle();
    expect(sandbox.state.phase).toBe('ready');
  });
});

test('a state is busy exactly while a run is under way', () => {
  const busy = ['probing', 'booting', 'syncing', 'starting', 'running', 'stopping'] as const;
  for (const phase of busy) expect(isBusy(phase)).toBe(true);
  for (const phase of ['idle', 'ready', 'failed', 'unresponsive', 'disposed'] as const)
    expect(isBusy(phase)).toBe(false);
});

describe('under control', () => {
  const advance = (milliseconds: number) => vi.advanceTimersByTimeAsync(milliseconds);
  const HELD: Standing = {
    before: { conn: 1, dir: 'out', type: 'http.response.body' },
    held: 1,
    stepping: false,
    open: [{ conn: 1 }],
  };
  const RUNS: Standing = { ...RUNNING, open: [{ conn: 1 }] };

  /** A run under control that is as far as its first request. */
  async function controlled(program: Program = PROGRAM, arming: Arming = {}) {
    const opened = open();
    const done = opened.sandbox.run(program, 'page', undefined, arming);
    await settle();
    const session = await opened.page.up();
    return { ...opened, session, done, stands: (how: Standing) => session.listener?.standing(how) };
  }

  test('a program is loaded under it if that is asked, and only then', async () => {
    const { session, sandbox, run } = await controlled(PROGRAM, { paused: true });
    expect(session.arming).toEqual({ paused: true });
    expect(sandbox.state.control).toEqual({ ...RUNNING, clock: 'all' });
    await session.answer();
    await run();
    expect(session.arming).toBeUndefined();
    expect(sandbox.state.control).toBeUndefined();
  });

  test('what it stands before is said, and the words come back when it goes on', async () => {
    const { sandbox, stands, session, done } = await controlled();
    stands(HELD);
    expect(sandbox.state).toMatchObject({
      phase: 'paused',
      status: 'Paused before `http.response.body` of conversation 1.',
      control: { ...HELD, clock: 'all' },
    });
    expect(isBusy(sandbox.state.phase)).toBe(true);
    stands({ ...HELD, before: { conn: 2, dir: 'in', type: 'http.request.end' } });
    expect(sandbox.state.status).toBe(
      'Paused before `http.request.end` reaches the application of conversation 2.',
    );
    stands(RUNS);
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      status: 'Sending request 1 (1 of 1)',
      control: RUNS,
    });
    await session.answer();
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'ready', control: RUNNING });
  });

  test('what goes on behind a pause is said after it', async () => {
    const { sandbox, stands, session } = await controlled(THREE);
    stands(HELD);
    await session.answer('left');
    expect(sandbox.state.status).toBe('Paused before `http.response.body` of conversation 1.');
    stands(RUNS);
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      status: 'Sending request 2 (2 of 3)',
    });
  });

  test('what is asked goes to the session, while it runs', async () => {
    const { sandbox, session, stands, done } = await controlled();
    stands(HELD);
    sandbox.control({ do: 'step' });
    sandbox.control({ do: 'move', ms: 1000 });
    stands(RUNS);
    await session.answer();
    await done;
    sandbox.control({ do: 'resume' });
    expect(session.calls.filter((call) => call.startsWith('control'))).toEqual([
      'control step',
      'control move',
    ]);
  });

  test('a program without it is not asked, and cannot say that it stands', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    sandbox.control({ do: 'step' });
    session.listener?.standing(HELD);
    expect(session.calls).not.toContain('control step');
    expect(sandbox.state).toMatchObject({ phase: 'running', control: undefined });
  });

  test.each([
    ['paused', HELD],
    ['with a client that stalls', { ...RUNS, open: [{ conn: 1, hindrance: 'stall' }] }],
  ] as const)('%s, it is not stuck, for as long as it gives its signs of life', async (_, how) => {
    const { sandbox, stands, session } = await controlled();
    stands(how);
    const { phase } = sandbox.state;
    for (let second = 0; second < 120; second++) {
      await advance(1000);
      session.listener?.beat(false);
    }
    expect(sandbox.state.phase).toBe(phase);
    // And when it goes on it has all of its time.
    stands(RUNS);
    session.listener?.beat(true);
    for (let second = 0; second < 14; second++) {
      await advance(1000);
      session.listener?.beat(false);
    }
    expect(sandbox.state.phase).toBe('running');
    for (let second = 0; second < 3; second++) {
      await advance(1000);
      session.listener?.beat(false);
    }
    expect(sandbox.state.phase).toBe('unresponsive');
  });

  test('paused, it must give its signs of life all the same', async () => {
    const { sandbox, stands, session } = await controlled();
    stands(HELD);
    await advance(5000);
    expect(sandbox.state.phase).toBe('unresponsive');
    expect(session.disposed).toBe(false);
  });

  test('Stop while it stands asks it to give up, and nothing it says then holds it', async () => {
    const { sandbox, stands, session, done } = await controlled();
    stands(HELD);
    sandbox.stop();
    expect(session.calls).toContain('interrupt');
    expect(sandbox.state.phase).toBe('stopping');
    stands(HELD);
    expect(sandbox.state.phase).toBe('stopping');
    await session.answer('interrupted');
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'ready',
      status: 'Ran in the page: stopped. 0 events.',
    });
  });

  test('one that does not hear Stop while it stands is ended', async () => {
    const { sandbox, stands, session } = await controlled();
    stands(HELD);
    sandbox.stop();
    await advance(1000);
    expect(session.disposed).toBe(false);
    expect(sandbox.state.phase).toBe('ready');
  });

  test('what an ended run says of standing is nobody’s', async () => {
    const { sandbox, stands, session, done } = await controlled();
    await session.answer();
    await done;
    stands(HELD);
    expect(sandbox.state).toMatchObject({ phase: 'ready', control: RUNNING });
  });

  test('a live socket of it can stand; the program is loaded anew for one that is to', async () => {
    const { sandbox, running } = open();
    const { session } = await running();
    await session.answer();
    const [request] = parseScenario('WEBSOCKET /chat') as [ScenarioWebSocket];
    await sandbox.openSocket(request, () => {}, PROGRAM, 'page', {});
    expect(session.calls.filter((call) => call.startsWith('run'))).toHaveLength(2);
    expect(session.arming).toEqual({});
    await sandbox.openSocket(request, () => {}, PROGRAM, 'page', {});
    expect(session.calls.filter((call) => call.startsWith('run'))).toHaveLength(2);
    session.listener?.standing(HELD);
    expect(sandbox.state.phase).toBe('paused');
    session.sockets[0]?.onEvent({ type: 'open', status: 101, headers: [] });
    expect(sandbox.state.phase).toBe('paused');
    session.listener?.standing(RUNS);
    expect(sandbox.state).toMatchObject({
      phase: 'running',
      status: 'Connected to /chat. Stop ends it.',
    });
  });
});

describe('a program in Python', () => {
  const IN_PYTHON: Program = { ...PROGRAM, files: { 'app.py': 'app = None' }, entry: 'app.py' };

  test.each(['automatic', 'page', 'webcontainer'] as const)(
    'runs in Python whatever is chosen (%s), and nothing else is started',
    async (choice) => {
      const { sandbox, page, webcontainer, python, run } = open();
      const { done } = await run(choice, IN_PYTHON);
      const session = await python.up();
      await session.answer();
      await done;
      expect(sandbox.state).toMatchObject({ phase: 'ready', runtime: 'python' });
      expect(sandbox.state.status).toMatch(/^Ran in Python, in the page: 200\./);
      expect([page.boots, webcontainer.boots]).toEqual([[], []]);
    },
  );

  test('gets a guest of its own where an earlier one has left its marks', async () => {
    const { sandbox, page, python, run } = open();
    const { done: first } = await run('page', IN_PYTHON);
    const session = await python.up();
    await session.answer();
    await first;
    session.run = async () => {
      throw new StaleRealm();
    };
    const { done } = await run('page', IN_PYTHON);
    const next = await python.up();
    await next.answer();
    await done;
    expect(sandbox.state).toMatchObject({ phase: 'ready', runtime: 'python' });
    expect(page.boots).toEqual([]);
  });

  test('where Python does not start, says why, and does not run elsewhere', async () => {
    const { sandbox, page, python, run } = open();
    const { done } = await run('automatic', IN_PYTHON);
    await python.down({ code: 'x', message: 'No Python.', help: 'Do this.', retryable: true });
    await done;
    expect(sandbox.state).toMatchObject({
      phase: 'failed',
      diagnoses: [{ kind: 'runtime', message: 'No Python. Do this.' }],
    });
    expect(page.boots).toEqual([]);
  });
});
