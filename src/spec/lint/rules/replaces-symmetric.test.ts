import { describe, expect, test } from 'vitest';
import { STATUSES } from '../../model.ts';
import { stability } from '../../status.ts';
import { crlf, finds, found, passes, proposal } from '../testing.ts';
import { replacesSymmetric } from './replaces-symmetric.ts';

type Fields = Readonly<Record<string, string>>;
const other = (fields: Fields, number = 7) =>
  [
    `proposals/000${number}-gates/draft.md`,
    proposal('', { proposal: String(number), ...fields }),
  ] as const;
const beside = (...fields: readonly Fields[]) => ({
  beside: fields.map((all, index) => other(all, 7 + index)),
});
const own = (fields: Fields) => proposal('Text.', fields);

describe('replaces-symmetric: superseded-by', () => {
  const superseded = own({ status: 'superseded', 'superseded-by': '⌖7' });
  const message = 'proposal 7 does not name 42 in `replaces`';

  test.each<[what: string, fields: Fields, hint: string]>([
    ['nothing', { status: 'final' }, 'Add the line `replaces: [42]` there.'],
    ['others', { status: 'final', replaces: '[4, 2]' }, 'Add 42 to its `replaces`.'],
    ['it in another field', { requires: '[42]' }, 'Add the line `replaces: [42]` there.'],
  ])('is not answered by a proposal that names %s', (_, fields, hint) => {
    const problem = finds(replacesSymmetric, superseded, message, beside(fields));
    expect(problem).toMatchObject({ hint, endColumn: 17 });
    finds(replacesSymmetric, crlf(superseded), message, beside(fields));
  });

  test('is to be answered whatever the status of either, and behind other alphabets', () => {
    const text = own({ resolution: 'Türen 🚪', 'superseded-by': '⌖7' });
    finds(replacesSymmetric, text, message, beside({ status: 'draft' }));
  });

  test.each(STATUSES)('is answered by `replaces`, here of a proposal that is `%s`', (status) => {
    const fields = { status, replaces: '[4, 42]' };
    passes(replacesSymmetric, superseded.replace('⌖', ''), beside(fields));
  });
});

describe('replaces-symmetric: replaces', () => {
  const replacing = own({ status: 'final', replaces: '[8, ⌖7]' });
  const message = 'proposal 7 is superseded, and does not say `superseded-by: 42`';

  test.each<[what: string, fields: Fields, hint: string]>([
    ['nothing', {}, 'Add that line there.'],
    ['another', { 'superseded-by': '8' }, 'It names 8. One of the two is wrong.'],
  ])('of a final proposal, and the other is superseded and names %s', (_, fields, hint) => {
    const both = beside({ status: 'superseded', ...fields }, { replaces: '[7]' });
    const problem = finds(replacesSymmetric, replacing, message, both);
    expect(problem).toMatchObject({ hint, endColumn: 16 });
    finds(replacesSymmetric, crlf(replacing), message, both);
  });

  test('of one that was final, and is superseded itself', () => {
    const text = own({ status: 'superseded', 'superseded-by': '8', replaces: '[⌖7]' });
    const others = beside({ status: 'superseded' }, { replaces: '[42]' });
    finds(replacesSymmetric, text, message, others);
  });

  test.each(STATUSES.filter((status) => status !== 'superseded'))(
    'says nothing before the step is taken: the other is still `%s`',
    (status) => passes(replacesSymmetric, replacing.replace('⌖', ''), beside({ status }, {})),
  );

  test.each(STATUSES.filter((status) => stability(status) < stability('final')))(
    'says nothing while it is `%s` itself, and has taken no place',
    (status) => {
      const text = own({ status, replaces: '[7]' });
      passes(replacesSymmetric, text, beside({ status: 'superseded', 'superseded-by': '8' }));
    },
  );

  test('is answered by `superseded-by`', () => {
    const answered = { status: 'superseded', 'superseded-by': '42' };
    passes(replacesSymmetric, replacing.replace('⌖', ''), beside(answered, answered));
  });
});

describe('replaces-symmetric: both', () => {
  test('a pair of which neither names the other rightly is found at both', () => {
    const text = own({ status: 'final', replaces: '[7]' });
    const others = beside(
      { status: 'superseded', 'superseded-by': '8' },
      { status: 'final', replaces: '[9]' },
    );
    const problems = found(replacesSymmetric, text, others);
    expect(problems.map(({ file, line, message: words }) => [file, line, words])).toEqual([
      ['proposals/0007-gates/draft.md', 11, 'proposal 8 does not name 7 in `replaces`'],
      [
        'proposals/0042-doors/draft.md',
        11,
        'proposal 7 is superseded, and does not say `superseded-by: 42`',
      ],
    ]);
  });

  test.each<[what: string, text: string, rest: Parameters<typeof passes>[2]]>([
    ['a number that does not exist', own({ 'superseded-by': '99', replaces: '[98]' }), {}],
    ['its own number', own({ status: 'final', 'superseded-by': '42', replaces: '[42]' }), {}],
    [
      'a proposal that cannot be read',
      own({ 'superseded-by': '7' }),
      { beside: [['proposals/0007-gates/draft.md', '# Gates\n']] },
    ],
    [
      'the template',
      own({ proposal: '0', 'superseded-by': '7' }),
      { ...beside({}), file: 'proposals/0000-template/draft.md' },
    ],
  ])('near miss: %s', (_, text, rest) => passes(replacesSymmetric, text, rest));
});
