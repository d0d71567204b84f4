// Connects the client to a server over real sockets, with `node:http`.

import {
  request as httpRequest,
  type IncomingMessage,
  type ClientRequest as NodeRequest,
} from 'node:http';
import type { ClientConnection, ClientRequest, ClientResponse, Dial } from './run.ts';

/** Dials `host:port`, one TCP connection for each request. */
export function dialNode(host: string, port: number): Dial {
  return (request) => new NodeConnection(host, port, request);
}

class NodeConnection implements ClientConnection {
  readonly #request: NodeRequest;
  readonly #queue: ClientResponse[] = [];
  #response: IncomingMessage | undefined;
  #wake: (() => void) | undefined;
  #over = false;

  constructor(host: string, port: number, { method, target, headers }: ClientRequest) {
    this.#request = httpRequest({
      host,
      port,
      method,
      path: target,
      agent: false,
      setHost: false,
      // A flat list keeps case, order and duplicates.
      headers: [...headers.flat(), 'Connection', 'close'],
    });
    this.#request.on('information', ({ statusCode, rawHeaders }) => {
      this.#push({ type: 'informational', status: statusCode, headers: pairs(rawHeaders) });
    });
    this.#request.on('response', (response) => {
      this.#response = response;
      this.#push({
        type: 'head',
        status: response.statusCode ?? 0,
        headers: pairs(response.rawHeaders),
      });
      // The body is pulled by the reader, so that a slow one is felt at the other end.
      response.on('readable', () => this.#wake?.());
      response.on('end', () =>
        this.#finish({ type: 'end', trailers: pairs(response.rawTrailers) }),
      );
      response.on('error', () => this.#finish({ type: 'aborted' }));
    });
    this.#request.on('error', () => this.#finish({ type: this.#response ? 'aborted' : 'closed' }));
    this.#request.on('close', () => this.#finish({ type: this.#response ? 'aborted' : 'closed' }));
    // Sends the head now. `flushHeaders` would too, but in UTF-8, and field values are octets.
    this.#request.write(new Uint8Array());
  }

  write(data: Uint8Array): Promise<void> {
    return new Promise((resolve) => {
      if (this.#request.destroyed) resolve();
      else this.#request.write(data, () => resolve());
    });
  }

  end(trailers: readonly (readonly [string, string])[] = []): void {
    if (trailers.length > 0) this.#request.addTrailers(trailers as [string, string][]);
    this.#request.end();
  }

  reset(): void {
    // A socket that merely closes could be half-closed for all that the server can see (http.half-close).
    if (!this.#over) this.#request.socket?.resetAndDestroy();
    this.#request.destroy();
    this.#finish({ type: 'closed' });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<ClientResponse> {
    for (;;) {
      const data: Buffer | null = this.#queue.length > 0 ? null : (this.#response?.read() ?? null);
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

/** Node's flat list as pairs, names in lowercase. */
function pairs(raw: readonly string[]): [string, string][] {
  const fields: [string, string][] = [];
  for (let i = 0; i + 1 < raw.length; i += 2)
    fields.push([(raw[i] as string).toLowerCase(), raw[i + 1] as string]);
  return fields;
}
