// What the feeds tell: of which event, in which feed, under which id, and that they keep the rules of RFC 4287.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feedProblems } from '../../scripts/lib/site-feeds.mjs';
import { readXml } from '../../scripts/lib/site-xml.mjs';
import type { Erratum } from '../spec/errata.ts';
import { type FrontMatter, STATUSES } from '../spec/model.ts';
import { summarise } from '../spec/redline/index.ts';
import { type AtomFeed, atomId, atomText, uuid5 } from './atom.ts';
import { followedProposals } from './feed-proposals.ts';
import {
  type FollowedProposal,
  type FollowedRevision,
  lastCallFeed,
  proposalFeed,
  siteFeed,
} from './feeds.ts';

const frontMatter = (more: Partial<FrontMatter> = {}): FrontMatter => ({
  proposal: 3,
  title: 'Doors & windows',
  summary: 'What opens <and> shuts.',
  authors: ['A', 'B'],
  status: 'review',
  type: 'standards',
  created: '2026-01-01',
  discussion: 'repository',
  revision: 1,
  ...more,
});
const revision = (number: number, date: string, more = {}): FollowedRevision => ({
  revision: number,
  date,
  frontMatter: frontMatter({ revision: number }),
  requirements: 2,
  log: `text ${number}.`,
  ...more,
});
const doors = (more: Partial<FollowedProposal> = {}): FollowedProposal => ({
  slug: '0003',
  frontMatter: frontMatter(),
  steps: [
    { status: 'draft', date: '2026-01-01' },
    { status: 'review', date: '2026-02-01' },
  ],
  revisions: [],
  errata: [],
  ...more,
});
const erratum = (more: Partial<Erratum> = {}): Erratum => ({
  number: 1,
  title: 'A door too many',
  revisions: [1, 2],
  at: 'door.open',
  reported: '2026-03-01',
  by: 'A. Reader',
  status: 'verified',
  says: 'Doors `opens`.',
  toSay: 'Doors `open`.',
  why: 'See <b>above</b>.',
  ...more,
});
const told = ({ entries }: AtomFeed) => entries.map(({ date, name }) => `${date} ${name}`);
const problemsOf = (feed: AtomFeed) => {
  const { root, problems } = readXml(atomText(feed));
  return root ? feedProblems(root) : problems;
};

describe('which events are told', () => {
  test('an erratum, with the text as it is and as it is to be, and where it stands', () => {
    const proposal = doors({ revisions: [revision(1, '2026-02-01')], errata: [erratum()] });
    const [entry, before] = proposalFeed(proposal).entries;
    expect(before?.name).toBe('proposals/0003/v1');
    expect(entry).toMatchObject({
      name: 'proposals/0003/erratum-1',
      title: 'Proposal 0003, Doors & windows: erratum 1, A door too many',
      date: '2026-03-01',
      authors: ['A. Reader'],
      categories: ['erratum', 'verified'],
      summary: 'Revisions 1 and 2, at “door.open”. Verified.',
    });
    expect(entry?.links.map(({ href }) => href)).toEqual([
      '/proposals/0003/about/#erratum-1',
      '/proposals/0003/errata.md',
    ]);
    expect(entry?.content).toContain(
      '<p>It is to say:</p><blockquote><pre>Doors `open`.</pre></blockquote>',
    );
    expect(entry?.content).toContain('<p>See &lt;b&gt;above&lt;/b&gt;.</p>');
    expect(siteFeed([proposal]).entries[0]).toEqual(entry);
  });

  test('steps of status and revisions, newest first, and of one day the last first', () => {
    const proposal = doors({
      revisions: [revision(1, '2026-02-01'), revision(2, '2026-04-01')],
    });
    expect(told(proposalFeed(proposal))).toEqual([
      '2026-04-01 proposals/0003/v2',
      '2026-02-01 proposals/0003/v1',
      '2026-02-01 proposals/0003/status/review',
      '2026-01-01 proposals/0003/status/draft',
    ]);
    expect(told(siteFeed([proposal]))).toEqual(told(proposalFeed(proposal)));
  });

  test.each<[what: string, more: Partial<FollowedProposal>, steps: string[]]>([
    [
      'without a history, the status of now on the day it was made',
      { steps: [] },
      ['2026-01-01 review'],
    ],
    [
      'a status that the history does not know yet, on the day of the step before',
      { frontMatter: frontMatter({ status: 'last-call', 'last-call-ends': '2026-03-01' }) },
      ['2026-02-01 last-call', '2026-02-01 review', '2026-01-01 draft'],
    ],
    [
      'nothing of a status that was a mistake',
      {
        steps: [
          { status: 'draft', date: '2026-01-01' },
          { status: 'final', date: '2026-01-02' },
          { status: 'review', date: '2026-02-01' },
        ],
      },
      ['2026-02-01 review', '2026-01-01 draft'],
    ],
  ])('%s', (_, more, steps) => {
    expect(told(proposalFeed(doors(more)))).toEqual(
      steps.map((step) => step.replace(' ', ' proposals/0003/status/')),
    );
  });

  test('at most fifty of all proposals, the newest', () => {
    const many = Array.from({ length: 60 }, (_, at) =>
      revision(at + 1, new Date(Date.UTC(2026, 0, at + 1)).toISOString().slice(0, 10)),
    );
    const feed = siteFeed([doors({ revisions: many })]);
    expect(feed.entries).toHaveLength(50);
    expect(feed.entries[0]?.name).toBe('proposals/0003/v60');
    expect(proposalFeed(doors({ revisions: many })).entries).toHaveLength(62);
  });

  test('last calls are those of now, with their end; none is a feed that is valid', () => {
    const calling = doors({
      frontMatter: frontMatter({ status: 'last-call', 'last-call-ends': '2026-12-05' }),
      steps: [...doors().steps, { status: 'last-call', date: '2026-11-20' }],
    });
    const over = doors({
      slug: '0004',
      frontMatter: frontMatter({ status: 'accepted', 'last-call-ends': '2026-02-05' }),
      steps: [{ status: 'last-call', date: '2026-01-20' }],
    });
    const feed = lastCallFeed([calling, over, doors({ slug: '0005' })]);
    expect(told(feed)).toEqual(['2026-11-20 proposals/0003/status/last-call']);
    expect(feed.entries[0]?.title).toContain('last call until 5 December 2026');
    expect(feed.entries[0]?.content).toContain(
      '<time datetime="2026-12-05">5 December 2026</time>',
    );
    const none = lastCallFeed([over]);
    expect(none.entries).toEqual([]);
    expect(problemsOf(none)).toEqual([]);
    expect(atomText(none)).toContain('<updated>2026-01-20T00:00:00Z</updated>');
  });
});

describe('what is told of a revision', () => {
  const rule = (id: string, level: string) => `r[${id}]\nThe gateway ${level} open the door.\n\n`;
  const changed = revision(2, '2026-04-01', {
    changes: {
      since: 1,
      summary: summarise(
        rule('door.a', 'MUST') + rule('door.b', 'MUST') + rule('door.c', 'MAY'),
        rule('door.a', 'MUST') + rule('door.b', 'SHOULD'),
      ),
    },
  });
  const [entry] = proposalFeed(doors({ revisions: [revision(1, '2026-02-01'), changed] })).entries;

  test('what became of its requirements, each with its place in the redline', () => {
    expect(entry?.content).toContain('<strong>1 removed</strong>: in force no more.');
    expect(entry?.content).toContain(
      '<strong>1 weakened</strong>: it binds less than it did.</p><ul><li><a href="/proposals/0003/v1..v2/#door.b">door.b</a> MUST → SHOULD</li></ul>',
    );
    expect(entry?.content).toContain('1 requirement is as before.');
    expect(entry?.content).toMatch(/^<p>Its change log says: text 2.<\/p>/);
    expect(entry?.summary).toBe('Text 2.');
  });

  test('its page, its Markdown and the redline', () => {
    expect(entry?.links.map(({ rel, type, href }) => [rel, type, href])).toEqual([
      [undefined, 'text/html', '/proposals/0003/v2/'],
      [undefined, 'text/markdown', '/proposals/0003/v2.md'],
      ['related', 'text/html', '/proposals/0003/v1..v2/'],
    ]);
  });

  test('of the first one, what it is about', () => {
    const [first] = proposalFeed(doors({ revisions: [revision(1, '2026-02-01')] })).entries;
    expect(first?.content).toBe(
      '<p>What it is about: What opens &lt;and&gt; shuts.</p><p>The first published text, with 2 requirements.</p>',
    );
    expect(first?.links).toHaveLength(2);
  });
});

describe('ids', () => {
  test('a UUID of version 5 is that of the example in RFC 9562', () => {
    const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8';
    expect(uuid5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2');
  });

  test('the id of a thing never changes, and is the same in every feed', () => {
    expect(atomId('proposals/0003/v1')).toBe('urn:uuid:0a77fec4-844c-5859-a7ca-f7e92314f7f5');
    const proposal = doors({ revisions: [revision(1, '2026-02-01')] });
    expect(siteFeed([proposal]).entries[0]?.name).toBe(proposalFeed(proposal).entries[0]?.name);
  });
});

describe('the rules of RFC 4287', () => {
  const all = followedProposals();
  test.each<[what: string, feed: AtomFeed]>([
    ['everything', siteFeed(all)],
    ['last calls', lastCallFeed(all)],
    ...all.map((proposal): [string, AtomFeed] => [proposal.slug, proposalFeed(proposal)]),
  ])('%s', (_, feed) => {
    expect(problemsOf(feed)).toEqual([]);
  });

  test('whatever proposals say and whenever', () => {
    const day = fc
      .date({ min: new Date('2000-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    const words = fc.string({ unit: 'binary', minLength: 1 });
    const proposal = fc.record({
      slug: fc.integer({ min: 1, max: 9999 }).map((number) => String(number).padStart(4, '0')),
      frontMatter: fc
        .record({
          title: words,
          summary: words,
          status: fc.constantFrom(...STATUSES),
          'last-call-ends': day,
          created: day,
        })
        .map(frontMatter),
      steps: fc.uniqueArray(fc.record({ status: fc.constantFrom(...STATUSES), date: day }), {
        selector: ({ status }) => status,
      }),
      revisions: fc
        .array(fc.tuple(day, words), { maxLength: 4 })
        .map((list) => list.map(([date, log], index) => revision(index + 1, date, { log }))),
      errata: fc
        .array(fc.record({ reported: day, title: words, why: words, says: words }), {
          maxLength: 3,
        })
        .map((list) => list.map((one, index) => erratum({ ...one, number: index + 1 }))),
    });
    fc.assert(
      fc.property(
        fc.uniqueArray(proposal, { selector: ({ slug }) => slug, minLength: 1 }),
        (some) => {
          expect(problemsOf(siteFeed(some))).toEqual([]);
          expect(problemsOf(lastCallFeed(some))).toEqual([]);
          for (const one of some) expect(problemsOf(proposalFeed(one))).toEqual([]);
        },
      ),
    );
  });
});

test('the feeds of this repository tell of every published revision and of every status', () => {
  for (const proposal of followedProposals()) {
    const names = proposalFeed(proposal).entries.map(({ name }) => name);
    for (const { revision: number } of proposal.revisions)
      expect(names).toContain(`proposals/${proposal.slug}/v${number}`);
    expect(names).toContain(`proposals/${proposal.slug}/status/${proposal.frontMatter.status}`);
  }
});
