import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineGuardUsed } from './machine-guard-used.ts';

const message = (name: string) => `machine \`door.leaf\`: no row uses the guard \`${name}\``;
const USE = '{on: door.push, from: shut, when: creak, stay: true}';

describe('machine-guard-used', () => {
  test('its words', () => keepsItsWord(machineGuardUsed, (yaml) => whole('machine', yaml)));

  test('no row uses it', () => {
    const text = proposal(doorMachine({ guards: '{⌖creak: "Türen: sie knarren."}' }));
    expect(finds(machineGuardUsed, text, message('creak')).hint).toBe('Use it, or delete it.');
    finds(machineGuardUsed, crlf(text), message('creak'));
  });

  test('each of them, on lines of their own', () => {
    const names = '\n  ⌖slam: Ä.\n  creak: Ö.\n  ⌖constructor: Ü.';
    findsAll(machineGuardUsed, doorMachine({ guards: names, rows: [USE, OPENS, STAYS] }), [
      message('slam'),
      message('constructor'),
    ]);
  });

  test('a row of another machine uses it', () => {
    const names = '{creak: It creaks.}';
    const other = doorMachine({ guards: '{⌖creak: It creaks.}' });
    finds(
      machineGuardUsed,
      proposal(doorMachine({ guards: names, rows: [USE] }).replace('door.leaf', 'a.b') + other),
      message('creak'),
    );
  });

  test.each([
    ['used once', doorMachine({ guards: '{creak: Ä.}', rows: [USE, STAYS] })],
    ['used twice', doorMachine({ guards: '{creak: Ä.}', rows: [USE, USE] })],
    ['used and not declared', doorMachine({ rows: [USE] })],
    ['nothing is declared', doorMachine()],
    ['a block that cannot be read', doorMachine({ guards: '{creak: Ä.}', rows: ['{}'] })],
  ])('near miss: %s', (_, text) => passes(machineGuardUsed, proposal(text)));
});
