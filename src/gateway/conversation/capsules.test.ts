// Capsules among octets (RFC 9297 section 3.2): what is taken out, what passes, and where one ends.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../tests/fuzz/runs.ts';
import { CapsuleReader, CapsuleTracker, datagramCapsule } from './capsules.ts';

/** A variable-length integer in a form of so many octets (RFC 9000 section 16). */
function varint(value: number, octets: 1 | 2 | 4 | 8): number[] {
  const digits: number[] = [];
  for (let i = 0, rest = value; i < octets; i++, rest = Math.floor(rest / 256))
    digits.unshift(rest % 256);
  const form = { 1: 0, 2: 0x40, 4: 0x80, 8: 0xc0 }[octets];
  return [(digits[0] as number) | form, ...digits.slice(1)];
}

/** All that a reader makes of octets, pushed in pieces. */
function read(most: number, ...pushes: readonly (readonly number[])[]) {
  const reader = new CapsuleReader(most);
  return pushes.flatMap((octets) => {
    reader.push(Uint8Array.from(octets));
    const pieces: (number[] | { datagram: number[] })[] = [];
    for (;;) {
      const piece = reader.next();
      if (!piece) return pieces;
      pieces.push(piece.datagram ? { datagram: [...piece.data] } : [...piece.data]);
    }
  });
}

describe('the reader', () => {
  test.each([1, 2, 4, 8] as const)(
    'tunnel.datagram.capsules: integers in forms of %i octets',
    (form) => {
      const own = [...varint(0, form), ...varint(2, form), 5, 6];
      const other = [...varint(9, form), ...varint(1, form), 7];
      expect(read(10, [...own, ...other, ...own])).toEqual([
        { datagram: [5, 6] },
        other,
        { datagram: [5, 6] },
      ]);
    },
  );

  test('tunnel.datagram.dropped: one with more octets than are held, and what follows is read', () => {
    expect(read(2, [0, 3, 1, 1, 1, 0, 2, 2, 2, 0, 0])).toEqual([
      { datagram: [2, 2] },
      { datagram: [] },
    ]);
  });

  test('tunnel.datagram.dropped: a length beyond all bounds takes no memory', () => {
    expect(read(65_535, [0, 0xff, 255, 255, 255, 255, 255, 255, 255, 1, 2, 3])).toEqual([]);
  });

  test('flow.no-hold: what is known not to be a datagram is given at once', () => {
    expect(read(9, [7], [2, 1], [1])).toEqual([[7], [2, 1], [1]]);
  });

  test('tunnel.datagram.capsules: octets of a type that is not known yet are held', () => {
    expect(read(9, [0x40], [0], [1], [5])).toEqual([{ datagram: [5] }]);
    expect(read(9, [0x40], [9, 0])).toEqual([[0x40, 9, 0]]);
  });

  test('tunnel.closed.when: what is dropped is not read', () => {
    const reader = new CapsuleReader(9);
    reader.push(Uint8Array.of(7, 0));
    reader.clear();
    expect(reader.next()).toBeUndefined();
  });
});

const someCapsules = fc.array(
  fc.record({
    type: fc.constantFrom(0, 0, 1, 63, 64, 20_000, 2 ** 31),
    typeForm: fc.constantFrom(4, 8),
    lengthForm: fc.constantFrom(2, 4, 8),
    value: fc.uint8Array({ maxLength: 9 }),
  }),
  { maxLength: 8 },
);

test('tunnel.datagram.capsules: any capsules over any split are those of one push', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 });
  fc.assert(
    fc.property(someCapsules, cuts, (capsules, cuts) => {
      const written = capsules.map(({ type, typeForm, lengthForm, value }) => [
        ...varint(type, type >= 2 ** 30 ? 8 : (typeForm as 4)),
        ...varint(value.length, lengthForm as 2),
        ...value,
      ]);
      const stream = written.flat();
      const pushes: number[][] = [];
      const tracker = new CapsuleTracker();
      const ends = new Set(written.map((_, i) => written.slice(0, i + 1).flat().length));
      for (let at = 0, i = 0; at < stream.length; i++) {
        const push = stream.slice(at, at + (cuts[i % cuts.length] as number));
        at += push.length;
        pushes.push(push);
        tracker.push(Uint8Array.from(push));
        expect(tracker.within, `after ${at} octets`).toBe(!ends.has(at));
      }
      const pieces = read(9, ...pushes);
      expect(pieces.flatMap((piece) => (Array.isArray(piece) ? [] : [piece.datagram]))).toEqual(
        capsules.flatMap(({ type, value }) => (type === 0 ? [[...value]] : [])),
      );
      expect(pieces.flatMap((piece) => (Array.isArray(piece) ? piece : []))).toEqual(
        written.filter((_, i) => capsules[i]?.type !== 0).flat(),
      );
    }),
    runs(500),
  );
});

test('tunnel.datagram.whole: what is written is what is read', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.constantFrom(0, 16_400), (data, more) => {
      const whole = new Uint8Array(data.length + more);
      whole.set(data);
      expect(read(65_535, [...datagramCapsule(whole)])).toEqual([{ datagram: [...whole] }]);
    }),
    runs(100),
  );
});
