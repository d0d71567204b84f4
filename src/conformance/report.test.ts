import { expect, test } from 'vitest';
import { reportOf, standing } from './report.ts';
import type { Result } from './run.ts';

const result = (change: Partial<Result>): Result => ({
  requirement: 'door.opens',
  title: 'it opens',
  area: 'door',
  driver: 'memory',
  outcome: 'pass',
  ms: 1,
  ...change,
});

const context = {
  gateway: 'portway 0.1',
  date: '2026-01-01T00:00:00.000Z',
  command: 'portway conformance',
  versions: {},
  requirements: ['door.opens', 'door.shuts', 'door.rests'],
  tests: new Map([['door.shuts', ['src/door.test.ts']]]),
  untested: new Map([['door.rests', 'Nobody sees it.']]),
};

test('results are counted by requirement and driver, and told where they did not pass', () => {
  const failed = result({ driver: 'h1', outcome: 'fail', message: 'it was shut' });
  const left = result({ driver: 'h2', outcome: 'skip', message: 'it has no door' });
  const report = reportOf(
    [result({}), result({}), result({ driver: 'h1' }), failed, left],
    context,
  );
  expect(report.totals).toEqual({
    memory: { pass: 2, fail: 0, skip: 0 },
    h1: { pass: 1, fail: 1, skip: 0 },
    h2: { pass: 0, fail: 0, skip: 1 },
  });
  expect(report.requirements).toEqual([
    { requirement: 'door.opens', drivers: report.totals, tests: [] },
    { requirement: 'door.shuts', drivers: {}, tests: ['src/door.test.ts'] },
    { requirement: 'door.rests', drivers: {}, tests: [], exemption: 'Nobody sees it.' },
  ]);
  expect(report.failures).toEqual([
    { requirement: 'door.opens', title: 'it opens', driver: 'h1', message: 'it was shut' },
  ]);
  expect(report.exemptions).toEqual([
    { requirement: 'door.opens', title: 'it opens', driver: 'h2', message: 'it has no door' },
  ]);
});

test.each([
  [undefined, 'none'],
  [{ pass: 2, fail: 1, skip: 0 }, 'fail'],
  [{ pass: 2, fail: 0, skip: 1 }, 'pass'],
  [{ pass: 0, fail: 0, skip: 1 }, 'skip'],
] as const)('the cases %j stand as %s', (tally, word) => expect(standing(tally)).toBe(word));
