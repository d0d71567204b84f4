import type { DraftRule } from '../rule.ts';
import { entryOf } from '../subjects.ts';

export const templateText: DraftRule = {
  id: 'template-text',
  group: 'structure',
  severity: 'error',
  summary: 'No guidance of the template is left.',
  why: 'It tells an author what to write. Whoever reads the proposal should find what was written.',
  wrong: '## Summary\n\n<!-- template: Say in a few sentences what is proposed. -->',
  right: '## Summary\n\nA door opens when it is pushed.',
  errata: true,
  *checkDraft(draft, library) {
    const { document, template } = draft;
    if (template) return;
    const summary = entryOf(draft, 'summary');
    const original = library.drafts.find((other) => other.template)?.proposal.frontMatter.summary;
    if (summary && original && summary.value === original) {
      yield {
        at: summary.valueStart,
        end: summary.valueEnd,
        message: 'the summary is that of the template',
        hint: 'Say in one sentence what is proposed.',
      };
    }
    for (const { text, start } of document.comments) {
      for (const { 0: opening, index } of text.matchAll(/<!--\s*template:/g)) {
        yield {
          at: start + index,
          end: start + index + opening.length,
          message: 'a comment of the template is left',
          hint: 'Write what it asks for, and delete it.',
        };
      }
    }
  },
};
