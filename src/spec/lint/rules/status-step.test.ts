import { describe, expect, test } from 'vitest';
import { STATUSES } from '../../model.ts';
import { leadsTo } from '../../status.ts';
import { crlf, finds, found, passes, passesAlone, proposal } from '../testing.ts';
import { statusStep } from './status-step.ts';

const now = (status: string) => proposal('Text.', { status, revision: '2' });
const publishedAs = (status: string, name = '0042-doors/v1') => ({
  beside: [[`proposals/${name}.md`, proposal('Text.', { status })]] as const,
});

describe('status-step', () => {
  test.each([
    ['review', 'draft', 'The next is last-call, withdrawn, rejected, deferred.'],
    ['accepted', 'review', 'The next is final, withdrawn, rejected, deferred.'],
    ['final', 'withdrawn', 'The next is superseded.'],
    ['final', 'accepted', 'The next is superseded.'],
    [
      'withdrawn',
      'draft',
      'A proposal that is withdrawn stays so: write a new one, which can begin with its text.',
    ],
    [
      'rejected',
      'final',
      'A proposal that is rejected stays so: write a new one, which can begin with its text.',
    ],
    [
      'superseded',
      'final',
      'A proposal that is superseded stays so: write a new one, which can begin with its text.',
    ],
  ])('from `%s` to `%s`', (before, status, hint) => {
    const message = `no legal step leads from \`${before}\`, the status that is published, to \`${status}\``;
    expect(finds(statusStep, now(`⌖${status}`), message, publishedAs(before))).toMatchObject({
      hint,
      endColumn: 9 + status.length,
    });
    finds(statusStep, crlf(now(`⌖${status}`)), message, publishedAs(before));
  });

  test('it says of every pair what the table of steps says', () => {
    for (const before of STATUSES) {
      for (const status of STATUSES) {
        const count = found(statusStep, now(status), publishedAs(before)).length;
        expect(count, `${before} → ${status}`).toBe(leadsTo(before, status) ? 0 : 1);
      }
    }
  });

  test('the last published revision counts, whatever the order of the files', () => {
    const beside = (['10', '2', '9'] as const).map(
      (revision) =>
        [
          `proposals/0042-doors/v${revision}.md`,
          proposal('', { status: revision === '10' ? 'final' : 'draft', revision }),
        ] as const,
    );
    const message = 'no legal step leads from `final`, the status that is published, to `review`';
    finds(statusStep, now('⌖review'), message, { beside });
  });

  test('also where another field of the draft cannot be read', () => {
    const text = now('⌖draft').replace('revision: 2', 'revision: two');
    const message = 'no legal step leads from `final`, the status that is published, to `draft`';
    finds(statusStep, text, message, publishedAs('final'));
  });

  test('without knowing what is published it is silent', () =>
    passesAlone(statusStep, now('superseded')));

  test.each<[what: string, text: string, rest?: Parameters<typeof passes>[2]]>([
    ['the same status', now('final'), publishedAs('final')],
    ['one step', now('final'), publishedAs('accepted')],
    ['several, taken between two revisions', now('superseded'), publishedAs('review')],
    ['a way out', now('deferred'), publishedAs('last-call')],
    ['nothing published', now('final')],
    ['another proposal', now('draft'), publishedAs('final', '0043-windows/v1')],
    ['a status that is none, the subject of metadata-value', now('drafted'), publishedAs('final')],
    ['no status', now('draft').replace('status: draft\n', ''), publishedAs('final')],
    ['a published text that cannot be read', now('draft'), publishedAs('finished')],
  ])('near miss: %s', (_, text, rest) => passes(statusStep, text, rest));
});
