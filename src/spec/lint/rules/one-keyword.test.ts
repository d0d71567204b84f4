import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { oneKeyword } from './one-keyword.ts';

const SAY = 'Say MUST, MUST NOT, SHOULD, SHOULD NOT or MAY.';
const SPLIT = 'Split the sentence, one requirement each.';
const none = '`door.opens` has no keyword, and needs exactly one';

describe('one-keyword', () => {
  test('its words', () => keepsItsWord(oneKeyword));

  test.each([
    ['no keyword', '⌖The gateway opens the door.', none, SAY],
    ['in lowercase', '⌖The gateway must open the door.', none, SAY],
    ['a part of a word', '⌖The gateway MUSTER the DISMAY of the door.', none, SAY],
    [
      'two keywords',
      'The gateway MUST öffnen and ⌖SHOULD NOT shut.',
      '`door.opens` has 2 keywords (MUST, SHOULD NOT), and needs exactly one',
      SPLIT,
    ],
    [
      'one twice, on two lines',
      'The gateway MUST open.\nIt ⌖MUST shut. It MAY ring.',
      '`door.opens` has 3 keywords (MUST, MUST, MAY), and needs exactly one',
      SPLIT,
    ],
    [
      'one in code: what binds is not quoted',
      'The gateway MUST say `⌖MUST`.',
      '`door.opens` has 2 keywords (MUST, MUST), and needs exactly one',
      SPLIT,
    ],
    [
      'a synonym',
      'The gateway ⌖SHALL open the door.',
      '`door.opens` says SHALL, which is not one of the keywords',
      SAY,
    ],
    [
      'a synonym over two lines',
      'The gateway ⌖SHALL\nNOT open the door.',
      '`door.opens` says SHALL NOT, which is not one of the keywords',
      SAY,
    ],
    [
      'a synonym behind a keyword',
      'The gateway MUST open the ⌖REQUIRED door.',
      '`door.opens` says REQUIRED, which is not one of the keywords',
      SAY,
    ],
    [
      'the negation that BCP 14 added',
      'The gateway is ⌖NOT RECOMMENDED to open.',
      '`door.opens` says NOT RECOMMENDED, which is not one of the keywords',
      SAY,
    ],
  ])('%s', (_, sentence, message, hint) => {
    const text = proposal(`r[door.opens]\n${sentence}`);
    expect(finds(oneKeyword, text, message).hint).toBe(hint);
    finds(oneKeyword, crlf(text), message);
  });

  test('an id without a sentence: an empty line stands between them', () => {
    const problem = finds(
      oneKeyword,
      proposal('⌖r[door.opens]\n\nThe gateway MUST open the door.'),
      '`door.opens` has no sentence',
    );
    expect(problem).toMatchObject({ endColumn: 14 });
    expect(problem.hint).toContain('without an empty line');
  });

  test('an id at the end of the file', () => {
    finds(oneKeyword, 'Text.\n\n⌖r[door.opens]', '`door.opens` has no sentence');
  });

  test('each of them', () => {
    findsAll(oneKeyword, 'r[a.b]\n⌖The gateway opens.\n\nr[a.c]\nThe gateway MUST and ⌖MAY open.', [
      '`a.b` has no keyword, and needs exactly one',
      '`a.c` has 2 keywords (MUST, MAY), and needs exactly one',
    ]);
  });

  test.each(['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY', 'MUST\nNOT', 'SHOULD   NOT'])(
    'near miss: %s',
    (word) => passes(oneKeyword, proposal(`r[door.opens]\nThe gateway ${word} open the door.`)),
  );

  test.each([
    ['a keyword in the paragraph behind it', 'The gateway MUST open.\n\nIt MUST NOT shut.'],
    ['names that begin alike', 'The gateway MUST set `MAY_OPEN` and MAYBE.'],
    ['lowercase beside it', 'The gateway MUST open; it may ring.'],
  ])('near miss: %s', (_, text) => passes(oneKeyword, proposal(`r[door.opens]\n${text}`)));

  test('near miss: what is no id is another mistake', () => {
    passes(oneKeyword, proposal('r[Door]\nThe gateway opens the door.'));
  });
});
