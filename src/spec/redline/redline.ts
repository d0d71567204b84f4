// Compares two revisions of a proposal block by block. Pure: two texts in, plain data out.

import { isBlockKind } from '../blocks.ts';
import { normalise } from '../checksum.ts';
import { type Entry, interleave, Pairing, type Part } from './align.ts';
import { cut, type Element } from './cut.ts';
import type { ElementType, Kind, Place, Redline, RedlineBlock, Row, Segment } from './model.ts';
import { type Aliases, retirements } from './retired.ts';
import { compareRows, compareTexts, hasRows } from './rows.ts';
import { compareLines, compareWords, whole } from './words.ts';

export interface RedlineOptions {
  /** Former id to the id that took its place, besides those in `retired` blocks of the two texts. */
  readonly aliases?: Aliases;
}

/** Compares two texts. Never throws for what they say. */
export function redline(before: string, after: string, options: RedlineOptions = {}): Redline {
  const old = cut(before);
  const now = before === after ? old : cut(after);
  const { entries } = alignElements(old, now, options);
  const counts = { same: 0, added: 0, removed: 0, changed: 0, moved: 0, 'moved-changed': 0 };
  const blocks = entries.map((entry) => {
    const block = blockOf(entry, old, now);
    counts[block.kind]++;
    return block;
  });
  return { blocks, counts };
}

/** The blocks of one side, in order, as source. What `redline` was made of comes out again. */
export function sideOf(redline: Redline, side: 'before' | 'after'): string[] {
  return redline.blocks
    .filter((block) => block[side] !== undefined)
    .sort((a, b) => (a[side]?.index ?? 0) - (b[side]?.index ?? 0))
    .map((block) =>
      block.rows ? rowsOfSide(block.rows, side).join('\n') : textOfSide(block.segments, side),
    );
}

/** The source of one side. */
export function textOfSide(segments: readonly Segment[], side: 'before' | 'after'): string {
  const other = side === 'before' ? 'ins' : 'del';
  return segments
    .filter(({ op }) => op !== other)
    .map(({ text, before }) => (side === 'before' ? (before ?? text) : text))
    .join('');
}

function rowsOfSide(rows: readonly Row[], side: 'before' | 'after'): string[] {
  return rows
    .filter((row) => row[side] !== undefined)
    .sort((a, b) => (a[side]?.index ?? 0) - (b[side]?.index ?? 0))
    .map((row) => textOfSide(row.segments, side));
}

export interface Alignment {
  readonly entries: readonly Entry[];
}

/** Pairs the blocks of two texts. The pairs are the same, mirrored, when the texts change places. */
export function alignElements(
  old: readonly Element[],
  now: readonly Element[],
  { aliases = {} }: RedlineOptions = {},
): Alignment {
  // Where several pairs are as good, which one is taken must not depend on the direction.
  const swapped = isLater(old, now);
  const [first, second] = swapped ? [now, old] : [old, now];
  const known = { ...retirements(first).aliases, ...retirements(second).aliases, ...aliases };
  const pairing = pairElements(first, second, renames(first, second, known));
  if (!swapped) return { entries: interleave(pairing) };
  const mirrored = new Pairing(pairing.after, pairing.before);
  for (const [index, other] of pairing.toAfter.entries()) {
    if (other >= 0) mirrored.pair(other, index);
  }
  const anchors = pairing.inOrder().map(([one, other]) => [other, one] as const);
  return { entries: interleave(mirrored, anchors) };
}

/** An order of texts that has nothing to do with which one came first. */
function isLater(one: readonly Element[], other: readonly Element[]): boolean {
  const different = one.findIndex(({ text }, index) => text !== other[index]?.text);
  return different >= 0 && (one[different]?.text ?? '') > (other[different]?.text ?? '');
}

function renames(
  before: readonly Element[],
  after: readonly Element[],
  aliases: Aliases,
): ReadonlyMap<string, string> {
  const idsOf = (elements: readonly Element[]) =>
    new Set(elements.flatMap(({ type, name }) => (type === 'requirement' && name ? [name] : [])));
  return renamesOf(idsOf(before), idsOf(after), aliases);
}

/**
 * Ids that stand on one side only and are joined by aliases, to one name for both. Read in either direction: a
 * comparison with an earlier text undoes a renaming.
 */
export function renamesOf(
  old: ReadonlySet<string>,
  now: ReadonlySet<string>,
  aliases: Aliases,
): ReadonlyMap<string, string> {
  const last = (id: string): string => {
    const seen = new Set<string>();
    let at = id;
    while (Object.hasOwn(aliases, at) && !seen.has(at)) {
      seen.add(at);
      at = aliases[at] as string;
    }
    return at;
  };
  const ends = (ids: ReadonlySet<string>, others: ReadonlySet<string>) => {
    const byEnd = new Map<string, string>();
    for (const id of [...ids].sort()) {
      if (!others.has(id) && !byEnd.has(last(id))) byEnd.set(last(id), id);
    }
    return byEnd;
  };
  const newByEnd = ends(now, old);
  const result = new Map<string, string>();
  for (const [end, id] of ends(old, now)) {
    const other = newByEnd.get(end);
    if (other !== undefined && other !== id) {
      // A name that no id has: the end may be one that stands on both sides.
      result.set(id, `→ ${end}`);
      result.set(other, `→ ${end}`);
    }
  }
  return result;
}

// Pairing

function pairElements(
  before: readonly Element[],
  after: readonly Element[],
  renamed: ReadonlyMap<string, string>,
): Pairing {
  const part = (element: Element): Part => ({
    ...keyOf(element, renamed),
    text: `${element.type}\n${formOf(element)}`,
    like: element.type === 'heading' ? `heading ${element.depth}` : classOf(element.type),
  });
  const pairing = new Pairing(before.map(part), after.map(part));
  pairing.pairKeys();
  pairing.pairSequence();
  pairHeadings(pairing, before, after, true);
  pairing.pairEqual();
  pairing.pairLikeInGaps();
  pairHeadings(pairing, before, after, false);
  pairing.pairLikeAnywhere();
  return pairing;
}

/** Blocks without a key are found by their text. Headings are known by their path. */
function keyOf(element: Element, renamed: ReadonlyMap<string, string>): { key?: string } {
  const { type, name, section } = element;
  if (type === 'heading') return { key: `heading ${[...section.path, name].join('\n')}` };
  if (name === undefined) return {};
  return { key: `${type} ${type === 'requirement' ? (renamed.get(name) ?? name) : name}` };
}

/** A paragraph becomes a requirement or an item, a block of one kind hardly that of another. */
function classOf(type: ElementType): string {
  return type === 'paragraph' || type === 'requirement' || type === 'item' || type === 'quote'
    ? 'prose'
    : type;
}

/**
 * Pairs headings by what stands under them: a section that was renamed or put elsewhere is the same section while
 * more than half of its paired content is.
 */
function pairHeadings(
  pairing: Pairing,
  before: readonly Element[],
  after: readonly Element[],
  sameName: boolean,
): void {
  const shared = new Map<number, Map<number, number>>();
  const totals = [new Map<number, number>(), new Map<number, number>()] as const;
  const count = (map: Map<number, number>, key: number) => map.set(key, (map.get(key) ?? 0) + 1);
  for (const [index, other] of pairing.toAfter.entries()) {
    if (other < 0) continue;
    const from = before[index]?.section.heading ?? -1;
    const to = after[other]?.section.heading ?? -1;
    if (from < 0 || to < 0) continue;
    count(totals[0], from);
    count(totals[1], to);
    if (pairing.toAfter[from] !== -1 || pairing.toBefore[to] !== -1) continue;
    let row = shared.get(from);
    if (!row) {
      row = new Map();
      shared.set(from, row);
    }
    count(row, to);
  }
  for (const [from, row] of shared) {
    for (const [to, common] of row) {
      const most = Math.max(totals[0].get(from) ?? 0, totals[1].get(to) ?? 0);
      const [was, is] = [before[from], after[to]];
      if (2 * common <= most || was?.depth !== is?.depth) continue;
      if (!sameName || was?.name === is?.name) pairing.pair(from, to);
    }
  }
}

/** What an element is compared by: white space that Markdown does not see is not seen. */
function formOf({ type, text }: Element): string {
  switch (type) {
    case 'paragraph':
    case 'requirement':
    case 'heading':
    case 'definition':
      return normalise(text);
    case 'item':
      return indentation(text) + normalise(text);
    default:
      return text;
  }
}

function indentation(text: string): string {
  return /^[ \t]*/.exec(text)?.[0] ?? '';
}

// Blocks

function blockOf(entry: Entry, old: readonly Element[], now: readonly Element[]): RedlineBlock {
  const was = entry.before === undefined ? undefined : (old[entry.before] as Element);
  const is = entry.after === undefined ? undefined : (now[entry.after] as Element);
  const one = (is ?? was) as Element;
  const same =
    was !== undefined && is !== undefined && was.type === is.type && formOf(was) === formOf(is);
  const rows =
    was && is && !same && was.type === is.type && hasRows(is.type)
      ? compareRows(is.type, was, is)
      : undefined;
  const changed = !same && !(rows?.every(({ kind }) => kind === 'same') ?? false);
  return {
    kind: kindOf(was, is, changed, entry.moved),
    type: one.type,
    ...(one.name !== undefined && { name: one.name }),
    ...(was?.name !== undefined && is && was.name !== is.name && { formerName: was.name }),
    ...(was && { before: placeOf(was, entry.before as number) }),
    ...(is && { after: placeOf(is, entry.after as number) }),
    segments: rows ? [] : segmentsOf(was, is, same),
    ...(rows && { rows }),
  };
}

function kindOf(
  was: Element | undefined,
  is: Element | undefined,
  changed: boolean,
  moved: boolean,
): Kind {
  if (!was) return 'added';
  if (!is) return 'removed';
  if (moved) return changed ? 'moved-changed' : 'moved';
  return changed ? 'changed' : 'same';
}

function placeOf({ line, endLine, section, anchor }: Element, index: number): Place {
  return { line, endLine, index, section: section.path, anchor };
}

function segmentsOf(was: Element | undefined, is: Element | undefined, same: boolean): Segment[] {
  if (!was || !is || same) return compareTexts(was?.text, is?.text, same);
  if (was.type === 'code' || isBlockKind(was.type) || is.type === 'code')
    return compareLines(was.text, is.text);
  const [from, to] = [indentation(was.text), indentation(is.text)];
  const segments =
    from === to
      ? compareWords(was.text, is.text)
      : [
          ...whole('del', from),
          ...whole('ins', to),
          ...compareWords(was.text.slice(from.length), is.text.slice(to.length)),
        ];
  // The same text can be another kind of block, by what stands before it. Then all of it is shown as changed.
  const shown = segments.some(({ op }) => op !== 'same');
  return shown ? segments : [...whole('del', was.text), ...whole('ins', is.text)];
}
