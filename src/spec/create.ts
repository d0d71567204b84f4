// A new proposal out of the template.

import { readDocument } from './document.ts';
import { setFields } from './front-matter.ts';
import { TITLE_LENGTH } from './lint/length.ts';
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

/** What keeps a proposal from having this title, in words without a full stop; undefined where nothing does. */
export function titleProblem(title: string): string | undefined {
  const { length } = [...title.trim()];
  if (length === 0) return 'the title is empty';
  if (length > TITLE_LENGTH)
    return `the title has ${length} characters, and ${TITLE_LENGTH} are the most`;
  if (/[\p{Cc}\u2028\u2029]/u.test(title)) return 'the title is one line';
  if (folderWords(title) === '')
    return 'the title needs a letter of a to z or a digit, for the name of its folder';
  return undefined;
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
