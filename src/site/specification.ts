// The proposals of this repository joined into one specification, for pages and endpoints. A problem in any of them
// ends the build, with file and line.

import type { Proposal, Requirement } from '../spec/proposal.ts';
import { assemble, type Origin, proposalSlug, type Specification } from '../spec/specification.ts';

const drafts = import.meta.glob<string>(
  ['../../proposals/*/draft.md', '!../../proposals/0000-*/draft.md'],
  { query: '?raw', import: 'default', eager: true },
);

/** File, relative to the repository, and text of every draft, in order of number. */
const sources = Object.entries(drafts)
  .map(([path, text]): [string, string] => [path.replace(/^(\.\.\/)+/, ''), text])
  .sort(([a], [b]) => (a < b ? -1 : 1));

export const specification: Specification = assemble(sources);

/** A requirement with the proposal that it stands in. */
export type PlacedRequirement = Requirement & Origin;

export interface ProposalSource {
  readonly slug: string;
  readonly proposal: Proposal;
  readonly source: string;
}

/** Every proposal with its text, in order of number. */
export const proposals: readonly ProposalSource[] = specification.proposals.map(
  (proposal, index) => ({
    slug: proposalSlug(proposal.frontMatter.proposal),
    proposal,
    source: sources[index]?.[1] ?? '',
  }),
);

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
