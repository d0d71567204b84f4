import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR, DOOR_EVENT, DOOR_RECORD, doorMachine, whole } from '../testing-blocks.ts';
import { eventScopeKnown } from './event-scope-known.ts';

const message = (scope: string) => `no record has the scope type \`${scope}\``;

describe('event-scope-known', () => {
  test('its words', () =>
    keepsItsWord(eventScopeKnown, (yaml) => DOOR_RECORD + whole('event', yaml)));

  test.each([
    ['a misspelt one', 'dor', 'Did you mean `door`?'],
    ['one that is like no other', 'window', 'Define a record with `type: window`.'],
    ['the name of a record is no type', 'door_scope', 'Define a record with `type: door_scope`.'],
  ])('%s, of an event and of a machine', (_, scope, hint) => {
    const event = proposal(DOOR_RECORD + DOOR_EVENT.replace('[door]', `[door, ⌖${scope}] # Ä`));
    expect(finds(eventScopeKnown, event, message(scope)).hint).toBe(hint);
    finds(eventScopeKnown, crlf(event), message(scope));
    for (const written of [`⌖${scope}`, `[door, ⌖${scope}]`]) {
      const machine = doorMachine().replace('scope: door', `scope: ${written}`);
      finds(eventScopeKnown, proposal(DOOR_RECORD + machine), message(scope));
    }
  });

  test('each of them, in the order of the text', () => {
    findsAll(
      eventScopeKnown,
      doorMachine().replace('scope: ', 'scope: ⌖') + DOOR_EVENT.replace('[', '[⌖'),
      [message('door'), message('door')],
    );
  });

  test('a record without a type describes no scope', () => {
    const record = DOOR_RECORD.replace('type: door\n', '');
    finds(eventScopeKnown, proposal(record + DOOR_EVENT.replace('[', '[⌖')), message('door'));
  });

  test.each([
    ['a record before them', DOOR],
    ['a record behind them', DOOR_EVENT + doorMachine() + DOOR_RECORD],
    ['blocks that cannot be read', DOOR_EVENT.replace('send', 'sideways')],
  ])('near miss: %s', (_, text) => passes(eventScopeKnown, proposal(text)));

  test('near miss: the record of another proposal', () => {
    passes(eventScopeKnown, proposal(DOOR_EVENT), {
      beside: [['proposals/0043-x/draft.md', proposal(DOOR_RECORD, { proposal: '43' })]],
    });
  });

  test('the template', () => {
    passes(eventScopeKnown, DOOR_EVENT, { file: 'proposals/0000-template/draft.md' });
  });
});
