// Connects the client to a server over HTTP/2, with `node:http2`. Without TLS: the server is known to speak it.

import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  constants,
  type OutgoingHttpHeaders,
} from 'node:http2';
import type { ClientConnection, ClientRequest, ClientResponse, Dial } from './run.ts';

/** Dials `host:port`, one connection for all requests, and another once it has closed. */
export function dialHttp2(host: string, port: number): Dial {
  const authority = `${host.includes(':') ? `[${host}]` : host}:${port}`;
  let session: ClientHttp2Session | undefined;
  return (request) => {
    if (!session || session.closed || session.destroyed) {
      session = connect(`http://${authority}`);
      // Told to each request.
      session.on('error', () => {});
    }
    return new Http2Connection(session, authority, request);
  };
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
  readonly #stream: ClientHttp2Stream;
  readonly #queue: ClientResponse[] = [];
  #answered = false;
  #trailers: [string, string][] = [];
  #wake: (() => void) | undefined;
  #over = false;

  constructor(
    session: ClientHttp2Session,
    authority: string,
    { method, target, headers }: ClientRequest,
  ) {
    // A flat list keeps order and duplicates.
    const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1] ?? authority;
    const fields = [':method', method, ':scheme', 'http', ':path', target, ':authority', host];
    for (const [name, value] of headers) {
      const lower = name.toLowerCase();
      if (!OF_HTTP1.has(lower)) fields.push(lower, value);
    }
    const stream = session.request(fields, { endStream: false, waitForTrailers: true });
    this.#stream = stream;
    stream.on('headers', (_, __, raw?: string[]) => {
      this.#push({ type: 'informational', status: statusOf(raw), headers: pairs(raw) });
    });
    stream.on('response', (_, __, raw?: string[]) => {
      this.#answered = true;
      this.#push({ type: 'head', status: statusOf(raw), headers: pairs(raw) });
      // The body is pulled by the reader, so that a slow one is felt at the other end.
      stream.on('readable', () => this.#wake?.());
    });
    stream.on('trailers', (_, __, raw?: string[]) => {
      this.#trailers = pairs(raw);
    });
    stream.on('end', () => {
      // Node also ends what was reset.
      if (stream.rstCode === constants.NGHTTP2_NO_ERROR && this.#answered)
        this.#finish({ type: 'end', trailers: this.#trailers });
    });
    // Told by the close, which follows.
    stream.on('error', () => {});
    stream.on('close', () => this.#finish({ type: this.#answered ? 'aborted' : 'closed' }));
  }

  write(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#stream.destroyed || this.#stream.writableEnded) resolve();
      else this.#stream.write(data, () => resolve());
    });
  }

  end(trailers: readonly (readonly [string, string])[] = []): void {
    const stream = this.#stream;
    const fields: OutgoingHttpHeaders = {};
    for (const [name, value] of trailers) fields[name.toLowerCase()] = value;
    stream.on('wantTrailers', () => stream.sendTrailers(fields));
    stream.end();
  }

  reset(): void {
    if (!this.#over) this.#stream.close(constants.NGHTTP2_CANCEL);
    this.#finish({ type: 'closed' });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ClientResponse> {
    for (;;) {
      const data: Buffer | null =
        this.#answered &&
        this.#queue[0]?.type !== 'informational' &&
        this.#queue[0]?.type !== 'head'
          ? this.#stream.read()
          : null;
      if (data) {
        const { buffer, byteOffset, byteLength } = data;
        yield { type: 'body', data: new Uint8Array(buffer, byteOffset, byteLength) };
      } else {
        const response = this.#queue.shift();
        if (response) yield response;
        else if (this.#over) return;
        else {
          await new Promise<void>((resolve) => (this.#wake = resolve));
          this.#wake = undefined;
        }
      }
    }
  }

  #push(response: ClientResponse): void {
    if (this.#over) return;
    this.#queue.push(response);
    this.#wake?.();
  }

  #finish(response: ClientResponse): void {
    this.#push(response);
    this.#over = true;
  }
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
