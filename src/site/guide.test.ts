import { expect, test } from 'vitest';
import { SpecError } from '../spec/problem.ts';
import { guide, guideHref, readGuide } from './guide.ts';

const page = (title: string, order: number) =>
  `---\ntitle: ${title}\nsummary: A page.\norder: ${order}\n---\n\nText.\n`;

function messages(texts: Readonly<Record<string, string>>): readonly string[] {
  try {
    readGuide(texts);
    return [];
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.problems.map(({ file, message }) => `${file}: ${message}`);
  }
}

test('pages stand in the order of their front matter, and know their neighbours', () => {
  const pages = readGuide({ 'b.md': page('B', 30), 'c.md': page('C', 20), 'a.md': page('A', 10) });
  expect([...pages.keys()]).toEqual(['a', 'c', 'b']);
  expect(pages.get('a')?.before).toBeUndefined();
  expect(pages.get('c')).toMatchObject({ before: { slug: 'a' }, after: { slug: 'b' } });
  expect(pages.get('b')?.after).toBeUndefined();
});

test('front matter that lacks something, or has too much, is named with its file', () => {
  expect(messages({ 'a.md': '---\ntitle: A\norder: 1\n---\n' })).toEqual([
    expect.stringMatching(/^content\/guide\/a\.md: front matter: `summary` /),
  ]);
  expect(messages({ 'a.md': page('A', 1).replace('order', 'clauses: []\norder') })[0]).toMatch(
    /clauses/,
  );
  expect(messages({ 'a.md': 'Text.' })).toHaveLength(1);
});

test('two pages do not share a place', () => {
  expect(messages({ 'a.md': page('A', 1), 'b.md': page('B', 1) })).toEqual([
    'content/guide/b.md: front matter: `order` is that of content/guide/a.md',
  ]);
});

test('the guide begins with the quick start, and each page has an address', () => {
  expect([...guide.keys()][0]).toBe('quick-start');
  expect(guideHref('quick-start')).toBe('/guide/quick-start/');
});
