// Addresses that rendered texts lead to, under the path that a site is served from. Where things are below it is in
// src/spec/paths.ts. Knows nothing of which site, or of how it was set up.
import { proposalPath, requirementPath, termAnchor, termPath } from '../spec/paths.ts';

export interface Addresses {
  /** A path of the site, such as `/proposals/`, under its base. */
  href(path: string): string;
  /** The page of a proposal, or a place on it. `slug` is the four digits. */
  proposalHref(slug: string, fragment?: string): string;
  /** The page of a published revision, or a place on it. */
  revisionHref(slug: string, revision: number, fragment?: string): string;
  /** A requirement where it stands in its proposal. */
  requirementHref(requirement: { readonly slug: string; readonly id: string }): string;
  /** The page of one requirement, which stays where it is when the text moves. */
  requirementPageHref(id: string): string;
  /** The page of one event. */
  eventHref(type: string): string;
  /** The page of one state machine, or a place on it. */
  machineHref(name: string, fragment?: string): string;
  /** A term where its proposal defines it. */
  termHref(term: { readonly slug: string; readonly key: string }): string;
  /** A term among all others. */
  termPageHref(key: string): string;
  exampleHref(slug: string): string;
}

/** The addresses of a site below `base`, which begins and ends with a slash. */
export function addressesUnder(base: string): Addresses {
  const href = (path: string) => base.replace(/\/$/, '') + path;
  const proposalHref: Addresses['proposalHref'] = (slug, fragment) =>
    href(proposalPath(slug, fragment));
  return {
    href,
    proposalHref,
    revisionHref: (slug, revision, fragment) =>
      href(`/proposals/${slug}/v${revision}/${behind(fragment)}`),
    requirementHref: ({ slug, id }) => proposalHref(slug, id),
    requirementPageHref: (id) => href(requirementPath(id)),
    eventHref: (type) => href(`/events/${type}/`),
    machineHref: (name, fragment) => href(`/machines/${name}/${behind(fragment)}`),
    termHref: ({ slug, key }) => proposalHref(slug, termAnchor(key)),
    termPageHref: (key) => href(termPath(key)),
    exampleHref: (slug) => href(`/examples/${slug}/`),
  };
}

function behind(fragment: string | undefined): string {
  return fragment === undefined ? '' : `#${fragment}`;
}
