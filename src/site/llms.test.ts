// The text for programs names every proposal and every page of the guide, and what it leads to is there.

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { editions } from './editions.ts';
import { guide } from './guide.ts';
import { llmsText } from './llms.ts';
import { textsOf } from './redline-comparisons.ts';
import { proposals } from './specification.ts';

const paths = [...llmsText().matchAll(/\]\((\/[^)]*)\)/g)].map(([, path = '']) => path);

test('every proposal and every page of the guide is named once', () => {
  expect(paths.filter((path) => /^\/proposals\/.*\/$/.test(path))).toEqual(
    proposals.map(({ slug }) => `/proposals/${slug}/`),
  );
  expect(paths.filter((path) => path.startsWith('/guide/'))).toHaveLength(guide.size);
});

test('every edition is named once, behind the front page of the specification', () => {
  expect(paths.filter((path) => path.startsWith('/spec/'))).toEqual([
    '/spec/',
    ...editions.map(({ href }) => href).toReversed(),
  ]);
});

test('every text and every feed is named once', () => {
  expect(paths.filter((path) => path.endsWith('.md'))).toEqual([
    ...proposals.flatMap(({ slug }) =>
      textsOf(slug).map(({ name }) => `/proposals/${slug}/${name}.md`),
    ),
  ]);
  expect(paths.filter((path) => path.endsWith('.xml'))).toEqual([
    '/feed.xml',
    '/feed/last-calls.xml',
    ...proposals.map(({ slug }) => `/proposals/${slug}/feed.xml`),
  ]);
});

test('every export that it names is one of the site', () => {
  const exports = paths.filter((path) => path.startsWith('/api/'));
  expect(exports.length).toBeGreaterThan(5);
  for (const path of exports)
    expect([path, existsSync(join(ROOT, `src/pages${path}.ts`))]).toEqual([path, true]);
});
