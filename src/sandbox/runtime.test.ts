// The session that all runtimes share, over a link that the test holds: answers find their calls, what is late or foreign
// is dropped, and nobody waits for a guest that is gone.

import { describe, expect, test, vi } from 'vitest';
import {
  parseScenario,
  type ScenarioExchange,
  type ScenarioWebSocket,
  type SocketEvent,
} from '../client/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import type { Standing } from './control.ts';
import { decode, ENVELOPE_LIMIT, type Envelope, encode, type Kind } from './envelope.ts';
import { type Files, ProgramError } from './program.ts';
import {
  type Failure,
  FLOODED,
  type Link,
  LinkedSession,
  RATE,
  type RequestReport,
  RuntimeError,
  StaleRealm,
} from './runtime.ts';

const SID = 'the-session';
const GONE: Failure = { code: 'gone', message: 'It is gone.', help: 'Run again.', retryable: true };

class FakeSession extends LinkedSession {
  readonly runtime = 'page';
  readonly capabilities = { clock: 'all' } as const;
  protected async put(): Promise<void> {}
  protected loadBody(entry: string, revision: number): object {
    return { entry, revision, files: this.files };
  }
  files: Files = {};
}

/** A session, and the other end of its link. */
function open() {
  const posted: Envelope[] = [];
  const link = {
    post: vi.fn((text: string) => void posted.push(decode(text) as Envelope)),
    onText: undefined as Link['onText'],
    onClosed: undefined as Link['onClosed'],
    close: vi.fn(),
  } satisfies Link;
  const session = new FakeSession(link, SID);
  const listener = {
    trace: vi.fn(),
    log: vi.fn(),
    standing: vi.fn(),
    beat: vi.fn(),
    lost: vi.fn(),
    died: vi.fn(),
  };
  session.listener = listener;
  let seq = 0;
  const say = (kind: Kind, body: unknown, rest: Partial<Envelope> = {}) =>
    link.onText?.(encode({ v: 1, sid: SID, epoch: 1, seq: ++seq, kind, body, ...rest }));
  return { session, link, listener, posted, say };
}

const [request] = parseScenario('GET / HTTP/1.1') as [ScenarioExchange];

/** A session whose program is loaded, as revision 1. */
async function loaded() {
  const opened = open();
  const run = opened.session.run('app.ts', 1);
  opened.say('reply', {}, { id: opened.posted[0]?.id ?? 0 });
  await run;
  return opened;
}

/** An event with all that it must have. */
const event = (seq: number): TraceEvent => ({
  v: 1,
  run: SID,
  seq,
  t: 0,
  conn: 1,
  lane: 'client',
  dir: 'out',
  type: 'client.request',
  phase: 'i',
});

/** A report, which the status tells from others. */
const report = (status: number): RequestReport => ({
  result: {
    kind: 'http',
    name: 'request 1',
    outcome: 'complete',
    status,
    headers: [['content-type', 'text/plain']],
    body: new Uint8Array([1, 2]),
    size: 2,
    trailers: [],
    times: { end: 1 },
    informational: [],
    attempts: 1,
    messages: [],
    messagesDropped: 0,
  },
  dropped: 0,
  faults: [],
});

const outcome = (promise: Promise<unknown>) =>
  promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );

describe('calls', () => {
  test('say which session, epoch and program they are of, and count', async () => {
    const { session, posted } = await loaded();
    void outcome(session.request(request, 3));
    expect(posted).toMatchObject([
      {
        v: 1,
        sid: SID,
        epoch: 1,
        seq: 1,
        kind: 'call',
        op: 'load',
        body: { entry: 'app.ts', revision: 1 },
      },
      {
        v: 1,
        sid: SID,
        epoch: 1,
        seq: 2,
        kind: 'call',
        op: 'request',
        body: { request: { target: '/' }, conn: 3 },
      },
    ]);
    expect(posted[0]?.id).not.toBe(posted[1]?.id);
  });

  test('are joined to their answers by id, in whatever order these come', async () => {
    const { session, posted, say } = await loaded();
    const [first, second, third] = [1, 2, 3].map((conn) => outcome(session.request(request, conn)));
    const id = (index: number) => ({ id: posted[index]?.id as number });
    say('reply', report(203), id(3));
    say('error', { kind: 'load', message: 'of the first' }, id(1));
    say('reply', report(202), id(2));
    expect(await third).toEqual({ value: report(203) });
    expect(await second).toEqual({ value: report(202) });
    expect(await first).toMatchObject({
      error: { diagnosis: { kind: 'load', message: 'of the first' } },
    });
  });

  test('are answered once: a second answer, or one to nothing, is nobody’s', async () => {
    const { session, posted, say } = await loaded();
    const call = outcome(session.request(request, 1));
    const id = posted[1]?.id as number;
    say('reply', report(201), { id });
    say('reply', report(202), { id });
    say('error', { kind: 'load', message: 'late' }, { id });
    say('reply', report(203), { id: 99 });
    say('reply', report(204));
    expect(await call).toEqual({ value: report(201) });
  });

  test('reject with what the guest says is wrong with the program, and where', async () => {
    const { session, posted, say } = await loaded();
    const call = outcome(session.request(request, 1));
    const src = { file: 'app.ts', line: 3, column: 7 };
    say('error', { kind: 'load', message: 'no', src }, { id: posted[1]?.id as number });
    const { error } = (await call) as { error: ProgramError };
    expect(error).toBeInstanceOf(ProgramError);
    expect(error.diagnosis).toEqual({ kind: 'load', message: 'no', src });
  });

  test('that ask to give a request up are not answered, and not sent to a guest that is gone', async () => {
    const { session, link, posted } = await loaded();
    session.interrupt();
    expect(posted.at(-1)).toMatchObject({ kind: 'call', op: 'interrupt' });
    link.onClosed?.(GONE);
    session.interrupt();
    expect(posted.filter(({ op }) => op === 'interrupt')).toHaveLength(1);
  });
});

describe('control', () => {
  const RUNS: Standing = { before: null, held: 0, stepping: false, open: [] };

  test('goes with the load, where the program is to be under it', async () => {
    const { session, posted, say } = open();
    const run = session.run('app.ts', 1, { when: { type: 'http.*' } });
    say('reply', {}, { id: posted[0]?.id ?? 0 });
    await run;
    expect(posted[0]).toMatchObject({
      op: 'load',
      body: { entry: 'app.ts', control: { when: { type: 'http.*' } } },
    });
    session.control({ do: 'inject', fault: 'reset', conn: 2 });
    expect(posted.at(-1)).toMatchObject({
      kind: 'call',
      op: 'control',
      epoch: 1,
      body: { do: 'inject', fault: 'reset', conn: 2 },
    });
  });

  test('is not sent to a guest that is gone', async () => {
    const { session, posted, link } = await loaded();
    link.onClosed?.(GONE);
    const before = posted.length;
    session.control({ do: 'step' });
    expect(posted.length).toBe(before);
  });

  test('how a program stands goes to the listener', async () => {
    const { listener, say } = await loaded();
    const standing: Standing = {
      before: { conn: 1, dir: 'out', type: 'http.response.body' },
      held: 2,
      stepping: false,
      open: [{ conn: 1, hindrance: 'stall' }, { conn: 2 }],
    };
    say('standing', standing);
    expect(listener.standing).toHaveBeenCalledExactlyOnceWith(standing);
    expect(listener.lost).not.toHaveBeenCalled();
  });

  test.each<[string, unknown]>([
    ['nothing', undefined],
    ['no object', 'paused'],
    ['no event', { ...RUNS, before: {} }],
    ['a direction of its own', { ...RUNS, before: { conn: 1, dir: 'up', type: 'x' } }],
    ['a type that is a page', { ...RUNS, before: { conn: 1, dir: 'in', type: 'x'.repeat(201) } }],
    ['half a conversation', { ...RUNS, before: { conn: 0.5, dir: 'in', type: 'x' } }],
    ['less than nothing', { ...RUNS, held: -1 }],
    ['no number', { ...RUNS, held: '1' }],
    ['a fault of its own', { ...RUNS, open: [{ conn: 1, hindrance: 'explode' }] }],
    ['no list', { ...RUNS, open: { length: 3 } }],
    ['too many', { ...RUNS, open: Array.from({ length: 1001 }, (_, conn) => ({ conn })) }],
  ])('a standing that is forged or wild is dropped, and counted: %s', async (_, body) => {
    const { listener, say } = await loaded();
    say('standing', body);
    expect(listener.standing).not.toHaveBeenCalled();
    expect(listener.lost).toHaveBeenCalledExactlyOnceWith(1);
  });

  test('a standing of an earlier program is nobody’s', async () => {
    const { listener, say } = await loaded();
    say('standing', RUNS, { epoch: 0 });
    expect(listener.standing).not.toHaveBeenCalled();
  });
});

describe('what is too large', () => {
  test('a program beyond what an envelope takes is a mistake in the program, and is not sent', async () => {
    const { session, link } = open();
    session.files = { 'app.ts': 'x'.repeat(ENVELOPE_LIMIT) };
    const { error } = (await outcome(session.run('app.ts', 1))) as { error: ProgramError };
    expect(error).toBeInstanceOf(ProgramError);
    expect(error.diagnosis).toMatchObject({ kind: 'limit' });
    expect(error.message).toMatch(/larger than a sandbox takes \(4 MiB\)/);
    expect(link.post).not.toHaveBeenCalled();
  });

  test('and the session takes a smaller one after it', async () => {
    const { session, posted, say } = open();
    session.files = { 'app.ts': 'x'.repeat(ENVELOPE_LIMIT) };
    await outcome(session.run('app.ts', 1));
    session.files = {};
    const run = outcome(session.run('app.ts', 2));
    say('reply', {}, { epoch: 2, id: posted[0]?.id as number });
    expect(await run).toEqual({ value: undefined });
  });
});

describe('what is told without being asked', () => {
  test('goes to the listener', async () => {
    const { listener, say } = await loaded();
    say('trace', [event(1)]);
    say('log', { lines: [{ level: 'log', text: 'a' }], dropped: 2 });
    expect(listener.trace.mock.calls).toEqual([[[event(1)]]]);
    expect(listener.log.mock.calls).toEqual([[[{ level: 'log', text: 'a' }], 2]]);
  });

  test('anything that is said in this epoch is a sign of life, and a beat in any', async () => {
    const { listener, say } = await loaded();
    listener.beat.mockClear();
    say('trace', []);
    expect(listener.beat).toHaveBeenCalledTimes(1);
    say('beat', {}, { epoch: 0 });
    expect(listener.beat).toHaveBeenCalledTimes(2);
  });

  test('is dropped when it comes late, from an earlier epoch', async () => {
    const { session, listener, posted, say } = await loaded();
    const run = outcome(session.run('app.ts', 2));
    say('trace', [event(1)]);
    say('log', { lines: [{ level: 'log', text: 'a' }], dropped: 0 });
    say('reply', 'early', { id: posted[1]?.id as number });
    expect(listener.trace).not.toHaveBeenCalled();
    expect(listener.log).not.toHaveBeenCalled();
    say('reply', {}, { epoch: 2, id: posted[1]?.id as number });
    expect(await run).toEqual({ value: undefined });
  });

  test('is dropped from the time at which the files of another program are put in place', async () => {
    const { session, listener, say } = await loaded();
    const call = outcome(session.request(request, 1));
    await session.sync({}, 2);
    say('trace', [event(1)]);
    say('log', { lines: [{ level: 'log', text: 'late' }], dropped: 0 });
    expect(listener.trace).not.toHaveBeenCalled();
    expect(listener.log).not.toHaveBeenCalled();
    expect(await call).toMatchObject({ error: { failure: { code: 'superseded' } } });
  });

  test('is dropped when it is of another session, or no envelope', async () => {
    const { link, listener, say } = await loaded();
    listener.beat.mockClear();
    say('trace', [event(1)], { sid: 'another' });
    say('beat', {}, { sid: 'another' });
    for (const text of ['', 'null', '{', '[]', '{"v":1}', '\x1eGW{}']) link.onText?.(text);
    expect(listener.trace).not.toHaveBeenCalled();
    expect(listener.beat).not.toHaveBeenCalled();
  });

  test.each([
    ['trace', null],
    ['trace', { length: 1 }],
    ['trace', [null]],
    ['trace', ['text']],
    ['trace', [{ seq: 1 }]],
    ['trace', [{ ...event(1), payload: { preview: {} } }]],
    ['trace', [{ ...event(1), type: 'x'.repeat(100_000) }]],
    ['trace', [{ ...event(1), src: { file: 'a', line: '<b>', column: 1 } }]],
    ['log', null],
    ['log', { lines: 'text', dropped: 0 }],
    ['log', { lines: [null], dropped: 0 }],
    ['log', { lines: [{ level: 'log', text: {} }], dropped: 0 }],
    ['log', 7],
    ['socket', null],
    ['socket', { socket: 99, event: { type: 'message', data: 'to nobody' } }],
  ] as const)(
    'is dropped and counted when it is forged without a shape: %s %#',
    async (kind, body) => {
      const { listener, say } = await loaded();
      expect(() => say(kind, body)).not.toThrow();
      expect(listener.trace).not.toHaveBeenCalled();
      expect(listener.log).not.toHaveBeenCalled();
      expect(listener.lost.mock.calls).toEqual([[1]]);
    },
  );

  test('of several events those with a shape are taken', async () => {
    const { listener, say } = await loaded();
    say('trace', [event(1), { seq: 2 }, event(3)]);
    expect(listener.trace.mock.calls).toEqual([[[event(1), event(3)]]]);
    expect(listener.lost.mock.calls).toEqual([[1]]);
  });

  test('a sign of life says whether anything has happened since the last', async () => {
    const { listener, say } = await loaded();
    listener.beat.mockClear();
    for (const progress of [3, 3, 4, -1, 'x']) say('beat', { progress });
    expect(listener.beat.mock.calls).toEqual([[true], [false], [true], [true], [false]]);
  });

  test.each([null, {}, 7, { result: null }, { ...report(200), faults: [{ kind: 'other' }] }])(
    'a report without a shape is refused in words: %j',
    async (body) => {
      const { session, posted, say } = await loaded();
      const call = outcome(session.request(request, 1));
      say('reply', body, { id: posted[1]?.id as number });
      expect(await call).toMatchObject({ error: { failure: { code: 'unreadable' } } });
    },
  );

  test('an error without a shape still rejects its call', async () => {
    for (const body of [null, 7, 'text', {}, undefined]) {
      const { session, posted, say } = await loaded();
      const call = outcome(session.request(request, 1));
      say('error', body, { id: posted[1]?.id as number });
      expect(await call).toMatchObject({
        error: { diagnosis: { message: expect.stringMatching(/./) } },
      });
    }
  });

  test('is of no use without a listener, and does no harm', async () => {
    const { session, link, say } = await loaded();
    session.listener = undefined;
    expect(() => {
      say('trace', [event(1)]);
      say('log', { lines: [], dropped: 0 });
      say('beat', {});
      link.onClosed?.(GONE);
    }).not.toThrow();
  });
});

describe('a guest that says too much', () => {
  test('is not listened to past its rate, but for answers that are waited for; a second later it is', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { session, posted, listener, say } = await loaded();
      const call = outcome(session.request(request, 1));
      for (let seq = 1; seq <= RATE.messages + 10; seq++) say('trace', [event(seq)]);
      // The answer to `load` was one as well.
      expect(listener.trace).toHaveBeenCalledTimes(RATE.messages - 1);
      expect(listener.lost).toHaveBeenCalledTimes(11);
      say('beat', { progress: 1 });
      expect(listener.beat).toHaveBeenLastCalledWith(true);
      say('reply', report(200), { id: posted[1]?.id as number });
      expect(await call).toEqual({ value: report(200) });
      vi.advanceTimersByTime(1000);
      say('trace', [event(1)]);
      expect(listener.trace).toHaveBeenCalledTimes(RATE.messages);
      expect(listener.died).not.toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });

  test.each([
    ['messages', 'x', RATE.messages * 4 + 1],
    ['characters', 'x'.repeat(2 ** 21), 33],
  ])('is ended when it floods the page with %s', async (_, text, times) => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const { session, link, listener } = await loaded();
      const call = outcome(session.request(request, 1));
      for (let at = 0; at < times; at++) link.onText?.(text);
      expect(await call).toMatchObject({ error: { failure: FLOODED } });
      expect(listener.died.mock.calls).toEqual([[FLOODED]]);
      expect(link.close).toHaveBeenCalledTimes(1);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('a live socket', () => {
  const [chat] = parseScenario('WEBSOCKET /chat') as [ScenarioWebSocket];
  const END = { dropped: 1, faults: [], messagesDropped: 2 };

  async function connected() {
    const opened = await loaded();
    const events: SocketEvent[] = [];
    const socket = await opened.session.open(chat, 4, (one) => void events.push(one));
    const id = opened.posted.at(-1)?.id as number;
    const news = (one: object, socketId = id) =>
      opened.say('socket', { socket: socketId, event: one });
    return { ...opened, events, socket, id, news };
  }

  test('is opened with a call, and its events find their owner', async () => {
    const { posted, events, news, say, socket, id } = await connected();
    expect(posted.at(-1)).toMatchObject({
      op: 'open',
      body: { request: { target: '/chat' }, conn: 4 },
    });
    const all = [
      { type: 'open', status: 101, headers: [['upgrade', 'websocket']], subprotocol: 'a' },
      { type: 'message', data: 'text' },
      { type: 'message', data: new Uint8Array([1, 255]) },
      { type: 'closed', code: 1000, reason: 'bye', clean: true },
    ];
    for (const one of all) news(one);
    expect(events).toEqual(all);
    say('reply', END, { id });
    expect(await socket.done).toEqual(END);
  });

  test('sends text and octets, and closes with what a Close frame can carry', async () => {
    const { posted, socket, id } = await connected();
    socket.send('a');
    socket.send(new Uint8Array([1]));
    socket.close(4000, 'bye');
    socket.close();
    expect(posted.slice(-4).map(({ op, body }) => [op, body])).toEqual([
      ['socket.send', { socket: id, data: 'a' }],
      ['socket.send', { socket: id, data: new Uint8Array([1]) }],
      ['socket.close', { socket: id, code: 4000, reason: 'bye' }],
      ['socket.close', { socket: id, reason: '' }],
    ]);
    for (const code of [0, 999, 1005, 1006, 2000, 5000, 1.5])
      expect(() => socket.close(code), String(code)).toThrow(/cannot carry the code/);
    expect(() => socket.close(1000, 'ü'.repeat(62))).toThrow(/at most 123 octets/);
  });

  test('hears nothing after its end, and sends nothing', async () => {
    const { posted, events, news, socket, listener } = await connected();
    news({ type: 'denied', status: 403, headers: [], body: new Uint8Array() });
    const before = posted.length;
    news({ type: 'message', data: 'late' });
    socket.send('late');
    expect(events.map(({ type }) => type)).toEqual(['denied']);
    expect(posted.length).toBe(before);
    expect(listener.lost).toHaveBeenCalledTimes(1);
  });

  test.each([
    ['the guest dies', ({ link }: ReturnType<typeof open>) => link.onClosed?.(GONE)],
    ['the session is disposed', ({ session }: ReturnType<typeof open>) => session.dispose()],
    [
      'another program is loaded',
      ({ session }: ReturnType<typeof open>) => void outcome(session.run('a', 2)),
    ],
  ])('is closed when %s', async (_, act) => {
    const opened = await connected();
    act(opened);
    expect(await outcome(opened.socket.done)).toMatchObject({ error: { failure: {} } });
    expect(opened.events).toEqual([{ type: 'closed', reason: '', clean: false }]);
    const before = opened.posted.length;
    opened.socket.send('late');
    expect(opened.posted.length).toBe(before);
  });
});

test('a guest in which an earlier program left its marks refuses the next one', async () => {
  const { session, posted, say } = await loaded();
  const run = outcome(session.run('app.ts', 2));
  say('reply', { stale: true }, { epoch: 2, id: posted.at(-1)?.id as number });
  expect((await run) as object).toMatchObject({ error: expect.any(StaleRealm) });
});

describe('the end', () => {
  test('a program that takes the place of another rejects what was asked of that one', async () => {
    const { session } = await loaded();
    const call = outcome(session.request(request, 1));
    void outcome(session.run('app.ts', 2));
    expect(await call).toMatchObject({ error: { failure: { code: 'superseded' } } });
  });

  test('a guest that dies rejects what waits for it, and tells the listener once', async () => {
    const { session, link, listener } = await loaded();
    const calls = [1, 2].map((conn) => outcome(session.request(request, conn)));
    link.onClosed?.(GONE);
    link.onClosed?.({ ...GONE, code: 'again' });
    for (const call of calls) {
      const { error } = (await call) as { error: RuntimeError };
      expect(error).toBeInstanceOf(RuntimeError);
      expect(error.failure).toBe(GONE);
      expect(error.message).toBe('It is gone.');
    }
    expect(listener.died.mock.calls).toEqual([[GONE]]);
  });

  test('calls after the death of a guest reject with its reason, and are not sent', async () => {
    const { session, link, posted } = await loaded();
    link.onClosed?.(GONE);
    expect(await outcome(session.request(request, 1))).toMatchObject({ error: { failure: GONE } });
    expect(await outcome(session.run('app.ts', 2))).toMatchObject({ error: { failure: GONE } });
    session.dispose();
    expect(await outcome(session.request(request, 1))).toMatchObject({ error: { failure: GONE } });
    expect(posted).toHaveLength(1);
  });

  test('dispose rejects what waits, closes the link, and tells nobody', async () => {
    const { session, link, listener, say } = await loaded();
    listener.beat.mockClear();
    const call = outcome(session.request(request, 1));
    session.dispose();
    expect(await call).toMatchObject({ error: { failure: { code: 'disposed' } } });
    expect(link.close).toHaveBeenCalled();
    say('trace', [event(1)]);
    say('beat', {});
    link.onClosed?.(GONE);
    for (const told of Object.values(listener)) expect(told).not.toHaveBeenCalled();
  });

  test('dispose twice is dispose', async () => {
    const { session } = await loaded();
    session.dispose();
    expect(() => session.dispose(false)).not.toThrow();
    expect(await outcome(session.request(request, 1))).toMatchObject({
      error: { failure: { code: 'disposed' } },
    });
  });

  test('a link that throws rejects the call and keeps nothing of it', async () => {
    const { session, link, say } = await loaded();
    link.post.mockImplementationOnce(() => {
      throw new TypeError('closed');
    });
    expect(await outcome(session.request(request, 1))).toMatchObject({
      error: { message: 'closed' },
    });
    expect(() => say('reply', {}, { id: 2 })).not.toThrow();
  });
});
