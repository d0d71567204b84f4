import type { DraftRule } from '../rule.ts';

export const finalNewline: DraftRule = {
  id: 'final-newline',
  group: 'text',
  severity: 'warning',
  summary: 'The file ends with exactly one line end.',
  why: 'Tools that join or compare files rely on it, and a diff shows a missing one as a change.',
  wrong: 'The last line.',
  right: 'The last line.\n',
  fixes: true,
  errata: true,
  *checkDraft({ document }) {
    const { source } = document;
    let start = source.length;
    while (/[\r\n]/.test(source[start - 1] ?? '')) start--;
    const rest = source.slice(start);
    const first = /^(?:\r\n?|\n)?/.exec(rest)?.[0].length ?? 0;
    if (source === '' || (rest !== '' && rest.length === first)) return;
    yield {
      at: start + first,
      message:
        rest === '' ? 'the last line has no end' : 'empty lines stand at the end of the file',
      hint: 'End the file with one line end.',
      fix: [{ start, end: source.length, text: '\n' }],
    };
  },
};
