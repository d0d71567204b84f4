// Reads one proposal: Markdown in, its front matter, requirements and blocks out, with the problems that keep a
// program from relying on them. Pure: no file system, no network; runs in Node and in the browser.

import { draftOf, libraryOf } from './lint/library.ts';
import { lint } from './lint/lint.ts';
import { READING } from './lint/rules.ts';
import type { Proposal } from './model.ts';

export { parseMarkdown, requirementMarker, stripMarker } from './document.ts';
export type { FrontMatter, Level, Located, Proposal, Requirement, Role } from './model.ts';

/** Reads a proposal. Never throws for what the text says: see `problems`. */
export function parseProposal(text: string, file: string): Proposal {
  const draft = draftOf([file, text]);
  return { ...draft.proposal, problems: lint(libraryOf([draft]), READING) };
}
