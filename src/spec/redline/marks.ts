// Marks what went and what came in lines of text, with colour or without. The texts come from strangers: control
// characters are shown, never sent to a terminal.

import type { Segment } from './model.ts';

export interface Palette {
  readonly del: (text: string) => string;
  readonly ins: (text: string) => string;
  /** Words within a line that is del or ins as a whole. */
  readonly delWord: (text: string) => string;
  readonly insWord: (text: string) => string;
  readonly head: (text: string) => string;
  readonly faint: (text: string) => string;
}

const ansi = (code: string) => (text: string) =>
  text === '' ? '' : `\u001b[${code}m${text}\u001b[0m`;
const plain = (text: string) => text;

export const COLORED: Palette = {
  del: ansi('31'),
  ins: ansi('32'),
  delWord: ansi('31;7'),
  insWord: ansi('32;7'),
  head: ansi('1'),
  faint: ansi('2'),
};

/** Words stand in the brackets of `wdiff`, so that nothing depends on colour. */
export const PLAIN: Palette = {
  del: plain,
  ins: plain,
  delWord: (text) => (text === '' ? '' : `[-${text}-]`),
  insWord: (text) => (text === '' ? '' : `{+${text}+}`),
  head: plain,
  faint: plain,
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

/** Control characters and those that turn the direction of writing, as `<U+001B>`. */
export function visible(text: string): string {
  return text.replace(
    CONTROL,
    (character) => `<U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}>`,
  );
}

/** A line of a comparison: what it is, and its text with marks. */
export interface MarkedLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

/** What stood before and what stands after, line by line; once where nothing differs. */
export function markedLines(segments: readonly Segment[], palette: Palette): MarkedLine[] {
  const gone = segments.some(({ op }) => op === 'del');
  const come = segments.some(({ op }) => op === 'ins');
  const mixed = segments.some(({ op }) => op === 'same');
  if (!gone && !come) return sided(segments, ' ', plain, plain);
  return [
    ...(gone || mixed
      ? sided(segments, '-', palette.del, mixed ? palette.delWord : palette.del)
      : []),
    ...(come || mixed
      ? sided(segments, '+', palette.ins, mixed ? palette.insWord : palette.ins)
      : []),
  ];
}

function sided(
  segments: readonly Segment[],
  sign: MarkedLine['sign'],
  line: (text: string) => string,
  word: (text: string) => string,
): MarkedLine[] {
  const wanted = sign === '-' ? 'del' : 'ins';
  const result = [''];
  for (const { op, text, before } of segments) {
    if (op !== 'same' && op !== wanted) continue;
    const source = visible(sign === '-' ? (before ?? text) : text);
    // A mark does not reach over the end of a line.
    for (const [index, part] of source.split('\n').entries()) {
      if (index > 0) result.push('');
      result[result.length - 1] += op === 'same' ? line(part) : word(part);
    }
  }
  return result.map((text) => ({ sign, text }));
}
