// The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B): latin1 strings to octets and back. No tables of fields.

import { HpackError } from './hpack-error.ts';

/** The bits of each octet's code, and last of EOS (appendix B). The code is canonical: the lengths say it all. */
// biome-ignore format: sixteen a line, as octets are counted
const BITS = Uint8Array.of(
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
);
const EOS = 256;

/** The code of each octet, in its low bits. */
const CODES = canonicalCodes();

function canonicalCodes(): Uint32Array {
  const symbols = Array.from(BITS.keys()).sort((a, b) => bits(a) - bits(b) || a - b);
  const codes = new Uint32Array(BITS.length);
  let code = 0;
  let length = 0;
  for (const symbol of symbols) {
    code <<= bits(symbol) - length;
    length = bits(symbol);
    codes[symbol] = code++;
  }
  return codes;
}

function bits(symbol: number): number {
  return BITS[symbol] as number;
}

// The decoder is a state machine that takes four bits at once. Its states are the inner nodes of the code's tree, of
// which there are 256. A code has five bits or more, so that four bits end one string's octet at most.

const EMITS = 1 << 16;
const FAILS = 1 << 17;
/** For each state and the next four bits: the next state, above it the octet, above it whether there is one. */
const STEPS = new Uint32Array(256 * 16);
/** Where a string may end: at most seven bits, all ones, since the last code (section 5.2). */
const ENDS = new Uint8Array(256);
buildMachine();

function buildMachine(): void {
  // Each node's two children: an inner node, or ~symbol. 0 is the root, and no child.
  const children: [number, number][] = [[0, 0]];
  for (const [symbol, code] of CODES.entries()) {
    let node = 0;
    for (let bit = bits(symbol) - 1; bit >= 0; bit--) {
      const pair = children[node] as [number, number];
      const side = ((code >>> bit) & 1) as 0 | 1;
      if (bit === 0) pair[side] = ~symbol;
      else if (pair[side] === 0) pair[side] = children.push([0, 0]) - 1;
      node = pair[side];
    }
  }
  for (let state = 0; state < children.length; state++)
    for (let nibble = 0; nibble < 16; nibble++) {
      let node = state;
      let emitted = 0;
      for (let bit = 3; bit >= 0; bit--) {
        node = children[node]?.[((nibble >>> bit) & 1) as 0 | 1] as number;
        if (node >= 0) continue;
        emitted |= ~node === EOS ? FAILS : EMITS | (~node << 8);
        node = 0;
      }
      STEPS[(state << 4) | nibble] = emitted | node;
    }
  for (let node = 0, ones = 0; ones <= 7; ones++) {
    ENDS[node] = 1;
    node = children[node]?.[1] as number;
  }
}

/** What strings are decoded into, before they are strings. Longer ones get memory of their own. */
const SCRATCH = Buffer.alloc(4096);

/**
 * The string whose code stands in `octets` from `start` to `end`. Throws `HpackError` for a code that contains EOS or
 * ends in anything but up to seven bits of ones (RFC 7541 section 5.2).
 */
export function decodeHuffman(octets: Uint8Array, start: number, end: number): string {
  // Five bits or more for each octet; and the one that is written, but does not count.
  const most = Math.floor(((end - start) * 8) / 5) + 1;
  const into = most <= SCRATCH.length ? SCRATCH : Buffer.allocUnsafe(most);
  let length = 0;
  let state = 0;
  let seen = 0;
  for (let at = start; at < end; at++) {
    const octet = octets[at] as number;
    let step = STEPS[(state << 4) | (octet >> 4)] as number;
    seen |= step;
    into[length] = step >> 8;
    length += (step >> 16) & 1;
    step = STEPS[((step & 0xff) << 4) | (octet & 15)] as number;
    seen |= step;
    into[length] = step >> 8;
    length += (step >> 16) & 1;
    state = step & 0xff;
  }
  if (seen & FAILS)
    throw new HpackError('A Huffman-coded string contains EOS (RFC 7541 section 5.2).');
  if (ENDS[state] === 0)
    throw new HpackError(
      'A Huffman-coded string ends in bits that are no code and no padding: at most 7, all ones (RFC 7541 section 5.2).',
    );
  return into.toString('latin1', 0, length);
}

/**
 * How many octets `text` takes when it is coded. Throws `TypeError` for a character above U+00FF: strings are latin1
 * here, a code unit an octet.
 */
export function huffmanLength(text: string): number {
  let total = 0;
  let all = 0;
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i);
    all |= octet;
    total += BITS[octet & 0xff] as number;
  }
  if (all > 0xff)
    throw new TypeError(
      'A field has a character above U+00FF. Names and values are octets, each as one code unit: encode text first.',
    );
  return Math.ceil(total / 8);
}

/**
 * Writes the code of `text` into `buffer` at `at`, where there is room for `huffmanLength(text)` octets, and returns
 * where it ends.
 */
export function writeHuffman(text: string, buffer: Uint8Array, at: number): number {
  // Between codes fewer than eight bits wait, the low ones of `pending`; what is above them has been written.
  let pending = 0;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i) & 0xff;
    let code = CODES[octet] as number;
    let length = BITS[octet] as number;
    if (length > 24) {
      // 7 and 30 bits would be too many for 32.
      length -= 16;
      pending = (pending << length) | (code >>> 16);
      count += length;
      while (count >= 8) {
        count -= 8;
        buffer[at++] = pending >>> count;
      }
      code &= 0xffff;
      length = 16;
    }
    pending = (pending << length) | code;
    count += length;
    while (count >= 8) {
      count -= 8;
      buffer[at++] = pending >>> count;
    }
  }
  if (count > 0) buffer[at++] = (pending << (8 - count)) | (0xff >> count);
  return at;
}
