import { describe, expect, test } from 'vitest';
import { crlf, finds, keepsItsWord, passes } from '../testing.ts';
import { titleLength } from './title-length.ts';

const titled = (title: string) =>
  `---\nproposal: 42\ntitle: ${title}\nstatus: draft\n---\n\n# Doors\n`;

describe('title-length', () => {
  test('its words', () => keepsItsWord(titleLength, (line) => `---\n${line}\n---\n`));

  test.each([
    ['one character too many', 'x'.repeat(61), 61],
    ['other alphabets', '戸'.repeat(61), 61],
    ['characters of two code units', '🚪'.repeat(61), 61],
    ['a folded title', `>\n  ${'door '.repeat(20).trim()}`, 100],
  ])('%s', (_, title, length) => {
    const message = `the title has ${length} characters, and 60 are the most`;
    const problem = finds(titleLength, titled(`⌖${title}`), message);
    expect(problem.hint).toBe('Shorten it.');
    finds(titleLength, crlf(titled(`⌖${title}`)), message);
  });

  test('its end is that of the value', () => {
    const message = 'the title has 61 characters, and 60 are the most';
    const problem = finds(titleLength, titled(`⌖"${'x'.repeat(61)}"`), message);
    expect(problem).toMatchObject({ endLine: 3, endColumn: 71 });
  });

  test.each(['""', "''", '"  "', '"\\t"'])('%s is empty', (title) => {
    finds(titleLength, titled(`⌖${title}`), 'the title is empty');
  });

  test.each([
    ['exactly 60', 'x'.repeat(60)],
    ['60 of two code units each', '🚪'.repeat(60)],
    ['60 and quotes', `"${'x'.repeat(60)}"`],
    ['60 and escapes', `"${'x'.repeat(59)}\\u0078"`],
    ['60 and a comment', `${'x'.repeat(60)} # The title.`],
    ['one letter', 'C'],
    ['none, which is the subject of metadata-value', ''],
    ['a list, which is so as well', `[${'x'.repeat(61)}]`],
  ])('near miss: %s', (_, title) => passes(titleLength, titled(title)));

  test('near miss: the summary, and a heading', () => {
    const long = 'x'.repeat(61);
    passes(titleLength, `---\ntitle: Doors\nsummary: ${long}\n---\n\n# ${long}\n`);
  });
});
