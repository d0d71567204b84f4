// The `portway` command as a downloaded program carries it: what serves an application and looks at it, without the
// tools of the specification.

import { type Commands, dispatch } from './dispatch.ts';

const COMMANDS: Commands = {
  serve: async () => (await import('./serve.ts')).serve,
  dev: async () => (await import('./dev.ts')).dev,
  replay: async () => (await import('./replay.ts')).replay,
  check: async () => (await import('./check.ts')).check,
  'trace convert': async () => (await import('./trace-convert.ts')).traceConvert,
  'trace diff': async () => (await import('./trace-diff.ts')).traceDiff,
};

/** Runs the command line. @returns the exit code: 0, 1 for a failure, 2 for wrong usage */
export function main(args: readonly string[]): Promise<number> {
  return dispatch(args, COMMANDS);
}
