// What of a comparison is on the page: which conversations are open, which stretches without a difference are folded,
// and where the differences are, one after the other. Knows nothing of drawing.

import type { ComparedConversation, Comparison } from '../../trace/compare.ts';

/** A step by its place, or a stretch of steps that are the same. */
export type Row = { readonly step: number } | { readonly from: number; readonly to: number };

/** Where a difference is: a step of a conversation, or a conversation that one side has alone. */
export interface Departure {
  readonly conversation: number;
  readonly step: number | undefined;
}

/** Steps that are the same and shown before and behind a difference. */
const CONTEXT = 2;
/** A fold of fewer steps would hide less than it takes. */
const LEAST_FOLDED = 3;
/** Conversations that are open at first. */
const OPEN_AT_FIRST = 20;
/** Rows of a conversation that are drawn before more are asked for. */
export const MOST_ROWS = 200;

/** The rows of a conversation; `unfolded` has the first steps of the stretches that are not folded. */
export function rowsOf(
  { steps }: ComparedConversation,
  unfolded: ReadonlySet<number> = new Set(),
): Row[] {
  const near = new Uint8Array(steps.length);
  for (const [at, { kind }] of steps.entries())
    if (kind !== 'same') near.fill(1, Math.max(0, at - CONTEXT), at + CONTEXT + 1);
  const rows: Row[] = [];
  for (let from = 0; from < steps.length; ) {
    let to = from;
    while (to < steps.length && near[to] === near[from]) to++;
    const folded = near[from] === 0 && to - from >= LEAST_FOLDED && !unfolded.has(from);
    if (folded) rows.push({ from, to });
    else for (let step = from; step < to; step++) rows.push({ step });
    from = to;
  }
  return rows;
}

/** All differences, in the order in which they stand on the page. */
export function departuresOf({ conversations }: Comparison): Departure[] {
  return conversations.flatMap((one, conversation): Departure[] => {
    if (!one.left || !one.right) return [{ conversation, step: undefined }];
    return one.steps.flatMap(({ kind }, step) => (kind === 'same' ? [] : { conversation, step }));
  });
}

/** The conversations that are open at first: the first of those with a difference. */
export function openAtFirst({ conversations }: Comparison): ReadonlySet<number> {
  const differing = [...conversations.keys()].filter((at) => {
    const one = conversations[at];
    return one?.left && one.right && one.differences > 0;
  });
  return new Set(differing.slice(0, OPEN_AT_FIRST));
}

/** “12 steps are the same”. */
export function foldWords({ from, to }: { readonly from: number; readonly to: number }): string {
  return `${(to - from).toLocaleString('en')} steps are the same`;
}
