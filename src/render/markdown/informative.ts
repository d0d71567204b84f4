// Marks what of a text with requirements does not bind, so that a page can leave it out: prose, lists, listings, and tables and headings
// that no requirement needs. Comes last of the plugins; knows nothing of who reads, or of what is on screen.
import type { Root, RootContent } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import type { SiteElement } from './elements.ts';
import { TRY_ELEMENT } from './parts.ts';

export function informative() {
  return (tree: Root): void => {
    const named = tree.children
      .filter((node) => has(node, 'requirement'))
      .map((node) => plainText(node));
    if (named.length === 0) return;
    const binds = (node: RootContent): boolean =>
      has(node, 'requirement') ||
      has(node, 'card') ||
      (has(node, 'table') && belongs(node, tree.children, named));
    for (const [index, node] of tree.children.entries()) {
      const stays =
        node.type === 'heading'
          ? under(tree.children, index, node.depth).some(binds)
          : isSandbox(node) || binds(node);
      if (!stays) mark(node);
    }
  };
}

/** A table belongs to requirements where one stands in its section, or names it by its caption. */
function belongs(
  table: RootContent,
  all: readonly RootContent[],
  requirements: readonly string[],
): boolean {
  const { ariaLabel } = (table as SiteElement).data.hProperties;
  if (ariaLabel !== undefined && requirements.some((text) => text.includes(`“${ariaLabel}”`)))
    return true;
  const at = all.indexOf(table);
  const from = all.slice(0, at).findLastIndex(({ type }) => type === 'heading');
  return !isRegister(table) && under(all, from).some((node) => has(node, 'requirement'));
}

/** A list of ids out of use or without a test. It has the form of a table, and says what became of requirements. */
function isRegister(table: RootContent): boolean {
  const [inner] = (table as SiteElement).children;
  return inner !== undefined && has(inner, 'register');
}

/** What stands below a heading, to the next one that is not deeper; without a depth, to the next one. */
function under(all: readonly RootContent[], heading: number, depth = 6): readonly RootContent[] {
  const end = all.findIndex(
    (node, index) => index > heading && node.type === 'heading' && node.depth <= depth,
  );
  return all.slice(heading + 1, end < 0 ? undefined : end);
}

function has(node: RootContent, name: string): boolean {
  if (node.type !== 'siteElement') return false;
  const { className } = node.data.hProperties;
  return Array.isArray(className) && className.includes(name);
}

/** A component takes its place, which has a class to tell it by. */
function isSandbox(node: RootContent): boolean {
  return node.type === 'siteElement' && node.data.hName === TRY_ELEMENT;
}

function mark(node: RootContent): void {
  // Highlighted code is HTML already.
  if (node.type === 'html') node.value = node.value.replace(/^<\w+/, '$& data-informative');
  else {
    node.data ??= {};
    const data = node.data as { hProperties?: Record<string, unknown> };
    data.hProperties = { ...data.hProperties, dataInformative: true };
  }
}
