// Makes proposals out of documents and joins them into one specification, leniently: what cannot be read is left out,
// and of two definitions the first is kept. Whether anything was wrong is for the rules of the linter to say.

import { z } from 'zod';
import type { BlockKind } from './blocks.ts';
import { type BlockText, isLevel, type ProposalDocument, REQUIREMENT_ID } from './document.ts';
import {
  type FrontMatter,
  type Located,
  type Origin,
  type Proposal,
  type ProposalType,
  proposalSlug,
  type Requirement,
  type Specification,
  STATUSES,
  type Term,
  TYPES,
} from './model.ts';
import { isSameTerm, termKey, termsIn } from './terms.ts';

const number = z.int().nonnegative();

/** The kinds of value that programs rely on, in the order of proposal 1. Lengths and meanings are rules of the linter. */
export const FRONT_MATTER_SHAPES = {
  proposal: number,
  title: z.string(),
  summary: z.string(),
  authors: z.array(z.string()).min(1),
  status: z.enum(STATUSES),
  type: z.enum(TYPES),
  created: z.string(),
  discussion: z.string(),
  revision: z.int().positive(),
  'last-call-ends': z.string().optional(),
  resolution: z.string().optional(),
  'withdrawn-reason': z.string().optional(),
  'superseded-by': number.optional(),
  requires: z.array(number).optional(),
  replaces: z.array(number).optional(),
  implementations: z.array(z.string()).optional(),
} as const satisfies Record<keyof FrontMatter, z.ZodType>;

const frontMatterShape = z.object(FRONT_MATTER_SHAPES);

/** What stands in for front matter that cannot be read, so that the rest can be. */
const NO_FRONT_MATTER: FrontMatter = {
  proposal: 0,
  title: '',
  summary: '',
  authors: ['?'],
  status: 'draft',
  type: 'standards',
  created: '',
  discussion: '',
  revision: 1,
};

/** The front matter as typed values, or undefined where a value that programs rely on is missing or of another kind. */
export function frontMatterOf({ frontMatter }: ProposalDocument): FrontMatter | undefined {
  const values: Record<string, unknown> = Object.create(null);
  for (const { key, value } of frontMatter.entries) values[key] ??= value;
  const result = frontMatterShape.safeParse({ ...values });
  return result.success ? (result.data as FrontMatter) : undefined;
}

/** The requirements of a document that can be read as such. */
export function requirementsOf(document: ProposalDocument): Requirement[] {
  return document.marked.flatMap(({ id, keywords, role, text, start }) => {
    const level = keywords[0]?.word;
    if (!REQUIREMENT_ID.test(id) || keywords.length !== 1 || !isLevel(level) || !role) return [];
    return [{ id, level, role, text, line: document.place(start).line }];
  });
}

/** The blocks of one kind that could be read. */
export function blocksOf<K extends BlockKind>(
  document: ProposalDocument,
  kind: K,
): Located<NonNullable<Extract<BlockText, { kind: K }>['value']>>[] {
  return document.blocks.flatMap((block) =>
    block.kind === kind && block.value !== undefined
      ? [{ value: block.value as never, line: block.line }]
      : [],
  );
}

/** The definitions of a document. What a proposal that only informs explains binds nobody, and defines nothing. */
export function termsOf(
  { tree, source, place }: ProposalDocument,
  type: ProposalType,
): Located<Term>[] {
  if (type === 'informational') return [];
  return termsIn(tree, source).map((value) => ({ value, line: place(value.start).line }));
}

export function proposalOf(document: ProposalDocument): Proposal {
  const frontMatter = frontMatterOf(document) ?? NO_FRONT_MATTER;
  return {
    file: document.file,
    frontMatter,
    requirements: requirementsOf(document),
    events: blocksOf(document, 'event'),
    records: blocksOf(document, 'record'),
    machines: blocksOf(document, 'machine'),
    features: blocksOf(document, 'feature'),
    tries: blocksOf(document, 'try'),
    sequences: blocksOf(document, 'sequence'),
    retired: blocksOf(document, 'retired'),
    untested: blocksOf(document, 'untested'),
    terms: termsOf(document, frontMatter.type),
    problems: [],
  };
}

/** Joins proposals. Something that is defined twice is what the first says. */
export function join(proposals: readonly Proposal[]): Specification {
  const joined = {
    proposals,
    requirements: new Map(),
    events: new Map(),
    records: new Map(),
    machines: new Map(),
    features: new Map(),
    terms: new Map(),
  };
  for (const { file, frontMatter, ...proposal } of proposals) {
    const { proposal: number, revision } = frontMatter;
    const slug = proposalSlug(number);
    const add = <T extends object>(
      map: Map<string, T & Origin>,
      key: string,
      value: T,
      line: number,
    ) => {
      if (!map.has(key)) map.set(key, { ...value, slug, revision, file, line });
    };
    for (const r of proposal.requirements) add(joined.requirements, r.id, r, r.line);
    for (const { value, line } of proposal.events) add(joined.events, value.type, value, line);
    for (const { value, line } of proposal.records) add(joined.records, value.record, value, line);
    for (const { value, line } of proposal.machines)
      add(joined.machines, value.machine, value, line);
    for (const { value, line } of proposal.terms) {
      const key = termKey(value);
      const first: Term | undefined = joined.terms.get(key);
      if (first && isSameTerm(first, value)) continue;
      add(joined.terms, first ? `${key}-${slug}` : key, value, line);
    }
    for (const { value, line } of proposal.features) {
      if (!joined.features.has(value.feature))
        joined.features.set(value.feature, { ...value, slug, file, line });
    }
  }
  return joined;
}
