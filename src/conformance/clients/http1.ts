// An HTTP/1.1 client for tests: small, strict in what it takes, independent of the gateway's own codec. What breaks RFC
// 9112 is an error, never repaired.

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

/** A way to a gateway that listens on a TCP port. */
export function http1Client(host: string, port: number): Client {
  const sockets = new Set<SocketClient>();
  const dial = async () => {
    const socket = await SocketClient.open(host, port);
    sockets.add(socket);
    return socket;
  };
  return {
    version: '1.1',
    connect: async () => new Http1Connection(await dial()),
    raw: async (): Promise<RawClient> => dial(),
    async close() {
      for (const { socket } of sockets) socket.destroy();
    },
  };
}

class Http1Connection implements ConnectionClient {
  readonly #socket: SocketClient;
  readonly #input: Input;
  /** Resolves when the response before has been read: responses come in order. */
  #turn: Promise<void> = Promise.resolve();

  constructor(socket: SocketClient) {
    this.#socket = socket;
    this.#input = new Input(socket);
  }

  async request(request: WholeRequest): Promise<StreamClient> {
    const { method, target, authority, headers, body, open, version } = request;
    const fields = [...(authority === null ? [] : [['host', authority] as const]), ...headers];
    const has = (name: string) => fields.some(([found]) => found.toLowerCase() === name);
    const framed = has('content-length') || has('transfer-encoding');
    const switches = method === 'CONNECT' || has('upgrade');
    const chunked = open && !framed && !switches && version === '1.1';
    if (chunked) fields.push(['transfer-encoding', 'chunked']);
    const before = this.#turn;
    let done = () => {};
    this.#turn = new Promise((resolve) => {
      done = resolve;
    });
    const asChunks = chunked || fields.some(isChunked);
    const stream = new Http1Stream(this.#socket, this.#input, method, asChunks, before, done);
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    const head = Buffer.from(`${method} ${target} HTTP/${version}\r\n${lines}\r\n`, 'latin1');
    await this.#socket.write(body && !asChunks ? Buffer.concat([head, body]) : head);
    if (body && asChunks) await stream.write(body);
    if (!open) await stream.end([]);
    return stream;
  }

  closed(): Promise<{ readonly how: 'ended' | 'reset' }> {
    return this.#input.closed();
  }

  close(reset: boolean): void {
    if (reset) this.#socket.reset();
    else this.#socket.socket.destroy();
  }
}

function isChunked([name, value]: readonly [string, string]): boolean {
  return name.toLowerCase() === 'transfer-encoding' && /chunked$/i.test(value);
}

type Framing =
  | { readonly kind: 'none' }
  | { readonly kind: 'length'; left: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' }
  /** Octets after a 101, or an accepted CONNECT. */
  | { readonly kind: 'switched' };

class Http1Stream implements StreamClient {
  readonly #socket: SocketClient;
  readonly #input: Input;
  readonly #method: string;
  readonly #chunked: boolean;
  readonly #before: Promise<void>;
  readonly #done: () => void;
  #framing: Framing | undefined;
  /** Octets that the chunk under way has yet to give. */
  #chunk = 0;
  #inChunks = false;

  constructor(
    socket: SocketClient,
    input: Input,
    method: string,
    chunked: boolean,
    before: Promise<void>,
    done: () => void,
  ) {
    this.#socket = socket;
    this.#input = input;
    this.#method = method;
    this.#chunked = chunked;
    this.#before = before;
    this.#done = done;
  }

  write(data: Uint8Array): Promise<void> {
    if (!this.#chunked || this.#framing?.kind === 'switched') return this.#socket.write(data);
    if (data.length === 0) return Promise.resolve();
    const size = Buffer.from(`${data.length.toString(16)}\r\n`);
    return this.#socket.write(Buffer.concat([size, data, Buffer.from('\r\n')]));
  }

  async end(trailers: Fields): Promise<void> {
    if (this.#framing?.kind === 'switched') this.#socket.end();
    else if (this.#chunked) {
      const lines = trailers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      await this.#socket.write(Buffer.from(`0\r\n${lines}\r\n`, 'latin1'));
    }
  }

  reset(): void {
    this.#socket.reset();
  }

  leave(): void {
    this.#socket.socket.destroy();
  }

  closed(): Promise<{ readonly how: 'ended' | 'reset' }> {
    return this.#input.closed();
  }

  async next(): Promise<Received> {
    await this.#before;
    const received = await this.#read();
    if (received.type === 'end' || received.type === 'broken') this.#done();
    return received;
  }

  async #read(): Promise<Received> {
    const input = this.#input;
    if (!this.#framing) return (await this.#head()) ?? broken(input);
    const framing = this.#framing;
    switch (framing.kind) {
      case 'none':
        return { type: 'end', trailers: [] };
      case 'length': {
        if (framing.left === 0) return { type: 'end', trailers: [] };
        const data = await input.some(framing.left);
        if (!data) return broken(input);
        framing.left -= data.length;
        return { type: 'body', data };
      }
      case 'chunked':
        return (await this.#chunkOrEnd()) ?? broken(input);
      case 'close':
      case 'switched': {
        const data = await input.some(Number.POSITIVE_INFINITY);
        if (data) return { type: 'body', data };
        return input.how === 'reset' ? broken(input) : { type: 'end', trailers: [] };
      }
    }
  }

  /** Undefined if the connection has ended before the head has. */
  async #head(): Promise<Received | undefined> {
    const input = this.#input;
    const first = await input.line();
    if (first === undefined) return undefined;
    const [, digits] = /^HTTP\/1\.1 (\d{3}) [\t\x20-\x7e\x80-\xff]*$/.exec(first) ?? [];
    if (digits === undefined) throw new Error(`not a status line: ${JSON.stringify(first)}`);
    const status = Number(digits);
    const headers = await input.fields();
    if (!headers) return undefined;
    if (status < 200 && status !== 101) return { type: 'informational', status, headers };
    this.#framing = this.#framingOf(status, headers);
    return { type: 'head', status, headers };
  }

  /** RFC 9112 section 6.3. */
  #framingOf(status: number, headers: Fields): Framing {
    const all = (name: string) => headers.filter(([found]) => found === name);
    const lengths = all('content-length');
    const codings = all('transfer-encoding');
    if (status === 101 || (this.#method === 'CONNECT' && status < 300)) {
      if (lengths.length + codings.length > 0) throw new Error('an acceptance has framing fields');
      this.#socket.keepsOpen = true;
      return { kind: 'switched' };
    }
    if (lengths.length > 1) throw new Error('the response has two lengths');
    if (lengths.length + codings.length > 1)
      throw new Error('the framing of the response is unclear');
    if (this.#method === 'HEAD' || status === 204 || status === 304) return { kind: 'none' };
    const [coding] = codings;
    if (coding) {
      if (coding[1] !== 'chunked') throw new Error(`the transfer coding ${coding[1]} is not known`);
      return { kind: 'chunked' };
    }
    const [length] = lengths;
    if (!length) return { kind: 'close' };
    if (!/^\d+$/.test(length[1])) throw new Error(`${JSON.stringify(length[1])} is not a length`);
    return { kind: 'length', left: Number(length[1]) };
  }

  /** Undefined if the connection has ended before. */
  async #chunkOrEnd(): Promise<Received | undefined> {
    const input = this.#input;
    if (this.#chunk === 0) {
      if (this.#inChunks && (await input.line()) !== '') return undefined;
      this.#inChunks = true;
      const line = await input.line();
      if (line === undefined) return undefined;
      if (!/^[0-9A-Fa-f]+$/.test(line))
        throw new Error(`not a chunk size: ${JSON.stringify(line)}`);
      this.#chunk = Number.parseInt(line, 16);
      if (this.#chunk === 0) {
        const trailers = await input.fields();
        return trailers && { type: 'end', trailers };
      }
    }
    const data = await input.some(this.#chunk);
    if (!data) return undefined;
    this.#chunk -= data.length;
    return { type: 'body', data };
  }
}

function broken({ how }: Input): Received {
  return { type: 'broken', how: how === 'reset' ? 'reset' : 'closed' };
}

/** The octets of a connection, taken in lines and pieces. */
class Input {
  readonly #socket: SocketClient;
  #rest: Buffer = Buffer.alloc(0);
  /** How the connection has ended, once it is seen. */
  how: 'ended' | 'reset' | undefined;

  constructor(socket: SocketClient) {
    this.#socket = socket;
  }

  /** A line without its CR LF; undefined if the connection ends before. */
  async line(): Promise<string | undefined> {
    for (;;) {
      const at = this.#rest.indexOf('\n');
      if (at >= 0) {
        const line = this.#rest.toString('latin1', 0, at + 1);
        this.#rest = this.#rest.subarray(at + 1);
        if (!line.endsWith('\r\n'))
          throw new Error(`a line ends with LF alone: ${JSON.stringify(line)}`);
        return line.slice(0, -2);
      }
      if (!(await this.#more())) return undefined;
    }
  }

  /** Fields up to an empty line, names in lowercase; undefined if the connection ends before. */
  async fields(): Promise<Fields | undefined> {
    const fields: (readonly [string, string])[] = [];
    for (;;) {
      const line = await this.line();
      if (line === undefined) return undefined;
      if (line === '') return fields;
      const [, name, value] =
        /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\0\r\n]*?)[ \t]*$/.exec(line) ?? [];
      if (name === undefined || value === undefined) {
        throw new Error(`not a field: ${JSON.stringify(line)}`);
      }
      fields.push([name.toLowerCase(), value]);
    }
  }

  /** One octet or more, as they come, and at most so many; undefined at the end of the connection. */
  async some(most: number): Promise<Uint8Array | undefined> {
    if (this.#rest.length === 0 && !(await this.#more())) return undefined;
    const data = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(data.length);
    return new Uint8Array(data);
  }

  async closed(): Promise<{ readonly how: 'ended' | 'reset' }> {
    if (this.#rest.length > 0 || (await this.#more())) {
      throw new Error(`octets that belong to no response: ${this.#rest.toString('latin1')}`);
    }
    return { how: this.how ?? 'ended' };
  }

  async #more(): Promise<boolean> {
    if (this.how) return false;
    const read = await this.#socket.read();
    if (typeof read === 'string') {
      this.how = read;
      return false;
    }
    this.#rest = Buffer.concat([this.#rest, read]);
    return true;
  }
}
