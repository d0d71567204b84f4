// Reads from git what a change begins with: the proposals at the commit where it left its base, and which files differ
// from there. Knows git as a command, and nothing of what proposals say.

import { execFileSync } from 'node:child_process';
import {
  draftOf,
  errataOf,
  libraryOf,
  publishedOf,
  type SourceFile,
} from '../../spec/lint/library.ts';
import type { Library } from '../../spec/lint/rule.ts';
import { visible } from '../../spec/redline/index.ts';
import { CommandError } from '../command.ts';
import { DATA_FILES, dataFilesOf, isProposalText } from './repository.ts';

export interface Base {
  /** What was named, and the commit that it and the working tree have in common, abbreviated. */
  readonly ref: string;
  readonly commit: string;
  /** The proposals at that commit. */
  readonly library: Library;
  /** Paths relative to the repository that differ between it and the working tree, new ones included. */
  readonly files: readonly string[];
  /** Folders of proposals at the end of the base, which may have gone on. */
  readonly folders: readonly string[];
  /** First lines of the commits since, newest first. */
  readonly subjects: readonly string[];
  /** Their messages, newest first. */
  readonly messages: readonly string[];
  /** Whether files differ that are not committed. */
  readonly uncommitted: boolean;
}

/** What a change in a folder begins with. @throws CommandError with what to do */
export function readBase(root: string, ref: string): Base {
  const git = gitIn(root);
  try {
    git('rev-parse', '--git-dir');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new CommandError('git is not installed, or not on the path.');
    throw new CommandError(
      `${root} is not in a repository of git: there is no base to compare with. Begin from a clone.`,
    );
  }
  const shallow = git('rev-parse', '--is-shallow-repository').trim() === 'true';
  const tip = commitOf(git, ref, shallow);
  const head = commitOf(git, 'HEAD', shallow);
  const commit = mergeBase(git, tip, head, ref, shallow);
  const paths = [...blobs(git, commit).entries()].filter(
    ([path]) => isProposalText(path) || (Object.values(DATA_FILES) as string[]).includes(path),
  );
  const texts = contents(root, paths);
  const sources = [...texts].filter(([path]): boolean => isProposalText(path));
  const changed = parts(git('diff', '--name-only', '-z', '--no-renames', '--relative', commit));
  const fresh = parts(git('ls-files', '--others', '--exclude-standard', '-z'));
  return {
    ref,
    commit: git('rev-parse', '--short', commit).trim(),
    library: libraryOf(sources.filter(([path]) => path.endsWith('/draft.md')).map(draftOf), {
      published: sources.flatMap((source: SourceFile) => publishedOf(source) ?? []),
      errata: sources.flatMap((source: SourceFile) => errataOf(source) ?? []),
      ...dataFilesOf((file) => texts.get(file)),
    }),
    files: [...new Set([...changed, ...fresh])].sort(),
    folders: [
      ...new Set(
        [...blobs(git, tip).keys()].filter(isProposalText).map((path) => path.split('/')[1] ?? ''),
      ),
    ],
    subjects: git('log', '--format=%s', '-n', '50', `${commit}..${head}`, '--', '.')
      .split('\n')
      .filter(Boolean),
    messages: git('log', '--format=%B%x00', '-n', '50', `${commit}..${head}`, '--', '.').split(
      '\0',
    ),
    uncommitted: fresh.length > 0 || git('diff', '--name-only', '-z', '--relative', 'HEAD') !== '',
  };
}

type Git = (...args: string[]) => string;

function gitIn(root: string): Git {
  return (...args) =>
    execFileSync('git', args, {
      cwd: root,
      encoding: 'utf8',
      maxBuffer: 1 << 30,
      stdio: ['ignore', 'pipe', 'ignore'],
      // Not the words of another language, no locks that others wait for.
      env: { ...process.env, LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0' },
    });
}

function attempt(git: Git, ...args: string[]): string | undefined {
  try {
    return git(...args).trim() || undefined;
  } catch {
    return undefined;
  }
}

function commitOf(git: Git, ref: string, shallow: boolean): string {
  const commit = attempt(
    git,
    'rev-parse',
    '--verify',
    '--quiet',
    '--end-of-options',
    `${ref}^{commit}`,
  );
  if (commit !== undefined) return commit;
  if (ref === 'HEAD') throw new CommandError('the repository has no commit yet.');
  const advice = shallow
    ? 'The clone is shallow and may lack it: run `git fetch --unshallow`, in a workflow `fetch-depth: 0`.'
    : '`git fetch` brings what the other side has; `git branch --all` lists what there is, such as `origin/main`.';
  throw new CommandError(`git knows no commit \`${visible(ref)}\`. ${advice}`, 2);
}

function mergeBase(git: Git, tip: string, head: string, ref: string, shallow: boolean): string {
  const commit = attempt(git, 'merge-base', tip, head);
  if (commit !== undefined) return commit;
  throw new CommandError(
    shallow
      ? `the clone is shallow, and the commit that HEAD and \`${visible(ref)}\` have in common is not in it: run \`git fetch --unshallow\`, in a workflow \`fetch-depth: 0\`.`
      : `HEAD and \`${visible(ref)}\` have no commit in common: name the branch that the change began from.`,
  );
}

/** Path below the folder to the name of its content, for everything under `proposals/` at a commit. */
function blobs(git: Git, commit: string): Map<string, string> {
  return new Map(
    parts(git('ls-tree', '-r', '-z', commit, '--', 'proposals')).flatMap((entry) => {
      const [, type, object = '', path = ''] = /^\d+ (\w+) ([0-9a-f]+)\t(.*)$/s.exec(entry) ?? [];
      return type === 'blob' ? [[path, object] as const] : [];
    }),
  );
}

/** The texts behind names of contents, read by one process. */
function contents(
  root: string,
  paths: readonly (readonly [path: string, object: string])[],
): Map<string, string> {
  const output = execFileSync('git', ['cat-file', '--batch'], {
    cwd: root,
    input: paths.map(([, object]) => `${object}\n`).join(''),
    maxBuffer: 1 << 30,
  });
  let position = 0;
  return new Map(
    paths.map(([path]) => {
      const end = output.indexOf('\n', position);
      const size = Number(output.toString('latin1', position, end).split(' ').at(-1));
      position = end + 1 + size + 1;
      return [path, output.toString('utf8', end + 1, end + 1 + size)];
    }),
  );
}

function parts(text: string): string[] {
  return text.split('\0').filter(Boolean);
}
