import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { isTestFile, testsIn } from './tests.ts';

const AREA = 'src/conformance/areas/a.ts';
const ids = (text: string, file = 'a.test.ts') => [...testsIn([[file, text]]).keys()];

test('a test counts for the requirement that its name begins with, once for each file', () => {
  const files: [string, string][] = [
    ['a.test.ts', "test('http.start-once: a', f);\ntest(`http.start-once: b`, f);"],
    ['b.test.ts', 'describe("http.start-once: c", () => test("door.opens-1: d"))'],
  ];
  expect(Object.fromEntries(testsIn(files))).toEqual({
    'http.start-once': ['a.test.ts', 'b.test.ts'],
    'door.opens-1': ['b.test.ts'],
  });
});

test.each([
  ['a test that is singled out or runs beside others', "test.concurrent('door.opens: x', f)"],
  ['a name on the next line', "test(\n  'door.opens: x',\n  f)"],
  ['a name for every row of a table', "test.each([[1], [2]])(\n  'door.opens: %i',\n  f)"],
  ['a name in a row of a table', "test.each([\n  ['door.opens: x', 1],\n])('%s', f)"],
])('%s counts', (_, text) => expect(ids(text)).toEqual(['door.opens']));

test.each([
  ['a comment', '// door.opens: as it says'],
  ['an expected id', "expect(x).toBe('door.opens');"],
  ['an expected message', "expect(message).toBe(\n  'door.opens: it is shut');"],
  ['a case outside of the suite', "conforms('door.opens', 'x', {})"],
  ['a member', "const a = { message: 'door.opens: it is shut' };"],
])('%s does not', (_, text) => expect(ids(text)).toEqual([]));

test.each([
  ['a case', "conforms('door.opens', 'x', {})", ['door.opens']],
  ['a case in lines of its own', "conforms(\n  'door.opens',\n  `x`,\n  {})", ['door.opens']],
  ['a case whose title is computed', "conforms('door.opens', title, {})", ['door.opens']],
  ['a case whose id is made up', 'conforms(`door.${id}`, "x", {})', []],
  [
    'a row of what it sends',
    "conforms('door.opens', 'x', f([\n  ['door.shuts: x'],\n]))",
    ['door.opens'],
  ],
  ['a test of its own', "test('door.opens: x', f)", []],
])('in a file of the conformance suite, %s', (_, text, found) => {
  expect(ids(text, AREA)).toEqual(found);
});

test('files of tests are those of Vitest, of Playwright, of suites that several run, and of conformance', () => {
  const files = [
    'src/gateway/a.test.ts',
    'tests/c.spec.ts',
    'src/client/d.suite.ts',
    'src/conformance/areas/http-response.ts',
  ];
  expect(files.every(isTestFile)).toBe(true);
});

test('tests of what only speaks of requirements are none', () => {
  const files = ['src/spec/tests.test.ts', 'src/explorer/clause.test.ts', 'src/site/a.test.ts'];
  expect(
    [...files, 'src/gateway/a.ts', 'src/conformance/case.ts', 'latest.ts'].some(isTestFile),
  ).toBe(false);
});

test('a test in Python counts for the requirement whose words its name begins with', () => {
  const text =
    'class A:\n    async def test_worker_drop_closed__no_more_data(self) -> None:\n    def test_plain(self):\n';
  expect(ids(text, 'src/python/tests/test_a.py')).toEqual([
    'worker.drop.closed',
    'worker.drop-closed',
  ]);
  expect(isTestFile('src/python/tests/frameworks/test_django.py')).toBe(true);
  expect(isTestFile('src/python/tests/memory.py')).toBe(false);
});

test('no two requirements differ by dots and hyphens alone', () => {
  const register = Object.keys(
    JSON.parse(readFileSync(new URL('../../proposals/requirements.json', import.meta.url), 'utf8')),
  );
  const flat = register.map((id) => id.replaceAll(/[.-]/g, '_'));
  expect(new Set(flat).size).toBe(flat.length);
});
