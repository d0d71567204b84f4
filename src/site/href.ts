// Addresses inside the site. Pages and endpoints take every link from here, so that the base path is added in one place;
// those that rendered texts have too are made in src/render/addresses.ts.
import { addressesUnder } from '../render/addresses.ts';
import { settings } from './settings.ts';

export {
  eventAnchor,
  featureAnchor,
  machineAnchor,
  recordAnchor,
  termAnchor,
} from '../spec/paths.ts';

/** All that rendered texts may lead to, under the configured base. */
export const addresses = addressesUnder(settings.base);

export const {
  href,
  proposalHref,
  revisionHref,
  requirementHref,
  requirementPageHref,
  eventHref,
  machineHref,
  termHref,
  termPageHref,
  exampleHref,
} = addresses;

/** An address of the site as programs get it: absolute where the site knows its origin. */
export function publicUrl(address: string): string {
  return settings.site === null ? address : new URL(address, settings.site).href;
}

/** The feed of everything that happens to the proposals. */
export const SITE_FEED = href('/feed.xml');

/** The feed of the proposals that are in last call. */
export const LAST_CALL_FEED = href('/feed/last-calls.xml');

/** An edition of the specification as one document, or a place in it. */
export function editionHref(edition: string, fragment?: string): string {
  return href(`/spec/${edition}/${fragment === undefined ? '' : `#${fragment}`}`);
}

/** The feed of one proposal. */
export function feedHref(slug: string): string {
  return href(`/proposals/${slug}/feed.xml`);
}

/** Where an edit of a draft begins: at a heading or a requirement, where one is named. */
export function proposeHref(slug: string, fragment?: string): string {
  return href(`/propose/?edit=${slug}${fragment === undefined ? '' : `#${fragment}`}`);
}

/** Where an erratum of a published revision begins. */
export function erratumHref(slug: string, revision: number, fragment?: string): string {
  return href(
    `/propose/?erratum=${slug}/v${revision}${fragment === undefined ? '' : `#${fragment}`}`,
  );
}

/** The Markdown of a text of a proposal, as it is in the repository. `name` is `draft`, or `v1` and so on. */
export function sourceHref(slug: string, name: string): string {
  return href(`/proposals/${slug}/${name}.md`);
}

/** The page of a rule of the linter. */
export function lintHref(rule: string): string {
  return href(`/lint/${rule}/`);
}
