import { STEPS, stability } from '../../status.ts';
import type { DraftRule } from '../rule.ts';
import { isRead, itemSpan, numberOf, numbersOf, relationsOf } from '../subjects.ts';

export const requiresStable: DraftRule = {
  id: 'requires-stable',
  group: 'graph',
  severity: 'error',
  summary: 'A proposal requires only proposals that have come at least as far as itself.',
  why: 'What is final cannot rest on what may still change, and nothing on what was given up. The order is draft, review, last-call, accepted, final; one that is superseded counts as final.',
  wrong: 'a final proposal that requires a draft',
  right: 'a draft that requires a final proposal',
  language: 'text',
  *checkDraft(draft, library) {
    const { status } = draft.proposal.frontMatter;
    if (draft.template || !isRead(draft)) return;
    // What is superseded was final, and rests on what it rested on then.
    const own = Math.min(stability(status), stability('final'));
    for (const { key, number, entry, index } of relationsOf(draft)) {
      const other = numbersOf(library).get(number);
      if (key !== 'requires' || number === numberOf(draft) || !other || !isRead(other)) continue;
      const theirs = other.proposal.frontMatter.status;
      if (stability(theirs) >= own) continue;
      yield {
        ...itemSpan(draft, entry, index),
        message: `this proposal is \`${status}\` and requires proposal ${number}, which is \`${theirs}\``,
        hint:
          STEPS[theirs].length === 0
            ? 'Take it out, and what is needed from it into this text.'
            : `Bring proposal ${number} to \`${status}\` first.`,
      };
    }
  },
};
