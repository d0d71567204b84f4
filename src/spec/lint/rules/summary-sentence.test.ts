import { describe, expect, test } from 'vitest';
import { finds, mends, passes, proposal } from '../testing.ts';
import { summarySentence } from './summary-sentence.ts';

const MESSAGE = 'the summary does not end with a full stop';
const text = (summary: string) => proposal('Nothing.', { summary });

describe('summary-sentence', () => {
  test('none, which is mended', () => {
    finds(summarySentence, text('⌖How doors open'), MESSAGE);
    expect(mends(summarySentence, text('How doors open'))).toBe(text('How doors open.'));
  });

  test('another mark, or one before a bracket', () => {
    finds(summarySentence, text('⌖How do doors open?'), MESSAGE);
    finds(summarySentence, text('⌖Doors (all of them.)'), MESSAGE);
  });

  test('in quotes, which is left to the author', () => {
    const problem = finds(summarySentence, text('⌖"Doors: how they open"'), MESSAGE);
    expect(problem.fix).toBeUndefined();
  });

  test.each(['How doors open.', '"Doors: how they open."', '""', '7'])('near miss: %s', (summary) =>
    passes(summarySentence, text(summary)),
  );
});
