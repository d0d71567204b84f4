// Makes the redline of two texts of this repository: renders both with what their references are about, and adds what
// it comes to by requirement. Knows nothing of pages.
import { logOf } from '../spec/change-log.ts';
import { readDocument } from '../spec/document.ts';
import { type Summary, summarise } from '../spec/redline/index.ts';
import { examples } from './examples.ts';
import { exampleHref, proposalHref } from './href.ts';
import { renderDocument } from './markdown/render.ts';
import { register } from './published.ts';
import type { Comparison, RevisionText } from './redline-comparisons.ts';
import { type RedlinePage, type RedlineSide, redlinePage } from './redline-page.ts';
import { proposals } from './specification.ts';

export interface ComparedTexts {
  readonly page: RedlinePage;
  readonly summary: Summary;
  /** What the change log of the text after says of the revisions behind the text before, newest first. */
  readonly log: readonly { readonly revision: number; readonly text: string }[];
}

/** Compares two texts. @throws SpecError where one of them cannot be rendered */
export async function redlineOf({ slug, before, after }: Comparison): Promise<ComparedTexts> {
  const since = before.proposal.frontMatter.revision;
  return {
    page: await redlinePage(sideOf(before), sideOf(after), {
      page: proposalHref(slug),
      aliases: aliases(),
    }),
    summary: summarise(before.source, after.source, {
      register,
      others: proposals
        .filter((other) => other.slug !== slug)
        .map(({ proposal, source }) => [proposal.file, source] as const),
    }),
    log: logOf(readDocument(after.source, after.file))
      .filter(({ revision }) => revision > since)
      .map(({ revision, text }) => ({ revision, text })),
  };
}

/** Former id to the one that took its place, over all proposals. */
function aliases(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(register).flatMap(([id, { aliases: former = [] }]) =>
      former.map((name) => [name, id]),
    ),
  );
}

const titles = new Map(examples.map(({ slug, title }) => [slug, title]));

function sideOf({ source, file, specification }: RevisionText): RedlineSide {
  return {
    source,
    async render(marked) {
      const { parts } = await renderDocument(marked, file, specification);
      // A comparison has the place of an example, not a sandbox that runs it.
      return parts
        .map((part) =>
          'html' in part
            ? part.html
            : `<p class="redline-example">Example to try: <a href="${exampleHref(part.example)}">${titles.get(part.example) ?? part.example}</a>. ${part.caption}</p>`,
        )
        .join('');
    },
  };
}
