// Pages by kind, and what is said of their growth.
import { expect, test } from 'vitest';
import { growth, isWhole, kindOf } from './pages.ts';

test.each([
  ['/', '/'],
  ['/proposals/', '/proposals/'],
  ['/proposals/page/2/', '/proposals/…/'],
  ['/proposals/0003/', '/proposals/NNNN/'],
  ['/proposals/0003/about/', '/proposals/NNNN/about/'],
  ['/proposals/0003/v1/', '/proposals/NNNN/vK/'],
  ['/proposals/0003/v1..draft/', '/proposals/NNNN/vJ..vK/'],
  ['/r/http.start-once/', '/r/…/'],
  ['/events/http.closed/', '/events/…/'],
  ['/proposals/0003/feed.xml', '/proposals/NNNN/feed.xml'],
  ['/spec/0.1/', '/spec/EDITION/'],
  ['/spec/page/2/', '/spec/…/'],
  ['/api/schema/http.closed.json', '/api/schema/'],
  ['/api/requirements.json', '/api/requirements.json'],
  ['/404.html', '/404.html'],
])('%s is of the kind %s', (address, kind) => {
  expect(kindOf(address)).toBe(kind);
});

test('a kind has grown by as much as the page did that grew most, and is as heavy as its heaviest', () => {
  const site = (pages: Record<string, number>) =>
    new Map(Object.entries(pages).map(([address, gz]) => [address, { octets: gz * 4, gz }]));
  const small = site({ '/': 100, '/r/a.b/': 50, '/r/a.c/': 60 });
  const large = site({ '/': 90, '/r/a.b/': 58, '/r/a.c/': 61, '/r/a.d/': 400, '/new/': 5 });
  expect(growth(small, large)).toEqual([
    { kind: '/', pages: 1, heaviest: 90, whole: false, grown: -10, before: 100 },
    { kind: '/new/', pages: 1, heaviest: 5, whole: false },
    { kind: '/r/…/', pages: 3, heaviest: 400, whole: false, grown: 8, before: 60 },
  ]);
});

test('a page of a list that had room has not grown when it is full; one that was full has', () => {
  const site = (pages: Record<string, number>) =>
    new Map(Object.entries(pages).map(([address, gz]) => [address, { octets: gz * 4, gz }]));
  const small = site({ '/rows/': 100, '/rows/page/2/': 10 });
  const large = site({ '/rows/': 104, '/rows/page/2/': 90, '/rows/page/3/': 30 });
  expect(growth(small, large).map(({ kind, grown }) => [kind, grown])).toEqual([
    ['/rows/', 4],
    ['/rows/…/', undefined],
  ]);
});

test.each([
  ['/spec/0.1/', true],
  ['/api/requirements.csv', true],
  ['/llms.txt', true],
  ['/spec/', false],
  ['/spec/page/2/', false],
  ['/proposals/', false],
])('whether %s is a whole by what it is: %s', (address, whole) => {
  expect(isWhole(address)).toBe(whole);
});
