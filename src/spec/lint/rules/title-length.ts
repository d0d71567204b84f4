import { lengthFindings, TITLE_LENGTH } from '../length.ts';
import type { DraftRule } from '../rule.ts';

export const titleLength: DraftRule = {
  id: 'title-length',
  group: 'metadata',
  severity: 'error',
  summary: 'The title is not empty, and has at most 60 characters.',
  why: 'It stands in lists, feeds and link previews, which cut off what is longer. A title names the subject; it need not be a sentence.',
  wrong: 'title: What a gateway does with a conversation whose peer went away early',
  right: 'title: Lost peers',
  language: 'yaml',
  checkDraft: (draft) => lengthFindings(draft, 'title', TITLE_LENGTH),
};
