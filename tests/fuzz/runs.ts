// How often a property is tried: some hundred times as a unit test, and as often as it is asked for by `npm run fuzz`.

import { env } from 'node:process';

/**
 * Parameters for `fc.assert`. `few` is the number of runs as a unit test. `PORTWAY_FUZZ_RUNS` takes its place, and
 * `PORTWAY_FUZZ_SEED` repeats the runs of a seed that was printed.
 */
export function runs(few: number): { readonly numRuns: number; readonly seed?: number } {
  const numRuns = wholeNumber('PORTWAY_FUZZ_RUNS') ?? few;
  const seed = wholeNumber('PORTWAY_FUZZ_SEED');
  return { numRuns, ...(seed === undefined ? {} : { seed }) };
}

function wholeNumber(name: string): number | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  const value = Number(text);
  if (!Number.isSafeInteger(value))
    throw new Error(`${name} is ${JSON.stringify(text)}, not a whole number`);
  return value;
}
