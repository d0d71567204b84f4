// The keys, in the words of each platform.

import { describe, expect, test } from 'vitest';
import { keyGroups, keyWords } from './keys.ts';

test.each([
  ['Mod+Enter', 'Ctrl+Enter', '⌘Enter'],
  ['Shift+Alt+F', 'Shift+Alt+F', '⇧⌥F'],
  ['Ctrl+Shift+M', 'Ctrl+Shift+M', '⌃⇧M'],
  ['Mod+K Mod+I', 'Ctrl+K Ctrl+I', '⌘K ⌘I'],
  ['F8', 'F8', 'F8'],
])('%s', (combination, elsewhere, mac) => {
  expect(keyWords(combination, false)).toBe(elsewhere);
  expect(keyWords(combination, true)).toBe(mac);
});

describe('what is listed', () => {
  const all = (editor: 'monaco' | 'plain' | 'static', mac = false) =>
    keyGroups(editor, mac).flatMap(({ rows }) => rows.flatMap(({ keys }) => keys));

  test('is how to leave the editor, on every platform', () => {
    expect(all('monaco')).toContain('Ctrl+M');
    expect(all('monaco', true)).toContain('⌃⇧M');
  });

  test('is only what works in the editor that is shown', () => {
    expect(all('plain')).not.toContain('F8');
    expect(all('static')).not.toContain('F2');
    for (const editor of ['monaco', 'plain', 'static'] as const) {
      expect(all(editor)).toContain('←');
    }
  });
});
