// One stream of an HTTP/2 connection as the wire of an exchange: what the gateway has it write, what the peer has sent
// and the application has no room for, and the stream's own limits of time. Knows no socket; what is a frame, and whose
// turn it is, is the business of `../http2/`.

import type { Fields, Limits } from '../../interface/index.ts';
import type { Clock } from '../clock.ts';
import type { AbortCode, Output, ReadableFile } from '../conversation/output.ts';
import { type Refusal, refusalResponse } from '../conversation/request.ts';
import { httpDate } from '../date.ts';
import { CODE, type Http2Stream, type ServerConnection } from '../http2/index.ts';
import type { Exchange, LossCause, Wire } from '../wire.ts';

/** What a wire needs of the connection that carries it. */
export interface WireHost {
  readonly protocol: ServerConnection<Http2Wire>;
  readonly limits: Limits;
  readonly clock: Clock;
  readonly draining: boolean;
  /** Has what was given to the protocol written at the end of this turn. */
  flushLater(): void;
  /** Has `commit` called before that. */
  commitLater(wire: Http2Wire): void;
  /** So many octets of the wire's are written, and the system has not taken them: since now, `inFlight` counts them. */
  wrote(wire: Http2Wire, octets: number): void;
  /** Takes off what the system has taken meanwhile, of all wires. */
  progress(): void;
  callEnded(): void;
}

/** How long a peer of a draining gateway has to end a WebSocket that was closed, in milliseconds. */
const LAST_WORDS_MS = 1000;
/** Most octets that are written for the sake of a response that is broken off. */
const HASTENED = 65_536;
/** Most octets of a file in memory. */
const FILE_PIECE = 65_536;

/** RFC 9113 section 7. */
const CODES: Readonly<Record<AbortCode & string, number>> = {
  internal: CODE.internal,
  cancel: CODE.cancel,
  connect: CODE.connect,
  protocol: CODE.protocol,
};

const NO_FIELDS: Fields = [];
const NOTHING: Uint8Array[] = [];

/** `:status` by number: one pair for all responses. */
const STATUS = Array.from({ length: 600 }, (_, status) => [':status', String(status)] as const);

/** What is left of a file to send. */
interface FilePart {
  readonly file: ReadableFile;
  position: number;
  left: number;
}

type Part = Uint8Array | FilePart;

export class Http2Wire implements Wire {
  readonly #host: WireHost;
  readonly stream: Http2Stream<Http2Wire>;
  #exchange: Exchange | undefined;

  // What goes out, in octets.
  /** Written, and not taken by the system. The host counts it down. */
  inFlight = 0;
  /** Stands among those to which the host has something to tell. */
  told = false;
  #written = 0;
  /** The head, until it is written: its end may come in the same turn. */
  #head: (Output & { do: 'head' }) | undefined;
  /** From the first file on, what waits for it. */
  #parts: Part[] | undefined;
  #partsOctets = 0;
  #reading = false;
  #buffer: Buffer | undefined;
  #ended = false;
  #trailers: Fields = NO_FIELDS;
  /** To be reset without error behind the response. */
  #last = false;

  // What comes in.
  #paused = false;
  /** What came while there was no room for it. */
  #held: Uint8Array[] = NOTHING;
  /** Octets that were given, and whose credit waits for room. */
  #owed = 0;
  /** The end that is held behind them. */
  #heldEnd: { readonly trailers: Fields; readonly excess: boolean } | undefined;
  #resuming = false;
  /** Last progress of a request that is still arriving when its response is over, or that was refused. */
  #restSince: number | undefined;
  /** With which code a peer is reset that does not end in time. */
  #restCode: number = CODE.noError;

  /** The stream is reset, or its connection is gone. */
  #over = false;
  #lost = false;

  constructor(host: WireHost, stream: Http2Stream<Http2Wire>) {
    this.#host = host;
    this.stream = stream;
    stream.owner = this;
  }

  /** Begins to feed the exchange that its request led to. */
  carry(exchange: Exchange): void {
    this.#exchange = exchange;
    if (!this.stream.peerOpen) exchange.end();
  }

  /** Answers in the place of the application. */
  answer(refusal: Refusal, isHead: boolean): void {
    const { headers, data } = refusalResponse(refusal);
    const { status } = refusal;
    this.write({ do: 'head', status, headers, length: data.length, content: !isHead, last: true });
    if (!isHead) this.write({ do: 'body', data });
    this.write({ do: 'end', trailers: NO_FIELDS });
    if (!this.stream.ownOpen) return;
    // timeout.stalled-reader: no exchange looks after it.
    this.#restSince = this.#host.clock.stamp;
    this.#restCode = CODE.cancel;
  }

  // From the gateway.

  get waiting(): number {
    // What is lost, nobody waits for, whatever the system still takes of it.
    if (this.#over && this.#lost) return 0;
    if (this.inFlight > 0) this.#host.progress();
    return this.stream.queued + this.#partsOctets + this.inFlight;
  }

  get written(): number {
    return this.#written;
  }

  pause(): void {
    this.#paused = true;
  }

  resume(): void {
    this.#paused = false;
    if (this.#over) return;
    this.#giveCredit();
    if (this.#held.length === 0 && !this.#heldEnd) return;
    if (this.#resuming) return;
    this.#resuming = true;
    process.nextTick(goOn, this);
  }

  callEnded(): void {
    this.#host.callEnded();
  }

  write(output: Output): void {
    if (this.#over) {
      if (output.do === 'file') output.file.close();
      return;
    }
    const { protocol } = this.#host;
    switch (output.do) {
      case 'continue':
        this.#section([STATUS[100] as readonly [string, string]], 'informational');
        break;
      case 'informational':
        this.#section([statusField(output.status), ...output.headers], 'informational');
        break;
      case 'head':
        this.#head = output;
        this.#last = output.last;
        this.#host.commitLater(this);
        break;
      case 'switch':
        // tunnel.accept-wire: no date.
        this.#section([statusField(output.status), ...output.headers], 'head');
        break;
      case 'body':
      case 'octets':
        if (this.#head) this.commit();
        this.#written += output.data.length;
        if (this.#parts) this.#add(output.data, output.data.length);
        else protocol.data(this.stream, output.data);
        break;
      case 'file': {
        const { length } = output;
        const file = output.file as ReadableFile;
        if (length === 0) {
          file.close();
          break;
        }
        if (this.#head) this.commit();
        this.#written += length;
        this.#add({ file, position: file.offset, left: length }, length);
        this.#pump();
        break;
      }
      case 'end':
        this.#ended = true;
        this.#trailers = output.trailers;
        if (this.#head) this.commit();
        if (!this.#parts) protocol.end(this.stream, this.#trailers);
        break;
      case 'shut':
      case 'close':
        this.#ended = true;
        // websocket.close-timeout
        this.#restCode = CODE.cancel;
        if (!this.#parts) protocol.end(this.stream);
        break;
      case 'abort':
        // The head is due even so (http.commit.on-start), and what the system would have taken by now goes out.
        if (this.#head) this.commit();
        protocol.hasten(this.stream, HASTENED);
        this.reset(codeOf(output.code));
        break;
      case 'drop':
        this.reset(codeOf(output.code));
        break;
      case 'refuse':
        this.reset(CODE.refusedStream);
        break;
      case 'discard':
        return;
    }
    this.#host.flushLater();
  }

  /** Writes the head, if it has not been. */
  commit(): void {
    const head = this.#head;
    if (!head || this.#over) return;
    this.#head = undefined;
    const { status, headers, content } = head;
    const fields: (readonly [string, string])[] = [statusField(status)];
    let dated = false;
    for (let i = 0; i < headers.length; i++) {
      const field = headers[i] as readonly [string, string];
      if (field[0] === 'date') dated = true;
      fields.push(field);
    }
    // http.date
    if (!dated) fields.push(dateField());
    const ends = !content || (this.#ended && !this.#parts && this.#trailers.length === 0);
    this.#section(fields, ends && this.stream.queued === 0 ? 'whole' : 'head');
  }

  /** Resets the stream. What waits is dropped. */
  reset(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.#drop();
    this.#host.protocol.reset(this.stream, code);
    this.#host.flushLater();
  }

  // From the connection.

  /** The system has taken what was written, or some of it. */
  onTaken(): void {
    this.#exchange?.taken();
  }

  /** Octets were written to the peer. */
  onSent(): void {
    const { stream } = this;
    if (!stream.ownOpen) this.#finished();
    else if (this.#parts && stream.queued === 0) this.#pump();
  }

  /** Looks at the limits of time. */
  look(): void {
    const { clock, limits, draining } = this.#host;
    if (this.#restSince === undefined || this.#over) return;
    if (this.#paused) this.#restSince = clock.stamp;
    else {
      // A WebSocket that was closed is not to hold up the end of the process.
      const closed = this.#restCode === CODE.cancel && draining;
      const most = closed ? Math.min(LAST_WORDS_MS, limits.idle_ms) : limits.idle_ms;
      if (clock.passed(this.#restSince, most)) this.reset(this.#restCode);
    }
  }

  /** A piece of the request, a view of what was read. */
  onData(data: Uint8Array): void {
    if (this.#restSince !== undefined) this.#restSince = this.#host.clock.stamp;
    if (this.#paused || this.#held.length > 0) this.#hold(data);
    else this.#feed(data);
  }

  /** The peer has ended its side. */
  onEnd(trailers: Fields, excess: boolean): void {
    this.#restSince = undefined;
    if (this.#held.length > 0) this.#heldEnd = { trailers, excess };
    else this.#end(trailers, excess);
  }

  /** The stream is gone, or nothing more can come on it: what came is given, and then the loss. */
  lose(cause: LossCause, code?: number): void {
    if (this.#lost) return;
    this.#lost = true;
    // http.closed.after-data: even to a buffer that is full.
    const held = this.#held;
    this.#held = NOTHING;
    for (const data of held) this.#exchange?.octets(data);
    if (this.#heldEnd) this.#end(this.#heldEnd.trailers, this.#heldEnd.excess);
    this.#exchange?.lost(cause, code);
  }

  /** The stream is closed, or its connection: nothing can be written any more. */
  gone(cause: LossCause, code?: number): void {
    if (this.#over && this.#lost) return;
    this.#over = true;
    this.#drop();
    this.lose(cause, code);
  }

  // Within.

  /** Writes a section of fields. */
  #section(fields: Fields, kind: 'informational' | 'head' | 'whole'): void {
    const { protocol } = this.#host;
    const before = protocol.pending;
    if (kind === 'informational') protocol.informational(this.stream, fields);
    else protocol.respond(this.stream, fields, kind === 'whole');
    const octets = protocol.pending - before;
    this.#written += octets;
    this.#host.wrote(this, octets);
    if (kind === 'whole') this.#finished();
  }

  /** This end has ended its side. */
  #finished(): void {
    if (!this.stream.peerOpen) return;
    if (this.#last) this.reset(CODE.noError);
    else this.#restSince = this.#host.clock.stamp;
  }

  #hold(data: Uint8Array): void {
    if (this.#held === NOTHING) this.#held = [data];
    else this.#held.push(data);
  }

  /** flow.input-bounded: in pieces, as long as there is room. */
  #feed(data: Uint8Array): void {
    const most = this.#host.limits.receive_buffer_octets;
    let at = 0;
    do {
      const piece = data.length <= most ? data : data.subarray(at, at + most);
      at += piece.length;
      this.#exchange?.octets(piece);
    } while (at < data.length && !this.#paused && !this.#over);
    this.#owed += at;
    if (at < data.length && !this.#over) this.#held = [data.subarray(at), ...this.#held];
    if (!this.#paused) this.#giveCredit();
  }

  #giveCredit(): void {
    if (this.#owed === 0) return;
    this.#host.protocol.credit(this.stream, this.#owed);
    this.#owed = 0;
    this.#host.flushLater();
  }

  /** There is room again. */
  goOn(): void {
    this.#resuming = false;
    while (this.#held.length > 0 && !this.#paused && !this.#over) {
      const data = this.#held.shift() as Uint8Array;
      this.#feed(data);
    }
    if (this.#held.length > 0 || !this.#heldEnd || this.#over) return;
    this.#held = NOTHING;
    this.#end(this.#heldEnd.trailers, this.#heldEnd.excess);
  }

  #end(trailers: Fields, excess: boolean): void {
    this.#heldEnd = undefined;
    // security.limits-body
    if (excess) this.#exchange?.giveUp('limit', 431);
    else this.#exchange?.end(trailers);
  }

  #add(part: Part, octets: number): void {
    this.#partsOctets += octets;
    this.#parts ??= [];
    this.#parts.push(part);
  }

  /** Gives the protocol what stands before the next file, or the next piece of that. */
  #pump(): void {
    const parts = this.#parts;
    if (!parts || this.#over || this.#reading) return;
    const { protocol } = this.#host;
    for (;;) {
      const [first] = parts;
      if (first === undefined) break;
      if (isFile(first)) {
        if (this.stream.queued === 0) this.#readFile(first);
        return;
      }
      parts.shift();
      this.#partsOctets -= first.length;
      protocol.data(this.stream, first);
    }
    this.#parts = undefined;
    this.#buffer = undefined;
    if (this.#ended) protocol.end(this.stream, this.#trailers);
  }

  #readFile(part: FilePart): void {
    this.#reading = true;
    // Not before the last piece was written, so one buffer serves them all.
    const wanted = Math.min(part.left, FILE_PIECE);
    if (this.#buffer === undefined || this.#buffer.length < wanted)
      this.#buffer = Buffer.allocUnsafeSlow(wanted);
    const buffer = this.#buffer;
    const length = Math.min(part.left, buffer.length);
    part.file.read(buffer, length, part.position, (error, count) => {
      this.#reading = false;
      if (this.#over) {
        part.file.close();
        this.#parts = undefined;
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
      this.#partsOctets -= count;
      if (part.left === 0) {
        this.#parts?.shift();
        part.file.close();
      }
      const { protocol } = this.#host;
      protocol.data(this.stream, buffer.subarray(0, count));
      if (this.#ended && this.#parts?.length === 0) {
        // With the last piece, so that its frame ends the stream.
        this.#parts = undefined;
        protocol.end(this.stream, this.#trailers);
      }
      this.#host.flushLater();
    });
  }

  #drop(): void {
    for (const part of this.#parts ?? []) {
      // One that is being read is closed when that has come back.
      if (isFile(part) && !(this.#reading && part === this.#parts?.[0])) part.file.close();
    }
    if (!this.#reading) this.#parts = undefined;
    this.#partsOctets = 0;
    this.#head = undefined;
    this.#buffer = undefined;
  }
}

function goOn(wire: Http2Wire): void {
  wire.goOn();
}

function isFile(part: Part): part is FilePart {
  return 'file' in part;
}

function statusField(status: number): readonly [string, string] {
  return STATUS[status] ?? [':status', String(status)];
}

let date: readonly [string, string] = ['date', ''];

/** The field of http.date, made once a second. */
function dateField(): readonly [string, string] {
  const now = httpDate();
  if (date[1] !== now) date = ['date', now];
  return date;
}

/** A code that HTTP/2 cannot carry becomes that of an internal error (http.abort.code). */
function codeOf(code: AbortCode): number {
  if (typeof code === 'string') return CODES[code];
  return code <= 0xffff_ffff ? code : CODE.internal;
}
