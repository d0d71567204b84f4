// Makes the text of a redline: two revisions of a proposal, rendered each as it is read, aligned by the comparison of
// their Markdown, and merged block by block. Numbers the changes and says what each is. Renders nothing itself.

import type { Root, RootContent } from 'mdast';
import { parseMarkdown } from '../spec/proposal.ts';
import type { Aliases } from '../spec/redline/index.ts';
import { type RedlineBlock, redline, type Segment } from '../spec/redline/index.ts';
import {
  type ChangeEntry,
  groups,
  isOurs,
  type Merged,
  Numbering,
  type PlacedEntry,
} from './redline-changes.ts';
import {
  isTouched,
  type MergeContext,
  mark,
  merge,
  OP_ATTRIBUTE,
  SPOKEN,
  word,
} from './redline-merge.ts';
import {
  attribute,
  element,
  elementsOf,
  isElement,
  isText,
  readHtml,
  setAttribute,
  type TreeNode,
  textIn,
  writeHtml,
} from './redline-tree.ts';

/** One side: its Markdown with front matter, and how it becomes the HTML of its page. */
export interface RedlineSide {
  readonly source: string;
  /** What `parseMarkdown` makes of the source, where somebody has it. It stays as it is. */
  readonly tree?: Root;
  /** `tree` is that of the source, with marks between the blocks. */
  render(source: string, tree: Root): Promise<string>;
}

export interface RedlinePageOptions {
  /** Address of the proposal's page: links below it lead to the same place in the redline. */
  readonly page: string;
  readonly aliases?: Aliases;
}

/** A heading of the text, for a table of contents. */
export interface RedlineHeading {
  readonly depth: number;
  readonly slug: string;
  readonly text: string;
}

export interface RedlinePage {
  readonly html: string;
  readonly changes: readonly ChangeEntry[];
  readonly headings: readonly RedlineHeading[];
  /** For tests: each block of the text with its place on either side, in the order of the page. */
  readonly entries: readonly PlacedEntry[];
}

export async function redlinePage(
  before: RedlineSide,
  after: RedlineSide,
  { page, aliases = {} }: RedlinePageOptions,
): Promise<RedlinePage> {
  const [old, now] = [await unitsOf(before), await unitsOf(after)];
  const compared = redline(before.source, after.source, { aliases });
  const ids = new Set(
    [...elementsOf(now.flatMap(({ nodes }) => nodes))].flatMap((one) => attribute(one, 'id') ?? []),
  );
  const context: MergeContext = { ids };
  const steps = align(compared.blocks, old, now);
  const entries = steps.map((step): Merged => mergeStep(step, old, now, context));
  const metadata = frontMatter(compared.blocks);
  const numbering = new Numbering();
  const head = metadata ? numbering.take([metadata]) : [];
  const body = groups(withTraces(entries)).flatMap((group) => numbering.take(group));
  const nodes = [...head, ...body];
  numbering.finish();
  localise(nodes, page);
  return {
    html: writeHtml(nodes),
    changes: numbering.changes,
    headings: headingsOf(nodes),
    entries,
  };
}

// Units: what stands at the top level of a text, a list as a whole, a table with its caption

interface Unit {
  readonly line: number;
  endLine: number;
  readonly nodes: TreeNode[];
}

const UNIT = 'data-unit';

/** Renders a text with a mark before each block, and cuts the result there. */
async function unitsOf({
  source,
  tree = parseMarkdown(source),
  render,
}: RedlineSide): Promise<Unit[]> {
  const units: Unit[] = [];
  const marked: RootContent[] = [];
  let last = '';
  for (const node of tree.children) {
    const { start, end } = node.position ?? {};
    if (start && end && node.type !== 'yaml') {
      const written = source.slice(start.offset, end.offset);
      const isCaption = last === 'table' && node.type === 'paragraph' && /^Table:\s/.test(written);
      last = node.type;
      const open = units.at(-1);
      if (isCaption && open) open.endLine = end.line;
      else {
        marked.push({ type: 'html', value: `<hr ${UNIT}="${units.length}">` });
        units.push({ line: start.line, endLine: end.line, nodes: [] });
      }
    }
    marked.push(node);
  }
  const html = await render(source, { ...tree, children: marked });
  let unit: Unit | undefined;
  for (const node of readHtml(html)) {
    const number = isElement(node) ? attribute(node, UNIT) : undefined;
    if (number !== undefined) unit = units[Number(number)];
    else if (!isText(node) || node.value.trim() !== '') unit?.nodes.push(struck(node));
  }
  return units;
}

/** What an author struck out is not what a revision took out. */
function struck(node: TreeNode): TreeNode {
  if (!isElement(node)) return node;
  for (const [at, child] of node.childNodes.entries()) node.childNodes[at] = struck(child);
  return node.tagName === 'del' ? element('s', {}, node.childNodes) : node;
}

// Alignment

interface Step {
  readonly before?: number;
  readonly after?: number;
  readonly moved?: boolean;
  readonly block: RedlineBlock;
}

/** Which unit is which, in the order of the text after, from the alignment of the blocks in them. */
function align(
  blocks: readonly RedlineBlock[],
  old: readonly Unit[],
  now: readonly Unit[],
): Step[] {
  const at = (units: readonly Unit[], line: number | undefined) =>
    line === undefined ? -1 : units.findIndex((unit) => unit.line <= line && line <= unit.endLine);
  const placed = blocks
    .filter(({ type }) => type !== 'front-matter')
    .map((block) => ({
      block,
      from: at(old, block.before?.line),
      to: at(now, block.after?.line),
    }));

  const shared = new Map<string, { from: number; to: number; size: number; stays: boolean }>();
  for (const { block, from, to } of placed) {
    if (from < 0 || to < 0) continue;
    const key = `${from} ${to}`;
    const pair = shared.get(key) ?? { from, to, size: 0, stays: false };
    pair.size++;
    pair.stays ||= block.kind !== 'moved' && block.kind !== 'moved-changed';
    shared.set(key, pair);
  }
  const pairOf = new Map<number, { from: number; stays: boolean }>();
  const paired = new Set<number>();
  for (const { from, to, stays } of [...shared.values()].sort((a, b) => b.size - a.size)) {
    if (pairOf.has(to) || paired.has(from)) continue;
    pairOf.set(to, { from, stays });
    paired.add(from);
  }

  const steps: Step[] = [];
  const done = new Set<string>();
  const once = (name: string) => !done.has(name) && done.add(name);
  for (const { block, from, to } of placed) {
    if (to >= 0 && once(`after ${to}`)) {
      const pair = pairOf.get(to);
      steps.push({ block, after: to, ...(pair && { before: pair.from, moved: !pair.stays }) });
    }
    if (from >= 0 && !paired.has(from) && once(`before ${from}`))
      steps.push({ block, before: from });
  }
  return steps;
}

// Merging

function mergeStep(
  { before, after, moved, block }: Step,
  old: readonly Unit[],
  now: readonly Unit[],
  context: MergeContext,
): Merged {
  const was = before === undefined ? undefined : old[before]?.nodes;
  const is = after === undefined ? undefined : now[after]?.nodes;
  const place = {
    block,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
  };
  if (!was) return { ...place, kind: 'added', nodes: mark(is ?? [], 'ins', context) };
  if (!is) return { ...place, kind: 'removed', nodes: mark(was, 'del', context) };
  const nodes = merge(was, is, context);
  const changed = isTouched(nodes);
  const kind = moved ? (changed ? 'moved-changed' : 'moved') : changed ? 'changed' : 'same';
  return { ...place, kind, nodes };
}

/** Puts a word where what moved stood before: behind what it stood behind. */
function withTraces(entries: readonly Merged[]): Merged[] {
  const result = [...entries];
  const isMoved = ({ kind }: Merged) => kind === 'moved' || kind === 'moved-changed';
  const moved = entries
    .filter((entry) => isMoved(entry) && entry.nodes.length > 0)
    .sort((a, b) => (b.before ?? 0) - (a.before ?? 0));
  for (const entry of moved) {
    const from = entry.before ?? 0;
    let at = -1;
    for (const [index, other] of result.entries()) {
      const place = isMoved(other) || other.movedAway ? undefined : other.before;
      if (place !== undefined && place < from && place >= (result[at]?.before ?? -1)) at = index;
    }
    result.splice(at + 1, 0, { kind: 'same', block: entry.block, nodes: [], movedAway: entry });
  }
  return result;
}

/** A map: a key such as `__proto__` is the author's to write, and every object has it. */
const NAMES: ReadonlyMap<string, string> = new Map([
  ['title', 'Title'],
  ['summary', 'Summary'],
  ['status', 'Status'],
  ['requires', 'Requires'],
]);

/** What changed above the text, as a table. The number of the revision is what the page is about. */
function frontMatter(blocks: readonly RedlineBlock[]): Merged | undefined {
  const changed = blocks.filter(
    ({ type, kind, name }) => type === 'front-matter' && kind !== 'same' && name !== 'revision',
  );
  const [block] = changed;
  if (!block) return undefined;
  const rows = changed.map(({ name = '', segments, before, after }) => {
    const row = element(
      'tr',
      {},
      element('th', { scope: 'row' }, NAMES.get(name) ?? name),
      element('td', {}, segments.flatMap(factOf)),
    );
    if (!before || !after) setAttribute(row, OP_ATTRIBUTE, after ? 'ins' : 'del');
    return row;
  });
  const table = element(
    'table',
    { class: 'redline-facts' },
    element('caption', {}, 'Facts about the proposal that are not as they were'),
    element('tbody', {}, rows),
  );
  return { kind: 'changed', block, nodes: [element('div', { class: 'table' }, table)] };
}

function factOf({ op, text }: Segment, index: number): TreeNode[] {
  // The key stands in the cell before.
  const value = index === 0 ? text.replace(/^[\w-]+:\s*/, '') : text;
  if (value === '') return [];
  return op === 'same'
    ? [element('span', {}, value)]
    : [element(op, {}, word(SPOKEN[op]), value, word(')'))];
}

// The page

/** Links to the proposal's own page stay in the redline, where the same places are. */
function localise(nodes: readonly TreeNode[], page: string): void {
  const all = [...elementsOf(nodes)];
  const ids = new Set(all.flatMap((one) => attribute(one, 'id') ?? []));
  for (const one of all) {
    const target = one.tagName === 'a' ? attribute(one, 'href') : undefined;
    if (!target?.startsWith(`${page}#`)) continue;
    const fragment = target.slice(page.length + 1);
    if (ids.has(fragment)) setAttribute(one, 'href', `#${fragment}`);
  }
}

function headingsOf(nodes: readonly TreeNode[]): RedlineHeading[] {
  return [...elementsOf(nodes)].flatMap((one) => {
    const depth = Number(/^h([1-6])$/.exec(one.tagName)?.[1] ?? 0);
    const slug = attribute(one, 'id');
    const text = textIn(one.childNodes, (inner) => inner.tagName === 'del' || isOurs(inner)).trim();
    return depth > 0 && slug !== undefined && text !== '' ? [{ depth, slug, text }] : [];
  });
}
