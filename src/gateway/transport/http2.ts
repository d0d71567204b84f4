// HTTP/2 on `node:http2`, over connections that a listener has found to speak it. Turns Node's sessions and streams into
// exchanges of the gateway and keeps the limits of a connection; what an exchange means is the gateway's.
//
// Node's HTTP/2 is nghttp2, which shows this side sections and data but no frames. What it decides alone, and otherwise
// than proposal 10 asks: a field whose name or value breaks the syntax is left out, and nobody told
// (security.stream-malformed, security.request-field-syntax). A section of more than nine frames, or with one text longer
// than 65,536 octets, ends the connection whatever the limits (security.limits-head, security.floods). Malformed requests
// are counted over the life of a connection and not over 10 seconds (security.floods).

import { read } from 'node:fs';
import {
  constants,
  type OutgoingHttpHeaders,
  performServerHandshake,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Socket } from 'node:net';
import type { Address, Fields, Tls } from '../../interface/index.ts';
import type { AbortCode, Output } from '../conversation/output.ts';
import { type Refusal, type RequestHead, refusalResponse } from '../conversation/request.ts';
import type { NodeFile } from '../files.ts';
import { type Gateway, isRefusal } from '../gateway.ts';
import type { Exchange, LossCause, Wire } from '../wire.ts';
import type { ConnectionFacts } from './http1.ts';

export interface Http2Options {
  /** Most calls of the application under way for one connection (security.concurrency-bounded). Default 100. */
  readonly calls?: number;
  /** Streams that a peer may reset, or have reset, within 10 seconds (security.floods). Default 200. */
  readonly resets?: number;
}

export interface Http2Acceptor {
  /**
   * Serves a connection whose peer speaks HTTP/2: by ALPN over TLS, or by its preface, of which `facts.alreadyRead` may
   * be a part. The socket has no listener for `data`, its TLS handshake is complete, and it becomes the acceptor's.
   */
  accept(socket: Socket, facts: ConnectionFacts): void;
  /** Winds the connections up (drain.connections). Harmless a second time. */
  drain(): void;
  /** Breaks every connection off. */
  destroy(): void;
  /** Connections that are there. */
  readonly size: number;
  /** Calls back whenever the last connection has gone. */
  onEmpty(listener: () => void): void;
}

const {
  NGHTTP2_NO_ERROR,
  NGHTTP2_PROTOCOL_ERROR,
  NGHTTP2_INTERNAL_ERROR,
  NGHTTP2_REFUSED_STREAM,
  NGHTTP2_CANCEL,
  NGHTTP2_CONNECT_ERROR,
  NGHTTP2_ENHANCE_YOUR_CALM,
  NGHTTP2_FLAG_END_STREAM,
} = constants;

/** RFC 9113 section 7. */
const CODES: Readonly<Record<AbortCode & string, number>> = {
  internal: NGHTTP2_INTERNAL_ERROR,
  cancel: NGHTTP2_CANCEL,
  connect: NGHTTP2_CONNECT_ERROR,
  protocol: NGHTTP2_PROTOCOL_ERROR,
};

/** How long a peer of a draining gateway has to end a WebSocket that was closed, in milliseconds. */
const LAST_WORDS_MS = 1000;
/** What `security.floods` counts resets in. */
const RESETS_WITHIN_MS = 10_000;
/**
 * Streams that the settings allow beyond the calls. nghttp2 ends the connection of a peer that breaks the setting; this
 * many meet the refusal of `security.concurrency-refused` instead.
 */
const STREAMS_BEYOND_CALLS = 28;
/** Largest piece of output that is under way on one stream: what is behind it is known not to be taken. */
const PIECE = 65_536;
/** Credit of the connection, which is given back when octets arrive (flow.no-sibling-stall). */
const CONNECTION_WINDOW = 1_048_576;
/** Most that Node takes for the size of a section; larger ones it resets (RFC 9113 section 6.5.2 counts 32 a field). */
const LIST_SIZE = 16_777_215;
/** How long a peer may take to answer a ping that asks whether the connection can be read on. */
const PROBE_MS = 5000;
/** How long a connection that was closed waits for the peer to close it too. */
const LINGER_MS = 1000;

/** nghttp2's errors, by `errno`: too many acknowledgements wait; too many CONTINUATION frames. */
const FLOOD_ERRORS: ReadonlySet<unknown> = new Set([-904, -905]);
const ERR_PROTO = -505;

/** Makes what serves HTTP/2 connections for a gateway that was started. */
export function createHttp2Acceptor(gateway: Gateway, options: Http2Options = {}): Http2Acceptor {
  const connections = new Set<Http2Connection>();
  const listeners: (() => void)[] = [];
  let unwatch: (() => void) | undefined;
  let draining = false;
  const host: Http2Host = {
    gateway,
    calls: options.calls ?? 100,
    resets: options.resets ?? 200,
    gone(connection) {
      if (!connections.delete(connection) || connections.size > 0) return;
      unwatch?.();
      unwatch = undefined;
      for (const listener of listeners) listener();
    },
  };
  const look = () => {
    for (const connection of connections) connection.look();
  };
  return {
    accept(socket, facts) {
      unwatch ??= gateway.clock.watch(look);
      const connection = new Http2Connection(socket, host, facts);
      connections.add(connection);
      if (draining || gateway.draining) connection.drain();
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
    onEmpty: (listener) => void listeners.push(listener),
  };
}

/** What all connections share. */
interface Http2Host {
  readonly gateway: Gateway;
  readonly calls: number;
  readonly resets: number;
  gone(connection: Http2Connection): void;
}

/** A ping whose answer is awaited, and with what the connection ends without one. */
interface Probe {
  readonly since: number;
  readonly limit: number;
  readonly cause: LossCause;
}

class Http2Connection {
  readonly host: Http2Host;
  readonly #socket: Socket;
  readonly #session: ServerHttp2Session;
  readonly #scheme: 'http' | 'https';
  readonly #peer: Address | null;
  readonly #local: Address | null;
  readonly #tls: Tls | null;
  /** Streams that are not closed. */
  readonly #wires = new Set<Http2Wire>();
  /** Heads of this turn that wait for what belongs to them. */
  #deferred: Http2Wire[] = [];
  #calls = 0;
  /** When the latest resets were, as a ring (security.floods). */
  #resets: Float64Array | undefined;
  #resetCount = 0;
  /** Why the gateway ends this connection, if it does. */
  #ending: LossCause | undefined;
  /** The error with which the peer has ended it. */
  #peerError: number | undefined;
  #peerEnded = false;

  // Limits of time, as stamps of the clock.
  /** Since when nothing is under way. */
  #since: number;
  #served = false;
  /** Identifier of the latest stream that is known to have come whole, or to have been reset. */
  #known = 0;
  /** Since when the answer to a ping is awaited, and what for. */
  #probe: Probe | undefined;
  /** nghttp2 has reported an error, of a stream or of the connection. */
  #accused = false;
  #bytesWritten = 0;
  #stalledSince: number | undefined;
  #closedSince: number | undefined;
  /** The only stream whose output waited at the last look. */
  #sole: Http2Wire | undefined;

  constructor(socket: Socket, host: Http2Host, facts: ConnectionFacts) {
    const { limits, clock } = host.gateway;
    this.host = host;
    this.#socket = socket;
    this.#scheme = facts.tls ? 'https' : 'http';
    this.#peer = facts.peer;
    this.#local = facts.local_address;
    this.#tls = facts.tls;
    this.#since = facts.since ?? clock.stamp;
    // http.half-close: Node would end its own side as soon as the peer ends the other one.
    socket.allowHalfOpen = true;
    if (facts.alreadyRead && facts.alreadyRead.length > 0) socket.unshift(facts.alreadyRead);
    // Bounds that are not to be met: what they would answer is for the gateway to answer, by the limits of proposal 10.
    const session = performServerHandshake(socket, {
      settings: {
        enableConnectProtocol: true,
        initialWindowSize: Math.min(limits.receive_buffer_octets, 2 ** 31 - 1),
        maxConcurrentStreams: host.calls + STREAMS_BEYOND_CALLS,
        maxHeaderListSize: LIST_SIZE,
      },
      maxHeaderListPairs: 2 * limits.header_octets + limits.header_fields,
      maxSessionMemory: 64,
      // Counted from 0, and asked before the frame is counted.
      maxSessionInvalidFrames: Math.max(0, host.resets - 1),
      maxSessionRejectedStreams: host.resets,
      streamResetBurst: 2 * host.resets,
      streamResetRate: 2 * host.resets,
      strictSingleValueFields: false,
    });
    this.#session = session;
    session.setLocalWindowSize(CONNECTION_WINDOW);
    session.on('stream', (stream, _headers, flags, raw: readonly string[] | undefined) =>
      this.#begin(stream, flags, raw ?? []),
    );
    session.on('goaway', (code: number) => {
      if (code !== NGHTTP2_NO_ERROR) this.#peerError = code;
    });
    // What is told by the end of the session, which follows.
    session.on('error', ignore);
    session.on('frameError', ignore);
    this.#judgeErrors();
    socket.on('end', () => this.#onPeerEnd());
    socket.on('close', () => {
      for (const wire of this.#wires) wire.gone();
      host.gone(this);
    });
  }

  // For the streams.

  get limits() {
    return this.host.gateway.limits;
  }

  get clock() {
    return this.host.gateway.clock;
  }

  /** Why a stream that is gone was lost, with the code of the peer if it gave one. */
  cause(stream: ServerHttp2Stream, complete: boolean): [LossCause, number?] {
    if (this.#ending) return [this.#ending];
    if (this.#peerError !== undefined) return ['peer_reset', this.#peerError];
    const { errored } = this.#socket as { errored?: NodeJS.ErrnoException | null };
    if (errored?.code === 'ECONNRESET' || errored?.code === 'EPIPE') return ['peer_reset'];
    if (this.#session.destroyed || this.#socket.destroyed) return ['connection_lost'];
    const { rstCode } = stream;
    // nghttp2 resets a malformed request as if the peer had. No peer resets its own request with this code.
    if (rstCode === NGHTTP2_PROTOCOL_ERROR && !complete) return ['protocol_error'];
    return ['peer_reset', rstCode];
  }

  /** Has a head written at the end of this turn, unless what belongs to it comes before. */
  defer(wire: Http2Wire): void {
    if (this.#deferred.push(wire) === 1) process.nextTick(this.#onTurn);
  }

  readonly #onTurn = (): void => {
    const wires = this.#deferred;
    this.#deferred = [];
    for (const wire of wires) wire.commit();
  };

  callEnded(): void {
    this.#calls--;
  }

  /** A stream is closed. `reset`: by the peer, or for an error of the peer's. */
  closed(wire: Http2Wire, reset: boolean): void {
    this.#wires.delete(wire);
    if (this.#wires.size === 0) {
      this.#since = this.clock.stamp;
      if (this.#peerEnded) this.#close();
    }
    if (!reset) return;
    this.#accused = false;
    if (!this.#ending && !this.#session.destroyed) this.#countReset();
  }

  // From the listener.

  /** drain.connections: Node has no notice for GOAWAY, so the one that is sent names what has arrived. */
  drain(): void {
    this.#close();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Looks at the limits of time (proposal 6, “Time”; security.head-time). */
  look(): void {
    const { clock, limits } = this;
    const session = this.#session;
    if (session.destroyed || (session.closed && this.#wires.size === 0)) {
      this.#closedSince ??= clock.stamp;
      const limit = session.destroyed || this.#peerEnded ? LINGER_MS : limits.idle_ms;
      if (clock.passed(this.#closedSince, limit)) this.#socket.destroy();
      return;
    }
    const { lastProcStreamID = 0, outboundQueueSize = 0 } = session.state;
    const { bytesWritten } = this.#socket;
    const moved = bytesWritten - this.#bytesWritten;
    this.#bytesWritten = bytesWritten;

    // A connection that takes nothing. Streams have limits of their own for what waits for credit.
    if (outboundQueueSize === 0 || moved > 0) this.#stalledSince = undefined;
    else if (this.#stalledSince === undefined) this.#stalledSince = clock.stamp;
    else if (clock.passed(this.#stalledSince, limits.idle_ms)) {
      this.#end('timeout');
      return;
    }

    if (this.#probe) {
      const { since, limit, cause } = this.#probe;
      if (clock.passed(since, limit)) {
        this.#end(cause);
        return;
      }
    } else if (lastProcStreamID > this.#known) {
      // A section of fields has begun, and its request has not come: it is unfinished, or was malformed. Nothing else
      // can pass within a section, so an answer to a ping tells them apart.
      this.#ask(limits.head_ms, 'timeout', () => {
        this.#known = Math.max(this.#known, lastProcStreamID);
      });
    }

    let sole: Http2Wire | undefined;
    let several = false;
    for (const wire of this.#wires) {
      wire.look();
      if (wire.waiting === 0) continue;
      if (sole) several = true;
      sole = wire;
    }
    sole = several ? undefined : sole;
    if (sole && sole === this.#sole && moved > 0) sole.progressed(moved);
    this.#sole = sole;

    if (this.#wires.size > 0 || this.#probe) return;
    const limit = this.#served ? limits.keep_alive_ms : limits.head_ms;
    if (clock.passed(this.#since, limit)) this.#close();
  }

  // Within.

  /** The peer begins a request. */
  #begin(stream: ServerHttp2Stream, flags: number, raw: readonly string[]): void {
    const id = stream.id ?? 0;
    if (id > this.#known) this.#known = id;
    this.#served = true;
    const whole = (flags & NGHTTP2_FLAG_END_STREAM) !== 0;
    const wire = new Http2Wire(this, stream, whole);
    this.#wires.add(wire);
    if (stream.closed) {
      // It was reset with what else was read: nothing is left to ask the application for.
      wire.gone();
      return;
    }
    const head = this.#readHead(raw);
    if (!head) {
      // security.stream-malformed
      wire.reset(NGHTTP2_PROTOCOL_ERROR, true);
      return;
    }
    if (this.#calls >= this.host.calls) {
      // security.concurrency-refused
      wire.reset(NGHTTP2_REFUSED_STREAM);
      return;
    }
    const outcome = this.host.gateway.request(head, wire);
    if (isRefusal(outcome)) wire.answer(outcome, head.method === 'HEAD');
    else {
      this.#calls++;
      wire.carry(outcome, head.headers);
    }
  }

  /** The head of a request from Node's flat list, or undefined where its authority and its `host` differ. */
  #readHead(raw: readonly string[]): RequestHead | undefined {
    const headers: [string, string][] = [];
    let method = '';
    let path: string | undefined;
    let authority: string | undefined;
    let protocol: string | undefined;
    let cookie: [string, string] | undefined;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = raw[i] as string;
      const value = raw[i + 1] as string;
      if (name.charCodeAt(0) === COLON) {
        // http.headers.no-pseudo
        if (name === ':method') method = value;
        else if (name === ':path') path = value;
        else if (name === ':authority') authority = value;
        else if (name === ':protocol') protocol = value;
      } else if (name === 'cookie') {
        // http.headers.cookie-joined
        if (cookie) cookie[1] += `; ${value}`;
        else {
          cookie = [name, value];
          headers.push(cookie);
        }
      } else {
        if (
          name === 'host' &&
          authority !== undefined &&
          value !== authority &&
          value.toLowerCase() !== authority.toLowerCase()
        )
          return undefined;
        headers.push([name, value]);
      }
    }
    // White space at an end is no part of a value, though a cookie without one leaves it there.
    if (cookie) cookie[1] = cookie[1].replace(OWS_AT_ENDS, '');
    return {
      http_version: '2',
      method,
      scheme: this.#scheme,
      target: path ?? authority ?? '',
      headers,
      peer: this.#peer,
      local_address: this.#local,
      tls: this.#tls,
      ...(authority === undefined ? {} : { authority }),
      ...(protocol === undefined ? {} : { protocol }),
    };
  }

  /** The peer has ended its side of the connection: what it has not said whole is lost (http.half-close). */
  #onPeerEnd(): void {
    this.#peerEnded = true;
    // An answer cannot come any more.
    if (this.#probe) this.#end(this.#probe.cause);
    for (const wire of this.#wires) wire.peerEnded();
    if (this.#wires.size === 0) this.#close();
  }

  /** Ends the connection with a GOAWAY without error, once every request that it covers is answered. */
  #close(): void {
    if (!this.#session.destroyed && !this.#session.closed) this.#session.close();
  }

  /** Gives the connection up, and all that it carries. */
  #end(cause: LossCause, code: number = NGHTTP2_NO_ERROR): void {
    if (this.#session.destroyed) return;
    this.#ending ??= cause;
    for (const wire of this.#wires) wire.lost();
    // Node also takes a number, and then destroys the streams without an error.
    this.#session.destroy(code as unknown as Error);
  }

  #countReset(): void {
    const { resets } = this.host;
    this.#resets ??= new Float64Array(resets + 1).fill(Number.NEGATIVE_INFINITY);
    const now = performance.now();
    this.#resets[this.#resetCount++ % (resets + 1)] = now;
    const first = this.#resets[this.#resetCount % (resets + 1)] as number;
    if (now - first <= RESETS_WITHIN_MS) this.#end('limit', NGHTTP2_ENHANCE_YOUR_CALM);
  }

  /** Asks the peer whether the connection can be read on; without an answer in time it ends. */
  #ask(limit: number, cause: LossCause, answered: () => void): void {
    const probe: Probe = { since: this.clock.stamp, limit, cause };
    this.#probe = probe;
    this.#session.ping((error) => {
      if (error || this.#probe !== probe) return;
      this.#probe = undefined;
      answered();
    });
  }

  /**
   * Finds out whose error nghttp2 has found. If it was a stream's, that is closed in the following turn. If it was the
   * connection's, a GOAWAY is written and nothing is read any more, the answer to a ping included.
   */
  #accuse(): void {
    if (this.#accused) return;
    this.#accused = true;
    if (!this.#probe) this.#ask(PROBE_MS, 'protocol_error', ignore);
    setImmediate(() =>
      setImmediate(() => {
        if (this.#accused) this.#end('protocol_error', NGHTTP2_PROTOCOL_ERROR);
        this.#accused = false;
      }),
    );
  }

  /**
   * Node destroys a session for every error that nghttp2 reports of what was received, with a code that says nothing to
   * the peer. Floods get theirs (security.floods), and an error of one stream, which nghttp2 has dealt with, stays one
   * (security.stream-malformed).
   */
  #judgeErrors(): void {
    const session = this.#session;
    const destroy = session.destroy;
    session.destroy = (error?: Error | number, code?: number) => {
      if (error instanceof Error) {
        const { errno, code: name } = error as NodeJS.ErrnoException;
        if (FLOOD_ERRORS.has(errno) || name === 'ERR_HTTP2_TOO_MANY_INVALID_FRAMES') {
          this.#end('limit', NGHTTP2_ENHANCE_YOUR_CALM);
          return;
        }
        if (errno === ERR_PROTO && !session.destroyed) {
          this.#accuse();
          return;
        }
        if (errno !== undefined && errno <= -500 && errno > -1000)
          this.#ending ??= 'protocol_error';
      }
      destroy.call(session, error as Error, code);
    };
  }
}

/** What is left of a file to send. */
interface FilePart {
  readonly file: NodeFile;
  position: number;
  left: number;
}

type Part = Uint8Array | FilePart;

/** One stream. */
class Http2Wire implements Wire {
  readonly #connection: Http2Connection;
  readonly #stream: ServerHttp2Stream;
  #exchange: Exchange | undefined;

  // What goes out.
  #waiting = 0;
  #written = 0;
  /** Octets of the piece under way that are known to be taken. */
  #progress = 0;
  /** The head, until it is written. */
  #head: (Output & { do: 'head' }) | undefined;
  #begun = false;
  /** What is behind the piece that is under way. */
  #parts: Part[] = [];
  /** Octets that Node was given and has not written; or a file is being read. */
  #underWay = 0;
  #reading = false;
  #buffer: Buffer | undefined;
  #ended = false;
  #finished = false;
  #trailers: Fields = NO_FIELDS;
  /** To be reset without error behind the response. */
  #last = false;

  // What comes in.
  /** The request has come whole. */
  #whole: boolean;
  #arriving: Fields = NO_FIELDS;
  #excess = false;
  #declared: number | undefined;
  #arrived = 0;
  #paused = false;
  /** The stream is lost, and what was read of it is given even to a buffer that is full. */
  #rescues = false;
  /** Last progress of a request that is still arriving when its response is over. */
  #restSince: number | undefined;
  /** With which code a peer is reset that does not end in time. */
  #restCode = NGHTTP2_NO_ERROR;
  /** Within what the end of the peer's side leads to. */
  #hearsEnd = false;

  /** The gateway has reset the stream, or the stream is closed. */
  #over = false;
  #lost = false;
  #gone = false;
  #atFault = false;

  constructor(connection: Http2Connection, stream: ServerHttp2Stream, whole: boolean) {
    this.#connection = connection;
    this.#stream = stream;
    this.#whole = whole;
    (stream as Carrying)[WIRE] = this;
    stream.on('error', ignore);
    stream.on('close', onClose);
  }

  /** Begins to feed the exchange that its request led to. */
  carry(exchange: Exchange, headers: Fields): void {
    this.#exchange = exchange;
    if (this.#whole) {
      exchange.end();
      return;
    }
    const declared = headers.find(([name]) => name === 'content-length');
    if (declared) this.#declared = Number(declared[1]);
    const stream = this.#stream;
    // flow.input-bounded: while this end does not read, Node would gather as much again as the credit of the stream.
    const { _readableState: state } = stream as { _readableState?: { highWaterMark: number } };
    if (state) state.highWaterMark = 1;
    stream.on('aborted', onAborted);
    stream.on('trailers', onTrailers);
    stream.on('end', onEnd);
    stream.on('data', onData);
  }

  /** Answers in the place of the application. */
  answer(refusal: Refusal, isHead: boolean): void {
    const { headers, data } = refusalResponse(refusal);
    const { status } = refusal;
    this.write({ do: 'head', status, headers, length: data.length, content: !isHead, last: true });
    if (!isHead) this.write({ do: 'body', data });
    this.write({ do: 'end', trailers: NO_FIELDS });
  }

  // From the gateway.

  get waiting(): number {
    return this.#waiting - this.#progress;
  }

  get written(): number {
    return this.#written;
  }

  pause(): void {
    this.#paused = true;
    if (!this.#whole) this.#stream.pause();
  }

  resume(): void {
    this.#paused = false;
    if (!this.#whole) this.#stream.resume();
  }

  callEnded(): void {
    this.#connection.callEnded();
  }

  write(output: Output): void {
    if (this.#over) {
      if (output.do === 'file') output.file.close();
      return;
    }
    switch (output.do) {
      case 'continue':
        this.#inform(100, NO_FIELDS);
        return;
      case 'informational':
        this.#inform(output.status, output.headers);
        return;
      case 'head':
        this.#head = output;
        this.#last = output.last;
        this.#connection.defer(this);
        return;
      case 'switch':
        // tunnel.accept-wire: no date. Asked for trailers, Node does not end the stream ahead of a reset.
        this.#respond(output.status, output.headers, { sendDate: false, waitForTrailers: true });
        return;
      case 'body':
      case 'octets':
        this.#add(output.data, output.data.length);
        return;
      case 'file': {
        const { length } = output;
        const file = output.file as NodeFile;
        if (length === 0) file.close();
        else this.#add({ file, position: file.offset, left: length }, length);
        return;
      }
      case 'end':
        this.#ended = true;
        this.#trailers = output.trailers;
        this.commit();
        this.#pump();
        return;
      case 'shut':
      case 'close':
        this.#ended = true;
        // websocket.close-timeout
        this.#restCode = NGHTTP2_CANCEL;
        this.#pump();
        return;
      case 'abort':
        // The head is due even so (http.commit.on-start).
        this.commit();
        this.reset(codeOf(output.code));
        return;
      case 'drop':
        this.reset(codeOf(output.code));
        return;
      case 'refuse':
        this.reset(NGHTTP2_REFUSED_STREAM);
        return;
      case 'discard':
        return;
    }
  }

  /** Writes the head, if it has not been. */
  commit(): void {
    const head = this.#head;
    if (!head) return;
    this.#head = undefined;
    const { status, headers, content } = head;
    const bare = this.#ended && this.#parts.length === 0;
    if (!content) {
      // Node ends the stream with such a head, so there is no place for trailers (http.trailers.dropped).
      this.#respond(status, headers.filter(isNoTrailer), { endStream: true });
    } else if (this.#ended && this.#trailers.length === 0 && !this.#parts.some(isFile))
      this.#respond(status, headers, bare ? { endStream: true } : {});
    // Asked for trailers, Node does not end the stream ahead of a reset (http.file.lost).
    else this.#respond(status, headers, { waitForTrailers: true });
    this.#pump();
  }

  /** Resets the stream. What waits is dropped. `atFault`: for an error of the peer's. */
  reset(code: number, atFault = false): void {
    if (this.#over) return;
    this.#over = true;
    this.#atFault = atFault;
    this.#drop();
    const stream = this.#stream;
    // Node ends the stream first, and while it reads it would say that before the reset: where the peer has ended too,
    // nothing would be left to reset. Asked for trailers that nobody gives, it says no end.
    stream.on('wantTrailers', withoutEnd);
    if (this.#hearsEnd) setImmediate(() => stream.destroyed || stream.close(code));
    else stream.close(code);
  }

  // From the connection.

  /** Looks at the limits of time. */
  look(): void {
    const { clock, limits } = this.#connection;
    if (this.#restSince === undefined || this.#over) return;
    if (this.#paused) this.#restSince = clock.stamp;
    else {
      // A WebSocket that was closed is not to hold up the end of the process.
      const closed = this.#restCode === NGHTTP2_CANCEL && this.#connection.host.gateway.draining;
      const most = closed ? Math.min(LAST_WORDS_MS, limits.idle_ms) : limits.idle_ms;
      if (clock.passed(this.#restSince, most)) this.reset(this.#restCode);
    }
  }

  /** The connection has written so much, and only this stream has anything to write. */
  progressed(octets: number): void {
    if (this.#underWay === 0) return;
    this.#progress = Math.min(this.#progress + octets, this.#underWay - 1);
  }

  /** Nothing more can come from the peer. */
  peerEnded(): void {
    if (this.#whole || this.#over) return;
    this.#lose('connection_lost');
    // Node keeps a reset for later while it handles what was read, and forgets it at the end of the connection.
    setImmediate(() => this.reset(NGHTTP2_CANCEL));
  }

  /** The stream is lost, or will be. */
  lost(): void {
    if (this.#lost) return;
    // http.closed.after-data: what Node has read comes before, as `data`.
    if (!this.#whole && this.#exchange && !this.#over) {
      this.#rescues = true;
      while (this.#stream.read() !== null);
    }
    const [cause, code] = this.#connection.cause(this.#stream, this.#whole);
    this.#lose(cause, code);
  }

  /** The stream is closed. */
  gone(): void {
    if (this.#gone) return;
    this.#gone = true;
    const complete = this.#whole && this.#finished && this.#underWay === 0;
    const byPeer = this.#stream.rstCode !== NGHTTP2_NO_ERROR || this.#stream.aborted;
    const reset = this.#over ? this.#atFault : byPeer;
    if (!this.#over && (!complete || reset)) this.lost();
    this.#over = true;
    this.#drop();
    this.#connection.closed(this, reset);
  }

  // From the stream.

  onAborted(): void {
    if (!this.#over) this.lost();
  }

  onTrailers(raw: readonly string[]): void {
    const { header_fields, header_octets } = this.#connection.limits;
    const trailers: [string, string][] = [];
    let size = 0;
    for (let i = 0; i + 1 < raw.length; i += 2) {
      const name = raw[i] as string;
      const value = raw[i + 1] as string;
      size += name.length + value.length;
      trailers.push([name, value]);
    }
    this.#excess = trailers.length > header_fields || size > header_octets;
    this.#arriving = trailers;
  }

  onEnd(): void {
    if (this.#over || this.#lost) return;
    const stream = this.#stream;
    // Node also ends what was reset; the close that follows tells of that.
    const short = this.#declared !== undefined && this.#arrived < this.#declared;
    if (stream.closed && (stream.rstCode !== NGHTTP2_NO_ERROR || stream.aborted || short)) return;
    this.#whole = true;
    this.#restSince = undefined;
    // security.limits-body
    this.#hearsEnd = true;
    if (this.#excess) this.#exchange?.giveUp('limit', 431);
    else this.#exchange?.end(this.#arriving);
    this.#hearsEnd = false;
  }

  onData(data: Buffer): void {
    if (this.#restSince !== undefined) this.#restSince = this.#connection.clock.stamp;
    this.#arrive(data);
  }

  // Within.

  #arrive(data: Buffer): void {
    this.#arrived += data.length;
    const most = this.#connection.limits.receive_buffer_octets;
    if (data.length <= most) {
      this.#exchange?.octets(plain(data));
      return;
    }
    // flow.input-bounded: the largest piece.
    for (let at = 0; at < data.length; at += most) {
      if (this.#paused && !this.#rescues) {
        this.#arrived -= data.length - at;
        this.#stream.unshift(data.subarray(at));
        return;
      }
      this.#exchange?.octets(plain(data.subarray(at, at + most)));
    }
  }

  #lose(cause: LossCause, code?: number): void {
    if (this.#lost) return;
    this.#lost = true;
    this.#exchange?.lost(cause, code);
  }

  #drop(): void {
    for (const part of this.#parts) {
      // One that is being read is closed when that has come back.
      if (isFile(part) && !(this.#reading && part === this.#parts[0])) part.file.close();
    }
    if (!this.#reading) this.#parts = [];
    this.#head = undefined;
    this.#waiting = 0;
    this.#progress = 0;
    this.#underWay = 0;
    this.#buffer = undefined;
  }

  #inform(status: number, headers: Fields): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    try {
      stream.additionalHeaders({ ':status': status, ...grouped(headers) });
    } catch {
      this.#cannot();
    }
  }

  #respond(status: number, headers: Fields, options: RespondOptions): void {
    const stream = this.#stream;
    this.#begun = true;
    if (stream.destroyed || stream.closed) return;
    try {
      stream.respond(responseFields(status, headers), options);
    } catch {
      this.#cannot();
    }
  }

  #sendTrailers(): void {
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    try {
      stream.sendTrailers(grouped(this.#trailers));
    } catch {
      this.#cannot();
    }
  }

  /** Node takes no such section. That must not reach the caller: the response is broken off. */
  #cannot(): void {
    this.reset(NGHTTP2_INTERNAL_ERROR);
    process.nextTick(() => this.#lose('connection_lost'));
  }

  #add(part: Part, length: number): void {
    this.#waiting += length;
    this.#written += length;
    this.#parts.push(part);
    this.#pump();
  }

  /** Gives Node the next piece, if none is under way. */
  #pump(): void {
    if (this.#over || !this.#begun || this.#underWay > 0 || this.#reading) return;
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    const parts = this.#parts;
    const [first] = parts;
    if (first === undefined) {
      if (this.#ended) this.#finish();
      return;
    }
    if (isFile(first)) {
      this.#readFile(first);
      return;
    }
    if (first.length > PIECE) {
      parts[0] = first.subarray(PIECE);
      this.#underWay = PIECE;
      stream.write(first.subarray(0, PIECE), this.#onWritten);
      return;
    }
    if (parts.length === 1) {
      this.#parts = [];
      this.#underWay = first.length;
      stream.write(first, this.#onWritten);
    } else this.#writeSeveral();
    // With what is written, so that the last frame ends the stream.
    if (this.#ended && this.#parts.length === 0) this.#finish();
  }

  /** Gives Node the small pieces that wait as one. */
  #writeSeveral(): void {
    const parts = this.#parts;
    let count = 0;
    let octets = 0;
    for (; count < parts.length; count++) {
      const part = parts[count] as Part;
      if (isFile(part) || (count > 0 && octets + part.length > PIECE)) break;
      octets += part.length;
    }
    const pieces = parts.splice(0, count) as Uint8Array[];
    this.#underWay = octets;
    const stream = this.#stream;
    stream.cork();
    for (let i = 0; i < count; i++)
      stream.write(pieces[i] as Uint8Array, i === count - 1 ? this.#onWritten : ignore);
    stream.uncork();
  }

  readonly #onWritten = (error?: Error | null): void => {
    if (error || this.#over) return;
    this.#waiting -= this.#underWay;
    this.#underWay = 0;
    this.#progress = 0;
    this.#pump();
    this.#exchange?.taken();
  };

  #readFile(part: FilePart): void {
    this.#reading = true;
    // Not before the last piece was written, so one buffer serves them all.
    this.#buffer ??= Buffer.allocUnsafeSlow(PIECE);
    const buffer = this.#buffer;
    const length = Math.min(part.left, PIECE);
    read(part.file.fd, buffer, 0, length, part.position, (error, count) => {
      this.#reading = false;
      if (this.#over) {
        part.file.close();
        this.#parts = [];
        return;
      }
      if (error || count === 0) {
        this.#exchange?.fileLost(
          error ?? new Error(`the file ended ${part.left} octets before it should`),
        );
        return;
      }
      part.position += count;
      part.left -= count;
      if (part.left === 0) {
        this.#parts.shift();
        part.file.close();
      }
      this.#underWay = count;
      this.#stream.write(buffer.subarray(0, count), this.#onWritten);
      if (this.#ended && this.#parts.length === 0) this.#finish();
    });
  }

  /** Ends the sending direction behind what was given to Node. */
  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    const stream = this.#stream;
    // Node has ended it with a head that has no content.
    if (!stream.writableEnded) {
      if (this.#trailers.length > 0) stream.once('wantTrailers', () => this.#sendTrailers());
      stream.end();
    }
    if (this.#whole) return;
    if (this.#last) stream.close(NGHTTP2_NO_ERROR);
    else this.#restSince = this.#connection.clock.stamp;
  }
}

interface RespondOptions {
  endStream?: boolean;
  waitForTrailers?: boolean;
  sendDate?: boolean;
}

/** Finds the wire of a stream, so that no stream needs listeners of its own. */
const WIRE = Symbol('wire');

interface Carrying extends ServerHttp2Stream {
  [WIRE]?: Http2Wire;
}

function onClose(this: Carrying): void {
  this[WIRE]?.gone();
}

function onAborted(this: Carrying): void {
  this[WIRE]?.onAborted();
}

function onTrailers(
  this: Carrying,
  _headers: unknown,
  _flags: number,
  raw?: readonly string[],
): void {
  this[WIRE]?.onTrailers(raw ?? []);
}

function withoutEnd(): void {}

function onEnd(this: Carrying): void {
  this[WIRE]?.onEnd();
}

function onData(this: Carrying, data: Buffer): void {
  this[WIRE]?.onData(data);
}

function ignore(): void {}

const COLON = 58;
const OWS_AT_ENDS = /^[ \t]+|[ \t]+$/g;
const NO_FIELDS: Fields = [];

/** A code that HTTP/2 cannot carry becomes that of an internal error (http.abort.code). */
function codeOf(code: AbortCode): number {
  if (typeof code === 'string') return CODES[code];
  return code <= 0xffff_ffff ? code : NGHTTP2_INTERNAL_ERROR;
}

/** The octets of a Buffer, which are not to behave otherwise than those of another transport. */
function plain({ buffer, byteOffset, byteLength }: Buffer): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function isFile(part: Part): part is FilePart {
  return 'file' in part;
}

/** Whether Node takes a head as a list, which keeps the order of fields (http.response.headers-order). */
const TAKES_LISTS = takesLists(process.versions.node);

function takesLists(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 7) || (major === 22 && minor >= 20);
}

function responseFields(status: number, headers: Fields): readonly string[] | OutgoingHttpHeaders {
  if (!TAKES_LISTS) return { ':status': status, ...grouped(headers) };
  const list = [':status', String(status)];
  for (let i = 0; i < headers.length; i++) {
    const [name, value] = headers[i] as readonly [string, string];
    if (name !== 'http2-settings') list.push(name, value);
  }
  return list;
}

/** As an object, which Node wants of all other sections: the values of one name stand where the first of them stood. */
function grouped(headers: Fields): OutgoingHttpHeaders {
  const fields: Record<string, string | string[]> = Object.create(null);
  for (const [name, value] of headers) {
    if (name === 'http2-settings') continue;
    const earlier = fields[name];
    if (earlier === undefined) fields[name] = value;
    else if (typeof earlier === 'string') fields[name] = [earlier, value];
    else earlier.push(value);
  }
  return fields;
}

function isNoTrailer([name]: readonly [string, string]): boolean {
  return name !== 'trailer';
}
