// Security and privacy of a built site: the policy of each document allows what stands in it inline and nothing like it,
// its headers are complete, and nothing is fetched from elsewhere. Evaluates policies as Content Security Policy Level 3
// does, as far as a static document needs it.
import { createHash } from 'node:crypto';
import { headersFor, parseHeaderRules } from './header-rules.mjs';
import { addressesOf, addressesOfCss, many } from './site-links.mjs';
import { resolve } from './site-pages.mjs';

/** @typedef {Map<string, string[]>} Policy directive to sources, both as written but for the case of names */

/** What every document is sent with. */
const HEADERS = [
  'cross-origin-opener-policy',
  'cross-origin-embedder-policy',
  'x-content-type-options',
  'referrer-policy',
  'permissions-policy',
];
/** Other people's pages may frame these. */
const FRAMED = /^embed\//;
/** Limits of `_headers` on Cloudflare Pages, the narrowest of the hosts that read it. */
const MOST_RULES = 100;
const LONGEST_LINE = 2000;

const FETCHED_LINKS =
  /^(stylesheet|preload|modulepreload|prefetch|prerender|preconnect|dns-prefetch|icon|apple-touch-icon|mask-icon|manifest)$/i;
const FALLBACKS = {
  'script-src-elem': ['script-src-elem', 'script-src', 'default-src'],
  'script-src-attr': ['script-src-attr', 'script-src', 'default-src'],
  'style-src-elem': ['style-src-elem', 'style-src', 'default-src'],
  'style-src-attr': ['style-src-attr', 'style-src', 'default-src'],
  'script-src': ['script-src', 'default-src'],
  'object-src': ['object-src', 'default-src'],
  'img-src': ['img-src', 'default-src'],
  'frame-src': ['frame-src', 'child-src', 'default-src'],
};
/** What governs the address of an element; a link is governed by what it is for. */
const GOVERNED = { script: 'script-src-elem', img: 'img-src', iframe: 'frame-src' };
const GOVERNED_LINKS = {
  stylesheet: 'style-src-elem',
  modulepreload: 'script-src-elem',
  icon: 'img-src',
};
const HASH = /^'sha(256|384|512)-/i;

/** @param {import('./site-pages.mjs').Site} site @returns {import('./site-report.mjs').Result} */
export function checkPolicy(site) {
  const findings = [];
  const seen = { scripts: 0, styles: 0, attributes: 0, fetched: 0 };
  const text = site.files.has('_headers') ? site.read('_headers') : '';
  const rules = parseHeaderRules(text);
  limits();
  for (const page of site.pages) {
    const report = (what, todo) => findings.push({ file: page.file, what, todo });
    const headers = headersFor(rules, page.path);
    headersOf(page, headers, report);
    policiesOf(page, headers, report);
    fetchedBy(page, report);
  }
  for (const file of site.files) {
    if (!file.endsWith('.css')) continue;
    for (const address of addressesOfCss(site.read(file))) {
      fetched(address, site.base + file, `url(${address})`, (what, todo) =>
        findings.push({ file, what, todo }),
      );
    }
  }
  return {
    counts: `${many(seen.scripts, 'inline script')}, ${many(seen.styles, 'inline style')} and ${many(seen.attributes, 'style attribute')} in ${many(site.pages.length, 'page')} against their policies; ${many(seen.fetched, 'request')} to our own origin`,
    findings,
    lines: [],
    figures: seen,
  };

  function limits() {
    const report = (what, todo) => findings.push({ file: '_headers', what, todo });
    const lines = text.split(/\r?\n/);
    const long = lines.findIndex((line) => line.length > LONGEST_LINE);
    if (rules.length > MOST_RULES) {
      const todo = 'Gather paths under `*`.';
      report(`It has ${rules.length} rules; hosts read ${MOST_RULES}.`, todo);
    }
    if (long >= 0) {
      const todo = 'Move hashes into the page.';
      report(
        `Line ${long + 1} is longer than the ${LONGEST_LINE} characters that hosts read.`,
        todo,
      );
    }
  }

  function headersOf(page, headers, report) {
    for (const name of HEADERS) {
      if (headers.has(name)) continue;
      report(`It is sent without \`${name}\`.`, 'Add the header to src/site/headers.ts.');
    }
    const sent = parsePolicies(headers.get('content-security-policy')?.value);
    const framed = sent.every((policy) => !policy.has('frame-ancestors') && !policy.has('sandbox'));
    if (framed && !FRAMED.test(page.file)) {
      const todo = 'Send `frame-ancestors` (a `<meta>` cannot say it): see src/site/headers.ts.';
      report('Any page may frame it.', todo);
    }
    if (!framed && FRAMED.test(page.file)) {
      const todo = 'Take `frame-ancestors` away from /embed/* in src/site/headers.ts.';
      report('Other pages may not frame it, though it is made for that.', todo);
    }
  }

  function policiesOf(page, headers, report) {
    const sent = parsePolicies(headers.get('content-security-policy')?.value);
    const metas = page.elements
      .map((element, at) => ({ element, at }))
      .filter(({ element: { tag, attrs } }) => tag === 'meta' && isPolicy(attrs));
    const first = page.elements.findIndex(({ tag }) => /^(script|style|link)$/.test(tag));
    if (first >= 0 && metas.some(({ at }) => at > first)) {
      const todo = 'Let it be the first element behind `<meta charset>`: see src/site/policy.ts.';
      report('Its policy stands behind what it should govern, and does not.', todo);
    }
    const written = metas.map(({ element }) => parsePolicy(element.attrs.get('content') ?? ''));
    const policies = [...sent, ...written];
    if (!policies.some((policy) => policy.has('default-src'))) {
      const todo = 'Let src/site/policy.ts write one into it, or send one (src/site/headers.ts).';
      report('It has no content security policy.', todo);
      return;
    }
    // An opaque origin has nothing to lose: there, the reader's own program runs.
    const opaque = sent.some(
      (policy) => policy.has('sandbox') && !policy.get('sandbox').includes('allow-same-origin'),
    );
    if (!opaque) for (const what of laxities(policies)) report(what, 'See src/site/policy.ts.');
    inline(page, policies, report);
  }

  function inline(page, policies, report) {
    const allowed = (kind, content) =>
      policies.every((policy) => allowsInline(policy, kind, content));
    const refused = (what) =>
      report(
        `Its policy forbids ${what}: browsers leave it out.`,
        'See src/site/policy.ts, which names what stands inline by its hash.',
      );
    for (const { tag, attrs, text: content, inert } of page.elements) {
      for (const [name, value] of attrs) {
        if (/^on[a-z]/.test(name)) {
          const todo = 'Listen in a script.';
          report(`\`<${tag} ${name}>\` handles an event inline.`, todo);
        }
        if (
          /^\s*javascript:/i.test(value) &&
          /^(href|src|action|formaction|xlink:href)$/.test(name)
        ) {
          report(`\`<${tag} ${name}>\` is a script.`, 'Use a button, and listen in a script.');
        }
      }
      if (attrs.has('style')) {
        seen.attributes++;
        if (!allowed('style-src-attr', attrs.get('style'))) refused(`\`<${tag} style>\``);
      }
      if (inert) continue;
      if (tag === 'script' && !attrs.has('src') && runs(attrs.get('type'))) {
        seen.scripts++;
        if (!allowed('script-src-elem', content)) refused(`the script \`${start(content)}\``);
      }
      const kind = GOVERNED[tag] ?? linkKind(tag, attrs);
      const address = attrs.get(tag === 'link' ? 'href' : 'src');
      if (kind && address !== undefined && resolve(site, address, page.path).kind === 'inside') {
        if (!policies.every((policy) => allowsOwn(policy, kind))) {
          refused(`\`<${tag}>\` of our own origin (${kind})`);
        }
      }
      if (tag === 'style') {
        seen.styles++;
        if (!allowed('style-src-elem', content)) refused(`the style \`${start(content)}\``);
      }
    }
  }

  function fetchedBy(page, report) {
    for (const { tag, attribute, address } of addressesOf(page)) {
      // What the reader follows or sends is no request of the page.
      if (attribute === 'action' || attribute === 'formaction' || attribute === 'content') continue;
      if (attribute === 'href' && tag === 'a') continue;
      fetched(address, page.path, `<${tag} ${attribute}="${address}">`, report);
    }
    for (const { tag, attrs } of page.elements) {
      if (tag !== 'link') continue;
      const kinds = (attrs.get('rel') ?? '').split(/\s+/).filter((rel) => FETCHED_LINKS.test(rel));
      if (kinds.length === 0) continue;
      fetched(attrs.get('href') ?? '', page.path, `<link rel="${kinds[0]}">`, report);
    }
  }

  function fetched(address, from, shown, report) {
    // Links are looked at by what they are for.
    if (shown.startsWith('<link href')) return;
    seen.fetched++;
    const target = resolve(site, address, from);
    if (target.kind !== 'outside') return;
    report(
      `\`${shown}\` fetches from ${target.host}.`,
      'Put a copy into the site: a page that is read asks nobody else for anything.',
    );
  }
}

/** @param {string | undefined} text as a header has it: policies between commas @returns {Policy[]} */
function parsePolicies(text) {
  return text === undefined ? [] : text.split(',').map(parsePolicy);
}

/** @param {string} text @returns {Policy} the first of directives with one name counts */
export function parsePolicy(text) {
  const policy = new Map();
  for (const directive of text.split(';')) {
    const [name, ...sources] = directive.trim().split(/\s+/);
    if (name && !policy.has(name.toLowerCase())) policy.set(name.toLowerCase(), sources);
  }
  return policy;
}

/** The sources that govern a kind of thing; undefined where the policy does not speak of it. */
function sourcesFor(policy, kind) {
  const name = (FALLBACKS[kind] ?? [kind]).find((directive) => policy.has(directive));
  return name === undefined ? undefined : policy.get(name);
}

/**
 * Whether a policy lets something inline be (CSP Level 3, section 6.7.3.3).
 * @param {Policy} policy
 * @param {'script-src-elem' | 'style-src-elem' | 'style-src-attr'} kind
 * @param {string} content
 */
export function allowsInline(policy, kind, content) {
  const sources = sourcesFor(policy, kind);
  if (sources === undefined) return true;
  const hashes = sources.filter((source) => HASH.test(source));
  const strict = hashes.length > 0 || sources.some((source) => /^'nonce-/i.test(source));
  if (!strict && has(sources, "'unsafe-inline'")) return true;
  if (kind.endsWith('-attr') && !has(sources, "'unsafe-hashes'")) return false;
  return hashes.some((hash) => {
    const [, bits, digest] = /^'sha(256|384|512)-(.+)'$/i.exec(hash) ?? [];
    return (
      digest !== undefined && createHash(`sha${bits}`).update(content).digest('base64') === digest
    );
  });
}

/** Whether a policy lets a page fetch a kind of thing from its own origin, as far as it says so by 'self' or `*`. */
function allowsOwn(policy, kind) {
  const sources = sourcesFor(policy, kind);
  return sources === undefined || has(sources, "'self'") || has(sources, '*');
}

function linkKind(tag, attrs) {
  if (tag !== 'link') return undefined;
  const rels = (attrs.get('rel') ?? '').toLowerCase().split(/\s+/);
  return rels.map((rel) => GOVERNED_LINKS[rel]).find(Boolean);
}

/** What a set of policies, which all hold, leaves open that it should not. */
function laxities(policies) {
  const found = [];
  const governing = (kind) => policies.map((one) => sourcesFor(one, kind)).filter(Boolean);
  const closed = (kind, fits) => governing(kind).some(fits);
  for (const kind of ['script-src-elem', 'script-src-attr']) {
    const inlineClosed = closed(
      kind,
      (sources) => !has(sources, "'unsafe-inline'") || sources.some((one) => HASH.test(one)),
    );
    if (!inlineClosed) found.push(`Its policy lets any inline script run (${kind}).`);
  }
  if (!closed('script-src', (sources) => !has(sources, "'unsafe-eval'"))) {
    found.push('Its policy lets text become code (`unsafe-eval`).');
  }
  const wide = /^(\*|https?:|data:|blob:|filesystem:)$/i;
  if (!closed('script-src-elem', (sources) => !sources.some((one) => wide.test(one)))) {
    found.push('Its policy takes scripts from anywhere.');
  }
  if (!closed('object-src', isNone)) found.push('Its policy lets plug-ins in (`object-src`).');
  for (const directive of ['base-uri', 'form-action']) {
    if (governing(directive).length === 0) found.push(`Its policy does not say \`${directive}\`.`);
  }
  return found;
}

function isPolicy(attrs) {
  return attrs.get('http-equiv')?.toLowerCase() === 'content-security-policy';
}

function isNone(sources) {
  return sources.length === 0 || has(sources, "'none'");
}

function has(sources, keyword) {
  return sources.some((source) => source.toLowerCase() === keyword);
}

/** Whether a script of a type is executed, rather than data. */
function runs(type) {
  return (
    type === undefined ||
    /^(|module|importmap|speculationrules|(text|application)\/(java|ecma)script)$/i.test(type)
  );
}

function start(content) {
  const flat = content.trim().replace(/\s+/g, ' ');
  return flat.length > 60 ? `${flat.slice(0, 60)}…` : flat;
}
