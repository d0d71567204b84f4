// The buffer that frames are written into: what is written is there, at its place, however the buffer grew.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { OctetSink } from './sink.ts';

test('integers stand in network order, and can be written afterwards', () => {
  const sink = new OctetSink();
  const at = sink.reserve(9);
  sink.length += 9;
  sink.uint8(0x101);
  sink.uint16(0xfffe);
  sink.uint24(0x01_02_03);
  sink.uint32(0xfe_dc_ba_98);
  sink.setUint24(at, 10);
  sink.setUint16(at + 3, 0x0405);
  sink.setUint32(at + 5, 0x8000_0001);
  expect(sink.take().toString('hex')).toBe('00000a' + '0405' + '80000001' + '01fffe010203fedcba98');
});

test('what was taken is not written to again', () => {
  const sink = new OctetSink();
  sink.latin1('first');
  const taken = sink.take();
  sink.latin1('other');
  expect(taken.toString('latin1')).toBe('first');
  expect(sink.octets().toString('latin1')).toBe('other');
  sink.clear();
  expect(sink.octets()).toHaveLength(0);
});

test('whatever is written comes out in order', () => {
  const written = fc.oneof(
    fc.uint8Array({ maxLength: 2000 }),
    fc.uint8Array({ maxLength: 60 }).map((some) => Buffer.from(some).toString('latin1')),
    fc.constant('take' as const),
    fc.record({ insert: fc.nat(30), where: fc.nat() }),
  );
  fc.assert(
    fc.property(fc.array(written, { maxLength: 30 }), (steps) => {
      const sink = new OctetSink();
      let expected = Buffer.alloc(0);
      for (const step of steps)
        if (step === 'take') {
          expect(sink.take()).toEqual(expected);
          expected = Buffer.alloc(0);
        } else if (typeof step === 'string') {
          sink.latin1(step);
          expected = Buffer.concat([expected, Buffer.from(step, 'latin1')]);
        } else if (step instanceof Uint8Array) {
          sink.append(step);
          expected = Buffer.concat([expected, step]);
        } else {
          const at = step.where % (expected.length + 1);
          sink.insert(at, step.insert);
          sink.buffer.fill(7, at, at + step.insert);
          const room = Buffer.alloc(step.insert, 7);
          expected = Buffer.concat([expected.subarray(0, at), room, expected.subarray(at)]);
        }
      expect(sink.octets()).toEqual(expected);
    }),
  );
});
