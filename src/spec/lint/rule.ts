// What a rule of the linter is, and all that it may look at. Rules judge; they read no files and know no clock.

import type { ProposalDocument } from '../document.ts';
import type { Proposal, Specification } from '../model.ts';
import type { Edit, Severity } from '../problem.ts';
import type { TracedStep } from '../sequence.ts';

export const GROUPS = {
  text: 'The text as a file',
  metadata: 'Front matter',
  structure: 'Sections, tables and images',
  normative: 'Requirements and keywords',
  blocks: 'Events, records, features and machines',
  links: 'Links, references, code and examples',
  graph: 'Proposals among each other',
  published: 'What is published',
} as const;
export type Group = keyof typeof GROUPS;

/** One draft: its text and what programs read from it. `folder` is the name of its folder, such as `0003-http`. */
export interface Draft {
  readonly document: ProposalDocument;
  readonly proposal: Proposal;
  readonly folder: string;
  /** Number 0: what new proposals start from. Most rules leave it alone. */
  readonly template: boolean;
}

/** A revision that is published: `proposals/0003-http/v1.md`. */
export interface Published {
  readonly file: string;
  readonly folder: string;
  /** Four digits. */
  readonly slug: string;
  readonly revision: number;
  readonly text: string;
  /** Read on first use: most rules need only some of them. */
  readonly proposal: Proposal;
}

/** The known errors of the published revisions of a proposal: `proposals/0003-http/errata.md`. */
export interface ErrataFile {
  readonly file: string;
  readonly folder: string;
  /** Four digits. */
  readonly slug: string;
  readonly document: ProposalDocument;
}

/** A file of data beside the proposals. `value` is undefined if it is not JSON of the right shape; `error` says why. */
export interface DataFile<T> {
  readonly file: string;
  readonly value?: T;
  readonly error?: string;
  readonly text?: string;
}

/** Path relative to `proposals/`, such as `0003-http/v1.md`, to the SHA-256 of the file in hexadecimal digits. */
export type PublishedHashes = Readonly<Record<string, string>>;

/** Edition name to the revision of each proposal in it, by four digits: `{"0.1": {"0003": 1}}`. */
export type Editions = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** One entry of `requirements.json`. Revisions are written `0003/v1`. */
export interface RegisterEntry {
  readonly level?: string;
  readonly role?: string;
  /** Four digits. */
  readonly proposal?: string;
  /** The published revision in which it first stood; null while none is. */
  readonly since?: string | null;
  /** The published revision in which its text last changed. */
  readonly changed?: string | null;
  readonly checksum?: string;
  /** Ids that it had before. */
  readonly aliases?: readonly string[];
  /** Why it is no more. Then it has nothing else but `since` and `changed`. */
  readonly tombstone?: string;
}

export type Register = Readonly<Record<string, RegisterEntry>>;

/** How an example of `content/examples` fared when it was run. */
export interface ExampleRun {
  /** Requirements that it broke, by id. */
  readonly violations: readonly string[];
  /** The requirement that it breaks on purpose. */
  readonly breaks?: string;
  /** Why it could not be run. */
  readonly error?: string;
  /** Its trace, where a figure is drawn from it. */
  readonly trace?: readonly TracedStep[];
}

/**
 * Everything that can be looked at. What is not known is absent, and rules that need it say nothing: the editor in
 * the browser has no tests, the parser alone has no published revisions.
 */
export interface Library {
  readonly drafts: readonly Draft[];
  readonly specification: Specification;
  readonly published?: readonly Published[];
  readonly errata?: readonly ErrataFile[];
  readonly hashes?: DataFile<PublishedHashes>;
  readonly editions?: DataFile<Editions>;
  readonly register?: DataFile<Register>;
  /** Requirement id to the files that test it. */
  readonly tests?: ReadonlyMap<string, readonly string[]>;
  /** Slug to how it fared. */
  readonly examples?: ReadonlyMap<string, ExampleRun>;
  /** Whether a path, relative to the repository, is a file or a folder of it. */
  readonly exists?: (path: string) => boolean;
  /** `YYYY-MM-DD`, in UTC. */
  readonly today?: string;
}

/** What a rule found. In a draft by offset; in another file by line and column. */
export interface Finding {
  readonly message: string;
  readonly hint?: string;
  readonly at: number | { readonly file: string; readonly line?: number; readonly column?: number };
  /** Offset of the end, where it is a stretch of text. */
  readonly end?: number;
  readonly fix?: readonly Edit[];
}

interface RuleWords {
  /** Lowercase words joined by hyphens; part of the URL `/lint/<id>/`. */
  readonly id: string;
  readonly group: Group;
  readonly severity: Severity;
  /** What it asks, in one sentence. */
  readonly summary: string;
  /** Why it asks that, and how to mend it. Markdown. */
  readonly why: string;
  /** A short text that breaks it, and the same mended. */
  readonly wrong: string;
  readonly right: string;
  /** Language of the two for highlighting; Markdown where it is not said. */
  readonly language?: string;
  /** Whether it can mend what it finds. */
  readonly fixes?: true;
  /** Without it a text cannot be joined into the specification: the site and the generators ask for these. */
  readonly essential?: true;
}

/** Looks at each draft by itself, with the library at hand. */
export interface DraftRule extends RuleWords {
  /** Whether it holds for errata too, which are read as a draft without front matter. */
  readonly errata?: true;
  readonly checkDraft: (draft: Draft, library: Library) => Iterable<Finding>;
}

/** Looks at everything once. Findings by offset name their draft. */
export interface LibraryRule extends RuleWords {
  readonly checkLibrary: (
    library: Library,
  ) => Iterable<Finding & { readonly in?: ProposalDocument }>;
}

export type Rule = DraftRule | LibraryRule;
