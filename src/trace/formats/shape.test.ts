// The schema as this folder reads it, held to what a validator of JSON Schema makes of it.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceEvent, traceEvents } from '../../../tests/fixtures/trace-events.ts';
import { faultsOf } from '../../../tests/fixtures/trace-schema.ts';
import { faultOf } from './shape.ts';

test('any trace event is one', () => {
  fc.assert(
    fc.property(traceEvents, (events) => {
      for (const event of events)
        expect([faultOf(event), faultsOf(event)]).toEqual([undefined, []]);
    }),
  );
});

/** Every path into a value: of properties and items. */
function pathsIn(value: unknown): string[][] {
  if (typeof value !== 'object' || value === null) return [[]];
  return [[], ...Object.entries(value).flatMap(([k, v]) => pathsIn(v).map((path) => [k, ...path]))];
}

type Change = { readonly kind: 'replace' | 'remove' | 'add'; readonly value: unknown };

function changed(whole: unknown, path: readonly string[], { kind, value }: Change): unknown {
  if (path.length === 0) return kind === 'remove' ? null : value;
  const copy = structuredClone(whole) as Record<string, unknown>;
  let at = copy;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string, unknown>;
  const key = path.at(-1) as string;
  if (kind === 'replace') at[key] = value;
  else if (kind === 'remove') Reflect.deleteProperty(at, key);
  else if (Array.isArray(at)) at.push(value);
  else at[`${key}-more`] = value;
  return copy;
}

test('what is broken in one place is broken here as it is for Ajv', () => {
  const most = traceEvent({
    state: 'committed',
    payload: { preview: 'x', size: 1, status: 200, fields: [['a', 'b']] },
    requirement: 'http.start-once',
    violation: { requirement: 'http.start-once', message: 'again' },
    src: { file: 'app.ts', line: 1, column: 1 },
  });
  const change = fc.record({
    kind: fc.constantFrom('replace', 'remove', 'add'),
    value: fc.oneof(fc.jsonValue(), fc.constantFrom('', 0, -1, 0.5, 1e30, 'a.b', [], {}, null)),
  }) as fc.Arbitrary<Change>;
  let broken = 0;
  fc.assert(
    fc.property(fc.constantFrom(...pathsIn(most)), change, (path, what) => {
      const value = changed(most, path, what);
      const fault = faultOf(value);
      if (fault !== undefined) broken++;
      expect(fault === undefined).toBe(faultsOf(value).length === 0);
    }),
    { numRuns: 2000 },
  );
  expect(broken).toBeGreaterThan(500);
});

test.each<[string, unknown, string]>([
  ['no object', [], 'it must be object'],
  ['a field that is missing', { ...traceEvent(), run: undefined }, '/run must be string'],
  ['an empty object', {}, "it must have required property 'v'"],
  ['an unknown lane', { ...traceEvent(), lane: 'x' }, '/lane must be one of client, gateway, app'],
  ['an unknown property', { ...traceEvent(), a: 1 }, 'it must not have the property "a"'],
  [
    'a property that every object has',
    JSON.parse(JSON.stringify(traceEvent()).replace('{', '{"__proto__":1,')),
    'it must not have the property "__proto__"',
  ],
  [
    'a deep fault',
    traceEvent({ payload: { preview: '', fields: [['a', 1 as never]] } }),
    '/payload/fields/0/1 must be string',
  ],
])('%s: where and what', (_, value, fault) => {
  expect(faultOf(value)).toBe(fault);
});
