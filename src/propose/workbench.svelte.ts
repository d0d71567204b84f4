// The change that a reader has on the desk, as Svelte state: its texts, what is found in them, and whether they are kept.
// Every text that is written is kept in the browser before anything else happens to it. Knows no editor and no markup.

import type { Beginning } from './begin.ts';
import { type Change, filesChanged, hasTextsOf, newId, withText } from './change.ts';
import type { Findings } from './desk.ts';
import { type Engine, Superseded } from './engine.ts';
import type { Arrival, Contents, PatchFile, Previewed, Redlined } from './engine-messages.ts';
import type { FieldKey, FieldValue, Form } from './front-matter-form.ts';
import { rememberedAuthor } from './me.ts';
import type { Author } from './patch/write.ts';
import type { Rebased } from './rebase.ts';
import { type ChangeStore, memoryStore, openStore, type Removed } from './store.ts';

/** Whether what is on the desk is kept; `lost` says in words why it is not. */
export type Kept =
  | { readonly state: 'nothing' | 'saving' | 'kept' }
  | { readonly state: 'lost'; readonly why: string };

export class Workbench {
  readonly #engine: Engine;
  #store: ChangeStore = memoryStore();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  /** Settles when it is known what is kept, or that nothing can be. */
  #recalled: Promise<void> = Promise.resolve();
  #unfollow = () => {};
  /** The change as it was last kept. */
  #saved: Change | undefined;
  /** What could not be kept, by id: it is in the list for as long as the page is. */
  readonly #unkept = new Map<string, Change>();

  contents = $state.raw<Contents>();
  /** Why nothing can be done here, in words. */
  failed = $state('');
  changes = $state.raw<readonly Change[]>([]);
  /** What the reader removed, which can be brought back. */
  removed = $state.raw<readonly Removed[]>([]);
  /** How many kept changes this page cannot read. */
  unreadable = $state(0);
  change = $state.raw<Change>();
  open = $state('');
  kept = $state.raw<Kept>({ state: 'nothing' });
  /** The same change as another tab has saved it since. */
  other = $state.raw<Change>();
  /** What came with the change from elsewhere, and is not shown. */
  arrival = $state.raw<Arrival>();
  /** What became of the change because the repository has gone on. */
  rebased = $state.raw<Rebased>();
  /** Whether a change that was begun before is gone on with. */
  resumed = $state(false);
  findings = $state.raw<Findings>();
  checking = $state(false);
  /** Why the text could not be checked, in words. */
  unchecked = $state('');

  constructor(engine: Engine) {
    this.#engine = engine;
  }

  /** Reads what is kept. What cannot be kept is said, and the page works all the same. */
  recall(): Promise<void> {
    this.#recalled = this.#recall();
    return this.#recalled;
  }

  async #recall(): Promise<void> {
    try {
      this.#store = await openStore();
      this.#unfollow = this.#store.subscribe(() => void this.#list());
      await this.#list();
    } catch (error) {
      this.#lost(error);
    }
  }

  /** Reads the library: some hundred kilobytes. */
  async load(): Promise<void> {
    try {
      this.contents = await this.#engine.ask({ kind: 'contents' });
    } catch (error) {
      this.failed = `The proposals could not be loaded: ${wordsOf(error)}`;
    }
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#unfollow();
    this.#engine.close();
  }

  /** Text of a file of the change that is on the desk. */
  textOf(path: string): string {
    return this.change?.files.find((file) => file.path === path)?.after ?? '';
  }

  get changed(): boolean {
    return this.change !== undefined && filesChanged(this.change).length > 0;
  }

  // What is put on the desk

  /** The draft of a proposal. A change of it that is kept is gone on with, unless `anew`. @throws Error in words */
  async edit(slug: string, anew = false): Promise<void> {
    const known = anew ? undefined : this.changeOf(slug);
    if (known) await this.show(known);
    else this.#put(await this.#engine.ask({ kind: 'edit', slug }));
    this.resumed = known !== undefined;
  }

  /** An erratum of a published revision, at the place of a fragment. @throws Error in words */
  async report(slug: string, revision: number, anchor: string, says: string): Promise<void> {
    const { name: by } = rememberedAuthor();
    this.#put(await this.#engine.ask({ kind: 'erratum', slug, revision, anchor, says, by }));
  }

  /** The latest change of a draft that is kept. */
  changeOf(slug: string): Change | undefined {
    return this.changes.find(({ files }) =>
      files.some(({ path, before }) => before !== null && path.startsWith(`proposals/${slug}-`)),
    );
  }

  /** A new proposal from the template. @throws Error in words */
  async begin(beginning: Beginning): Promise<void> {
    this.#put(await this.#engine.ask({ kind: 'new', beginning }));
    await this.save();
  }

  /** What somebody else wrote, to be looked at. @throws Error in words */
  async import(name: string, text: string): Promise<void> {
    const arrival = await this.#engine.ask({ kind: 'import', name, text });
    this.#put(arrival.change);
    this.arrival = arrival;
    await this.save();
  }

  /** A change that is kept, as one of what the repository has now. @throws Error in words */
  async show(change: Change): Promise<void> {
    const rebased = await this.#engine.ask({ kind: 'rebase', change });
    // As it is kept, where nothing has come of it: looking at a change is no reason to write it.
    this.#put(hasTextsOf(rebased.change, change) ? change : rebased.change, change);
    this.rebased = rebased;
    await this.save();
  }

  /**
   * Takes what the repository has now for what a file was, and both sides into its text, to be settled by hand.
   * @throws Error in words
   */
  async takeBoth(path: string): Promise<void> {
    await this.#remake(async (change) => {
      // Anew: the reader may have written in it since.
      const { change: rebased, behind } = await this.#engine.ask({ kind: 'rebase', change });
      const found = behind.find((one) => one.path === path);
      if (found?.kind !== 'conflict') return rebased;
      const { theirs, marked } = found;
      return {
        ...rebased,
        files: rebased.files.map((file) =>
          file.path === path ? { path, before: theirs, after: marked } : file,
        ),
      };
    });
    this.#settled(path);
  }

  /** Moves a new proposal on to the next free number. @throws Error in words */
  async renumber(path: string): Promise<void> {
    await this.#remake((change) => this.#engine.ask({ kind: 'renumber', path, change }));
    this.open =
      this.change?.files.find((file) => file.path.endsWith('/draft.md'))?.path ?? this.open;
    this.#settled(path);
  }

  /**
   * Puts texts that the worker makes in the place of the present ones. What was typed meanwhile goes first: then they are
   * made of that. Nothing is done where something else has been put on the desk.
   */
  async #remake(make: (change: Change) => Promise<Change>): Promise<void> {
    const { change } = this;
    if (!change) return;
    const made = await make(change);
    if (this.change?.id !== change.id) return;
    if (this.change.files !== change.files) await this.#remake(make);
    else if (made !== change) this.amend({ name: made.name, files: made.files });
  }

  #settled(path: string): void {
    const { rebased } = this;
    if (rebased)
      this.rebased = { ...rebased, behind: rebased.behind.filter((one) => one.path !== path) };
  }

  /** `saved` is what is kept of it, where that is something else. */
  #put(change: Change, saved = change): void {
    this.change = change;
    this.other = undefined;
    this.arrival = undefined;
    this.rebased = undefined;
    this.resumed = false;
    this.#saved = saved.version > 0 ? saved : undefined;
    const first = change.files.find(({ path }) => /\/(?:draft|errata)\.md$/.test(path));
    this.open = (first ?? change.files[0])?.path ?? '';
    this.findings = undefined;
    if (this.kept.state !== 'lost') this.kept = { state: change.version > 0 ? 'kept' : 'nothing' };
    void this.check();
  }

  /** Takes the change off the desk. Where another tab has written it too, both are kept. */
  async leave(): Promise<void> {
    await this.save();
    if (this.other) await this.settle('both');
    this.change = undefined;
    this.findings = undefined;
    await this.#list();
  }

  // What is written

  write(path: string, text: string): void {
    if (!this.change) return;
    const { files } = withText(this.change, path, text);
    if (files !== this.change.files) this.amend({ files });
  }

  /** Fields of the change beside its texts, such as what the pull request is called. */
  amend(fields: Partial<Change>): void {
    if (!this.change) return;
    this.change = { ...this.change, ...fields, updated: new Date().toISOString() };
    if (this.kept.state !== 'lost') this.kept = { state: 'saving' };
    this.#later();
  }

  /** Lets title and text of the pull request follow the change again. */
  forgetWords(): void {
    if (!this.change) return;
    const { subject, body, ...rest } = this.change;
    this.change = rest;
    this.amend({});
  }

  /** Soon, once for several keystrokes: both are quick, and neither is on the way of typing. */
  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      void this.save();
      void this.check();
    }, 250);
  }

  /** Keeps what is on the desk. Settles when that is done, or when it is known why it cannot be. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#saving = Promise.all([this.#saving, this.#recalled]).then(() => this.#save());
    return this.#saving;
  }

  async #save(): Promise<void> {
    const change = this.change;
    if (!change || change === this.#saved || this.other) return;
    if (change.version === 0 && !this.changed) return;
    try {
      const result = await this.#store.put(change, change.version);
      if ('conflict' in result) {
        this.other = result.conflict;
        return;
      }
      this.#unkept.delete(change.id);
      // What was typed meanwhile stays, under the new version.
      const { version, updated } = result.saved;
      if (this.change?.id === change.id) {
        const written = this.change === change;
        this.change = { ...this.change, version, updated };
        if (written) this.#saved = this.change;
        if (this.#store.lasting) this.kept = { state: written ? 'kept' : 'saving' };
      }
    } catch (error) {
      this.#unkept.set(change.id, change);
      this.#lost(error);
    }
    await this.#list();
  }

  /**
   * Of two tabs that wrote the same change: takes the other's text, or keeps this one's as a change of its own.
   * @throws Error in words
   */
  async settle(which: 'theirs' | 'both'): Promise<void> {
    const { other, change } = this;
    if (!other || !change) return;
    if (which === 'theirs') {
      await this.show(other);
      this.#unkept.delete(other.id);
      return;
    }
    this.other = undefined;
    this.change = { ...change, id: newId(), version: 0, name: `${change.name} (copy)` };
    await this.save();
  }

  /** @returns whether it is done; if not, `kept` says why */
  async remove(id: string): Promise<boolean> {
    const done = await this.#store.remove(id).then(
      () => true,
      (error) => this.#lost(error),
    );
    this.#unkept.delete(id);
    if (this.change?.id === id) this.change = undefined;
    await this.#list();
    return done;
  }

  /** @returns whether it is done; if not, `kept` says why */
  async restore(id: string): Promise<boolean> {
    const done = await this.#store.restore(id).then(
      () => true,
      (error) => this.#lost(error),
    );
    await this.#list();
    return done;
  }

  #lost(error: unknown): false {
    this.kept = { state: 'lost', why: wordsOf(error) };
    return false;
  }

  /** Never rejects: what cannot be read is said. */
  async #list(): Promise<void> {
    let kept: readonly Change[] = this.changes;
    try {
      const { changes, removed, unreadable } = await this.#store.list();
      kept = changes;
      this.removed = removed;
      this.unreadable = unreadable.length;
    } catch (error) {
      this.#lost(error);
    }
    this.changes = [...this.#unkept.values(), ...kept.filter(({ id }) => !this.#unkept.has(id))];
  }

  // What is found

  async check(): Promise<void> {
    const { change } = this;
    if (!change) return;
    this.checking = true;
    try {
      const findings = await this.#engine.ask({ kind: 'findings', change });
      // Of what was left in the meantime nothing is said.
      if (this.change?.id !== change.id) return;
      this.findings = findings;
      this.unchecked = '';
    } catch (error) {
      if (error instanceof Superseded) return;
      this.unchecked = wordsOf(error);
    }
    this.checking = false;
  }

  /** Mends what is mechanical in a text. @throws Error in words */
  async mend(path: string): Promise<void> {
    await this.#remake(async (change) =>
      withText(change, path, await this.#engine.ask({ kind: 'mend', path, change })),
    );
  }

  async form(path: string): Promise<Form> {
    if (!this.change) throw new Superseded();
    return this.#engine.ask({ kind: 'form', path, change: this.change });
  }

  /** Sets a field of the front matter. @throws Error in words */
  async setField(path: string, key: FieldKey, value: FieldValue): Promise<void> {
    await this.#remake(async (change) =>
      withText(change, path, await this.#engine.ask({ kind: 'field', path, key, value, change })),
    );
  }

  preview(path: string, change: Change): Promise<Previewed> {
    return this.#engine.ask({ kind: 'preview', path, change });
  }

  /** A text beside what it was: `draft` in the repository, or a published revision such as `v1`. */
  redline(path: string, against: string, change: Change): Promise<Redlined> {
    return this.#engine.ask({ kind: 'redline', path, against, change });
  }

  /** The change as a file that `git am` applies. @throws Error in words */
  patch(change: Change, author: Author): Promise<PatchFile> {
    return this.#engine.ask({ kind: 'patch', change, author });
  }
}

/** What went wrong, for the reader. */
export function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
