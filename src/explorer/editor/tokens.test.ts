// Cutting programs: strings and comments hide what is in them, and whatever is written there is an answer.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { tokens } from './tokens.ts';

describe('tokens', () => {
  const cut = (source: string) => tokens(source).map(({ kind, text }) => `${kind} ${text}`);

  test.each([
    ["a.b('c')", ['word a', 'sign .', 'word b', 'sign (', 'string c', 'sign )']],
    ["'it\\'s'", ["string it\\'s"]],
    ['"a//b" // c', ['string a//b', 'comment // c']],
    ["// it's\nx", ["comment // it's", 'word x']],
    ["/* 'a'\n */ b", ["comment /* 'a'\n */", 'word b']],
    ["`a ${'b'}\n` c", ["string a ${'b'}\n", 'word c']],
    ["'open\nx", ['string open', 'word x']],
    ["'", ['string ']],
    ['/* open', ['comment /* open']],
    ['größe', ['word größe']],
  ])('%j', (source, expected) => {
    expect(cut(source)).toEqual(expected);
  });
});

test('leave out spaces alone, whatever the text', () => {
  const text = fc
    .array(
      fc.constantFrom("'", '"', '`', '\\', '//', '/*', '*/', '\n', ' ', 'a', '{', '}', '$', '😀'),
    )
    .map((parts) => parts.join(''));
  fc.assert(
    fc.property(text, (source) => {
      let at = 0;
      for (const { start, end } of tokens(source)) {
        expect(source.slice(at, start).trim()).toBe('');
        expect(end).toBeGreaterThan(start);
        at = end;
      }
      expect(source.slice(at).trim()).toBe('');
    }),
  );
});
