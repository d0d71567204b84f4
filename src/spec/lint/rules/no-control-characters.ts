import type { DraftRule } from '../rule.ts';

/** Unicode's Cc without tabs and line ends, and its Bidi_Control, with which a text shows other than it is read. */
const CONTROL = /[^\P{Cc}\t\n\r]|\p{Bidi_Control}/gu;

export const noControlCharacters: DraftRule = {
  id: 'no-control-characters',
  group: 'text',
  severity: 'error',
  summary:
    'The text has no control characters but tabs and line ends, and none that turn the direction of writing.',
  why: 'They are invisible in a review, and come by accident or by malice: they change what a terminal shows, a NUL cuts a text short in many programs, and after a U+202E a reader sees words in another order than a program does. Delete them.',
  wrong: 'The gateway closes␀ the connection.',
  right: 'The gateway closes the connection.',
  fixes: true,
  essential: true,
  errata: true,
  *checkDraft({ document }) {
    if (document.oversize) return;
    for (const { 0: character, index } of document.source.matchAll(CONTROL)) {
      const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
      yield {
        at: index,
        end: index + 1,
        message: `the text has the control character U+${code}`,
        hint: 'Delete it.',
        fix: [{ start: index, end: index + 1, text: '' }],
      };
    }
  },
};
