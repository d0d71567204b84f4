// Comparing by words and by lines: what is one word, what is shown as changed, and that both sides come out again.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { anyText } from '../../../tests/fixtures/revisions.ts';
import type { Segment } from './model.ts';
import { textOfSide } from './redline.ts';
import { compareLines, compareWords, LIMITS, words } from './words.ts';

/** Segments in the notation of wdiff. */
const marked = (segments: readonly Segment[]) =>
  segments
    .map(({ op, text }) => (op === 'same' ? text : op === 'ins' ? `{+${text}+}` : `[-${text}-]`))
    .join('');

describe('words: one word is', () => {
  test.each<[what: string, text: string]>([
    ['a word', 'gateway'],
    ['a compound', 'half-close'],
    ['a word with an apostrophe', 'peer’s'],
    ['a name with points', 'http.response.start'],
    ['a number', '0.5'],
    ['a word with combining marks', 'cafe\u0301'],
    ['a code span', '`path and query`'],
    ['a code span with backticks', '`` a ` b ``'],
    ['a reference to a requirement', '[http.start-once]'],
    ['the marker of a requirement', 'r[http.start-once]'],
    ['a link', '[BCP 14](https://www.rfc-editor.org/info/bcp14)'],
    ['a link with a title', '[a b](/c "d e")'],
    ['a link by reference', '[a b][c d]'],
    ['an image', '![a b](/c.svg)'],
    ['an autolink', '<https://example.org/>'],
    ['an address', 'https://example.org/a?b=c'],
    ['a keyword that forbids', 'MUST NOT'],
    ['a mark of emphasis', '**'],
    ['white space', ' \n  '],
  ])('%s', (_, text) => {
    expect(words(text)).toEqual([text]);
  });

  test.each<[text: string, parts: string[]]>([
    ['a, b.', ['a', ',', ' ', 'b', '.']],
    ['`a', ['`', 'a']],
    ['``a`', ['``', 'a', '`']],
    ['**a**', ['**', 'a', '**']],
    ['[[a] b]', ['[', '[a]', ' ', 'b', ']']],
  ])('%s is several', (text, parts) => {
    expect(words(text)).toEqual(parts);
  });

  test('a list in YAML is several words, for its brackets are no link', () => {
    expect(words('[http, ws]', 'yaml')).toEqual(['[', 'http', ',', ' ', 'ws', ']']);
  });

  test('nothing is lost', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom('markdown', 'yaml'), (text, language) => {
        expect(words(text, language).join('')).toBe(text);
      }),
    );
  });
});

describe('compareWords', () => {
  test.each<[what: string, before: string, after: string, shown: string]>([
    [
      'a word',
      'The gateway MUST go.',
      'The gateway SHOULD go.',
      'The gateway [-MUST-]{+SHOULD+} go.',
    ],
    [
      'a phrase is one change',
      'of the old and tired kind',
      'of a new kind',
      'of [-the old and tired-]{+a new+} kind',
    ],
    ['a word more', 'Give names.', 'Give all names.', 'Give {+all +}names.'],
    ['a word less', 'Give all names.', 'Give names.', 'Give [-all -]names.'],
    ['a prohibition', 'It MUST go on.', 'It MUST NOT go on.', 'It [-MUST-]{+MUST NOT+} go on.'],
    [
      'a code span as a whole',
      'Give `a b` to it.',
      'Give `a c` to it.',
      'Give [-`a b`-]{+`a c`+} to it.',
    ],
    [
      'a link as a whole',
      'See [a b](/c) for it.',
      'See [a b](/d) for it.',
      'See [-[a b](/c)-]{+[a b](/d)+} for it.',
    ],
    [
      'nothing in common',
      'One two three.',
      'Four five six seven.',
      '[-One two three.-]{+Four five six seven.+}',
    ],
    ['nothing before', '', 'a', '{+a+}'],
    ['nothing after', 'a', '', '[-a-]'],
    ['nothing at all', '', '', ''],
    ['a wrapped line is no change', 'a b\nc d', 'a\nb c d', 'a\nb c d'],
    ['nor is the composition of a letter', 'cafe\u0301 au lait', 'café au lait', 'café au lait'],
  ])('%s', (_, before, after, shown) => {
    expect(marked(compareWords(before, after))).toBe(shown);
  });

  test('what is the same but for white space keeps both', () => {
    expect(compareWords('a b c', 'a\nb c')).toEqual([
      { op: 'same', text: 'a\nb c', before: 'a b c' },
    ]);
  });
});

test('compareLines: a line is changed as a whole', () => {
  expect(marked(compareLines('a\nb\nc', 'a\nB\nc\nd'))).toBe('a\n[-b\nc-]{+B\nc\nd+}');
  expect(marked(compareLines('a\nb\nc\n', 'a\nB\nc\n'))).toBe('a\n[-b\n-]{+B\n+}c\n');
});

describe('both sides come out again', () => {
  const holds = (compare: typeof compareLines) => (before: string, after: string) => {
    const segments = compare(before, after);
    expect(textOfSide(segments, 'before')).toBe(before);
    expect(textOfSide(segments, 'after')).toBe(after);
    expect(segments.every(({ text }) => text !== '')).toBe(true);
  };

  test('of any two texts', () => {
    fc.assert(fc.property(anyText, anyText, holds(compareWords)));
    fc.assert(fc.property(anyText, anyText, holds(compareLines)));
  });

  test('of texts with the same words', () => {
    const few = fc
      .array(fc.constantFrom('a', 'b', '`a b`', ', ', ' ', '\n', '.', '[a]', 'MUST', ' NOT'), {
        maxLength: 30,
      })
      .map((parts) => parts.join(''));
    fc.assert(fc.property(few, few, holds(compareWords)), { numRuns: 1000 });
  });

  test('beyond the limits, where only what is common at both ends is left out', () => {
    const long = 'word '.repeat(LIMITS.characters / 5);
    const segments = compareWords(`${long}one two${long}`, `${long}three four${long}`);
    holds(compareWords)(`${long}one two${long}`, `${long}three four${long}`);
    expect(segments.map(({ op }) => op)).toEqual(['same', 'del', 'ins', 'same']);
    expect(segments[1]?.text).toBe('one twoword');
  });

  test('where there are too many changes', () => {
    const count = 2 * LIMITS.edits;
    const before = Array.from({ length: count }, (_, n) => `same a${n}`).join(' ');
    const after = Array.from({ length: count }, (_, n) => `same b${n}`).join(' ');
    holds(compareWords)(before, after);
    expect(compareWords(before, after).length).toBeLessThan(5);
  });

  test('without a space to be seen', () => {
    const long = 'x'.repeat(LIMITS.characters);
    holds(compareWords)(`${long}a`, `${long}b`);
    holds(compareWords)(long, `${long}${long}`);
  });
});
