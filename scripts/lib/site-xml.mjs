// Reads a document of XML, such as a feed, as a tree. Knows the names of Atom, and judges nothing but its form.
import { parseFragment } from 'parse5';
import { SaxesParser } from 'saxes';

const ATOM = 'http://www.w3.org/2005/Atom';

/**
 * @typedef {{ name: string, attributes: Map<string, string>, children: XmlNode[], text: string }} XmlNode
 *   name: without its prefix, for elements of Atom; `{namespace}name` for others; text: of it and of all that is in it
 */

/**
 * A document of XML as a tree.
 * @param {string} text
 * @returns {{ root?: XmlNode, problems: string[] }} problems: why it is not well-formed; then there is no root
 */
export function readXml(text) {
  const top = { name: '', attributes: new Map(), children: [], text: '' };
  const open = [top];
  const problems = [];
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', ({ message }) => problems.push(`It is no XML: ${message}`));
  parser.on('opentag', ({ local, uri, attributes }) => {
    const node = {
      name: uri === ATOM ? local : `{${uri}}${local}`,
      attributes: new Map(Object.entries(attributes).map(([name, { value }]) => [name, value])),
      children: [],
      text: '',
    };
    open.at(-1)?.children.push(node);
    open.push(node);
  });
  const take = (piece) => {
    for (const node of open) node.text += piece;
  };
  parser.on('text', take);
  parser.on('cdata', take);
  parser.on('closetag', () => {
    open.pop();
  });
  parser.write(text).close();
  return problems.length > 0
    ? { problems: problems.slice(0, 1) }
    : { root: top.children[0], problems };
}

/**
 * Every address in a feed: of its links, and in its HTML.
 * @param {XmlNode} feed
 * @returns {Generator<string>}
 */
export function* addressesOfFeed({ children }) {
  for (const node of children) {
    if (node.name === 'link') yield node.attributes.get('href') ?? '';
    else if (node.name === 'entry') yield* addressesOfFeed(node);
    else if (node.attributes.get('type') === 'html') yield* addressesIn(parseFragment(node.text));
  }
}

function* addressesIn(node) {
  for (const { name, value } of node.attrs ?? []) {
    if (name === 'href' || name === 'src') yield value;
  }
  for (const child of node.childNodes ?? []) yield* addressesIn(child);
}
