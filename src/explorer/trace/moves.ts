// What a key does to the selection, in the table, the drawing and on the slider alike.

import type { TraceEvent } from '../../trace/index.ts';
import { placeOf } from './conversations.ts';
import { isEvent, type Row, step } from './rows.ts';

/** By so many events; J and K are letters of either case. */
const MOVES: Readonly<Record<string, number>> = {
  j: 1,
  ArrowDown: 1,
  k: -1,
  ArrowUp: -1,
  Home: Number.NEGATIVE_INFINITY,
  End: Number.POSITIVE_INFINITY,
};

type Key = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey'>;

/**
 * The number of the event that a key selects, `'none'` where it ends the selection, or undefined where the key is not
 * for the selection. `current` is the selected event's number. N goes to the next violation or injected fault, Shift+N
 * to the one before.
 */
export function selectionBy(
  { key, ctrlKey, metaKey, altKey, shiftKey }: Key,
  events: readonly TraceEvent[],
  rows: readonly Row[],
  current: number | undefined,
): number | 'none' | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  const letter = key.length === 1;
  if (shiftKey && !letter) return undefined;
  if (key === 'Escape') return current === undefined ? undefined : 'none';
  const name = letter ? key.toLowerCase() : key;
  const place = current === undefined ? -1 : placeOf(events, current);
  const row = place < 0 ? -1 : rows.indexOf(place);
  if (name === 'n') return nextTrouble(events, rows, row, shiftKey ? -1 : 1);
  const by = Object.hasOwn(MOVES, name) ? MOVES[name] : undefined;
  if (by === undefined) return undefined;
  const next = step(rows, row < 0 && by < 0 ? rows.length : row, by);
  return next === undefined ? undefined : events[rows[next] as number]?.seq;
}

/** The nearest violation or injected fault from a row on, without that row. */
function nextTrouble(
  events: readonly TraceEvent[],
  rows: readonly Row[],
  row: number,
  by: 1 | -1,
): number | undefined {
  for (let i = row < 0 && by < 0 ? rows.length - 1 : row + by; i >= 0 && i < rows.length; i += by) {
    const at = rows[i] as Row;
    const event = isEvent(at) ? events[at] : undefined;
    if (event?.violation || event?.fault) return event.seq;
  }
  return undefined;
}
