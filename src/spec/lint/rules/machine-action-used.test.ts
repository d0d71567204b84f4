import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineActionUsed } from './machine-action-used.ts';

const message = (name: string) => `machine \`door.leaf\`: no row uses the action \`${name}\``;
const USE = '{on: door.push, from: shut, to: ajar, do: creak, requirement: door.opens}';

describe('machine-action-used', () => {
  test('its words', () => keepsItsWord(machineActionUsed, (yaml) => whole('machine', yaml)));

  test('no row uses it', () => {
    const text = proposal(doorMachine({ actions: '{⌖creak: "Türen: sie knarren."}' }));
    expect(finds(machineActionUsed, text, message('creak')).hint).toBe('Use it, or delete it.');
    finds(machineActionUsed, crlf(text), message('creak'));
  });

  test('each of them, on lines of their own', () => {
    const names = '\n  ⌖slam: Ä.\n  creak: Ö.\n  ⌖constructor: Ü.';
    findsAll(machineActionUsed, doorMachine({ actions: names, rows: [USE, OPENS, STAYS] }), [
      message('slam'),
      message('constructor'),
    ]);
  });

  test('a row of another machine uses it', () => {
    const names = '{creak: It creaks.}';
    const other = doorMachine({ actions: '{⌖creak: It creaks.}' });
    finds(
      machineActionUsed,
      proposal(doorMachine({ actions: names, rows: [USE] }).replace('door.leaf', 'a.b') + other),
      message('creak'),
    );
  });

  test.each([
    ['used once', doorMachine({ actions: '{creak: Ä.}', rows: [USE, STAYS] })],
    ['used twice', doorMachine({ actions: '{creak: Ä.}', rows: [USE, USE] })],
    ['used and not declared', doorMachine({ rows: [USE] })],
    ['nothing is declared', doorMachine()],
    ['a block that cannot be read', doorMachine({ actions: '{creak: Ä.}', rows: ['{}'] })],
  ])('near miss: %s', (_, text) => passes(machineActionUsed, proposal(text)));
});
