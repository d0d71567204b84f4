// The session that all runtimes share, over a link that the test holds: answers find their calls, what is late or foreign
// is dropped, and nobody waits for a guest that is gone.

import { describe, expect, test, vi } from 'vitest';
import type { ScenarioRequest } from '../client/index.ts';
import { parseScenario } from '../client/index.ts';
import { decode, ENVELOPE_LIMIT, type Envelope, encode, type Kind } from './envelope.ts';
import { type Files, ProgramError } from './program.ts';
import { type Failure, type Link, LinkedSession, RuntimeError } from './runtime.ts';

const SID = 'the-session';
const GONE: Failure = { code: 'gone', message: 'It is gone.', help: 'Run again.', retryable: true };

class FakeSession extends LinkedSession {
  readonly runtime = 'page';
  async sync(): Promise<void> {}
  protected loadBody(entry: string, revision: number): unknown {
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
  const listener = { trace: vi.fn(), log: vi.fn(), beat: vi.fn(), died: vi.fn() };
  session.listener = listener;
  let seq = 0;
  const say = (kind: Kind, body: unknown, rest: Partial<Envelope> = {}) =>
    link.onText?.(encode({ v: 1, sid: SID, epoch: 1, seq: ++seq, kind, body, ...rest }));
  return { session, link, listener, posted, say };
}

const [request] = parseScenario('GET / HTTP/1.1') as [ScenarioRequest];

/** A session whose program is loaded, as revision 1. */
async function loaded() {
  const opened = open();
  const run = opened.session.run('app.ts', 1);
  opened.say('reply', {}, { id: opened.posted[0]?.id ?? 0 });
  await run;
  return opened;
}

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
    say('reply', 'of the third', id(3));
    say('error', { kind: 'load', message: 'of the first' }, id(1));
    say('reply', 'of the second', id(2));
    expect(await third).toEqual({ value: 'of the third' });
    expect(await second).toEqual({ value: 'of the second' });
    expect(await first).toMatchObject({
      error: { diagnosis: { kind: 'load', message: 'of the first' } },
    });
  });

  test('are answered once: a second answer, or one to nothing, is nobody’s', async () => {
    const { session, posted, say } = await loaded();
    const call = outcome(session.request(request, 1));
    const id = posted[1]?.id as number;
    say('reply', 1, { id });
    say('reply', 2, { id });
    say('error', { kind: 'load', message: 'late' }, { id });
    say('reply', 3, { id: 99 });
    say('reply', 4);
    expect(await call).toEqual({ value: 1 });
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

describe('what is too large', () => {
  test('a program beyond what an envelope takes is a mistake in the program, and is not sent', async () => {
    const { session, link } = open();
    session.files = { 'app.ts': 'x'.repeat(ENVELOPE_LIMIT) };
    const { error } = (await outcome(session.run('app.ts', 1))) as { error: ProgramError };
    expect(error).toBeInstanceOf(ProgramError);
    expect(error.diagnosis).toMatchObject({ kind: 'limit' });
    expect(error.message).toMatch(/larger than a sandbox takes \(2 MiB\)/);
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
    say('trace', [{ seq: 1 }]);
    say('log', { lines: [{ level: 'log', text: 'a' }], dropped: 2 });
    expect(listener.trace.mock.calls).toEqual([[[{ seq: 1 }]]]);
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
    say('trace', [{ seq: 1 }]);
    say('log', { lines: [{ level: 'log', text: 'a' }], dropped: 0 });
    say('reply', 'early', { id: posted[1]?.id as number });
    expect(listener.trace).not.toHaveBeenCalled();
    expect(listener.log).not.toHaveBeenCalled();
    say('reply', {}, { epoch: 2, id: posted[1]?.id as number });
    expect(await run).toEqual({ value: undefined });
  });

  test('is dropped when it is of another session, or no envelope', async () => {
    const { link, listener, say } = await loaded();
    listener.beat.mockClear();
    say('trace', [{ seq: 1 }], { sid: 'another' });
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
    ['log', null],
    ['log', { lines: 'text', dropped: 0 }],
    ['log', { lines: [null], dropped: 0 }],
    ['log', 7],
  ] as const)('is dropped when it is forged without a shape: %s %j', async (kind, body) => {
    const { listener, say } = await loaded();
    expect(() => say(kind, body)).not.toThrow();
    expect(listener.trace).not.toHaveBeenCalled();
    expect(listener.log).not.toHaveBeenCalled();
  });

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
      say('trace', [{ seq: 1 }]);
      say('log', { lines: [], dropped: 0 });
      say('beat', {});
      link.onClosed?.(GONE);
    }).not.toThrow();
  });
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
    say('trace', [{ seq: 1 }]);
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
