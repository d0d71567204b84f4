// Editions: what they are made of, which is the newest, and where a chapter stands in one.
import { expect, test } from 'vitest';
import {
  currentEdition,
  editions,
  editionsOf,
  exportEditions,
  placeInEdition,
  replacedBy,
} from './editions.ts';
import { editions as written } from './published.ts';
import { type RevisionText, textsOf } from './redline-comparisons.ts';

const [sample] = textsOf('0003');
if (!sample) throw new Error('Proposal 3 has no published text.');
const { date: _, ...undated } = sample;

/** A text of any proposal, published on a day of March. */
const published =
  (days: Readonly<Record<string, number | undefined>>) =>
  (slug: string, revision: number): RevisionText | undefined => {
    if (!Object.hasOwn(days, `${slug}/v${revision}`)) return undefined;
    const day = days[`${slug}/v${revision}`];
    const frontMatter = { ...undated.proposal.frontMatter, title: `Door ${slug}`, revision };
    return {
      ...undated,
      name: `v${revision}`,
      href: `/proposals/${slug}/v${revision}/`,
      proposal: { ...undated.proposal, frontMatter },
      ...(day !== undefined && { date: `2026-03-0${day}` }),
    };
  };

const MEMBERS = { '0.1': { '0002': 1, '0001': 1, '0010': 1 }, '0.2': { '0001': 1, '0010': 2 } };
const DAYS = { '0001/v1': 1, '0002/v1': 5, '0010/v1': 3, '0010/v2': 7 };
const [first, second] = editionsOf(MEMBERS, published(DAYS));
if (!first || !second) throw new Error('Two editions make two.');
const both = [first, second];

test('the chapters of an edition are in the order of their numbers', () => {
  expect(first.chapters.map(({ number, title }) => [number, title])).toEqual([
    [1, 'Door 0001'],
    [2, 'Door 0002'],
    [10, 'Door 0010'],
  ]);
  expect(first.href).toBe('/spec/0.1/');
});

test('an edition has the day of its newest text, and none while one of them has none', () => {
  expect(both.map(({ date }) => date)).toEqual(['2026-03-05', '2026-03-07']);
  const [unknown] = editionsOf(MEMBERS, published({ ...DAYS, '0001/v1': undefined }));
  expect(unknown).not.toHaveProperty('date');
});

test('an edition of a text that is not there ends the build', () => {
  expect(() => editionsOf({ '0.3': { '0001': 2 } }, published(DAYS))).toThrow(
    'Edition 0.3 has proposal 0001/v2, which is not there.',
  );
});

test('an older edition is replaced by the newest, which is replaced by none', () => {
  const third = { ...second, name: '0.3' };
  expect(replacedBy(first, both)).toBe(second);
  expect(replacedBy(first, [...both, third])).toBe(third);
  expect(replacedBy(second, both)).toBeUndefined();
  expect(currentEdition && replacedBy(currentEdition)).toBeUndefined();
});

test.each([
  ['0001', 1, '0.2', undefined, '0010'],
  ['0002', 1, '0.1', '0001', '0010'],
  ['0010', 1, '0.1', '0002', undefined],
  ['0010', 2, '0.2', '0001', undefined],
] as const)(
  '%s v%i stands in edition %s behind %s and before %s',
  (slug, revision, name, before, after) => {
    const place = placeInEdition(slug, revision, both);
    expect([place?.edition.name, place?.before?.slug, place?.after?.slug]).toEqual([
      name,
      before,
      after,
    ]);
  },
);

test('a text that no edition has stands in none', () => {
  expect(placeInEdition('0001', 2, both)).toBeUndefined();
});

test('the editions of this repository are those that are written down, with checksums', () => {
  const data = exportEditions((address) => `https://doors.test${address}`);
  expect(data.map(({ name, url }) => [name, url])).toEqual(
    editions.map(({ name }) => [name, `https://doors.test/spec/${name}/`]),
  );
  for (const { name, chapters } of data) {
    expect(Object.fromEntries(chapters.map(({ slug, revision }) => [slug, revision]))).toEqual(
      written[name],
    );
    for (const { sha256 } of chapters) expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  }
});
