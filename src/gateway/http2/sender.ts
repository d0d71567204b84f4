// The sending side of a connection: frames into one sink, sections of fields through HPACK, and data of the streams in
// turn, as far as credit goes (RFC 9113 sections 4.3, 5.2 and 6.9). Reads nothing; what a stream may say is for others.

import type { Fields } from '../../interface/index.ts';
import { FLAG, FRAME, FRAME_OCTETS, frameHead, HEAD_OCTETS, MOST } from './frames.ts';
import { HpackEncoder } from './hpack.ts';
import { INITIAL_WINDOW } from './settings.ts';
import { OctetSink } from './sink.ts';
import type { Http2Stream } from './stream.ts';

/** Who is told of what was written. */
export interface SenderListener<Owner> {
  /** This end has ended its side of a stream. */
  onOwnEnd(stream: Http2Stream<Owner>): void;
  /** So many octets of data were written. */
  onWritten(stream: Http2Stream<Owner>, octets: number): void;
}

/** Sinks that nobody uses, for all connections: those that say nothing hold none. */
const spare: OctetSink[] = [];
const SPARE = 8;

/** A sink of which nobody has a view any more. */
export function giveBack(sink: OctetSink): void {
  if (spare.length === SPARE || sink.buffer.length > 131_072) return;
  sink.clear();
  spare.push(sink);
}

export class FrameSender<Owner> {
  readonly #listener: SenderListener<Owner>;
  readonly #encoder = new HpackEncoder();
  #out: OctetSink | undefined;
  #window = INITIAL_WINDOW;
  #frameOctets = FRAME_OCTETS;
  /** Streams that can send, in turn, from `#readyAt` on. */
  #ready: Http2Stream<Owner>[] = [];
  #readyAt = 0;
  /** Streams that wait for credit of the connection. */
  #starved: Http2Stream<Owner>[] = [];

  constructor(listener: SenderListener<Owner>) {
    this.#listener = listener;
  }

  /** Where frames are written. */
  get out(): OctetSink {
    this.#out ??= spare.pop() ?? new OctetSink();
    return this.#out;
  }

  /** Octets that are written and that nobody has taken yet. */
  get pending(): number {
    return this.#out?.length ?? 0;
  }

  /** Whether there is data to write that credit allows. */
  get sendable(): boolean {
    return this.#readyAt < this.#ready.length;
  }

  /** Whether a stream waits for credit of the connection. */
  get starved(): boolean {
    return this.#starved.length > 0;
  }

  /** What is to be written now. It is the caller's; `giveBack` takes it back. */
  take(): OctetSink | undefined {
    const out = this.#out;
    this.#out = undefined;
    return out;
  }

  /** SETTINGS_HEADER_TABLE_SIZE of the peer. */
  setTableSize(size: number): void {
    this.#encoder.setMaxTableSize(size);
  }

  /** SETTINGS_MAX_FRAME_SIZE of the peer. No frame is larger than everybody takes, so that streams take short turns. */
  setFrameOctets(octets: number): void {
    this.#frameOctets = Math.min(octets, FRAME_OCTETS);
  }

  /** Credit for the connection. @returns false where its window becomes too large */
  give(increment: number): boolean {
    this.#window += increment;
    if (this.#window > MOST) return false;
    if (this.#window <= 0 || this.#starved.length === 0) return true;
    for (let i = 0; i < this.#starved.length; i++)
      this.#ready.push(this.#starved[i] as Http2Stream<Owner>);
    this.#starved = [];
    return true;
  }

  /** A section of fields, in as many frames as it takes (section 4.3). */
  section(id: number, fields: Fields, ends: boolean): void {
    const { out } = this;
    const at = out.reserve(HEAD_OCTETS);
    out.length = at + HEAD_OCTETS;
    this.#encoder.encode(fields, out);
    const flags = ends ? FLAG.endStream : 0;
    const length = out.length - at - HEAD_OCTETS;
    const most = this.#frameOctets;
    if (length <= most) {
      out.length = at;
      frameHead(out, length, FRAME.headers, flags | FLAG.endHeaders, id);
      out.length = at + HEAD_OCTETS + length;
      return;
    }
    const block = Uint8Array.from(out.octets().subarray(at + HEAD_OCTETS));
    out.length = at;
    for (let from = 0; from < block.length; from += most) {
      const piece = block.subarray(from, from + most);
      const last = from + most >= block.length ? FLAG.endHeaders : 0;
      if (from === 0) frameHead(out, piece.length, FRAME.headers, flags | last, id);
      else frameHead(out, piece.length, FRAME.continuation, last, id);
      out.append(piece);
    }
  }

  /** Gives a stream its turn, if it has something to say and credit for it. */
  makeReady(stream: Http2Stream<Owner>): void {
    if (stream.ready || !stream.ownOpen) return;
    if (stream.queued > 0 ? stream.sendWindow <= 0 : !stream.ends) return;
    stream.ready = true;
    this.#ready.push(stream);
  }

  /** Writes data of the streams in turn, until `most` octets are pending or credit allows no more. */
  produce(most: number): void {
    const ready = this.#ready;
    while (this.#readyAt < ready.length && this.pending < most)
      this.#data(ready[this.#readyAt++] as Http2Stream<Owner>);
    if (this.#readyAt === ready.length) {
      if (this.#readyAt > 0) this.#ready = [];
      this.#readyAt = 0;
    } else if (this.#readyAt > 1024) {
      this.#ready = ready.slice(this.#readyAt);
      this.#readyAt = 0;
    }
  }

  /** Writes data of one stream that is about to be reset, out of its turn and within the same bounds. */
  hasten(stream: Http2Stream<Owner>, most: number): void {
    while (stream.ready && stream.queued > 0 && this.#window > 0 && this.pending < most)
      this.#data(stream);
  }

  /** One frame of a stream whose turn it is. */
  #data(stream: Http2Stream<Owner>): void {
    stream.ready = false;
    if (!stream.ownOpen) return;
    const { queued, trailers } = stream;
    // A window can be negative (section 6.9.2).
    const octets = Math.max(0, Math.min(queued, FRAME_OCTETS, stream.sendWindow, this.#window));
    if (queued > 0 && octets === 0) {
      if (stream.sendWindow <= 0) return;
      stream.ready = true;
      this.#starved.push(stream);
      return;
    }
    if (octets === 0 && !stream.ends) return;
    const isLast = stream.ends && octets === queued;
    if (octets > 0 || !trailers) {
      const { out } = this;
      const flags = isLast && !trailers ? FLAG.endStream : 0;
      frameHead(out, octets, FRAME.data, flags, stream.id);
      const at = out.reserve(octets);
      stream.copy(out.buffer, at, octets);
      out.length = at + octets;
      stream.sendWindow -= octets;
      this.#window -= octets;
    }
    if (isLast) {
      if (trailers) this.section(stream.id, trailers, true);
      this.#listener.onOwnEnd(stream);
    } else this.makeReady(stream);
    this.#listener.onWritten(stream, octets);
  }
}
