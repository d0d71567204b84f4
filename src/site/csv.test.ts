// The table for spreadsheets, by RFC 4180.
import { expect, test } from 'vitest';
import { csvText } from './csv.ts';

test('a head, lines that end with CRLF, and quotation marks where they are needed', () => {
  expect(csvText([{ id: 'a.b', text: 'One, “two”\nand "three"', since: null, line: 3 }])).toBe(
    'id,text,since,line\r\na.b,"One, “two”\nand ""three""",,3\r\n',
  );
});

test.each(['=1+1', '+1', '-1', '@x'])('%s is no formula', (text) => {
  expect(csvText([{ text }])).toBe(`text\r\n'${text}\r\n`);
});
