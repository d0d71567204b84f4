// The proposals that are in last call, as an Atom feed.
import { followedProposals } from '../../site/feed-proposals.ts';
import { lastCallFeed } from '../../site/feeds.ts';
import { atom } from '../../site/responses.ts';

export function GET(): Response {
  return atom(lastCallFeed(followedProposals()));
}
