import type { DraftRule } from '../rule.ts';
import { blocks, inBlock } from '../subjects.ts';

export const machineNoDeadEnd: DraftRule = {
  id: 'machine-no-dead-end',
  group: 'blocks',
  severity: 'error',
  summary: 'A state that is not final has a way out.',
  why: 'A conversation that comes to such a state never ends. Either it is final, or a row leads on.',
  wrong:
    'states: {shut: It is shut., ajar: It is open.}\nfinal: [shut]\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}\n  - {on: door.push, from: ajar, stay: true}',
  right:
    'states: {shut: It is shut., ajar: It is open.}\nfinal: [ajar]\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}\n  - {on: door.push, from: ajar, stay: true}',
  language: 'yaml',
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, states, final, transitions } = block.value;
      for (const key of Object.keys(states)) {
        const leaves = transitions.some(
          (row) => row.to !== undefined && row.to !== key && row.from.includes(key),
        );
        if (leaves || final.includes(key)) continue;
        yield {
          at: inBlock(draft.document, block, ['states', { key }]),
          message: `machine \`${machine}\`: no row leads out of the state \`${key}\`, and it is not final`,
          hint: 'List it under `final`, or add the row that leads on.',
        };
      }
    }
  },
};
