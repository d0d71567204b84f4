import { describe, expect, test } from 'vitest';
import { crlf, finds, passes, proposal } from '../testing.ts';
import { numberMatchesFolder } from './number-matches-folder.ts';

const numbered = (number: string) =>
  proposal('Text.').replace('proposal: 42', `proposal: ${number}`);

describe('number-matches-folder', () => {
  test.each(['41', '420', '0'])('number %s in the folder of 42', (number) => {
    const message = `the number is ${number}, and the folder is \`0042-doors\``;
    const problem = finds(numberMatchesFolder, numbered(`⌖${number}`), message);
    expect(problem).toMatchObject({
      endColumn: 11 + number.length,
      hint: 'Write `proposal: 42`, or rename the folder.',
    });
    finds(numberMatchesFolder, crlf(numbered(`⌖${number}`)), message);
  });

  test('a copy of the template whose number was not changed', () => {
    const rest = { file: 'proposals/0001-process/draft.md' };
    const message = 'the number is 0, and the folder is `0001-process`';
    expect(finds(numberMatchesFolder, numbered('⌖0'), message, rest).hint).toBe(
      'Write `proposal: 1`, or rename the folder.',
    );
  });

  test.each([
    '42-doors',
    '00042-doors',
    '0042',
    '0042-',
    '0042-Doors',
    '0042-türen',
    '0042_doors',
    '0042-big--doors',
    '0042-doors-',
    'proposals',
  ])('the folder `%s`', (folder) => {
    const rest = { file: `proposals/${folder}/draft.md` };
    const message = `the folder \`${folder}\` is not four digits and lowercase words joined by hyphens`;
    finds(numberMatchesFolder, numbered('⌖42'), message, rest);
    finds(numberMatchesFolder, '⌖# Doors\n', message, rest);
  });

  test.each([
    ['42', '0042-doors'],
    ['0', '0000-template'],
    ['9999', '9999-doors-and-windows-2'],
    ['1', '0001-1'],
    ['0042', '0042-doors'],
  ])('near miss: number %s in `%s`', (number, folder) => {
    passes(numberMatchesFolder, numbered(number), { file: `proposals/${folder}/draft.md` });
  });

  test.each(['"41"', 'x', ''])('near miss: %s is the subject of metadata-value', (number) => {
    passes(numberMatchesFolder, numbered(number));
  });

  test('near miss: only the folder of the file counts', () => {
    passes(numberMatchesFolder, numbered('42'), { file: 'copies/0041-doors/0042-doors/draft.md' });
  });
});
