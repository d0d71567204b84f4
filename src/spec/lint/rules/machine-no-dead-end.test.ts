import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineNoDeadEnd } from './machine-no-dead-end.ts';

const message = (state: string) =>
  `machine \`door.leaf\`: no row leads out of the state \`${state}\`, and it is not final`;
const states = '{shut: "Sie ist: zu.", ⌖ajar: It is open.}';

describe('machine-no-dead-end', () => {
  test('its words', () => keepsItsWord(machineNoDeadEnd, (yaml) => whole('machine', yaml)));

  test.each([
    ['a state in which nothing ever happens', STAYS],
    ['a state in which everything is rejected', '{on: door.push, from: ajar, misuse: door.opens}'],
    [
      'a state that only leads to itself',
      '{on: door.push, from: ajar, to: ajar, requirement: a.b}',
    ],
  ])('%s', (_, row) => {
    const text = proposal(doorMachine({ states, final: '[shut]', rows: [OPENS, row] }));
    const problem = finds(machineNoDeadEnd, text, message('ajar'));
    expect(problem.hint).toBe('List it under `final`, or add the row that leads on.');
    finds(machineNoDeadEnd, crlf(text), message('ajar'));
  });

  test('each of them, on lines of their own', () => {
    const lines = '\n  ⌖shut: Ä.\n  ajar: Ö.\n  ⌖gone: Ü.';
    findsAll(machineNoDeadEnd, doorMachine({ states: lines, rows: [STAYS] }), [
      message('shut'),
      message('gone'),
    ]);
  });

  test.each([
    ['a final state', doorMachine()],
    [
      'two that lead to each other',
      doorMachine({
        final: '[shut]',
        rows: [OPENS, '{on: a, from: ajar, to: shut, requirement: a.b}'],
      }),
    ],
    [
      'a way out that is guarded',
      doorMachine({
        final: '[shut]',
        rows: [OPENS, '{on: a, from: ajar, when: b, to: shut, requirement: a.b}'],
      }),
    ],
    [
      'a way out among several states',
      doorMachine({
        final: '[gone]',
        rows: ['{on: a, from: [shut, ajar], to: gone, requirement: a.b}'],
      }),
    ],
    ['a final state that leads on', doorMachine({ final: '[shut, ajar]' })],
    ['a block that cannot be read', doorMachine({ final: '[]', rows: [STAYS] })],
  ])('near miss: %s', (_, text) => passes(machineNoDeadEnd, proposal(text)));
});
