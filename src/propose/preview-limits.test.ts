// Texts that would keep a reader of Markdown busy for minutes, or take its stack: each is refused in words, and at once.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { context as doors } from '../render/markdown/fixture.ts';
import { draftOf, libraryOf } from '../spec/lint/library.ts';
import { lint } from '../spec/lint/lint.ts';
import { RULES } from '../spec/lint/rules.ts';
import { excessIn, READING_LIMITS } from '../spec/reading-limits.ts';
import { previewOf, redlineOf } from './preview.ts';

const FILE = 'proposals/0007-doors/draft.md';
const { together, depth } = READING_LIMITS;
const rows = (count: number, of: (row: number) => string) =>
  Array.from({ length: count }, (_, row) => of(row)).join('\n');

const REFUSED: readonly (readonly [name: string, text: string, words: RegExp])[] = [
  [
    'a megabyte and more',
    'words and words\n\n'.repeat(70_000),
    /the text has 1,190,000 characters/,
  ],
  ['quotations inside each other', `${'>'.repeat(10_000)} a`, /line 1 has 10,000 quotations/],
  ['lists inside each other on a line', `${'- '.repeat(5_000)}a`, /line 1 has 5,000 quotations/],
  [
    'lists inside each other',
    rows(5_000, (row) => `${' '.repeat(2 * Math.min(row, 90))}- a`),
    /columns before an item/,
  ],
  ['a table of many cells', rows(5_000, () => '|a|b|c|d|\n'), /cells of tables/],
  ['a table of many rows', rows(5_000, () => '|a|'), /lines without an empty one/],
  ['a table of many columns', `${'|a'.repeat(30_000)}|\n`, /cells of tables/],
  ['emphasis inside of itself', `${'*a '.repeat(5_000)}${'b*'.repeat(5_000)}`, /marks of emphasis/],
  ['brackets', '['.repeat(50_000), /50,000 brackets/],
  ['links inside each other', '[a]('.repeat(20_000), /brackets/],
  ['code of ever more backticks', rows(500, (row) => '`'.repeat(row)), /backticks/],
  ['many short paragraphs', 'a\n\n'.repeat(20_000), /lines, and/],
  ['references over many paragraphs', '[a.b] [c.d] [e.f]\n\n'.repeat(9_000), /marks, and/],
];

describe('a text that is too much', () => {
  test.each(REFUSED)('%s', async (_, text, words) => {
    expect(await previewOf(text, FILE, doors)).toEqual({
      html: '',
      headings: [],
      refused: expect.stringMatching(words),
    });
    const before = { source: 'Words.\n', context: doors };
    const redline = await redlineOf(before, { source: text, context: doors }, FILE);
    expect(redline).toEqual({
      html: '',
      headings: [],
      changes: 0,
      refused: expect.stringMatching(words),
    });
    // The linter says the same, and reads as little of it.
    const [found] = lint(libraryOf([draftOf([FILE, text])]), RULES).filter(
      ({ rule }) => rule === 'file-size',
    );
    expect(found?.message).toMatch(words);
  });
});

const SHOWN: readonly (readonly [name: string, text: string])[] = [
  ['quotations', `${'>'.repeat(depth)} a`],
  ['lists on a line', `${'- '.repeat(depth)}a`],
  ['lists', rows(depth, (row) => `${'  '.repeat(row)}- a`)],
  ['emphasis', `${'*a '.repeat(together.emphasis / 2)}${'b*'.repeat(together.emphasis / 2)}`],
  ['brackets', '['.repeat(together.brackets)],
  ['lines', rows(together.lines, () => 'a')],
  ['code', rows(together.code / 2, () => '`a`'.slice(0, 2))],
  ['a machine that is too large to draw', machineOf(400)],
  ['a line of code as long as a book', `\`\`\`ts\n${'const a = 1; '.repeat(12_000)}\n\`\`\``],
];

function machineOf(states: number): string {
  const names = Array.from({ length: states }, (_, index) => `s${index}`);
  return `\`\`\`machine
machine: door.way
summary: A way.
scope: door
initial: s0
states: {${names.map((name) => `${name}: x`).join(', ')}}
final: [s1]
triggers: {}
guards: {}
actions: {}
transitions:
${names.map((name, index) => `  - {on: a${index}, from: [${names.slice(0, 30).join(', ')}], to: ${name}, requirement: door.close}`).join('\n')}
\`\`\``;
}

describe('a text at the limits is shown', () => {
  test.each(SHOWN)('%s', async (_, text) => {
    const preview = await previewOf(text, FILE, doors);
    expect(preview.refused).toBeUndefined();
    expect(preview.html).not.toBe('');
  });
});

test('what is refused for one text is refused for a text with more in it', () => {
  const pieces = fc.constantFrom(...REFUSED.map(([, text]) => text));
  fc.assert(
    fc.property(pieces, fc.string(), fc.string(), (text, before, after) => {
      expect(excessIn(`${before}\n\n${text}\n\n${after}`)).toBeDefined();
    }),
    { numRuns: 30 },
  );
});
