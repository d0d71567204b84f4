// Code from outside takes the place of nothing by itself; what is broken, or belongs elsewhere, says so.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { encodeShared, type Shared, sharedFile } from '../../sandbox/share.ts';
import { FakeStorage } from '../fake-storage.ts';
import { WorkingCopy } from '../working-copy.svelte.ts';
import { Arrivals } from './incoming.svelte.ts';

const FILES = { 'app.ts': 'one', 'key.ts': 'two', 'requests.http': 'GET /' };
const SHARED: Shared = { v: 1, example: 'hello', files: { 'app.ts': 'theirs', 'key.ts': null } };

let chosen: string[];
let mine: WorkingCopy;

/** The page at an address. */
function at(address: string): Arrivals {
  const url = new URL(address, 'https://example.org');
  vi.stubGlobal('location', url);
  vi.stubGlobal('history', {
    state: null,
    replaceState: (_state: unknown, _title: string, to: string) => {
      url.href = to;
    },
  });
  const onChoice = (choice: string) => chosen.push(choice);
  return new Arrivals({ mine, slug: 'hello', base: '/', onChoice });
}

async function opened(address: string, first = true): Promise<Arrivals> {
  const arrivals = at(address);
  await arrivals.openLink(first);
  return arrivals;
}

beforeEach(() => {
  vi.stubGlobal('localStorage', new FakeStorage());
  chosen = [];
  mine = new WorkingCopy({ slug: 'hello', files: FILES, entry: 'app.ts' });
});
afterEach(() => vi.unstubAllGlobals());

describe('a link', () => {
  test("is shown beside the reader's own files, which stay", async () => {
    mine.write('app.ts', 'mine');
    const arrivals = await opened(`/examples/hello/${await encodeShared(SHARED)}`);
    expect(arrivals.copy.files).toEqual({ 'app.ts': 'theirs', 'requests.http': 'GET /' });
    expect(mine.files['app.ts']).toBe('mine');
    arrivals.keepMine();
    expect(arrivals.copy).toBe(mine);
    expect(location.href).toBe('https://example.org/examples/hello/');
  });

  test('becomes mine when the reader says so, and that can be undone', async () => {
    mine.write('app.ts', 'mine');
    const arrivals = await opened(await encodeShared(SHARED));
    arrivals.takeTheirs();
    expect(arrivals.copy).toBe(mine);
    expect(mine.files).toEqual({ 'app.ts': 'theirs', 'requests.http': 'GET /' });
    mine.undoReset();
    expect(mine.files).toEqual({ ...FILES, 'app.ts': 'mine' });
  });

  test('what is written into its files is kept nowhere', async () => {
    const arrivals = await opened(await encodeShared(SHARED));
    arrivals.copy.write('app.ts', 'other');
    const later = new WorkingCopy({ slug: 'hello', files: FILES, entry: 'app.ts' });
    later.restore();
    expect(later.files).toEqual(FILES);
  });

  test('chooses the runtime that it says', async () => {
    await opened(await encodeShared({ ...SHARED, choice: 'page' }));
    expect(chosen).toEqual(['page']);
  });

  test('without changes of files shows no notice', async () => {
    const arrivals = await opened(await encodeShared({ ...SHARED, files: {}, choice: 'page' }));
    expect(arrivals.incoming).toBeUndefined();
    expect(chosen).toEqual(['page']);
  });

  test('that carries no state changes nothing', async () => {
    const arrivals = await opened('/#http.start-once');
    expect([arrivals.incoming, arrivals.problem]).toEqual([undefined, '']);
  });

  test('that is broken is told by one sandbox of a page', async () => {
    expect((await opened('/#s1.a', true)).problem).toContain('damaged');
    expect((await opened('/#s1.a', false)).problem).toBe('');
  });

  test('of another example leads there', async () => {
    const fragment = await encodeShared({ ...SHARED, example: 'echo' });
    const arrivals = await opened(fragment);
    expect(arrivals.problem).toContain('“echo”');
    expect(arrivals.elsewhere).toBe(`/examples/echo/${fragment}`);
    expect(arrivals.incoming).toBeUndefined();
  });

  test.each(['../app.ts', 'node_modules/x.js', 'a b.ts', '__proto__'])(
    'with a file that cannot be is refused: %s',
    async (path) => {
      const files = JSON.parse(`{${JSON.stringify(path)}:"text"}`);
      const arrivals = await opened(await encodeShared({ ...SHARED, files }));
      expect(arrivals.incoming).toBeUndefined();
      expect(arrivals.problem).toContain('a file that cannot be');
    },
  );

  test('that takes the application away leaves it as the example has it', async () => {
    const files = { 'app.ts': null, 'requests.http': null, 'new.ts': 'three' };
    const arrivals = await opened(await encodeShared({ ...SHARED, files }));
    expect(arrivals.copy.files).toEqual({ ...FILES, 'new.ts': 'three' });
  });

  test('what is opened last is shown', async () => {
    const arrivals = at(await encodeShared(SHARED));
    const second = { ...SHARED, files: { 'app.ts': 'second' } };
    const link = arrivals.openLink(true);
    expect(arrivals.opening).toBe(true);
    await Promise.all([link, arrivals.openFile(new Blob([sharedFile(second)]))]);
    expect(arrivals.opening).toBe(false);
    expect(arrivals.incoming).toMatchObject({ from: 'file', shared: second });
  });
});

describe('safe mode', () => {
  test.each([
    ['/?safe', true],
    ['/?safe=1&theme=light', true],
    ['/?theme=light&safe#s1.a', true],
    ['/?safely', false],
    ['/#safe', false],
  ])('%s: %s', (address, safe) => {
    expect(at(address).safe).toBe(safe);
  });

  test('is left and entered without losing the rest of the address', () => {
    const arrivals = at('/?theme=light&safe#s1.a');
    arrivals.setSafe(false);
    expect(location.href).toBe('https://example.org/?theme=light#s1.a');
    arrivals.setSafe(true);
    expect(location.href).toBe('https://example.org/?theme=light&safe#s1.a');
    expect(arrivals.safe).toBe(true);
  });
});
