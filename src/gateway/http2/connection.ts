// One connection of HTTP/2 at the server's end (RFC 9113), without I/O and without a clock: is given octets, tells what
// they say, and is told what to write. Knows nothing of applications; when to write, and how long to wait, is the
// transport's.

import type { Fields } from '../../interface/index.ts';
import {
  CODE,
  FLAG,
  FRAME,
  FRAME_OCTETS,
  type FrameListener,
  FrameReader,
  goawayFrame,
  HEAD_OCTETS,
  MOST,
  PREFACE,
  pingFrame,
  resetFrame,
  settingsAck,
  settingsFrame,
  windowUpdateFrame,
} from './frames.ts';
import { HpackDecoder, HpackError } from './hpack.ts';
import { StreamIdentifiers } from './identifiers.ts';
import { type Http2Head, type SectionLimits, SectionReader } from './section.ts';
import { FrameSender, type SenderListener } from './sender.ts';
import { type ConnectionFault, INITIAL_WINDOW, readSettings, SETTING, uint32 } from './settings.ts';
import type { OctetSink } from './sink.ts';
import { Http2Stream } from './stream.ts';

/** What a connection tells, always from within `receive` or `produce`. All of its methods may be called from there. */
export interface ConnectionListener<Owner> {
  /** A request begins. `peerOpen` of its stream is false where its head is all of it. */
  onRequest(stream: Http2Stream<Owner>, head: Http2Head): void;
  /** A piece of a body or tunnel: not empty, a view of what was received. Wants `credit` once it is taken. */
  onData(stream: Http2Stream<Owner>, data: Uint8Array): void;
  /** The peer has ended its side. `excess`: the trailers are beyond the limits, and not all of them are there. */
  onEnd(stream: Http2Stream<Owner>, trailers: Fields, excess: boolean): void;
  /** The peer has reset a stream. */
  onReset(stream: Http2Stream<Owner>, code: number): void;
  /** A stream was reset for an error of the peer's. Undefined where it never came to a request. */
  onFault(stream: Http2Stream<Owner> | undefined, code: number, message: string): void;
  /** So many octets of a stream were written: data, without its frames. After it, `ownOpen` tells of the end. */
  onSent(stream: Http2Stream<Owner>, octets: number): void;
  onGoaway(code: number): void;
  onPong(payload: Uint8Array): void;
  /** The connection is at its end, for an error of the peer's. A GOAWAY is written, and nothing is read any more. */
  onFailure(fault: ConnectionFault): void;
}

export interface ConnectionOptions {
  readonly limits: SectionLimits;
  /** Credit of a stream, in octets. */
  readonly streamWindow: number;
  /** Credit of the connection, in octets: at least 65,535. */
  readonly connectionWindow: number;
  /** Streams that may be open at once: those beyond are refused. */
  readonly streams: number;
  /** Frames that may wait to be written in answer to the peer's (security.floods). */
  readonly answers: number;
}

const NO_FIELDS: Fields = [];
const NOTHING = new Uint8Array();
const PREFACE_OCTETS = Uint8Array.from(PREFACE, (character) => character.charCodeAt(0));

const section = new SectionReader();

export class ServerConnection<Owner = unknown> implements FrameListener, SenderListener<Owner> {
  readonly #options: ConnectionOptions;
  readonly #listener: ConnectionListener<Owner>;
  readonly #reader = new FrameReader();
  readonly #decoder = new HpackDecoder();
  readonly #sender: FrameSender<Owner>;
  readonly #ids = new StreamIdentifiers();
  readonly #streams = new Map<number, Http2Stream<Owner>>();
  /** Octets of the preface that have come. */
  #prefaceAt = 0;
  /** The peer's first SETTINGS have come. */
  #begun = false;
  #failed = false;
  /** Frames that wait in answer to the peer's. Whoever writes sets it back. */
  answers = 0;

  // The frame that is being read.
  #type = 0;
  #flags = 0;
  #id = 0;
  /** Where its data goes; none where it is dropped. */
  #dataTo: Http2Stream<Owner> | undefined;

  // The section of fields that is being read.
  /** Sections that have begun. */
  sections = 0;
  #inSection = false;
  /** The stream whose CONTINUATION has to come next. */
  #continues = 0;
  #endsStream = false;
  #fragments: Uint8Array[] | undefined;
  /** Octets of its frames, with their headers. */
  #sectionOctets = 0;

  // What comes in, in octets.
  #receiveWindow: number;
  #credit = 0;
  /** Streams with credit to give back. */
  #creditDue: Http2Stream<Owner>[] = [];
  /** Credit of new streams, as the peer knows it. */
  #streamWindow = INITIAL_WINDOW;

  /** The initial window of the peer's streams. */
  #peerStreamWindow = INITIAL_WINDOW;

  constructor(options: ConnectionOptions, listener: ConnectionListener<Owner>) {
    this.#options = options;
    this.#listener = listener;
    this.#receiveWindow = options.connectionWindow;
    this.#sender = new FrameSender(this);
    const { out } = this.#sender;
    settingsFrame(out, [
      [SETTING.maxConcurrentStreams, options.streams],
      [SETTING.initialWindowSize, options.streamWindow],
      [SETTING.enableConnectProtocol, 1],
    ]);
    const more = options.connectionWindow - INITIAL_WINDOW;
    if (more > 0) windowUpdateFrame(out, 0, more);
  }

  /** Streams that are not closed. */
  get streams(): ReadonlyMap<number, Http2Stream<Owner>> {
    return this.#streams;
  }

  /** The highest identifier of a request that came. */
  get last(): number {
    return this.#ids.last;
  }

  /** Whether the peer's preface is whole, its SETTINGS included. */
  get begun(): boolean {
    return this.#begun;
  }

  get failed(): boolean {
    return this.#failed;
  }

  /** Whether part of a section of fields has come, and part has not: of the one with the number `sections`. */
  get inSection(): boolean {
    return this.#inSection;
  }

  /** Whether `produce` has more to write, that credit allows. */
  get sendable(): boolean {
    return this.#sender.sendable;
  }

  /** Whether a stream waits for credit of the connection. */
  get starved(): boolean {
    return this.#sender.starved;
  }

  // What is read.

  /** Reads what the peer has sent. The octets must not change: data is given as views of them. */
  receive(octets: Uint8Array): void {
    if (this.#failed) return;
    let from = 0;
    while (this.#prefaceAt < PREFACE_OCTETS.length) {
      if (from >= octets.length) return;
      if (octets[from++] !== PREFACE_OCTETS[this.#prefaceAt++]) {
        this.#fail(CODE.protocol, 'what the peer begins with is not the preface of HTTP/2');
        return;
      }
    }
    this.#reader.read(from === 0 ? octets : octets.subarray(from), this);
  }

  onFrame(length: number, type: number, flags: number, id: number): boolean {
    this.#type = type;
    this.#flags = flags;
    this.#id = id;
    if (!this.#begun && (type !== FRAME.settings || (flags & FLAG.ack) !== 0))
      return this.#fail(CODE.protocol, 'the first frame of the peer is not SETTINGS');
    if (this.#continues !== 0 && (type !== FRAME.continuation || id !== this.#continues))
      return this.#fail(CODE.protocol, 'a section of fields is interrupted by another frame');
    if (length > FRAME_OCTETS)
      return this.#fail(CODE.frameSize, `a frame of ${length} octets is too large`);
    switch (type) {
      case FRAME.data:
        return this.#beginData(length);
      case FRAME.headers:
        return this.#beginHeaders(length);
      case FRAME.continuation:
        if (this.#continues === 0)
          return this.#fail(CODE.protocol, 'there is no section of fields to continue');
        return this.#countSection(length);
      case FRAME.priority:
        if (id === 0) return this.#fail(CODE.protocol, 'PRIORITY is of a stream');
        return length === 5 || this.#badPriority();
      case FRAME.reset:
        if (id === 0 || this.#ids.isIdle(id))
          return this.#fail(CODE.protocol, 'RST_STREAM of a stream that never was');
        return length === 4 || this.#badLength('RST_STREAM', length);
      case FRAME.settings:
        if (id !== 0) return this.#fail(CODE.protocol, 'SETTINGS are of the connection');
        if ((flags & FLAG.ack) !== 0 ? length > 0 : length % 6 !== 0)
          return this.#badLength('SETTINGS', length);
        return true;
      case FRAME.pushPromise:
        return this.#fail(CODE.protocol, 'a client promises nothing');
      case FRAME.ping:
        if (id !== 0) return this.#fail(CODE.protocol, 'PING is of the connection');
        return length === 8 || this.#badLength('PING', length);
      case FRAME.goaway:
        if (id !== 0) return this.#fail(CODE.protocol, 'GOAWAY is of the connection');
        return length >= 8 || this.#badLength('GOAWAY', length);
      case FRAME.windowUpdate:
        if (length !== 4) return this.#badLength('WINDOW_UPDATE', length);
        if (id !== 0 && this.#ids.isIdle(id))
          return this.#fail(CODE.protocol, 'WINDOW_UPDATE of a stream that never was');
        return true;
      default:
        // Section 5.5: what is not known is read over.
        return true;
    }
  }

  onPayload(payload: Uint8Array): boolean {
    switch (this.#type) {
      case FRAME.headers:
        return this.#readHeaders(payload);
      case FRAME.continuation:
        return this.#readFragment(payload);
      case FRAME.reset:
        this.#readReset(uint32(payload, 0));
        break;
      case FRAME.settings:
        return this.#readSettings(payload);
      case FRAME.ping:
        if ((this.#flags & FLAG.ack) !== 0) this.#listener.onPong(payload);
        else {
          pingFrame(this.#sender.out, payload, true);
          return this.#answered();
        }
        break;
      case FRAME.goaway:
        this.#listener.onGoaway(uint32(payload, 4));
        break;
      case FRAME.windowUpdate:
        return this.#readWindowUpdate(uint32(payload, 0) & MOST);
    }
    return !this.#failed;
  }

  onData(data: Uint8Array): boolean {
    this.#credit += data.length;
    const stream = this.#dataTo;
    if (!stream?.peerOpen) return !this.#failed;
    const before = stream.arrived;
    stream.arrived += data.length;
    if (stream.declared < 0 || stream.arrived <= stream.declared) {
      this.#listener.onData(stream, data);
      return !this.#failed;
    }
    // What was declared is given, however it was cut.
    if (before < stream.declared)
      this.#listener.onData(stream, data.subarray(0, stream.declared - before));
    if (!stream.peerOpen) return !this.#failed;
    return this.#fault(stream, CODE.protocol, 'the data is longer than was declared');
  }

  onPadding(octets: number): boolean {
    this.#credit += octets;
    if (this.#dataTo) this.credit(this.#dataTo, octets);
    return true;
  }

  onDataEnd(): boolean {
    if ((this.#flags & FLAG.endStream) === 0) return true;
    const stream = this.#dataTo;
    if (stream?.peerOpen) return this.#end(stream, NO_FIELDS, false);
    this.#ids.ended(this.#id);
    return true;
  }

  onBadPadding(tooShort: boolean): boolean {
    return tooShort
      ? this.#fail(CODE.frameSize, 'a frame with padding has no room for its length')
      : this.#fail(CODE.protocol, 'the padding of a frame is longer than the frame');
  }

  #beginData(length: number): boolean {
    const id = this.#id;
    this.#dataTo = undefined;
    if (id === 0 || this.#ids.isIdle(id))
      return this.#fail(CODE.protocol, 'DATA on a stream that never was');
    // Section 6.9: what is dropped counts too.
    if (length > this.#receiveWindow)
      return this.#fail(CODE.flowControl, 'the peer sends more than the connection has credit for');
    this.#receiveWindow -= length;
    const stream = this.#streams.get(id);
    if (!stream) {
      if (this.#ids.isDropped(id)) return true;
      return this.#fail(CODE.streamClosed, `DATA on stream ${id}, which is closed`);
    }
    if (!stream.peerOpen)
      return this.#fault(stream, CODE.streamClosed, 'DATA behind the end of the stream');
    if (length > stream.receiveWindow)
      return this.#fault(stream, CODE.flowControl, 'more data than the stream has credit for');
    stream.receiveWindow -= length;
    this.#dataTo = stream;
    return true;
  }

  #beginHeaders(length: number): boolean {
    const id = this.#id;
    if ((id & 1) === 0) return this.#fail(CODE.protocol, `a client cannot begin stream ${id}`);
    if (id <= this.#ids.last && !this.#streams.has(id) && !this.#ids.isDropped(id))
      return this.#ids.wasSkipped(id)
        ? this.#fail(CODE.protocol, `stream ${id} is lower than one that was begun before`)
        : this.#fail(CODE.streamClosed, `HEADERS on stream ${id}, which is closed`);
    this.sections++;
    this.#inSection = true;
    this.#endsStream = (this.#flags & FLAG.endStream) !== 0;
    this.#continues = id;
    this.#sectionOctets = 0;
    return this.#countSection(length);
  }

  /** security.floods: a section that does not end. */
  #countSection(length: number): boolean {
    this.#sectionOctets += HEAD_OCTETS + length;
    if ((this.#flags & FLAG.endHeaders) !== 0) return true;
    if (this.#sectionOctets <= 2 * this.#options.limits.header_octets) return true;
    return this.#fail(CODE.enhanceYourCalm, 'a section of fields does not end');
  }

  #readHeaders(payload: Uint8Array): boolean {
    let from = 0;
    let to = payload.length;
    if ((this.#flags & FLAG.padded) !== 0) {
      if (to < 1) return this.onBadPadding(true);
      to -= payload[0] as number;
      from = 1;
    }
    if ((this.#flags & FLAG.priority) !== 0) from += 5;
    if (from > payload.length) return this.#badLength('HEADERS', payload.length);
    if (from > to) return this.onBadPadding(false);
    return this.#readFragment(payload.subarray(from, to));
  }

  #readFragment(fragment: Uint8Array): boolean {
    if ((this.#flags & FLAG.endHeaders) === 0) {
      this.#fragments ??= [];
      // A copy, since the octets of the network may be a large piece of which this is small; and nothing for nothing.
      if (fragment.length > 0) this.#fragments.push(fragment.slice());
      return true;
    }
    let block = fragment;
    if (this.#fragments) {
      this.#fragments.push(fragment);
      block = joined(this.#fragments);
      this.#fragments = undefined;
    }
    this.#continues = 0;
    this.#inSection = false;
    return this.#readSection(block);
  }

  #readSection(block: Uint8Array): boolean {
    const id = this.#id;
    const isRequest = id > this.#ids.last;
    section.begin(isRequest, this.#options.limits);
    try {
      this.#decoder.decode(block, section.field);
    } catch (error) {
      if (error instanceof HpackError) return this.#fail(CODE.compression, error.message);
      throw error;
    }
    if (isRequest) return this.#readRequest(id);
    const stream = this.#streams.get(id);
    if (!stream) {
      if (this.#endsStream) this.#ids.ended(id);
      return true;
    }
    if (!stream.peerOpen)
      return this.#fault(stream, CODE.streamClosed, 'HEADERS behind the end of the stream');
    if (stream.tunnel)
      return this.#fault(stream, CODE.protocol, 'HEADERS on a stream that carries a tunnel');
    if (!this.#endsStream)
      return this.#fault(stream, CODE.protocol, 'trailers that do not end the stream');
    const { excess } = section;
    const trailers = section.trailers();
    if (!trailers) return this.#fault(stream, CODE.protocol, section.fault as string);
    return this.#end(stream, trailers, excess);
  }

  #readRequest(id: number): boolean {
    this.#ids.begin(id);
    // Section 6.8: not among what is served.
    if (id > this.#ids.lastServed) return true;
    const head = section.head();
    if (!head) return this.#faultBefore(id, CODE.protocol, section.fault as string);
    // Section 8.1.1: the head is all there is.
    if (this.#endsStream && head.length > 0)
      return this.#faultBefore(id, CODE.protocol, 'there is no data where some was declared');
    if (this.#streams.size >= this.#options.streams) {
      this.#resetBefore(id, CODE.refusedStream);
      return this.#answered();
    }
    const stream = new Http2Stream<Owner>(
      id,
      this.#streamWindow,
      this.#peerStreamWindow,
      head.length,
      head.method === 'CONNECT',
    );
    stream.peerOpen = !this.#endsStream;
    this.#streams.set(id, stream);
    this.#listener.onRequest(stream, head);
    return !this.#failed;
  }

  #readReset(code: number): void {
    const stream = this.#streams.get(this.#id);
    if (!stream) {
      this.#ids.ended(this.#id);
      return;
    }
    this.#close(stream);
    this.#listener.onReset(stream, code);
  }

  #readSettings(payload: Uint8Array): boolean {
    if ((this.#flags & FLAG.ack) !== 0) {
      // Section 6.9.2: from here on the peer keeps to the window that it was told of.
      const { streamWindow } = this.#options;
      const more = streamWindow - this.#streamWindow;
      this.#streamWindow = streamWindow;
      if (more !== 0) for (const stream of this.#streams.values()) stream.receiveWindow += more;
      return true;
    }
    this.#begun = true;
    let overflow = false;
    const fault = readSettings(payload, (id, value) => {
      if (id === SETTING.headerTableSize) this.#sender.setTableSize(value);
      else if (id === SETTING.maxFrameSize) this.#sender.setFrameOctets(value);
      else if (id === SETTING.initialWindowSize) overflow = !this.#moveWindows(value) || overflow;
    });
    if (fault) return this.#fail(fault.code, fault.message);
    if (overflow)
      return this.#fail(CODE.flowControl, 'the initial window makes one of a stream too large');
    settingsAck(this.#sender.out);
    return this.#answered();
  }

  /** Section 6.9.2. @returns false where a window becomes too large */
  #moveWindows(initial: number): boolean {
    const more = initial - this.#peerStreamWindow;
    this.#peerStreamWindow = initial;
    for (const stream of this.#streams.values()) {
      stream.sendWindow += more;
      if (stream.sendWindow > MOST) return false;
      if (more > 0) this.#sender.makeReady(stream);
    }
    return true;
  }

  #readWindowUpdate(increment: number): boolean {
    if (this.#id === 0) {
      if (increment === 0) return this.#fail(CODE.protocol, 'credit of 0 for the connection');
      if (!this.#sender.give(increment))
        return this.#fail(CODE.flowControl, 'the window of the connection is too large');
      return true;
    }
    const stream = this.#streams.get(this.#id);
    // Section 5.1: it may have been sent before the peer knew that the stream is closed.
    if (!stream) return true;
    if (increment === 0) return this.#fault(stream, CODE.protocol, 'credit of 0 for a stream');
    stream.sendWindow += increment;
    if (stream.sendWindow > MOST)
      return this.#fault(stream, CODE.flowControl, 'the window of the stream is too large');
    this.#sender.makeReady(stream);
    return true;
  }

  /** The peer has ended its side. */
  #end(stream: Http2Stream<Owner>, trailers: Fields, excess: boolean): boolean {
    if (stream.declared >= 0 && stream.arrived !== stream.declared)
      return this.#fault(stream, CODE.protocol, 'the data is shorter than was declared');
    stream.peerOpen = false;
    if (!stream.ownOpen) this.#streams.delete(stream.id);
    this.#listener.onEnd(stream, trailers, excess);
    return !this.#failed;
  }

  // What is written.

  /** Octets that are written and that nobody has taken yet. */
  get pending(): number {
    return this.#sender.pending;
  }

  /** An informational response (RFC 9113 section 8.1), with `:status` first. */
  informational(stream: Http2Stream<Owner>, fields: Fields): void {
    if (stream.ownOpen) this.#sender.section(stream.id, fields, false);
  }

  /** The head of the response, with `:status` first; `ends` where there is nothing behind it. */
  respond(stream: Http2Stream<Owner>, fields: Fields, ends: boolean): void {
    if (!stream.ownOpen) return;
    this.#sender.section(stream.id, fields, ends);
    if (ends) this.onOwnEnd(stream);
  }

  /** Data behind the head, which waits for credit and its turn. The octets must not change until they were sent. */
  data(stream: Http2Stream<Owner>, octets: Uint8Array): void {
    if (!stream.ownOpen || octets.length === 0) return;
    stream.push(octets);
    this.#sender.makeReady(stream);
  }

  /** Ends this side behind the data that waits. */
  end(stream: Http2Stream<Owner>, trailers: Fields = NO_FIELDS): void {
    if (!stream.ownOpen) return;
    stream.ends = true;
    if (trailers.length > 0) stream.trailers = trailers;
    this.#sender.makeReady(stream);
  }

  /** Resets a stream at once (section 5.4.2). What waits is dropped, and so is what still comes. */
  reset(stream: Http2Stream<Owner>, code: number): void {
    if (this.#streams.get(stream.id) !== stream) return;
    if (stream.peerOpen) this.#ids.discard(stream.id);
    this.#close(stream);
    resetFrame(this.#sender.out, stream.id, code);
  }

  /**
   * Writes what credit allows of what waits on a stream, out of its turn, up to `most` octets that nobody has taken: it is
   * about to be broken off.
   */
  hasten(stream: Http2Stream<Owner>, most: number): void {
    this.#sender.hasten(stream, most);
  }

  /** Resets a stream that is not to be processed (section 8.7); that counts as an answer. */
  refuse(stream: Http2Stream<Owner>): void {
    this.reset(stream, CODE.refusedStream);
    this.#answered();
  }

  /** Octets of `onData` were taken: the peer may send as many more. */
  credit(stream: Http2Stream<Owner>, octets: number): void {
    stream.credit += octets;
    // Half of it, so that there is not a frame for every frame.
    if (stream.creditDue || !stream.peerOpen || 2 * stream.credit < this.#options.streamWindow)
      return;
    stream.creditDue = true;
    this.#creditDue.push(stream);
  }

  /** Asks the peer to answer with these 8 octets (section 6.7). */
  ping(payload: Uint8Array): void {
    pingFrame(this.#sender.out, payload, false);
  }

  /** Says that no stream above `last` will be served (section 6.8). Those that come are dropped. */
  goaway(last: number, code: number): void {
    this.#ids.lastServed = Math.min(this.#ids.lastServed, last);
    goawayFrame(this.#sender.out, this.#ids.lastServed, code);
  }

  /**
   * Writes credit, and then data of the streams in turn, until that comes to `most` octets or to the end of what credit
   * allows. A connection that has failed has nothing more to say.
   */
  produce(most: number): void {
    if (this.#failed) return;
    this.#writeCredit();
    this.#sender.produce(most);
  }

  /** What is to be written now. It is the caller's; `giveBack` takes it back. */
  take(): OctetSink | undefined {
    return this.#sender.take();
  }

  onOwnEnd(stream: Http2Stream<Owner>): void {
    stream.ownOpen = false;
    if (!stream.peerOpen) this.#streams.delete(stream.id);
  }

  onWritten(stream: Http2Stream<Owner>, octets: number): void {
    this.#listener.onSent(stream, octets);
  }

  // Within.

  #writeCredit(): void {
    if (2 * this.#credit >= this.#options.connectionWindow) {
      windowUpdateFrame(this.#sender.out, 0, this.#credit);
      this.#receiveWindow += this.#credit;
      this.#credit = 0;
    }
    const due = this.#creditDue;
    if (due.length === 0) return;
    this.#creditDue = [];
    for (let i = 0; i < due.length; i++) {
      const stream = due[i] as Http2Stream<Owner>;
      stream.creditDue = false;
      if (!stream.peerOpen) continue;
      windowUpdateFrame(this.#sender.out, stream.id, stream.credit);
      stream.receiveWindow += stream.credit;
      stream.credit = 0;
    }
  }

  #close(stream: Http2Stream<Owner>): void {
    this.#streams.delete(stream.id);
    stream.close();
  }

  /** What the connection fails with ends it (section 5.4.1). @returns false, for the reader */
  #fail(code: number, message: string): false {
    if (this.#failed) return false;
    this.#failed = true;
    this.#inSection = false;
    this.#fragments = undefined;
    goawayFrame(this.#sender.out, Math.min(this.#ids.last, this.#ids.lastServed), code);
    this.#listener.onFailure({ code, message });
    return false;
  }

  /** Ends the connection for something that this end has counted. */
  fail(code: number, message: string): void {
    this.#fail(code, message);
  }

  #badLength(name: string, length: number): boolean {
    return this.#fail(CODE.frameSize, `${name} cannot have ${length} octets`);
  }

  /** Section 6.3: an error of its stream, which can be in any state. A stream that never was cannot be reset. */
  #badPriority(): boolean {
    const stream = this.#streams.get(this.#id);
    const message = 'PRIORITY has not 5 octets';
    if (stream) return this.#fault(stream, CODE.frameSize, message);
    return this.#ids.isIdle(this.#id) ? this.#fail(CODE.frameSize, message) : true;
  }

  /** Section 5.4.2. @returns whether to read on */
  #fault(stream: Http2Stream<Owner>, code: number, message: string): boolean {
    this.reset(stream, code);
    this.#listener.onFault(stream, code, message);
    return this.#answered();
  }

  #faultBefore(id: number, code: number, message: string): boolean {
    this.#resetBefore(id, code);
    this.#listener.onFault(undefined, code, message);
    return this.#answered();
  }

  /** Resets what never became a stream. */
  #resetBefore(id: number, code: number): void {
    if (!this.#endsStream) this.#ids.discard(id);
    resetFrame(this.#sender.out, id, code);
  }

  /** security.floods: answers that nobody reads. @returns whether to read on */
  #answered(): boolean {
    if (this.#failed) return false;
    if (++this.answers <= this.#options.answers) return true;
    return this.#fail(CODE.enhanceYourCalm, 'the peer does not read the answers that it causes');
  }
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const piece of pieces) length += piece.length;
  if (length === 0) return NOTHING;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
