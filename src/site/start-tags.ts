// The start tags of a page that the build has written, without a tree: what is behind the build reads thousands of pages
// for a handful of elements. Reads HTML as it is written out, every attribute with its quotes; knows nothing of pages.

/** What stands in these is text up to their end tag. */
const RAW = /^(?:script|style|title|textarea|noscript|iframe|xmp|noembed|noframes)$/;
const NAME = /[a-z][^\s/>]*/iy;
const ATTRIBUTE = /([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;

const GREATER = 0x3e;
const DOUBLE = 0x22;
const SINGLE = 0x27;

export interface StartTag {
  /** In lower case. */
  readonly name: string;
  /** What stands between the name and the end of the tag. */
  readonly written: string;
  /** Offset behind the tag. */
  readonly end: number;
  /** What stands in the element, where that is text and not elements. */
  readonly text?: string;
}

/** The start tags with one of these names, in the order of the page. What is in a `<template>` is no part of the page. */
export function* startTags(html: string, names: ReadonlySet<string>): Generator<StartTag> {
  let templates = 0;
  for (let at = html.indexOf('<'); at >= 0; at = html.indexOf('<', at)) {
    if (html.startsWith('<!--', at)) {
      const close = html.indexOf('-->', at + 4);
      at = close < 0 ? html.length : close + 3;
      continue;
    }
    const isEnd = html[at + 1] === '/';
    NAME.lastIndex = at + (isEnd ? 2 : 1);
    const name = NAME.exec(html)?.[0].toLowerCase();
    if (name === undefined) {
      at += 1;
      continue;
    }
    const start = NAME.lastIndex;
    const end = endOfTag(html, start);
    at = end;
    if (name === 'template') templates += isEnd ? -1 : 1;
    if (isEnd) continue;
    let text: string | undefined;
    if (RAW.test(name)) {
      at = closing(html, name, end);
      text = html.slice(end, at);
    }
    if (templates > 0 || !names.has(name)) continue;
    const written = html.slice(start, end - 1);
    yield { name, written, end, ...(text === undefined ? {} : { text }) };
  }
}

/** The value of an attribute, references and all; empty where it has none, and undefined where it is not there. */
export function attributeOf({ written }: StartTag, name: string): string | undefined {
  for (const [, found = '', double, single, bare] of written.matchAll(ATTRIBUTE))
    if (found.toLowerCase() === name) return double ?? single ?? bare ?? '';
  return undefined;
}

/** Offset behind the `>` that ends a tag, which is none within quotes. */
function endOfTag(html: string, from: number): number {
  let quote = 0;
  for (let at = from; at < html.length; at += 1) {
    const code = html.charCodeAt(at);
    if (quote !== 0) {
      if (code === quote) quote = 0;
    } else if (code === GREATER) return at + 1;
    else if (code === DOUBLE || code === SINGLE) quote = code;
  }
  return html.length;
}

/** Offset of the end tag of an element whose content is text. */
function closing(html: string, name: string, from: number): number {
  for (let at = html.indexOf('</', from); at >= 0; at = html.indexOf('</', at + 2)) {
    const behind = at + 2 + name.length;
    const isOwn = html.slice(at + 2, behind).toLowerCase() === name;
    if (isOwn && /[\s/>]/.test(html.charAt(behind))) return at;
  }
  return html.length;
}
