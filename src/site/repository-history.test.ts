// What the history of the repository says: dates of files, and steps of status.
import { expect, test } from 'vitest';
import { STATUSES } from '../spec/model.ts';
import { leadsTo } from '../spec/status.ts';
import { datesIn, fileDates, statusSteps, stepsIn } from './repository-history.ts';
import { proposals } from './specification.ts';

test('a file is dated by the commit that added it and by the last one that changed it', () => {
  const log =
    '\x002026-03-01\n\nM\tproposals/0003-http/draft.md\n' +
    '\x002026-02-01\n\nA\tproposals/0003-http/v1.md\nM\tproposals/0003-http/draft.md\n' +
    '\x002026-01-01\n\nA\tproposals/0003-http/draft.md\n';
  expect(Object.fromEntries(datesIn(log))).toEqual({
    'proposals/0003-http/draft.md': { added: '2026-01-01', changed: '2026-03-01' },
    'proposals/0003-http/v1.md': { added: '2026-02-01', changed: '2026-02-01' },
  });
  expect(datesIn('').size).toBe(0);
});

const at = (date: string, status: string, file = 'proposals/0003-http/draft.md') => ({
  file,
  date,
  text: `---\nproposal: 3\nstatus: ${status}\n---\n\n# HTTP\n`,
});

test('a proposal has each status from the first day on that its front matter says so', () => {
  const steps = stepsIn([
    at('2026-01-01', 'draft'),
    at('2026-02-01', 'review # at last'),
    at('2026-02-03', 'review', 'proposals/0003-web/draft.md'),
    at('2026-02-02', 'draft', 'proposals/0014-new/draft.md'),
    at('2026-03-01', '"last-call"'),
  ]);
  expect(Object.fromEntries(steps)).toEqual({
    '0003': [
      { status: 'draft', date: '2026-01-01' },
      { status: 'review', date: '2026-02-01' },
      { status: 'last-call', date: '2026-03-01' },
    ],
    '0014': [{ status: 'draft', date: '2026-02-02' }],
  });
});

test.each([
  ['no front matter', 'status: review\n'],
  ['a status in the text only', '---\nproposal: 3\n---\n\nstatus: review\n'],
  ['a status that there is not', '---\nstatus: done\n---\n'],
  ['a status that is no YAML', '---\nstatus: "review\n---\n'],
  ['a status that is no word', '---\nstatus: {review: 1}\n---\n'],
  ['nothing', ''],
])('%s is no step', (_, text) => {
  expect(stepsIn([{ file: 'proposals/0003-http/draft.md', date: '2026-01-01', text }]).size).toBe(
    0,
  );
});

test('where this repository has its history, its steps are legal and end where the drafts are', () => {
  for (const { slug, proposal } of proposals) {
    const steps = statusSteps().get(slug) ?? [];
    if (!fileDates().has(proposal.file)) {
      expect(steps).toEqual([]);
      continue;
    }
    const own = steps.map(({ status }) => status);
    expect(own.length, slug).toBeGreaterThan(0);
    for (const [index, status] of own.entries()) {
      expect(STATUSES).toContain(status);
      if (index > 0) expect(leadsTo(own[index - 1] ?? status, status), slug).toBe(true);
    }
  }
});
