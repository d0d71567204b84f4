// That a change is brought up to date with a repository that has gone on, and that no text of a reader's is lost.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { proposal } from '../spec/lint/testing.ts';
import { LIST } from '../spec/list.ts';
import { beginEdit, beginNew } from './begin.ts';
import { type Change, withText } from './change.ts';
import { hasMarks, mergeTexts, rebase, renumbered } from './rebase.ts';
import { DOORS, NOW, repositoryOf, TEXTS } from './testing.ts';

const BEFORE = 'one\ntwo\nthree\nfour\nfive\n';
const edit = (from: string, to: string) => BEFORE.replace(from, to);

describe('two texts are merged by lines', () => {
  test('where they changed different lines', () => {
    expect(mergeTexts(BEFORE, edit('one', '1'), edit('five', '5'))).toEqual({
      text: '1\ntwo\nthree\nfour\n5\n',
    });
  });

  test('where they changed the same line alike', () => {
    expect(mergeTexts(BEFORE, edit('two', '2').replace('five', '5'), edit('two', '2'))).toEqual({
      text: 'one\n2\nthree\nfour\n5\n',
    });
  });

  test('where they changed the same line, both are shown, with the lines of each', () => {
    const theirs = `zero\n${edit('four', '4')}`;
    expect(mergeTexts(BEFORE, edit('four', 'IV'), theirs)).toEqual({
      conflicts: [{ line: 4, theirLine: 5, before: 'four\n', ours: 'IV\n', theirs: '4\n' }],
      marked:
        'zero\none\ntwo\nthree\n<<<<<<< yours\nIV\n=======\n4\n>>>>>>> the repository\nfive\n',
    });
  });

  test('a last line without an end keeps the marks on lines of their own', () => {
    const merged = mergeTexts('a', 'b', 'c\r\n');
    expect(merged).toMatchObject({
      marked: '<<<<<<< yours\nb\n=======\nc\r\n>>>>>>> the repository\n',
    });
  });

  test('marks that are left are found', () => {
    const merged = mergeTexts('a\n', 'b\n', 'c\n');
    expect(hasMarks('marked' in merged ? merged.marked : '')).toBe(true);
    expect(hasMarks('======\n<<<<<<< other\n')).toBe(false);
  });

  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', 'd', '', 'x\r'), { maxLength: 10 })
    .chain((lines) => fc.constantFrom(lines.join('\n'), `${lines.join('\n')}\n`));

  test('no line of the reader, and none of the repository, is lost', () => {
    fc.assert(
      fc.property(text, text, text, (before, ours, theirs) => {
        const merged = mergeTexts(before, ours, theirs);
        const result = 'text' in merged ? merged.text : merged.marked;
        // How often each line was added by a side; it is there at least as often.
        const lines = (of: string) => of.split('\n').map((one) => one.replace(/\r+$/, ''));
        const count = (of: string, line: string) => lines(of).filter((one) => one === line).length;
        for (const side of [ours, theirs])
          for (const line of new Set(lines(side))) {
            const added = count(side, line) - count(before, line);
            if (added > 0) expect(count(result, line)).toBeGreaterThanOrEqual(added);
          }
        if ('conflicts' in merged)
          for (const { line, theirLine, ours: mine, theirs: other } of merged.conflicts) {
            const from = (of: string, at: number) =>
              of
                .split(/(?<=\n)/)
                .slice(at - 1)
                .join('');
            expect(from(ours, line).startsWith(mine)).toBe(true);
            expect(from(theirs, theirLine).startsWith(other)).toBe(true);
          }
      }),
      { numRuns: 1000 },
    );
  });

  test('what only one side changed is what that side has', () => {
    fc.assert(
      fc.property(text, text, (before, after) => {
        expect(mergeTexts(before, after, before)).toEqual({ text: after });
        expect(mergeTexts(before, before, after)).toEqual({ text: after });
        expect(mergeTexts(before, after, after)).toEqual({ text: after });
      }),
    );
  });
});

/** The repository after somebody else has changed files of it. */
const later = (...files: [path: string, text: string][]) =>
  repositoryOf([...new Map([...TEXTS, ...files])]);

describe('a change of a draft', () => {
  const text = repositoryOf().textOf(DOORS) ?? '';
  const begun = beginEdit(repositoryOf(), '0042', NOW) as Change;
  const change = withText(begun, DOORS, text.replace('Doors open', 'All doors open'));

  test('that is up to date stays the same', () => {
    expect(rebase(change, repositoryOf())).toEqual({ change, merged: [], behind: [] });
    expect(rebase(change, repositoryOf()).change).toBe(change);
  });

  test('is merged with what came since', () => {
    const theirs = text.replace('Doors are known', 'Doors are old');
    const { change: now, merged, behind } = rebase(change, later([DOORS, theirs]));
    expect({ merged, behind }).toEqual({ merged: [DOORS], behind: [] });
    expect(now.files).toEqual([
      { path: DOORS, before: theirs, after: theirs.replace('Doors open', 'All doors open') },
    ]);
  });

  test('is left as it is where both changed a line, with both texts to choose from', () => {
    const theirs = text.replace('Doors open', 'Some doors open');
    const { change: now, behind } = rebase(change, later([DOORS, theirs]));
    expect(now).toBe(change);
    expect(behind).toMatchObject([
      {
        path: DOORS,
        kind: 'conflict',
        theirs,
        conflicts: [{ ours: 'All doors open and shut.\n', theirs: 'Some doors open and shut.\n' }],
      },
    ]);
  });

  test('that has been taken up as it is has no difference left', () => {
    const [file] = change.files;
    const { change: now } = rebase(change, later([DOORS, file?.after ?? '']));
    expect(now.files).toEqual([{ path: DOORS, before: file?.after, after: file?.after }]);
  });

  test('of a file that is gone keeps its text, and says so', () => {
    const { change: now, behind } = rebase(
      change,
      repositoryOf(TEXTS.filter(([path]) => path !== DOORS)),
    );
    expect(now).toBe(change);
    expect(behind).toEqual([{ path: DOORS, kind: 'deleted' }]);
  });
});

describe('a new proposal', () => {
  const change = beginNew(
    repositoryOf(),
    { title: 'Windows', authors: ['A'], type: 'standards' },
    NOW,
  );
  const path = 'proposals/0043-windows/draft.md';
  const row = (slug: string, words: string, title: string) =>
    `| [${slug}](${slug}-${words}/draft.md) | ${title} | draft |\n`;
  const list = repositoryOf().textOf(LIST) ?? '';
  const gates: [string, string] = [
    'proposals/0043-gates/draft.md',
    proposal('Nothing.', { proposal: '43', title: 'Gates' }),
  ];

  test('keeps its row beside one that came at the same place', () => {
    const theirs = `${list}${row('0044', 'gates', 'Gates')}`;
    const { change: now, behind } = rebase(change, later([LIST, theirs]));
    expect(behind).toEqual([]);
    expect(now.files[1]).toEqual({
      path: LIST,
      before: theirs,
      after: `${list}${row('0043', 'windows', 'Windows')}${row('0044', 'gates', 'Gates')}`,
    });
  });

  test('whose number was given to another says so, and moves on to the next', () => {
    const theirs = `${list}${row('0043', 'gates', 'Gates')}`;
    const repository = later(gates, [LIST, theirs]);
    const { change: now, behind } = rebase(change, repository);
    expect(behind).toEqual([{ path, kind: 'taken', slug: '0043' }]);
    expect(now.files[0]).toEqual(change.files[0]);
    const moved = renumbered(now, path, repository);
    expect(moved.name).toBe('0044 Windows');
    expect(moved.files).toEqual([
      {
        path: 'proposals/0044-windows/draft.md',
        before: null,
        after: change.files[0]?.after.replace('proposal: 43', 'proposal: 44'),
      },
      { path: LIST, before: theirs, after: `${theirs}${row('0044', 'windows', 'Windows')}` },
    ]);
    expect(rebase(moved, repository)).toEqual({ change: moved, merged: [], behind: [] });
  });

  test('that has been taken up as it is has no difference left', () => {
    const [file] = change.files;
    const { change: now, behind } = rebase(change, later([path, file?.after ?? '']));
    expect(behind).toEqual([]);
    expect(now.files[0]).toEqual({ path, before: file?.after, after: file?.after });
  });

  test('only what is new has another number', () => {
    expect(renumbered(change, LIST, repositoryOf())).toBe(change);
    expect(renumbered(change, DOORS, repositoryOf())).toBe(change);
  });
});
