import type { DraftRule } from '../rule.ts';
import { entryOf } from '../subjects.ts';

export const summarySentence: DraftRule = {
  id: 'summary-sentence',
  group: 'metadata',
  severity: 'warning',
  summary: 'The summary is one sentence, with a full stop.',
  why: 'It stands by itself in lists, feeds and link previews, beside those of others that end with one.',
  wrong: 'summary: How doors open and shut',
  right: 'summary: How doors open and shut.',
  language: 'yaml',
  fixes: true,
  *checkDraft(draft) {
    const entry = entryOf(draft, 'summary');
    if (typeof entry?.value !== 'string' || entry.value.trim() === '') return;
    if (/\.$/.test(entry.value)) return;
    const written = draft.document.source.slice(entry.valueStart, entry.valueEnd);
    // What is quoted or spans lines is left to its author.
    const plain = written.trimEnd() === entry.value;
    const end = entry.valueStart + entry.value.length;
    yield {
      at: entry.valueStart,
      end: entry.valueEnd,
      message: 'the summary does not end with a full stop',
      hint: 'Make it one sentence.',
      ...(plain ? { fix: [{ start: end, end, text: '.' }] } : {}),
    };
  },
};
