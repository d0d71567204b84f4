import { expect, test } from 'vitest';
import { isTestFile, testsIn } from './tests.ts';

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

test('an id that is only spoken of is no test', () => {
  const text =
    "// http.start-once: as it says\nexpect(x).toBe('http.start-once');\nconst a = { b: 1 };";
  expect(testsIn([['a.test.ts', text]]).size).toBe(0);
});

test('files of tests are those of Vitest, of Playwright, and of suites that several run', () => {
  expect(['a.test.ts', 'b/c.spec.ts', 'd.suite.ts'].every(isTestFile)).toBe(true);
  expect(['a.ts', 'a.test.ts.bak', 'latest.ts'].some(isTestFile)).toBe(false);
});
