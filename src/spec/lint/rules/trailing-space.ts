import { endOf, startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const trailingSpace: DraftRule = {
  id: 'trailing-space',
  group: 'text',
  severity: 'warning',
  summary: 'No line ends with spaces or tabs, except in code.',
  why: 'They are invisible, two of them are a line break in Markdown, and they make two texts differ that look alike. A line break is written with a backslash. In code they can have a meaning: a status line without a reason ends with a space.',
  wrong: 'A door opens.␠␠',
  right: 'A door opens.',
  fixes: true,
  errata: true,
  *checkDraft({ document }) {
    if (document.oversize) return;
    const { source, fences, place } = document;
    let fence = 0;
    for (const { 0: spaces, index } of source.matchAll(/(?<![ \t])[ \t]+(?=[\r\n]|$)/g)) {
      const end = index + spaces.length;
      let code = fences[fence];
      while (code && endOf(code) < index) code = fences[++fence];
      // The lines of a fence itself are not code.
      const { line } = place(index);
      const first = code?.position?.start.line ?? 0;
      const last = code?.position?.end.line ?? 0;
      if (code && startOf(code) < end && line > first && line < last) continue;
      yield {
        at: index,
        end,
        message: 'spaces stand at the end of the line',
        fix: [{ start: index, end, text: '' }],
      };
    }
  },
};
