import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { authorForm } from './author-form.ts';

const by = (authors: string) => proposal('Text.', { authors });
const HINT = 'Write `A. Author` or `A. Author <author@example.org>`, one entry for each.';

describe('author-form', () => {
  test('its words', () => keepsItsWord(authorForm, (line) => `---\n${line}\n---\n`));

  test.each([
    'author@example.org',
    '<author@example.org>',
    'A. Author <>',
    'A. Author <example.org>',
    'A. Author <a@b> <c@d>',
    'A. Author<a@example.org>',
    'A. Author <a@example.org> of Doors',
    'A. Author; B. Builder',
    'Zoë 🚪 <zoë @example.org>',
  ])('%s', (author) => {
    const message = `\`${author}\` is not a name, or a name and an address`;
    const problem = finds(authorForm, by(`[⌖${author}]`), message);
    expect(problem).toMatchObject({ hint: HINT, endColumn: 11 + author.length });
    finds(authorForm, crlf(by(`[⌖${author}]`)), message);
  });

  test.each([
    [
      'two people in one entry',
      '["A. Author", ⌖"B. Builder, C. Carpenter"]',
      'B. Builder, C. Carpenter',
    ],
    ['an empty name', '[⌖"", A. Author]', ''],
    ['a name that begins with a space', "[⌖' A. Author']", ' A. Author'],
    [
      'in a list of lines',
      '\n  - A. Author\n  - ⌖author@example.org\n  - B. Builder',
      'author@example.org',
    ],
    [
      'in a list over lines',
      '[A. Author,\n  ⌖author@example.org,\n  B. Builder]',
      'author@example.org',
    ],
  ])('%s', (_, authors, author) => {
    const message = `\`${author}\` is not a name, or a name and an address`;
    finds(authorForm, by(authors), message);
    finds(authorForm, crlf(by(authors)), message);
  });

  test('the same name again, with an address or without', () => {
    findsAll(authorForm, by('[Zoë, ⌖Zoë, B. Builder, ⌖Zoë <zoe@example.org>]'), [
      '`Zoë` is named twice',
      '`Zoë` is named twice',
    ]);
  });

  test('several kinds at once', () => {
    findsAll(authorForm, by('\n- ⌖a@b\n- A\n- ⌖A'), [
      '`a@b` is not a name, or a name and an address',
      '`A` is named twice',
    ]);
  });

  test.each([
    ['a name', '[A. Author]'],
    ['a name and an address', '[A. Author <author@example.org>]'],
    ['a list of lines', '\n  - A. Author\n  - B. Builder'],
    ['other alphabets', '[Zoë Müller-Lüdenscheidt, 王小明, "O\'Neill"]'],
    ['one word', '[Plato]'],
    ['a name that begins with another', '[Ann, Anna, Ann A. <ann@example.org>]'],
    ['one address for two, such as that of a list', '[A <door@example.org>, B <door@example.org>]'],
    ['the same name in another case', '[de Vries, De Vries]'],
    ['what is no list, the subject of metadata-value', 'author@example.org'],
    ['or no text', '[42, [author@example.org]]'],
  ])('near miss: %s', (_, authors) => passes(authorForm, by(authors)));

  test('a name that is made to keep it busy', () => {
    passes(authorForm, by(`[A${' a'.repeat(100_000)}]`));
  });
});
