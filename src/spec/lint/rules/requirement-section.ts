import { sectionSpan } from '../../sections.ts';
import type { DraftRule } from '../rule.ts';

const INTERFACE = new Set<string>(['event', 'record', 'machine', 'feature']);

export const requirementSection: DraftRule = {
  id: 'requirement-section',
  group: 'normative',
  severity: 'error',
  summary:
    'Requirements and blocks of the kinds `event`, `record`, `machine` and `feature` stand in the section Specification.',
  why: 'What binds stands in one place. A sentence that binds and stands under Rationale is overlooked by whoever implements.',
  wrong: '## Specification\n\n## Rationale\n\nr[door.opens]\nThe gateway MUST open the door.',
  right: '## Specification\n\nr[door.opens]\nThe gateway MUST open the door.\n\n## Rationale',
  *checkDraft({ document, template }) {
    const span = sectionSpan(document, 'Specification');
    if (template || !span) return;
    const outside = (at: number) => at < span[0] || at >= span[1];
    const hint = 'Move it there.';
    for (const { id, start } of document.marked) {
      if (outside(start))
        yield {
          at: start,
          end: start + id.length + 3,
          message: `\`${id}\` stands outside of the section Specification`,
          hint,
        };
    }
    for (const { kind, start } of document.blocks) {
      if (INTERFACE.has(kind) && outside(start))
        yield {
          at: start,
          message: `this ${kind} block stands outside of the section Specification`,
          hint,
        };
    }
  },
};
