// The table of a trace, as a reader of Markdown sees it: nothing that a program prints leaves its cell.

import fc from 'fast-check';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { expect, test } from 'vitest';
import { traceEvents, traceOf } from '../../../tests/fixtures/trace-events.ts';
import { traceTable } from './markdown.ts';

/** Rows of cells, and what stands beside them. */
function read(markdown: string): { rows: string[][]; others: string[] } {
  const rows: string[][] = [];
  const others: string[] = [];
  const tree = unified().use(remarkParse).use(remarkGfm).parse(markdown);
  for (const node of tree.children) if (node.type !== 'table') others.push(node.type);
  visit(tree, (node) => {
    if (node.type === 'html' || node.type === 'image' || node.type === 'break')
      others.push(node.type);
    if (node.type !== 'tableRow') return;
    rows.push(
      node.children.map((cell) => {
        let text = '';
        visit(cell, (part) => {
          if (part.type === 'text' || part.type === 'inlineCode') text += part.value;
        });
        return text;
      }),
    );
  });
  return { rows, others };
}

test('any trace makes one table, with a row of seven cells for each event', () => {
  fc.assert(
    fc.property(traceEvents, (events) => {
      const { rows, others } = read(traceTable(events, { clauseHref: (id) => `https://a/#${id}` }));
      expect(others).toEqual([]);
      expect(rows.map((cells) => cells.length)).toEqual(Array(events.length + 1).fill(7));
    }),
    { numRuns: 300 },
  );
});

test('an event with who, what it carried, state and clause; of a violation the clause that was broken', () => {
  const events = traceOf(
    {
      t: 1.25,
      state: 'committed',
      requirement: 'http.commit.on-start',
      payload: { preview: '200', status: 200, fields: [['a', 'b|c']] },
    },
    {
      lane: 'app',
      type: 'an|odd `type`',
      requirement: 'http.commit.on-start',
      violation: { requirement: 'http.start-once', message: 'http.start-once: a second `start`' },
    },
  );
  const table = traceTable(events, { clauseHref: (id) => `https://a/#${id}` });
  expect(read(table).rows.slice(1)).toEqual([
    [
      '1',
      '1.3',
      'client sends',
      'client.request',
      '200 · a: b|c',
      'committed',
      'http.commit.on-start',
    ],
    ['2', '1.0', 'app sends', 'an|odd `type`', 'Violation a second start', '', 'http.start-once'],
  ]);
  expect(table).toContain('[http.start-once](<https://a/#http.start-once>)');
  expect(traceTable(events)).not.toContain('](');
});

test('rows past the limit and events that were not kept are counted', () => {
  const events = traceOf({}, {}, {});
  expect(traceTable(events, { mostRows: 1, dropped: 2 })).toMatch(
    /\n\n4 more events are left out\.$/,
  );
  expect(traceTable(events)).not.toContain('left out');
});
