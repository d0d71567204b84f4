// Gives every table a container of its own that scrolls, and the paragraph `Table: …` after it as its caption.
import type { Paragraph, PhrasingContent, Root, RootContent, Table } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import { element, rawHtml } from './elements.ts';

const CAPTION = /^Table:\s+/;
/** Behind an underscore or a dot that stands between parts of a name. */
const JOINT = /(?<=\w)[_.](?=\w)/g;

export function tables() {
  return (tree: Root): void => {
    const children: RootContent[] = [];
    for (let index = 0; index < tree.children.length; index++) {
      const node = tree.children[index];
      if (node?.type !== 'table') {
        if (node) children.push(node);
        continue;
      }
      const next = tree.children[index + 1];
      const caption = next && isCaption(next) ? next : undefined;
      if (caption) index++;
      children.push(scroller(captioned(node, caption), caption && plainText(caption)));
    }
    tree.children = children;
  };
}

/** A container that scrolls sideways when its table is wider than the page. */
export function scroller(table: RootContent, label?: string): RootContent {
  const properties = { className: ['table'], tabIndex: 0 };
  return label === undefined
    ? element('div', properties, table)
    : element('section', { ...properties, ariaLabel: label }, table);
}

function isCaption(node: RootContent): node is Paragraph {
  const first = node.type === 'paragraph' ? node.children[0] : undefined;
  return first?.type === 'text' && CAPTION.test(first.value);
}

function captioned(table: Table, caption: Paragraph | undefined): RootContent {
  if (!caption) return table;
  const first = caption.children[0];
  if (first?.type === 'text') first.value = first.value.replace(CAPTION, '');
  const [head, ...rows] = table.children;
  return element(
    'table',
    {},
    element('caption', {}, caption.children),
    element('thead', {}, head && cells(head, 'th')),
    element(
      'tbody',
      {},
      rows.map((row) => cells(row, 'td')),
    ),
  );
}

function cells(row: Table['children'][number], name: 'td' | 'th'): RootContent {
  return element(
    'tr',
    {},
    row.children.map((cell) =>
      // An empty head heads nothing.
      name === 'th' && cell.children.length > 0
        ? element('th', { scope: 'col' }, cell.children.map(jointed))
        : element('td', {}, cell.children.map(jointed)),
    ),
  );
}

/** Code in a cell, which may break where a name has a joint, and nowhere else: cells are narrow. */
function jointed(node: PhrasingContent): RootContent {
  if (node.type !== 'inlineCode' || node.value.search(JOINT) < 0) return node;
  const escaped = node.value.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return rawHtml(`<code>${escaped.replace(JOINT, '$&<wbr>')}</code>`);
}
