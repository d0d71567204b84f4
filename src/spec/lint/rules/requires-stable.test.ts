import { describe, expect, test } from 'vitest';
import { STATUSES, type Status } from '../../model.ts';
import { crlf, finds, findsAll, found, passes, proposal } from '../testing.ts';
import { requiresStable } from './requires-stable.ts';

const other = (status: string, number = 43) =>
  [
    `proposals/00${number}-windows/draft.md`,
    proposal('', { proposal: String(number), status }),
  ] as const;
const with43 = (status: string) => ({ beside: [other(status)] });
const own = (status: string, requires = '[⌖43]') => proposal('Text.', { status, requires });

describe('requires-stable', () => {
  test.each<[status: Status, theirs: Status, hint: string]>([
    ['review', 'draft', 'Bring proposal 43 to `review` first.'],
    ['last-call', 'review', 'Bring proposal 43 to `last-call` first.'],
    ['final', 'accepted', 'Bring proposal 43 to `final` first.'],
    ['final', 'draft', 'Bring proposal 43 to `final` first.'],
    ['superseded', 'accepted', 'Bring proposal 43 to `superseded` first.'],
    ['draft', 'withdrawn', 'Take it out, and what is needed from it into this text.'],
    ['review', 'rejected', 'Take it out, and what is needed from it into this text.'],
    ['final', 'deferred', 'Take it out, and what is needed from it into this text.'],
  ])('`%s` on `%s`', (status, theirs, hint) => {
    const message = `this proposal is \`${status}\` and requires proposal 43, which is \`${theirs}\``;
    expect(finds(requiresStable, own(status), message, with43(theirs))).toMatchObject({
      hint,
      endColumn: 14,
    });
    finds(requiresStable, crlf(own(status)), message, with43(theirs));
  });

  test('each of several, at its own place', () => {
    const beside = [other('draft'), other('final', 44), other('withdrawn', 45)];
    findsAll(
      requiresStable,
      own('review', '\n  - ⌖43\n  - 44 # 🚪\n  - ⌖45'),
      [
        'this proposal is `review` and requires proposal 43, which is `draft`',
        'this proposal is `review` and requires proposal 45, which is `withdrawn`',
      ],
      { beside },
    );
  });

  test('it passes what has come as far or further, in the order of the first five', () => {
    const order = ['draft', 'review', 'last-call', 'accepted', 'final'];
    const rank = (status: Status) =>
      status === 'superseded' ? order.indexOf('final') : order.indexOf(status);
    for (const status of STATUSES) {
      for (const theirs of STATUSES) {
        const count = found(requiresStable, own(status).replace('⌖', ''), with43(theirs)).length;
        expect(count, `${status} on ${theirs}`).toBe(rank(theirs) < rank(status) ? 1 : 0);
      }
    }
  });

  test.each<[what: string, text: string, rest: Parameters<typeof passes>[2]]>([
    ['replaces a draft', proposal('', { status: 'final', replaces: '[43]' }), with43('draft')],
    [
      'is superseded by a final one',
      proposal('', { status: 'superseded', 'superseded-by': '43' }),
      with43('final'),
    ],
    ['requires one that does not exist', own('final', '[99]'), with43('draft')],
    ['requires itself', own('final', '[42]'), {}],
    [
      'requires one that cannot be read',
      own('final', '[43]'),
      {
        beside: [
          ['proposals/0043-windows/draft.md', proposal('', { proposal: '43', status: 'drafted' })],
        ],
      },
    ],
    ['cannot be read itself', own('final', '[43]').replace('revision: 1', ''), with43('draft')],
    [
      'is the template',
      proposal('', { proposal: '0', status: 'final', requires: '[43]' }),
      { ...with43('draft'), file: 'proposals/0000-template/draft.md' },
    ],
  ])('near miss: it %s', (_, text, rest) => passes(requiresStable, text, rest));
});
