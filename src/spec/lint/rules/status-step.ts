import { STATUSES } from '../../model.ts';
import { leadsTo, STEPS } from '../../status.ts';
import type { DraftRule } from '../rule.ts';
import { entryOf, latestOf } from '../subjects.ts';

export const statusStep: DraftRule = {
  id: 'status-step',
  group: 'metadata',
  severity: 'error',
  summary: 'Legal steps lead from the status of the last published revision to that of the draft.',
  why: 'A proposal does not go back, and one that was rejected does not become final. Proposal 1 has the steps.',
  wrong: 'v1.md says `status: accepted`, draft.md says `status: review`',
  right: 'v1.md says `status: accepted`, draft.md says `status: final`',
  language: 'text',
  *checkDraft(draft, library) {
    const entry = entryOf(draft, 'status');
    const status = STATUSES.find((name) => name === entry?.value);
    const before = latestOf(draft, library)?.proposal.frontMatter.status;
    if (!entry || !status || before === undefined || leadsTo(before, status)) return;
    yield {
      at: entry.valueStart,
      end: entry.valueEnd,
      message: `no legal step leads from \`${before}\`, the status that is published, to \`${status}\``,
      hint:
        STEPS[before].length === 0
          ? `A proposal that is ${before} stays so: write a new one, which can begin with its text.`
          : `The next is ${STEPS[before].join(', ')}.`,
    };
  },
};
