// What the page and its worker say to each other. Types only.

import type { Status } from '../spec/model.ts';
import type { Summary } from '../spec/redline/index.ts';
import type { Beginning } from './begin.ts';
import type { Change } from './change.ts';
import type { Findings } from './desk.ts';
import type { FieldKey, FieldValue, Form } from './front-matter-form.ts';
import type { Author } from './patch/write.ts';
import type { Imported, WrittenPatch } from './patch-of.ts';
import type { Rebased } from './rebase.ts';

export interface Questions {
  /** Reads the library from an address. Asked first. */
  open: { readonly url: string; readonly base: string };
  /** What there is to change. */
  contents: object;
  /** A change of the draft of a proposal, with nothing changed yet. */
  edit: { readonly slug: string };
  /** A change that adds an erratum of a published revision, at the place of a fragment. */
  erratum: {
    readonly slug: string;
    readonly revision: number;
    readonly anchor: string;
    /** Words of the page that stand at the place; empty for whatever it says there. */
    readonly says: string;
    readonly by: string;
  };
  new: { readonly beginning: Beginning };
  /** A patch, or the raw text of a draft, as somebody else wrote it. */
  import: { readonly name: string; readonly text: string };
  findings: { readonly change: Change };
  mend: { readonly path: string; readonly change: Change };
  form: { readonly path: string; readonly change: Change };
  /** The text with a field of its front matter set. */
  field: {
    readonly path: string;
    readonly key: FieldKey;
    readonly value: FieldValue;
    readonly change: Change;
  };
  preview: { readonly path: string; readonly change: Change };
  /** `against`: `draft` for what the repository has, or a published revision such as `v1`. */
  redline: { readonly path: string; readonly against: string; readonly change: Change };
  patch: { readonly change: Change; readonly author: Author };
  /** The change as one of what the repository has now. */
  rebase: { readonly change: Change };
  /** With its new proposal under the next free number. */
  renumber: { readonly path: string; readonly change: Change };
}

export interface Contents {
  readonly proposals: readonly {
    /** Four digits. */
    readonly slug: string;
    readonly title: string;
    readonly status: Status;
    readonly path: string;
    /** Numbers of the published revisions, oldest first. */
    readonly revisions: readonly number[];
  }[];
  /** The number that a new proposal gets, four digits. */
  readonly next: string;
  readonly repository: string | null;
  readonly commit: string | null;
}

/** A place of a text: a heading or a requirement, by its fragment. Lines count from 1. */
export interface TextPlace {
  readonly line: number;
  readonly anchor: string;
}

/** A preview: sanitised HTML, and the headings in it. */
export interface Previewed {
  readonly html: string;
  readonly headings: readonly {
    readonly depth: number;
    readonly slug: string;
    readonly text: string;
  }[];
  /** Where headings and requirements are in the source, in order. */
  readonly places: readonly TextPlace[];
  /** Why there is none, in words. */
  readonly refused?: string;
}

/** Two texts as one: sanitised HTML, each change by number, and what it comes to. */
export interface Redlined extends Previewed {
  readonly changes: number;
  readonly summary: Summary;
}

/** A patch with the files in it that are made from the proposals. */
export interface PatchFile extends WrittenPatch {
  readonly made: readonly string[];
  /** Why there are none, in a sentence. */
  readonly none?: string;
}

/** What somebody else wrote, as a change of its own, and what of it is not shown. */
export interface Arrival extends Pick<Imported, 'generated' | 'others' | 'problems'> {
  readonly change: Change;
}

export interface Answers {
  open: true;
  contents: Contents;
  edit: Change;
  erratum: Change;
  new: Change;
  import: Arrival;
  findings: Findings;
  mend: string;
  form: Form;
  field: string;
  preview: Previewed;
  redline: Redlined;
  patch: PatchFile;
  rebase: Rebased;
  renumber: Change;
}

export type Question<K extends keyof Questions = keyof Questions> = {
  [N in K]: { readonly kind: N } & Questions[N];
}[K];

export type Asked =
  | { readonly id: number; readonly answer: Answers[keyof Answers] }
  | { readonly id: number; readonly error: string };
