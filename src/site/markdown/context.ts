// What plugins know of the rest of the site: the specification that references are checked against, and the examples.
import { relative } from 'node:path';
import type { Specification } from '../../spec/specification.ts';
import type { PlacedTerm } from '../../spec/term-uses.ts';
import type { TraceEvent } from '../../trace/index.ts';

export interface MarkdownContext {
  readonly specification: Specification;
  /** Slug to title of the examples that may be embedded. */
  readonly examples: ReadonlyMap<string, string>;
  /** Slugs of the examples that show a requirement. */
  examplesShowing(id: string): readonly string[];
  /** Whether the trace that is recorded of an example has an event under a requirement. */
  traceShows(slug: string, id: string): Promise<boolean>;
  /** The trace that is recorded of an example. */
  traceOf(slug: string): Promise<readonly TraceEvent[]>;
  /** The terms that hold in a proposal and are worth a link there. */
  linkedTerms(slug: string): readonly PlacedTerm[];
  /** Whether an event or a machine has a page of its own. */
  hasPage(kind: 'event' | 'machine', name: string): boolean;
}

/** Four digits of the proposal whose text is being rendered; undefined for any other text. */
export function proposalOf(file: {
  readonly cwd: string;
  readonly path?: string;
}): string | undefined {
  return /^proposals\/(\d{4})-/.exec(fileName(file))?.[1];
}

/** The file that is being rendered, relative to the repository, as messages name it. */
export function fileName(file: { readonly cwd: string; readonly path?: string }): string {
  return file.path === undefined
    ? '(no file)'
    : relative(file.cwd, file.path).replaceAll('\\', '/');
}
