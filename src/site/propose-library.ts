// Everything that the page for proposing has to know of this repository, as one body of data: it lints, previews and
// compares a reader's text in the page itself.
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import type { KnownExample, LibraryData } from '../propose/library.ts';
import type { SourceFile } from '../spec/lint/library.ts';
import { examples } from './examples.ts';
import { recordedTrace } from './recorded-example.ts';
import { settings } from './settings.ts';
import { testedIds, testsOf } from './tests.ts';

const raw = import.meta.glob<string>(
  ['../../proposals/**/*.md', '../../proposals/{published,editions,requirements}.json'],
  { query: '?raw', import: 'default', eager: true },
);
const texts = Object.entries(raw)
  .map(([path, text]): SourceFile => [path.replace(/^(\.\.\/)+/, ''), text])
  .sort(([a], [b]) => (a < b ? -1 : 1));

export async function libraryData(): Promise<LibraryData> {
  const named = (pattern: RegExp) => texts.filter(([path]) => pattern.test(path));
  const file = (path: string): SourceFile =>
    texts.find(([name]) => name === path) ?? [path, '{}\n'];
  const drafts = named(/\/draft\.md$/);
  const published = named(/\/v[1-9]\d*\.md$/);
  const known = new Set([...drafts, ...published]);
  return {
    drafts,
    published,
    texts: named(/\.md$/).filter((text) => !known.has(text)),
    data: {
      hashes: file('proposals/published.json'),
      editions: file('proposals/editions.json'),
      register: file('proposals/requirements.json'),
    },
    tests: Object.fromEntries(testedIds.map((id) => [id, testsOf(id)])),
    examples: Object.fromEntries(
      await Promise.all(
        examples.map(async (example) => [example.slug, await knownExample(example)] as const),
      ),
    ),
    paths: repositoryPaths(),
    repository: settings.repository,
    commit: git('rev-parse', 'HEAD')?.trim() ?? null,
  };
}

async function knownExample({
  slug,
  title,
  clauses,
  breaks,
}: (typeof examples)[number]): Promise<KnownExample> {
  const events = await recordedTrace(slug);
  const violations = new Set(events.flatMap(({ violation }) => violation?.requirement ?? []));
  const shows = new Set(
    events.flatMap(({ requirement, violation }) => [
      ...(requirement === undefined ? [] : [requirement]),
      ...(violation ? [violation.requirement] : []),
    ]),
  );
  return {
    title,
    clauses,
    shows: [...shows],
    violations: [...violations],
    ...(breaks === undefined ? {} : { breaks }),
    // Figures are drawn from these alone; the others would make the file ten times as large.
    ...(drawn.has(slug) ? { trace: events } : {}),
  };
}

/** Slugs of the examples from whose traces a figure is drawn. */
const drawn = new Set(
  texts.flatMap(([, text]) =>
    [...text.matchAll(/^```sequence\n([\s\S]*?)^```/gm)].flatMap(
      ([, block = '']) => /^example: *([a-z0-9-]+)/m.exec(block)?.[1] ?? [],
    ),
  ),
);

/** What git knows of; without git, what stands in the folders that texts link to. */
function repositoryPaths(): string[] {
  const listed = git('ls-files', '-z', '--cached', '--others', '--exclude-standard');
  if (listed !== undefined) return listed.split('\0').filter((path) => path !== '');
  return globSync(['*.*', '{bench,bin,content,proposals,public,scripts,src,tests}/**/*.*']).sort();
}

function git(...args: string[]): string | undefined {
  const { status, stdout } = spawnSync('git', args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  return status === 0 ? stdout : undefined;
}
