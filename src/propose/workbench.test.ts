// That nothing a reader writes is lost: not to what the worker makes meanwhile, not with the way to something else, not
// where it cannot be kept. The store and the answers are the real ones; the worker is left out.

import 'fake-indexeddb/auto';
import { IDBFactory } from 'fake-indexeddb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AnswerSheet } from './answers.ts';
import { type Change, withText } from './change.ts';
import type { Engine } from './engine.ts';
import type { Question } from './engine-messages.ts';
import type { LibraryData } from './library.ts';
import { type ChangeStore, openStore } from './store.ts';
import { DOORS, NOW, TEXTS, V1 } from './testing.ts';
import { Workbench } from './workbench.svelte.ts';

const DATA: LibraryData = {
  drafts: TEXTS.filter(([path]) => path.endsWith('/draft.md')),
  published: TEXTS.filter(([path]) => path === V1),
  texts: TEXTS.filter(([path]) => path.endsWith('/README.md')),
  data: {
    hashes: ['proposals/published.json', '{}'],
    editions: ['proposals/editions.json', '{}'],
    register: ['proposals/requirements.json', '{}'],
  },
  tests: {},
  examples: {},
  paths: TEXTS.map(([path]) => path),
  repository: null,
  commit: null,
};

/** What happens while the worker answers a question of a kind, once. */
const meanwhile = new Map<Question['kind'], () => unknown>();
/** Answers as the worker does: with copies, and never at once. */
function engineOf(data = DATA): Engine {
  const sheet = new AnswerSheet(data, {
    ...{ base: '/', today: '2026-11-23', now: () => NOW, traceOf: async () => [] },
  });
  const ask = async (question: Question) => {
    const answer = structuredClone(await sheet.answer(structuredClone(question)));
    const act = meanwhile.get(question.kind);
    meanwhile.delete(question.kind);
    await act?.();
    return answer;
  };
  return { ask, close() {} } as unknown as Engine;
}

const benches: Workbench[] = [];
const stores: ChangeStore[] = [];
beforeEach(() => {
  globalThis.indexedDB = new IDBFactory();
  meanwhile.clear();
});
afterEach(() => {
  vi.restoreAllMocks();
  for (const bench of benches.splice(0)) bench.close();
  for (const store of stores.splice(0)) store.close();
});

/** A page of its own, as in a tab. */
async function tab(data?: LibraryData): Promise<Workbench> {
  const bench = new Workbench(engineOf(data));
  benches.push(bench);
  await Promise.all([bench.recall(), bench.load()]);
  return bench;
}

async function keptHere(): Promise<ChangeStore> {
  const store = await openStore();
  stores.push(store);
  return store;
}

const add = (bench: Workbench, words: string, path = DOORS) =>
  bench.write(path, `${bench.textOf(path)}${words}\n`);

const SPACED = 'A door.  ';

test('what is typed while the linter mends stays, and is mended too', async () => {
  const bench = await tab();
  await bench.edit('0042');
  add(bench, SPACED);
  meanwhile.set('mend', () => add(bench, 'Typed meanwhile.  '));
  await bench.mend(DOORS);
  expect(bench.textOf(DOORS)).toMatch(/A door\.\nTyped meanwhile\.\n$/);
});

test('of two fields that are set at once both are in the text, and what is typed meanwhile', async () => {
  const bench = await tab();
  await bench.edit('0042');
  meanwhile.set('field', () => add(bench, 'Typed meanwhile.'));
  await Promise.all([
    bench.setField(DOORS, 'title', 'Gates'),
    bench.setField(DOORS, 'summary', 'What a gate does.'),
  ]);
  const text = bench.textOf(DOORS);
  expect(text).toContain('\ntitle: Gates\n');
  expect(text).toContain('\nsummary: What a gate does.\n');
  expect(text).toMatch(/Typed meanwhile\.\n$/);
});

test('a field of a change that was left in the meantime is set nowhere', async () => {
  const bench = await tab();
  await bench.edit('0042');
  add(bench, 'One.');
  meanwhile.set('field', async () => {
    await bench.leave();
    await bench.edit('0042', true);
  });
  await bench.setField(DOORS, 'title', 'Gates');
  expect(bench.textOf(DOORS)).toContain('\ntitle: Doors\n');
});

test('what is written since a conflict was found is in the text with both sides', async () => {
  const bench = await tab();
  await bench.edit('0042');
  bench.write(DOORS, bench.textOf(DOORS).replace('open the door', 'open every door'));
  await bench.save();
  const later = await tab({
    ...DATA,
    drafts: DATA.drafts.map(([path, text]) => [
      path,
      text.replace('open the door', 'shut the door'),
    ]),
  });
  await later.edit('0042');
  expect(later.rebased?.behind).toMatchObject([{ path: DOORS, kind: 'conflict' }]);
  add(later, 'Written since.');
  await later.takeBoth(DOORS);
  const text = later.textOf(DOORS);
  expect(text).toContain('open every door');
  expect(text).toContain('shut the door');
  expect(text).toMatch(/Written since\.\n$/);
  expect(later.rebased?.behind).toEqual([]);
});

test('a number that is taken: what is typed and kept meanwhile stays, and nobody is told of another tab', async () => {
  const bench = await tab();
  await bench.begin({ title: 'Bells', authors: ['Ana Ruiz'], type: 'standards' });
  const path = bench.open;
  expect(path).toBe('proposals/0043-bells/draft.md');
  let saved: Promise<void> | undefined;
  meanwhile.set('renumber', () => {
    add(bench, 'Typed meanwhile.', path);
    saved = bench.save();
  });
  await bench.renumber(path);
  await saved;
  await bench.save();
  expect(bench.other).toBeUndefined();
  expect(bench.open).toBe('proposals/0044-bells/draft.md');
  expect(bench.textOf(bench.open)).toMatch(/Typed meanwhile\.\n$/);
});

test('to open a change and look at it writes nothing: another tab goes on with it', async () => {
  const writing = await tab();
  await writing.edit('0042');
  add(writing, 'One.');
  await writing.save();
  const looking = await tab();
  await looking.show(looking.changes[0] as Change);
  await looking.leave();
  add(writing, 'Two.');
  await writing.save();
  expect(writing.other).toBeUndefined();
  expect(writing.kept).toEqual({ state: 'kept' });
});

/** A change that two tabs have written: the first has not seen what the second kept. */
async function written(): Promise<[first: Workbench, second: Workbench]> {
  const first = await tab();
  await first.edit('0042');
  add(first, 'One.');
  await first.save();
  const second = await tab();
  await second.show(second.changes[0] as Change);
  add(second, 'Of the second tab.');
  await second.save();
  add(first, 'Of the first tab.');
  await first.save();
  expect(first.other).toBeDefined();
  return [first, second];
}

test('to leave a change that another tab has written as well keeps both', async () => {
  const [first] = await written();
  await first.leave();
  const { changes } = await (await keptHere()).list();
  const texts = changes.map(({ files }) => files[0]?.after ?? '');
  expect(texts).toHaveLength(2);
  expect(texts.filter((text) => text.endsWith('Of the first tab.\n'))).toHaveLength(1);
  expect(texts.filter((text) => text.endsWith('Of the second tab.\n'))).toHaveLength(1);
});

test('what the other tab has cannot be taken: the question stays', async () => {
  const [first] = await written();
  const engine = vi
    .spyOn(AnswerSheet.prototype, 'answer')
    .mockRejectedValue(new Error('No worker.'));
  await expect(first.settle('theirs')).rejects.toThrow('No worker.');
  engine.mockRestore();
  expect(first.other).toBeDefined();
  await first.settle('theirs');
  expect(first.other).toBeUndefined();
  expect(first.textOf(DOORS)).toMatch(/Of the second tab\.\n$/);
});

test('what cannot be kept stays in the list until the page is closed, and is kept once there is room', async () => {
  const bench = await tab();
  await bench.edit('0042');
  add(bench, 'One.');
  await bench.save();
  add(bench, 'Two.');
  const full = vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(() => {
    throw new DOMException('No room.', 'QuotaExceededError');
  });
  await bench.leave();
  expect(bench.kept).toMatchObject({ state: 'lost' });
  expect(bench.changes).toHaveLength(1);
  await bench.show(bench.changes[0] as Change);
  expect(bench.textOf(DOORS)).toMatch(/One\.\nTwo\.\n$/);
  full.mockRestore();
  add(bench, 'Three.');
  await bench.leave();
  expect(bench.kept).toEqual({ state: 'kept' });
  const { changes } = await (await keptHere()).list();
  expect(changes.map(({ files }) => files[0]?.after)).toEqual([
    expect.stringMatching(/One\.\nTwo\.\nThree\.\n$/),
  ]);
});

test('a list that cannot be read is said, and rejects nothing', async () => {
  const bench = await tab();
  await bench.edit('0042');
  add(bench, 'One.');
  await bench.save();
  vi.spyOn(IDBObjectStore.prototype, 'getAll').mockImplementation(() => {
    throw new DOMException('Gone.', 'InvalidStateError');
  });
  await bench.leave();
  expect(bench.change).toBeUndefined();
  expect(bench.kept).toMatchObject({ state: 'lost' });
});

test('what was found in one change is not said of the next', async () => {
  const bench = await tab();
  await bench.edit('0042');
  add(bench, SPACED);
  await bench.check();
  expect(bench.findings?.problems).not.toEqual([]);
  meanwhile.set('findings', () => bench.leave());
  await bench.check();
  expect(bench.findings).toBeUndefined();
});

test('a change with a text that it had already is the same change', () => {
  const change = { files: [{ path: DOORS, before: 'a', after: 'b' }] };
  expect(withText(change, DOORS, 'b')).toBe(change);
  expect(withText(change, DOORS, 'c').files).toEqual([{ path: DOORS, before: 'a', after: 'c' }]);
});
