// Reading one proposal: what is found and where, and each thing that can be wrong with a text, with its position.

import fc from 'fast-check';
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
import type { Problem } from './problem.ts';
import {
  type Proposal,
  parseMarkdown,
  parseProposal,
  requirementMarker,
  stripMarker,
} from './proposal.ts';

const read = (text: string) => parseProposal(text, FILE);

/** The problems of a whole file in which `⌖` marks where the first one stands. */
function problemsAt(text: string): {
  first: Problem;
  problems: readonly Problem[];
  proposal: Proposal;
} {
  const { line, column, ...source } = marked(text);
  const proposal = read(source.text);
  const [first] = proposal.problems;
  if (!first) return expect.unreachable('no problem was found');
  expect({ line: first.line, column: first.column }).toEqual({ line, column });
  expect(first.file).toBe(FILE);
  return { first, problems: proposal.problems, proposal };
}

const wrong = (body: string) => problemsAt(draft(body));

describe('what is found', () => {
  test('requirements, with level, role, text and line', () => {
    const proposal = read(
      draft(`# Doors

r[door.opens]
The gateway MUST open \`door\`, [unless] it is *locked*.

r[door.knock-first.twice]
The application SHOULD NOT push.
It knocks.

r[door.pass]
Middleware MAY pass.
`),
    );
    expect(proposal.problems).toEqual([]);
    expect(proposal.requirements).toEqual([
      {
        id: 'door.opens',
        level: 'MUST',
        role: 'gateway',
        text: 'The gateway MUST open `door`, [unless] it is *locked*.',
        line: 15,
      },
      {
        id: 'door.knock-first.twice',
        level: 'SHOULD NOT',
        role: 'application',
        text: 'The application SHOULD NOT push.\nIt knocks.',
        line: 18,
      },
      { id: 'door.pass', level: 'MAY', role: 'middleware', text: 'Middleware MAY pass.', line: 22 },
    ]);
  });

  test('blocks, with their lines; fences in other languages are left alone', () => {
    const proposal = read(
      draft(`${DOOR_EVENT}${doorMachine()}
\`\`\`record
record: door
summary: A door.
fields:
  width: {type: integer, minimum: 1, text: "In centimetres."}
\`\`\`

\`\`\`try
example: hello
caption: Try it.
\`\`\`

\`\`\`yaml
this: [is not read
\`\`\`

\`\`\`
r[door.opens]
\`\`\`
`),
    );
    expect(proposal.problems).toEqual([]);
    expect(proposal.events).toMatchObject([{ line: 14, value: { type: 'door.push' } }]);
    expect(proposal.machines).toMatchObject([{ line: 24, value: { machine: 'door.leaf' } }]);
    expect(proposal.records).toMatchObject([{ value: { fields: { width: { minimum: 1 } } } }]);
    expect(proposal.tries).toMatchObject([{ value: { example: 'hello', caption: 'Try it.' } }]);
  });

  test('front matter, with its optional fields', () => {
    const { frontMatter } = read(
      draft('', FRONT_MATTER.replace('revision: 1', 'revision: 3\nrequires: [2, 3]')),
    );
    expect(frontMatter).toEqual({
      proposal: 42,
      title: 'Doors',
      summary: 'Doors, for tests.',
      authors: ['Nobody'],
      status: 'draft',
      type: 'standards',
      created: '2026-11-22',
      discussion: 'repository',
      revision: 3,
      requires: [2, 3],
    });
  });

  test('a transition may name one input and one state, or several', () => {
    const proposal = read(
      draft(
        doorMachine({
          rows: ['{on: [a, b], from: [c, d], stay: true}', '{on: a, from: c, stay: true}'],
        }),
      ),
    );
    expect(proposal.machines[0]?.value.transitions).toEqual([
      { on: ['a', 'b'], from: ['c', 'd'], stay: true },
      { on: ['a'], from: ['c'], stay: true },
    ]);
  });

  test('Windows line ends: the same is found at the same lines', () => {
    const unix = draft(`${DOOR_RULES}
r[door.long]
The gateway MUST hold
the door.
${DOOR_EVENT}${doorMachine()}`);
    const windows = unix.replaceAll('\n', '\r\n');
    expect(read(unix).requirements).toHaveLength(3);
    expect(read(windows)).toEqual(read(unix));
  });

  test('Windows line ends: a problem has the same position', () => {
    const text = draft(
      'Some text.\n\nr[door.opens]\nThe gateway opens.\n\n```event\ntype: 7\n```\n',
    );
    const windows = read(text.replaceAll('\n', '\r\n')).problems;
    expect(windows.length).toBeGreaterThan(1);
    expect(windows).toEqual(read(text).problems);
  });

  test('a byte order mark is no part of the text', () => {
    expect(read(`\ufeff${draft(DOOR_RULES)}`)).toEqual(read(draft(DOOR_RULES)));
  });
});

describe('front matter', () => {
  test.each<[string, string, string]>([
    ['none', '⌖# Doors\n', 'the proposal has no front matter'],
    ['an empty file', '⌖', 'the proposal has no front matter'],
    [
      'front matter that is not at the top',
      `⌖\n${FRONT_MATTER}`,
      'the proposal has no front matter',
    ],
    [
      'front matter without its end',
      `⌖${FRONT_MATTER.slice(0, -4)}`,
      'the proposal has no front matter',
    ],
    ['an empty one', '---\n⌖---\n', 'front matter: '],
    [
      'a list',
      '---\n⌖- proposal\n---\n',
      'front matter: Invalid input: expected object, received array',
    ],
    [
      'what is not YAML',
      FRONT_MATTER.replace('title: Doors', 'title: ⌖Doors: and more'),
      'the front matter is not valid YAML: Nested mappings are not allowed in compact mappings',
    ],
    [
      'an alias without its anchor',
      FRONT_MATTER.replace('proposal: 42\ntitle: Doors', '⌖proposal: 42\ntitle: *doors'),
      'the front matter is not valid YAML: Unresolved alias',
    ],
    [
      'a number that is text',
      FRONT_MATTER.replace('42', '⌖"42"'),
      'front matter: `proposal`: Invalid input: expected number, received string',
    ],
    ['a negative number', FRONT_MATTER.replace('42', '⌖-1'), 'front matter: `proposal`: Too small'],
    [
      'a fraction',
      FRONT_MATTER.replace('42', '⌖4.2'),
      'front matter: `proposal`: Invalid input: expected int',
    ],
    [
      'a revision of 0',
      FRONT_MATTER.replace('revision: 1', 'revision: ⌖0'),
      'front matter: `revision`: Too small',
    ],
    [
      'a title of 61 characters',
      FRONT_MATTER.replace('Doors\n', `⌖${'x'.repeat(61)}\n`),
      'front matter: `title`: Too big: expected string to have <=60 characters',
    ],
    [
      'a summary of 141 characters',
      FRONT_MATTER.replace('Doors, for tests.', `⌖${'x'.repeat(141)}`),
      'front matter: `summary`: Too big',
    ],
    [
      'a status that is none',
      FRONT_MATTER.replace('status: draft', 'status: ⌖done'),
      'front matter: `status`: Invalid option: expected one of "draft"|"review"',
    ],
    ['no authors', FRONT_MATTER.replace('[Nobody]', '⌖[]'), 'front matter: `authors`: Too small'],
    [
      'an author that is no text',
      FRONT_MATTER.replace('[Nobody]', '[Somebody, ⌖7]'),
      'front matter: `authors.1`: Invalid input: expected string, received number',
    ],
    [
      'a missing field',
      FRONT_MATTER.replace('proposal', '⌖proposal').replace('discussion: repository\n', ''),
      'front matter: `discussion`: Invalid input: expected string, received undefined',
    ],
  ])('%s is a problem', (_, text, message) => {
    const { first } = problemsAt(text);
    expect(first.rule).toBe('front-matter');
    expect(first.message).toContain(message);
  });

  test('the rest is read all the same', () => {
    const { proposal } = problemsAt(
      draft(DOOR_RULES, FRONT_MATTER.replace('status: draft', 'status: ⌖done')),
    );
    expect(proposal.requirements).toHaveLength(2);
    expect(proposal.frontMatter.proposal).toBe(0);
  });
});

describe('requirements', () => {
  const sentence = 'The gateway MUST open the door.';

  test.each<[string, string, string, string]>([
    [
      'requirement-id',
      'capitals',
      `⌖r[Door.opens]\n${sentence}`,
      '`Door.opens` is not a requirement id',
    ],
    ['requirement-id', 'one word', `⌖r[door]\n${sentence}`, '`door` is not a requirement id'],
    ['requirement-id', 'nothing', `⌖r[]\n${sentence}`, '`` is not a requirement id'],
    [
      'requirement-id',
      'a space',
      `⌖r[door opens]\n${sentence}`,
      '`door opens` is not a requirement id',
    ],
    ['requirement-id', 'a final dot', `⌖r[door.]\n${sentence}`, '`door.` is not a requirement id'],
    [
      'requirement-id',
      'a path',
      `⌖r[../door.opens]\n${sentence}`,
      '`../door.opens` is not a requirement id',
    ],
    [
      'one-keyword',
      'no keyword',
      'r[door.opens]\n⌖The gateway opens the door.',
      '`door.opens` has 0 keywords, and needs exactly one',
    ],
    [
      'one-keyword',
      'a keyword in lowercase',
      'r[door.opens]\n⌖The gateway must open the door.',
      'has 0 keywords',
    ],
    [
      'one-keyword',
      'two keywords',
      'r[door.opens]\n⌖The gateway MUST open and SHOULD NOT shut.',
      'has 2 keywords (MUST, SHOULD NOT)',
    ],
    [
      'one-keyword',
      'a keyword twice',
      'r[door.opens]\n⌖The gateway MUST open. It MUST shut.',
      'has 2 keywords (MUST, MUST)',
    ],
    [
      'one-keyword',
      'an id without a sentence',
      'r[door.opens]\n⌖\nThe gateway MUST open the door.',
      'has 0 keywords',
    ],
    [
      'role-readable',
      'another subject',
      'r[door.opens]\n⌖The door MUST open.',
      '`door.opens` does not begin by naming whom it binds',
    ],
    [
      'role-readable',
      'a subject that comes later',
      'r[door.opens]\n⌖When asked, the gateway MUST open.',
      'does not begin by naming whom it binds',
    ],
    [
      'role-readable',
      'a subject that only begins alike',
      'r[door.opens]\n⌖The gateways MUST open.',
      'does not begin by naming whom it binds',
    ],
    [
      'requirement-place',
      'a marker within a paragraph',
      `Some text.\n⌖r[door.opens]\n${sentence}`,
      '`r[door.opens]` does not begin a paragraph of its own',
    ],
    [
      'requirement-place',
      'a second marker in one paragraph',
      `r[door.opens]\n${sentence}\n⌖r[door.shuts]\nIt shuts.`,
      '`r[door.shuts]` does not begin a paragraph',
    ],
    [
      'requirement-place',
      'a marker in a list',
      `- ⌖r[door.opens]\n  ${sentence}`,
      '`r[door.opens]` does not begin a paragraph',
    ],
    [
      'requirement-place',
      'a marker in a quotation',
      `> ⌖r[door.opens]\n> ${sentence}`,
      '`r[door.opens]` does not begin a paragraph',
    ],
  ])('%s: %s is a problem', (rule, _, body, message) => {
    const { first, proposal } = wrong(body);
    expect(first.rule).toBe(rule);
    expect(first.message).toContain(message);
    expect(first.hint ?? '').not.toBe('');
    if (rule !== 'requirement-place') expect(proposal.requirements).toEqual([]);
  });

  test.each([
    ['in code', '`r[door.opens]`'],
    ['with text behind it', 'r[door.opens] is an id.'],
    ['in a fence', '```\nr[door.opens]\n```'],
    ['as part of a word', 'or[door.opens]'],
  ])('a marker %s is no marker', (_, body) => {
    const proposal = read(draft(body));
    expect(proposal.problems).toEqual([]);
    expect(proposal.requirements).toEqual([]);
  });

  test('a keyword in code counts: what is binding is not quoted', () => {
    expect(read(draft('r[door.opens]\nThe gateway MUST say `MUST`.')).problems).toMatchObject([
      { rule: 'one-keyword' },
    ]);
  });

  test('spaces behind the marker do no harm', () => {
    expect(read(draft(`r[door.opens] \t\n${sentence}`)).requirements).toMatchObject([
      { text: sentence },
    ]);
  });

  test('the marker of a node is found and taken off', () => {
    const [paragraph] = parseMarkdown(`r[door.opens]\n${sentence}`).children;
    if (paragraph?.type !== 'paragraph') return expect.unreachable();
    expect(requirementMarker(paragraph)).toBe('door.opens');
    stripMarker(paragraph);
    expect(paragraph.children).toMatchObject([{ type: 'text', value: sentence }]);
    expect(requirementMarker(paragraph)).toBeUndefined();
  });
});

describe('blocks', () => {
  test.each<[string, string, string, string]>([
    [
      'block-yaml',
      'what is not YAML',
      '```event\ntype: door.push\nsummary: ⌖a: b\n```',
      'the event block is not valid YAML: Nested mappings are not allowed in compact mappings',
    ],
    [
      'block-yaml',
      'a tab',
      '```event\nfields:\n⌖\ttype: x\n```',
      'the event block is not valid YAML: Tabs are not allowed as indentation',
    ],
    [
      'block-yaml',
      'one key twice',
      '```event\ntype: a.b\n⌖type: c.d\n```',
      'the event block is not valid YAML: Map keys must be unique',
    ],
    [
      'block-yaml',
      'two documents',
      '```event\ntype: a.b\n⌖---\ntype: c.d\n```',
      'the event block is not valid YAML: Source contains multiple documents',
    ],
    [
      'block-yaml',
      'an alias without its anchor',
      '```event\n⌖type: *nothing\n```',
      'the event block is not valid YAML: Unresolved alias',
    ],
    [
      'block-yaml',
      'aliases that multiply',
      `\`\`\`event\n⌖a: &a [x, x, x, x, x, x, x, x, x, x]\n${'bcdefg'
        .split('')
        .map((name, i) => `${name}: &${name} [${Array(10).fill(`*${'abcdefg'[i]}`).join(', ')}]`)
        .join('\n')}\n\`\`\``,
      'the event block is not valid YAML: Excessive alias count',
    ],
    ['block-shape', 'nothing', '```event\n⌖```', 'event block: Invalid input: expected object'],
    [
      'block-shape',
      'a text',
      '```event\n⌖just words\n```',
      'event block: Invalid input: expected object, received string',
    ],
    [
      'block-shape',
      'a type that is none',
      DOOR_EVENT.replace('door.push\n', '⌖Push\n').trim(),
      'event block: `type`: is not an event type such as `http.response.start`',
    ],
    [
      'block-shape',
      'an unknown direction',
      DOOR_EVENT.replace('send', '⌖sideways').trim(),
      'event block: `direction`: Invalid option: expected one of "send"|"receive"',
    ],
    [
      'block-shape',
      'an unknown key',
      DOOR_EVENT.replace('summary:', '⌖colour: red\nsummary:').trim(),
      'event block: `colour`: Unrecognized key',
    ],
    [
      'block-shape',
      'no scope',
      DOOR_EVENT.replace('[door]', '⌖[]').trim(),
      'event block: `scope`: Too small',
    ],
    [
      'block-shape',
      'an empty summary',
      DOOR_EVENT.replace('Somebody pushes.', '⌖""').trim(),
      'event block: `summary`: Too small',
    ],
    [
      'block-shape',
      'a requirement that is no id',
      DOOR_EVENT.replace('door.opens', '⌖opens').trim(),
      'event block: `requirement`: is not a requirement id such as `http.start-once`',
    ],
    [
      'block-shape',
      'a field in capitals',
      DOOR_EVENT.replace('fields: {}', 'fields:\n  Force: ⌖{type: integer, text: x}').trim(),
      'event block: `fields.Force`',
    ],
    [
      'block-shape',
      'a field without a text',
      DOOR_EVENT.replace('fields: {}', 'fields:\n  force: ⌖{type: integer}').trim(),
      'event block: `fields.force.text`',
    ],
    [
      'block-shape',
      'an enum without values',
      DOOR_EVENT.replace('fields: {}', 'fields:\n  hand: ⌖{type: enum, text: x}').trim(),
      'event block: `fields.hand`: needs `values` when its type is `enum`, and only then',
    ],
    [
      'block-shape',
      'values without an enum',
      DOOR_EVENT.replace(
        'fields: {}',
        'fields:\n  hand: ⌖{type: string, values: [left], text: x}',
      ).trim(),
      'event block: `fields.hand`: needs `values`',
    ],
    [
      'block-shape',
      'a default that is not empty',
      DOOR_EVENT.replace(
        'fields: {}',
        'fields:\n  hands: {type: fields, default: [⌖left], text: x}',
      ).trim(),
      'event block: `fields.hands.default.0`',
    ],
    [
      'block-shape',
      'a row with two outcomes',
      doorMachine({ rows: ['⌖{on: a, from: b, to: c, requirement: d.e, stay: true}'] }).trim(),
      'machine block: `transitions.0`: needs exactly one of `to`, `misuse`, `closed`, `never` and `stay`',
    ],
    [
      'block-shape',
      'a row without an outcome',
      doorMachine({ rows: ['⌖{on: a, from: b}'] }).trim(),
      'machine block: `transitions.0`: needs exactly one of',
    ],
    [
      'block-shape',
      'a row that acts and does not move',
      doorMachine({
        rows: ['{on: a, from: b, stay: true}', '⌖{on: a, from: b, misuse: d.e, do: c}'],
      }).trim(),
      'machine block: `transitions.1`: has a `do` without a `to`: only a transition acts',
    ],
    [
      'block-shape',
      'a row that nothing governs',
      doorMachine({ rows: ['⌖{on: a, from: b, to: c}'] }).trim(),
      'machine block: `transitions.0`: has a `to` without the `requirement` that governs it',
    ],
    [
      'block-shape',
      'a row that stays in another way',
      doorMachine({ rows: ['{on: a, from: b, stay: ⌖yes}'] }).trim(),
      'machine block: `transitions.0.stay`',
    ],
    [
      'block-shape',
      'an unknown key in a row',
      doorMachine({ rows: ['{on: a, from: b, stay: true, ⌖colour: red}'] }).trim(),
      'machine block: `transitions.0.colour`: Unrecognized key',
    ],
    [
      'block-shape',
      'an example with a path',
      '```try\nexample: ⌖../hello\ncaption: x\n```',
      'try block: `example`: Invalid string',
    ],
    [
      'block-place',
      'a block in a list',
      '- item\n\n  ⌖```event\n  type: a.b\n  ```',
      'this event block stands inside something else',
    ],
    [
      'block-place',
      'a block in a quotation',
      '> ⌖```machine\n> x\n> ```',
      'this machine block stands inside something else',
    ],
  ])('%s: %s is a problem', (rule, _, body, message) => {
    const { first, proposal } = wrong(body);
    expect(first.message).toContain(message);
    expect(first.rule).toBe(rule);
    expect([...proposal.events, ...proposal.machines, ...proposal.tries]).toEqual([]);
  });

  test('every problem of a block is reported, not only the first', () => {
    const { problems } = wrong(
      DOOR_EVENT.replace('door.push\n', '⌖Push\n').replace('send', 'sideways').trim(),
    );
    expect(problems.map(({ message }) => message.split('`')[1])).toEqual(['type', 'direction']);
  });

  test('a block that is never closed is read to the end', () => {
    expect(wrong('```event\n⌖x').first.rule).toBe('block-shape');
  });
});

describe('no-control-characters', () => {
  test.each([
    ['NUL', 'One line.\nThen ⌖\0 in it.', 'the text has the control character U+0000'],
    ['an escape character', 'Then ⌖\x1b[31m in it.', 'the text has the control character U+001B'],
    [
      'NUL in a block',
      '```try\nexample: h⌖\0i\ncaption: x\n```',
      'the text has the control character U+0000',
    ],
  ])('%s is a problem', (_, body, message) => {
    const { first } = wrong(body);
    expect(first).toMatchObject({ rule: 'no-control-characters', message });
  });

  test('tabs and line ends are none', () => {
    expect(read(draft('a\tb\r\nc')).problems).toEqual([]);
  });
});

describe('no text makes the parser throw', () => {
  const holds = (text: string) => {
    const proposal = read(text);
    const lines = text.split(/\r\n?|\n/).length;
    for (const problem of proposal.problems) {
      expect(problem.line).toBeGreaterThanOrEqual(1);
      expect(problem.line).toBeLessThanOrEqual(lines + 1);
      expect(problem.column).toBeGreaterThanOrEqual(1);
      expect(problem.message).not.toBe('');
      expect(problem.message).not.toContain('    at ');
    }
  };

  const fragment = fc.constantFrom(
    '---\n',
    '```event\n',
    '```machine\n',
    '```try\n',
    '```\n',
    '~~~record\n',
    'r[a.b]\n',
    'r[',
    ']',
    '# ',
    '- ',
    '> ',
    '| a | b |\n|---|---|\n',
    'type: ',
    'fields:\n',
    '  ',
    '&a ',
    '*a',
    '<<: *a\n',
    '!!binary ',
    '!<x> ',
    '? ',
    ': ',
    '{',
    '}',
    '[',
    ']',
    ', ',
    '"',
    "'",
    '|\n',
    '>-\n',
    '%YAML 9\n',
    '\t',
    '\r\n',
    '\n',
    '\0',
    '\ufeff',
    'The gateway MUST x.\n',
    '__proto__: ',
    'constructor: ',
    '<!-- ',
    '-->',
    '[a]: b\n',
    '[^1]: x\n',
    '\ud800',
    '💥',
    '0x',
    '.inf',
    '~',
    'proposal: 42\n',
  );

  test('arbitrary text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), holds), { numRuns: 200 });
  });

  test('fragments of Markdown and YAML in any order', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 40 }), (parts) => holds(parts.join(''))),
      { numRuns: 700 },
    );
  });

  test('a good proposal with anything put into it', () => {
    const good = draft(`${DOOR_RULES}${DOOR_EVENT}${doorMachine()}`);
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(20), fragment, (at, length, part) =>
        holds(good.slice(0, at) + part + good.slice(at + length)),
      ),
      { numRuns: 400 },
    );
  });
});
