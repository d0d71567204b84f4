import type { DraftRule } from '../rule.ts';
import { blocks, inBlock, nearest, rowLabel } from '../subjects.ts';

export const machineStateKnown: DraftRule = {
  id: 'machine-state-known',
  group: 'blocks',
  severity: 'error',
  summary: 'A machine names only states that it declares.',
  why: 'A row from or to a state that is not listed would never be taken, or lead nowhere.',
  wrong:
    'states: {shut: It is shut.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  right:
    'states: {shut: It is shut., ajar: It is open.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  language: 'yaml',
  essential: true,
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, states, initial, final, transitions } = block.value;
      const finding = (name: string, whose: string, path: Parameters<typeof inBlock>[2]) => {
        const meant = nearest(name, Object.keys(states));
        return {
          at: inBlock(draft.document, block, path),
          message: `machine \`${machine}\`: ${whose} \`${name}\`, which is not one of its states`,
          hint: meant
            ? `Did you mean \`${meant}\`?`
            : 'Declare it under `states`, with what it means.',
        };
      };
      const isState = (name: string) => Object.hasOwn(states, name);
      if (!isState(initial)) yield finding(initial, '`initial` is', ['initial']);
      for (const [index, name] of final.entries()) {
        if (!isState(name)) yield finding(name, '`final` names', ['final', index]);
      }
      for (const [index, row] of transitions.entries()) {
        for (const [nth, name] of row.from.entries()) {
          if (!isState(name))
            yield finding(name, `${rowLabel(row)} names`, ['transitions', index, 'from', nth]);
        }
        if (row.to !== undefined && !isState(row.to))
          yield finding(row.to, `${rowLabel(row)} names`, ['transitions', index, 'to']);
      }
    }
  },
};
