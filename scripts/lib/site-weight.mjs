// What each page of a built site weighs before the reader touches it: its document and what that loads by itself,
// compressed as static hosts compress. Counted from the files; tests/weight.spec.ts measures the same in a browser.
import { gzipSync } from 'node:zlib';
import { parse } from 'acorn';
import { many } from './site-links.mjs';
import { resolve } from './site-pages.mjs';

/** Octets, of a page that is only read. */
export const LIMITS = { all: 60_000, script: 15_000 };

/**
 * Pages that are something else than a text of usual length, and what they may load.
 * @type {{ file: RegExp, limits: { all: number, script: number }, why: string }[]}
 */
const OTHERS = [
  {
    file: /^trace\//,
    limits: { all: 60_000, script: 40_000 },
    why: 'A reader comes to open a trace: the viewer is the page, and there is nothing to read before it.',
  },
  {
    file: /^propose\//,
    limits: { all: 70_000, script: 45_000 },
    why: 'An author comes to write: what is kept is listed at once. Library, editor and renderer load with the first touch.',
  },
  {
    file: /^spec\/[\d.]+\//,
    // Edition 0.1 has 189 kB, of which 4 kB are script: a fifth more for what its chapters grow by.
    limits: { all: 230_000, script: 6_000 },
    why: 'A whole edition in one document, to be searched and printed. Who reads less has its chapters.',
  },
];

/** Directives of islands that load without a touch. */
const EAGER_ISLANDS = new Set(['load', 'idle', 'visible', 'media', 'only']);
const SHOWN = 10;

/**
 * @param {import('./site-pages.mjs').Site} site
 * @param {{ all: number, script: number }} [limits]
 * @returns {import('./site-report.mjs').Result}
 */
export function checkWeight(site, limits = LIMITS) {
  const sizes = new Map();
  const imports = new Map();
  const findings = [];
  const weights = site.pages.map((page) => ({ file: page.file, ...weigh(page) }));
  for (const { file, all, script } of weights) {
    const most = OTHERS.find((other) => other.file.test(file))?.limits ?? limits;
    const heavy = [
      [all, most.all, 'in all'],
      [script, most.script, 'of script'],
    ].filter(([size, limit]) => size > limit);
    for (const [size, limit, of] of heavy) {
      findings.push({
        file,
        what: `It loads more than ${kilo(limit)} ${of} before a touch.`,
        at: kilo(size),
        todo: 'Let it load on intent (src/site/intent.ts), or move what is not read at once to a page of its own.',
      });
    }
  }
  const heaviest = weights.sort((a, b) => b.all - a.all || a.file.localeCompare(b.file));
  const kinds = Map.groupBy(heaviest, ({ file }) => kindOf(file));
  const row = (shown, { all, script, style, document }) =>
    `${shown}  ${kilo(all).padStart(8)} in all, ${kilo(document)} document, ${kilo(style)} style, ${kilo(script)} script`;
  const texts = heaviest.filter(({ file }) => !OTHERS.some((other) => other.file.test(file)));
  const width = Math.max(...[...kinds.keys()].map((kind) => kind.length));
  return {
    counts: `${many(weights.length, 'page')} of ${many(kinds.size, 'kind')}, at most ${kilo(texts[0].all)} of ${kilo(limits.all)}, ${kilo(Math.max(...texts.map(({ script }) => script)))} of ${kilo(limits.script)} script`,
    findings,
    lines: [
      'the heaviest of each kind of page:',
      ...[...kinds].map(
        ([kind, pages]) =>
          `  ${row(`${String(pages.length).padStart(4)} ${kind.padEnd(width)}`, pages[0])}`,
      ),
      `the heaviest ${Math.min(SHOWN, heaviest.length)}:`,
      ...heaviest.slice(0, SHOWN).map((one) => `  ${row(`/${one.file}`.padEnd(width + 24), one)}`),
    ],
    figures: {
      heaviest: heaviest.slice(0, SHOWN),
      kinds: Object.fromEntries([...kinds].map(([kind, pages]) => [kind, pages[0]])),
    },
  };

  function weigh(page) {
    const loaded = new Map();
    const load = (address, kind, from = page.path) => {
      const target = resolve(site, address, from);
      if (target.kind !== 'inside' || target.file === undefined || loaded.has(target.file)) return;
      loaded.set(target.file, kind);
      const inner = target.file.endsWith('.js') ? importsOf(target.file) : [];
      for (const one of inner) load(one, 'script', site.base + target.file);
    };
    const inlined = [];
    for (const { tag, attrs, text, inert } of page.elements) {
      if (inert) continue;
      if (tag === 'script' && attrs.has('src')) load(attrs.get('src'), 'script');
      else if (tag === 'script' && !/json/.test(attrs.get('type') ?? '')) {
        inlined.push(text);
        if (attrs.get('type') === 'module')
          for (const one of staticImports(text)) load(one, 'script');
      }
      if (tag === 'link' && attrs.has('href')) {
        const rel = attrs.get('rel')?.toLowerCase();
        if (rel === 'stylesheet') load(attrs.get('href'), 'style');
        if (rel === 'modulepreload') load(attrs.get('href'), 'script');
        if (rel === 'preload') {
          load(attrs.get('href'), attrs.get('as') === 'script' ? 'script' : 'other');
        }
        if (/\bicon\b/.test(rel)) load(attrs.get('href'), 'other');
      }
      if (tag === 'img' && attrs.has('src') && attrs.get('loading') !== 'lazy') {
        load(attrs.get('src'), 'other');
      }
      if (tag === 'astro-island' && EAGER_ISLANDS.has(attrs.get('client'))) {
        for (const name of ['component-url', 'renderer-url', 'before-hydration-url']) {
          if (attrs.has(name)) load(attrs.get(name), 'script');
        }
      }
    }
    const total = { document: size(page.file), style: 0, script: 0, other: 0 };
    for (const [file, kind] of loaded) total[kind] += size(file);
    const all = total.document + total.style + total.script + total.other;
    // Inline, it is part of the document, and is script all the same.
    const inlineSize = inlined.length === 0 ? 0 : gzipSync(inlined.join('\n')).length;
    return { all, document: total.document, style: total.style, script: total.script + inlineSize };
  }

  function size(file) {
    if (!sizes.has(file)) {
      const octets = site.octets(file);
      sizes.set(file, Math.min(octets.length, gzipSync(octets).length));
    }
    return sizes.get(file);
  }

  function importsOf(file) {
    if (!imports.has(file)) imports.set(file, staticImports(site.read(file)));
    return imports.get(file);
  }
}

/** What a module imports before it runs. */
function staticImports(text) {
  if (!/\b(import|from)\b/.test(text)) return [];
  const { body } = parse(text, { sourceType: 'module', ecmaVersion: 'latest' });
  return body
    .filter(({ type }) => /^(Import|Export(Named|All))Declaration$/.test(type))
    .flatMap(({ source }) => (source ? [source.value] : []));
}

/** Pages at one depth below one folder are of one kind. */
function kindOf(file) {
  const [first, ...more] = file.replace(/(^|\/)index\.html$/, '').split('/');
  return `/${[first, ...more.map(() => '…')].filter(Boolean).join('/')}`;
}

function kilo(octets) {
  return `${(octets / 1000).toFixed(1)} kB`;
}
