import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { templateText } from './template-text.ts';

const message = 'a comment of the template is left';

describe('template-text', () => {
  test('its words', () => keepsItsWord(templateText));

  test.each([
    ['on one line', '⌖<!-- template: What goes wrong today? -->'],
    ['over several lines', '⌖<!--\ntemplate:\nWhat goes wrong\n\ntoday? -->'],
    ['without a space', '⌖<!--template: Why? -->'],
    ['behind another comment', '<!-- A note. --> ⌖<!-- template: Why? -->'],
    ['within a sentence', 'Eine Tür ⌖<!-- template: Why? --> öffnet sich.'],
    ['in a list', '- ⌖<!-- template: Why? -->'],
    ['in a quotation', '> ⌖<!-- template: Why? -->'],
    ['never closed', '⌖<!-- template: Why?'],
  ])('%s', (_, text) => {
    const problem = finds(templateText, proposal(text), message);
    expect(problem.hint).toBe('Write what it asks for, and delete it.');
    finds(templateText, crlf(proposal(text)), message);
  });

  test('each of them, on the first line and on the last', () => {
    findsAll(
      templateText,
      '⌖<!-- template: a --> ⌖<!-- template: b -->\n\nText\n\n⌖<!-- template: c',
      [message, message, message],
    );
  });

  test.each([
    ['another comment', '<!-- A template: what it is. -->'],
    ['the words without a comment', 'template: What goes wrong?'],
    ['in code', '`<!-- template: … -->` is guidance.'],
    ['in a fence', '```markdown\n<!-- template: Why? -->\n```'],
  ])('near miss: %s', (_, text) => passes(templateText, proposal(text)));

  test('the template itself', () => {
    passes(templateText, '<!-- template: Why? -->', { file: 'proposals/0000-template/draft.md' });
  });

  test('the summary of the template', () => {
    const template: [string, string] = [
      'proposals/0000-template/draft.md',
      proposal('x', { proposal: '0', summary: 'What one starts from.' }),
    ];
    const rest = { beside: [template] };
    finds(
      templateText,
      proposal('x', { summary: '⌖What one starts from.' }),
      'the summary is that of the template',
      rest,
    );
    passes(templateText, proposal('x', { summary: 'What one begins from.' }), rest);
  });
});
