// HTTP/2 over connections that a listener has found to speak it: the sockets, the limits of a connection, floods and
// drains. What is on the wire is read and written by `../http2/`, a single stream is in `http2-stream.ts`, and what an
// exchange means is the gateway's.

import type { Socket } from 'node:net';
import type { Fields, Limits } from '../../interface/index.ts';
import type { Clock } from '../clock.ts';
import { type Gateway, isRefusal } from '../gateway.ts';
import {
  CODE,
  type ConnectionFault,
  type ConnectionListener,
  giveBack,
  type Http2Head,
  type Http2Stream,
  MOST,
  type OctetSink,
  ServerConnection,
} from '../http2/index.ts';
import type { LossCause } from '../wire.ts';
import type { ConnectionFacts } from './http1.ts';
import { Http2Wire, type WireHost } from './http2-stream.ts';

export interface Http2Options {
  /** Most calls of the application under way for one connection (security.concurrency-bounded). Default 100. */
  readonly calls?: number;
  /** Streams that a peer may reset, or have reset, within 10 seconds (security.floods). Default 200. */
  readonly resets?: number;
  /** Frames that may wait to be written in answer to the peer's (security.floods). Default 1000. */
  readonly answers?: number;
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

/** What `security.floods` counts resets in. */
const RESETS_WITHIN_MS = 10_000;
/** Credit of the connection, which is given back when octets arrive (flow.no-sibling-stall). */
const CONNECTION_WINDOW = 1_048_576;
/** Streams that may be open beyond the calls: those of which only octets are left to send, and those to be refused. */
const STREAMS_BEYOND_CALLS = 28;
/** Most octets that are handed to the system at once: what is behind them is known not to be taken. */
const WRITE_OCTETS = 65_536;
/** From here on a peer that does not read is refused further streams. */
const UNREAD_OCTETS = 262_144;
/** How long the first GOAWAY of a drain waits for a peer that does not answer the ping behind it. */
const NOTICE_MS = 1000;
/** How long a connection that was closed waits for the peer to close it too. */
const LINGER_MS = 1000;
/** What a drain asks a peer to say once it has read the first GOAWAY. */
const DRAIN_PING = Uint8Array.from('draining', (character) => character.charCodeAt(0));
const NOTHING = new Uint8Array();

/** Connections with something to write at the end of this turn: one callback for all of them. */
let gathered: Http2Connection[] = [];

function flushGathered(): void {
  const connections = gathered;
  gathered = [];
  for (let i = 0; i < connections.length; i++) (connections[i] as Http2Connection).onTurn();
}

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
    answers: options.answers ?? 1000,
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
      connection.begin(facts.alreadyRead);
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
  readonly answers: number;
  gone(connection: Http2Connection): void;
}

/** What of a write belongs to whom, so that each wire knows what the system has taken. */
interface Flight {
  readonly wires: Http2Wire[];
  /** For each: its octets, and where in the write they end. */
  readonly octets: number[];
  readonly ends: number[];
}

/**
 * Where a connection stands. `open`: it serves. `warned`: a drain has begun, and the peer may not know yet. `last`: no
 * further stream is served, and it closes behind those that are. `closing`: this side has ended, and what arrives is
 * dropped. `gone`: there is no connection.
 */
type Phase = 'open' | 'warned' | 'last' | 'closing' | 'gone';

class Http2Connection implements ConnectionListener<Http2Wire>, WireHost {
  readonly protocol: ServerConnection<Http2Wire>;
  readonly #host: Http2Host;
  readonly #socket: Socket;
  readonly #facts: ConnectionFacts;
  #phase: Phase = 'open';
  #calls = 0;
  /** When the latest resets were, as a ring (security.floods). */
  #resets: Float64Array | undefined;
  #resetCount = 0;
  /** Why this end gives the connection up, or the code with which the peer has. */
  #ending: LossCause | undefined;
  #endingCode: number | undefined;
  #peerEnded = false;
  #wasReset = false;

  // What is written.
  #scheduled = false;
  /** Heads of this turn that wait for what belongs to them. */
  #heads: Http2Wire[] = [];
  /** What is written and not handed to the system. */
  #next: Flight | undefined;
  /** The write that is under way: its octets, and of which parts of it the system has not taken all. */
  #inFlight = 0;
  #inFlightSink: OctetSink | undefined;
  #flight: Flight | undefined;
  #flightAt = 0;
  /** Octets of that part that it has taken. */
  #flightPart = 0;

  // Limits of time, as stamps of the clock.
  /** Since when nothing is under way. */
  #since: number;
  #served = false;
  /** The section that has begun, and since when. */
  #section = 0;
  #sectionSince = 0;
  /** Since when the system takes nothing of the write that is under way, and what is left of that. */
  #stalledSince = 0;
  #stalledAt = 0;
  /** Since when the phase is `warned` or `closing`. */
  #phaseSince = 0;

  constructor(socket: Socket, host: Http2Host, facts: ConnectionFacts) {
    const { limits, clock } = host.gateway;
    this.#host = host;
    this.#socket = socket;
    this.#facts = facts;
    this.#since = facts.since ?? clock.stamp;
    this.protocol = new ServerConnection<Http2Wire>(
      {
        limits,
        streamWindow: Math.min(limits.receive_buffer_octets, MOST),
        connectionWindow: CONNECTION_WINDOW,
        streams: host.calls + STREAMS_BEYOND_CALLS,
        answers: host.answers,
      },
      this,
    );
  }

  // From the listener.

  begin(alreadyRead: Uint8Array | undefined): void {
    const socket = this.#socket;
    // http.half-close: Node would end its own side as soon as the peer ends the other one.
    socket.allowHalfOpen = true;
    socket.on('data', this.#onOctets);
    socket.on('end', this.#onPeerEnd);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    this.flushLater();
    if (alreadyRead && alreadyRead.length > 0) this.#onOctets(alreadyRead);
    if (socket.readableEnded) this.#onPeerEnd();
    else socket.resume();
  }

  /** drain.connections: first a notice, and a GOAWAY that names what is served once the peer has seen that. */
  drain(): void {
    if (this.#phase !== 'open') return;
    this.#phase = 'warned';
    this.#phaseSince = this.clock.stamp;
    this.protocol.goaway(MOST, CODE.noError);
    this.protocol.ping(DRAIN_PING);
    this.flushLater();
    if (this.#peerEnded) this.#nameLast();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  /** Looks at the limits of time (proposal 6, “Time”; security.head-time). */
  look(): void {
    const { clock, limits, protocol } = this;
    switch (this.#phase) {
      case 'gone':
        return;
      case 'closing':
        if (clock.passed(this.#phaseSince, LINGER_MS)) this.destroy();
        return;
      case 'warned':
        if (clock.passed(this.#phaseSince, NOTICE_MS)) this.#nameLast();
    }

    // A connection that takes nothing. Streams have limits of their own for what waits for credit.
    if (this.#inFlight > 0) {
      const left = this.#left();
      if (left !== this.#stalledAt) {
        this.#stalledAt = left;
        this.#stalledSince = clock.stamp;
      } else if (clock.passed(this.#stalledSince, limits.idle_ms)) {
        this.#end('timeout');
        return;
      }
    }

    if (!protocol.inSection) this.#section = 0;
    else if (this.#section !== protocol.sections) {
      this.#section = protocol.sections;
      this.#sectionSince = clock.stamp;
    } else if (clock.passed(this.#sectionSince, limits.head_ms)) {
      this.#end('timeout');
      return;
    }

    for (const { owner } of protocol.streams.values()) owner?.look();
    if (protocol.streams.size > 0 || this.#inFlight > 0) {
      this.#since = clock.stamp;
      return;
    }
    if (this.#section > 0) return;
    const limit = this.#served ? limits.keep_alive_ms : limits.head_ms;
    if (clock.passed(this.#since, limit)) this.#close();
  }

  // For the streams.

  get limits(): Limits {
    return this.#host.gateway.limits;
  }

  get clock(): Clock {
    return this.#host.gateway.clock;
  }

  get draining(): boolean {
    return this.#host.gateway.draining;
  }

  flushLater(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    if (gathered.length === 0) setImmediate(flushGathered);
    gathered.push(this);
  }

  commitLater(wire: Http2Wire): void {
    this.#heads.push(wire);
  }

  wrote(wire: Http2Wire, octets: number): void {
    if (octets === 0) return;
    wire.inFlight += octets;
    this.#next ??= { wires: [], octets: [], ends: [] };
    this.#next.wires.push(wire);
    this.#next.octets.push(octets);
    this.#next.ends.push(this.protocol.pending);
  }

  progress(): void {
    const flight = this.#flight;
    if (!flight) return;
    const taken = this.#inFlight - this.#left();
    while (this.#flightAt < flight.wires.length) {
      const octets = flight.octets[this.#flightAt] as number;
      const begin = (flight.ends[this.#flightAt] as number) - octets;
      const part = Math.max(0, Math.min(taken - begin, octets)) - this.#flightPart;
      (flight.wires[this.#flightAt] as Http2Wire).inFlight -= part;
      this.#flightPart += part;
      if (this.#flightPart < octets) return;
      this.#flightAt++;
      this.#flightPart = 0;
    }
  }

  callEnded(): void {
    this.#calls--;
  }

  // From the protocol.

  onRequest(stream: Http2Stream<Http2Wire>, head: Http2Head): void {
    const { gateway, calls } = this.#host;
    this.#served = true;
    this.#since = this.clock.stamp;
    // drain.served
    const isLate = gateway.draining && gateway.remaining === 0;
    // Answers that are no more than a head do not keep their streams open until the peer reads them.
    const isFull = this.#inFlight > 0 && this.protocol.pending > UNREAD_OCTETS;
    if (this.#calls >= calls || isLate || isFull) {
      // security.concurrency-refused
      this.protocol.refuse(stream);
      return;
    }
    const { peer, local_address, tls } = this.#facts;
    const wire = new Http2Wire(this, stream);
    const outcome = gateway.request(
      {
        http_version: '2',
        method: head.method,
        scheme: tls ? 'https' : 'http',
        target: head.path ?? head.authority ?? '',
        headers: head.headers,
        peer,
        local_address,
        tls,
        ...(head.authority === undefined ? undefined : { authority: head.authority }),
        ...(head.protocol === undefined ? undefined : { protocol: head.protocol }),
      },
      wire,
    );
    if (isRefusal(outcome)) wire.answer(outcome, head.method === 'HEAD');
    else {
      this.#calls++;
      wire.carry(outcome);
    }
  }

  onData(stream: Http2Stream<Http2Wire>, data: Uint8Array): void {
    stream.owner?.onData(data);
  }

  onEnd(stream: Http2Stream<Http2Wire>, trailers: Fields, excess: boolean): void {
    stream.owner?.onEnd(trailers, excess);
  }

  onReset(stream: Http2Stream<Http2Wire>, code: number): void {
    stream.owner?.gone('peer_reset', code);
    this.#countReset();
  }

  onFault(stream: Http2Stream<Http2Wire> | undefined): void {
    stream?.owner?.gone('protocol_error');
    this.#countReset();
  }

  onSent(stream: Http2Stream<Http2Wire>, octets: number): void {
    const { owner } = stream;
    if (!owner) return;
    this.wrote(owner, octets);
    owner.onSent();
  }

  onGoaway(code: number): void {
    if (code === CODE.noError) return;
    this.#endingCode = code;
    this.#end('peer_reset');
  }

  onPong(payload: Uint8Array): void {
    if (this.#phase !== 'warned') return;
    for (let i = 0; i < DRAIN_PING.length; i++) if (payload[i] !== DRAIN_PING[i]) return;
    this.#nameLast();
  }

  onFailure({ code }: ConnectionFault): void {
    this.#end(code === CODE.enhanceYourCalm ? 'limit' : 'protocol_error');
  }

  // From the socket.

  readonly #onOctets = (data: Uint8Array): void => {
    if (this.#phase === 'closing' || this.#phase === 'gone') return;
    // The octets of a Buffer, which are not to behave otherwise than those of another transport.
    this.protocol.receive(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
    this.flushLater();
  };

  /** The peer has ended its side of the connection: what it has not said whole is lost (http.half-close). */
  readonly #onPeerEnd = (): void => {
    if (this.#peerEnded) return;
    this.#peerEnded = true;
    if (this.#phase === 'closing' || this.#phase === 'gone') return;
    for (const { owner, peerOpen } of [...this.protocol.streams.values()])
      if (peerOpen && owner) this.#cutOff(owner);
    if (this.#phase === 'warned') this.#nameLast();
    this.flushLater();
  };

  readonly #onError = (error: NodeJS.ErrnoException): void => {
    if (error.code === 'ECONNRESET' || error.code === 'EPIPE') this.#wasReset = true;
  };

  readonly #onClose = (): void => {
    this.#phase = 'gone';
    this.#loseAll();
    this.#host.gone(this);
  };

  /** The end of the turn. */
  onTurn(): void {
    this.#scheduled = false;
    this.#flush();
  }

  // Within.

  /** Hands the system what there is to write, as long as it takes all of it. */
  #flush(): void {
    if (this.#phase === 'closing' || this.#phase === 'gone') return;
    this.#commitHeads();
    if (this.#inFlight > 0) return;
    const { protocol } = this;
    let told: Http2Wire[] | undefined;
    do {
      protocol.produce(WRITE_OCTETS);
      const out = protocol.take();
      const flight = this.#next;
      this.#next = undefined;
      if (!out) break;
      if (out.length > 0) {
        const socket = this.#socket;
        socket.write(out.octets());
        if (socket.writableLength > 0) {
          this.#inFlight = out.length;
          this.#inFlightSink = out;
          this.#flight = flight;
          this.#flightAt = 0;
          this.#flightPart = 0;
          this.#stalledAt = -1;
          // Told of the end of a write only where it has not ended yet: mostly it has.
          socket.write(NOTHING, this.#onWritten);
          break;
        }
        protocol.answers = 0;
        if (flight) told = tell(flight, 0, 0, told);
      }
      giveBack(out);
    } while (protocol.sendable);
    if (this.#peerEnded) this.#loseBlocked();
    if (told) tellTaken(told);
    this.#settle();
  }

  /** The socket has nothing left to write. Also comes, late, for a write that ended at once. */
  readonly #onWritten = (error?: Error | null): void => {
    if (error || this.#inFlight === 0 || this.#socket.writableLength > 0) return;
    const flight = this.#flight;
    const told = flight && tell(flight, this.#flightAt, this.#flightPart, undefined);
    this.#inFlight = 0;
    this.#flight = undefined;
    if (this.#inFlightSink) giveBack(this.#inFlightSink);
    this.#inFlightSink = undefined;
    this.protocol.answers = 0;
    this.#flush();
    if (told) tellTaken(told);
  };

  #commitHeads(): void {
    if (this.#heads.length === 0) return;
    const heads = this.#heads;
    this.#heads = [];
    for (let i = 0; i < heads.length; i++) (heads[i] as Http2Wire).commit();
  }

  /** Octets of the write under way that the system has not taken, as exactly as it says. */
  #left(): number {
    const { _handle: handle } = this.#socket as { _handle?: { writeQueueSize?: unknown } | null };
    const queued = handle?.writeQueueSize;
    // Nothing queued can also mean that the write has failed: what is under way is taken when Node says so.
    return typeof queued === 'number' && queued > 0
      ? Math.min(queued, this.#inFlight)
      : this.#inFlight;
  }

  /** Closes where all that was to be served is. */
  #settle(): void {
    if (this.protocol.streams.size > 0 || this.#inFlight > 0 || this.#next) return;
    if (this.#phase === 'last' || this.#peerEnded) this.#close();
  }

  /** The second GOAWAY of a drain. */
  #nameLast(): void {
    this.#phase = 'last';
    this.protocol.goaway(this.protocol.last, CODE.noError);
    this.flushLater();
  }

  /** Ends the connection, on which nothing is under way, with a GOAWAY without error. */
  #close(): void {
    if (this.#phase === 'closing' || this.#phase === 'gone') return;
    if (this.#phase !== 'last') this.protocol.goaway(this.protocol.last, CODE.noError);
    this.#shut();
  }

  /** Gives the connection up, and all that it carries. */
  #end(cause: LossCause): void {
    if (this.#phase === 'closing' || this.#phase === 'gone') return;
    this.#ending ??= cause;
    this.#commitHeads();
    if (!this.protocol.failed) this.protocol.goaway(this.protocol.last, CODE.noError);
    this.#shut();
    this.#loseAll();
  }

  /** Ends this side behind what is written. What waits for credit is not. */
  #shut(): void {
    const out = this.protocol.take();
    this.#phase = 'closing';
    this.#phaseSince = this.clock.stamp;
    if (out && out.length > 0) this.#socket.write(out.octets());
    this.#socket.end();
  }

  #loseAll(): void {
    const cause = this.#ending ?? (this.#wasReset ? 'peer_reset' : 'connection_lost');
    const wires = new Set<Http2Wire>();
    for (const { owner } of this.protocol.streams.values()) if (owner) wires.add(owner);
    // Streams that are over, and of which the system has not taken all.
    for (const flight of [this.#flight, this.#next])
      for (const wire of flight?.wires ?? []) wires.add(wire);
    this.#inFlight = 0;
    // The system may still read it.
    this.#inFlightSink = undefined;
    this.#flight = undefined;
    this.#next = undefined;
    for (const wire of wires) wire.gone(cause, this.#endingCode);
  }

  /** The peer can say nothing more on this stream. */
  #cutOff(wire: Http2Wire): void {
    wire.lose('connection_lost');
    wire.reset(CODE.cancel);
  }

  /** No credit can come any more from a peer that has ended its side. */
  #loseBlocked(): void {
    const { protocol } = this;
    for (const { owner, blocked, ready } of [...protocol.streams.values()])
      if (owner && (blocked || (ready && protocol.starved && !protocol.sendable)))
        this.#cutOff(owner);
    if (protocol.pending > 0) this.flushLater();
  }

  #countReset(): void {
    const { resets } = this.#host;
    this.#resets ??= new Float64Array(resets + 1).fill(Number.NEGATIVE_INFINITY);
    const now = performance.now();
    this.#resets[this.#resetCount++ % (resets + 1)] = now;
    const first = this.#resets[this.#resetCount % (resets + 1)] as number;
    if (now - first <= RESETS_WITHIN_MS)
      this.protocol.fail(CODE.enhanceYourCalm, 'the peer resets too many streams');
  }
}

/** The system has taken all that is left of a write. @returns the wires that are to be told, each once */
function tell(
  { wires, octets }: Flight,
  from: number,
  part: number,
  told: Http2Wire[] = [],
): Http2Wire[] {
  // Those before are told too: what was taken of them in part was not.
  for (let i = 0; i < wires.length; i++) {
    const wire = wires[i] as Http2Wire;
    if (i >= from) wire.inFlight -= (octets[i] as number) - (i === from ? part : 0);
    if (wire.told) continue;
    wire.told = true;
    told.push(wire);
  }
  return told;
}

/** What was written of these is taken. Harmless for one that is over. */
function tellTaken(told: readonly Http2Wire[]): void {
  for (let i = 0; i < told.length; i++) {
    const wire = told[i] as Http2Wire;
    wire.told = false;
    wire.onTaken();
  }
}
