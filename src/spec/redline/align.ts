// Pairs the parts of two sequences, whatever they are: by what they are known by, by equal text in order, by equal
// text elsewhere, and by likeness. Then says which pairs have kept their order and which have moved. Every step has a
// bound, so that texts that have nothing in common cost little.

import { diffArrays } from 'diff';
import { wordForm, words } from './words.ts';

/** What is paired. */
export interface Part {
  /** Parts of the same key are the same part. */
  readonly key?: string;
  /** Parts of the same text are equal. */
  readonly text: string;
  /** Only parts of the same class can be alike. */
  readonly like: string;
}

const LIMITS = {
  /** Insertions and deletions in the sequence; beyond, equal parts are paired in order of occurrence. */
  edits: 500,
  /** Comparisons of likeness in one gap, and in all. */
  gap: 3_000,
  comparisons: 60_000,
  /** Words of a part that likeness looks at. */
  words: 250,
} as const;
const LIKENESS = {
  /** Between two anchors, where a revision is expected. */
  here: 0.5,
  /** Where one part stands against one other. */
  alone: 0.34,
  /** Anywhere else, and then only for as many words. */
  anywhere: 0.75,
  words: 8,
} as const;
const NONE = -1;

/** Which part of one side is which of the other; -1 for none. */
export class Pairing {
  readonly before: readonly Part[];
  readonly after: readonly Part[];
  readonly toAfter: Int32Array;
  readonly toBefore: Int32Array;
  readonly #bags = new Map<string, readonly string[]>();
  #comparisons = 0;

  constructor(before: readonly Part[], after: readonly Part[]) {
    this.before = before;
    this.after = after;
    this.toAfter = new Int32Array(before.length).fill(NONE);
    this.toBefore = new Int32Array(after.length).fill(NONE);
  }

  pair(before: number, after: number): void {
    if (this.toAfter[before] !== NONE || this.toBefore[after] !== NONE) return;
    this.toAfter[before] = after;
    this.toBefore[after] = before;
  }

  /** Pairs by key: the first of a key with the first, the second with the second. */
  pairKeys(): void {
    this.#pairOccurrences(({ key }) => key);
  }

  /** Pairs what is equal and in the same order. */
  pairSequence(): void {
    const numbers = new Map<string, number>();
    const numbered = (part: Part): number => {
      const name = part.key === undefined ? `=${part.text}` : `#${part.key}`;
      const number = numbers.get(name) ?? numbers.size;
      numbers.set(name, number);
      return number;
    };
    const changes = diffArrays(this.before.map(numbered), this.after.map(numbered), {
      maxEditLength: LIMITS.edits,
    });
    let before = 0;
    let after = 0;
    for (const { count, added, removed } of changes ?? []) {
      if (!added && !removed) {
        for (let at = 0; at < count; at++) this.pair(before + at, after + at);
      }
      if (!added) before += count;
      if (!removed) after += count;
    }
  }

  /**
   * Pairs what is equal, wherever it stands. A text that occurs more often than once says little about what moved
   * where; it is paired all the same if it is a sentence.
   */
  pairEqual(): void {
    const often = new Map<string, number>();
    for (const { text } of [...this.before, ...this.after])
      often.set(text, (often.get(text) ?? 0) + 1);
    this.#pairOccurrences(({ text, key }) =>
      key === undefined && ((often.get(text) ?? 0) <= 2 || this.#bag(text).length >= 4)
        ? text
        : undefined,
    );
  }

  /** Between two pairs in order, pairs what is alike, in order. */
  pairLikeInGaps(): void {
    const anchors = this.inOrder();
    let before = 0;
    let after = 0;
    for (const [beforeEnd, afterEnd] of [...anchors, [this.before.length, this.after.length]]) {
      const left = this.#unpaired(this.toAfter, before, beforeEnd as number);
      const right = this.#unpaired(this.toBefore, after, afterEnd as number);
      if (left.length > 0 && right.length > 0) this.#pairGap(left, right);
      before = (beforeEnd as number) + 1;
      after = (afterEnd as number) + 1;
    }
  }

  /** Pairs what is long and very much alike, wherever it stands. */
  pairLikeAnywhere(): void {
    const long = ({ text }: Part) => this.#bag(text).length >= LIKENESS.words;
    const left = this.#unpaired(this.toAfter, 0, this.before.length).filter((at) =>
      long(this.before[at] as Part),
    );
    const right = this.#unpaired(this.toBefore, 0, this.after.length).filter((at) =>
      long(this.after[at] as Part),
    );
    if (left.length * right.length > LIMITS.comparisons) return;
    const found: { before: number; after: number; score: number }[] = [];
    for (const before of left) {
      for (const after of right) {
        const score = this.likeness(before, after);
        if (score >= LIKENESS.anywhere) found.push({ before, after, score });
      }
    }
    found.sort((a, b) => b.score - a.score || a.before - b.before || a.after - b.after);
    for (const { before, after } of found) this.pair(before, after);
  }

  /** Pairs that stand in the same order on both sides, as many words of them as there can be. */
  inOrder(): (readonly [before: number, after: number])[] {
    const weight = (part: Part) => 1 + Math.min(part.text.length, 600) / 12;
    /** Best chain that ends at or before a place of the text before: a Fenwick tree over maxima. */
    const best = new Float64Array(this.before.length + 1);
    const bestAt = new Int32Array(this.before.length + 1).fill(NONE);
    const previous = new Int32Array(this.after.length).fill(NONE);
    let last = NONE;
    let most = 0;
    for (let after = 0; after < this.after.length; after++) {
      const before = this.toBefore[after] as number;
      if (before === NONE) continue;
      let score = 0;
      let from = NONE;
      for (let at = before; at > 0; at -= at & -at) {
        if ((best[at] as number) > score) {
          score = best[at] as number;
          from = bestAt[at] as number;
        }
      }
      previous[after] = from;
      score += weight(this.after[after] as Part);
      for (let at = before + 1; at < best.length; at += at & -at) {
        if (score > (best[at] as number)) {
          best[at] = score;
          bestAt[at] = after;
        }
      }
      if (score > most) {
        most = score;
        last = after;
      }
    }
    const chain: [number, number][] = [];
    for (let after = last; after !== NONE; after = previous[after] as number)
      chain.push([this.toBefore[after] as number, after]);
    return chain.reverse();
  }

  /** Share of words that two parts have in common, from 0 to 1 (Dice, with repetitions). */
  likeness(before: number, after: number): number {
    const left = this.before[before] as Part;
    const right = this.after[after] as Part;
    if (left.like !== right.like) return 0;
    this.#comparisons++;
    const a = this.#bag(left.text);
    const b = this.#bag(right.text);
    if (a.length + b.length === 0) return left.text === right.text ? 1 : 0;
    let common = 0;
    for (let i = 0, j = 0; i < a.length && j < b.length; ) {
      const x = a[i] as string;
      const y = b[j] as string;
      if (x === y) {
        common++;
        i++;
        j++;
      } else if (x < y) i++;
      else j++;
    }
    return (2 * common) / (a.length + b.length);
  }

  #pairOccurrences(name: (part: Part) => string | undefined): void {
    const places = new Map<string, number[]>();
    for (const [at, part] of this.before.entries()) {
      const key = this.toAfter[at] === NONE ? name(part) : undefined;
      if (key === undefined) continue;
      const known = places.get(key);
      if (known) known.push(at);
      else places.set(key, [at]);
    }
    const used = new Map<string, number>();
    for (const [at, part] of this.after.entries()) {
      const key = this.toBefore[at] === NONE ? name(part) : undefined;
      if (key === undefined) continue;
      const nth = used.get(key) ?? 0;
      const before = places.get(key)?.[nth];
      if (before === undefined) continue;
      used.set(key, nth + 1);
      this.pair(before, at);
    }
  }

  #unpaired(side: Int32Array, from: number, to: number): number[] {
    const result: number[] = [];
    for (let at = from; at < to; at++) if (side[at] === NONE) result.push(at);
    return result;
  }

  /** The order-preserving pairs that are most alike in all; in a large gap only neighbours are looked at. */
  #pairGap(left: readonly number[], right: readonly number[]): void {
    if (left.length === 1 && right.length === 1) {
      const [before, after] = [left[0] as number, right[0] as number];
      if (this.likeness(before, after) >= LIKENESS.alone) this.pair(before, after);
      return;
    }
    const size = left.length * right.length;
    if (size > LIMITS.gap || this.#comparisons + size > LIMITS.comparisons) {
      this.#pairNeighbours(left, right);
      return;
    }
    const width = right.length + 1;
    const scores = new Float64Array(left.length * right.length);
    const best = new Float64Array((left.length + 1) * width);
    for (let i = left.length - 1; i >= 0; i--) {
      for (let j = right.length - 1; j >= 0; j--) {
        const score = this.likeness(left[i] as number, right[j] as number);
        scores[i * right.length + j] = score;
        const skip = Math.max(
          best[(i + 1) * width + j] as number,
          best[i * width + j + 1] as number,
        );
        const take = score >= LIKENESS.here ? score + (best[(i + 1) * width + j + 1] as number) : 0;
        best[i * width + j] = Math.max(skip, take);
      }
    }
    for (let i = 0, j = 0; i < left.length && j < right.length; ) {
      const here = best[i * width + j] as number;
      const score = scores[i * right.length + j] as number;
      if (score >= LIKENESS.here && here === score + (best[(i + 1) * width + j + 1] as number)) {
        this.pair(left[i++] as number, right[j++] as number);
      } else if (here === best[(i + 1) * width + j]) i++;
      else j++;
    }
  }

  #pairNeighbours(left: readonly number[], right: readonly number[]): void {
    const window = 4;
    let next = 0;
    for (const before of left) {
      if (this.#comparisons > LIMITS.comparisons) return;
      for (let at = next; at < Math.min(next + window, right.length); at++) {
        if (this.likeness(before, right[at] as number) < LIKENESS.here) continue;
        this.pair(before, right[at] as number);
        next = at + 1;
        break;
      }
    }
  }

  /** The words of a text in alphabetical order, without what stands between them. */
  #bag(text: string): readonly string[] {
    let bag = this.#bags.get(text);
    if (!bag) {
      bag = words(text.slice(0, LIMITS.words * 12))
        .filter((word) => /[\p{L}\p{N}]/u.test(word))
        .slice(0, LIMITS.words)
        .map(wordForm)
        .sort();
      this.#bags.set(text, bag);
    }
    return bag;
  }
}

/** One line of a merged order: a pair, or what stands on one side only. */
export interface Entry {
  readonly before?: number;
  readonly after?: number;
  readonly moved: boolean;
}

/**
 * The order of the text after; what is only before stands behind what it stood behind. Anchors are the pairs that have
 * kept their order.
 */
export function interleave(
  pairing: Pairing,
  anchors: readonly (readonly [before: number, after: number])[] = pairing.inOrder(),
): Entry[] {
  const entries: Entry[] = [];
  let anchor = 0;
  let next = 0;
  const removed = () => {
    const end = anchors[anchor]?.[0] ?? pairing.before.length;
    for (; next < end; next++) {
      if (pairing.toAfter[next] === NONE) entries.push({ before: next, moved: false });
    }
  };
  removed();
  for (let after = 0; after < pairing.after.length; after++) {
    const before = pairing.toBefore[after] as number;
    const inOrder = anchors[anchor]?.[1] === after;
    if (before === NONE) entries.push({ after, moved: false });
    else entries.push({ before, after, moved: !inOrder });
    if (inOrder) {
      anchor++;
      removed();
    }
  }
  return entries;
}
