// Other forms of what a page shows, which its head names to programs: feeds, Markdown, data.
import { ATOM_TYPE } from './atom.ts';
import { feedHref, href, LAST_CALL_FEED, SITE_FEED, sourceHref } from './href.ts';

export interface Alternate {
  readonly type: string;
  readonly href: string;
  readonly title?: string;
}

export const siteFeedLink: Alternate = { type: ATOM_TYPE, href: SITE_FEED, title: 'Proposals' };

export const lastCallFeedLink: Alternate = {
  type: ATOM_TYPE,
  href: LAST_CALL_FEED,
  title: 'Last calls',
};

export function proposalFeedLink(slug: string): Alternate {
  return { type: ATOM_TYPE, href: feedHref(slug), title: `Proposal ${slug}` };
}

/** The Markdown of a text of a proposal. `name` is `draft`, or `v1` and so on. */
export function sourceLink(slug: string, name: string): Alternate {
  return { type: 'text/markdown', href: sourceHref(slug, name) };
}

/** A file of data below the site, such as `/api/events.json`. */
export function dataLink(path: string): Alternate {
  return { type: path.endsWith('.csv') ? 'text/csv' : 'application/json', href: href(path) };
}
