// Applications made of Fetch handlers, with a gateway that the test plays; and two frameworks, unmodified.

import { H3, HTTPError, readBody as readH3Body } from 'h3';
import { Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import { streamSSE } from 'hono/streaming';
import { describe, expect, test, vi } from 'vitest';
import { Closed, type HttpScope, UnsupportedScope } from '../interface/index.ts';
import { utf8 } from './body.ts';
import { body, converse, lifespanScope, scopeOf, turn } from './conversation.fixture.ts';
import { type FetchHandler, fromFetch } from './from-fetch.ts';
import { lifespan } from './lifespan.ts';

const POST: Partial<HttpScope> = { method: 'POST', headers: [['transfer-encoding', 'chunked']] };

/** A handler that keeps the request that it was given. */
function keeping(
  answer: (request: Request) => Response | Promise<Response> = () => new Response(),
) {
  const kept: { request?: Request; scope?: HttpScope } = {};
  const app = fromFetch((request, { scope }) => {
    Object.assign(kept, { request, scope });
    return answer(request);
  });
  return { app, kept };
}

describe('the request', () => {
  test.each<[Partial<HttpScope>, string]>([
    [{ path: '/a/b', query: 'c=d' }, 'http://example.org/a/b?c=d'],
    [{ scheme: 'https', authority: 'example.org:444' }, 'https://example.org:444/'],
    [{ path: '*', method: 'OPTIONS', target: '*' }, 'http://example.org/*'],
    [{ target: 'https://example.org/x', path: '/x' }, 'http://example.org/x'],
    [{ http_version: '1.0', authority: '' }, 'http://198.51.100.1/'],
    [{ http_version: '1.0', authority: '', local_address: null }, 'http://localhost/'],
    [
      { authority: '', local_address: { transport: 'tcp', address: '::1', port: 8080 } },
      'http://[::1]:8080/',
    ],
    [
      { forwarded: { for: null, proto: 'https', host: 'www.example', trusted_by: 'x' } },
      'https://www.example/',
    ],
  ])('its URL: %j', async (changes, url) => {
    const { app, kept } = keeping();
    await converse(app, changes).outcome;
    expect(kept.request?.url).toBe(url);
    expect(kept.scope).toMatchObject(changes);
  });

  test.each(['a b', 'user@host', 'a/b', '[::1', 'h:99999'])(
    'a host that makes no URL is answered with 400: %j',
    async (authority) => {
      const { app, kept } = keeping();
      const conversation = converse(app, { authority });
      await conversation.outcome;
      expect(conversation.head.status).toBe(400);
      expect(kept.request).toBeUndefined();
    },
  );

  test.each(['TRACE', 'trace', 'TRACK', 'CONNECT'])(
    'a method that no Request can have is answered with 501: %s',
    async (method) => {
      const { app, kept } = keeping();
      const conversation = converse(app, { method });
      await conversation.outcome;
      expect(conversation.head.status).toBe(501);
      expect(kept.request).toBeUndefined();
    },
  );

  test('its method and fields, cookies among them', async () => {
    const { app, kept } = keeping();
    await converse(app, {
      method: 'PURGE',
      headers: [
        ['host', 'example.org'],
        ['x-many', 'a'],
        ['x-many', 'b'],
        ['cookie', 'c=1'],
        ['x-octets', 'caf\xe9'],
      ],
    }).outcome;
    const { request } = kept;
    expect(request?.method).toBe('PURGE');
    expect([...(request?.headers ?? [])]).toEqual([
      ['cookie', 'c=1'],
      ['host', 'example.org'],
      ['x-many', 'a, b'],
      ['x-octets', 'caf\xe9'],
    ]);
  });

  test('its body, whole', async () => {
    let text: string | undefined;
    const { app } = keeping(async (request) => {
      text = await request.text();
      return new Response();
    });
    await converse(app, POST, body('one ', 'two')).outcome;
    expect(text).toBe('one two');
  });

  test('http.continue.on-receive: nothing is received before the handler reads, and one piece for each read', async () => {
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
    let finish!: () => void;
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { app } = keeping(async (request) => {
      reader = request.body?.getReader();
      await finished;
      return new Response();
    });
    const conversation = converse(app, POST, body('one', 'two', 'three'));
    await conversation.until(() => true);
    await turn();
    expect(conversation.receives).toBe(0);
    expect((await reader?.read())?.value).toEqual(utf8('one'));
    await turn();
    expect(conversation.receives).toBe(1);
    finish();
    await conversation.outcome;
    expect(conversation.types).not.toContain('http.request.discard');
  });

  test('typescript.bytes-kept: what was received is not taken away from others', async () => {
    const data = utf8('octets');
    const { app } = keeping(async (request) => new Response(await request.arrayBuffer()));
    await converse(app, POST, [
      { type: 'http.request.body', data },
      { type: 'http.request.end', trailers: [] },
    ]).outcome;
    expect(data).toEqual(utf8('octets'));
  });

  test('http.request.discard: a body that the handler cancels is discarded', async () => {
    const { app } = keeping(async (request) => {
      await request.body?.cancel();
      return new Response('no, thank you', { status: 413 });
    });
    const conversation = converse(app, POST, body('one', 'two'));
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.types[0]).toBe('http.request.discard');
    expect(conversation.requestState).toBe('discarded');
  });

  test('http.request.discard: of a GET with a body, which a Request cannot have', async () => {
    const { app, kept } = keeping();
    const conversation = converse(app, { ...POST, method: 'GET' }, body('one'));
    await conversation.outcome;
    expect(kept.request?.body).toBeNull();
    expect(conversation.types[0]).toBe('http.request.discard');
  });

  test.each<[Partial<HttpScope>]>([
    [{ method: 'POST', content_length: 0 }],
    [{ method: 'POST' }],
    [{ method: 'POST', http_version: '1.0' }],
    [{ method: 'GET' }],
  ])('no body, where there is no content: %j', async (changes) => {
    const { app, kept } = keeping();
    const conversation = converse(app, changes);
    await conversation.outcome;
    expect(kept.request?.body).toBeNull();
    expect(conversation.types).not.toContain('http.request.discard');
  });

  test('a body in HTTP/2, where only its end tells that it is empty', async () => {
    const { app } = keeping(async (request) => new Response(`<${await request.text()}>`));
    const conversation = converse(app, { method: 'POST', http_version: '2' });
    await conversation.outcome;
    expect(conversation.text).toBe('<>');
  });

  test('a body that does not arrive whole fails with Closed, which is no fault', async () => {
    const { app } = keeping(async (request) => new Response(await request.text()));
    const conversation = converse(app, POST, body('part').slice(0, 1));
    await conversation.until(() => conversation.receives === 2);
    conversation.lose('peer_reset');
    expect(await conversation.outcome).toEqual({ raised: new Closed('peer_reset') });
  });

  test('cancel.reason: the signal is aborted with local.cancel, by the same Closed', async () => {
    const { app, kept } = keeping(
      (request) =>
        new Promise((_, reject) => {
          request.signal.addEventListener('abort', () => reject(request.signal.reason));
        }),
    );
    const conversation = converse(app);
    conversation.lose('peer_reset');
    expect(await conversation.outcome).toEqual({ raised: new Closed('peer_reset') });
    expect(kept.request?.signal.reason).toBe(conversation.scope.local.cancel.reason);
  });
});

describe('the response', () => {
  const answering = (answer: FetchHandler, changes: Partial<HttpScope> = {}) =>
    converse(fromFetch(answer, { report: () => {} }), changes);

  test('its status, fields and body', async () => {
    const conversation = answering(
      () => new Response('hello', { status: 201, headers: { 'x-a': 'b' } }),
    );
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.head).toEqual({
      status: 201,
      headers: [
        ['content-type', 'text/plain;charset=UTF-8'],
        ['x-a', 'b'],
      ],
    });
    expect(conversation.text).toBe('hello');
    expect(conversation.state).toBe('ended');
  });

  test('http.response.headers-order: each set-cookie is a field of its own', async () => {
    const headers = new Headers();
    headers.append('set-cookie', 'a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT');
    headers.append('set-cookie', 'b=2');
    const conversation = answering(() => new Response(null, { headers }));
    await conversation.outcome;
    expect(conversation.head.headers).toEqual([
      ['set-cookie', 'a=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT'],
      ['set-cookie', 'b=2'],
    ]);
  });

  test('http.hop-by-hop: such fields are left out, and reported once for each', async () => {
    const report = vi.fn();
    const headers = { connection: 'close', 'transfer-encoding': 'chunked', 'x-a': 'b' };
    const app = fromFetch(() => new Response('x', { headers }), { report });
    for (let i = 0; i < 2; i++) {
      const conversation = converse(app);
      await conversation.outcome;
      expect(conversation.state).toBe('ended');
      expect(conversation.head.headers.map(([name]) => name)).toEqual(['content-type', 'x-a']);
    }
    expect(report).toHaveBeenCalledTimes(2);
    expect(report.mock.calls.flat().join()).toContain('`transfer-encoding`');
  });

  test.each([204, 205, 304])('a %i has no body', async (status) => {
    const conversation = answering(() => new Response(null, { status }));
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.types).toEqual(['http.response.start', 'http.response.end']);
  });

  test('http.head-length: the body of a response to HEAD is cancelled unread, and its length stays', async () => {
    const cancel = vi.fn();
    const pull = vi.fn();
    const conversation = answering(
      () =>
        new Response(new ReadableStream({ pull, cancel }, { highWaterMark: 0 }), {
          headers: { 'content-length': '5' },
        }),
      { method: 'HEAD' },
    );
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.head.headers).toEqual([['content-length', '5']]);
    expect(conversation.types).toEqual(['http.response.start', 'http.response.end']);
    expect(pull).not.toHaveBeenCalled();
    expect(cancel).toHaveBeenCalledOnce();
  });

  test('flow.send-waits: a piece is read when the one before it has found room', async () => {
    let pulls = 0;
    const conversation = answering(
      () =>
        new Response(
          new ReadableStream(
            {
              pull(controller) {
                pulls++;
                if (pulls > 3) controller.close();
                else controller.enqueue(utf8(`${pulls}`));
              },
            },
            { highWaterMark: 0 },
          ),
        ),
    );
    conversation.fill();
    await conversation.until(() => conversation.types.includes('http.response.body'));
    await turn();
    expect(pulls).toBe(1);
    conversation.drain();
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.text).toBe('123');
  });

  test('http.commit.on-start: the head goes ahead of a body that lets wait for itself', async () => {
    let controller!: ReadableStreamDefaultController;
    const stream = new ReadableStream({
      start(given) {
        controller = given;
      },
    });
    const conversation = answering(() => new Response(stream));
    await conversation.until(() => conversation.types.length === 1);
    expect(conversation.types).toEqual(['http.response.start']);
    controller.enqueue(utf8('late'));
    controller.close();
    await conversation.outcome;
    expect(conversation.text).toBe('late');
  });

  test('http.response.abort: a body that fails breaks the response off, and the error is reported', async () => {
    const failure = new Error('upstream broke');
    const conversation = answering(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(utf8('part'));
              controller.error(failure);
            },
          }),
        ),
    );
    expect(await conversation.outcome).toEqual({ raised: failure });
    expect(conversation.types.at(-1)).toBe('http.response.abort');
    expect(conversation.state).toBe('aborted');
  });

  test('http.500-when-open: a handler that throws has sent nothing', async () => {
    const failure = new Error('on purpose');
    for (const handler of [
      () => {
        throw failure;
      },
      () => Promise.reject(failure),
    ]) {
      const conversation = answering(handler);
      expect(await conversation.outcome).toEqual({ raised: failure });
      expect(conversation.sent).toEqual([]);
    }
  });

  test.each([undefined, null, 'text', {}, 42])(
    'what is no Response is a fault: %j',
    async (answer) => {
      const conversation = answering(() => answer as never);
      expect(await conversation.outcome).toEqual({ raised: expect.any(TypeError) });
      expect(conversation.sent).toEqual([]);
    },
  );

  test('a body that was read before is a fault, and nothing is sent', async () => {
    const response = new Response('once');
    await response.text();
    const conversation = answering(() => response);
    expect(await conversation.outcome).toEqual({ raised: expect.any(TypeError) });
    expect(conversation.sent).toEqual([]);
  });

  test('Response.error() is a response that is broken off', async () => {
    const conversation = answering(() => Response.error());
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.types).toEqual(['http.response.start', 'http.response.abort']);
    expect(conversation.head.status).toBe(500);
  });

  test('cancel.on-peer-loss: the body is cancelled at once, with the Closed, and that is no fault', async () => {
    const cancel = vi.fn();
    const conversation = answering(
      () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(utf8('first'));
            },
            cancel,
          }),
        ),
    );
    await conversation.until(() => conversation.types.includes('http.response.body'));
    conversation.lose('peer_reset');
    expect(await conversation.outcome).toEqual({ raised: new Closed('peer_reset') });
    expect(cancel).toHaveBeenCalledExactlyOnceWith(new Closed('peer_reset'));
  });

  test('cancel.on-peer-loss: also while a send waits', async () => {
    const cancel = vi.fn();
    const conversation = answering(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(utf8('more'));
            },
            cancel,
          }),
        ),
    );
    conversation.fill();
    await conversation.until(() => conversation.types.includes('http.response.body'));
    conversation.lose();
    expect(await conversation.outcome).toEqual({ raised: new Closed('connection_lost') });
    expect(cancel).toHaveBeenCalledOnce();
  });

  test('http.length.excess: what the handler declares, it is held to, and its body is cancelled', async () => {
    const cancel = vi.fn();
    const conversation = answering(
      () =>
        new Response(
          new ReadableStream({
            pull(controller) {
              controller.enqueue(utf8('longer'));
            },
            cancel,
          }),
          { headers: { 'content-length': '3' } },
        ),
    );
    expect(await conversation.outcome).toMatchObject({
      raised: { requirement: 'http.length.excess' },
    });
    expect(conversation.state).toBe('aborted');
    expect(cancel).toHaveBeenCalledOnce();
  });

  test('http.duplex: an echo sends while it receives', async () => {
    const app = fromFetch((request) => new Response(request.body));
    const conversation = converse(app, POST, [{ type: 'http.request.body', data: utf8('a') }]);
    await conversation.until(() => conversation.text === 'a');
    conversation.give({ type: 'http.request.body', data: utf8('b') });
    await conversation.until(() => conversation.text === 'ab');
    conversation.give({ type: 'http.request.end', trailers: [] });
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.state).toBe('ended');
  });
});

describe('other conversations', () => {
  const unused = () => expect.unreachable();

  test.each(['websocket', 'tunnel', 'lifespan'])(
    'app.unsupported-scope: %s is not a conversation of Fetch',
    async (type) => {
      const app = fromFetch(() => new Response());
      const scope = { ...scopeOf(), type } as never;
      await expect(app(scope, unused, unused)).rejects.toEqual(new UnsupportedScope(type));
    },
  );

  test('a lifespan that was given is the application’s', async () => {
    const stop = vi.fn();
    const app = fromFetch(() => new Response(), {
      lifespan: lifespan({ start: ({ offers }) => ({ state: { offers } }), stop }),
    });
    const sent: unknown[] = [];
    const events = [
      { type: 'lifespan.startup', offers: {}, limits: scopeOf().limits },
      { type: 'lifespan.drain', deadline_ms: 1 },
      { type: 'lifespan.shutdown' },
    ];
    await app(
      lifespanScope(),
      async () => events.shift() as never,
      async (event) => {
        sent.push(event);
      },
    );
    expect(sent).toEqual([{ type: 'lifespan.ready', state: { offers: {} } }]);
    expect(stop).toHaveBeenCalledExactlyOnceWith({ offers: {} });
  });
});

describe('Hono, unmodified', () => {
  const hono = new Hono<{ Bindings: { scope: HttpScope } }>()
    .get('/hello/:name', (c) => c.text(`hello ${c.req.param('name')}, ${getCookie(c, 'seen')}`))
    .get('/scope', (c) => c.json({ id: c.env.scope.id }))
    .post('/json', async (c) => c.json({ got: await c.req.json() }, 201))
    .get('/fails', () => {
      throw new Error('on purpose');
    })
    .get('/cookies', (c) => {
      c.header('set-cookie', 'a=1', { append: true });
      c.header('set-cookie', 'b=2', { append: true });
      return c.body(null, 204);
    })
    .get('/events', (c) =>
      streamSSE(c, async (stream) => {
        for (let n = 0; n < 3; n++) await stream.writeSSE({ data: `${n}` });
      }),
    );
  hono.onError((error, c) => c.text(error.message, 500));
  // `streamSSE` sets fields of the connection.
  const report = vi.fn();
  const app = fromFetch(hono.fetch, { report });

  test.each<[Partial<HttpScope>, number, string]>([
    [{ path: '/hello/J%C3%BCrgen', headers: [['cookie', 'seen=1']] }, 200, 'hello Jürgen, 1'],
    [{ path: '/scope' }, 200, '{"id":"fixture-1"}'],
    [{ path: '/nothing' }, 404, '404 Not Found'],
    [{ path: '/fails' }, 500, 'on purpose'],
    [{ path: '/hello/x', method: 'HEAD' }, 200, ''],
    [{ path: '/events' }, 200, 'data: 0\n\ndata: 1\n\ndata: 2\n\n'],
  ])('%j', async (changes, status, text) => {
    const conversation = converse(app, changes);
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.head.status).toBe(status);
    expect(conversation.text).toBe(text);
    expect(conversation.misuses).toEqual([]);
  });

  test('a body in pieces, and two cookies', async () => {
    const json = { path: '/json', ...POST };
    const conversation = converse(app, json, body('{"a":', '[1]}'));
    await conversation.outcome;
    expect(conversation.head.status).toBe(201);
    expect(conversation.text).toBe('{"got":{"a":[1]}}');

    const cookies = converse(app, { path: '/cookies' });
    await cookies.outcome;
    expect(cookies.head.headers).toEqual([
      ['set-cookie', 'a=1'],
      ['set-cookie', 'b=2'],
    ]);
  });
});

describe('h3, unmodified', () => {
  const h3 = new H3({ silent: true })
    .get('/hello/:name', (event) => `hello ${event.context.params?.['name']}`)
    .post('/json', async (event) => ({ got: await readH3Body(event) }))
    .get('/teapot', () => {
      throw new HTTPError({ status: 418, message: 'short and stout' });
    })
    .get('/stream', () => {
      const pieces = ['a', 'b', 'c'];
      return new ReadableStream({
        pull(controller) {
          const piece = pieces.shift();
          if (piece === undefined) controller.close();
          else controller.enqueue(utf8(piece));
        },
      });
    });
  const app = fromFetch((request) => h3.fetch(request));

  test.each<[Partial<HttpScope>, number, string]>([
    [{ path: '/hello/you' }, 200, 'hello you'],
    [{ path: '/stream' }, 200, 'abc'],
    [{ path: '/hello/you', method: 'HEAD' }, 200, ''],
  ])('%j', async (changes, status, text) => {
    const conversation = converse(app, changes);
    expect(await conversation.outcome).toEqual({ returned: true });
    expect(conversation.head.status).toBe(status);
    expect(conversation.text).toBe(text);
    expect(conversation.misuses).toEqual([]);
  });

  test('a body in pieces', async () => {
    const conversation = converse(app, { path: '/json', ...POST }, body('{"a":', '[1]}'));
    await conversation.outcome;
    expect(JSON.parse(conversation.text)).toEqual({ got: { a: [1] } });
  });

  test.each([
    ['/teapot', 418],
    ['/nothing', 404],
  ])('%s is answered with %i', async (path, status) => {
    const conversation = converse(app, { path });
    await conversation.outcome;
    expect(conversation.head.status).toBe(status);
    expect(JSON.parse(conversation.text)).toMatchObject({ status });
  });
});
