// The drawing of a trace: nothing is drawn that the trace does not tell.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TraceEvent } from '../../trace/index.ts';
import { Surveyor, survey } from './conversations.ts';
import { eventOf, growingTrace, STARTED_TWICE, traceOf } from './event.fixture.ts';
import { RowReader, rowsOf, type Sieve } from './rows.ts';
import {
  COLUMNS,
  GAP_FROM,
  gapHeight,
  isOutput,
  Layout,
  labelOf,
  type Mark,
  markOf,
  STEP,
} from './sequence.ts';

function layOut(events: readonly TraceEvent[], test?: Sieve['test']) {
  const surveyed = survey(events);
  const sieve = test && { test, waits: false };
  return new Layout().read(events, rowsOf(events, surveyed, undefined, sieve), surveyed.waits);
}

const everyBar = (layout: Layout) => layout.bars(0, Number.POSITIVE_INFINITY);
const everyGap = (layout: Layout) => layout.gaps(0, Number.POSITIVE_INFINITY);

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

test('mark: that a wait begins or ends is a point, and what waits is an arrow', () => {
  const point = { kind: 'point', at: 'app' };
  expect(markOf(eventOf({ type: 'receive', phase: 'B' }))).toEqual(point);
  expect(markOf(eventOf({ type: 'send', phase: 'B' }))).toEqual(point);
  expect(markOf(eventOf({ type: 'send', dir: 'in', phase: 'E' }))).toEqual(point);
  expect(markOf(eventOf({ phase: 'B' }))).toMatchObject({ kind: 'arrow' });
});

test('layout: events stand in order, a step apart, where no time passes', () => {
  const layout = layOut(STARTED_TWICE);
  STARTED_TWICE.forEach((_, row) => {
    expect(layout.y(row)).toBe(STEP / 2 + row * STEP);
    expect(layout.yOf(row)).toBe(layout.y(row));
  });
  expect(everyGap(layout)).toEqual([]);
  expect(everyBar(layout)).toEqual([]);
  expect(layout.height).toBe(STARTED_TWICE.length * STEP);
});

test('layout: time that passes is a gap before the event that ends it, with its length', () => {
  const layout = layOut(traceOf({ t: 0 }, { t: 1 }, { t: 121 }, { t: 121 }));
  expect(everyGap(layout)).toEqual([{ before: 2, y: 2 * STEP, height: gapHeight(120), ms: 120 }]);
  expect(layout.y(2) - layout.y(1)).toBe(STEP + gapHeight(120));
});

test('layout: only events that are shown count, and the time between them', () => {
  const layout = layOut(traceOf({ t: 0 }, { t: 50 }, { t: 100 }), ({ t }) => t !== 50);
  expect(everyGap(layout)).toMatchObject([{ before: 1, ms: 100 }]);
});

test('layout: a row for events that are missing has its own height, and hides no time', () => {
  const layout = layOut(traceOf({ t: 0 }, { t: 100, seq: 9 }));
  expect(layout.height).toBeCloseTo(3 * STEP + gapHeight(100));
  expect(everyGap(layout)).toMatchObject([{ before: 2, ms: 100 }]);
  expect(layout.yOf(1)).toBe(layout.y(2));
});

test('layout: between two runs no time is told', () => {
  expect(everyGap(layOut(traceOf({ run: 'a', t: 0 }, { run: 'b', t: 900 })))).toEqual([]);
});

test('layout: waits at once stand beside each other, and one that does not end goes on', () => {
  const bars = everyBar(
    layOut(
      traceOf(
        { type: 'http.response.body', phase: 'B', span: 1 },
        { type: 'receive', phase: 'B', span: 2 },
        { type: 'send', dir: 'in', phase: 'E', span: 1 },
        { type: 'http.response.body', phase: 'B', span: 3 },
        { type: 'send', dir: 'in', phase: 'E', span: 3 },
      ),
    ),
  );
  const bar = { lane: 'app', waits: 1 };
  expect(bars).toEqual([
    { ...bar, column: 0, from: 0, to: 2 },
    { ...bar, column: 0, from: 3, to: 4 },
    { ...bar, column: 1, from: 1, to: Number.POSITIVE_INFINITY },
  ]);
});

test('layout: more waits at once than there are columns share the last, which counts them', () => {
  const count = COLUMNS + 3;
  const events = traceOf(
    ...Array.from({ length: count }, (_, span) => ({ phase: 'B' as const, span })),
    ...Array.from({ length: count }, (_, span) => ({ phase: 'E' as const, span })),
  );
  const bars = everyBar(layOut(events));
  expect(bars.map(({ waits }) => waits)).toEqual([1, 1, 1, 1, 4]);
  expect(bars.at(-1)).toMatchObject({ from: COLUMNS - 1, to: 2 * count - 1 });
});

test('layout: a wait whose end a filter hides is drawn to where its end would stand', () => {
  const events = traceOf({ phase: 'B', span: 1 }, {}, { phase: 'E', span: 1 }, {});
  const layout = layOut(events, ({ phase }) => phase !== 'E');
  expect(everyBar(layout)).toMatchObject([{ from: 0, to: 2 }]);
  expect(layout.yOf(2)).toBe(layout.y(2));
});

test('layout: what is buffered is told of the conversation of each event, until another tells', () => {
  const layout = layOut(
    traceOf(
      { buffered: 100 },
      { conn: 2 },
      {},
      { dir: 'in', type: 'http.request.body', buffered: 7 },
      { dir: 'in', type: 'send', phase: 'E', span: 1, buffered: 20 },
    ),
  );
  expect([0, 1, 2, 3, 4].map((row) => layout.level(row))).toEqual([
    { out: 100, in: 0 },
    { out: 0, in: 0 },
    { out: 100, in: 0 },
    { out: 100, in: 7 },
    { out: 20, in: 7 },
  ]);
});

test.each<[Partial<TraceEvent>, boolean]>([
  [{ dir: 'out' }, true],
  [{ lane: 'gateway', dir: 'out' }, true],
  [{ dir: 'out', type: 'send', phase: 'B' }, true],
  [{ dir: 'in', type: 'send', phase: 'E' }, true],
  [{ dir: 'in', type: 'http.request.body' }, false],
  [{ lane: 'gateway', dir: 'in', type: 'http.request.body' }, false],
  [{ dir: 'out', type: 'receive', phase: 'B' }, false],
])('level: what waits after %o is output: %s', (change, output) => {
  expect(isOutput(eventOf(change))).toBe(output);
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
      const layout = layOut(traceOf(...times.map((t) => ({ t }))));
      for (let i = 1; i < times.length; i++)
        expect(layout.y(i) - layout.y(i - 1)).toBeGreaterThanOrEqual(STEP - 1e-6);
      const last = times.length > 0 ? layout.y(times.length - 1) : -STEP / 2;
      expect(last + STEP / 2).toBeCloseTo(layout.height, 6);
    }),
  );
});

test('layout: bars of one column never overlap, and a part shows those that are in it', () => {
  fc.assert(
    fc.property(growingTrace, fc.nat(40), fc.nat(40), ({ events }, a, b) => {
      const layout = layOut(events);
      const bars = everyBar(layout);
      for (const lane of ['client', 'app'])
        for (let column = 0; column < COLUMNS; column++) {
          const own = bars.filter((bar) => bar.lane === lane && bar.column === column);
          for (let i = 1; i < own.length; i++)
            expect((own[i - 1] as (typeof own)[0]).to).toBeLessThan(
              (own[i] as (typeof own)[0]).from,
            );
        }
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      expect(layout.bars(from, to)).toEqual(bars.filter((bar) => bar.from <= to && bar.to >= from));
    }),
  );
});

test('layout: of a trace that grows it is that of the whole, where no more waits are at once than columns', () => {
  fc.assert(
    fc.property(growingTrace, ({ events, cuts }) => {
      const [surveyor, reader, layout] = [new Surveyor(), new RowReader(), new Layout()];
      for (const cut of [...cuts, events.length]) {
        const part = events.slice(0, cut);
        const surveyed = surveyor.read(part);
        layout.read(part, reader.read(part, surveyed), surveyed.waits);
      }
      const whole = layOut(events);
      expect(layout.height).toBe(whole.height);
      expect(everyGap(layout)).toEqual(everyGap(whole));
      const rows = rowsOf(events, survey(events)).rows;
      rows.forEach((_, row) => {
        expect(layout.y(row)).toBe(whole.y(row));
        expect(layout.level(row)).toEqual(whole.level(row));
      });
      const shared = (bars: ReturnType<typeof everyBar>) => bars.some(({ waits }) => waits > 1);
      if (!shared(everyBar(layout)) && !shared(everyBar(whole)))
        expect(everyBar(layout)).toEqual(everyBar(whole));
    }),
    { numRuns: 300 },
  );
});

test('between: the rows of a part of the drawing', () => {
  const layout = layOut(traceOf({}, {}, {}, {}));
  expect(layout.between(0, 200)).toEqual([0, 4]);
  expect(layout.between(40, 80)).toEqual([1, 3]);
  expect(layout.between(45, 45)).toEqual([1, 1]);
  expect(layout.between(300, 400)).toEqual([4, 4]);
});

test.each<[Partial<TraceEvent>, ReturnType<typeof labelOf>]>([
  [{ type: 'http.request' }, { name: 'http.request' }],
  [{ payload: { preview: '404', status: 404 } }, { name: 'http.response.start', value: 404 }],
  [
    { type: 'http.response.body', payload: { preview: '', size: 0 } },
    { name: 'http.response.body', value: 0 },
  ],
  [{ type: 'receive', phase: 'B' }, { name: 'waits to receive' }],
  [{ type: 'send', phase: 'E', payload: { preview: '', size: 3 } }, { name: 'send goes on' }],
  [{ type: 'client.left', fault: 'reset' }, { name: 'client.left · injected: reset' }],
])('label: %j', (change, label) => {
  expect(labelOf(eventOf(change))).toEqual(label);
});
