import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR, DOOR_EVENT, DOOR_RULES, doorMachine, OPENS } from '../testing-blocks.ts';
import { referenceExists } from './reference-exists.ts';

const START = 'r[http.start-once]\nThe gateway MUST start once.\n\n';
const unknown = (id: string) => `\`[${id}]\` refers to a requirement that no proposal defines`;
const named = (whose: string, id: string) =>
  `${whose} names the requirement \`${id}\`, which no proposal defines`;
const CORRECT = 'Correct the id, or write it as code if it is not a reference.';

describe('reference-exists', () => {
  test('its words', () => keepsItsWord(referenceExists, (text) => START + text));

  test.each([
    ['a sentence', 'Für Türen gilt ⌖[door.opnes].', 'door.opnes', 'Did you mean `door.opens`?'],
    ['one like no other', 'By ⌖[a.b] it opens.', 'a.b', CORRECT],
    ['a list', '- By ⌖[window.opens-wide]', 'window.opens-wide', CORRECT],
    ['a quotation', '> By ⌖[window.opens-wide]', 'window.opens-wide', CORRECT],
    ['a table', '| by |\n|---|\n| ⌖[window.opens-wide] |', 'window.opens-wide', CORRECT],
    ['a heading', '### By ⌖[window.opens-wide]', 'window.opens-wide', CORRECT],
    ['emphasis', 'By *⌖[window.opens-wide]*', 'window.opens-wide', CORRECT],
    [
      'a requirement',
      'r[door.rings]\nThe gateway MUST ring by\n⌖[window.opens-wide].',
      'window.opens-wide',
      CORRECT,
    ],
  ])('in %s', (_, text, id, hint) => {
    const problem = finds(referenceExists, proposal(DOOR_RULES + text), unknown(id));
    expect(problem).toMatchObject({ hint, endColumn: problem.column + id.length + 2 });
    finds(referenceExists, crlf(proposal(DOOR_RULES + text)), unknown(id));
  });

  test('each of them, from the first line to the last, in any section', () => {
    findsAll(referenceExists, '⌖[a.b] and ⌖[a.c]\n\n## Rationale\n\n⌖[a.b]', [
      unknown('a.b'),
      unknown('a.c'),
      unknown('a.b'),
    ]);
  });

  test.each([
    ['an event', DOOR_EVENT.replace('door.opens', '⌖door.opns'), 'event `door.push`'],
    [
      'a feature',
      '```feature\nfeature: a.b\nrevision: 1\nsummary: "Ä: x"\nrequirement: ⌖door.opns\ndefault: false\n```',
      'feature `a.b`',
    ],
    [
      'a figure',
      '```sequence\nexample: door\nshow: [door.opens, ⌖door.opns]\ncaption: x\n```',
      'the figure of `door`',
    ],
    [
      'a transition',
      doorMachine({ rows: [OPENS.replace('door.opens', '⌖door.opns')] }),
      'machine `door.leaf`: the row on `door.push` from `shut`',
    ],
    ...['misuse', 'closed', 'never'].map((key) => [
      `a row with ${key}`,
      doorMachine({ rows: [OPENS, `{on: door.push, from: ajar, ${key}: ⌖door.opns}`] }),
      'machine `door.leaf`: the row on `door.push` from `ajar`',
    ]),
  ])('a block: %s', (_, block = '', whose = '') => {
    const text = proposal(DOOR_RULES + block);
    const problem = finds(referenceExists, text, named(whose, 'door.opns'));
    expect(problem.hint).toBe('Did you mean `door.opens`?');
    finds(referenceExists, crlf(text), named(whose, 'door.opns'));
  });

  test.each([
    ['what is defined before it', `${DOOR}\n\nBy [door.opens].`],
    ['what is defined behind it', `By [door.opens].\n${DOOR}`],
    ['a requirement with a mistake of its own', 'r[door.opens]\nIt opens.\n\nBy [door.opens].'],
    ['code', '`[a.b]`'],
    ['a fence', '```text\n[a.b]\n```'],
    ['a link', '[a.b](https://example.com/)'],
    ['a link by reference', '[a.b]\n\n[a.b]: https://example.com/'],
    ['one word', 'An [aside].'],
    ['capitals', 'See [RFC.9110] and [E.g].'],
    ['a number', 'Version [1.2].'],
    ['a footnote', 'A.[^a.b]\n\n[^a.b]: Note.'],
    ['a comment', '<!-- [a.b] -->'],
    [
      'ids that end, and exemptions, have rules of their own',
      '```retired\n- {id: a.b, alias: a.c}\n```\n\n```untested\n- {requirement: a.b, reason: x}\n```',
    ],
    ['a block that cannot be read', '```event\nrequirement: a.b\n```'],
  ])('near miss: %s', (_, text) => passes(referenceExists, proposal(text)));

  test('near miss: another proposal defines it; but not the template', () => {
    passes(referenceExists, proposal('By [door.opens].'), {
      beside: [['proposals/0043-x/draft.md', proposal(DOOR_RULES, { proposal: '43' })]],
    });
    finds(referenceExists, proposal('By ⌖[door.opens].'), unknown('door.opens'), {
      beside: [['proposals/0000-template/draft.md', proposal(DOOR_RULES)]],
    });
  });

  test('the template', () => {
    passes(referenceExists, 'By [a.b].', { file: 'proposals/0000-template/draft.md' });
  });
});
