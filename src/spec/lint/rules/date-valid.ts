import { isDay } from '../../calendar.ts';
import type { DraftRule } from '../rule.ts';
import { entryOf } from '../subjects.ts';

export const dateValid: DraftRule = {
  id: 'date-valid',
  group: 'metadata',
  severity: 'error',
  summary:
    'Dates are days of the calendar, written `YYYY-MM-DD`; `created` is not after today in UTC, and the last call ends after `created`.',
  why: 'Dates are compared and sorted by programs. A day that does not exist, or an order of the parts that only some readers know, leads to a last call that ends at the wrong time.',
  wrong: 'created: 22.11.2026',
  right: 'created: 2026-11-22',
  language: 'yaml',
  *checkDraft(draft, { today }) {
    const created = entryOf(draft, 'created');
    const ends = entryOf(draft, 'last-call-ends');
    for (const entry of [created, ends]) {
      if (typeof entry?.value !== 'string' || isDay(entry.value)) continue;
      yield {
        at: entry.valueStart,
        end: entry.valueEnd,
        message: `\`${entry.value}\` is not a day of the calendar`,
        hint: 'Write it like 2026-11-22.',
      };
    }
    const begun = created?.value;
    if (!created || !isDay(begun)) return;
    if (today !== undefined && begun > today) {
      yield {
        at: created.valueStart,
        end: created.valueEnd,
        message: `\`created\` is ${begun}, which is after today, ${today} in UTC`,
        hint: 'Write the day on which the proposal was begun.',
      };
    }
    if (ends && isDay(ends.value) && ends.value <= begun) {
      yield {
        at: ends.valueStart,
        end: ends.valueEnd,
        message: `the last call ends on ${ends.value}, which is not after ${begun}, when the proposal was begun`,
        hint: 'Write the last day of the last call.',
      };
    }
  },
};
