import { describe, expect, test } from 'vitest';
import { crlf, FILE, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { untestedKnown } from './untested-known.ts';

const OPENS = 'r[door.opens]\nThe gateway MUST open the door.\n\n';
const text = (...entries: string[]) =>
  proposal(`${OPENS}\`\`\`untested\n${entries.map((entry) => `- ${entry}\n`).join('')}\`\`\``);
const DARK = '{requirement: door.opens, reason: Es ist dunkel.}';

describe('untested-known', () => {
  test('its words', () => keepsItsWord(untestedKnown, (words) => proposal(OPENS + words)));

  test.each([
    ['a misspelt id', 'door.opns', 'Did you mean `door.opens`?'],
    ['an id like no other', 'a.b', 'Delete the exemption.'],
  ])('%s', (_, id, hint) => {
    const wrong = text(`{reason: Ä., requirement: ⌖${id}}`);
    const message = `\`${id}\` is exempt from testing, and no proposal defines it`;
    expect(finds(untestedKnown, wrong, message).hint).toBe(hint);
    finds(untestedKnown, crlf(wrong), message);
  });

  test('one that is exempt twice', () => {
    const line = text('X').split('- X')[0]?.split('\n').length;
    const problem = finds(
      untestedKnown,
      text(DARK, 'requirement: ⌖door.opens\n  reason: Es ist immer noch dunkel.'),
      `\`door.opens\` is already exempt in ${FILE}:${line}`,
    );
    expect(problem.hint).toBe('Delete one of the two.');
  });

  test('one that has a test', () => {
    const tests = new Map([['door.opens', ['src/door.test.ts', 'src/other.test.ts']]]);
    const problem = finds(
      untestedKnown,
      text(DARK.replace('door', '⌖door')),
      '`door.opens` is exempt from testing, and src/door.test.ts tests it',
      { tests },
    );
    expect(problem.hint).toBe('Delete the exemption.');
    passes(untestedKnown, text(DARK));
  });

  test('each of them', () => {
    findsAll(
      untestedKnown,
      text('{requirement: ⌖a.b, reason: x}', DARK, '{requirement: ⌖a.c, reason: x}'),
      [
        '`a.b` is exempt from testing, and no proposal defines it',
        '`a.c` is exempt from testing, and no proposal defines it',
      ],
    );
  });

  test.each([
    ['a requirement of the same proposal', text(DARK)],
    ['one that is not in order', text(DARK).replace('The gateway MUST', 'It MUST and MAY')],
    ['a block that cannot be read', text('{requirement: a.b}')],
  ])('near miss: %s', (_, words) => passes(untestedKnown, words, { tests: new Map() }));

  test('near miss: a requirement of another proposal', () => {
    const other = proposal('r[window.opens]\nThe gateway MUST open it.', { proposal: '43' });
    passes(untestedKnown, text('{requirement: window.opens, reason: x}'), {
      beside: [['proposals/0043-windows/draft.md', other]],
    });
  });

  test('the template', () => {
    passes(untestedKnown, text('{requirement: a.b, reason: x}'), {
      file: 'proposals/0000-template/draft.md',
    });
  });
});
