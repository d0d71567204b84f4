import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineRowTried } from './machine-row-tried.ts';

const message = (state: string, input = 'door.push') =>
  `machine \`door.leaf\`: a second row for \`${input}\` in the state \`${state}\` is never tried`;
const REJECTS = '{on: door.push, from: ajar, misuse: door.shuts}';
const LOCKED = '{on: door.push, from: ajar, when: locked, misuse: door.shuts}';

describe('machine-row-tried', () => {
  test('its words', () => keepsItsWord(machineRowTried, (yaml) => whole('machine', yaml)));

  test.each([
    ['a row behind one that always matches', REJECTS],
    ['a guarded row behind one that always matches', LOCKED],
    ['the same row again', STAYS],
    ['a row on several lines', 'on: door.push # Ä\n    from: ajar\n    stay: true'],
  ])('%s', (_, row) => {
    const text = proposal(doorMachine({ rows: [OPENS, STAYS, `⌖${row}`] }));
    expect(finds(machineRowTried, text, message('ajar')).hint).toBe(
      'Rows are tried in order. Move the one without `when` behind it, or delete one.',
    );
    finds(machineRowTried, crlf(text), message('ajar'));
  });

  test('of a row for several inputs and states, those that are never tried', () => {
    findsAll(
      machineRowTried,
      doorMachine({
        rows: [
          OPENS,
          STAYS,
          '{on: a, from: ajar, stay: true}',
          '⌖⌖⌖{on: [a, door.push], from: [shut, ajar], stay: true}',
        ],
      }),
      [message('ajar', 'a'), message('shut'), message('ajar')],
    );
  });

  test.each([
    ['a guarded row before it', [LOCKED, REJECTS]],
    ['two guarded rows, of one guard even', [LOCKED, LOCKED, REJECTS]],
    ['another state', [OPENS, STAYS]],
    ['another input', [STAYS, STAYS.replace('door.push', 'door.pull')]],
    ['a row that cannot be read', [STAYS, STAYS, '{}']],
  ])('near miss: %s', (_, rows) => passes(machineRowTried, proposal(doorMachine({ rows }))));

  test('near miss: a row of another machine', () => {
    const other = doorMachine().replace('door.leaf', 'door.other');
    passes(machineRowTried, proposal(doorMachine() + other));
  });
});
