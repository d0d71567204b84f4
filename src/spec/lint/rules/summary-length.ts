import { lengthFindings, SUMMARY_LENGTH } from '../length.ts';
import type { DraftRule } from '../rule.ts';

export const summaryLength: DraftRule = {
  id: 'summary-length',
  group: 'metadata',
  severity: 'error',
  summary: 'The summary is not empty, and has at most 140 characters.',
  why: 'It stands in lists, feeds and link previews, which cut off what is longer. A summary says in one sentence what is proposed; reasons belong into the text.',
  wrong:
    'summary: How a gateway calls an application, which events pass between the two, which of them each has to send, and whose fault it is when an error occurs.',
  right: 'summary: How a gateway calls an application, and whose fault an error is.',
  language: 'yaml',
  checkDraft: (draft) => lengthFindings(draft, 'summary', SUMMARY_LENGTH),
};
