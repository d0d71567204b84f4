// The terms of the proposals as the site shows them: which of them are linked where they are used, and which texts use
// them. Knows nothing of pages.
import GithubSlugger from 'github-slugger';
import { toString as plainText } from 'mdast-util-to-string';
import { linkedTermsIn } from '../render/linked-terms.ts';
import { type PlacedTerm, placedTerms, usesIn } from '../spec/term-uses.ts';
import { proposals, specification } from './specification.ts';

/** Every term of the drafts, by proposal and place. */
export const terms: readonly PlacedTerm[] = placedTerms(specification);

const linked = new Map<string, readonly PlacedTerm[]>();

/** The terms that hold in a proposal and are linked there. */
export function linkedTerms(slug: string): readonly PlacedTerm[] {
  const own = linked.get(slug) ?? linkedTermsIn(specification, slug);
  linked.set(slug, own);
  return own;
}

/** A section of a proposal that uses a term. */
export interface TermPassage {
  readonly slug: string;
  readonly title: string;
  /** Fragment of the page; undefined above the first heading. */
  readonly anchor?: string;
  readonly times: number;
}

let found: ReadonlyMap<string, readonly TermPassage[]> | undefined;

/** Where the drafts use a term, in their order; nothing of a term that is not linked. */
export function passagesWith(key: string): readonly TermPassage[] {
  found ??= allPassages();
  return found.get(key) ?? [];
}

function allPassages(): ReadonlyMap<string, readonly TermPassage[]> {
  const all = proposals.flatMap(({ slug, proposal, document: { tree, headings } }) => {
    // As the page makes its anchors: every heading but the title counts.
    const slugger = new GithubSlugger();
    const sections = new Map(
      headings
        .filter(({ depth }) => depth > 1)
        .map(({ node, start }) => {
          const title = plainText(node);
          return [start, { title, anchor: slugger.slug(title) }] as const;
        }),
    );
    return usesIn(tree, slug, linkedTerms(slug)).map(({ key, heading, times }) => ({
      key,
      slug,
      times,
      ...(sections.get(heading ?? -1) ?? { title: proposal.frontMatter.title }),
    }));
  });
  return Map.groupBy(all, ({ key }) => key);
}
