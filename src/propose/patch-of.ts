// A change as a patch that `git am` applies, with the message that a pull request would have; and a patch, or the raw draft
// of a branch, as a change to review. Pure.

import { textsOf } from '../spec/change.ts';
import { folderWords } from '../spec/create.ts';
import { isGenerated } from '../spec/generate/files.ts';
import { draftOf } from '../spec/lint/library.ts';
import { isRead } from '../spec/lint/subjects.ts';
import { proposalSlug } from '../spec/model.ts';
import {
  type OwedTest,
  type ProposalChange,
  type PullRequest,
  pullRequestOf,
  weightOf,
} from '../spec/pull-request.ts';
import { formatSummary } from '../spec/redline/index.ts';
import { draftWith, type Repository } from './begin.ts';
import { type Change, emptyChange, filesChanged, textsAfter } from './change.ts';
import { type Applied, applyPatches, readPatches } from './patch/read.ts';
import { type Author, type FileChange, writePatch } from './patch/write.ts';
import { hasMarks } from './rebase.ts';

/** What the change comes to, as `portway proposal check` would put it on a pull request. */
export function pullRequestFor(
  repository: Repository,
  change: Pick<Change, 'files'>,
  generated: readonly FileChange[] = [],
): PullRequest {
  const { library } = repository;
  const files = [...filesChanged(change), ...generated];
  return pullRequestOf({
    before: textsOf(library),
    after: textsOf(repository.with(textsAfter(change))),
    files: files.map(({ path }) => path),
    ...(library.register?.value && { register: library.register.value }),
    ...(library.tests && { tests: library.tests }),
  });
}

/** The subject and the body of the commit: the author's own, or what can be said of the change. */
export function messageOf(
  { subject, body }: Pick<Change, 'subject' | 'body'>,
  request: PullRequest,
): { readonly subject: string; readonly body: string } {
  return {
    subject: subject === undefined || subject.trim() === '' ? request.title : subject.trim(),
    body: body === undefined || body.trim() === '' ? bodyOf(request.proposals) : body,
  };
}

export interface WrittenPatch {
  /** Such as `0003-weaken-http-start-once.patch`. */
  readonly name: string;
  readonly text: string;
}

/** The patch of a change, with the files that are made of it. @throws Error that says what is wrong with it */
export function patchOf(
  repository: Repository,
  change: Pick<Change, 'files' | 'subject' | 'body'>,
  {
    author,
    date,
    generated = [],
  }: {
    readonly author: Author;
    readonly date: Date;
    readonly generated?: readonly FileChange[];
  },
): WrittenPatch {
  const unsettled = change.files.find(({ after }) => hasMarks(after));
  if (unsettled)
    throw new Error(
      `${unsettled.path} has both sides of a conflict in it: settle what stands between \`<<<<<<<\` and \`>>>>>>>\`, and take out these lines.`,
    );
  const request = pullRequestFor(repository, change, generated);
  const { subject, body } = messageOf(change, request);
  const files = [...filesChanged(change), ...generated];
  const [, inPath] = /^proposals\/(\d{4})-/.exec(files[0]?.path ?? '') ?? [];
  const slug = request.proposals[0]?.slug ?? inPath ?? '0000';
  return {
    name: `${slug}-${folderWords(subject.replace(/\s*\(\d{4} .*\)$/, '')) || 'change'}.patch`,
    text: writePatch({ author, date, subject, body, files }),
  };
}

/** The most characters of a message that nobody wrote. */
const LONGEST = 20_000;

/** The message of a commit: plain text, without the headings and the boxes of a pull request. */
function bodyOf(proposals: readonly ProposalChange[]): string {
  const owed = proposals.flatMap((proposal) => proposal.owed);
  const parts = [...proposals.map(paragraphOf), ...(owed.length > 0 ? [owedTests(owed)] : [])];
  const text = parts.join('\n\n');
  return text.length <= LONGEST
    ? text
    : `${text.slice(0, text.lastIndexOf('\n', LONGEST))}\n… and more`;
}

const WEIGHTS: Readonly<Record<ReturnType<typeof weightOf>, string>> = {
  new: 'a new proposal.',
  deleted: 'the proposal is deleted.',
  normative: 'normative, what somebody has to do is not what it was.',
  'same text': 'the text stays as it is.',
  editorial: 'editorial, what is asked of anybody stays as it is.',
};

function paragraphOf(proposal: ProposalChange): string {
  const { slug, title, status, summary } = proposal;
  const step = status ? `Status: ${status.from} → ${status.to}.\n` : '';
  return `Proposal ${slug} ${title}: ${WEIGHTS[weightOf(proposal)]}\n${step}${formatSummary(summary).trimEnd()}`;
}

function owedTests(owed: readonly OwedTest[]): string {
  return ['Tests to add:', ...owed.map(({ id, level }) => `- ${id}, ${level}`)].join('\n');
}

/** What somebody else proposes, to be reviewed here. */
export interface Imported {
  readonly author?: Author;
  readonly subject?: string;
  readonly body?: string;
  /** Texts of proposals that can be shown: drafts and what stands beside them. */
  readonly files: readonly FileChange[];
  /** Files that are made from the proposals: they are made anew here, not taken from the patch. */
  readonly generated: readonly string[];
  /** Everything else that the patch touches: named, and not shown. */
  readonly others: readonly string[];
  /** A sentence for each file that something is wrong with. */
  readonly problems: readonly { readonly path: string; readonly problem: string }[];
}

const TEXT_OF_PROPOSALS = /^proposals\/(?:\d{4}-[^/]+\/(?:draft|errata)\.md|README\.md)$/;
const PUBLISHED = /^proposals\/\d{4}-[^/]+\/v[1-9]\d*\.md$/;
const RECORDS = /^proposals\/(?:published|editions)\.json$/;

/**
 * A patch as a change to review. Of several mails, author and message are those of the first.
 * @throws Error in words where the text is no patch
 */
export async function importPatch(text: string, repository: Repository): Promise<Imported> {
  const patches = await readPatches(text);
  const paths = new Set(
    patches.flatMap(({ files }) =>
      files.flatMap(({ path, from }) => [path, ...(from ? [from] : [])]),
    ),
  );
  const isShown = (path: string) => TEXT_OF_PROPOSALS.test(path);
  const applied = applyPatches(
    patches.map((patch) => ({ ...patch, files: patch.files.filter(({ path }) => isShown(path)) })),
    (path) => repository.textOf(path),
  );
  const [first] = patches;
  const touched = [...paths].filter((path) => !isShown(path)).sort();
  return {
    ...(first?.author && { author: first.author }),
    ...(first?.subject !== undefined && { subject: first.subject }),
    ...(first?.body !== undefined && { body: first.body }),
    files: applied.flatMap((file) => ('problem' in file ? [] : [file])),
    generated: touched.filter(isGenerated),
    others: touched.filter((path) => !isGenerated(path) && !PUBLISHED.test(path)),
    problems: [
      ...applied.flatMap((file: Applied) => ('problem' in file ? [file] : [])),
      ...touched
        .filter((path) => PUBLISHED.test(path))
        .map((path) => ({
          path,
          problem: publishedProblem(path, repository),
        })),
      ...touched
        .filter((path) => RECORDS.test(path))
        .map((path) => ({
          path,
          problem:
            'The records of what is published are written by `portway proposal publish` only. This file is not shown.',
        })),
    ],
  };
}

function publishedProblem(path: string, repository: Repository): string {
  return repository.textOf(path) === undefined
    ? 'A revision is published by an editor, with `portway proposal publish`. This file is not shown.'
    : 'The patch edits a published revision, which never changes: what changes goes into draft.md, an error into errata.md.';
}

/**
 * The raw text of a draft, such as one saved from a branch, as a change to review. The number in its front matter says
 * which proposal it is. @throws Error in words where it cannot be told
 */
export function importFile(name: string, text: string, repository: Repository): Imported {
  const draft = draftOf([name, text]);
  if (!isRead(draft))
    throw new Error(
      `${name} is no draft of a proposal: its front matter is missing or cannot be read. Save the raw file, not the page around it.`,
    );
  const { proposal: number, title, revision } = draft.proposal.frontMatter;
  if (number === 0) throw new Error(`${name} is the template, number 0, and no proposal.`);
  const slug = proposalSlug(number);
  const known = draftWith(repository.library, slug);
  const published = (repository.library.published ?? []).find(
    (other) => other.slug === slug && other.text === text,
  );
  const path =
    known?.document.file ?? `proposals/${slug}-${folderWords(title) || 'proposal'}/draft.md`;
  return {
    files: [{ path, before: repository.textOf(path) ?? null, after: text }],
    generated: [],
    others: [],
    problems: published
      ? [
          {
            path,
            problem: `This is revision ${revision} as it was published, not a draft: beside the present draft it takes back what came since.`,
          },
        ]
      : [],
  };
}

/**
 * What somebody gives to the page: a patch, or the raw text of a draft. `name` is that of its file.
 * @throws Error in words where it is neither
 */
export function importText(
  repository: Repository,
  name: string,
  text: string,
): Promise<Imported> | Imported {
  return /^\ufeff?---\r?\n[\w-]+:/.test(text)
    ? importFile(name, text, repository)
    : importPatch(text, repository);
}

/** What was imported as a change of its own. @throws Error in words where nothing of it can be shown */
export function changeOf(imported: Imported, name: string, now: Date): Change {
  const { files, subject, body, author, problems } = imported;
  if (files.length === 0)
    throw new Error(
      [
        'There is no text of a proposal in it that can be shown.',
        ...problems.map(({ path, problem }) => `${path}: ${problem}`),
      ].join(' '),
    );
  return {
    ...emptyChange(subject ?? name, now),
    files,
    ...(author && { author }),
    ...(subject !== undefined && { subject }),
    ...(body !== undefined && { body }),
  };
}
