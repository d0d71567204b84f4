import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineTotal } from './machine-total.ts';

const message = (state: string, input = 'door.push') =>
  `machine \`door.leaf\`: nothing is said of \`${input}\` in the state \`${state}\``;
const MARKED = OPENS.replace('door.push', '⌖door.push');

describe('machine-total', () => {
  test('its words', () => keepsItsWord(machineTotal, (yaml) => whole('machine', yaml)));

  test.each([
    ['no row', [MARKED]],
    ['a guarded row only', [MARKED, STAYS.replace('stay', 'when: locked, stay')]],
    ['a row on another input only', [MARKED, STAYS.replace('door.push', 'wind')].slice(0, 1)],
  ])('%s for a state: where the input stands first', (_, rows) => {
    const text = proposal(doorMachine({ rows }));
    expect(finds(machineTotal, text, message('ajar')).hint).toBe(
      'Add a row without `when` for it.',
    );
    finds(machineTotal, crlf(text), message('ajar'));
  });

  test('a trigger that no row names, in every state', () => {
    findsAll(machineTotal, doorMachine({ triggers: '{⌖⌖wind: "Der Wind: er weht."}' }), [
      message('shut', 'wind'),
      message('ajar', 'wind'),
    ]);
  });

  test('a trigger that stands in a list: where it is declared', () => {
    const text = doorMachine({
      triggers: '\n  ⌖wind: Ä.',
      rows: [OPENS, '{on: [door.push, wind], from: ajar, stay: true}'],
    });
    finds(machineTotal, proposal(text), message('shut', 'wind'));
  });

  test('an event that stands in a list: there', () => {
    const text = doorMachine({
      rows: ['{on: [a, ⌖b], from: shut, stay: true}', '{on: a, from: ajar, stay: true}'],
    });
    finds(machineTotal, proposal(text), message('ajar', 'b'));
  });

  test('a state with the name of a property of every object', () => {
    const states = '{shut: Ä., ajar: Ö., constructor: Ü.}';
    finds(machineTotal, doorMachine({ states, rows: [MARKED, STAYS] }), message('constructor'));
  });

  test.each([
    ['a row for every state', [OPENS, STAYS]],
    ['one row for all states', ['{on: door.push, from: [ajar, shut], stay: true}']],
    [
      'a guarded row before one without',
      [STAYS.replace('stay', 'when: locked, stay'), OPENS, STAYS],
    ],
    ['what never happens', [OPENS, '{on: door.push, from: ajar, never: door.opens}']],
    ['a row that cannot be read', [OPENS, '{}']],
  ])('near miss: %s', (_, rows) => passes(machineTotal, proposal(doorMachine({ rows }))));
});
