// Every revision that is published and every change of status, as an Atom feed.
import { followedProposals } from '../site/feed-proposals.ts';
import { siteFeed } from '../site/feeds.ts';
import { atom } from '../site/responses.ts';

export function GET(): Response {
  return atom(siteFeed(followedProposals()));
}
