// Connects the client to a server over HTTP/2, with `node:http2`. Without TLS: the server is known to speak it.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type {
  ClientConnection,
  ClientRequest,
  ClientResponse,
  Dial,
  Fields,
} from './connection.ts';
import { ResponseQueue } from './response-queue.ts';

/** Dials `host:port`, one connection for all requests, and another once it has closed or winds up. */
export function dialHttp2(host: string, port: number): Dial {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  let session: Session | undefined;
  const dial = (request: ClientRequest) => {
    if (!session?.usable) session = new Session(`http://${authority}`);
    return new Http2Connection(session, authority, request);
  };
  return Object.assign(dial, { version: '2' as const });
}

/** A connection of HTTP/2. */
class Session {
  readonly #session: ClientHttp2Session;
  /** The settings of the server have come, or never will: before them nobody knows whether it takes `:protocol`. */
  readonly settled: Promise<void>;
  #goingAway = false;

  constructor(url: string) {
    const session = connect(url);
    this.#session = session;
    // Told to each request.
    session.on('error', () => {});
    session.on('goaway', () => {
      this.#goingAway = true;
    });
    this.settled = new Promise((resolve) => {
      session.once('remoteSettings', () => resolve());
      session.once('close', () => resolve());
    });
  }

  get usable(): boolean {
    return !this.#goingAway && !this.#session.closed && !this.#session.destroyed;
  }

  /** Resolves when the server has answered: it has read what was written before. */
  ping(): Promise<void> {
    return new Promise((resolve) => {
      if (!this.usable || !this.#session.ping(() => resolve())) resolve();
    });
  }

  /** @throws Error where Node cannot begin a stream any more */
  request(fields: string[]): ClientHttp2Stream {
    return this.#session.request(fields, { endStream: false, waitForTrailers: true });
  }
}

/** RFC 9113 section 8.2.2: what a request of HTTP/2 says in frames. */
const OF_HTTP1: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

class Http2Connection implements ClientConnection {
  readonly #session: Session;
  readonly #responses = new ResponseQueue(() => this.#pull());
  /** Undefined where no stream can be begun. */
  readonly #stream: Promise<ClientHttp2Stream | undefined>;
  #begun: ClientHttp2Stream | undefined;
  #answered = false;
  #trailers: Fields = [];

  constructor(session: Session, authority: string, request: ClientRequest) {
    this.#session = session;
    const fields = fieldsOf(authority, request);
    if (request.protocol === undefined) {
      this.#begun = this.#begin(session, fields);
      this.#stream = Promise.resolve(this.#begun);
    } else
      this.#stream = session.settled.then(() => {
        if (!this.#responses.over) this.#begun = this.#begin(session, fields);
        return this.#begun;
      });
  }

  #begin(session: Session, fields: string[]): ClientHttp2Stream | undefined {
    let stream: ClientHttp2Stream;
    try {
      stream = session.request(fields);
    } catch {
      this.#responses.push({ type: 'closed' });
      return undefined;
    }
    const queue = this.#responses;
    stream.on('headers', (_, __, raw?: string[]) => {
      queue.push({ type: 'informational', status: statusOf(raw), headers: pairs(raw) });
    });
    stream.on('response', (_, __, raw?: string[]) => {
      this.#answered = true;
      queue.push({ type: 'head', status: statusOf(raw), headers: pairs(raw) });
      // The body is pulled by the reader, so that a slow one is felt at the other end.
      stream.on('readable', () => queue.wake());
    });
    stream.on('trailers', (_, __, raw?: string[]) => {
      this.#trailers = pairs(raw);
    });
    stream.on('end', () => {
      // Node also ends what was reset.
      if (stream.rstCode === constants.NGHTTP2_NO_ERROR && this.#answered)
        queue.push({ type: 'end', trailers: this.#trailers });
    });
    // Told by the close, which follows.
    stream.on('error', () => {});
    stream.on('close', () => queue.push({ type: this.#answered ? 'aborted' : 'closed' }));
    return stream;
  }

  async write(data: Uint8Array): Promise<void> {
    const stream = this.#begun ?? (await this.#stream);
    if (!stream || stream.destroyed || stream.writableEnded) return;
    await new Promise<void>((resolve) => void stream.write(data, () => resolve()));
  }

  end(trailers: Fields = []): void {
    const fields: OutgoingHttpHeaders = {};
    for (const [name, value] of trailers) fields[name.toLowerCase()] = value;
    const end = (stream: ClientHttp2Stream | undefined) => {
      if (!stream || stream.destroyed) return;
      stream.on('wantTrailers', () => stream.sendTrailers(fields));
      stream.end();
    };
    if (this.#begun) end(this.#begun);
    else void this.#stream.then(end);
  }

  async taken(): Promise<void> {
    if (await this.#stream) await this.#session.ping();
  }

  reset(): void {
    if (!this.#responses.over) this.#begun?.close(constants.NGHTTP2_CANCEL);
    this.#responses.push({ type: 'closed' });
  }

  [Symbol.asyncIterator](): AsyncIterator<ClientResponse> {
    return this.#responses[Symbol.asyncIterator]();
  }

  #pull(): ClientResponse | undefined {
    const data: Buffer | null = this.#answered ? (this.#begun?.read() ?? null) : null;
    if (!data) return undefined;
    const { buffer, byteOffset, byteLength } = data;
    return { type: 'body', data: new Uint8Array(buffer, byteOffset, byteLength) };
  }
}

/** The head as a flat list, which keeps order and duplicates. */
function fieldsOf(authority: string, request: ClientRequest): string[] {
  const { method, target, headers, protocol } = request;
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? authority;
  // RFC 9113 section 8.5: CONNECT has neither scheme nor path, and its target is the authority.
  const fields =
    method === 'CONNECT' && protocol === undefined
      ? [':method', method, ':authority', target]
      : [':method', method, ':scheme', 'http', ':path', target, ':authority', host];
  if (protocol !== undefined) fields.push(':protocol', protocol);
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!OF_HTTP1.has(lower)) fields.push(lower, value);
  }
  return fields;
}

function statusOf(raw: readonly string[] = []): number {
  return Number(raw[raw.indexOf(':status') + 1]);
}

/** Node's flat list as pairs, without the pseudo-header fields. */
function pairs(raw: readonly string[] = []): [string, string][] {
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    if (!name.startsWith(':')) fields.push([name, raw[i + 1] as string]);
  }
  return fields;
}
