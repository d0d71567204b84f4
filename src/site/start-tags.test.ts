// What is found in a page without a tree is what a parser finds.
import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse, serialize } from 'parse5';
import { expect, test } from 'vitest';
import { attributeOf, startTags } from './start-tags.ts';

const NAMES = new Set(['script', 'style', 'meta', 'iframe', 'astro-island', 'p']);

function scanned(html: string) {
  return [...startTags(html, NAMES)].map((tag) => ({
    name: tag.name,
    id: attributeOf(tag, 'id'),
    end: tag.end,
    text: tag.text,
  }));
}

function parsed(html: string) {
  const found: ReturnType<typeof scanned> = [];
  const visit = (node: DefaultTreeAdapterTypes.Node) => {
    if ('tagName' in node && NAMES.has(node.tagName)) {
      const [child] = node.childNodes;
      const isText = /^(script|style|iframe)$/.test(node.tagName);
      found.push({
        name: node.tagName,
        id: node.attrs.find(({ name }) => name === 'id')?.value,
        end: node.sourceCodeLocation?.startTag?.endOffset ?? -1,
        text: isText ? (child && 'value' in child ? child.value : '') : undefined,
      });
    }
    if ('childNodes' in node) node.childNodes.forEach(visit);
  };
  visit(parse(html, { sourceCodeLocationInfo: true }));
  return found;
}

test.each([
  ['an attribute that holds a tag', '<p title="<script>" id=a>b<script id="c">d</script>'],
  ['an attribute that holds the end of a tag', `<p title='>' id='"'><style id=x>p > a{}</style>`],
  ['a comment', '<!-- <script>a</script> > --><p id="b">'],
  ['a script that writes tags', '<script>"<p>" + "</p>" + "</scripts>"</script><p>'],
  ['text that holds a tag', '<textarea><p></textarea><noscript><p></noscript><p id=a>'],
  ['a template, and one in it', '<template><p><template></template><p></template><p id=a>'],
  ['names in upper case', '<SCRIPT ID="a">b</Script ><P>'],
  ['a page that ends too early', '<p id="a"><script>b'],
  ['signs that are no tags', '<p>a < b, 1<2, <> <3</p><p id=b>'],
])('what stands in a page: %s', (_, body) => {
  const html = `<!doctype html><html><head><meta charset="utf-8"></head><body>${body}</body></html>`;
  expect(scanned(html)).toEqual(parsed(html));
});

/** Values as a parser gives them: what stands in a page has references. */
function read(found: ReturnType<typeof scanned>) {
  const signs: Readonly<Record<string, string>> = { quot: '"', lt: '<', gt: '>', amp: '&' };
  return found.map((tag) => ({
    ...tag,
    id: tag.id?.replace(/&(quot|lt|gt|amp);/g, (_, name: string) => signs[name] ?? ''),
  }));
}

test('what stands in any page that is written out', () => {
  const name = fc.constantFrom('p', 'b', 'style', 'script', 'iframe', 'astro-island', 'template');
  const text = fc.string({ unit: fc.constantFrom('>', '"', "'", '/', 'p', ' ', '!', '-', '&lt;') });
  const element = fc
    .tuple(name, text, text)
    .map(
      ([tag, id, content]) => `<${tag} id="${id.replaceAll('"', '&quot;')}">${content}</${tag}>`,
    );
  fc.assert(
    fc.property(fc.array(element), (elements) => {
      // As a parser writes it, which mends what it reads.
      const html = serialize(parse(`<!doctype html>${elements.join('')}`));
      expect(read(scanned(html))).toEqual(parsed(html));
    }),
  );
});
