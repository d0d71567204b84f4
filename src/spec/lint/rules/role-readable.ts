import { REQUIREMENT_ID } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const roleReadable: DraftRule = {
  id: 'role-readable',
  group: 'normative',
  severity: 'error',
  summary:
    'A requirement begins with whom it binds: “The gateway”, “The application” or “Middleware”.',
  why: 'Whoever implements one side reads only what binds that side, and the site filters by it. A sentence in the passive binds nobody.',
  wrong: 'r[door.opens]\nThe door MUST be opened.',
  right: 'r[door.opens]\nThe gateway MUST open the door.',
  essential: true,
  *checkDraft({ document }) {
    for (const { id, bodyStart, keywords, role } of document.marked) {
      if (role || keywords.length !== 1 || !REQUIREMENT_ID.test(id)) continue;
      yield {
        at: bodyStart,
        message: `\`${id}\` does not begin by naming whom it binds`,
        hint: 'Begin with “The gateway”, “The application” or “Middleware”.',
      };
    }
  },
};
