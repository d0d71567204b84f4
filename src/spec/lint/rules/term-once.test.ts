import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { termOnce } from './term-once.ts';

const TERMS = '### Terms\n\nA *door* is a hole that shuts. It is *open* when it lets through.';
const other = (number: number, text: string, frontMatter: Record<string, string> = {}) =>
  [
    `proposals/00${number}-other/draft.md`,
    proposal(text, { proposal: String(number), ...frontMatter }),
  ] as const;

describe('term-once', () => {
  test('its words', () => keepsItsWord(termOnce));

  test('the same word twice in one text, with the place of the first', () => {
    const text = proposal(`${TERMS}\n\n### Holes\n\nThe ⌖*door* is what shuts a wall.`);
    const message = 'is already defined at proposals/0042-doors/draft.md:27';
    expect(finds(termOnce, text, `“door” ${message}`)).toMatchObject({ endColumn: 11 });
    finds(termOnce, crlf(text), `“door” ${message}`);
  });

  test('twice in a section of terms, and in another number', () => {
    const text = proposal(
      '### Terms\n\nA *door* shuts. There are *doors* in walls. The ⌖*door* opens.',
    );
    finds(termOnce, text, '“door” is already defined at proposals/0042-doors/draft.md:27');
  });

  test('a word that a required proposal defines, required by way of another or not', () => {
    const beside = [other(41, 'None.', { requires: '[40]' }), other(40, TERMS)];
    const text = proposal('The ⌖*door* is a hole.', { requires: '[41]' });
    const message = '“door” is already defined at proposals/0040-other/draft.md:27';
    findsAll(termOnce, text, [message], { beside });
  });

  test('proposals that require each other are judged all the same', () => {
    const beside = [other(41, 'None.', { requires: '[42]' })];
    passes(termOnce, proposal(TERMS, { requires: '[41]' }), { beside });
  });

  test('near miss: the proposal that defines it is not required', () => {
    passes(termOnce, proposal('The *door* is a hole.'), { beside: [other(41, TERMS)] });
  });

  test('near miss: the same state of something else', () => {
    passes(termOnce, proposal(`${TERMS}\n\n### Holes\n\nA window is *open* when it lets air in.`));
  });

  test('near miss: emphasis that defines nothing', () => {
    passes(
      termOnce,
      proposal(`${TERMS}\n\n### Holes\n\nWe shut *the door* at night, every *door*.`),
    );
  });
});
