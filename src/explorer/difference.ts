// What Reset does to a reader's copy of an example, line by line, for whoever is to decide about it. Changes nothing.

import { structuredPatch } from 'diff';
import type { Files } from './edits.ts';

export interface DifferenceLine {
  /** It goes away, it comes back, or it stays. */
  readonly kind: 'taken' | 'back' | 'same';
  readonly text: string;
  /** Line in the reader's copy, from 1; undefined for one that comes back. */
  readonly line: number | undefined;
}

export interface FileDifference {
  readonly path: string;
  readonly kind: 'created' | 'deleted' | 'changed';
  readonly taken: number;
  readonly back: number;
  /** Each with three lines around it. */
  readonly hunks: readonly (readonly DifferenceLine[])[];
}

/** What makes `original` of `files`, by file. */
export function differences(original: Files, files: Files): FileDifference[] {
  return [...new Set([...Object.keys(original), ...Object.keys(files)])].flatMap((path) => {
    const before = original[path];
    const now = files[path];
    if (before === now) return [];
    const { hunks } = structuredPatch(path, path, now ?? '', before ?? '', '', '', { context: 3 });
    const shown = hunks.map(({ lines, oldStart }) => readHunk(lines, oldStart));
    const count = (kind: DifferenceLine['kind']) =>
      shown.flat().filter((line) => line.kind === kind).length;
    return [
      {
        path,
        kind: before === undefined ? 'created' : now === undefined ? 'deleted' : 'changed',
        taken: count('taken'),
        back: count('back'),
        hunks: shown,
      } satisfies FileDifference,
    ];
  });
}

/** Lines of a unified diff: the first character says what became of the line. */
function readHunk(lines: readonly string[], start: number): DifferenceLine[] {
  let at = start;
  // `\ No newline at end of file` is said of a line, and is none.
  return lines
    .filter((line) => !line.startsWith('\\'))
    .map((line) => {
      const kind = line[0] === '+' ? 'back' : line[0] === '-' ? 'taken' : 'same';
      return { kind, text: line.slice(1), line: kind === 'back' ? undefined : at++ };
    });
}
