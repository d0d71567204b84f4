import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR_EVENT, doorMachine, OPENS, wholeBlocks } from '../testing-blocks.ts';
import { eventGoverned } from './event-governed.ts';

const message = (scope: string, input = 'door.push') =>
  `no machine of the scope type \`${scope}\` has a row on \`${input}\``;
const event = (scope: string, direction = 'send') =>
  DOOR_EVENT.replace('[door]', `${scope} # Ä`).replace('send', direction);

describe('event-governed', () => {
  test('its words', () => keepsItsWord(eventGoverned, wholeBlocks));

  test('one of its scope types has no machine with a row', () => {
    const text = proposal(event('[door, ⌖window]') + doorMachine());
    expect(finds(eventGoverned, text, message('window')).hint).toBe(
      'A gateway would not know what the event does. Add rows for every state.',
    );
    finds(eventGoverned, crlf(text), message('window'));
  });

  test('each scope type, in a text with nothing else', () => {
    findsAll(eventGoverned, event('\n  - ⌖door\n  - ⌖window'), [
      message('door'),
      message('window'),
    ]);
  });

  test('the machine of its scope has rows on other events only', () => {
    const machine = doorMachine({ rows: [OPENS.replace('push', 'push-hard')] });
    finds(eventGoverned, proposal(event('[⌖door]') + machine), message('door'));
  });

  test('the machine cannot be read', () => {
    const machine = doorMachine({ initial: '[' });
    finds(eventGoverned, proposal(event('[⌖door]') + machine), message('door'));
  });

  test('an event that goes both ways is named with its direction', () => {
    const both = event('[⌖door]', 'both');
    finds(eventGoverned, proposal(both + doorMachine()), message('door', 'send door.push'));
    const received = doorMachine({ rows: [OPENS.replace('door.push', 'receive door.push')] });
    finds(eventGoverned, proposal(both + received), message('door', 'send door.push'));
    const sent = doorMachine({ rows: [OPENS.replace('door.push', 'send door.push')] });
    passes(eventGoverned, proposal(both.replace('⌖', '') + sent));
  });

  test.each([
    ['a row', event('[door]') + doorMachine()],
    ['a row before it', doorMachine() + event('[door]')],
    [
      'a row on several inputs',
      event('[door]') + doorMachine({ rows: [OPENS.replace('door.push', '[a, door.push]')] }),
    ],
    [
      'a machine of several scope types',
      event('[door, window]') + doorMachine().replace('scope: door', 'scope: [door, window]'),
    ],
    ['an event that is only received', event('[window]', 'receive')],
    ['an event that cannot be read', event('[]')],
  ])('near miss: %s', (_, text) => passes(eventGoverned, proposal(text)));

  test('near miss: the machine of another proposal', () => {
    passes(eventGoverned, proposal(event('[door]')), {
      beside: [['proposals/0043-leaves/draft.md', proposal(doorMachine(), { proposal: '43' })]],
    });
  });
});
