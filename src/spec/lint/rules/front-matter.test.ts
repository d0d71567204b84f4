import { describe, expect, test } from 'vitest';
import { crlf, finds, keepsItsWord, passes, proposal } from '../testing.ts';
import { frontMatter } from './front-matter.ts';

const GOOD = proposal('Text.');
const NOT = 'the front matter is not valid YAML:';

describe('front-matter', () => {
  test('its words', () => keepsItsWord(frontMatter, (text) => text));

  test.each([
    ['an empty file', '⌖'],
    ['a text without', '⌖# Türen\n\nText.\n'],
    ['an empty line before it', `⌖\n${GOOD}`],
    ['a space before it', `⌖ ${GOOD}`],
    ['four hyphens', `⌖-${GOOD}`],
    ['a rule further down', '⌖# Doors\n\n---\ntitle: Doors\n---\n'],
  ])('none: %s', (_, text) => {
    finds(frontMatter, text, 'the proposal has no front matter');
    finds(frontMatter, crlf(text), 'the proposal has no front matter');
  });

  test.each([
    ['nothing behind it', '⌖---'],
    ['fields behind it', '⌖---\nproposal: 42\ntitle: Doors\n'],
    ['the whole text behind it', `⌖${GOOD.replace('\n---\n', '\n--\n')}`],
    ['an end that is indented', '⌖---\nproposal: 42\n ---\n'],
  ])('no end: %s', (_, text) => {
    const problem = finds(frontMatter, text, 'the front matter has no end');
    expect(problem.hint).toBe('Write a line of `---` behind its last field.');
    finds(frontMatter, crlf(text), 'the front matter has no end');
  });

  test.each([
    ['two lines', '⌖---\n---\n\n# Doors\n'],
    ['a comment only', '⌖---\n# To do.\n---\n'],
    ['an empty line only', '⌖---\n\n---'],
    ['a map without entries', '⌖---\n{}\n---\n'],
  ])('empty: %s', (_, text) => {
    finds(frontMatter, text, 'the front matter is empty');
  });

  test.each([
    [
      'a colon in a value',
      GOOD.replace('title: Doors', 'title: ⌖Doors: and more'),
      `${NOT} Nested mappings are not allowed in compact mappings`,
    ],
    [
      'a colon behind other alphabets',
      GOOD.replace('summary: How', 'summary: ⌖Türen 🚪: how'),
      `${NOT} Nested mappings are not allowed in compact mappings`,
    ],
    ['a list', '---\n⌖- proposal: 42\n---\n', `${NOT} it is not a list of \`key: value\` lines`],
    ['a word', '---\n⌖Doors\n---\n', `${NOT} it is not a list of \`key: value\` lines`],
    ['a list as a key', '---\n⌖? [a]\n: b\n---\n', `${NOT} a key is not a word`],
    [
      'an alias without its anchor',
      GOOD.replace('title: Doors', '⌖title: *doors'),
      `${NOT} Unresolved alias (the anchor must be set before the alias): doors`,
    ],
  ])('not a map of YAML: %s', (_, text, message) => {
    finds(frontMatter, text, message);
    finds(frontMatter, crlf(text), message);
  });

  test.each([
    ['a good one', GOOD],
    ['from Windows', crlf(GOOD)],
    ['behind a byte order mark', `\ufeff${GOOD}`],
    ['spaces behind the hyphens', GOOD.replaceAll('---\n', '--- \n')],
    ['a colon without a space', GOOD.replace('Doors', 'doors:open')],
    ['three hyphens in a value', GOOD.replace('title: Doors', 'title: Doors --- and more')],
    ['a field that stands twice', GOOD.replace('title: Doors', 'title: Doors\ntitle: Doors')],
    ['values of the wrong kind', '---\nproposal: doors\n---\n'],
    ['a text that is too large to be read', 'x'.repeat(1_000_001)],
  ])('near miss: %s', (_, text) => passes(frontMatter, text));
});
