import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineStateKnown } from './machine-state-known.ts';

const message = (whose: string, name: string) =>
  `machine \`door.leaf\`: ${whose} \`${name}\`, which is not one of its states`;
const DECLARE = 'Declare it under `states`, with what it means.';

describe('machine-state-known', () => {
  test('its words', () => keepsItsWord(machineStateKnown, (yaml) => whole('machine', yaml)));

  test.each([
    ['an initial one', { initial: '⌖shud # Ä' }, '`initial` is', 'shud', 'Did you mean `shut`?'],
    ['a final one', { final: '[ajar, ⌖gone]' }, '`final` names', 'gone', DECLARE],
    [
      'one that a row leaves',
      { rows: [OPENS, STAYS, '{on: door.push, from: ⌖gone, stay: true}'] },
      'the row on `door.push` from `gone` names',
      'gone',
      DECLARE,
    ],
    [
      'one of several that a row leaves',
      { rows: [OPENS, '{on: door.push, from: [shut, ⌖ajur], stay: true}'] },
      'the row on `door.push` from `shut, ajur` names',
      'ajur',
      'Did you mean `ajar`?',
    ],
    [
      'one that a row leads to',
      { rows: ['{on: door.push, from: ajar, to: ⌖gone, requirement: a.b}'] },
      'the row on `door.push` from `ajar` names',
      'gone',
      DECLARE,
    ],
    [
      'the name of a method of every object',
      { rows: ['{on: door.push, from: ⌖toString, stay: true}'] },
      'the row on `door.push` from `toString` names',
      'toString',
      DECLARE,
    ],
  ])('%s', (_, parts, whose, name, hint) => {
    const text = proposal(doorMachine(parts));
    expect(finds(machineStateKnown, text, message(whose, name)).hint).toBe(hint);
    finds(machineStateKnown, crlf(text), message(whose, name));
  });

  test('each of them, each where it stands', () => {
    const whose = 'the row on `a` from `x` names';
    findsAll(
      machineStateKnown,
      doorMachine({
        initial: '⌖i',
        final: '\n  - ⌖f',
        rows: ['on: a\n    from:\n      - ⌖x\n    to: ⌖y\n    requirement: a.b'],
      }),
      [
        message('`initial` is', 'i'),
        message('`final` names', 'f'),
        message(whose, 'x'),
        message(whose, 'y'),
      ],
    );
  });

  test('states of another machine are none of this one', () => {
    const other = doorMachine({ states: '{gone: Ä.}', initial: 'gone', final: '[gone]' })
      .replace('door.leaf', 'a.b')
      .replaceAll(/from: (shut|ajar)|to: ajar/g, (part) => part.replace(/\w+$/, 'gone'));
    const text = proposal(other + doorMachine({ initial: '⌖gone' }));
    finds(machineStateKnown, text, message('`initial` is', 'gone'));
  });

  test.each([
    ['all are declared', doorMachine()],
    [
      'states with the names of methods',
      doorMachine({ states: '{shut: Ä., ajar: Ö., toString: Ü.}' }),
    ],
    [
      'unknown inputs, guards and actions',
      doorMachine({ rows: ['{on: x, from: shut, when: y, to: ajar, do: z, requirement: a.b}'] }),
    ],
    ['a block that cannot be read', doorMachine({ initial: '[]' })],
  ])('near miss: %s', (_, text) => passes(machineStateKnown, proposal(text)));
});
