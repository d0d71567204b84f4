// Keeps changes in the browser, so that nothing a reader writes is lost with a page, a tab or a day. Two tabs may hold the
// same change: neither writes over what it has not seen. Knows nothing of what changes say.

import { type DBSchema, type IDBPDatabase, openDB } from 'idb';
import * as z from 'zod/mini';
import type { Change } from './change.ts';

export const DATABASE = 'portway-propose';
/** Of the database and of its entries. One that is higher is from a later version of this page. */
const FORMAT = 1;
const CHANGES = 'changes';
/** How long a change that was removed can be taken back, in days. */
export const KEPT_DAYS = 30;

/** Why the browser does not keep a change. */
export type StoreTrouble =
  /** It keeps nothing for this page: private mode, or a setting. */
  | 'refused'
  | 'full'
  /** Another tab holds the changes in an older form. */
  | 'blocked'
  /** Another tab has a later version of this page, or has had one. */
  | 'later'
  /** The browser closed the store, as when the reader clears the data of sites. */
  | 'closed'
  | 'failed';

/** The message is for the reader: what happened, and what to do. */
export class StoreProblem extends Error {
  readonly trouble: StoreTrouble;
  constructor(trouble: StoreTrouble, cause?: unknown) {
    super(WORDS[trouble], { cause });
    this.name = 'StoreProblem';
    this.trouble = trouble;
  }
}

const SAFE = 'What you write stays in this page until you close it: download it as a patch.';
const WORDS: Readonly<Record<StoreTrouble, string>> = {
  refused: `This browser keeps nothing for this page: it may be in private mode, or set to refuse the data of sites. ${SAFE}`,
  full: `The browser has no room left for this change. Remove changes that you no longer need, or clear the data of other sites. ${SAFE}`,
  blocked: `Another tab has an older version of this page open. Close it and reload this one. ${SAFE}`,
  later: `The changes were kept by a later version of this page, perhaps in another tab. Reload this one. ${SAFE}`,
  closed: `The browser closed what it keeps for this page: perhaps the data of this site were cleared. Reload it once you have saved your work. ${SAFE}`,
  failed: `The browser could not keep the change. ${SAFE}`,
};

export interface Removed {
  readonly change: Change;
  /** When it was removed. */
  readonly removed: string;
}

export interface Listing {
  /** What was updated last is first. */
  readonly changes: readonly Change[];
  /** What can be taken back. */
  readonly removed: readonly Removed[];
  /** Ids of entries of another shape, or from a later version. They are left as they are. */
  readonly unreadable: readonly string[];
}

export type Put =
  | { readonly saved: Change }
  /** What is there, which the writer has not seen. `removed` where it was put away. */
  | { readonly conflict: Change; readonly removed?: string };

/** Every method may reject with a StoreProblem, and then nothing has changed. */
export interface ChangeStore {
  /** Whether changes outlive the page. */
  readonly lasting: boolean;
  list(): Promise<Listing>;
  /** Undefined where there is none, or it was removed. */
  get(id: string): Promise<Change | undefined>;
  /**
   * Keeps a change, if nobody has kept another since `expectedVersion`: the version that the writer has seen, and 0 for
   * one that was never kept.
   */
  put(change: Change, expectedVersion: number): Promise<Put>;
  /** Puts a change away; it can be restored for 30 days. */
  remove(id: string): Promise<void>;
  /** Takes a change back; undefined where there is none. */
  restore(id: string): Promise<Change | undefined>;
  /** Calls with the id of each change that another tab keeps, removes or restores. Returns the way to stop it. */
  subscribe(listener: (id: string) => void): () => void;
  close(): void;
}

const changeShape = z.object({
  id: z.string().check(z.minLength(1)),
  name: z.string(),
  files: z.array(z.object({ path: z.string(), before: z.nullable(z.string()), after: z.string() })),
  author: z.optional(z.object({ name: z.string(), address: z.string() })),
  subject: z.optional(z.string()),
  body: z.optional(z.string()),
  created: z.iso.datetime(),
  updated: z.iso.datetime(),
  version: z.int().check(z.positive()),
});
const entryShape = z.object({
  id: z.string(),
  format: z.literal(FORMAT),
  change: changeShape,
  removed: z.optional(z.iso.datetime()),
});

interface Entry {
  readonly id: string;
  readonly format: number;
  readonly change: Change;
  readonly removed?: string;
}

function entryOf(value: unknown): Entry | undefined {
  const read = entryShape.safeParse(value);
  return read.success && read.data.id === read.data.change.id ? (read.data as Entry) : undefined;
}

/** What becomes of an entry; the same for every store, which does it as one step. */
function putOnto(stored: Entry | undefined, change: Change, expectedVersion: number): Put {
  if (stored && stored.change.version !== expectedVersion)
    return {
      conflict: stored.change,
      ...(stored.removed !== undefined && { removed: stored.removed }),
    };
  return { saved: { ...change, version: expectedVersion + 1 } };
}

function listingOf(values: readonly (readonly [id: string, value: unknown])[]): Listing {
  const entries = values.flatMap(([, value]) => entryOf(value) ?? []);
  const latest = (a: string, b: string) => (a < b ? 1 : a > b ? -1 : 0);
  return {
    changes: entries
      .filter(({ removed }) => removed === undefined)
      .map(({ change }) => change)
      .sort((a, b) => latest(a.updated, b.updated)),
    removed: entries
      .flatMap(({ change, removed }) => (removed === undefined ? [] : [{ change, removed }]))
      .sort((a, b) => latest(a.removed, b.removed)),
    unreadable: values.filter(([, value]) => !entryOf(value)).map(([id]) => id),
  };
}

/** Whether an entry was removed so long ago that it goes. */
function isPast({ removed }: Entry, now: Date): boolean {
  return removed !== undefined && now.getTime() - Date.parse(removed) > KEPT_DAYS * 86_400_000;
}

/** A removed one has a version of its own, so that a tab which still edits it learns of it. */
function removedEntry(entry: Entry, now: Date): Entry {
  const { change } = entry;
  return {
    ...entry,
    change: { ...change, version: change.version + 1 },
    removed: now.toISOString(),
  };
}

function restoredEntry({ removed: _, change, ...entry }: Entry): Entry {
  return { ...entry, change: { ...change, version: change.version + 1 } };
}

interface Schema extends DBSchema {
  [CHANGES]: { key: string; value: Entry };
}

export interface StoreOptions {
  readonly now?: () => Date;
}

/** Opens what the browser keeps. Rejects with a StoreProblem: then `memoryStore` has the same to offer, without lasting. */
export async function openStore({
  now = () => new Date(),
}: StoreOptions = {}): Promise<ChangeStore> {
  let trouble: StoreTrouble | undefined;
  const database = await opened((met) => {
    trouble ??= met;
  });
  const channel = channelOf();
  const listeners = new Set<(id: string) => void>();
  if (channel)
    channel.onmessage = ({ data }) => {
      if (typeof data === 'string') for (const listener of listeners) listener(data);
    };

  /** One step over the entries: all of it happens, or none. */
  async function step<T>(
    mode: IDBTransactionMode,
    work: (entries: Entries) => Promise<T>,
  ): Promise<T> {
    if (trouble !== undefined) throw new StoreProblem(trouble);
    try {
      const transaction = database.transaction(CHANGES, mode);
      // Both are awaited: where work fails the transaction does too, and nobody else would hear of it.
      const [result] = await Promise.all([work(transaction.store as Entries), transaction.done]);
      return result;
    } catch (error) {
      throw error instanceof StoreProblem ? error : problemOf(error, trouble);
    }
  }

  /** The entry of an id. @throws StoreProblem where it is not to be touched */
  async function entryIn(entries: Entries, id: string): Promise<Entry | undefined> {
    const value: unknown = await entries.get(id);
    if (value === undefined) return undefined;
    const entry = entryOf(value);
    if (!entry) throw new StoreProblem('later');
    return entry;
  }

  const rewrite = (id: string, change: (entry: Entry) => Entry | undefined) =>
    step('readwrite', async (entries) => {
      const entry = await entryIn(entries, id);
      const next = entry && change(entry);
      if (next) await entries.put(next);
      return next;
    });

  const store: ChangeStore = {
    lasting: true,
    list: () =>
      step('readonly', async (entries) => {
        const [keys, values] = await Promise.all([entries.getAllKeys(), entries.getAll()]);
        return listingOf(keys.map((key, index) => [key, values[index]]));
      }),
    async get(id) {
      const entry = await step('readonly', (entries) => entryIn(entries, id));
      return entry?.removed === undefined ? entry?.change : undefined;
    },
    async put(change, expectedVersion) {
      const result = await step('readwrite', async (entries) => {
        const outcome = putOnto(await entryIn(entries, change.id), change, expectedVersion);
        if ('saved' in outcome)
          await entries.put({ id: change.id, format: FORMAT, change: outcome.saved });
        return outcome;
      });
      if ('saved' in result) channel?.postMessage(change.id);
      return result;
    },
    async remove(id) {
      const removed = await rewrite(id, (entry) =>
        entry.removed === undefined ? removedEntry(entry, now()) : undefined,
      );
      if (removed) channel?.postMessage(id);
    },
    async restore(id) {
      const restored = await rewrite(id, (entry) =>
        entry.removed === undefined ? entry : restoredEntry(entry),
      );
      if (restored) channel?.postMessage(id);
      return restored?.change;
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      trouble ??= 'closed';
      database.close();
      channel?.close();
    },
  };
  await step('readwrite', async (entries) => {
    for (const value of await entries.getAll()) {
      const entry = entryOf(value);
      if (entry && isPast(entry, now())) await entries.delete(entry.id);
    }
  }).catch((error: unknown) => {
    store.close();
    throw error;
  });
  return store;
}

interface Entries {
  get(id: string): Promise<Entry | undefined>;
  getAll(): Promise<Entry[]>;
  getAllKeys(): Promise<string[]>;
  put(entry: Entry): Promise<string>;
  delete(id: string): Promise<void>;
}

/** The database. `meet` hears what becomes of it later. */
async function opened(meet: (trouble: StoreTrouble) => void): Promise<IDBPDatabase<Schema>> {
  let blocked: () => void = () => {};
  const waits = new Promise<never>((_, reject) => {
    blocked = () => reject(new StoreProblem('blocked'));
  });
  try {
    const opening = openDB<Schema>(DATABASE, FORMAT, {
      upgrade(database) {
        database.createObjectStore(CHANGES, { keyPath: 'id' });
      },
      blocked: () => blocked(),
      // Another tab has a later version, or somebody deletes the store: they wait until this one lets go.
      blocking(_current, later, event) {
        meet(later === null ? 'closed' : 'later');
        (event.target as IDBDatabase).close();
      },
      terminated: () => meet('closed'),
    });
    // Whoever is blocked does not wait; what opens later is not needed any more.
    opening.catch(() => {});
    return await Promise.race([opening, waits]).catch((error: unknown) => {
      opening.then((late) => late.close()).catch(() => {});
      throw error;
    });
  } catch (error) {
    throw error instanceof StoreProblem ? error : problemOf(error, undefined, 'refused');
  }
}

function problemOf(
  error: unknown,
  met: StoreTrouble | undefined,
  otherwise: StoreTrouble = 'failed',
): StoreProblem {
  const name = error instanceof Error || error instanceof DOMException ? error.name : '';
  const known: Readonly<Record<string, StoreTrouble>> = {
    QuotaExceededError: 'full',
    VersionError: 'later',
    SecurityError: 'refused',
    InvalidStateError: otherwise === 'refused' ? 'refused' : 'closed',
  };
  return new StoreProblem(met ?? known[name] ?? otherwise, error);
}

/** Undefined where the browser has none, or refuses it: then tabs learn of each other when they keep something. */
function channelOf(): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(DATABASE);
  } catch {
    return undefined;
  }
}

/** The same without a browser's store: what it holds goes with the page. */
export function memoryStore({ now = () => new Date() }: StoreOptions = {}): ChangeStore {
  const entries = new Map<string, Entry>();
  const visible = (id: string) => {
    const entry = entries.get(id);
    return entry?.removed === undefined ? entry : undefined;
  };
  return {
    lasting: false,
    list: async () => listingOf([...entries]),
    get: async (id) => visible(id)?.change,
    async put(change, expectedVersion) {
      const result = putOnto(entries.get(change.id), structuredClone(change), expectedVersion);
      if ('saved' in result)
        entries.set(change.id, { id: change.id, format: FORMAT, change: result.saved });
      return result;
    },
    async remove(id) {
      const entry = visible(id);
      if (entry) entries.set(id, removedEntry(entry, now()));
    },
    async restore(id) {
      const entry = entries.get(id);
      const next = entry?.removed === undefined ? entry : restoredEntry(entry);
      if (next) entries.set(id, next);
      return next?.change;
    },
    subscribe: () => () => {},
    close() {},
  };
}
