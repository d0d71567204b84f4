// What a proposal waits for before its next step, and who can do something about it, as far as texts show. Whether an
// objection has its answer is for people to say. Pure: it knows no clock.

import { endOf, startOf } from './document.ts';
import { slugOf } from './lint/library.ts';
import { lint } from './lint/lint.ts';
import type { Draft, Library } from './lint/rule.ts';
import { sectionEmpty } from './lint/rules/section-empty.ts';
import { sectionsRequired } from './lint/rules/sections-required.ts';
import { templateText } from './lint/rules/template-text.ts';
import { exemptIn, numbersOf, once } from './lint/subjects.ts';
import type { Status } from './model.ts';
import { isChanged } from './publish.ts';
import { sectionSpan } from './sections.ts';
import { STEPS, stability } from './status.ts';

/** The roles of proposal 1 that can do something; reviewers are its readers. */
export const ACTORS = ['authors', 'reviewers', 'implementers', 'editors'] as const;
export type Actor = (typeof ACTORS)[number];

/** One thing that is to be done. */
export interface Need {
  readonly who: Actor;
  /** What, as an order without a full stop; plain text. */
  readonly what: string;
  /** Ids of requirements, or four digits of proposals, that it is about. */
  readonly about?: readonly string[];
}

export interface Waiting {
  /** Four digits. */
  readonly slug: string;
  readonly status: Status;
  /** The step that leads on; absent at an end. */
  readonly next?: Status;
  /** The last day of a last call. */
  readonly ends?: string;
  /** What is left to do, in the order in which it can be done. */
  readonly needs: readonly Need[];
  /** How many points its section “Open issues” lists. */
  readonly openIssues: number;
}

/** What a proposal waits for. The library knows tests and published revisions, or says nothing of them. */
export function waitingFor(draft: Draft, library: Library): Waiting {
  const { status, 'last-call-ends': ends } = draft.proposal.frontMatter;
  const next = STEPS[status][0];
  return {
    slug: slugOf(draft),
    status,
    ...(next === undefined ? {} : { next }),
    ...(status === 'last-call' && ends !== undefined ? { ends } : {}),
    needs:
      next === undefined
        ? []
        : inOrder([...needsOf(draft, library)], required(draft, library, next)),
    openIssues: openIssuesOf(draft),
  };
}

/** The step itself comes last, and what others have to do for it right before. */
function inOrder(needs: readonly Need[], needed: Need | undefined): Need[] {
  return needed ? [...needs.slice(0, -1), needed, ...needs.slice(-1)] : [...needs];
}

/** Proposals that it builds on and that have not come as far. */
function required(draft: Draft, library: Library, next: Status): Need | undefined {
  const behind = (draft.proposal.frontMatter.requires ?? []).flatMap((number) => {
    const other = numbersOf(library).get(number);
    return other && stability(other.proposal.frontMatter.status) < stability(next)
      ? [slugOf(other)]
      : [];
  });
  if (next === 'superseded' || behind.length === 0) return undefined;
  const where = next === 'last-call' ? 'its last call' : next;
  return {
    who: 'editors',
    what: `Bring what it requires as far as ${where}`,
    about: behind.sort(),
  };
}

function* needsOf(draft: Draft, library: Library): Generator<Need> {
  const { proposal } = draft;
  const { frontMatter, requirements } = proposal;
  switch (frontMatter.status) {
    case 'draft': {
      const unfilled = unfilledIn(library).get(draft.document.file)?.length ?? 0;
      if (unfilled > 0)
        yield {
          who: 'authors',
          what: `Fill what is missing or still the template’s, in ${places(unfilled)}`,
        };
      yield { who: 'authors', what: 'Ask for review, once the linter finds nothing' };
      return;
    }
    case 'review': {
      const untested = untestedIn(draft, library);
      if (untested.length > 0)
        yield { who: 'authors', what: 'Write a test or an exemption', about: untested };
      yield { who: 'reviewers', what: 'Object, or say that it can be built as it stands' };
      if (library.published && isChanged(draft, library))
        yield {
          who: 'editors',
          what: `Publish revision ${frontMatter.revision}, which a last call is about`,
        };
      yield { who: 'editors', what: 'Begin the last call, once objections have an answer' };
      return;
    }
    case 'last-call':
      yield { who: 'reviewers', what: 'Object until the last day' };
      yield { who: 'editors', what: 'Write the resolution, once the day has passed' };
      return;
    case 'accepted': {
      const named = frontMatter.implementations?.length ?? 0;
      if (requirements.length === 0) {
        if (openIssuesOf(draft) > 0) yield { who: 'authors', what: 'Settle what is open' };
      } else if (named < 2) {
        yield {
          who: 'implementers',
          what: `Pass its tests: ${named === 0 ? 'no implementation is named' : 'one implementation is named'}, and two are needed`,
        };
      }
      yield { who: 'editors', what: 'Make it final, and read the exemptions again' };
      return;
    }
    // Nothing is to be done: another proposal may take its place one day.
    case 'final':
      return;
  }
}

/** What is missing or still the template's, by file. */
const unfilledIn = once((library: Library) =>
  Map.groupBy(lint(library, [templateText, sectionsRequired, sectionEmpty]), ({ file }) => file),
);

function places(count: number): string {
  return `${count} ${count === 1 ? 'place' : 'places'}`;
}

/** Absolute requirements with neither test nor exemption. */
function untestedIn({ proposal }: Draft, library: Library): string[] {
  const { tests } = library;
  if (!tests) return [];
  return proposal.requirements
    .filter(
      ({ id, level }) => level.startsWith('MUST') && !tests.has(id) && !exemptIn(library).has(id),
    )
    .map(({ id }) => id);
}

function openIssuesOf({ document }: Draft): number {
  const span = sectionSpan(document, 'Open issues');
  if (!span) return 0;
  return document.tree.children
    .filter((node) => node.type === 'list' && startOf(node) >= span[0] && endOf(node) <= span[1])
    .reduce((sum, node) => sum + ('children' in node ? node.children.length : 0), 0);
}
