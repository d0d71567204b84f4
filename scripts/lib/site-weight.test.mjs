// What pages load before a touch: what counts, and what does not.
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { body, cases, head, page, siteOf } from './site-fixture.mjs';
import { checkWeight } from './site-weight.mjs';

const limits = { all: 12_000, script: 6_000 };
// What does not compress.
const noise = (octets) => randomBytes(octets).toString('latin1');
const code = (octets) => `/*${randomBytes(Math.ceil(octets / 2)).toString('hex')}*/`;
const heavy = (octets) => code(octets * 2);

cases((site) => checkWeight(site, limits), {
  'a page with too much in all': {
    fault: { ...head('<link rel="stylesheet" href="/s.css">'), 's.css': heavy(13_000) },
    says: /more than 12.0 kB in all/,
    near: { ...head('<link rel="alternate" href="/s.css">'), 's.css': heavy(13_000) },
  },
  'a page with too much script': {
    fault: { ...head('<script src="/x.js"></script>'), 'x.js': heavy(7_000) },
    says: /more than 6.0 kB of script/,
    near: { ...head('<script src="/x.js"></script>'), 'x.js': heavy(4_000) },
  },
  'a script that imports too much': {
    fault: {
      ...head('<script type="module">import"./x.js"</script>'),
      'x.js': 'export * from "./lib/y.js"',
      'lib/y.js': heavy(7_000),
    },
    says: /of script/,
    near: {
      ...head('<script type="module">import"./x.js"</script>'),
      'x.js': 'export const load = () => import("./lib/y.js")',
      'lib/y.js': heavy(7_000),
    },
  },
  'too much script in the page itself': {
    fault: head(`<script>${heavy(7_000)}</script>`),
    says: /of script/,
    near: head(`<script type="application/json">"${heavy(7_000)}"</script>`),
  },
  'an island that loads at once': {
    fault: {
      ...body('<astro-island client="load" component-url="/x.js"></astro-island>'),
      'x.js': heavy(7_000),
    },
    says: /of script/,
    near: {
      ...body('<astro-island client="intent" component-url="/x.js"></astro-island>'),
      'x.js': heavy(7_000),
    },
  },
  'a page that only sounds like a program': {
    fault: {
      'tracer/index.html': page({ name: 'T', head: '<script src="/x.js"></script>' }),
      'x.js': heavy(7_000),
    },
    says: /of script/,
    file: 'tracer/index.html',
    near: {
      'trace/index.html': page({ name: 'T', head: '<script src="/x.js"></script>' }),
      'x.js': heavy(7_000),
    },
  },
  'an edition with the scripts of another page': {
    fault: {
      'spec/0.1/index.html': page({ name: 'S', head: '<script src="/x.js"></script>' }),
      'x.js': heavy(7_000),
    },
    says: /of script/,
    file: 'spec/0.1/index.html',
    near: {
      'spec/0.1/index.html': page({ name: 'S', body: `<h1>S</h1>${heavy(13_000)}` }),
    },
  },
  'the front page of the specification, which is no edition,': {
    fault: { 'spec/index.html': page({ name: 'S', body: `<h1>S</h1>${heavy(13_000)}` }) },
    says: /in all/,
    file: 'spec/index.html',
    near: {},
  },
  'an image that is not put off': {
    fault: { ...body('<img alt="" src="/i.png">'), 'i.png': noise(13_000) },
    says: /in all/,
    near: { ...body('<img alt="" src="/i.png" loading="lazy">'), 'i.png': noise(13_000) },
  },
});

test('what two elements load counts once', () => {
  const link = '<link rel="stylesheet" href="/s.css">';
  const { findings } = checkWeight(siteOf({ ...head(link + link), 's.css': heavy(5_000) }), limits);
  expect(findings).toEqual([]);
});

test('the heaviest page of each kind is named', () => {
  const { figures } = checkWeight(
    siteOf({
      'r/a/index.html': page({ name: 'RA', body: heavy(2_000) }),
      'r/b/index.html': page(),
    }),
  );
  expect(Object.keys(figures.kinds).sort()).toEqual(['/', '/a', '/r/…']);
  expect(figures.kinds['/r/…'].file).toBe('r/a/index.html');
});
