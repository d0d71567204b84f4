// A client that calls a gateway in the same process, through the memory transport.

import type { Gateway } from '../../gateway/index.ts';
import {
  type MemoryExchange,
  type MemoryResponse,
  requestInMemory,
} from '../../gateway/transport/memory.ts';
import type { Fields } from '../../interface/index.ts';
import type { Client, ConnectionClient, Received, StreamClient, WholeRequest } from '../stream.ts';

/** A way into a gateway of this process. Each request is a connection of its own. */
export function memoryClient(gateway: Gateway): Client {
  const streams = new Set<MemoryStream>();
  return {
    version: '1.1',
    raw: undefined,
    async connect(): Promise<ConnectionClient> {
      return {
        async request(request) {
          const stream = new MemoryStream(gateway, request);
          streams.add(stream);
          return stream;
        },
        closed: () => Promise.reject(new Error(NO_CONNECTION)),
        close: () => {},
      };
    },
    async close() {
      for (const stream of streams) stream.reset();
    },
  };
}

const NO_CONNECTION = 'the driver memory has no connection: leave it out in `drivers`';

class MemoryStream implements StreamClient {
  readonly #exchange: MemoryExchange;
  readonly #responses: AsyncIterator<MemoryResponse>;

  constructor(gateway: Gateway, request: WholeRequest) {
    const { method, target, authority, headers, body, open, version } = request;
    this.#exchange = requestInMemory(gateway, {
      method,
      target,
      headers: [...(authority === null ? [] : [['host', authority] as const]), ...headers],
      http_version: version,
    });
    this.#responses = this.#exchange[Symbol.asyncIterator]();
    if (body) void this.#exchange.write(body);
    if (!open) this.#exchange.end();
  }

  write(data: Uint8Array): Promise<void> {
    return this.#exchange.write(data);
  }

  async end(trailers: Fields): Promise<void> {
    this.#exchange.end(trailers);
  }

  reset(): void {
    this.#exchange.reset('peer_reset');
  }

  leave(): void {
    this.#exchange.reset('connection_lost');
  }

  closed(): Promise<never> {
    return Promise.reject(new Error(NO_CONNECTION));
  }

  async next(): Promise<Received> {
    const { value, done } = await this.#responses.next();
    if (done || value.type === 'closed') return { type: 'broken', how: 'closed' };
    if (value.type === 'aborted') return { type: 'broken', how: 'reset' };
    return value;
  }
}
