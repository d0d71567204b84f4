import type { DraftRule } from '../rule.ts';
import { entryOf } from '../subjects.ts';

export const discussionForm: DraftRule = {
  id: 'discussion-form',
  group: 'metadata',
  severity: 'error',
  summary: '`discussion` is `repository`, or an address that begins with `https://`.',
  why: 'Readers are to find the place where the proposal is talked about. `repository` stands for its issues and pull requests.',
  wrong: 'discussion: the mailing list',
  right: 'discussion: repository',
  language: 'yaml',
  *checkDraft(draft) {
    const entry = entryOf(draft, 'discussion');
    if (typeof entry?.value !== 'string' || entry.value === 'repository') return;
    // URL would put up with white space, and with a third slash.
    if (/^https:\/\/[^\s/]\S*$/.test(entry.value) && URL.canParse(entry.value)) return;
    yield {
      at: entry.valueStart,
      end: entry.valueEnd,
      message: `\`${entry.value}\` is neither \`repository\` nor an address that begins with \`https://\``,
      hint: 'Write `discussion: repository`, or the address of the thread.',
    };
  },
};
