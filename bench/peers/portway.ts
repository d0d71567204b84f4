// The application that is measured on the reference gateway, written as the examples are.

import { application, type Handler, type HttpHandler, type HttpScope, utf8 } from 'portway';
import type {
  WebsocketReceiveEvent,
  WebsocketScope,
  WebsocketSendEvent,
} from '../../src/interface/index.ts';
import { DOWNLOAD_OCTETS, HELLO, HELLO_TYPE, PIECE, PIECES } from './shared.ts';

const hello = utf8(HELLO);
const helloFields = [
  ['content-type', HELLO_TYPE],
  ['content-length', String(hello.length)],
] as const;
const downloadFields = [
  ['content-type', 'application/octet-stream'],
  ['content-length', String(DOWNLOAD_OCTETS)],
] as const;

const routes: Readonly<Record<string, HttpHandler>> = {
  async '/hello'(_scope, _receive, send) {
    await send({ type: 'http.response.start', status: 200, headers: helloFields });
    await send({ type: 'http.response.body', data: hello });
    await send({ type: 'http.response.end' });
  },
  async '/echo'(scope, receive, send) {
    await send({ type: 'http.response.start', status: 200, headers: [contentType(scope)] });
    for (;;) {
      const event = await receive();
      if (event.type === 'http.request.body')
        await send({ type: 'http.response.body', data: event.data });
      else if (event.type === 'http.request.end') return send({ type: 'http.response.end' });
      else if (event.type === 'http.closed') return;
    }
  },
  async '/download'(_scope, _receive, send) {
    await send({ type: 'http.response.start', status: 200, headers: downloadFields });
    for (let piece = 0; piece < PIECES; piece++)
      await send({ type: 'http.response.body', data: PIECE });
    await send({ type: 'http.response.end' });
  },
};

function contentType({ headers }: HttpScope): readonly [string, string] {
  const given = headers.find(([name]) => name === 'content-type')?.[1];
  return ['content-type', given ?? 'application/octet-stream'];
}

const http: HttpHandler = async (scope, receive, send) => {
  const route = routes[scope.path ?? ''];
  if (route) return route(scope, receive, send);
  await send({ type: 'http.response.start', status: 404, headers: [['content-length', '0']] });
  await send({ type: 'http.response.end' });
};

/** Sends every message back, text as text and octets as octets. */
const websocket: Handler<WebsocketScope, WebsocketReceiveEvent, WebsocketSendEvent> = async (
  _scope,
  receive,
  send,
) => {
  await send({ type: 'websocket.accept' });
  for (;;) {
    const event = await receive();
    if (event.type === 'websocket.message') await send(event);
    else if (event.type === 'websocket.closed') return;
  }
};

const handlers = { http, websocket };
export default application(handlers);
