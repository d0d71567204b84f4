// Reads the Markdown of one proposal into its parts, each with its place in the file. It reads leniently and judges
// nothing: what is wrong is for the rules of the linter to say. Pure; runs in Node and in the browser.

import type { Code, Definition, Heading, Image, Link, Nodes, Paragraph, Root, Table } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { isMap, isScalar, parseDocument } from 'yaml';
import { type Block, type BlockKind, isBlockKind, parseBlock } from './blocks.ts';
import type { Level, Role } from './model.ts';
import type { Problem } from './problem.ts';
import { type Excess, excessIn } from './reading-limits.ts';

/** One key of the front matter. Offsets are those of the file; `value` is plain data. */
export interface Entry {
  readonly key: string;
  readonly value: unknown;
  readonly keyStart: number;
  readonly valueStart: number;
  readonly valueEnd: number;
}

export interface FrontMatterText {
  /** From the opening `---` to the end of the closing one; undefined where there is no front matter. */
  readonly span?: readonly [start: number, end: number];
  /** Why it is not a map of YAML, with the offset in the file. Then there are no entries. */
  readonly errors: readonly { readonly offset: number; readonly message: string }[];
  /** In order, keys that stand twice included. */
  readonly entries: readonly Entry[];
}

export interface HeadingText {
  readonly depth: number;
  readonly text: string;
  readonly start: number;
  readonly node: Heading;
  /** Index among the top-level nodes, or -1 for one inside something else. */
  readonly index: number;
}

export interface Keyword {
  readonly word: string;
  readonly start: number;
}

/** A paragraph that begins with `r[…]`, whether or not it is a good one. */
export interface Marked {
  /** What stands in the brackets. */
  readonly id: string;
  readonly start: number;
  readonly node: Paragraph;
  /** Where the sentence begins. */
  readonly bodyStart: number;
  readonly end: number;
  /** The sentence as Markdown, without the marker. */
  readonly text: string;
  /** The sentence without marks. */
  readonly plain: string;
  readonly keywords: readonly Keyword[];
  readonly role: Role | undefined;
}

/** A fenced block that programs read: its value, or why there is none. */
export type BlockText = {
  readonly [K in BlockKind]: {
    readonly kind: K;
    readonly start: number;
    readonly line: number;
    readonly node: Code;
  } & (
    | { readonly value: Block[K]; readonly problems?: undefined }
    | { readonly value?: undefined; readonly problems: readonly Problem[] }
  );
}[BlockKind];

/** Something at a place. */
export interface Spot {
  readonly text: string;
  readonly start: number;
}

export interface ProposalDocument {
  /** Path relative to the repository, with `/`. */
  readonly file: string;
  readonly source: string;
  /** Whether the text was too large to be read; then there is nothing but the source. */
  readonly oversize: boolean;
  /** What it has too much of. */
  readonly excess?: Excess;
  readonly tree: Root;
  readonly frontMatter: FrontMatterText;
  readonly headings: readonly HeadingText[];
  readonly marked: readonly Marked[];
  /** `r[…]` where nothing is read from it. */
  readonly strayMarkers: readonly Spot[];
  readonly blocks: readonly BlockText[];
  /** Blocks inside lists or quotations, from which nothing is read. `text` is the kind. */
  readonly strayBlocks: readonly Spot[];
  /** `[some.id]` in prose. `text` is the id. */
  readonly references: readonly Spot[];
  /** Stretches of prose outside of requirements, with the offset in the file. Code is not prose. */
  readonly prose: readonly Spot[];
  readonly fences: readonly Code[];
  readonly links: readonly (Link | Definition)[];
  readonly images: readonly Image[];
  readonly tables: readonly { readonly node: Table; readonly index: number }[];
  readonly comments: readonly Spot[];
  /** Line and column, from 1, of an offset. */
  place(offset: number): { readonly line: number; readonly column: number };
}

/** `r[id]` on a line of its own, at the start of a paragraph. */
export const MARKER = /^r\[([^\]\r\n]*)\][ \t]*(?:\r?\n|$)/;
/** The same, wherever a line begins. */
const STRAY_MARKER = /^r\[([^\]\r\n]*)\][ \t]*$/gm;
/** Two or more words joined by dots and hyphens: what no other use of brackets in prose looks like. */
const REFERENCE = /\[([a-z][a-z0-9]*(?:[.-][a-z0-9]+)+)\]/g;
export const REQUIREMENT_ID = /^[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+$/;
/** BCP 14 with the longer ones first, emphasis included. The synonyms are found so that they can be refused. */
const KEYWORD =
  /\b(MUST[\s*_]+NOT|MUST|SHALL[\s*_]+NOT|SHALL|SHOULD[\s*_]+NOT|SHOULD|NOT\s+RECOMMENDED|RECOMMENDED|REQUIRED|MAY|OPTIONAL)\b/g;
const ROLES: readonly [RegExp, Role][] = [
  [/^The\s+gateway\b/, 'gateway'],
  [/^The\s+application\b/, 'application'],
  [/^Middleware\b/, 'middleware'],
];

const processor = unified().use(remarkParse).use(remarkFrontmatter, ['yaml']).use(remarkGfm);

/** The Markdown tree that every other reader of proposals starts from. */
export function parseMarkdown(source: string): Root {
  return processor.parse(source);
}

/** The id of a requirement paragraph, or undefined for any other node. */
export function requirementMarker(node: Nodes): string | undefined {
  const first = node.type === 'paragraph' ? node.children[0] : undefined;
  return first?.type === 'text' ? MARKER.exec(first.value)?.[1] : undefined;
}

/** Takes the marker line off a requirement paragraph, leaving the sentence. Changes the node. */
export function stripMarker(paragraph: Paragraph): void {
  const first = paragraph.children[0];
  if (first?.type !== 'text') return;
  first.value = first.value.replace(MARKER, '');
  if (first.value === '') paragraph.children.shift();
}

/** Every keyword of BCP 14 in a text, at `start` of the file. */
export function keywordsIn(text: string, start: number): Keyword[] {
  return [...text.matchAll(KEYWORD)].map(({ 0: word, index }) => ({
    word: word.replace(/[\s*_]+/, ' '),
    start: start + index,
  }));
}

export function isLevel(word: string | undefined): word is Level {
  return word !== undefined && /^(?:MUST|SHOULD)(?: NOT)?$|^MAY$/.test(word);
}

/** Reads a text. Never throws for what it says. */
export function readDocument(text: string, file: string): ProposalDocument {
  // A byte order mark is no part of the text, and would put every offset out by one.
  const source = text.replace(/^\ufeff/, '');
  const excess = excessIn(source);
  const oversize = excess !== undefined;
  const tree: Root = oversize ? { type: 'root', children: [] } : parseMarkdown(source);
  const place = placesOf(source);

  const headings: HeadingText[] = [];
  const marked: Marked[] = [];
  const strayMarkers: Spot[] = [];
  const blocks: BlockText[] = [];
  const strayBlocks: Spot[] = [];
  const references: Spot[] = [];
  const prose: Spot[] = [];
  const fences: Code[] = [];
  const links: (Link | Definition)[] = [];
  const images: Image[] = [];
  const tables: { node: Table; index: number }[] = [];
  const comments: Spot[] = [];

  for (const [index, node] of tree.children.entries()) {
    const id = requirementMarker(node);
    if (node.type === 'paragraph' && id !== undefined) marked.push(readMarked(id, node, source));
    if (node.type === 'code' && node.lang && isBlockKind(node.lang)) {
      blocks.push(readBlock(node.lang, node, file));
    }
    visit(node, index, true, id !== undefined, false);
  }

  /** `allowed`: the marker that begins a requirement stands in the first text of its paragraph. */
  function visit(
    node: Nodes,
    index: number,
    top: boolean,
    requirement: boolean,
    linked: boolean,
    allowed = requirement,
  ): void {
    const start = startOf(node);
    switch (node.type) {
      case 'text': {
        const raw = source.slice(start, endOf(node));
        for (const { 0: marker, index: at } of [...raw.matchAll(STRAY_MARKER)].slice(
          allowed ? 1 : 0,
        )) {
          strayMarkers.push({ text: marker.trim(), start: start + at });
        }
        if (!linked) {
          for (const { 1: id = '', index: at } of raw.matchAll(REFERENCE)) {
            // The id in a marker is no reference to it.
            if (raw[at - 1] !== 'r') references.push({ text: id, start: start + at });
          }
        }
        if (!requirement) prose.push({ text: raw, start });
        return;
      }
      case 'heading':
        headings.push({
          depth: node.depth,
          text: plainText(node),
          start,
          node,
          index: top ? index : -1,
        });
        break;
      case 'code':
        fences.push(node);
        if (!top && node.lang && isBlockKind(node.lang))
          strayBlocks.push({ text: node.lang, start });
        return;
      case 'html':
        comments.push({ text: node.value, start });
        return;
      case 'link':
        links.push(node);
        break;
      case 'definition':
        links.push(node);
        return;
      case 'image':
        images.push(node);
        return;
      case 'table':
        tables.push({ node, index: top ? index : -1 });
        break;
    }
    if ('children' in node) {
      for (const [at, child] of node.children.entries()) {
        visit(child, -1, false, requirement, linked || node.type === 'link', allowed && at === 0);
      }
    }
  }

  return {
    file,
    source,
    oversize,
    ...(excess && { excess }),
    tree,
    frontMatter: readFrontMatter(tree, source),
    headings,
    marked,
    strayMarkers,
    blocks,
    strayBlocks,
    references,
    prose,
    fences,
    links,
    images,
    tables,
    comments,
    place,
  };
}

export function startOf(node: Nodes): number {
  return node.position?.start.offset ?? 0;
}

export function endOf(node: Nodes): number {
  return node.position?.end.offset ?? startOf(node);
}

/** Line and column of offsets, by the line ends of Markdown: LF, CR and CRLF. */
function placesOf(source: string): (offset: number) => { line: number; column: number } {
  let starts: number[] | undefined;
  return (offset) => {
    starts ??= [
      0,
      ...[...source.matchAll(/\r\n?|\n/g)].map(({ 0: end, index }) => index + end.length),
    ];
    let [low, high] = [0, starts.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
  };
}

function readMarked(id: string, node: Paragraph, source: string): Marked {
  const start = startOf(node);
  const end = endOf(node);
  const whole = source.slice(start, end);
  const bodyStart = start + (MARKER.exec(whole)?.[0].length ?? 0);
  const plain = plainText(node).replace(MARKER, '');
  return {
    id,
    start,
    node,
    bodyStart,
    end,
    text: source.slice(bodyStart, end).replaceAll('\r\n', '\n').trim(),
    plain,
    keywords: keywordsIn(source.slice(bodyStart, end), bodyStart),
    role: ROLES.find(([pattern]) => pattern.test(plain))?.[1],
  };
}

function readBlock<K extends BlockKind>(kind: K, node: Code, file: string): BlockText {
  const line = node.position?.start.line ?? 1;
  const result = parseBlock(kind, node.value.replace(/\r\n?/g, '\n'), file, line + 1);
  return { kind, start: startOf(node), line, node, ...result } as BlockText;
}

function readFrontMatter(tree: Root, source: string): FrontMatterText {
  const node = tree.children[0];
  if (node?.type !== 'yaml') return { errors: [], entries: [] };
  const span = [startOf(node), endOf(node)] as const;
  const whole = source.slice(...span);
  const first = whole.search(/\r\n?|\n/);
  const base = span[0] + first + (whole.startsWith('\r\n', first) ? 2 : 1);
  const text = source.slice(base, span[1]).replace(/(?:^|\r\n?|\n)---[ \t]*$/, '');

  const failed = (offset: number, message: string): FrontMatterText => ({
    span,
    errors: [{ offset: base + offset, message: message.split('\n')[0] ?? '' }],
    entries: [],
  });
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' });
  const [error] = document.errors;
  if (error) return failed(error.pos[0], error.message);
  if (document.contents === null) return { span, errors: [], entries: [] };
  if (!isMap(document.contents)) return failed(0, 'it is not a list of `key: value` lines');

  const entries: Entry[] = [];
  for (const { key, value } of document.contents.items) {
    if (!isScalar(key)) return failed(0, 'a key is not a word');
    let plain: unknown;
    try {
      plain =
        value === null ? null : (value as { toJS(d: typeof document): unknown }).toJS(document);
    } catch (fault) {
      // An alias without its anchor, or too many of them: found only when values are made.
      return failed(key.range?.[0] ?? 0, (fault as Error).message);
    }
    const [valueStart, valueEnd] = (value as { range?: [number, number, number] } | null)
      ?.range ?? [key.range?.[1] ?? 0, key.range?.[1] ?? 0];
    entries.push({
      key: String(key.value),
      value: plain,
      keyStart: base + (key.range?.[0] ?? 0),
      valueStart: base + valueStart,
      valueEnd: base + valueEnd,
    });
  }
  return { span, errors: [], entries };
}
