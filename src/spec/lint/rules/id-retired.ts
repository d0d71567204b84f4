import type { DraftRule } from '../rule.ts';
import { retiredIn } from '../subjects.ts';

export const idRetired: DraftRule = {
  id: 'id-retired',
  group: 'normative',
  severity: 'error',
  summary: 'An id that was retired is not used again.',
  why: 'Old tests, errors and links still mean what it meant then. Take another id.',
  wrong:
    '```retired\n- {id: door.opens, tombstone: Doors are gone.}\n```\n\nr[door.opens]\nThe gateway MUST open the door.',
  right:
    '```retired\n- {id: door.opens, tombstone: Doors are gone.}\n```\n\nr[door.swings]\nThe gateway MUST open the door.',
  *checkDraft({ document, template }, library) {
    if (template) return;
    const retired = retiredIn(library);
    for (const { id, start } of document.marked) {
      const entry = retired.get(id);
      if (!entry) continue;
      yield {
        at: start,
        end: start + id.length + 3,
        message: `\`${id}\` was retired in ${entry.file}:${entry.line}`,
        hint: entry.alias
          ? `It is \`${entry.alias}\` now. Choose another id for a new requirement.`
          : 'Choose another id.',
      };
    }
  },
};
