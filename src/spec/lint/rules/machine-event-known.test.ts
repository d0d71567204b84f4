import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR_EVENT, doorMachine, OPENS, STAYS, whole } from '../testing-blocks.ts';
import { machineEventKnown } from './machine-event-known.ts';

const WIND = { triggers: '{wind: "Der Wind: er weht."}' };
const unknown = (name: string, on = name) =>
  `machine \`door.leaf\`: the row on \`${on}\` from \`shut\` names \`${name}\`, which is neither an event nor a trigger`;
const on = (name: string) => `{on: ${name}, from: shut, stay: true}`;

describe('machine-event-known', () => {
  test('its words', () =>
    keepsItsWord(machineEventKnown, (yaml) => DOOR_EVENT + whole('machine', yaml)));

  test.each([
    ['a misspelt event', 'door.pusch', 'Did you mean `door.push`?'],
    ['a misspelt trigger', 'winds', 'Did you mean `wind`?'],
    ['a name like no other', 'x', 'Declare it under `triggers`, or define the event.'],
    [
      'the name of a property of every object',
      'constructor',
      'Declare it under `triggers`, or define the event.',
    ],
    ['an event with a direction, that has one only', 'send door.push', 'Did you mean `door.push`?'],
  ])('%s', (_, name, hint) => {
    const text = proposal(DOOR_EVENT + doorMachine({ ...WIND, rows: [OPENS, on(`⌖${name}`)] }));
    expect(finds(machineEventKnown, text, unknown(name)).hint).toBe(hint);
    finds(machineEventKnown, crlf(text), unknown(name));
  });

  test('an event that goes both ways, without its direction', () => {
    const event = DOOR_EVENT.replace('send', 'both');
    const problem = finds(
      machineEventKnown,
      proposal(event + doorMachine({ rows: [on('⌖door.push')] })),
      unknown('door.push'),
    );
    expect(problem.hint).toBe('It goes both ways: write `send door.push` or `receive door.push`.');
    const rows = [on('send door.push'), on('receive door.push')];
    passes(machineEventKnown, proposal(event + doorMachine({ rows })));
  });

  test('each of them in a list of inputs, each where it stands', () => {
    const list = 'a, door.push, b';
    findsAll(
      machineEventKnown,
      DOOR_EVENT + doorMachine({ rows: [on('[⌖a, door.push, ⌖b]'), STAYS] }),
      [unknown('a', list), unknown('b', list)],
    );
  });

  test('an event of another scope type', () => {
    const event = DOOR_EVENT.replace('[door]', '[window, hatch]');
    const problem = finds(
      machineEventKnown,
      proposal(event + doorMachine({ rows: [on('⌖door.push')] })),
      'machine `door.leaf`: the row on `door.push` from `shut` names `door.push`, which belongs to the scope type `window`, `hatch`',
    );
    expect(problem.hint).toBe('The machine is for `door`.');
  });

  test('triggers of another machine are none of this one', () => {
    const other = doorMachine({ ...WIND, rows: [on('wind')] }).replace('door.leaf', 'a.b');
    finds(
      machineEventKnown,
      proposal(other + doorMachine({ rows: [on('⌖wind')] })),
      unknown('wind'),
    );
  });

  test.each([
    ['an event and a trigger', DOOR_EVENT + doorMachine({ ...WIND, rows: [OPENS, on('wind')] })],
    ['an event that stands behind it', doorMachine() + DOOR_EVENT],
    ['a trigger with the name of nothing else', doorMachine({ ...WIND, rows: [on('wind')] })],
    [
      'one scope type in common',
      DOOR_EVENT.replace('[door]', '[window, door]') +
        doorMachine().replace('scope: door', 'scope: [hatch, door]'),
    ],
    ['a block that cannot be read', doorMachine({ rows: ['{on: a}'] })],
  ])('near miss: %s', (_, text) => passes(machineEventKnown, proposal(text)));

  test('near miss: the event of another proposal', () => {
    passes(machineEventKnown, proposal(doorMachine()), {
      beside: [['proposals/0043-x/draft.md', proposal(DOOR_EVENT, { proposal: '43' })]],
    });
  });
});
