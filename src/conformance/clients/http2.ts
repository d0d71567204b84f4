// An HTTP/2 client for tests, on Node's: well-behaved requests over it, and octets for all others (see http2-frames.ts).

import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants } from 'node:http2';
import { connect as dial } from 'node:net';
import type { Fields } from '../../interface/index.ts';
import type {
  Client,
  ConnectionClient,
  RawClient,
  Received,
  StreamClient,
  WholeRequest,
} from '../stream.ts';
import { SocketClient } from './socket.ts';

/** A way to a gateway that takes HTTP/2 with prior knowledge (RFC 9113 section 3.3) on a TCP port. */
export function http2Client(host: string, port: number): Client {
  const sockets = new Set<SocketClient>();
  const connections = new Set<Http2Connection>();
  return {
    version: '2',
    async connect() {
      const connection = await Http2Connection.open(host, port);
      connections.add(connection);
      return connection;
    },
    async raw(): Promise<RawClient> {
      const socket = await SocketClient.open(host, port);
      sockets.add(socket);
      return socket;
    },
    async close() {
      for (const { socket } of sockets) socket.destroy();
      for (const connection of connections) connection.close(false);
    },
  };
}

class Http2Connection implements ConnectionClient {
  readonly #session: ClientHttp2Session;
  readonly #closed: Promise<{ readonly how: 'ended' | 'reset'; readonly code?: number }>;

  private constructor(session: ClientHttp2Session) {
    this.#session = session;
    let goaway: number | undefined;
    let reset = false;
    session.on('goaway', (code) => {
      goaway = code;
    });
    session.on('error', (error: NodeJS.ErrnoException) => {
      reset ||= error.code === 'ECONNRESET';
    });
    this.#closed = new Promise((resolve) => {
      session.once('close', () =>
        resolve({
          how: reset ? 'reset' : 'ended',
          ...(goaway === undefined ? {} : { code: goaway }),
        }),
      );
    });
  }

  /** Waits for the settings of the gateway: without them nobody knows whether it takes an extended CONNECT. */
  static open(host: string, port: number): Promise<Http2Connection> {
    return new Promise((resolve, reject) => {
      const session = connect(`http://${host}:${port}`, {
        createConnection: () => dial({ host, port, noDelay: true }),
      });
      session.once('error', reject);
      session.once('remoteSettings', () => {
        session.off('error', reject);
        resolve(new Http2Connection(session));
      });
    });
  }

  async request(request: WholeRequest): Promise<StreamClient> {
    const { method, target, authority, headers, body, open, protocol } = request;
    const plainConnect = method === 'CONNECT' && protocol === undefined;
    const fields: (readonly [string, string])[] = [
      [':method', method],
      ...(authority === null ? [] : [[':authority', authority] as const]),
      ...(plainConnect
        ? []
        : ([
            [':scheme', 'http'],
            [':path', target],
          ] as const)),
      ...(protocol === undefined ? [] : [[':protocol', protocol] as const]),
      ...headers,
    ];
    const stream = this.#session.request(fields.flat(), {
      endStream: !open && body === undefined,
      waitForTrailers: true,
    });
    const client = new Http2Stream(stream, this.#session);
    if (body) await client.write(body);
    if (!open && body) await client.end([]);
    return client;
  }

  closed(): Promise<{ readonly how: 'ended' | 'reset'; readonly code?: number }> {
    return this.#closed;
  }

  close(reset: boolean): void {
    if (reset) this.#session.socket.resetAndDestroy();
    this.#session.destroy();
  }
}

class Http2Stream implements StreamClient {
  readonly #stream: ClientHttp2Stream;
  readonly #session: ClientHttp2Session;
  /** What has come, the octets apart: they are taken on demand. */
  readonly #heads: Received[] = [];
  #trailers: Fields = [];
  #sendTrailers: Fields = [];
  #ended = false;
  #over = false;
  /** The connection was gone before the stream was over. */
  #lost = false;
  #waiting: (() => void) | undefined;
  readonly #closed: Promise<void>;

  constructor(stream: ClientHttp2Stream, session: ClientHttp2Session) {
    this.#stream = stream;
    this.#session = session;
    const look = () => this.#waiting?.();
    const informational = (status: number, raw: readonly string[]) => {
      this.#heads.push({ type: 'informational', status, headers: pairs(raw) });
      look();
    };
    stream.on('continue', () => informational(100, []));
    stream.on('headers', (headers, _flags, raw: string[] = []) =>
      // A 100 has an event of its own.
      Number(headers[':status']) === 100
        ? undefined
        : informational(Number(headers[':status']), raw),
    );
    stream.on('response', (headers, _flags, raw: string[] = []) => {
      this.#heads.push({ type: 'head', status: Number(headers[':status']), headers: pairs(raw) });
      look();
    });
    stream.on('trailers', (_headers, _flags, raw: string[] = []) => {
      this.#trailers = pairs(raw);
    });
    stream.on('wantTrailers', () => stream.sendTrailers(objectOf(this.#sendTrailers)));
    stream.on('readable', look);
    stream.on('end', () => {
      this.#ended = true;
      look();
    });
    // What was wrong is told by the code.
    stream.on('error', () => {});
    this.#closed = new Promise((resolve) => {
      stream.on('close', () => {
        this.#over = true;
        this.#lost = session.destroyed && !this.#ended;
        look();
        resolve();
      });
    });
  }

  write(data: Uint8Array): Promise<void> {
    if (!this.#stream.writable) return Promise.resolve();
    return new Promise((resolve) => void this.#stream.write(data, () => resolve()));
  }

  async end(trailers: Fields): Promise<void> {
    this.#sendTrailers = trailers;
    this.#stream.end();
  }

  reset(code: number | undefined): void {
    this.#stream.close(code ?? constants.NGHTTP2_CANCEL);
  }

  leave(): void {
    this.#session.destroy();
  }

  async closed(): Promise<{ readonly how: 'ended' | 'reset'; readonly code: number }> {
    await this.#closed;
    const code = this.#stream.rstCode;
    return { how: code === 0 ? 'ended' : 'reset', code };
  }

  async next(): Promise<Received> {
    const stream = this.#stream;
    for (;;) {
      const head = this.#heads.shift();
      if (head) return head;
      const data = stream.read() as Buffer | null;
      if (data) return { type: 'body', data: new Uint8Array(data) };
      if (this.#ended || this.#over) {
        // Node takes a stream that was reset, and one whose connection is gone, for ended.
        if (this.#lost) return { type: 'broken', how: 'closed' };
        const code = stream.rstCode;
        if (code !== constants.NGHTTP2_NO_ERROR) return { type: 'broken', how: 'reset', code };
        if (this.#ended) return { type: 'end', trailers: this.#trailers };
        return { type: 'broken', how: 'closed' };
      }
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }
}

/** Node's flat list without pseudo-header fields. */
function pairs(raw: readonly string[]): Fields {
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) {
    const name = raw[i] as string;
    if (!name.startsWith(':')) fields.push([name, raw[i + 1] as string]);
  }
  return fields;
}

/** Fields as Node takes trailers: a list where a name occurs more than once. */
function objectOf(fields: Fields): Record<string, string[]> {
  const object: Record<string, string[]> = {};
  for (const [name, value] of fields) object[name] = [...(object[name] ?? []), value];
  return object;
}
