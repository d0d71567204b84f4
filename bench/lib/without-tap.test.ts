// The copy without the tap: nothing in it may ask for one, or the comparison would be with itself.

import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { withoutTap } from './without-tap.ts';

test.each(['exchange.ts', 'gateway.ts'])('%s: every question after the tap is found', (name) => {
  const source = readFileSync(new URL(`../../src/gateway/${name}`, import.meta.url), 'utf8');
  const { text, left } = withoutTap(source);
  expect(left).toEqual([]);
  expect(text).not.toBe(source);
  expect(text.match(/\.tap\?\.\(/g)).toBeNull();
});

test('a question in a form that is not known is reported', () => {
  expect(withoutTap('  const tap = this.#around.tap;\n').left).toHaveLength(1);
});
