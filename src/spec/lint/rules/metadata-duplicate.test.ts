import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { metadataDuplicate } from './metadata-duplicate.ts';

const GOOD = proposal('Text.');
const within = (lines: string) => `---\n${lines}\n---\n`;

describe('metadata-duplicate', () => {
  test('its words', () => keepsItsWord(metadataDuplicate, within));

  test('the second of two, at the end', () => {
    const text = GOOD.replace('revision: 1', 'revision: 1\n⌖status: review');
    const message = '`status` already stands in line 6';
    expect(finds(metadataDuplicate, text, message)).toMatchObject({ endColumn: 7 });
    finds(metadataDuplicate, crlf(text), message);
  });

  test('with the same value, quoted, and behind other alphabets', () => {
    const text = within('title: Türen 🚪\n⌖"title": Türen 🚪');
    finds(metadataDuplicate, text, '`title` already stands in line 2');
  });

  test('three are two too many, and others are found as well', () => {
    findsAll(metadataDuplicate, within('a: 1\nb: 1\n⌖a: 2\n⌖b: 2\n⌖a: 3'), [
      '`a` already stands in line 2',
      '`b` already stands in line 3',
      '`a` already stands in line 2',
    ]);
  });

  test.each([
    ['every field once', GOOD],
    [
      'the same key inside a value',
      GOOD.replace('title: Doors', 'title: Doors\nresolution: {title: x}'),
    ],
    ['a key that differs in case', GOOD.replace('title: Doors', 'title: Doors\nTitle: Doors')],
    ['a comment', GOOD.replace('title: Doors', '# title: Walls\ntitle: Doors')],
    ['names of objects', within('toString: 1\nconstructor: 1\n__proto__: 1')],
    ['a line like it in the text', proposal('status: draft')],
  ])('near miss: %s', (_, text) => passes(metadataDuplicate, text));
});
