import { describe, expect, test } from 'vitest';
import { FIELD_TYPES } from '../../model.ts';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR_EVENT, whole } from '../testing-blocks.ts';
import { fieldTypeKnown } from './field-type-known.ts';

const event = (fields: string) => DOOR_EVENT.replace('fields: {}', `fields:${fields}`);
const HAND = '\n```record\nrecord: hand\nsummary: A hand.\nfields: {}\n```\n';
const message = (name: string, type: string) =>
  `field \`${name}\` has the type \`${type}\`, which is neither built in nor a record`;
const BUILT_IN = `Built in are ${Object.keys(FIELD_TYPES).join(', ')}.`;

describe('field-type-known', () => {
  test('its words', () => keepsItsWord(fieldTypeKnown, (yaml) => whole('event', yaml)));

  test.each([
    ['a type of another language', 'newton', BUILT_IN],
    ['a misspelt one', 'integr', `Did you mean \`integer\`? ${BUILT_IN}`],
    ['a misspelt record', 'hands', `Did you mean \`hand\`? ${BUILT_IN}`],
    ['the name of a property of every object', 'constructor', BUILT_IN],
  ])('%s', (_, type, hint) => {
    const text = proposal(HAND + event(`\n  force: {text: "Ä: ü", type: ⌖${type}}`));
    expect(finds(fieldTypeKnown, text, message('force', type)).hint).toBe(hint);
    finds(fieldTypeKnown, crlf(text), message('force', type));
  });

  test('each of them, of events and of records', () => {
    findsAll(
      fieldTypeKnown,
      event(
        '\n  a:\n    text: x\n    type: ⌖newton\n  b: {type: string, text: x}\n  c: {type: ⌖dyne, text: x}',
      ) + HAND.replace('{}', '{size: {type: ⌖glove, text: x}}'),
      [message('a', 'newton'), message('c', 'dyne'), message('size', 'glove')],
    );
  });

  test.each(Object.keys(FIELD_TYPES).filter((type) => type !== 'enum'))('near miss: %s', (type) => {
    passes(fieldTypeKnown, proposal(event(`\n  a: {type: ${type}, text: x}`)));
  });

  test.each([
    ['an enum', event('\n  a: {type: enum, values: [b], text: x}')],
    ['a record before it', HAND + event('\n  by: {type: hand, text: x}')],
    ['a record behind it', event('\n  by: {type: hand, text: x}') + HAND],
    ['a record with a field of its own type', HAND.replace('{}', '{other: {type: hand, text: x}}')],
    ['a block that cannot be read', event('\n  a: {type: newton}')],
  ])('near miss: %s', (_, text) => passes(fieldTypeKnown, proposal(text)));

  test('near miss: the record of another proposal; but not of the template', () => {
    const text = event('\n  by: {type: ⌖hand, text: x}');
    passes(fieldTypeKnown, proposal(text.replace('⌖', '')), {
      beside: [['proposals/0043-hands/draft.md', proposal(HAND, { proposal: '43' })]],
    });
    finds(fieldTypeKnown, proposal(text), message('by', 'hand'), {
      beside: [['proposals/0000-template/draft.md', proposal(HAND)]],
    });
  });
});
