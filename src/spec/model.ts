// What proposals say, as data: requirements, blocks and the specification that they make up together.
// Types and the words of the format; reading and judging are elsewhere.

import type {
  EventBlock,
  FeatureBlock,
  MachineBlock,
  RecordBlock,
  RetiredBlock,
  SequenceBlock,
  TryBlock,
  UntestedBlock,
} from './blocks.ts';
import type { Problem } from './problem.ts';

export const LEVELS = ['MUST', 'MUST NOT', 'SHOULD', 'SHOULD NOT', 'MAY'] as const;
export type Level = (typeof LEVELS)[number];
export type Role = 'gateway' | 'application' | 'middleware';

export const STATUSES = [
  'draft',
  'review',
  'last-call',
  'accepted',
  'final',
  'withdrawn',
  'rejected',
  'deferred',
  'superseded',
] as const;
export type Status = (typeof STATUSES)[number];

export const TYPES = ['standards', 'informational', 'process'] as const;
export type ProposalType = (typeof TYPES)[number];

/** One binding sentence. `text` is Markdown without the id line. */
export interface Requirement {
  readonly id: string;
  readonly level: Level;
  readonly role: Role;
  readonly text: string;
  readonly line: number;
}

/** A noun names a thing, a verb a deed, and a state is what something is while a condition holds. */
export type TermKind = 'noun' | 'verb' | 'state';

/** One definition. Offsets are those of the file. */
export interface Term {
  /** As a dictionary has it: in small letters, and one of a thing. */
  readonly term: string;
  readonly kind: TermKind;
  /** Whose state it is, such as `peer`; where the sentence says so. */
  readonly of?: string;
  /** The sentence that defines it, with those that belong to it, as Markdown. */
  readonly definition: string;
  /** Heading that it stands under. */
  readonly section: string;
  /** The word in emphasis. */
  readonly start: number;
  readonly end: number;
}

/** What the front matter of a proposal says (proposal 1, “Front matter”). Dates are `YYYY-MM-DD`. */
export interface FrontMatter {
  readonly proposal: number;
  readonly title: string;
  readonly summary: string;
  readonly authors: readonly string[];
  readonly status: Status;
  readonly type: ProposalType;
  readonly created: string;
  readonly discussion: string;
  readonly revision: number;
  readonly requires?: readonly number[];
  readonly replaces?: readonly number[];
  readonly implementations?: readonly string[];
  readonly 'last-call-ends'?: string;
  readonly resolution?: string;
  readonly 'withdrawn-reason'?: string;
  readonly 'superseded-by'?: number;
}

export interface Located<T> {
  readonly value: T;
  readonly line: number;
}

/** A proposal as programs see it. */
export interface Proposal {
  readonly file: string;
  readonly frontMatter: FrontMatter;
  readonly requirements: readonly Requirement[];
  readonly events: readonly Located<EventBlock>[];
  readonly records: readonly Located<RecordBlock>[];
  readonly machines: readonly Located<MachineBlock>[];
  readonly features: readonly Located<FeatureBlock>[];
  readonly tries: readonly Located<TryBlock>[];
  readonly sequences: readonly Located<SequenceBlock>[];
  readonly retired: readonly Located<RetiredBlock>[];
  readonly untested: readonly Located<UntestedBlock>[];
  readonly terms: readonly Located<Term>[];
  readonly problems: readonly Problem[];
}

/** What a requirement, event, record or machine belongs to. `slug` is the four digits, as in URLs. */
export interface Origin {
  readonly slug: string;
  readonly revision: number;
  readonly file: string;
  readonly line: number;
}

/** All proposals of one moment together. Where something is defined twice, the first definition is kept. */
export interface Specification {
  readonly proposals: readonly Proposal[];
  readonly requirements: ReadonlyMap<string, Requirement & Origin>;
  readonly events: ReadonlyMap<string, EventBlock & Origin>;
  readonly records: ReadonlyMap<string, RecordBlock & Origin>;
  readonly machines: ReadonlyMap<string, MachineBlock & Origin>;
  /** By name; `revision` is that of the feature. */
  readonly features: ReadonlyMap<string, FeatureBlock & Omit<Origin, 'revision'>>;
  /** By name in addresses. Where two proposals define the same word, the later one's has its number behind it. */
  readonly terms: ReadonlyMap<string, Term & Origin>;
}

/** Types of fields that are not records, and what each is in words. */
export const FIELD_TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  octets: 'a string whose code units are octets (at most 0xFF)',
  bytes: 'octets of a body',
  integer: 'a whole number',
  boolean: 'true or false',
  enum: 'one of the listed values',
  fields: 'ordered pairs of field name and field value',
  strings: 'a list of text',
  octets_list: 'a list of strings whose code units are octets',
  bytes_list: 'a list of octet strings',
  feature_map: 'feature name to revisions',
  feature_choice: 'feature name to one revision',
  data: 'plain data',
  cancel: 'a handle that is signalled with a reason',
  state: 'read-only values of the application',
};

/** Four digits, as folder names and URLs have them. */
export function proposalSlug(number: number): string {
  return String(number).padStart(4, '0');
}

type Directed = Pick<EventBlock, 'type' | 'direction'>;

/** What rows of a machine call an event that is sent. One that goes both ways is named with its direction. */
export function sendInput({ type, direction }: Directed): string {
  return direction === 'both' ? `send ${type}` : type;
}

/** Every name under which rows of a machine can speak of an event. */
export function inputsOfEvent({ type, direction }: Directed): readonly string[] {
  return direction === 'both' ? [`send ${type}`, `receive ${type}`] : [type];
}
