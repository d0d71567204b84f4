// Which page of a kind is looked at, and that no kind is forgotten.
import { expect, test } from 'vitest';
import { KINDS, sampleOf } from './site-kinds.mjs';

const named = (files) => sampleOf(files.map((file) => ({ file })));

test('the typical pages of each kind are taken, or the first', () => {
  const { samples, unknown } = named([
    'proposals/0001/index.html',
    'proposals/0003/index.html',
    'proposals/0006/index.html',
    'guide/deploy/index.html',
    'guide/traces/index.html',
  ]);
  expect(samples.map(({ kind, page }) => [kind.name, page.file])).toEqual([
    ['proposal', 'proposals/0003/index.html'],
    ['proposal', 'proposals/0006/index.html'],
    ['page of the guide', 'guide/deploy/index.html'],
  ]);
  expect(unknown).toEqual([]);
});

test('a page of no kind is named', () => {
  expect(named(['news/index.html', 'proposals/0003/graph/index.html']).unknown).toHaveLength(2);
});

test('what no reader opens has a kind, and is not opened', () => {
  expect(named(['sandbox/frame.html'])).toEqual({ samples: [], unknown: [] });
});

test('a page is of one kind at most', () => {
  for (const file of [
    'index.html',
    'proposals/index.html',
    'proposals/0003/index.html',
    'proposals/0003/v1/index.html',
    'proposals/0003/v1..draft/index.html',
    'proposals/0003/about/index.html',
    'r/http.start-once/index.html',
    'proposals/waiting/index.html',
    'proposals/waiting/page/2/index.html',
    'proposals/page/2/index.html',
    'lint/index.html',
    'lint/block.unknown/index.html',
  ])
    expect(
      KINDS.filter((kind) => kind.file.test(file)),
      file,
    ).toHaveLength(1);
});
