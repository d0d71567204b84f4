// Shows texts that a reader is writing, or that somebody else wrote: as the site will show them, and as the redline of two.
// Executes nothing of them, and never fails for what they say. Knows nothing of the page that shows it.
import type { ElementContent, Root as HtmlRoot } from 'hast';
import type { Html, Parents, Root, RootContent } from 'mdast';
import type { PluggableList } from 'unified';
import { visit } from 'unist-util-visit';
import { withoutComments } from '../render/markdown/comment.ts';
import { type MarkdownContext, proposalOf } from '../render/markdown/context.ts';
import { code, element } from '../render/markdown/elements.ts';
import { informative } from '../render/markdown/informative.ts';
import { TRY_ELEMENT } from '../render/markdown/parts.ts';
import { sitePlugins } from '../render/markdown/plugins.ts';
import { redlinePage } from '../render/redline-page.ts';
import { type Heading, rendererWith } from '../render/renderer.ts';
import type { Problem } from '../spec/problem.ts';
import { excessIn, excessWords } from '../spec/reading-limits.ts';
import { sanitise, sanitised } from './sanitise.ts';

export interface Preview {
  /** Sanitised; ids have a prefix. Empty where there is none. */
  readonly html: string;
  /** `slug` is the address on the site, without the prefix. */
  readonly headings: readonly Heading[];
  /** Why there is none, in words for the reader. */
  readonly refused?: string;
}

export interface RedlinePreview extends Preview {
  /** How many there are: the first has the id `preview-change-1`. */
  readonly changes: number;
}

/** One side of a redline: its Markdown, and what its references are about. */
export interface PreviewSide {
  readonly source: string;
  readonly context: MarkdownContext;
}

/** A text as the site will show it. `file` is its path in the repository. Never throws for what the text says. */
export async function previewOf(
  source: string,
  file: string,
  context: MarkdownContext,
): Promise<Preview> {
  const refused = tooMuchIn(source);
  if (refused !== undefined) return { html: '', headings: [], refused };
  const render = rendererWith(writing(context, 'none'), [
    [examples, context, 'run'],
    [ownLinks, ownPage(file, context)],
    ...sanitised,
  ]);
  try {
    return await render(source, file);
  } catch (error) {
    return { html: '', headings: [], refused: inWords(error) };
  }
}

/** Two texts as one, with what came and what went. Never throws for what they say. */
export async function redlineOf(
  before: PreviewSide,
  after: PreviewSide,
  file: string,
): Promise<RedlinePreview> {
  const none = { html: '', headings: [], changes: 0 };
  const refused = tooMuchIn(before.source) ?? tooMuchIn(after.source);
  if (refused !== undefined) return { ...none, refused };
  const side = ({ source, context }: PreviewSide) => {
    const render = rendererWith(writing(context, 'marks'), [[examples, context, 'read']]);
    return {
      source,
      render: async (text: string, marked: Root) => (await render(text, file, marked)).html,
    };
  };
  try {
    const page = ownPage(file, after.context);
    const { html, headings, changes } = await redlinePage(side(before), side(after), { page });
    return { html: sanitise(html), headings, changes: changes.length };
  } catch (error) {
    return { ...none, refused: inWords(error) };
  }
}

function inWords(error: unknown): string {
  return error instanceof RangeError
    ? 'The text is nested too deeply to be shown here. It is kept as it is.'
    : `The text cannot be shown here: ${(error as Error).message} It is kept as it is.`;
}

/** The plugins of the site for a text that may be wrong. `marks`: those that a redline puts between blocks stay. */
function writing(context: MarkdownContext, html: 'none' | 'marks'): PluggableList {
  return [
    withoutComments,
    [htmlAsSource, html],
    ...sitePlugins({ ...context, noteOf }),
    informative,
  ];
}

const MARK = /^<hr data-unit="\d+">$/;

/** HTML of an author is no part of a proposal: it is shown as what was written. */
function htmlAsSource(allowed: 'none' | 'marks') {
  return (tree: Root): void => {
    visit(tree, 'html', (node: Html, index, parent: Parents | undefined) => {
      if (index === undefined || !parent || (allowed === 'marks' && MARK.test(node.value))) return;
      const shown: RootContent = FLOW.has(parent.type)
        ? { ...node, type: 'code' }
        : { ...node, type: 'inlineCode' };
      (parent.children as RootContent[])[index] = shown;
    });
  };
}

/** Where blocks stand. */
const FLOW: ReadonlySet<string> = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition']);

/** Problems of a block that are named in its place; the linter names all. */
const NAMED = 5;

/** What stands in the place of a block that cannot be shown. */
function noteOf(problems: readonly Problem[]): RootContent {
  const more = problems.length - NAMED;
  return element(
    'div',
    { className: ['problem-note'], role: 'note' },
    problems
      .slice(0, NAMED)
      .map(({ rule, line, message }) =>
        element('p', {}, element('strong', {}, rule), ` in line ${line}: `, withCode(message)),
      ),
    more > 0 ? element('p', {}, `and ${more} more`) : undefined,
  );
}

/** A message has names in backticks, which may hold anything. */
function withCode(message: string): RootContent[] {
  return message
    .split('`')
    .map(
      (part, index): RootContent => (index % 2 === 1 ? code(part) : { type: 'text', value: part }),
    )
    .filter((node) => 'value' in node && node.value !== '');
}

/**
 * Each example as a line that leads to its page; to `run` it, with a button in an element that says which it is, where a
 * page can put it.
 */
function examples({ addresses, examples }: MarkdownContext, purpose: 'run' | 'read') {
  return (tree: HtmlRoot): void => {
    visit(tree, 'element', (node) => {
      if (node.tagName !== TRY_ELEMENT) return;
      const slug = String(node.properties.dataExample);
      const line: ElementContent[] = [
        text('Example to try: '),
        html('a', { href: addresses.exampleHref(slug) }, text(examples.get(slug) ?? slug)),
        text('. '),
        ...node.children,
      ];
      if (purpose === 'read') {
        node.tagName = 'p';
        node.properties = { className: ['example-link'] };
        node.children = line;
      } else {
        node.tagName = 'div';
        node.properties = { className: ['example-link'], dataExample: slug };
        const button = html('button', { type: 'button' }, text('Run it here'));
        node.children = [html('p', {}, ...line), html('p', {}, button)];
      }
    });
  };
}

function text(value: string): ElementContent {
  return { type: 'text', value };
}

function html(
  tagName: string,
  properties: Record<string, string>,
  ...children: ElementContent[]
): ElementContent {
  return { type: 'element', tagName, properties, children };
}

/** The page that the text has, or will have; of any other text, none. */
function ownPage(file: string, { addresses }: MarkdownContext): string {
  const slug = proposalOf({ path: file });
  return slug === undefined ? '' : addresses.proposalHref(slug);
}

/** References to what the text says itself stay in it: its page may not have it yet. */
function ownLinks(page: string) {
  return (tree: HtmlRoot): void => {
    const ids = new Set<unknown>();
    visit(tree, 'element', ({ properties }) => {
      ids.add(properties.id);
    });
    visit(tree, 'element', ({ tagName, properties }) => {
      const { href } = properties;
      if (tagName !== 'a' || typeof href !== 'string' || !href.startsWith(`${page}#`)) return;
      if (ids.has(href.slice(page.length + 1))) properties.href = href.slice(page.length);
    });
  };
}

/** Why a text is not rendered, in words for the reader; undefined for one that is. */
function tooMuchIn(source: string): string | undefined {
  const excess = excessIn(source);
  return excess && `A text like this is not shown: ${excessWords(excess)}. It is kept as it is.`;
}
