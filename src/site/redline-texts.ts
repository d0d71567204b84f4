// Makes the redline of two texts of this repository: renders both with what their references are about, and adds what
// it comes to by requirement. Knows nothing of pages.

import { type RedlinePage, type RedlineSide, redlinePage } from '../render/redline-page.ts';
import { logOf } from '../spec/change-log.ts';
import { type SourceText, type Summary, summarise } from '../spec/redline/index.ts';
import { proposalHref } from './href.ts';
import { renderDocument } from './markdown/render.ts';
import { register } from './published.ts';
import type { Comparison, RevisionText } from './redline-comparisons.ts';
import { proposals } from './specification.ts';
import { withoutSandboxes } from './without-sandboxes.ts';

export interface ComparedTexts {
  readonly page: RedlinePage;
  readonly summary: Summary;
  readonly log: readonly LogLine[];
}

export interface LogLine {
  readonly revision: number;
  readonly text: string;
}

/** Compares two texts. @throws SpecError where one of them cannot be rendered */
export async function redlineOf(comparison: Comparison): Promise<ComparedTexts> {
  const { slug, before, after } = comparison;
  return {
    page: await redlinePage(sideOf(before), sideOf(after), {
      page: proposalHref(slug),
      aliases: aliases(),
    }),
    summary: summaryOf(comparison),
    log: logSince(after, before),
  };
}

/** The same pairs each time: what is read of them is kept by pair. */
const drafts = proposals.map(({ proposal, source }): SourceText => [proposal.file, source]);

/** What a comparison comes to by requirement. */
export function summaryOf({ slug, before, after }: Comparison): Summary {
  return summarise(before.source, after.source, {
    register,
    others: drafts.filter((_, index) => proposals[index]?.slug !== slug),
  });
}

/** What the change log of a text says of its revisions behind an earlier one, or of all, newest first. */
export function logSince(text: RevisionText, before?: RevisionText): LogLine[] {
  const since = before?.proposal.frontMatter.revision ?? 0;
  return logOf(text.document)
    .filter(({ revision }) => revision > since)
    .map(({ revision, text }) => ({ revision, text }));
}

/** Former id to the one that took its place, over all proposals. */
function aliases(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(register).flatMap(([id, { aliases: former = [] }]) =>
      former.map((name) => [name, id]),
    ),
  );
}

function sideOf({ source, file, document, specification }: RevisionText): RedlineSide {
  return {
    source,
    tree: document.tree,
    async render(source, marked) {
      const { parts } = await renderDocument(source, file, specification, marked);
      return withoutSandboxes(parts);
    },
  };
}
