import { describe, expect, test } from 'vitest';
import { crlf, FILE, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { idRetired } from './id-retired.ts';

const OPENS = 'r[door.opens]\nThe gateway MUST open the door.';
const retired = (...entries: string[]) =>
  `\`\`\`retired\n${entries.map((entry) => `- ${entry}\n`).join('')}\`\`\`\n\n`;
const GONE = '{id: door.opens, tombstone: Doors are gone.}';
const OTHER = 'proposals/0043-windows/draft.md';

describe('id-retired', () => {
  test('its words', () => keepsItsWord(idRetired));

  test('by a tombstone', () => {
    const text = proposal(`${retired('{id: a.b, tombstone: Ä}', GONE)}⌖${OPENS}`);
    const line = text.split('- {id: door.opens')[0]?.split('\n').length;
    const problem = finds(idRetired, text, `\`door.opens\` was retired in ${FILE}:${line}`);
    expect(problem).toMatchObject({ endColumn: 14, hint: 'Choose another id.' });
    finds(idRetired, crlf(text), `\`door.opens\` was retired in ${FILE}:${line}`);
  });

  test('by an alias, behind the requirement, on the first line', () => {
    const text = `⌖${OPENS}\n\n${retired('{id: door.opens, alias: door.swings}')}`;
    expect(finds(idRetired, text, `\`door.opens\` was retired in ${FILE}:5`).hint).toBe(
      'It is `door.swings` now. Choose another id for a new requirement.',
    );
  });

  test('in another proposal', () => {
    const other = proposal(retired(GONE), { proposal: '43' });
    const line = other.split('- {id')[0]?.split('\n').length;
    finds(idRetired, proposal(`⌖${OPENS}`), `\`door.opens\` was retired in ${OTHER}:${line}`, {
      beside: [[OTHER, other]],
    });
  });

  test('each use; the first of two retirements is named', () => {
    const message = `\`door.opens\` was retired in ${FILE}:2`;
    findsAll(idRetired, `${retired(GONE, GONE)}⌖${OPENS}\n\n⌖${OPENS}`, [message, message]);
  });

  test.each([
    ['an id that begins alike', `${retired(GONE)}${OPENS.replace('opens', 'opens-wide')}`],
    ['the id that took its place', `${retired('{id: door.swings, alias: door.opens}')}${OPENS}`],
    ['a block that cannot be read', `${retired('{id: door.opens}')}${OPENS}`],
    ['a block in a list', `- Ids:\n\n  ${retired(GONE).replaceAll('\n', '\n  ')}\n\n${OPENS}`],
    ['a fence that only shows one', `${retired(GONE).replace('retired', 'yaml')}${OPENS}`],
    ['nothing is retired', OPENS],
  ])('near miss: %s', (_, text) => passes(idRetired, proposal(text)));

  test('the template', () => {
    passes(idRetired, proposal(`${retired(GONE)}${OPENS}`), {
      file: 'proposals/0000-template/draft.md',
    });
  });
});
