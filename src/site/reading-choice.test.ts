// What is said of a reader's choice, and which part of a text one place of it brings to light.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { choiceInWords, keep, kept, sectionAround } from './reading-choice.ts';

describe('in words', () => {
  test.each([
    ['', false, ''],
    ['', true, 'Requirements only: 54'],
    ['application', false, 'Reading as application: 1 of 54 requirements'],
    ['application', true, 'Requirements only, as application: 1 of 54'],
  ])('role %j, requirements only %j: %j', (role, only, words) => {
    expect(choiceInWords(role, only, role === '' ? 54 : 1, 54)).toBe(words);
  });
});

test('where storage is closed, nothing is kept and nothing fails', () => {
  expect(() => keep('key', 'value')).not.toThrow();
  expect(kept('key')).toBeUndefined();
});

describe('a place belongs', () => {
  //              h2 p  h3 p  p  h2 p
  const levels = [2, 0, 3, 0, 0, 2, 0];
  test.each([
    ['a heading to what is below it, with the sections in it', 0, [0, 5]],
    ['a heading in it to its own section', 2, [2, 5]],
    ['the last heading to the rest', 5, [5, 7]],
    ['a paragraph to its section, with the heading', 1, [0, 2]],
    ['a paragraph of a section within', 4, [2, 5]],
    ['the last block', 6, [5, 7]],
  ] as const)('%s', (_what, place, range) => {
    expect(sectionAround(levels, place)).toEqual(range);
  });

  test('to a range that has it, and that ends where a section begins or the text ends', () => {
    const text = fc.array(fc.constantFrom(0, 0, 0, 2, 3, 4), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(text, fc.nat(29), (blocks, at) => {
        const place = at % blocks.length;
        const [from, to] = sectionAround(blocks, place);
        expect(from).toBeLessThanOrEqual(place);
        expect(to).toBeGreaterThan(place);
        expect(to === blocks.length || (blocks[to] ?? 0) > 0).toBe(true);
        expect(from === 0 || (blocks[from] ?? 0) > 0).toBe(true);
      }),
    );
  });
});
