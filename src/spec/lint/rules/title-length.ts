import type { DraftRule } from '../rule.ts';
import { entryOf } from '../subjects.ts';

export const titleLength: DraftRule = {
  id: 'title-length',
  group: 'metadata',
  severity: 'error',
  summary: 'The title is not empty, and has at most 60 characters.',
  why: 'It stands in lists, feeds and link previews, which cut off what is longer. A title names the subject; it need not be a sentence.',
  wrong: 'title: What a gateway does with a conversation whose peer went away early',
  right: 'title: Lost peers',
  language: 'yaml',
  *checkDraft(draft) {
    const entry = entryOf(draft, 'title');
    if (typeof entry?.value !== 'string') return;
    const length = [...entry.value].length;
    if (entry.value.trim() === '') {
      yield {
        at: entry.valueStart,
        end: entry.valueEnd,
        message: 'the title is empty',
        hint: 'Say what it is about.',
      };
    } else if (length > 60) {
      yield {
        at: entry.valueStart,
        end: entry.valueEnd,
        message: `the title has ${length} characters, and 60 are the most`,
        hint: 'Shorten it.',
      };
    }
  },
};
