import { expect, test } from 'vitest';
import { render } from './fixture.ts';
import { typography } from './typography.ts';

const cases: [string, string][] = [
  ["the gateway's own", 'the gateway’s own'],
  ['It cannot say "as before".', 'It cannot say “as before”.'],
  ['"At the start"', '“At the start”'],
  ['(the "inner" one)', '(the “inner” one)'],
  [
    '`scope`\'s fields, and "`code`" quoted',
    '<code>scope</code>’s fields, and “<code>code</code>” quoted',
  ],
  ['`it\'s "code"`', '<code>it\'s "code"</code>'],
];

test.each(cases)('%s', async (source, expected) => {
  expect(await render(source, { plugins: [typography] })).toBe(`<p>${expected}</p>`);
});
