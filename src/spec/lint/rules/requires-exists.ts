import type { DraftRule } from '../rule.ts';
import { itemSpan, numberOf, numbersOf, relationsOf } from '../subjects.ts';

export const requiresExists: DraftRule = {
  id: 'requires-exists',
  group: 'graph',
  severity: 'error',
  summary: 'A proposal that the front matter names exists, and is not the proposal itself.',
  why: '`requires`, `replaces` and `superseded-by` are links, and the order of reading is made from them.',
  wrong: 'requires: [99] where there is no proposal 99',
  right: 'requires: [2] where there is a proposal 2',
  language: 'text',
  *checkDraft(draft, library) {
    if (draft.template) return;
    const numbers = numbersOf(library);
    for (const { key, number, entry, index } of relationsOf(draft)) {
      const own = number === numberOf(draft);
      if (!own && numbers.has(number)) continue;
      yield {
        ...itemSpan(draft, entry, index),
        message: own
          ? `\`${key}\` names the proposal itself`
          : `\`${key}\` names proposal ${number}, which does not exist`,
        hint: own ? 'Take it out.' : 'Write the number of another, or take it out.',
      };
    }
  },
};
