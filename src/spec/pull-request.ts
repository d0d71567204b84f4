// What a pull request that changes proposals comes to: its kind, its labels, and a title and a text to begin with. Pure:
// it takes texts from before and after, and knows neither git nor the code host.

import { substanceOf } from './change-log.ts';
import { draftOf, libraryOf, slugOf } from './lint/library.ts';
import type { Draft } from './lint/rule.ts';
import { exemptIn, isRead } from './lint/subjects.ts';
import type { Level, Status } from './model.ts';
import {
  inlineCode,
  type KnownRequirements,
  type RequirementChange,
  type RequirementChangeKind,
  type SourceText,
  type Summary,
  summarise,
  summaryToMarkdown,
  visible,
} from './redline/index.ts';
import { owesTests } from './status.ts';

export const PULL_REQUEST_KINDS = [
  'new proposal',
  'publication',
  'change',
  'status step',
  'editorial',
  'tooling',
] as const;
export type PullRequestKind = (typeof PULL_REQUEST_KINDS)[number];

/** Labels besides those of kinds, `kind: …`, and of proposals, `proposal 0003`. */
export const FURTHER_LABELS = ['normative', 'needs tests'] as const;

/** The label of a kind of pull request. */
export function kindLabel(kind: PullRequestKind): string {
  return `kind: ${kind}`;
}

/** A requirement whose key word leaves no choice, new as such, with neither test nor exemption. */
export interface OwedTest {
  readonly id: string;
  readonly level: Level;
  readonly file: string;
  readonly line: number;
  /** Whether the status of its proposal asks for the test now. */
  readonly due: boolean;
}

/** What becomes of one proposal. */
export interface ProposalChange {
  /** Four digits. */
  readonly slug: string;
  readonly title: string;
  readonly file: string;
  readonly change: 'new' | 'edited' | 'deleted';
  /** Where it differs and both sides can be read. */
  readonly status?: { readonly from: Status; readonly to: Status };
  readonly summary: Summary;
  /** Whether somebody has to do something else afterwards, as far as ids, key words and words show. */
  readonly normative: boolean;
  /** Whether it says what it said, apart from its status, its revision and its change log. */
  readonly sameSubstance: boolean;
  readonly owed: readonly OwedTest[];
}

export interface PullRequestInput {
  /** File and text of every draft that is known, on both sides: one is enough, all are better. */
  readonly before: readonly SourceText[];
  readonly after: readonly SourceText[];
  /** Paths of all files that differ, relative to the repository. */
  readonly files?: readonly string[];
  readonly register?: KnownRequirements;
  /** Ids that tests name; without it nothing is owed. */
  readonly tests?: { has(id: string): boolean };
  /** What the commits say, for a change that no draft shows. */
  readonly subject?: string;
  /** What the commits say for a reason, as Markdown of their author: see `whyIn`. */
  readonly why?: string;
  /** The most characters that the text may have. */
  readonly limit?: number;
  /** Reads a text; given by who has read most of them already, for that is what takes the time. */
  readonly read?: (text: SourceText) => Draft;
}

export interface PullRequest {
  readonly kind: PullRequestKind;
  readonly labels: readonly string[];
  /** One line of plain text, at most 100 characters. */
  readonly title: string;
  /** Markdown. Words of authors stand in code, so that nothing of them is taken as markup. */
  readonly body: string;
  readonly proposals: readonly ProposalChange[];
}

/** Kind, labels, title and text of the pull request that leads from one set of texts to another. */
export function pullRequestOf(input: PullRequestInput): PullRequest {
  const proposals = changesOf(input);
  const kind = kindOf(proposals, input.files ?? []);
  return {
    kind,
    labels: labelsOf(kind, proposals, input.files ?? []),
    title: oneLine(titleOf(kind, proposals, input)),
    body: bodyOf(proposals, input),
    proposals,
  };
}

// Proposals

const NO_LEVELS: ReadonlySet<RequirementChangeKind> = new Set(['renamed', 'moved', 'editorial']);

/** Whether a summary has more in it than other words, names and places. */
export function isNormative({ requirements, blocks }: Summary): boolean {
  return (
    requirements.some(({ kinds }) => kinds.some((kind) => !NO_LEVELS.has(kind))) ||
    blocks.some(({ kinds }) => kinds.some((kind) => kind !== 'moved' && kind !== 'editorial'))
  );
}

/** The proposals that are not as they were, in order of number. */
export function changesOf({
  before,
  after,
  register = {},
  tests,
  read = draftOf,
}: PullRequestInput): ProposalChange[] {
  const old = bySlug(before, read);
  const now = bySlug(after, read);
  const exempt = exemptIn(libraryOf([...now.values()]));
  return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((slug): ProposalChange[] => {
    const [was, is] = [old.get(slug), now.get(slug)];
    const draft = is ?? was;
    if (!draft || (was && is && was.document.source === is.document.source)) return [];
    const others = after.filter(([file]) => file !== is?.document.file);
    const summary = summarise(sideOf(was), sideOf(is), { register, others });
    const read = [was, is].every((side) => side && isRead(side));
    const from = was?.proposal.frontMatter.status;
    const to = is?.proposal.frontMatter.status;
    return [
      {
        slug,
        title: draft.proposal.frontMatter.title,
        file: draft.document.file,
        change: !was ? 'new' : !is ? 'deleted' : 'edited',
        ...(read && from && to && from !== to ? { status: { from, to } } : {}),
        summary,
        normative: isNormative(summary),
        sameSubstance:
          was !== undefined &&
          is !== undefined &&
          substanceOf(was.document) === substanceOf(is.document),
        owed: is && tests ? owedBy(is, summary, tests, exempt) : [],
      },
    ];
  });
}

function bySlug(
  texts: readonly SourceText[],
  read: (text: SourceText) => Draft,
): Map<string, Draft> {
  const drafts = new Map<string, Draft>();
  for (const draft of texts.map(read)) {
    if (!draft.template && !drafts.has(slugOf(draft))) drafts.set(slugOf(draft), draft);
  }
  return drafts;
}

function sideOf(draft: Draft | undefined): SourceText[] {
  return draft ? [[draft.document.file, draft.document.source]] : [];
}

/** Only what this change made absolute: what was owed before is owed by somebody else. */
function owedBy(
  draft: Draft,
  { requirements }: Summary,
  tests: { has(id: string): boolean },
  exempt: { has(id: string): boolean },
): OwedTest[] {
  const due = owesTests(draft.proposal.frontMatter);
  return requirements.flatMap(({ id, before, after }) => {
    const level = after?.level;
    if (!after || !isAbsolute(level) || (isAbsolute(before?.level) && before?.id === id)) return [];
    if (tests.has(id) || exempt.has(id)) return [];
    return [{ id, level, file: draft.document.file, line: after.line, due }];
  });
}

function isAbsolute(level: Level | undefined): level is 'MUST' | 'MUST NOT' {
  return level === 'MUST' || level === 'MUST NOT';
}

// Kind, labels and title

const PUBLISHED = /(?:^|\/)(\d{4})-[^/]*\/v([1-9]\d*)\.md$/;

function kindOf(proposals: readonly ProposalChange[], files: readonly string[]): PullRequestKind {
  if (proposals.some(({ change }) => change === 'new')) return 'new proposal';
  if (files.some((file) => PUBLISHED.test(file))) return 'publication';
  if (proposals.some(({ normative, change }) => normative || change === 'deleted')) return 'change';
  if (proposals.some(({ status }) => status)) return 'status step';
  if (proposals.length > 0 || files.some((file) => file.endsWith('/errata.md'))) return 'editorial';
  return 'tooling';
}

/** Four digits of the proposals whose errata are among the files. */
function errataOf(files: readonly string[]): string[] {
  return files.flatMap((file) => /(?:^|\/)(\d{4})-[^/]*\/errata\.md$/.exec(file)?.[1] ?? []);
}

function labelsOf(
  kind: PullRequestKind,
  proposals: readonly ProposalChange[],
  files: readonly string[],
): string[] {
  const [normative, needsTests] = FURTHER_LABELS;
  return [
    kindLabel(kind),
    ...(proposals.some((proposal) => proposal.normative) ? [normative] : []),
    ...(proposals.some(({ owed }) => owed.length > 0) ? [needsTests] : []),
    ...[...new Set([...proposals.map(({ slug }) => slug), ...errataOf(files)])].map(
      (slug) => `proposal ${slug}`,
    ),
  ];
}

const VERBS: Readonly<Record<RequirementChangeKind, string>> = {
  removed: 'Remove',
  reversed: 'Reverse',
  weakened: 'Weaken',
  'role-changed': 'Bind another role by',
  strengthened: 'Strengthen',
  changed: 'Change',
  added: 'Add',
  renamed: 'Rename',
  moved: 'Move',
  editorial: 'Reword',
};

function titleOf(
  kind: PullRequestKind,
  proposals: readonly ProposalChange[],
  { files = [], subject = 'Change the tools' }: PullRequestInput,
): string {
  const [first] = proposals;
  const name = ({ slug, title }: ProposalChange) => `${slug} ${title}`.trim();
  const several = listed(proposals.map(({ slug }) => slug));
  switch (kind) {
    case 'new proposal': {
      const fresh = proposals.filter(({ change }) => change === 'new');
      return `Propose ${fresh.map(({ slug, title }) => `${slug} ${title}`).join(', ')}`;
    }
    case 'publication':
      return `Publish ${listed(
        files.flatMap((file) => {
          const [, slug, revision] = PUBLISHED.exec(file) ?? [];
          return slug === undefined ? [] : [`${slug}/v${revision}`];
        }),
      )}`;
    case 'status step': {
      const steps = proposals.filter(({ status }) => status);
      const [step] = steps;
      if (step && steps.length === 1) return `Move ${name(step)} to ${step.status?.to}`;
      return `Move ${steps.map(({ slug, status }) => `${slug} to ${status?.to}`).join(', ')}`;
    }
    case 'tooling':
      return subject;
    case 'editorial':
      if (!first) return `Add errata to ${listed(errataOf(files))}`;
      return `Reword ${proposals.length === 1 ? name(first) : several}`;
    case 'change': {
      if (!first || proposals.length > 1) return `Change ${several}`;
      if (first.change === 'deleted') return `Delete ${name(first)}`;
      return `${whatOf(first.summary)} (${name(first)})`;
    }
  }
}

/** `Weaken http.start-once`, or how many things are not as they were. */
function whatOf({ requirements, blocks }: Summary): string {
  const [requirement] = requirements;
  const [block] = blocks;
  if (requirement && requirements.length === 1 && blocks.length === 0)
    return `${VERBS[requirement.kinds[0] ?? 'changed']} ${requirement.id}`;
  if (block && blocks.length === 1 && requirements.length === 0)
    return `${VERBS[block.kinds[0] ?? 'changed']} the ${block.type} ${block.name}`;
  const parts = [
    ...(requirements.length > 0 ? [counted(requirements.length, 'requirement')] : []),
    ...(blocks.length > 0 ? [counted(blocks.length, 'block')] : []),
  ];
  return `Change ${listed(parts)}`;
}

function oneLine(text: string): string {
  const line = [...visible(text).replace(/\s+/g, ' ').trim()];
  return line.length <= 100 ? line.join('') : `${line.slice(0, 99).join('')}…`;
}

// Text

function bodyOf(
  proposals: readonly ProposalChange[],
  { limit = 30_000, why }: PullRequestInput,
): string {
  const share = Math.floor((limit * 0.6) / Math.max(1, proposals.length)) - 400;
  const parts = [
    '## What changes\n',
    ...(proposals.length === 0
      ? ['No text of a proposal. <!-- Say what changes, and what one notices of it. -->\n']
      : proposals.map((proposal) => changeToMarkdown(proposal, share))),
    '## Why\n',
    why === undefined
      ? '<!-- The problem that this answers: who has met it, and where it is reported. -->\n'
      : `${visible(why)
          .slice(0, limit * 0.1)
          .trimEnd()}\n`,
    ...testsOf(proposals, limit * 0.3),
  ];
  return parts.join('\n');
}

/** What a text of a pull request says below “Why”, such as the message of a commit; undefined where it says nothing. */
export function whyIn(text: string): string | undefined {
  const [, below = ''] = /(?:^|\n)## Why[ \t]*\n([\s\S]*?)(?=\n## |$)/.exec(text) ?? [];
  return below.replace(/<!--[\s\S]*?(?:-->|$)/g, '').trim() || undefined;
}

/** How much of a change it is, in a word. */
export function weightOf({
  change,
  normative,
  sameSubstance,
}: Pick<ProposalChange, 'change' | 'normative' | 'sameSubstance'>):
  | 'new'
  | 'deleted'
  | 'normative'
  | 'same text'
  | 'editorial' {
  if (change !== 'edited') return change;
  return normative ? 'normative' : sameSubstance ? 'same text' : 'editorial';
}

const WEIGHTS: Readonly<Record<ReturnType<typeof weightOf>, string>> = {
  new: 'A proposal is added.',
  deleted: 'A proposal is deleted.',
  normative: '**Normative**: what somebody has to do is not what it was.',
  'same text': 'The text stays as it is.',
  editorial: '**Editorial**: what is asked of anybody stays as it is.',
};

/** What becomes of one proposal, under a heading of the third level. */
export function changeToMarkdown(proposal: ProposalChange, limit: number): string {
  const { slug, title, status, summary } = proposal;
  const steps = status ? `Status: \`${status.from}\` → \`${status.to}\`.\n` : '';
  const weight = WEIGHTS[weightOf(proposal)];
  const heading = `### ${slug} ${inlineCode(title)}\n`;
  return [
    heading,
    weight,
    '',
    ...(steps ? [steps] : []),
    summaryToMarkdown(summary, { limit }),
  ].join('\n');
}

function testsOf(proposals: readonly ProposalChange[], limit: number): string[] {
  const owed = proposals.flatMap((proposal) => proposal.owed);
  const touched = proposals
    .flatMap(({ summary }) => summary.requirements)
    .filter(({ kinds }) => kinds.some((kind) => !NO_LEVELS.has(kind)));
  if (touched.length === 0) return [];
  if (owed.length === 0) return ['## Tests\n', `${testsKept(touched)}\n`];
  const items = owed.map(
    ({ id, level, due }) => `- [ ] ${inlineCode(id)}, ${level}${due ? ', due now' : ''}`,
  );
  let size = 0;
  const fitting = items.filter((item) => {
    size += item.length + 1;
    return size <= limit;
  });
  const rest = items.length - fitting.length;
  return ['## Tests to add\n', ...fitting, ...(rest > 0 ? [`- [ ] and ${rest} more`] : []), ''];
}

function testsKept(touched: readonly RequirementChange[]): string {
  return touched.some(({ after }) => after)
    ? '- [ ] The tests of the requirements above show what they now ask for.'
    : '- [ ] No test names an id that is gone.';
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2
    ? (parts[0] ?? '')
    : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
