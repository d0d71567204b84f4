// The headers that isolate pages and sandboxes: what each path gets, and that `_headers` says the same.
import { expect, test } from 'vitest';
import { framingRules, HEADER_RULES, headersFile, headersFor, sourceRules } from './headers.ts';

const PAGES = ['', '404/', 'proposals/', 'proposals/0003/', 'r/http.finish/', 'embed/hello/'];
const SOURCES = [
  'proposals/0003/',
  'proposals/0003/v1/',
  'proposals/0004/v1/',
  'proposals/0004/v12/',
];
const ALL_RULES = [...HEADER_RULES, ...sourceRules(SOURCES), ...framingRules(PAGES)];

test('every page is cross-origin isolated', () => {
  expect(headersFor('/proposals/0003/')).toMatchObject({
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  });
  expect(headersFor('/proposals/0003/')).not.toHaveProperty('Content-Security-Policy');
});

test('the sandbox document is opaque and keeps the isolation of pages', () => {
  const headers = headersFor('/sandbox/frame.html');
  expect(headers['Content-Security-Policy']).toMatch(/^sandbox allow-scripts; default-src 'none';/);
  expect(headers['Content-Security-Policy']).not.toContain('allow-same-origin');
  expect(headers['Cross-Origin-Embedder-Policy']).toBe('require-corp');
  expect(headers['Cross-Origin-Resource-Policy']).toBe('same-origin');
});

test('an embedded sandbox may be framed by any page, and stays isolated itself', () => {
  const headers = headersFor('/embed/hello/');
  expect(headers).toMatchObject({
    'Cross-Origin-Embedder-Policy': 'require-corp',
    'Cross-Origin-Resource-Policy': 'cross-origin',
  });
  expect(headers).not.toHaveProperty('X-Frame-Options');
  expect(headers['Content-Security-Policy'] ?? '').not.toContain('frame-ancestors');
  expect(headersFor('/examples/hello/')).not.toHaveProperty('Cross-Origin-Resource-Policy');
});

test('no path gets a header from two rules, which hosts would join with a comma', () => {
  for (const { path } of ALL_RULES) {
    const pathname = path.replace('*', 'name').replace(':nnnn', '0003');
    const names = ALL_RULES.flatMap((rule) => Object.keys(headersFor(pathname, [rule])));
    expect(names).toEqual([...new Set(names)]);
  }
});

test('_headers lists each path with its headers indented below it', () => {
  expect(headersFile()).toContain('/*\n  Cross-Origin-Opener-Policy: same-origin\n');
  expect(headersFile()).toMatch(/\n\n\/sandbox\/frame\.html\n {2}Content-Security-Policy: sandbox/);
});

test('no other site frames a page, but for those that are made for it and the one that is opaque', () => {
  for (const path of ['/', '/404.html', '/proposals/', '/proposals/0003/', '/r/http.finish/'])
    expect(headersFor(path, ALL_RULES)['Content-Security-Policy']).toBe("frame-ancestors 'self'");
  expect(headersFor('/embed/hello/', ALL_RULES)).not.toHaveProperty('Content-Security-Policy');
  expect(headersFor('/sandbox/frame.html', ALL_RULES)['Content-Security-Policy']).toMatch(
    /^sandbox /,
  );
});

test.each([
  ['/feed.xml', 'application/atom+xml; charset=utf-8'],
  ['/feed/last-calls.xml', 'application/atom+xml; charset=utf-8'],
  ['/proposals/0003/feed.xml', 'application/atom+xml; charset=utf-8'],
  ['/proposals/0003/draft.md', 'text/markdown; charset=utf-8'],
  ['/proposals/0003/v1.md', 'text/markdown; charset=utf-8'],
  ['/proposals/0003/v12.md', 'text/markdown; charset=utf-8'],
  ['/proposals/0003/v2.md', undefined],
  ['/proposals/0003/', undefined],
  ['/proposals/0003/v1/draft.md', undefined],
  ['/proposals/0003/draftxmd', undefined],
])('%s is of type %s', (path, type) => {
  expect(headersFor(path, ALL_RULES)['Content-Type']).toBe(type);
});

test('the rules about Markdown grow with the longest row of revisions, and not with proposals', () => {
  expect(sourceRules(SOURCES).map(({ path }) => path)).toEqual([
    '/proposals/:nnnn/draft.md',
    '/proposals/:nnnn/v1.md',
    '/proposals/:nnnn/v12.md',
  ]);
});

test('the rules about framing grow with the folders of the site, and not with its pages', () => {
  expect(framingRules(['', 'r/a/', 'r/b/', 'r/c/d/', 'embed/a/']).map(({ path }) => path)).toEqual([
    '/',
    '/r/*',
  ]);
});

test('no page may use a camera, a microphone or a place', () => {
  expect(headersFor('/')['Permissions-Policy']).toMatch(
    /camera=\(\).*geolocation=\(\).*microphone=\(\)/,
  );
});
