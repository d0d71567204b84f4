import type { DraftRule } from '../rule.ts';
import { entryOf } from '../subjects.ts';

export const numberMatchesFolder: DraftRule = {
  id: 'number-matches-folder',
  group: 'metadata',
  severity: 'error',
  summary: 'The number of a proposal is that of its folder, `NNNN-some-words`.',
  why: 'The folder is in addresses and links, the number in the text. Whoever copies a folder has to change both.',
  wrong: 'proposals/0042-doors/draft.md with `proposal: 41`',
  right: 'proposals/0042-doors/draft.md with `proposal: 42`',
  language: 'text',
  *checkDraft(draft) {
    const { folder } = draft;
    const [, digits] = /^(\d{4})-[a-z0-9]+(?:-[a-z0-9]+)*$/.exec(folder) ?? [];
    const entry = entryOf(draft, 'proposal');
    if (digits === undefined) {
      yield {
        at: entry?.valueStart ?? 0,
        message: `the folder \`${folder}\` is not four digits and lowercase words joined by hyphens`,
        hint: 'Name it like `0042-doors`.',
      };
    } else if (typeof entry?.value === 'number' && entry.value !== Number(digits)) {
      yield {
        at: entry.valueStart,
        end: entry.valueEnd,
        message: `the number is ${entry.value}, and the folder is \`${folder}\``,
        hint: `Write \`proposal: ${Number(digits)}\`, or rename the folder.`,
      };
    }
  },
};
