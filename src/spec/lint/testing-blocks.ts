// For tests of rules about blocks: a door with its requirements, event, record and machine, and the few keys that a
// rule shows made into a whole block.

import { parse, stringify } from 'yaml';
import { DOOR_EVENT, DOOR_RULES, doorMachine } from '../../../tests/fixtures/proposal.ts';

export { DOOR_EVENT, DOOR_RULES, doorMachine };

export const DOOR_RECORD = `
\`\`\`record
record: door_scope
type: door
summary: A door, and who stands before it.
fields: {}
\`\`\`
`;

/** Everything that there is of a door, with nothing wrong. */
export const DOOR = `${DOOR_RULES}${DOOR_RECORD}${DOOR_EVENT}${doorMachine()}`;

export const OPENS = '{on: door.push, from: shut, to: ajar, requirement: door.opens}';
export const STAYS = '{on: door.push, from: ajar, stay: true}';

const WHOLE = {
  event: {
    type: 'door.push',
    direction: 'send',
    scope: ['door'],
    summary: 'Somebody pushes.',
    requirement: 'door.opens',
    fields: {},
    example: { type: 'door.push' },
  },
  record: { record: 'door_scope', summary: 'A door.', fields: {} },
  machine: {
    machine: 'door.leaf',
    summary: 'What a door does.',
    scope: 'door',
    initial: 'shut',
    states: { shut: 'It is shut.', ajar: 'It is open.' },
    final: ['ajar'],
    triggers: {},
    guards: {},
    actions: {},
    transitions: [{ on: 'door.push', from: 'shut', stay: true }],
  },
} as const;

/** A block with the keys that are given, and with good values for all others. */
export function whole(kind: keyof typeof WHOLE, yaml: string): string {
  const given: unknown = parse(yaml);
  const keys = Array.isArray(given) ? { transitions: given } : (given as object);
  return `\n\`\`\`${kind}\n${stringify({ ...WHOLE[kind], ...keys })}\`\`\`\n`;
}

/** A text in which every block is made whole. */
export function wholeBlocks(text: string): string {
  return text.replace(/^```(event|record|machine)\n([\s\S]*?)^```$/gm, (_, kind, yaml) =>
    whole(kind, yaml),
  );
}
