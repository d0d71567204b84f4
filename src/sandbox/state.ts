// What a sandbox shows: its state as plain data, with nothing that runs programs, so that a page can draw it before
// any of that is loaded.

import type { ClientResult } from '../client/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import type { ClockReach, Standing } from './control.ts';
import type { Diagnosis } from './program.ts';
import type { LogLine, RuntimeId } from './runtime.ts';

/**
 * What the reader asked for. Automatic: the page at once, the container when it is ready. For a program in Python there
 * is nothing to choose.
 */
export type Choice = 'automatic' | Exclude<RuntimeId, 'python'>;

export type Phase =
  | 'idle'
  /** Looks at what is wanted, and where it can run. */
  | 'probing'
  | 'booting'
  | 'syncing'
  | 'starting'
  | 'running'
  /** The reader holds the conversation still. */
  | 'paused'
  | 'ready'
  | 'stopping'
  | 'failed'
  | 'unresponsive'
  | 'disposed';

export interface SandboxState {
  readonly phase: Phase;
  /** What is going on, or how the last run went, in words. */
  readonly status: string;
  /** Which runtime was used, and what is to be known of the other one. */
  readonly note: string;
  readonly runtime: RuntimeId | undefined;
  readonly events: readonly TraceEvent[];
  /** Events that were not kept. */
  readonly dropped: number;
  /** Messages of the sandbox that were not taken: too many, too large, or without a shape. */
  readonly lost: number;
  readonly results: readonly ClientResult[];
  readonly diagnoses: readonly Diagnosis[];
  readonly logs: readonly LogLine[];
  readonly logsDropped: number;
  /** How the program stands that is loaded, if it was loaded under control. */
  readonly control: (Standing & { readonly clock: ClockReach }) | undefined;
}

export const IDLE: SandboxState = {
  phase: 'idle',
  status: '',
  note: '',
  runtime: undefined,
  events: [],
  dropped: 0,
  lost: 0,
  results: [],
  diagnoses: [],
  logs: [],
  logsDropped: 0,
  control: undefined,
};

const BUSY: ReadonlySet<Phase> = new Set([
  'probing',
  'booting',
  'syncing',
  'starting',
  'running',
  'paused',
  'stopping',
]);

/** Whether a run is under way. */
export function isBusy(phase: Phase): boolean {
  return BUSY.has(phase);
}

/** Name under which the scenario is spoken of. */
export const SCENARIO_FILE = 'requests.http';
