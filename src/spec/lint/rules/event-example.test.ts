import { describe, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR_EVENT, whole } from '../testing-blocks.ts';
import { eventExample } from './event-example.ts';

const event = (fields: string, example: string) =>
  proposal(
    DOOR_EVENT.replace('fields: {}', `fields: {${fields}}`).replace(
      'example: {type: door.push}',
      `example: ${example}`,
    ),
  );
const FORCE = 'force: {type: integer, text: "Wie stark: ä."}';
const CHOICE =
  'a: {type: string, optional: true, text: x}, b: {type: string, optional: true, text: x}';
const either = (example: string) =>
  event(CHOICE, example).replace('fields:', 'exactly_one: [a, b]\nfields:');

describe('event-example', () => {
  test('its words', () => keepsItsWord(eventExample, (yaml) => whole('event', yaml)));

  test.each([
    [
      'another type',
      event('', '{type: ⌖door.pull}'),
      'the example of `door.push` has the type `door.pull`',
    ],
    [
      'an undeclared field',
      event('', '{type: door.push, ⌖force: 1}'),
      'the example of `door.push` has the undeclared field `force`',
    ],
    [
      'an undeclared field with the name of a method',
      event('', '{type: door.push, ⌖valueOf: 1}'),
      'the example of `door.push` has the undeclared field `valueOf`',
    ],
    [
      'an undeclared field on a line of its own',
      event('', '\n  type: door.push # Ä\n  ⌖force: 1'),
      'the example of `door.push` has the undeclared field `force`',
    ],
    [
      'a field that it lacks',
      event(FORCE, '⌖{type: door.push}'),
      'the example of `door.push` lacks the field `force`',
    ],
    [
      'a field that may be null, and not be missing',
      event('force: {type: integer, nullable: true, text: x}', '⌖{type: door.push}'),
      'the example of `door.push` lacks the field `force`',
    ],
    [
      'a field with the name of a property of every object',
      event('constructor: {type: integer, text: x}', '⌖{type: door.push}'),
      'the example of `door.push` lacks the field `constructor`',
    ],
    [
      'none of two',
      either('⌖{type: door.push}'),
      'the example of `door.push` has 0 of the fields a, b, and needs exactly one',
    ],
    [
      'both of two',
      either('⌖{type: door.push, a: x, b: x}'),
      'the example of `door.push` has 2 of the fields a, b, and needs exactly one',
    ],
  ])('%s', (_, text, message) => {
    finds(eventExample, text, message);
    finds(eventExample, crlf(text), message);
  });

  test('everything that is wrong with it, each where it stands', () => {
    findsAll(eventExample, event(FORCE, '⌖{type: ⌖door.pull, ⌖colour: red}'), [
      'the example of `door.push` lacks the field `force`',
      'the example of `door.push` has the type `door.pull`',
      'the example of `door.push` has the undeclared field `colour`',
    ]);
  });

  test('a fence that is indented: at the block', () => {
    const block = DOOR_EVENT.replace('{type: door.push}', '{type: door.pull}').trim();
    const text = proposal(`⌖${block}`.replaceAll('\n', '\n  ').replace('⌖', '  ⌖'));
    finds(eventExample, text, 'the example of `door.push` has the type `door.pull`');
  });

  test.each([
    ['all fields', event(FORCE, '{type: door.push, force: 1}')],
    ['null for a field', event(FORCE, '{type: door.push, force: null}')],
    [
      'an optional field',
      event('a: {type: integer, optional: true, text: x}', '{type: door.push}'),
    ],
    [
      'a field with a default',
      event('a: {type: fields, default: [], text: x}', '{type: door.push}'),
    ],
    [
      'a default that is false',
      event('a: {type: boolean, default: false, text: x}', '{type: door.push}'),
    ],
    ['one of two', either('{type: door.push, b: x}')],
    ['a block that cannot be read', '```event\nexample: {type: x}\n```'],
  ])('near miss: %s', (_, text) => passes(eventExample, text));
});
