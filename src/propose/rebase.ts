// Brings a change up to date with a repository that has gone on: what both sides wrote is merged by lines, and where they
// wrote on the same lines the reader is shown both. No text of the reader's is lost. Pure.

import { diff3Merge } from 'node-diff3';
import { setFields } from '../spec/front-matter.ts';
import { draftOf } from '../spec/lint/library.ts';
import type { Library } from '../spec/lint/rule.ts';
import { LIST, type ListedProposal, listWithout, listWithProposal } from '../spec/list.ts';
import { proposalSlug } from '../spec/model.ts';
import { nextNumber, type Repository } from './begin.ts';
import type { Change } from './change.ts';
import type { FileChange } from './patch/write.ts';

/** A place that both sides changed. Lines are texts with their ends. */
export interface Conflict {
  /** Of the reader's text, from 1, where the place begins. */
  readonly line: number;
  /** Of the repository's text. */
  readonly theirLine: number;
  readonly before: string;
  readonly ours: string;
  readonly theirs: string;
}

export type Merged =
  | { readonly text: string }
  | {
      readonly conflicts: readonly Conflict[];
      /** Both sides in one text, each conflict between lines of marks as git writes them. */
      readonly marked: string;
    };

const MARKS = {
  ours: '<<<<<<< yours',
  middle: '=======',
  theirs: '>>>>>>> the repository',
} as const;

/** Merges what two sides made of a text. */
export function mergeTexts(before: string, ours: string, theirs: string): Merged {
  if (before === theirs || ours === theirs) return { text: ours };
  if (before === ours) return { text: theirs };
  const regions = diff3Merge(linesOf(ours), linesOf(before), linesOf(theirs), {
    excludeFalseConflicts: true,
  });
  const lineEnd = ours.includes('\r\n') ? '\r\n' : '\n';
  const conflicts: Conflict[] = [];
  const marked = regions.map(({ ok, conflict }) => {
    if (!conflict) return (ok ?? []).join('');
    const [mine, old, other] = [conflict.a, conflict.o, conflict.b].map((lines) => lines.join(''));
    conflicts.push({
      line: conflict.aIndex + 1,
      theirLine: conflict.bIndex + 1,
      before: old ?? '',
      ours: mine ?? '',
      theirs: other ?? '',
    });
    const ended = (text = '') => (text === '' || text.endsWith('\n') ? text : text + lineEnd);
    return `${MARKS.ours}${lineEnd}${ended(mine)}${MARKS.middle}${lineEnd}${ended(other)}${MARKS.theirs}${lineEnd}`;
  });
  return conflicts.length === 0
    ? { text: marked.join('') }
    : { conflicts, marked: marked.join('') };
}

/** Whether a text still has marks of a conflict in it. */
export function hasMarks(text: string): boolean {
  const lines = new Set(text.split(/\r?\n/));
  return lines.has(MARKS.ours) || lines.has(MARKS.theirs);
}

function linesOf(text: string): string[] {
  return text === '' ? [] : text.split(/(?<=\n)/);
}

/** What stands in the way of one file. */
export type Behind = { readonly path: string } & (
  | {
      readonly kind: 'conflict';
      readonly conflicts: readonly Conflict[];
      readonly marked: string;
      /** What the repository has now: `before`, once the reader has settled the conflicts. */
      readonly theirs: string;
    }
  /** The file is gone from the repository. */
  | { readonly kind: 'deleted' }
  /** The number of the new proposal, four digits, has been given to another: `renumbered` moves on to the next. */
  | { readonly kind: 'taken'; readonly slug: string }
);

export interface Rebased {
  /** With what could be brought up to date; files that something stands in the way of are as they were. */
  readonly change: Change;
  /** Files that were merged with what the repository has now. */
  readonly merged: readonly string[];
  readonly behind: readonly Behind[];
}

/** The change as one of what the repository has now. */
export function rebase(change: Change, repository: Repository): Rebased {
  const merged: string[] = [];
  const behind: Behind[] = [];
  const files = change.files.map((file): FileChange => {
    const { path, before, after } = file;
    const now = repository.textOf(path);
    if (before === null) {
      // Merged already, as it is.
      if (now === after) return { path, before: now, after };
      const slug = partsOf(path)?.slug;
      if (slug !== undefined && isTaken(repository.library, slug))
        behind.push({ path, kind: 'taken', slug });
      return file;
    }
    if (now === before) return file;
    if (now === undefined) {
      behind.push({ path, kind: 'deleted' });
      return file;
    }
    const result = path === LIST ? mergeLists(change, file, now) : mergeTexts(before, after, now);
    if ('conflicts' in result) {
      behind.push({ path, kind: 'conflict', ...result, theirs: now });
      return file;
    }
    merged.push(path);
    return { path, before: now, after: result.text };
  });
  const same = files.every((file, index) => file === change.files[index]);
  return { change: same ? change : { ...change, files }, merged, behind };
}

/** The list of proposals. Two new rows at the same place are no conflict: each has its own by number. */
function mergeLists(change: Change, { before, after }: FileChange, now: string): Merged {
  const own = newProposals(change);
  const ours = own.reduce((list, { folder }) => listWithout(list, folder), after);
  const result = mergeTexts(before ?? '', ours, now);
  if ('conflicts' in result) return result;
  return { text: own.reduce(listWithProposal, result.text) };
}

/** The proposals that a change adds, as their rows have them. */
function newProposals({ files }: Change): ListedProposal[] {
  return files.flatMap(({ path, before, after }) => {
    const parts = before === null ? partsOf(path) : undefined;
    if (!parts) return [];
    const { title, status } = draftOf([path, after]).proposal.frontMatter;
    return [{ folder: `${parts.slug}-${parts.words}`, title, status }];
  });
}

/** Four digits and the words of the folder of a draft. */
function partsOf(path: string): { slug: string; words: string } | undefined {
  const [, slug, words] = /^proposals\/(\d{4})-([^/]+)\/draft\.md$/.exec(path) ?? [];
  return slug === undefined || words === undefined ? undefined : { slug, words };
}

/** Whether a proposal of four digits is in the repository. */
function isTaken({ drafts }: Library, slug: string): boolean {
  return drafts.some(({ folder }) => folder.startsWith(`${slug}-`));
}

/**
 * The change with its new proposal under the next free number: folder, front matter and row of the list. To be called
 * with a change that is up to date.
 */
export function renumbered(change: Change, path: string, { library }: Repository): Change {
  const file = change.files.find((other) => other.path === path);
  const parts = partsOf(path);
  if (!file || !parts || file.before !== null) return change;
  const others = newProposals(change).map(({ folder }) => Number(folder.slice(0, 4)));
  const number = Math.max(nextNumber(library), ...others.map((other) => other + 1));
  const folder = `${proposalSlug(number)}-${parts.words}`;
  const { title, status } = draftOf([path, file.after]).proposal.frontMatter;
  return {
    ...change,
    name: change.name.replace(parts.slug, proposalSlug(number)),
    files: change.files.map((other) => {
      if (other === file)
        return {
          ...file,
          path: `proposals/${folder}/draft.md`,
          after: setFields(file.after, { proposal: number }),
        };
      if (other.path !== LIST) return other;
      const without = listWithout(other.after, `${parts.slug}-${parts.words}`);
      return { ...other, after: listWithProposal(without, { folder, title, status }) };
    }),
  };
}
