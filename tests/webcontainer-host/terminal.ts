// The terminal between a process and the page: merges echo and noise into the output, translates
// line ends and cuts the stream into chunks. It knows bytes and behaviour, no process and no page.

import type { HostBehaviour } from './behaviour.ts';

const LF = 0x0a;
const CRLF = Buffer.from('\r\n');

/** Shown in turn between two lines of output where `ansi` is on. */
const NOISE = [
  '\x1b[?25h',
  '\x1b[33m(node:7) Warning: noise of the terminal\x1b[39m\n',
  '\x1b[1G\x1b[0J\x1b[1G',
  '\x1b]0;node\x07',
  '\x1b[2mnotice\x1b[22m noise between lines\n',
];

const RANDOM_CHUNK_LIMIT = 24;

export class Terminal {
  readonly #behaviour: () => HostBehaviour;
  readonly #show: (chunks: Buffer[]) => void;
  readonly #random: () => number;
  #atLineStart = true;
  #echo = '';
  #unfinished = Buffer.alloc(0);
  #noises = 0;

  /** The seed makes `chunks: 'random'` the same in every run. */
  constructor(behaviour: () => HostBehaviour, seed: number, show: (chunks: Buffer[]) => void) {
    this.#behaviour = behaviour;
    this.#show = show;
    this.#random = mulberry32(seed);
  }

  /** What the process wrote, on either stream. */
  output(bytes: Buffer): void {
    const shown: Buffer[] = [];
    for (const line of lines(bytes)) {
      if (this.#atLineStart) shown.push(this.#betweenLines());
      shown.push(line);
      this.#atLineStart = line.at(-1) === LF;
    }
    if (this.#atLineStart) shown.push(this.#takeEcho());
    this.#send(Buffer.concat(shown));
  }

  /** What was written to stdin. */
  input(text: string): void {
    if (!this.#behaviour().echo) return;
    this.#echo += text;
    // Waits for the end of a line of output: an echo inside a line is a loss no reader can repair.
    if (this.#atLineStart) this.#send(this.#takeEcho());
  }

  end(): void {
    this.#send(this.#takeEcho());
    if (this.#unfinished.length > 0) this.#show([this.#unfinished]);
    this.#unfinished = Buffer.alloc(0);
  }

  #betweenLines(): Buffer {
    const noise = this.#behaviour().ansi ? NOISE[this.#noises++ % NOISE.length] : '';
    return Buffer.concat([this.#takeEcho(), Buffer.from(noise ?? '')]);
  }

  #takeEcho(): Buffer {
    const echo = Buffer.from(this.#echo);
    this.#echo = '';
    return echo;
  }

  #send(bytes: Buffer): void {
    const { chunks = 'whole', crlf = false, splitUtf8 = true } = this.#behaviour();
    let rest = Buffer.concat([this.#unfinished, crlf ? withCrlf(bytes) : bytes]);
    this.#unfinished = Buffer.alloc(0);
    if (!splitUtf8) {
      const complete = completeLength(rest);
      this.#unfinished = rest.subarray(complete);
      rest = rest.subarray(0, complete);
    }
    const cut: Buffer[] = [];
    while (rest.length > 0) {
      let length = rest.length;
      if (chunks === 'byte') length = 1;
      if (chunks === 'random') length = 1 + Math.floor(this.#random() * RANDOM_CHUNK_LIMIT);
      if (!splitUtf8) while (isContinuation(rest[length])) length++;
      cut.push(rest.subarray(0, length));
      rest = rest.subarray(length);
    }
    if (cut.length > 0) this.#show(cut);
  }
}

/** Pieces that end after each LF; the last one may have none. */
function* lines(bytes: Buffer): Generator<Buffer> {
  let start = 0;
  while (start < bytes.length) {
    const end = bytes.indexOf(LF, start);
    const next = end === -1 ? bytes.length : end + 1;
    yield bytes.subarray(start, next);
    start = next;
  }
}

/** ONLCR of a terminal: every LF, also one that follows a CR. */
function withCrlf(bytes: Buffer): Buffer {
  const shown: Buffer[] = [];
  for (const line of lines(bytes)) {
    if (line.at(-1) === LF) shown.push(line.subarray(0, -1), CRLF);
    else shown.push(line);
  }
  return Buffer.concat(shown);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}

/** Length without an unfinished UTF-8 sequence at the end. */
function completeLength(bytes: Buffer): number {
  let lead = bytes.length - 1;
  while (lead > bytes.length - 4 && isContinuation(bytes[lead])) lead--;
  const first = bytes[lead] ?? 0;
  const sequence = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
  return bytes.length - lead < sequence ? lead : bytes.length;
}

/** A small seeded generator (public domain, Tommy Ettinger): `Math.random` cannot be repeated. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
