import type { DraftRule } from '../rule.ts';

export const requirementPlace: DraftRule = {
  id: 'requirement-place',
  group: 'normative',
  severity: 'error',
  summary:
    'A marker such as `r[http.start-once]` begins a paragraph of its own, outside of lists and quotations.',
  why: 'A marker anywhere else is text: nothing is read from it, and what looks binding is not. Put an empty line before it.',
  wrong: 'Some text.\nr[door.opens]\nThe gateway MUST open the door.',
  right: 'Some text.\n\nr[door.opens]\nThe gateway MUST open the door.',
  essential: true,
  *checkDraft({ document }) {
    for (const { text, start } of document.strayMarkers) {
      yield {
        at: start,
        end: start + text.length,
        message: `\`${text}\` does not begin a paragraph of its own, so nothing is read from it`,
        hint: 'Put an empty line before it, outside of lists and quotations.',
      };
    }
  },
};
