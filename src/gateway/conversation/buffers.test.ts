// What the buffers count, to the octet (proposal 6, “What the buffers count”), and when they are full.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../tests/fuzz/runs.ts';
import type { Fields, HttpSendEvent } from '../../interface/index.ts';
import { EVENT_OVERHEAD, InputBuffer, OutputBuffer, sizeOfFields, utf8Length } from './buffers.ts';
import { octets } from './drive.fixture.ts';
import { HttpConversation } from './http.ts';

/** A wire of which the test says what was taken. */
class FakeWire {
  waiting = 0;
  written = 0;
  write(octets: number): void {
    this.written += octets;
    this.waiting += octets;
  }
  take(octets: number): void {
    this.waiting -= Math.min(octets, this.waiting);
  }
}

describe('sizes', () => {
  test('flow.send-waits: a string counts its length in UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 40 }), (text) => {
        expect(utf8Length(text)).toBe(octets(text).length);
      }),
      runs(500),
    );
  });

  test('flow.send-waits: header fields count the lengths of all names and values', () => {
    expect(sizeOfFields([])).toBe(0);
    expect(
      sizeOfFields([
        ['a', ''],
        ['name', 'v\xe9'],
      ]),
    ).toBe(1 + 4 + 2);
  });

  const headers: Fields = [['x-a', 'bcd']];
  const sizes: readonly [HttpSendEvent, number][] = [
    [{ type: 'http.informational', status: 103 }, 32],
    [{ type: 'http.informational', status: 103, headers }, 6 + 32],
    [{ type: 'http.response.start', status: 200, headers }, 6 + 32],
    [{ type: 'http.response.body', data: octets('') }, 0],
    [{ type: 'http.response.body', data: octets('é') }, 2 + 32],
    [{ type: 'http.file', path: '/srv/a' } as HttpSendEvent, 500 + 32],
    [{ type: 'http.request.discard' }, 0],
    [{ type: 'http.response.end', trailers: headers }, 6 + 32],
  ];
  const converse = (options = {}) =>
    new HttpConversation({
      method: 'GET',
      http_version: '1.1',
      features: new Set(['http.file']),
      openFile: () => ({ offset: 0, length: 500, close() {} }),
      ...options,
    });

  test('flow.send-waits: the events of a response, in order', () => {
    const conversation = converse();
    for (const [event, size] of sizes) expect(conversation.send(event).size, event.type).toBe(size);
  });

  test('flow.send-waits: an event of which nothing is written counts nothing', () => {
    const head = converse({ method: 'HEAD' });
    head.send({ type: 'http.response.start', status: 200 });
    expect(head.send({ type: 'http.response.body', data: octets('abc') }).size).toBe(0);
    expect(head.send({ type: 'http.file', path: '/srv/a' } as HttpSendEvent).size).toBe(0);
    const old = converse({ http_version: '1.0' });
    expect(old.send({ type: 'http.informational', status: 103, headers }).size).toBe(0);
  });
});

describe('the output buffer', () => {
  test('flow.send-waits: full from the high-water mark on, until three quarters of it', () => {
    const wire = new FakeWire();
    const buffer = new OutputBuffer(400, wire);
    wire.write(367);
    expect(buffer.accepted(367 + 32), 'one octet below').toBe(false);
    wire.write(1);
    expect(buffer.accepted(1 + 32)).toBe(true);
    expect(buffer.load).toBe(368 + 64);
    wire.take(131);
    expect(buffer.load).toBe(301);
    expect(buffer.taken()).toBe(false);
    wire.take(1);
    expect(buffer.taken()).toBe(true);
    expect(buffer.state).toBe('flowing');
  });

  test('flow.send-waits: an event counts its 32 until its last octet', () => {
    const wire = new FakeWire();
    const buffer = new OutputBuffer(1000, wire);
    wire.write(10);
    buffer.accepted(10 + 32);
    wire.take(9);
    expect(buffer.load).toBe(1 + 32);
    wire.take(1);
    expect(buffer.load).toBe(0);
  });

  test('flow.send-waits: framing counts in neither direction', () => {
    const wire = new FakeWire();
    const buffer = new OutputBuffer(1000, wire);
    // A head of many lines, of which 20 octets are the fields of the event; then a chunk of one octet.
    wire.write(300);
    buffer.accepted(20 + 32);
    wire.write(6);
    buffer.accepted(1 + 32);
    expect(buffer.load).toBe(20 + 32 + 1 + 32);
    wire.take(200);
    expect(buffer.load, 'not counted off before the event is reached').toBe(20 + 32 + 1 + 32);
    wire.take(100);
    expect(buffer.load).toBe(1 + 32);
  });

  test('flow.send-waits: events that were taken do not count, however many there were', () => {
    const wire = new FakeWire();
    const buffer = new OutputBuffer(1000, wire);
    for (let i = 0; i < 40; i++) {
      wire.write(1);
      buffer.accepted(1 + 32);
    }
    expect(buffer.state).toBe('full');
    wire.take(20);
    expect(buffer.load).toBe(20 * 33);
    expect(buffer.taken()).toBe(true);
  });

  test('flow.large-event: an event is accepted however large it is and however full the buffer', () => {
    const wire = new FakeWire();
    const buffer = new OutputBuffer(10, wire);
    for (let i = 0; i < 3; i++) {
      wire.write(100);
      expect(buffer.accepted(132)).toBe(true);
    }
    expect(buffer.load).toBe(3 * 132);
  });

  test('flow.send-waits: what is taken at once fills nothing', () => {
    const buffer = new OutputBuffer(10, new FakeWire());
    expect(buffer.accepted(132)).toBe(false);
    expect(buffer.load).toBe(0);
  });

  test('flow.send-waits: any run of writes and takes counts what an exact list would', () => {
    const step = fc.oneof(
      fc.record({
        content: fc.integer({ min: 0, max: 50 }),
        framing: fc.integer({ min: 0, max: 40 }),
        atOnce: fc.boolean(),
      }),
      fc.record({ take: fc.integer({ min: 1, max: 120 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const wire = new FakeWire();
        const buffer = new OutputBuffer(200, wire);
        let list: { size: number; end: number }[] = [];
        for (const step of steps) {
          if ('take' in step) wire.take(step.take);
          else {
            const octets = step.content + step.framing;
            wire.write(octets);
            if (step.atOnce) wire.waiting = 0;
            list.push({ size: step.content + EVENT_OVERHEAD, end: wire.written });
            buffer.accepted(step.content + EVENT_OVERHEAD);
          }
          const taken = wire.written - wire.waiting;
          list = list.filter(({ end }) => end > taken);
          const [first, ...rest] = list;
          const load = first
            ? Math.min(first.size, first.end - taken + EVENT_OVERHEAD) +
              rest.reduce((sum, { size }) => sum + size, 0)
            : 0;
          expect(buffer.load).toBe(load);
        }
      }),
      runs(500),
    );
  });

  test('flow.end-settles, flow.send-settles-on-close: what waits resolves at the end, and fails at the loss', () => {
    const full = () => {
      const wire = new FakeWire();
      const buffer = new OutputBuffer(10, wire);
      wire.write(100);
      buffer.accepted(132);
      return buffer;
    };
    const ended = full();
    expect([ended.ends(), ended.ends(), ended.lost(), ended.taken()]).toEqual([
      true,
      false,
      false,
      false,
    ]);
    const lost = full();
    expect([lost.lost(), lost.lost(), lost.ends(), lost.taken()]).toEqual([
      true,
      false,
      false,
      false,
    ]);
  });
});

describe('the input buffer', () => {
  const event = { type: 'x' };

  test('flow.input-bounded: full from the high-water mark on, until half of it', () => {
    const buffer = new InputBuffer(100);
    buffer.push(event, 40);
    buffer.push(event, 59);
    expect(buffer.full).toBe(false);
    buffer.push(event, 1);
    expect(buffer.full).toBe(true);
    buffer.shift();
    expect([buffer.load, buffer.full]).toEqual([60, true]);
    buffer.shift();
    expect([buffer.load, buffer.full]).toEqual([1, false]);
  });

  test('flow.input-resumes: an empty one is not full, whatever the mark is', () => {
    const buffer = new InputBuffer(1);
    buffer.push(event, 32);
    expect(buffer.full).toBe(true);
    expect(buffer.shift()).toBe(event);
    expect([buffer.full, buffer.empty, buffer.load]).toEqual([false, true, 0]);
    expect(buffer.shift()).toBeUndefined();
  });

  test('flow.input-bounded: any run of pushes and shifts keeps order and load', () => {
    const steps = fc.array(fc.option(fc.integer({ min: 0, max: 60 }), { freq: 2 }), {
      maxLength: 4000,
    });
    fc.assert(
      fc.property(steps, fc.boolean(), (steps, clears) => {
        const buffer = new InputBuffer<{ type: string; size: number }>(500);
        let list: { type: string; size: number }[] = [];
        let full = false;
        for (const [index, size] of steps.entries()) {
          if (clears && index % 1000 === 999) {
            buffer.clear();
            list = [];
            full = false;
          }
          if (size === null) expect(buffer.shift()).toBe(list.shift());
          else {
            const event = { type: 'x', size };
            list.push(event);
            buffer.push(event, size);
          }
          const load = list.reduce((sum, { size }) => sum + size, 0);
          if (size !== null && load >= 500) full = true;
          if (size === null && load <= 250) full = false;
          expect([buffer.load, buffer.empty, buffer.full]).toEqual([load, list.length === 0, full]);
        }
      }),
      { ...runs(20), maxSkipsPerRun: 0 },
    );
  });
});
