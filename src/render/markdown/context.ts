// What plugins know of the rest of the site: the specification that references are checked against, the examples, and
// where links lead.
import type { RootContent } from 'mdast';
import type { Problem } from '../../spec/problem.ts';
import type { Specification } from '../../spec/specification.ts';
import type { PlacedTerm } from '../../spec/term-uses.ts';
import type { TraceEvent } from '../../trace/index.ts';
import type { Addresses } from '../addresses.ts';

export interface MarkdownContext {
  readonly addresses: Addresses;
  /** Page of the repository on its code host; null where there is none. */
  readonly repository: string | null;
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
  /**
   * What stands in the place of something that cannot be rendered, in a text that is being written. Without it, a
   * problem ends the rendering.
   */
  readonly noteOf?: (problems: readonly Problem[]) => RootContent;
  /** Whether an event or a machine has a page of its own. */
  hasPage(kind: 'event' | 'machine', name: string): boolean;
}

/** What a plugin is told of the file: its path, relative to the repository. */
export interface SourceFile {
  readonly path?: string;
}

/** Four digits of the proposal whose text is being rendered; undefined for any other text. */
export function proposalOf(file: SourceFile): string | undefined {
  return /^proposals\/(\d{4})-/.exec(fileName(file))?.[1];
}

/** The file that is being rendered, as messages name it. */
export function fileName({ path }: SourceFile): string {
  return path ?? '(no file)';
}
