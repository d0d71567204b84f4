// A reader's copy of an example: its files as they are now, beside those that it came with. Knows nothing of editors
// and of running; whoever shows it follows it as Svelte state.

import { SCENARIO_FILE } from '../sandbox/state.ts';
import {
  type Changes,
  changesBetween,
  type Edits,
  type Files,
  loadEdits,
  type Snapshot,
  saveEdits,
  withChanges,
} from './edits.ts';
import { checkFileName, checkRemovable, FileNameError } from './file-names.ts';

/** How many states that Reset took away are kept. */
const MOST_TAKEN = 5;

export interface WorkingCopyOptions {
  /** Name under which the edits are kept in the browser; nothing is kept without one. */
  readonly slug?: string;
  /** The files as the example has them, `requests.http` among them. */
  readonly files: Files;
  /** Path of the file that has the application. */
  readonly entry: string;
}

export class WorkingCopy {
  readonly slug: string | undefined;
  readonly original: Files;
  readonly entry: string;
  #files = $state.raw<Files>({});
  #open = $state('');
  #taken = $state.raw<readonly Snapshot[]>([]);
  #kept = $state(true);
  #restored = false;

  constructor({ slug, files, entry }: WorkingCopyOptions) {
    this.slug = slug;
    this.original = files;
    this.entry = entry;
    this.#files = files;
    this.#open = entry;
  }

  /**
   * Puts what the browser kept in place, the first time it is called; whatever changes files calls it first, or it
   * would overwrite what is kept. Not called before the page has come alive: what the build drew knows no edits.
   */
  restore(): void {
    if (this.#restored) return;
    this.#restored = true;
    const edits = this.slug === undefined ? undefined : loadEdits(this.slug);
    if (!edits) return;
    this.#taken = edits.taken;
    this.#show(edits);
  }

  /** Path to text of every file as it is now, `requests.http` among them. */
  get files(): Files {
    return this.#files;
  }

  /** The paths in the order in which they are shown: the application first, the requests last. */
  get paths(): readonly string[] {
    const rank = (path: string) => (path === this.entry ? 0 : path === SCENARIO_FILE ? 2 : 1);
    return Object.keys(this.#files).toSorted((a, b) => rank(a) - rank(b));
  }

  /** Path of the file that is shown. Setting it to a file that is not there changes nothing. */
  get open(): string {
    return this.#open;
  }
  set open(path: string) {
    this.restore();
    if (path === this.#open || !Object.hasOwn(this.#files, path)) return;
    this.#open = path;
    this.#save();
  }

  /** Whether anything differs from the example. */
  get changed(): boolean {
    return Object.keys(this.#changes).length > 0;
  }

  isChanged(path: string): boolean {
    return this.#files[path] !== this.original[path];
  }

  /** Whether a file came with the example. */
  isOriginal(path: string): boolean {
    return Object.hasOwn(this.original, path);
  }

  /** Whether a run can do without the file, so that it can be renamed and removed. */
  isRemovable(path: string): boolean {
    return path !== this.entry && path !== SCENARIO_FILE;
  }

  /** Whether the browser could keep the last change. */
  get kept(): boolean {
    return this.#kept;
  }

  /** @throws FileNameError where there is no such file */
  write(path: string, text: string): void {
    this.#require(path);
    if (this.#files[path] === text) return;
    this.#put({ ...this.#files, [path]: text });
  }

  /** Adds a file, empty if no text is given, and shows it. @throws FileNameError */
  create(path: string, text = ''): void {
    this.restore();
    checkFileName(path, Object.keys(this.#files));
    this.#put({ ...this.#files, [path]: text }, path);
  }

  /** Gives a file another name, in its place among the others. @throws FileNameError */
  rename(from: string, to: string): void {
    this.#require(from);
    if (from === to) return;
    checkRemovable(from, this.entry);
    checkFileName(
      to,
      Object.keys(this.#files).filter((path) => path !== from),
    );
    const renamed = Object.entries(this.#files).map(([path, text]) => [
      path === from ? to : path,
      text,
    ]);
    this.#put(Object.fromEntries(renamed), this.#open === from ? to : this.#open);
  }

  /** Takes a file away; one that came with the example comes back by `reset`. @throws FileNameError */
  remove(path: string): void {
    this.#require(path);
    checkRemovable(path, this.entry);
    const paths = this.paths;
    const at = paths.indexOf(path);
    const { [path]: _, ...rest } = this.#files;
    const beside = paths[at + 1] === SCENARIO_FILE ? paths[at - 1] : paths[at + 1];
    this.#put(rest, this.#open === path ? (beside ?? this.entry) : this.#open);
  }

  /** Makes everything as the example has it. What there was can be brought back, after a reload too. */
  reset(): void {
    this.restore();
    if (!this.changed) return;
    this.#take();
    this.#put(this.original);
  }

  get canUndoReset(): boolean {
    return this.#taken.length > 0;
  }

  /** Brings back what the last `reset` took away. What was written since takes its place, so that it is not lost. */
  undoReset(): void {
    this.restore();
    const back = this.#taken.at(-1);
    if (!back) return;
    const rest = this.#taken.slice(0, -1);
    this.#taken = this.changed ? [this.#snapshot, ...rest] : rest;
    this.#show(back);
    this.#save();
  }

  /**
   * Puts other files in place, such as those of a link. Changes that were there can be brought back by `undoReset`.
   * The application and the requests stay as the example has them where `files` has none. @throws FileNameError
   */
  replaceAll(files: Files): void {
    const seen: string[] = [];
    for (const path of Object.keys(files)) {
      checkFileName(path, seen);
      seen.push(path);
    }
    this.restore();
    if (this.changed) this.#take();
    this.#put({ ...this.#indispensable, ...files });
  }

  /** What Reset would take away, as changes of the example. */
  get #changes(): Changes {
    return changesBetween(this.#files, this.original);
  }

  get #snapshot(): Snapshot {
    return { files: this.#changes, open: this.#open };
  }

  get #indispensable(): Files {
    const { [this.entry]: entry = '', [SCENARIO_FILE]: requests = '' } = this.original;
    return { [this.entry]: entry, [SCENARIO_FILE]: requests };
  }

  #take(): void {
    this.#taken = [...this.#taken, this.#snapshot].slice(-MOST_TAKEN);
  }

  /** Storage may hold names that are not allowed, and lack files that are needed: it is read as far as it is sound. */
  #show({ files, open }: Snapshot): void {
    const sound: Record<string, string | null> = {};
    const staying = Object.keys(this.original).filter(
      (path) => files[path] !== null || !this.isRemovable(path),
    );
    for (const [path, text] of Object.entries(files)) {
      const isSound = this.isOriginal(path)
        ? text !== null || this.isRemovable(path)
        : text !== null && isAllowed(path, [...staying, ...Object.keys(sound)]);
      if (isSound) sound[path] = text;
    }
    this.#files = withChanges(this.original, sound);
    this.#open = open !== undefined && Object.hasOwn(this.#files, open) ? open : this.entry;
  }

  #put(files: Files, open = this.#open): void {
    this.#files = files;
    this.#open = Object.hasOwn(files, open) ? open : this.entry;
    this.#save();
  }

  #save(): void {
    const edits: Edits = { ...this.#snapshot, taken: this.#taken };
    if (this.slug !== undefined) this.#kept = saveEdits(this.slug, edits);
  }

  #require(path: string): void {
    this.restore();
    if (!Object.hasOwn(this.#files, path)) {
      throw new FileNameError(path, `There is no file \`${path}\`.`);
    }
  }
}

function isAllowed(path: string, others: readonly string[]): boolean {
  try {
    checkFileName(path, others);
    return true;
  } catch {
    return false;
  }
}
