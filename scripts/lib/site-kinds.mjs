// The kinds of pages that the site has, by address: a check that takes long looks at a page or two of each. Knows no check.

/**
 * @typedef {object} Kind
 * @property {string} name
 * @property {RegExp} file
 * @property {readonly string[]} [typical] pages that show most of what those of the kind have; otherwise the first
 * @property {string} [query] with which it is opened
 * @property {string} [except] what is left out of it before it is looked at, as a selector, because it repeats the rest
 * @property {boolean} [machinery] no reader opens it
 */

/** @type {readonly Kind[]} */
export const KINDS = [
  { name: 'landing', file: /^index\.html$/ },
  { name: 'specification', file: /^spec\/index\.html$/ },
  {
    name: 'edition',
    file: /^spec\/\d[^/]*\/index\.html$/,
    // The other chapters are as the first, and all of them take axe minutes.
    except: '.chapter-number ~ .chapter-number, .chapter-number ~ .chapter-number ~ *',
  },
  // Further pages of a long list: `/proposals/page/2/`.
  { name: 'next page of a list', file: /^[a-z]+(?:\/[a-z]+)?\/page\/\d+\/index\.html$/ },
  { name: 'what proposals wait for', file: /^proposals\/waiting\/index\.html$/ },
  { name: 'terms', file: /^terms\/index\.html$/ },
  { name: 'proposals', file: /^proposals\/index\.html$/ },
  { name: 'proposal', file: /^proposals\/\d{4}\/index\.html$/, typical: ['0003', '0006'] },
  { name: 'revision', file: /^proposals\/\d{4}\/v\d+\/index\.html$/, typical: ['0003'] },
  { name: 'redline', file: /^proposals\/\d{4}\/v\d+\.\.\w+\/index\.html$/, typical: ['0005'] },
  { name: 'about a proposal', file: /^proposals\/\d{4}\/about\/index\.html$/, typical: ['0003'] },
  // Of one proposal: its rows are as all others, and 325 of them take axe half a minute.
  { name: 'requirements', file: /^requirements\/index\.html$/, query: '?proposal=0003' },
  { name: 'requirement', file: /^r\/[^/]+\/index\.html$/, typical: ['http.start-once'] },
  { name: 'events', file: /^events\/index\.html$/ },
  { name: 'event', file: /^events\/[^/]+\/index\.html$/, typical: ['http.response.start'] },
  { name: 'machines', file: /^machines\/index\.html$/ },
  { name: 'machine', file: /^machines\/[^/]+\/index\.html$/, typical: ['http.response'] },
  { name: 'comparison', file: /^compare\/index\.html$/ },
  { name: 'comparison that runs', file: /^compare\/run\/index\.html$/ },
  { name: 'examples', file: /^examples\/index\.html$/ },
  { name: 'example', file: /^examples\/[^/]+\/index\.html$/, typical: ['start-once', 'hello'] },
  { name: 'embedded example', file: /^embed\/[^/]+\/index\.html$/, typical: ['hello'] },
  { name: 'playground', file: /^playground\/index\.html$/ },
  { name: 'trace', file: /^trace\/index\.html$/ },
  { name: 'proposing', file: /^propose\/index\.html$/ },
  { name: 'guide', file: /^guide\/index\.html$/ },
  { name: 'page of the guide', file: /^guide\/[^/]+\/index\.html$/, typical: ['from-wsgi'] },
  { name: 'conformance', file: /^conformance\/index\.html$/ },
  { name: 'conformance of others', file: /^conformance\/servers\/index\.html$/ },
  { name: 'lint rules', file: /^lint\/index\.html$/ },
  { name: 'lint rule', file: /^lint\/[^/]+\/index\.html$/ },
  { name: 'not found', file: /^404\.html$/ },
  { name: 'frame of a sandbox', file: /^sandbox\/frame\.html$/, machinery: true },
];

/**
 * The typical pages of each kind that has pages, and the files of no kind.
 * @template {{ file: string }} P
 * @param {readonly P[]} pages
 * @param {readonly Kind[]} [kinds]
 * @returns {{ samples: { kind: Kind, page: P }[], unknown: P[] }}
 */
export function sampleOf(pages, kinds = KINDS) {
  const samples = kinds.flatMap((kind) => {
    const all = pages.filter(({ file }) => kind.file.test(file));
    const typical = all.filter(({ file }) =>
      kind.typical?.some((name) => file.includes(`/${name}/`)),
    );
    const chosen = typical.length > 0 ? typical : all.slice(0, 1);
    return kind.machinery ? [] : chosen.map((page) => ({ kind, page }));
  });
  const unknown = pages.filter((page) => !kinds.some(({ file }) => file.test(page.file)));
  return { samples, unknown };
}
