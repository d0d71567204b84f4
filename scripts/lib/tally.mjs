// Counts what passed, failed and was skipped, from the JSON reports of Vitest, Playwright and check-site,
// and from the last lines of unittest.
// Pure; a test runner that ran nothing, or failed outside every test, counts as one failure.

/** @typedef {{ passed: number, failed: number, skipped: number }} Tally */

/** @returns {Tally} */
export function tallyOfCommand(code) {
  return code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 };
}

/**
 * @param {number} code exit code of Vitest
 * @param {string | undefined} report its JSON report, when it wrote one
 * @returns {Tally}
 */
export function tallyOfVitest(code, report) {
  const counts = report === undefined ? {} : JSON.parse(report);
  return honest(code, {
    passed: counts.numPassedTests ?? 0,
    failed: counts.numFailedTests ?? 0,
    skipped: (counts.numPendingTests ?? 0) + (counts.numTodoTests ?? 0),
  });
}

/**
 * @param {number} code exit code of Playwright
 * @param {string | undefined} report its JSON report, when it wrote one
 * @returns {Tally}
 */
export function tallyOfPlaywright(code, report) {
  const counts = report === undefined ? {} : JSON.parse(report).stats;
  return honest(code, {
    passed: counts.expected ?? 0,
    failed: (counts.unexpected ?? 0) + (counts.flaky ?? 0),
    skipped: counts.skipped ?? 0,
  });
}

/**
 * @param {number} code exit code of Python's unittest
 * @param {string} output what it printed: its last lines count
 * @returns {Tally}
 */
export function tallyOfUnittest(code, output) {
  const end = output.slice(output.lastIndexOf('\nRan ') + 1);
  const [, ran = '0'] = /^Ran (\d+) tests? in .*\s+^(?:OK|FAILED)\b/m.exec(end) ?? [];
  const [, counts = ''] = /^(?:OK|FAILED) \((.+)\)\s*$/m.exec(end) ?? [];
  const count = (name) => Number(new RegExp(`(?:^|, )${name}=(\\d+)`).exec(counts)?.[1] ?? 0);
  const skipped = count('skipped');
  // Each part of a test that fails counts there.
  const failed = count('failures') + count('errors') + count('unexpected successes');
  const passed = Math.max(0, Number(ran) - skipped - failed);
  return honest(code, { passed, failed, skipped });
}

/**
 * @param {number} code exit code of check-site.mjs
 * @param {{ checks: { findings: object[] }[] }} report what it printed as JSON
 * @returns {Tally} of its checks
 */
export function tallyOfSite(code, { checks }) {
  const failed = checks.filter(({ findings }) => findings.length > 0).length;
  return honest(code, { passed: checks.length - failed, failed, skipped: 0 });
}

function honest(code, tally) {
  const ranNone = tally.passed + tally.failed === 0;
  return tally.failed === 0 && (code !== 0 || ranNone) ? { ...tally, failed: 1 } : tally;
}

/** @param {Tally[]} tallies @returns {Tally} */
export function sum(tallies) {
  return tallies.reduce(
    (total, { passed, failed, skipped }) => ({
      passed: total.passed + passed,
      failed: total.failed + failed,
      skipped: total.skipped + skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/** The closing line that CI reads, such as `12 passed, 0 failed, 1 skipped`. */
export function line({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
