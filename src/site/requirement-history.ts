// What became of a requirement from revision to revision: its sentence in each published one and in the draft, with what
// changed from the one before.
import { normalise } from '../spec/checksum.ts';
import type { Published } from '../spec/lint/rule.ts';
import type { Requirement } from '../spec/model.ts';
import type { Segment } from '../spec/redline/model.ts';
import { compareWords } from '../spec/redline/words.ts';
import { grouped } from './grouped.ts';
import {
  editions,
  editionsWith,
  newestEdition,
  register,
  revisions,
  revisionsOf,
} from './published.ts';
import { type PlacedRequirement, proposalOf, specification } from './specification.ts';

export type Change = 'added' | 'same' | 'changed' | 'removed';

/** A requirement as one revision of a proposal has it. */
export interface Stage {
  /** `0003` */
  readonly slug: string;
  readonly revision: number;
  readonly draft: boolean;
  readonly editions: readonly string[];
  /** What it is called there, where that is another id. */
  readonly formerly?: string;
  readonly change: Change;
  /** What else than the sentence changed: `level MUST, was SHOULD`. */
  readonly notes: readonly string[];
  /** The sentence as Markdown; of a change, with what went and what came. Empty where it is removed. */
  readonly segments: readonly Segment[];
}

type Sentence = Pick<Requirement, 'id' | 'level' | 'role' | 'text'>;

/** One revision that a requirement can stand in, and what it says there. */
export interface Witness {
  readonly slug: string;
  readonly revision: number;
  readonly draft: boolean;
  readonly editions: readonly string[];
  readonly found: Sentence | undefined;
}

/** Compares what each revision says with what the one before it said. Revisions before the first are left out. */
export function stagesOf(witnesses: readonly Witness[]): readonly Stage[] {
  const stages: Stage[] = [];
  let before: Sentence | undefined;
  for (const { found, ...where } of witnesses) {
    if (!found) {
      if (before) stages.push({ ...where, change: 'removed', notes: [], segments: [] });
      before = undefined;
      continue;
    }
    const segments = before
      ? compareWords(oneLine(before.text), oneLine(found.text))
      : ([{ op: 'same', text: oneLine(found.text) }] as const);
    const notes = before
      ? [
          before.level === found.level ? '' : `level ${found.level}, was ${before.level}`,
          before.role === found.role ? '' : `binds ${found.role}, was ${before.role}`,
          before.id === found.id ? '' : `called ${found.id}, was ${before.id}`,
        ].filter((note) => note !== '')
      : [];
    const same = before && normalise(before.text) === normalise(found.text) && notes.length === 0;
    stages.push({
      ...where,
      change: !before ? 'added' : same ? 'same' : 'changed',
      notes,
      segments,
    });
    before = found;
  }
  return stages;
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

let saying: ReadonlyMap<string, readonly Published[]> | undefined;

/** The published revisions that have a requirement, by its id there. */
function revisionsSaying(): ReadonlyMap<string, readonly Published[]> {
  saying ??= grouped(revisions, ({ proposal }) => proposal.requirements.map(({ id }) => id));
  return saying;
}

/** The history of a requirement, oldest revision first, the draft last. `id` is its present one. */
export function historyOf(id: string): readonly Stage[] {
  const names = new Set([id, ...(register[id]?.aliases ?? [])]);
  const called = (one: { readonly id: string }) => names.has(one.id);
  const now = specification.requirements.get(id);
  const speaking = new Set([
    ...(now ? revisionsOf(now.slug) : []),
    ...[...names].flatMap((name) => revisionsSaying().get(name) ?? []),
  ]);
  const published = revisions.filter((revision) => speaking.has(revision));
  const draft = proposalOf(now?.slug ?? published.at(-1)?.slug ?? '');
  return stagesOf([
    ...published.map((revision) => witness(revision, revision.proposal.requirements.find(called))),
    ...(draft
      ? [
          {
            slug: draft.slug,
            revision: draft.proposal.frontMatter.revision,
            draft: true,
            editions: [],
            found: now,
          },
        ]
      : []),
  ]);
}

function witness({ slug, revision }: Published, found: Sentence | undefined): Witness {
  return { slug, revision, draft: false, editions: editionsWith(slug, revision), found };
}

/** The name of the last edition, which the draft is compared with. */
export const lastEdition = newestEdition;

const inEdition = new Map<string, Sentence>(
  revisions
    .filter(({ slug, revision }) => {
      const members = lastEdition === undefined ? {} : editions[lastEdition];
      return members?.[slug] === revision;
    })
    .flatMap(({ proposal }) =>
      proposal.requirements.map((one): [string, Sentence] => [one.id, one]),
    ),
);

/** How a requirement of the draft stands to the last edition. */
export function sinceEdition(
  requirement: Sentence,
  edition: ReadonlyMap<string, Sentence> = inEdition,
  aliases: readonly string[] = register[requirement.id]?.aliases ?? [],
): Exclude<Change, 'removed'> {
  const before = [requirement.id, ...aliases].flatMap((id) => edition.get(id) ?? [])[0];
  if (!before) return 'added';
  const same =
    before.level === requirement.level &&
    before.role === requirement.role &&
    before.id === requirement.id &&
    normalise(before.text) === normalise(requirement.text);
  return same ? 'same' : 'changed';
}

/** The requirements of the draft that the last edition has not, or has otherwise. */
export function changedSinceEdition(): readonly PlacedRequirement[] {
  return [...specification.requirements.values()].filter((one) => sinceEdition(one) !== 'same');
}
