// The guest in a place that is memory: programs are functions of the test, the page is a list of what was posted. What
// it answers, what it tells unasked, and that nothing a program does keeps an answer from the page.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { turn, until } from '../../../tests/fixtures/puppet.ts';
import { application, lifespan, utf8 } from '../../app/index.ts';
import { parseScenario } from '../../client/index.ts';
import { dialMemory } from '../../client/memory.ts';
import { filesInMemory } from '../../gateway/transport/memory-files.ts';
import { GRACE } from '../../gateway/wind-up.ts';
import type { Application } from '../../interface/index.ts';
import type { SourcePosition, TraceEvent } from '../../trace/index.ts';
import type { Arming, Standing } from '../control.ts';
import { decode, ENVELOPE_LIMIT, type Envelope, encode } from '../envelope.ts';
import type { GuestError, LogLine, RequestReport } from '../runtime.ts';
import { PROGRAM_ROOT, startGuest } from './guest.ts';

const SID = 'the-session';
const METHODS = ['log', 'info', 'debug', 'warn', 'error'] as const;
const original = METHODS.map((method) => [method, console[method]] as const);
/** What the guest has asked Node to be told of. */
const strays = new Map<string, (error: unknown) => void>();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'] });
  vi.spyOn(process, 'on').mockImplementation(((event: string, listener: () => void) => {
    strays.set(event, listener);
    return process;
  }) as typeof process.on);
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
  for (const [method, own] of original) console[method] = own;
});

/** A guest, and the page's side of it. */
function start(programs: Record<string, () => unknown> = {}) {
  const posted: Envelope[] = [];
  const texts: string[] = [];
  const closed: number[] = [];
  let opened = 0;
  const take = startGuest(
    {
      post(text) {
        texts.push(text);
        posted.push(decode(text) as Envelope);
      },
      stale: () => false,
      load: async (body) => programs[(body as { program: string }).program]?.(),
      openFile: filesInMemory(PROGRAM_ROOT, { 'note.txt': 'a note' }),
      async open(gateway) {
        const number = ++opened;
        return { dial: dialMemory(gateway), close: () => void closed.push(number) };
      },
      locate: (stack): SourcePosition | undefined =>
        stack.includes('guest.test.ts') ? { file: 'app.ts', line: 7, column: 3 } : undefined,
    },
    SID,
  );
  let epoch = 0;
  let calls = 0;
  const call = (op: string, body: unknown, rest: Partial<Envelope> = {}) => {
    const id = ++calls;
    take(encode({ v: 1, sid: SID, epoch, seq: id, kind: 'call', id, op, body, ...rest }));
    return id;
  };
  /** The answer to a call: its body, or what was wrong. Time stands still unless the test moves it. */
  const answer = async (id: number): Promise<{ reply?: unknown; error?: GuestError }> => {
    const found = () =>
      posted.find((one) => one.id === id && (one.kind === 'reply' || one.kind === 'error'));
    await until(() => {
      // The turn that a request waits for its last events.
      vi.advanceTimersByTime(0);
      return found() !== undefined;
    });
    const { kind, body } = found() as Envelope;
    return { [kind]: body };
  };
  return {
    take,
    posted,
    texts,
    closed,
    call,
    answer,
    load(program: string, control?: Arming) {
      epoch++;
      return answer(call('load', { program, ...(control ? { control } : {}) }));
    },
    /** How the program that is under control has stood, in order. */
    standings: () =>
      posted.filter(({ kind }) => kind === 'standing').map(({ body }) => body as Standing),
    async send(scenario = 'GET / HTTP/1.1', conn = 1): Promise<RequestReport> {
      const [request] = parseScenario(scenario);
      const { reply, error } = await answer(call('request', { request, conn }));
      if (error) throw new Error(error.message);
      return reply as RequestReport;
    },
    of: (kind: string) => posted.filter((one) => one.kind === kind),
    trace: () =>
      posted.filter(({ kind }) => kind === 'trace').flatMap(({ body }) => body as TraceEvent[]),
    logs: () =>
      posted
        .filter(({ kind }) => kind === 'log')
        .map(({ body }) => body as { lines: LogLine[]; dropped: number }),
  };
}

const hello: Application = application({
  async http(_scope, _receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [['content-type', 'text/plain']],
    });
    await send({ type: 'http.response.body', data: utf8('hello') });
    await send({ type: 'http.response.end' });
  },
});
const http = (handler: Parameters<typeof application>[0]['http']) =>
  application({ http: handler as never });

describe('a guest says', () => {
  test('hello at once, and gives a sign of life each second', () => {
    const { posted } = start();
    expect(posted).toEqual([{ v: 1, sid: SID, epoch: 0, seq: 1, kind: 'hello', body: {} }]);
    vi.advanceTimersByTime(3000);
    expect(posted.slice(1).map(({ kind, seq }) => [kind, seq])).toEqual([
      ['beat', 2],
      ['beat', 3],
      ['beat', 4],
    ]);
  });

  test('nothing to what is not a call of its session', async () => {
    const { take, posted, load } = start({ hello: () => hello });
    const call = {
      v: 1,
      sid: SID,
      epoch: 1,
      seq: 1,
      kind: 'call',
      id: 9,
      op: 'load',
      body: {},
    } as const;
    for (const text of [
      '',
      'junk',
      '{}',
      encode({ ...call, sid: 'other' }),
      encode({ ...call, kind: 'reply' }),
    ])
      take(text);
    await load('hello');
    expect(posted.filter(({ id }) => id === 9)).toEqual([]);
  });
});

describe('loading', () => {
  test('is answered in the epoch of the program', async () => {
    const { load, posted } = start({ hello: () => hello });
    expect(await load('hello')).toEqual({ reply: { stale: false } });
    expect(posted.at(-1)).toMatchObject({ kind: 'reply', epoch: 1 });
    await load('hello');
    expect(posted.at(-1)).toMatchObject({ kind: 'reply', epoch: 2 });
  });

  test.each([
    [
      'nothing',
      () => undefined,
      /^the default export is missing, not an application\. Write `export default/,
    ],
    ['an object', () => ({}), /^the default export is object, not an application/],
  ])('%s where an application should be is told, with what to write', async (_, program, words) => {
    const { error } = await start({ program }).load('program');
    expect(error).toEqual({ kind: 'load', message: expect.stringMatching(words) });
  });

  test('an error is told with its name and place', async () => {
    const { load } = start({
      broken() {
        throw new TypeError('no such thing');
      },
    });
    expect(await load('broken')).toEqual({
      error: {
        kind: 'load',
        message: 'TypeError: no such thing',
        src: { file: 'app.ts', line: 7, column: 3 },
      },
    });
  });

  test.each([
    ['text', 'a word', /^the application threw a word\.$/],
    ['nothing', undefined, /^the application threw undefined\.$/],
    ['null', null, /^the application threw null\.$/],
    ['a symbol', Symbol('s'), /^the application threw Symbol\(s\)\.$/],
    [
      'an object without a prototype',
      Object.create(null),
      /^the application threw something that has no text\.$/,
    ],
    [
      'an error whose message throws',
      Object.defineProperty(new Error(), 'message', {
        get() {
          throw new Error('again');
        },
      }),
      /^the application threw /,
    ],
    [
      'an error whose name and stack are nonsense',
      Object.assign(new Error('words'), { name: Symbol('n'), stack: 7 }),
      /^Symbol\(n\): words$/,
    ],
    [
      'a message beyond all measure',
      new Error('x'.repeat(3 * ENVELOPE_LIMIT)),
      /^Error: x{2000}…$/,
    ],
  ])('whatever is thrown is told: %s', async (_, thrown, words) => {
    const { load } = start({
      throws() {
        throw thrown;
      },
    });
    expect((await load('throws')).error).toMatchObject({
      kind: 'load',
      message: expect.stringMatching(words),
    });
  });

  test('an application that never finishes loading is given up, and another can be loaded', async () => {
    const { call, answer, load } = start({
      waits: () => new Promise(() => {}),
      hello: () => hello,
    });
    const id = call('load', { program: 'waits' }, { epoch: 1 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await answer(id)).toEqual({
      error: {
        kind: 'limit',
        message: expect.stringMatching(/not loaded within 10 seconds.*awaited at its top level/),
      },
    });
    expect(await load('hello')).toEqual({ reply: { stale: false } });
  });

  test('a request without a program is refused in words', async () => {
    const { send } = start();
    await expect(send()).rejects.toThrow('Error: no application is loaded');
  });

  test('a program that fails to load takes the place of the one before it', async () => {
    const { load, send, closed } = start({ hello: () => hello, none: () => undefined });
    await load('hello');
    await load('none');
    expect(closed).toEqual([1]);
    await expect(send()).rejects.toThrow('no application is loaded');
  });

  test('a slow program does not take the place of one that was asked for later', async () => {
    let finish = (_: Application) => {};
    const { call, answer, load, send, closed } = start({
      slow: () => new Promise<Application>((resolve) => (finish = resolve)),
      hello: () => hello,
    });
    const slow = call('load', { program: 'slow' }, { epoch: 0 });
    await load('hello');
    finish(http(async () => {}));
    await answer(slow);
    expect((await send()).result.status).toBe(200);
    expect(closed).toEqual([2]);
  });
});

describe('a request', () => {
  test('goes to the application, and its result and its events to the page', async () => {
    const { load, send, trace, posted } = start({ hello: () => hello });
    await load('hello');
    const { result, dropped, faults } = await send('GET /a HTTP/1.1', 4);
    expect(result).toMatchObject({ outcome: 'complete', status: 200, size: 5 });
    expect(new TextDecoder().decode(result.body)).toBe('hello');
    expect([dropped, faults]).toEqual([0, []]);
    const events = trace();
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
    expect(events.map(({ type }) => type)).toContain('application.returns');
    expect(events[0]).toMatchObject({ type: 'client.request', conn: 4, run: SID });
    // Every event is there before the answer.
    expect(posted.at(-1)?.kind).toBe('reply');
  });

  test('its first events are sent as they happen, so that they arrive even if the application then loops', async () => {
    let seen: string[] = [];
    const guest = start({
      program: () =>
        http(async (_scope, _receive, send) => {
          await send({ type: 'http.response.start', status: 200 });
          seen = guest.trace().map(({ type }) => type);
          await send({ type: 'http.response.end' });
        }),
    });
    await guest.load('program');
    await guest.send();
    expect(seen).toContain('http.response.start');
  });

  test('a violation is in the trace with its requirement and its place, and in the report as a fault', async () => {
    const { load, send, trace } = start({
      twice: () =>
        http(async (_scope, _receive, send) => {
          await send({ type: 'http.response.start', status: 200 });
          await send({ type: 'http.response.start', status: 200 });
        }),
    });
    await load('twice');
    const { faults } = await send();
    const src = { file: 'app.ts', line: 7, column: 3 };
    expect(trace().filter(({ violation }) => violation)).toMatchObject([
      { violation: { requirement: 'http.start-once' }, src },
    ]);
    expect(faults).toMatchObject([{ kind: 'fault', requirement: 'http.start-once', src }]);
  });

  test('an error in the handler is a fault with its place, whatever was thrown', async () => {
    const { load, send } = start({
      throws: () =>
        http(async () => {
          throw new RangeError('too far');
        }),
      strange: () =>
        http(async () => {
          throw Object.defineProperty(new Error(), 'stack', {
            get() {
              throw new Error('again');
            },
          });
        }),
      long: () =>
        http(async () => {
          throw new Error('x'.repeat(3 * ENVELOPE_LIMIT));
        }),
    });
    await load('throws');
    expect((await send()).faults).toEqual([
      { kind: 'fault', message: expect.stringContaining('too far'), src: expect.anything() },
    ]);
    await load('strange');
    expect(await send()).toMatchObject({ faults: [{ kind: 'fault' }] });
    await load('long');
    const [fault] = (await send()).faults;
    expect(fault?.message.length).toBeLessThan(2100);
  });

  test('a fault between two requests comes with the second', async () => {
    let fail = () => {};
    const { load, send } = start({
      late: () =>
        http(async (scope, _receive, send) => {
          await send({ type: 'http.response.start', status: 204 });
          await send({ type: 'http.response.end' });
          if (scope.target === '/late')
            await new Promise((_, reject) => (fail = () => reject(new Error('afterwards'))));
        }),
    });
    await load('late');
    expect((await send('GET /late HTTP/1.1')).faults).toEqual([]);
    fail();
    expect((await send()).faults).toMatchObject([
      { message: expect.stringContaining('afterwards') },
    ]);
    expect((await send()).faults).toEqual([]);
  });

  test('that is sent again is one number in the trace, and the next request has its own', async () => {
    let calls = 0;
    const { load, send, trace } = start({
      refuses: () =>
        http(async (_scope, _receive, send) => {
          if (calls++ === 0) return send({ type: 'http.refuse' } as never);
          await send({ type: 'http.response.start', status: 204 });
          await send({ type: 'http.response.end' });
        }),
    });
    await load('refuses');
    await send('# @retry 1\nGET /again HTTP/1.1', 1);
    await send('GET /next HTTP/1.1', 2);
    const asked = trace().filter(({ type }) => type === 'http.request');
    expect(asked.map(({ conn, payload }) => [conn, payload?.preview])).toEqual([
      [1, 'GET /again HTTP/1.1'],
      [1, 'GET /again HTTP/1.1'],
      [2, 'GET /next HTTP/1.1'],
    ]);
  });

  test('feature.listed: http.file is there, and gives the files of the program', async () => {
    const { load, send } = start({
      file: () =>
        http(async (scope, _receive, send) => {
          expect(Object.keys(scope.gateway.features)).toContain('http.file');
          await send({ type: 'http.response.start', status: 200 });
          await send({ type: 'http.file', path: '/app/note.txt' });
          await send({ type: 'http.response.end' });
        }),
    });
    await load('file');
    const { result, faults } = await send();
    expect(faults).toEqual([]);
    expect(new TextDecoder().decode(result.body)).toBe('a note');
  });

  test('that is interrupted ends at once, and the next one works', async () => {
    const { load, call, answer, send } = start({
      waits: () =>
        http(async (scope, receive, send) => {
          if (scope.target === '/wait')
            for (;;) if ((await receive()).type === 'http.closed') return;
          await send({ type: 'http.response.start', status: 204 });
          await send({ type: 'http.response.end' });
        }),
    });
    await load('waits');
    const [request] = parseScenario('GET /wait HTTP/1.1');
    const id = call('request', { request, conn: 1 });
    call('interrupt', {});
    expect((await answer(id)).reply).toMatchObject({ result: { outcome: 'interrupted' } });
    call('interrupt', {});
    expect((await send()).result.outcome).toBe('complete');
  });

  test('whose response is larger than an envelope is refused in words, and the next one works', async () => {
    const { load, send, texts } = start({
      heads: () =>
        http(async (scope, _receive, send) => {
          const value = 'x'.repeat(scope.target === '/large' ? ENVELOPE_LIMIT : 1);
          await send({ type: 'http.response.start', status: 200, headers: [['x-long', value]] });
          await send({ type: 'http.response.end' });
        }),
    });
    await load('heads');
    await expect(send('GET /large HTTP/1.1')).rejects.toThrow(/larger than a sandbox takes/);
    expect((await send()).result.status).toBe(200);
    expect(texts.every((text) => text.length <= ENVELOPE_LIMIT)).toBe(true);
  });

  test('an event larger than an envelope is dropped and counted, and those around it are sent', async () => {
    const many = Array.from({ length: 40_000 }, (_, index): [string, string] => [
      `x-${index}`,
      'v'.repeat(ENVELOPE_LIMIT / 40_000),
    ]);
    const { load, send, trace } = start({
      many: () =>
        http(async (scope, _receive, send) => {
          await send({ type: 'http.response.start', status: 204 });
          if (scope.target === '/many')
            await send({ type: 'http.response.start', status: 200, headers: many }).catch(() => {});
          await send({ type: 'http.response.end' });
        }),
    });
    await load('many');
    const { dropped, result } = await send('GET /many HTTP/1.1');
    expect(result.status).toBe(204);
    // The second start: the gateway refused it, so that the client saw nothing of it.
    expect(dropped).toBe(1);
    expect(trace().filter(({ type }) => type === 'http.response.start')).toHaveLength(1);
    expect(trace().map(({ type }) => type)).toContain('client.response');
    expect((await send()).dropped).toBe(0);
  });
});

describe('under control', () => {
  const programs = { hello: () => hello };
  const [request] = parseScenario('GET / HTTP/1.1');

  test('a program that stands is told at once, with all that happened before it', async () => {
    const { load, call, posted, standings } = start(programs);
    await load('hello', { when: { type: 'http.response.start' } });
    call('request', { request, conn: 1 });
    await until(() => standings().length > 0);
    expect(standings()[0]).toEqual({
      before: { conn: 1, dir: 'out', type: 'http.response.start' },
      held: 1,
      stepping: false,
      open: [{ conn: 1 }],
    });
    const before = posted.slice(
      0,
      posted.findIndex(({ kind }) => kind === 'standing'),
    );
    const types = before.flatMap(({ kind, body }) =>
      kind === 'trace' ? (body as TraceEvent[]).map(({ type }) => type) : [],
    );
    expect(types).toEqual(expect.arrayContaining(['client.request', 'http.request']));
  });

  test('whose clients are connected is told when it changes, and gathered', async () => {
    const { load, call, standings, answer } = start(programs);
    await load('hello', {});
    await answer(call('request', { request, conn: 1 }));
    expect(standings()).toEqual([]);
    vi.advanceTimersByTime(50);
    expect(standings()).toEqual([{ before: null, held: 0, stepping: false, open: [] }]);
  });

  test('obeys, once it is loaded, and tells of it as progress', async () => {
    const { load, call, standings, answer } = start(programs);
    const paused = (type: string) =>
      until(() => {
        vi.advanceTimersByTime(50);
        return standings().at(-1)?.before?.type === type;
      });
    await load('hello', { paused: true });
    const id = call('request', { request, conn: 1 });
    await paused('http.response.start');
    call('control', { do: 'step' });
    await paused('http.response.body');
    call('control', { do: 'arm', when: { type: '*.end' } });
    call('control', { do: 'resume' });
    await paused('http.response.end');
    call('control', { do: 'arm', when: null });
    call('control', { do: 'resume' });
    expect(await answer(id)).toMatchObject({ reply: { result: { outcome: 'complete' } } });
  });

  test('so many events that are let go are not so many messages', async () => {
    const { load, call, standings, answer } = start({
      many: () =>
        http(async (_scope, _receive, send) => {
          await send({ type: 'http.response.start', status: 200 });
          for (let i = 0; i < 5000; i++)
            void send({ type: 'http.response.body', data: new Uint8Array(1) });
          await send({ type: 'http.response.end' });
        }),
    });
    await load('many', { when: { type: 'http.response.body' } });
    const id = call('request', { request, conn: 1 });
    await until(() => {
      vi.advanceTimersByTime(50);
      return standings().at(-1)?.held === 5001;
    });
    call('control', { do: 'arm', when: null });
    call('control', { do: 'resume' });
    await answer(id);
    expect(standings().length).toBeLessThan(10);
  });

  test('what was asked of another program is not done to this one', async () => {
    const { load, call, standings, answer } = start(programs);
    await load('hello', {});
    call('control', { do: 'step' }, { epoch: 0 });
    await answer(call('request', { request, conn: 1 }));
    expect(standings().every(({ before }) => before === null)).toBe(true);
  });

  test('a program without control is not held, and tells nothing of standing', async () => {
    const { load, call, standings, answer } = start(programs);
    await load('hello');
    call('control', { do: 'step' });
    await answer(call('request', { request, conn: 1 }));
    vi.advanceTimersByTime(100);
    expect(standings()).toEqual([]);
  });

  test('the clock goes on only with it: a request’s own time is not spent while it stands', async () => {
    const { load, call, standings, answer, trace } = start({
      never: () =>
        http(async (_scope, _receive, send) => {
          await send({ type: 'http.response.start', status: 200 });
          await new Promise(() => {});
        }),
    });
    await load('never', { paused: true });
    const id = call('request', { request, conn: 1 });
    await until(() => standings().length > 0);
    vi.advanceTimersByTime(60_000);
    expect(trace().map(({ type }) => type)).not.toContain('client.timeout');
    call('control', { do: 'resume' });
    call('control', { do: 'move', ms: 60_000 });
    const { reply } = await answer(id);
    expect((reply as RequestReport).result.outcome).toBe('timeout');
  });

  test('the end of a program waits until nothing is held, and then holds nothing any more', async () => {
    const { load, call, standings, answer, trace } = start({
      lasting: () =>
        application({
          lifespan: lifespan({ start: () => ({}) }),
          async http(scope, _receive, send) {
            await send({ type: 'http.response.start', status: 200 });
            await send({ type: 'http.response.end' });
            await new Promise((resolve) => scope.local.cancel.addEventListener('abort', resolve));
            await send({ type: 'http.response.end' }).catch(() => {});
          },
        }),
    });
    await load('lasting', { when: { type: 'http.response.end' } });
    const id = call('request', { request, conn: 1 });
    await until(() => standings().length > 0);
    call('control', { do: 'inject', fault: 'reset', conn: 1 });
    await answer(id);
    const end = call('finish', {});
    vi.advanceTimersByTime(10 * GRACE);
    await turn();
    expect(trace().map(({ type }) => type)).not.toContain('lifespan.shutdown');
    call('control', { do: 'resume' });
    await until(() => {
      vi.advanceTimersByTime(GRACE);
      return trace().some(({ type }) => type === 'lifespan.shutdown');
    });
    expect(await answer(end)).toMatchObject({ reply: { over: true, faults: [] } });
    vi.advanceTimersByTime(50);
    expect(standings().at(-1)?.before).toBeNull();
  });

  test('another program takes nothing over of what was held, and its clock is its own', async () => {
    const { load, call, standings, answer, trace } = start(programs);
    await load('hello', { paused: true });
    call('request', { request, conn: 1 });
    await until(() => standings().length > 0);
    await answerLoad(load('hello'));
    const told = standings().length;
    const { reply } = await answer(call('request', { request, conn: 1 }));
    expect((reply as RequestReport).result.outcome).toBe('complete');
    expect(standings()).toHaveLength(told);
    expect(trace().at(-1)?.type).toBe('application.returns');
  });
});

/** A load behind another one waits a turn for what is left of that. */
async function answerLoad<T>(loading: Promise<T>): Promise<T> {
  let done = false;
  void loading.finally(() => {
    done = true;
  });
  await until(() => {
    vi.advanceTimersByTime(1);
    return done;
  });
  return loading;
}

describe('events beyond the limit', () => {
  const streams = http(async (scope, _receive, send) => {
    await send({ type: 'http.response.start', status: 200 });
    const pieces = Number(scope.target.slice(1));
    for (let piece = 0; piece < pieces; piece++)
      await send({ type: 'http.response.body', data: utf8('x') });
    await send({ type: 'http.response.end' });
  });

  test('are not sent, and are counted once, with the request that they are of', async () => {
    const { load, send, trace } = start({ streams: () => streams });
    await load('streams');
    const first = await send('GET /1500 HTTP/1.1');
    expect(trace()).toHaveLength(2000);
    expect(first.dropped).toBeGreaterThan(1000);
    const second = await send('GET /0 HTTP/1.1');
    expect(trace()).toHaveLength(2000);
    expect(second.dropped).toBeGreaterThan(3);
    expect(second.dropped).toBeLessThan(20);
  });

  test('are a matter of one program: the next has the whole limit', async () => {
    const { load, send, trace } = start({ streams: () => streams });
    await load('streams');
    await send('GET /1500 HTTP/1.1');
    const before = trace().length;
    await load('streams');
    expect((await send('GET /0 HTTP/1.1')).dropped).toBe(0);
    expect(trace().length).toBeGreaterThan(before + 3);
  });

  test('after the first hundred they come in batches, and what waits is sent soon', async () => {
    let go = () => {};
    const { load, call, trace } = start({
      halts: () =>
        http(async (_scope, _receive, send) => {
          await send({ type: 'http.response.start', status: 200 });
          for (let piece = 0; piece < 70; piece++)
            await send({ type: 'http.response.body', data: utf8('x') });
          await new Promise<void>((resolve) => (go = resolve));
        }),
    });
    await load('halts');
    const [request] = parseScenario('GET / HTTP/1.1');
    call('request', { request, conn: 1 });
    const sent = go;
    await until(() => go !== sent);
    const eager = trace().length;
    expect(eager).toBeGreaterThanOrEqual(100);
    vi.advanceTimersByTime(16);
    expect(trace().length).toBeGreaterThan(eager);
    expect(trace().map(({ seq }) => seq)).toEqual(trace().map((_, index) => index + 1));
  });
});

describe('an earlier program', () => {
  test('is heard no more: no event of it, and no fault, is in the run of the next', async () => {
    let wake = () => {};
    const { load, call, answer, send, posted } = start({
      sleeps: () =>
        http(async (_scope, _receive, send) => {
          await new Promise<void>((resolve) => (wake = resolve));
          await send({ type: 'http.response.start', status: 200 });
          throw new Error('of the program before');
        }),
      hello: () => hello,
    });
    await load('sleeps');
    const [request] = parseScenario('GET / HTTP/1.1');
    const id = call('request', { request, conn: 1 });
    call('interrupt', {});
    await answer(id);
    await load('hello');
    wake();
    const { faults } = await send('GET /next HTTP/1.1', 7);
    expect(faults).toEqual([]);
    const events = posted
      .filter(({ kind, epoch }) => kind === 'trace' && epoch === 2)
      .flatMap(({ body }) => body as TraceEvent[]);
    expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  });

  test('leaves no events behind that wait to be sent', async () => {
    let go = () => {};
    const guest = start({
      halts: () =>
        http(async (_scope, _receive, send) => {
          await send({ type: 'http.response.start', status: 200 });
          for (let piece = 0; piece < 70; piece++)
            await send({ type: 'http.response.body', data: utf8('x') });
          await new Promise<void>((resolve) => (go = resolve));
        }),
      hello: () => hello,
    });
    await guest.load('halts');
    const [request] = parseScenario('GET / HTTP/1.1');
    guest.call('request', { request, conn: 1 });
    const sent = go;
    await until(() => go !== sent);
    await guest.load('hello');
    vi.advanceTimersByTime(16);
    expect(guest.posted.filter(({ kind, epoch }) => kind === 'trace' && epoch === 2)).toEqual([]);
  });
});

describe('what a program prints', () => {
  test('is sent line by line with its level', () => {
    const { logs } = start();
    console.log('a', 1, null, undefined, true, { b: [2] });
    console.info('i');
    console.debug('d');
    console.warn('w');
    console.error('e');
    expect(logs().flatMap(({ lines }) => lines)).toEqual([
      { level: 'log', text: 'a 1 null undefined true {"b":[2]}' },
      { level: 'log', text: 'i' },
      { level: 'log', text: 'd' },
      { level: 'warn', text: 'w' },
      { level: 'error', text: 'e' },
    ]);
  });

  test.each([
    ['an error', new Error('broken'), /^Error: broken\n/],
    ['a symbol', Symbol('s'), /^Symbol\(s\)$/],
    ['a big integer', 10n, /^10$/],
    ['an object with one', { a: 10n }, /^\[object Object\]$/],
    ['a function', () => 1, /1/],
    [
      'an object that throws when it is read',
      { toJSON: () => JSON.parse('{') },
      /^\[object Object\]$/,
    ],
    ['a circle without a prototype', circle(), /^something that has no text$/],
    [
      'an error without a stack',
      Object.assign(new Error('broken'), { stack: undefined }),
      /^Error: broken$/,
    ],
  ])('has a text, whatever it is: %s', (_, value, text) => {
    const { logs } = start();
    expect(() => console.log(value)).not.toThrow();
    expect(logs()[0]?.lines[0]?.text).toMatch(text);
  });

  test('is cut where a line is too long', () => {
    const { logs } = start();
    console.log('x'.repeat(5000));
    expect(logs()[0]?.lines[0]?.text).toBe(`${'x'.repeat(2000)}…`);
  });

  test('is not sent past 500 lines, which is counted and told now and then', () => {
    const { logs } = start();
    for (let line = 0; line < 700; line++) console.log(line);
    expect(logs().flatMap(({ lines }) => lines)).toHaveLength(500);
    expect(logs()).toHaveLength(500);
    vi.advanceTimersByTime(250);
    expect(logs().at(-1)).toEqual({ lines: [], dropped: 200 });
    console.log('more');
    vi.advanceTimersByTime(250);
    expect(logs().at(-1)).toEqual({ lines: [], dropped: 201 });
    expect(logs()).toHaveLength(502);
  });

  test('has its limit with each program anew', async () => {
    const { logs, load } = start({ hello: () => hello });
    for (let line = 0; line < 501; line++) console.log(line);
    vi.advanceTimersByTime(250);
    await load('hello');
    console.log('again');
    expect(logs().at(-1)).toEqual({ lines: [{ level: 'log', text: 'again' }], dropped: 0 });
  });

  test('is in the epoch of the program that is loaded', async () => {
    const { of, load } = start({
      prints() {
        console.log('while loading');
        return hello;
      },
    });
    await load('prints');
    expect(of('log')).toMatchObject([{ epoch: 1 }]);
  });
});

describe('an error that nobody waits for', () => {
  test.each(['uncaughtException', 'unhandledRejection'])(
    'is printed with its place: %s',
    (event) => {
      const { logs } = start();
      strays.get(event)?.(new TypeError('from a timer'));
      expect(logs()[0]?.lines).toEqual([
        { level: 'error', text: 'Uncaught TypeError: from a timer (app.ts:7:3)' },
      ]);
    },
  );

  test('may be anything', () => {
    const { logs } = start();
    expect(() => strays.get('unhandledRejection')?.(Object.create(null))).not.toThrow();
    expect(logs()[0]?.lines[0]?.text).toMatch(/^Uncaught the application threw something/);
  });
});

function circle(): object {
  const value = Object.create(null) as { self?: unknown };
  value.self = value;
  return value;
}

describe('the end of a program', () => {
  const withLifespan = (stop: () => Promise<void> | void) =>
    application({ lifespan: lifespan({ start: () => ({}), stop }), http: hello as never });
  const types = (events: readonly TraceEvent[]) =>
    events.filter(({ conn }) => conn === 0).map(({ type }) => type);

  test('without a program is refused in words', async () => {
    const { call, answer } = start();
    expect((await answer(call('finish', {}))).error?.message).toMatch(/no application is loaded/);
  });

  test('lifespan.drain-order, lifespan.shutdown-last: is in the trace before the answer', async () => {
    const { load, call, answer, trace } = start({ lives: () => withLifespan(() => {}) });
    await load('lives');
    expect(await answer(call('finish', {}))).toEqual({
      reply: { over: true, dropped: 0, faults: [] },
    });
    expect(types(trace())).toEqual([
      'lifespan.startup',
      'lifespan.ready',
      'lifespan.drain',
      'lifespan.shutdown',
      'application.returns',
    ]);
  });

  test('lifespan.stop-timeout: a clean-up without an end is given up after the grace, and told', async () => {
    const { load, call, answer } = start({
      hangs: () => withLifespan(() => new Promise(() => {})),
    });
    await load('hangs');
    const ended = answer(call('finish', {}));
    // Its turn to be told, and then the limit.
    for (let step = 0; step < 10; step++) await vi.advanceTimersByTimeAsync(GRACE / 5);
    expect((await ended).reply).toMatchObject({
      over: true,
      faults: [{ requirement: 'lifespan.stop-timeout' }],
    });
  });

  test('drain.begins: behind a drain it is over, though there was no lifespan', async () => {
    const { load, send, call, answer } = start({ hello: () => hello });
    await load('hello');
    expect((await answer(call('finish', {}))).reply).toMatchObject({ over: false });
    await send('# @drain\nGET / HTTP/1.1');
    expect((await answer(call('finish', {}))).reply).toMatchObject({ over: true });
  });

  test('is given up by the load of another program', async () => {
    const { load, call, posted } = start({
      hangs: () => withLifespan(() => new Promise(() => {})),
      hello: () => hello,
    });
    await load('hangs');
    const id = call('finish', {});
    expect(await load('hello')).toEqual({ reply: { stale: false } });
    // What comes of it has the epoch of the program that is loaded now, or none: the page does not wait for it.
    expect(posted.filter((one) => one.id === id && one.kind === 'error')).toEqual([]);
  });

  test('of an application that does not start is in the trace too', async () => {
    const { load, trace } = start({
      fails: () =>
        application({
          lifespan: async (_scope, receive, send) => {
            await receive();
            await send({ type: 'lifespan.failed', message: 'no database' });
          },
        }),
    });
    expect((await load('fails')).error?.message).toBe('the application did not start: no database');
    expect(types(trace())).toEqual(['lifespan.startup', 'lifespan.failed', 'application.returns']);
  });
});
