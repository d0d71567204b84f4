// Renders the Markdown of proposals and examples, with the specification of this repository as its context.
import type { Root } from 'mdast';
import type { MarkdownContext } from '../../render/markdown/context.ts';
import { cut, type Part } from '../../render/markdown/parts.ts';
import { createRenderer, type Heading, type Renderer } from '../../render/renderer.ts';
import type { ProposalDocument } from '../../spec/document.ts';
import type { Specification } from '../../spec/specification.ts';
import { examples, examplesShowing } from '../examples.ts';
import { addresses } from '../href.ts';
import { recordedTrace } from '../recorded-example.ts';
import { settings } from '../settings.ts';
import { specification as drafts } from '../specification.ts';
import { linkedTerms } from '../terms.ts';

/** One for the drafts, and one for each edition whose texts are rendered. */
const renderers = new Map<Specification, Renderer>();

/** What the site knows of a text whose references are about `specification`. */
export function contextOf(specification: Specification): MarkdownContext {
  return {
    addresses,
    repository: settings.repository,
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
  };
}

function rendererFor(specification: Specification): Renderer {
  let renderer = renderers.get(specification);
  if (!renderer) {
    renderer = createRenderer(contextOf(specification));
    renderers.set(specification, renderer);
  }
  return renderer;
}

export interface Rendered {
  readonly parts: readonly Part[];
  readonly headings: readonly Heading[];
}

/**
 * Renders a whole text. `file` is its path in the repository; `specification` is what its references are about, the
 * drafts where nothing else is said; `tree`, its Markdown where that was read before. @throws SpecError with what is wrong, and where
 */
export async function renderDocument(
  source: string,
  file: string,
  specification: Specification = drafts,
  tree?: Root,
): Promise<Rendered> {
  const { html, headings } = await rendererFor(specification)(source, file, tree);
  return { parts: cut(html), headings };
}

const published = new WeakMap<Specification, Map<string, Promise<Rendered>>>();

/** Renders a published text, which never changes: its page and each edition that it came with show the same. */
export function renderPublished(
  { source, file, tree }: ProposalDocument,
  specification: Specification,
): Promise<Rendered> {
  const known = published.get(specification) ?? new Map<string, Promise<Rendered>>();
  published.set(specification, known);
  const rendered = known.get(file) ?? renderDocument(source, file, specification, tree);
  known.set(file, rendered);
  return rendered;
}

/** The same sentences stand on several pages. */
const paragraphs = new Map<string, Promise<string>>();

/** Renders a single paragraph to inline HTML, such as the sentence of a requirement. */
export function renderInline(source: string, file: string): Promise<string> {
  const key = `${file}\n${source}`;
  let html = paragraphs.get(key);
  if (!html) {
    html = renderParagraph(source, file);
    paragraphs.set(key, html);
  }
  return html;
}

async function renderParagraph(source: string, file: string): Promise<string> {
  const { html } = await rendererFor(drafts)(source, file);
  return html.trim().replace(/^<p>([\s\S]*)<\/p>$/, '$1');
}
