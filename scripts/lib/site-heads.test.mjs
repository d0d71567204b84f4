// What documents say of themselves: each fault is found, and what only looks like it is not.
import { expect, test } from 'vitest';
import { body, cases, head, page, siteOf } from './site-fixture.mjs';
import { checkHeads } from './site-heads.mjs';

const canonical = (address, more = '') => head(`<link rel="canonical" href="${address}">${more}`);
cases(checkHeads, {
  'a page that does not say its language': {
    fault: { 'index.html': page({ lang: '' }) },
    says: /its language/,
    near: { 'index.html': page({ lang: ' lang="de" dir="ltr"' }) },
  },
  'a page without a title': {
    fault: { 'index.html': page({ title: '', body: '<h1>H</h1><svg><title>T</title></svg>' }) },
    says: /no title/,
    near: { 'index.html': page({ title: '<title>T</title>' }) },
  },
  'a page without a description': {
    fault: { 'index.html': page({ description: '<meta name="description" content=" ">' }) },
    says: /no description/,
    near: { 'index.html': page() },
  },
  'two pages with one title': {
    fault: { 'index.html': page({ title: '<title>A | Site</title>' }) },
    says: /title “A \| Site” is also that of index.html/,
    file: 'a/index.html',
    near: {
      'index.html': page({
        title: '<title>A | Site</title>',
        head: '<meta name="robots" content="noindex">',
      }),
    },
  },
  'two pages with one description': {
    fault: {
      'index.html': page({ description: '<meta name="description" content="What A is.">' }),
    },
    says: /description “What A is.” is also that of/,
    file: 'a/index.html',
    near: {
      '404.html': page({
        name: 'Lost',
        description: '<meta name="description" content="What A is.">',
      }),
    },
  },
  'a page without an address of its own': {
    fault: {
      'a/index.html': page({
        name: 'A',
        head: '<link rel="canonical" href="https://site.example/a/">',
      }),
    },
    says: /no canonical address/,
    near: {
      ...canonical('https://site.example/'),
      'a/index.html': page({
        name: 'A',
        head: '<link rel="canonical" href="https://site.example/a/">',
      }),
    },
    where: { origin: 'https://site.example' },
  },
  "a page that takes another's address": {
    fault: canonical('/a/'),
    says: /canonical address is another page's/,
    near: canonical('/a/', '<meta name="robots" content="noindex">'),
  },
  'two headings of the first level': {
    fault: body('<h1>Again</h1>'),
    says: /has 2 `<h1>`/,
    near: body('<template><h1>Again</h1></template>'),
  },
  'a heading that skips a level': {
    fault: body('<h2>Two</h2><h4>Four</h4>'),
    says: /goes from `<h2>` with `<h4>`: “Four”/,
    near: body('<h2>Two</h2><h3>Three</h3><h4>Four</h4><h2>Two again</h2>'),
  },
  'an image without a text': {
    fault: body('<img src="/i.png" width="1" height="1">'),
    says: /has no `alt`/,
    near: body('<img src="/i.png" alt="" width="1" height="1">'),
  },
  'an image without a size': {
    fault: body('<img src="/i.png" alt="" width="100%" height="1">'),
    says: /has no size/,
    near: body('<img src="/i.png" alt="" width="100" height="1">'),
  },
});

test('a page without a heading, or that begins with a lower one, is found', () => {
  const none = checkHeads(siteOf({ 'index.html': page({ body: '<p>x</p>' }) }));
  expect(none.findings).toEqual([expect.objectContaining({ what: 'It has no `<h1>`.' })]);
  const late = checkHeads(siteOf({ 'index.html': page({ body: '<h2>b</h2><h1>a</h1>' }) }));
  expect(late.findings).toEqual([expect.objectContaining({ what: 'It begins with `<h2>`: “b”.' })]);
});
