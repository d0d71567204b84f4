import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { oneTitle } from './one-title.ts';

const GOOD = proposal('Text.');

describe('one-title', () => {
  test('its words', () => keepsItsWord(oneTitle, (text) => text));

  test('another title than that of the front matter', () => {
    const text = GOOD.replace('# Doors', '⌖# Windows');
    const message = 'the heading is “Windows”, and the title in the front matter “Doors”';
    expect(finds(oneTitle, text, message)).toMatchObject({ endColumn: 10 });
    finds(oneTitle, crlf(text), message);
  });

  test('the title is compared even if other fields are missing', () => {
    finds(
      oneTitle,
      '---\ntitle: Türen\n---\n\n⌖# Fenster\n',
      'the heading is “Fenster”, and the title in the front matter “Türen”',
    );
  });

  test.each([
    ['a section', GOOD.replace('# Doors\n\n## Summary', '⌖## Summary')],
    ['a paragraph before the title', GOOD.replace('# Doors', '⌖Text.\n\n# Doors')],
    ['the title in a quotation', GOOD.replace('# Doors', '⌖> # Doors')],
    ['the title in bold', GOOD.replace('# Doors', '⌖**Doors**')],
    ['no text at all', `${GOOD.slice(0, GOOD.indexOf('\n\n# Doors'))}⌖\n\n`],
  ])('%s comes first', (_, text) => {
    const problem = finds(oneTitle, text, 'the text does not begin with its title');
    expect(problem.hint).toBe('Begin it with `# Doors`.');
  });

  test('an empty file', () => {
    const problem = finds(oneTitle, '⌖', 'the text does not begin with its title');
    expect(problem.hint).toBe('Begin it with `# Title`.');
  });

  test('further headings of the first level, wherever they stand', () => {
    const problems = findsAll(oneTitle, proposal('⌖# Part two\n\n> ⌖# Quoted\n\n⌖Doors\n====='), [
      '“Part two” is a second heading of the first level',
      '“Quoted” is a second heading of the first level',
      '“Doors” is a second heading of the first level',
    ]);
    expect(problems[0]?.hint).toBe('Use `##` for sections and `###` below them.');
  });

  test.each([
    ['a comment before the title', GOOD.replace('# Doors', '<!-- A note. -->\n\n# Doors')],
    ['marks in the title', GOOD.replace('# Doors', '# *Doors* #')],
    ['an underlined title', GOOD.replace('# Doors', 'Doors\n=====')],
    ['a title in quotes', GOOD.replace('title: Doors', 'title: "Doors"')],
    ['a title that is no text', GOOD.replace('title: Doors', 'title: [Doors]')],
    ['no front matter', '# Doors\n'],
    ['a comment in a shell script', GOOD.replace('Text.', '```sh\n# Open the door.\n```')],
    ['too large to be read', 'x'.repeat(1_000_001)],
  ])('near miss: %s', (_, text) => passes(oneTitle, text));
});
