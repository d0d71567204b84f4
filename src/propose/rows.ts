// Keeps the list of proposals in step with the titles that a change gives. Pure.

import { draftOf } from '../spec/lint/library.ts';
import { LIST, listWithTitle } from '../spec/list.ts';
import type { Repository } from './begin.ts';
import { type Change, isDraft } from './change.ts';
import type { FileChange } from './patch/write.ts';

/** The change with the row of each proposal that it gives another title. One that has no row gets none. */
export function withRows<C extends Pick<Change, 'files'>>(
  change: C,
  repository: Pick<Repository, 'textOf'>,
): C {
  const listed = change.files.find(({ path }) => path === LIST);
  const list = listed?.after ?? repository.textOf(LIST);
  if (list === undefined) return change;
  const after = change.files.reduce(withRow, list);
  if (after === list) return change;
  if (!listed) return { ...change, files: [...change.files, { path: LIST, before: list, after }] };
  return {
    ...change,
    files: change.files.map((file) => (file === listed ? { ...file, after } : file)),
  };
}

function withRow(list: string, { path, before, after }: FileChange): string {
  const folder = path.split('/')[1];
  const titleOf = (text: string) => draftOf([path, text]).proposal.frontMatter.title;
  if (!isDraft(path) || folder === undefined || before === after) return list;
  const title = titleOf(after);
  if (title === '' || (before !== null && titleOf(before) === title)) return list;
  return listWithTitle(list, folder, title);
}
