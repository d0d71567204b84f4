// The application that programs of others are tried against: one small handler for each thing that a client can do.

import { createHash } from 'node:crypto';
import { statSync } from 'node:fs';
import {
  application,
  bodyStream,
  type Closed,
  type Fields,
  type HttpHandler,
  type HttpScope,
  header,
  queryOf,
  readBody,
  sendJson,
  sendStatus,
  sendText,
  utf8,
  type WebsocketHandler,
} from 'portway';

const TEXT: Fields = [['content-type', 'text/plain; charset=utf-8']];

/** What a conversation with a `?key=` came to; `/notes` with the same key waits for it, and tells. */
const notes = new Map<string, PromiseWithResolvers<unknown>>();

const handlers: Readonly<Record<string, HttpHandler>> = {
  '/hello': (_scope, _receive, send) => sendText(send, 'Hello\n'),

  /** The body as it arrives, and its trailer fields. Reads first: a client may wait for its 100 response. */
  async '/echo'(scope, receive, send) {
    const body = bodyStream(receive);
    let next = await body.next();
    const type = header(scope, 'content-type') ?? 'application/octet-stream';
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-type', type],
        ['trailer', 'x-digest'],
      ],
    });
    for (; !next.done; next = await body.next())
      await send({ type: 'http.response.body', data: next.value });
    await send({ type: 'http.response.end', trailers: next.value });
  },

  /** How long the body was, and its digest: for uploads that nobody wants back. */
  async '/digest'(_scope, receive, send) {
    const hash = createHash('sha256');
    let octets = 0;
    const body = bodyStream(receive);
    for (;;) {
      const { value, done } = await body.next();
      if (done) return sendJson(send, { octets, sha256: hash.digest('hex'), trailers: value });
      octets += value.length;
      hash.update(value);
    }
  },

  /** What the application is told of the request. */
  '/scope': (scope, _receive, send) => sendJson(send, visible(scope)),

  /** `?pieces=` lines of `?octets=` each, of unknown length altogether, with trailers. */
  async '/stream'(scope, _receive, send) {
    const pieces = numberOf(scope, 'pieces', 3);
    const line = utf8(`${'x'.repeat(numberOf(scope, 'octets', 16) - 1)}\n`);
    const headers: Fields = [...TEXT, ['trailer', 'x-octets']];
    await send({ type: 'http.response.start', status: 200, headers });
    for (let i = 0; i < pieces; i++) await send({ type: 'http.response.body', data: line });
    const trailers: Fields = [['x-octets', String(pieces * line.length)]];
    await send({ type: 'http.response.end', trailers });
  },

  async '/hints'(_scope, _receive, send) {
    const headers: Fields = [['link', '</style.css>; rel=preload; as=style']];
    await send({ type: 'http.informational', status: 103, headers });
    await sendText(send, 'hinted\n', { headers });
  },

  /** The file that `?path=` names, or the range of it that is asked for. */
  async '/file'(scope, _receive, send) {
    const path = queryOf(scope).get('path') ?? '';
    const { size } = statSync(path);
    const range = /^bytes=(\d+)-(\d*)$/.exec(header(scope, 'range') ?? '');
    const offset = Number(range?.[1] ?? 0);
    const length = Math.min(Number(range?.[2] || size - 1), size - 1) - offset + 1;
    await send({
      type: 'http.response.start',
      status: range ? 206 : 200,
      headers: [
        ['accept-ranges', 'bytes'],
        ['content-length', String(length)],
        ...(range
          ? ([['content-range', `bytes ${offset}-${offset + length - 1}/${size}`]] as const)
          : []),
      ],
    });
    await send({ type: 'http.file', path, offset, length });
    await send({ type: 'http.response.end' });
  },

  /** Three events, and then nothing until the client leaves or the gateway drains. */
  async '/events'(_scope, receive, send) {
    await send({
      type: 'http.response.start',
      status: 200,
      headers: [
        ['content-type', 'text/event-stream'],
        ['cache-control', 'no-store'],
        ['access-control-allow-origin', '*'],
      ],
    });
    for (const id of [1, 2, 3])
      await send({ type: 'http.response.body', data: utf8(`id: ${id}\ndata: event ${id}\n\n`) });
    for (;;) {
      const { type } = await receive();
      if (type === 'http.closed') return;
      if (type === 'gateway.drain') return send({ type: 'http.response.end' });
    }
  },

  /** A first line at once, and the second when the client asks for `/release` with the same key. */
  async '/slow'(scope, _receive, send) {
    const key = keyOf(scope);
    await send({ type: 'http.response.start', status: 200, headers: TEXT });
    await send({ type: 'http.response.body', data: utf8('first\n') });
    const { cancel } = scope.local;
    await new Promise<void>((resolve) => {
      releases.set(key, resolve);
      cancel.addEventListener('abort', () => resolve(), { once: true });
    });
    const left = cancel.aborted ? (cancel.reason as Closed) : undefined;
    noteOf(scope).resolve({ cause: left?.cause ?? 'released', code: left?.code });
    await send({ type: 'http.response.body', data: utf8('second\n') });
    await send({ type: 'http.response.end' });
  },

  /** Lines without an end, for as long as the client takes them. */
  async '/endless'(scope, _receive, send) {
    const line = utf8(`${'x'.repeat(999)}\n`);
    await send({ type: 'http.response.start', status: 200, headers: TEXT });
    try {
      for (;;) await send({ type: 'http.response.body', data: line });
    } catch (error) {
      const { name, cause } = error as Closed;
      noteOf(scope).resolve({ name, cause, cancelled: scope.local.cancel.aborted });
      ends.set(cause, (ends.get(cause) ?? 0) + 1);
      throw error;
    }
  },

  /** How often an endless response has ended for which cause. */
  '/ends': (_scope, _receive, send) => sendJson(send, Object.fromEntries(ends)),

  async '/release'(scope, _receive, send) {
    releases.get(keyOf(scope))?.();
    await sendStatus(send, 204);
  },

  '/notes': async (scope, _receive, send) => sendJson(send, await noteOf(scope).promise),

  /** An answer in which the body was not wanted. */
  async '/discard'(_scope, _receive, send) {
    await send({ type: 'http.request.discard' });
    await sendText(send, 'no, thank you\n', { status: 403 });
  },

  async '/abort'(_scope, _receive, send) {
    await send({ type: 'http.response.start', status: 200, headers: TEXT });
    await send({ type: 'http.response.body', data: utf8('half of it') });
    await send({ type: 'http.response.abort' });
  },

  '/refuse': (_scope, _receive, send) => send({ type: 'http.refuse' }),

  async '/form'(_scope, receive, send) {
    const form = new URLSearchParams(
      new TextDecoder().decode(await readBody(receive, { limit: 65_536 })),
    );
    await sendJson(send, Object.fromEntries(form));
  },

  /** A page for a browser, so that scripts have an origin. */
  '/': (_scope, _receive, send) =>
    sendText(send, '<!doctype html><title>Outsiders</title>', {
      headers: [['content-type', 'text/html; charset=utf-8']],
    }),
};

const ends = new Map<string, number>();
const releases = new Map<string, () => void>();

const websocket: WebsocketHandler = async (scope, receive, send) => {
  if (scope.path === '/denied')
    return sendText(send as Parameters<typeof sendText>[0], 'members only\n', { status: 403 });
  const subprotocol = scope.subprotocols.find((name) => name === 'chat' || name === 'superchat');
  await send({ type: 'websocket.accept', ...(subprotocol ? { subprotocol } : {}) });
  for (;;) {
    const event = await receive();
    if (event.type === 'websocket.closed') {
      const { code, reason, initiator, clean } = event;
      noteOf(scope).resolve({ code, reason, initiator, clean, version: scope.http_version });
      return;
    }
    if (event.type === 'gateway.drain') await send({ type: 'websocket.close', code: 1001 });
    if (event.type !== 'websocket.message') continue;
    const close = /^close (\d+) ?(.*)$/.exec(event.text ?? '');
    if (close) {
      const [, code = '', reason = ''] = close;
      await send({ type: 'websocket.close', code: Number(code), reason });
    } else await send(event);
  }
};

export default application({
  async http(scope, receive, send) {
    const handler = Object.hasOwn(handlers, scope.path) ? handlers[scope.path] : undefined;
    if (handler) await handler(scope, receive, send);
    else await sendText(send, 'not found\n', { status: 404 });
  },
  websocket,
});

function keyOf(scope: Pick<HttpScope, 'query'>): string {
  return queryOf(scope).get('key') ?? '';
}

function noteOf(scope: Pick<HttpScope, 'query'>): PromiseWithResolvers<unknown> {
  const key = keyOf(scope);
  const note = notes.get(key) ?? Promise.withResolvers<unknown>();
  notes.set(key, note);
  return note;
}

function numberOf(scope: HttpScope, name: string, otherwise: number): number {
  return Number(queryOf(scope).get(name) ?? otherwise);
}

/** The scope as JSON: without what belongs to the process, and with certificates as a count. */
function visible({ local: _, tls, ...scope }: HttpScope): unknown {
  return { ...scope, tls: tls && { ...tls, client_chain: tls.client_chain.length } };
}
