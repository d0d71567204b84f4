import { expect, test } from 'vitest';
import {
  line,
  sum,
  tallyOfCommand,
  tallyOfPlaywright,
  tallyOfSite,
  tallyOfUnittest,
  tallyOfVitest,
} from './tally.mjs';

const vitest = (passed, failed, pending = 0, todo = 0) =>
  JSON.stringify({
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: pending,
    numTodoTests: todo,
  });
const playwright = (expected, unexpected, flaky = 0, skipped = 0) =>
  JSON.stringify({ stats: { expected, unexpected, flaky, skipped } });

test('every test counts as one', () => {
  expect(tallyOfVitest(1, vitest(7, 2, 1, 3))).toEqual({ passed: 7, failed: 2, skipped: 4 });
  expect(tallyOfPlaywright(1, playwright(5, 1, 0, 2))).toEqual({
    passed: 5,
    failed: 1,
    skipped: 2,
  });
});

test('a test that passes only when tried again has failed', () => {
  expect(tallyOfPlaywright(0, playwright(5, 0, 1))).toEqual({ passed: 5, failed: 1, skipped: 0 });
});

test('a runner that ran no test has failed, whatever its exit code', () => {
  expect(tallyOfVitest(0, vitest(0, 0, 4))).toEqual({ passed: 0, failed: 1, skipped: 4 });
  expect(tallyOfPlaywright(0, playwright(0, 0))).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a failure outside every test counts as one: a file that does not load, a crash', () => {
  expect(tallyOfVitest(1, vitest(7, 0))).toEqual({ passed: 7, failed: 1, skipped: 0 });
  expect(tallyOfVitest(137, undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(tallyOfPlaywright(1, undefined)).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('a check of the site passes or fails as a whole, however much it found', () => {
  const check = (...findings) => ({ findings });
  expect(tallyOfSite(1, { checks: [check(), check({}, {}), check({})] })).toEqual({
    passed: 1,
    failed: 2,
    skipped: 0,
  });
  expect(tallyOfSite(1, { checks: [check()] })).toEqual({ passed: 1, failed: 1, skipped: 0 });
  expect(tallyOfSite(0, { checks: [] })).toEqual({ passed: 0, failed: 1, skipped: 0 });
});

test('the closing line names skipped tests only when there are some', () => {
  expect(line(sum([tallyOfCommand(0), tallyOfCommand(1)]))).toBe('1 passed, 1 failed');
  expect(line({ passed: 3, failed: 0, skipped: 2 })).toBe('3 passed, 0 failed, 2 skipped');
});

test('the last lines of unittest are counted', () => {
  // What a test prints can look like the end.
  const ran = (count, verdict) =>
    `Ran 1 test in 0.1s\n\nFAILED (failures=9)\n\nRan ${count} tests in 1.2s\n\n${verdict}\n`;
  expect(tallyOfUnittest(0, ran(7, 'OK'))).toEqual({ passed: 7, failed: 0, skipped: 0 });
  expect(tallyOfUnittest(0, ran(7, 'OK (skipped=2, expected failures=1)'))).toEqual({
    passed: 5,
    failed: 0,
    skipped: 2,
  });
  expect(tallyOfUnittest(1, ran(9, 'FAILED (failures=1, errors=2, skipped=3)'))).toEqual({
    passed: 3,
    failed: 3,
    skipped: 3,
  });
  expect(tallyOfUnittest(1, ran(9, 'FAILED (unexpected successes=1)'))).toEqual({
    passed: 8,
    failed: 1,
    skipped: 0,
  });
  // Several parts of one test, each of which counts.
  expect(tallyOfUnittest(1, ran(1, 'FAILED (failures=4)'))).toMatchObject({ passed: 0, failed: 4 });
});

test('unittest that ran no test, or did not come to its end, has failed', () => {
  const none = 'Ran 0 tests in 0.0s\n\nNO TESTS RAN\n';
  expect(tallyOfUnittest(0, none)).toEqual({ passed: 0, failed: 1, skipped: 0 });
  expect(tallyOfUnittest(139, 'Segmentation fault')).toEqual({ passed: 0, failed: 1, skipped: 0 });
});
