// What each status waits for, who acts first, and that nobody waits at an end.

import { describe, expect, test } from 'vitest';
import { draftOf, libraryOf, publishedOf } from './lint/library.ts';
import { proposal } from './lint/testing.ts';
import { STATUSES } from './model.ts';
import { STEPS } from './status.ts';
import { waitingFor } from './waiting.ts';

const RULE = 'r[door.opens]\nThe gateway MUST open the door.';
const RESOLVED = { resolution: 'Yes.' };

/** What proposal 42 waits for, published as it stands unless said otherwise, beside proposal 43 in a status. */
function waiting(
  text: string,
  fields: Readonly<Record<string, string>>,
  { tests = [] as string[], published = true, beside = 'final' } = {},
) {
  const source = proposal(text, fields);
  const v1 = publishedOf(['proposals/0042-doors/v1.md', source]);
  const library = libraryOf(
    [
      draftOf(['proposals/0042-doors/draft.md', source]),
      draftOf([
        'proposals/0043-gates/draft.md',
        proposal('None.', { proposal: '43', status: beside }),
      ]),
    ],
    {
      published: published && v1 ? [v1] : [],
      tests: new Map(tests.map((id) => [id, ['a.test.ts']])),
    },
  );
  const [draft] = library.drafts;
  if (!draft) throw new Error('there is a draft');
  return waitingFor(draft, library);
}

test.each<
  [string, string, Readonly<Record<string, string>>, Parameters<typeof waiting>[2], string[]]
>([
  ['a draft', RULE, { status: 'draft' }, {}, ['authors Ask for review']],
  [
    'a draft with text of the template',
    'A.\n\n<!-- template: write -->',
    { status: 'draft' },
    {},
    ['authors Fill what is missing or still the template’s, in 1 place', 'authors Ask'],
  ],
  [
    'a review without tests',
    RULE,
    { status: 'review' },
    {},
    [
      'authors Write a test or an exemption door.opens',
      'reviewers Object',
      'editors Begin the last call',
    ],
  ],
  [
    'a review with them',
    RULE,
    { status: 'review' },
    { tests: ['door.opens'] },
    ['reviewers Object', 'editors Begin the last call'],
  ],
  [
    'a review of what was not published',
    'None.',
    { status: 'review' },
    { published: false },
    ['reviewers Object', 'editors Publish revision 1', 'editors Begin the last call'],
  ],
  [
    'a review of what requires a proposal that is behind',
    'None.',
    { status: 'review', requires: '[43]' },
    { beside: 'review' },
    ['reviewers', 'editors Bring what it requires as far as its last call 0043', 'editors'],
  ],
  [
    'a last call',
    RULE,
    { status: 'last-call', 'last-call-ends': '2026-12-20' },
    {},
    ['reviewers Object until', 'editors Write the resolution'],
  ],
  [
    'one that is accepted, with one implementation',
    RULE,
    { status: 'accepted', implementations: '[One]', ...RESOLVED },
    {},
    ['implementers Pass its tests: one implementation is named', 'editors Make it final'],
  ],
  [
    'one that is accepted, with two',
    RULE,
    { status: 'accepted', implementations: '[One, Another]', ...RESOLVED },
    {},
    ['editors Make it final'],
  ],
  [
    'one that is accepted and has nothing to implement',
    'None.',
    { status: 'accepted', ...RESOLVED },
    {},
    ['editors Make it final'],
  ],
])('%s', (_, text, fields, options, expected) => {
  const { needs } = waiting(text, fields, options);
  expect(needs.map(({ who, what, about = [] }) => [who, what, ...about].join(' '))).toEqual(
    expected.map((words) => expect.stringMatching(`^${words}`)),
  );
});

test('points that are open are counted, and “None.” is none', () => {
  expect(waiting('None.', {}).openIssues).toBe(0);
  const source = proposal('None.').replace(
    '## Open issues\n\nNone.',
    '## Open issues\n\n- A.\n- B.\n  - C.',
  );
  const draft = draftOf(['proposals/0042-doors/draft.md', source]);
  expect(waitingFor(draft, libraryOf([draft])).openIssues).toBe(2);
});

describe.each(STATUSES)('in %s', (status) => {
  const fields = { status, ...RESOLVED, 'last-call-ends': '2026-12-20' };
  const { next, needs, ends } = waiting('None.', fields);

  test('the step that leads on is a legal one, and somebody acts unless it is settled', () => {
    if (next === undefined) expect(STEPS[status]).toEqual([]);
    else expect(STEPS[status]).toContain(next);
    expect(needs.length > 0).toBe(next !== undefined && status !== 'final');
  });

  test('the last day is told in the last call alone', () => {
    expect(ends).toBe(status === 'last-call' ? '2026-12-20' : undefined);
  });
});
