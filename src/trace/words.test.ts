// A trace event in one line of words.

import { expect, test } from 'vitest';
import type { TraceEvent } from './event.ts';
import { carried, milliseconds, who } from './words.ts';

function event(more: Partial<TraceEvent>): TraceEvent {
  return {
    v: 1,
    run: 'r',
    seq: 1,
    t: 0,
    conn: 1,
    lane: 'app',
    dir: 'out',
    type: 'x',
    phase: 'i',
    ...more,
  };
}

test.each([
  ['client', 'out', 'client sends'],
  ['client', 'in', 'client receives'],
  ['gateway', 'out', 'gateway sends'],
  ['gateway', 'in', 'gateway receives'],
  ['app', 'out', 'app sends'],
  ['app', 'in', 'app receives'],
  ['app', 'internal', 'app'],
  ['gateway', 'internal', 'gateway'],
] as const)('%s %s: %s', (lane, dir, words) => {
  expect(who(event({ lane, dir }))).toBe(words);
});

test('a call that waits, and one that has waited, are no events that pass between two', () => {
  expect(who(event({ type: 'send', phase: 'B' }))).toBe('app waits');
  expect(who(event({ type: 'receive', phase: 'B' }))).toBe('app waits');
  expect(who(event({ type: 'send', dir: 'in', phase: 'E' }))).toBe('app goes on');
  expect(who(event({ type: 'receive', dir: 'in' }))).toBe('app receives');
  expect(who(event({ type: 'http.response.body', phase: 'B' }))).toBe('app sends');
});

test.each([
  [0, '0.0'],
  [0.04, '0.0'],
  [9.94, '9.9'],
  [9.96, '10'],
  [10, '10'],
  [12.5, '13'],
  [1234.4, '1234'],
])('%d milliseconds are as short as they can be read: %s', (t, words) => {
  expect(milliseconds(t)).toBe(words);
});

test.each([
  ['nothing', {}, ''],
  ['a preview', { payload: { preview: 'GET /' } }, 'GET /'],
  ['one octet', { payload: { preview: 'a', size: 1 } }, 'a · 1 octet'],
  ['no octets', { payload: { preview: '', size: 0 } }, '0 octets'],
  [
    'fields',
    {
      payload: {
        preview: '200',
        fields: [
          ['a', '1'],
          ['b', '2'],
        ],
      },
    },
    '200 · a: 1, b: 2',
  ],
  [
    'a violation, which is more than what was carried',
    {
      payload: { preview: '200' },
      violation: { requirement: 'http.start-once', message: 'http.start-once: a second `start`' },
    },
    'a second start',
  ],
] as [string, Partial<TraceEvent>, string][])('what it carried: %s', (_, more, words) => {
  expect(carried(event(more))).toBe(words);
});
