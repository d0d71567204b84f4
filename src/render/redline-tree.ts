// HTML as a tree, for comparing rendered texts: reading it, making elements, asking what stands in one. Knows nothing of
// proposals or of comparing.
import {
  type DefaultTreeAdapterTypes,
  defaultTreeAdapter,
  html,
  parseFragment,
  serialize,
} from 'parse5';

export type TreeNode = DefaultTreeAdapterTypes.ChildNode;
export type TreeElement = DefaultTreeAdapterTypes.Element;

/** The nodes of a piece of HTML. */
export function readHtml(source: string): TreeNode[] {
  return parseFragment(source).childNodes;
}

/** HTML of nodes. */
export function writeHtml(nodes: readonly TreeNode[]): string {
  const root = defaultTreeAdapter.createDocumentFragment();
  for (const node of nodes) root.childNodes.push(node);
  return serialize(root);
}

export function isElement(node: TreeNode): node is TreeElement {
  return 'tagName' in node;
}

export function isText(node: TreeNode): node is DefaultTreeAdapterTypes.TextNode {
  return node.nodeName === '#text';
}

export function text(value: string): TreeNode {
  return defaultTreeAdapter.createTextNode(value);
}

/** An element of HTML. Strings become text; an attribute that is undefined is left out. */
export function element(
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...children: readonly (TreeNode | string | readonly TreeNode[])[]
): TreeElement {
  const made = defaultTreeAdapter.createElement(
    name,
    html.NS.HTML,
    Object.entries(attributes).flatMap(([key, value]) =>
      value === undefined ? [] : [{ name: key, value }],
    ),
  );
  for (const child of children.flat()) {
    defaultTreeAdapter.appendChild(made, typeof child === 'string' ? text(child) : child);
  }
  return made;
}

/** An element like another, with other children. */
export function withChildren(like: TreeElement, children: readonly TreeNode[]): TreeElement {
  const attributes = like.attrs.map((attribute) => ({ ...attribute }));
  const made = defaultTreeAdapter.createElement(like.tagName, like.namespaceURI, attributes);
  for (const child of children) defaultTreeAdapter.appendChild(made, child);
  return made;
}

export function attribute({ attrs }: TreeElement, name: string): string | undefined {
  return attrs.find((one) => one.name === name)?.value;
}

/** Sets an attribute, or takes it off. Changes the element. */
export function setAttribute(of: TreeElement, name: string, value: string | undefined): void {
  of.attrs = of.attrs.filter((one) => one.name !== name);
  if (value !== undefined) of.attrs.push({ name, value });
}

export function classesOf(of: TreeElement): string[] {
  return attribute(of, 'class')?.split(/\s+/).filter(Boolean) ?? [];
}

/** Every element of a list of nodes, from the outside in and in order; below those that `enter` refuses, none. */
export function* elementsOf(
  nodes: readonly TreeNode[],
  enter: (element: TreeElement) => boolean = () => true,
): Generator<TreeElement> {
  for (const node of nodes) {
    if (!isElement(node)) continue;
    yield node;
    if (enter(node)) yield* elementsOf(node.childNodes, enter);
  }
}

/** The text that stands in nodes; nothing of elements that `skip` names. */
export function textIn(
  nodes: readonly TreeNode[],
  skip: (element: TreeElement) => boolean = () => false,
): string {
  return nodes
    .map((node) => {
      if (isText(node)) return node.value;
      return isElement(node) && !skip(node) ? textIn(node.childNodes, skip) : '';
    })
    .join('');
}
