// The list of proposals in `proposals/README.md`: a table with a row for each. Edits rows, and leaves the rest of the text
// as it is. Knows nothing of what proposals say.

import type { Status } from './model.ts';

/** Where the proposals are listed with their status. */
export const LIST = 'proposals/README.md';

const ROW = /^\| \[(\d{4})\]\(.*\|[ \t]*(?:\r?\n|$)/gm;

/** The list with the status of one proposal; as it is, where it has no row for it. */
export function listWithStatus(list: string, slug: string, status: Status): string {
  return list.replace(new RegExp(`^(\\| \\[${slug}\\]\\(.*\\| )[a-z-]+ \\|`, 'm'), `$1${status} |`);
}

/** The list with the title of the proposal in a folder; as it is, where it has no row for it. */
export function listWithTitle(list: string, folder: string, title: string): string {
  return list.replace(ROW, (row) =>
    row.includes(`](${folder}/draft.md)`)
      ? row.replace(
          /^(\| \[\d{4}\]\([^)]*\) \| ).*( \| [a-z-]+ \|)/,
          (_, head: string, tail: string) => head + plainInTable(title) + tail,
        )
      : row,
  );
}

export interface ListedProposal {
  /** Of its folder, such as `0003-http`. */
  readonly folder: string;
  readonly title: string;
  readonly status: Status;
}

/** The list with a row for a proposal, in order of number. As it is, where it has one, or no rows at all. */
export function listWithProposal(list: string, { folder, title, status }: ListedProposal): string {
  const slug = folder.slice(0, 4);
  const rows = [...list.matchAll(ROW)];
  const before = rows.findLast(([, other = '']) => other <= slug);
  const next = before ?? rows[0];
  if (!next || before?.[1] === slug) return list;
  const lineEnd = list.includes('\r\n') ? '\r\n' : '\n';
  const row = `| [${slug}](${folder}/draft.md) | ${plainInTable(title)} | ${status} |`;
  if (!before) return list.slice(0, next.index) + row + lineEnd + list.slice(next.index);
  const at = before.index + before[0].length;
  return before[0].endsWith('\n')
    ? list.slice(0, at) + row + lineEnd + list.slice(at)
    : list.slice(0, at) + lineEnd + row + list.slice(at);
}

/** The list without the row that leads to a folder. */
export function listWithout(list: string, folder: string): string {
  return list.replace(ROW, (row) => (row.includes(`](${folder}/draft.md)`) ? '' : row));
}

/** A title as the text of a cell, with nothing in it taken as markup. */
function plainInTable(title: string): string {
  return title
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[\\`*_[\]<>|~]/g, '\\$&');
}
