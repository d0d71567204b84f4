import { slugOf } from '../library.ts';
import type { DraftRule } from '../rule.ts';
import { entryOf, latestOf, missingRevisions } from '../subjects.ts';

export const revisionNext: DraftRule = {
  id: 'revision-next',
  group: 'metadata',
  severity: 'error',
  summary: '`revision` of a draft is one more than the last that is published; the first is 1.',
  why: 'It is the number under which the draft will be published. `portway proposal publish` raises it.',
  wrong: 'revision: 3 where v1.md is the last',
  right: 'revision: 2 where v1.md is the last',
  fixes: true,
  language: 'text',
  *checkDraft(draft, library) {
    const entry = entryOf(draft, 'revision');
    if (draft.template || !library.published || typeof entry?.value !== 'number') return;
    // What is missing is to be restored, not to be counted anew.
    const missing = [...missingRevisions(library)];
    if (missing.some((name) => name.startsWith(`${slugOf(draft)}/`))) return;
    const expected = (latestOf(draft, library)?.revision ?? 0) + 1;
    if (entry.value === expected) return;
    yield {
      at: entry.valueStart,
      end: entry.valueEnd,
      message: `the revision is ${entry.value}, and the next to be published is ${expected}`,
      hint: `Write \`revision: ${expected}\`.`,
      fix: [{ start: entry.valueStart, end: entry.valueEnd, text: String(expected) }],
    };
  },
};
