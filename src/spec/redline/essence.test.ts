// Telling dress from substance: what two sentences may differ in and say the same.

import { describe, expect, test } from 'vitest';
import { essence } from './essence.ts';

describe('essence: the same', () => {
  test.each<[what: string, one: string, other: string]>([
    ['white space', 'a b\nc', 'a  b c'],
    ['a comma', 'first, then', 'first then'],
    ['a full stop', 'It goes.', 'It goes'],
    ['a semicolon for a comma', 'a, b', 'a; b'],
    ['quotation marks', 'the "head"', 'the “head”'],
    ['an apostrophe', "the peer's", 'the peer’s'],
    ['dashes', 'one - two', 'one — two'],
    ['a hyphen', 'half-close', 'half close'],
    ['an ellipsis', 'and so on...', 'and so on …'],
    ['brackets', 'one (two)', 'one, two'],
    ['emphasis', 'the *head*', 'the head'],
    ['strong emphasis', '**head**', '*head*'],
    ['code formatting', 'the `head`', 'the head'],
    ['the target of a link', '[BCP 14](/a)', '[BCP 14](/b)'],
    ['a link more', '[BCP 14](/a) says', 'BCP 14 says'],
    ['a range', '1–2', '1-2'],
    ['composition', 'cafe\u0301', 'café'],
    ['escapes', 'a\\*b', 'a*b'],
  ])('%s', (_, one, other) => {
    expect(essence(one)).toBe(essence(other));
  });
});

describe('essence: not the same', () => {
  test.each<[what: string, one: string, other: string]>([
    ['a word', 'one', 'two'],
    ['a letter', 'field', 'fields'],
    ['the case of a letter', 'Host', 'host'],
    ['a keyword', 'MUST', 'must'],
    ['code', '`a,b`', '`a b`'],
    ['a mark in code', '`?`', '`#`'],
    ['a number', '0.5', '05'],
    ['a thousand', '10,000', '10 000'],
    ['a sign', 'at -1', 'at 1'],
    ['a name', 'http.start', 'http start'],
    ['a reference', '[http.start-once]', '[http.start-twice]'],
    ['a relation', 'a < b', 'a > b'],
    ['a share', '50%', '50'],
    ['an alternative', 'and/or', 'and or'],
    ['the order of words', 'a before b', 'b before a'],
  ])('%s', (_, one, other) => {
    expect(essence(one)).not.toBe(essence(other));
  });
});
