// What a client got, in words.

import { describe, expect, test } from 'vitest';
import { closeCodeWords, closeWords, duration, octets, statusWords, timesWords } from './words.ts';

test.each([
  [200, '200 OK'],
  [103, '103 Early Hints'],
  [299, '299'],
  [undefined, 'no response'],
])('status %s', (status, words) => {
  expect(statusWords(status)).toBe(words);
});

describe('RFC 6455 section 7.4: close codes', () => {
  test.each([
    [1000, 'normal closure'],
    [1006, 'no Close frame came'],
    [1009, 'a message too big'],
    [1016, 'not assigned'],
    [2999, 'not assigned'],
    [3000, 'registered by a library or framework'],
    [4999, 'private use: the application knows'],
    [999, 'not a close code'],
    [5000, 'not a close code'],
  ])('%i', (code, words) => {
    expect(closeCodeWords(code)).toBe(words);
  });
  test.each([
    [{ code: 1000, reason: 'bye', clean: true }, '1000, normal closure: bye'],
    [{ code: 1001, reason: '', clean: true }, '1001, going away'],
    [{ reason: '', clean: true }, 'no code was given'],
    [{ reason: '', clean: false }, 'no Close frame came (not clean)'],
  ])('%o', (close, words) => {
    expect(closeWords(close)).toBe(words);
  });
});

test.each([
  [0, '0.0 ms'],
  [9.94, '9.9 ms'],
  [9.96, '10 ms'],
  [999.4, '999 ms'],
  [999.6, '1.00 s'],
  [12_340, '12.3 s'],
])('%d ms', (ms, words) => {
  expect(duration(ms)).toBe(words);
});

test('sizes and times', () => {
  expect([octets(1), octets(0), octets(12345)]).toEqual(['1 octet', '0 octets', '12,345 octets']);
  expect(timesWords({ times: { head: 3, end: 12 }, outcome: 'complete' })).toBe(
    'first octet after 3.0 ms, whole after 12 ms',
  );
  expect(timesWords({ times: { head: 3, end: 12 }, outcome: 'aborted' })).toBe(
    'first octet after 3.0 ms, over after 12 ms',
  );
  expect(timesWords({ times: { end: 12 }, outcome: 'aborted' })).toBe('over after 12 ms');
});
