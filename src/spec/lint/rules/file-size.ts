import { SIZE_LIMIT } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const fileSize: DraftRule = {
  id: 'file-size',
  group: 'text',
  severity: 'error',
  summary: `A proposal has at most ${SIZE_LIMIT.toLocaleString('en')} characters.`,
  why: 'A proposal is read by people, and by programs on every keystroke of an editor. One that is larger is not read at all: split it into proposals that can be discussed one by one. Characters are counted as UTF-16 code units, so that an emoji is two.',
  wrong: '(a file of 5 MB)',
  right: '(a file of 50 kB)',
  essential: true,
  *checkDraft({ document }) {
    if (!document.oversize) return;
    yield {
      at: 0,
      message: `the text has ${document.source.length.toLocaleString('en')} characters, and ${SIZE_LIMIT.toLocaleString('en')} are the most`,
      hint: 'Split it into several proposals.',
    };
  },
};
