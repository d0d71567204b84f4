// Turns links between proposals, which are paths in the repository, into the addresses of their pages, and puts paths of
// the site under its base.
import type { Definition, Link, Root } from 'mdast';
import { visit } from 'unist-util-visit';
import type { MarkdownContext } from './context.ts';

/** `../0003-http/draft.md#the-scope`, or a revision of it. */
const PROPOSAL = /^\.\.\/(\d{4})-[a-z0-9-]+\/(?:draft|v(\d+))\.md(?:#(.*))?$/;

export function links(context: MarkdownContext) {
  return (tree: Root): void => {
    visit(tree, (node) => {
      if (node.type === 'link' || node.type === 'definition') node.url = addressOf(node, context);
    });
  };
}

function addressOf({ url }: Link | Definition, { addresses, repository }: MarkdownContext): string {
  const [whole, slug, revision, fragment] = PROPOSAL.exec(url) ?? [];
  if (slug === '0000') return url;
  if (whole !== undefined && slug !== undefined) {
    return revision === undefined
      ? addresses.proposalHref(slug, fragment)
      : addresses.revisionHref(slug, Number(revision), fragment);
  }
  // A path of the site, which can stand below a base.
  if (/^\/(?!\/)/.test(url)) return addresses.href(url);
  // Anything else beside the proposals is shown by the code host, where there is one.
  const [, path] = /^\.\.\/((?:\.\.\/)?.*)$/.exec(url) ?? [];
  if (path === undefined) return url;
  const inside = path.startsWith('../') ? path.slice(3) : `proposals/${path}`;
  return repository ? `${repository}/blob/HEAD/${inside}` : addresses.href('/proposals/');
}
