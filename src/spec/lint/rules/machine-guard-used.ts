import type { DraftRule } from '../rule.ts';
import { blocks, inBlock } from '../subjects.ts';

export const machineGuardUsed: DraftRule = {
  id: 'machine-guard-used',
  group: 'blocks',
  severity: 'error',
  summary: 'Every guard that a machine declares is used by a row.',
  why: 'A guard that no row names is left over from an earlier text, and makes a reader look for what is not there.',
  wrong:
    'guards: {locked: It is locked.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  right:
    'guards: {}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  language: 'yaml',
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, guards, transitions } = block.value;
      const used = new Set(transitions.map((row) => row.when));
      for (const key of Object.keys(guards)) {
        if (used.has(key)) continue;
        yield {
          at: inBlock(draft.document, block, ['guards', { key }]),
          message: `machine \`${machine}\`: no row uses the guard \`${key}\``,
          hint: 'Use it, or delete it.',
        };
      }
    }
  },
};
