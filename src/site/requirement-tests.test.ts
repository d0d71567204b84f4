// Tests of a requirement as its page shows them: titles from the texts of files, results from the last report.
import { expect, test } from 'vitest';
import { titlesIn } from '../spec/tests.ts';
import {
  readableTitles,
  resultInWords,
  resultsOf,
  testedBy,
  testsNaming,
} from './requirement-tests.ts';
import { specification } from './specification.ts';

const AREA = 'src/conformance/areas/a.ts';
const UNIT = 'src/gateway/a.test.ts';

test.each([
  [UNIT, "test('door.opens: wide', f)", ['wide']],
  [UNIT, "test.each([1])('door.opens: %i times', f)", ['… times']],
  [UNIT, "test.each([\n  ['door.opens: from a row', 1],\n])('%s', f)", ['from a row']],
  [
    UNIT,
    'test(`door.opens: for ${name}`, f); test("door.opens: it\'s open", f)',
    ['for …', "it's open"],
  ],
  [UNIT, "test('door.opens: a', f); test('door.opens: a', f)", ['a']],
  [AREA, "conforms('door.opens', 'wide', {})", ['wide']],
  [AREA, 'conforms(\n  "door.opens",\n  `\\`${type}\\` is open`,\n  {})', ['`…` is open']],
  [AREA, "conforms('door.opens', title, sides)", []],
  [AREA, "equal(log, ['door.opens: x'])", undefined],
  [UNIT, "expect(x).toBe('door.opens: x')", undefined],
])('titles in %s: %s', (file, text, titles) => {
  const found = titlesIn(file, text).get('door.opens');
  expect(found && readableTitles(found)).toEqual(titles);
});

test('a requirement with cases or other tests has files', () => {
  for (const id of specification.requirements.keys()) {
    const files = testsNaming(id);
    const { by } = testedBy(id);
    if (by === 'cases' || by === 'tests') expect(files.length, id).toBeGreaterThan(0);
  }
});

test('results are said in numbers', () => {
  expect(resultInWords(undefined)).toBe('no case');
  expect(resultInWords({ pass: 0, fail: 0, skip: 0 })).toBe('no case');
  expect(resultInWords({ pass: 1, fail: 0, skip: 0 })).toBe('1 passes');
  expect(resultInWords({ pass: 2, fail: 0, skip: 3 })).toBe('2 pass, 3 left out');
  expect(resultInWords({ pass: 2, fail: 1, skip: 0 })).toBe('1 of 3 fails');
  expect(resultInWords({ pass: 0, fail: 2, skip: 1 })).toBe('2 of 2 fail, 1 left out');
});

test('a result names the cases that failed or are left out', () => {
  const report = {
    gateway: 'x',
    date: '2026-11-23T00:00:00Z',
    command: 'x',
    versions: {},
    totals: {},
    requirements: [
      { requirement: 'door.opens', drivers: { h1: { pass: 1, fail: 1, skip: 0 } }, tests: [] },
      { requirement: 'door.shuts', drivers: {}, tests: [], exemption: 'No door can tell.' },
    ],
    failures: [{ requirement: 'door.opens', title: 'wide', driver: 'h1', message: 'it is shut' }],
    exemptions: [],
  } as const;
  const [h1] = resultsOf('door.opens', report).filter(({ driver }) => driver === 'h1');
  expect(h1).toMatchObject({ standing: 'fail', remarks: ['wide: it is shut'] });
  expect(testedBy('door.opens', report)).toEqual({ by: 'cases' });
  expect(testedBy('door.shuts', report)).toEqual({ by: 'exempt', reason: 'No door can tell.' });
  expect(testedBy('door.none', report)).toEqual({ by: 'not' });
});
