// The proposals of this repository joined into one specification, for pages and endpoints. A problem in any of them
// ends the build, with file and line.

import type { ProposalDocument } from '../spec/document.ts';
import { draftOf } from '../spec/lint/library.ts';
import type { Draft } from '../spec/lint/rule.ts';
import type { Proposal, Requirement } from '../spec/proposal.ts';
import {
  assembleDrafts,
  type Origin,
  proposalSlug,
  type Specification,
} from '../spec/specification.ts';

const texts = import.meta.glob<string>(
  ['../../proposals/*/draft.md', '!../../proposals/0000-*/draft.md'],
  { query: '?raw', import: 'default', eager: true },
);

/** Every draft, in order of number. Read once, for whoever needs more of it than its proposal. */
export const drafts: readonly Draft[] = Object.entries(texts)
  .map(([path, text]): [string, string] => [path.replace(/^(\.\.\/)+/, ''), text])
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(draftOf);

export const specification: Specification = assembleDrafts(drafts);

/** A requirement with the proposal that it stands in. */
export type PlacedRequirement = Requirement & Origin;

export interface ProposalSource {
  readonly slug: string;
  readonly proposal: Proposal;
  readonly source: string;
  /** The text as it was read; nobody changes its tree. */
  readonly document: ProposalDocument;
}

/** Every proposal with its text, in order of number. */
export const proposals: readonly ProposalSource[] = drafts.map(({ proposal, document }) => ({
  slug: proposalSlug(proposal.frontMatter.proposal),
  proposal,
  source: document.source,
  document,
}));

const bySlug = new Map(proposals.map((entry) => [entry.slug, entry]));
const requirementsBySlug = Map.groupBy(specification.requirements.values(), ({ slug }) => slug);

/** A proposal by its four digits. */
export function proposalOf(slug: string): ProposalSource | undefined {
  return bySlug.get(slug);
}

/** The requirements that one proposal defines, in the order of its text. */
export function requirementsOf(slug: string): readonly PlacedRequirement[] {
  return requirementsBySlug.get(slug) ?? [];
}
