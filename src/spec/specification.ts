// Joins the proposals into one specification that programs can rely on: what the site shows and what code is
// generated from. Whatever an essential rule finds ends it.

import { draftOf, libraryOf, type SourceFile } from './lint/library.ts';
import { lint } from './lint/lint.ts';
import type { Draft } from './lint/rule.ts';
import { JOINING, READING } from './lint/rules.ts';
import type { Specification } from './model.ts';
import { SpecError } from './problem.ts';

export {
  FIELD_TYPES,
  inputsOfEvent,
  type Origin,
  proposalSlug,
  type Specification,
  sendInput,
} from './model.ts';

/** Joins drafts. @throws SpecError with every problem that an essential rule finds */
export function assemble(sources: readonly SourceFile[]): Specification {
  return assembleDrafts(sources.map(draftOf));
}

/** The same of drafts that have been read. @throws SpecError */
export function assembleDrafts(drafts: readonly Draft[]): Specification {
  const library = libraryOf(drafts);
  const problems = lint(library, [...READING, ...JOINING]);
  if (problems.length > 0) throw new SpecError(problems);
  return library.specification;
}
