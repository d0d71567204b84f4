// The content security policy of each page, written into it behind the build: it allows what stands in the page inline,
// by its hash, and nothing else like it. In the page and not in `_headers`, because hashes differ from page to page and
// hosts read a hundred rules. What a `<meta>` cannot say, who may frame a page, is in headers.ts.
import { createHash } from 'node:crypto';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;

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

function inlined(html: string): Inlined {
  const found: Inlined = {
    scripts: new Set(),
    styles: new Set(),
    island: false,
    framing: false,
    policed: false,
    charsetEnd: undefined,
  };
  visit(parse(html, { sourceCodeLocationInfo: true }), found);
  return found;
}

/** What is in a `<template>` does not run and is left out. */
function visit(node: Node, found: Inlined): void {
  if ('tagName' in node) {
    const attribute = (name: string) => node.attrs.find((one) => one.name === name)?.value;
    if (node.tagName === 'astro-island') found.island = true;
    if (node.tagName === 'iframe') found.framing = true;
    if (node.tagName === 'style') found.styles.add(textOf(node));
    if (node.tagName === 'script' && attribute('src') === undefined && runs(attribute('type')))
      found.scripts.add(textOf(node));
    if (node.tagName === 'meta') {
      if (attribute('charset') !== undefined)
        found.charsetEnd ??= node.sourceCodeLocation?.endOffset;
      if (attribute('http-equiv')?.toLowerCase() === 'content-security-policy')
        found.policed = true;
    }
  }
  if ('childNodes' in node) for (const child of node.childNodes) visit(child, found);
}

function runs(type: string | undefined): boolean {
  return !/json/.test(type ?? '');
}

function textOf(element: DefaultTreeAdapterTypes.Element): string {
  return element.childNodes.map((child) => ('value' in child ? child.value : '')).join('');
}

/** Has to stand behind every integration that writes into pages. */
export function policies(): AstroIntegration {
  return {
    name: 'portway:policies',
    hooks: {
      'astro:build:done': async ({ dir }) => {
        for await (const path of glob('**/*.html', { cwd: fileURLToPath(dir) })) {
          const page = new URL(path.split('\\').join('/'), dir);
          const html = await readFile(page, 'utf8');
          const policed = withPolicy(html);
          if (policed !== html) await writeFile(page, policed);
        }
      },
    },
  };
}
