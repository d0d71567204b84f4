// Code that comes from outside, by a link or a file, beside the reader's own copy of the example: it is shown, marked,
// and takes the place of nothing unless the reader says so. Also the safe mode, in which nothing runs. Runs nothing.

import {
  decodeShared,
  encodeShared,
  isSharedFragment,
  readSharedFile,
  type Shared,
  SharedError,
} from '../../sandbox/share.ts';
import type { Choice } from '../../sandbox/state.ts';
import { withChanges } from '../edits.ts';
import { FileNameError } from '../file-names.ts';
import { WorkingCopy } from '../working-copy.svelte.ts';

export type Source = 'link' | 'file';

/** Code from outside as it is shown. */
export interface Incoming {
  readonly from: Source;
  readonly shared: Shared;
  /** Its files, in the place of the reader's; kept nowhere. */
  readonly copy: WorkingCopy;
}

export interface ArrivalsOptions {
  /** The reader's own copy. */
  readonly mine: WorkingCopy;
  readonly slug: string;
  /** Root of the site, with a slash at its end. */
  readonly base: string;
  readonly onChoice: (choice: Choice) => void;
}

const SAFE = 'safe';

export class Arrivals {
  readonly #options: ArrivalsOptions;
  #incoming = $state.raw<Incoming | undefined>();
  #problem = $state('');
  /** Where what was opened belongs, if that is not here. */
  #elsewhere = $state('');
  #opening = $state(false);
  #safe = $state(false);
  /** What is opened later wins. */
  #turn = 0;

  constructor(options: ArrivalsOptions) {
    this.#options = options;
    // At once, and not when the page is alive: until then an editor would have been loaded.
    this.#safe = typeof location !== 'undefined' && new URLSearchParams(location.search).has(SAFE);
  }

  get incoming(): Incoming | undefined {
    return this.#incoming;
  }
  /** Why something could not be opened, in words. */
  get problem(): string {
    return this.#problem;
  }
  get elsewhere(): string {
    return this.#elsewhere;
  }
  /** Whether something is being read that will be shown in the place of what is shown now. */
  get opening(): boolean {
    return this.#opening;
  }
  get safe(): boolean {
    return this.#safe;
  }
  /** The files that are shown. */
  get copy(): WorkingCopy {
    return this.#incoming?.copy ?? this.#options.mine;
  }

  /** Opens what the page's address carries; `first` is said of the sandbox that speaks for links that are broken. */
  async openLink(first: boolean): Promise<void> {
    const fragment = location.hash;
    if (!isSharedFragment(fragment)) return;
    await this.#open('link', first, decodeShared(fragment));
  }

  /** Opens a file that Share has made. */
  openFile(file: Blob): Promise<void> {
    return this.#open('file', true, readSharedFile(file));
  }

  async #open(from: Source, speaks: boolean, reading: Promise<Shared | SharedError>) {
    const turn = ++this.#turn;
    this.#opening = true;
    const answer = await reading;
    if (turn !== this.#turn) return;
    this.#opening = false;
    if (answer instanceof SharedError) {
      if (speaks) this.#refuse(answer.message);
    } else if (answer.example !== this.#options.slug) {
      if (speaks) await this.#sendElsewhere(answer);
    } else this.#show(from, answer);
  }

  #show(from: Source, shared: Shared): void {
    const { mine, onChoice } = this.#options;
    const copy = new WorkingCopy({ files: mine.original, entry: mine.entry });
    try {
      copy.replaceAll(withChanges(mine.original, shared.files));
    } catch (error) {
      if (!(error instanceof FileNameError)) throw error;
      this.#refuse(`The ${from} has a file that cannot be: ${error.message}`);
      return;
    }
    this.#problem = '';
    this.#elsewhere = '';
    if (shared.choice) onChoice(shared.choice);
    // Where no file differs, there is nothing to be careful about.
    this.#incoming = copy.changed ? { from, shared, copy } : undefined;
  }

  async #sendElsewhere(shared: Shared): Promise<void> {
    const fragment = await encodeShared(shared);
    this.#refuse(`This code belongs to another example, “${shared.example}”.`);
    this.#elsewhere = `${this.#options.base}examples/${shared.example}/${fragment}`;
  }

  #refuse(problem: string): void {
    this.#problem = problem;
    this.#elsewhere = '';
  }

  /** Goes back to the reader's own copy. */
  keepMine(): void {
    this.#incoming = undefined;
    this.#problem = '';
    this.#elsewhere = '';
    if (isSharedFragment(location.hash)) replaceAddress((url) => (url.hash = ''));
  }

  /** Makes what came the reader's own; what that takes away can be brought back by Undo reset. */
  takeTheirs(): void {
    if (this.#incoming) this.#options.mine.replaceAll(this.#incoming.copy.files);
    this.keepMine();
  }

  setSafe(safe: boolean): void {
    this.#safe = safe;
    replaceAddress((url) => {
      if (safe) url.searchParams.set(SAFE, '');
      else url.searchParams.delete(SAFE);
    });
  }
}

/** Changes the address of the page without going anywhere, so that a reload shows the same. */
function replaceAddress(change: (url: URL) => void): void {
  const url = new URL(location.href);
  change(url);
  // `URL` writes a parameter without a value as `safe=`.
  const address = url.href.replace(/([?&]safe)=(?=[&#]|$)/, '$1').replace(/#$/, '');
  history.replaceState(history.state, '', address);
}
