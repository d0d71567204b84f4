// What a peer asks of a gateway and gets from it, whatever carries it. How is up to the clients of `clients/`, which
// implement the interfaces here; the classes are what cases use.

import type { Fields } from '../interface/index.ts';
import { AUTHORITY, MARK } from './names.ts';

export interface PeerRequest {
  /** Default `GET`; `POST` if there is a body. */
  readonly method?: string;
  /** Default `/`. */
  readonly target?: string;
  /** `host` or `:authority`. Default `conformance.example`; null leaves it out. */
  readonly authority?: string | null;
  /** Fields behind `host` and the mark of the case. */
  readonly headers?: Fields;
  /** A whole body; its length is declared, unless the headers say how it is framed. */
  readonly body?: string | Uint8Array;
  /** More is to come: `write` and `end`. On HTTP/1 the body is chunked, unless the headers declare its length. */
  readonly open?: boolean;
  /** Default `1.1`; HTTP/2 has but one. */
  readonly version?: '1.0' | '1.1';
  /** `:protocol` of an extended CONNECT, on HTTP/2. */
  readonly protocol?: string;
}

/** What a client makes of a request: all fields are there. */
export interface WholeRequest {
  readonly method: string;
  readonly target: string;
  readonly authority: string | null;
  readonly headers: Fields;
  readonly body: Uint8Array | undefined;
  readonly open: boolean;
  readonly version: '1.0' | '1.1';
  readonly protocol: string | undefined;
}

/**
 * What comes from the gateway. `end` and `broken` are the last. `broken`: the stream or connection was over before the
 * response was; `reset` where the system said so or the stream was reset, with the code of HTTP/2, else `closed`.
 */
export type Received =
  | { readonly type: 'informational'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'head'; readonly status: number; readonly headers: Fields }
  | { readonly type: 'body'; readonly data: Uint8Array }
  | { readonly type: 'end'; readonly trailers: Fields }
  | { readonly type: 'broken'; readonly how: 'reset' | 'closed'; readonly code?: number };

/** A response read to its end. */
export interface Whole {
  /** 0 if there was no head. */
  readonly status: number;
  readonly headers: Fields;
  readonly body: Uint8Array;
  /** The body as UTF-8. */
  readonly text: string;
  readonly trailers: Fields;
  readonly informational: readonly { readonly status: number; readonly headers: Fields }[];
  /** `end` for a whole response. */
  readonly ending: 'end' | 'reset' | 'closed';
  /** Code of the reset, on HTTP/2. */
  readonly code: number | undefined;
}

/** What a client does for one request. Reading is on demand: what is not asked for is not taken from the system. */
export interface StreamClient {
  /** A piece of the body, or octets of an accepted WebSocket or tunnel. Resolves when the system has taken it. */
  write(data: Uint8Array): Promise<void>;
  /** Ends the client's direction. On HTTP/1, of a tunnel: the end of its connection's sending side. */
  end(trailers: Fields): Promise<void>;
  /** Breaks off: resets the stream, with a code of HTTP/2, or the TCP connection. */
  reset(code: number | undefined): void;
  /** Leaves without a word: the connection ends in order, although the exchange is not over. */
  leave(): void;
  next(): Promise<Received>;
  /** How the connection (HTTP/1) or the stream (HTTP/2) has ended, once it has. */
  closed(): Promise<{ readonly how: 'ended' | 'reset'; readonly code?: number }>;
}

export interface ConnectionClient {
  request(request: WholeRequest): Promise<StreamClient>;
  /** How the connection has ended, once it has. On HTTP/2 with the code of the last GOAWAY. */
  closed(): Promise<{ readonly how: 'ended' | 'reset'; readonly code?: number }>;
  /** Ends the connection in order; `reset`: as if the peer had crashed. */
  close(reset: boolean): void;
}

/** Octets of a TCP connection, for what no well-behaved client sends. */
export interface RawClient {
  write(data: Uint8Array): Promise<void>;
  /** Ends the sending side. */
  end(): void;
  reset(): void;
  /** The next octets, or how the connection has ended. */
  read(): Promise<Uint8Array | 'ended' | 'reset'>;
}

/** One way to a gateway. */
export interface Client {
  readonly version: '1.1' | '2';
  connect(): Promise<ConnectionClient>;
  /** Undefined where there are no octets. */
  readonly raw: (() => Promise<RawClient>) | undefined;
  /** Breaks off whatever is open. */
  close(): Promise<void>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

function octets(data: string | Uint8Array): Uint8Array {
  return typeof data === 'string' ? encoder.encode(data) : data;
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(pieces));
}

/** The first value of a field, by its lowercase name. */
export function field(fields: Fields, name: string): string | undefined {
  return fields.find(([found]) => found === name)?.[1];
}

/** All values of a field. */
export function values(fields: Fields, name: string): readonly string[] {
  return fields.filter(([found]) => found === name).map(([, value]) => value);
}

/** Of a request's or a response's fields those that a case has given, and not those that client or gateway add. */
export function ownFields(fields: Fields): Fields {
  const added = [
    MARK,
    'host',
    'content-length',
    'transfer-encoding',
    'connection',
    'keep-alive',
    'date',
    'server',
  ];
  return fields.filter(([name]) => !added.includes(name));
}

/** One request and what comes back. */
export class Stream {
  readonly #client: StreamClient;
  #head: (Received & { type: 'head' }) | undefined;
  readonly #informational: { status: number; headers: Fields }[] = [];
  #last: Received | undefined;
  #rest: Uint8Array = new Uint8Array();

  constructor(client: StreamClient) {
    this.#client = client;
  }

  /** Writes a piece of the body, or octets of what was accepted. Resolves when the system has taken it. */
  write(data: string | Uint8Array): Promise<void> {
    return this.#client.write(octets(data));
  }

  end(trailers: Fields = []): Promise<void> {
    return this.#client.end(trailers);
  }

  reset(code?: number): void {
    this.#client.reset(code);
  }

  leave(): void {
    this.#client.leave();
  }

  closed(): Promise<{ readonly how: 'ended' | 'reset'; readonly code?: number }> {
    return this.#client.closed();
  }

  /** The next that comes. After the last it is given again. */
  async next(): Promise<Received> {
    if (this.#last) return this.#last;
    const received = await this.#client.next();
    if (received.type === 'end' || received.type === 'broken') this.#last = received;
    else if (received.type === 'head') this.#head = received;
    else if (received.type === 'informational') {
      this.#informational.push({ status: received.status, headers: received.headers });
    }
    return received;
  }

  /** The head of the final response, or of the acceptance. @throws Error if the stream was broken before */
  async head(): Promise<{ readonly status: number; readonly headers: Fields }> {
    while (!this.#head) {
      const received = await this.next();
      if (received.type === 'broken') throw new Error(`no response: ${inWords(received)}`);
    }
    return this.#head;
  }

  /** So many octets of the body, or of what was accepted. @throws Error if there are not so many */
  async read(count: number): Promise<Uint8Array> {
    const pieces = [this.#rest];
    let size = this.#rest.length;
    while (size < count) {
      const received = await this.next();
      if (received.type === 'body') {
        pieces.push(received.data);
        size += received.data.length;
      } else if (received.type !== 'head' && received.type !== 'informational') {
        throw new Error(`${size} of ${count} octets, and then: ${inWords(received)}`);
      }
    }
    const all = joined(pieces);
    this.#rest = all.subarray(count);
    return all.subarray(0, count);
  }

  /** The same as text. */
  async readText(count: number): Promise<string> {
    return decoder.decode(await this.read(count));
  }

  /** Reads to the end, however it comes. */
  async whole(): Promise<Whole> {
    const pieces = [this.#rest];
    this.#rest = new Uint8Array();
    for (;;) {
      const received = await this.next();
      if (received.type === 'body') pieces.push(received.data);
      if (received.type !== 'end' && received.type !== 'broken') continue;
      const body = joined(pieces);
      return {
        status: this.#head?.status ?? 0,
        headers: this.#head?.headers ?? [],
        body,
        text: decoder.decode(body),
        trailers: received.type === 'end' ? received.trailers : [],
        informational: this.#informational,
        ending: received.type === 'end' ? 'end' : received.how,
        code: received.type === 'end' ? undefined : received.code,
      };
    }
  }
}

function inWords(received: Received): string {
  if (received.type !== 'broken') return `\`${received.type}\``;
  return received.code === undefined ? received.how : `${received.how} with code ${received.code}`;
}

/** Several requests on one connection. */
export class Connection {
  readonly #client: ConnectionClient;
  readonly #mark: Fields;

  constructor(client: ConnectionClient, mark: Fields) {
    this.#client = client;
    this.#mark = mark;
  }

  async request(request: PeerRequest = {}): Promise<Stream> {
    const { body, headers = [] } = request;
    const data = body === undefined ? undefined : octets(body);
    const framed = headers.some(([name]) => FRAMING.has(name));
    return new Stream(
      await this.#client.request({
        method: request.method ?? (data || request.open ? 'POST' : 'GET'),
        target: request.target ?? '/',
        authority: request.authority === undefined ? AUTHORITY : request.authority,
        headers: [
          ...this.#mark,
          ...headers,
          ...(data && !framed ? [['content-length', String(data.length)] as const] : []),
        ],
        body: data,
        open: request.open ?? false,
        version: request.version ?? '1.1',
        protocol: request.protocol,
      }),
    );
  }

  /** A request with its whole response. */
  async fetch(request: PeerRequest = {}): Promise<Whole> {
    return (await this.request(request)).whole();
  }

  closed(): Promise<{ readonly how: 'ended' | 'reset'; readonly code?: number }> {
    return this.#client.closed();
  }

  close(): void {
    this.#client.close(false);
  }

  reset(): void {
    this.#client.close(true);
  }
}

const FRAMING: ReadonlySet<string> = new Set(['content-length', 'transfer-encoding']);

/** Octets of a TCP connection, with a few ways to read them. */
export class Raw {
  readonly #client: RawClient;
  #rest: Uint8Array = new Uint8Array();
  #how: 'ended' | 'reset' | undefined;

  constructor(client: RawClient) {
    this.#client = client;
  }

  /** Text is written in latin-1: one octet a character. */
  write(data: string | Uint8Array): Promise<void> {
    return this.#client.write(
      typeof data === 'string' ? new Uint8Array(Buffer.from(data, 'latin1')) : data,
    );
  }

  end(): void {
    this.#client.end();
  }

  reset(): void {
    this.#client.reset();
  }

  /** Reads up to and with a text (latin-1). @throws Error with what came, if the connection ends before */
  async until(text: string): Promise<string> {
    const found = await this.take((all) => {
      const at = Buffer.from(all).indexOf(text, 0, 'latin1');
      return at < 0 ? undefined : at + text.length;
    });
    if (!found) {
      const seen = JSON.stringify(latin1(this.#rest));
      throw new Error(`the connection has ${this.#how} before ${JSON.stringify(text)}: ${seen}`);
    }
    return latin1(found);
  }

  /** Exactly so many octets; undefined if the connection ends before. */
  read(count: number): Promise<Uint8Array | undefined> {
    return this.take((all) => (all.length < count ? undefined : count));
  }

  /** Everything up to the end of the connection, as latin-1 text, and how it has ended. */
  async rest(): Promise<{ readonly text: string; readonly how: 'ended' | 'reset' }> {
    await this.take(() => undefined);
    const text = latin1(this.#rest);
    this.#rest = new Uint8Array();
    return { text, how: this.#how ?? 'ended' };
  }

  /** Takes as many octets as `measure` says once it says a number; undefined if the connection ends before. */
  async take(measure: (octets: Uint8Array) => number | undefined): Promise<Uint8Array | undefined> {
    for (;;) {
      const count = measure(this.#rest);
      if (count !== undefined) {
        const taken = this.#rest.subarray(0, count);
        this.#rest = this.#rest.subarray(count);
        return taken;
      }
      if (this.#how) return undefined;
      const read = await this.#client.read();
      if (typeof read === 'string') this.#how = read;
      else this.#rest = joined([this.#rest, read]);
    }
  }
}

function latin1(data: Uint8Array): string {
  return Buffer.from(data).toString('latin1');
}
