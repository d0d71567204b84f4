// What a redline is, as plain data: it can be sent to a worker, written to a file, and drawn in any form.
// Types only; how it comes about is elsewhere.

import type { BlockKind } from '../blocks.ts';

/** What a stretch of a proposal is. A fenced block that programs read has its own kind. */
export type ElementType =
  | 'front-matter'
  | 'heading'
  | 'paragraph'
  | 'requirement'
  | 'item'
  | 'table'
  | 'code'
  | 'quote'
  | 'html'
  | 'break'
  | 'definition'
  | 'footnote'
  | BlockKind;

export type Kind = 'same' | 'added' | 'removed' | 'changed' | 'moved' | 'moved-changed';

/**
 * A stretch of Markdown source. `same` stands on both sides; where the two differ in white space or in the
 * composition of characters only, `text` is that of after and `before` that of before.
 */
export interface Segment {
  readonly op: 'same' | 'ins' | 'del';
  readonly text: string;
  readonly before?: string;
}

/** Where a block stands on one side. Lines count from 1. */
export interface Place {
  readonly line: number;
  readonly endLine: number;
  /** Position among the blocks of its side, from 0. */
  readonly index: number;
  /** Headings above it, from the title down, as Markdown. That of a heading does not include itself. */
  readonly section: readonly string[];
  /** Fragment of the page on which the site shows it: its own, or that of the nearest heading. Empty above the first. */
  readonly anchor: string;
}

/** A line or lines of a block with rows: a row of a table, a transition, a field. */
export interface Row {
  readonly kind: Kind;
  /** What the row is known by: the first cell, the name of the field, the event and states of the transition. */
  readonly key: string;
  readonly before?: Omit<Place, 'section' | 'anchor'>;
  readonly after?: Omit<Place, 'section' | 'anchor'>;
  readonly segments: readonly Segment[];
  /** The same by cell, for a row of a table that has as many cells on both sides. */
  readonly cells?: readonly (readonly Segment[])[];
}

/** One block of a proposal: at least one of `before` and `after` is there. */
export interface RedlineBlock {
  readonly kind: Kind;
  /** What it is: in the text after if it is there, or else before. */
  readonly type: ElementType;
  /** Its id or name: of a requirement, event, record, machine, feature, example, key of the front matter, heading. */
  readonly name?: string;
  /** Its former name, where that was another. */
  readonly formerName?: string;
  readonly before?: Place;
  readonly after?: Place;
  /** Empty for a block with rows. */
  readonly segments: readonly Segment[];
  /** In place of segments, for a changed table or fenced block: the rows, in the order in which a reader meets them. */
  readonly rows?: readonly Row[];
}

/** A whole comparison. Blocks are in the order of the text after; what was removed stands where it was. */
export interface Redline {
  readonly blocks: readonly RedlineBlock[];
  readonly counts: Readonly<Record<Kind, number>>;
}
