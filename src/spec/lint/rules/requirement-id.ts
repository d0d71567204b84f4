import { REQUIREMENT_ID } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const requirementId: DraftRule = {
  id: 'requirement-id',
  group: 'normative',
  severity: 'error',
  summary: 'The id of a requirement is lowercase words joined by dots and hyphens, two or more.',
  why: 'Ids stand in tests, errors, traces and addresses, so they are short, speakable and the same everywhere. Dots follow the subject: `http.start-once`.',
  wrong: 'r[HTTP start]\nThe gateway MUST reject a second start.',
  right: 'r[http.start-once]\nThe gateway MUST reject a second start.',
  essential: true,
  *checkDraft({ document }) {
    for (const { id, start } of document.marked) {
      if (REQUIREMENT_ID.test(id)) continue;
      yield {
        at: start,
        end: start + id.length + 3,
        message: `\`${id}\` is not a requirement id`,
        hint: 'Lowercase words joined by dots and hyphens, two or more, such as `http.start-once`.',
      };
    }
  },
};
