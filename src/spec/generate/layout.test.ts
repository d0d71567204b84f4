import { expect, test } from 'vitest';
import { type Group, layout, type Piece, wrap } from './layout.ts';

const list = (...members: Piece[]): Group => ({ open: '[', close: ']', members });
const page = { width: 20, step: 2 };

test('what fits stands on one line, and what does not has a line a member', () => {
  expect(layout(list('one', 'two'), page)).toBe('[one, two]');
  expect(layout(list('eleven', 'twelve', '13'), page)).toBe('[eleven, twelve, 13]');
  expect(layout(list('eleven', 'twelve', '133'), page)).toBe('[\n  eleven,\n  twelve,\n  133,\n]');
});

test('room is left for what follows', () => {
  expect(layout([list('eleven', 'twelve', '13'), ';'], page)).toBe(
    '[\n  eleven,\n  twelve,\n  13,\n];',
  );
  expect(layout(list('eleven', 'twelve', '1'), page, 0, 0, 1)).toBe('[eleven, twelve, 1]');
});

test('inner brackets break after outer ones, and count from where they stand', () => {
  expect(layout(list(['a: ', list('one', 'two')], ['bcdef: ', list('one', 'two')]), page)).toBe(
    '[\n  a: [one, two],\n  bcdef: [one, two],\n]',
  );
  expect(layout(list(['bcdefgh: ', list('one', 'two')]), page)).toBe(
    '[\n  bcdefgh: [\n    one,\n    two,\n  ],\n]',
  );
});

test('empty brackets have nothing inside, however little room there is', () => {
  expect(layout(list(), { width: 1, step: 2 })).toBe('[]');
  expect(layout({ ...list(), broken: true }, page)).toBe('[]');
});

test('a group that insists on lines of its own breaks what is around it', () => {
  expect(layout(list({ ...list('a'), broken: true }), page)).toBe('[\n  [\n    a,\n  ],\n]');
});

test('a group may be spaced, and a single member followed by something', () => {
  expect(layout({ ...list('a'), spaced: true, single: ',' }, page)).toBe('[ a, ]');
});

test('prose is wrapped at blanks; words and paragraphs stay whole', () => {
  expect(wrap('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrap('unbreakable word', 4)).toEqual(['unbreakable', 'word']);
  expect(wrap('one\n\ntwo', 80)).toEqual(['one', '', 'two']);
  expect(wrap('', 80)).toEqual(['']);
});
