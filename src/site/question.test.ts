import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Passage, questionAbout, questionHref, quoted } from './question.ts';

const PASSAGE: Passage = {
  slug: '0003',
  text: 'revision 1',
  requirement: 'http.start-once',
  words: 'a second  start\n\n  with `Misuse`',
  link: 'https://example.org/#x',
};
const { requirement: _, ...IN_SECTION } = { ...PASSAGE, section: 'Errors' };

describe('a question', () => {
  test('names the requirement, quotes the words, and has the link and the revision', () => {
    expect(questionAbout(PASSAGE)).toEqual({
      title: 'Question on http.start-once',
      body: '> a second start\n>\n> with `Misuse`\n\nhttp.start-once, proposal 0003, revision 1: https://example.org/#x\n',
    });
  });

  test('outside of requirements it names the section, and without one the proposal', () => {
    expect(questionAbout(IN_SECTION).title).toBe('Question on “Errors”, proposal 0003');
    const { section: _, ...bare } = IN_SECTION;
    expect(questionAbout(bare)).toMatchObject({
      title: 'Question on proposal 0003',
      body: expect.stringContaining('\n\nProposal 0003, revision 1: https://'),
    });
  });

  test('a long quotation is cut at the end of a word, and says so', () => {
    const text = quoted('door '.repeat(200));
    expect(text.length).toBeLessThan(520);
    expect(text).toMatch(/ door … \(cut\)$/);
  });

  test('it fills in the form of the repository for questions, by the names of its fields', () => {
    const form = readFileSync('.github/ISSUE_TEMPLATE/question.yml', 'utf8');
    const url = new URL(questionHref('https://example.org/portway/', PASSAGE));
    expect(url.pathname).toBe('/portway/issues/new');
    for (const field of ['requirement', 'question']) {
      expect(form).toContain(`id: ${field}\n`);
      expect(url.searchParams.get(field)).toContain('http.start-once');
    }
    expect(
      new URL(questionHref('https://example.org/p', IN_SECTION)).searchParams.get('requirement'),
    ).toBe('0003 “Errors”');
  });
});
