// Announcements at a pace: the first at once, the last always.

import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { paced } from './pace.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function heard() {
  const said: string[] = [];
  return { said, say: paced((words: string) => said.push(words), 1000) };
}

test('pace: the first is said at once', () => {
  const { said, say } = heard();
  say('a');
  expect(said).toEqual(['a']);
});

test('pace: of what comes in an interval the last is said, at its end', () => {
  const { said, say } = heard();
  for (const words of ['a', 'b', 'c']) say(words);
  vi.advanceTimersByTime(999);
  expect(said).toEqual(['a']);
  vi.advanceTimersByTime(1);
  expect(said).toEqual(['a', 'c']);
});

test('pace: what was said late begins an interval too', () => {
  const { said, say } = heard();
  say('a');
  say('b');
  vi.advanceTimersByTime(1000);
  say('c');
  expect(said).toEqual(['a', 'b']);
  vi.advanceTimersByTime(1000);
  expect(said).toEqual(['a', 'b', 'c']);
});

test('pace: after a silence it speaks at once again', () => {
  const { said, say } = heard();
  say('a');
  vi.advanceTimersByTime(1000);
  expect(vi.getTimerCount()).toBe(0);
  say('b');
  expect(said).toEqual(['a', 'b']);
});

test('pace: once stopped it says nothing of what waited', () => {
  const { said, say } = heard();
  say('a');
  say('b');
  say.stop();
  vi.runAllTimers();
  expect(said).toEqual(['a']);
});
