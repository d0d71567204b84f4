import { describe, expect, test } from 'vitest';
import { crlf, FILE, finds, findsAll, found, keepsItsWord, passes, proposal } from '../testing.ts';
import { DOOR, DOOR_EVENT, DOOR_RECORD, doorMachine } from '../testing-blocks.ts';
import { unique } from './unique.ts';

const OPENS = 'r[door.opens]\nThe gateway MUST open the door.';
const OTHER = 'proposals/0041-windows/draft.md';
const FEATURE =
  '\n```feature\nfeature: door.loud\nrevision: 1\nsummary: Slams.\nrequirement: door.opens\ndefault: false\n```\n';
const beside = (text: string, number = '41') => ({
  beside: [[OTHER, proposal(text, { proposal: number })]] as const,
});
/** Line of something in the text beside the one under test. */
const lineOf = (text: string, what: string) =>
  proposal(text, { proposal: '41' }).split(what)[0]?.split('\n').length;

describe('unique', () => {
  test('its words', () => keepsItsWord(unique));

  test('an id twice in one proposal: at the second', () => {
    const text = proposal(`${OPENS}\n\nÄ.\n\n⌖${OPENS}`);
    const line = text.split('r[door.opens]')[0]?.split('\n').length;
    const message = `requirement \`door.opens\` is already defined at ${FILE}:${line}`;
    expect(finds(unique, text, message).hint).toContain('never reused');
    finds(unique, crlf(text), message);
  });

  test('three times: at the second and the third', () => {
    const message = `requirement \`a.b\` is already defined at ${FILE}:1`;
    findsAll(unique, 'r[a.b]\nA\n\n⌖r[a.b]\nB\n\n⌖r[a.b]', [message, message]);
  });

  test.each([
    ['requirement `door.opens`', OPENS, 'r[door.opens]'],
    ['event `door.push`', DOOR_EVENT, 'door.push'],
    ['record `door_scope`', DOOR_RECORD, 'door_scope'],
    ['machine `door.leaf`', doorMachine(), 'door.leaf'],
    ['feature `door.loud revision 1`', FEATURE, 'door.loud'],
  ])('%s in another proposal', (what, text, name) => {
    // Drafts come in the order in which they are given; the one that comes later is the one at fault.
    const problems = found(unique, proposal(text), beside(text));
    const line = lineOf(text, name);
    const column = proposal(text).split('\n')[(line ?? 1) - 1]?.indexOf(name) ?? -2;
    expect(problems).toEqual([
      expect.objectContaining({
        file: OTHER,
        line,
        column: column + 1,
        message: `${what} is already defined at ${FILE}:${line}`,
      }),
    ]);
  });

  test('two proposals of one number: at the number', () => {
    expect(found(unique, proposal('Text.'), beside('Text.', '42'))).toEqual([
      {
        rule: 'unique',
        file: OTHER,
        line: 2,
        column: 11,
        endLine: 2,
        endColumn: 13,
        message: `proposal 42 is already ${FILE}`,
        hint: 'Numbers are never reused. Take the next one that is free.',
      },
    ]);
  });

  test.each([
    ['names of one kind and of another', DOOR],
    ['ids that begin alike', `${OPENS}\n\n${OPENS.replace('opens', 'opens-once')}`],
    ['another revision of a feature', `${FEATURE}${FEATURE.replace('revision: 1', 'revision: 2')}`],
    ['what is no id twice', 'r[Door]\nA\n\nr[Door]\nB'],
    ['a block that cannot be read twice', '```event\ntype: 7\n```\n\n```event\ntype: 7\n```'],
    ['a marker in code', `${OPENS}\n\n\`\`\`text\n${OPENS}\n\`\`\``],
    ['names of properties of every object', `${OPENS.replace('door.opens', 'constructor.name')}`],
  ])('near miss: %s', (_, text) => passes(unique, proposal(text)));

  test('front matter that cannot be read has no number', () => {
    passes(unique, '', { beside: [[OTHER, '']] });
  });

  test('the template and published revisions define nothing', () => {
    passes(unique, proposal(DOOR), {
      beside: [
        ['proposals/0000-template/draft.md', proposal(DOOR)],
        ['proposals/0042-doors/v1.md', proposal(DOOR)],
      ],
    });
  });
});
