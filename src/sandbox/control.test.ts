// What a condition meets, and how a standing is told.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../tests/fuzz/runs.ts';
import { meets, standingWords } from './control.ts';

const event = { conn: 2, dir: 'out', type: 'http.response.body' } as const;

describe('a condition', () => {
  test.each([
    [{ type: '*' }, true],
    [{ type: 'http.response.body' }, true],
    [{ type: 'http.*' }, true],
    [{ type: '*.body' }, true],
    [{ type: 'http.*.body' }, true],
    [{ type: 'h*t*e*y' }, true],
    [{ type: '**' }, true],
    [{ type: 'http.response' }, false],
    [{ type: 'http.response.body.*' }, false],
    [{ type: 'body' }, false],
    [{ type: 'http.response.body*body' }, false],
    [{ type: '' }, false],
    [{ type: '*', conn: 2 }, true],
    [{ type: '*', conn: 1 }, false],
    [{ type: '*', dir: 'out' }, true],
    [{ type: '*', dir: 'in' }, false],
    [{ type: 'http.*', dir: 'out', conn: 2 }, true],
  ] as const)('%j: %s', (condition, met) => {
    expect(meets(condition, event)).toBe(met);
  });

  test('takes a pattern as a regular expression with `.*` for each `*` does', () => {
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '*'), maxLength: 8 });
    fc.assert(
      fc.property(text, text, (type, actual) => {
        const parts = type.split('*').map((part) => part.replaceAll('.', '\\.'));
        const expected = new RegExp(`^${parts.join('.*')}$`).test(actual);
        expect(meets({ type }, { ...event, type: actual })).toBe(expected);
      }),
      runs(300),
    );
  });
});

test.each([
  [event, 'Paused before `http.response.body` of conversation 2.'],
  [
    { conn: 1, dir: 'in', type: 'http.request.body' },
    'Paused before `http.request.body` reaches the application of conversation 1.',
  ],
  [
    { conn: 1, dir: 'internal', type: 'application.returns' },
    'Paused before the application returns in conversation 1.',
  ],
  [
    { conn: 1, dir: 'internal', type: 'application.raises' },
    'Paused before the application raises in conversation 1.',
  ],
] as const)('a standing is told: %j', (before, words) => {
  expect(standingWords(before)).toBe(words);
});
