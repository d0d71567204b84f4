// What helps an author in the Markdown of a proposal: ids of requirements where one is referred to, the shapes of blocks,
// and which id stands under the cursor. Pure; knows no editor.

import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import { SHAPES } from './blocks.ts';

export interface Suggestion {
  readonly name: string;
  readonly means: string;
  readonly insert: string;
  /** Column, from 1, of the first character that it takes the place of. */
  readonly from: number;
  /** Whether `insert` has places to fill in. */
  readonly snippet: boolean;
}

const ID = /[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+/g;

/** The id at a column, from 1, of a line: in brackets, in a marker, or alone. */
export function idAt(
  line: string,
  column: number,
): { readonly id: string; readonly from: number; readonly to: number } | undefined {
  for (const { 0: id, index } of line.matchAll(ID)) {
    const from = index + 1;
    const to = from + id.length;
    if (from <= column && column <= to) return { id, from, to };
  }
  return undefined;
}

/** The page that explains a rule of the linter, as an absolute address. */
export function lintUrl(rule: string, base: string): string {
  return new URL(`lint/${rule}/`, new URL(base, location.href)).href;
}

/** What may be written behind the beginning of a line: ids behind `[`, blocks where the line is empty or opens a fence. */
export function suggestionsAt(before: string): Suggestion[] {
  const reference = /\[([a-z0-9.-]*)$/.exec(before);
  if (reference && !/^r\[/.test(before)) {
    const from = before.length - (reference[1]?.length ?? 0) + 1;
    return Object.entries(REQUIREMENTS).map(([id, { text }]) => ({
      name: id,
      means: text,
      insert: id,
      from,
      snippet: false,
    }));
  }
  if (/^(?:(?:```)?[a-z]*|r\[?)$/.test(before))
    return SHAPES.map(({ name, means, text }) => ({
      name,
      means,
      insert: text,
      from: 1,
      snippet: true,
    }));
  return [];
}
