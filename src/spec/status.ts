// The life of a proposal: which steps of status are legal and what each status needs (proposal 1, “Status”).

import { type FrontMatter, STATUSES, type Status } from './model.ts';

/** From each status, where it may go in one step. */
export const STEPS: Readonly<Record<Status, readonly Status[]>> = {
  draft: ['review', 'withdrawn', 'rejected', 'deferred'],
  review: ['last-call', 'withdrawn', 'rejected', 'deferred'],
  'last-call': ['accepted', 'withdrawn', 'rejected', 'deferred'],
  accepted: ['final', 'withdrawn', 'rejected', 'deferred'],
  final: ['superseded'],
  withdrawn: [],
  rejected: [],
  deferred: [],
  superseded: [],
};

/** How far a proposal has come. One that was given up stands below all others. */
export function stability(status: Status): number {
  return (['draft', 'review', 'last-call', 'accepted', 'final', 'superseded'] as const).indexOf(
    status as never,
  );
}

/** Whether legal steps lead from one status to another, or they are the same. */
export function leadsTo(from: Status, to: Status): boolean {
  const reached = new Set([from]);
  for (const status of reached) for (const next of STEPS[status]) reached.add(next);
  return reached.has(to);
}

/** Fields that a status needs, and that only the listed ones may have. */
export const CONDITIONAL: Readonly<
  Record<
    'last-call-ends' | 'resolution' | 'implementations' | 'withdrawn-reason' | 'superseded-by',
    { readonly needs: readonly Status[]; readonly allows: readonly Status[] }
  >
> = {
  'last-call-ends': {
    needs: ['last-call'],
    allows: ['accepted', 'final', 'superseded', 'withdrawn', 'rejected', 'deferred'],
  },
  resolution: { needs: ['accepted', 'final', 'rejected', 'deferred'], allows: ['superseded'] },
  implementations: { needs: ['final'], allows: STATUSES },
  'withdrawn-reason': { needs: ['withdrawn'], allows: [] },
  'superseded-by': { needs: ['superseded'], allows: [] },
};

export type ConditionalField = keyof typeof CONDITIONAL;

export const CONDITIONAL_FIELDS = Object.keys(CONDITIONAL) as ConditionalField[];

/** Whether the requirements of a proposal owe a test: from the last call on. */
export function owesTests({ status }: Pick<FrontMatter, 'status'>): boolean {
  return stability(status) >= stability('last-call');
}
