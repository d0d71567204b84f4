// What is written as XML is read as what was meant by a parser that refuses what is not well-formed.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readXml } from '../../scripts/lib/site-xml.mjs';
import { xml, xmlText } from './xml.ts';

/** Characters that XML has a use for, those that it has none for, and any others. */
const text = fc.string({
  unit: fc.oneof(
    fc.constantFrom('<', '>', '&', '"', "'", ']]>', '\r', '\n', '\t', ' ', '&amp;', '<![CDATA['),
    fc.constantFrom('\0', '\u0001', '\u000b', '\u001f', '\ud800', '\udc00', '\ufffe', '\uffff'),
    fc.constantFrom('\u007f', '\u0085', '\u2028', '\ufeff', '\u{1f6aa}', 'e\u0301'),
    fc.string({ unit: 'binary', maxLength: 3 }),
  ),
});

/** As a parser can give it back at all. */
const sayable = (value: string) =>
  [...value]
    .map((character) => {
      const point = character.codePointAt(0) ?? 0;
      const isControl = point < 0x20 && !'\t\n\r'.includes(character);
      const isHalf = point >= 0xd800 && point <= 0xdfff;
      return isControl || isHalf || point === 0xfffe || point === 0xffff ? '\ufffd' : character;
    })
    .join('');

test('text and values are read as they were written, whatever stands in them', () => {
  fc.assert(
    fc.property(text, text, (inside, value) => {
      const { root, problems } = readXml(xmlText(xml('a', { b: value }, inside, xml('c'))));
      expect(problems).toEqual([]);
      expect(root?.text).toBe(sayable(inside));
      expect(root?.attributes.get('b')).toBe(sayable(value));
    }),
    { numRuns: 500 },
  );
});

test('elements stand one below the other, and what is not given is left out', () => {
  expect(
    xmlText(xml('a', { x: '1', y: undefined }, xml('b', {}, 'two ', xml('c')), xml('d'))),
  ).toBe('<?xml version="1.0" encoding="utf-8"?>\n<a x="1">\n  <b>two <c/></b>\n  <d/>\n</a>\n');
});
