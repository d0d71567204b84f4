// The octets of a connection on their way to the reader: kept as they were pushed, and joined only where a line was cut.

const LF = 0x0a;
const NOTHING = Buffer.alloc(0);

/** The reader takes from `buffer` at `at`, and asks for what follows. The fields are its to move. */
export class Input {
  buffer: Buffer = NOTHING;
  at = 0;
  /** No LF stands between `at` and here: a line that comes in pieces is searched once. */
  scanned = 0;
  #queue: Buffer[] = [];
  #queued = 0;
  /** Our own memory, in which a line that was cut is put together. It holds octets of that line alone. */
  #join: Buffer | undefined;

  /** Octets that were pushed and not taken. */
  get size(): number {
    return this.buffer.length - this.at + this.#queued;
  }

  push(data: Buffer): void {
    if (data.length === 0) return;
    if (this.at === this.buffer.length) this.#adopt(data);
    else {
      this.#queue.push(data);
      this.#queued += data.length;
    }
  }

  /** Whether there is an octet at `at`, after what was pushed next was turned to where need be. */
  available(): boolean {
    if (this.at < this.buffer.length) return true;
    const next = this.#queue.shift();
    if (!next) return false;
    this.#queued -= next.length;
    this.#adopt(next);
    return true;
  }

  /**
   * Turns to what was pushed next, with the unfinished line at `at` put before it; false if nothing was. Only the rest
   * of that line is copied, and its room doubles, so a line that comes octet by octet is copied a few times in all.
   */
  more(): boolean {
    if (this.at === this.buffer.length) return this.available();
    const next = this.#queue[0];
    if (!next) return false;
    const lf = next.indexOf(LF);
    const taken = lf < 0 ? next.length : lf + 1;
    if (this.#join && this.buffer.length + taken <= this.#join.length) {
      next.copy(this.#join, this.buffer.length, 0, taken);
      this.buffer = this.#join.subarray(0, this.buffer.length + taken);
    } else this.#startJoin(next, taken);
    this.#queued -= taken;
    if (taken === next.length) this.#queue.shift();
    else this.#queue[0] = next.subarray(taken);
    return true;
  }

  /** Everything that is left, which is not kept. */
  takeAll(): Buffer {
    const rest = this.buffer.subarray(this.at);
    const all = this.#queue.length === 0 ? rest : Buffer.concat([rest, ...this.#queue]);
    this.clear();
    return all;
  }

  clear(): void {
    this.#adopt(NOTHING);
    this.#queue = [];
    this.#queued = 0;
  }

  /** Lets go of memory that was read to its end. */
  release(): void {
    if (this.at === this.buffer.length) this.#adopt(NOTHING);
  }

  #adopt(data: Buffer): void {
    this.buffer = data;
    this.at = 0;
    this.scanned = 0;
    this.#join = undefined;
  }

  #startJoin(next: Buffer, taken: number): void {
    const held = this.buffer.length - this.at;
    const scanned = Math.max(0, this.scanned - this.at);
    const join = Buffer.allocUnsafeSlow(Math.max(2 * (held + taken), 128));
    this.buffer.copy(join, 0, this.at);
    next.copy(join, held, 0, taken);
    this.#adopt(join.subarray(0, held + taken));
    this.scanned = scanned;
    this.#join = join;
  }
}
