// Links of a built site: each leads to a file of it and to an id on that page, in documents, JSON exports, feeds and
// sitemaps.
// Links to the outside are counted by host, and never fetched.
import { parse, walk } from 'css-tree';
import { resolve } from './site-pages.mjs';
import { addressesOfFeed, readXml } from './site-xml.mjs';

/** Attributes that hold an address. `data-props` is where a sandbox finds what it is made from. */
const ADDRESSES = [
  'href',
  'src',
  'poster',
  'action',
  'formaction',
  'xlink:href',
  'data-props',
  'component-url',
  'renderer-url',
  'before-hydration-url',
];
const IMAGES_OF_CARDS = new Set(['og:image', 'og:url', 'twitter:image']);
/** Keys of the JSON exports whose values are addresses. */
const BUILT_SCRIPT = /^_astro\/.*\.m?js$/;
/** In built scripts: what a module imports, and what the bundler lists to be loaded beside a module. */
const BUILT_NAMES =
  /(?<=\b(?:from|import|import\())["'`](\.\/[\w./@-]+)["'`]|["'`](\/?_astro\/[\w./@-]+\.\w+)["'`]/g;
const JSON_KEYS = new Set(['url', 'href', 'page', 'schema', '$id', '$ref']);

/** @param {import('./site-pages.mjs').Site} site @returns {import('./site-report.mjs').Result} */
export function checkLinks(site) {
  const findings = [];
  const hosts = new Map();
  const seen = { links: 0, fragments: 0, exports: 0, sheets: 0, scripts: 0 };

  for (const page of site.pages) {
    for (const [id, count] of page.ids) {
      if (count === 1) continue;
      findings.push({
        file: page.file,
        what: `The id \`${id}\` stands on ${count} elements.`,
        todo: 'Give each element an id of its own.',
      });
    }
    for (const { attribute, address } of addressesOf(page)) {
      follow(page.file, address, page.path, `\`${attribute}="${address}"\``);
    }
  }
  for (const file of site.files) {
    if (/^api\/.*\.json$/.test(file)) exported(file);
    else if (file.endsWith('.xml')) feed(file);
    else if (file.endsWith('.css')) styleSheet(file);
    else if (BUILT_SCRIPT.test(file)) script(file);
  }
  const outside = [...hosts].sort(([a, n], [b, m]) => m - n || a.localeCompare(b));
  return {
    counts: `${many(seen.links, 'link')} in ${many(site.pages.length, 'page')}, ${many(seen.exports, 'export')}, ${many(seen.sheets, 'style sheet')} and ${many(seen.scripts, 'script')}, ${seen.fragments.toLocaleString('en')} with a fragment`,
    findings,
    lines: [
      `to the outside, not fetched: ${outside.map(([host, count]) => `${host} ${count}`).join(', ') || 'none'}`,
    ],
    figures: { ...seen, outside: Object.fromEntries(outside) },
  };

  function follow(file, address, from, shown) {
    seen.links++;
    const target = resolve(site, address, from);
    if (target.kind === 'outside') hosts.set(target.host, (hosts.get(target.host) ?? 0) + 1);
    if (target.kind === 'wrong') {
      const todo = 'Write an address under the base path, as src/site/href.ts gives it.';
      findings.push({ file, what: `${shown} ${target.why}.`, todo });
    }
    if (target.kind !== 'inside') return;
    if (target.file === undefined) {
      const redirected = site.files.has(`${target.path.slice(site.base.length)}/index.html`);
      findings.push({
        file,
        what: `${shown} leads to ${redirected ? 'a folder, through a redirect' : 'no file'}.`,
        todo: redirected
          ? 'Close the address with a slash.'
          : 'Correct the address, or make the page.',
      });
      return;
    }
    const subject = textToChange(target) ?? target.file;
    if (!site.files.has(subject)) {
      const todo = 'Name a draft, or a revision that is published.';
      findings.push({ file, what: `${shown} is about no text: there is no ${subject}.`, todo });
      return;
    }
    if (target.fragment === '' || target.fragment === 'top') return;
    seen.fragments++;
    if (stands(subject, target.fragment)) return;
    findings.push({
      file,
      what: `${shown} names nothing that stands in ${subject}.`,
      todo: 'Correct the fragment, or give the place that id.',
    });
  }

  /** The text that an address of /propose/ is about, and its fragment with it: `?edit=0003`, `?erratum=0003/v1`. */
  function textToChange({ file, search }) {
    const [, name] = /^\?(?:edit|erratum)=([^&]*)$/.exec(search) ?? [];
    return file === 'propose/index.html' && name !== undefined
      ? `proposals/${name}/index.html`
      : undefined;
  }

  /** Whether a fragment names a place: an id of a page, a JSON Pointer into JSON. */
  function stands(file, fragment) {
    const page = site.page(file);
    if (page) return page.ids.has(fragment) || inTrace(page, fragment);
    if (!file.endsWith('.json')) return true;
    return pointed(JSON.parse(site.read(file)), fragment);
  }

  /**
   * Whether `#t=` names an event, by its number or by what it is about, in the recorded trace of the first sandbox of a
   * page: see src/site/intent.ts. The trace is in the properties of the island, as Astro writes them.
   */
  function inTrace(page, fragment) {
    const [, sought] = /^t=(.+)$/.exec(fragment) ?? [];
    const island = page.elements.find(
      ({ tag, attrs }) => tag === 'astro-island' && attrs.get('client') === 'intent',
    );
    if (sought === undefined || island === undefined) return false;
    const target = resolve(site, island.attrs.get('data-props') ?? '', page.path);
    if (target.file === undefined) return false;
    const name = /^\d+$/.test(sought) ? `"seq":[0,${sought}]` : `"requirement":[0,"${sought}"]`;
    return site.read(target.file).includes(name);
  }

  function exported(file) {
    seen.exports++;
    let value;
    try {
      value = JSON.parse(site.read(file));
    } catch (error) {
      const todo = 'Mend the endpoint in src/pages/api that writes it.';
      findings.push({ file, what: `It is no JSON: ${error.message}.`, todo });
      return;
    }
    within(value, (key, address) => {
      if (JSON_KEYS.has(key) && /^([/#]|https?:)/.test(address)) {
        follow(file, address, site.base + file, `\`"${key}": "${address}"\``);
      }
    });
  }

  function feed(file) {
    seen.exports++;
    const text = site.read(file);
    const { root } = readXml(text);
    // What is no feed is a sitemap; what is no XML is told by site-feeds.mjs.
    const addresses =
      root?.name === 'feed'
        ? [...addressesOfFeed(root)]
        : [...text.matchAll(/<loc>\s*([^<\s]+)\s*</g)].map(([, loc]) =>
            loc.replaceAll('&amp;', '&'),
          );
    for (const address of addresses) follow(file, address, site.base + file, `\`${address}\``);
  }

  function script(file) {
    seen.scripts++;
    const names = new Set(
      [...site.read(file).matchAll(BUILT_NAMES)].map(([, imported, listed]) => imported ?? listed),
    );
    for (const name of names) {
      // The bundler lists files under the base, without a slash.
      const address = name.startsWith('_astro/') ? site.base + name : name;
      follow(file, address, site.base + file, `\`${name}\``);
    }
  }

  function styleSheet(file) {
    seen.sheets++;
    for (const address of addressesOfCss(site.read(file))) {
      follow(file, address, site.base + file, `\`url(${address})\``);
    }
  }
}

/** Every address in a page, with the attribute that it stands in. */
export function* addressesOf(page) {
  for (const { tag, attrs, text } of page.elements) {
    for (const attribute of ADDRESSES) {
      const address = attrs.get(attribute);
      if (address !== undefined) yield { tag, attribute, address };
    }
    for (const part of attrs.get('srcset')?.split(',') ?? []) {
      yield { tag, attribute: 'srcset', address: part.trim().split(/\s+/)[0] };
    }
    const card = attrs.get('property') ?? attrs.get('name');
    if (tag === 'meta' && IMAGES_OF_CARDS.has(card)) {
      yield { tag, attribute: 'content', address: attrs.get('content') ?? '' };
    }
    if (tag === 'style') {
      for (const address of addressesOfCss(text)) yield { tag, attribute: 'url', address };
    }
    const style = attrs.get('style');
    if (style?.includes('url(')) {
      for (const address of addressesOfCss(style, 'declarationList')) {
        yield { tag, attribute: 'style', address };
      }
    }
  }
}

/** Addresses in a style sheet: of `url()` and of `@import`. */
export function addressesOfCss(text, context = 'stylesheet') {
  if (!/url\(|@import/.test(text)) return [];
  const found = [];
  walk(parse(text, { context, parseValue: true, parseCustomProperty: true }), function (node) {
    if (node.type === 'Url') found.push(node.value);
    // In `@import "…"` the address is a string; in `@font-face` a string is a name.
    if (node.type === 'String' && this.atrule?.name === 'import') found.push(node.value);
  });
  return found;
}

function within(value, visit, key = '') {
  if (typeof value === 'string') visit(key, value);
  else if (Array.isArray(value)) for (const item of value) within(item, visit, key);
  else if (value !== null && typeof value === 'object') {
    for (const [name, item] of Object.entries(value)) within(item, visit, name);
  }
}

/** Whether a JSON Pointer (RFC 6901) names something. */
function pointed(value, pointer) {
  if (!pointer.startsWith('/')) return false;
  let here = value;
  for (const part of pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (here === null || typeof here !== 'object' || !Object.hasOwn(here, name)) return false;
    here = here[name];
  }
  return true;
}

/** A number with its noun. */
export function many(count, noun) {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}
