// Renders a text of this project: one pipeline for the build and for whoever writes in the browser. What a text is about
// comes with the context; knows nothing of pages.
import GithubSlugger from 'github-slugger';
import type { Nodes, Root } from 'hast';
import type { Root as MarkdownRoot } from 'mdast';
import rehypeRaw from 'rehype-raw';
import rehypeStringify from 'rehype-stringify';
import remarkFrontmatter from 'remark-frontmatter';
import remarkGfm from 'remark-gfm';
import remarkParse from 'remark-parse';
import remarkRehype from 'remark-rehype';
import { type PluggableList, unified } from 'unified';
import { SKIP, visit } from 'unist-util-visit';
import { VFile } from 'vfile';
import type { MarkdownContext } from './markdown/context.ts';
import { informative } from './markdown/informative.ts';
import { sitePlugins } from './markdown/plugins.ts';

export interface Heading {
  readonly depth: number;
  readonly slug: string;
  readonly text: string;
}

export interface RenderedText {
  readonly html: string;
  readonly headings: readonly Heading[];
}

/**
 * Renders a whole text, with its front matter. `file` is its path in the repository, as messages name it; `tree` is what
 * `parseMarkdown` makes of the source, where somebody has it: it stays as it is.
 * @throws SpecError with what is wrong, and where
 */
export type Renderer = (source: string, file: string, tree?: MarkdownRoot) => Promise<RenderedText>;

declare module 'vfile' {
  interface DataMap {
    headings: readonly Heading[];
  }
}

/** Renders texts as the site shows them. HTML of the author passes through: it is for texts that somebody has read. */
export function createRenderer(context: MarkdownContext): Renderer {
  return rendererWith([...sitePlugins(context), informative]);
}

/** Renders with plugins of one's own: for the tree of Markdown, and for that of HTML, before it is written. */
export function rendererWith(plugins: PluggableList, last: PluggableList = []): Renderer {
  const processor = unified()
    .use(remarkParse)
    .use(remarkGfm)
    // Texts are given whole, so that errors have the line numbers of the file.
    .use(remarkFrontmatter)
    .use(plugins)
    .use(remarkRehype, { allowDangerousHtml: true })
    .use(headingIds)
    .use(rehypeRaw)
    .use(last)
    .use(rehypeStringify)
    .freeze();
  return async (source, path, tree) => {
    const file = new VFile({ value: source, path });
    // Reading Markdown takes several times as long as a copy of what was read.
    const parsed = tree ? structuredClone(tree) : processor.parse(file);
    const html = processor.stringify(await processor.run(parsed, file), file);
    return { html, headings: file.data.headings ?? [] };
  };
}

/** Gives headings an address, as code hosts do, and lists them. Comes before HTML is read: it has no headings of ours. */
function headingIds() {
  return (tree: Root, file: VFile): void => {
    const headings: Heading[] = [];
    const slugger = new GithubSlugger();
    visit(tree, 'element', (node) => {
      const depth = Number(/^h([1-6])$/.exec(node.tagName)?.[1] ?? 0);
      if (depth === 0) return;
      const text = plainText(node);
      const { id } = node.properties;
      const slug = typeof id === 'string' ? id : slugger.slug(text);
      node.properties.id = slug;
      headings.push({ depth, slug, text });
      return SKIP;
    });
    file.data.headings = headings;
  };
}

/** What stands in a node, without tags: those of HTML are nodes of their own here. */
function plainText(node: Nodes): string {
  if (node.type === 'text') return node.value;
  return 'children' in node ? node.children.map(plainText).join('') : '';
}
