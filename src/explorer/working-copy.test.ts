// A working copy: files that come, change and go, and nothing of them that is lost.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { editsKey } from './edits.ts';
import { FakeStorage } from './fake-storage.ts';
import { FileNameError } from './file-names.ts';
import { WorkingCopy } from './working-copy.svelte.ts';

const FILES = { 'app.ts': 'one', 'lib.ts': 'two', 'requests.http': 'GET /' };

let storage: FakeStorage;
beforeEach(() => {
  storage = new FakeStorage();
  vi.stubGlobal('localStorage', storage);
});
afterEach(() => vi.unstubAllGlobals());

/** As a page makes it when it comes alive: each call is a visit. */
function visit(files: Readonly<Record<string, string>> = FILES): WorkingCopy {
  const copy = new WorkingCopy({ slug: 'hello', files, entry: 'app.ts' });
  copy.restore();
  return copy;
}

describe('a working copy', () => {
  test('is the example at first', () => {
    const copy = visit();
    expect(copy.files).toEqual(FILES);
    expect(copy).toMatchObject({ open: 'app.ts', changed: false, kept: true, canUndoReset: false });
    expect(storage.items.size).toBe(0);
  });

  test('shows the application first and the requests last', () => {
    const copy = visit({ 'requests.http': '', 'b.ts': '', 'app.ts': '' });
    copy.create('a.ts');
    expect(copy.paths).toEqual(['app.ts', 'b.ts', 'a.ts', 'requests.http']);
  });

  test('tells which files were changed', () => {
    const copy = visit();
    copy.write('lib.ts', 'three');
    expect(copy.changed).toBe(true);
    expect(copy.isChanged('lib.ts')).toBe(true);
    expect(copy.isChanged('app.ts')).toBe(false);
    copy.write('lib.ts', 'two');
    expect(copy.changed).toBe(false);
    expect(storage.items.size).toBe(0);
  });

  test('shows a file that is made, empty', () => {
    const copy = visit();
    copy.create('new.ts');
    expect(copy.files['new.ts']).toBe('');
    expect(copy).toMatchObject({ open: 'new.ts', changed: true });
    expect(copy.isOriginal('new.ts')).toBe(false);
  });

  test('renames a file in its place, and goes on showing it', () => {
    const copy = visit();
    copy.open = 'lib.ts';
    copy.rename('lib.ts', 'words.ts');
    expect(copy.paths).toEqual(['app.ts', 'words.ts', 'requests.http']);
    expect(copy.files['words.ts']).toBe('two');
    expect(copy.open).toBe('words.ts');
  });

  test('renames a file to another case of its name', () => {
    const copy = visit();
    copy.rename('lib.ts', 'Lib.ts');
    expect(copy.paths).toEqual(['app.ts', 'Lib.ts', 'requests.http']);
    expect(visit().paths).toEqual(copy.paths);
  });

  test.each([
    ['a file between two', 'a.ts', 'lib.ts'],
    ['the last but the requests', 'lib.ts', 'a.ts'],
  ])('shows the file beside when %s is removed', (_, path, beside) => {
    const copy = visit({ 'app.ts': '', 'a.ts': '', 'lib.ts': '', 'requests.http': '' });
    copy.open = path;
    copy.remove(path);
    expect(copy.open).toBe(beside);
    expect(Object.keys(copy.files)).not.toContain(path);
  });

  test('stays where it is when another file is removed', () => {
    const copy = visit();
    copy.remove('lib.ts');
    expect(copy.open).toBe('app.ts');
  });

  test('does not show what is not there', () => {
    const copy = visit();
    copy.open = 'nowhere.ts';
    expect(copy.open).toBe('app.ts');
  });

  test.each<[string, (copy: WorkingCopy) => void, RegExp]>([
    ['makes no file twice', (copy) => copy.create('lib.ts'), /already/],
    ['makes no file outside', (copy) => copy.create('../x.ts'), /inside the example/],
    ['renames no file to one that is there', (copy) => copy.rename('lib.ts', 'app.ts'), /already/],
    ['does not rename the application', (copy) => copy.rename('app.ts', 'x.ts'), /the application/],
    ['does not remove the application', (copy) => copy.remove('app.ts'), /the application/],
    ['does not rename the requests', (copy) => copy.rename('requests.http', 'x.http'), /requests/],
    ['does not remove the requests', (copy) => copy.remove('requests.http'), /the requests/],
    ['writes no file that is not there', (copy) => copy.write('x.ts', ''), /no file `x\.ts`/],
    ['removes no file that is not there', (copy) => copy.remove('x.ts'), /no file `x\.ts`/],
    ['renames no file that is not there', (copy) => copy.rename('x.ts', 'y.ts'), /no file `x\.ts`/],
    ['takes no file of a bad name', (copy) => copy.replaceAll({ '/x.ts': '' }), /relative/],
  ])('%s', (_, act, says) => {
    const copy = visit();
    expect(() => act(copy)).toThrow(FileNameError);
    expect(() => act(copy)).toThrow(says);
    expect(copy.files).toEqual(FILES);
  });
});

describe('after a reload', () => {
  test('made, renamed, removed and open files are as they were', () => {
    const copy = visit();
    copy.write('app.ts', 'three');
    copy.rename('lib.ts', 'words.ts');
    copy.create('new.ts', 'four');
    expect(visit().files).toEqual({
      'app.ts': 'three',
      'words.ts': 'two',
      'new.ts': 'four',
      'requests.http': 'GET /',
    });
    expect(visit().open).toBe('new.ts');
  });

  test('files that were not changed follow the example', () => {
    visit().write('app.ts', 'three');
    const files = { ...FILES, 'lib.ts': 'a new edition' };
    expect(visit(files).files).toEqual({ ...files, 'app.ts': 'three' });
  });

  test('nothing is read before the page has come alive', () => {
    visit().write('app.ts', 'three');
    const copy = new WorkingCopy({ slug: 'hello', files: FILES, entry: 'app.ts' });
    expect(copy.files).toEqual(FILES);
  });

  test('a change that comes before what is kept was read takes nothing of it away', () => {
    visit().write('app.ts', 'three');
    const copy = new WorkingCopy({ slug: 'hello', files: FILES, entry: 'app.ts' });
    copy.create('new.ts');
    expect(copy.files['app.ts']).toBe('three');
    expect(visit().files).toMatchObject({ 'app.ts': 'three', 'new.ts': '' });
  });

  test('what cannot be is left out: the rest comes back', () => {
    const files = { '../x.ts': 'x', 'App.ts': 'x', 'app.ts': null, 'requests.http': 'GET /x' };
    storage.setItem(editsKey('hello'), JSON.stringify({ v: 2, files, open: 'gone.ts' }));
    expect(visit().files).toEqual({ ...FILES, 'requests.http': 'GET /x' });
    expect(visit().open).toBe('app.ts');
  });
});

describe('Reset', () => {
  test('makes everything as the example has it', () => {
    const copy = visit();
    copy.write('app.ts', 'three');
    copy.remove('lib.ts');
    copy.create('new.ts');
    copy.reset();
    expect(copy.files).toEqual(FILES);
    expect(copy).toMatchObject({ open: 'app.ts', changed: false, canUndoReset: true });
  });

  test('can be undone, after a reload too', () => {
    const copy = visit();
    copy.write('app.ts', 'three');
    copy.remove('lib.ts');
    copy.create('new.ts', 'four');
    const before = copy.files;
    copy.reset();
    const again = visit();
    expect(again.canUndoReset).toBe(true);
    again.undoReset();
    expect(again.files).toEqual(before);
    expect(again).toMatchObject({ open: 'new.ts', canUndoReset: false });
    expect(visit().files).toEqual(before);
  });

  test('of what is as it was does nothing', () => {
    const copy = visit();
    copy.reset();
    expect(copy.canUndoReset).toBe(false);
  });

  test('is undone without losing what was written since', () => {
    const copy = visit();
    copy.write('app.ts', 'three');
    copy.reset();
    copy.write('app.ts', 'four');
    copy.undoReset();
    expect(copy.files['app.ts']).toBe('three');
    expect(copy.canUndoReset).toBe(true);
    copy.undoReset();
    expect(copy.files['app.ts']).toBe('four');
  });

  test('is undone as often as it was done, up to five times', () => {
    const copy = visit();
    for (const text of ['1', '2', '3', '4', '5', '6']) {
      copy.write('app.ts', text);
      copy.reset();
    }
    const back: (string | undefined)[] = [];
    while (copy.canUndoReset) {
      copy.undoReset();
      back.push(copy.files['app.ts']);
      copy.write('app.ts', 'one');
    }
    expect(back).toEqual(['6', '5', '4', '3', '2']);
  });
});

describe('files of a link', () => {
  test('take the place of all but what a run needs', () => {
    const copy = visit();
    copy.replaceAll({ 'app.ts': 'shared' });
    expect(copy.files).toEqual({ 'app.ts': 'shared', 'requests.http': 'GET /' });
  });

  test('do not lose what the reader wrote', () => {
    const copy = visit();
    copy.write('app.ts', 'mine');
    copy.replaceAll({ 'app.ts': 'shared' });
    copy.undoReset();
    expect(copy.files['app.ts']).toBe('mine');
  });
});

test('storage that keeps nothing is told, and everything else works', () => {
  storage.setItem = () => {
    throw new DOMException('full', 'QuotaExceededError');
  };
  const copy = visit();
  copy.write('app.ts', 'three');
  expect(copy).toMatchObject({ kept: false, changed: true });
  copy.reset();
  copy.undoReset();
  expect(copy.files['app.ts']).toBe('three');
});

test('without a name nothing is kept', () => {
  const copy = new WorkingCopy({ files: FILES, entry: 'app.ts' });
  copy.write('app.ts', 'three');
  expect(storage.items.size).toBe(0);
  expect(copy.kept).toBe(true);
});

test('a reload at any moment shows the same files', () => {
  const path = fc.constantFrom('app.ts', 'lib.ts', 'a.ts', 'b.ts', 'requests.http', '../x.ts');
  const action = fc.oneof(
    fc.tuple(fc.constant('write' as const), path, fc.constantFrom('one', 'x', '')),
    fc.tuple(fc.constant('create' as const), path),
    fc.tuple(fc.constant('rename' as const), path, path),
    fc.tuple(fc.constant('remove' as const), path),
    fc.tuple(fc.constantFrom('reset' as const, 'undoReset' as const)),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 12 }), (actions) => {
      storage.items.clear();
      const copy = visit();
      for (const [name, ...args] of actions) {
        try {
          (copy[name] as (...args: string[]) => void)(...args);
        } catch (error) {
          expect(error).toBeInstanceOf(FileNameError);
        }
        const again = visit();
        expect(again.files).toEqual(copy.files);
        expect(again.canUndoReset).toBe(copy.canUndoReset);
        if (copy.changed || copy.canUndoReset) expect(again.open).toBe(copy.open);
        expect(Object.keys(copy.files)).toEqual(
          expect.arrayContaining(['app.ts', 'requests.http']),
        );
      }
    }),
  );
});
