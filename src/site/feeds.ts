// The feeds of the site: what is told of a revision that was published, of a step of status and of an erratum, and which
// of it stands in which feed. Takes proposals with their history as values; feed-proposals.ts reads them.

import { element, type TreeElement, writeHtml } from '../render/redline-tree.ts';
import { changeDetails, changeGroups } from '../render/redline-words.ts';
import {
  count,
  ERRATUM_STATUS_NAMES,
  listed,
  STATUS_MEANINGS,
  STATUS_NAMES,
} from '../render/words.ts';
import { type Erratum, erratumAnchor } from '../spec/errata.ts';
import type { FrontMatter } from '../spec/model.ts';
import type { Summary } from '../spec/redline/index.ts';
import { leadsTo } from '../spec/status.ts';
import { ATOM_TYPE, type AtomEntry, type AtomFeed, type AtomLink } from './atom.ts';
import {
  feedHref,
  href,
  LAST_CALL_FEED,
  proposalHref,
  publicUrl,
  revisionHref,
  SITE_FEED,
  sourceHref,
} from './href.ts';
import { aboutHref, comparisonHref, dayInWords } from './redline-comparisons.ts';
import type { StatusStep } from './repository-history.ts';
import { settings } from './settings.ts';

/** A published revision, as a feed tells of it. */
export interface FollowedRevision {
  readonly revision: number;
  /** `YYYY-MM-DD` */
  readonly date: string;
  readonly frontMatter: FrontMatter;
  readonly requirements: number;
  /** What its change log says of it. */
  readonly log: string;
  /** How it differs from the revision before, if there is one. */
  readonly changes?: { readonly since: number; readonly summary: Summary };
}

export interface FollowedProposal {
  readonly slug: string;
  /** Of the draft. */
  readonly frontMatter: FrontMatter;
  /** Oldest first. */
  readonly steps: readonly StatusStep[];
  readonly revisions: readonly FollowedRevision[];
  /** In the order of their numbers. */
  readonly errata: readonly Erratum[];
}

/** Of the feed of everything, at most. */
const ENTRIES = 50;

const HTML = 'text/html';
const MARKDOWN = 'text/markdown';

/** Everything that happened to the proposals, newest first. */
export function siteFeed(proposals: readonly FollowedProposal[]): AtomFeed {
  return {
    name: 'proposals',
    title: `${settings.name}: proposals`,
    subtitle: 'Every revision that is published, every change of status and every erratum.',
    ...feedFacts(proposals),
    links: linksOf(SITE_FEED, href('/proposals/')),
    entries: newestFirst(proposals.flatMap(entriesOf)).slice(0, ENTRIES),
  };
}

/** What happened to one proposal, newest first. */
export function proposalFeed(proposal: FollowedProposal): AtomFeed {
  const { slug, frontMatter } = proposal;
  return {
    name: `proposals/${slug}`,
    title: `${settings.name} proposal ${slug}: ${frontMatter.title}`,
    subtitle: frontMatter.summary,
    ...feedFacts([proposal]),
    links: linksOf(feedHref(slug), proposalHref(slug), [
      { rel: 'related', href: publicUrl(aboutHref(slug)), type: HTML, title: 'About the proposal' },
      { rel: 'up', href: publicUrl(SITE_FEED), type: ATOM_TYPE, title: 'All proposals' },
    ]),
    entries: newestFirst(entriesOf(proposal)),
  };
}

/** The proposals that are in last call now; none is a feed too. */
export function lastCallFeed(proposals: readonly FollowedProposal[]): AtomFeed {
  const calls = proposals.filter(({ frontMatter }) => frontMatter.status === 'last-call');
  return {
    name: 'last-calls',
    title: `${settings.name}: last calls`,
    subtitle: 'Proposals that are in last call: objections are heard until the date given.',
    ...feedFacts(proposals),
    links: linksOf(LAST_CALL_FEED, href('/proposals/#last-calls')),
    entries: newestFirst(
      calls.flatMap((proposal) =>
        stepsOf(proposal)
          .filter(({ status }) => status === 'last-call')
          .map((step) => stepEntry(proposal, step)),
      ),
    ),
  };
}

function feedFacts(proposals: readonly FollowedProposal[]) {
  const dates = proposals.flatMap(entriesOf).map(({ date }) => date);
  return { author: settings.name, date: dates.sort().at(-1) ?? '' };
}

function linksOf(feed: string, page: string, more: readonly AtomLink[] = []): AtomLink[] {
  return [
    { rel: 'self', href: publicUrl(feed), type: ATOM_TYPE },
    { href: publicUrl(page), type: HTML },
    ...more,
  ];
}

/** By day, and of one day what is told last first. */
function newestFirst(entries: readonly AtomEntry[]): AtomEntry[] {
  return [...entries].reverse().sort((a, b) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0));
}

/** Everything of one proposal, oldest first as far as days tell. */
function entriesOf(proposal: FollowedProposal): AtomEntry[] {
  return [
    ...stepsOf(proposal).map((step) => stepEntry(proposal, step)),
    ...proposal.revisions.map((revision) => revisionEntry(proposal.slug, revision)),
    ...proposal.errata.map((erratum) => erratumEntry(proposal, erratum)),
  ];
}

/**
 * The steps that led to the status of now. Where the history is not there, or does not know the newest step yet, that
 * step has the day on which the proposal was made: it is the one day that the text itself tells, and, unlike that of the
 * build, the same in every copy.
 */
function stepsOf({ frontMatter: { status, created }, steps }: FollowedProposal): StatusStep[] {
  const legal = steps.filter((step) => leadsTo(step.status, status));
  return legal.some((step) => step.status === status)
    ? legal
    : [...legal, { status, date: legal.at(-1)?.date ?? created }];
}

function stepEntry(
  { slug, frontMatter }: FollowedProposal,
  { status, date }: StatusStep,
): AtomEntry {
  const { title, authors, summary } = frontMatter;
  const ends = status === 'last-call' ? frontMatter['last-call-ends'] : undefined;
  const until = ends === undefined ? '' : ` until ${dayInWords(ends)}`;
  return {
    name: `proposals/${slug}/status/${status}`,
    title: `Proposal ${slug}, ${title}: ${STATUS_NAMES[status].toLowerCase()}${until}`,
    date,
    authors,
    links: [
      { href: publicUrl(proposalHref(slug)), type: HTML },
      { rel: 'related', href: publicUrl(aboutHref(slug)), type: HTML, title: 'About the proposal' },
    ],
    categories: ['status', status],
    summary: `${STATUS_NAMES[status]}${until}. ${STATUS_MEANINGS[status]}`,
    content: html(
      paragraph(
        element('strong', {}, STATUS_NAMES[status] + until),
        `. ${STATUS_MEANINGS[status]}`,
      ),
      ...(ends === undefined
        ? []
        : [
            paragraph(
              'The last call ends on ',
              element('time', { datetime: ends }, dayInWords(ends)),
              '.',
            ),
          ]),
      paragraph(`What it is about: ${summary}`),
    ),
  };
}

function revisionEntry(slug: string, published: FollowedRevision): AtomEntry {
  const { revision, date, frontMatter, log, changes } = published;
  const name = `v${revision}`;
  const redline = changes && comparisonHref(slug, `v${changes.since}`, name);
  return {
    name: `proposals/${slug}/${name}`,
    title: `Proposal ${slug}, ${frontMatter.title}: revision ${revision}`,
    date,
    authors: frontMatter.authors,
    links: [
      { href: publicUrl(revisionHref(slug, revision)), type: HTML },
      { href: publicUrl(sourceHref(slug, name)), type: MARKDOWN },
      ...(redline === undefined
        ? []
        : [
            {
              rel: 'related',
              href: publicUrl(redline),
              type: HTML,
              title: `What changed since revision ${changes?.since}`,
            } as const,
          ]),
    ],
    categories: ['revision'],
    summary: changes && log !== '' ? capital(log) : frontMatter.summary,
    content: html(
      ...(changes && redline !== undefined
        ? [
            ...(log === '' ? [] : [paragraph(`Its change log says: ${log}`)]),
            ...changesIn(changes.summary, changes.since, redline),
          ]
        : [
            paragraph(`What it is about: ${frontMatter.summary}`),
            paragraph(
              `The first published text, with ${count(published.requirements, 'requirement')}.`,
            ),
          ]),
    ),
  };
}

function erratumEntry({ slug, frontMatter }: FollowedProposal, erratum: Erratum): AtomEntry {
  const { number, title, revisions, at, reported, by, status, says, toSay, why } = erratum;
  const which = listed(revisions.map(String)).join('');
  const where = `Revision${revisions.length === 1 ? '' : 's'} ${which}, at “${at}”.`;
  // As Markdown: a feed has neither the references nor the terms of the page.
  const quote = (words: string) => element('blockquote', {}, element('pre', {}, words));
  return {
    name: `proposals/${slug}/${erratumAnchor(number)}`,
    title: `Proposal ${slug}, ${frontMatter.title}: erratum ${number}, ${title}`,
    date: reported,
    authors: [by],
    links: [
      { href: publicUrl(`${aboutHref(slug)}#${erratumAnchor(number)}`), type: HTML },
      { href: publicUrl(sourceHref(slug, 'errata')), type: MARKDOWN },
    ],
    categories: ['erratum', status],
    summary: `${where} ${ERRATUM_STATUS_NAMES[status]}.`,
    content: html(
      paragraph(element('strong', {}, ERRATUM_STATUS_NAMES[status]), `. ${where}`),
      paragraph('It says:'),
      quote(says),
      paragraph('It is to say:'),
      quote(toSay),
      ...why.split(/\n{2,}/).map((words) => paragraph(words)),
    ),
  };
}

/** What a revision comes to by requirement. Each id leads to its place in the redline. */
function changesIn(summary: Summary, since: number, redline: string): TreeElement[] {
  const groups = changeGroups(summary);
  const address = publicUrl(redline);
  const others = `${count(summary.unchanged, 'requirement')} ${summary.unchanged === 1 ? 'is' : 'are'} as before.`;
  return [
    ...groups.flatMap(({ name, meaning, found }) => [
      paragraph(element('strong', {}, `${found.length} ${name.toLowerCase()}`), `: ${meaning}.`),
      element(
        'ul',
        {},
        found.map((change) =>
          element(
            'li',
            {},
            element('a', { href: `${address}#${change.id}` }, change.id),
            ` ${changeDetails(change)}`,
          ),
        ),
      ),
    ]),
    paragraph(groups.length === 0 ? `No requirement differs: ${others}` : capital(others)),
    paragraph(element('a', { href: address }, `Every change since revision ${since}`)),
  ];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function paragraph(...children: readonly (TreeElement | string)[]): TreeElement {
  return element('p', {}, ...children);
}

function html(...nodes: readonly TreeElement[]): string {
  return writeHtml(nodes);
}
