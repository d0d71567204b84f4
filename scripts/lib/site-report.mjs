// Says in words what the checks of a built site found: a line for each check, and each fault once. Reads no site itself.

/**
 * @typedef {{ file: string, what: string, todo: string, at?: string }} Finding at: where in the file
 * @typedef {{ counts: string, findings: Finding[], lines: string[], figures: object }} Result
 *   counts: what was looked at, in words; lines: to print in any case
 * @typedef {Result & { name: string, seconds: number }} Outcome
 */

/** Of the column of names. */
const WIDTH = 9;
/** Of one finding in many files. */
const FILES_SHOWN = 4;

/**
 * One line for each check.
 * @param {Outcome[]} outcomes
 */
export function table(outcomes) {
  return outcomes.map(
    ({ name, seconds, findings, counts }) =>
      `${name.padEnd(WIDTH)}${`${seconds.toFixed(1)} s`.padStart(7)}  ${findings.length === 0 ? 'passed' : `FAILED: ${findings.length}`}  ${counts}`,
  );
}

/**
 * What was found, the same fault in many files once.
 * @param {Outcome[]} outcomes
 */
export function faults(outcomes) {
  return outcomes.flatMap(({ name, findings }) => {
    const same = new Map();
    for (const finding of findings) {
      const key = `${finding.what}\n${finding.todo}`;
      same.set(key, [...(same.get(key) ?? []), finding]);
    }
    return [...same.values()].flatMap((group) => {
      const [{ what, todo }] = group;
      const places = group
        .slice(0, FILES_SHOWN)
        .map(({ file, at }) => (at ? `${file} ${at}` : file));
      const more = group.length - places.length;
      return [
        `${name}: ${what}`,
        ...places.map((place) => `    ${place}`),
        ...(more > 0 ? [`    and ${more} more`] : []),
        `  → ${todo}`,
      ];
    });
  });
}
