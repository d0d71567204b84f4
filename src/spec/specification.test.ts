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
import { JOINING, READING } from './lint/rules.ts';
import { type Problem, SpecError } from './problem.ts';
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
  test('what another proposal defines is a problem, with both places', () => {
    const problems = problemsOf([FILE, draft(DOOR)], [OTHER, draft(DOOR_RULES, second)]);
    expect(problems).toMatchObject([
      { rule: 'unique', file: OTHER, line: 14 },
      { rule: 'unique', file: OTHER, line: 17 },
    ]);
    expect(problems[0]?.message).toBe(
      `requirement \`door.opens\` is already defined at ${FILE}:14`,
    );
  });

  test('two proposals of one number are a problem', () => {
    expect(problemsOf([FILE, draft('')], [OTHER, draft('')])).toMatchObject([
      {
        rule: 'unique',
        file: OTHER,
        line: 2,
        column: 11,
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

describe('every rule of joining ends it', () => {
  const opens = '{on: door.push, from: shut, to: ajar, requirement: door.opens}';
  const stays = '{on: door.push, from: ajar, stay: true}';
  const event = (from: string, to: string) =>
    `${DOOR_RULES}${DOOR_EVENT.replace(from, to)}${doorMachine()}`;
  const machine = (parts: Parameters<typeof doorMachine>[0]) =>
    `${DOOR_RULES}${DOOR_EVENT}${doorMachine(parts)}`;

  const CASES: readonly [rule: string, body: string][] = [
    ['unique', `${DOOR}\n⌖r[door.opens]\nThe gateway MUST open it again.`],
    ['reference-exists', `${DOOR}\nBy ⌖[door.sings].`],
    ['reference-exists', event('door.opens', '⌖door.sings')],
    [
      'field-type-known',
      event('fields: {}', 'fields: {a: {type: ⌖newton, optional: true, text: x}}'),
    ],
    [
      'field-type-known',
      '```record\nrecord: hand\nsummary: A hand.\nfields:\n  size: {type: ⌖glove, text: x}\n```',
    ],
    [
      'record-extends-known',
      '```record\nrecord: hand\nextends: ⌖arm\nsummary: A hand.\nfields: {}\n```',
    ],
    ['event-example', event('{type: door.push}', '{type: ⌖door.pull}')],
    ['event-feature-known', event('fields:', 'feature: ⌖door.loud\nfields:')],
    ['event-governed', event('[door]', '[door, ⌖window]')],
    ['machine-state-known', machine({ final: '[⌖gone]' })],
    [
      'machine-event-known',
      machine({ rows: [opens, stays, '{on: ⌖door.kick, from: [shut, ajar], stay: true}'] }),
    ],
    [
      'machine-guard-known',
      machine({ rows: ['{on: door.push, from: shut, when: ⌖locked, stay: true}', opens, stays] }),
    ],
    [
      'machine-action-known',
      machine({ rows: [opens.replace('requirement', 'do: ⌖creak, requirement'), stays] }),
    ],
    ['machine-total', machine({ rows: [opens.replace('door.push', '⌖door.push')] })],
    ['machine-row-tried', machine({ rows: [opens, stays, `⌖${stays}`] })],
    [
      'machine-reachable',
      machine({
        states: '{shut: It is shut., ajar: It is open., ⌖gone: It fell.}',
        rows: [opens, '{on: door.push, from: [ajar, gone], stay: true}'],
      }),
    ],
  ];

  test.each(CASES)('%s', (rule, body) => {
    expect(wrong(body)).toMatchObject([{ rule }]);
  });

  test('all of them are tried here', () => {
    expect([...new Set(CASES.map(([rule]) => rule))]).toEqual(JOINING.map(({ id }) => id));
  });
});

test('rules that only keep a proposal in order do not end it', () => {
  const untidy = `#### Door  \n\nIt must, it MUST.\n\n${DOOR}\n\n\`\`\`\nx\n\`\`\`\n\n[a](gone.md)`;
  expect(problemsOf([FILE, draft(untidy)])).toEqual([]);
});

test('rules of reading end it', () => {
  const rules = READING.map(({ id }) => id);
  const [problem] = wrong('⌖r[Door]\nThe gateway MUST open.');
  expect(rules).toContain(problem?.rule);
});

describe('what is right', () => {
  const withField = (field: string, example = 'type: door.push') =>
    DOOR_EVENT.replace('fields: {}', `fields:\n  ${field}`).replace(
      '{type: door.push}',
      `{${example}}`,
    );
  const received = DOOR_EVENT.replace('send', 'receive').replaceAll('door.push', 'door.rings');
  const record =
    '```record\nrecord: hand\nsummary: A hand.\nfields:\n  left: {type: boolean, text: x}\n```\n';

  test.each([
    [
      'an example without an optional field',
      withField('a: {type: integer, optional: true, text: x}') + doorMachine(),
    ],
    [
      'an example without a field with a default',
      withField('a: {type: fields, default: [], text: x}') + doorMachine(),
    ],
    ['an event that is only received and has no row', DOOR_EVENT + doorMachine() + received],
    [
      'a field with a record as its type',
      record + withField('by: {type: hand, text: x}', 'type: door.push, by: {}') + doorMachine(),
    ],
    [
      'a state that is reached through a guarded row, and through others that are reached',
      DOOR_EVENT +
        doorMachine({
          states: '{shut: It is shut., ajar: It is open., gone: It fell.}',
          guards: '{hard: It was pushed hard.}',
          rows: [
            '{on: door.push, from: shut, to: ajar, requirement: door.opens}',
            '{on: door.push, from: ajar, when: hard, to: gone, requirement: door.shuts}',
            '{on: door.push, from: [ajar, gone], stay: true}',
          ],
        }),
    ],
  ])('%s', (_, body) => expect(() => right(DOOR_RULES + body)).not.toThrow());
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
