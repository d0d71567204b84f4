// Compares two stretches of Markdown source word by word, or two pieces of code line by line. Code spans, links and
// references are one word each. Time is bounded: beyond the limits a stretch is replaced as a whole.

import { diffArrays } from 'diff';
import type { Segment } from './model.ts';

export const LIMITS = {
  /** Of both sides together, beyond which only a common beginning and end are looked for. */
  characters: 200_000,
  /** Insertions and deletions beyond which two texts are no revisions of each other. */
  edits: 800,
  /** Share of words that has to stay for single words to be shown. */
  kept: 0.2,
} as const;

/** Which words there are: those of Markdown, or those of YAML, where brackets hold lists. */
export type Language = 'markdown' | 'yaml';

/** Each alternative is bounded, so that none looks far ahead. Code spans are found before. */
const WORDS: Readonly<Record<Language, RegExp>> = {
  markdown: pattern(
    // A keyword that forbids is not the one that demands with a word behind it.
    '(?:must|should|shall)[ \\t\\n]+not\\b',
    // The marker of a requirement, references, links and images. Brackets within brackets are not one word.
    'r\\[[\\w.-]{1,200}\\]',
    '!?\\[[^\\[\\]\\n]{1,300}\\](?:\\([^()\\s]{0,500}(?:\\s"[^"\\n]{0,200}")?\\)|\\[[^\\[\\]\\n]{0,200}\\])?',
    '<[a-z][^<>\\s]{1,500}>',
    'https?:\\/\\/[^\\s<>()\\[\\]|`]{1,500}',
  ),
  yaml: pattern('https?:\\/\\/[^\\s<>()\\[\\]|`"\',]{1,500}'),
};

function pattern(...units: readonly string[]): RegExp {
  return new RegExp(
    [
      '[ \\t\\n]+',
      ...units,
      // Words, with what joins their parts: half-close, peer’s, http.response.start, 0.5.
      "[\\p{L}\\p{M}\\p{N}_]+(?:[-.’'/][\\p{L}\\p{M}\\p{N}_]+)*",
      // Marks of emphasis belong together.
      '\\*+|~~|[\\s\\S]',
    ].join('|'),
    'iuy',
  );
}
const BACKTICKS = /`+/y;
/** What makes a word more than a space or a mark. */
const LETTER = /[\p{L}\p{N}]/u;

/** Cuts source into words. Nothing is lost: together they are the text. */
export function words(text: string, language: Language = 'markdown'): string[] {
  const word = WORDS[language];
  const result: string[] = [];
  /** Runs of backticks by length for which there is no second one from here on. */
  const unclosed = new Set<number>();
  for (let at = 0; at < text.length; ) {
    let end = at;
    if (text[at] === '`') {
      BACKTICKS.lastIndex = at;
      const mark = BACKTICKS.exec(text)?.[0] ?? '`';
      end = at + mark.length;
      const close = unclosed.has(mark.length) ? -1 : closingBackticks(text, mark, end);
      if (close < 0) unclosed.add(mark.length);
      else end = close;
    } else {
      word.lastIndex = at;
      end = at + (word.exec(text)?.[0].length ?? 1);
    }
    result.push(text.slice(at, end));
    at = end;
  }
  return result;
}

/** @returns the offset behind the run of backticks of the same length that ends a code span, or -1 */
function closingBackticks(text: string, mark: string, from: number): number {
  for (let at = text.indexOf(mark, from); at >= 0; ) {
    let end = at + mark.length;
    while (text[end] === '`') end++;
    if (end - at === mark.length) return end;
    at = text.indexOf(mark, end);
  }
  return -1;
}

/** Lines with their line ends; the last one has none. */
export function lines(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

const ASCII_WORD = /^[!-~]+$/;

/** What a word is compared by: white space is white space, however wide or long (`normalise` of checksum.ts). */
export function wordForm(word: string): string {
  return ASCII_WORD.test(word) ? word : word.replace(/[ \t\n]+/g, ' ').normalize('NFC');
}

/** Differences by words. */
export function compareWords(
  before: string,
  after: string,
  language: Language = 'markdown',
): Segment[] {
  if (before === after) return whole('same', after);
  if (before.length + after.length > LIMITS.characters) return compareEnds(before, after);
  const old = words(before, language);
  const now = words(after, language);
  const changes = changesOf(old, now, wordForm);
  if (!changes) return compareEnds(before, after);
  if (share(changes, old, now) < LIMITS.kept) return compareEnds(before, after);
  return segmentsOf(phrasesOf(changes, old, now), old, now);
}

/**
 * Differences of two lists of words that were cut elsewhere, such as those of a rendered text. Words are equal that
 * are the same string. @returns undefined where too little stays for single words to be shown
 */
export function compareWordLists(
  old: readonly string[],
  now: readonly string[],
): readonly Change[] | undefined {
  const changes = changesOf(old, now, (word) => word);
  if (!changes || share(changes, old, now) < LIMITS.kept) return undefined;
  return phrasesOf(changes, old, now);
}

/** Differences of two lists of lines. @returns undefined where there are too many */
export function compareLineLists(
  old: readonly string[],
  now: readonly string[],
): readonly Change[] | undefined {
  const changes = changesOf(old, now, (line) => line);
  return changes && runsOf(changes, old, now, false);
}

/** Differences by lines. */
export function compareLines(before: string, after: string): Segment[] {
  if (before === after) return whole('same', after);
  const old = lines(before);
  const now = lines(after);
  const changes = changesOf(old, now, (line) => line);
  return changes
    ? segmentsOf(runsOf(changes, old, now, false), old, now)
    : compareEnds(before, after);
}

export function whole(op: Segment['op'], text: string): Segment[] {
  return text === '' ? [] : [{ op, text }];
}

export interface Change {
  readonly op: Segment['op'];
  /** Half-open ranges of words on each side; that of the side on which there is nothing is empty. */
  readonly old: readonly [from: number, to: number];
  readonly now: readonly [from: number, to: number];
}

/** How much of the larger side stays: in words, not in the spaces and marks between them. */
function share(changes: readonly Change[], old: readonly string[], now: readonly string[]): number {
  let kept = 0;
  for (const change of changes) {
    if (change.op === 'same') kept += lettered(now.slice(...change.now));
  }
  const larger = Math.max(lettered(old), lettered(now));
  return larger === 0 ? 1 : kept / larger;
}

/** How many of them are words, and not spaces or marks. */
function lettered(parts: readonly string[]): number {
  return parts.filter((word) => LETTER.test(word)).length;
}

/** @returns undefined where there are too many */
function changesOf(
  old: readonly string[],
  now: readonly string[],
  form: (word: string) => string,
): Change[] | undefined {
  // Numbers compare faster than text.
  const numbers = new Map<string, number>();
  const numbered = (word: string): number => {
    const key = form(word);
    let number = numbers.get(key);
    if (number === undefined) {
      number = numbers.size;
      numbers.set(key, number);
    }
    return number;
  };
  const found = diffArrays(old.map(numbered), now.map(numbered), {
    maxEditLength: LIMITS.edits,
  });
  if (!found) return undefined;
  let left = 0;
  let right = 0;
  return found.map(({ count, added, removed }) => {
    const change: Change = {
      op: added ? 'ins' : removed ? 'del' : 'same',
      old: [left, added ? left : left + count],
      now: [right, removed ? right : right + count],
    };
    left = change.old[1];
    right = change.now[1];
    return change;
  });
}

/** Up to so many words that stay between two changes are no help to a reader, if there are fewer of them than changed. */
const ISLAND = 2;

/**
 * Phrases of what changed: runs in which a word or two that stay in the midst of what was written anew are shown as a
 * part of it.
 */
function phrasesOf(
  changes: readonly Change[],
  old: readonly string[],
  now: readonly string[],
): Change[] {
  const runs = runsOf(changes, old, now, true);
  const sizes = runs.map((run) => ({
    went: run.op === 'ins' ? 0 : lettered(old.slice(...run.old)),
    came: run.op === 'del' ? 0 : lettered(now.slice(...run.now)),
  }));
  const isKept = (at: number) => runs[at]?.op === 'same' && (sizes[at]?.came ?? 0) > 0;
  /** How many words changed from here to the next ones that stay. */
  const beside = (from: number, step: 1 | -1) => {
    let [went, came] = [0, 0];
    for (let at = from; runs[at] && !isKept(at); at += step) {
      went += sizes[at]?.went ?? 0;
      came += sizes[at]?.came ?? 0;
    }
    return { went, came, all: Math.max(went, came) };
  };
  const isIsland = (at: number) => {
    const size = sizes[at]?.came ?? 0;
    if (!isKept(at) || size > ISLAND) return false;
    const [left, right] = [beside(at - 1, -1), beside(at + 1, 1)];
    return (
      Math.min(left.all, right.all) > size &&
      Math.min(left.went + right.went, left.came + right.came) > size
    );
  };
  if (!runs.some((_, at) => isIsland(at))) return runs;
  const flooded = runs.flatMap((run, at): Change[] =>
    isIsland(at)
      ? [
          { op: 'del', old: run.old, now: [run.now[0], run.now[0]] },
          { op: 'ins', old: [run.old[1], run.old[1]], now: run.now },
        ]
      : [run],
  );
  return runsOf(flooded, old, now, true);
}

/**
 * Puts in every run of changes first what went, then what came. Joined, a replacement swallows the spaces and marks up
 * to the next change, so that a phrase reads as one.
 */
function runsOf(
  changes: readonly Change[],
  old: readonly string[],
  now: readonly string[],
  joined: boolean,
): Change[] {
  const runs: Change[] = [];
  /** Where the run that is open began, and ends so far. */
  let gone: [from: number, to: number] = [0, 0];
  let come: [from: number, to: number] = [0, 0];
  const isEmpty = ([from, to]: readonly [number, number]) => from === to;
  const flush = () => {
    const space = joined ? commonSpace(old.slice(...gone), now.slice(...come)) : 0;
    const [left, right] = [gone[1] - space, come[1] - space];
    if (gone[0] < left) runs.push({ op: 'del', old: [gone[0], left], now: [come[0], come[0]] });
    if (come[0] < right) runs.push({ op: 'ins', old: [left, left], now: [come[0], right] });
    return space;
  };
  for (const [index, change] of changes.entries()) {
    const swallowed =
      change.op === 'same' &&
      joined &&
      !LETTER.test(now.slice(...change.now).join('')) &&
      isReplacement([
        ...(isEmpty(gone) ? [] : ['del']),
        ...(isEmpty(come) ? [] : ['ins']),
        '|',
        ...runOf(changes, index + 1),
      ]);
    if (change.op !== 'same' || swallowed) {
      gone = [gone[0], change.old[1]];
      come = [come[0], change.now[1]];
      continue;
    }
    const space = flush();
    const [left, right] = [change.old[0] - space, change.now[0] - space];
    runs.push({ op: 'same', old: [left, change.old[1]], now: [right, change.now[1]] });
    gone = [change.old[1], change.old[1]];
    come = [change.now[1], change.now[1]];
  }
  const space = flush();
  if (space > 0) {
    runs.push({
      op: 'same',
      old: [gone[1] - space, gone[1]],
      now: [come[1] - space, come[1]],
    });
  }
  return runs;
}

/** How many words at the end of what went and of what came are the same space, which belongs to neither. */
function commonSpace(gone: readonly string[], come: readonly string[]): number {
  const isSpace = (word: string | undefined) => word !== undefined && /^[ \t\n]+$/.test(word);
  return gone.length > 1 && come.length > 1 && isSpace(gone.at(-1)) && gone.at(-1) === come.at(-1)
    ? 1
    : 0;
}

function segmentsOf(
  changes: readonly Change[],
  old: readonly string[],
  now: readonly string[],
): Segment[] {
  return changes.map((change) => {
    const [before, after] = [old.slice(...change.old).join(''), now.slice(...change.now).join('')];
    if (change.op === 'same') return same(before, after);
    return { op: change.op, text: change.op === 'del' ? before : after };
  });
}

/** What both sides have, as each has it. */
export function same(before: string, after: string): Segment {
  return before === after ? { op: 'same', text: after } : { op: 'same', text: after, before };
}

/** Whether there are changes on both sides of `|`, and both what went and what came among them. */
function isReplacement(ops: readonly string[]): boolean {
  return ops[0] !== '|' && ops.at(-1) !== '|' && ops.includes('del') && ops.includes('ins');
}

/** The changes from here to the next word that stays. */
function runOf(changes: readonly Change[], from: number): string[] {
  const next = changes.slice(from, from + 2).map(({ op }) => op);
  const end = next.indexOf('same');
  return end < 0 ? next : next.slice(0, end);
}

/** For what is too large or too different: a common beginning and end, up to a space, and the rest replaced. */
function compareEnds(before: string, after: string): Segment[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (start < before.length || start < after.length) start = spaceBefore(before, start);
  let end = 0;
  while (
    end < shorter - start &&
    before.charCodeAt(before.length - 1 - end) === after.charCodeAt(after.length - 1 - end)
  )
    end++;
  end = before.length - spaceBehind(before, before.length - end);
  return [
    ...whole('same', before.slice(0, start)),
    ...whole('del', before.slice(start, before.length - end)),
    ...whole('ins', after.slice(start, after.length - end)),
    ...whole('same', end === 0 ? '' : before.slice(-end)),
  ];
}

function spaceBefore(text: string, from: number): number {
  let at = from;
  while (at > 0 && !/\s/.test(text[at - 1] as string)) at--;
  return at;
}

function spaceBehind(text: string, from: number): number {
  let at = from;
  while (at < text.length && !/\s/.test(text[at] as string)) at++;
  return at;
}
