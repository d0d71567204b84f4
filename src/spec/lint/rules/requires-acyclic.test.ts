import { describe, expect, test } from 'vitest';
import { formatProblem } from '../../problem.ts';
import { draftOf, libraryOf } from '../library.ts';
import { lint } from '../lint.ts';
import { crlf, FILE, found, proposal } from '../testing.ts';
import { requiresAcyclic } from './requires-acyclic.ts';

const fileOf = (number: number) => `proposals/${String(number).padStart(4, '0')}-doors/draft.md`;
const draft = (number: number, ...requires: readonly number[]) =>
  [
    fileOf(number),
    proposal('', { proposal: String(number), requires: `[${requires.join(', ')}]` }),
  ] as const;
/** What is found in 42, which requires the first, and in the others: file and message. */
const all = (requires: readonly number[], ...beside: readonly (readonly [string, string])[]) =>
  found(requiresAcyclic, draft(42, ...requires)[1], { beside }).map(
    ({ file, message }) => `${file.slice(10, 14)}: ${message}`,
  );

describe('requires-acyclic', () => {
  test('two that require each other: each at the number of the other', () => {
    const beside = [draft(7), draft(43, 42, 7)];
    const problems = found(requiresAcyclic, draft(42, 7, 43)[1], { beside });
    expect(problems.map(formatProblem)).toEqual([
      `${FILE}:11:15 requires-acyclic: proposal 42 requires itself by way of proposal 43
    Proposals 42 and 43 require each other: take one of the steps out, or move what they share into a proposal of its own.`,
      `${fileOf(43)}:11:12 requires-acyclic: proposal 43 requires itself by way of proposal 42
    Proposals 42 and 43 require each other: take one of the steps out, or move what they share into a proposal of its own.`,
    ]);
    expect(problems[0]).toMatchObject({ endLine: 11, endColumn: 17 });
  });

  test('three in a circle, and one that leads into it', () => {
    const others = [draft(43, 44), draft(44, 42), draft(45, 42, 43), draft(46)];
    expect(all([46, 43], ...others)).toEqual([
      '0042: proposal 42 requires itself by way of proposal 43',
      '0043: proposal 43 requires itself by way of proposal 44',
      '0044: proposal 44 requires itself by way of proposal 42',
    ]);
  });

  test('two circles that share a proposal are one; two that are joined one way are two', () => {
    expect(all([43, 44], draft(43, 42), draft(44, 42))).toHaveLength(4);
    const joined = found(requiresAcyclic, draft(42, 43)[1], {
      beside: [draft(43, 42, 44), draft(44, 45), draft(45, 44)],
    });
    expect(joined.map(({ hint }) => hint?.split(':')[0])).toEqual([
      'Proposals 42 and 43 require each other',
      'Proposals 42 and 43 require each other',
      'Proposals 44 and 45 require each other',
      'Proposals 44 and 45 require each other',
    ]);
    expect(joined.map(({ line, column }) => [line, column])).toEqual(Array(4).fill([11, 12]));
  });

  test('in a list on lines, in a file from Windows', () => {
    const text = crlf(proposal('', { requires: '\n  - 7\n  - 43 # 🚪' }));
    const [first] = found(requiresAcyclic, text, { beside: [draft(43, 42)] });
    expect(first).toMatchObject({ file: FILE, line: 13, column: 5, endLine: 13, endColumn: 7 });
  });

  test('a draft that cannot be read still has the number of its folder', () => {
    const beside = [[fileOf(43), '---\nrequires: [42]\n---\n']] as const;
    expect(all([43], ...beside)).toHaveLength(2);
  });

  test('a large circle is counted, not listed', () => {
    const circle = Array.from({ length: 8 }, (_, i) => draft(50 + i, i === 7 ? 42 : 51 + i));
    const [first] = found(requiresAcyclic, draft(42, 50)[1], { beside: circle });
    expect(first?.hint).toMatch(/^9 proposals require each other:/);
  });

  test.each<[what: string, requires: number[], ...beside: (readonly [string, string])[]]>([
    ['a diamond', [43, 44], draft(43, 45), draft(44, 45), draft(45)],
    ['a chain', [43], draft(43, 44), draft(44, 45), draft(45)],
    ['itself, the subject of requires-exists', [42]],
    ['a number that does not exist, as well', [99]],
    ['the same number twice', [43, 43], draft(43)],
    [
      'one that is replaced by what it requires',
      [43],
      [fileOf(43), proposal('', { proposal: '43', replaces: '[42]' })],
    ],
    ['the template', [0], draft(0, 42)],
    ['one that cannot be read', [43], [fileOf(43), '# Windows\n']],
  ])('near miss: %s', (_, requires, ...beside) => expect(all(requires, ...beside)).toEqual([]));

  test('a chain of thousands takes one walk', () => {
    const model = draftOf(draft(42, 1));
    const { document } = model;
    // Reading as many texts would take longer than the rule: one is read, and the others are like it.
    const chain = Array.from({ length: 9000 }, (_, index) => ({
      ...model,
      folder: `${1000 + index}-doors`,
      document: {
        ...document,
        file: `proposals/${1000 + index}-doors/draft.md`,
        frontMatter: {
          ...document.frontMatter,
          entries: document.frontMatter.entries.map((entry) =>
            entry.key === 'requires' ? { ...entry, value: [1001 + index] } : entry,
          ),
        },
      },
    }));
    expect(lint(libraryOf(chain), [requiresAcyclic])).toEqual([]);
    const last = draftOf(['proposals/9999-doors/draft.md', proposal('', { requires: '[1000]' })]);
    const closed = libraryOf([...chain.slice(0, -1), last]);
    expect(lint(closed, [requiresAcyclic])).toHaveLength(9000);
  });
});
