// Steps of status: every pair of statuses, and what each step needs.

import { describe, expect, test } from 'vitest';
import { draftOf, libraryOf, publishedOf } from './lint/library.ts';
import type { Library } from './lint/rule.ts';
import { proposal } from './lint/testing.ts';
import { STATUSES, type Status } from './model.ts';
import { CONDITIONAL, CONDITIONAL_FIELDS, STEPS } from './status.ts';
import { lacking, step } from './step.ts';

const FILE = 'proposals/0042-doors/draft.md';
const VALUES: Readonly<Record<string, string>> = {
  'last-call-ends': '2026-12-22',
  resolution: 'Accepted as it stands.',
  'withdrawn-reason': 'Nobody wants doors.',
  'superseded-by': '43',
  implementations: '[One, Another]',
};
const needed = (status: Status) =>
  CONDITIONAL_FIELDS.filter((key) => CONDITIONAL[key].needs.includes(status));

/** A proposal in a status, with all that it needs; published as it stands, so that a last call can begin. */
function at(status: Status, text = 'Nothing binds.', rest: Partial<Library> = {}) {
  const fields = Object.fromEntries(needed(status).map((key) => [key, VALUES[key] ?? '']));
  const source = proposal(text, { status, revision: '2', ...fields }).replace(
    '- Revision 1',
    '- Revision 2: no change yet.\n- Revision 1',
  );
  const v1 = proposal(text, { status, ...fields });
  const successor = proposal('Nothing binds.', {
    proposal: '43',
    title: 'Gates',
    status: 'final',
    resolution: 'Yes.',
    replaces: '[42]',
    implementations: '[One, Another]',
  });
  const published = publishedOf(['proposals/0042-doors/v1.md', v1]);
  const drafts = [draftOf([FILE, source]), draftOf(['proposals/0043-gates/draft.md', successor])];
  const library = libraryOf(drafts, {
    published: published ? [published] : [],
    tests: new Map(),
    today: '2027-01-01',
    ...rest,
  });
  const [draft] = library.drafts;
  if (!draft) throw new Error('there is a draft');
  return { library, draft, source };
}

/** Fields for a step, as values. */
const fieldsFor = (status: Status) =>
  Object.fromEntries(
    needed(status).map((key) => [
      key,
      key === 'superseded-by'
        ? 43
        : key === 'implementations'
          ? ['One', 'Another']
          : // A last call that begins today.
            key === 'last-call-ends'
            ? '2027-01-15'
            : VALUES[key],
    ]),
  );

describe.each(STATUSES)('from %s', (from) => {
  test.each(STATUSES.filter((status) => status !== from))('to %s', (to) => {
    const { library, draft, source } = at(from);
    const result = step(library, draft, to, fieldsFor(to));
    if (STEPS[from].includes(to)) {
      expect(result).toMatchObject({ text: expect.stringContaining(`\nstatus: ${to}\n`) });
      if ('text' in result) {
        const changed = result.text.split('\n').filter((line) => !source.includes(line));
        expect(changed.every((line) => line.startsWith('status:') || /^[a-z-]+: /.test(line))).toBe(
          true,
        );
      }
    } else {
      expect(result).toMatchObject({ refused: expect.stringContaining('no step leads') });
    }
  });
});

describe('a step is refused', () => {
  test('to where the proposal is', () => {
    const { library, draft } = at('review');
    expect(step(library, draft, 'review')).toEqual({ refused: 'the proposal is already `review`' });
  });

  test.each(STATUSES.filter((status) => needed(status).length > 0))(
    'to %s without the fields that it needs',
    (to) => {
      const from = STATUSES.find((status) => STEPS[status].includes(to)) ?? 'draft';
      const { library, draft } = at(from);
      const missing = lacking(draft, to);
      if (missing.length === 0) return;
      expect(step(library, draft, to)).toEqual({
        refused: `\`${to}\` needs ${missing.map((key) => `\`${key}\``).join(', ')}`,
      });
    },
  );

  test('to review with a problem of the linter', () => {
    const { library, draft } = at('draft', 'The gateway MUST open the door.');
    expect(step(library, draft, 'review')).toMatchObject({
      refused: 'the linter would find problems as `review`',
      problems: [{ rule: 'keyword-in-notes' }],
    });
  });

  test('to last call with a requirement that no test names', () => {
    const text = 'r[door.opens]\nThe gateway MUST open the door.';
    const untested = at('review', text);
    expect(
      step(untested.library, untested.draft, 'last-call', fieldsFor('last-call')),
    ).toMatchObject({ problems: [{ rule: 'requirement-tested' }] });
    const tested = at('review', text, { tests: new Map([['door.opens', ['door.test.ts']]]) });
    expect(step(tested.library, tested.draft, 'last-call', fieldsFor('last-call'))).toHaveProperty(
      'text',
    );
  });

  test('to last call with a draft that is not published as it stands', () => {
    const { library } = at('review');
    const changed = draftOf([
      FILE,
      library.drafts[0]?.document.source.replace('Walls', 'Houses') ?? '',
    ]);
    expect(
      step(libraryOf([changed], { ...library }), changed, 'last-call', fieldsFor('last-call')),
    ).toEqual({ refused: 'a last call is about a published revision: publish the draft first' });
  });

  test('to accepted before the last call has ended', () => {
    const { library, draft } = at('last-call', 'Nothing binds.', { today: '2026-12-22' });
    expect(step(library, draft, 'accepted', fieldsFor('accepted'))).toEqual({
      refused: 'the last call goes on until 2026-12-22',
    });
  });

  test('to superseded by a proposal that is not final', () => {
    const { library, draft } = at('final');
    const [, successor] = library.drafts;
    const early = draftOf([
      'proposals/0043-gates/draft.md',
      successor?.document.source.replace('status: final', 'status: accepted') ?? '',
    ]);
    expect(
      step(libraryOf([draft, early], library), draft, 'superseded', { 'superseded-by': 43 }),
    ).toEqual({ refused: 'proposal 43 is not final yet' });
  });

  test('to superseded by one that does not exist', () => {
    const { library, draft } = at('final');
    expect(step(library, draft, 'superseded', { 'superseded-by': 99 })).toEqual({
      refused: 'proposal 99 does not exist',
    });
  });
});
