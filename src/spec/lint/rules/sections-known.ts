import { endOf } from '../../document.ts';
import { SECTIONS, sectionsOf } from '../../sections.ts';
import type { DraftRule } from '../rule.ts';
import { nearest } from '../subjects.ts';

export const sectionsKnown: DraftRule = {
  id: 'sections-known',
  group: 'structure',
  severity: 'error',
  summary: 'Headings of the second level are those of the nine sections.',
  why: 'What is proposed stands under Specification, at the third level and below. A section of another name is not found by somebody who looks for it.',
  wrong: '## Security',
  right: '## Security considerations',
  *checkDraft({ document }) {
    const names: readonly string[] = SECTIONS;
    for (const { heading } of sectionsOf(document)) {
      if (names.includes(heading.text)) continue;
      const meant =
        names.find(
          (name) =>
            heading.text !== '' && name.toLowerCase().startsWith(heading.text.toLowerCase()),
        ) ?? nearest(heading.text, names);
      yield {
        at: heading.start,
        end: endOf(heading.node),
        message: `“${heading.text}” is not one of the sections`,
        hint: meant
          ? `Did you mean “${meant}”?`
          : 'Put it under one of the nine, as a heading of the third level.',
      };
    }
  },
};
