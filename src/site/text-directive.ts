// Makes the text directive of a stretch of a page, `:~:text=…`, which a browser finds again: short, at the borders of words,
// and with what stands around it where the words alone stand elsewhere too (WICG Scroll To Text Fragment). Knows the page
// as lists of blocks of text, and no document. The library for it, text-fragments-polyfill, took up to three seconds for a
// selection in the longest proposal, gave up on some, and did not come back from others (its issue 164).

/** What is selected of the blocks: from an offset in the first to one in the last, which may be the same. */
export interface Stretch {
  readonly first: number;
  readonly start: number;
  readonly last: number;
  readonly end: number;
}

/** A text of more characters is found by its beginning and its end. */
const WHOLE = 300;
/** Words of the beginning, and of the end. */
const WORDS = 4;
/** How many words around it are tried, one number after the other. */
const AROUND = [0, 3, 6, 12] as const;

interface Place {
  readonly start: number;
  readonly end: number;
}

/** The directive, with its delimiter; empty where nothing but white space is selected. */
export function textDirective(blocks: readonly string[], stretch: Stretch): string {
  const page = new PageText(blocks);
  const place = page.place(stretch);
  if (!place) return '';
  const { start, end } = place;
  if (page.blockAt(start) === page.blockAt(end - 1) && end - start <= WHOLE) {
    const { before, after } = around(
      (words) => ({ before: page.before(start, words), after: page.after(end, words) }),
      (some) => page.find(place, some).length === 1,
    );
    return directive(before, page.text.slice(start, end), '', after);
  }
  const beginning = page.beginning(place);
  const ending = page.ending(place);
  const { before } = around(
    (words) => ({ before: page.before(start, words), after: '' }),
    (some) => page.find(beginning, some).length === 1,
  );
  const { after } = around(
    (words) => ({ before: '', after: page.after(end, words) }),
    (some) => page.find(ending, some, beginning.end)[0] === ending.start,
  );
  return directive(
    before,
    page.text.slice(beginning.start, beginning.end),
    page.text.slice(ending.start, ending.end),
    after,
  );
}

interface Around {
  readonly before: string;
  readonly after: string;
}

/** As little around a text as makes it the only one; the most that is tried, where nothing does. */
function around(take: (words: number) => Around, suffices: (some: Around) => boolean): Around {
  let some: Around = { before: '', after: '' };
  for (const words of AROUND) {
    some = take(words);
    if (suffices(some)) break;
  }
  return some;
}

function directive(before: string, start: string, end: string, after: string): string {
  const parts = [
    before && `${encoded(before)}-`,
    encoded(start),
    encoded(end),
    after && `-${encoded(after)}`,
  ];
  return `:~:text=${parts.filter(Boolean).join(',')}`;
}

/** Hyphens have a meaning in a directive, and are no matter of percent encoding otherwise. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll('-', '%2D');
}

/** The text of all blocks, one a line. */
class PageText {
  readonly text: string;
  readonly #folded: string;
  readonly #starts: number[] = [];
  readonly #blocks: readonly string[];

  constructor(blocks: readonly string[]) {
    this.#blocks = blocks;
    this.text = blocks.join('\n');
    const folded = this.text.toLowerCase();
    // Where a letter has two in lowercase, offsets would differ.
    this.#folded = folded.length === this.text.length ? folded : this.text;
    let at = 0;
    for (const block of blocks) {
      this.#starts.push(at);
      at += block.length + 1;
    }
  }

  /** The number of the block that an offset is in. */
  blockAt(offset: number): number {
    return this.#starts.findLastIndex((start) => start <= offset);
  }

  /** A stretch without white space at its ends, widened to whole words. */
  place({ first, start, last, end }: Stretch): Place | undefined {
    let from = (this.#starts[first] ?? 0) + start;
    let to = Math.min((this.#starts[last] ?? 0) + end, this.text.length);
    while (from < to && /\s/.test(this.text[from] ?? '')) from++;
    while (to > from && /\s/.test(this.text[to - 1] ?? '')) to--;
    if (from >= to) return undefined;
    const word = this.#words(this.blockAt(from)).find((one) => one.start <= from && from < one.end);
    const other = this.#words(this.blockAt(to - 1)).find((one) => one.start < to && to <= one.end);
    return { start: Math.min(from, word?.start ?? from), end: Math.max(to, other?.end ?? to) };
  }

  /** The first words of a place, as far as they are in its first block. */
  beginning({ start, end }: Place): Place {
    const words = this.#words(this.blockAt(start)).filter(
      (word) => word.start >= start && word.end <= end,
    );
    const block = this.blockAt(start);
    const stop = (this.#starts[block] ?? 0) + (this.#blocks[block]?.length ?? 0);
    return { start, end: words[WORDS - 1]?.end ?? Math.min(end, stop) };
  }

  /** The last words of a place, as far as they are in its last block. */
  ending({ start, end }: Place): Place {
    const block = this.blockAt(end - 1);
    const words = this.#words(block).filter((word) => word.start >= start && word.end <= end);
    return { start: words.at(-WORDS)?.start ?? Math.max(start, this.#starts[block] ?? 0), end };
  }

  /** So many words before an offset, of its block or, where there are none, of the one before. */
  before(offset: number, count: number): string {
    if (count === 0) return '';
    const own = this.blockAt(offset);
    const inBlock = (block: number) => this.#words(block).filter(({ end }) => end <= offset);
    const isFirst = this.text.slice(this.#starts[own], offset).trim() === '';
    const words = inBlock(isFirst ? own - 1 : own);
    const from = words.at(-count) ?? words[0];
    return from ? this.text.slice(from.start, offset).trim() : '';
  }

  /** So many words behind an offset, of its block or, where there are none, of the next. */
  after(offset: number, count: number): string {
    if (count === 0) return '';
    const own = this.blockAt(offset - 1);
    const stop = (this.#starts[own] ?? 0) + (this.#blocks[own]?.length ?? 0);
    const isLast = this.text.slice(offset, stop).trim() === '';
    const words = this.#words(isLast ? own + 1 : own).filter(({ start }) => start >= offset);
    const to = words[count - 1] ?? words.at(-1);
    return to ? this.text.slice(offset, to.end).trim() : '';
  }

  /** Where a place's words stand, between others, from an offset on. Case is no matter. */
  find({ start, end }: Place, { before, after }: Around, from = 0): number[] {
    const fold = (text: string) => (this.#folded === this.text ? text : text.toLowerCase());
    const words = this.#folded.slice(start, end);
    const [left, right] = [fold(before), fold(after)];
    const found: number[] = [];
    for (let at = this.#folded.indexOf(words, from); at >= 0; ) {
      const front = this.#folded.slice(Math.max(0, at - left.length - 2), at).trimEnd();
      const stop = at + words.length;
      const back = this.#folded.slice(stop, stop + right.length + 2).trimStart();
      if (front.endsWith(left) && back.startsWith(right)) found.push(at);
      at = this.#folded.indexOf(words, at + 1);
    }
    return found;
  }

  /** Words are what the browser takes for such: it finds whole ones only. */
  #words(block: number): Place[] {
    const text = this.#blocks[block];
    if (text === undefined) return [];
    const base = this.#starts[block] ?? 0;
    return [...new Intl.Segmenter('en', { granularity: 'word' }).segment(text)]
      .filter(({ isWordLike }) => isWordLike)
      .map(({ index, segment }) => ({ start: base + index, end: base + index + segment.length }));
  }
}
