// The words in which pages and feeds tell what became of requirements between two revisions.
import type { RequirementChange, RequirementChangeKind, Summary } from '../spec/redline/index.ts';

/** In the order of what a reviewer wants to see first. */
const KINDS: readonly (readonly [RequirementChangeKind, name: string, meaning: string])[] = [
  ['removed', 'Removed', 'in force no more'],
  ['reversed', 'Reversed', 'it demanded what it forbids now, or the other way round'],
  ['weakened', 'Weakened', 'it binds less than it did'],
  ['role-changed', 'Bound to another role', 'somebody else has to do it'],
  ['strengthened', 'Strengthened', 'it binds more than it did'],
  ['changed', 'Reworded', 'the same level, other words'],
  ['added', 'Added', 'new'],
  ['renamed', 'Renamed', 'another id'],
  ['moved', 'Moved', 'in another section'],
  ['editorial', 'Editorial', 'punctuation, typography or links'],
];

/** Requirements that one thing became of. */
export interface ChangeGroup {
  readonly name: string;
  readonly meaning: string;
  readonly found: readonly RequirementChange[];
}

/** The requirements of a summary by what became of them. One that was moved and weakened is listed once, under what matters more. */
export function changeGroups(summary: Summary): ChangeGroup[] {
  return KINDS.map(([kind, name, meaning]) => ({
    name,
    meaning,
    found: summary.requirements.filter(({ kinds }) => kinds[0] === kind),
  })).filter(({ found }) => found.length > 0);
}

/** `MUST → SHOULD; formerly http.old; also moved` */
export function changeDetails({
  before,
  after,
  kinds,
  alias,
  tombstone,
}: RequirementChange): string {
  const levels = [before?.level, after?.level].filter((level) => level !== undefined);
  const roles = kinds.includes('role-changed') ? `${before?.role} → ${after?.role}` : undefined;
  const others = kinds.slice(1).flatMap((kind) => KINDS.find(([name]) => name === kind)?.[1] ?? []);
  return [
    [...new Set(levels)].join(' → '),
    roles,
    kinds.includes('renamed') ? `formerly ${before?.id}` : undefined,
    alias === undefined ? undefined : `replaced by ${alias}`,
    tombstone,
    others.length > 0 ? `also ${others.join(', ').toLowerCase()}` : undefined,
  ]
    .filter(Boolean)
    .join('; ');
}
