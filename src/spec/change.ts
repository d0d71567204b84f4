// What is wrong with a change of proposals that no state of them shows by itself: something published that is not as
// it was, a step of status that is not legal, a text that is settled and changes all the same. Pure: it takes what was
// and what is, and knows no git.

import { logOf } from './change-log.ts';
import type { SourceFile } from './lint/library.ts';
import { slugOf } from './lint/library.ts';
import type { DataFile, Draft, Library } from './lint/rule.ts';
import { entryOf, idsOf, isRead, placeIn, proposalsOf, retiredIn } from './lint/subjects.ts';
import type { Problem } from './problem.ts';
import type { ProposalChange } from './pull-request.ts';
import { STEPS } from './status.ts';
import { condition, lacking } from './step.ts';

/** What is looked at, by the names under which it is reported. */
export const CHANGE_CHECKS = {
  'frozen-revision': 'A published revision is neither changed nor removed.',
  'frozen-record': 'What is recorded of published revisions and editions stays.',
  'number-taken': 'The number of a new proposal is not taken where the change is to go.',
  'proposal-kept': 'A proposal is withdrawn, not deleted.',
  'step-legal': 'A new proposal begins as a draft, and a status goes one legal step.',
  'step-needs': 'A step of status has what it needs.',
  'step-alone': 'A step of status comes without other changes.',
  'change-told': 'A change of what binds says so in the change log.',
  'text-settled': 'A text that is final, ended or in its last call changes as its status allows.',
  'test-owed': 'A requirement that leaves no choice gets a test or an exemption.',
  'test-of-none': 'No test names an id that is gone.',
  'generated-current': 'Files made from the proposals say what the proposals say.',
} as const;
export type ChangeCheck = keyof typeof CHANGE_CHECKS;

export interface Change {
  readonly before: Library;
  readonly after: Library;
  /** The proposals that differ: `changesOf` says which. */
  readonly proposals: readonly ProposalChange[];
  /** Folders of proposals where the change is to go, which may be ahead of `before`. */
  readonly taken?: readonly string[];
}

/** Everything that is wrong with the change, in no order. */
export function judge(change: Change): Problem[] {
  return [
    ...frozen(change),
    ...numbers(change),
    ...change.proposals.flatMap((proposal) => [
      ...life(change, proposal),
      ...settled(change, proposal),
      ...told(change, proposal),
      ...owed(proposal),
    ]),
    ...orphanedTests(change),
  ];
}

interface Words {
  readonly message: string;
  readonly hint: string;
  readonly severity?: 'warning';
}

function at(rule: ChangeCheck, file: string, words: Words, line = 1, column = 1): Problem {
  return { rule, file, line, column, ...words };
}

/** At a field of the front matter, or at the beginning. */
function atField(rule: ChangeCheck, draft: Draft, key: string, words: Words): Problem {
  const entry = entryOf(draft, key);
  const { file } = draft.document;
  if (!entry) return at(rule, file, words);
  const { line, column } = draft.document.place(entry.valueStart);
  return at(rule, file, words, line, column);
}

// What is published

function* frozen({ before, after }: Change): Generator<Problem> {
  const now = new Map((after.published ?? []).map(({ file, text }): SourceFile => [file, text]));
  for (const { file, text } of before.published ?? []) {
    if (now.get(file) === text) continue;
    yield at('frozen-revision', file, {
      message: now.has(file)
        ? 'this revision is published and is not as it was'
        : 'this revision is published and is no longer there',
      hint: 'Put it back as it was. What changes goes into draft.md, an error into errata.md.',
    });
  }
  yield* kept(before.hashes, after.hashes, 'revision');
  yield* kept(before.editions, after.editions, 'edition');
}

/** Entries of a file of records that were there and are not, or say something else. */
function* kept(
  was: DataFile<Readonly<Record<string, unknown>>> | undefined,
  is: DataFile<Readonly<Record<string, unknown>>> | undefined,
  what: string,
): Generator<Problem> {
  if (!was?.value || is?.error !== undefined) return;
  for (const [key, value] of Object.entries(was.value)) {
    const present = is?.value !== undefined && Object.hasOwn(is.value, key);
    if (present && JSON.stringify(is.value?.[key]) === JSON.stringify(value)) continue;
    const { file, line, column } = is ? placeIn(is, key) : { file: was.file, line: 1, column: 1 };
    yield at(
      'frozen-record',
      file,
      {
        message: `the record of ${what} \`${key}\` is ${present ? 'not as it was' : 'no longer there'}`,
        hint: 'Put it back. `portway proposal publish` writes these files, and only adds to them.',
      },
      line,
      column,
    );
  }
}

// Numbers

function* numbers({ after, proposals, taken = [] }: Change): Generator<Problem> {
  const highest = Math.max(
    0,
    ...[...taken, ...after.drafts.map(({ folder }) => folder)].map((folder) =>
      Number(/^\d{4}/.exec(folder)?.[0] ?? 0),
    ),
  );
  for (const { slug, change, file } of proposals) {
    if (change === 'deleted') {
      yield at('proposal-kept', file, {
        message: `proposal ${slug} is deleted`,
        hint: `Put it back, and take the step \`portway proposal status ${slug} withdrawn\`. A number is never given to another proposal.`,
      });
    }
    const folder = file.split('/').at(-2) ?? '';
    const other = taken.find((name) => name.startsWith(`${slug}-`) && name !== folder);
    if (change === 'new' && other !== undefined) {
      yield at('number-taken', file, {
        message: `number ${slug} is taken by ${other}`,
        hint: `Take the next one, ${String(highest + 1).padStart(4, '0')}: rename the folder, and change \`proposal\`.`,
      });
    }
  }
}

// Statuses

function draftWith({ drafts }: Library, slug: string): Draft | undefined {
  const draft = drafts.find((one) => slugOf(one) === slug);
  return draft && isRead(draft) ? draft : undefined;
}

function* life({ after }: Change, proposal: ProposalChange): Generator<Problem> {
  const { slug, change, status, sameSubstance } = proposal;
  const draft = draftWith(after, slug);
  if (!draft) return;
  const is = draft.proposal.frontMatter.status;
  if (change === 'new' && is !== 'draft') {
    yield atField('step-legal', draft, 'status', {
      message: `a new proposal begins as \`draft\`, not as \`${is}\``,
      hint: 'Write `status: draft`. The next step is a pull request of its own.',
    });
  }
  if (!status) return;
  const { from, to } = status;
  if (!STEPS[from].includes(to)) {
    const legal = STEPS[from].map((name) => `\`${name}\``).join(', ');
    yield atField('step-legal', draft, 'status', {
      message: `no step leads from \`${from}\` to \`${to}\``,
      hint: legal
        ? `From \`${from}\` it goes to ${legal}.`
        : `A proposal that is ${from} stays so.`,
    });
    return;
  }
  const missing = lacking(draft, to);
  const needs =
    missing.length > 0
      ? `\`${to}\` needs ${missing.map((key) => `\`${key}\``).join(', ')}`
      : condition(after, draft, to, draft.proposal.frontMatter);
  if (needs !== undefined) {
    yield atField('step-needs', draft, 'status', {
      message: needs,
      hint: `\`portway proposal status ${slug}\` says what each step needs; proposal 1 has the conditions.`,
    });
  }
  if (!sameSubstance) {
    yield atField('step-alone', draft, 'status', {
      severity: 'warning',
      message: `the step to \`${to}\` comes with other changes of the text`,
      hint: 'A step is a pull request of its own, so that it can be judged by itself.',
    });
  }
}

function* settled({ before, after }: Change, proposal: ProposalChange): Generator<Problem> {
  const { slug, change, normative, sameSubstance } = proposal;
  const [was, is] = [draftWith(before, slug), draftWith(after, slug)];
  if (change !== 'edited' || !was || !is || sameSubstance) return;
  const { status, 'last-call-ends': ends, resolution } = was.proposal.frontMatter;
  const line = firstLine(was, is);
  const say = (words: Words) => at('text-settled', is.document.file, words, line);
  if (STEPS[status].length === 0) {
    yield say({
      message: `the proposal is ${status}, and its text stays as it is`,
      hint: 'To take it up again, write a new proposal, which can begin with its text.',
    });
  } else if (status === 'final' && normative) {
    yield say({
      message: `the proposal is final, and its text changes in wording only`,
      hint: 'To ask for something else, write a proposal that replaces it, or one that adds to it.',
    });
  } else if (status === 'accepted' && normative) {
    const told = is.proposal.frontMatter.resolution !== resolution;
    yield say({
      severity: 'warning',
      message: 'the proposal is accepted, and what it asks for changes',
      hint: `Such a pull request stays open for 14 days${told ? '' : ', and adds a sentence to `resolution`'}.`,
    });
  } else if (
    status === 'last-call' &&
    normative &&
    is.proposal.frontMatter.status === 'last-call' &&
    is.proposal.frontMatter['last-call-ends'] === ends
  ) {
    yield say({
      severity: 'warning',
      message: 'the proposal is in its last call, and what it asks for changes',
      hint: 'Publish the revision, and let the last call begin again with a new `last-call-ends`.',
    });
  }
}

function* told(
  { before, after }: Change,
  { slug, change, normative }: ProposalChange,
): Generator<Problem> {
  const [was, is] = [draftWith(before, slug), draftWith(after, slug)];
  if (change !== 'edited' || !normative || !was || !is) return;
  const says = ({ document }: Draft) =>
    logOf(document).map(({ revision, text }) => [revision, text]);
  if (JSON.stringify(says(was)) !== JSON.stringify(says(is))) return;
  const heading = is.document.headings.find(({ text }) => text === 'Change log');
  yield at(
    'change-told',
    is.document.file,
    {
      severity: 'warning',
      message: 'what binds is not as it was, and the change log says nothing of it',
      hint: 'Say in the section “Change log”, at the revision of the draft, what changes and for whom.',
    },
    heading ? is.document.place(heading.start).line : 1,
  );
}

/** The first line that is not as it was. */
function firstLine(was: Draft, is: Draft): number {
  const old = was.document.source.split('\n');
  const now = is.document.source.split('\n');
  const index = now.findIndex((line, at) => line !== old[at]);
  return (index < 0 ? now.length - 1 : index) + 1;
}

// Tests

function* owed({ owed }: ProposalChange): Generator<Problem> {
  for (const { id, level, file, line, due } of owed) {
    // From the last call on the linter says so, as an error.
    if (due) continue;
    yield at(
      'test-owed',
      file,
      {
        severity: 'warning',
        message: `no test names \`${id}\`, which says ${level}`,
        hint: 'It is owed before the last call: a test whose name begins with the id, or an `untested` block with the reason.',
      },
      line,
    );
  }
}

function* orphanedTests({ before, after }: Change): Generator<Problem> {
  if (!after.tests) return;
  const ids = idsOf(after);
  for (const id of idsOf(before)) {
    if (ids.has(id)) continue;
    const files = after.tests.get(id) ?? [];
    const alias = retiredIn(after).get(id)?.alias;
    for (const file of files) {
      yield at('test-of-none', file, {
        severity: 'warning',
        message: `a test names \`${id}\`, which is gone`,
        hint:
          alias === undefined
            ? 'Take the test out, or name what it tests now.'
            : `It is now \`${alias}\`.`,
      });
    }
  }
}

/** The drafts of a library as texts. */
export function textsOf(library: Library): SourceFile[] {
  return proposalsOf(library).map(({ document }) => [document.file, document.source]);
}
