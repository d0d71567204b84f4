// Reads a built site: which files it has, and of each HTML document what the checks ask for. Finds no fault itself.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';
import { parse } from 'parse5';
import { Stop } from './project.mjs';

/**
 * @typedef {{ tag: string, attrs: Map<string, string>, text: string, inert: boolean, ancestors: string[] }} Element
 *   text: of scripts, styles, titles and headings; inert: inside a `<template>`
 * @typedef {{ file: string, path: string, html: string, elements: Element[], ids: Map<string, number> }} Page
 *   file: below the folder, with `/`; path: what its address says, under the base; ids: how often each stands
 * @typedef {{ folder: string, base: string, origin: string | null, files: Set<string>, pages: Page[],
 *   page: (file: string) => Page | undefined, read: (file: string) => string, octets: (file: string) => Buffer }} Site
 */

/** Elements of which the checks read the text. */
const WITH_TEXT = /^(script|style|title|h[1-6])$/;

/**
 * @param {string} folder the built site
 * @param {{ base?: string, origin?: string | null }} [where] the path and the origin that it is served from
 * @returns {Site}
 * @throws {Stop} when the folder holds no built site
 */
export function readSite(folder, { base = '/', origin = null } = {}) {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new Stop(`${folder} holds no built site: run \`npm run build\` first.`);
  }
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
    .map((path) => path.split(sep).join('/').replace(/^\//, ''))
    .sort();
  const octets = (file) => readFileSync(join(folder, file));
  const read = (file) => octets(file).toString('utf8');
  const pages = files
    .filter((file) => file.endsWith('.html'))
    .map((file) => readPage(file, base, read(file)));
  const byFile = new Map(pages.map((page) => [page.file, page]));
  return {
    folder,
    base,
    origin,
    files: new Set(files),
    pages,
    page: (file) => byFile.get(file),
    read,
    octets,
  };
}

/** @param {string} file @param {string} base @param {string} html @returns {Page} */
function readPage(file, base, html) {
  /** @type {Element[]} */
  const elements = [];
  const ids = new Map();
  visit(parse(html), false, []);
  return { file, path: base + file.replace(/(^|\/)index\.html$/, '$1'), html, elements, ids };

  function visit(node, inert, ancestors) {
    let inside = ancestors;
    if (node.tagName !== undefined) {
      const attrs = new Map(
        node.attrs.map(({ prefix, name, value }) => [prefix ? `${prefix}:${name}` : name, value]),
      );
      const tag = node.tagName;
      const text = WITH_TEXT.test(tag) ? textOf(node) : '';
      elements.push({ tag, attrs, text, inert, ancestors });
      const id = attrs.get('id');
      if (id !== undefined && !inert) ids.set(id, (ids.get(id) ?? 0) + 1);
      inside = [...ancestors, tag];
    }
    for (const child of node.childNodes ?? []) visit(child, inert, inside);
    if (node.content) visit(node.content, true, inside);
  }
}

function textOf(node) {
  return (node.childNodes ?? [])
    .map((child) => (child.nodeName === '#text' ? child.value : textOf(child)))
    .join('');
}

/**
 * Where an address that stands in a file leads.
 * @param {Site} site
 * @param {string} address as it is written
 * @param {string} from path of the document that it stands in
 * @returns {{ kind: 'outside', host: string } | { kind: 'other' }
 *   | { kind: 'inside', path: string, file: string | undefined, fragment: string }
 *   | { kind: 'wrong', why: string }}
 *   other: `data:`, `mailto:` and the like; file: undefined where the site has none; fragment: decoded, without `#`
 */
export function resolve(site, address, from) {
  const own = site.origin ?? 'https://site.invalid';
  let url;
  try {
    url = new URL(address.trim(), own + from);
  } catch {
    return { kind: 'wrong', why: 'is no URL' };
  }
  if (!/^https?:$/.test(url.protocol)) return { kind: 'other' };
  if (url.origin !== new URL(own).origin) return { kind: 'outside', host: url.host };
  let path;
  let fragment;
  try {
    path = decodeURIComponent(url.pathname);
    fragment = decodeURIComponent(url.hash.slice(1).replace(/:~:.*$/, ''));
  } catch {
    return { kind: 'wrong', why: 'has a malformed `%` escape' };
  }
  if (!path.startsWith(site.base)) {
    return { kind: 'wrong', why: `leaves the base path ${site.base}` };
  }
  const below = path.slice(site.base.length);
  const file = below === '' || below.endsWith('/') ? `${below}index.html` : below;
  return {
    kind: 'inside',
    path,
    file: site.files.has(file) ? file : undefined,
    fragment,
    search: url.search,
  };
}
