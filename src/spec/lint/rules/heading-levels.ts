import { endOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const headingLevels: DraftRule = {
  id: 'heading-levels',
  group: 'structure',
  severity: 'error',
  summary: 'No level of heading is skipped.',
  why: 'The table of contents is made from the levels, and so is what a screen reader tells its user. After `##` comes `###`, not `####`.',
  wrong: '## Specification\n\n#### The door',
  right: '## Specification\n\n### The door',
  *checkDraft({ document }) {
    let last = 1;
    for (const { depth, start, node, text } of document.headings) {
      if (depth > last + 1) {
        yield {
          at: start,
          end: endOf(node),
          message: `“${text}” is a heading of level ${depth} below one of level ${last}`,
          hint: `Write it with ${'#'.repeat(last + 1)}.`,
        };
      }
      last = depth;
    }
  },
};
