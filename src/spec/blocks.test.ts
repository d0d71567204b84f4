// What a block may hold: one test a sentence, for each kind, with what it says when it may not.

import { describe, expect, test } from 'vitest';
import { type BlockKind, isBlockKind, parseBlock } from './blocks.ts';

const FILE = 'proposals/0042-doors/draft.md';

/** Messages of what is wrong with a block. */
function problems(kind: BlockKind, source: string): string[] {
  const result = parseBlock(kind, source, FILE, 10);
  return 'problems' in result ? result.problems.map(({ message }) => message) : [];
}

function value<K extends BlockKind>(kind: K, source: string) {
  const result = parseBlock(kind, source, FILE, 10);
  if ('problems' in result) throw new Error(result.problems[0]?.message);
  return result.value;
}

test('fences of these languages are read by programs, and no others', () => {
  const kinds = ['event', 'record', 'machine', 'feature', 'try', 'sequence', 'retired', 'untested'];
  expect(kinds.filter(isBlockKind)).toEqual(kinds);
  expect(['ts', 'toString', '__proto__', '', 'events'].filter(isBlockKind)).toEqual([]);
});

const event = (lines: string, fields = '{}') => `type: door.word
direction: both
scope: [gate, back]
summary: A word.
requirement: door.opens
fields: ${fields}
example: {type: door.word}
${lines}`;

describe('event', () => {
  test('may go both ways, in several types of conversation, with a feature', () => {
    expect(value('event', event('feature: door.bell'))).toMatchObject({
      direction: 'both',
      scope: ['gate', 'back'],
      feature: 'door.bell',
    });
  });

  test.each(['door.bell', 'bell', 'websocket-messages', 'org.example.x_1'])(
    'a feature may be named %s',
    (name) => {
      expect(problems('event', event(`feature: ${name}`))).toEqual([]);
    },
  );
  test.each(['Bell', '1bell', 'door..bell', 'door.', '""'])('and not %s', (name) => {
    expect(problems('event', event(`feature: ${name}`))).toEqual([
      'event block: `feature`: is not a feature name',
    ]);
  });

  const two =
    '{said: {type: string, optional: true, text: x}, seen: {type: bytes, text: x}, heard: {type: bytes, optional: true, text: x}}';
  test('exactly one of several fields may be there', () => {
    expect(problems('event', event('exactly_one: [said, heard]', two))).toEqual([]);
  });
  test.each([
    [
      'a field that is always there',
      '[said, seen]',
      'names in `exactly_one` a field that is not declared as optional',
    ],
    [
      'a field that is not declared',
      '[said, shown]',
      'names in `exactly_one` a field that is not declared as optional',
    ],
    [
      'a property of every object',
      '[said, toString]',
      'names in `exactly_one` a field that is not declared as optional',
    ],
    ['a field twice', '[said, said]', '`exactly_one`: names a field twice'],
    ['one field only', '[said]', '`exactly_one`: Too small: expected array to have >=2 items'],
  ])('but not %s', (_, names, message) => {
    expect(problems('event', event(`exactly_one: ${names}`, two))).toEqual([
      `event block: ${message}`,
    ]);
  });
});

describe('field', () => {
  const field = (text: string) => problems('event', event('', `{x: {text: x, ${text}}}`));

  test.each([
    'type: string, default: ""',
    'type: string, default: hello',
    'type: integer, default: 1000',
    'type: integer, minimum: 1, maximum: 3, default: 3',
    'type: boolean, default: false',
    'type: enum, values: [a, b], default: b',
    'type: octets, default: ""',
    'type: bytes, default: ""',
    'type: fields, default: []',
    'type: strings, default: []',
    'type: octets_list, default: []',
    'type: bytes_list, default: []',
    'type: feature_map, default: {}',
    'type: feature_choice, default: {}',
    'type: address, nullable: true, default: null',
    'type: integer, nullable: true, default: 3',
  ])('%s', (text) => {
    expect(field(text)).toEqual([]);
  });

  test.each([
    [
      'type: string, default: 3',
      '`fields.x.default`: is not text, as the default of a `string` has to be',
    ],
    [
      'type: integer, default: "3"',
      '`fields.x.default`: is not a whole number in its range, as the default of an `integer` has to be',
    ],
    [
      'type: integer, default: 1.5',
      '`fields.x.default`: is not a whole number in its range, as the default of an `integer` has to be',
    ],
    [
      'type: integer, minimum: 5, default: 3',
      '`fields.x.default`: is not a whole number in its range, as the default of an `integer` has to be',
    ],
    [
      'type: integer, nullable: true, default: a',
      '`fields.x.default`: is not a whole number in its range or null, as the default of an `integer` has to be',
    ],
    [
      'type: enum, values: [a, b], default: c',
      '`fields.x.default`: is not one of its values, as the default of an `enum` has to be',
    ],
    [
      'type: string, default: null',
      '`fields.x.default`: is not text, as the default of a `string` has to be',
    ],
    [
      'type: bytes, default: abc',
      '`fields.x.default`: is not the empty text `""`, as the default of a `bytes` has to be',
    ],
    [
      'type: fields, default: [[a, b]]',
      '`fields.x.default.0`: is not the empty list `[]`, as the default of a `fields` has to be',
    ],
    [
      'type: feature_choice, default: []',
      '`fields.x.default`: is not the empty map `{}`, as the default of a `feature_choice` has to be',
    ],
    [
      'type: address, default: {}',
      '`fields.x.default`: is not possible, as the default of an `address` has to be',
    ],
    [
      'type: string, optional: true, default: ""',
      '`fields.x`: is `optional` and has a `default`: it is either absent or filled in',
    ],
    [
      'type: string, minimum: 3',
      '`fields.x`: has a `minimum` or `maximum`, which only an `integer` can have',
    ],
    ['type: integer, minimum: 3, maximum: 2', '`fields.x`: has a `minimum` above its `maximum`'],
    ['type: enum, values: [a, b, a]', '`fields.x.values`: lists a value twice'],
  ])('%s is refused', (text, message) => {
    expect(field(text)).toEqual([`event block: ${message}`]);
  });
});

describe('machine', () => {
  const machine = (scope: string) => `machine: door.leaf
summary: What a door does.
scope: ${scope}
initial: shut
states: {shut: It is shut.}
final: [shut]
triggers: {}
guards: {}
actions: {}
transitions:
  - {on: [send door.word, receive door.word], from: shut, stay: true}`;

  test('governs one type of conversation or several: always a list', () => {
    expect(value('machine', machine('gate')).scope).toEqual(['gate']);
    expect(value('machine', machine('[gate, back]')).scope).toEqual(['gate', 'back']);
    expect(problems('machine', machine('[]'))).toHaveLength(1);
  });

  test('names an event that goes both ways with its direction', () => {
    expect(value('machine', machine('gate')).transitions[0]?.on).toEqual([
      'send door.word',
      'receive door.word',
    ]);
  });
});

describe('feature', () => {
  const feature = (revision: string, rest = 'default: true') =>
    `feature: door.bell\nrevision: ${revision}\nsummary: A bell.\nrequirement: door.opens\n${rest}`;

  test('has a revision and says whether it is on without being asked for', () => {
    expect(value('feature', feature('2'))).toEqual({
      feature: 'door.bell',
      revision: 2,
      summary: 'A bell.',
      requirement: 'door.opens',
      default: true,
    });
  });
  test.each([
    ['0', 'default: true', '`revision`'],
    ['1.5', 'default: true', '`revision`'],
    ['1', '', '`default`'],
    ['1', 'default: maybe', '`default`'],
    ['1', 'default: true\ncolour: red', '`colour`: Unrecognized key'],
  ])('revision %s, %s is refused', (revision, rest, message) => {
    expect(problems('feature', feature(revision, rest))).toEqual([
      expect.stringContaining(message),
    ]);
  });
});

describe('sequence', () => {
  const sequence = (lines = '') => `example: hello\ncaption: Says hello.\n${lines}`;

  test('names an example and says what it shows', () => {
    expect(value('sequence', sequence())).toEqual({ example: 'hello', caption: 'Says hello.' });
  });
  test.each([
    'conn: 0',
    'conn: 3',
    'from: http.request',
    'to: receive',
    'events: [http, client.request, receive]',
    'show: [http.finish]',
  ])('with %s', (line) => {
    expect(problems('sequence', sequence(line))).toEqual([]);
  });
  test.each([
    ['conn: -1', '`conn`: Too small: expected number to be >=0'],
    ['conn: one', '`conn`: Invalid input: expected number, received string'],
    ['from: HTTP', '`from`: is not the name of an event, such as `http.response`'],
    ['to: http.', '`to`: is not the name of an event, such as `http.response`'],
    ['events: []', '`events`: Too small: expected array to have >=1 items'],
    ['events: [http, http]', '`events`: lists a name twice'],
    ['events: http', '`events`: Invalid input: expected array, received string'],
    ['show: [http]', '`show.0`: is not a requirement id such as `http.start-once`'],
    ['show: [a.b, a.c, a.b]', '`show`: lists a requirement twice'],
    ['draw: by hand', '`draw`: Unrecognized key: "draw"'],
  ])('and not with %s', (line, message) => {
    expect(problems('sequence', sequence(line))).toEqual([`sequence block: ${message}`]);
  });
});

describe('retired', () => {
  test('an id has the alias that took its place, or a tombstone that says why', () => {
    expect(
      value(
        'retired',
        '- {id: door.old, alias: door.opens}\n- {id: door.gone, tombstone: No hinge.}',
      ),
    ).toHaveLength(2);
  });
  test.each(['{id: door.old}', '{id: door.old, alias: door.new, tombstone: Both.}'])(
    '%s is refused',
    (entry) => {
      expect(problems('retired', `- ${entry}`)).toEqual([
        'retired block: `0`: needs either the `alias` that took its place or a `tombstone` that says why',
      ]);
    },
  );
  test('an id that is none, and an empty list, are refused', () => {
    expect(problems('retired', '- {id: Door, tombstone: x}')).toHaveLength(1);
    expect(problems('retired', '[]')).toHaveLength(1);
  });
});

describe('untested', () => {
  test('a requirement has a reason for having no test', () => {
    expect(
      value('untested', '- {requirement: door.opens, reason: Nobody can look inside.}'),
    ).toEqual([{ requirement: 'door.opens', reason: 'Nobody can look inside.' }]);
  });
  test.each(['- {requirement: door.opens}', '- {requirement: door.opens, reason: ""}', '[]', '{}'])(
    '%s is refused',
    (source) => {
      expect(problems('untested', source)).toHaveLength(1);
    },
  );
});
