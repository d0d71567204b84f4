// The rows of the table of all requirements: each with its facets.
import { examplesShowing } from './examples.ts';
import { FACETS, type Facet, type FacetRow } from './requirement-facets.ts';
import { lastEdition, sinceEdition } from './requirement-history.ts';
import { testedBy } from './requirement-tests.ts';
import { type PlacedRequirement, proposalOf, proposals, specification } from './specification.ts';

export interface TableRow extends FacetRow {
  readonly requirement: PlacedRequirement;
}

export const rows: readonly TableRow[] = [...specification.requirements.values()].map(
  (requirement) => ({
    requirement,
    facets: {
      role: requirement.role,
      level: requirement.level,
      proposal: requirement.slug,
      tested: testedBy(requirement.id).by,
      shown: examplesShowing(requirement.id).length > 0 ? 'yes' : 'no',
      changed: sinceEdition(requirement),
    },
    text: `${requirement.id} ${requirement.text.replaceAll('`', '')}`.toLowerCase(),
  }),
);

/** The rows of one proposal. */
export interface RowGroup {
  readonly slug: string;
  readonly title: string;
  readonly rows: readonly TableRow[];
}

const rowsBySlug = Map.groupBy(rows, ({ requirement }) => requirement.slug);

/** The rows of each proposal that has any, in order of number. */
export const groups: readonly RowGroup[] = proposals.flatMap(({ slug, proposal }) => {
  const own = rowsBySlug.get(slug);
  return own ? [{ slug, title: proposal.frontMatter.title, rows: own }] : [];
});

/** What the menus of the page are called, and what their values mean. The first of each means any. */
export const MENUS: Readonly<Record<Facet, { label: string; any: string }>> = {
  role: { label: 'I write', any: 'anything' },
  level: { label: 'Level', any: 'any level' },
  proposal: { label: 'Proposal', any: 'any proposal' },
  tested: { label: 'Tested', any: 'tested or not' },
  shown: { label: 'Shown by an example', any: 'shown or not' },
  changed: {
    label: lastEdition === undefined ? 'Published' : `Since edition ${lastEdition}`,
    any: 'changed or not',
  },
};

const WORDS: Readonly<Partial<Record<Facet, Readonly<Record<string, string>>>>> = {
  role: { gateway: 'a gateway', application: 'an application', middleware: 'middleware' },
  tested: {
    cases: 'by conformance cases',
    tests: 'by other tests',
    exempt: 'exempt, with a reason',
    not: 'not yet',
  },
  shown: { yes: 'shown', no: 'not shown' },
  changed: { same: 'the same', changed: 'changed', added: 'new' },
};

export interface Choice {
  readonly value: string;
  readonly words: string;
  readonly number: number;
}

/** The values of a facet with how many requirements of a page have each. */
export function choicesOf(facet: Facet, of: readonly TableRow[] = rows): readonly Choice[] {
  const numbers = Map.groupBy(of, ({ facets }) => facets[facet]);
  const values: readonly string[] = facet === 'proposal' ? [...numbers.keys()] : FACETS[facet];
  return values.map((value) => ({
    value,
    words: facet === 'proposal' ? titleOf(value) : (WORDS[facet]?.[value] ?? value),
    number: numbers.get(value)?.length ?? 0,
  }));
}

function titleOf(slug: string): string {
  const title = proposalOf(slug)?.proposal.frontMatter.title;
  return `${slug} ${title ?? ''}`.trim();
}
