// What a change of proposals is. Plain data: knows neither what proposals say, nor where changes are kept or shown.

import type { SourceFile } from '../spec/lint/library.ts';
import type { Author, FileChange } from './patch/write.ts';

/** What a reader has on the desk, and what a patch carries. Plain data. */
export interface Change {
  readonly id: string;
  /** What the reader sees it as in a list. */
  readonly name: string;
  readonly files: readonly FileChange[];
  readonly author?: Author;
  /** First line of the message of the commit, where the reader wrote one of their own. */
  readonly subject?: string;
  readonly body?: string;
  /** Times as `2026-11-23T10:00:00.000Z`. */
  readonly created: string;
  readonly updated: string;
  /** How often it was kept; 0 until it is. */
  readonly version: number;
}

/** Whether a path is that of a draft, of a proposal with a number of its own. */
export function isDraft(path: string): boolean {
  return /^proposals\/(?!0000)\d{4}-[^/]+\/draft\.md$/.test(path);
}

/** The files that are not as they were. */
export function filesChanged({ files }: Pick<Change, 'files'>): readonly FileChange[] {
  return files.filter(({ before, after }) => before !== after);
}

/** The texts that a change comes to, for `Repository.with`. */
export function textsAfter({ files }: Pick<Change, 'files'>): SourceFile[] {
  return files.map(({ path, after }) => [path, after]);
}

/** Whether a change has the files of another, text for text. */
export function hasTextsOf(
  { files }: Pick<Change, 'files'>,
  { files: others }: Pick<Change, 'files'>,
): boolean {
  return (
    files.length === others.length &&
    files.every(({ path, before, after }, index) => {
      const other = others[index];
      return other?.path === path && other.before === before && other.after === after;
    })
  );
}

/** The change with a text in the place of what it had under that path; the same one, where it has that text already. */
export function withText<C extends Pick<Change, 'files'>>(
  change: C,
  path: string,
  after: string,
): C {
  if (!change.files.some((file) => file.path === path && file.after !== after)) return change;
  return {
    ...change,
    files: change.files.map((file) => (file.path === path ? { ...file, after } : file)),
  };
}

/** An empty change. `now` is the time of its beginning. */
export function emptyChange(name: string, now: Date): Change {
  const time = now.toISOString();
  return { id: newId(), name, files: [], created: time, updated: time, version: 0 };
}

/** Not `randomUUID`: browsers have that on secure origins only, and this site may be served on any. */
export function newId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))]
    .map((octet) => octet.toString(16).padStart(2, '0'))
    .join('');
}
