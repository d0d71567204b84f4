// The drawing of a trace: nothing is drawn that the trace does not tell.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../trace/index.ts';
import { eventOf, STARTED_TWICE, traceOf } from './event.fixture.ts';
import { between, GAP_FROM, gapHeight, layOut, type Mark, markOf, STEP } from './sequence.ts';

const placesOf = (events: readonly unknown[]) => events.map((_, place) => place);

test.each<[TraceEvent['lane'], TraceEvent['dir'], string, Mark]>([
  ['client', 'out', 'client.request', { kind: 'arrow', from: 'client', to: 'gateway' }],
  ['client', 'in', 'client.response', { kind: 'arrow', from: 'gateway', to: 'client' }],
  ['gateway', 'in', 'http.request', { kind: 'arrival', from: 'client', to: 'gateway' }],
  ['gateway', 'out', 'http.continue', { kind: 'arrow', from: 'gateway', to: 'client' }],
  ['gateway', 'in', 'peer.lost', { kind: 'point', at: 'gateway' }],
  ['app', 'in', 'http.request.end', { kind: 'arrow', from: 'gateway', to: 'app' }],
  ['app', 'out', 'http.response.end', { kind: 'arrow', from: 'app', to: 'gateway' }],
  ['app', 'in', 'receive', { kind: 'point', at: 'app' }],
  ['app', 'internal', 'application.returns', { kind: 'point', at: 'app' }],
])('mark: %s %s %s', (lane, dir, type, mark) => {
  expect(markOf(eventOf({ lane, dir, type }))).toEqual(mark);
});

test('layout: events stand in order, a step apart, where no time passes', () => {
  const { y, gaps, waits, height } = layOut(STARTED_TWICE, placesOf(STARTED_TWICE));
  expect([...y]).toEqual(STARTED_TWICE.map((_, i) => STEP / 2 + i * STEP));
  expect(gaps).toEqual([]);
  expect(waits).toEqual([]);
  expect(height).toBe(STARTED_TWICE.length * STEP);
});

test('layout: time that passes is a gap before the event that ends it, with its length', () => {
  const events = traceOf({ t: 0 }, { t: 1 }, { t: 121 }, { t: 121 });
  const { y, gaps } = layOut(events, placesOf(events));
  expect(gaps).toEqual([{ before: 2, y: 2 * STEP, height: gapHeight(120), ms: 120 }]);
  expect((y[2] as number) - (y[1] as number)).toBe(STEP + gapHeight(120));
});

test('layout: only events that are shown count, and the time between them', () => {
  const events = traceOf({ t: 0 }, { t: 50 }, { t: 100 });
  expect(layOut(events, [0, 2]).gaps).toMatchObject([{ before: 1, ms: 100 }]);
});

test('layout: a wait is drawn from the beginning to the end of a span of one lane', () => {
  const events = traceOf(
    { type: 'send', phase: 'B' },
    { type: 'other' },
    { type: 'send', phase: 'E', conn: 2 },
    { type: 'send', phase: 'E' },
    { type: 'receive', phase: 'B' },
  );
  const { y, waits } = layOut(events, placesOf(events));
  expect(waits).toEqual([{ lane: 'app', from: y[0], to: y[3], ms: 3 }]);
});

test('layout: spans within spans end from the inside', () => {
  const span = (phase: 'B' | 'E') => ({ type: 'send', phase });
  const events = traceOf(span('B'), span('B'), span('E'), span('E'));
  const { waits } = layOut(events, placesOf(events));
  expect(waits.map(({ ms }) => ms)).toEqual([1, 3]);
});

test('layout: more time is a higher gap, up to a height, and none is none', () => {
  expect(gapHeight(0)).toBe(0);
  expect(gapHeight(-1)).toBe(0);
  expect(gapHeight(GAP_FROM - 0.001)).toBe(0);
  fc.assert(
    fc.property(fc.double({ min: GAP_FROM, max: 1e7, noNaN: true }), (ms) => {
      expect(gapHeight(ms)).toBeGreaterThan(0);
      expect(gapHeight(ms * 2)).toBeGreaterThanOrEqual(gapHeight(ms));
      expect(gapHeight(ms)).toBeLessThan(2 * STEP);
    }),
  );
});

test('layout: events never overlap, whatever their times', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: -10, max: 1e5, noNaN: true })), (times) => {
      const events = traceOf(...times.map((t) => ({ t })));
      const { y, height } = layOut(events, placesOf(events));
      for (let i = 1; i < y.length; i++)
        expect((y[i] as number) - (y[i - 1] as number)).toBeGreaterThanOrEqual(STEP - 1e-6);
      expect((y.at(-1) ?? -STEP / 2) + STEP / 2).toBeCloseTo(height, 6);
    }),
  );
});

test('between: the events of a part of the drawing', () => {
  const y = Float64Array.of(15, 45, 75, 105);
  expect(between(y, 0, 200)).toEqual([0, 4]);
  expect(between(y, 40, 80)).toEqual([1, 3]);
  expect(between(y, 45, 45)).toEqual([1, 1]);
  expect(between(y, 300, 400)).toEqual([4, 4]);
});
