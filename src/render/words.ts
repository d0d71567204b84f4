// The words in which pages speak of statuses, levels, roles and directions.
import type { ErratumStatus } from '../spec/errata.ts';
import type { FrontMatter, Requirement, Role } from '../spec/proposal.ts';

type Status = FrontMatter['status'];

export const STATUS_NAMES: Readonly<Record<Status, string>> = {
  draft: 'Draft',
  review: 'In review',
  'last-call': 'Last call',
  accepted: 'Accepted',
  final: 'Final',
  withdrawn: 'Withdrawn',
  rejected: 'Rejected',
  deferred: 'Deferred',
  superseded: 'Superseded',
};

export const STATUS_MEANINGS: Readonly<Record<Status, string>> = {
  draft: 'Being written. Anything in it can still change.',
  review: 'Complete and open for comment. It changes in answer to what reviewers say.',
  'last-call': 'Nothing is left open. Objections are still heard until the date given.',
  accepted: 'Agreed. It waits for two implementations that pass its tests.',
  final: 'Implemented twice and stable. Only errata are added.',
  withdrawn: 'Taken back by its authors.',
  rejected: 'Discussed and not adopted. It is kept for its reasons.',
  deferred: 'Put aside. Nobody is working on it.',
  superseded: 'Replaced by a later proposal.',
};

export const ERRATUM_STATUS_NAMES: Readonly<Record<ErratumStatus, string>> = {
  reported: 'Reported, not verified yet',
  verified: 'Verified',
  rejected: 'Rejected',
};

export const TYPE_NAMES: Readonly<Record<FrontMatter['type'], string>> = {
  standards: 'Standards track',
  informational: 'Informational',
  process: 'Process',
};

export const DIRECTIONS = {
  send: 'sent by the application',
  receive: 'received by the application',
  both: 'sent and received by the application',
} as const;

const ROLES: readonly Role[] = ['gateway', 'application', 'middleware'];

/** `3 requirements`, `1 requirement`, `no requirements`. */
export function count(number: number, noun: string): string {
  return `${number === 0 ? 'no' : number} ${noun}${number === 1 ? '' : 's'}`;
}

/** `a`, `a and b`, `a, b and c`: parts with what stands between them, for text that is not all plain. */
export function listed<T>(parts: readonly T[]): (T | string)[] {
  return parts.flatMap((part, index) => {
    if (index === 0) return [part];
    return [index === parts.length - 1 ? ' and ' : ', ', part];
  });
}

/** `12 in review, 1 accepted` */
export function countByStatus(proposals: readonly { frontMatter: FrontMatter }[]): string {
  const statuses = Map.groupBy(proposals, ({ frontMatter }) => frontMatter.status);
  return [...statuses]
    .map(([status, { length }]) => `${length} ${STATUS_NAMES[status].toLowerCase()}`)
    .join(', ');
}

/** `48 for the gateway, 3 for the application, 1 for middleware` */
export function countByRole(requirements: readonly Requirement[]): string {
  return ROLES.map((role): [Role, number] => [
    role,
    requirements.filter((r) => r.role === role).length,
  ])
    .filter(([, number]) => number > 0)
    .map(([role, number]) => `${number} for ${role === 'middleware' ? role : `the ${role}`}`)
    .join(', ');
}
