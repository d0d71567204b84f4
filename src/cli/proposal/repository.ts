// Reads a repository of proposals from the disk into what the linter looks at, and writes files of it whole or not at
// all. The only place where the tools of proposals touch files.

import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { frontMatterOf } from '../../spec/join.ts';
import {
  draftOf,
  errataOf,
  libraryOf,
  publishedOf,
  type SourceFile,
  slugOf,
} from '../../spec/lint/library.ts';
import type { DataFile, Draft, ExampleRun, Library, Register } from '../../spec/lint/rule.ts';
import { blocks, proposalsOf } from '../../spec/lint/subjects.ts';
import { isTestFile, testsIn } from '../../spec/tests.ts';
import { CommandError } from '../command.ts';
import { ROOT } from '../drafts.ts';

/** The nearest folder, from here upwards, that has a folder `proposals`; else the one that this file belongs to. */
export function findRoot(from = process.cwd()): string {
  for (let folder = resolve(from); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'proposals', '0000-template'))) return folder;
    if (dirname(folder) === folder) return ROOT;
  }
}

/** The repository that `--root` names, or the one around the working directory. */
export function rootOf(named: string | undefined): string {
  return named === undefined ? findRoot() : resolve(named);
}

const hashesShape = z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/));
const editionsShape = z.record(
  z.string(),
  z.record(z.string().regex(/^\d{4}$/), z.int().positive()),
);
const registerShape = z.record(
  z.string(),
  z.strictObject({
    level: z.string().optional(),
    role: z.string().optional(),
    proposal: z.string().optional(),
    since: z.string().nullable().optional(),
    changed: z.string().nullable().optional(),
    checksum: z.string().optional(),
    aliases: z.array(z.string()).optional(),
    tombstone: z.string().optional(),
  }),
);

/** What the text of a file of data says; undefined if there is none. */
function dataOf<T>(
  file: string,
  text: string | undefined,
  shape: z.ZodType<T>,
): DataFile<T> | undefined {
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { file, text, error: `it is not JSON: ${(error as Error).message}` };
  }
  const result = shape.safeParse(value);
  if (result.success) return { file, text, value: result.data };
  const [issue] = result.error.issues;
  return { file, text, error: `\`${issue?.path.join('.')}\`: ${issue?.message}` };
}

/** The files of data beside the proposals. */
export const DATA_FILES = {
  hashes: 'proposals/published.json',
  editions: 'proposals/editions.json',
  register: 'proposals/requirements.json',
} as const;

/** The data beside the proposals, as far as it is there. `textOf` gives the text of a file, if there is one. */
export function dataFilesOf(
  textOf: (file: string) => string | undefined,
): Pick<Library, 'hashes' | 'editions' | 'register'> {
  const read = <T>(file: string, shape: z.ZodType<T>) => dataOf(file, textOf(file), shape);
  const hashes = read(DATA_FILES.hashes, hashesShape);
  const editions = read(DATA_FILES.editions, editionsShape);
  const register = read(DATA_FILES.register, registerShape as z.ZodType<Register>);
  return {
    ...(hashes ? { hashes } : {}),
    ...(editions ? { editions } : {}),
    ...(register ? { register } : {}),
  };
}

async function readDataFiles(root: string) {
  const texts = await Promise.all(
    Object.values(DATA_FILES).map(
      async (file) =>
        [file, await readFile(join(root, file), 'utf8').catch(() => undefined)] as const,
    ),
  );
  return dataFilesOf((file) => new Map<string, string | undefined>(texts).get(file));
}

/** Whether a path, relative to the repository, is that of a draft, of a published revision or of errata. */
export function isProposalText(path: string): boolean {
  return /^proposals\/[^/]+\/(?:draft|errata|v[1-9]\d*)\.md$/.test(path);
}

/** Every text in the folders of proposals, with paths relative to the repository. */
async function readTexts(root: string): Promise<SourceFile[]> {
  const folder = join(root, 'proposals');
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new CommandError(`there is no folder ${relative(process.cwd(), folder) || folder}.`);
  });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = await Promise.all(
    names.sort().map(async (name) => {
      const inside = await readdir(join(folder, name));
      const texts = inside
        .map((file) => `proposals/${name}/${file}`)
        .filter(isProposalText)
        .sort();
      if (!inside.includes('draft.md'))
        throw new CommandError(`proposals/${name} has no draft.md.`);
      return texts;
    }),
  );
  return Promise.all(
    files.flat().map(async (file): Promise<SourceFile> => [file, await readText(root, file)]),
  );
}

async function readText(root: string, file: string): Promise<string> {
  try {
    return await readFile(join(root, file), 'utf8');
  } catch (error) {
    throw new CommandError(`cannot read ${file}: ${(error as Error).message}.`);
  }
}

/** Requirement id to the test files whose names of tests begin with it. */
async function readTests(root: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const files: SourceFile[] = [];
  for (const folder of ['src', 'tests']) {
    const paths = await readdir(join(root, folder), { recursive: true }).catch(() => []);
    const names = paths.map((path) => `${folder}/${path.replaceAll('\\', '/')}`);
    for (const file of names.filter(isTestFile).sort())
      files.push([file, await readText(root, file)]);
  }
  return testsIn(files);
}

/** Runs examples in memory, one after the other. */
async function runExamples(
  root: string,
  slugs: readonly string[],
): Promise<ReadonlyMap<string, ExampleRun>> {
  const runs = new Map<string, ExampleRun>();
  for (const slug of slugs) runs.set(slug, await runExample(join(root, 'content/examples', slug)));
  return runs;
}

async function runExample(folder: string): Promise<ExampleRun> {
  let breaks: string | undefined;
  try {
    const text = await readFile(join(folder, 'example.md'), 'utf8');
    const said = parse(text.split(/^---$/m)[1] ?? '') as {
      breaks?: string;
      fails?: boolean;
    } | null;
    breaks = said?.breaks;
    // Not above: what is generated from the proposals may be broken, and then they are all the more to be read.
    const example = await import('../example.ts');
    const { events, faults } = await example.runExample(folder, 'memory');
    const violations = new Set(events.flatMap(({ violation }) => violation?.requirement ?? []));
    const fault = said?.fails
      ? undefined
      : faults.find(({ requirement }) => requirement === undefined);
    return {
      violations: [...violations],
      trace: events,
      ...(breaks === undefined ? {} : { breaks }),
      ...(fault ? { error: fault.message } : {}),
    };
  } catch (error) {
    const [first = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    return { violations: [], ...(breaks === undefined ? {} : { breaks }), error: first };
  }
}

/** The slugs of the examples; undefined where the repository has no folder for them. */
async function exampleSlugs(root: string): Promise<string[] | undefined> {
  const entries = await readdir(join(root, 'content/examples'), { withFileTypes: true }).catch(
    () => undefined,
  );
  return entries?.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

export interface ReadOptions {
  /** Whether to run the examples that proposals embed. */
  readonly examples?: boolean;
}

/** Everything that the rules can look at. @throws CommandError where there are no proposals */
export async function readLibrary(root: string, options: ReadOptions = {}): Promise<Library> {
  const texts = await readTexts(root);
  const drafts = texts.filter(([file]) => file.endsWith('/draft.md')).map(draftOf);
  const rest = {
    published: texts.flatMap((text) => publishedOf(text) ?? []),
    errata: texts.flatMap((text) => errataOf(text) ?? []),
    ...(await readDataFiles(root)),
    tests: await readTests(root),
    exists: (path: string) => existsSync(join(root, path)),
    today: new Date().toISOString().slice(0, 10),
  };
  const library = libraryOf(drafts, rest);
  const slugs = await exampleSlugs(root);
  if (!slugs || !options.examples) return library;
  const embedded = proposalsOf(library).flatMap((draft) =>
    [...blocks(draft, 'try'), ...blocks(draft, 'sequence')].map(({ value }) => value.example),
  );
  const examples = new Map(
    await runExamples(
      root,
      slugs.filter((slug) => embedded.includes(slug)),
    ),
  );
  // Those that no proposal embeds only have to be known by name.
  for (const slug of slugs) if (!examples.has(slug)) examples.set(slug, { violations: [] });
  return { ...library, examples };
}

/** Writes files, each whole or not at all, in their order. */
export async function writeFiles(root: string, files: ReadonlyMap<string, string>): Promise<void> {
  for (const [file, text] of files) {
    const path = join(root, file);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(temporary, text);
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw new CommandError(`cannot write ${file}: ${(error as Error).message}.`);
    }
  }
}

/** The draft of a number as it is typed: `3` or `0003`. @throws CommandError with what there is */
export function draftNumbered(library: Library, number: string): Draft {
  if (!/^\d{1,4}$/.test(number)) {
    throw new CommandError(`\`${number}\` is not the number of a proposal, such as 3 or 0003.`, 2);
  }
  const slug = number.padStart(4, '0');
  const draft = library.drafts.find((other) => slugOf(other) === slug);
  if (draft) return draft;
  const known = library.drafts.map(slugOf).sort();
  throw new CommandError(`there is no proposal ${slug}. There are ${known.join(', ')}.`, 2);
}

/** The same, for commands that rely on what the front matter says. @throws CommandError where it cannot be read */
export function readableDraft(library: Library, number: string): Draft {
  const draft = draftNumbered(library, number);
  if (draft.template)
    throw new CommandError('number 0 is the template, which has no life of its own.', 2);
  if (!frontMatterOf(draft.document)) {
    throw new CommandError(
      `the front matter of ${draft.document.file} cannot be read. \`portway proposal lint ${draft.document.file}\` says why.`,
    );
  }
  return draft;
}

/** What git calls the person at the terminal, or undefined. */
export function gitUser(root: string): string | undefined {
  try {
    const name = execFileSync('git', ['config', 'user.name'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    return name === '' ? undefined : name;
  } catch {
    return undefined;
  }
}
