// Connects the client to a server over TCP, in HTTP/1. On bare sockets: what a scenario says goes out as it is written,
// and `node:http` neither speaks HTTP/1.0 nor ends its direction behind a request.

import { connect, type Socket } from 'node:net';
import type {
  ClientConnection,
  ClientRequest,
  ClientResponse,
  Dial,
  Fields,
} from './connection.ts';
import { Http1ResponseReader } from './http1-response.ts';
import { ResponseQueue } from './response-queue.ts';

/** In which a server that is not busy reads what has arrived. */
const TAKEN_MS = 20;

/** Dials `host:port`, one TCP connection for each request. */
export function dialNode(host: string, port: number): Dial {
  return (request) => new Http1Connection(host, port, request);
}

class Http1Connection implements ClientConnection {
  readonly #socket: Socket;
  readonly #reader: Http1ResponseReader;
  readonly #responses = new ResponseQueue(() => this.#pull());
  readonly #chunked: boolean;
  readonly #opens: boolean;
  /** The server has ended its direction; the connection is gone. */
  #ended = false;
  #gone = false;

  constructor(host: string, port: number, request: ClientRequest) {
    const { method, target, headers, version = '1.1', opens = false } = request;
    this.#reader = new Http1ResponseReader(method);
    this.#opens = opens;
    this.#chunked = !opens && headers.some(isChunked);
    const socket = connect({ host, port, noDelay: true, allowHalfOpen: true });
    this.#socket = socket;
    socket.on('readable', () => {
      // The end of the connection is told only to who reads, and a slow reader may not.
      if (socket.readableLength === 0) socket.read(0);
      this.#responses.wake();
    });
    socket.on('end', () => {
      this.#ended = true;
      this.#responses.wake();
    });
    // Told by the close, which follows.
    socket.on('error', () => {});
    socket.on('close', () => {
      this.#gone = true;
      this.#responses.wake();
    });
    socket.write(`${method} ${target} HTTP/${version}\r\n${linesOf(headers)}\r\n`, 'latin1');
  }

  write(data: Uint8Array): Promise<void> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      if (!socket.writable) return resolve();
      if (!this.#chunked) return void socket.write(data, () => resolve());
      // An empty chunk would be the last one.
      if (data.length === 0) return void socket.write('', () => resolve());
      socket.cork();
      socket.write(`${data.length.toString(16)}\r\n`, 'latin1');
      socket.write(data);
      socket.write('\r\n', 'latin1', () => resolve());
      socket.uncork();
    });
  }

  end(trailers: Fields = []): void {
    if (this.#opens) this.#socket.end();
    else if (this.#chunked && this.#socket.writable)
      this.#socket.write(`0\r\n${linesOf(trailers)}\r\n`, 'latin1');
  }

  halfClose(): void {
    this.#socket.end();
  }

  /** HTTP/1 has nothing to ask a server with, so it is given a moment. */
  taken(): Promise<void> {
    return new Promise((resolve) => void setTimeout(resolve, TAKEN_MS));
  }

  reset(): void {
    // A socket that merely closes could be half-closed for all that the server can see (http.half-close).
    if (this.#responses.over) this.#socket.destroy();
    else this.#socket.resetAndDestroy();
    this.#responses.push({ type: 'closed' });
  }

  /** A server sees the end of its peer's direction, and more once it writes (http.half-close). */
  close(): void {
    this.#socket.destroy();
    this.#responses.push({ type: 'closed' });
  }

  [Symbol.asyncIterator](): AsyncIterator<ClientResponse> {
    return this.#responses[Symbol.asyncIterator]();
  }

  #pull(): ClientResponse | undefined {
    for (;;) {
      const response = this.#reader.next();
      if (response) return response;
      const data: Buffer | null = this.#socket.read();
      if (data) {
        const { buffer, byteOffset, byteLength } = data;
        this.#reader.push(new Uint8Array(buffer, byteOffset, byteLength));
      } else if (this.#ended || this.#gone) return this.#reader.ended(this.#ended);
      else return undefined;
    }
  }
}

/** RFC 9112 section 6.1: the last coding. */
function isChunked([name, value]: readonly [string, string]): boolean {
  return /^transfer-encoding$/i.test(name) && /(?:^|,)[ \t]*chunked[ \t]*$/i.test(value);
}

function linesOf(fields: Fields): string {
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
}
