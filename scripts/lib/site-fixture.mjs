// Small built sites for the tests of the checks, sound but for what a test says. Knows no check.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readSite } from './site-pages.mjs';

export const parent = mkdtempSync(join(tmpdir(), 'portway-site-'));
afterAll(() => rmSync(parent, { recursive: true, force: true }));

export const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'";
export const HEADERS = `/*
  Cross-Origin-Opener-Policy: same-origin
  Cross-Origin-Embedder-Policy: require-corp
  X-Content-Type-Options: nosniff
  Referrer-Policy: no-referrer
  Permissions-Policy: camera=()

/
  Content-Security-Policy: frame-ancestors 'self'

/a/*
  Content-Security-Policy: frame-ancestors 'self'
`;

/** A sound page, but for what a test says. */
export function page({
  name = 'Home',
  lang = ' lang="en"',
  title = `<title>${name} | Site</title>`,
  description = `<meta name="description" content="What ${name} is.">`,
  policy = POLICY,
  head = '',
  body = '<h1>Heading</h1>',
} = {}) {
  const meta = policy && `<meta http-equiv="Content-Security-Policy" content="${policy}">`;
  return `<!DOCTYPE html>\n<html${lang}><head><meta charset="utf-8">${meta}${title}${description}${head}</head><body><main>${body}</main></body></html>\n`;
}

/** A sound site of two pages, but for the files that a test gives. */
export function siteOf(files, where) {
  const folder = mkdtempSync(join(parent, 'dist-'));
  const all = {
    _headers: HEADERS,
    'index.html': page(),
    'a/index.html': page({ name: 'A', body: '<h1 id="top-of-a">A</h1><p id="dot.ted">Text</p>' }),
    ...files,
  };
  for (const [file, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), content);
  }
  return readSite(folder, where);
}

export const body = (html) => ({ 'index.html': page({ body: `<h1>Heading</h1>${html}` }) });
export const head = (html, more = {}) => ({ 'index.html': page({ head: html, ...more }) });
export const sha256 = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** Faults by name: the files that have it, what is said, and the same without it. */
export function cases(check, rows) {
  test('a sound site passes', async () => {
    expect((await check(siteOf({}))).findings).toEqual([]);
  });
  for (const [name, { fault, says, file = 'index.html', near, where }] of Object.entries(rows)) {
    test(`${name} is found`, async () => {
      const { findings } = await check(siteOf(fault, where));
      expect(findings).toEqual([
        expect.objectContaining({
          file,
          what: expect.stringMatching(says),
          todo: expect.any(String),
        }),
      ]);
    });
    test(`${name}: its near miss passes`, async () => {
      expect((await check(siteOf(near, where))).findings).toEqual([]);
    });
  }
}
