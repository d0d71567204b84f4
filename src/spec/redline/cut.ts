// Cuts the Markdown of a proposal into the blocks that a redline compares. Every character that is not white space
// lands in exactly one block. Knows nothing of comparing.
//
// Parsing 100 kB of Markdown takes longer than everything else together, and most of a proposal is plain: headings,
// paragraphs that begin with a letter, fences, flat lists, tables. So the text is first cut where Markdown cannot
// carry on (an empty line, and then a line at the margin that no list could hold), plain stretches are recognised as
// they are, and only the others are parsed. The tests hold that to what parsing the whole text says.

import GithubSlugger from 'github-slugger';
import type { List, RootContent } from 'mdast';
import { type BlockKind, isBlockKind } from '../blocks.ts';
import { parseMarkdown, requirementMarker } from '../document.ts';
import type { ElementType } from './model.ts';

/** The heading under which something stands. */
export interface Section {
  /** Headings from the title down, as Markdown. */
  readonly path: readonly string[];
  readonly anchor: string;
  /** Index of the element that is the heading; -1 above the first one. */
  readonly heading: number;
}

/** One block of one text. `text` is its source, with line ends as LF and without those behind it. */
export interface Element {
  readonly type: ElementType;
  readonly text: string;
  readonly line: number;
  readonly endLine: number;
  readonly name?: string;
  /** Of a heading. */
  readonly depth?: number;
  readonly section: Section;
  readonly anchor: string;
}

/** Beyond these, a stretch is not parsed but taken as paragraphs: nobody writes it, and parsing it takes too long. */
export const PARSE_LIMITS = {
  /** Characters of one text that are parsed at all; what is plain does not count. */
  characters: 400_000,
  /** Marks of emphasis or links without an empty line between them: the parser pairs each with each. */
  marks: 3_000,
  definitions: 1_000,
  /** Containers one within the other, on one line. */
  nesting: 50,
} as const;
const MARK = /[*_~[`<]/g;
const DEFINITION = /^ {0,3}\[[^\]\n]*\]:/gm;
const NESTED = new RegExp(
  `^[ \\t]*(?:(?:[-+*>]|\\d{1,9}[.)])[ \\t]*){${PARSE_LIMITS.nesting}}`,
  'm',
);
const DEEP = /^[ \t]{100}/m;

/** Cuts a text. Never throws for what it says. */
export function cut(text: string): Element[] {
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const body = new Body(source);
  const rest = frontMatter(source, body);
  for (const stretch of stretches(source, rest)) readStretch(stretch, source, body);
  return body.elements;
}

/** The same, by parsing the whole text: what `cut` has to agree with. */
export function cutByParsing(text: string): Element[] {
  const source = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n');
  const body = new Body(source);
  const { start, line } = frontMatter(source, body);
  parseStretch({ start, end: source.length, line }, source, body);
  return body.elements;
}

/** Collects elements, and keeps the section that the next one stands in. */
class Body {
  readonly elements: Element[] = [];
  readonly #source: string;
  #section: Section = { path: [], anchor: '', heading: -1 };
  readonly #open: { readonly depth: number; readonly section: Section }[] = [];
  /** Makes the anchors that the site has. */
  readonly #slugger = new GithubSlugger();
  #parsed = 0;

  constructor(source: string) {
    this.#source = source;
  }

  add(type: ElementType, start: number, end: number, line: number, name?: string): void {
    const text = trimEnd(this.#source.slice(start, end));
    if (text === '') return;
    this.elements.push({
      type,
      text,
      line,
      endLine: line + lineEnds(text),
      ...(name === undefined ? {} : { name }),
      section: this.#section,
      anchor: ownAnchor(type, name) ?? this.#section.anchor,
    });
  }

  heading(depth: number, start: number, end: number, line: number): void {
    const text = trimEnd(this.#source.slice(start, end));
    const name = headingText(text);
    while ((this.#open.at(-1)?.depth ?? 0) >= depth) this.#open.pop();
    const above = this.#open.at(-1)?.section ?? { path: [], anchor: '', heading: -1 };
    const anchor = this.#slugger.slug(seen(name));
    this.#section = { path: [...above.path, name], anchor, heading: this.elements.length };
    this.#open.push({ depth, section: this.#section });
    this.elements.push({
      type: 'heading',
      text,
      line,
      endLine: line + lineEnds(text),
      name,
      depth,
      section: above,
      anchor,
    });
  }

  /** Whether so many characters more may be parsed. */
  mayParse(characters: number): boolean {
    const allowed = this.#parsed + characters <= PARSE_LIMITS.characters;
    if (allowed) this.#parsed += characters;
    return allowed;
  }
}

function ownAnchor(type: ElementType, name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  if (type === 'requirement') return name;
  return type === 'event' || type === 'record' || type === 'machine'
    ? `${type}-${name}`
    : undefined;
}

/** The text of a heading of either form, as Markdown on one line. */
function headingText(source: string): string {
  const underlined = /\n[ \t]*(?:=+|-+)$/.exec(source);
  if (underlined) return oneLine(source.slice(0, underlined.index));
  const text = source.replace(/^[ \t]*#{1,6}/, '');
  let end = text.length;
  while (text[end - 1] === '#') end--;
  const isClosing = end === 0 || ' \t'.includes(text[end - 1] as string);
  return oneLine(isClosing ? text.slice(0, end) : text);
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** What a reader sees of a heading, near enough for its anchor. */
function seen(heading: string): string {
  return heading.slice(0, 1000).replace(/\[([^\]]*)\]\([^)]*\)/g, '$1');
}

/** Without white space of Markdown behind it. Others, such as a no-break space, are text. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && ' \t\n'.includes(text[end - 1] as string)) end--;
  return text.slice(0, end);
}

function lineEnds(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

// Front matter

const FRONT_MATTER = /^---[ \t]*\n(?:[\s\S]*?\n)??---[ \t]*(?:\n|$)/;
/** A line at the margin that is neither a comment nor the rest of a value. */
const KEY = /^[^\s#\-[\]{}]/;

/** Adds an element for each key. @returns where the text begins */
function frontMatter(source: string, body: Body): { start: number; line: number } {
  const whole = FRONT_MATTER.exec(source)?.[0];
  if (whole === undefined) return { start: 0, line: 1 };
  const end = whole.trimEnd().lastIndexOf('\n');
  let line = 1;
  let entry: { start: number; line: number; name: string } | undefined;
  for (let at = whole.indexOf('\n') + 1; at <= end; ) {
    line++;
    const next = whole.indexOf('\n', at) + 1;
    const text = whole.slice(at, next - 1);
    if (!entry || KEY.test(text)) {
      if (entry) body.add('front-matter', entry.start, at, entry.line, entry.name);
      // White space above the first key belongs to no entry.
      if (text.trim() !== '') entry = { start: at, line, name: keyOf(text) };
    }
    at = next;
  }
  if (entry) body.add('front-matter', entry.start, end, entry.line, entry.name);
  return { start: whole.length, line: 1 + lineEnds(whole) };
}

function keyOf(line: string): string {
  return (/^([^:]*):/.exec(line)?.[1] ?? line).replace(/^["']|["']$/g, '').trim();
}

// Stretches: what can be read without knowing what stands before or behind

interface Stretch {
  readonly start: number;
  end: number;
  readonly line: number;
  /** Where the first fence at the margin ends, if it does. */
  closed?: number;
}

/** Lines that begin so are in a paragraph, wherever the line before them is in one or is empty. */
const PLAIN = '(?:[\\p{L}("“‘]|`(?!`)|\\*{1,2}\\p{L})';
const PLAIN_LINE = new RegExp(`^${PLAIN}`, 'u');
const FLAT_ITEM_LINE = new RegExp(`^(?:- |  )${PLAIN}`, 'u');
const HEADING_LINE = /^(#{1,6})[ \t]+\S/;
const FENCE = /^(?:(`{3,})[^`]*|(~{3,}).*)$/;
const INDENTED_FENCE = /^ {1,3}(?:```|~~~)/;
/** HTML that an empty line does not end, and that is not closed on its line. */
const OPEN_HTML =
  /^ {0,3}<(?:(?:script|pre|style|textarea)(?:[\s>]|$)|\?|!(?!--)|!--(?![\s\S]*-->)|!--+>)/i;
const HTML = /^ {0,3}</;
const EMPTY = /^[ \t]*$/;
/** Could go on a list, or be read as front matter at the beginning of a text. */
const LIST_MARKER = /^(?:[-+*]|\d{1,9}[.)])(?:[ \t]|$)/;
const NEVER_FIRST = /^(?:[ \t\ufeff]|---)/;

/** Cuts where Markdown cannot carry on. Where that is not certain, the rest is one stretch. */
function* stretches(source: string, from: { start: number; line: number }): Generator<Stretch> {
  let current: Stretch | undefined;
  let line = from.line - 1;
  /** What closes the fence that is open. */
  let closing: RegExp | undefined;
  let margin = true;
  /** Whether the current stretch is in a list whose items hold what is indented by two. */
  let inList = false;
  let listPossible = false;
  let html = false;

  for (let start = from.start; start < source.length; ) {
    const newline = source.indexOf('\n', start);
    const end = newline < 0 ? source.length : newline;
    const text = source.slice(start, end);
    line++;
    if (closing) {
      if (current) current.end = end;
      if (closing.test(text)) {
        closing = undefined;
        if (current) current.closed ??= end;
        // Nothing carries on behind a fence at the margin.
        margin = true;
        inList = listPossible = html = false;
      }
    } else if (EMPTY.test(text)) {
      margin = true;
      html = false;
    } else {
      if (
        !current ||
        (margin && !NEVER_FIRST.test(text) && !(listPossible && LIST_MARKER.test(text)))
      ) {
        if (current) yield current;
        current = { start, end, line };
        inList = /^- \S/.test(text);
        listPossible = false;
        html = false;
      }
      current.end = end;
      margin = HEADING_LINE.test(text) && !html;
      if (!PLAIN_LINE.test(text) && !margin) listPossible = true;
      if (inList && !/^(?:- \S| {2})/.test(text)) inList = false;
      const fence = FENCE.exec(text);
      const held = inList && text.startsWith('  ');
      if (
        (!held && (INDENTED_FENCE.test(text) || OPEN_HTML.test(text))) ||
        (fence !== null && html)
      ) {
        current.end = source.length;
        break;
      }
      html ||= HTML.test(text);
      if (fence) {
        const mark = fence[1] ?? fence[2] ?? '```';
        closing = new RegExp(`^ {0,3}${mark[0]}{${mark.length},}[ \\t]*$`);
      }
    }
    start = end + 1;
  }
  if (current) yield current;
}

function readStretch(stretch: Stretch, source: string, body: Body): void {
  if (!readPlain(stretch, source, body)) parseStretch(stretch, source, body);
}

const SIMPLE_FENCE = /^(?:`{3,}|~{3,})[ \t]*([\w-]*)[ \t]*$/;
const MARKER_LINE = /^r\[([a-z0-9.-]*)\][ \t]*(?:\n|$)/;

/** Reads what can only be one thing. @returns whether it was */
function readPlain({ start, end, line, closed }: Stretch, source: string, body: Body): boolean {
  const text = source.slice(start, end);
  const firstEnd = text.indexOf('\n');
  const first = firstEnd < 0 ? text : text.slice(0, firstEnd);

  const fence = SIMPLE_FENCE.exec(first);
  if (fence) {
    if (closed !== end) return false;
    addCode(body, fence[1] ?? '', text, start, end, line);
    return true;
  }
  if (firstEnd < 0) {
    const marks = HEADING_LINE.exec(text)?.[1];
    if (marks) {
      body.heading(marks.length, start, end, line);
      return true;
    }
  }
  if (PLAIN_LINE.test(first)) {
    if (!everyLine(text, PLAIN_LINE)) return false;
    const id = MARKER_LINE.exec(text)?.[1];
    if (id === undefined && text.startsWith('r[')) return false;
    body.add(id === undefined ? 'paragraph' : 'requirement', start, end, line, id);
    return true;
  }
  if (first.startsWith('- ')) {
    if (!everyLine(text, FLAT_ITEM_LINE)) return false;
    let itemLine = line;
    for (let at = 0; at >= 0; ) {
      const next = text.indexOf('\n- ', at);
      const itemEnd = next < 0 ? text.length : next + 1;
      body.add('item', start + at, start + itemEnd, itemLine);
      itemLine += lineEnds(text.slice(at, itemEnd));
      at = next < 0 ? -1 : itemEnd;
    }
    return true;
  }
  if (first.startsWith('|') && isPlainTable(text)) {
    body.add('table', start, end, line);
    return true;
  }
  return false;
}

/** Whether every line that is not empty matches. */
function everyLine(text: string, pattern: RegExp): boolean {
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(at, end);
    if (!pattern.test(line) && !EMPTY.test(line)) return false;
    at = end + 1;
  }
  return true;
}

function isPlainTable(text: string): boolean {
  const lines = text.split('\n');
  const [head = '', rule = ''] = lines;
  return (
    /^\|(?:[^\\|`]*\|)+[ \t]*$/.test(head) &&
    /^\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*$/.test(rule) &&
    head.split('|').length === rule.split('|').length &&
    lines.every((line) => line.startsWith('|'))
  );
}

// Parsing

function parseStretch(given: Stretch, source: string, body: Body): void {
  const { start, end, line } = given;
  // The line end belongs to it: the parser takes some last lines otherwise without.
  const own = source.slice(start, end + 1);
  // What means something else at the beginning of a file stands behind a line end. Front matter has been read.
  const guarded = /^(?:---|\ufeff)/.test(own);
  const text = guarded ? `\n${own}` : own;
  const stretch = guarded ? { start: start - 1, end, line: line - 1 } : given;
  const children = body.mayParse(text.length) && isReadable(text) ? tryParse(text) : undefined;
  if (!children) opaque(given, source, body);
  else {
    let floor = start;
    for (const node of children) floor = addNode(node, stretch, floor, source, body);
  }
}

function isReadable(text: string): boolean {
  const { marks, definitions } = PARSE_LIMITS;
  const few = (part: string) => part.length <= marks || (part.match(MARK)?.length ?? 0) <= marks;
  return (
    !NESTED.test(text) &&
    !DEEP.test(text) &&
    (text.length <= definitions || (text.match(DEFINITION)?.length ?? 0) <= definitions) &&
    (text.length <= marks || text.split(/\n[ \t]*\n/).every(few))
  );
}

function tryParse(text: string): readonly RootContent[] | undefined {
  try {
    return parseMarkdown(text).children;
  } catch {
    // The parser recurses: what is nested by the thousand overflows the stack.
    return undefined;
  }
}

/** Takes what cannot be parsed as paragraphs between empty lines. */
function opaque({ start, end, line }: Stretch, source: string, body: Body): void {
  let at = start;
  let atLine = line;
  for (const { 0: gap, index } of source.slice(start, end).matchAll(/\n(?:[ \t]*\n)+/g)) {
    body.add('paragraph', at, start + index, atLine);
    atLine += lineEnds(source.slice(at, start + index + gap.length));
    at = start + index + gap.length;
  }
  body.add('paragraph', at, end, atLine);
}

const TYPES: Readonly<Partial<Record<RootContent['type'], ElementType>>> = {
  table: 'table',
  blockquote: 'quote',
  html: 'html',
  thematicBreak: 'break',
  definition: 'definition',
  footnoteDefinition: 'footnote',
};

/** @returns where the node ends, before which the next one does not begin */
function addNode(
  node: RootContent,
  stretch: Stretch,
  floor: number,
  source: string,
  body: Body,
): number {
  let start = stretch.start + (node.position?.start.offset ?? 0);
  let line = stretch.line + (node.position?.start.line ?? 1) - 1;
  const end = stretch.start + (node.position?.end.offset ?? 0);
  if (start < floor) {
    // To the parser, a heading with a line below it begins with the definitions in front of it.
    start = floor + (/^\s*/.exec(source.slice(floor, end))?.[0].length ?? 0);
    line = stretch.line + lineEnds(source.slice(stretch.start, start));
  }
  switch (node.type) {
    case 'heading':
      body.heading(node.depth, start, end, line);
      break;
    case 'list':
      addItems(node, end, stretch, source, body);
      break;
    case 'code': {
      const text = source.slice(start, end);
      if (/^(?:`{3}|~{3})/.test(text)) addCode(body, node.lang ?? '', text, start, end, line);
      else body.add('code', start, end, line);
      break;
    }
    case 'paragraph': {
      const id = requirementMarker(node);
      body.add(id === undefined ? 'paragraph' : 'requirement', start, end, line, id);
      break;
    }
    default:
      body.add(TYPES[node.type] ?? 'paragraph', start, end, line);
  }
  return end;
}

/** Every item is a block, one that stands inside another too; what follows an inner list is one more. */
function addItems(list: List, end: number, stretch: Stretch, source: string, body: Body): void {
  const starts: { offset: number; line: number }[] = [];
  const visit = (inner: List): void => {
    for (const item of inner.children) {
      begin(item);
      let behindList = false;
      for (const child of item.children) {
        if (child.type === 'list') visit(child);
        else if (behindList) begin(child);
        behindList = child.type === 'list';
      }
    }
  };
  const begin = ({ position }: RootContent): void => {
    const at = stretch.start + (position?.start.offset ?? 0);
    // The indentation says how deep the item is: it belongs to it.
    const lineStart = source.lastIndexOf('\n', at - 1) + 1;
    const offset = source.slice(lineStart, at).trim() === '' ? lineStart : at;
    starts.push({ offset, line: stretch.line + (position?.start.line ?? 1) - 1 });
  };
  visit(list);
  for (const [index, { offset, line }] of starts.entries()) {
    body.add('item', offset, starts[index + 1]?.offset ?? end, line);
  }
}

/** The line that gives a block its name, by kind. */
const NAMED_BY: Readonly<Partial<Record<BlockKind, RegExp>>> = {
  event: /^type:[ \t]*(\S+)/m,
  record: /^record:[ \t]*(\S+)/m,
  machine: /^machine:[ \t]*(\S+)/m,
  feature: /^feature:[ \t]*(\S+)/m,
  try: /^example:[ \t]*(\S+)/m,
  sequence: /^example:[ \t]*(\S+)/m,
};

function addCode(
  body: Body,
  language: string,
  text: string,
  start: number,
  end: number,
  line: number,
): void {
  if (!isBlockKind(language)) body.add('code', start, end, line);
  else body.add(language, start, end, line, NAMED_BY[language]?.exec(text)?.[1]);
}
