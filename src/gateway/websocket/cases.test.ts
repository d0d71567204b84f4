// The cases over the codec, with an application that echoes: what a whole gateway has to do with them, its reader does.

import { describe, expect, test } from 'vitest';
import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import {
  type Answer,
  CASE_MESSAGE_OCTETS,
  difference,
  FAREWELL,
  WEBSOCKET_CASES,
  type WebSocketCase,
} from './cases.ts';
import { FrameReader } from './frames.ts';

/** All answers to these writes. The events are taken after each write, or after the last. */
function answers(writes: readonly Uint8Array[], eager: boolean): Answer[] {
  const reader = new FrameReader({ messageOctets: CASE_MESSAGE_OCTETS, masked: true });
  const seen: Answer[] = [];
  const take = () => {
    for (let event = reader.next(); event; event = reader.next()) {
      if (event.type === 'ping') seen.push({ pong: event.data });
      else if (event.type === 'close') seen.push({ close: event.code ?? 'none' });
      else if (event.type === 'violation') seen.push({ failed: event.code });
      else if (event.type === 'message') {
        seen.push('text' in event ? { text: event.text } : { data: event.data });
      }
    }
  };
  for (const write of writes) {
    reader.push(write);
    if (eager) take();
  }
  take();
  return seen;
}

/** As the case has it; but for long ones, also octet by octet. */
function* ways({ send }: WebSocketCase): Iterable<Answer[]> {
  yield answers(send, true);
  yield answers(send, false);
  if (send.reduce((sum, write) => sum + write.length, 0) > 70_000) return;
  yield answers(
    send.flatMap((write) => Array.from(write, (octet) => Uint8Array.of(octet))),
    true,
  );
}

test.each(
  WEBSOCKET_CASES.map((each) => ({ title: `${each.requirement}: ${each.id} ${each.name}`, each })),
)('$title', ({ each }) => {
  for (const seen of ways(each)) {
    // A codec drops nothing that was complete before the end: nothing is optional.
    const all = each.expect.map(({ ...answer }) => {
      if ('optional' in answer) delete answer.optional;
      return answer as Answer;
    });
    expect(difference(all, seen)).toBeUndefined();
  }
});

describe('the list of cases', () => {
  test('names each case once, and requirements that exist', () => {
    expect(WEBSOCKET_CASES.length).toBeGreaterThanOrEqual(150);
    expect(new Set(WEBSOCKET_CASES.map(({ id }) => id)).size).toBe(WEBSOCKET_CASES.length);
    const requirements = new Set(WEBSOCKET_CASES.map(({ requirement }) => requirement));
    expect([...requirements].filter((id) => !(id in REQUIREMENTS))).toEqual([]);
  });

  test('has every end at the end, and something that is not optional in every case', () => {
    for (const { id, expect: expected } of WEBSOCKET_CASES) {
      const ends = expected.map((answer) => 'close' in answer || 'failed' in answer);
      expect([id, ends.slice(0, -1)]).toEqual([id, ends.slice(0, -1).map(() => false)]);
      expect([id, expected.some((answer) => !('optional' in answer))]).toEqual([id, true]);
    }
  });

  test('the farewell is a Close frame with 1000', () => {
    expect(answers([FAREWELL], true)).toEqual([{ close: 1000 }]);
  });
});

describe('difference', () => {
  const a: Answer = { text: 'a' };
  const maybe: Answer = { text: 'maybe', optional: true };
  const octets = (...values: number[]): Answer => ({ data: Uint8Array.from(values) });

  test.each<[what: string, expected: Answer[], seen: Answer[]]>([
    ['the same', [a, octets(1), { close: 1000 }], [a, octets(1), { close: 1000 }]],
    ['an optional answer that came', [maybe, a], [{ text: 'maybe' }, a]],
    ['an optional answer that did not come', [maybe, a, maybe], [a]],
    ['a failure that is a Close frame on the wire', [{ failed: 1002 }], [{ close: 1002 }]],
    ['no code', [{ close: 'none' }], [{ close: 'none' }]],
  ])('finds none: %s', (_, expected, seen) => {
    expect(difference(expected, seen)).toBeUndefined();
  });

  test.each<[what: string, expected: Answer[], seen: Answer[]]>([
    ['nothing came', [a], []],
    ['the first is missing', [a, octets(1)], [octets(1)]],
    ['too much came', [a], [a, a]],
    ['another text', [a], [{ text: 'b' }]],
    ['text for data', [octets(97)], [a]],
    ['other octets', [octets(1, 2)], [octets(1, 3)]],
    ['fewer octets', [octets(1, 2)], [octets(1)]],
    ['another order', [a, octets(1)], [octets(1), a]],
    ['a Pong for data', [octets(1)], [{ pong: Uint8Array.of(1) }]],
    ['another code', [{ close: 1000 }], [{ close: 1001 }]],
    ['no code for one', [{ close: 1000 }], [{ close: 'none' }]],
    ['failure for an answer', [{ close: 1002 }], [{ failed: 1002 }]],
    ['an answer in the place of failure', [{ failed: 1002 }], [a]],
  ])('finds one: %s', (_, expected, seen) => {
    expect(difference(expected, seen)).toEqual(expect.any(String));
  });
});
