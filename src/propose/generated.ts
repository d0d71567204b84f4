// The files that are made from the proposals, for a change: a patch carries them, as a pull request from a clone does.
// Pure; the engine is that of `portway spec generate`.

import { generatedFiles } from '../spec/generate/files.ts';
import type { Problem } from '../spec/problem.ts';
import type { Repository } from './begin.ts';
import { type Change, filesChanged, isDraft, textsAfter } from './change.ts';
import type { FileChange } from './patch/write.ts';

/** Files that differ because of a change; or none, and why. */
export type Generated =
  | { readonly files: readonly FileChange[] }
  | {
      readonly files: readonly [];
      /** A sentence for the reader. */
      readonly none: string;
      readonly problems?: readonly Problem[];
    };

/** What `npm run spec` would write once the change is in the repository. */
export function generated(repository: Repository, change: Pick<Change, 'files'>): Generated {
  const drafts = filesChanged(change).filter(({ path }) => isDraft(path));
  if (drafts.length === 0) return { files: [] };
  const behind = drafts.find(({ path, before }) => (repository.textOf(path) ?? null) !== before);
  if (behind)
    return {
      files: [],
      none: `${behind.path} has changed since this change began: bring the change up to date first.`,
    };
  const before = generatedFiles(repository.library);
  if ('refused' in before)
    return { files: [], none: `The proposals here have errors of their own: ${before.refused}.` };
  const after = generatedFiles(repository.with(textsAfter(change)));
  if ('refused' in after)
    return {
      files: [],
      none: `Nothing can be made of these texts: ${after.refused}. Mend what the linter finds, or run \`npm run spec\` in a clone.`,
      ...(after.problems && { problems: after.problems }),
    };
  return {
    files: [...after].flatMap(([path, text]) => {
      const was = before.get(path) ?? null;
      return was === text ? [] : [{ path, before: was, after: text }];
    }),
  };
}
