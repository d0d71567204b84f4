// What the site knows of the terms of its own proposals.

import { expect, test } from 'vitest';
import { isLinked, UNLINKED } from '../render/linked-terms.ts';
import { passagesWith, terms } from './terms.ts';

const keys = terms.map(({ key }) => key);

test('the terms that proposals 2, 5 and 7 define under “Terms” are known', () => {
  const words = [
    'conversation',
    'middleware',
    'peer',
    'lost',
    'first-process',
    'ready',
    'feature',
    'core',
    'in-force',
  ];
  expect(keys).toEqual(expect.arrayContaining(words));
});

test('every term that is not linked is one, with a reason', () => {
  expect(keys).toEqual(expect.arrayContaining([...UNLINKED.keys()]));
  for (const why of UNLINKED.values()) expect(why).toMatch(/^[A-Z].*\.$/);
});

test('linked terms are used, others are not counted', () => {
  for (const term of terms)
    expect([term.key, passagesWith(term.key).length > 0]).toEqual([term.key, isLinked(term)]);
});

test('a term is used only where it holds', () => {
  expect(new Set(passagesWith('worker').map(({ slug }) => slug))).toEqual(new Set(['0012']));
  expect(passagesWith('conversation').every(({ slug }) => slug >= '0002')).toBe(true);
});
