// What the page for proposing knows of the repository: every text of the proposals and what the linter asks for besides.
// Made by the build, fetched once, and put together here with the texts that a reader has on the desk.

import {
  draftOf,
  errataOf,
  libraryOf,
  publishedOf,
  type SourceFile,
} from '../spec/lint/library.ts';
import type { DataFile, Draft, ExampleRun, Library } from '../spec/lint/rule.ts';

/** An example as the linter and the preview know it. */
export interface KnownExample extends ExampleRun {
  readonly title: string;
  /** Ids of the requirements that it shows. */
  readonly clauses: readonly string[];
  /** Ids of the requirements that its recorded trace has an event for. */
  readonly shows: readonly string[];
}

/** The body of `/propose/library.json`. Paths are relative to the repository, with `/`. */
export interface LibraryData {
  /** Every draft, the template among them, in order of number. */
  readonly drafts: readonly SourceFile[];
  readonly published: readonly SourceFile[];
  /** `proposals/README.md`, which has a row for each proposal, and what else stands beside them as Markdown. */
  readonly texts: readonly SourceFile[];
  /** Path and text of the files of data; each is read as the command reads it. */
  readonly data: Readonly<Record<'hashes' | 'editions' | 'register', SourceFile>>;
  /** Requirement id to the files of its tests. */
  readonly tests: Readonly<Record<string, readonly string[]>>;
  readonly examples: Readonly<Record<string, KnownExample>>;
  /** Every file of the repository, for links. */
  readonly paths: readonly string[];
  /** Page of the repository on its code host; null until there is one. */
  readonly repository: string | null;
  /** Name of the commit that the texts are from; null where the site was built without git. */
  readonly commit: string | null;
}

/** The texts of the repository, read once, and again as far as a change touches them. */
export class KnownRepository {
  readonly data: LibraryData;
  readonly #drafts: ReadonlyMap<string, Draft>;
  readonly #rest: Omit<Library, 'drafts' | 'specification'>;
  /** What was last made of the texts on the desk, so that one keystroke reads one text. */
  #edited = new Map<string, Draft>();

  /** `today` is `YYYY-MM-DD`, in UTC. */
  constructor(data: LibraryData, today: string) {
    this.data = data;
    this.#drafts = new Map(data.drafts.map((source) => [source[0], draftOf(source)]));
    const paths = pathsAndFolders(data.paths);
    this.#rest = {
      published: data.published.flatMap((source) => publishedOf(source) ?? []),
      errata: data.texts.flatMap((source) => errataOf(source) ?? []),
      hashes: dataFile(data.data.hashes),
      editions: dataFile(data.data.editions),
      register: dataFile(data.data.register),
      tests: new Map(Object.entries(data.tests)),
      examples: new Map(Object.entries(data.examples)),
      exists: (path) => paths.has(path.replace(/\/$/, '')),
      today,
    };
  }

  /** The text of a file as it is in the repository; undefined where it has none, or none that is known here. */
  textOf(path: string): string | undefined {
    const { drafts, published, texts, data } = this.data;
    return [...drafts, ...published, ...texts, ...Object.values(data)].find(
      ([file]) => file === path,
    )?.[1];
  }

  /** The library as the repository has it. */
  get library(): Library {
    this.#library ??= libraryOf([...this.#drafts.values()], this.#rest);
    return this.#library;
  }
  #library: Library | undefined;

  /** The library with the texts of a change in the place of its own. */
  with(files: readonly SourceFile[]): Library {
    const edited = new Map<string, Draft>();
    const errata = new Map((this.#rest.errata ?? []).map((one) => [one.file, one]));
    for (const [path, text] of files) {
      const known = errataOf([path, text]);
      if (known) errata.set(path, known);
      if (!/^proposals\/[^/]+\/draft\.md$/.test(path)) continue;
      const read = this.#edited.get(path);
      edited.set(path, read?.document.source === text ? read : draftOf([path, text]));
    }
    this.#edited = edited;
    const drafts = new Map([...this.#drafts, ...edited]);
    const known = new Set(edited.keys());
    const exists = this.#rest.exists ?? (() => false);
    return libraryOf(
      [...drafts.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, draft]) => draft),
      {
        ...this.#rest,
        errata: [...errata.values()],
        // A new proposal may be linked to from another text of the change.
        exists: (path) =>
          exists(path) || [...known].some((file) => file === path || file.startsWith(`${path}/`)),
      },
    );
  }
}

/** It was read by the command before it was built: only an author's mistake in it is worth a word there. */
function dataFile<T>([file, text]: SourceFile): DataFile<T> {
  try {
    return { file, text, value: JSON.parse(text) as T };
  } catch (error) {
    return { file, text, error: `it is not JSON: ${(error as Error).message}` };
  }
}

function pathsAndFolders(paths: readonly string[]): ReadonlySet<string> {
  const all = new Set(paths);
  for (const path of paths)
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) {
      const folder = path.slice(0, at);
      if (all.has(folder)) break;
      all.add(folder);
    }
  return all;
}
