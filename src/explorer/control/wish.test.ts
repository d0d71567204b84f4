// What Control asks for, and how it says what is held.

import { describe, expect, test } from 'vitest';
import { RUNNING } from '../../sandbox/control.ts';
import { IDLE, type SandboxState } from '../../sandbox/state.ts';
import { FAULTS } from '../../trace/index.ts';
import {
  actionOf,
  armingOf,
  conditionOf,
  FAULT_WORDS,
  problemOf,
  TYPES,
  targetOf,
  type Wish,
  wishOf,
  wordsFor,
} from './wish.ts';

const NOTHING: Wish = { pattern: '', dir: '', conn: 0, paused: false };

describe('what is asked for', () => {
  test.each([
    [NOTHING, {}],
    [{ ...NOTHING, pattern: '  ' }, {}],
    [{ ...NOTHING, paused: true }, { paused: true }],
    [{ ...NOTHING, pattern: ' http.* ' }, { when: { type: 'http.*' } }],
    [
      { pattern: '*', dir: 'in', conn: 2, paused: true },
      { when: { type: '*', dir: 'in', conn: 2 }, paused: true },
    ],
    // What is no event's name, or not yet, is not waited for.
    [{ ...NOTHING, pattern: 'http.resp' }, {}],
    // Without a type the other fields say nothing.
    [{ ...NOTHING, dir: 'out', conn: 1 }, {}],
  ] as const)('%j arms %j', (wish, arming) => {
    expect(armingOf(wish)).toEqual(arming);
    expect(armingOf(wishOf(arming))).toEqual(arming);
    expect(conditionOf(wish)).toEqual('when' in arming ? arming.when : undefined);
  });

  test('what can be held has a name: the events of conversations, and the end of a call', () => {
    expect(TYPES).toEqual(
      expect.arrayContaining([
        'http.response.body',
        'http.request.body',
        'websocket.message',
        'tunnel.data',
        'application.returns',
      ]),
    );
    expect(TYPES.filter((type) => type.startsWith('lifespan.'))).toEqual([]);
  });

  test.each(['', '*', 'http.response.body', 'http.*', '*.closed', 'application.*'])(
    '%j is no problem',
    (pattern) => {
      expect(problemOf(pattern)).toBe('');
    },
  );

  test.each(['http.respnse.body', 'lifespan.startup', 'http'])(
    '%j is called nothing',
    (pattern) => {
      expect(problemOf(pattern)).toContain(pattern);
    },
  );
});

test.each([
  ['p', {}, 'pause'],
  ['S', {}, 'step'],
  ['r', {}, 'resume'],
  ['r', { ctrlKey: true }, undefined],
  ['p', { metaKey: true }, undefined],
  ['s', { altKey: true }, undefined],
  ['x', {}, undefined],
  ['toString', {}, undefined],
] as const)('the key %s with %j does %s', (key, held, action) => {
  const none = { ctrlKey: false, metaKey: false, altKey: false };
  expect(actionOf({ key, ...none, ...held })).toBe(action);
});

describe('in words', () => {
  const RUNS = { ...RUNNING, clock: 'all' as const };
  const box = (change: Partial<SandboxState>): SandboxState => ({ ...IDLE, ...change });
  const held = (before: object, more: object = {}) =>
    box({ phase: 'paused', control: { ...RUNS, held: 1, ...more, before: before as never } });

  test.each([
    [box({}), {}, 'Nothing is to be stopped before: Run goes on until you press Pause.'],
    [box({}), { paused: true }, 'Run stops before the first event.'],
    [
      box({ phase: 'ready', control: RUNS }),
      { when: { type: 'http.*', dir: 'in', conn: 2 } },
      'Run stops before http.* that is received in conversation 2.',
    ],
    [
      box({ phase: 'running' }),
      {},
      'This run was started without control. Run again, and it can be held.',
    ],
    [box({ phase: 'running', control: RUNS }), {}, 'Goes on until you press Pause.'],
    [
      box({ phase: 'running', control: RUNS }),
      { when: { type: '*', dir: 'out' } },
      'Stops before every event that is sent.',
    ],
    [
      box({ phase: 'running', control: { ...RUNS, stepping: true } }),
      {},
      'Stops before the next event.',
    ],
    [
      held({ conn: 1, dir: 'out', type: 'http.response.body' }),
      {},
      'Held: http.response.body, which the application of conversation 1 sends, and the gateway has not seen. The clock stands.',
    ],
    [
      held({ conn: 2, dir: 'in', type: 'http.request.end' }, { held: 3, clock: 'gateway' }),
      {},
      'Held: http.request.end, which the gateway has given, and the application of conversation 2 has not seen. 2 more wait behind it. The clock of gateway and client stands; that of the application goes on.',
    ],
    [
      held({ conn: 1, dir: 'internal', type: 'application.returns' }, { held: 2 }),
      {},
      'Held: the application of conversation 1 returns, which the gateway has not seen. 1 more waits behind it. The clock stands.',
    ],
  ] as const)('%j', (state, arming, words) => {
    expect(wordsFor(state, arming)).toBe(words);
  });

  test('every fault has a name', () => {
    expect(Object.keys(FAULT_WORDS)).toEqual([...FAULTS]);
  });
});

test.each([
  ['the one that was chosen', 1, 2, 1],
  ['the one that is held, where that is not connected any more', 9, 2, 2],
  ['the one that is held', undefined, 2, 2],
  ['the last, where the held one is not connected', undefined, 9, 3],
] as const)('a fault is done to %s', (_, chosen, conn, target) => {
  const open = [{ conn: 1 }, { conn: 2 }, { conn: 3 }];
  const before = { conn, dir: 'out', type: 'x' } as const;
  expect(targetOf({ ...RUNNING, before, open }, chosen)?.conn).toBe(target);
  expect(targetOf({ ...RUNNING, before }, chosen)).toBeUndefined();
});
