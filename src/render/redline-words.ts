// The words in which pages and feeds tell what became of requirements between two revisions.
import type { RequirementChange, RequirementChangeKind, Summary } from '../spec/redline/index.ts';

type Kind = RequirementChangeKind | 'unlevelled';

/** In the order of what a reviewer wants to see first. */
const KINDS: readonly (readonly [Kind, name: string, meaning: string])[] = [
  ['removed', 'Removed', 'in force no more'],
  ['reversed', 'Reversed', 'it demanded what it forbids now, or the other way round'],
  ['weakened', 'Weakened', 'it binds less than it did'],
  ['role-changed', 'Bound to another role', 'somebody else has to do it'],
  ['strengthened', 'Strengthened', 'it binds more than it did'],
  [
    'unlevelled',
    'Without a level',
    'before or now it has not one keyword, which says how far it binds',
  ],
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
    found: summary.requirements.filter((change) => kindOf(change) === kind),
  })).filter(({ found }) => found.length > 0);
}

/** What became of it, as far as that matters most. */
function kindOf({ kinds: [kind], before, after }: RequirementChange): Kind | undefined {
  const isLevelled = before?.level !== undefined && after?.level !== undefined;
  return kind === 'changed' && !isLevelled ? 'unlevelled' : kind;
}

/** `MUST → SHOULD; formerly http.old; also moved` */
export function changeDetails({
  before,
  after,
  kinds,
  alias,
  tombstone,
}: RequirementChange): string {
  const levels = [before, after].flatMap((state) => (state ? (state.level ?? 'no level') : []));
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
