// Building blocks for plugins that turn Markdown into HTML which Markdown has no syntax for: an element with children
// that later plugins still see, raw HTML, and text that is Markdown itself.
import type { Node, Parent, RootContent } from 'mdast';
import { visit } from 'unist-util-visit';
import { parseMarkdown } from '../../spec/proposal.ts';

export interface SiteElement extends Parent {
  type: 'siteElement';
  children: RootContent[];
  data: { hName: string; hProperties: Properties };
}

type Properties = Record<string, string | number | boolean | string[] | undefined>;

declare module 'mdast' {
  interface RootContentMap {
    siteElement: SiteElement;
  }
  interface PhrasingContentMap {
    siteElement: SiteElement;
  }
}

type Child = RootContent | string | readonly Child[] | undefined;

/** An element. Strings become text; undefined is left out. Property names are those of the DOM, such as `className`. */
export function element(name: string, properties: Properties, ...children: Child[]): SiteElement {
  return {
    type: 'siteElement',
    data: { hName: name, hProperties: properties },
    children: flatten(children),
  };
}

function flatten(children: readonly Child[]): RootContent[] {
  return children.flatMap((child): RootContent[] => {
    if (child === undefined) return [];
    if (typeof child === 'string') return [{ type: 'text', value: child }];
    return Array.isArray(child) ? flatten(child) : [child as RootContent];
  });
}

export function code(value: string): RootContent {
  return { type: 'inlineCode', value };
}

export function rawHtml(value: string): RootContent {
  return { type: 'html', value };
}

/** A reference to a requirement, as if it were written `[id]`. `at` is the node that errors point to. */
export function reference(id: string, at: Node): RootContent {
  return { type: 'text', value: `[${id}]`, ...position(at) };
}

/** The inline content of one paragraph of Markdown, in which HTML is text. `at` is the node that errors point to. */
export function inline(markdown: string, at: Node): RootContent[] {
  const [paragraph] = parseMarkdown(markdown).children;
  if (paragraph?.type !== 'paragraph') return [{ type: 'text', value: markdown, ...position(at) }];
  visit(paragraph, (node: Node) => {
    Object.assign(node, position(at), node.type === 'html' && { type: 'inlineCode' });
  });
  return paragraph.children;
}

function position(at: Node): Pick<Node, 'position'> {
  if (!at.position) return {};
  // A point, so that nobody counts lines within generated text.
  const { start } = at.position;
  return { position: { start, end: start } };
}
