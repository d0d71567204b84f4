// Highlights fenced code with the colours of the site.
import type { Code, Root } from 'mdast';
import { visit } from 'unist-util-visit';
import { highlight } from '../highlight.ts';
import { rawHtml } from './elements.ts';

export function codeBlocks() {
  return async (tree: Root): Promise<void> => {
    const found: [parent: { children: Root['children'] }, node: Code][] = [];
    visit(tree, 'code', (node, _index, parent) => {
      if (parent) found.push([parent as { children: Root['children'] }, node]);
    });
    for (const [parent, node] of found) {
      parent.children[parent.children.indexOf(node)] = rawHtml(
        await highlight(node.value, node.lang ?? 'text'),
      );
    }
  };
}
