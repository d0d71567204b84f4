// The `portway` command: which subcommands there are.

import { type Commands, dispatch } from './dispatch.ts';

const COMMANDS: Commands = {
  serve: async () => (await import('./serve.ts')).serve,
  dev: async () => (await import('./dev.ts')).dev,
  replay: async () => (await import('./replay.ts')).replay,
  check: async () => (await import('./check.ts')).check,
  conformance: async () => (await import('./conformance.ts')).conformance,
  'trace convert': async () => (await import('./trace-convert.ts')).traceConvert,
  'trace diff': async () => (await import('./trace-diff.ts')).traceDiff,
  'proposal lint': async () => (await import('./proposal/lint.ts')).proposalLint,
  'proposal new': async () => (await import('./proposal/new.ts')).proposalNew,
  'proposal check': async () => (await import('./proposal/check.ts')).proposalCheck,
  'proposal status': async () => (await import('./proposal/status.ts')).proposalStatus,
  'proposal publish': async () => (await import('./proposal/publish.ts')).proposalPublish,
  'proposal diff': async () => (await import('./proposal/diff.ts')).proposalDiff,
  'proposal show': async () => (await import('./proposal/show.ts')).proposalShow,
  'spec generate': async () => (await import('./spec-generate.ts')).specGenerate,
  'spec export': async () => (await import('./spec-export.ts')).specExport,
};

/** Runs the command line. @returns the exit code: 0, 1 for a failure, 2 for wrong usage */
export function main(args: readonly string[]): Promise<number> {
  return dispatch(args, COMMANDS);
}
