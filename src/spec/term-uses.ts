// Which terms hold in a proposal, and where its text uses them. Pure; knows nothing of pages.

import type { Nodes, Root } from 'mdast';
import { endOf, startOf } from './document.ts';
import { type Origin, proposalSlug, type Specification, type Term } from './model.ts';
import { termFinder } from './terms.ts';

/** A term with the name that it has in addresses and the place where it is defined. */
export type PlacedTerm = Term & Origin & { readonly key: string };

/** Every term of a specification, by proposal and place. */
export function placedTerms({ terms }: Specification): readonly PlacedTerm[] {
  return [...terms].map(([key, term]) => ({ ...term, key }));
}

/** The terms that hold in a proposal: its own, then those of all that it requires. */
export function termsInForce(specification: Specification, slug: string): readonly PlacedTerm[] {
  const slugs = new Set([slug]);
  for (const one of slugs) {
    const own = Number(one);
    const proposal = specification.proposals.find(
      ({ frontMatter }) => frontMatter.proposal === own,
    );
    for (const number of proposal?.frontMatter.requires ?? []) slugs.add(proposalSlug(number));
  }
  const all = placedTerms(specification);
  return [...slugs].flatMap((one) => all.filter((term) => term.slug === one));
}

/** How often a stretch of text, under one heading, uses a term. */
export interface UseCount {
  readonly key: string;
  /** Offset of the heading; undefined above the first one. */
  readonly heading: number | undefined;
  readonly times: number;
}

/** Nodes in which a word is a name or a title, and no use of a term. */
const SILENT: ReadonlySet<Nodes['type']> = new Set(['heading', 'link', 'linkReference', 'yaml']);

/**
 * Where the text of a proposal uses terms, by heading. The paragraph that defines a term does not use it.
 * @param slug four digits of the proposal that the text is of
 */
export function usesIn(tree: Root, slug: string, terms: readonly PlacedTerm[]): UseCount[] {
  const find = termFinder(terms);
  const counts = new Map<string, UseCount>();
  let heading: number | undefined;
  for (const top of tree.children) {
    if (top.type === 'heading') heading = startOf(top);
    const defined = new Set(
      terms.filter(
        (term) => term.slug === slug && startOf(top) <= term.start && term.start < endOf(top),
      ),
    );
    visit(top, defined);
  }
  return [...counts.values()];

  function visit(node: Nodes, defined: ReadonlySet<PlacedTerm>): void {
    if (SILENT.has(node.type)) return;
    if (node.type === 'text') {
      for (const { term } of find(node.value)) {
        if (defined.has(term)) continue;
        const id = `${term.key} ${heading}`;
        const times = (counts.get(id)?.times ?? 0) + 1;
        counts.set(id, { key: term.key, heading, times });
      }
    }
    if ('children' in node) for (const child of node.children) visit(child, defined);
  }
}
