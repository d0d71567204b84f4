import { describe, expect, test } from 'vitest';
import { sha256 } from '../../checksum.ts';
import { draftOf, libraryOf } from '../library.ts';
import { lint } from '../lint.ts';
import { FILE, found, passes, proposal } from '../testing.ts';
import { publishedUnchanged } from './published-unchanged.ts';

const V1 = 'proposals/0042-doors/v1.md';
const V2 = 'proposals/0042-doors/v2.md';
const TEXT = proposal('Die Tür 🚪 öffnet.');
const hashes = {
  file: 'proposals/published.json',
  value: { '0042-doors/v1.md': sha256(TEXT), '0042-doors/v2.md': sha256(`${TEXT}\n`) },
};
const with1 = (text: string) => ({ beside: [[V1, text]] as const, hashes });
const MESSAGE =
  'this published revision was changed: its SHA-256 is not the one in proposals/published.json';

describe('published-unchanged', () => {
  test.each([
    ['a letter', TEXT.replace('Tür', 'Tor')],
    ['a space at a line end', TEXT.replace('öffnet.', 'öffnet. ')],
    ['line ends', TEXT.replaceAll('\n', '\r\n')],
    ['the last line end', TEXT.trimEnd()],
    ['a byte order mark', `\ufeff${TEXT}`],
    ['the form of a character', TEXT.replace('ü', 'u\u0308')],
    ['everything', ''],
    ['what the next revision says', `${TEXT}\n`],
  ])('%s', (_, text) => {
    expect(found(publishedUnchanged, TEXT, with1(text))).toEqual([
      {
        rule: 'published-unchanged',
        file: V1,
        line: 1,
        column: 1,
        message: MESSAGE,
        hint: `Restore it with \`git checkout -- ${V1}\` (or from the commit that published it), and make the change in draft.md. If it is the list that was edited, restore that: \`git checkout -- proposals/published.json\`.`,
      },
    ]);
  });

  test('two that took each other’s place', () => {
    const beside = [[V1, `${TEXT}\n`] as const, [V2, TEXT] as const];
    const problems = found(publishedUnchanged, TEXT, { beside, hashes });
    expect(problems.map(({ file, message }) => [file, message])).toEqual([
      [V1, MESSAGE],
      [V2, MESSAGE],
    ]);
  });

  test('near miss: what was published, while the draft goes on', () => {
    passes(publishedUnchanged, proposal('Changed.'), with1(TEXT));
    const beside = [[V1, TEXT] as const, [V2, `${TEXT}\n`] as const];
    passes(publishedUnchanged, TEXT, { beside, hashes });
  });

  test('near miss: a revision that is not listed is the subject of published-listed', () => {
    const beside = [['proposals/0043-windows/v1.md', TEXT] as const];
    passes(publishedUnchanged, TEXT, { beside, hashes });
    passes(publishedUnchanged, TEXT, {
      beside: [['proposals/0042-doors/errata.md', TEXT]],
      hashes,
    });
  });

  test('in a folder that is called like the one of the proposals', () => {
    const path = '0042-proposals/v1.md';
    const listed = { file: 'proposals/published.json', value: { [path]: sha256(TEXT) } };
    const rest = (text: string) => ({
      beside: [[`proposals/${path}`, text]] as const,
      hashes: listed,
    });
    expect(found(publishedUnchanged, TEXT, rest('x'))).toMatchObject([{ message: MESSAGE }]);
    passes(publishedUnchanged, TEXT, rest(TEXT));
  });

  test('without hashes, or with some that cannot be read, or without texts: silent', () => {
    const beside = [[V1, 'x'] as const];
    passes(publishedUnchanged, TEXT, { beside });
    const broken = { file: 'proposals/published.json', text: '{', error: 'it is not JSON' };
    passes(publishedUnchanged, TEXT, { beside, hashes: broken });
    const alone = libraryOf([draftOf([FILE, TEXT])], { hashes });
    expect(lint(alone, [publishedUnchanged])).toEqual([]);
  });
});
