// Gives fenced code that names its file a caption: ```ts hello/app.ts. Where `beside` follows the name, the listing stands
// beside the next one. What the code says is nobody's business here.
import type { Code, Root, RootContent } from 'mdast';
import { element, type SiteElement } from './elements.ts';

/** What stands behind the language of a fence: the name of a file, and what is said of it. */
export interface Listing {
  readonly file: string;
  readonly notes: readonly string[];
}

/** A name with an ending, such as `hello/app.ts`. */
const FILE = /^[\w-]+(?:[./][\w-]+)*\.[a-z]+$/;

/** The file that a fence names; undefined where it names none. */
export function listingOf({ meta }: Pick<Code, 'meta'>): Listing | undefined {
  const [file, ...notes] = (meta ?? '').trim().split(/\s+/);
  return file !== undefined && FILE.test(file) ? { file, notes } : undefined;
}

export function listings() {
  return (tree: Root): void => {
    const children: RootContent[] = [];
    let first: SiteElement | undefined;
    for (const node of tree.children) {
      const listing = node.type === 'code' ? listingOf(node) : undefined;
      if (!listing) {
        if (first) children.push(first);
        first = undefined;
        children.push(node);
        continue;
      }
      const caption = element('figcaption', {}, listing.file);
      const figure = element('figure', { className: ['code-file'] }, caption, node);
      if (first) {
        children.push(element('div', { className: ['beside'] }, first, figure));
        first = undefined;
      } else if (listing.notes.includes('beside')) first = figure;
      else children.push(figure);
    }
    if (first) children.push(first);
    tree.children = children;
  };
}
