import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Stretch, textDirective } from './text-directive.ts';

const PAGE = [
  'Contents',
  'The door opens once.',
  'A second bell rings, and the door opens again, as the first - and last - bell says.',
  'The door opens once, and shuts.',
  'end',
];

/** The stretch that `[` and `]` mark. */
function marked(blocks: readonly string[]): { blocks: string[]; stretch: Stretch } {
  const first = blocks.findIndex((block) => block.includes('['));
  const last = blocks.findIndex((block) => block.includes(']'));
  const start = blocks[first]?.indexOf('[') ?? 0;
  const end = (blocks[last]?.indexOf(']') ?? 0) - (first === last ? 1 : 0);
  return {
    blocks: blocks.map((block) => block.replace(/[[\]]/g, '')),
    stretch: { first, start, last, end },
  };
}

const of = (...blocks: readonly string[]) => {
  const { blocks: plain, stretch } = marked(blocks);
  return decodeURIComponent(textDirective(plain, stretch));
};
const spoilt = (index: number, block: string) => of(...PAGE.with(index, block));

describe('the directive of a stretch', () => {
  test.each([
    [
      'words that stand nowhere else',
      2,
      'A [second bell] rings, and the door opens again.',
      ':~:text=second bell',
    ],
    ['parts of words, which become whole', 2, 'A se[cond be]ll rings.', ':~:text=second bell'],
    [
      'white space around it, which is left out',
      2,
      'A[ second bell ]rings.',
      ':~:text=second bell',
    ],
    [
      'words that stand elsewhere too, in the same block with others around them',
      2,
      'A second bell rings, and the [door opens] again, as the first bell says.',
      ':~:text=rings, and the-,door opens,-again, as the',
    ],
    [
      'words at the beginning of a block, which have those of the block before it in front of them',
      3,
      '[The door opens once], and shuts.',
      ':~:text=last - bell says.-,The door opens once,-, and shuts',
    ],
  ])('%s', (_, index, block, expected) => {
    expect(spoilt(index, block)).toBe(expected);
  });

  test('signs that have a meaning in it are encoded', () => {
    const { blocks, stretch } = marked(['a [first - and, last & best] bell']);
    expect(textDirective(blocks, stretch)).toBe(':~:text=first%20%2D%20and%2C%20last%20%26%20best');
  });

  test('over several blocks it has the first words and the last', () => {
    expect(
      of(
        'One two.',
        'Here [begins a long tale of doors',
        'and bells',
        'that ends in a quiet room] at last.',
      ),
    ).toBe(':~:text=begins a long tale,in a quiet room');
  });

  test('a long stretch in one block has them too', () => {
    const long = Array.from({ length: 100 }, (_, at) => `word${at}`).join(' ');
    expect(of(`[${long}]`)).toBe(':~:text=word0 word1 word2 word3,word96 word97 word98 word99');
  });

  test('its end is the first of its kind behind its beginning', () => {
    expect(
      of('[alpha beta gamma delta', 'the end of it all, not yet', 'the end of it] and more'),
    ).toBe(':~:text=alpha beta gamma delta,the end of it,-and more');
  });

  test('nothing but white space has none', () => {
    expect(of('a[ ]b')).toBe('');
  });

  test('whatever the page, it is found where it is, or has all that can be said', () => {
    const word = fc.constantFrom('door', 'bell', 'The', 'rings,', 'a-b', 'x.y', 'İ');
    const block = fc.array(word, { minLength: 1, maxLength: 8 }).map((words) => words.join(' '));
    fc.assert(
      fc.property(
        fc.array(block, { minLength: 1, maxLength: 6 }),
        fc.nat(),
        fc.nat(),
        (blocks, a, b) => {
          const text = blocks.join('\n');
          const [from, to] = [a % text.length, b % text.length].sort((x, y) => x - y) as [
            number,
            number,
          ];
          const at = (offset: number) => {
            const before = text.slice(0, offset).split('\n');
            return [before.length - 1, before.at(-1)?.length ?? 0] as const;
          };
          const [first, start] = at(from);
          const [last, end] = at(to);
          const made = textDirective(blocks, { first, start, last, end });
          if (text.slice(from, to).trim() === '') {
            expect(made).toBe('');
            return;
          }
          expect(made).toMatch(/^:~:text=[^\s-]+-?[^\s]*$/);
          const parts = made.slice(8).split(',').map(decodeURIComponent);
          for (const part of parts)
            expect(text.replaceAll('\n', ' ')).toContain(part.replace(/^-|-$/g, ''));
        },
      ),
    );
  });
});
