// The ring against a list of everything: what it keeps is the end of it, within its limits, at unchanging positions.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { traceEvent } from '../../tests/fixtures/trace-events.ts';
import { traceLine } from './formats/ndjson.ts';
import { octetsOf, Ring } from './ring.ts';

const limits = fc.record({ count: fc.integer({ min: 1, max: 40 }), octets: fc.nat(400) });
const sizes = fc.array(fc.nat(50), { maxLength: 300 });

test('what is kept is the end of what was put in, as long as the limits allow', () => {
  fc.assert(
    fc.property(limits, sizes, (most, all) => {
      const ring = new Ring<number>(most, (size) => size);
      for (const [index, size] of all.entries()) {
        ring.push(size);
        const put = index + 1;
        expect(ring.end).toBe(put);
        expect(ring.lost + ring.length).toBe(put);
        const { items, from, to } = ring.from(0);
        expect([from, to]).toEqual([ring.lost, put]);
        expect(items).toEqual(all.slice(ring.lost, put));
        const octets = items.reduce((sum, item) => sum + item, 0);
        expect(ring.octets).toBe(octets);
        expect(items.length).toBeLessThanOrEqual(most.count);
        expect(octets <= most.octets || items.length === 1).toBe(true);
        // One more would have been too much.
        if (ring.lost > 0 && items.length < most.count)
          expect(octets + (all[ring.lost - 1] ?? 0)).toBeGreaterThan(most.octets);
      }
    }),
  );
});

test('read in stretches from anywhere, each item that is kept comes once and in order', () => {
  fc.assert(
    fc.property(limits, limits, sizes, fc.nat(300), (most, each, all, start) => {
      const ring = new Ring<number>(most, (size) => size);
      for (const size of all) ring.push(size);
      const read: number[] = [];
      let position = start;
      for (;;) {
        const { items, from, to } = ring.from(position, each);
        expect(from).toBe(Math.min(Math.max(position, ring.lost), ring.end));
        expect(to - from).toBe(items.length);
        expect(items.length).toBeLessThanOrEqual(each.count);
        if (items.length === 0) break;
        read.push(...items);
        position = to;
      }
      expect(read).toEqual(all.slice(Math.max(start, ring.lost)));
    }),
  );
});

test('a stream without end takes the memory of its limits', () => {
  const ring = new Ring<{ readonly size: number }>(
    { count: 100, octets: 1000 },
    (item) => item.size,
  );
  for (let i = 0; i < 100_000; i++) ring.push({ size: 20 });
  expect([ring.length, ring.octets, ring.lost]).toEqual([50, 1000, 99_950]);
});

test('the size of an event is about that of its line', () => {
  const event = traceEvent({
    payload: { preview: 'x'.repeat(120), size: 5000, fields: [['content-type', 'text/plain']] },
    violation: { requirement: 'http.start-once', message: 'y'.repeat(80) },
  });
  const line = traceLine(event).length;
  expect(octetsOf(event) / line).toBeGreaterThan(0.7);
  expect(octetsOf(event) / line).toBeLessThan(1.3);
});
