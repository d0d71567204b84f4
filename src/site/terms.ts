// The terms of the proposals as the site shows them: which of them are linked where they are used, and which texts use
// them. Knows nothing of pages.
import GithubSlugger from 'github-slugger';
import { toString as plainText } from 'mdast-util-to-string';
import { readDocument } from '../spec/document.ts';
import { type PlacedTerm, placedTerms, termsInForce, usesIn } from '../spec/term-uses.ts';
import { proposals, specification } from './specification.ts';

/** Every term of the drafts, by proposal and place. */
export const terms: readonly PlacedTerm[] = placedTerms(specification);

const OFTEN =
  'It stands in nearly every sentence: a link in every section would tell nobody anything.';

/**
 * Terms whose uses are neither linked nor counted, with the reason: a link from a word that means something else there
 * would mislead. A state is never linked, because its word says nothing without what it is a state of.
 */
export const UNLINKED: ReadonlyMap<string, string> = new Map([
  ['gateway', OFTEN],
  ['application', OFTEN],
  ['close', 'Connections, files and WebSockets are closed too, each in its own way.'],
  ['fail', 'Calls, tests and starts fail as well.'],
  ['machine', 'One machine is also one computer.'],
  ['guard', 'A check guards what is behind it.'],
  ['refuse', 'Systems and peers refuse connections, and linters texts.'],
  [
    'process',
    'Elsewhere it is a process of the operating system, and the way in which proposals are made.',
  ],
  ['deadline', 'Other limits of time have a deadline too.'],
  ['size', 'Bodies, files and frames have a size of their own.'],
  ['load', 'An application is loaded, and a machine has a load.'],
  ['core', 'Texts speak of the core of other things as well.'],
  ['revision', 'Proposals have revisions as features have.'],
  ['root', 'A root is also that of a path.'],
  ['front', 'It is mostly part of “in front of”.'],
  ['stream', 'HTTP/2 and HTTP/3 have streams.'],
]);

/** Whether the uses of a term are linked and counted. */
export function isLinked({ key, kind }: Pick<PlacedTerm, 'key' | 'kind'>): boolean {
  return kind !== 'state' && !UNLINKED.has(key);
}

/** The terms that hold in a proposal and are linked there. */
export function linkedTerms(slug: string): readonly PlacedTerm[] {
  return termsInForce(specification, slug).filter(isLinked);
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
  const all = proposals.flatMap(({ slug, source, proposal }) => {
    const { tree, headings } = readDocument(source, proposal.file);
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
