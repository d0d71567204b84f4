// Puts what a peer sends, in pieces, through a connection, and collects what it told and what it wrote. For tests: reads
// the answers with code of its own, so that a fault of the writer shows.

import type { Fields } from '../../interface/index.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { type ConnectionOptions, ServerConnection } from './connection.ts';
import { HpackDecoder } from './hpack.ts';
import type { Http2Stream } from './stream.ts';

export interface WrittenFrame {
  readonly type: number;
  readonly flags: number;
  readonly id: number;
  readonly payload: Uint8Array;
}

/** What became of one stream. Octets as code units. */
export interface ReadStream {
  readonly id: number;
  readonly method: string;
  readonly path: string | undefined;
  readonly authority: string | undefined;
  readonly headers: Fields;
  data: string;
  trailers?: Fields;
  excess?: boolean;
  ended: boolean;
  reset?: number;
}

/** What a test has this end do. */
export type Act =
  /** A head, and nothing behind it yet. */
  | readonly ['respond', id: number]
  /** A whole response without a body. */
  | readonly ['answer', id: number]
  | readonly ['reset', id: number, code: number]
  | readonly ['goaway', last: number];

export type Step = Uint8Array | Act;

export class Recorded {
  readonly requests: ReadStream[] = [];
  readonly faults: number[] = [];
  readonly pongs: string[] = [];
  goaway: number | undefined;
  failure: { code: number; message: string } | undefined;
  /** All frames that this end has written. */
  readonly frames: WrittenFrame[] = [];
}

export const OPTIONS: ConnectionOptions = {
  limits: DEFAULT_LIMITS,
  streamWindow: 65_536,
  connectionWindow: 1_048_576,
  streams: 100,
  answers: 1000,
};

const STATUS: Fields = [[':status', '200']];

/** Runs the steps; octets are cut by `cut`. What is data is taken at once, so that it is given back. */
export function readAll(
  steps: readonly Step[],
  options: Partial<ConnectionOptions> = {},
  cut: (octets: Uint8Array) => readonly Uint8Array[] = (octets) => [octets],
): Recorded {
  const recorded = new Recorded();
  const of = new Map<number, ReadStream>();
  const streams = new Map<number, Http2Stream>();
  const connection = new ServerConnection<unknown>(
    { ...OPTIONS, ...options },
    {
      onRequest(stream, { method, path, authority, headers }) {
        const { id } = stream;
        const ended = !stream.peerOpen;
        const read = { id, method, path, authority, headers, data: '', ended };
        streams.set(id, stream);
        of.set(id, read);
        recorded.requests.push(read);
      },
      onData(stream, data) {
        const read = of.get(stream.id) as ReadStream;
        if (data.length === 0) throw new Error('an empty piece');
        read.data += latin1(data);
        connection.credit(stream, data.length);
      },
      onEnd(stream, trailers, excess) {
        const read = of.get(stream.id) as ReadStream;
        read.ended = true;
        if (trailers.length > 0) read.trailers = trailers;
        if (excess) read.excess = true;
      },
      onReset(stream, code) {
        (of.get(stream.id) as ReadStream).reset = code;
      },
      onFault(_stream, code) {
        recorded.faults.push(code);
      },
      onSent() {},
      onGoaway(code) {
        recorded.goaway = code;
      },
      onPong(payload) {
        recorded.pongs.push(latin1(payload));
      },
      onFailure(failure) {
        recorded.failure = failure;
      },
    },
  );
  for (const step of steps) {
    if (step instanceof Uint8Array) for (const piece of cut(step)) connection.receive(piece);
    else act(connection, streams, step);
    connection.produce(Number.POSITIVE_INFINITY);
    const out = connection.take();
    if (out) recorded.frames.push(...framesOf(Uint8Array.from(out.octets())));
    connection.answers = 0;
  }
  return recorded;
}

function act(
  connection: ServerConnection<unknown>,
  streams: Map<number, Http2Stream>,
  [what, id, code = 0]: Act | [string, number, number?],
): void {
  if (what === 'goaway') {
    connection.goaway(id, code);
    return;
  }
  const stream = streams.get(id);
  if (!stream) throw new Error(`there was no stream ${id} to ${what}`);
  if (what === 'respond') connection.respond(stream, STATUS, false);
  else if (what === 'answer') connection.respond(stream, STATUS, true);
  else connection.reset(stream, code);
}

export function latin1(octets: Uint8Array): string {
  let text = '';
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}

/** The frames in what was written. Throws where it does not end with one. */
export function framesOf(octets: Uint8Array): WrittenFrame[] {
  const frames: WrittenFrame[] = [];
  const view = new DataView(octets.buffer, octets.byteOffset, octets.byteLength);
  for (let at = 0; at < octets.length; ) {
    const length = view.getUint32(at) >>> 8;
    const payload = octets.slice(at + 9, at + 9 + length);
    if (payload.length < length) throw new Error('a frame was written in part');
    const type = octets[at + 3] as number;
    frames.push({ type, flags: octets[at + 4] as number, id: view.getUint32(at + 5), payload });
    at += 9 + length;
  }
  return frames;
}

/** The fields of each section that was written, by stream. */
export function sectionsOf(frames: readonly WrittenFrame[]): { id: number; fields: Fields }[] {
  const decoder = new HpackDecoder();
  const sections: { id: number; fields: Fields }[] = [];
  let block: number[] = [];
  for (const { type, flags, id, payload } of frames) {
    if (type !== 1 && type !== 9) continue;
    block.push(...payload);
    if (!(flags & 4)) continue;
    const fields: [string, string][] = [];
    decoder.decode(Uint8Array.from(block), (name, value) => fields.push([name, value]));
    sections.push({ id, fields });
    block = [];
  }
  return sections;
}
