import type { DraftRule } from '../rule.ts';
import { blocks, inBlock } from '../subjects.ts';

export const machineTotal: DraftRule = {
  id: 'machine-total',
  group: 'blocks',
  severity: 'error',
  summary: 'A machine says what happens on every input in every state.',
  why: 'A hole in the table is a case that every implementation decides for itself. Each input has, for each state, a row without `when`; guarded rows stand before it.',
  wrong:
    'states: {shut: It is shut., ajar: It is open.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}',
  right:
    'states: {shut: It is shut., ajar: It is open.}\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}\n  - {on: door.push, from: ajar, stay: true}',
  language: 'yaml',
  essential: true,
  *checkDraft(draft) {
    for (const block of blocks(draft, 'machine')) {
      const { machine, states, triggers, transitions } = block.value;
      // Each input, with where it stands first.
      const inputs = new Map<string, Parameters<typeof inBlock>[2]>(
        Object.keys(triggers).map((key) => [key, ['triggers', { key }]]),
      );
      for (const [index, row] of transitions.entries()) {
        for (const [nth, name] of row.on.entries()) {
          if (!inputs.has(name)) inputs.set(name, ['transitions', index, 'on', nth]);
        }
      }
      const settled = new Set(
        transitions
          .filter((row) => row.when === undefined)
          .flatMap((row) => row.on.flatMap((on) => row.from.map((from) => `${on}\n${from}`))),
      );
      for (const [input, path] of inputs) {
        for (const state of Object.keys(states)) {
          if (settled.has(`${input}\n${state}`)) continue;
          yield {
            at: inBlock(draft.document, block, path),
            message: `machine \`${machine}\`: nothing is said of \`${input}\` in the state \`${state}\``,
            hint: 'Add a row without `when` for it.',
          };
        }
      }
    }
  },
};
