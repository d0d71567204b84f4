// What Reset takes away and brings back, line by line.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { differences } from './difference.ts';

const EXAMPLE = { 'app.ts': 'a\nb\nc\n', 'requests.http': 'GET /\n' };

describe('what Reset does', () => {
  test('is nothing to files that are as they were', () => {
    expect(differences(EXAMPLE, EXAMPLE)).toEqual([]);
  });

  test('takes lines of the reader away and brings lines of the example back', () => {
    expect(differences(EXAMPLE, { ...EXAMPLE, 'app.ts': 'a\nmine\nalso mine\nc\n' })).toEqual([
      {
        path: 'app.ts',
        kind: 'changed',
        taken: 2,
        back: 1,
        hunks: [
          [
            { kind: 'same', text: 'a', line: 1 },
            { kind: 'taken', text: 'mine', line: 2 },
            { kind: 'taken', text: 'also mine', line: 3 },
            { kind: 'back', text: 'b', line: undefined },
            { kind: 'same', text: 'c', line: 4 },
          ],
        ],
      },
    ]);
  });

  test('takes a file of the reader away', () => {
    const [file] = differences(EXAMPLE, { ...EXAMPLE, 'mine.ts': 'x' });
    expect(file).toMatchObject({ path: 'mine.ts', kind: 'created', taken: 1, back: 0 });
  });

  test('tells of a file of the reader that is empty', () => {
    const [file] = differences(EXAMPLE, { ...EXAMPLE, 'mine.ts': '' });
    expect(file).toMatchObject({ path: 'mine.ts', kind: 'created', hunks: [] });
  });

  test('brings a file of the example back', () => {
    const [file] = differences(EXAMPLE, { 'app.ts': EXAMPLE['app.ts'] });
    expect(file).toMatchObject({ path: 'requests.http', kind: 'deleted', taken: 0, back: 1 });
  });

  test('shows three lines around a change, and places far apart by themselves', () => {
    const lines = Array.from({ length: 40 }, (_, index) => `${index + 1}`);
    const changed = lines.with(4, 'mine').with(34, 'mine too');
    const [file] = differences({ a: lines.join('\n') }, { a: changed.join('\n') });
    expect(file?.hunks.map((hunk) => [hunk[0]?.line, hunk.at(-1)?.line])).toEqual([
      [2, 8],
      [32, 38],
    ]);
  });
});

test('what is taken and what stays is the text of the reader, and what comes back and stays that of the example', () => {
  const text = fc.array(fc.constantFrom('a', 'b', '', 'c c'), { maxLength: 4 });
  fc.assert(
    fc.property(text, text, (before, now) => {
      const join = (lines: readonly string[]) => lines.map((line) => `${line}\n`).join('');
      const [file] = differences({ a: join(before) }, { a: join(now) });
      if (!file) {
        expect(join(before)).toBe(join(now));
        return;
      }
      const lines = file.hunks.flat();
      const without = (kind: string) =>
        lines.filter((line) => line.kind !== kind).map((line) => line.text);
      expect(without('back')).toEqual(now);
      expect(without('taken')).toEqual(before);
    }),
  );
});
