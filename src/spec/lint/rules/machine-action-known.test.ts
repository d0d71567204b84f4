import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineActionKnown } from './machine-action-known.ts';

const machine = (...rows: string[]) =>
  doorMachine({ actions: '{creak: "Türen: sie knarren."}', rows });
const message = (name: string) =>
  `machine \`door.leaf\`: the row on \`door.push\` from \`shut\` does \`${name}\`, which the block does not declare`;
/** A row with a name in place of `NAME`. */
const row = (name: string) =>
  `{on: door.push, from: shut, to: ajar, do: NAME, requirement: door.opens}`.replace('NAME', name);

describe('machine-action-known', () => {
  test('its words', () => keepsItsWord(machineActionKnown, (yaml) => whole('machine', yaml)));

  test.each([
    ['a misspelt one', 'creek', 'Did you mean `creak`?'],
    ['one that is like no other', 'x', 'Declare it under `actions`, with what it means.'],
    [
      'the name of a property of every object',
      'constructor',
      'Declare it under `actions`, with what it means.',
    ],
    ['a state', 'ajar', 'Declare it under `actions`, with what it means.'],
  ])('%s', (_, name, hint) => {
    const text = proposal(machine(row(`⌖${name}`), OPENS, STAYS));
    expect(finds(machineActionKnown, text, message(name)).hint).toBe(hint);
    finds(machineActionKnown, crlf(text), message(name));
  });

  test('each row, on several lines, in several machines', () => {
    const long = row('⌖slam').slice(1, -1).replaceAll(', ', '\n    ');
    findsAll(
      machineActionKnown,
      machine(row('creak'), row('⌖slam')) + machine(long).replace('door.leaf', 'door.other'),
      [message('slam'), message('slam').replace('door.leaf', 'door.other')],
    );
  });

  test('another machine declares it', () => {
    const text = machine(OPENS) + doorMachine({ rows: [row('⌖creak')] });
    finds(machineActionKnown, proposal(text), message('creak'));
  });

  test.each([
    ['one that is declared', machine(row('creak'))],
    ['none', machine(OPENS, STAYS)],
    ['a guard that is not declared', machine(OPENS.replace('to:', 'when: locked, to:'))],
    ['a block that cannot be read', machine(row('slam'), '{on: door.push}')],
  ])('near miss: %s', (_, text) => passes(machineActionKnown, proposal(text)));
});
