// Which presses are meant for the page.
import { expect, test, vi } from 'vitest';
import { singleKey } from './single-key.ts';

const press = (change: Partial<KeyboardEvent>) => ({ key: 'n', ...change }) as KeyboardEvent;

test('a letter alone is', () => {
  expect(singleKey(press({}))).toBe('n');
  expect(singleKey(press({ key: '?', shiftKey: true }))).toBe('?');
});

test.each<[string, Partial<KeyboardEvent>]>([
  ['a name of a key', { key: 'Enter' }],
  ['one with Ctrl', { ctrlKey: true }],
  ['one with ⌘', { metaKey: true }],
  ['one with Alt', { altKey: true }],
  ['one that something else has taken', { defaultPrevented: true }],
  ['one that composes a character', { isComposing: true }],
])('%s is not', (_what, change) => {
  expect(singleKey(press(change))).toBeUndefined();
});

test('one within what it is typed into, or in a dialog, is not', () => {
  const asked: string[] = [];
  const closest = (selector: string) => {
    asked.push(...selector.split(', '));
    return {};
  };
  expect(singleKey(press({ target: { closest } as unknown as Element }))).toBeUndefined();
  expect(asked).toEqual(expect.arrayContaining(['textarea', 'select', 'dialog', '.monaco-editor']));
});

test('none is, once they are switched off', () => {
  const stored = new Map([['portway:keys', 'off']]);
  vi.stubGlobal('localStorage', { getItem: (key: string) => stored.get(key) ?? null });
  try {
    expect(singleKey(press({}))).toBeUndefined();
    stored.clear();
    expect(singleKey(press({}))).toBe('n');
  } finally {
    vi.unstubAllGlobals();
  }
});
