// Links of a built site: each fault is found where it is, and what only looks like it is not.
import { expect, test } from 'vitest';
import { body, cases, page, siteOf } from './site-fixture.mjs';
import { addressesOfCss, checkLinks } from './site-links.mjs';

const props = (text) => ({
  'b/index.html': page({
    name: 'B',
    body: '<h1>B</h1><astro-island client="intent" data-props="/p.json"></astro-island>',
  }),
  'p.json': text,
});
const island = '{"trace":[1,[[0,{"seq":[0,12],"requirement":[0,"http.finish"]}]]]}';

const atom = (links, html = '') =>
  `<feed xmlns="http://www.w3.org/2005/Atom">${links}<entry><content type="html">${html.replaceAll('<', '&lt;')}</content></entry></feed>`;

cases(checkLinks, {
  'a link to no page': {
    fault: body('<a href="/nowhere/">x</a>'),
    says: /`href="\/nowhere\/"` leads to no file/,
    near: body('<a href="/a/?q=/nowhere/">x</a>'),
  },
  'a relative link that goes too far': {
    fault: { 'a/index.html': page({ name: 'A', body: '<h1>A</h1><a href="b/">x</a>' }) },
    says: /leads to no file/,
    file: 'a/index.html',
    near: { 'a/index.html': page({ name: 'A', body: '<h1>A</h1><a href="../a/">x</a>' }) },
  },
  'a link through a redirect': {
    fault: body('<a href="/a">x</a>'),
    says: /leads to a folder, through a redirect/,
    near: body('<a href="/a/">x</a>'),
  },
  'a script that is not there': {
    fault: body('<script src="/x.js"></script>'),
    says: /`src="\/x.js"`/,
    near: { ...body('<script src="/x.js"></script>'), 'x.js': '' },
  },
  'an image of a set that is not there': {
    fault: { ...body('<img src="/1.png" srcset="/1.png 1x, /2.png 2x">'), '1.png': '' },
    says: /`srcset="\/2.png"`/,
    near: {
      ...body('<img src="/1.png" srcset="/1.png 1x, /2.png 2x">'),
      '1.png': '',
      '2.png': '',
    },
  },
  'properties of a sandbox that are not there': {
    fault: body('<astro-island data-props="/_astro/p.json"></astro-island>'),
    says: /`data-props=/,
    near: { ...body('<astro-island data-props="/p.json"></astro-island>'), 'p.json': '{}' },
  },
  'a fragment that names nothing': {
    fault: body('<a href="/a/#dot.tedd">x</a>'),
    says: /names nothing that stands in a\/index.html/,
    near: body('<a href="/a/#dot.ted">x</a> <a href="/a/#">x</a> <a href="#top">x</a>'),
  },
  'an edit that begins at no place of its text': {
    fault: {
      ...body('<a href="/propose/?edit=0003#doors">x</a>'),
      'propose/index.html': page({ name: 'P', body: '<h1 id="doors">P</h1>' }),
      'proposals/0003/index.html': page({ name: 'T', body: '<h1 id="door">T</h1>' }),
    },
    says: /names nothing that stands in proposals\/0003\/index.html/,
    near: {
      ...body('<a href="/propose/?edit=0003#door">x</a> <a href="/propose/?new">x</a>'),
      'propose/index.html': page({ name: 'P', body: '<h1>P</h1>' }),
      'proposals/0003/index.html': page({ name: 'T', body: '<h1 id="door">T</h1>' }),
    },
  },
  'an erratum of a revision that there is not': {
    fault: {
      ...body('<a href="/propose/?erratum=0003/v2">x</a>'),
      'propose/index.html': page({ name: 'P', body: '<h1>P</h1>' }),
    },
    says: /is about no text: there is no proposals\/0003\/v2\/index.html/,
    near: {
      ...body('<a href="/propose/?erratum=0003/v1">x</a>'),
      'propose/index.html': page({ name: 'P', body: '<h1>P</h1>' }),
      'proposals/0003/v1/index.html': page({ name: 'T', body: '<h1>T</h1>' }),
    },
  },
  'a fragment that is written in escapes': {
    fault: body('<a href="/a/#dot%2Ftedd">x</a>'),
    says: /names nothing/,
    near: body('<a href="/a/#dot%2Eted">x</a>'),
  },
  'an id in a template, which nobody can go to': {
    fault: body('<template><p id="in"></p></template><a href="#in">x</a>'),
    says: /`href="#in"` names nothing/,
    near: body('<p id="in"></p><a href="#in">x</a>'),
  },
  'two elements with one id': {
    fault: body('<p id="two"></p><p id="two"></p>'),
    says: /The id `two` stands on 2 elements/,
    near: body('<p id="two"></p><p id="Two"></p><template><p id="two"></p></template>'),
  },
  'a malformed escape': {
    fault: body('<a href="/%zz/">x</a>'),
    says: /malformed `%` escape/,
    near: { ...body('<a href="/%41/">x</a>'), 'A/index.html': page({ name: 'AA' }) },
  },
  'a link out of the base path': {
    fault: body('<a href="/a/">x</a>'),
    says: /leaves the base path \/base\//,
    near: body('<a href="/base/a/">x</a>'),
    where: { base: '/base/' },
  },
  'a link to our own origin that leads nowhere': {
    fault: body('<a href="https://site.example/b/">x</a>'),
    says: /leads to no file/,
    near: body(
      '<a href="https://site.example/a/">x</a> <a href="https://site.example.net/b/">x</a>',
    ),
    where: { origin: 'https://site.example' },
  },
  'an event of a trace that is not in it': {
    fault: { ...body('<a href="/b/#t=13">x</a>'), ...props(island) },
    says: /`href="\/b\/#t=13"` names nothing/,
    near: { ...body('<a href="/b/#t=12">x</a>'), ...props(island) },
  },
  'a requirement that a trace does not show': {
    fault: { ...body('<a href="/b/#t=http.finis">x</a>'), ...props(island) },
    says: /#t=http.finis/,
    near: { ...body('<a href="/b/#t=http.finish">x</a>'), ...props(island) },
  },
  'an export that leads nowhere': {
    fault: { 'api/x.json': '[{"url":"/a/#none"}]' },
    says: /`"url": "\/a\/#none"` names nothing/,
    file: 'api/x.json',
    near: { 'api/x.json': '[{"url":"/a/#dot.ted","path":"/srv/none","url2":"/none/"}]' },
  },
  'an export that is no JSON': {
    fault: { 'api/x.json': '[{]' },
    says: /It is no JSON/,
    file: 'api/x.json',
    near: { 'api/x.json': '[{}]' },
  },
  'a schema that refers to what it does not have': {
    fault: { 'api/x.json': '{"$defs":{"a":{}},"items":{"$ref":"#/$defs/b"}}' },
    says: /`"\$ref": "#\/\$defs\/b"` names nothing/,
    file: 'api/x.json',
    near: { 'api/x.json': '{"$defs":{"a":{}},"items":{"$ref":"#/$defs/a"}}' },
  },
  'a sitemap with a page that is not there': {
    fault: { 'sitemap.xml': '<urlset><url><loc>https://site.example/b/</loc></url></urlset>' },
    says: /`https:\/\/site.example\/b\/` leads to no file/,
    file: 'sitemap.xml',
    near: { 'sitemap.xml': '<urlset><url><loc>https://site.example/a/</loc></url></urlset>' },
    where: { origin: 'https://site.example' },
  },
  'a feed with a page that is not there': {
    fault: { 'feed.xml': atom('<link rel="alternate" href="https://site.example/b/"/>') },
    says: /`https:\/\/site.example\/b\/` leads to no file/,
    file: 'feed.xml',
    near: { 'feed.xml': atom('<link rel="alternate" href="https://site.example/a/"/>') },
    where: { origin: 'https://site.example' },
  },
  'a feed whose text has a link to no place': {
    fault: { 'a/feed.xml': atom('', '<a href="../a/#dot.tedd">x</a>') },
    says: /`..\/a\/#dot.tedd` names nothing/,
    file: 'a/feed.xml',
    near: { 'a/feed.xml': atom('', '<a href="../a/#dot.ted">x</a>') },
  },
  'a module that imports what is not there': {
    fault: {
      '_astro/x.js': 'import{a}from"./y.js";export const b=()=>import(`./z.js`)',
      '_astro/z.js': '',
    },
    says: /`.\/y.js` leads to no file/,
    file: '_astro/x.js',
    near: { '_astro/x.js': 'export const text = "see ./y.js", name = "./y.js"' },
  },
  'a module that comes with a style sheet that is not there': {
    fault: { '_astro/x.js': 'm.f=["_astro/y.css","_astro/x.js"]' },
    says: /`_astro\/y.css` leads to no file/,
    file: '_astro/x.js',
    near: { '_astro/x.js': 'm.f=["_astro/y.css","_astro/x.js"]', '_astro/y.css': '' },
  },
  'a style sheet whose font is not there': {
    fault: { 'x/s.css': '@font-face{src:url(f.woff2)}' },
    says: /`url\(f.woff2\)` leads to no file/,
    file: 'x/s.css',
    near: { 'x/s.css': '@font-face{src:url(f.woff2)}', 'x/f.woff2': '' },
  },
});

test('links to the outside are counted by host, and what is no link to a page is not', () => {
  const { figures, lines } = checkLinks(
    siteOf(
      body(
        '<a href="https://b.example/x">x</a> <a href="//b.example/y">y</a> <a href="http://a.example/">z</a> <a href="mailto:a@b.example">m</a>',
      ),
    ),
  );
  expect(figures.outside).toEqual({ 'b.example': 2, 'a.example': 1 });
  expect(lines).toEqual(['to the outside, not fetched: b.example 2, a.example 1']);
});

test('addresses of style sheets are those of `url()` and of `@import`, not those in texts', () => {
  const css =
    '@import "a.css"; @import url("b.css") print; p{--u:url(c.png);background:url( d.png )} q{content:"url(e.png)"} @font-face{font-family:"x.woff"}';
  expect(addressesOfCss(css).sort()).toEqual(['a.css', 'b.css', 'c.png', 'd.png']);
});
