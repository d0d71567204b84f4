// Takes the first heading off a document whose page prints the title itself.
import type { Root } from 'mdast';

export function withoutTitle() {
  return (tree: Root): void => {
    const index = tree.children.findIndex((node) => node.type === 'heading' && node.depth === 1);
    if (index >= 0) tree.children.splice(index, 1);
  };
}
