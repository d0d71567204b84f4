// Puts two rendered pieces of text into one, with what went in `<del>` and what came in `<ins>`: words inside of prose,
// lines inside of code, rows inside of tables, items inside of lists. Without what is in `<del>` it is the text after,
// without what is in `<ins>` the text before. Knows HTML and nothing of proposals.
import { interleave, Pairing, type Part } from '../spec/redline/align.ts';
import { compareLineLists, compareWordLists, wordForm, words } from '../spec/redline/words.ts';
import {
  attribute,
  classesOf,
  element,
  elementsOf,
  isElement,
  isText,
  setAttribute,
  type TreeElement,
  type TreeNode,
  text,
  textIn,
  withChildren,
  writeHtml,
} from './redline-tree.ts';

export type Op = 'ins' | 'del';

/** Class of the words that a redline adds to the texts: they belong to neither side. */
export const WORD_CLASS = 'redline-word';
/** Attribute of a row, an item or a block that came, went or moved as a whole. */
export const OP_ATTRIBUTE = 'data-op';

export interface MergeContext {
  /** Ids of the text after. What went has none of them a second time. */
  readonly ids: ReadonlySet<string>;
}

/** What is shown as it is after, since it says nothing itself: links about a clause, drawings, how many rows there are. */
function isFurniture(node: TreeElement): boolean {
  return (
    node.tagName === 'svg' ||
    node.tagName === 'summary' ||
    classesOf(node).includes('requirement-links')
  );
}

/** What a comparison is about: the text of nodes, white space apart, without furniture and our own words. */
export function substanceIn(nodes: readonly TreeNode[], without?: Op): string {
  const skip = (node: TreeElement) =>
    node.tagName === without || isFurniture(node) || classesOf(node).includes(WORD_CLASS);
  return textIn(nodes, skip).replace(/\s+/g, '');
}

/** Merges the content of two sides. The nodes given are used up. */
export function merge(
  before: readonly TreeNode[],
  after: readonly TreeNode[],
  context: MergeContext,
): TreeNode[] {
  const old = itemsOf(before);
  const now = itemsOf(after);
  const alone = singles(old, now);
  const pairing = new Pairing(old.map(partOf(alone)), now.map(partOf(alone)));
  pairing.pairKeys();
  pairing.pairSequence();
  pairing.pairEqual();
  pairing.pairLikeInGaps();
  return interleave(pairing).flatMap(({ before: left, after: right, moved }) => {
    const was = left === undefined ? undefined : (old[left] as Item);
    const is = right === undefined ? undefined : (now[right] as Item);
    const result = mergeItems(was, is, context);
    if (moved) markMoved(result);
    return [...result, ...((is ?? was)?.space ?? [])];
  });
}

/** Marks nodes as come or gone, as a whole. `spoken`: with words for those who do not see it. */
export function mark(
  nodes: readonly TreeNode[],
  op: Op,
  context: MergeContext,
  spoken = false,
): TreeNode[] {
  let silent = !spoken;
  return itemsOf(nodes).flatMap((item): TreeNode[] => {
    if ('phrases' in item) {
      const { phrases, space } = item;
      if (op === 'del') dropTermIds(phrases);
      const made = silent ? element(op, {}, phrases) : wrap(op, phrases);
      silent = true;
      return [made, ...space];
    }
    const { part, space } = item;
    if (isFurniture(part)) return op === 'ins' ? [part, ...space] : space;
    const made = withChildren(part, mark(part.childNodes, op, context, !silent));
    silent = true;
    if (op === 'del') dropIds(made, context);
    if (STANDING.has(part.tagName)) setAttribute(made, OP_ATTRIBUTE, op);
    return [made, ...space];
  });
}

/** Rows and items: what comes and goes as a whole inside of something that stays. */
export const STANDING: ReadonlySet<string> = new Set([
  'tr',
  'li',
  'pre',
  'div',
  'section',
  'table',
]);

/** A definition that went has no address: the one in its place has it. */
function dropTermIds(nodes: readonly TreeNode[]): void {
  for (const one of elementsOf(nodes))
    if (one.tagName === 'dfn') setAttribute(one, 'id', undefined);
}

function dropIds(made: TreeElement, { ids }: MergeContext): void {
  const id = attribute(made, 'id');
  if (id !== undefined && ids.has(id)) setAttribute(made, 'id', undefined);
}

/** What stands before a stretch for those who do not see it; a bracket closes it. */
export const SPOKEN: Readonly<Record<Op, string>> = { ins: '(added: ', del: '(removed: ' };

function spokenWords(op: Op): TreeNode[] {
  return [word(SPOKEN[op])];
}

/** A word of ours. It is seen only where its class says so as well. */
export function word(value: string, ...classes: string[]): TreeElement {
  const seen = classes.length > 0 ? classes : ['sr-only'];
  return element('span', { class: [WORD_CLASS, ...seen].join(' ') }, value);
}

function markMoved(nodes: readonly TreeNode[]): void {
  const first = nodes.find(isElement);
  if (!first || !STANDING.has(first.tagName)) return;
  setAttribute(first, OP_ATTRIBUTE, 'moved');
  // A row holds cells only.
  const [cell] = first.tagName === 'tr' ? first.childNodes.filter(isElement) : [first];
  const said = word('moved', 'redline-moved');
  if (cell) {
    said.parentNode = cell;
    cell.childNodes.unshift(said, text(' '));
  }
}

// Items: prose that is compared by words, and parts that are compared by what stands in them

type Item = { readonly space: TreeNode[] } & (
  | { readonly phrases: TreeNode[] }
  | { readonly part: TreeElement }
);

const PHRASING = new Set(
  'a abbr b br cite code dfn em i img kbd mark q s small strong sub sup time u var wbr'.split(' '),
);

/** A span with a class has a place of its own in what it stands in, as has a row. */
function isPhrase(node: TreeNode): boolean {
  if (!isElement(node)) return isText(node);
  return PHRASING.has(node.tagName) || (node.tagName === 'span' && classesOf(node).length === 0);
}

function itemsOf(nodes: readonly TreeNode[]): Item[] {
  const items: Item[] = [];
  for (const node of nodes) {
    const last = items.at(-1);
    if (isText(node) && node.value.trim() === '') {
      if (last && 'phrases' in last) last.phrases.push(node);
      else last?.space.push(node);
    } else if (!isPhrase(node)) {
      if (isElement(node)) items.push({ part: node, space: [] });
    } else if (last && 'phrases' in last) last.phrases.push(node);
    else items.push({ phrases: [node], space: [] });
  }
  for (const item of items) {
    // White space behind the last word separates it from the part that follows.
    while ('phrases' in item && item.phrases.length > 1 && isBlank(item.phrases.at(-1)))
      item.space.unshift(item.phrases.pop() as TreeNode);
  }
  return items;
}

function isBlank(node: TreeNode | undefined): boolean {
  return node !== undefined && isText(node) && node.value.trim() === '';
}

function likeOf(item: Item): string {
  return 'part' in item ? `${item.part.tagName}.${classesOf(item.part).join('.')}` : 'prose';
}

/** Of these there can be many in a row: that there is one on each side does not make them the same. */
const MANY = new Set(['li', 'p', 'tr', 'dt', 'dd']);

/** What there is exactly one of on both sides. */
function singles(old: readonly Item[], now: readonly Item[]): ReadonlySet<string> {
  const counts = [old, now].map((items) => {
    const count = new Map<string, number>();
    for (const item of items) count.set(likeOf(item), (count.get(likeOf(item)) ?? 0) + 1);
    return count;
  });
  const [left, right] = counts;
  return new Set(
    [...(left ?? [])].flatMap(([like, count]) =>
      count === 1 && right?.get(like) === 1 && !MANY.has(like.replace(/\.$/, '')) ? [like] : [],
    ),
  );
}

function partOf(alone: ReadonlySet<string>): (item: Item) => Part {
  return (item) => {
    const like = likeOf(item);
    const key = alone.has(like) ? like : 'part' in item ? nameOf(item.part) : undefined;
    return {
      ...(key !== undefined && { key: `${like} ${key}` }),
      text: 'part' in item ? seenText([item.part]) : seenText(item.phrases),
      like,
    };
  };
}

function seenText(nodes: readonly TreeNode[]): string {
  return textIn(nodes, isFurniture).replace(/\s+/g, ' ').trim();
}

/** What a row, an entry or a card is known by. */
function nameOf(part: TreeElement): string | undefined {
  if (part.tagName === 'tr') return rowName(part);
  const id = attribute(part, 'id');
  if (part.tagName === 'section' || part.tagName === 'span')
    return id ?? (part.tagName === 'span' ? classesOf(part).join(' ') : undefined);
  const [term] = part.childNodes.filter(isElement);
  return part.tagName === 'div' && term?.tagName === 'dt' ? seenText([term]) : undefined;
}

/** Event, states and guard for a transition; the name of a field; else the first cell. */
function rowName(row: TreeElement): string | undefined {
  const cells = row.childNodes.filter(isElement);
  const [first] = cells;
  if (!first || cells.every(({ tagName }) => tagName === 'th')) return 'head';
  if (attribute(row, 'data-outcome') !== undefined)
    return cells
      .slice(0, 3)
      .map((cell) => seenText([cell]))
      .join('\n');
  const [code] = first.tagName === 'th' ? first.childNodes.filter(isElement) : [];
  return seenText([code?.tagName === 'code' ? code : first]);
}

// Merging

function mergeItems(
  was: Item | undefined,
  is: Item | undefined,
  context: MergeContext,
): TreeNode[] {
  if (!was || !is) {
    const one = (is ?? was) as Item;
    const nodes = 'part' in one ? [one.part] : one.phrases;
    return mark(nodes, is ? 'ins' : 'del', context, true);
  }
  if ('phrases' in was && 'phrases' in is) return mergePhrases(was.phrases, is.phrases);
  if ('part' in was && 'part' in is) return mergeParts(was.part, is.part, context);
  return [...mergeItems(was, undefined, context), ...mergeItems(undefined, is, context)];
}

function mergeParts(was: TreeElement, is: TreeElement, context: MergeContext): TreeNode[] {
  if (isFurniture(is) || writeHtml([was]) === writeHtml([is])) return [is];
  if (was.tagName !== is.tagName) {
    return [...mark([was], 'del', context, true), ...mark([is], 'ins', context, true)];
  }
  const children =
    is.tagName === 'pre'
      ? mergeLines(was, is, context)
      : is.tagName === 'tr'
        ? mergeCells(was, is, context)
        : merge(was.childNodes, is.childNodes, context);
  const made = withChildren(is, children);
  // A link to what had another name still leads here.
  const former = attribute(was, 'id');
  if (former !== undefined && former !== attribute(is, 'id') && !context.ids.has(former)) {
    const anchor = element('span', { id: former });
    if (['table', 'thead', 'tbody', 'tr', 'ul', 'ol', 'dl'].includes(made.tagName) === false) {
      made.childNodes.unshift(anchor);
      anchor.parentNode = made;
    }
  }
  // What changed inside of something that is folded would not be seen.
  if (made.tagName === 'details' && isTouched(made.childNodes)) setAttribute(made, 'open', '');
  return [made];
}

/** Cells are known by their column, wherever there are as many on both sides. */
function mergeCells(was: TreeElement, is: TreeElement, context: MergeContext): TreeNode[] {
  const [old, now] = [was.childNodes.filter(isElement), is.childNodes.filter(isElement)];
  return old.length === now.length
    ? now.flatMap((cell, index) => mergeParts(old[index] as TreeElement, cell, context))
    : merge(was.childNodes, is.childNodes, context);
}

/** Whether anything in nodes came, went or moved. */
export function isTouched(nodes: readonly TreeNode[]): boolean {
  for (const { tagName, attrs } of elementsOf(nodes)) {
    if (tagName === 'ins' || tagName === 'del') return true;
    if (attrs.some(({ name }) => name === OP_ATTRIBUTE)) return true;
  }
  return false;
}

/** Code: lines that stay keep their colours. */
function mergeLines(was: TreeElement, is: TreeElement, context: MergeContext): TreeNode[] {
  const [before, after] = [was, is].map((pre) => {
    const inner = pre.childNodes.find(isElement);
    return inner?.tagName === 'code' ? inner : pre;
  }) as [TreeElement, TreeElement];
  const [old, now] = [linesOf(before), linesOf(after)];
  const form = (line: readonly TreeNode[]) => textIn(line).replace(/\n$/, '');
  const changes = compareLineLists(old.map(form), now.map(form));
  if (!changes) return [...mark([before], 'del', context), ...mark([after], 'ins', context)];
  const lines = changes.flatMap(({ op, old: [from, to], now: [start, end] }): TreeNode[] => {
    const shown = (op === 'del' ? old.slice(from, to) : now.slice(start, end)).flat();
    return op === 'same' ? shown : [wrap(op, shown)];
  });
  return after === is ? lines : [withChildren(after, lines)];
}

/** The nodes of each line, with the line end that closes it. */
function linesOf(code: TreeElement): TreeNode[][] {
  const lines: TreeNode[][] = [[]];
  for (const node of code.childNodes) {
    const parts = isText(node) ? node.value.split(/(?<=\n)/).map(text) : [node];
    for (const part of parts) {
      lines.at(-1)?.push(part);
      if (isText(part) && part.value.endsWith('\n')) lines.push([]);
    }
  }
  return lines.filter((line) => line.length > 0);
}

/** What came or went, between words. */
function wrap(op: Op, nodes: readonly TreeNode[]): TreeElement {
  return element(op, {}, spokenWords(op), nodes, [word(')')]);
}

// Prose

/** A word, or an element that is taken as one, with the emphasis around it. */
interface Token {
  readonly form: string;
  readonly leaf: TreeNode;
  readonly around: readonly TreeElement[];
}

function mergePhrases(before: readonly TreeNode[], after: readonly TreeNode[]): TreeNode[] {
  const [old, now] = [tokensOf(before), tokensOf(after)];
  const forms = (tokens: readonly Token[]) => tokens.map(({ form }) => form);
  const changes = compareWordLists(forms(old), forms(now)) ?? [
    { op: 'del', old: [0, old.length], now: [0, 0] },
    { op: 'ins', old: [old.length, old.length], now: [0, now.length] },
  ];
  return changes.flatMap(({ op, old: [from, to], now: [start, end] }): TreeNode[] => {
    const tokens = op === 'del' ? old.slice(from, to) : now.slice(start, end);
    const nodes = rebuilt(tokens);
    if (op === 'del') dropTermIds(nodes);
    if (op === 'same') return nodes;
    // A space alone is no change that anybody could see.
    if (tokens.every(({ form }) => form.trim() === '')) return op === 'ins' ? nodes : [];
    return [wrap(op, nodes)];
  });
}

/** Marks that tell words in emphasis from plain ones. No text of ours has them. */
const EMPHASIS: Readonly<Record<string, string>> = {
  em: '\ue000',
  dfn: '\ue000',
  strong: '\ue001',
  i: '\ue002',
  b: '\ue003',
};

/** Which use of a term is linked depends on what stands before it: the word is the same with and without. */
function isTermLink(node: TreeElement): boolean {
  return node.tagName === 'a' && classesOf(node).includes('term');
}

function tokensOf(nodes: readonly TreeNode[], around: readonly TreeElement[] = []): Token[] {
  return nodes.flatMap((node): Token[] => {
    const marks = around.map(({ tagName }) => EMPHASIS[tagName] ?? '').join('');
    if (isText(node)) {
      return words(node.value).map((value) => ({
        form: marks + wordForm(value),
        leaf: text(value),
        around,
      }));
    }
    if (!isElement(node)) return [];
    return (node.tagName in EMPHASIS && classesOf(node).length === 0) || isTermLink(node)
      ? tokensOf(node.childNodes, [...around, node])
      : [{ form: marks + writeHtml([node]).replace(/\s+/g, ' '), leaf: node, around }];
  });
}

function rebuilt(tokens: readonly Token[], depth = 0): TreeNode[] {
  const nodes: TreeNode[] = [];
  for (let at = 0; at < tokens.length; ) {
    const { leaf, around } = tokens[at] as Token;
    const outer = around[depth];
    let end = at + 1;
    if (outer) {
      while (end < tokens.length && tokens[end]?.around[depth] === outer) end++;
      nodes.push(withChildren(outer, rebuilt(tokens.slice(at, end), depth + 1)));
    } else {
      const last = nodes.at(-1);
      if (isText(leaf) && last && isText(last)) last.value += leaf.value;
      else nodes.push(leaf);
    }
    at = end;
  }
  return nodes;
}
