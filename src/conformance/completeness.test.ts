import { describe, expect, test } from 'vitest';
import { incompleteness, missingIn, type Shown } from './completeness.ts';

const shown = (change: Partial<Shown>): Shown => ({
  requirements: { 'door.opens': { role: 'gateway' } },
  tested: new Set(),
  untested: new Set(),
  missing: [],
  ...change,
});

describe('a requirement is in order', () => {
  test.each<[string, Partial<Shown>]>([
    ['with a test', { tested: new Set(['door.opens']) }],
    ['with an excuse', { untested: new Set(['door.opens']) }],
    ['on the list', { missing: ['door.opens'] }],
    ['of a role that nobody tests', { requirements: { 'door.opens': { role: 'editor' } } }],
  ])('%s', (_, change) => expect(incompleteness(shown(change))).toEqual([]));
});

describe('a requirement is told', () => {
  test.each<[string, Partial<Shown>, RegExp]>([
    ['without anything', {}, /^door\.opens: nothing shows it/],
    [
      'with a test and an excuse',
      { tested: new Set(['door.opens']), untested: new Set(['door.opens']) },
      /^door\.opens: has a test, so its `untested` block is to go/,
    ],
    [
      'on the list with a test',
      { tested: new Set(['door.opens']), missing: ['door.opens'] },
      /^door\.opens: has a test, so it is no longer missing/,
    ],
    [
      'on the list with an excuse',
      { untested: new Set(['door.opens']), missing: ['door.opens'] },
      /^door\.opens: is excused/,
    ],
    ['on the list twice', { missing: ['door.opens', 'door.opens'] }, /listed twice/],
    [
      'on the list and nowhere else',
      { requirements: {}, missing: ['door.opens'] },
      /no proposal has it/,
    ],
  ])('%s', (_, change, message) => {
    const wrong = incompleteness(shown(change));
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(message);
  });
});

test('a list has one id a line, and says what it likes behind #', () => {
  expect(missingIn('# why\n\nb.c\n a.b \n')).toEqual(['b.c', 'a.b']);
});
