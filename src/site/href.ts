// Addresses inside the site. Pages, plugins and endpoints take every link from here, so that the base path is added
// in one place. Where things are below it is in src/spec/paths.ts, which the command shares.
import { proposalPath, requirementPath } from '../spec/paths.ts';
import { settings } from './settings.ts';

export { eventAnchor, featureAnchor, machineAnchor, recordAnchor } from '../spec/paths.ts';

/** A path of the site, such as `/proposals/`, under the configured base. */
export function href(path: string): string {
  return settings.base.replace(/\/$/, '') + path;
}

/** The page of a proposal, or a place on it. `slug` is the four digits. */
export function proposalHref(slug: string, fragment?: string): string {
  return href(proposalPath(slug, fragment));
}

/** The page of a published revision, or a place on it. */
export function revisionHref(slug: string, revision: number, fragment?: string): string {
  return href(`/proposals/${slug}/v${revision}/${fragment === undefined ? '' : `#${fragment}`}`);
}

/** An edition of the specification as one document, or a place in it. */
export function editionHref(edition: string, fragment?: string): string {
  return href(`/spec/${edition}/${fragment === undefined ? '' : `#${fragment}`}`);
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
  return href(requirementPath(id));
}

/** The page of one event. */
export function eventHref(type: string): string {
  return href(`/events/${type}/`);
}

/** The page of one state machine, or a place on it. */
export function machineHref(name: string, fragment?: string): string {
  return href(`/machines/${name}/${fragment === undefined ? '' : `#${fragment}`}`);
}

export function exampleHref(slug: string): string {
  return href(`/examples/${slug}/`);
}

/** The page of a rule of the linter. */
export function lintHref(rule: string): string {
  return href(`/lint/${rule}/`);
}
