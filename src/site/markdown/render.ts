// Renders the Markdown of proposals and examples, with the specification of this repository as its context.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMarkdownProcessor } from '@astrojs/markdown-remark';
import type { MarkdownHeading } from 'astro';
import remarkFrontmatter from 'remark-frontmatter';
import { examples, examplesShowing } from '../examples.ts';
import { specification } from '../specification.ts';
import { cut, type Part } from './parts.ts';
import { sitePlugins } from './plugins.ts';

const processor = createMarkdownProcessor({
  // Texts are given whole, with their front matter, so that errors have the line numbers of the file.
  remarkPlugins: [
    remarkFrontmatter,
    ...sitePlugins({
      specification,
      examples: new Map(examples.map(({ slug, title }) => [slug, title])),
      examplesShowing: (id) => examplesShowing(id).map(({ slug }) => slug),
    }),
  ],
  syntaxHighlight: false,
  smartypants: false,
});

export interface Rendered {
  readonly parts: readonly Part[];
  readonly headings: readonly MarkdownHeading[];
}

/** Renders a whole text. `file` is its path in the repository. @throws SpecError with what is wrong, and where */
export async function renderDocument(source: string, file: string): Promise<Rendered> {
  const { code, metadata } = await (await processor).render(source, {
    fileURL: pathToFileURL(resolve(file)),
  });
  return { parts: cut(code), headings: metadata.headings };
}

/** Renders a single paragraph to inline HTML, such as the sentence of a requirement. */
export async function renderInline(source: string, file: string): Promise<string> {
  const { code } = await (await processor).render(source, {
    fileURL: pathToFileURL(resolve(file)),
  });
  return code.trim().replace(/^<p>([\s\S]*)<\/p>$/, '$1');
}
