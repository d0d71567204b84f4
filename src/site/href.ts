// Addresses inside the site. Pages, plugins and endpoints take every link from here, so that the base path is added
// in one place.
import { settings } from './settings.ts';

/** A path of the site, such as `/proposals/`, under the configured base. */
export function href(path: string): string {
  return settings.base.replace(/\/$/, '') + path;
}

/** The page of a proposal, or a place on it. `slug` is the four digits. */
export function proposalHref(slug: string, fragment?: string): string {
  return href(`/proposals/${slug}/${fragment === undefined ? '' : `#${fragment}`}`);
}

/** A requirement where it stands in its proposal. */
export function requirementHref(requirement: {
  readonly slug: string;
  readonly id: string;
}): string {
  return proposalHref(requirement.slug, requirement.id);
}

/** The page of one requirement, which stays where it is when the text moves. */
export function requirementPageHref(id: string): string {
  return href(`/r/${id}/`);
}

export function exampleHref(slug: string): string {
  return href(`/examples/${slug}/`);
}

/** Fragment of an event's card. */
export function eventAnchor(type: string): string {
  return `event-${type}`;
}

export function recordAnchor(name: string): string {
  return `record-${name}`;
}

export function machineAnchor(name: string): string {
  return `machine-${name}`;
}
