// Takes out of rendered HTML whatever the renderer does not make itself, so that a text of somebody else runs nothing,
// loads nothing and takes no name that the page uses. Works on trees; knows nothing of Markdown or of proposals.
import type { Element, Root } from 'hast';
import rehypeRaw from 'rehype-raw';
import rehypeSanitize, { type Options } from 'rehype-sanitize';
import rehypeStringify from 'rehype-stringify';
import { type PluggableList, unified } from 'unified';
import { visit } from 'unist-util-visit';
import { PREVIEW_PREFIX } from './preview-ids.ts';

/** Elements that stand in a drawing only. */
const DRAWN = [
  'circle',
  'desc',
  'ellipse',
  'g',
  'path',
  'polygon',
  'polyline',
  'rect',
  'text',
  'title',
];

const WORDS = /^[\w .:-]*$/;
/** A name of a class, or several. Styles of the page can be borrowed by them, and nothing else. */
const className: [string, RegExp] = ['className', WORDS];

/** What the renderer makes: elements, and the attributes that it gives them. */
export const schema: Options = {
  strip: ['script', 'style', 'template', 'iframe', 'noscript', 'noembed', 'noframes', 'xmp'],
  clobber: ['id', 'name', 'ariaDescribedBy', 'ariaLabelledBy'],
  clobberPrefix: PREVIEW_PREFIX,
  protocols: { href: ['http', 'https', 'mailto'] },
  required: { input: { disabled: true, type: 'checkbox' }, button: { type: 'button' } },
  ancestors: {
    ...Object.fromEntries(DRAWN.map((name) => [name, ['svg']])),
    ...Object.fromEntries(
      ['caption', 'tbody', 'td', 'th', 'thead', 'tr'].map((name) => [name, ['table']]),
    ),
  },
  tagNames: [
    'a',
    'blockquote',
    'br',
    'button',
    'caption',
    'code',
    'dd',
    'del',
    'details',
    'dfn',
    'div',
    'dl',
    'dt',
    'em',
    'figcaption',
    'figure',
    'h1',
    'h2',
    'h3',
    'h4',
    'h5',
    'h6',
    'header',
    'hr',
    'input',
    'ins',
    'li',
    'mark',
    'ol',
    'p',
    'pre',
    's',
    'section',
    'span',
    'strong',
    'sub',
    'summary',
    'sup',
    'svg',
    'table',
    'tbody',
    'td',
    'th',
    'thead',
    'tr',
    'ul',
    'wbr',
    ...DRAWN,
  ],
  attributes: {
    a: ['href', 'dataFootnoteRef', 'dataFootnoteBackref'],
    button: [['type', 'button']],
    circle: ['cx', 'cy', 'r'],
    details: ['open'],
    div: [['dataExample', /^[a-z0-9-]+$/], 'dataKind'],
    ellipse: ['cx', 'cy', 'rx', 'ry'],
    g: ['transform'],
    input: ['checked', ['disabled', true], ['type', 'checkbox']],
    li: ['dataIndex'],
    ol: ['start'],
    path: ['d', 'strokeDashArray'],
    polygon: ['points'],
    polyline: ['points'],
    rect: ['x', 'y', 'width', 'height', 'rx', 'ry'],
    section: ['dataDirection', 'dataFootnotes', 'dataLevel', 'dataRole'],
    svg: ['height', 'viewBox', 'width'],
    td: [['align', 'left', 'center', 'right'], 'colSpan', 'rowSpan'],
    text: ['textAnchor', 'x', 'y'],
    th: [['align', 'left', 'center', 'right'], 'colSpan', 'rowSpan', ['scope', 'col', 'row']],
    tr: ['dataOutcome'],
    '*': [
      className,
      'ariaDescribedBy',
      ['ariaHidden', 'true', true],
      'ariaLabel',
      'ariaLabelledBy',
      ['dataInformative', true, ''],
      ['dataOp', 'ins', 'del', 'moved'],
      ['dataPagefindIgnore', 'all'],
      ['fill', 'none'],
      'id',
      ['role', 'group', 'note'],
      ['stroke', 'none'],
      ['tabIndex', 0, -1, '0', '-1'],
      'title',
    ],
  },
};

/** Plugins that come last: what is left behind them can stand on a page. */
export const sanitised: PluggableList = [withoutImages, [rehypeSanitize, schema], previewLinks];

const processor = unified().use(rehypeRaw).use(sanitised).use(rehypeStringify).freeze();

/** HTML without what could run, load or clobber. */
export function sanitise(html: string): string {
  const tree = processor.runSync({ type: 'root', children: [{ type: 'raw', value: html }] });
  return processor.stringify(tree as Root);
}

/** An image is loaded from where its author says: the reader is told where that is, and nobody else is told anything. */
function withoutImages() {
  return (tree: Root): void => {
    visit(tree, 'element', (node) => {
      if (node.tagName !== 'img') return;
      const { alt, src } = node.properties;
      node.tagName = 'span';
      node.properties = { className: ['image'] };
      node.children = [
        { type: 'text', value: `Image${alt ? ` “${alt}”` : ''}: ` },
        {
          type: 'element',
          tagName: 'code',
          properties: {},
          children: [{ type: 'text', value: String(src ?? '') }],
        },
      ];
    });
  };
}

const HERE = 'https://here.invalid/propose/';
/** What a link of this page can lead to. */
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);

/** Fragments follow the ids of the preview; whatever leads out of the page leaves it where it is. */
function previewLinks() {
  return (tree: Root): void => {
    visit(tree, 'element', (node) => {
      if (node.tagName !== 'a' || node.properties.href === undefined) return;
      const href = String(node.properties.href);
      if (href.startsWith('#')) node.properties.href = `#${PREVIEW_PREFIX}${href.slice(1)}`;
      else leadOut(node, href);
    });
  };
}

function leadOut({ properties }: Element, href: string): void {
  // As a browser reads it: a backslash is a slash, and control characters are not there.
  const url = URL.parse(href, HERE);
  if (!url || !SCHEMES.has(url.protocol)) {
    delete properties.href;
    return;
  }
  properties.target = '_blank';
  if (url.origin !== new URL(HERE).origin) properties.rel = ['noopener', 'noreferrer', 'nofollow'];
}
