// The headers that isolate pages and sandboxes: what each path gets, and that `_headers` says the same.
import { expect, test } from 'vitest';
import { HEADER_RULES, headersFile, headersFor } from './headers.ts';

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
  for (const { path } of HEADER_RULES) {
    const pathname = path.replace('*', 'name');
    const names = HEADER_RULES.filter((rule) =>
      rule.path.endsWith('*')
        ? pathname.startsWith(rule.path.slice(0, -1))
        : rule.path === pathname,
    ).flatMap((rule) => Object.keys(rule.headers));
    expect(names).toEqual([...new Set(names)]);
  }
});

test('_headers lists each path with its headers indented below it', () => {
  expect(headersFile()).toContain('/*\n  Cross-Origin-Opener-Policy: same-origin\n');
  expect(headersFile()).toMatch(/\n\n\/sandbox\/frame\.html\n {2}Content-Security-Policy: sandbox/);
});
