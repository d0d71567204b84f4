// The changes of a redline: what is one change and what are several, their numbers, the words above each, and the list
// that names them. Works on blocks that are merged; knows nothing of how.
import type { Kind, RedlineBlock } from '../spec/redline/index.ts';
import { isTouched, OP_ATTRIBUTE, WORD_CLASS } from './redline-merge.ts';
import {
  attribute,
  classesOf,
  element,
  elementsOf,
  isElement,
  setAttribute,
  type TreeElement,
  type TreeNode,
  textIn,
} from './redline-tree.ts';

export type Change = Exclude<Kind, 'same'>;

/** One change, as a list of changes names it. */
export interface ChangeEntry {
  readonly number: number;
  readonly kind: Change;
  /** What it is: `paragraph`, `requirement`, `row of a table`. */
  readonly what: string;
  /** Its id or name, where it has one. */
  readonly name?: string;
  /** Headings above it, below the title. */
  readonly section: readonly string[];
  /** The first words that went and came. */
  readonly gone: string;
  readonly come: string;
  /** The first words of what only moved. */
  readonly opening: string;
}

/** A block of the text with its place on either side. */
export interface PlacedEntry {
  readonly before?: number;
  readonly after?: number;
  readonly nodes: readonly TreeNode[];
}

/** A block that is merged. */
export interface Merged extends PlacedEntry {
  readonly kind: Kind;
  readonly block: RedlineBlock;
  /** What stood here and stands elsewhere now: in place of text, a word that says so. */
  readonly movedAway?: Merged;
}

/** What came at once, or went at once, is one change: a section with what stands in it, or what stands in a row. */
export function groups(entries: readonly Merged[]): Merged[][] {
  const result: Merged[][] = [];
  for (const entry of entries) {
    const open = result.at(-1);
    const isWhole = entry.kind === 'added' || entry.kind === 'removed';
    const [first] = open ?? [];
    const depth = depthOf(entry);
    const joins =
      isWhole &&
      first?.kind === entry.kind &&
      (depth === undefined || depth > (depthOf(first) ?? 6)) &&
      // A requirement is a change of its own, unless its whole section is.
      (depthOf(first) !== undefined ||
        (entry.block.type !== 'requirement' && first.block.type !== 'requirement'));
    if (open && joins) open.push(entry);
    else result.push([entry]);
  }
  return result;
}

function depthOf({ nodes }: Merged): number | undefined {
  const level = nodes.find(isElement)?.tagName;
  return level && /^h[1-6]$/.test(level) ? Number(level.slice(1)) : undefined;
}

const WORDS: Readonly<Record<Change, string>> = {
  added: 'Added',
  removed: 'Removed',
  changed: 'Changed',
  moved: 'Moved',
  'moved-changed': 'Moved and changed',
};

const TYPES: Readonly<Record<string, string>> = {
  item: 'list',
  quote: 'quotation',
  try: 'example',
  sequence: 'sequence figure',
  retired: 'table of retired ids',
  untested: 'table of requirements without a test',
  html: 'block',
  break: 'line',
  machine: 'state machine',
  'front-matter': 'front matter',
};

function typeOf({ type }: RedlineBlock): string {
  return TYPES[type] ?? type;
}

export class Numbering {
  readonly changes: ChangeEntry[] = [];
  readonly #labels: { node: TreeElement; from: number; to: number; words: string }[] = [];
  readonly #traces: { node: TreeElement; of: Merged }[] = [];
  readonly #numbers = new Map<Merged, number>();

  /** Nodes for the page, with a frame and a number around what is a change. */
  take(group: readonly Merged[]): TreeNode[] {
    const [first] = group;
    if (first?.movedAway) {
      const node = element('p', { class: `${WORD_CLASS} change-trace` });
      this.#traces.push({ node, of: first.movedAway });
      return [node];
    }
    const nodes = group.flatMap((entry) => entry.nodes);
    if (!first || first.kind === 'same' || nodes.length === 0) return nodes;
    const kind = first.kind;
    const from = this.changes.length + 1;
    const points = kind === 'changed' ? pointsIn(nodes) : [];
    const frame: Record<string, string> = { class: 'change', 'data-kind': kind };
    const words = `${WORDS[kind]}: ${whatIs(group)}${kind.startsWith('moved') ? origin(first) : ''}`;
    this.#numbers.set(first, from);
    for (const point of points) {
      // What is a state or a clause keeps its own id; then what stands first in it has the number.
      const own = attribute(point, 'id') !== undefined;
      const bearer = own ? (point.childNodes.find(isElement) ?? point) : point;
      this.#number(bearer);
      this.#add(
        first,
        pointKind(point),
        [point],
        `${pointName(point)} of ${article(typeOf(first.block))}`,
      );
    }
    if (points.length === 0) {
      frame.id = `change-${from}`;
      frame.tabindex = '-1';
      // The heading of a section is its name.
      const told = depthOf(first) !== undefined && group.length > 1 ? group.slice(1) : group;
      this.#add(
        first,
        kind,
        told.flatMap((entry) => entry.nodes),
        whatIs(group),
      );
    }
    const node = element('p', { class: `${WORD_CLASS} change-label` });
    this.#labels.push({ node, from, to: this.changes.length, words });
    return [element('div', frame, node, nodes)];
  }

  #number(bearer: TreeElement): void {
    setAttribute(bearer, 'id', `change-${this.changes.length + 1}`);
    setAttribute(bearer, 'tabindex', '-1');
  }

  #add({ block }: Merged, kind: Change, nodes: readonly TreeNode[], what: string): void {
    const name = nameOf(block);
    const [gone, come] = [excerpt(nodes, 'del'), excerpt(nodes, 'ins')];
    this.changes.push({
      number: this.changes.length + 1,
      kind,
      what,
      ...(name !== undefined && { name }),
      section: (block.after ?? block.before)?.section.slice(1) ?? [],
      gone,
      come,
      opening: gone + come === '' ? excerptOf(textIn(nodes, isOurs), EXCERPT) : '',
    });
  }

  /** Writes the labels, now that it is known how many changes there are. */
  finish(): void {
    const count = this.changes.length;
    for (const { node, from, to, words } of this.#labels) {
      const said =
        from === to ? `Change ${from} of ${count}` : `Changes ${from} to ${to} of ${count}`;
      fill(node, [
        element('a', { href: `#change-${from}`, class: 'change-number' }, said),
        ' ',
        element('strong', {}, words),
        element(
          'span',
          { class: 'change-links' },
          ...this.#link(from - 1, 'Previous'),
          ...this.#link(to + 1, 'Next'),
        ),
      ]);
    }
    for (const { node, of } of this.#traces) {
      const number = this.#numbers.get(of);
      const opening = excerptOf(textIn(of.nodes, isOurs), 60);
      fill(node, [
        `${typeOf(of.block)} “${opening}” stood here, and `.replace(/^./, (letter) =>
          letter.toUpperCase(),
        ),
        element('a', { href: `#change-${number}` }, 'stands elsewhere now'),
        '.',
      ]);
    }
  }

  #link(number: number, name: string): (TreeNode | string)[] {
    const count = this.changes.length;
    if (number < 1 || number > count) return [];
    const label = `${name} change, ${number} of ${count}`;
    return [' ', element('a', { href: `#change-${number}`, 'aria-label': label }, name)];
  }
}

function fill(node: TreeElement, parts: readonly (TreeNode | string)[]): void {
  const filled = element(node.tagName, {}, ...parts);
  for (const child of filled.childNodes) child.parentNode = node;
  node.childNodes = filled.childNodes;
}

/** Where what moved comes from. */
function origin({ block: { before, after } }: Merged): string {
  const [from, to] = [before?.section.at(-1), after?.section.at(-1)];
  return from === undefined || from === to ? ', within its section' : `, from “${from}”`;
}

function article(noun: string): string {
  return `${/^[aeio]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

function nameOf({ type, name }: RedlineBlock): string | undefined {
  return ['front-matter', 'try', 'sequence'].includes(type) ? undefined : name;
}

/** `requirement`, `section`, `paragraph and table` */
function whatIs(group: readonly Merged[]): string {
  const [first] = group;
  if (!first) return '';
  if (depthOf(first) !== undefined && group.length > 1) return 'section';
  const names = group.map(({ block }) => typeOf(block));
  return [...new Set(names)].join(' and ');
}

/** What is counted and found by itself inside of a block, and what it is called. */
const POINTS: Readonly<Record<string, string>> = {
  tr: 'row',
  li: 'item',
  div: 'entry',
  caption: 'caption',
  pre: 'code',
  p: 'text',
  h2: 'heading',
  h3: 'heading',
  h4: 'heading',
  h5: 'heading',
  h6: 'heading',
};

function pointName({ tagName }: TreeElement): string {
  return POINTS[tagName] ?? 'part';
}

function isPoint({ tagName, childNodes }: TreeElement): boolean {
  if (tagName === 'div') return childNodes.find(isElement)?.tagName === 'dt';
  return Object.hasOwn(POINTS, tagName);
}

/** Rows, items, entries and paragraphs of a block that differ: none where the block is one of them, or a clause. */
function pointsIn(nodes: readonly TreeNode[]): TreeElement[] {
  const [only, ...others] = nodes.filter(isElement);
  // Several: a block of one kind became one of another.
  if (!only || others.length > 0 || isPoint(only) || classesOf(only).includes('requirement'))
    return [];
  const points = [...elementsOf(nodes, (inner) => !isPoint(inner))].filter(
    (one) => isPoint(one) && (isTouched([one]) || attribute(one, OP_ATTRIBUTE) !== undefined),
  );
  const inside = new Set(points.flatMap((point) => [point, ...elementsOf(point.childNodes)]));
  const isOutside = (one: TreeElement) =>
    (one.tagName === 'ins' || one.tagName === 'del') && !inside.has(one);
  return [...elementsOf(nodes)].some(isOutside) ? [] : points;
}

function pointKind(point: TreeElement): Change {
  const op = attribute(point, OP_ATTRIBUTE);
  return op === 'ins' ? 'added' : op === 'del' ? 'removed' : op === 'moved' ? 'moved' : 'changed';
}

const EXCERPT = 90;

/** The first words of what went or came. */
function excerpt(nodes: readonly TreeNode[], op: 'ins' | 'del'): string {
  const found = [...elementsOf(nodes, ({ tagName }) => tagName !== op)]
    .filter(({ tagName }) => tagName === op)
    .map((one) => textIn(one.childNodes, isOurs).trim())
    .join(' … ');
  return excerptOf(found, EXCERPT);
}

function excerptOf(whole: string, length: number): string {
  const text = whole
    .replace(/\s+/g, ' ')
    .replace(/^[\s,;:.)]+/, '')
    .trim();
  return text.length <= length ? text : `${text.slice(0, length).replace(/\s+\S*$/, '')} …`;
}

/** Whether an element holds words of the redline. */
export function isOurs(one: TreeElement): boolean {
  return classesOf(one).includes(WORD_CLASS);
}
