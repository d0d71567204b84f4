import { describe, expect, test } from 'vitest';
import { incompleteness, type Shown } from './completeness.ts';

const shown = (change: Partial<Shown>): Shown => ({
  requirements: { 'door.opens': { role: 'gateway' } },
  tested: new Set(),
  untested: new Set(),
  ...change,
});

describe('a requirement is in order', () => {
  test.each<[string, Partial<Shown>]>([
    ['with a test', { tested: new Set(['door.opens']) }],
    ['with an excuse', { untested: new Set(['door.opens']) }],
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
  ])('%s', (_, change, message) => {
    const wrong = incompleteness(shown(change));
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toMatch(message);
  });
});
