// Which revisions of a proposal there are, which of them are compared, and where. Knows nothing of how.
import type { ProposalDocument } from '../spec/document.ts';
import { documentOf } from '../spec/lint/library.ts';
import type { Proposal } from '../spec/proposal.ts';
import type { Specification } from '../spec/specification.ts';
import { href, proposalHref, revisionHref } from './href.ts';
import { editionsWith, revisionsOf, specificationOf } from './published.ts';
import { fileDates } from './repository-history.ts';
import { proposalOf, specification } from './specification.ts';

/** One text of a proposal. The draft is the last one. */
export interface RevisionText {
  /** `v1` or `draft`, as in addresses. */
  readonly name: string;
  /** `Revision 1` or `Draft of revision 2`. */
  readonly title: string;
  readonly href: string;
  readonly file: string;
  readonly source: string;
  readonly proposal: Proposal;
  /** The text as it was read. */
  readonly document: ProposalDocument;
  /** What its references are about. */
  readonly specification: Specification;
  /** Day of publication, or of the last change to a draft, `YYYY-MM-DD`; absent where the repository does not say. */
  readonly date?: string;
  /** SHA-256 of a published text. */
  readonly checksum?: string;
  readonly editions: readonly string[];
}

export interface Comparison {
  readonly slug: string;
  readonly before: RevisionText;
  readonly after: RevisionText;
}

/** Beyond so many texts, pairs that are far apart and end in an old one have no page. */
const ALL_PAIRS = 5;

const texts = new Map<string, readonly RevisionText[]>();

/** The texts of a proposal, oldest first. */
export function textsOf(slug: string): RevisionText[] {
  const own = texts.get(slug) ?? readTexts(slug);
  texts.set(slug, own);
  return [...own];
}

function readTexts(slug: string): readonly RevisionText[] {
  const draft = proposalOf(slug);
  const dates = fileDates();
  const dated = (file: string, kind: 'added' | 'changed') => {
    const date = dates.get(file)?.[kind];
    return date === undefined ? {} : { date };
  };
  return [
    ...revisionsOf(slug).map((published): RevisionText => {
      const { revision, file, text, proposal } = published;
      const checksum = hashes[file.replace(/^proposals\//, '')];
      return {
        name: `v${revision}`,
        title: `Revision ${revision}`,
        href: revisionHref(slug, revision),
        file,
        source: text,
        proposal,
        document: documentOf(published),
        specification: specificationOf(published),
        editions: editionsWith(slug, revision),
        ...(checksum !== undefined && { checksum }),
        ...dated(file, 'added'),
      };
    }),
    ...(draft
      ? [
          {
            name: 'draft',
            title: `Draft of revision ${draft.proposal.frontMatter.revision}`,
            href: proposalHref(slug),
            file: draft.proposal.file,
            source: draft.source,
            proposal: draft.proposal,
            document: draft.document,
            specification,
            editions: [],
            ...dated(draft.proposal.file, 'changed'),
          },
        ]
      : []),
  ];
}

/** Which of so many texts, oldest first, are compared: all pairs, or, of many, neighbours and what ends in one of the last two. */
export function pairsOf<T>(texts: readonly T[], allPairs = ALL_PAIRS): [before: T, after: T][] {
  return texts.flatMap((before, from) =>
    texts.slice(from + 1).flatMap((after, distance): [T, T][] => {
      // The draft, and the newest published one.
      const isLast = from + 1 + distance >= texts.length - 2;
      return texts.length <= allPairs || distance === 0 || isLast ? [[before, after]] : [];
    }),
  );
}

/** The comparisons of a proposal that have a page: by the older text, then by the newer one. */
export function comparisonsOf(slug: string): Comparison[] {
  return pairsOf(textsOf(slug)).map(([before, after]) => ({ slug, before, after }));
}

/** Links of a page to others of its proposal, at most: their number grows with that of revisions. */
const BESIDE = 6;

/**
 * The comparisons that have to do with what is being read, newest first: those with a text, or, of a comparison, those
 * that share an end with it. `here` is a name such as `draft` or `v1..v2`.
 */
export function besideOf<T extends { before: { name: string }; after: { name: string } }>(
  comparisons: readonly T[],
  here: string,
): T[] {
  const [from = '', to = from] = here.split('..');
  return comparisons
    .filter(({ before, after }) =>
      from === to
        ? before.name === from || after.name === from
        : before.name === from || after.name === to,
    )
    .reverse()
    .slice(0, BESIDE);
}

/** The page of a comparison, or a place on it. `before` and `after` are names such as `v1` and `draft`. */
export function comparisonHref(slug: string, before: string, after: string): string {
  return href(`/proposals/${slug}/${before}..${after}/`);
}

/** The page about a proposal: its relations, its history, how it is cited. */
export function aboutHref(slug: string): string {
  return href(`/proposals/${slug}/about/`);
}

const hashes =
  Object.values(
    import.meta.glob<Readonly<Record<string, string>>>('../../proposals/published.json', {
      import: 'default',
      eager: true,
    }),
  )[0] ?? {};

const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** `23 November 2026` */
export function dayInWords(date: string): string {
  const day = new Date(`${date}T00:00:00Z`);
  // A formatter throws at what is no date; a page says what stands there.
  return Number.isNaN(day.getTime()) ? date : DAY.format(day);
}

/** `revision 1 (published on 23 November 2026)`, `the draft of revision 2` */
export function nameInText({ name, title, date }: RevisionText): string {
  if (name === 'draft') return `the ${title.charAt(0).toLowerCase()}${title.slice(1)}`;
  const published = date === undefined ? '' : ` (published on ${dayInWords(date)})`;
  return `${title.charAt(0).toLowerCase()}${title.slice(1)}${published}`;
}
