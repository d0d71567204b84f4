import { stability } from '../../status.ts';
import type { DraftRule } from '../rule.ts';
import { isRead, itemSpan, numberOf, numbersOf, relationsOf } from '../subjects.ts';

export const replacesSymmetric: DraftRule = {
  id: 'replaces-symmetric',
  group: 'graph',
  severity: 'error',
  summary:
    'A proposal that is superseded and the one that took its place name each other, in `superseded-by` and `replaces`.',
  why: 'Readers who come to an old proposal by a link or a search have to be led to the new one, and back to what it took over. The step to `superseded` is taken after the new one became final: until then only the new one names the other.',
  wrong: '0007: `superseded-by: 42`; 0042 without `replaces`',
  right: '0007: `superseded-by: 42`; 0042: `replaces: [7]`',
  language: 'text',
  *checkDraft(draft, library) {
    if (draft.template || !isRead(draft)) return;
    const own = numberOf(draft);
    // A replacement that is not final yet has not taken the place of anything.
    const final = stability(draft.proposal.frontMatter.status) >= stability('final');
    for (const { key, number, entry, index } of relationsOf(draft)) {
      const other = numbersOf(library).get(number);
      if (!other || number === own || !isRead(other)) continue;
      const { status, replaces, 'superseded-by': successor } = other.proposal.frontMatter;
      if (key === 'superseded-by' && !replaces?.includes(own)) {
        yield {
          ...itemSpan(draft, entry, index),
          message: `proposal ${number} does not name ${own} in \`replaces\``,
          hint: replaces
            ? `Add ${own} to its \`replaces\`.`
            : `Add the line \`replaces: [${own}]\` there.`,
        };
      }
      if (key === 'replaces' && final && status === 'superseded' && successor !== own) {
        yield {
          ...itemSpan(draft, entry, index),
          message: `proposal ${number} is superseded, and does not say \`superseded-by: ${own}\``,
          hint:
            successor === undefined
              ? 'Add that line there.'
              : `It names ${successor}. One of the two is wrong.`,
        };
      }
    }
  },
};
