// Whatever is sent, and wherever it is cut: the same events, none lost in a loop, and no more held than the limits allow.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Limits } from '../../interface/index.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { framingOf } from './framing.ts';
import { MESSAGE_CASES } from './malformed.ts';
import { cuts, mutated, pieces, request, requests } from './messages.arbitrary.ts';
import { readAll } from './read-all.ts';
import { Http1RequestReader } from './reader.ts';

const octets = (text: string) => Buffer.from(text, 'latin1');

/** Small enough to be met. */
const TIGHT: Partial<Limits> = {
  target_octets: 12,
  header_octets: 48,
  header_fields: 5,
  body_octets: 16,
  receive_buffer_octets: 5,
};

const someLimits = fc.constantFrom<Partial<Limits>>({}, TIGHT);
const cases = fc.constantFrom(...MESSAGE_CASES).map((each) => each.octets);
/** Messages, broken messages, and what is none. */
const anything = fc.oneof(
  requests,
  mutated(requests),
  cases,
  fc.tuple(cases, cases).map((both) => both.join('')),
  fc.tuple(request, cases).map((both) => both.join('')),
  mutated(cases),
);

test('whole requests are read whole', () => {
  fc.assert(
    fc.property(fc.array(request, { minLength: 1, maxLength: 3 }), (all) => {
      const read = readAll([octets(all.join(''))]);
      expect(read.failure).toBeUndefined();
      expect(read.requests).toHaveLength(all.length);
      expect(read.state).toBe('idle');
    }),
    { numRuns: 500 },
  );
});

test('the events do not depend on where the octets are cut', () => {
  fc.assert(
    fc.property(anything, cuts, someLimits, (message, where, limits) => {
      const { held: _, piece: __, ...whole } = readAll([octets(message)], limits);
      const { held: ___, piece: ____, ...cut } = readAll(pieces(octets(message), where), limits);
      expect(cut).toEqual(whole);
    }),
    { numRuns: 3000 },
  );
});

/** What an unfinished line may come to: with the longest method, with white space around a value, with extensions. */
function mostHeld({ target_octets, header_octets }: Limits): number {
  return Math.max(64 + target_octets + 16, header_octets + 1024 + 16, 16_384 + 32);
}

const noise = fc
  .array(
    fc.oneof(
      fc.uint8Array({ maxLength: 8 }).map((data) => Buffer.from(data).toString('latin1')),
      fc.constantFrom('GET ', '/ ', 'HTTP/1.1', 'Host: a', '\r\n', '\r\n\r\n', ':', '5', '0', ';'),
      fc
        .tuple(fc.constantFrom('a', ' ', '0', '\r\n', ';a', 'a:\r\n'), fc.nat(20_000))
        .map(([what, times]) => what.repeat(times)),
      fc.constant('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''));

test('flow.input-bounded: whatever is sent, what is held stays within bounds, and each octet is used once', () => {
  fc.assert(
    fc.property(fc.oneof(noise, anything), cuts, someLimits, (message, where, changed) => {
      const limits = { ...DEFAULT_LIMITS, ...changed };
      const reader = new Http1RequestReader(limits);
      let events = 0;
      let given = 0;
      for (const data of pieces(octets(message), where)) {
        reader.push(data);
        for (let event = reader.next(); event; event = reader.next()) {
          events++;
          if (event.type === 'head') {
            const { headers } = event.head;
            expect(headers.length).toBeLessThanOrEqual(limits.header_fields);
            reader.expect(framingOf({ headers, content_length: null }));
          }
          if (event.type === 'body') {
            given += event.data.length;
            expect(event.data.length).toBeGreaterThan(0);
            expect(event.data.length).toBeLessThanOrEqual(limits.receive_buffer_octets);
          }
        }
        expect(reader.buffered).toBeLessThanOrEqual(mostHeld(limits));
      }
      expect(given).toBeLessThanOrEqual(message.length);
      // No head, end or error without an octet of its own; no piece of a body without one.
      expect(events).toBeLessThanOrEqual(message.length);
    }),
    { numRuns: 1500 },
  );
});
