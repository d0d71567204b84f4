// Takes HTML comments out: they are for those who edit the text, not for those who read the page.
import type { Root, RootContent } from 'mdast';
import { SKIP, visit } from 'unist-util-visit';

/** One that nobody closed goes on to the end, as it does in a browser. */
const COMMENT = /<!--[\s\S]*?(?:-->|$)/g;

export function withoutComments() {
  return (tree: Root): void => {
    visit(tree, 'html', (node, index, parent) => {
      if (index === undefined || !parent) return;
      node.value = node.value.replace(COMMENT, '').trim();
      if (node.value !== '') return;
      (parent.children as RootContent[]).splice(index, 1);
      return [SKIP, index];
    });
  };
}
