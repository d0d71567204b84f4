// Verdicts, the table of lines, and the shares of a profile.

import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { root } from '../../scripts/lib/project.mjs';
import { topOf } from './profile.ts';
import { figure, type Line, type Target, tableOf, verdictOf } from './table.ts';

const line = (median: number, target: Target): Line => ({
  row: 'hello',
  against: 'raw',
  ours: '90 req/s',
  theirs: '100 req/s',
  ratio: { median, least: 0.8, most: 1 },
  target,
});

test.each<[number, Target, string]>([
  [0.95, { atLeast: 0.95 }, 'met'],
  [0.949, { atLeast: 0.95 }, 'missed'],
  [1.15, { atMost: 1.15 }, 'met'],
  [1.16, { atMost: 1.15 }, 'missed'],
  [Number.NaN, { atLeast: 0.95 }, 'missed'],
  [Number.NaN, { atMost: 1.15 }, 'missed'],
])('a ratio of %d against %j is %s', (median, target, verdict) => {
  expect(verdictOf(line(median, target))).toBe(verdict);
});

test('CPU time decides where the rates were disturbed, and only there', () => {
  const costly = { ...line(1, { atLeast: 0.95 }), byCpu: 0.6 };
  expect(verdictOf(costly)).toBe('met');
  expect(verdictOf({ ...costly, disturbed: true })).toBe('missed by CPU');
  expect(verdictOf({ ...costly, disturbed: true, byCpu: 0.96 })).toBe('met by CPU');
  expect(verdictOf({ ...line(0.5, { atLeast: 0.95 }), disturbed: true })).toBe('missed');
});

test('a figure with a target of its own is judged by it', () => {
  const alone: Line = { row: 'core', ours: '1', value: 1, target: { atLeast: 2 } };
  expect(verdictOf(alone)).toBe('missed');
  expect(verdictOf({ ...alone, value: 2 })).toBe('met');
});

test('the table shows what was measured, and below it why the rest was not', () => {
  const table = tableOf([
    line(0.9, { atLeast: 0.95 }),
    { row: 'hello', against: 'uvicorn', skipped: 'uvicorn is not installed' },
    { row: 'echo', failed: 'wrk counted errors: 1 read' },
  ]);
  const [head, first, ...rest] = table.split('\n');
  expect(head).toMatch(/portway +against +its figure +ratio +by CPU +target/);
  expect(first).toMatch(
    /^hello +90 req\/s +raw +100 req\/s +0\.90 \(0\.80–1\.00\) +≥ 0\.95 +missed$/,
  );
  expect(rest).toEqual([
    'skipped: hello, against uvicorn: uvicorn is not installed',
    'FAILED: echo: wrk counted errors: 1 read',
  ]);
});

test('a table of nothing but reasons has no head', () => {
  expect(tableOf([{ row: 'echo', skipped: 'why' }])).toBe('skipped: echo: why');
});

test('figures have one decimal below 100, and none above', () => {
  expect(figure([12.34, 56.78, 3.21], 'kB')).toBe('12.3 kB');
  expect(figure([12_345.6], 'req/s')).toBe('12,346 req/s');
});

test('a profile is summed by function, without the time of waiting, the most first', () => {
  const url = pathToFileURL(`${root}/src/a.ts`).href;
  const frame = (functionName: string, url: string, lineNumber: number) => ({
    callFrame: { functionName, url, lineNumber },
  });
  const shares = topOf({
    nodes: [
      { id: 1, ...frame('(idle)', '', -1) },
      { id: 2, ...frame('step', url, 6) },
      { id: 3, ...frame('', 'node:net', 0) },
      { id: 4, ...frame('step', url, 6) },
      { id: 5, ...frame('writev', '', -1) },
    ],
    samples: [1, 2, 3, 4, 5, 1],
    timeDeltas: [90_000, 3000, 2000, 4000, 1000, 90_000],
  });
  expect(shares).toEqual([
    { name: 'step', where: 'src/a.ts:7', ms: 7, share: 0.7 },
    { name: '(anonymous)', where: 'node:net:1', ms: 2, share: 0.2 },
    { name: 'writev', where: '(native)', ms: 1, share: 0.1 },
  ]);
});
