// The sending side of a socket: what is written in one turn goes out as one write, large pieces without a copy and files
// piece by piece, and at any time it is known how much the system has not taken. Knows nothing of HTTP.

import type { Duplex } from 'node:stream';
import type { ReadableFile } from '../conversation/output.ts';

/** Up to here it is cheaper to join a piece to the text before it than to hand it over apart. */
const JOINED_OCTETS = 4096;
/** From here on what waits for the end of the turn is written at once. */
const FLUSH_OCTETS = 16_384;
/** Most octets of a file in memory. */
const FILE_PIECE = 131_072;

const NOTHING = new Uint8Array();
const { latin1Slice } = Buffer.prototype;

/** Writers with something to write at the end of this turn: one callback for all of them is cheaper than one each. */
let gathered: SocketWriter[] = [];

function flushGathered(): void {
  const writers = gathered;
  gathered = [];
  for (let i = 0; i < writers.length; i++) (writers[i] as SocketWriter).onTurn();
}

interface FilePart {
  readonly file: ReadableFile;
  position: number;
  left: number;
}

type Part = string | Uint8Array | FilePart;

/** What `SocketWriter` tells. None is called from within a call of the writer's own methods. */
export interface WriterListener {
  /** The system has taken something that waited; all of it, if nothing waits now. */
  onTaken(): void;
  /** A file cannot be read on. What stands behind it is dropped. */
  onFileLost(error: unknown): void;
}

export class SocketWriter {
  readonly #socket: Duplex;
  readonly #listener: WriterListener;
  /** What waits for the end of the turn, or for the write that is under way: `#parts`, and `#text` behind them. */
  #parts: Part[] = [];
  #text = '';
  #joined = 0;
  /** Octets of the write that is under way. */
  #inFlight = 0;
  #scheduled = false;
  #reading = false;
  #buffer: Buffer | undefined;
  #ending = false;
  #ended = false;
  #dropped = false;

  constructor(socket: Duplex, listener: WriterListener) {
    this.#socket = socket;
    this.#listener = listener;
  }

  /** Octets that were written here and that the system has not taken, as exactly as it says. */
  get waiting(): number {
    if (this.#inFlight === 0) return this.#joined;
    // What libuv has yet to hand over of the write under way; over TLS, in octets of its records.
    const { _handle: handle } = this.#socket as { _handle?: { writeQueueSize?: unknown } | null };
    const queued = handle?.writeQueueSize;
    // Nothing queued can also mean that the write has failed: what is under way is taken when Node says so.
    const known = typeof queued === 'number' && queued > 0;
    const left = known ? Math.min(queued, this.#inFlight) : this.#inFlight;
    return this.#joined + left;
  }

  /** Whether nothing waits and no write is under way. */
  get idle(): boolean {
    return this.#inFlight === 0 && this.#joined === 0;
  }

  /** Text whose code units are octets. Waits for the end of the turn, as pieces do, unless `flush` is called. */
  text(text: string): void {
    if (this.#dropped) return;
    this.#text += text;
    this.#joined += text.length;
    this.#later();
  }

  /** Octets, which must not change until they were taken. Those that cannot wait for the end of the turn go at once. */
  octets(data: Uint8Array, wait = true): void {
    if (this.#dropped || data.length === 0) return;
    this.#joined += data.length;
    if (data.length <= JOINED_OCTETS) this.#text += latin1Slice.call(data, 0, data.length);
    else this.#push(data);
    if (wait) this.#later();
    else this.flush();
  }

  /** `length` octets of a file, which is closed when they were read or dropped. */
  file(file: ReadableFile, length: number): void {
    if (this.#dropped || length === 0) {
      file.close();
      return;
    }
    this.#joined += length;
    this.#push({ file, position: file.offset, left: length });
    this.#later();
  }

  /** Hands what waits to the system, unless a write is under way. */
  flush(): void {
    if (this.#dropped || this.#inFlight > 0 || this.#reading) return;
    const socket = this.#socket;
    const parts = this.#parts;
    if (parts.length === 0) {
      if (this.#text !== '') {
        const text = this.#text;
        this.#text = '';
        this.#joined = 0;
        socket.write(text, 'latin1');
        this.#inFlight = socket.writableLength;
        // Told of the end of a write only where it has not ended yet: mostly it has.
        if (this.#inFlight > 0) socket.write(NOTHING, this.#onWritten);
      }
    } else if (isFile(parts[0])) {
      this.#readFile(parts[0]);
      return;
    } else this.#writeParts();
    if (this.#inFlight > 0) return;
    if (this.#parts.length > 0) this.flush();
    else if (this.#ending && this.#text === '') this.#finish();
  }

  /** Ends the sending side behind what was written. */
  end(): void {
    if (this.#ending) return;
    this.#ending = true;
    this.flush();
  }

  /** Drops what waits, and takes nothing more. */
  drop(): void {
    if (this.#dropped) return;
    this.#dropped = true;
    for (const part of this.#parts) {
      // One that is being read is closed when that has come back.
      if (isFile(part) && !(this.#reading && part === this.#parts[0])) part.file.close();
    }
    if (!this.#reading) this.#parts = [];
    this.#text = '';
    this.#joined = 0;
    this.#inFlight = 0;
    this.#buffer = undefined;
  }

  #push(part: Part): void {
    if (this.#text !== '') {
      this.#parts.push(this.#text);
      this.#text = '';
    }
    this.#parts.push(part);
  }

  /** http.commit.on-start, flow.no-hold: at the end of this turn, or at once where that much has gathered. */
  #later(): void {
    if (this.#inFlight > 0 || this.#reading) return;
    if (this.#joined >= FLUSH_OCTETS) this.flush();
    if (this.#scheduled || this.#joined === 0) return;
    this.#scheduled = true;
    if (gathered.length === 0) setImmediate(flushGathered);
    gathered.push(this);
  }

  /** The end of the turn. */
  onTurn(): void {
    this.#scheduled = false;
    if (this.#joined === 0 || this.#inFlight > 0 || this.#dropped) return;
    this.flush();
    if (this.#inFlight === 0) this.#listener.onTaken();
  }

  /** The socket has nothing left to write. Also comes, late, for a write that ended at once. */
  readonly #onWritten = (error?: Error | null): void => {
    if (error || this.#dropped || this.#inFlight === 0 || this.#socket.writableLength > 0) return;
    this.#inFlight = 0;
    this.flush();
    this.#listener.onTaken();
  };

  /** Writes all parts before the next file, in one call of the system. */
  #writeParts(): void {
    const socket = this.#socket;
    let parts = this.#parts;
    const file = parts.findIndex(isFile);
    if (file >= 0) {
      parts = this.#parts.slice(0, file);
      this.#parts = this.#parts.slice(file);
    } else {
      if (this.#text !== '') parts.push(this.#text);
      this.#text = '';
      this.#parts = [];
    }
    const last = parts.length - 1;
    if (last > 0) socket.cork();
    for (let i = 0; i <= last; i++) {
      const part = parts[i] as string | Uint8Array;
      this.#joined -= part.length;
      const written = i === last ? this.#onWritten : undefined;
      if (typeof part === 'string') socket.write(part, 'latin1', written);
      else socket.write(part, written);
    }
    if (last > 0) socket.uncork();
    this.#inFlight = socket.writableLength;
  }

  #readFile(part: FilePart): void {
    this.#reading = true;
    this.#buffer ??= Buffer.allocUnsafeSlow(FILE_PIECE);
    const buffer = this.#buffer;
    const length = Math.min(part.left, FILE_PIECE);
    part.file.read(buffer, length, part.position, (error, count) => {
      this.#reading = false;
      if (this.#dropped) {
        part.file.close();
        this.#parts = [];
        return;
      }
      if (error || count === 0) {
        this.#listener.onFileLost(
          error ?? new Error(`the file ended ${part.left} octets before it should`),
        );
        return;
      }
      part.position += count;
      part.left -= count;
      this.#joined -= count;
      if (part.left === 0) {
        this.#parts.shift();
        part.file.close();
      }
      this.#socket.write(buffer.subarray(0, count), this.#onWritten);
      this.#inFlight = this.#socket.writableLength;
      if (this.#inFlight > 0) return;
      this.flush();
      this.#listener.onTaken();
    });
  }

  #finish(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#buffer = undefined;
    this.#socket.end();
  }
}

function isFile(part: Part | undefined): part is FilePart {
  return typeof part === 'object' && 'file' in part;
}
