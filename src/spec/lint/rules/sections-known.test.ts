import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { sectionsKnown } from './sections-known.ts';

describe('sections-known', () => {
  test('its words', () => keepsItsWord(sectionsKnown));

  test.each([
    ['the beginning of one', 'Security', 'Did you mean “Security considerations”?'],
    ['another case', 'rejected Alternatives', 'Did you mean “Rejected alternatives”?'],
    ['a misspelling', 'Sumary', 'Did you mean “Summary”?'],
    ['another language', 'Zusammenfassung', 'Put it under one of the nine'],
    ['a section of another format', 'Copyright', 'Put it under one of the nine'],
  ])('%s', (_, name, hint) => {
    const text = proposal(`Text.\n\n⌖## ${name}`);
    expect(finds(sectionsKnown, text, `“${name}” is not one of the sections`).hint).toContain(hint);
    finds(sectionsKnown, crlf(text), `“${name}” is not one of the sections`);
  });

  test('a heading without a text is like none of them', () => {
    const problem = finds(sectionsKnown, proposal('⌖##\n\nText.'), '“” is not one of the sections');
    expect(problem.hint).toContain('Put it under one of the nine');
  });

  test('the first and the last line of a text', () => {
    findsAll(sectionsKnown, '⌖## Abstract\n\n⌖## Einführung', [
      '“Abstract” is not one of the sections',
      '“Einführung” is not one of the sections',
    ]);
  });

  test('the whole heading is marked', () => {
    expect(
      finds(sectionsKnown, proposal('⌖## The `door` ##'), '“The door” is not one of the sections'),
    ).toMatchObject({ endColumn: 17 });
  });

  test.each([
    ['a heading of the third level', '### Security'],
    ['in a quotation', '> ## Security'],
    ['in a list', '- ## Security'],
    ['in a comment', '<!--\n## Security\n-->'],
    ['in a fence', '```markdown\n## Security\n```'],
  ])('near miss: %s', (_, text) => passes(sectionsKnown, proposal(text)));
});
