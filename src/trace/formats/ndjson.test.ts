// What is written is read again, whatever is in it; what was cut short, and what is no trace, is told apart.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceEvent, traceEvents, traceOf } from '../../../tests/fixtures/trace-events.ts';
import type { TraceEvent } from '../event.ts';
import {
  bodyLine,
  checkBodies,
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
    bodyLines: new Map([[ref, 1]]),
  });
});

describe('data that stands beside the events', () => {
  const event = writeNdjson(traceOf({}));
  const ref = 'a'.repeat(64);
  const line = (change: object) =>
    `${JSON.stringify({ v: 1, run: 'r', ref, data: '', ...change })}\n`;

  test.each<[what: string, text: string, said: string]>([
    [
      'a name that is that of the prototype',
      line({ ref: '__proto__' }),
      '/ref must match "^[0-9a-f]{64}$"',
    ],
    ['no name', line({ ref: undefined }), "it must have required property 'ref'"],
    ['no run', line({ run: '' }), '/run must not be empty'],
    ['data that is no text', line({ data: [1, 2] }), '/data must be string'],
    ['something else beside it', line({ seq: 1 }), 'it must not have the property "seq"'],
    ['signs that are not of base64', line({ data: '~' }), 'the data of a body is not base64'],
    ['base64 that is cut short', line({ data: 'YWJjZ' }), 'the data of a body is not base64'],
    ['base64 of URLs', line({ data: '-_-_' }), 'the data of a body is not base64'],
    ['a later version', line({ v: 2 }), 'a trace of version 2, and version 1 is read here'],
  ])('%s: the line, and what is wrong', (_, text, said) => {
    const read = () => readNdjson(event + text);
    expect(read).toThrow(TraceFault);
    expect(read).toThrow(
      `line 2: ${said.startsWith('it') || said.startsWith('/') ? 'not the data of a body: ' : ''}${said}`,
    );
  });

  const named = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
  const kept = (data: Uint8Array, name = named(data)) =>
    `${bodyLine('r', name, Buffer.from(data).toString('base64'))}${event}`;

  test('of 50 MB it is read whole, and held to its name', async () => {
    const data = Buffer.alloc(50_000_000, 'Portway \0\xff\n', 'latin1');
    const trace = readNdjson(kept(data));
    const read = trace.bodies?.get(named(data));
    expect(read?.length).toBe(data.length);
    expect(Buffer.compare(Buffer.from(read ?? []), data)).toBe(0);
    await expect(checkBodies(trace)).resolves.toBeUndefined();
  });

  test('what its name does not fit is named, with its line', async () => {
    const trace = readNdjson(
      kept(Uint8Array.of(1)) + kept(Uint8Array.of(2), ref).replace('"seq":1', '"seq":2'),
    );
    await expect(checkBodies(trace)).rejects.toThrow(TraceFault);
    await expect(checkBodies(trace)).rejects.toThrow(
      `line 3: the data of a body is not what its name says: its SHA-256 is ${named(Uint8Array.of(2))}, and not ${ref}.`,
    );
  });

  test('a trace without any has nothing to hold to a name', async () => {
    await expect(checkBodies(readNdjson(event))).resolves.toBeUndefined();
  });
});
