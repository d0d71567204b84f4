import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineGuardKnown } from './machine-guard-known.ts';

const machine = (...rows: string[]) =>
  doorMachine({ guards: '{creak: "Türen: sie knarren."}', rows });
const message = (name: string) =>
  `machine \`door.leaf\`: the row on \`door.push\` from \`shut\` has the guard \`${name}\`, which the block does not declare`;
/** A row with a name in place of `NAME`. */
const row = (name: string) =>
  `{on: door.push, from: shut, when: NAME, stay: true}`.replace('NAME', name);

describe('machine-guard-known', () => {
  test('its words', () => keepsItsWord(machineGuardKnown, (yaml) => whole('machine', yaml)));

  test.each([
    ['a misspelt one', 'creek', 'Did you mean `creak`?'],
    ['one that is like no other', 'x', 'Declare it under `guards`, with what it means.'],
    [
      'the name of a property of every object',
      'constructor',
      'Declare it under `guards`, with what it means.',
    ],
    ['a state', 'ajar', 'Declare it under `guards`, with what it means.'],
  ])('%s', (_, name, hint) => {
    const text = proposal(machine(row(`⌖${name}`), OPENS, STAYS));
    expect(finds(machineGuardKnown, text, message(name)).hint).toBe(hint);
    finds(machineGuardKnown, crlf(text), message(name));
  });

  test('each row, on several lines, in several machines', () => {
    const long = row('⌖slam').slice(1, -1).replaceAll(', ', '\n    ');
    findsAll(
      machineGuardKnown,
      machine(row('creak'), row('⌖slam')) + machine(long).replace('door.leaf', 'door.other'),
      [message('slam'), message('slam').replace('door.leaf', 'door.other')],
    );
  });

  test('another machine declares it', () => {
    const text = machine(OPENS) + doorMachine({ rows: [row('⌖creak')] });
    finds(machineGuardKnown, proposal(text), message('creak'));
  });

  test.each([
    ['one that is declared', machine(row('creak'))],
    ['none', machine(OPENS, STAYS)],
    [
      'an action that is not declared',
      machine(OPENS.replace('requirement', 'do: slam, requirement')),
    ],
    ['a block that cannot be read', machine(row('slam'), '{on: door.push}')],
  ])('near miss: %s', (_, text) => passes(machineGuardKnown, proposal(text)));
});
