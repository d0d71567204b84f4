// The proposals of this repository with their history, as the feeds tell of them.
import { errataOf } from './errata.ts';
import type { FollowedProposal, FollowedRevision } from './feeds.ts';
import { type RevisionText, textsOf } from './redline-comparisons.ts';
import { logSince, summaryOf } from './redline-texts.ts';
import { statusSteps } from './repository-history.ts';
import { proposals } from './specification.ts';

let all: readonly FollowedProposal[] | undefined;

/** Every proposal, in order of number. Read once. */
export function followedProposals(): readonly FollowedProposal[] {
  all ??= proposals.map(({ slug, proposal: { frontMatter } }) => ({
    slug,
    frontMatter,
    steps: statusSteps().get(slug) ?? [],
    revisions: textsOf(slug)
      .filter(({ name }) => name !== 'draft')
      .map((text, index, texts) => revisionOf(slug, text, texts[index - 1])),
    errata: errataOf(slug)?.errata ?? [],
  }));
  return all;
}

function revisionOf(slug: string, text: RevisionText, before?: RevisionText): FollowedRevision {
  const { frontMatter, requirements } = text.proposal;
  const { revision, created } = frontMatter;
  return {
    revision,
    // Without a history nothing says when it was published: see feeds.ts on steps.
    date: text.date ?? created,
    frontMatter,
    requirements: requirements.length,
    log: logSince(text, before).find((line) => line.revision === revision)?.text ?? '',
    ...(before && {
      changes: {
        since: before.proposal.frontMatter.revision,
        summary: summaryOf({ slug, before, after: text }),
      },
    }),
  };
}
