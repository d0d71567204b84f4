// The content security policy of each page, written into it behind the build: it allows what stands in the page inline,
// by its hash, and nothing else like it. In the page and not in `_headers`, because hashes differ from page to page and
// hosts read a hundred rules. What a `<meta>` cannot say, who may frame a page, is in headers.ts.
import { createHash } from 'node:crypto';
import { attributeOf, startTags } from './start-tags.ts';

/** Where a sandbox boots its container, on the reader's Run, and where a project is sent, on the reader's Share. */
const STACKBLITZ = 'https://stackblitz.com';

/**
 * The page with its policy, which is the first thing that it says. A page that brings one keeps it.
 * @throws Error where the page has no `<meta charset>` to put it behind
 */
export function withPolicy(html: string): string {
  const found = inlined(html);
  if (found.policed) return html;
  if (found.charsetEnd === undefined) {
    throw new Error('A page needs `<meta charset>` in its head: its policy is written behind it.');
  }
  const meta = `<meta http-equiv="Content-Security-Policy" content="${policyOf(found)}">`;
  return html.slice(0, found.charsetEnd) + meta + html.slice(found.charsetEnd);
}

interface Inlined {
  readonly scripts: Set<string>;
  readonly styles: Set<string>;
  /** Whether a sandbox can wake on the page. */
  island: boolean;
  /** Whether it shows a page of ours in a frame. */
  framing: boolean;
  policed: boolean;
  /** Offset behind `<meta charset>`. */
  charsetEnd: number | undefined;
}

function policyOf({ scripts, styles, island, framing }: Inlined): string {
  const hashes = (texts: Set<string>) => [...texts].sort().map(hashOf);
  const directives: Record<string, readonly string[]> = {
    'default-src': ["'none'"],
    // WebAssembly is the index of the search.
    'script-src': ["'self'", "'wasm-unsafe-eval'", ...hashes(scripts)],
    // The editor makes its style sheets while it runs, and a hash would switch 'unsafe-inline' off.
    'style-src-elem': island ? ["'self'", "'unsafe-inline'"] : ["'self'", ...hashes(styles)],
    // Icons of the shell have their sizes, and headings of a table of contents their depths, as attributes.
    'style-src-attr': ["'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    // The icons of the editor are a font in its style sheet.
    'font-src': island ? ["'self'", 'data:'] : ["'self'"],
    'connect-src': ["'self'"],
    // Search has a worker; the editor has its language services, and an archive is packed by one made from text.
    'worker-src': island ? ["'self'", 'blob:'] : ["'self'"],
    ...(island
      ? { 'frame-src': ["'self'", STACKBLITZ] }
      : framing
        ? { 'frame-src': ["'self'"] }
        : {}),
    'base-uri': ["'none'"],
    'form-action': island ? [STACKBLITZ] : ["'none'"],
  };
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const NAMED = new Set(['astro-island', 'iframe', 'style', 'script', 'meta']);

/** What is in a `<template>` does not run and is left out. */
function inlined(html: string): Inlined {
  const found: Inlined = {
    scripts: new Set(),
    styles: new Set(),
    island: false,
    framing: false,
    policed: false,
    charsetEnd: undefined,
  };
  for (const tag of startTags(html, NAMED)) {
    if (tag.name === 'astro-island') found.island = true;
    if (tag.name === 'iframe') found.framing = true;
    if (tag.name === 'style') found.styles.add(tag.text ?? '');
    if (
      tag.name === 'script' &&
      attributeOf(tag, 'src') === undefined &&
      runs(attributeOf(tag, 'type'))
    )
      found.scripts.add(tag.text ?? '');
    if (tag.name === 'meta') {
      if (attributeOf(tag, 'charset') !== undefined) found.charsetEnd ??= tag.end;
      if (attributeOf(tag, 'http-equiv')?.toLowerCase() === 'content-security-policy')
        found.policed = true;
    }
  }
  return found;
}

function runs(type: string | undefined): boolean {
  return !/json/.test(type ?? '');
}
