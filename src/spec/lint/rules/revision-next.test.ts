import { describe, expect, test } from 'vitest';
import { crlf, finds, mends, passes, passesAlone, proposal } from '../testing.ts';
import { revisionNext } from './revision-next.ts';

const revised = (revision: string) => proposal('Text.', { revision });
const published = (...names: readonly string[]) => ({
  beside: names.map((name) => [`proposals/${name}.md`, proposal('Text.')] as const),
});
const TWO = published('0042-doors/v1', '0042-doors/v2');

describe('revision-next', () => {
  test.each<[revision: string, rest: Parameters<typeof passes>[2], expected: number]>([
    ['2', {}, 1],
    ['1', published('0042-doors/v1'), 2],
    ['3', published('0042-doors/v1'), 2],
    ['2', TWO, 3],
    ['4', TWO, 3],
    ['9', published('0042-doors/v9', '0042-doors/v10'), 11],
    ['1', published('0042-old-name/v1'), 2],
  ])('revision %s beside %j', (revision, rest, expected) => {
    const message = `the revision is ${revision}, and the next to be published is ${expected}`;
    expect(finds(revisionNext, revised(`⌖${revision}`), message, rest)).toMatchObject({
      hint: `Write \`revision: ${expected}\`.`,
      endColumn: 12,
    });
    finds(revisionNext, crlf(revised(`⌖${revision}`)), message, rest);
    expect(mends(revisionNext, revised(revision), rest)).toBe(revised(String(expected)));
    expect(mends(revisionNext, crlf(revised(`${revision} # so far`)), rest)).toBe(
      crlf(revised(`${expected} # so far`)),
    );
  });

  test('the other fields may be such as cannot be read', () => {
    const text = revised('⌖7').replace('status: draft', 'status: drafted');
    const message = 'the revision is 7, and the next to be published is 1';
    finds(revisionNext, text, message);
    mends(revisionNext, text.replace('⌖', ''));
  });

  test('without knowing what is published it is silent', () =>
    passesAlone(revisionNext, revised('7')));

  test.each<[what: string, text: string, rest?: Parameters<typeof passes>[2]]>([
    ['the first', revised('1')],
    ['the next', revised('3'), TWO],
    [
      'the tenth, which sorts before the second',
      revised('11'),
      published('0042-a/v2', '0042-a/v10', '0042-a/v9'),
    ],
    ['revisions of another proposal', revised('1'), published('0043-windows/v1', '0420-doors/v1')],
    [
      'other files in the folder',
      revised('1'),
      published('0042-doors/errata', '0042-doors/v0', '0042-doors/v1-old'),
    ],
    [
      'the template',
      proposal('', { proposal: '0', revision: '7' }),
      { file: 'proposals/0000-template/draft.md' },
    ],
    ['text, which is the subject of metadata-value', revised('"7"')],
  ])('near miss: %s', (_, text, rest) => passes(revisionNext, text, rest));
});
