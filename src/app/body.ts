// Bodies in a line or two: reading a request, and sending a small response.

import {
  Closed,
  type Fields,
  type HttpReceiveEvent,
  type HttpResponseBody,
  type HttpResponseEnd,
  type HttpResponseStart,
  type Receive,
  type Send,
} from '../interface/index.ts';

const encoder = new TextEncoder();

/** The events of a whole response, which WebSockets and tunnels that are not accepted take as well. */
type ResponseEvent = HttpResponseStart | HttpResponseBody | HttpResponseEnd;

/** Text as UTF-8 octets, for a body. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** A body was longer than the reader wanted it. An application answers it with status 413. */
export class BodyTooLong extends Error {
  /** How many octets would have been taken. */
  readonly limit: number;
  constructor(limit: number) {
    super(`the request body is longer than the limit of ${limit} octets`);
    this.name = 'BodyTooLong';
    this.limit = limit;
  }
}

/**
 * The pieces of the request body as they arrive; its return value is the trailer fields. Each piece is one `receive`. The
 * notice of a drain is passed over. To be read once, and to its end; who stops early can send `http.request.discard`.
 * @throws Closed if the request did not arrive whole
 */
export async function* bodyStream(
  receive: Receive<HttpReceiveEvent>,
): AsyncGenerator<Uint8Array, Fields, void> {
  for (;;) {
    const event = await receive();
    if (event.type === 'http.request.body') yield event.data;
    else if (event.type === 'http.request.end') return event.trailers;
    else if (event.type === 'http.closed') throw new Closed(event.cause, event.code);
    // gateway.drain, and what this version does not know (event.unknown-type-ignored).
  }
}

/**
 * The whole request body.
 * @throws BodyTooLong as soon as it has more than `limit` octets
 * @throws Closed if the request did not arrive whole
 */
export async function readBody(
  receive: Receive<HttpReceiveEvent>,
  { limit }: { readonly limit: number },
): Promise<Uint8Array> {
  if (!(limit >= 0))
    throw new RangeError('readBody needs a limit in octets, such as { limit: 1_048_576 }');
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bodyStream(receive)) {
    length += piece.length;
    if (length > limit) throw new BodyTooLong(limit);
    pieces.push(piece);
  }
  const [only] = pieces;
  if (only && pieces.length === 1) return only;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

/** Status and further header fields of a response. */
export interface Answer {
  /** Default 200. */
  readonly status?: number;
  /** Default none. A `content-type` among them takes the place of the default one. */
  readonly headers?: Fields;
}

/** A whole response of text, in UTF-8. @throws Closed if the peer was lost; Misuse */
export function sendText(
  send: Send<ResponseEvent>,
  text: string,
  answer: Answer = {},
): Promise<void> {
  return sendWhole(send, utf8(text), 'text/plain; charset=utf-8', answer);
}

/** A whole response of JSON. @throws TypeError for what JSON cannot say; Closed if the peer was lost; Misuse */
export async function sendJson(
  send: Send<ResponseEvent>,
  value: unknown,
  answer: Answer = {},
): Promise<void> {
  const text: string | undefined = JSON.stringify(value);
  if (text === undefined) throw new TypeError(`JSON has no form for ${String(value)}`);
  await sendWhole(send, utf8(text), 'application/json', answer);
}

/** A whole response without content. @throws Closed if the peer was lost; Misuse */
export async function sendStatus(
  send: Send<ResponseEvent>,
  status: number,
  { headers = [] }: Omit<Answer, 'status'> = {},
): Promise<void> {
  // A 204 has no length, and that of a 304 would be the length of what it stands for (RFC 9110 section 8.6).
  const length: Fields = status === 204 || status === 304 ? [] : [['content-length', '0']];
  await send({ type: 'http.response.start', status, headers: [...headers, ...length] });
  await send({ type: 'http.response.end' });
}

async function sendWhole(
  send: Send<ResponseEvent>,
  data: Uint8Array,
  contentType: string,
  { status = 200, headers = [] }: Answer,
): Promise<void> {
  const typed = headers.some(([name]) => name === 'content-type');
  await send({
    type: 'http.response.start',
    status,
    headers: [
      ...(typed ? [] : ([['content-type', contentType]] as const)),
      ...headers,
      ['content-length', String(data.length)],
    ],
  });
  await send({ type: 'http.response.body', data });
  await send({ type: 'http.response.end' });
}
