// One legal step of status: whether it can be taken, and the text after it.

import { setFields } from './front-matter.ts';
import { draftOf, libraryOf } from './lint/library.ts';
import { lint } from './lint/lint.ts';
import type { Draft, Library } from './lint/rule.ts';
import { RULES } from './lint/rules.ts';
import { latestOf, numberOf } from './lint/subjects.ts';
import type { FrontMatter, Status } from './model.ts';
import type { Problem } from './problem.ts';
import { isChanged, type Refusal } from './publish.ts';
import { CONDITIONAL, CONDITIONAL_FIELDS, STEPS } from './status.ts';

/** Fields that a status needs and a draft does not have. */
export function lacking(draft: Draft, status: Status, given: readonly string[] = []): string[] {
  return CONDITIONAL_FIELDS.filter(
    (key) =>
      CONDITIONAL[key].needs.includes(status) &&
      !(key === 'implementations' && draft.proposal.requirements.length === 0) &&
      draft.proposal.frontMatter[key] === undefined &&
      !given.includes(key),
  );
}

/** How long a last call lasts at the least, in days. */
export const LAST_CALL_DAYS = 14;

/** The first day on which a last call that begins on `today` may end. Days are `YYYY-MM-DD`. */
export function lastCallEnds(today: string): string {
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() + LAST_CALL_DAYS);
  return day.toISOString().slice(0, 10);
}

/** What a step changes. */
export interface Step {
  /** The draft afterwards. */
  readonly text: string;
  /** Other drafts that change with it, by file: a successor that did not say yet whom it replaces. */
  readonly others: ReadonlyMap<string, string>;
}

/**
 * The text of a draft after a step to `status`, with fields set that the step needs.
 * What only an editor can judge, such as whether an objection has its answer, is not asked.
 */
export function step(
  library: Library,
  draft: Draft,
  status: Status,
  fields: Partial<FrontMatter> = {},
): Step | Refusal {
  const from = draft.proposal.frontMatter.status;
  if (from === status) return { refused: `the proposal is already \`${status}\`` };
  if (!STEPS[from].includes(status)) {
    const legal = STEPS[from].map((name) => `\`${name}\``).join(', ');
    return {
      refused: `no step leads from \`${from}\` to \`${status}\`; from there it goes ${legal ? `to ${legal}` : 'nowhere'}`,
    };
  }
  const missing = lacking(draft, status, Object.keys(fields));
  if (missing.length > 0) {
    return { refused: `\`${status}\` needs ${missing.map((key) => `\`${key}\``).join(', ')}` };
  }
  const refused = condition(library, draft, status, { ...draft.proposal.frontMatter, ...fields });
  if (refused !== undefined) return { refused };
  const ends = fields['last-call-ends'];
  if (status === 'last-call' && ends !== undefined && library.today !== undefined) {
    const earliest = lastCallEnds(library.today);
    if (ends < earliest)
      return {
        refused: `a last call lasts at least ${LAST_CALL_DAYS} days: until ${earliest}, not ${ends}`,
      };
  }

  // Fields that the new status does not have are not carried on.
  const dropped = Object.fromEntries(
    CONDITIONAL_FIELDS.filter((key) => {
      const { needs, allows } = CONDITIONAL[key];
      return !needs.includes(status) && !allows.includes(status);
    }).map((key) => [key, undefined]),
  );
  const text = setFields(draft.document.source, { ...dropped, ...fields, status });
  const others = successors(library, draft, fields);
  const after = libraryOf(
    library.drafts.map((other) => {
      const { file } = other.document;
      const changed = other === draft ? text : others.get(file);
      return changed === undefined ? other : draftOf([file, changed]);
    }),
    library,
  );
  const problems = problemsOf(lint(after, RULES), draft);
  if (problems.length > 0)
    return { refused: `the linter would find problems as \`${status}\``, problems };
  return { text, others };
}

/** The draft that takes the place of another names it in `replaces`. */
function successors(
  library: Library,
  draft: Draft,
  { 'superseded-by': by }: Partial<FrontMatter>,
): Map<string, string> {
  const other = library.drafts.find(({ proposal }) => proposal.frontMatter.proposal === by);
  const own = numberOf(draft);
  const replaces = other?.proposal.frontMatter.replaces ?? [];
  if (!other || replaces.includes(own)) return new Map();
  const text = setFields(other.document.source, { replaces: [...replaces, own] });
  return new Map([[other.document.file, text]]);
}

/** What the texts themselves can show of a condition: what is not met, in words. */
export function condition(
  library: Library,
  draft: Draft,
  status: Status,
  frontMatter: FrontMatter,
): string | undefined {
  if (status === 'last-call' && (!latestOf(draft, library) || isChanged(draft, library))) {
    return 'a last call is about a published revision: publish the draft first';
  }
  if (status === 'accepted') {
    const ends = frontMatter['last-call-ends'];
    if (ends !== undefined && library.today !== undefined && library.today <= ends)
      return `the last call goes on until ${ends}`;
  }
  if (status === 'final') {
    const binds = draft.proposal.requirements.length > 0;
    if (binds && (frontMatter.implementations ?? []).length < 2)
      return 'two implementations are needed, each named in `implementations`';
  }
  if (status === 'superseded') {
    const by = frontMatter['superseded-by'];
    const other = library.drafts.find(({ proposal }) => proposal.frontMatter.proposal === by);
    if (by !== undefined && !other) return `proposal ${by} does not exist`;
    if (other && other.proposal.frontMatter.status !== 'final')
      return `proposal ${by} is not final yet`;
  }
  return undefined;
}

/** Those of the proposal itself: a step does not wait for the others. */
function problemsOf(problems: readonly Problem[], { document }: Draft): Problem[] {
  // The register is brought up to date when the step is written.
  return problems.filter(({ file, rule }) => file === document.file && rule !== 'register-current');
}
