// Sets straight quotation marks and apostrophes of prose as curly ones. Code is left alone.
import type { Root } from 'mdast';
import { visit } from 'unist-util-visit';

export function typography() {
  return (tree: Root): void => {
    visit(tree, 'text', (node, index) => {
      // At the start of a text, a mark opens only where nothing stands before it, such as a word in code.
      const before = index === 0 ? '(^|[\\s([—])' : '([\\s([—])';
      node.value = node.value
        .replace(new RegExp(`${before}"`, 'g'), '$1“')
        .replaceAll('"', '”')
        .replace(new RegExp(`${before}'`, 'g'), '$1‘')
        .replaceAll("'", '’');
    });
  };
}
