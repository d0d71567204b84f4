// What is found by name is what walking through everything would find.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { grouped } from './grouped.ts';

test('each name has what speaks of it, once and in order', () => {
  const names = fc.array(fc.constantFrom<string>('a', 'b', 'c', '__proto__'), { maxLength: 5 });
  fc.assert(
    fc.property(fc.array(names, { maxLength: 12 }), (all) => {
      const found = grouped(all, (one) => one);
      for (const name of ['a', 'b', 'c', '__proto__', 'unknown'])
        expect(found.get(name) ?? []).toEqual(all.filter((one) => one.includes(name)));
    }),
  );
});
