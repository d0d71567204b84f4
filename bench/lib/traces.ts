// Traces for measurements: as many events as are asked for, with what a busy gateway records. The same each time.

import type { TraceEvent } from '../../src/trace/event.ts';

const PATHS = ['/', '/search?q=words', '/files/report.pdf', '/echo', '/events'];

/** Numbers that look like chance, and are the same in each run (mulberry32). */
function chance(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A trace of so many events: exchanges of three to forty events, eight at once, with waits, levels, causes, injected
 * faults, violations, and some numbers that are missing.
 */
export function busyTrace(count: number, run = 'bench'): TraceEvent[] {
  const next = chance(7);
  const events: TraceEvent[] = [];
  let [seq, t, conn] = [0, 0, 0];
  const exchanges: Generator<Partial<TraceEvent>>[] = [];
  while (events.length < count) {
    while (exchanges.length < 8) exchanges.push(exchangeOf(++conn, next));
    const at = Math.floor(next() * exchanges.length);
    const { value, done } = (exchanges[at] as Generator<Partial<TraceEvent>>).next();
    if (done) {
      exchanges.splice(at, 1);
      continue;
    }
    seq += next() < 0.0005 ? 1 + Math.floor(next() * 2000) : 1;
    t += next() < 0.01 ? next() * 40 : next() * 0.3;
    const cause = value.phase === 'E' ? { cause: Math.max(seq - 3, 1) } : {};
    events.push({ v: 1, run, seq, t: Math.round(t * 1000) / 1000, ...base, ...value, ...cause });
  }
  return events;
}

const base = { conn: 1, lane: 'app', dir: 'out', type: 'x', phase: 'i' } as const;

function* exchangeOf(conn: number, next: () => number): Generator<Partial<TraceEvent>> {
  const path = PATHS[Math.floor(next() * PATHS.length)] as string;
  const fields: [string, string][] = [
    ['Host', 'example.org'],
    ['User-Agent', 'bench'],
    ['X-Request-Id', `${conn}-${Math.floor(next() * 1e9)}`],
  ];
  const src = { file: 'app.ts', line: 12 + (conn % 40), column: 5 };
  yield {
    conn,
    lane: 'client',
    type: 'client.request',
    payload: { preview: `GET ${path}`, fields },
  };
  yield {
    conn,
    lane: 'gateway',
    dir: 'in',
    type: 'http.request',
    state: 'open',
    requirement: 'http.scope',
    payload: { preview: `GET ${path} HTTP/1.1`, fields },
  };
  yield { conn, type: 'receive', phase: 'B', span: 1 };
  yield { conn, dir: 'in', type: 'http.request.end', phase: 'E', span: 1, state: 'ended' };
  yield {
    conn,
    type: 'http.response.start',
    state: 'committed',
    requirement: 'http.start-once',
    payload: { preview: '200', status: 200, fields: [['Content-Type', 'text/plain']] },
    src,
  };
  if (next() < 0.02)
    yield {
      conn,
      type: 'http.response.start',
      state: 'committed',
      requirement: 'http.start-once',
      violation: { requirement: 'http.start-once', message: 'http.start-once: a second start' },
      src,
    };
  const pieces = Math.floor(next() * 12);
  for (let piece = 0; piece < pieces; piece++) {
    const span = piece + 2;
    const size = Math.floor(next() * 16_384);
    const blocks = next() < 0.3;
    yield {
      conn,
      type: 'http.response.body',
      state: 'committed',
      buffered: blocks ? 65_536 : size,
      payload: { preview: `piece ${piece} of ${path} for ${conn}, ${size} octets of text`, size },
    };
    if (next() < 0.002) yield { conn, lane: 'client', type: 'client.reset', fault: 'reset' };
    if (blocks) {
      const requirement = 'flow.send-waits';
      yield { conn, type: 'send', phase: 'B', span, buffered: 65_536, requirement };
      yield { conn, dir: 'in', type: 'send', phase: 'E', span, buffered: 4096, requirement };
    }
  }
  yield { conn, type: 'http.response.end', state: 'ended', requirement: 'http.finish', src };
  yield {
    conn,
    lane: 'client',
    dir: 'in',
    type: 'client.response',
    payload: { preview: '200 OK', status: 200, size: pieces * 8000 },
  };
  yield { conn, dir: 'internal', type: 'application.returns', state: 'ended' };
}
