import { keywordsIn } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const keywordInNotes: DraftRule = {
  id: 'keyword-in-notes',
  group: 'normative',
  severity: 'error',
  summary: 'The keywords of BCP 14 stand in requirements only.',
  why: 'A keyword makes a sentence binding. In a note, a reason or a table it leaves open who is bound, and no id leads to it. Make it a requirement, or say it in other words: “has to”, “can”, “is”. A keyword that is only spoken of is written as code.',
  wrong: 'As a rule the door MUST be shut.',
  right: 'r[door.shuts]\nThe gateway MUST shut the door.',
  *checkDraft({ document, template }) {
    if (template) return;
    for (const { text, start } of document.prose) {
      // The one sentence that introduces them all.
      if (/^The key words /.test(text)) continue;
      for (const { word, start: at } of keywordsIn(text, start)) {
        yield {
          at,
          end: at + word.length,
          message: `${word} stands outside of a requirement`,
          hint: 'Give the sentence an id on the line before it, or say it without the keyword.',
        };
      }
    }
  },
};
