// What is written is read again, whatever is in it; what was cut short, and what is no trace, is told apart.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceEvent, traceEvents, traceOf } from '../../../tests/fixtures/trace-events.ts';
import type { TraceEvent } from '../event.ts';
import {
  bodyLine,
  NdjsonReader,
  type ReadTrace,
  readNdjson,
  TraceFault,
  writeNdjson,
} from './ndjson.ts';

const someEvents = traceEvents.filter((events) => events.length > 0);

test('what is written is read again', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      expect(readNdjson(writeNdjson(events))).toStrictEqual({ events });
    }),
  );
});

test('a byte order mark and CRLF change nothing', () => {
  fc.assert(
    fc.property(someEvents, (events) => {
      const text = `\uFEFF${writeNdjson(events).replaceAll('\n', '\r\n')}`;
      expect(readNdjson(text)).toStrictEqual({ events });
    }),
  );
});

test('cut anywhere, what is whole is read, and a line that is not is named', () => {
  const one = fc.tuple(someEvents, fc.nat());
  fc.assert(
    fc.property(one, ([events, where]) => {
      const text = writeNdjson(events);
      const first = text.indexOf('\n');
      const cutAt = first + (where % (text.length - first + 1));
      const kept = text.slice(0, cutAt);
      const whole = events.filter((_, index) => {
        const end = text
          .split('\n')
          .slice(0, index + 1)
          .join('\n').length;
        return end <= cutAt;
      });
      const rest = kept.length > writeNdjson(whole).length;
      expect(readNdjson(kept)).toStrictEqual({
        events: whole,
        ...(rest ? { cut: whole.length + 1 } : {}),
      });
    }),
  );
});

test('it makes no difference in which pieces a text comes', () => {
  const outcome = (read: () => ReadTrace): unknown => {
    try {
      return read();
    } catch (error) {
      return error;
    }
  };
  const wild = fc.oneof(
    traceEvents.map(writeNdjson),
    fc
      .tuple(traceEvents.map(writeNdjson), fc.string({ unit: 'binary' }))
      .map((two) => two.join('')),
  );
  fc.assert(
    fc.property(wild, fc.boolean(), fc.array(fc.nat(400)), fc.nat(), (text, mark, sizes, cut) => {
      const whole = (mark ? '\uFEFF' : '') + text.slice(0, text.length - (cut % 300));
      const inPieces = outcome(() => {
        const reader = new NdjsonReader();
        let at = 0;
        for (const size of sizes) {
          reader.push(whole.slice(at, at + size));
          at += size;
        }
        reader.push(whole.slice(at));
        return reader.end();
      });
      expect(inPieces).toStrictEqual(outcome(() => readNdjson(whole)));
    }),
  );
});

describe('what is no trace', () => {
  const lines = (...events: object[]) => events.map((one) => `${JSON.stringify(one)}\n`).join('');
  const [first, second] = traceOf({}, {}) as [TraceEvent, TraceEvent];

  test.each<[what: string, text: string, line: number, message: RegExp]>([
    ['nothing', '', 0, /^there are no events\. Record some with --trace/],
    ['a byte order mark alone', '\uFEFF', 0, /^there are no events/],
    [
      'a first line that is cut short',
      '{"v":1,',
      1,
      /^line 1: not a JSON object: .*--trace writes/,
    ],
    ['a line in the middle that is cut', `${lines(first)}{"v"\n${lines(second)}`, 2, /not a JSON/],
    ['a last line that is ended, but no JSON', `${lines(first)}{"v"\n`, 2, /not a JSON object/],
    ['an empty line', `${lines(first)}\n${lines(second)}`, 2, /not a JSON object/],
    ['a CR alone as line end', lines(first, second).replace('\n', '\r'), 1, /not a JSON object/],
    ['a HAR', '{"log":{"version":"1.2","entries":[]}}', 1, /not a trace event: it must have/],
    ['a list', '[]', 1, /not a trace event: it must be object/],
    ['null', 'null\n', 1, /not a trace event: it must be object/],
    ['another version', lines({ ...first, v: 2 }), 1, /of version 2, and version 1 is read here/],
    ['a broken event', lines(first, { ...second, conn: 'a' }), 2, /\/conn must be integer/],
    ['a broken last line that is JSON', `${lines(first)}{}`, 2, /must have required property 'v'/],
    ['an infinite time', lines(first).replace('"t":0', '"t":1e999'), 1, /\/t must be number/],
    ['events out of order', lines(second, first), 2, /event 1 stands behind event 2 of the same/],
    ['an event that comes twice', lines(first, first), 2, /event 1 stands behind event 1 of the/],
  ])('%s', (_, text, line, message) => {
    expect(() => readNdjson(text)).toThrow(
      expect.objectContaining({
        constructor: TraceFault,
        line,
        message: expect.stringMatching(message),
      }),
    );
  });

  test('runs are ordered each by itself', () => {
    const [a, b] = [traceEvent({ run: 'a' }), traceEvent({ run: 'b' })];
    expect(readNdjson(lines(a, b)).events).toEqual([a, b]);
  });

  test('a text beyond the limit is not read, and one at it is', () => {
    const text = lines(first);
    expect(readNdjson(text, text.length).events).toEqual([first]);
    expect(() => readNdjson(text, text.length - 1)).toThrow(/characters, and \d+ are read\. Keep/);
  });

  test('what a fault quotes has nothing that a terminal would obey', () => {
    expect(() => readNdjson('\x1b[31m\n')).toThrow(/^[^\p{Cc}]+$/u);
  });
});

test('data that stands beside the events is found by its name', () => {
  const ref = 'a'.repeat(64);
  const events = traceOf({ payload: { preview: 'x', size: 3, ref } });
  const text = `${bodyLine('r', ref, btoa('\0ÿ\n'))}${writeNdjson(events)}`;
  expect(readNdjson(text)).toStrictEqual({
    events,
    bodies: new Map([[ref, Uint8Array.of(0, 255, 10)]]),
  });
  expect(() => readNdjson(`${bodyLine('r', ref, '~')}${writeNdjson(events)}`)).toThrow(
    'line 1: the data of a body is not base64',
  );
});
