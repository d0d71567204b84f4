import { type Specification, sendInput } from '../../model.ts';
import type { DraftRule } from '../rule.ts';
import { blocks, inBlock } from '../subjects.ts';

export const eventGoverned: DraftRule = {
  id: 'event-governed',
  group: 'blocks',
  severity: 'error',
  summary: 'An event that applications send has rows in a machine of each of its scope types.',
  why: 'The gateway runs on the machines. Of an event without a row it would not know what it does, and neither would a reader.',
  wrong: '```event\ntype: door.push\ndirection: send\nscope: [door]\n```',
  right:
    '```event\ntype: door.push\ndirection: send\nscope: [door]\n```\n\n```machine\nmachine: door.leaf\nscope: door\ntransitions:\n  - {on: door.push, from: shut, to: ajar, requirement: door.opens}\n```',
  essential: true,
  *checkDraft(draft, { specification }) {
    const governed = governedBy(specification);
    for (const block of blocks(draft, 'event')) {
      const event = block.value;
      if (event.direction === 'receive') continue;
      const input = sendInput(event);
      for (const [index, scope] of event.scope.entries()) {
        if (governed.has(`${scope} ${input}`)) continue;
        yield {
          at: inBlock(draft.document, block, ['scope', index]),
          message: `no machine of the scope type \`${scope}\` has a row on \`${input}\``,
          hint: 'A gateway would not know what the event does. Add rows for every state.',
        };
      }
    }
  },
};

const indexes = new WeakMap<Specification, ReadonlySet<string>>();

/** Scope type and input of every row, joined by a space. Made once for a specification. */
function governedBy(specification: Specification): ReadonlySet<string> {
  let index = indexes.get(specification);
  if (!index) {
    const machines = [...specification.machines.values()];
    index = new Set(
      machines.flatMap(({ scope, transitions }) =>
        transitions.flatMap(({ on }) => on.flatMap((input) => scope.map((s) => `${s} ${input}`))),
      ),
    );
    indexes.set(specification, index);
  }
  return index;
}
