// What the renderer knows of a text that is being written: the specification with the change in it, and the examples of
// the site.

import { addressesUnder } from '../render/addresses.ts';
import { linkedTermsIn } from '../render/linked-terms.ts';
import type { MarkdownContext } from '../render/markdown/context.ts';
import type { Specification } from '../spec/specification.ts';
import type { TraceEvent } from '../trace/index.ts';
import type { KnownRepository } from './library.ts';

export interface PreviewOptions {
  /** Root of the site, with a slash at its end. */
  readonly base: string;
  /** The recorded trace of an example that the library has without it. */
  readonly traceOf: (slug: string) => Promise<readonly TraceEvent[]>;
}

/** The context for texts of which `specification` is what they and all others come to. */
export function previewContext(
  specification: Specification,
  { data, library }: KnownRepository,
  { base, traceOf }: PreviewOptions,
): MarkdownContext {
  const examples = Object.entries(data.examples);
  return {
    addresses: addressesUnder(base),
    repository: data.repository,
    specification,
    examples: new Map(examples.map(([slug, { title }]) => [slug, title])),
    examplesShowing: (id) =>
      examples
        .filter(([, { clauses }]) => clauses.includes(id))
        .sort(([, a], [, b]) => a.clauses.indexOf(id) - b.clauses.indexOf(id))
        .map(([slug]) => slug),
    traceShows: async (slug, id) => data.examples[slug]?.shows.includes(id) ?? false,
    // The library has whole events where a figure is drawn from them.
    traceOf: async (slug) =>
      (data.examples[slug]?.trace as readonly TraceEvent[] | undefined) ?? traceOf(slug),
    linkedTerms: (slug) => linkedTermsIn(specification, slug),
    // As the site stands: what a change adds has none yet.
    hasPage: (kind, name) =>
      (kind === 'event' ? library.specification.events : library.specification.machines).has(name),
  };
}
