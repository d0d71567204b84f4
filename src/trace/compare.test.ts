// Which conversation of a trace is which of another, which step is which, and what counts as a difference.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type ComparedStep, type Comparison, compareTraces, lanesOf } from './compare.ts';
import type { TraceEvent, TraceStep } from './event.ts';
import { isWait, normalise } from './normalise.ts';

const least: TraceEvent = {
  v: 1,
  run: 'a',
  seq: 1,
  t: 0,
  conn: 1,
  lane: 'app',
  dir: 'out',
  type: 'http.response.start',
  phase: 'i',
};
const traceOf = (...steps: Partial<TraceEvent>[]): TraceEvent[] =>
  steps.map((step, index) => ({ ...least, seq: index + 1, t: index, ...step }));

const asked = (line: string, conn = 1): Partial<TraceEvent> => ({
  conn,
  lane: 'gateway',
  dir: 'in',
  type: 'http.request',
  payload: { preview: `${line} HTTP/1.1` },
});
const started = (status: number, more: Partial<TraceEvent> = {}): Partial<TraceEvent> => ({
  payload: { preview: String(status), status },
  requirement: 'http.commit.on-start',
  ...more,
});
const piece = (text: string, more: Partial<TraceEvent> = {}): Partial<TraceEvent> => ({
  type: 'http.response.body',
  payload: { preview: text, size: text.length },
  ...more,
});
const ended: Partial<TraceEvent> = { type: 'http.response.end' };

const departures = ({ conversations }: Comparison): ComparedStep[] =>
  conversations.flatMap(({ steps }) => steps.filter(({ kind }) => kind !== 'same'));
const seqOf = ({ left, right }: ComparedStep) => [left?.events[0].seq, right?.events[0].seq];

describe('a step', () => {
  test.each<[what: string, left: Partial<TraceEvent>, right: Partial<TraceEvent>, ...unknown[]]>([
    ['the status', started(200), started(404), { what: 'status', left: '200', right: '404' }],
    [
      'a field, by its name in lower case',
      {
        payload: {
          preview: '',
          fields: [
            ['X-A', '1'],
            ['b', '2'],
          ],
        },
      },
      {
        payload: {
          preview: '',
          fields: [
            ['x-a', '3'],
            ['c', '4'],
          ],
        },
      },
      { what: 'field', name: 'x-a', left: '1', right: '3' },
      { what: 'field', name: 'b', left: '2' },
      { what: 'field', name: 'c', right: '4' },
    ],
    [
      'the order of fields',
      {
        payload: {
          preview: '',
          fields: [
            ['a', '1'],
            ['b', '2'],
          ],
        },
      },
      {
        payload: {
          preview: '',
          fields: [
            ['b', '2'],
            ['a', '1'],
          ],
        },
      },
      { what: 'order of fields', left: 'a, b', right: 'b, a' },
    ],
    [
      'the state',
      { state: 'open' },
      { state: 'ended' },
      { what: 'state', left: 'open', right: 'ended' },
    ],
    [
      'data and its size',
      piece('abc'),
      piece('abcd'),
      { what: 'size', left: '3', right: '4' },
      { what: 'data', left: 'abc', right: 'abcd' },
    ],
    [
      'a text that is no data',
      { type: 'websocket.message', payload: { preview: 'text a' } },
      { type: 'websocket.message', payload: { preview: 'text b' } },
      { what: 'text', left: 'text a', right: 'text b' },
    ],
    [
      'a violation',
      {},
      { violation: { requirement: 'http.start-once', message: 'x' } },
      { what: 'violation', right: 'http.start-once' },
    ],
    [
      'the requirement',
      { requirement: 'http.duplex' },
      {},
      { what: 'requirement', left: 'http.duplex' },
    ],
    [
      'what stands behind the preview, by its hash',
      { payload: { preview: 'x…', size: 500, ref: 'a1' } },
      { payload: { preview: 'x…', size: 500, ref: 'b2' } },
      { what: 'SHA-256', left: 'a1', right: 'b2' },
    ],
  ])('differs in %s', (_, left, right, ...changes) => {
    const found = departures(
      compareTraces(traceOf(asked('GET /'), left, ended), traceOf(asked('GET /'), right, ended)),
    );
    expect(found).toMatchObject([{ kind: 'changed', changes }]);
    expect(found.map(seqOf)).toEqual([[2, 2]]);
  });

  test('what one trace has alone is named with its number, and the first departure is the first of the left side', () => {
    const { conversations, differences, differing } = compareTraces(
      traceOf(asked('GET /'), started(200), piece('a'), { type: 'http.trailers' }, ended),
      traceOf(asked('GET /'), { type: 'http.informational' }, started(200), piece('b'), ended),
    );
    expect([differences, differing]).toEqual([3, 1]);
    const [{ steps, first } = { steps: [], first: undefined }] = conversations;
    expect(steps.map((step) => [step.kind, ...seqOf(step)])).toEqual([
      ['same', 1, 1],
      ['right', undefined, 2],
      ['same', 2, 3],
      ['changed', 3, 4],
      ['left', 4, undefined],
      ['same', 5, 5],
    ]);
    expect(first).toBe(1);
  });

  test('all events that a step was joined from are shown, with its time and its wait', () => {
    const { conversations } = compareTraces(
      traceOf(
        asked('GET /'),
        piece('a'),
        { type: 'send', phase: 'B', span: 1, cause: 2, t: 5 },
        { type: 'send', dir: 'in', phase: 'E', span: 1, t: 25 },
        piece('bc'),
      ),
      traceOf({ ...asked('GET /'), t: 100 }, piece('abc', { t: 107 })),
    );
    const [, step] = conversations[0]?.steps ?? [];
    expect(step).toMatchObject({ kind: 'same', left: { t: 1, waited: 20 }, right: { t: 7 } });
    expect(step?.left?.events.map(({ seq }) => seq)).toEqual([2, 5]);
  });

  test('a receive that waited shows how long', () => {
    const waits = (t: number) =>
      traceOf(
        asked('POST /'),
        { type: 'receive', phase: 'B', span: 4, t: 1 },
        { type: 'http.request.end', dir: 'in', phase: 'E', span: 4, t },
      );
    const { differences, conversations } = compareTraces(waits(11), waits(31));
    expect(differences).toBe(0);
    expect(conversations[0]?.steps[1]).toMatchObject({
      left: { waited: 10 },
      right: { waited: 30 },
    });
  });
});

describe('which conversation is which', () => {
  const pairs = ({ conversations }: Comparison) =>
    conversations.map(({ left, right }) => [left?.conn, right?.conn]);

  test('by number where both number the same requests alike', () => {
    const both = [asked('GET /', 1), asked('GET /', 2), asked('GET /b', 3)];
    expect(pairs(compareTraces(traceOf(...both), traceOf(...both.slice(1))))).toEqual([
      [1, undefined],
      [2, 2],
      [3, 3],
    ]);
  });

  test('by request line and order where they do not', () => {
    expect(
      pairs(
        compareTraces(
          traceOf({ conn: 0 }, asked('GET /a', 1), asked('GET /b', 2), asked('GET /a', 3)),
          traceOf({ conn: 0 }, asked('GET /a', 4), asked('GET /c', 5), asked('GET /a', 6)),
        ),
      ),
    ).toEqual([
      [0, 0],
      [1, 4],
      [2, undefined],
      [3, 6],
      [undefined, 5],
    ]);
  });

  test('a request that has become another is no change of it', () => {
    const comparison = compareTraces(traceOf(asked('GET /a')), traceOf(asked('GET /b')));
    expect(pairs(comparison)).toEqual([
      [1, undefined],
      [undefined, 1],
    ]);
    expect([comparison.differences, comparison.differing]).toEqual([2, 2]);
  });

  test('of several runs in one trace each has its own conversations', () => {
    const left = [...traceOf(asked('GET /a')), ...traceOf({ ...asked('GET /b'), run: 'b' })];
    const right = [
      ...traceOf({ ...asked('GET /b'), run: 'c' }),
      ...traceOf({ ...asked('GET /a'), run: 'd' }),
    ];
    const { conversations, differences } = compareTraces(left, right);
    expect(conversations.map(({ left, right }) => [left?.run, right?.run])).toEqual([
      ['a', 'd'],
      ['b', 'c'],
    ]);
    expect(differences).toBe(0);
  });
});

describe('what does not count', () => {
  test('the version of HTTP: it is told of each conversation', () => {
    const over = (version: string) =>
      traceOf({ ...asked('GET /'), payload: { preview: `GET / ${version}` } });
    expect(compareTraces(over('HTTP/1.1'), over('HTTP/2'))).toMatchObject({
      differences: 0,
      conversations: [{ left: { version: 'HTTP/1.1' }, right: { version: 'HTTP/2' } }],
    });
  });

  test('the form that a WebSocket’s handshake has in a version', () => {
    const client = (line: string, status: number, fields: [string, string][]) =>
      traceOf(
        { lane: 'client', type: 'client.request', payload: { preview: line, fields } },
        asked(line),
        { type: 'websocket.accept' },
        {
          lane: 'client',
          dir: 'in',
          type: 'client.response',
          payload: { preview: String(status), status, fields: [['sec-websocket-protocol', 'a']] },
        },
      );
    const http1 = client('GET /chat', 101, [
      ['Upgrade', 'websocket'],
      ['X', 'y'],
    ]);
    const http2 = client('CONNECT /chat', 200, [['x', 'y']]);
    expect(compareTraces(http1, http2).differences).toBe(0);
    expect(
      departures(
        compareTraces(
          http1,
          client('GET /chat', 200, [
            ['Upgrade', 'websocket'],
            ['X', 'y'],
          ]),
        ),
      ),
    ).toMatchObject([{ kind: 'changed' }]);
  });

  test('a party that one trace has not recorded, and it is named', () => {
    const server = traceOf(asked('GET /'), started(200));
    const both = traceOf(
      { lane: 'client', type: 'client.request', payload: { preview: 'GET /' } },
      asked('GET /'),
      started(200),
    );
    expect(compareTraces(server, both)).toMatchObject({ differences: 0, unrecorded: ['client'] });
  });

  test('an application that was not called in one of the two is a difference: a gateway records both', () => {
    const found = compareTraces(traceOf(asked('GET /'), started(200)), traceOf(asked('GET /')));
    expect(found).toMatchObject({ differences: 1, unrecorded: [] });
    const client = {
      lane: 'client',
      type: 'client.request',
      payload: { preview: 'GET /' },
    } as const;
    expect(compareTraces(traceOf(client, asked('GET /')), traceOf(client))).toMatchObject({
      differences: 0,
      unrecorded: ['app', 'gateway'],
    });
  });

  test('numbers that are missing are counted, so that a reader can doubt', () => {
    const kept = traceOf(asked('GET /'), started(200)).map((event) => ({
      ...event,
      seq: event.seq * 3,
    }));
    expect(compareTraces(kept, traceOf(asked('GET /'), started(200))).missing).toEqual({
      left: 4,
      right: 0,
    });
  });
});

describe('of any trace', () => {
  const data = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom('a', 'b', 'c') });
  const step: fc.Arbitrary<Partial<TraceStep>> = fc.oneof(
    fc.record({
      lane: fc.constantFrom('client', 'app', 'gateway'),
      dir: fc.constantFrom('in', 'out'),
      type: fc.constantFrom('one', 'two', 'three'),
      state: fc.constantFrom('open', 'ended'),
    }),
    data.map((text) => piece(text)),
    data.map((text) => ({
      type: 'websocket.message',
      payload: { preview: text, size: text.length },
    })),
  );
  /** Conversations of which each begins with its request, in any mixture. */
  const trace: fc.Arbitrary<TraceEvent[]> = fc
    .tuple(
      fc.array(fc.constantFrom('GET /a', 'GET /b', 'PUT /a'), { minLength: 1, maxLength: 3 }),
      fc.array(fc.tuple(fc.nat(2), step), { maxLength: 30 }),
    )
    .map(([lines, steps]) =>
      traceOf(
        ...lines.map((line, index) => asked(line, index + 1)),
        ...steps.map(([which, each]) => ({ ...each, conn: (which % lines.length) + 1 })),
      ),
    );

  test('with itself it has no differences, and all its events stand in the comparison', () => {
    fc.assert(
      fc.property(trace, (events) => {
        const { differences, conversations } = compareTraces(events, events);
        expect(differences).toBe(0);
        const shown = conversations.flatMap(({ steps }) =>
          steps.flatMap(({ left }) => left?.events ?? []),
        );
        expect(shown.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
          events.map(({ seq }) => seq),
        );
      }),
    );
  });

  test('other times, runs, places in the code and waits make no difference, nor do other pieces', () => {
    fc.assert(
      fc.property(trace, fc.infiniteStream(fc.nat(9)), (events, numbers) => {
        const next = () => numbers.next().value as number;
        let t = 0;
        const other = events
          .flatMap((event): Partial<TraceEvent>[] => {
            t += next();
            const changed = {
              ...event,
              run: 'b',
              t,
              buffered: next(),
              src: { file: 'app.ts', line: 1 + next(), column: 1 },
            };
            const wait = { conn: event.conn, type: 'send', phase: 'B', span: t } as const;
            const text = event.payload?.preview ?? '';
            if (event.type !== 'http.response.body' || text.length < 2) return [changed, wait];
            const at = 1 + (next() % (text.length - 1));
            return [piece(text.slice(0, at)), wait, piece(text.slice(at))].map((part) => ({
              ...changed,
              ...part,
            }));
          })
          .map((event, index) => ({ ...least, ...event, run: 'b', seq: index + 1 }));
        expect(compareTraces(events, other).differences).toBe(0);
        expect(compareTraces(other, events).differences).toBe(0);
      }),
    );
  });

  test('without one event it has exactly one difference', () => {
    fc.assert(
      fc.property(trace, fc.nat(), (events, nth) => {
        // Pieces that would become one, and those that are part of one, are another matter.
        const candidates = events.filter(({ type }) => /^(?:one|two|three|websocket)/.test(type));
        const gone = candidates[nth % Math.max(1, candidates.length)];
        fc.pre(gone !== undefined);
        const rest = events.filter((event) => event !== gone);
        fc.pre(gone.lane !== 'client' || rest.some(({ lane }) => lane === 'client'));
        fc.pre(!events.some(({ type }) => type === 'http.response.body') || gone.lane !== 'app');
        const found = compareTraces(events, rest);
        expect([found.differences, found.differing, found.missing.right]).toEqual([
          1,
          1,
          gone === events.at(-1) ? 0 : 1,
        ]);
        expect(departures(found)).toMatchObject([{ kind: 'left' }]);
      }),
    );
  });

  test('two compare alike from either side', () => {
    const flat = (comparison: Comparison, mirrored: boolean) =>
      departures(comparison)
        .map(({ kind, left, right, changes }) => {
          const [one, other] = mirrored ? [right, left] : [left, right];
          return JSON.stringify([
            mirrored && kind !== 'changed' ? (kind === 'left' ? 'right' : 'left') : kind,
            one?.events.map(({ seq }) => seq),
            other?.events.map(({ seq }) => seq),
            changes
              .map(({ what, name, left, right }) =>
                mirrored ? [what, name, right, left] : [what, name, left, right],
              )
              .map((change) => JSON.stringify(change))
              .sort(),
          ]);
        })
        .sort();
    fc.assert(
      fc.property(trace, trace, (left, right) => {
        const [there, back] = [compareTraces(left, right), compareTraces(right, left)];
        expect(flat(there, false)).toEqual(flat(back, true));
        expect([there.differences, there.differing]).toEqual([back.differences, back.differing]);
      }),
    );
  });

  test('each event of both stands in it once, and what is called the same is', () => {
    fc.assert(
      fc.property(trace, trace, (left, right) => {
        const { conversations } = compareTraces(left, right);
        for (const [side, all] of [
          ['left', left],
          ['right', right],
        ] as const) {
          const lanes = lanesOf(side === 'left' ? right : left);
          const paired = conversations.filter((one) => one.left && one.right);
          const conns = new Set(paired.map((one) => one[side]?.conn));
          const expected = all.filter(
            (event) => conns.has(event.conn) && lanes.has(event.lane) && !isWait(event),
          );
          const shown = paired.flatMap(({ steps }) =>
            steps.flatMap((step) => step[side]?.events ?? []),
          );
          expect(shown.map(({ seq }) => seq).sort((a, b) => a - b)).toEqual(
            expected.map(({ seq }) => seq),
          );
        }
        for (const { kind, left, right } of conversations.flatMap(({ steps }) => steps)) {
          if (kind === 'left' || kind === 'right') continue;
          const one = normalise(left.events.map((event) => ({ ...event, conn: 1 })));
          const other = normalise(right.events.map((event) => ({ ...event, conn: 1 })));
          if (kind === 'same') expect(one).toEqual(other);
          else expect(one).not.toEqual(other);
        }
      }),
    );
  });
});

test('10,000 events of which few differ take as long as there are, and two that share nothing end', () => {
  const messages = (from: string) =>
    traceOf(
      asked('GET /'),
      ...Array.from({ length: 10_000 }, (_, at) => ({
        type: 'websocket.message',
        payload: { preview: `text ${from}${at}` },
      })),
    );
  const events = messages('m');
  const near = events.filter((_, at) => at % 500 !== 250);
  expect(compareTraces(events, near).differences).toBe(20);
  const far = compareTraces(events, messages('other'));
  expect(far.differences).toBe(10_000);
});
