import type { DraftRule } from '../rule.ts';
import { blocks, inBlock, nearest, rowLabel } from '../subjects.ts';

export const machineGuardKnown: DraftRule = {
  id: 'machine-guard-known',
  group: 'blocks',
  severity: 'error',
  summary: 'A row names only guards that the block declares.',
  why: 'The gateway has one function for each guard, and a reader one sentence. Declare it under `guards`, with what it means.',
  wrong: 'guards: {}\ntransitions:\n  - {on: door.push, from: shut, when: locked, stay: true}',
  right:
    'guards: {locked: It is locked.}\ntransitions:\n  - {on: door.push, from: shut, when: locked, stay: true}',
  language: 'yaml',
  essential: true,
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, guards, transitions } = block.value;
      for (const [index, row] of transitions.entries()) {
        const name = row.when;
        if (name === undefined || Object.hasOwn(guards, name)) continue;
        const meant = nearest(name, Object.keys(guards));
        yield {
          at: inBlock(draft.document, block, ['transitions', index, 'when']),
          message: `machine \`${machine}\`: ${rowLabel(row)} has the guard \`${name}\`, which the block does not declare`,
          hint: meant
            ? `Did you mean \`${meant}\`?`
            : 'Declare it under `guards`, with what it means.',
        };
      }
    }
  },
};
