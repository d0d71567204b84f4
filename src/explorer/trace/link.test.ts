// An event in the address of a page, beside what Share puts there.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isSharedFragment } from '../../sandbox/share.ts';
import { eventIn, linkTo, withEvent, withoutEvent } from './link.ts';

test.each<[string, number | undefined]>([
  ['#t=12', 12],
  ['t=12', 12],
  ['#s1.Abc-_9&t=12', 12],
  ['#t=3&t=12', 12],
  ['', undefined],
  ['#', undefined],
  ['#t=', undefined],
  ['#t=0', undefined],
  ['#t=012', undefined],
  ['#t=-1', undefined],
  ['#t=1.5', undefined],
  ['#t=9999999999999999', undefined],
  ['#t=12x', undefined],
  ['#at=12', undefined],
  ['#s1.t=12', undefined],
  ['#http.start-once', undefined],
])('link: %s names the event %s', (fragment, seq) => {
  expect(eventIn(fragment)).toBe(seq);
});

test.each([
  ['', '#t=7'],
  ['#', '#t=7'],
  ['#t=3', '#t=7'],
  ['#t=none', '#t=7'],
  ['#http.start-once', '#t=7'],
  ['#s1.Abc-_9', '#s1.Abc-_9&t=7'],
  ['#s1.Abc-_9&t=3', '#s1.Abc-_9&t=7'],
  ['#run=2&t=3', '#run=2&t=7'],
])('link: event 7 in %s is %s', (fragment, found) => {
  expect(withEvent(fragment, 7)).toBe(found);
});

test.each([
  ['#t=3', ''],
  ['#s1.Abc&t=3', '#s1.Abc'],
  ['#http.start-once', '#http.start-once'],
  ['', ''],
])('link: %s without its event is %s', (fragment, rest) => {
  expect(withoutEvent(fragment)).toBe(rest);
});

test('link: an address keeps its path and query', () => {
  expect(linkTo('https://example.org/examples/echo/?safe', 2)).toBe(
    'https://example.org/examples/echo/?safe#t=2',
  );
  expect(linkTo('https://example.org/trace/#t=1', 2)).toBe('https://example.org/trace/#t=2');
});

test('link: whatever a fragment says, the event that is put into it is the one that is read', () => {
  fc.assert(
    fc.property(fc.string(), fc.integer({ min: 1, max: 1e14 }), (text, seq) => {
      expect(eventIn(withEvent(`#${text}`, seq))).toBe(seq);
    }),
  );
});

test('link: a shared state is still one, and comes back as it was', () => {
  fc.assert(
    fc.property(fc.base64String(), fc.integer({ min: 1, max: 1e14 }), (text, seq) => {
      const shared = `#s1.${text.replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')}`;
      expect(isSharedFragment(withEvent(shared, seq))).toBe(true);
      expect(withoutEvent(withEvent(shared, seq))).toBe(shared);
    }),
  );
});
