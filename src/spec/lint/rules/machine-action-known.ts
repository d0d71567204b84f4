import type { DraftRule } from '../rule.ts';
import { blocks, inBlock, nearest, rowLabel } from '../subjects.ts';

export const machineActionKnown: DraftRule = {
  id: 'machine-action-known',
  group: 'blocks',
  severity: 'error',
  summary: 'A row names only actions that the block declares.',
  why: 'The gateway has one function for each action, and a reader one sentence. Declare it under `actions`, with what it means.',
  wrong:
    'actions: {}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, do: creak, requirement: door.opens}',
  right:
    'actions: {creak: Make a sound.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, do: creak, requirement: door.opens}',
  language: 'yaml',
  essential: true,
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, actions, transitions } = block.value;
      for (const [index, row] of transitions.entries()) {
        const name = row.do;
        if (name === undefined || Object.hasOwn(actions, name)) continue;
        const meant = nearest(name, Object.keys(actions));
        yield {
          at: inBlock(draft.document, block, ['transitions', index, 'do']),
          message: `machine \`${machine}\`: ${rowLabel(row)} does \`${name}\`, which the block does not declare`,
          hint: meant
            ? `Did you mean \`${meant}\`?`
            : 'Declare it under `actions`, with what it means.',
        };
      }
    }
  },
};
