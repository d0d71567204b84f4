import type { DraftRule } from '../rule.ts';

export const encoding: DraftRule = {
  id: 'encoding',
  group: 'text',
  severity: 'error',
  summary: 'The file is UTF-8, and no character of it was lost on the way.',
  why: 'A file in another encoding, or one that was cut in the middle of a character, shows the replacement character U+FFFD instead. Save it as UTF-8.',
  wrong: 'The caf\ufffd has a door.',
  right: 'The café has a door.',
  errata: true,
  *checkDraft({ document }) {
    for (const { index } of document.source.matchAll(/\ufffd/g)) {
      yield {
        at: index,
        end: index + 1,
        message: 'a character could not be read',
        hint: 'Save the file as UTF-8.',
      };
      // One such file has thousands.
      return;
    }
  },
};
