// Writes XML 1.0 from elements. Knows nothing of what they mean.

export interface XmlElement {
  readonly name: string;
  /** Those that are undefined are left out. */
  readonly attributes: Readonly<Record<string, string | undefined>>;
  readonly children: readonly (XmlElement | string)[];
}

/** An element; strings among its children are text. */
export function xml(
  name: string,
  attributes: XmlElement['attributes'] = {},
  ...children: XmlElement['children']
): XmlElement {
  return { name, attributes, children };
}

/** The document of an element, in UTF-8: one child a line where no text stands between them. */
export function xmlText(root: XmlElement): string {
  return `<?xml version="1.0" encoding="utf-8"?>\n${written(root, '')}\n`;
}

function written({ name, attributes, children }: XmlElement, indent: string): string {
  const head = Object.entries(attributes)
    .flatMap(([key, value]) => (value === undefined ? [] : ` ${key}="${escapedValue(value)}"`))
    .join('');
  if (children.length === 0) return `${indent}<${name}${head}/>`;
  const elements = children.filter((child) => typeof child !== 'string');
  const inner =
    elements.length === children.length
      ? `\n${elements.map((child) => written(child, `${indent}  `)).join('\n')}\n${indent}`
      : children
          .map((child) => (typeof child === 'string' ? escapedText(child) : written(child, '')))
          .join('');
  return `${indent}<${name}${head}>${inner}</${name}>`;
}

/** What XML 1.0 has no way to say, not even as a reference: most control characters and halves of surrogate pairs. */
const FORBIDDEN = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const REFERENCES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  // Of `]]>`, which text must not have.
  '>': '&gt;',
  '"': '&quot;',
  // A parser makes others of them: line ends anywhere, and every white space in values.
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

function escapedText(text: string): string {
  return text.replace(FORBIDDEN, '\u{FFFD}').replace(/[&<>\r]/g, (one) => REFERENCES[one] ?? one);
}

/** Of a value in double quotes. */
function escapedValue(text: string): string {
  return escapedText(text).replace(/["\n\t]/g, (one) => REFERENCES[one] ?? one);
}
