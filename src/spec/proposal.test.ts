// Reading one proposal: what is found and where, and each thing that can be wrong with a text, with its position.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FRAGMENTS } from '../../tests/fixtures/fragments.ts';
import {
  DOOR_EVENT,
  DOOR_RULES,
  doorMachine,
  draft,
  FILE,
  FRONT_MATTER,
  marked,
} from '../../tests/fixtures/proposal.ts';
import { READING } from './lint/rules.ts';
import type { Problem } from './problem.ts';
import {
  type Proposal,
  parseMarkdown,
  parseProposal,
  requirementMarker,
  stripMarker,
} from './proposal.ts';

const read = (text: string) => parseProposal(text, FILE);

/** The problem that one rule finds in a whole file, in which `⌖` marks where. */
function problemOf(rule: string, text: string): { problem: Problem; proposal: Proposal } {
  const { line, column, ...source } = marked(text);
  const proposal = read(source.text);
  const found = proposal.problems.filter((problem) => problem.rule === rule);
  expect(found).toMatchObject([{ rule, file: FILE, line, column }]);
  return { problem: found[0] as Problem, proposal };
}

/** Rules that say what the YAML library says. */
const YAML_RULES = ['front-matter', 'block-yaml'];

/**
 * A proposal without what tells one kind of line end from another: offsets; and of several mistakes in one piece of
 * YAML, the library takes another for the first where lines end with CRLF. How many pieces are wrong stays the same.
 */
function withoutLineEnds({ problems, ...proposal }: Proposal) {
  return {
    ...proposal,
    wrongYaml: problems
      .map(({ rule }) => rule)
      .filter((rule) => YAML_RULES.includes(rule))
      .sort(),
    problems: problems
      .filter(({ rule }) => !YAML_RULES.includes(rule))
      .map(({ fix: _, ...problem }) => problem),
  };
}

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

\`\`\`sequence
example: hello
from: http.request
caption: See it.
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
    expect(proposal.sequences).toMatchObject([
      { value: { example: 'hello', from: 'http.request', caption: 'See it.' } },
    ]);
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
    expect(read(windows).problems).toEqual([]);
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
    ['front-matter', 'none', '⌖# Doors\n'],
    ['front-matter', 'an empty file', '⌖'],
    ['front-matter', 'front matter that is not at the top', `⌖\n${FRONT_MATTER}`],
    ['front-matter', 'front matter without its end', `⌖${FRONT_MATTER.slice(0, -4)}`],
    ['front-matter', 'an empty one', '⌖---\n---\n'],
    ['front-matter', 'a list', '---\n⌖- proposal\n---\n'],
    [
      'front-matter',
      'what is not YAML',
      FRONT_MATTER.replace('title: Doors', 'title: ⌖Doors: and more'),
    ],
    [
      'front-matter',
      'an alias without its anchor',
      FRONT_MATTER.replace('title: Doors', '⌖title: *doors'),
    ],
    ['metadata-value', 'a number that is text', FRONT_MATTER.replace('42', '⌖"42"')],
    ['metadata-value', 'a negative number', FRONT_MATTER.replace('42', '⌖-1')],
    ['metadata-value', 'a fraction', FRONT_MATTER.replace('42', '⌖4.2')],
    ['metadata-value', 'a revision of 0', FRONT_MATTER.replace('revision: 1', 'revision: ⌖0')],
    [
      'metadata-value',
      'a status that is none',
      FRONT_MATTER.replace('status: draft', 'status: ⌖done'),
    ],
    ['metadata-value', 'no authors', FRONT_MATTER.replace('[Nobody]', '⌖[]')],
    [
      'metadata-value',
      'an author that is no text',
      FRONT_MATTER.replace('[Nobody]', '⌖[Somebody, 7]'),
    ],
    [
      'metadata-required',
      'a missing field',
      `⌖${FRONT_MATTER.replace('discussion: repository\n', '')}`,
    ],
  ])('%s: %s is a problem, and the only one', (rule, _, text) => {
    const { proposal } = problemOf(rule, text);
    expect(proposal.problems).toHaveLength(1);
    expect(proposal.frontMatter.proposal).toBe(0);
  });

  test.each([
    ['a title of 61 characters', FRONT_MATTER.replace('Doors\n', `${'x'.repeat(61)}\n`)],
    ['a summary of 141 characters', FRONT_MATTER.replace('Doors, for tests.', 'x'.repeat(141))],
  ])('%s keeps nobody from reading the rest: it is for the linter', (_, text) => {
    const proposal = read(text);
    expect(proposal.problems).toEqual([]);
    expect(proposal.frontMatter.proposal).toBe(42);
  });

  test('the rest is read all the same', () => {
    const { proposal } = problemOf(
      'metadata-value',
      draft(DOOR_RULES, FRONT_MATTER.replace('status: draft', 'status: ⌖done')),
    );
    expect(proposal.requirements).toHaveLength(2);
    expect(proposal.frontMatter.proposal).toBe(0);
  });
});

describe('requirements', () => {
  const sentence = 'The gateway MUST open the door.';

  test.each<[string, string]>([
    ['requirement-id', `⌖r[Door.opens]\n${sentence}`],
    ['one-keyword', 'r[door.opens]\n⌖The gateway opens the door.'],
    ['one-keyword', 'r[door.opens]\nThe gateway MUST open and ⌖SHOULD NOT shut.'],
    ['one-keyword', '⌖r[door.opens]\n\nThe gateway MUST open the door.'],
    ['role-readable', 'r[door.opens]\n⌖When asked, the gateway MUST open.'],
  ])('with a problem of %s, nothing is read from it', (rule, body) => {
    const { problem, proposal } = problemOf(rule, draft(body));
    expect(problem.hint ?? '').not.toBe('');
    expect(proposal.problems).toEqual([problem]);
    expect(proposal.requirements).toEqual([]);
  });

  test('from a marker at a wrong place nothing is read, and from the one before it all', () => {
    const { proposal } = problemOf(
      'requirement-place',
      draft(`r[door.opens]\n${sentence}\n⌖r[door.shuts]\nIt shuts.`),
    );
    expect(proposal.requirements).toMatchObject([{ id: 'door.opens' }]);
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
  test.each<[string, string]>([
    ['block-yaml', '```event\ntype: door.push\nsummary: ⌖a: b\n```'],
    ['block-shape', DOOR_EVENT.replace('send', '⌖sideways')],
    ['block-shape', doorMachine({ rows: ['⌖{on: a, from: b}'] })],
    ['block-shape', '```try\nexample: ⌖../hello\ncaption: x\n```'],
    ['block-place', '- item\n\n  ⌖```event\n  type: a.b\n  ```'],
    ['block-place', '> ⌖```machine\n> x\n> ```'],
  ])('with a problem of %s, nothing is read from it', (rule, body) => {
    const { problem, proposal } = problemOf(rule, draft(body));
    expect(proposal.problems).toEqual([problem]);
    expect([...proposal.events, ...proposal.machines, ...proposal.tries]).toEqual([]);
  });

  test('a block that is never closed is read to the end', () => {
    problemOf('block-shape', draft('```event\n⌖x'));
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
    expect(problemOf('no-control-characters', draft(body)).problem.message).toBe(message);
  });

  test('tabs and line ends are none', () => {
    expect(read(draft('a\tb\r\nc')).problems).toEqual([]);
  });
});

test('every rule of reading is asked, and none of the others', () => {
  const texts = [
    'x'.repeat(1_000_001),
    '',
    FRONT_MATTER.replace('revision: 1\n', '').replace('draft', 'done'),
    draft(
      [
        '\x1b',
        'r[A]\nx',
        'a\nr[a.b]',
        'r[a.c]\nx',
        'r[a.d]\nIt MUST.',
        '```event\na: b: c\n```',
        '```event\nx\n```',
        '> ```event',
        // What follows is for other rules.
        '# A\n\n#### B\n\nIt must, it MUST.  \n\n[a.x] [a](javascript:b)\n\n```\nx\n```',
      ].join('\n\n'),
    ),
  ];
  const asked = new Set(texts.flatMap((text) => read(text).problems.map(({ rule }) => rule)));
  expect([...asked].sort()).toEqual(READING.map(({ id }) => id).sort());
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

  const fragment = fc.constantFrom(...FRAGMENTS);

  test('arbitrary text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), holds), { numRuns: 200 });
  });

  test('fragments of Markdown and YAML in any order', () => {
    fc.assert(
      fc.property(fc.array(fragment, { maxLength: 40 }), (parts) => holds(parts.join(''))),
      { numRuns: 700 },
    );
  });

  test('whatever it says, Windows line ends change nothing but offsets', () => {
    const good = draft(`${DOOR_RULES}${DOOR_EVENT}${doorMachine()}`);
    const lines = fc
      .tuple(fc.nat(good.length), fc.array(fragment, { maxLength: 20 }))
      .map(([at, parts]) => good.slice(0, at) + parts.join('') + good.slice(at))
      .map((text) => text.replaceAll('\r', ''));
    fc.assert(
      fc.property(lines, (text) => {
        const windows = text.replaceAll('\n', '\r\n');
        expect(withoutLineEnds(read(windows))).toEqual(withoutLineEnds(read(text)));
      }),
      { numRuns: 500 },
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
