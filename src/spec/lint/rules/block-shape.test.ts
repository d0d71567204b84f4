import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR, DOOR_EVENT, DOOR_RECORD, doorMachine, whole } from '../testing-blocks.ts';
import { blockShape } from './block-shape.ts';

const fields = (text: string) => DOOR_EVENT.replace('fields: {}', `fields:\n  ${text}`);
const rows = (...texts: string[]) => doorMachine({ rows: texts });

describe('block-shape', () => {
  test('its words', () => keepsItsWord(blockShape, (yaml) => whole('event', yaml)));

  test.each([
    [
      'words',
      '```event\n⌖Eine Tür\n```',
      'event block: Invalid input: expected object, received string',
    ],
    [
      'a type that is none',
      DOOR_EVENT.replace('door.push\n', '⌖Push\n'),
      'event block: `type`: is not an event type such as `http.response.start`',
    ],
    [
      'an unknown direction',
      DOOR_EVENT.replace('send', '⌖sideways'),
      'event block: `direction`: Invalid option: expected one of "send"|"receive"|"both"',
    ],
    [
      'an unknown key',
      DOOR_EVENT.replace('summary:', '⌖colour: red\nsummary:'),
      'event block: `colour`: Unrecognized key: "colour"',
    ],
    [
      'no scope',
      DOOR_EVENT.replace('[door]', '⌖[]'),
      'event block: `scope`: Too small: expected array to have >=1 items',
    ],
    [
      'an empty summary',
      DOOR_EVENT.replace('Somebody pushes.', '⌖""'),
      'event block: `summary`: Too small: expected string to have >=1 characters',
    ],
    [
      'a requirement that is no id',
      DOOR_EVENT.replace('door.opens', '⌖opens'),
      'event block: `requirement`: is not a requirement id such as `http.start-once`',
    ],
    [
      'an enum without values',
      fields('hand: ⌖{type: enum, text: x}'),
      'event block: `fields.hand`: needs `values` when its type is `enum`, and only then',
    ],
    [
      'values without an enum',
      fields('hand: ⌖{type: string, values: [left], text: ä}'),
      'event block: `fields.hand`: needs `values` when its type is `enum`, and only then',
    ],
    [
      'a choice of a field that is always there',
      fields('hand: {type: string, text: x}')
        .replace('fields:', 'exactly_one: [hand, foot]\nfields:')
        .replace('type: door.push\n', '⌖type: door.push\n'),
      'event block: names in `exactly_one` a field that is not declared as optional',
    ],
    [
      'a field in capitals',
      fields('Force: ⌖{type: integer, text: x}'),
      'event block: `fields.Force`: Invalid key in record',
    ],
    [
      'a field without a text',
      fields('force: ⌖{type: integer}'),
      'event block: `fields.force.text`: Invalid input: expected string, received undefined',
    ],
    [
      'a default that is a list, and not empty',
      fields('hands: {type: fields, default: [⌖left], text: x}'),
      expect.stringContaining('event block: `fields.hands.default.0`: '),
    ],
    [
      'a row that stays in another way',
      rows('{on: a, from: b, stay: ⌖yes}'),
      'machine block: `transitions.0.stay`: Invalid input: expected true',
    ],
    [
      'an example with a path',
      '```try\nexample: ⌖../hello\ncaption: x\n```',
      'try block: `example`: Invalid string: must match pattern /^[a-z][a-z0-9-]*$/',
    ],
    [
      'a figure of nobody',
      '```sequence\ncaption: x\nevents: [http, ⌖Client]\nexample: echo\n```',
      'sequence block: `events.1`: is not the name of an event, such as `http.response`',
    ],
    [
      'a row with two outcomes',
      rows('⌖{on: a, from: b, to: c, requirement: d.e, stay: true}'),
      'machine block: `transitions.0`: needs exactly one of `to`, `misuse`, `closed`, `never` and `stay`',
    ],
    [
      'a row without an outcome',
      rows('⌖{on: a, from: b}'),
      'machine block: `transitions.0`: needs exactly one of `to`, `misuse`, `closed`, `never` and `stay`',
    ],
    [
      'a row that acts and does not move',
      rows('{on: a, from: b, stay: true}', '⌖{on: a, from: b, misuse: d.e, do: c}'),
      'machine block: `transitions.1`: has a `do` without a `to`: only a transition acts',
    ],
    [
      'a row that nothing governs',
      rows('⌖{on: a, from: b, to: c}'),
      'machine block: `transitions.0`: has a `to` without the `requirement` that governs it',
    ],
    [
      'an unknown key in a row',
      rows('{on: a, from: ü, stay: true, ⌖colour: red}'),
      'machine block: `transitions.0.colour`: Unrecognized key: "colour"',
    ],
    [
      'an alias and a tombstone',
      '```retired\n- ⌖{id: a.b, alias: a.c, tombstone: Weg.}\n```',
      'retired block: `0`: needs either the `alias` that took its place or a `tombstone` that says why',
    ],
    [
      'an exemption without its reason',
      '```untested\n- ⌖{requirement: a.b}\n```',
      'untested block: `0.reason`: Invalid input: expected string, received undefined',
    ],
    [
      'a fence that is indented',
      '  ```try\n  example: ⌖7\n  caption: x\n  ```',
      'try block: `example`: Invalid input: expected string, received number',
    ],
  ])('%s', (_, text, message) => {
    finds(blockShape, proposal(text), message);
    finds(blockShape, crlf(proposal(text)), message);
  });

  test.each(['event', 'record', 'machine', 'feature', 'try', 'sequence', 'retired', 'untested'])(
    'an empty block of the kind %s is wrong where it begins',
    (kind) => {
      const message = expect.stringMatching(new RegExp(`^${kind} block: Invalid input: expected`));
      finds(blockShape, proposal(`⌖\`\`\`${kind}\n\`\`\``), message);
      finds(blockShape, `⌖\`\`\`${kind}`, message);
    },
  );

  test('everything that is wrong with a block, each where it stands', () => {
    findsAll(
      blockShape,
      proposal(
        DOOR_EVENT.replace('door.push\n', '⌖Push\n').replace('send', '⌖sideways') +
          DOOR_RECORD.replace('door_scope', '⌖Door'),
      ),
      [
        'event block: `type`: is not an event type such as `http.response.start`',
        'event block: `direction`: Invalid option: expected one of "send"|"receive"|"both"',
        expect.stringContaining('record block: `record`: '),
      ],
    );
  });

  test('a block that is never closed is read to the end', () => {
    const message = 'event block: Invalid input: expected object, received string';
    finds(blockShape, `${proposal('Text.')}\n\`\`\`event\n⌖x`, message);
  });

  test.each([
    ['good blocks', DOOR],
    ['several inputs and states', rows('{on: [a, b], from: [c, d], stay: true}')],
    ['an enum with values', fields('hand: {type: enum, values: [left], text: x}')],
    ['what is not YAML', '```event\na: b: c\n```'],
    ['another language', '```yaml\ndirection: sideways\n```'],
    ['a block in a quotation', '> ```event\n> direction: sideways\n> ```'],
  ])('near miss: %s', (_, text) => passes(blockShape, proposal(text)));
});
