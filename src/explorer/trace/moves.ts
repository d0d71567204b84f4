// What a key does to the selection, in the table and in the drawing alike.

import type { TraceEvent } from '../../trace/index.ts';
import { placeOf, type Row, step } from './conversations.ts';

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
 * for the selection. `current` is the selected event's number.
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
  const by = Object.hasOwn(MOVES, name) ? MOVES[name] : undefined;
  if (by === undefined) return undefined;
  const place = current === undefined ? -1 : placeOf(events, current);
  const row = place < 0 ? -1 : rows.indexOf(place);
  const next = step(rows, row < 0 && by < 0 ? rows.length : row, by);
  return next === undefined ? undefined : events[rows[next] as number]?.seq;
}
