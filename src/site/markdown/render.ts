// Renders the Markdown of proposals and examples, with the specification of this repository as its context.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createMarkdownProcessor } from '@astrojs/markdown-remark';
import type { MarkdownHeading } from 'astro';
import remarkFrontmatter from 'remark-frontmatter';
import type { Specification } from '../../spec/specification.ts';
import { examples, examplesShowing } from '../examples.ts';
import { recordedTrace } from '../recorded-example.ts';
import { specification as drafts } from '../specification.ts';
import { linkedTerms } from '../terms.ts';
import { informative } from './informative.ts';
import { cut, type Part } from './parts.ts';
import { sitePlugins } from './plugins.ts';

type Processor = ReturnType<typeof createMarkdownProcessor>;

/** One for the drafts, and one for each edition whose texts are rendered. */
const processors = new Map<Specification, Processor>();

function processorFor(specification: Specification): Processor {
  let processor = processors.get(specification);
  if (!processor) {
    processor = createMarkdownProcessor({
      // Texts are given whole, with their front matter, so that errors have the line numbers of the file.
      remarkPlugins: [
        remarkFrontmatter,
        ...sitePlugins({
          specification,
          examples: new Map(examples.map(({ slug, title }) => [slug, title])),
          examplesShowing: (id) => examplesShowing(id).map(({ slug }) => slug),
          traceOf: recordedTrace,
          async traceShows(slug, id) {
            const events = await recordedTrace(slug);
            return events.some(
              ({ requirement, violation }) => requirement === id || violation?.requirement === id,
            );
          },
          linkedTerms,
          hasPage: (kind, name) => (kind === 'event' ? drafts.events : drafts.machines).has(name),
        }),
        informative,
      ],
      syntaxHighlight: false,
      smartypants: false,
    });
    processors.set(specification, processor);
  }
  return processor;
}

export interface Rendered {
  readonly parts: readonly Part[];
  readonly headings: readonly MarkdownHeading[];
}

/**
 * Renders a whole text. `file` is its path in the repository; `specification` is what its references are about, the
 * drafts where nothing else is said. @throws SpecError with what is wrong, and where
 */
export async function renderDocument(
  source: string,
  file: string,
  specification: Specification = drafts,
): Promise<Rendered> {
  const processor = await processorFor(specification);
  const { code, metadata } = await processor.render(source, {
    fileURL: pathToFileURL(resolve(file)),
  });
  return { parts: cut(code), headings: metadata.headings };
}

/** Renders a single paragraph to inline HTML, such as the sentence of a requirement. */
export async function renderInline(source: string, file: string): Promise<string> {
  const processor = await processorFor(drafts);
  const { code } = await processor.render(source, {
    fileURL: pathToFileURL(resolve(file)),
  });
  return code.trim().replace(/^<p>([\s\S]*)<\/p>$/, '$1');
}
