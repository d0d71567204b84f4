import { STATUSES } from '../../model.ts';
import { CONDITIONAL, CONDITIONAL_FIELDS } from '../../status.ts';
import type { DraftRule } from '../rule.ts';
import { entryOf } from '../subjects.ts';

export const conditionalFields: DraftRule = {
  id: 'conditional-fields',
  group: 'metadata',
  severity: 'error',
  summary:
    'A status has the fields that it needs, filled in, and none that belongs to another status.',
  why: 'A last call has an end, an acceptance has a resolution that can be read, a withdrawn proposal says why, and one that is superseded says by what.',
  wrong: 'status: last-call',
  right: 'status: last-call\nlast-call-ends: 2026-12-22',
  language: 'yaml',
  *checkDraft(draft) {
    const status = entryOf(draft, 'status');
    const here = STATUSES.find((name) => name === status?.value);
    if (!status || !here) return;
    for (const key of CONDITIONAL_FIELDS) {
      const { needs, allows } = CONDITIONAL[key];
      const entry = entryOf(draft, key);
      // Where nothing binds there is nothing to implement.
      if (key === 'implementations' && draft.proposal.requirements.length === 0) continue;
      if (!entry && needs.includes(here)) {
        yield {
          at: status.valueStart,
          end: status.valueEnd,
          message: `the status \`${here}\` needs the field \`${key}\``,
          hint: `Add a line such as \`${key}: …\`.`,
        };
      } else if (entry && isEmpty(entry.value) && needs.includes(here)) {
        yield {
          at: entry.valueStart,
          end: entry.valueEnd,
          message: `the status \`${here}\` needs the field \`${key}\`, which is empty`,
          hint: 'Fill it in.',
        };
      } else if (entry && !needs.includes(here) && !allows.includes(here)) {
        yield {
          at: entry.keyStart,
          end: entry.keyStart + key.length,
          message: `\`${key}\` does not belong to the status \`${here}\``,
          hint: `It belongs to ${[...needs, ...allows].join(', ')}: delete the line.`,
        };
      }
    }
  },
};

/** Whether a value says nothing. One that is missing or of another kind is the subject of metadata-value. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'string'
    ? value.trim() === ''
    : Array.isArray(value) && value.length === 0;
}
