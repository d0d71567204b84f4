// Events for the tests of the viewer: whole traces are those of the examples, these are single steps.

import fc from 'fast-check';
import type { TraceEvent } from '../../trace/index.ts';

const least: TraceEvent = {
  v: 1,
  run: 'test',
  seq: 1,
  t: 0,
  conn: 1,
  lane: 'app',
  dir: 'out',
  type: 'http.response.start',
  phase: 'i',
};

export const eventOf = (change: Partial<TraceEvent> = {}): TraceEvent => ({ ...least, ...change });

/** A trace of steps, numbered from 1, with a millisecond between two. */
export const traceOf = (...steps: readonly Partial<TraceEvent>[]): TraceEvent[] =>
  steps.map((step, index) => eventOf({ seq: index + 1, t: index, ...step }));

/** An exchange whose application starts its response twice (http.start-once). */
export const STARTED_TWICE = traceOf(
  { lane: 'client', type: 'client.request', payload: { preview: 'GET /one' } },
  { lane: 'gateway', dir: 'in', type: 'http.request', payload: { preview: 'GET /one HTTP/1.1' } },
  { lane: 'app', dir: 'in', type: 'http.request.end', state: 'ended' },
  { type: 'http.response.start', state: 'committed', payload: { preview: '200', status: 200 } },
  {
    type: 'http.response.start',
    state: 'committed',
    requirement: 'http.start-once',
    violation: { requirement: 'http.start-once', message: 'http.start-once: started already' },
  },
  { type: 'http.response.end', state: 'ended' },
  { dir: 'internal', type: 'application.returns', state: 'ended' },
);

/** Traces with waits, faults, levels, causes and missing numbers, and where a reader may see them before they are whole. */
export const growingTrace = fc
  .array(
    fc.record({
      jump: fc.integer({ min: 1, max: 3 }),
      step: fc.constantFrom(0, 0.5, 20),
      conn: fc.nat(3),
      lane: fc.constantFrom('client' as const, 'app' as const),
      phase: fc.constantFrom('B' as const, 'E' as const, 'i' as const),
      span: fc.nat(4),
      cause: fc.option(fc.integer({ min: 1, max: 20 }), { nil: undefined }),
      buffered: fc.option(fc.nat(100), { nil: undefined }),
      broken: fc.boolean(),
    }),
    { maxLength: 40 },
  )
  .chain((steps) => {
    let [seq, t] = [0, 0];
    const events = steps.map(({ jump, step, broken, phase, span, cause, buffered, ...rest }) => {
      seq += jump;
      t += step;
      return eventOf({
        seq,
        t,
        phase,
        ...rest,
        ...(phase === 'i' ? {} : { span }),
        ...(cause === undefined ? {} : { cause }),
        ...(buffered === undefined ? {} : { buffered }),
        ...(broken ? { violation: { requirement: 'http.finish', message: 'm' } } : {}),
      });
    });
    const cut = fc.nat(events.length);
    return fc.record({
      events: fc.constant(events),
      cuts: fc.array(cut).map((all) => all.sort((a, b) => a - b)),
    });
  });
