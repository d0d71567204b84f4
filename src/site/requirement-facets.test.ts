// The filter of requirements: what an address asks for, which rows fit, and what is counted.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  countsOf,
  EVERYTHING,
  FACET_NAMES,
  FACETS,
  type Facet,
  fits,
  isEverything,
  queryOf,
  type Wanted,
  wantedIn,
} from './requirement-facets.ts';
import { choicesOf, rows } from './requirement-table.ts';

const known = Object.fromEntries(
  FACET_NAMES.map((name) => [name, choicesOf(name).map(({ value }) => value)]),
) as Record<Facet, string[]>;

const wishes: fc.Arbitrary<Wanted> = fc
  .record({
    facets: fc.record(
      Object.fromEntries(FACET_NAMES.map((name) => [name, fc.constantFrom(...known[name])])),
      { requiredKeys: [] },
    ),
    text: fc.constantFrom('', 'http', 'start once', 'MUST not', 'gateway “x” & y', '  '),
  })
  .map(({ facets, text }) => ({ facets: facets as Wanted['facets'], text: text.trim() }));

test('an address asks again for what was chosen', () => {
  fc.assert(
    fc.property(wishes, (wanted) => {
      expect(wantedIn(queryOf(wanted), known)).toEqual(wanted);
    }),
  );
});

test('what the filter does not know of an address is neither obeyed nor lost', () => {
  expect(wantedIn('?role=client&level=must&proposal=9999&x=1', known)).toEqual(EVERYTHING);
  expect(queryOf({ facets: { role: 'gateway' }, text: '' }, '?safe&role=client')).toBe(
    '?safe=&role=gateway',
  );
  expect(queryOf(EVERYTHING, '?role=gateway&q=a')).toBe('');
});

test('a row fits what it has, and everything fits nothing asked', () => {
  fc.assert(
    fc.property(wishes, (wanted) => {
      const left = rows.filter((row) => fits(row, wanted));
      for (const row of left)
        for (const [name, value] of Object.entries(wanted.facets))
          expect(row.facets[name as Facet]).toBe(value);
      if (isEverything(wanted)) expect(left.length).toBe(rows.length);
    }),
  );
});

test('the counts of a facet are what choosing each of its values would leave', () => {
  fc.assert(
    fc.property(wishes, fc.constantFrom(...FACET_NAMES), (wanted, name) => {
      const counts = countsOf(rows, wanted, name);
      for (const value of known[name]) {
        const chosen = { ...wanted, facets: { ...wanted.facets, [name]: value } };
        expect(counts.get(value) ?? 0).toBe(rows.filter((row) => fits(row, chosen)).length);
      }
    }),
    { numRuns: 30 },
  );
});

test('words may stand anywhere, in any order and case', () => {
  const row = { facets: {} as never, text: 'http.start-once the gateway must reject' };
  const asked = (text: string) => fits(row, { facets: {}, text });
  expect(asked('MUST start')).toBe(true);
  expect(asked(' reject  http ')).toBe(true);
  expect(asked('start twice')).toBe(false);
});

test('every requirement has a value of each facet that the menu offers', () => {
  for (const { requirement, facets } of rows)
    for (const name of FACET_NAMES)
      expect(known[name], `${requirement.id} ${name}`).toContain(facets[name]);
  for (const name of FACET_NAMES) {
    const total = choicesOf(name).reduce((sum, { number }) => sum + number, 0);
    expect(total).toBe(rows.length);
    if (FACETS[name].length > 0) expect(known[name]).toEqual(FACETS[name]);
  }
});
