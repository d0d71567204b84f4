import type { DraftRule } from '../rule.ts';
import { blocks, inBlock } from '../subjects.ts';

export const machineActionUsed: DraftRule = {
  id: 'machine-action-used',
  group: 'blocks',
  severity: 'error',
  summary: 'Every action that a machine declares is used by a row.',
  why: 'An action that no row names is left over from an earlier text, and makes a reader look for what is not there.',
  wrong:
    'actions: {creak: Make a sound.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  right:
    'actions: {}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  language: 'yaml',
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, actions, transitions } = block.value;
      const used = new Set(transitions.map((row) => row.do));
      for (const key of Object.keys(actions)) {
        if (used.has(key)) continue;
        yield {
          at: inBlock(draft.document, block, ['actions', { key }]),
          message: `machine \`${machine}\`: no row uses the action \`${key}\``,
          hint: 'Use it, or delete it.',
        };
      }
    }
  },
};
