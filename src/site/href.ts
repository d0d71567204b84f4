// Addresses inside the site. Pages, plugins and endpoints take every link from here, so that the base path is added
// in one place. Where things are below it is in src/spec/paths.ts, which the command shares.
import { proposalPath, requirementPath, termAnchor, termPath } from '../spec/paths.ts';
import { settings } from './settings.ts';

export {
  eventAnchor,
  featureAnchor,
  machineAnchor,
  recordAnchor,
  termAnchor,
} from '../spec/paths.ts';

/** A path of the site, such as `/proposals/`, under the configured base. */
export function href(path: string): string {
  return settings.base.replace(/\/$/, '') + path;
}

/** An address of the site as programs get it: absolute where the site knows its origin. */
export function publicUrl(address: string): string {
  return settings.site === null ? address : new URL(address, settings.site).href;
}

/** The feed of everything that happens to the proposals. */
export const SITE_FEED = href('/feed.xml');

/** The feed of the proposals that are in last call. */
export const LAST_CALL_FEED = href('/feed/last-calls.xml');

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

/** The feed of one proposal. */
export function feedHref(slug: string): string {
  return href(`/proposals/${slug}/feed.xml`);
}

/** The Markdown of a text of a proposal, as it is in the repository. `name` is `draft`, or `v1` and so on. */
export function sourceHref(slug: string, name: string): string {
  return href(`/proposals/${slug}/${name}.md`);
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

/** A term where its proposal defines it. */
export function termHref(term: { readonly slug: string; readonly key: string }): string {
  return proposalHref(term.slug, termAnchor(term.key));
}

/** A term among all others. */
export function termPageHref(key: string): string {
  return href(termPath(key));
}

export function exampleHref(slug: string): string {
  return href(`/examples/${slug}/`);
}

/** The page of a rule of the linter. */
export function lintHref(rule: string): string {
  return href(`/lint/${rule}/`);
}
