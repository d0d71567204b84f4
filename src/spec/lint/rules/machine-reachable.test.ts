import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineReachable } from './machine-reachable.ts';

const message = (state: string) => `machine \`door.leaf\`: no path leads to the state \`${state}\``;
const states = '{shut: "Sie ist: zu.", ajar: It is open., ⌖gone: It fell.}';
const unmarked = states.replace('⌖', '');

describe('machine-reachable', () => {
  test('its words', () => keepsItsWord(machineReachable, (yaml) => whole('machine', yaml)));

  test.each([
    ['a state that no row leads to', [OPENS, STAYS]],
    [
      'a state that only itself leads to',
      [OPENS, '{on: door.push, from: gone, to: gone, requirement: door.shuts}'],
    ],
    ['a state that is stayed in', [OPENS, '{on: door.push, from: [ajar, gone], stay: true}']],
  ])('%s', (_, rows) => {
    const text = proposal(doorMachine({ states, rows }));
    const problem = finds(machineReachable, text, message('gone'));
    expect(problem.hint).toBe('Add the row that leads there, or delete the state.');
    finds(machineReachable, crlf(text), message('gone'));
  });

  test('each of them: two that lead only to each other, and one that leads into the others', () => {
    const lines = '\n  ⌖a: Ä.\n  shut: Ö.\n  ajar: Ü.\n  ⌖b: ß.\n  ⌖c: ß.';
    const to = (from: string, state: string) =>
      `{on: door.push, from: ${from}, to: ${state}, requirement: door.opens}`;
    const rows = [OPENS, to('a', 'b'), to('b', 'a'), to('c', 'shut')];
    findsAll(machineReachable, doorMachine({ states: lines, rows }), ['a', 'b', 'c'].map(message));
  });

  test('an initial state that does not exist leads nowhere', () => {
    findsAll(machineReachable, doorMachine({ initial: 'open', states: '{⌖shut: Ä., ⌖ajar: Ö.}' }), [
      message('shut'),
      message('ajar'),
    ]);
  });

  test.each([
    ['a path of one step', doorMachine()],
    [
      'a path of two steps, written the other way round, and guarded',
      doorMachine({
        states: unmarked,
        rows: ['{on: a, from: [x, ajar], when: hard, to: gone, requirement: a.b}', OPENS],
      }),
    ],
    ['the initial state, that nothing leads back to', doorMachine({ states: '{shut: Ä.}' })],
    ['a block that cannot be read', doorMachine({ states: unmarked, rows: ['{}'] })],
  ])('near miss: %s', (_, text) => passes(machineReachable, proposal(text)));
});
