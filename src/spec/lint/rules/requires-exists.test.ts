import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, found, passes, proposal } from '../testing.ts';
import { requiresExists } from './requires-exists.ts';

const windows = ['proposals/0043-windows/draft.md', proposal('', { proposal: '43' })] as const;
const template = ['proposals/0000-template/draft.md', proposal('', { proposal: '0' })] as const;
const beside = [windows, template];
const naming = (fields: Readonly<Record<string, string>>) => proposal('Text.', fields);

describe('requires-exists', () => {
  test.each([
    ['requires', '[⌖99]', 99],
    ['requires', '[43, ⌖99]', 99],
    ['requires', '\n  - 43\n  - ⌖4', 4],
    ['replaces', '[\n  43, # Windows 🚪\n  ⌖0x63]', 99],
    ['superseded-by', '⌖7', 7],
    ['requires', '[⌖0]', 0],
  ])('`%s: %s`', (key, value, number) => {
    const message = `\`${key}\` names proposal ${number}, which does not exist`;
    const problem = finds(requiresExists, naming({ [key]: value }), message, { beside });
    expect(problem.hint).toBe('Write the number of another, or take it out.');
    finds(requiresExists, crlf(naming({ [key]: value })), message, { beside });
  });

  test.each(['requires', 'replaces'])('`%s` with its own number', (key) => {
    const message = `\`${key}\` names the proposal itself`;
    const problem = finds(requiresExists, naming({ [key]: '[43, ⌖42]' }), message, { beside });
    expect(problem).toMatchObject({ hint: 'Take it out.', endColumn: 18 });
  });

  test('its own number is that of its folder', () => {
    const text = naming({ requires: '[⌖42]' }).replace('proposal: 42', 'proposal: 43');
    finds(requiresExists, text, '`requires` names the proposal itself');
  });

  test('several, in every field', () => {
    const text = naming({ requires: '[⌖1, 43, ⌖2]', replaces: '[⌖3]', 'superseded-by': '⌖42' });
    findsAll(
      requiresExists,
      text,
      [
        '`requires` names proposal 1, which does not exist',
        '`requires` names proposal 2, which does not exist',
        '`replaces` names proposal 3, which does not exist',
        '`superseded-by` names the proposal itself',
      ],
      { beside },
    );
  });

  test.each<[what: string, fields: Record<string, string>]>([
    ['one that exists', { requires: '[43]', replaces: '[43]', 'superseded-by': '43' }],
    ['an empty list', { requires: '[]' }],
    ['no list, the subject of metadata-value', { requires: 'windows' }],
    ['names instead of numbers, as well', { requires: '[windows, "99"]' }],
    ['a list that contains itself', { requires: '&a [*a]' }],
    ['a number in another field', { resolution: '99' }],
  ])('near miss: %s', (_, fields) => passes(requiresExists, naming(fields), { beside }));

  test('near miss: one whose front matter cannot be read exists', () => {
    const broken = [windows[0], '---\nproposal: "43"\n---\n'] as const;
    passes(requiresExists, naming({ requires: '[43]' }), { beside: [broken] });
  });

  test('near miss: the template, whose numbers are examples', () => {
    const text = proposal('', { proposal: '0', requires: '[98, 99]' });
    passes(requiresExists, text, { file: template[0] });
  });

  test('a published revision is no draft', () => {
    const v1 = ['proposals/0099-walls/v1.md', proposal('', { proposal: '99' })] as const;
    expect(found(requiresExists, naming({ requires: '[99]' }), { beside: [v1] })).toHaveLength(1);
  });
});
