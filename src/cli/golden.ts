// The trace of an example as a file that is kept: normalised, one step a line, so that a change of it can be read.

import { normalise, type TraceEvent } from '../trace/index.ts';

/** The file beside an example's application. Written by `npm run golden`. */
export const GOLDEN = 'trace.json';

/** The normalised trace as a JSON array with one step a line. */
export function formatGolden(events: readonly TraceEvent[]): string {
  const steps = normalise(events).map((step) => JSON.stringify(step));
  return `[\n${steps.join(',\n')}\n]\n`;
}
