import type { DraftRule } from '../rule.ts';
import { blocks, inBlock } from '../subjects.ts';

export const machineRowTried: DraftRule = {
  id: 'machine-row-tried',
  group: 'blocks',
  severity: 'error',
  summary: 'No row of a machine stands behind one that always matches.',
  why: 'Rows are tried in order, and the first whose event, state and guard match is taken. A row behind one without a guard is never tried.',
  wrong:
    '- {on: door.push, from: shut, to: ajar, requirement: door.opens}\n- {on: door.push, from: shut, when: locked, misuse: door.locked}',
  right:
    '- {on: door.push, from: shut, when: locked, misuse: door.locked}\n- {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  language: 'yaml',
  essential: true,
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, transitions } = block.value;
      const settled = new Set<string>();
      for (const [index, row] of transitions.entries()) {
        for (const on of row.on) {
          for (const from of row.from) {
            const key = `\`${on}\` in the state \`${from}\``;
            if (settled.has(key)) {
              yield {
                at: inBlock(draft.document, block, ['transitions', index]),
                message: `machine \`${machine}\`: a second row for ${key} is never tried`,
                hint: 'Rows are tried in order. Move the one without `when` behind it, or delete one.',
              };
            } else if (row.when === undefined) settled.add(key);
          }
        }
      }
    }
  },
};
