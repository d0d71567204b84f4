// That the browser keeps changes, never writes over what a tab has not seen, and says in words what it refuses.

import 'fake-indexeddb/auto';
import { forceCloseDatabase, IDBFactory } from 'fake-indexeddb';
import fc from 'fast-check';
import { deleteDB, openDB } from 'idb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Change } from './change.ts';
import {
  type ChangeStore,
  DATABASE,
  KEPT_DAYS,
  memoryStore,
  openStore,
  type StoreProblem,
  type StoreTrouble,
} from './store.ts';

const stores: ChangeStore[] = [];
let now: Date;
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  now = new Date('2026-11-23T10:00:00Z');
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
  for (const store of stores.splice(0)) store.close();
});

async function open(): Promise<ChangeStore> {
  const store = await openStore({ now: () => now });
  stores.push(store);
  return store;
}

const change = (id: string, more: Partial<Change> = {}): Change => ({
  id,
  name: `Change ${id}`,
  files: [{ path: 'proposals/0003-http/draft.md', before: 'a\n', after: 'größe\r\n\0' }],
  created: '2026-11-23T10:00:00.000Z',
  updated: '2026-11-23T10:00:00.000Z',
  version: 0,
  ...more,
});

const trouble = (name: StoreTrouble) =>
  expect.objectContaining({ name: 'StoreProblem', trouble: name });

/** The entries as they are kept, through another connection. */
async function raw(work: (entries: IDBObjectStore) => void): Promise<void> {
  const database = await openDB(DATABASE, 1);
  const transaction = database.transaction('changes', 'readwrite');
  work(transaction.store as unknown as IDBObjectStore);
  await transaction.done;
  database.close();
}

describe.each<[string, () => Promise<ChangeStore>, boolean]>([
  ['the store of the browser', open, true],
  ['the store in memory', async () => memoryStore({ now: () => now }), false],
])('%s', (_, make, lasting) => {
  test('says whether changes outlive the page', async () => {
    expect((await make()).lasting).toBe(lasting);
  });

  test('keeps a change as it is, and counts how often', async () => {
    const store = await make();
    const author = { name: 'Ana', address: 'ana@example.org' };
    const written = change('a', { author, subject: 'S', body: 'B\n' });
    const first = await store.put(written, 0);
    expect(first).toEqual({ saved: { ...written, version: 1 } });
    expect(await store.put({ ...written, name: 'Other' }, 1)).toMatchObject({
      saved: { version: 2 },
    });
    expect(await store.get('a')).toEqual({ ...written, name: 'Other', version: 2 });
    expect(await store.get('b')).toBeUndefined();
  });

  test('lists what was updated last first', async () => {
    const store = await make();
    for (const [id, day] of [
      ['a', '21'],
      ['b', '23'],
      ['c', '22'],
    ] as const)
      await store.put(change(id, { updated: `2026-11-${day}T10:00:00.000Z` }), 0);
    const { changes, removed, unreadable } = await store.list();
    expect(changes.map(({ id }) => id)).toEqual(['b', 'c', 'a']);
    expect({ removed, unreadable }).toEqual({ removed: [], unreadable: [] });
  });

  test('does not write over what the writer has not seen', async () => {
    const store = await make();
    await store.put(change('a', { name: 'one' }), 0);
    const conflict = { conflict: change('a', { name: 'one', version: 1 }) };
    expect(await store.put(change('a', { name: 'two' }), 0)).toEqual(conflict);
    expect(await store.put(change('a', { name: 'two' }), 2)).toEqual(conflict);
    expect(await store.get('a')).toMatchObject({ name: 'one', version: 1 });
  });

  test('takes back what was removed, and tells a writer who did not know', async () => {
    const store = await make();
    await store.put(change('a'), 0);
    await store.remove('a');
    expect(await store.get('a')).toBeUndefined();
    expect(await store.list()).toMatchObject({
      changes: [],
      removed: [{ change: { id: 'a' }, removed: now.toISOString() }],
    });
    expect(await store.put(change('a'), 1)).toMatchObject({
      conflict: { id: 'a', version: 2 },
      removed: now.toISOString(),
    });
    expect(await store.restore('a')).toMatchObject({ id: 'a', version: 3 });
    expect(await store.get('a')).toMatchObject({ version: 3 });
    expect(await store.restore('b')).toBeUndefined();
    await store.remove('b');
  });

  test('keeps a text of its own: what the page does with its object later stays there', async () => {
    const store = await make();
    const files = [{ path: 'x', before: null, after: 'a' }];
    await store.put(change('a', { files }), 0);
    files[0] = { path: 'x', before: null, after: 'b' };
    expect((await store.get('a'))?.files[0]?.after).toBe('a');
  });

  test('no word of several writers is lost or written twice', async () => {
    const words = fc.array(fc.array(fc.constantFrom('put', 'remove'), { maxLength: 5 }), {
      minLength: 2,
      maxLength: 4,
    });
    await fc.assert(
      fc.asyncProperty(words, async (writers) => {
        globalThis.indexedDB = new IDBFactory();
        const shared = await make();
        const tabs = await Promise.all(writers.map(() => (lasting ? make() : shared)));
        const expected: string[] = [];
        await Promise.all(
          writers.map(async (deeds, tab) => {
            const store = tabs[tab] ?? shared;
            let seen = change('a', { body: '' });
            for (const [index, deed] of deeds.entries()) {
              if (deed === 'remove') {
                await store.remove('a');
                continue;
              }
              const word = `${tab}.${index};`;
              expected.push(word);
              for (;;) {
                const put = await store.put(
                  { ...seen, body: `${seen.body ?? ''}${word}` },
                  seen.version,
                );
                if ('saved' in put) {
                  seen = put.saved;
                  break;
                }
                seen = put.conflict;
                if (put.removed !== undefined) seen = (await store.restore('a')) ?? seen;
              }
            }
          }),
        );
        const { changes, removed } = await shared.list();
        const [last] = [...changes, ...removed.map((one) => one.change)];
        const kept = (last?.body ?? '').split(/(?<=;)/).filter(Boolean);
        expect(kept.sort()).toEqual(expected.sort());
        for (const store of stores.splice(0)) store.close();
      }),
      { numRuns: 40 },
    );
  });
});

describe('what the browser keeps', () => {
  test('is there for the next page', async () => {
    const first = await open();
    await first.put(change('a'), 0);
    first.close();
    expect(await (await open()).get('a')).toMatchObject({ id: 'a', version: 1 });
  });

  test(`forgets what was removed more than ${KEPT_DAYS} days ago`, async () => {
    const first = await open();
    for (const id of ['a', 'b']) await first.put(change(id), 0);
    await first.remove('a');
    now = new Date(now.getTime() + 86_400_000);
    await first.remove('b');
    now = new Date(now.getTime() + (KEPT_DAYS - 1) * 86_400_000);
    expect((await (await open()).list()).removed).toHaveLength(2);
    now = new Date(now.getTime() + 1);
    expect(await (await open()).list()).toMatchObject({ removed: [{ change: { id: 'b' } }] });
  });

  test('is told to other tabs, by name', async () => {
    const [one, other] = [await open(), await open()];
    const heard: string[] = [];
    let hear: (() => void) | undefined;
    const stop = other.subscribe((id) => {
      heard.push(id);
      hear?.();
    });
    const told = (deed: () => Promise<unknown>) =>
      Promise.all([new Promise<void>((resolve) => (hear = resolve)), deed()]);
    await told(() => one.put(change('a'), 0));
    await told(() => one.remove('a'));
    await told(() => one.restore('a'));
    expect(heard).toEqual(['a', 'a', 'a']);
    // A conflict has changed nothing; what a tab does itself it knows.
    await one.put(change('a'), 0);
    await other.put(change('b'), 0);
    await told(() => one.put(change('c'), 0));
    expect(heard.slice(3)).toEqual(['c']);
    stop();
  });

  test('goes on without a channel between tabs', async () => {
    vi.stubGlobal('BroadcastChannel', undefined);
    expect(await (await open()).put(change('a'), 0)).toHaveProperty('saved');
  });

  test.each<[string, unknown]>([
    ['from a later version', { id: 'x', format: 2, change: change('x', { version: 1 }) }],
    ['of another shape', { id: 'x', format: 1, change: { id: 'x', files: 'none' } }],
    ['under another name', { id: 'x', format: 1, change: change('y', { version: 1 }) }],
    ['without anything', { id: 'x' }],
  ])('an entry %s is named, and left as it is', async (_, entry) => {
    const store = await open();
    await store.put(change('a'), 0);
    await raw((entries) => entries.put(entry));
    const { changes, unreadable } = await store.list();
    expect({ ids: changes.map(({ id }) => id), unreadable }).toEqual({
      ids: ['a'],
      unreadable: ['x'],
    });
    for (const deed of [
      () => store.get('x'),
      () => store.put(change('x'), 0),
      () => store.put(change('x'), 1),
      () => store.remove('x'),
      () => store.restore('x'),
    ])
      await expect(deed()).rejects.toEqual(trouble('later'));
    let kept: unknown;
    await raw((entries) => {
      const request = entries.get('x') as unknown as Promise<unknown>;
      void request.then((value) => {
        kept = value;
      });
    });
    expect(kept).toEqual(entry);
  });
});

describe('what stands in the way is said in words', () => {
  const domError = (name: string) => new DOMException('', name);

  test.each<[string, () => unknown, StoreTrouble]>([
    [
      'a setting',
      () => {
        throw domError('SecurityError');
      },
      'refused',
    ],
    [
      'private mode',
      () => {
        throw domError('InvalidStateError');
      },
      'refused',
    ],
    [
      'something unknown',
      () => {
        throw new Error('?');
      },
      'refused',
    ],
  ])('storage refused by %s', async (_, fail, name) => {
    vi.spyOn(globalThis.indexedDB, 'open').mockImplementation(fail as never);
    await expect(openStore()).rejects.toEqual(trouble(name));
    await expect(openStore()).rejects.toThrow(
      /This browser keeps nothing.*download it as a patch\.$/,
    );
  });

  test('a browser without a store', async () => {
    vi.stubGlobal('indexedDB', undefined);
    await expect(openStore()).rejects.toEqual(trouble('refused'));
  });

  test('no room: what was kept before is as it was, and the next change may fit', async () => {
    const store = await open();
    await store.put(change('a', { name: 'before' }), 0);
    const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
      throw domError('QuotaExceededError');
    });
    await expect(store.put(change('a', { name: 'after' }), 1)).rejects.toEqual(trouble('full'));
    await expect(store.remove('a')).rejects.toEqual(trouble('full'));
    full.mockRestore();
    expect(await store.get('a')).toMatchObject({ name: 'before', version: 1 });
    expect(await store.put(change('a', { name: 'after' }), 1)).toHaveProperty('saved');
  });

  test('no room that is noticed at the end only', async () => {
    const store = await open();
    const put = IDBObjectStore.prototype.put;
    vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
      this: IDBObjectStore,
      value,
    ) {
      const request = put.call(this, value);
      request.addEventListener('success', () => {
        // As browsers abort what they cannot write: the error is that of the transaction.
        Object.defineProperty(this.transaction, 'error', {
          get: () => domError('QuotaExceededError'),
        });
        this.transaction.abort();
      });
      return request;
    });
    await expect(store.put(change('a'), 0)).rejects.toEqual(trouble('full'));
    expect(await store.get('a')).toBeUndefined();
  });

  test('a later version of the page in another tab: it gets the store, and this one says so', async () => {
    const store = await open();
    await store.put(change('a'), 0);
    const later = await openDB(DATABASE, 2);
    for (const deed of [() => store.get('a'), () => store.put(change('a'), 1), () => store.list()])
      await expect(deed()).rejects.toEqual(trouble('later'));
    await expect(openStore()).rejects.toEqual(trouble('later'));
    later.close();
  });

  test('an older version of the page that does not let go', async () => {
    const older = await new Promise<IDBDatabase>((resolve, reject) => {
      const request = indexedDB.open(DATABASE, 1);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => resolve(request.result);
    });
    const { open: openRequest } = indexedDB;
    // This page, as its next version will be.
    vi.spyOn(indexedDB, 'open').mockImplementation(function (this: IDBFactory, name: string) {
      return openRequest.call(indexedDB, name, 2);
    } as never);
    await expect(openStore()).rejects.toEqual(trouble('blocked'));
    older.close();
  });

  test('data of the site that are cleared', async () => {
    const store = await open();
    await deleteDB(DATABASE);
    await expect(store.put(change('a'), 0)).rejects.toEqual(trouble('closed'));
  });

  test('a browser that closes the store', async () => {
    const connections: IDBDatabase[] = [];
    const { transaction } = IDBDatabase.prototype;
    vi.spyOn(IDBDatabase.prototype, 'transaction').mockImplementation(function (
      this: IDBDatabase,
      ...args
    ) {
      connections.push(this);
      return transaction.apply(this, args);
    });
    const store = await open();
    forceCloseDatabase(connections[0] as never);
    await expect(store.get('a')).rejects.toEqual(trouble('closed'));
  });

  test('every problem says what happened and what to do, and keeps its cause', async () => {
    const cause = domError('SecurityError');
    vi.spyOn(globalThis.indexedDB, 'open').mockImplementation(() => {
      throw cause;
    });
    const problem = (await openStore().catch((error: unknown) => error)) as StoreProblem;
    expect(problem.cause).toBe(cause);
  });
});
