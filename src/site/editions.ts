// Which editions of the specification there are, which texts make them up, and where they are read. Renders nothing.
import type { Editions } from '../spec/lint/rule.ts';
import type { Specification } from '../spec/specification.ts';
import { editionHref } from './href.ts';
import { specificationOfEdition, editions as written } from './published.ts';
import { type RevisionText, textsOf } from './redline-comparisons.ts';

/** A proposal in an edition. */
export interface Chapter {
  /** Four digits. */
  readonly slug: string;
  readonly number: number;
  readonly title: string;
  /** The revision that the edition has of it. */
  readonly text: RevisionText;
}

export interface Edition {
  readonly name: string;
  readonly href: string;
  /** By number. */
  readonly chapters: readonly Chapter[];
  /** Day on which the newest of its texts was published, `YYYY-MM-DD`; absent where the repository does not say. */
  readonly date?: string;
}

/** Editions with their texts, oldest first. `textOf` gives a published revision. */
export function editionsOf(
  members: Editions,
  textOf: (slug: string, revision: number) => RevisionText | undefined,
): readonly Edition[] {
  return Object.entries(members).map(([name, revisions]) => {
    const chapters = Object.entries(revisions)
      .map(([slug, revision]): Chapter => {
        const text = textOf(slug, revision);
        if (!text)
          throw new Error(`Edition ${name} has proposal ${slug}/v${revision}, which is not there.`);
        return { slug, number: Number(slug), title: text.proposal.frontMatter.title, text };
      })
      .sort((a, b) => a.number - b.number);
    const date = newest(chapters.map(({ text }) => text.date));
    return { name, href: editionHref(name), chapters, ...(date !== undefined && { date }) };
  });
}

/** The last of some days. Of texts without one, nothing is known of the whole either. */
function newest(dates: readonly (string | undefined)[]): string | undefined {
  return dates.includes(undefined) ? undefined : dates.toSorted().at(-1);
}

/** The editions of this repository, oldest first. */
export const editions: readonly Edition[] = editionsOf(written, (slug, revision) =>
  textsOf(slug).find(({ name }) => name === `v${revision}`),
);

/** The newest edition; undefined before the first. */
export const currentEdition: Edition | undefined = editions.at(-1);

/** What the references in the texts of an edition are about. */
export function editionSpecification({ name }: Edition): Specification {
  return specificationOfEdition(name);
}

/** The newest edition, where this one is an older one. */
export function replacedBy(edition: Edition, all = editions): Edition | undefined {
  const last = all.at(-1);
  return last?.name === edition.name ? undefined : last;
}

/** Where a revision stands in the newest edition that has it: that edition, and the chapters before and after. */
export function placeInEdition(
  slug: string,
  revision: number,
  all = editions,
): { edition: Edition; before?: Chapter; after?: Chapter } | undefined {
  for (const edition of all.toReversed()) {
    const at = edition.chapters.findIndex(
      ({ slug: one, text }) => one === slug && text.name === `v${revision}`,
    );
    if (at < 0) continue;
    const [before, after] = [edition.chapters[at - 1], edition.chapters[at + 1]];
    return { edition, ...(before && { before }), ...(after && { after }) };
  }
  return undefined;
}

/** Editions as data, oldest first. `address` makes addresses for programs. */
export function exportEditions(address: (href: string) => string, all = editions) {
  return all.map(({ name, href, date = null, chapters }) => ({
    name,
    published: date,
    url: address(href),
    chapters: chapters.map(({ slug, number, title, text }) => ({
      number,
      slug,
      title,
      revision: text.proposal.frontMatter.revision,
      status: text.proposal.frontMatter.status,
      published: text.date ?? null,
      sha256: text.checksum ?? null,
      requirements: text.proposal.requirements.length,
      url: address(text.href),
    })),
  }));
}
