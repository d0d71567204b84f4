// Feeds of a built site: each fault is found, and what only looks like it is not.
import { expect, test } from 'vitest';
import { checkFeeds } from './site-feeds.mjs';
import { cases, head, siteOf } from './site-fixture.mjs';

const ENTRY = {
  id: '<id>urn:x:1</id>',
  title: '<title>One</title>',
  updated: '<updated>2026-02-01T00:00:00Z</updated>',
  link: '<link type="text/html" href="/a/"/>',
  content: '<content type="html">&lt;p>One&lt;/p></content>',
};
const FEED = {
  id: '<id>urn:x:0</id>',
  title: '<title>All</title>',
  updated: '<updated>2026-02-01T00:00:00Z</updated>',
  author: '<author><name>Nobody</name></author>',
  self: '<link rel="self" href="/feed.xml"/>',
  link: '<link rel="alternate" type="text/html" href="/"/>',
};
const entry = (parts = {}) => `<entry>${Object.values({ ...ENTRY, ...parts }).join('')}</entry>`;
const atom = (parts = {}, ...entries) =>
  `<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">${Object.values({ ...FEED, ...parts }).join('')}${entries.join('')}</feed>`;
const NAMED = head('<link rel="alternate" type="application/atom+xml" href="/feed.xml">');
const site = (text) => ({ ...NAMED, 'feed.xml': text });
const row = (says, fault, near) => ({
  fault: site(fault),
  says,
  file: 'feed.xml',
  near: site(near),
});
const two = entry({ id: '<id>urn:x:2</id>', updated: '<updated>2026-01-01T00:00:00Z</updated>' });

cases(checkFeeds, {
  'a feed that is no XML': row(/It is no XML: .*unclosed tag/, '<feed>', atom()),
  'a control character': row(
    /It is no XML: .*disallowed character/,
    atom({ title: '<title>\u0001</title>' }),
    atom({ title: '<title>\u0085</title>' }),
  ),
  'a feed without a title': row(
    /The feed has 0 `title`/,
    atom({ title: '' }),
    atom({ title: '<title/>' }),
  ),
  'two ids': row(
    /Entry 1 has 2 `id`/,
    atom({}, entry({ more: '<id>urn:x:3</id>' })),
    atom({}, entry()),
  ),
  'a title of another namespace': row(
    /Entry 1 has 0 `title`/,
    atom({}, entry({ title: '<title xmlns="urn:other">One</title>' })),
    atom({}, entry({ more: '<title xmlns="urn:other">One</title>' })),
  ),
  'two summaries': row(
    /more than one `summary`/,
    atom({}, entry({ more: '<summary>a</summary><summary>b</summary>' })),
    atom({}, entry({ more: '<summary>a</summary>' })),
  ),
  'a relative id': row(
    /no absolute IRI: \/a\//,
    atom({}, entry({ id: '<id>/a/</id>' })),
    atom({}, entry({ id: '<id>https://a.example/</id>' })),
  ),
  'a day without a time': row(
    /no moment in `updated`: 2026-02-01/,
    atom({}, entry({ updated: '<updated>2026-02-01</updated>' })),
    atom({}, entry({ updated: '<updated>2026-02-01T00:30:00.5+01:00</updated>' })),
  ),
  'a day that there is not': row(
    /no moment in `published`/,
    atom({}, entry({ more: '<published>2026-02-30T00:00:00Z</published>' })),
    atom({}, entry({ more: '<published>2028-02-29T00:00:00Z</published>' })),
  ),
  'an entry that nobody wrote': row(
    /Entry 1 has no author/,
    atom({ author: '' }, entry()),
    atom({ author: '' }, entry({ author: FEED.author })),
  ),
  'an author without a name': row(
    /an author without a name/,
    atom({ author: '<author><name> </name></author>' }),
    atom(),
  ),
  'a category without a term': row(
    /a category without a term/,
    atom({}, entry({ more: '<category/>' })),
    atom({}, entry({ more: '<category term="x"/>' })),
  ),
  'markup that is not escaped': row(
    /elements in a `content` of the type html/,
    atom({}, entry({ content: '<content type="html"><p>One</p></content>' })),
    atom({}, entry()),
  ),
  'text of an unknown type': row(
    /a `title` of a type that we do not write: HTML/,
    atom({ title: '<title type="HTML">x</title>' }),
    atom({ title: '<title type="html">x</title>' }),
  ),
  'two pages of one entry': row(
    /two alternate links of one kind: text\/html/,
    atom({}, entry({ more: '<link rel="alternate" type="text/html" href="/"/>' })),
    atom(
      {},
      entry({
        more: '<link type="text/html" hreflang="de" href="/"/><link rel="related" type="text/html" href="/"/>',
      }),
    ),
  ),
  'a link without an address': row(
    /a link that leads nowhere/,
    atom({}, entry({ more: '<link rel="related"/>' })),
    atom({}, entry()),
  ),
  'an entry with neither text nor page': row(
    /neither content nor an alternate link/,
    atom({}, entry({ link: '', content: '' })),
    atom({}, entry({ link: '' })),
  ),
  'a feed that does not say where it is': row(/where it is itself/, atom({ self: '' }), atom()),
  'two entries with one id': row(
    /more than one entry with the id urn:x:1/,
    atom({}, entry(), entry()),
    atom({}, entry(), two),
  ),
  'an old entry before a new one': row(
    /newest entry first/,
    atom({}, two, entry()),
    atom({}, entry(), two),
  ),
  'a feed that is older than what it tells': row(
    /older than one of its entries/,
    atom({ updated: '<updated>2026-01-01T00:00:00Z</updated>' }, entry()),
    atom({ updated: '<updated>2026-02-01T00:00:00.000Z</updated>' }, entry()),
  ),
  'a feed that no page names': {
    fault: { 'feed.xml': atom() },
    says: /No page names this feed/,
    file: 'feed.xml',
    near: { 'sitemap.xml': '<urlset/>' },
  },
  'a head that names a page as a feed': {
    fault: head('<link rel="alternate" type="application/atom+xml" href="/a/">'),
    says: /names a\/index.html as a feed, which is none/,
    near: head('<link rel="alternate" type="text/html" href="/a/">'),
  },
});

test('feeds and their entries are counted', () => {
  const { figures, counts } = checkFeeds(siteOf(site(atom({}, entry(), two))));
  expect(figures).toEqual({ feeds: 1, entries: 2, named: 1 });
  expect(counts).toBe('1 feed with 2 entries, 1 feed named in heads');
});
