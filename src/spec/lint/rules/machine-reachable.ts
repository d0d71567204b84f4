import type { DraftRule } from '../rule.ts';
import { blocks, inBlock } from '../subjects.ts';

export const machineReachable: DraftRule = {
  id: 'machine-reachable',
  group: 'blocks',
  severity: 'error',
  summary: 'Every state of a machine can be reached from the initial one.',
  why: 'A state that no path leads to is left over, or a row is missing.',
  wrong:
    'initial: shut\nstates: {shut: It is shut., ajar: It is open., gone: It fell.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  right:
    'initial: shut\nstates: {shut: It is shut., ajar: It is open.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  language: 'yaml',
  essential: true,
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, states, initial, transitions } = block.value;
      const reached = new Set([initial]);
      // A Set gives what is added while it is walked.
      for (const state of reached) {
        for (const row of transitions) {
          if (row.to !== undefined && row.from.includes(state)) reached.add(row.to);
        }
      }
      for (const key of Object.keys(states)) {
        if (reached.has(key)) continue;
        yield {
          at: inBlock(draft.document, block, ['states', { key }]),
          message: `machine \`${machine}\`: no path leads to the state \`${key}\``,
          hint: 'Add the row that leads there, or delete the state.',
        };
      }
    }
  },
};
