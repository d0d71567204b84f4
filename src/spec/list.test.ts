import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { LIST, listWithout, listWithProposal, listWithStatus, listWithTitle } from './list.ts';

const HEAD = '# Proposals\n\n| number | title | status |\n|---|---|---|\n';
const ONE = '| [0001](0001-process/draft.md) | Process | review |\n';
const THREE = '| [0003](0003-http/draft.md) | HTTP | review |\n';
const list = `${HEAD}${ONE}${THREE}\nNew here? [0002](0002-x/draft.md) says how.\n`;
const row = (folder: string, title = 'Doors') =>
  listWithProposal(list, { folder, title, status: 'draft' });
const DOORS = (slug: string) => `| [${slug}](${slug}-doors/draft.md) | Doors | draft |\n`;

test.each<[string, string, string, string]>([
  ['a title', '0003-http', 'HTTP/1 | 2', list.replace('| HTTP |', '| HTTP/1 \\| 2 |')],
  [
    'a title that replaces nothing else',
    '0001-process',
    "$& $1 '",
    list.replace('| Process |', () => "| $& $1 ' |"),
  ],
  ['a folder that has no row', '0001-http', 'HTTP', list],
])('a row gets another title: %s', (_, folder, title, expected) => {
  expect(listWithTitle(list, folder, title)).toBe(expected);
  const windows = (text: string) => text.replaceAll('\n', '\r\n');
  expect(listWithTitle(windows(list), folder, title)).toBe(windows(expected));
});

describe('a proposal gets its row', () => {
  test.each([
    ['behind the others', '0004', ONE + THREE + DOORS('0004')],
    ['between two', '0002', ONE + DOORS('0002') + THREE],
    ['before all', '0000', DOORS('0000') + ONE + THREE],
    ['not a second time', '0003', ONE + THREE],
  ])('%s', (_, slug, rows) => {
    expect(row(`${slug}-doors`)).toBe(list.replace(ONE + THREE, rows));
  });

  test('with the ends of line that the list has', () => {
    const windows = list.replaceAll('\n', '\r\n');
    expect(
      listWithProposal(windows, { folder: '0004-doors', title: 'Doors', status: 'draft' }),
    ).toBe(row('0004-doors').replaceAll('\n', '\r\n'));
  });

  test('where the table is the end of the text, without an end of line', () => {
    const short = (HEAD + ONE).trimEnd();
    expect(listWithProposal(short, { folder: '0004-doors', title: 'Doors', status: 'draft' })).toBe(
      (HEAD + ONE + DOORS('0004')).trimEnd(),
    );
  });

  test('in which a title is text, whatever stands in it', () => {
    expect(row('0004-x', 'a | b [c](d) *e* `f` <g>')).toContain(
      '| a \\| b \\[c\\](d) \\*e\\* \\`f\\` \\<g\\> | draft |',
    );
  });

  test('a list without rows stays as it is', () => {
    expect(listWithProposal('# x\n', { folder: '0004-x', title: 'x', status: 'draft' })).toBe(
      '# x\n',
    );
  });
});

test('a row can go', () => {
  expect(listWithout(row('0004-doors'), '0004-doors')).toBe(list);
  expect(listWithout(list, '0003-doors')).toBe(list);
});

test('a status is that of the row, with either end of line', () => {
  const after = list.replace('HTTP | review', 'HTTP | last-call');
  expect(listWithStatus(list, '0003', 'last-call')).toBe(after);
  expect(listWithStatus(list.replaceAll('\n', '\r\n'), '0003', 'last-call')).toBe(
    after.replaceAll('\n', '\r\n'),
  );
});

test('the list of this repository has rows that are found', () => {
  const own = readFileSync(new URL(`../../${LIST}`, import.meta.url), 'utf8');
  expect(listWithout(own, '0003-http')).not.toBe(own);
});
