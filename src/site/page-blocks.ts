// Reads a page as a browser searches it: as blocks of text, and where a range is in them. Knows nothing of what the text
// is about.
import type { Stretch } from './text-directive.ts';

const NOT_TEXT =
  'script, style, noscript, template, textarea, select, .selection-tools, .announced';

export interface PageBlocks {
  readonly blocks: readonly string[];
  /** Undefined where no text is in the range. */
  readonly stretch?: Stretch;
}

/** The text of the page in blocks, without what is not shown, and the range in it. */
export function pageBlocks(range: Range): PageBlocks {
  const blocks: string[] = [];
  let current = '';
  let around: Element | null = null;
  let from: readonly [block: number, at: number] | undefined;
  let to: readonly [block: number, at: number] | undefined;
  const flush = () => {
    if (current.trim() !== '') blocks.push(current.trimEnd());
    current = '';
  };
  const push = (text: string) => {
    const spaced = text.replace(/\s+/g, ' ');
    current += current === '' || current.endsWith(' ') ? spaced.trimStart() : spaced;
  };
  const styles = new Map<Element, CSSStyleDeclaration>();
  const styleOf = (element: Element) => {
    const style = styles.get(element) ?? getComputedStyle(element);
    styles.set(element, style);
    return style;
  };
  /** The nearest element around a text that is no part of a line. */
  const blockOf = (element: Element | null): Element | null =>
    element && /^(?:inline|contents)$/.test(styleOf(element).display)
      ? blockOf(element.parentElement)
      : element;

  const walker = document.createTreeWalker(
    document.body,
    NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT,
    (node) =>
      node instanceof Element && (node.matches(NOT_TEXT) || styleOf(node).display === 'none')
        ? NodeFilter.FILTER_REJECT
        : NodeFilter.FILTER_ACCEPT,
  );
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (!(node instanceof Text)) {
      if (node.nodeName === 'BR') flush();
      continue;
    }
    const block = blockOf(node.parentElement);
    if (block !== around) flush();
    around = block;
    const [start, end] = selectedOf(node, range);
    const isCode = block && styleOf(block).whiteSpace.startsWith('pre');
    const parts = [node.data.slice(0, start), node.data.slice(start, end), node.data.slice(end)];
    for (const [index, part] of parts.entries()) {
      const begins = index === 1 && part.trim() !== '' && !from;
      for (const [number, line] of (isCode ? part.split('\n') : [part]).entries()) {
        if (number > 0) flush();
        if (begins && !from && line.trim() !== '') from = [blocks.length, current.length];
        push(line);
        if (index === 1 && line.trim() !== '') to = [blocks.length, current.length];
      }
    }
  }
  flush();
  if (!from || !to) return { blocks };
  return { blocks, stretch: { first: from[0], start: from[1], last: to[0], end: to[1] } };
}

/** The part of a text that a range has, as offsets. */
function selectedOf(node: Text, range: Range): [start: number, end: number] {
  if (!range.intersectsNode(node)) return [node.length, node.length];
  return [
    node === range.startContainer ? range.startOffset : 0,
    node === range.endContainer ? range.endOffset : node.length,
  ];
}

/** The texts that a range has a part of, white space left out. */
export function* textsIn(range: Range): Generator<Text> {
  const walker = document.createTreeWalker(range.commonAncestorContainer, NodeFilter.SHOW_TEXT);
  for (let node: Node | null = walker.currentNode; node; node = walker.nextNode()) {
    if (!(node instanceof Text)) continue;
    const [start, end] = selectedOf(node, range);
    if (node.data.slice(start, end).trim() !== '') yield node;
  }
}
