// Fetch functions made of applications: what a gateway owes them, as far as Fetch allows.

import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import {
  type Application,
  Closed,
  type HttpHandler,
  type HttpReceiveEvent,
  type HttpScope,
  type HttpSendEvent,
  type LifespanHandler,
  type Misuse,
  UnsupportedScope,
} from '../interface/index.ts';
import { application } from './application.ts';
import { bodyStream, readBody, sendStatus, sendText, utf8 } from './body.ts';
import { turn } from './conversation.fixture.ts';
import { fromFetch } from './from-fetch.ts';
import { lifespan } from './lifespan.ts';
import { type FetchFault, type ToFetchOptions, toFetch } from './to-fetch.ts';

/** A Fetch function of an HTTP handler, with the faults that it reports. */
function serving(http: HttpHandler, options: ToFetchOptions = {}, of: object = {}) {
  const faults: FetchFault[] = [];
  const fetch = toFetch(application({ http, ...of }), {
    onFault: (fault) => faults.push(fault),
    ...options,
  });
  return { fetch, faults };
}

const get = (path = '/', init?: RequestInit) => new Request(`http://example.org${path}`, init);

const post = (body: BodyInit, init: RequestInit = {}) =>
  new Request('http://example.org/', { method: 'POST', body, duplex: 'half', ...init } as never);

/** A body that the test gives piece by piece. */
function source() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  const cancelled = vi.fn();
  let pulls = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      start(given) {
        controller = given;
      },
      pull() {
        pulls++;
      },
      cancel: cancelled,
    },
    { highWaterMark: 0 },
  );
  return { stream, cancelled, pulls: () => pulls, controller: () => controller };
}

/** Sends events, and notes what becomes of each. */
async function attempt(
  send: (event: HttpSendEvent) => Promise<void>,
  ...events: readonly object[]
) {
  const results: string[] = [];
  for (const event of events) {
    results.push(
      await send(event as never).then(
        () => 'sent',
        (error: Misuse) => error.requirement ?? error.name,
      ),
    );
  }
  return results;
}

const start = (status = 200, headers: readonly (readonly [string, string])[] = []) => ({
  type: 'http.response.start',
  status,
  headers,
});
const piece = (text: string) => ({ type: 'http.response.body', data: utf8(text) });
const end = { type: 'http.response.end' };

describe('the scope', () => {
  async function scopeFor(request: Request, options: ToFetchOptions = {}) {
    let seen: HttpScope | undefined;
    const { fetch } = serving(async (scope, _, send) => {
      seen = scope;
      await sendStatus(send, 204);
    }, options);
    await fetch(request);
    return seen as HttpScope;
  }

  test.each([
    ['http://example.org', { path: '/', query: null, target: '/' }],
    [
      'http://example.org/a%2Fb?c=%FF#d',
      { path: '/a%2Fb', query: 'c=%FF', target: '/a%2Fb?c=%FF' },
    ],
    ['http://example.org/a', { query: null }],
    ['http://example.org/a?', { query: '', target: '/a?' }],
    ['http://example.org/a?b?c', { query: 'b?c' }],
    ['https://example.org:444/', { scheme: 'https', authority: 'example.org:444' }],
    ['http://[::1]:80/', { scheme: 'http', authority: '[::1]' }],
  ])('http.query.null: %s', async (url, fields) => {
    expect(await scopeFor(new Request(url))).toMatchObject(fields);
  });

  test('the request', async () => {
    const peer = { transport: 'tcp', address: '192.0.2.7', port: 5 } as const;
    const request = post('hello', {
      headers: { 'X-A': 'b', 'content-length': '5', 'content-type': 'text/plain' },
    });
    expect(await scopeFor(request, { peer: () => peer })).toMatchObject({
      type: 'http',
      http_version: '1.1',
      method: 'POST',
      mount: '',
      headers: [
        ['content-length', '5'],
        ['content-type', 'text/plain'],
        ['x-a', 'b'],
      ],
      content_length: 5,
      peer,
      local_address: null,
      forwarded: null,
      tls: null,
      upgrade: null,
      gateway: { interface: '0.1', features: {} },
    });
  });

  test('typescript.frozen: everything in it', async () => {
    const scope = await scopeFor(get('/', { headers: { a: 'b' } }));
    for (const part of [scope, scope.headers, scope.headers[0], scope.gateway, scope.limits])
      expect(Object.isFrozen(part)).toBe(true);
    expect(Object.isFrozen(scope.local.state)).toBe(true);
  });

  test('scope.id-unique, feature.stable-during-run', async () => {
    const ids = new Set<string>();
    const markers = new Set<unknown>();
    const { fetch } = serving(async (scope, _, send) => {
      ids.add(scope.id);
      markers.add(scope.gateway);
      await sendStatus(send, 204);
    });
    await Promise.all(Array.from({ length: 5 }, () => fetch(get())));
    expect(ids.size).toBe(5);
    expect(markers.size).toBe(1);
  });

  test.each<[RequestInit & { path?: string }, ToFetchOptions['limits'] & object, number, string]>([
    [{ path: `/${'a'.repeat(20)}` }, { target_octets: 20 }, 414, 'security.limits-target'],
    [{ headers: { a: 'b'.repeat(30) } }, { header_octets: 30 }, 431, 'security.limits-head'],
    [{ headers: { a: '1', b: '2' } }, { header_fields: 1 }, 431, 'security.limits-head'],
    [{ method: 'M'.repeat(65) }, {}, 501, 'security.limits-method'],
    [
      { method: 'POST', headers: { 'content-length': '4' } },
      { body_octets: 3 },
      413,
      'security.limits-body-declared',
    ],
  ])('%j beyond %j is refused with %i: %s', async ({ path, ...init }, limits, status) => {
    const http = vi.fn();
    const { fetch } = serving(http, { limits });
    expect((await fetch(get(path, init))).status).toBe(status);
    expect(http).not.toHaveBeenCalled();
  });
});

describe('the request', () => {
  test('http.request.end-once: its body in pieces, its end, and after the response http.closed again and again', async () => {
    const events: HttpReceiveEvent[] = [];
    const { fetch, faults } = serving(async (_, receive, send) => {
      for (let i = 0; i < 3; i++) events.push(await receive());
      await sendStatus(send, 204);
      for (let i = 0; i < 2; i++) events.push(await receive());
    });
    const { stream, controller } = source();
    controller().enqueue(utf8('one'));
    controller().enqueue(new Uint8Array(0)); // http.request.no-empty-body
    controller().enqueue(utf8('two'));
    controller().close();
    expect((await fetch(post(stream))).status).toBe(204);
    await turn();
    expect(events).toEqual([
      { type: 'http.request.body', data: utf8('one') },
      { type: 'http.request.body', data: utf8('two') },
      { type: 'http.request.end', trailers: [] },
      { type: 'http.closed', cause: 'complete' },
      { type: 'http.closed', cause: 'complete' },
    ]);
    expect(events[3]).toBe(events[4]);
    expect(faults).toEqual([]);
  });

  test('flow.input-bounded: nothing is read ahead of a receive, and no piece is above the mark', async () => {
    const sizes: number[] = [];
    let go!: () => void;
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    const { fetch } = serving(
      async (_, receive, send) => {
        await gate;
        for await (const data of bodyStream(receive)) sizes.push(data.length);
        await sendStatus(send, 204);
      },
      { limits: { receive_buffer_octets: 10 } },
    );
    const body = source();
    body.controller().enqueue(new Uint8Array(25));
    const response = fetch(post(body.stream));
    await turn();
    expect(body.pulls()).toBe(0);
    body.controller().close();
    go();
    await response;
    expect(sizes).toEqual([10, 10, 5]);
  });

  test('receive.single: a second receive is Misuse while one is pending', async () => {
    const { fetch } = serving(async (_, receive, send) => {
      const pending = receive();
      await expect(receive()).rejects.toMatchObject({ requirement: 'receive.single' });
      await pending;
      await sendText(send, 'fine');
    });
    const { stream, controller } = source();
    const response = fetch(post(stream));
    await turn();
    controller().close();
    expect(await (await response).text()).toBe('fine');
  });

  test('http.request.discard-stops: the rest is cancelled, and nothing more of it is given', async () => {
    const events: HttpReceiveEvent[] = [];
    const { fetch } = serving(async (_, receive, send) => {
      events.push(await receive());
      await send({ type: 'http.request.discard' });
      await sendStatus(send, 204);
      events.push(await receive());
      expect(await attempt(send, { type: 'http.request.discard' })).toEqual([
        'http.request.discard-open',
      ]);
    });
    const { stream, controller, cancelled } = source();
    controller().enqueue(utf8('one'));
    controller().enqueue(utf8('two'));
    await fetch(post(stream));
    await turn();
    expect(events.map(({ type }) => type)).toEqual(['http.request.body', 'http.closed']);
    expect(cancelled).toHaveBeenCalledOnce();
  });

  test('a body that nobody has read is cancelled when the application returns', async () => {
    const { stream, cancelled } = source();
    const { fetch } = serving((_, __, send) => sendStatus(send, 204));
    await fetch(post(stream));
    await turn();
    expect(cancelled).toHaveBeenCalledOnce();
  });

  test('security.limits-body: one octet too many is answered with 413, and the peer is lost', async () => {
    let error: unknown;
    const { fetch, faults } = serving(
      async (scope, receive) => {
        error = await readBody(receive, { limit: 1000 }).catch((closed) => closed);
        expect(scope.local.cancel.reason).toEqual(new Closed('limit'));
        throw error;
      },
      { limits: { body_octets: 3 } },
    );
    const { stream, controller } = source();
    controller().enqueue(utf8('abc'));
    controller().enqueue(utf8('d'));
    expect((await fetch(post(stream))).status).toBe(413);
    await turn();
    expect(error).toEqual(new Closed('limit'));
    expect(faults).toEqual([]);
  });

  test('a body that fails is the loss of the peer', async () => {
    let error: unknown;
    const { fetch, faults } = serving(async (_, receive) => {
      error = await readBody(receive, { limit: 1000 }).catch((closed) => closed);
      throw error;
    });
    const { stream, controller } = source();
    const response = fetch(post(stream));
    controller().error(new Error('upload broke'));
    await expect(response).rejects.toThrow('could not be read');
    expect(error).toEqual(new Closed('connection_lost'));
    expect(faults).toEqual([]);
  });
});

describe('the response', () => {
  test('http.commit.on-start: its head comes with the start, its body as it is sent', async () => {
    let next!: () => void;
    const gate = new Promise<void>((resolve) => {
      next = resolve;
    });
    const { fetch } = serving(async (_, __, send) => {
      await attempt(
        send,
        start(203, [
          ['x-b', '2'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
          ['trailer', 'x-sum'],
        ]),
      );
      await gate;
      await attempt(send, piece('one'), piece(''), piece('two'), {
        type: 'http.response.end',
        trailers: [['x-sum', '1']],
      });
    });
    const response = await fetch(get());
    expect(response.status).toBe(203);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.has('trailer')).toBe(false); // http.trailers.dropped
    expect(Date.parse(response.headers.get('date') ?? '')).not.toBeNaN(); // http.date
    next();
    expect(await response.text()).toBe('onetwo');
  });

  test('http.date: one of the application stays', async () => {
    const date = 'Thu, 01 Jan 1970 00:00:00 GMT';
    const { fetch } = serving((_, __, send) =>
      sendStatus(send, 200, { headers: [['date', date]] }),
    );
    expect((await fetch(get())).headers.get('date')).toBe(date);
  });

  test('flow.send-waits: a send waits from the mark on, until everything is taken', async () => {
    const log: string[] = [];
    const { fetch } = serving(
      async (_, __, send) => {
        await send(start() as never);
        for (const name of ['a', 'b', 'c']) {
          await send(piece(name.repeat(40)) as never);
          log.push(name);
        }
        await send(end as never);
        log.push('end');
      },
      { limits: { send_buffer_octets: 100 } },
    );
    const response = await fetch(get());
    await turn();
    // 40 octets and 32 for keeping them: the second fills the buffer, and its send waits.
    expect(log).toEqual(['a']);
    const reader = response.body?.getReader();
    await reader?.read();
    await turn();
    expect(log).toEqual(['a']);
    await reader?.read();
    await turn();
    // The third found room; the end waits for nothing (flow.end-settles).
    expect(log).toEqual(['a', 'b', 'c', 'end']);
    expect((await reader?.read())?.value?.length).toBe(40);
    expect((await reader?.read())?.done).toBe(true);
  });

  test('flow.end-settles: the end resolves what waits', async () => {
    let waited = false;
    const { fetch } = serving(
      async (_, __, send) => {
        await send(start() as never);
        const waiting = send(piece('x'.repeat(200)) as never);
        await send(end as never);
        await waiting;
        waited = true;
      },
      { limits: { send_buffer_octets: 100 } },
    );
    const response = await fetch(get());
    await turn();
    expect(waited).toBe(true);
    expect((await response.text()).length).toBe(200);
  });

  test('misuse.no-effect: wrong events are rejected with their requirement, and the response goes on', async () => {
    let results: readonly string[] = [];
    const { fetch, faults } = serving(async (_, __, send) => {
      results = await attempt(
        send,
        piece('early'),
        end,
        { type: 'http.response.abort' },
        start(200, [['X-A', 'b']]),
        start(200, [['x-a', ' b']]),
        start(200, [['connection', 'close']]),
        start(200, [['content-length', 'x']]),
        start(204, [['content-length', '1']]),
        { type: 'http.informational', status: 103, headers: [['content-length', '1']] },
        { type: 'http.informational', status: 103 },
        { type: 'http.response.start', status: 99 },
        { type: 'http.response.start', status: 200, '!x': 1 },
        { type: 'http.file', path: '/x' },
        { type: 'websocket.close' },
        { type: 'unheard.of' },
        {},
        start(200, [['content-length', '3']]),
        start(),
        { type: 'http.informational', status: 103 },
        { type: 'http.refuse' },
        { type: 'http.response.body', data: 'text' },
        piece('four'),
        piece('ab'),
        end,
        piece('cd'),
        piece('c'),
        { type: 'http.response.end', trailers: [['content-length', '3']] },
        end,
        end,
        start(),
        piece(''),
      );
    });
    const response = await fetch(get());
    expect(await response.text()).toBe('abc');
    await turn();
    expect(results).toEqual([
      'http.body-before-start',
      'http.body-before-start',
      'http.body-before-start',
      'http.field-syntax',
      'http.field-syntax',
      'http.hop-by-hop',
      'http.length.syntax',
      'http.length.forbidden',
      'http.length.forbidden',
      'sent',
      'event.shape',
      'event.must-understand',
      'feature.only-accepted',
      'event.unknown-type-misuse',
      'event.unknown-type-misuse',
      'event.shape',
      'sent',
      'http.start-once',
      'http.informational.before-commit',
      'http.nothing-after-end',
      'event.shape',
      'http.length.excess',
      'sent',
      'http.length.shortfall',
      'http.length.excess',
      'sent',
      'http.trailers.permitted',
      'sent',
      'http.nothing-after-end',
      'http.start-once',
      'http.nothing-after-end',
    ]);
    expect(faults).toEqual([]);
  });

  test.each([204, 205, 304])('http.bodyless: a %i has no body', async (status) => {
    let results: readonly string[] = [];
    const { fetch } = serving(async (_, __, send) => {
      results = await attempt(send, start(status), piece('x'), piece(''), end);
    });
    const response = await fetch(get());
    expect([response.status, response.body]).toEqual([status, null]);
    await turn();
    expect(results).toEqual(['sent', 'http.bodyless', 'sent', 'sent']);
  });

  test('http.head-length: the body of a response to HEAD stays below, and its length is that of a GET', async () => {
    let results: readonly string[] = [];
    const { fetch, faults } = serving(async (_, __, send) => {
      results = await attempt(
        send,
        start(200, [['content-length', '9']]),
        piece('a'.repeat(99)),
        end,
      );
    });
    const response = await fetch(get('/', { method: 'HEAD' }));
    expect(response.headers.get('content-length')).toBe('9');
    expect(response.body).toBeNull();
    await turn();
    expect(results).toEqual(['sent', 'sent', 'sent']);
    expect(faults).toEqual([]);
  });

  test('http.response.abort: what waits is dropped, and the body fails', async () => {
    const { fetch, faults } = serving(async (_, __, send) => {
      await attempt(send, start(), piece('part'));
      await send({ type: 'http.response.abort', code: 2 });
    });
    const response = await fetch(get());
    await turn();
    await expect(response.text()).rejects.toThrow('broken off');
    expect(faults).toEqual([]);
  });

  test('http.refuse: 503, with the hint that it can be tried again, also after an informational response', async () => {
    const { fetch, faults } = serving(async (_, __, send) => {
      await attempt(send, { type: 'http.informational', status: 103 }, { type: 'http.refuse' });
    });
    const response = await fetch(get());
    expect(response.status).toBe(503);
    expect(response.headers.get('retry-after')).toBe('0');
    await turn();
    expect(faults).toEqual([]);
  });

  const faulty: [string, HttpHandler, number, Partial<FetchFault> | undefined][] = [
    ['returns', async () => {}, 500, { requirement: 'http.finish' }],
    ['throws', () => Promise.reject(new Error('secret')), 500, { message: 'Error: secret' }],
    [
      'throws at once',
      () => {
        throw new Error('secret');
      },
      500,
      { message: 'Error: secret' },
    ],
    [
      'ends with Misuse',
      (_, __, send) => send(end as never),
      500,
      { requirement: 'http.body-before-start' },
    ],
    ['declines', () => Promise.reject(new UnsupportedScope('http')), 501, undefined],
    [
      'declines by another copy of the class',
      () => Promise.reject(Object.assign(new Error(), { name: 'UnsupportedScope' })),
      501,
      undefined,
    ],
    ['ends with Closed', () => Promise.reject(new Closed('connection_lost')), 500, undefined],
  ];
  test.each(faulty)(
    'http.500-when-open, http.unsupported-scope, app.fault-reported: one that %s',
    async (_, http, status, fault) => {
      const { fetch, faults } = serving(http);
      const response = await fetch(get());
      expect(response.status).toBe(status);
      expect(await response.text()).not.toContain('secret');
      await turn();
      expect(faults).toEqual(fault ? [expect.objectContaining(fault)] : []);
      if (fault) expect(faults[0]?.id).toBeTruthy();
    },
  );

  test('http.abort-when-unended: a body that was left unended fails', async () => {
    for (const http of [
      async (_: unknown, __: unknown, send: (event: HttpSendEvent) => Promise<void>) => {
        await attempt(send, start(), piece('part'));
      },
      async (_: unknown, __: unknown, send: (event: HttpSendEvent) => Promise<void>) => {
        await attempt(send, start(), piece('part'));
        throw new Error('on purpose');
      },
    ]) {
      const { fetch, faults } = serving(http);
      const response = await fetch(get());
      await expect(response.text()).rejects.toThrow('broken off');
      expect(faults).toHaveLength(1);
    }
  });

  test('binding.unawaited: sends and receives that nobody awaits are no errors of the program', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const { fetch } = serving(async (_, receive, send) => {
      void send(end as never);
      void receive();
      void receive();
      void send(start() as never);
      void send(end as never);
      void send(end as never);
    });
    expect((await fetch(get())).status).toBe(200);
    await turn();
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});

describe('the loss of the peer', () => {
  test('cancel.on-peer-loss: a cancelled request, before the response', async () => {
    const controller = new AbortController();
    const log: unknown[] = [];
    const { fetch, faults } = serving(async (scope, receive, send) => {
      scope.local.cancel.addEventListener('abort', () => log.push(scope.local.cancel.reason));
      log.push(await receive());
      log.push(await receive());
      log.push(...(await attempt(send, start())));
    });
    const response = fetch(get('/', { signal: controller.signal }));
    await turn();
    const reason = new Error('the caller left');
    controller.abort(reason);
    await expect(response).rejects.toBe(reason);
    await turn();
    expect(log).toEqual([
      { type: 'http.request.end', trailers: [] },
      new Closed('connection_lost'),
      { type: 'http.closed', cause: 'connection_lost' },
      'Closed',
    ]);
    expect(faults).toEqual([]);
  });

  test('flow.send-settles-on-close: a cancelled body fails what waits', async () => {
    const log: unknown[] = [];
    const { fetch, faults } = serving(
      async (scope, _, send) => {
        await send(start() as never);
        log.push(await send(piece('x'.repeat(50)) as never).catch((error) => error));
        log.push(scope.local.cancel.aborted);
        await send(end as never);
      },
      { limits: { send_buffer_octets: 10 } },
    );
    const response = await fetch(get());
    await response.body?.cancel();
    await turn();
    expect(log).toEqual([new Closed('connection_lost'), true]);
    expect(faults).toEqual([]); // closed.not-an-error
  });

  test('cancel.after-end: what the caller does after the end cancels nothing', async () => {
    const controller = new AbortController();
    let cancel: AbortSignal | undefined;
    let finish!: () => void;
    const work = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { fetch, faults } = serving(async (scope, _, send) => {
      cancel = scope.local.cancel;
      await sendText(send, 'done');
      await work;
    });
    const response = await fetch(get('/', { signal: controller.signal }));
    expect(await response.text()).toBe('done');
    controller.abort();
    await turn();
    expect(cancel?.aborted).toBe(false);
    finish();
    await turn();
    expect(faults).toEqual([]);
  });

  test('a request that was cancelled before is not served', async () => {
    const http = vi.fn();
    const { fetch } = serving(http);
    await expect(fetch(get('/', { signal: AbortSignal.abort() }))).rejects.toThrow();
    expect(http).not.toHaveBeenCalled();
  });
});

describe('the lifespan', () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  const answering: HttpHandler = (scope, _, send) =>
    sendText(send, JSON.stringify(scope.local.state));

  test('lifespan.first: the first request waits until the application is ready, and has its state', async () => {
    let ready!: () => void;
    const gate = new Promise<void>((resolve) => {
      ready = resolve;
    });
    const starts = vi.fn();
    const http = vi.fn(answering);
    const { fetch } = serving(
      http,
      {},
      {
        lifespan: lifespan({
          async start({ offers, limits }) {
            starts(offers, limits.send_buffer_octets);
            await gate;
            return { state: { a: 1 } };
          },
        }),
      },
    );
    expect(starts).not.toHaveBeenCalled();
    const responses = [fetch(get()), fetch(get())];
    await turn();
    expect(http).not.toHaveBeenCalled();
    ready();
    for (const response of await Promise.all(responses))
      expect(await response.text()).toBe('{"a":1}');
    expect(starts).toHaveBeenCalledExactlyOnceWith({}, 65_536);
  });

  test('lifespan.unsupported: an application without one is ready, with an empty state', async () => {
    const { fetch, faults } = serving(answering);
    expect(await (await fetch(get())).text()).toBe('{}');
    expect(faults).toEqual([]);
  });

  test('lifespan.fatal-start: every call fails, with what was said', async () => {
    const failing: LifespanHandler = async (_, receive, send) => {
      await receive();
      await send({ type: 'lifespan.failed', message: 'no database' });
    };
    const http = vi.fn(answering);
    for (const [handler, message] of [
      [failing, 'no database'],
      [() => Promise.reject(new Error('broken')), 'broken'],
      [async () => {}, 'without an answer'],
    ] as const) {
      const { fetch } = serving(http, {}, { lifespan: handler });
      for (let i = 0; i < 2; i++) await expect(fetch(get())).rejects.toThrow(message);
    }
    expect(http).not.toHaveBeenCalled();
  });

  test('lifespan.startup-timeout: a start is given up in time', async () => {
    vi.useFakeTimers();
    let cancel: AbortSignal | undefined;
    const { fetch } = serving(
      answering,
      { limits: { startup_ms: 100 } },
      {
        lifespan: (async (scope, receive) => {
          cancel = scope.local.cancel;
          await receive();
          await new Promise(() => {});
        }) satisfies LifespanHandler,
      },
    );
    const response = fetch(get());
    const failed = expect(response).rejects.toThrow('not answered in time');
    await vi.advanceTimersByTimeAsync(100);
    await failed;
    expect(cancel?.reason).toEqual(new Closed('timeout'));
  });

  test('lifespan.shutdown-last: close drains, waits for what is open, and shuts down', async () => {
    const log: string[] = [];
    let finish!: () => void;
    const busy = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { fetch } = serving(
      async (_, receive, send) => {
        await receive(); // The end of the request.
        log.push((await receive()).type);
        await busy;
        await sendText(send, 'finished');
        log.push('finished');
      },
      {},
      {
        lifespan: lifespan({
          start: () => ({}),
          drain: (left) => log.push(`drain ${left > 0}`),
          stop: () => {
            log.push('stop');
          },
        }),
      },
    );
    const response = fetch(get());
    await turn();
    const closed = fetch.close();
    await turn();
    expect(log).toEqual(['drain true', 'gateway.drain']);
    expect((await fetch(get())).status).toBe(503); // drain.served
    finish();
    expect(await (await response).text()).toBe('finished');
    await closed;
    expect(log).toEqual(['drain true', 'gateway.drain', 'finished', 'stop']);
    expect(fetch.close()).toBe(fetch.close());
  });

  test('drain.after-deadline: 503 where nothing was sent, a broken body where something was', async () => {
    vi.useFakeTimers();
    const signals: AbortSignal[] = [];
    const stop = vi.fn();
    const { fetch } = serving(
      async (scope, _, send) => {
        signals.push(scope.local.cancel);
        if (scope.path === '/begun') await attempt(send, start(), piece('part'));
        if (scope.path === '/over') await sendText(send, 'whole');
        await new Promise((resolve) => scope.local.cancel.addEventListener('abort', resolve));
      },
      { limits: { drain_ms: 50 } },
      { lifespan: lifespan({ start: () => ({}), stop }) },
    );
    const open = fetch(get('/open'));
    const begun = await fetch(get('/begun'));
    const over = await fetch(get('/over'));
    const text = over.text();
    const closed = fetch.close();
    await vi.advanceTimersByTimeAsync(49);
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, false, false]);
    await vi.advanceTimersByTimeAsync(1);
    expect((await open).status).toBe(503);
    await expect(begun.text()).rejects.toThrow();
    expect(await text).toBe('whole');
    // cancel.on-deadline: those too whose response was over.
    for (const { reason } of signals) expect(reason).toEqual(new Closed('shutdown'));
    await closed;
    expect(stop).toHaveBeenCalledOnce();
  });

  test('lifespan.stop-timeout: a clean-up that does not end is not waited for', async () => {
    vi.useFakeTimers();
    const { fetch } = serving(
      answering,
      { limits: { shutdown_ms: 20 } },
      {
        lifespan: lifespan({ start: () => ({}), stop: () => new Promise<void>(() => {}) }),
      },
    );
    await fetch(get());
    const closed = vi.fn();
    void fetch.close().then(closed);
    await vi.advanceTimersByTimeAsync(19);
    expect(closed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(closed).toHaveBeenCalledOnce();
  });

  test('lifespan.early-end: it is reported, and nothing more is served', async () => {
    let leave!: () => void;
    const leaving = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const { fetch, faults } = serving(
      answering,
      {},
      {
        lifespan: (async (_, receive, send) => {
          await receive();
          await send({ type: 'lifespan.ready' });
          await leaving;
        }) satisfies LifespanHandler,
      },
    );
    expect((await fetch(get())).status).toBe(200);
    leave();
    await turn();
    expect(faults).toHaveLength(1);
    expect((await fetch(get())).status).toBe(503);
  });

  test('close without a request does nothing', async () => {
    const app = vi.fn();
    const fetch = toFetch(app as unknown as Application);
    await fetch.close();
    expect(app).not.toHaveBeenCalled();
  });
});

describe('there and back', () => {
  test('what a Fetch handler says is what comes out, however its body is cut', async () => {
    const cut = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 8 });
    const streamOf = (pieces: readonly Uint8Array[]) => {
      const rest = pieces.filter(({ length }) => length > 0);
      return new ReadableStream<Uint8Array>({
        pull(controller) {
          const next = rest.shift();
          if (next) controller.enqueue(next);
          else controller.close();
        },
      });
    };
    await fc.assert(
      fc.asyncProperty(
        cut,
        fc.integer({ min: 1, max: 400 }),
        fc.constantFrom(200, 201, 404, 500),
        async (pieces, mark, status) => {
          const echo = fromFetch((request) => new Response(request.body, { status }));
          const faults: FetchFault[] = [];
          const fetch = toFetch(echo, {
            limits: { send_buffer_octets: mark, receive_buffer_octets: mark },
            onFault: (fault) => faults.push(fault),
          });
          const request = post(streamOf(pieces), { headers: { 'transfer-encoding': 'chunked' } });
          const response = await fetch(request);
          expect(response.status).toBe(status);
          const octets = [...new Uint8Array(await response.arrayBuffer())];
          expect(octets).toEqual(pieces.flatMap((part) => [...part]));
          expect(faults).toEqual([]);
        },
      ),
      { numRuns: 50 },
    );
  });
});
