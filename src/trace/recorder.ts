// Turns the steps of a tap into numbered, timed trace events, and stops growing at a limit that it reports.

import { type Payload, PREVIEW_LENGTH, type Tap, type TraceEvent } from './event.ts';

export interface RecorderOptions {
  /** Name of the run, unique for whoever reads several. */
  readonly run: string;
  /** Milliseconds from any fixed point. */
  readonly now: () => number;
  /** Milliseconds since 1970 at this moment, where the host has a date: the first event has it. */
  readonly timeOrigin?: number;
  readonly emit: (event: TraceEvent) => void;
  /** Keeps data that no preview tells whole, and gives it a name; undefined for what is not kept. */
  readonly keep?: (data: Uint8Array) => string | undefined;
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
  const { run, now, timeOrigin, emit, keep, limit = Number.POSITIVE_INFINITY } = options;
  const start = now();
  let seq = 0;
  let dropped = 0;
  return {
    tap(told, data) {
      if (seq >= limit) {
        dropped++;
        return undefined;
      }
      const step = keep && data ? { ...told, payload: kept(told.payload, data, keep) } : told;
      const t = Math.round((now() - start) * 1000) / 1000;
      if (++seq > 1 || timeOrigin === undefined) emit({ v: 1, run, seq, t, ...step });
      else emit({ v: 1, run, seq, t, timeOrigin, ...step });
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

/** The payload with the name of its data, where the data is kept. A preview with a backslash tells two things alike. */
function kept(
  payload: Payload = { preview: '' },
  data: Uint8Array,
  keep: (data: Uint8Array) => string | undefined,
): Payload {
  if (data.length <= PREVIEW_LENGTH && !payload.preview.includes('\\')) return payload;
  const ref = keep(data);
  return ref === undefined ? payload : { ...payload, ref };
}
