// Keys and what they select.

import { expect, test } from 'vitest';
import { traceOf } from './event.fixture.ts';
import { selectionBy } from './moves.ts';

const NO_KEYS = { ctrlKey: false, metaKey: false, altKey: false, shiftKey: false };
const events = traceOf({ seq: 10 }, { seq: 20 }, { seq: 30 });
const all = [0, 1, 2];

test.each<[string, number | undefined, number | 'none' | undefined]>([
  ['j', undefined, 10],
  ['ArrowDown', 10, 20],
  ['j', 20, 30],
  ['J', 20, 30],
  ['j', 30, 30],
  ['k', undefined, 30],
  ['ArrowUp', 30, 20],
  ['K', 20, 10],
  ['k', 10, 10],
  ['Home', 30, 10],
  ['End', undefined, 30],
  ['Escape', 20, 'none'],
  ['Escape', undefined, undefined],
  ['PageDown', 20, undefined],
  ['Enter', 20, undefined],
  ['x', 20, undefined],
  ['toString', 20, undefined],
])('moves: %s from event %s selects %s', (key, current, selected) => {
  expect(selectionBy({ ...NO_KEYS, key }, events, all, current)).toBe(selected);
});

test.each(['ctrlKey', 'metaKey', 'altKey'] as const)(
  'moves: with %s a key is for others',
  (held) => {
    expect(selectionBy({ ...NO_KEYS, key: 'j', [held]: true }, events, all, 10)).toBeUndefined();
  },
);

test('moves: with Shift an arrow is for the selection of text, and a letter is a letter', () => {
  const shifted = { ...NO_KEYS, shiftKey: true };
  expect(selectionBy({ ...shifted, key: 'ArrowDown' }, events, all, 10)).toBeUndefined();
  expect(selectionBy({ ...shifted, key: 'J' }, events, all, 10)).toBe(20);
});

test('moves: from an event that a filter hides, the first or last that is shown', () => {
  expect(selectionBy({ ...NO_KEYS, key: 'j' }, events, [1, 2], 10)).toBe(20);
  expect(selectionBy({ ...NO_KEYS, key: 'k' }, events, [0, 1], 30)).toBe(20);
});

test('moves: folded conversations are passed over, and where nothing is shown nothing is selected', () => {
  expect(selectionBy({ ...NO_KEYS, key: 'j' }, events, [0, -2, 2], 10)).toBe(30);
  expect(selectionBy({ ...NO_KEYS, key: 'j' }, events, [], undefined)).toBeUndefined();
});

test('moves: N goes to the next violation or injected fault, Shift+N to the one before, and no further', () => {
  const trace = traceOf(
    { violation: { requirement: 'a', message: 'm' } },
    {},
    { fault: 'reset' },
    {},
    { violation: { requirement: 'a', message: 'm' } },
  );
  const rows = [0, 1, 2, 3, 3.5, 4];
  const next = (current?: number) => selectionBy({ ...NO_KEYS, key: 'n' }, trace, rows, current);
  const before = (current?: number) =>
    selectionBy({ ...NO_KEYS, key: 'N', shiftKey: true }, trace, rows, current);
  expect([next(), next(1), next(2), next(3), next(5)]).toEqual([1, 3, 3, 5, undefined]);
  expect([before(), before(5), before(3), before(1)]).toEqual([5, 3, 1, undefined]);
});
