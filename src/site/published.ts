// What is published: revisions that never change, the editions that they make up, and the register of requirements.
import { join } from '../spec/join.ts';
import { publishedOf } from '../spec/lint/library.ts';
import type { Editions, Published, Register } from '../spec/lint/rule.ts';
import type { Specification } from '../spec/specification.ts';

const texts = import.meta.glob<string>('../../proposals/*/v*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const data = import.meta.glob<unknown>('../../proposals/{editions,requirements}.json', {
  import: 'default',
  eager: true,
});

/** Every published revision, by proposal and number. */
export const revisions: readonly Published[] = Object.entries(texts)
  .flatMap(([path, text]) => publishedOf([path.replace(/^(\.\.\/)+/, ''), text]) ?? [])
  .sort((a, b) => (a.slug === b.slug ? a.revision - b.revision : a.slug < b.slug ? -1 : 1));

/** Their shape is held by the linter, which `npm test` runs. */
export const editions = (data['../../proposals/editions.json'] ?? {}) as Editions;
export const register = (data['../../proposals/requirements.json'] ?? {}) as Register;

const revisionsBySlug = Map.groupBy(revisions, ({ slug }) => slug);

/** The published revisions of one proposal, oldest first. */
export function revisionsOf(slug: string): readonly Published[] {
  return revisionsBySlug.get(slug) ?? [];
}

/** The editions that have this revision. */
export function editionsWith(slug: string, revision: number): string[] {
  return Object.entries(editions).flatMap(([name, members]) =>
    members[slug] === revision ? [name] : [],
  );
}

/** The last edition; undefined while there is none. */
export const newestEdition: string | undefined = Object.keys(editions).at(-1);

const specifications = new Map<string, Specification>();
/** Key of what the last revision of every proposal makes up together. */
const LAST = 'last';

function made(key: string, texts: () => readonly Published[]): Specification {
  const specification = specifications.get(key) ?? join(texts().map(({ proposal }) => proposal));
  specifications.set(key, specification);
  return specification;
}

/** The texts of an edition joined. */
export function specificationOfEdition(edition: string): Specification {
  const members = editions[edition] ?? {};
  return made(edition, () => revisions.filter(({ slug, revision }) => members[slug] === revision));
}

/**
 * The specification that a published revision belongs to: its first edition, or, while it has none, it and the last
 * revision of every other proposal.
 */
export function specificationOf(revision: Published): Specification {
  const [edition] = editionsWith(revision.slug, revision.revision);
  if (edition !== undefined) return specificationOfEdition(edition);
  const isLast = revisionsOf(revision.slug).at(-1) === revision;
  return made(isLast ? LAST : revision.file, () =>
    [...new Map(revisions.map((other) => [other.slug, other])).values()].map((other) =>
      other.slug === revision.slug ? revision : other,
    ),
  );
}
