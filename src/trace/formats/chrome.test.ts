// Any trace makes Chrome trace events that have what the format asks of each phase, on lanes that have names.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceEvents, traceOf } from '../../../tests/fixtures/trace-events.ts';
import { type ChromeEvent, toChromeTrace, writeChromeTrace } from './chrome.ts';

const text = (value: unknown) => typeof value === 'string' && value !== '';
const time = (value: unknown) => Number.isFinite(value) && (value as number) >= 0;
const args = (value: unknown) => typeof value === 'object' && value !== null;
const TIMED = {
  name: (value: unknown) => typeof value === 'string',
  cat: text,
  ts: time,
  pid: time,
  tid: time,
  args,
};

/** What must stand in an event of a phase. */
const REQUIRED: Readonly<
  Record<ChromeEvent['ph'], Readonly<Record<string, (value: unknown) => boolean>>>
> = {
  M: { name: text, pid: time, tid: time, args },
  i: { ...TIMED, s: (value) => value === 't' },
  b: { ...TIMED, id: text },
  e: { ...TIMED, id: text },
};

test('any trace: each event has what its phase asks for, and a lane that has a name', () => {
  fc.assert(
    fc.property(traceEvents, (events) => {
      const { traceEvents: written, displayTimeUnit } = JSON.parse(writeChromeTrace(events));
      expect(displayTimeUnit).toBe('ms');
      const named = new Set<string>();
      const told = new Set<number>();
      for (const event of written) {
        const required = REQUIRED[event.ph as ChromeEvent['ph']];
        for (const [key, isRight] of Object.entries(required))
          expect([event.ph, key, isRight(event[key])]).toEqual([event.ph, key, true]);
        const lane = `${event.pid} ${event.tid}`;
        if (event.ph !== 'M') expect([lane, named.has(lane)]).toEqual([lane, true]);
        if (event.ph !== 'M') told.add(event.args.seq);
        else if (event.name === 'thread_name') named.add(lane);
      }
      expect(told.size).toBe(events.length);
    }),
    { numRuns: 300 },
  );
});

test('any trace: an end has one begin before it', () => {
  fc.assert(
    fc.property(traceEvents, (events) => {
      const open = new Set<string>();
      for (const event of toChromeTrace(events).traceEvents) {
        if (event.ph === 'b') expect(open.has(event.id)).toBe(false);
        if (event.ph === 'b') open.add(event.id);
        if (event.ph === 'e') expect(open.delete(event.id)).toBe(true);
      }
    }),
    { numRuns: 300 },
  );
});

test('waiting spans of one kind end in the order in which they began', () => {
  const send = { lane: 'app', dir: 'out', type: 'http.response.body' } as const;
  const events = traceOf(
    { ...send, phase: 'B' },
    { ...send, dir: 'in', phase: 'B' },
    { ...send, phase: 'B' },
    { ...send, phase: 'E' },
    { ...send, dir: 'in', phase: 'E' },
    { ...send, phase: 'E' },
    { ...send, phase: 'E' },
  );
  const spans = toChromeTrace(events).traceEvents.filter(({ ph }) => ph !== 'M');
  expect(spans.map((event) => [event.ph, 'id' in event ? event.id : undefined])).toEqual([
    ['b', '1.1'],
    ['b', '1.2'],
    ['b', '1.3'],
    ['e', '1.1'],
    ['e', '1.2'],
    ['e', '1.3'],
    ['i', undefined],
  ]);
});

test('a wait is a span of one name from its begin to its end; what a `receive` gave is a moment too', () => {
  const app = { lane: 'app' } as const;
  const events = traceOf(
    { ...app, dir: 'out', type: 'receive', phase: 'B', span: 1 },
    { ...app, dir: 'out', type: 'send', phase: 'B', span: 2 },
    { ...app, dir: 'in', type: 'http.request.end', phase: 'E', span: 1 },
    { ...app, dir: 'in', type: 'send', phase: 'E', span: 2 },
  );
  const spans = toChromeTrace(events).traceEvents.filter(({ ph }) => ph !== 'M');
  expect(spans.map((event) => [event.ph, event.name, 'id' in event ? event.id : ''])).toEqual([
    ['b', 'receive', '1.1'],
    ['b', 'send', '1.2'],
    ['e', 'receive', '1.1'],
    ['i', 'http.request.end', ''],
    ['e', 'send', '1.2'],
  ]);
});

test('a conversation is a process, a party a thread; times are microseconds', () => {
  const events = traceOf(
    { conn: 0, lane: 'app', type: 'lifespan.startup' },
    { conn: 3, t: 1.2345, payload: { preview: 'GET /a' } },
    { conn: 3, lane: 'app', violation: { requirement: 'http.start-once', message: 'x' } },
  );
  const written = toChromeTrace(events).traceEvents;
  const names = written.flatMap((event) =>
    event.ph === 'M' && 'name' in event.args ? [[event.pid, event.tid, event.args.name]] : [],
  );
  expect(names).toEqual([
    [1, 0, 'lifespan'],
    [1, 3, 'application'],
    [2, 0, 'conversation 3, GET /a'],
    [2, 1, 'client'],
    [2, 3, 'application'],
  ]);
  expect(written.filter(({ ph }) => ph === 'i')).toMatchObject([
    { pid: 1, tid: 3, ts: 0, s: 't', name: 'lifespan.startup', cat: 'app' },
    { pid: 2, tid: 1, ts: 1234.5, args: { seq: 2, payload: { preview: 'GET /a' } } },
    { pid: 2, tid: 3, ts: 2000, cname: 'terrible' },
  ]);
});

test('conversations of different runs are different processes, and say which', () => {
  const names = toChromeTrace(traceOf({ run: 'a' }, { run: 'b' })).traceEvents.flatMap((event) =>
    event.name === 'process_name' && event.ph === 'M' ? [event.args] : [],
  );
  expect(names).toEqual([
    { name: 'a: conversation 1, no request' },
    { name: 'b: conversation 1, no request' },
  ]);
});
