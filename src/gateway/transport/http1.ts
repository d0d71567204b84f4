// HTTP/1.1 and 1.0 over sockets: one exchange at a time on each connection, from the octets of a request to those of its
// response, and the connection's own limits of time. The codec is `../http1/`; what an exchange means is the gateway's.

import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Address, Fields, Tls } from '../../interface/index.ts';
import type { Output, ReadableFile } from '../conversation/output.ts';
import { type Refusal, refusalResponse } from '../conversation/request.ts';
import { httpDate } from '../date.ts';
import { type Gateway, isRefusal } from '../gateway.ts';
import {
  CHUNK_END,
  chunkHead,
  type Framing,
  type Http1Head,
  Http1RequestReader,
  lastChunk,
  responseHead,
} from '../http1/index.ts';
import type { Exchange, LossCause, Wire } from '../wire.ts';
import { SocketWriter, type WriterListener } from './socket-writer.ts';

/** What is known of a connection before its first request. */
export interface ConnectionFacts {
  readonly peer: Address | null;
  readonly local_address: Address | null;
  /** Null where this end has no TLS. */
  readonly tls: Tls | null;
  /** When the connection was made, as a stamp of the gateway's clock: a TLS handshake counts. Default: now. */
  readonly since?: number;
  /** What was read of it already. */
  readonly alreadyRead?: Buffer;
  /** Resets the connection (RFC 9293 section 3.5.2), where the system can. */
  readonly reset?: () => void;
}

/** The ends of a socket's connection. Those of a Unix socket have its `path`. */
export function endsOf(
  { remoteAddress, remotePort, localAddress, localPort }: Socket,
  transport: 'tcp' | 'tls' | 'unix',
  path = '',
): { readonly peer: Address; readonly local_address: Address } {
  const end = (address = path, port: number | null = null): Address =>
    Object.freeze({ transport, address, port });
  return { peer: end(remoteAddress, remotePort), local_address: end(localAddress, localPort) };
}

export interface Http1Options {
  /** Most calls of the application under way for one connection (security.concurrency-bounded). Default 100. */
  readonly calls?: number;
}

export interface Http1Acceptor {
  /** Serves a connection. The socket allows half-open, has no listener for `data`, and becomes the acceptor's. */
  accept(socket: Duplex, facts: ConnectionFacts): void;
  /** Winds the connections up (drain.connections). Harmless a second time. */
  drain(): void;
  /** Breaks every connection off. */
  destroy(): void;
  /** Connections that are there. */
  readonly size: number;
}

/** RFC 9112 section 9.6: how long, and how much, is discarded behind the last response. */
const LINGER_MS = 1000;
const LINGER_OCTETS = 262_144;

/** Makes what serves HTTP/1 connections for a gateway that was started. */
export function createHttp1Acceptor(gateway: Gateway, options: Http1Options = {}): Http1Acceptor {
  const connections = new Set<Http1Connection>();
  const { clock } = gateway;
  let unwatch: (() => void) | undefined;
  let draining = false;
  const host: Http1Host = {
    gateway,
    calls: options.calls ?? 100,
    get draining() {
      return draining || gateway.draining;
    },
    gone(connection) {
      connections.delete(connection);
      if (connections.size > 0) return;
      unwatch?.();
      unwatch = undefined;
    },
  };
  const look = () => {
    for (const connection of connections) connection.look();
  };
  return {
    accept(socket, facts) {
      unwatch ??= clock.watch(look);
      connections.add(new Http1Connection(socket, host, facts));
    },
    drain() {
      draining = true;
      for (const connection of connections) connection.drain();
    },
    destroy() {
      for (const connection of connections) connection.destroy();
    },
    get size() {
      return connections.size;
    },
  };
}

/** What all connections share. */
interface Http1Host {
  readonly gateway: Gateway;
  readonly calls: number;
  readonly draining: boolean;
  gone(connection: Http1Connection): void;
}

/**
 * Where a connection stands. `idle`: no request is under way, but perhaps part of a head. `exchange`: one is. `raw`: it
 * carries a WebSocket or a tunnel. `closing`: the own side has ended, or will behind what waits, and what arrives is
 * dropped. `gone`: there is no connection.
 */
type Phase = 'idle' | 'exchange' | 'raw' | 'closing' | 'gone';

/** What Node's sockets have below them, as far as it is there. */
interface ReadingHandle {
  reading: boolean;
  readStart(): unknown;
  readStop(): unknown;
}

const NO_BODY: Framing = { kind: 'none' };
const CHUNKED: Framing = { kind: 'chunked' };
const RAW: Framing = { kind: 'raw' };
const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';
const EXPECTS_CONTINUE = /(?:^|,)[ \t]*100-continue[ \t]*(?:,|$)/i;
const CLOSE = /(?:^|,)[ \t]*close[ \t]*(?:,|$)/i;
const KEEP_ALIVE = /(?:^|,)[ \t]*keep-alive[ \t]*(?:,|$)/i;

class Http1Connection implements WriterListener {
  readonly #socket: Duplex;
  readonly #host: Http1Host;
  readonly #facts: ConnectionFacts;
  readonly #scheme: 'http' | 'https';
  readonly #reader: Http1RequestReader;
  readonly writer: SocketWriter;
  #phase: Phase = 'idle';
  /** The exchange under way, or the one that the connection was handed over to. */
  #wire: Http1Wire | undefined;
  /** Calls of the application that have not ended; those of answered requests count too. */
  #calls = 0;
  /** The first octet of a request has come, on this connection and in this phase `idle`. */
  #carried = false;
  #begun = false;
  /** The peer has ended its side. */
  #peerEnded = false;
  #stopped = false;
  #stoppedHandle: ReadingHandle | undefined;
  #scheduled = false;
  /** What the limit of time of the phase is measured from, as a stamp. */
  #since: number;
  /** In the phase `closing`. */
  #endsBehind = false;
  #lingerMs = LINGER_MS;
  #linger = LINGER_OCTETS;
  #cause: LossCause = 'connection_lost';

  constructor(socket: Duplex, host: Http1Host, facts: ConnectionFacts) {
    this.#socket = socket;
    this.#host = host;
    this.#facts = facts;
    this.#scheme = facts.tls ? 'https' : 'http';
    this.#since = facts.since ?? host.gateway.clock.stamp;
    this.#reader = new Http1RequestReader(host.gateway.limits);
    this.writer = new SocketWriter(socket, this);
    socket.on('data', this.#onData);
    socket.on('end', this.#onEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    if (facts.alreadyRead) this.#onData(facts.alreadyRead);
    if (socket.readableEnded) this.#onEnd();
  }

  get draining(): boolean {
    return this.#host.draining;
  }

  /** Whether octets have come behind what was read as this request. */
  get crowded(): boolean {
    return this.#reader.buffered > 0;
  }

  /** Whether `wire` is that of the exchange under way. */
  carries(wire: Http1Wire): boolean {
    return this.#wire === wire && this.#phase !== 'gone';
  }

  // The acceptor's side.

  /** Looks at the limits of time (proposal 6, “Time”). */
  look(): void {
    const { clock, limits, draining, remaining } = this.#host.gateway;
    switch (this.#phase) {
      case 'idle': {
        if (this.#begun) {
          if (clock.passed(this.#since, limits.head_ms)) this.#refuseUnread(HEAD_LATE);
          return;
        }
        // What a peer that has calls under way has sent already, it does not owe.
        if (this.#calls >= this.#host.calls && this.#reader.buffered > 0) return;
        // security.head-time-silent, drain.served
        const most = this.#carried ? limits.keep_alive_ms : limits.head_ms;
        if (clock.passed(this.#since, most) || (draining && remaining === 0)) this.#close();
        return;
      }
      case 'exchange': {
        const wire = this.#wire as Http1Wire;
        if (wire.requestOver || wire.paused || wire.withholds || wire.awaitsAnswer) return;
        if (clock.passed(this.#since, limits.idle_ms)) this.#giveUp(wire, 'timeout', 408);
        return;
      }
      case 'closing':
        // On a connection that is to be closed no request can begin: it is not to hold up the end of the process.
        if (clock.passed(this.#since, draining ? LINGER_MS : this.#lingerMs)) this.destroy();
        return;
    }
  }

  /** drain.connections: closes if a request was carried and none is under way. */
  drain(): void {
    if (this.#phase === 'idle' && this.#carried && !this.#begun && this.#reader.buffered === 0)
      this.#close();
  }

  /** Ends both directions at once; `reset`: visibly, where the system can say it. */
  destroy(reset = false): void {
    this.writer.drop();
    this.#phase = 'gone';
    if (reset) this.#facts.reset?.();
    this.#socket.destroy();
  }

  // The socket's side.

  readonly #onData = (data: Buffer): void => {
    switch (this.#phase) {
      case 'closing':
        this.#linger -= data.length;
        if (this.#linger < 0) this.destroy();
        return;
      case 'gone':
        return;
      case 'raw':
      case 'exchange':
        this.#since = this.#host.gateway.clock.stamp;
    }
    // drain.served: nothing that begins behind the deadline.
    const { draining, remaining } = this.#host.gateway;
    if (this.#phase === 'idle' && !this.#begun && draining && remaining === 0) {
      this.#close();
      return;
    }
    this.#reader.push(data);
    this.#read();
  };

  readonly #onEnd = (): void => {
    this.#peerEnded = true;
    this.#read();
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') this.#cause = 'peer_reset';
  };

  readonly #onClose = (): void => {
    const wire = this.#wire;
    const phase = this.#phase;
    this.writer.drop();
    if (wire && phase !== 'closing') this.#readRest(wire);
    this.#phase = 'gone';
    wire?.exchange?.lost(this.#cause);
    this.#host.gone(this);
  };

  // The writer's side.

  onTaken(): void {
    if (this.#phase === 'gone') return;
    this.#wire?.exchange?.taken();
    if (this.#endsBehind && this.writer.idle) this.writer.end();
    this.advance();
  }

  onFileLost(error: unknown): void {
    this.writer.drop();
    this.#wire?.exchange?.fileLost(error);
    this.destroy();
  }

  // The side of the exchange.

  /** Goes on reading, but not from within a call of the exchange. */
  readLater(): void {
    this.#since = this.#host.gateway.clock.stamp;
    if (this.#scheduled) return;
    this.#scheduled = true;
    process.nextTick(this.#readNow);
  }

  readonly #readNow = (): void => {
    this.#scheduled = false;
    this.#read();
  };

  callEnded(): void {
    this.#calls--;
    if (this.#phase === 'exchange') this.advance();
    else if (this.#phase === 'idle' && (this.#reader.buffered > 0 || this.#peerEnded))
      this.readLater();
  }

  /** Moves on where the response under way is over and the system has taken it. */
  advance(): void {
    const wire = this.#wire;
    if (!wire?.responseOver || this.#phase !== 'exchange' || !this.writer.idle) return;
    if (wire.awaitsAnswer && !wire.last) {
      // tunnel.early-data, websocket.early-octets: what came before the answer was whole is no request.
      if (this.#reader.buffered > 0) wire.last = true;
      else {
        wire.awaitsAnswer = false;
        this.#reader.expect(NO_BODY);
        this.#reader.next();
        wire.requestOver = true;
      }
    }
    if (wire.last) {
      // http.duplex: the rest of the request is still the application's, if it wants it.
      if (wire.wantsMore) this.writer.end();
      else this.#close();
      return;
    }
    if (!wire.requestOver) return;
    // drain.served: what began behind a response that did not say otherwise.
    if (this.draining && this.#reader.buffered === 0) {
      this.#close();
      return;
    }
    this.#wire = undefined;
    this.#phase = 'idle';
    this.#begun = false;
    this.#since = this.#host.gateway.clock.stamp;
    if (this.#reader.buffered > 0 || this.#peerEnded) this.readLater();
  }

  /** The connection is the WebSocket's or tunnel's from here on. */
  handOver(wire: Http1Wire): void {
    wire.awaitsAnswer = false;
    wire.requestOver = true;
    this.#phase = 'raw';
    this.#reader.expect(RAW);
    this.readLater();
  }

  /** websocket.transport-close, websocket.close-timeout: the peer has its whole time to end its side. */
  closeWebSocket(): void {
    this.#lingerMs = this.#host.gateway.limits.idle_ms;
    this.#linger = Number.POSITIVE_INFINITY;
    this.#close();
  }

  // Within.

  /** Makes what it can of what was read, and reads on or leaves the socket alone (flow.input-bounded). */
  #read(): void {
    let reads = true;
    while (reads) {
      switch (this.#phase) {
        case 'idle':
          reads = this.#readHead();
          break;
        case 'exchange':
          reads = this.#readBody(this.#wire as Http1Wire);
          break;
        case 'raw':
          this.#readOctets(this.#wire as Http1Wire);
          reads = false;
          break;
        default:
          return;
      }
    }
    if (this.#reader.buffered > 0 && this.#isBlocked()) this.#stop();
    else if (this.#stopped) this.#go();
  }

  /** Whether what was read has to wait, rather than for more. */
  #isBlocked(): boolean {
    const wire = this.#wire;
    if (!wire) return this.#calls >= this.#host.calls;
    return this.#phase === 'raw'
      ? wire.paused
      : wire.requestOver || wire.paused || wire.awaitsAnswer;
  }

  #stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    const socket = this.#socket;
    socket.pause();
    // Node would read once more into its own buffer. This is what it does itself where that buffer is the user's.
    const { _handle: handle } = socket as { _handle?: ReadingHandle | null };
    if (handle?.reading !== true || typeof handle.readStop !== 'function') return;
    handle.reading = false;
    handle.readStop();
    this.#stoppedHandle = handle;
  }

  #go(): void {
    this.#stopped = false;
    const handle = this.#stoppedHandle;
    this.#stoppedHandle = undefined;
    if (handle?.reading === false && !this.#socket.destroyed) {
      handle.reading = true;
      handle.readStart();
    }
    this.#socket.resume();
  }

  /** @returns whether a request began */
  #readHead(): boolean {
    // security.concurrency-refused: on HTTP/1 a further request is not read.
    if (this.#calls >= this.#host.calls) return false;
    const event = this.#reader.next();
    if (event?.type === 'head') {
      this.#begin(event.head);
      return true;
    }
    if (event?.type === 'error') this.#refuseUnread(event as Refusal);
    else if (this.#peerEnded) this.#close();
    else if (!this.#begun && this.#reader.state === 'head') {
      this.#begun = true;
      this.#carried = true;
      this.#since = this.#host.gateway.clock.stamp;
    }
    return false;
  }

  #begin({ http_version, method, target, headers }: Http1Head): void {
    const { peer, local_address, tls } = this.#facts;
    this.#carried = true;
    this.#begun = false;
    const wire = new Http1Wire(this, http_version === '1.0', method === 'CONNECT');
    const framing = wire.readHeaders(headers);
    const outcome = this.#host.gateway.request(
      {
        http_version,
        method,
        scheme: this.#scheme,
        target,
        headers,
        peer,
        local_address,
        tls,
      },
      wire,
    );
    if (isRefusal(outcome)) {
      this.#refuse(outcome, method !== 'HEAD');
      return;
    }
    wire.exchange = outcome;
    this.#calls++;
    this.#wire = wire;
    this.#phase = 'exchange';
    if (outcome.type !== 'http') {
      wire.awaitsAnswer = true;
      return;
    }
    this.#reader.expect(framing);
    if (framing.kind !== 'none') {
      this.#since = this.#host.gateway.clock.stamp;
      return;
    }
    this.#reader.next();
    wire.requestOver = true;
    outcome.end();
  }

  /** @returns whether there can be more to read now */
  #readBody(wire: Http1Wire): boolean {
    if (wire.requestOver || wire.paused || wire.awaitsAnswer) return false;
    const exchange = wire.exchange as Exchange;
    const event = this.#reader.next();
    switch (event?.type) {
      case 'body':
        wire.withholds = false;
        exchange.octets(event.data);
        return true;
      case 'end':
        wire.withholds = false;
        wire.requestOver = true;
        exchange.end(event.trailers);
        this.advance();
        return true;
      case 'error':
        if (event.status === 413 || event.status === 431) this.#giveUp(wire, 'limit', event.status);
        else this.#giveUp(wire, 'protocol_error', 400);
        return false;
    }
    if (this.#peerEnded) this.#lostWithin(wire);
    return false;
  }

  #readOctets(wire: Http1Wire): void {
    const exchange = wire.exchange as Exchange;
    const { receive_buffer_octets: most } = this.#host.gateway.limits;
    while (this.#reader.buffered > 0 && !wire.paused && !wire.ended && this.#phase === 'raw') {
      const data = this.#reader.take();
      if (data.length <= most) exchange.octets(data);
      else {
        this.#reader.push(Buffer.from(data.buffer, data.byteOffset + most, data.length - most));
        exchange.octets(data.subarray(0, most));
      }
    }
    if (!this.#peerEnded || wire.paused || wire.ended || this.#phase !== 'raw') return;
    wire.ended = true;
    // tunnel.end-given-once: over TLS, Node does not tell an end with a closing alert from one without. Both pass for it.
    exchange.end();
    // There is no half-close of a WebSocket: behind what waits, a Close frame perhaps (websocket.close-frame), it ends.
    if (exchange.type !== 'websocket') return;
    if (this.writer.idle) this.writer.end();
    else this.#endsBehind = true;
  }

  /** http.closed.after-data: what was read before the connection went is the application's, if it wants it. */
  #readRest(wire: Http1Wire): void {
    const exchange = wire.exchange as Exchange;
    if (this.#phase === 'raw' && !wire.ended && this.#reader.buffered > 0)
      exchange.octets(this.#reader.take());
    if (this.#phase !== 'exchange' || wire.requestOver || wire.awaitsAnswer) return;
    for (;;) {
      const event = this.#reader.next();
      if (event?.type === 'body') exchange.octets(event.data);
      else {
        if (event?.type === 'end') exchange.end(event.trailers);
        return;
      }
    }
  }

  /** An end of the connection within a request is the loss of the peer (proposal 10, “Refusing and giving up”). */
  #lostWithin(wire: Http1Wire): void {
    wire.requestOver = true;
    wire.last = true;
    wire.exchange?.lost('connection_lost');
    // What was accepted of the response goes on being written.
    if (wire.responseOver) this.advance();
    else this.destroy();
  }

  /** security.given-up-answer */
  #giveUp(
    wire: Http1Wire,
    cause: 'limit' | 'protocol_error' | 'timeout',
    status: 400 | 408 | 413 | 431,
  ): void {
    wire.requestOver = true;
    wire.last = true;
    wire.exchange?.giveUp(cause, status);
    this.advance();
  }

  /** Refuses a request of which there is no whole head. The gateway hears of it for its traces and logs. */
  #refuseUnread(refusal: Refusal): void {
    this.#refuse(refusal);
    this.#host.gateway.refused(refusal, {
      http_version: '1.1',
      ...this.#reader.requestLine,
      peer: this.#facts.peer,
    });
  }

  /** security.refusal-order: everything before it was answered and taken. */
  #refuse(refusal: Refusal, withBody = true): void {
    const { headers, data } = refusalResponse(refusal);
    this.writer.text(responseHead(refusal.status, headers, `${date()}connection: close\r\n`));
    if (withBody) this.writer.octets(data);
    this.#close();
  }

  /** RFC 9112 section 9.6. */
  #close(): void {
    if (this.#phase === 'closing' || this.#phase === 'gone') return;
    this.#phase = 'closing';
    this.#since = this.#host.gateway.clock.stamp;
    this.writer.end();
    if (this.#stopped) this.#go();
  }
}

const HEAD_LATE: Refusal = {
  status: 408,
  requirement: 'security.head-time',
  message: 'the head of the request was not complete in time',
};

/** One exchange as the gateway sees it: frames its response, and says when both its halves are over. */
class Http1Wire implements Wire {
  exchange: Exchange | undefined;
  /** Nothing more of the request is read. */
  requestOver = false;
  /** Nothing more of the response is written. */
  responseOver = false;
  /** The connection closes behind this exchange (security.nothing-after-last). */
  last: boolean;
  /** The input buffer is full. */
  paused = false;
  /** The peer waits for a 100 that was not sent. */
  withholds = false;
  /** What follows the head depends on the answer: a WebSocket, a tunnel, or another request. */
  awaitsAnswer = false;
  /** After the connection was handed over: the exchange was told that the peer has ended its side. */
  ended = false;
  readonly #connection: Http1Connection;
  readonly #connect: boolean;
  readonly #http10: boolean;
  #discards = false;
  #chunked = false;
  #closeDelimited = false;
  #written = 0;

  constructor(connection: Http1Connection, http10: boolean, connect: boolean) {
    this.#connection = connection;
    this.#http10 = http10;
    this.#connect = connect;
    // RFC 9112 section 9.3: a connection of HTTP/1.0 stays only on request.
    this.last = http10;
  }

  /** Whether the application may yet ask for what is still to come of the request. */
  get wantsMore(): boolean {
    return (
      !this.requestOver &&
      !this.#discards &&
      !this.withholds &&
      !this.awaitsAnswer &&
      this.exchange?.running === true
    );
  }

  /** Takes from the header fields what concerns the connection. The gateway has yet to judge them. */
  readHeaders(headers: Fields): Framing {
    let framing = NO_BODY;
    let closes = false;
    for (let i = 0; i < headers.length; i++) {
      const [name, value] = headers[i] as readonly [string, string];
      switch (name) {
        case 'connection':
          closes ||= CLOSE.test(value);
          if (this.#http10 && KEEP_ALIVE.test(value)) this.last = false;
          break;
        case 'content-length':
          framing = { kind: 'length', length: Number(value) };
          break;
        case 'transfer-encoding':
          framing = CHUNKED;
          break;
        case 'expect':
          if (!this.#http10 && EXPECTS_CONTINUE.test(value)) this.withholds = true;
      }
    }
    // Behind a CONNECT there is no request (tunnel.early-data).
    if (closes || this.#connect) this.last = true;
    if (framing === NO_BODY || (framing.kind === 'length' && framing.length === 0))
      this.withholds = false;
    return framing;
  }

  get waiting(): number {
    if (this.#written === 0 || !this.#connection.carries(this)) return 0;
    return this.#connection.writer.waiting;
  }

  get written(): number {
    return this.#written;
  }

  pause(): void {
    this.paused = true;
  }

  resume(): void {
    this.paused = false;
    if (this.#connection.carries(this)) this.#connection.readLater();
  }

  callEnded(): void {
    this.#connection.callEnded();
  }

  write(output: Output): void {
    const connection = this.#connection;
    if (!connection.carries(this)) {
      if (output.do === 'file') output.file.close();
      return;
    }
    const { writer } = connection;
    switch (output.do) {
      case 'continue':
        this.withholds = false;
        this.#text(CONTINUE);
        connection.readLater();
        return;
      case 'informational':
        this.#text(responseHead(output.status, output.headers, ''));
        return;
      case 'head':
        this.#head(output);
        return;
      case 'body': {
        const { data } = output;
        if (this.#chunked) this.#text(chunkHead(data.length));
        this.#written += data.length;
        writer.octets(data);
        if (this.#chunked) this.#text(CHUNK_END);
        return;
      }
      case 'file':
        if (this.#chunked && output.length > 0) this.#text(chunkHead(output.length));
        this.#written += output.length;
        writer.file(output.file as ReadableFile, output.length);
        if (this.#chunked && output.length > 0) this.#text(CHUNK_END);
        return;
      case 'end':
        if (this.#chunked) this.#text(lastChunk(output.trailers));
        this.responseOver = true;
        writer.flush();
        connection.advance();
        return;
      case 'abort':
        // The end of the connection would pass for the end of the body. Elsewhere it shows, behind what was written.
        if (this.#closeDelimited) connection.destroy(true);
        else {
          writer.flush();
          connection.destroy();
        }
        return;
      case 'refuse':
        connection.destroy();
        return;
      case 'discard':
        this.#discards = true;
        if (this.responseOver) connection.advance();
        else connection.readLater();
        return;
      case 'switch':
        this.#text(responseHead(output.status, output.headers, ''));
        connection.handOver(this);
        return;
      case 'octets':
        this.#written += output.data.length;
        writer.octets(output.data, false);
        return;
      case 'shut':
        writer.end();
        return;
      case 'close':
        connection.closeWebSocket();
        return;
      case 'drop':
        connection.destroy(output.reset);
        return;
    }
  }

  #text(text: string): void {
    this.#written += text.length;
    this.#connection.writer.text(text);
  }

  #head({ status, headers, length, content, last }: Output & { do: 'head' }): void {
    const connection = this.#connection;
    let own = isDated(headers) ? '' : date();
    if (content && length === null) {
      if (this.#http10) {
        this.#closeDelimited = true;
        this.last = true;
      } else {
        this.#chunked = true;
        own += 'transfer-encoding: chunked\r\n';
      }
    } else if (status === 205 && length === null) own += 'content-length: 0\r\n';
    if (last) {
      // Given up: what is left of the request is not read.
      this.requestOver = true;
      this.last = true;
    }
    // Whether the peer sends a body that waits for its 100 cannot be known (RFC 9110 section 10.1.1).
    if (this.withholds || connection.draining || (this.awaitsAnswer && connection.crowded))
      this.last = true;
    if (this.last) own += 'connection: close\r\n';
    else if (this.#http10) own += 'connection: keep-alive\r\n';
    this.#text(responseHead(status, headers, own));
  }
}

function isDated(headers: Fields): boolean {
  for (let i = 0; i < headers.length; i++) if (headers[i]?.[0] === 'date') return true;
  return false;
}

let day = '';
let dateLine = '';

/** The line of http.date, made once a second. */
function date(): string {
  const now = httpDate();
  if (now !== day) {
    day = now;
    dateLine = `date: ${now}\r\n`;
  }
  return dateLine;
}
