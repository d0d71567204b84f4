// A preview of a text that nobody changed is what the site shows, but for what is named here.
import { describe, expect, test } from 'vitest';
import { previewOf, redlineOf } from '../src/propose/preview.ts';
import { PREVIEW_PREFIX } from '../src/propose/preview-ids.ts';
import {
  attribute,
  classesOf,
  elementsOf,
  isElement,
  readHtml,
  setAttribute,
  type TreeElement,
  writeHtml,
} from '../src/render/redline-tree.ts';
import { createRenderer } from '../src/render/renderer.ts';
import { contextOf } from '../src/site/markdown/render.ts';
import { comparisonsOf, type RevisionText, textsOf } from '../src/site/redline-comparisons.ts';
import { redlineOf as redlineOfSite } from '../src/site/redline-texts.ts';
import { proposals } from '../src/site/specification.ts';

const texts = proposals.flatMap(({ slug }) =>
  textsOf(slug).map((text) => [`${slug} ${text.name}`, slug, text] as const),
);
const comparisons = proposals.flatMap(({ slug }) =>
  comparisonsOf(slug).map(
    ({ before, after }) =>
      [`${slug} ${before.name}..${after.name}`, { slug, before, after }] as const,
  ),
);

/** Takes out of a preview what it has and the site has not. */
function withoutDifferences(html: string): string {
  const nodes = readHtml(html);
  for (const one of elementsOf(nodes)) {
    // Ids have a prefix, so that they clobber nothing of the page.
    for (const name of ['id', 'aria-labelledby', 'aria-describedby']) {
      const ids = attribute(one, name)?.split(' ');
      if (!ids) continue;
      expect(ids.every((id) => id.startsWith(PREVIEW_PREFIX))).toBe(true);
      setInPlace(one, name, ids.map((id) => id.slice(PREVIEW_PREFIX.length)).join(' '));
    }
    const href = attribute(one, 'href');
    if (href?.startsWith('#')) {
      expect(href.startsWith(`#${PREVIEW_PREFIX}`)).toBe(true);
      setInPlace(one, 'href', `#${href.slice(1 + PREVIEW_PREFIX.length)}`);
    }
    // What leads out of the page does so in a tab of its own, and tells nobody where the reader comes from.
    setAttribute(one, 'target', undefined);
    setAttribute(one, 'rel', undefined);
  }
  return writeHtml(nodes);
}

/** Makes of the site's HTML what a preview has in its place. */
function withDifferences(html: string, page: string): string {
  const nodes = readHtml(html);
  const all = [...elementsOf(nodes)];
  const ids = new Set(all.flatMap((one) => attribute(one, 'id') ?? []));
  for (const one of all) {
    // References of a text to itself stay in the preview: its page may not have them yet.
    const href = attribute(one, 'href');
    if (href?.startsWith(`${page}#`) && ids.has(href.slice(page.length + 1)))
      setInPlace(one, 'href', href.slice(page.length));
    // Where other sites go to is not told where the reader comes from.
    setAttribute(one, 'rel', undefined);
  }
  return writeHtml(nodes);
}

function setInPlace(one: TreeElement, name: string, value: string) {
  const found = one.attrs.find((attribute) => attribute.name === name);
  if (found) found.value = value;
}

/** Examples are put into pages by components: they are compared by what they say. */
function takeExamples(html: string): { html: string; examples: string[][] } {
  const nodes = readHtml(html);
  const examples: string[][] = [];
  const kept = nodes.filter((node) => {
    const slug = isElement(node) ? attribute(node, 'data-example') : undefined;
    if (slug === undefined || !isElement(node)) return true;
    examples.push([slug, captionOf(node)]);
    return false;
  });
  return { html: writeHtml(kept), examples };
}

/** What stands behind the link, or in what marks the place of a component. */
function captionOf(node: TreeElement): string {
  if (!classesOf(node).includes('example-link')) return writeHtml(node.childNodes);
  const [line] = node.childNodes;
  return line && isElement(line)
    ? writeHtml(line.childNodes).replace(/^Example to try: <a [^>]*>[^<]*<\/a>\. /, '')
    : '';
}

describe('the preview of a text is what the site renders', () => {
  test.each(texts)('%s', async (_, slug, { source, file, specification }: RevisionText) => {
    const context = contextOf(specification);
    const site = await createRenderer(context)(source, file);
    const preview = await previewOf(source, file, context);
    expect(preview.refused).toBeUndefined();
    const expected = takeExamples(withDifferences(site.html, context.addresses.proposalHref(slug)));
    const found = takeExamples(withoutDifferences(preview.html));
    expect(found.html).toBe(expected.html);
    expect(found.examples).toEqual(expected.examples);
    expect(preview.headings).toEqual(site.headings);
  });
});

describe('the redline of two texts is that of the site', () => {
  test.each(comparisons)('%s', async (_, comparison) => {
    const { page } = await redlineOfSite(comparison);
    const { before, after } = comparison;
    const side = ({ source, specification }: RevisionText) => ({
      source,
      context: contextOf(specification),
    });
    const redline = await redlineOf(side(before), side(after), after.file);
    expect(redline.refused).toBeUndefined();
    expect(withoutDifferences(redline.html)).toBe(withDifferences(page.html, '?'));
    expect(redline.changes).toBe(page.changes.length);
    expect(redline.headings).toEqual(page.headings);
  });
});
