// The comparison: whole rows, sources that are known, clauses that exist, and one list for both tables.
import { expect, test } from 'vitest';
import {
  comparison,
  groups,
  INTERFACE_KEYS,
  matrix,
  reportHref,
  STANDS,
  sourceOf,
  wordsOf,
} from './comparison.ts';
import { specification } from './specification.ts';

test('every feature has a cell of each interface, an id of its own and a place in one group', () => {
  expect(new Set(matrix.map(({ id }) => id)).size).toBe(matrix.length);
  expect(groups.flatMap(({ rows }) => rows)).toHaveLength(matrix.length);
  for (const { id, cells } of matrix) {
    expect(Object.keys(cells), id).toEqual([...INTERFACE_KEYS]);
    for (const cell of Object.values(cells)) expect(STANDS).toHaveProperty(cell.stand);
  }
});

test('every cell that was examined names what it rests on, and no other does', () => {
  for (const { id, cells } of matrix)
    for (const key of INTERFACE_KEYS) {
      const examined = cells[key].stand !== 'unknown' && cells[key].stand !== 'none';
      expect(sourceOf(key, cells[key]) !== undefined, `${id} ${key}`).toBe(examined);
    }
});

test('a cell that was not examined says so', () => {
  expect(wordsOf({ stand: 'unknown', reports: [] })).toBe('Not examined');
});

test('every report is of a project whose address is known', () => {
  const reports = matrix.flatMap(({ cells }) =>
    Object.values(cells).flatMap((cell) => cell.reports),
  );
  expect(reports.length).toBeGreaterThan(40);
  for (const report of reports)
    expect(reportHref(report)).toMatch(/^https:\/\/github\.com\/.+\/\d+$/);
  expect(() => reportHref('nobody #1')).toThrow('a project that is not known');
});

test('every clause exists, and a row without one says that there is none', () => {
  for (const { id, clauses, portway } of matrix) {
    for (const clause of clauses) expect(specification.requirements.has(clause), id).toBe(true);
    if (clauses.length === 0) expect(portway).toMatch(/^(No|Left out)/);
  }
});

test('the short table says of WSGI and ASGI what the long one says, in its own words at most', () => {
  expect(comparison.map(({ id }) => id)).toEqual(
    matrix.filter(({ short }) => short).map(({ id }) => id),
  );
  expect(comparison.length).toBe(12);
  for (const { id, wsgi, asgi } of comparison) {
    const row = matrix.find((one) => one.id === id);
    for (const [words, cell] of [
      [wsgi, row?.cells.wsgi] as const,
      [asgi, row?.cells.asgi] as const,
    ])
      if (cell?.stand === 'no') expect(words).toMatch(/^(No|Not .+)$/);
      else if (cell?.stand === 'yes') expect(words).toBe('Yes');
      else if (cell?.stand === 'extension') expect(words).toBe('Extension');
      else expect(words).toMatch(/^Partly/);
  }
});
