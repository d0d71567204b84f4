// How a built site is read, and how what was found is told.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parent, siteOf } from './site-fixture.mjs';
import { readSite, resolve } from './site-pages.mjs';
import { faults, table } from './site-report.mjs';

test('a folder that holds no built site is said to be none', () => {
  expect(() => readSite(join(parent, 'none'))).toThrow(/holds no built site: run `npm run build`/);
});

test('addresses are resolved against the page, the base and the origin', () => {
  const site = siteOf({}, { base: '/base/', origin: 'https://site.example' });
  expect(site.page('a/index.html')?.path).toBe('/base/a/');
  expect(resolve(site, '../a/#x', '/base/a/')).toMatchObject({
    file: 'a/index.html',
    fragment: 'x',
  });
  expect(resolve(site, 'https://site.example/base/', '/base/')).toMatchObject({
    file: 'index.html',
  });
  expect(resolve(site, 'https://elsewhere.example/base/', '/base/')).toEqual({
    kind: 'outside',
    host: 'elsewhere.example',
  });
  expect(resolve(site, 'data:text/plain,x', '/base/')).toEqual({ kind: 'other' });
});

test('one fault in many files is told once, with the first files and what to do', () => {
  const finding = (file) => ({ file, what: 'It is wrong.', todo: 'Mend it.' });
  const findings = ['1', '2', '3', '4', '5', '6'].map(finding);
  const outcome = {
    name: 'links',
    seconds: 1,
    counts: '6 links',
    findings,
    lines: [],
    figures: {},
  };
  expect(faults([outcome])).toEqual([
    'links: It is wrong.',
    '    1',
    '    2',
    '    3',
    '    4',
    '    and 2 more',
    '  → Mend it.',
  ]);
  expect(table([outcome, { ...outcome, name: 'html', findings: [] }])).toEqual([
    'links      1.0 s  FAILED: 6  6 links',
    'html       1.0 s  passed  6 links',
  ]);
});
