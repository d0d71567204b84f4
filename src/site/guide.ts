// The guide in content/guide: how to use the interface, a page for each thing that one wants to do. Reads the pages and
// their order; what they claim is held to in tests/guide.test.ts.
import { parse } from 'yaml';
import { z } from 'zod';
import { type Problem, SpecError } from '../spec/problem.ts';
import { href } from './href.ts';

export interface GuideSummary {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  /** Of its file in the repository. */
  readonly file: string;
}

export interface GuidePage extends GuideSummary {
  /** In Markdown, with its front matter and thus with the line numbers of `file`. */
  readonly text: string;
  readonly before: GuideSummary | undefined;
  readonly after: GuideSummary | undefined;
}

const frontMatter = z.strictObject({
  title: z.string().max(40),
  summary: z.string().max(140),
  order: z.int().positive(),
});

const FOLDER = 'content/guide';

const raw = import.meta.glob<string>('../../content/guide/*.md', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/**
 * Pages by slug, in the order that their front matter gives. `texts` is their text by the name of the file.
 * @throws SpecError for front matter that lacks something, or gives two pages one place
 */
export function readGuide(texts: Readonly<Record<string, string>>): ReadonlyMap<string, GuidePage> {
  const problems: Problem[] = [];
  const found: (GuideSummary & { readonly order: number; readonly text: string })[] = [];
  for (const [name, text] of Object.entries(texts)) {
    const file = `${FOLDER}/${name}`;
    const report = (message: string) =>
      problems.push({ rule: 'guide', file, line: 1, column: 1, message });
    const result = frontMatter.safeParse(parse(/^---\n([\s\S]*?)\n---/.exec(text)?.[1] ?? ''));
    if (!result.success) {
      for (const { path, message } of result.error.issues)
        report(`front matter: ${path.length > 0 ? `\`${path.join('.')}\` ` : ''}${message}`);
      continue;
    }
    const other = found.find(({ order }) => order === result.data.order);
    if (other) report(`front matter: \`order\` is that of ${other.file}`);
    found.push({ slug: name.replace(/\.md$/, ''), file, text, ...result.data });
  }
  if (problems.length > 0) throw new SpecError(problems);
  const pages = found.sort((a, b) => a.order - b.order).map(({ order: _, ...page }) => page);
  const summaries = pages.map(({ text: _, ...summary }) => summary);
  return new Map(
    pages.map((page, index) => [
      page.slug,
      { ...page, before: summaries[index - 1], after: summaries[index + 1] },
    ]),
  );
}

/** The pages of the guide by slug, in order. */
export const guide: ReadonlyMap<string, GuidePage> = readGuide(
  Object.fromEntries(
    Object.entries(raw).map(([path, text]) => [path.slice(path.lastIndexOf('/') + 1), text]),
  ),
);

export function guideHref(slug: string): string {
  return href(`/guide/${slug}/`);
}
