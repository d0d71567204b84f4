import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { tableCaption } from './table-caption.ts';

const TABLE = '| state | meaning |\n|---|---|\n| shut | Sie ist zu. |';
const message = 'the table has no caption';

describe('table-caption', () => {
  test('its words', () => keepsItsWord(tableCaption));

  test.each([
    ['nothing follows', `⌖${TABLE}`],
    ['another paragraph follows', `⌖${TABLE}\n\nThe table shows states.`],
    ['something stands between them', `⌖${TABLE}\n\nText.\n\nTable: States`],
    ['the caption stands before it', `Table: States\n\n⌖${TABLE}`],
    ['without an empty line it is a row', `⌖${TABLE}\nTable: States`],
    ['a caption without words', `⌖${TABLE}\n\nTable:`],
    ['a heading', `⌖${TABLE}\n\n### Table: States`],
    ['in bold', `⌖${TABLE}\n\n**Table: States**`],
    ['in lowercase', `⌖${TABLE}\n\ntable: States`],
    ['one that is numbered', `⌖${TABLE}\n\nTable 1: States`],
  ])('%s', (_, text) => {
    const problem = finds(tableCaption, proposal(text), message);
    expect(problem.hint).toBe(
      'Behind it, after an empty line, stands a paragraph: `Table: What the rows are`.',
    );
    finds(tableCaption, crlf(proposal(text)), message);
  });

  test.each([
    ['a list', `- Item\n\n  ⌖${TABLE.replaceAll('\n', '\n  ')}\n\n  Table: States`],
    ['a quotation', `> ⌖${TABLE.replaceAll('\n', '\n> ')}\n>\n> Table: States`],
  ])('in %s it cannot have one', (_, text) => {
    expect(finds(tableCaption, proposal(text), message).hint).toContain(
      'Put it outside of lists and quotations.',
    );
  });

  test('each table needs its own, the first and the last of a text too', () => {
    findsAll(tableCaption, `⌖${TABLE}\n\n${TABLE}\n\nTable: States\n\n⌖${TABLE}`, [
      message,
      message,
    ]);
  });

  test.each([
    ['a caption with marks', `${TABLE}\n\nTable: *States* of a \`door\``],
    ['over two lines', `${TABLE}\n\nTable: States of a\ndoor`],
    ['several empty lines', `${TABLE}\n\n\n\nTable: States`],
    ['no table', 'state | meaning'],
    ['in a fence', `\`\`\`text\n${TABLE}\n\`\`\``],
  ])('near miss: %s', (_, text) => {
    passes(tableCaption, proposal(text));
    passes(tableCaption, crlf(proposal(text)));
  });
});
