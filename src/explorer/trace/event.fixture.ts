// Events for the tests of the viewer: whole traces are those of the examples, these are single steps.

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
