// Joining proposals: that nothing is defined twice, that references lead somewhere, and that machines are total and alive.

import { describe, expect, test } from 'vitest';
import {
  DOOR_EVENT,
  DOOR_RULES,
  doorMachine,
  draft,
  FILE,
  FRONT_MATTER,
  marked,
} from '../../tests/fixtures/proposal.ts';
import { formatProblem, type Problem, SpecError } from './problem.ts';
import { assemble, proposalSlug, type Specification } from './specification.ts';

type Source = readonly [file: string, text: string];

function problemsOf(...sources: Source[]): readonly Problem[] {
  try {
    assemble(sources);
  } catch (error) {
    expect(error).toBeInstanceOf(SpecError);
    return (error as SpecError).problems;
  }
  return [];
}

/** The problems of one proposal in which `⌖` marks where each of them stands. */
function wrong(body: string): readonly Problem[] {
  const { text, line, column } = marked(draft(body));
  const problems = problemsOf([FILE, text]);
  for (const problem of problems) expect(problem).toMatchObject({ file: FILE, line, column });
  return problems;
}

const right = (body: string): Specification => assemble([[FILE, draft(body)]]);
const DOOR = `${DOOR_RULES}${DOOR_EVENT}${doorMachine()}`;
const second = FRONT_MATTER.replace('42', '43');
const OTHER = 'proposals/0043-windows/draft.md';

test('what is right has no problem, and everything is found by name', () => {
  const specification = right(DOOR);
  expect([...specification.requirements.keys()]).toEqual(['door.opens', 'door.shuts']);
  expect([...specification.events.keys()]).toEqual(['door.push']);
  expect([...specification.machines.keys()]).toEqual(['door.leaf']);
  expect(specification.requirements.get('door.opens')).toMatchObject({
    slug: '0042',
    revision: 1,
    file: FILE,
    line: 14,
  });
});

test.each([
  [2, '0002'],
  [42, '0042'],
  [12345, '12345'],
])('the slug of proposal %i is %s', (number, slug) => {
  expect(proposalSlug(number)).toBe(slug);
});

test('a proposal may refer to what another defines, in either order', () => {
  const sources: Source[] = [
    [FILE, draft(`${DOOR_EVENT}${doorMachine()}`)],
    [OTHER, draft(DOOR_RULES, second)],
  ];
  expect(problemsOf(...sources)).toEqual([]);
  expect(problemsOf(...sources.reverse())).toEqual([]);
});

describe('unique', () => {
  test.each<[string, string, string]>([
    ['requirement', DOOR_RULES, 'requirement `door.opens` is already defined at'],
    ['event', DOOR_EVENT, 'event `door.push` is already defined at'],
    ['machine', doorMachine(), 'machine `door.leaf` is already defined at'],
    [
      'record',
      '```record\nrecord: door\nsummary: A door.\nfields: {}\n```\n',
      'record `door` is already defined at',
    ],
  ])(
    'a %s that another proposal defines is a problem, with both places',
    (kind, again, message) => {
      const all = kind === 'record' ? `${DOOR}${again}` : DOOR;
      const problems = problemsOf([FILE, draft(all)], [OTHER, draft(again, second)]);
      expect(problems[0]).toMatchObject({ rule: 'unique', file: OTHER });
      expect(problems[0]?.message).toContain(`${message} ${FILE}:`);
      expect(problems[0]?.hint).toContain('never reused');
    },
  );

  test('an id twice in one proposal is a problem at the second', () => {
    expect(wrong(`${DOOR_RULES}\n⌖r[door.opens]\nThe gateway MUST open it again.`)).toMatchObject([
      { rule: 'unique', message: `requirement \`door.opens\` is already defined at ${FILE}:14` },
    ]);
  });

  test('two proposals of one number are a problem', () => {
    expect(problemsOf([FILE, draft('')], [OTHER, draft('')])).toMatchObject([
      {
        rule: 'unique',
        file: OTHER,
        line: 1,
        column: 1,
        message: `proposal 42 is already ${FILE}`,
      },
    ]);
  });

  test('two proposals without front matter are two problems, not three', () => {
    expect(problemsOf([FILE, ''], [OTHER, '']).map(({ rule }) => rule)).toEqual([
      'front-matter',
      'front-matter',
    ]);
  });
});

describe('events and records', () => {
  const event = (change: (event: string) => string) =>
    `${DOOR_RULES}${doorMachine()}${change(DOOR_EVENT).replace('```event', '⌖```event')}`;
  const withField =
    (field: string, example = 'type: door.push') =>
    (text: string) =>
      text
        .replace('fields: {}', `fields:\n  ${field}`)
        .replace('{type: door.push}', `{${example}}`);

  test.each<[string, string, (event: string) => string, string]>([
    [
      'reference-exists',
      'a requirement that is not defined',
      (text) => text.replace('door.opens', 'door.sings'),
      'event `door.push` names the requirement `door.sings`, which no proposal defines',
    ],
    [
      'event-example',
      'an example of another type',
      (text) => text.replace('{type: door.push}', '{type: door.pull}'),
      'the example of `door.push` has the type `door.pull`',
    ],
    [
      'event-example',
      'an undeclared field in the example',
      (text) => text.replace('{type: door.push}', '{type: door.push, force: 1}'),
      'has the undeclared field `force`',
    ],
    [
      'event-example',
      'an undeclared field with the name of a method',
      (text) => text.replace('{type: door.push}', '{type: door.push, valueOf: 1}'),
      'has the undeclared field `valueOf`',
    ],
    [
      'event-example',
      'a required field that the example lacks',
      withField('force: {type: integer, text: x}'),
      'lacks the field `force`',
    ],
    [
      'event-example',
      'a required field with the name of a property of every object',
      withField('constructor: {type: integer, text: x}'),
      'lacks the field `constructor`',
    ],
    [
      'field-type-known',
      'a type that is neither built in nor a record',
      withField('force: {type: newton, text: x}', 'type: door.push, force: 1'),
      'field `force` has the type `newton`, which is neither built in nor a record',
    ],
    [
      'field-type-known',
      'a type with the name of a property of every object',
      withField('force: {type: constructor, text: x}', 'type: door.push, force: 1'),
      'field `force` has the type `constructor`',
    ],
    [
      'event-governed',
      'an event that no machine of its scope has a row on',
      (text) => text.replace('[door]', '[door, window]'),
      'no machine of the scope type `window` has a row on `door.push`',
    ],
  ])('%s: %s is a problem', (rule, _, change, message) => {
    const problems = wrong(event(change));
    expect(problems[0]?.rule).toBe(rule);
    expect(problems[0]?.message).toContain(message);
  });

  test.each([
    ['optional: {type: integer, optional: true, text: x}'],
    ['defaulted: {type: fields, default: [], text: x}'],
  ])('the example may lack %s', (field) => {
    expect(() => right(event(withField(field)).replace('⌖', ''))).not.toThrow();
  });

  test('an event that is only received needs no row', () => {
    const received = DOOR_EVENT.replace('send', 'receive').replaceAll('door.push', 'door.rings');
    expect(() => right(`${DOOR}${received}`)).not.toThrow();
  });

  test('a field may have a record as its type', () => {
    const record =
      '```record\nrecord: hand\nsummary: A hand.\nfields:\n  left: {type: boolean, text: x}\n```\n';
    const text = withField('by: {type: hand, text: x}', 'type: door.push, by: {}')(DOOR_EVENT);
    expect(() => right(`${DOOR_RULES}${doorMachine()}${record}${text}`)).not.toThrow();
  });

  test('a record is held to the same types', () => {
    expect(
      wrong(
        '⌖```record\nrecord: hand\nsummary: A hand.\nfields:\n  size: {type: glove, text: x}\n```\n',
      ),
    ).toMatchObject([{ rule: 'field-type-known' }]);
  });
});

describe('machines', () => {
  const machine = (parts: Parameters<typeof doorMachine>[0]) =>
    wrong(`${DOOR_RULES}${DOOR_EVENT}${doorMachine(parts, '⌖')}`);
  const opens = '{on: door.push, from: shut, to: ajar, requirement: door.opens}';
  const stays = '{on: door.push, from: ajar, stay: true}';

  test.each<[string, string, Parameters<typeof doorMachine>[0], string]>([
    [
      'machine-state-known',
      'an initial state that is none',
      { initial: 'gone' },
      '`gone` is not one of its states',
    ],
    [
      'machine-state-known',
      'a final state that is none',
      { final: '[gone]' },
      '`gone` is not one of its states',
    ],
    [
      'machine-state-known',
      'a row from a state that is none',
      { rows: [opens, stays, '{on: door.push, from: gone, stay: true}'] },
      'the row on `door.push` from `gone` names `gone`, which is not one of its states',
    ],
    [
      'machine-state-known',
      'a row to a state that is none',
      { rows: [opens, '{on: door.push, from: ajar, to: gone, requirement: door.shuts}'] },
      'the row on `door.push` from `ajar` names `gone`',
    ],
    [
      'machine-state-known',
      'a state with the name of a method',
      { rows: [opens, stays, '{on: door.push, from: toString, stay: true}'] },
      'names `toString`',
    ],
    [
      'machine-event-known',
      'a row on what is neither event nor trigger',
      { rows: [opens, stays, '{on: door.kick, from: [shut, ajar], stay: true}'] },
      'names `door.kick`, which is neither an event nor a trigger',
    ],
    [
      'machine-guard-known',
      'a guard that is not declared',
      { rows: ['{on: door.push, from: shut, when: locked, stay: true}', opens, stays] },
      'has the guard `locked`, which the block does not declare',
    ],
    [
      'machine-action-known',
      'an action that is not declared',
      { rows: [opens.replace('requirement', 'do: creak, requirement'), stays] },
      'does `creak`, which the block does not declare',
    ],
    [
      'reference-exists',
      'a requirement that is not defined',
      { rows: [opens.replace('opens', 'sings'), stays] },
      'names the requirement `door.sings`, which no proposal defines',
    ],
    [
      'reference-exists',
      'a Misuse that is not defined',
      { rows: [opens, '{on: door.push, from: ajar, misuse: door.sings}'] },
      'names the requirement `door.sings`',
    ],
    [
      'reference-exists',
      'a `closed` that is not defined',
      { rows: [opens, '{on: door.push, from: ajar, closed: door.sings}'] },
      'names the requirement `door.sings`',
    ],
    [
      'reference-exists',
      'a `never` that is not defined',
      { rows: [opens, '{on: door.push, from: ajar, never: door.sings}'] },
      'names the requirement `door.sings`',
    ],
    [
      'machine-total',
      'a state in which nothing is said of an event',
      { rows: [opens] },
      'nothing is said of `door.push` in the state `ajar`',
    ],
    [
      'machine-total',
      'a state in which only a guarded row stands',
      {
        guards: '{locked: It is locked.}',
        rows: [opens, stays.replace('stay', 'when: locked, stay')],
      },
      'nothing is said of `door.push` in the state `ajar`',
    ],
    [
      'machine-total',
      'a trigger that no row names',
      { triggers: '{wind: It blows.}' },
      'nothing is said of `wind` in the state `shut`',
    ],
    [
      'machine-row-tried',
      'a row behind one that always matches',
      { rows: [opens, stays, '{on: door.push, from: ajar, misuse: door.shuts}'] },
      'a second row for `door.push` in the state `ajar` is never tried',
    ],
    [
      'machine-row-tried',
      'a guarded row behind one that always matches',
      {
        guards: '{locked: It is locked.}',
        rows: [opens, stays, '{on: door.push, from: ajar, when: locked, misuse: door.shuts}'],
      },
      'a second row for `door.push` in the state `ajar` is never tried',
    ],
    [
      'machine-reachable',
      'a state that no path leads to',
      {
        states: '{shut: It is shut., ajar: It is open., gone: It fell.}',
        rows: [opens, stays.replace('ajar', '[ajar, gone]')],
      },
      'no path leads to the state `gone`',
    ],
    [
      'machine-reachable',
      'a state that only itself leads to',
      {
        states: '{shut: It is shut., ajar: It is open., gone: It fell.}',
        rows: [opens, stays, '{on: door.push, from: gone, to: gone, requirement: door.shuts}'],
      },
      'no path leads to the state `gone`',
    ],
  ])('%s: %s is a problem', (rule, _, parts, message) => {
    const problems = machine(parts);
    expect(problems.map((problem) => problem.rule)).toContain(rule);
    expect(problems.map(formatProblem).join('\n')).toContain(`${rule}: machine \`door.leaf\`: `);
    expect(problems.map((problem) => problem.message).join('\n')).toContain(message);
  });

  test('one hole is one problem', () => {
    expect(machine({ rows: [opens] })).toHaveLength(1);
  });

  test('a state counts as reached through a guarded row, and through others that are reached', () => {
    expect(() =>
      right(
        `${DOOR_RULES}${DOOR_EVENT}${doorMachine({
          states: '{shut: It is shut., ajar: It is open., gone: It fell.}',
          guards: '{hard: It was pushed hard.}',
          rows: [
            opens,
            '{on: door.push, from: ajar, when: hard, to: gone, requirement: door.shuts}',
            '{on: door.push, from: [ajar, gone], stay: true}',
          ],
        })}`,
      ),
    ).not.toThrow();
  });
});

test('all problems of all proposals come at once', () => {
  const problems = problemsOf(
    [FILE, draft('r[Door]\nThe gateway MUST open.\n')],
    [OTHER, draft('r[window.opens]\nThe gateway opens.\n\nr[window.shuts]\nIt MUST shut.', second)],
  );
  expect(problems.map(({ file, rule }) => [file, rule])).toEqual([
    [FILE, 'requirement-id'],
    [OTHER, 'one-keyword'],
    [OTHER, 'role-readable'],
  ]);
});
