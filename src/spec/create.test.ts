import { describe, expect, test } from 'vitest';
import { folderWords, newProposal, titleProblem } from './create.ts';
import { proposal } from './lint/testing.ts';

describe('folderWords', () => {
  test.each([
    ['Server push', 'server-push'],
    ['Doors & windows: 2nd part!', 'doors-windows-2nd-part'],
    ['Çà et là', 'ca-et-la'],
    ['../../etc/passwd', 'etc-passwd'],
    ['門', ''],
    [`${'a'.repeat(39)} b`, 'a'.repeat(39)],
  ])('%s → %s', (title, words) => expect(folderWords(title)).toBe(words));
});

test.each([
  ['Doors', undefined],
  [`${'🚪'.repeat(59)}x`, undefined],
  [' ', 'the title is empty'],
  ['x'.repeat(61), 'the title has 61 characters, and 60 are the most'],
  ['a\nb', 'the title is one line'],
  ['門', 'the title needs a letter of a to z or a digit, for the name of its folder'],
])('of the title %j: %s', (title, problem) => expect(titleProblem(title)).toBe(problem));

test('a new proposal is the template with its own number, title, authors, type and day', () => {
  const template = proposal('<!-- template: Say it. -->', { proposal: '0', title: 'Template' });
  const { folder, text } = newProposal(template, {
    number: 43,
    title: 'Doors: a second part',
    authors: ['A. Author', 'B. Author <b@example.org>'],
    type: 'informational',
    created: '2026-12-01',
  });
  expect(folder).toBe('0043-doors-a-second-part');
  expect(text).toBe(
    template
      .replace('proposal: 0', 'proposal: 43')
      .replace('title: Template', `title: "Doors: a second part"`)
      .replace('[The Portway editors]', '[A. Author, B. Author <b@example.org>]')
      .replace('type: standards', 'type: informational')
      .replace('created: 2026-11-22', 'created: 2026-12-01')
      .replace('# Template', '# Doors: a second part'),
  );
});
