import { describe, expect, test } from 'vitest';
import { crlf, finds, keepsItsWord, passes } from '../testing.ts';
import { summaryLength } from './summary-length.ts';

const summed = (summary: string) =>
  `---\nproposal: 42\ntitle: Doors\nsummary: ${summary}\nstatus: draft\n---\n\n# Doors\n`;

describe('summary-length', () => {
  test('its words', () => keepsItsWord(summaryLength, (line) => `---\n${line}\n---\n`));

  test.each([
    ['one character too many', 'x'.repeat(141), 141],
    ['other alphabets', '戸'.repeat(141), 141],
    ['characters of two code units', '🚪'.repeat(141), 141],
    ['a summary on two lines', `${'x'.repeat(80)}\n  ${'y'.repeat(80)}`, 161],
  ])('%s', (_, summary, length) => {
    const message = `the summary has ${length} characters, and 140 are the most`;
    const problem = finds(summaryLength, summed(`⌖${summary}`), message);
    expect(problem.hint).toBe('Shorten it.');
    finds(summaryLength, crlf(summed(`⌖${summary}`)), message);
  });

  test('its end is that of the value', () => {
    const message = 'the summary has 141 characters, and 140 are the most';
    const problem = finds(summaryLength, summed(`⌖${'x'.repeat(141)}`), message);
    expect(problem).toMatchObject({ endLine: 4, endColumn: 151 });
  });

  test.each(['""', "' '", '"\\n"'])('%s is empty', (summary) => {
    finds(summaryLength, summed(`⌖${summary}`), 'the summary is empty');
  });

  test.each([
    ['exactly 140', 'x'.repeat(140)],
    ['140 of two code units each', '🚪'.repeat(140)],
    ['140 on two lines, whose break is one space', `${'x'.repeat(70)}\n     ${'y'.repeat(69)}`],
    ['140 in quotes', `'${'x'.repeat(140)}'`],
    ['none, which is the subject of metadata-value', ''],
    ['a number, which is so as well', '9'.repeat(200)],
  ])('near miss: %s', (_, summary) => passes(summaryLength, summed(summary)));

  test('near miss: a section of that name', () => {
    passes(summaryLength, `${summed('Short.')}\n## Summary\n\n${'x'.repeat(141)}\n`);
  });
});
