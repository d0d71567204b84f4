import { describe, expect, test } from 'vitest';
import { found, passes, passesAlone, proposal } from '../testing.ts';
import { publishedNumbered } from './published-numbered.ts';

const said = (number: string, revision: string) => proposal('', { proposal: number, revision });
const text = (revision: number, words = said('42', String(revision)), folder = '0042-doors') =>
  [`proposals/${folder}/v${revision}.md`, words] as const;
const all = (...beside: readonly (readonly [string, string])[]) =>
  found(publishedNumbered, proposal(''), { beside }).map(
    ({ file, line, column, message }) => `${file.slice(10)}:${line}:${column} ${message}`,
  );

describe('published-numbered', () => {
  test('gaps, at the text behind each', () => {
    expect(all(text(2), text(3), text(10))).toEqual([
      '0042-doors/v10.md:1:1 revision 10 is published, and 9 is not',
      '0042-doors/v2.md:1:1 revision 2 is published, and 1 is not',
    ]);
  });

  test('a revision of another folder does not fill a gap', () => {
    expect(all(text(1, said('43', '1'), '0043-windows'), text(2))).toEqual([
      '0042-doors/v2.md:1:1 revision 2 is published, and 1 is not',
    ]);
  });

  test.each<[what: string, words: string, problems: string[]]>([
    ['another revision', said('42', '2'), ['10:11 `revision` is 2, and the path says 1']],
    ['another number', said('41', '1'), ['2:11 `proposal` is 41, and the path says 42']],
    [
      'both, from Windows',
      said('0', '12').replaceAll('\n', '\r\n'),
      ['2:11 `proposal` is 0, and the path says 42', '10:11 `revision` is 12, and the path says 1'],
    ],
    [
      'text instead of a number',
      said('42', '"1"').replace('"1"', 'erste'),
      ['10:11 `revision` is no number, and the path says 1'],
    ],
    [
      'no revision',
      said('42', '1').replace('revision: 1\n', ''),
      ['1:1 the front matter does not say `revision: 1`'],
    ],
    [
      'nothing',
      '',
      [
        '1:1 the front matter does not say `proposal: 42`',
        '1:1 the front matter does not say `revision: 1`',
      ],
    ],
  ])('the front matter says %s', (_, words, problems) => {
    expect(all(text(1, words))).toEqual(problems.map((problem) => `0042-doors/v1.md:${problem}`));
  });

  test('its hint', () => {
    const [problem] = found(publishedNumbered, proposal(''), { beside: [text(2)] });
    expect(problem?.hint).toBe('Restore what was published, or delete what was copied by hand.');
  });

  test.each<[what: string, ...beside: (readonly [string, string])[]]>([
    ['from 1 without gaps, in any order', text(3), text(1), text(2)],
    ['more than nine', ...Array.from({ length: 11 }, (_, index) => text(index + 1))],
    [
      'a field that was legal when it was published',
      text(1, said('42', '1').replace('status: draft', 'status: active')),
    ],
    [
      'a field that is needed only now',
      text(1, said('42', '1').replace('discussion: repository\n', '')),
    ],
    [
      'files that are no revisions',
      ['proposals/0042-doors/v0.md', ''],
      ['proposals/0042-doors/v3.md.orig', ''],
    ],
    ['nothing'],
  ])('near miss: %s', (_, ...beside) => expect(all(...beside)).toEqual([]));

  test('near miss: the draft is not published yet', () => {
    passes(publishedNumbered, proposal('', { revision: '7' }));
    passesAlone(publishedNumbered, proposal('', { revision: '7' }));
  });
});
