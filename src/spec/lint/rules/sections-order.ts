import { endOf } from '../../document.ts';
import { SECTIONS, sectionsOf } from '../../sections.ts';
import type { DraftRule } from '../rule.ts';

export const sectionsOrder: DraftRule = {
  id: 'sections-order',
  group: 'structure',
  severity: 'error',
  summary: 'The sections stand in the order of the template, each once.',
  why: 'Summary and motivation come before what is specified, reasons after it: so a reader can stop early.',
  wrong: '## Motivation\n\n## Summary',
  right: '## Summary\n\n## Motivation',
  *checkDraft({ document }) {
    const seen = new Set<string>();
    let last = -1;
    for (const { heading } of sectionsOf(document)) {
      const rank = (SECTIONS as readonly string[]).indexOf(heading.text);
      if (rank < 0) continue;
      const place = { at: heading.start, end: endOf(heading.node) };
      if (seen.has(heading.text)) {
        yield {
          ...place,
          message: `the section “${heading.text}” stands twice`,
          hint: 'Put both into the first.',
        };
        continue;
      }
      seen.add(heading.text);
      // Only what stands directly before it counts: one section at the wrong place is one finding.
      if (rank < last) {
        yield {
          ...place,
          message: `the section “${heading.text}” stands behind “${SECTIONS[last]}”`,
          hint: `The order is ${SECTIONS.join(', ')}.`,
        };
      }
      last = rank;
    }
  },
};
