// Pages by kind, and what is said of their growth.
import { expect, test } from 'vitest';
import { growth, kindOf } from './pages.ts';

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
    { kind: '/', pages: 1, heaviest: 90, grown: -10 },
    { kind: '/new/', pages: 1, heaviest: 5 },
    { kind: '/r/…/', pages: 3, heaviest: 400, grown: 8 },
  ]);
});
