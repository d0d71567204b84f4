// Compares blocks that are made of rows: tables by their first cell, fenced YAML by key, by the items of its lists and
// by event, state and guard for transitions. Rows are whole lines of source, so nothing of the block is lost.

import { normalise } from '../checksum.ts';
import { interleave, Pairing, type Part } from './align.ts';
import type { ElementType, Row, Segment } from './model.ts';
import { compareWords, type Language, same as unchanged, whole } from './words.ts';

interface SourceRow extends Part {
  readonly key: string;
  readonly source: string;
  /** Lines of the block above it. */
  readonly offset: number;
  readonly length: number;
}

/** Whether a change of such an element is shown by rows. */
export function hasRows(type: ElementType): boolean {
  return ROW_READERS[type] !== undefined;
}

/** Compares two blocks of the same type. `line`s are those on which the blocks begin. */
export function compareRows(
  type: ElementType,
  before: { readonly text: string; readonly line: number },
  after: { readonly text: string; readonly line: number },
): Row[] {
  const read = ROW_READERS[type] ?? fencedRows;
  const language = type === 'table' ? 'markdown' : 'yaml';
  const old = read(before.text);
  const now = read(after.text);
  const pairing = new Pairing(old, now);
  pairing.pairKeys();
  pairing.pairSequence();
  pairing.pairEqual();
  pairing.pairLikeInGaps();
  const place = (row: SourceRow, index: number, start: number) => ({
    line: start + row.offset,
    endLine: start + row.offset + row.length - 1,
    index,
  });
  return interleave(pairing).map((entry): Row => {
    const was = entry.before === undefined ? undefined : old[entry.before];
    const is = entry.after === undefined ? undefined : now[entry.after];
    const same = was !== undefined && was.text === is?.text;
    const cells = type === 'table' && was && is && !same ? compareCells(was, is) : undefined;
    return {
      kind: !was
        ? 'added'
        : !is
          ? 'removed'
          : entry.moved
            ? same
              ? 'moved'
              : 'moved-changed'
            : same
              ? 'same'
              : 'changed',
      key: (is ?? was)?.key ?? '',
      ...(was && { before: place(was, entry.before as number, before.line) }),
      ...(is && { after: place(is, entry.after as number, after.line) }),
      segments: cells?.flat() ?? compareTexts(was?.source, is?.source, same, language),
      ...(cells && { cells }),
    };
  });
}

/** Segments of a pair, or of what stands on one side only. `same`: whatever differs does not count. */
export function compareTexts(
  before: string | undefined,
  after: string | undefined,
  same: boolean,
  language: Language = 'markdown',
): Segment[] {
  if (before === undefined) return whole('ins', after ?? '');
  if (after === undefined) return whole('del', before);
  if (!same) return compareWords(before, after, language);
  return after === '' ? [] : [unchanged(before, after)];
}

// Tables

/** Offsets behind which a row is cut into cells: its pipes, but for escaped ones. */
function cellsOf(row: string): string[] {
  return row.split(/(?<=(?<!\\)\|)/);
}

function compareCells(before: SourceRow, after: SourceRow): Segment[][] | undefined {
  const old = cellsOf(before.source);
  const now = cellsOf(after.source);
  if (old.length !== now.length) return undefined;
  return now.map((cell, index) => compareWords(old[index] as string, cell));
}

function tableRows(text: string): SourceRow[] {
  return text.split('\n').map((source, offset) => {
    const trimmed = source.trim().replace(/^\|/, '').trim();
    const rule = offset === 1;
    return {
      key: rule
        ? '---'
        : offset === 0
          ? 'head'
          : normalise(cellsOf(trimmed)[0]?.replace(/\|$/, '') ?? ''),
      source,
      offset,
      length: 1,
      text: rule
        ? source.replace(/-+/g, '-').replace(/\s/g, '')
        : normalise(source.replace(/[ \t]*\|[ \t]*/g, '|')),
      like: rule ? 'rule' : 'row',
    };
  });
}

// Fenced YAML

const TOP_KEY = /^([\w.-]+|"[^"]*"|'[^']*')[ \t]*:(?:[ \t]|$)/;
const CHILD = /^( *)(?:-(?:[ \t]|$)|([\w.-]+|"[^"]*"|'[^']*')[ \t]*:(?:[ \t]|$))/;

/** Keys at the margin, and under each the keys or items of the first indentation there. */
function fencedRows(text: string): SourceRow[] {
  const source = text.split('\n');
  const starts: { at: number; key: string; like: string }[] = [];
  let top = '';
  let indentation = -1;
  for (const [at, line] of source.entries()) {
    if (at === 0 || (at === source.length - 1 && /^\s*(?:`{3,}|~{3,})\s*$/.test(line))) {
      starts.push({ at, key: at === 0 ? '```' : '``` end', like: 'fence' });
      continue;
    }
    const key = TOP_KEY.exec(line)?.[1];
    if (key !== undefined) {
      top = key.replace(/^["']|["']$/g, '');
      indentation = -1;
      starts.push({ at, key: top, like: 'key' });
      continue;
    }
    const child = CHILD.exec(line);
    if (!child) continue;
    const indented = child[1]?.length ?? 0;
    if (indentation < 0) indentation = indented;
    if (indented !== indentation) continue;
    const name = child[2]?.replace(/^["']|["']$/g, '');
    starts.push({ at, key: name === undefined ? '' : join(top, name), like: join(top, '') });
  }
  return starts.map(({ at, key, like }, index) => {
    const end = starts[index + 1]?.at ?? source.length;
    const row = source.slice(at, end).join('\n');
    return {
      key: key === '' ? itemKey(top === '' ? '' : like, row) : key,
      source: row,
      offset: at,
      length: end - at,
      text: row,
      like,
    };
  });
}

function join(top: string, name: string): string {
  return top === '' ? name : `${top}.${name}`;
}

/** What an item of a list is known by: its event, states and guard, the id that it is about, or all of it. */
function itemKey(list: string, row: string): string {
  const value = (name: string) =>
    new RegExp(`[-{,\\s]${name}:[ \\t]*(\\[[^\\]]*\\]|"[^"\\n]*"|[^,}\\n]+)`)
      .exec(row)?.[1]
      ?.trim();
  const [on, from, when] = [value('on'), value('from'), value('when')];
  if (on !== undefined) {
    return `${list}${on} in ${from ?? '?'}${when === undefined ? '' : ` when ${when}`}`;
  }
  return list + (value('id') ?? value('requirement') ?? normalise(row.replace(/^\s*-\s*/, '')));
}

const ROW_READERS: Readonly<Partial<Record<ElementType, (text: string) => SourceRow[]>>> = {
  table: tableRows,
  event: fencedRows,
  record: fencedRows,
  machine: fencedRows,
  feature: fencedRows,
  try: fencedRows,
  sequence: fencedRows,
  retired: fencedRows,
  untested: fencedRows,
};
