// The examples in content/examples: what each shows, its files and its requests. Checks that the clauses exist which
// an example says it shows.
import { parse } from 'yaml';
import { z } from 'zod';
import { highlight } from '../render/highlight.ts';
import { type Problem, SpecError } from '../spec/problem.ts';
import { specification } from './specification.ts';

export interface ExampleFile {
  readonly path: string;
  readonly source: string;
  /** The source as a highlighted `<pre>`. */
  readonly html: string;
}

export interface ExampleSummary {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  /** Ids of the requirements that it shows. */
  readonly clauses: readonly string[];
  /** What it stands among on the page of all examples. */
  readonly group: Group;
  /** The requirement that it violates on purpose. */
  readonly breaks?: string;
}

export interface Example extends ExampleSummary {
  /** The application; its entry first. */
  readonly files: readonly ExampleFile[];
  /** The scenario in the `.http` format. */
  readonly requests: ExampleFile;
  /** What to read beside it, in Markdown, with its front matter and thus with the line numbers of `textFile`. */
  readonly text: string;
  readonly textFile: string;
}

/** The groups of examples, in the order in which they are shown. */
export const groups = [
  'Requests and responses',
  'Streaming',
  'WebSockets',
  'Tunnels',
  'Lifespan',
  'Composition',
  'Python',
  'Rule breakers',
] as const;
export type Group = (typeof groups)[number];

const TEXT = 'example.md';
export const REQUESTS = 'requests.http';
/** The names under which the application of an example stands, in TypeScript or in Python. */
const ENTRIES = ['app.ts', 'app.py'];

const frontMatter = z.strictObject({
  title: z.string().max(60),
  summary: z.string().max(140),
  clauses: z.array(z.string()).min(1),
  group: z.enum(groups),
  order: z.int().positive(),
  breaks: z.string().optional(),
  /** Whether the application raises an error on purpose. */
  fails: z.boolean().optional(),
});

const raw = import.meta.glob<string>(
  ['../../content/examples/*/*', '!../../content/examples/*/trace.json'],
  {
    query: '?raw',
    import: 'default',
    eager: true,
  },
);

/** slug → file name → text */
const folders = new Map<string, Map<string, string>>();
for (const [path, text] of Object.entries(raw)) {
  const [slug, name] = path.split('/').slice(-2);
  if (slug === undefined || name === undefined) continue;
  if (!folders.has(slug)) folders.set(slug, new Map());
  folders.get(slug)?.set(name, text);
}

/** Every example, in the order that their front matter gives. */
export const examples: readonly ExampleSummary[] = readSummaries();

/** The examples that list a requirement among their clauses; those first that name it early, as what they are about. */
export function examplesShowing(id: string): ExampleSummary[] {
  const place = (example: ExampleSummary) => example.clauses.indexOf(id);
  return examples
    .filter((example) => place(example) >= 0)
    .sort((one, other) => place(one) - place(other));
}

/** The files of an example as they are written, its text left out. Empty for a slug that is no example. */
export function exampleTexts(slug: string): Readonly<Record<string, string>> {
  const { [TEXT]: _, ...texts } = Object.fromEntries(folders.get(slug) ?? []);
  return texts;
}

/** An example with its files highlighted. @throws Error for a slug that is no example */
export async function loadExample(slug: string): Promise<Example> {
  const summary = examples.find((example) => example.slug === slug);
  const files = folders.get(slug);
  if (!summary || !files) {
    const known = examples.map((example) => example.slug).join(', ');
    throw new Error(`There is no example \`${slug}\` in content/examples. There are: ${known}.`);
  }
  const names = [...files.keys()]
    .filter((name) => name !== TEXT && name !== REQUESTS)
    .sort((a, b) => Number(ENTRIES.includes(b)) - Number(ENTRIES.includes(a)) || (a < b ? -1 : 1));
  const read = async (path: string): Promise<ExampleFile> => {
    const source = files.get(path) ?? '';
    return { path, source, html: await highlight(source, path.slice(path.lastIndexOf('.') + 1)) };
  };
  return {
    ...summary,
    files: await Promise.all(names.map(read)),
    requests: await read(REQUESTS),
    text: files.get(TEXT) ?? '',
    textFile: fileOf(slug),
  };
}

function fileOf(slug: string): string {
  return `content/examples/${slug}/${TEXT}`;
}

function readSummaries(): ExampleSummary[] {
  const problems: Problem[] = [];
  const found: (ExampleSummary & { order: number })[] = [];
  for (const [slug, files] of folders) {
    const text = files.get(TEXT) ?? '';
    const report = (message: string, line = 1) =>
      problems.push({ rule: 'example', file: fileOf(slug), line, column: 1, message });
    for (const name of [TEXT, REQUESTS]) {
      if (!files.has(name)) report(`the example has no ${name}`);
    }
    if (!ENTRIES.some((name) => files.has(name)))
      report(`the example has no ${ENTRIES.join(' or ')}`);
    const result = frontMatter.safeParse(parse(/^---\n([\s\S]*?)\n---/.exec(text)?.[1] ?? ''));
    if (!result.success) {
      for (const issue of result.error.issues) {
        report(`front matter: \`${issue.path.join('.')}\` ${issue.message}`);
      }
      continue;
    }
    const { breaks, fails: _, ...rest } = result.data;
    const named = breaks === undefined ? rest.clauses : [...rest.clauses, breaks];
    for (const id of named) {
      if (specification.requirements.has(id)) continue;
      const line = text.split('\n').findIndex((content) => content.includes(id)) + 1;
      report(`names the requirement \`${id}\`, which no proposal defines`, line);
    }
    found.push({ slug, ...rest, ...(breaks === undefined ? {} : { breaks }) });
  }
  if (problems.length > 0) throw new SpecError(problems);
  return found.sort((a, b) => a.order - b.order).map(({ order: _, ...summary }) => summary);
}
