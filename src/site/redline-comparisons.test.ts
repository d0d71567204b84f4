// Which texts are compared, what a page links to, and dates from the history of the repository.
import { expect, test } from 'vitest';
import {
  besideOf,
  comparisonHref,
  comparisonsOf,
  dayInWords,
  nameInText,
  pairsOf,
  textsOf,
} from './redline-comparisons.ts';
import { proposals } from './specification.ts';

const pairs = (names: string, allPairs?: number) =>
  pairsOf(names.split(' '), allPairs).map((pair) => pair.join('..'));

test('all pairs of few texts', () => {
  expect(pairs('v1 v2 draft')).toEqual(['v1..v2', 'v1..draft', 'v2..draft']);
  expect(pairs('draft')).toEqual([]);
});

test('of many, neighbours, and what ends in the draft or in the newest published one', () => {
  expect(pairs('v1 v2 v3 v4 draft', 3)).toEqual([
    'v1..v2',
    'v1..v4',
    'v1..draft',
    'v2..v3',
    'v2..v4',
    'v2..draft',
    'v3..v4',
    'v3..draft',
    'v4..draft',
  ]);
});

test('a page links to comparisons with what it shows', () => {
  const all = pairsOf('v1 v2 v3 draft'.split(' ')).map(([before, after]) => ({
    before: { name: before },
    after: { name: after },
  }));
  const beside = (here: string) =>
    besideOf(all, here).map(({ before, after }) => `${before.name}..${after.name}`);
  expect(beside('draft')).toEqual(['v3..draft', 'v2..draft', 'v1..draft']);
  expect(beside('v2')).toEqual(['v2..draft', 'v2..v3', 'v1..v2']);
  expect(beside('v1..v3')).toEqual(['v2..v3', 'v1..draft', 'v1..v3', 'v1..v2']);
  expect(beside('about')).toEqual([]);
});

test.each(proposals.map(({ slug }) => slug))(
  '%s: every published revision is compared with the draft',
  (slug) => {
    const texts = textsOf(slug);
    expect(texts.at(-1)?.name).toBe('draft');
    expect(comparisonsOf(slug).map(({ before, after }) => `${before.name}..${after.name}`)).toEqual(
      expect.arrayContaining(texts.slice(0, -1).map(({ name }) => `${name}..draft`)),
    );
    for (const { name, checksum } of texts) {
      if (name === 'draft') expect(checksum).toBeUndefined();
      else expect(checksum).toMatch(/^[0-9a-f]{64}$/);
    }
  },
);

test('the address of a comparison', () => {
  expect(comparisonHref('0003', 'v1', 'draft')).toBe('/proposals/0003/v1..draft/');
});

test('a text is named with the day of its publication, where that is known', () => {
  const [text] = textsOf('0003');
  if (!text) throw new Error('Proposal 3 has no text.');
  const { date: _, ...undated } = text;
  expect(nameInText({ ...text, date: '2026-11-03' })).toBe(
    'revision 1 (published on 3 November 2026)',
  );
  expect(nameInText(undated)).toBe('revision 1');
  expect(dayInWords('2026-01-31')).toBe('31 January 2026');
});
