import { endOf } from '../../document.ts';
import { sectionsOf } from '../../sections.ts';
import type { DraftRule } from '../rule.ts';

export const sectionEmpty: DraftRule = {
  id: 'section-empty',
  group: 'structure',
  severity: 'error',
  summary: 'No section of the second level is empty. Headings and comments do not count.',
  why: 'A heading without text leaves open whether nothing is to be said or somebody forgot to say it. Write “None.”, with the reason where there is one.',
  wrong: '## Open issues',
  right: '## Open issues\n\nNone.',
  *checkDraft({ document, template }) {
    if (template) return;
    for (const { heading, empty } of sectionsOf(document)) {
      if (!empty) continue;
      yield {
        at: heading.start,
        end: endOf(heading.node),
        message: `the section “${heading.text}” is empty`,
        hint: 'If there is nothing to say, say “None.”',
      };
    }
  },
};
