// Problems of a scenario while it is written: the first one, with its place and without its line in words.

import { expect, test } from 'vitest';
import { scenarioProblems } from './scenario-problems.ts';

test('a scenario that can be sent has none', () => {
  expect(scenarioProblems('GET / HTTP/1.1\n')).toEqual([]);
});

test.each([
  ['# @pauze 5ms\nGET / HTTP/1.1\n', 1, 3, /^there is no directive `@pauze`/],
  ['GET / HTTP/1.1\nno field\n', 2, 1, /is not a header field/],
  ['GET /{{where}} HTTP/1.1\n', 1, 6, /has no value/],
  ['', 1, 1, /no request/],
])('%j', (text, line, column, message) => {
  expect(scenarioProblems(text)).toEqual([
    { line, column, message: expect.stringMatching(message) },
  ]);
});
