// A new proposal out of the template.

import { readDocument } from './document.ts';
import { setFields } from './front-matter.ts';
import type { FrontMatter } from './model.ts';
import { proposalSlug } from './model.ts';

export interface NewProposal {
  readonly number: number;
  readonly title: string;
  readonly authors: readonly string[];
  readonly type: FrontMatter['type'];
  /** `YYYY-MM-DD`. */
  readonly created: string;
}

/** `Doors & windows` → `doors-windows`: what a folder and an address can hold. Empty if nothing is left. */
export function folderWords(title: string): string {
  return title
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
    .replace(/-$/, '');
}

/** The folder and the first text of a proposal. */
export function newProposal(
  template: string,
  { number, title, authors, type, created }: NewProposal,
): { folder: string; text: string } {
  const { headings, source } = readDocument(template, '');
  const heading = headings.find(({ depth }) => depth === 1);
  if (!heading) throw new Error('the template has no heading');
  const end = heading.node.position?.end.offset ?? heading.start;
  const text = `${source.slice(0, heading.start)}# ${title}${source.slice(end)}`;
  return {
    folder: `${proposalSlug(number)}-${folderWords(title)}`,
    text: setFields(text, { proposal: number, title, authors, type, created }),
  };
}
