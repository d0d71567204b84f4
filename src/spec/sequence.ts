// Which steps of a recorded trace a `sequence` block takes into its figure, and which requirements they show. Knows
// nothing of how a trace comes about, nor of drawing.

import type { SequenceBlock } from './blocks.ts';

/** Of a step of a trace, what a figure is chosen by. */
export interface TracedStep {
  /** The conversation, counted from 1; 0 is the lifespan. */
  readonly conn: number;
  readonly type: string;
  /** The requirement that governs it. */
  readonly requirement?: string;
  /** The requirement that it breaks. */
  readonly violation?: { readonly requirement: string };
}

/**
 * Places of the steps between `from` and `to`, both taken in, in the conversation of the block. `to` is the first of
 * its name that does not come before `from`. None where the trace lacks one of them.
 */
export function stretch(
  { conn, from, to }: Pick<SequenceBlock, 'conn' | 'from' | 'to'>,
  trace: readonly TracedStep[],
): number[] {
  const own = trace.flatMap((step, place) =>
    conn === undefined || step.conn === conn ? [place] : [],
  );
  const find = (name: string, start: number) =>
    own.findIndex((place, index) => index >= start && trace[place]?.type === name);
  const first = from === undefined ? 0 : find(from, 0);
  if (first < 0) return [];
  const last = to === undefined ? own.length - 1 : find(to, first);
  return own.slice(first, last + 1);
}

/** Places of the steps that the figure shows, in the order of the trace. */
export function shownSteps(block: SequenceBlock, trace: readonly TracedStep[]): number[] {
  const { events } = block;
  return stretch(block, trace).filter(
    (place) => events === undefined || events.some((name) => isOf(trace[place]?.type ?? '', name)),
  );
}

/** Whether an event is one of those that a name stands for: `http.response` stands for `http.response.start`, too. */
export function isOf(type: string, name: string): boolean {
  return type === name || type.startsWith(`${name}.`);
}

/** The requirements that a step shows: the one that it breaks first. */
export function clausesOf({ requirement, violation }: TracedStep): string[] {
  const ids = [violation?.requirement, requirement].filter((id) => id !== undefined);
  return [...new Set(ids)];
}
