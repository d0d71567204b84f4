// What happens to one proposal, as an Atom feed.
import type { APIContext } from 'astro';
import { followedProposals } from '../../../site/feed-proposals.ts';
import { type FollowedProposal, proposalFeed } from '../../../site/feeds.ts';
import { atom } from '../../../site/responses.ts';

export function getStaticPaths() {
  return followedProposals().map((proposal) => ({
    params: { nnnn: proposal.slug },
    props: { proposal },
  }));
}

export function GET({ props: { proposal } }: APIContext<{ proposal: FollowedProposal }>): Response {
  return atom(proposalFeed(proposal));
}
