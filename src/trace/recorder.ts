// Turns the steps of a tap into numbered, timed trace events, and stops growing at a limit that it reports.

import type { Tap, TraceEvent } from './event.ts';

export interface RecorderOptions {
  /** Name of the run, unique for whoever reads several. */
  readonly run: string;
  /** Milliseconds from any fixed point. */
  readonly now: () => number;
  readonly emit: (event: TraceEvent) => void;
  /** Most events that are emitted. What follows is counted in `dropped`. */
  readonly limit?: number;
}

export interface Recorder {
  readonly tap: Tap;
  readonly count: number;
  readonly dropped: number;
}

/** A recorder; its `tap` may be given to a gateway and to a client, which then share one order. */
export function createRecorder(options: RecorderOptions): Recorder {
  const { run, now, emit, limit = Number.POSITIVE_INFINITY } = options;
  const start = now();
  let seq = 0;
  let dropped = 0;
  return {
    tap(step) {
      if (seq >= limit) {
        dropped++;
        return undefined;
      }
      emit({ v: 1, run, seq: ++seq, t: Math.round((now() - start) * 1000) / 1000, ...step });
      return seq;
    },
    get count() {
      return seq;
    },
    get dropped() {
      return dropped;
    },
  };
}
