// Whatever a peer sends, and wherever it is cut: the same events, and nothing thrown. Whatever credit a peer gives, and
// when: never more data than that, and all of it in the end.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../tests/fuzz/runs.ts';
import {
  block,
  CONNECTION_CASES,
  data,
  frame,
  GET,
  get,
  give,
  HELLO,
  headers,
  joinedFrames,
  POST,
  post,
  rst,
  settings,
} from './cases.ts';
import { ServerConnection } from './connection.ts';
import { framesOf, OPTIONS, readAll } from './read-all.ts';
import type { Http2Stream } from './stream.ts';

const id = fc.constantFrom(0, 1, 2, 3, 5, 7, 2 ** 31 - 1);
const payload = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.constantFrom(block(GET), block(POST), block([['x', 'y']])).map((all) => Uint8Array.from(all)),
);
const anyFrame = fc
  .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 255 }), id, payload)
  .map(([type, flags, id, octets]) => frame(type, flags, id, [...octets]));
/** Frames that mostly fit. */
const likely = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(get(1), get(3), post(1), post(3), post(5), get(7)) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(1, 3, 5), fc.string({ maxLength: 30 }), fc.constantFrom(0, 1))
      .map(([id, text, flags]) => data(id, text.replace(/[^\0-\xff]/gu, '?'), flags)),
  },
  fc.constantFrom(1, 3, 5).map((id) => headers(id, [['x', 'y']])),
  fc.constantFrom(1, 3, 5).map((id) => rst(id)),
  fc.tuple(fc.constantFrom(0, 1, 3), fc.nat(2 ** 31 - 1)).map(([id, credit]) => give(id, credit)),
  fc.tuple(fc.integer({ min: 0, max: 9 }), fc.nat()).map(([id, value]) => settings([id, value])),
  anyFrame,
);
const fromCases = fc
  .constantFrom(...CONNECTION_CASES)
  .map(({ steps }) => steps.filter((step): step is Uint8Array => step instanceof Uint8Array))
  // The two that fill a window are slow octet by octet.
  .filter((steps) => steps.reduce((size, { length }) => size + length, 0) < 40_000);
const mutated = fc.tuple(fromCases, fc.nat(), fc.nat(255)).map(([steps, where, octet]) => {
  const whole = joinedFrames(steps);
  const at = 24 + (where % Math.max(1, whole.length - 24));
  whole[at] = octet;
  return [whole];
});
const anything: fc.Arbitrary<readonly Uint8Array[]> = fc.oneof(
  fc.array(likely, { maxLength: 12 }).map((frames) => [...HELLO, ...frames]),
  fc.array(anyFrame, { maxLength: 8 }).map((frames) => [...HELLO, ...frames]),
  fc.uint8Array({ maxLength: 300 }).map((noise) => [...HELLO, noise]),
  fc.uint8Array({ maxLength: 60 }).map((noise) => [noise]),
  fromCases,
  mutated,
);

test('the events do not depend on where the octets are cut, and nothing is thrown', () => {
  fc.assert(
    fc.property(anything, fc.array(fc.integer({ min: 1, max: 40 })), (frames, sizes) => {
      const all = [joinedFrames(frames)];
      const whole = readAll(all);
      const cut = readAll(all, {}, (octets) => {
        const pieces: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < octets.length; turn++) {
          const size = sizes[turn % sizes.length] ?? 1;
          pieces.push(octets.subarray(at, at + size));
          at += size;
        }
        return pieces;
      });
      expect(cut).toEqual(whole);
    }),
    runs(2000),
  );
});

test('security.stream-malformed, security.limits-head: no request is given that breaks RFC 9113 section 8', () => {
  const name = fc.oneof(
    fc.constantFrom(...GET.map(([name]) => name), 'x', 'host', 'cookie', 'te', 'content-length'),
    fc.string({ maxLength: 4 }),
  );
  const value = fc.oneof(
    fc.constantFrom('GET', 'http', '/', 'a', 'trailers', '0', 'CONNECT'),
    fc.string({ maxLength: 4 }),
    fc.string({ unit: fc.constantFrom('\0', '\n', '\r', ' ', '\t', 'a', '\xff'), maxLength: 4 }),
  );
  const some = fc.array(fc.tuple(name, value), { maxLength: 6 });
  fc.assert(
    fc.property(
      fc.oneof(
        some,
        some.map((fields) => [...GET, ...fields]),
      ),
      (fields) => {
        const octets = fields.map(([name, value]) => [name, value] as const);
        if (fields.some(([name, value]) => /[^\0-\xff]/u.test(name + value))) return;
        const limits = { header_octets: 20, header_fields: 4 };
        const { requests } = readAll([...HELLO, headers(1, octets)], { limits });
        for (const { method, path, headers } of requests) {
          expect(headers.length).toBeLessThanOrEqual(limits.header_fields + 1);
          for (const text of [method, path ?? '', ...headers.flat()]) {
            expect(text).not.toMatch(/[\0\r\n]/);
            expect(text).toBe(text.replace(/^[ \t]|[ \t]$/, ''));
          }
          for (const [name] of headers) expect(name).toMatch(/^[!-9;-@[-~]+$/);
        }
      },
    ),
    runs(2000),
  );
});

/** What happens to the sending side, in any order. */
type Turn =
  | readonly ['data', stream: number, octets: number]
  | readonly ['end', stream: number]
  | readonly ['give', id: number, octets: number]
  | readonly ['initial', octets: number]
  | readonly ['produce', most: number];

const turns: fc.Arbitrary<readonly Turn[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('data' as const), fc.nat(3), fc.nat(40_000)),
    fc.tuple(fc.constant('end' as const), fc.nat(3)),
    fc.tuple(fc.constant('give' as const), fc.nat(4), fc.integer({ min: 1, max: 50_000 })),
    fc.tuple(fc.constant('initial' as const), fc.nat(70_000)),
    fc.tuple(fc.constant('produce' as const), fc.integer({ min: 1, max: 100_000 })),
  ),
  { maxLength: 40 },
);

test('RFC 9113 6.9: never beyond a window, nothing lost or out of order, and all of it once there is credit', () => {
  fc.assert(
    fc.property(turns, (all) => {
      const streams: Http2Stream[] = [];
      const connection = new ServerConnection<unknown>(OPTIONS, {
        onRequest: (stream) => void streams.push(stream),
        onData() {},
        onEnd() {},
        onReset() {},
        onFault() {},
        onSent() {},
        onGoaway() {},
        onPong() {},
        onFailure: ({ message }) => expect.fail(message),
      });
      for (const piece of [...HELLO, get(1), get(3), get(5), get(7)]) connection.receive(piece);
      for (const stream of streams) connection.respond(stream, [[':status', '200']], false);
      // The peer's own account.
      let initial = 65_535;
      let whole = 65_535;
      const windows = [initial, initial, initial, initial];
      const given = [0, 0, 0, 0];
      const got = [0, 0, 0, 0];
      const ended = [false, false, false, false];
      const closed = [false, false, false, false];
      const produce = (most: number) => {
        connection.produce(most);
        const out = connection.take();
        if (!out) return;
        for (const { type, flags, id, payload } of framesOf(Uint8Array.from(out.octets()))) {
          if (type !== 0) continue;
          const at = (id - 1) / 2;
          expect(closed[at]).toBe(false);
          windows[at] = (windows[at] as number) - payload.length;
          whole -= payload.length;
          if (payload.length > 0)
            expect(Math.min(windows[at] as number, whole)).toBeGreaterThanOrEqual(0);
          // Each octet is its place in the stream.
          for (const octet of payload) {
            if (octet !== (got[at] as number) % 251) expect.fail('an octet is out of place');
            got[at] = (got[at] as number) + 1;
          }
          if (flags & 1) closed[at] = true;
        }
      };
      for (const [what, first, second = 0] of all) {
        if (what === 'data') {
          if (ended[first]) continue;
          const from = given[first] as number;
          connection.data(
            streams[first] as Http2Stream,
            Uint8Array.from({ length: second }, (_, i) => (from + i) % 251),
          );
          given[first] = from + second;
        } else if (what === 'end') {
          if (!ended[first]) connection.end(streams[first] as Http2Stream);
          ended[first] = true;
        } else if (what === 'give') {
          if (first === 4) whole += second;
          else windows[first] = (windows[first] as number) + second;
          connection.receive(give(first === 4 ? 0 : 2 * first + 1, second));
        } else if (what === 'initial') {
          for (let i = 0; i < 4; i++) windows[i] = (windows[i] as number) + first - initial;
          initial = first;
          connection.receive(settings([4, first]));
        } else produce(first);
      }
      connection.receive(give(0, 10_000_000));
      whole += 10_000_000;
      for (let i = 0; i < 4; i++) {
        connection.receive(give(2 * i + 1, 10_000_000));
        windows[i] = (windows[i] as number) + 10_000_000;
      }
      while (connection.sendable) produce(30_000);
      produce(30_000);
      expect(got).toEqual(given);
      expect(closed).toEqual(ended);
    }),
    runs(300),
  );
});
