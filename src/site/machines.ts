// What the pages of state machines say: the rows of a table in words, and which row an edge of the drawing stands for.
// Knows no HTML.
import type { MachineBlock, TransitionRow } from '../spec/blocks.ts';
import { clauseOf, type PlacedMachine } from './events.ts';
import { specification } from './specification.ts';

/** Every machine, in the order of the proposals. */
export const machines: readonly PlacedMachine[] = [...specification.machines.values()];

export type Outcome = 'moves' | 'misuse' | 'closed' | 'never' | 'stays';

/** What becomes of an input, in one word. */
export function outcomeOf(row: TransitionRow): Outcome {
  if (row.to !== undefined) return 'moves';
  if (row.misuse !== undefined) return 'misuse';
  if (row.closed !== undefined) return 'closed';
  return row.never === undefined ? 'stays' : 'never';
}

/** What an outcome without a new state means. */
export const OUTCOMES: Readonly<Record<Exclude<Outcome, 'moves'>, string>> = {
  misuse: 'rejected as Misuse; nothing changes',
  closed: 'fails with Closed; nothing changes',
  never: 'cannot happen in a correct gateway',
  stays: 'nothing changes',
};

/** What can bring a machine to move: an event, or something that the machine itself explains. */
export type Input =
  | { readonly name: string; readonly event: string }
  | { readonly name: string; readonly trigger: string };

export function inputOf(machine: Pick<MachineBlock, 'triggers'>, name: string): Input {
  const event = name.replace(/^(?:send|receive) /, '');
  return specification.events.has(event)
    ? { name, event }
    : { name, trigger: machine.triggers[name] ?? '' };
}

/** One row in words. `number` counts from 1: the row's place, and its anchor. */
export interface MachineRow {
  readonly number: number;
  readonly inputs: readonly Input[];
  readonly from: readonly string[];
  readonly guard?: { readonly name: string; readonly text: string };
  readonly outcome: Outcome;
  readonly to?: string;
  readonly action?: { readonly name: string; readonly text: string };
  readonly clause?: string;
}

export function rowsOfMachine(machine: MachineBlock): readonly MachineRow[] {
  return machine.transitions.map((row, index) => {
    const clause = clauseOf(row);
    return {
      number: index + 1,
      inputs: row.on.map((name) => inputOf(machine, name)),
      from: row.from,
      ...(row.when === undefined
        ? {}
        : { guard: { name: row.when, text: machine.guards[row.when] ?? '' } }),
      outcome: outcomeOf(row),
      ...(row.to === undefined ? {} : { to: row.to }),
      ...(row.do === undefined
        ? {}
        : { action: { name: row.do, text: machine.actions[row.do] ?? '' } }),
      ...(clause === undefined ? {} : { clause }),
    };
  });
}

/** Fragment of a row on the page of its machine. */
export function rowAnchor(number: number): string {
  return `row-${number}`;
}

/** The first row that leads from one state to another: what an edge of the drawing leads to. */
export function rowOfEdge(machine: MachineBlock, from: string, to: string): number {
  return 1 + machine.transitions.findIndex((row) => row.to === to && row.from.includes(from));
}
