import { excessWords, SIZE_LIMIT } from '../../reading-limits.ts';
import type { DraftRule } from '../rule.ts';

export const fileSize: DraftRule = {
  id: 'file-size',
  group: 'text',
  severity: 'error',
  summary: `A proposal has at most ${SIZE_LIMIT.toLocaleString('en')} characters, and nothing that takes minutes to read.`,
  why: 'A proposal is read by people, and by programs on every keystroke of an editor. One that is larger is not read at all: split it into proposals that can be discussed one by one. Characters are counted as UTF-16 code units, so that an emoji is two. Lists and quotations inside each other, and marks without an empty line between them, take readers of Markdown more than proportionally longer: they have bounds of many times what a proposal has.',
  wrong: '(a file of 5 MB)',
  right: '(a file of 50 kB)',
  essential: true,
  errata: true,
  *checkDraft({ document: { excess } }) {
    if (!excess) return;
    yield {
      at: 0,
      message: excessWords(excess),
      hint: 'Split it into several proposals.',
    };
  },
};
