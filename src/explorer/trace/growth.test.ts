// Reading on where a list has grown, and anew where it is another.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Growth } from './growth.ts';

const items = (count: number) => Array.from({ length: count }, (_, id) => ({ id }));

test('growth: a list that grows is read once, whether it is the same array or a longer copy', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5)), fc.boolean(), (steps, copied) => {
      const growth = new Growth<object>();
      let list: object[] = [];
      const read: object[] = [];
      for (const step of steps) {
        if (copied) list = [...list, ...items(step)];
        else list.push(...items(step));
        read.push(...list.slice(growth.from(list)));
      }
      expect(read).toEqual(list);
    }),
  );
});

test.each<[string, (list: object[]) => object[]]>([
  ['has lost its beginning', (list) => list.slice(1)],
  ['is shorter', (list) => list.slice(0, -1)],
  ['has another end', (list) => [...list.slice(0, -1), {}]],
  ['has another beginning', (list) => [{}, ...list.slice(1)]],
  ['has become empty', () => []],
])('growth: a list that %s is read from its beginning', (_, change) => {
  const growth = new Growth<object>();
  const list = items(4);
  growth.from(list);
  expect(growth.from(change(list))).toBe(0);
});

test('growth: nothing is read twice where nothing came', () => {
  const growth = new Growth<object>();
  const list = items(4);
  growth.from(list);
  expect(growth.from(list)).toBe(4);
});
