// Which files an application was loaded from, and whether one of them has changed.

import { type FSWatcher, statSync, watch } from 'node:fs';
import { registerHooks } from 'node:module';
import { basename, dirname, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The code of this package is no part of an application. */
const OWN_CODE = fileURLToPath(new URL('../', import.meta.url));

/** Calls back with every file that is loaded from now on, or that an import has looked for; packages apart. */
export function onLoaded(found: (file: string) => void): void {
  const told = new Set<string>();
  const tell = (url: string) => {
    if (!url.startsWith('file:')) return;
    const file = fileURLToPath(url.replace(/[?#].*$/, ''));
    const foreign = file.startsWith(OWN_CODE) || file.includes(`${sep}node_modules${sep}`);
    if (foreign || told.has(file)) return;
    told.add(file);
    found(file);
  };
  registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        // A file that is not there yet is one whose coming is a change.
        if (
          /^\.{0,2}\//.test(specifier) &&
          context.parentURL &&
          URL.canParse(specifier, context.parentURL)
        )
          tell(new URL(specifier, context.parentURL).href);
        throw error;
      }
    },
    load(url, context, next) {
      tell(url);
      return next(url, context);
    },
  });
}

/** Milliseconds in which several changes are one: editors write a file in more than one step. */
const TOGETHER = 50;

/** Watches files by their folders, since editors put a new file in the place of an old one. */
export class FileWatch {
  readonly #changed: (file: string) => void;
  readonly #folders = new Map<string, FSWatcher>();
  /** What each file was when it was last looked at. */
  readonly #files = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;

  constructor(changed: (file: string) => void) {
    this.#changed = changed;
  }

  add(files: readonly string[]): void {
    for (const file of files) {
      this.#files.set(file, stateOf(file));
      const folder = dirname(file);
      if (this.#folders.has(folder)) continue;
      try {
        const watcher = watch(folder, (_, name) => this.#look(folder, name));
        // A folder that is gone has nothing more to say.
        watcher.on('error', () => watcher.close());
        this.#folders.set(folder, watcher);
      } catch {
        // There is no such folder: an import has looked in vain.
      }
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #look(folder: string, name: string | null): void {
    const concerns = [...this.#files.keys()].some(
      (file) => dirname(file) === folder && (name === null || basename(file) === name),
    );
    if (!concerns) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#compare(), TOGETHER);
  }

  #compare(): void {
    let changed: string | undefined;
    for (const [file, before] of this.#files) {
      const now = stateOf(file);
      if (now === before) continue;
      this.#files.set(file, now);
      changed ??= file;
    }
    if (changed !== undefined) this.#changed(changed);
  }
}

function stateOf(file: string): string {
  try {
    const { mtimeMs, size, ino } = statSync(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'none';
  }
}
