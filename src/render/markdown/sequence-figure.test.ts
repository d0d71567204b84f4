// Where the parts of a sequence's drawing stand: arrows between the right lanes, labels that fit between them, waits
// from their beginning to their end.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STEP } from '../../explorer/trace/sequence.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { type FigureLinks, figureRows, figureSvg } from './sequence-figure.ts';

const links: FigureLinks = {
  eventOf: (type) => (type.startsWith('http') ? `/events/${type}/` : undefined),
  clausesOf: ({ requirement }) =>
    requirement === undefined ? [] : [{ text: requirement, href: `/r/${requirement}/` }],
};

const traceOf = (...steps: readonly Partial<TraceEvent>[]): TraceEvent[] =>
  steps.map((step, index) => ({
    v: 1,
    run: 'test',
    seq: index + 1,
    t: 100 * index,
    conn: 1,
    lane: 'app',
    dir: 'out',
    type: 'http.response.end',
    phase: 'i',
    ...step,
  }));

function figure(events: readonly TraceEvent[], places = events.map((_, place) => place)) {
  const rows = figureRows(events, places, links);
  const svg = figureSvg(events, rows);
  const path = (kind: string) => new RegExp(`<path class="${kind}" d="([^"]*)"`).exec(svg)?.[1];
  const numbers = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(svg)?.[1]);
  const lanes = [...(path('lanes') ?? '').matchAll(/M([\d.]+) /g)].map(([, x]) => Number(x));
  return { rows, svg, path, lanes, width: numbers('width'), height: numbers('height') };
}

const request = { lane: 'client', dir: 'out', type: 'client.request' } as const;
const arrives = { lane: 'gateway', dir: 'in', type: 'http.request' } as const;

describe('arrows', () => {
  test.each<[string, Partial<TraceEvent>, kind: string, from: number, to: number]>([
    ['what the client sends', request, 'quiet', 0, 1],
    ['what it receives', { ...request, dir: 'in', type: 'client.response' }, 'quiet', 1, 0],
    ['what the application sends', {}, 'arrows', -1, -2],
    ['what it receives', { dir: 'in' }, 'arrows', -2, -1],
    ['what arrives where the client is left out', arrives, 'quiet', 0, 1],
  ])('%s', (_, step, kind, from, to) => {
    const { path, lanes } = figure(traceOf(step));
    const [a, b] = [lanes.at(from) ?? 0, lanes.at(to) ?? 0];
    const back = b > a ? -1 : 1;
    expect(path(kind)).toMatch(
      new RegExp(`^M${a} \\d+H${b + 6 * back}M${b} \\d+l${7 * back}-4v8z$`),
    );
  });

  test('what arrives is the end of an arrow where the client sends it in the figure', () => {
    const { path, lanes } = figure(traceOf(request, arrives));
    expect(path('quiet')).toContain(`M${(lanes[1] ?? 0) - 28} `);
    const other = figure(traceOf({ ...request, type: 'client.left' }, arrives));
    expect(other.path('quiet')).not.toContain(`M${(other.lanes[1] ?? 0) - 28} `);
  });

  test('what breaks a requirement is crossed', () => {
    const violation = { requirement: 'a.b', message: 'x' };
    expect(figure(traceOf({ violation })).path('bad')).toMatch(/l10 10m0-10l-10 10$/);
    expect(figure(traceOf({})).path('bad')).toBeUndefined();
  });
});

test('there is a lane for the client where something of it is shown', () => {
  expect(figure(traceOf({})).lanes).toHaveLength(2);
  expect(figure(traceOf({}, request)).lanes).toHaveLength(3);
});

test('rows stand a step apart, however long it took', () => {
  expect(figure(traceOf({}, {}, {})).height - figure(traceOf({}, {})).height).toBe(STEP);
});

describe('a wait', () => {
  const waits = { type: 'receive', phase: 'B', span: 1 } as const;
  const ends = { type: 'http.request.body', dir: 'in', phase: 'E', span: 1 } as const;
  const bar = (events: readonly TraceEvent[], places?: number[]) =>
    /M\d+ (\d+)h6V(\d+)h-6z/
      .exec(figure(events, places).path('wait') ?? '')
      ?.slice(1)
      .map(Number);

  test('is a bar from its beginning to its end', () => {
    const [from, to] = bar(traceOf(waits, request, ends)) ?? [];
    expect((to ?? 0) - (from ?? 0)).toBe(2 * STEP);
  });
  test('goes on to the first event that is shown behind its end', () => {
    const [from, to] = bar(traceOf(waits, ends, request), [0, 2]) ?? [];
    expect((to ?? 0) - (from ?? 0)).toBe(STEP);
  });
  test('goes on to the bottom where it does not end in the figure', () => {
    const events = traceOf(waits, request, ends);
    const { height } = figure(events, [0, 1]);
    expect(bar(events, [0, 1])?.[1]).toBe(height);
  });
  test('is not drawn where its beginning is left out', () => {
    expect(bar(traceOf(waits, ends), [1])).toBeUndefined();
  });
});

test('what fills the output buffer is drawn where a send waits for it', () => {
  const filled = { type: 'http.response.body', buffered: 64 } as const;
  const waits = { type: 'send', phase: 'B', span: 1, buffered: 64 } as const;
  expect(figure(traceOf(filled, waits)).path('level')).toMatch(/h-26v30h26z/);
  expect(figure(traceOf(filled)).path('level')).toBeUndefined();
});

describe('what an event carried', () => {
  const detail = (step: Partial<TraceEvent>) => figure(traceOf(step)).rows[0]?.detail;

  test.each<[string, Partial<TraceEvent>, string]>([
    ['nothing', {}, ''],
    ['a request line', { ...arrives, payload: { preview: 'GET /one HTTP/1.1' } }, 'GET /one'],
    ['a status', { payload: { preview: '200 · x', status: 200 } }, '200'],
    ['one octet', { payload: { preview: 'a', size: 1 } }, '1 octet'],
    ['many', { payload: { preview: 'a', size: 262144 } }, '262,144 octets'],
    ['the first of several fields', { payload: { preview: 'code 1001 · reason x' } }, 'code 1001'],
    ['what would not fit', { payload: { preview: 'x'.repeat(40) } }, ''],
    ['what is left of a deadline', { payload: { preview: 'deadline_ms 29999' } }, ''],
    ['control characters', { payload: { preview: 'a\u0007b' } }, 'a\\x07b'],
    ['a send that fails', { requirement: 'closed.on-send' }, 'fails: Closed'],
  ])('%s', (_, step, words) => {
    expect(detail(step)).toBe(words);
  });
});

test('whatever a trace has: labels fit between the lanes, all stands inside, and markup stays markup', () => {
  const step = fc.record<Partial<TraceEvent>>({
    lane: fc.constantFrom('client', 'gateway', 'app'),
    dir: fc.constantFrom('in', 'out', 'internal'),
    type: fc.constantFrom('http.request', 'client.request', 'receive', 'send', 'peer.lost', 'a.b'),
    phase: fc.constantFrom('i', 'B', 'E'),
    span: fc.nat(3),
    buffered: fc.option(fc.nat(1000), { nil: undefined }) as fc.Arbitrary<number>,
    payload: fc.record({ preview: fc.string({ unit: 'binary' }) }),
    requirement: fc.constantFrom('http.finish', 'flow.send-waits'),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
      const events = traceOf(...steps);
      const { svg, rows, width, height, lanes } = figure(events);
      expect(rows).toHaveLength(events.length);
      expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      expect(svg.replace(/<\/?(?:svg|path|text|a)\b[^<>]*>/g, '')).not.toMatch(/</);
      for (const [, x = '0', y = '0'] of svg.matchAll(/<text[^>]* x="([\d.]+)" y="([\d.]+)"/g)) {
        expect(Number(x)).toBeLessThanOrEqual(width);
        expect(Number(y)).toBeLessThanOrEqual(height);
      }
      for (const { mark, name, detail } of rows) {
        if (mark.kind === 'point') continue;
        const gap =
          mark.from === 'app' || mark.to === 'app'
            ? (lanes.at(-1) ?? 0) - (lanes.at(-2) ?? 0)
            : (lanes.at(-2) ?? 0) - (lanes[0] ?? 0);
        expect(6.7 * (name.text.length + detail.length)).toBeLessThan(gap);
      }
    }),
  );
});
