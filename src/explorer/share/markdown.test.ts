// What is pasted into a discussion says what happened, and nothing that a program prints becomes markup in it.

import fc from 'fast-check';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import { unified } from 'unified';
import { visit } from 'unist-util-visit';
import { expect, test } from 'vitest';
import { MOST_ROWS } from '../../trace/formats/markdown.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { type Discussed, programMarkdown } from './markdown.ts';

const EVENT: TraceEvent = {
  v: 1,
  run: 'run',
  seq: 1,
  t: 1.25,
  conn: 1,
  lane: 'app',
  dir: 'out',
  type: 'http.response.start',
  phase: 'i',
  state: 'committed',
  payload: { preview: '200', status: 200 },
  requirement: 'http.start-once',
};
const SITE = 'https://example.org/';
const PROGRAM: Discussed = {
  title: 'Hello',
  url: 'https://example.org/examples/hello/#s1.abc',
  files: { 'app.ts': 'export default 1;\n', 'requests.http': 'GET /\n' },
  events: [EVENT],
  dropped: 0,
  site: SITE,
};

interface Found {
  readonly code: string[];
  readonly cells: string[][];
  readonly links: string[];
  readonly others: string[];
}

/** What a reader of Markdown makes of it. */
function read(markdown: string): Found {
  const found: Found = { code: [], cells: [], links: [], others: [] };
  visit(unified().use(remarkParse).use(remarkGfm).parse(markdown), (node) => {
    if (node.type === 'code') found.code.push(node.value);
    else if (node.type === 'link') found.links.push(node.url);
    else if (node.type === 'tableRow') {
      const cells: string[] = [];
      for (const cell of node.children) {
        let text = '';
        visit(cell, (part) => {
          if (part.type === 'text' || part.type === 'inlineCode') text += part.value;
        });
        cells.push(text);
      }
      found.cells.push(cells);
    } else if (['html', 'image', 'thematicBreak', 'list', 'blockquote'].includes(node.type))
      found.others.push(node.type);
  });
  return found;
}

test('it has the files, the requests, and a row for each event with its clause', () => {
  const { code, cells, links } = read(programMarkdown(PROGRAM));
  expect(code).toEqual(['export default 1;', 'GET /']);
  expect(cells[1]).toEqual([
    '1',
    '1.3',
    'app sends',
    'http.response.start',
    '200',
    'committed',
    'http.start-once',
  ]);
  expect(links).toEqual([PROGRAM.url, 'https://example.org/proposals/0003/#http.start-once']);
});

test('a violation is named as one', () => {
  const violation = { requirement: 'http.start-once', message: 'http.start-once: a second start' };
  const { cells } = read(programMarkdown({ ...PROGRAM, events: [{ ...EVENT, violation }] }));
  expect(cells[1]?.[4]).toBe('Violation a second start');
});

test('without a run there is no trace, and events that are left out are counted', () => {
  expect(programMarkdown({ ...PROGRAM, events: [] })).not.toContain('Trace');
  const many = Array.from({ length: MOST_ROWS + 5 }, () => EVENT);
  const markdown = programMarkdown({ ...PROGRAM, events: many, dropped: 2 });
  expect(read(markdown).cells).toHaveLength(MOST_ROWS + 1);
  expect(markdown).toContain('7 more events are left out.');
});

test('no text of a program leaves its place', () => {
  const wild = fc.oneof(
    fc.string(),
    fc
      .array(
        fc.constantFrom(
          '`',
          '```',
          '|',
          '\n',
          '\\',
          '<b>',
          '[a](b)',
          '![a](b)',
          '#',
          '*',
          '_',
          '&amp;',
          '@me',
          'http://x.org',
          '~~~',
          '- ',
          ' ',
        ),
      )
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(wild, wild, (text, preview) => {
      const markdown = programMarkdown({
        ...PROGRAM,
        files: { 'app.ts': text },
        events: [{ ...EVENT, payload: { preview } }],
      });
      const { code, cells, others } = read(markdown);
      expect(code).toHaveLength(1);
      expect(cells).toHaveLength(2);
      expect(cells[1]).toHaveLength(7);
      expect(others).toEqual([]);
      expect(code[0]?.replace(/\r\n?/g, '\n')).toBe(
        text.replace(/\r\n?/g, '\n').replace(/\n$/, ''),
      );
    }),
    { numRuns: 200 },
  );
});
