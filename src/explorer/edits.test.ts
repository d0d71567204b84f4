// A reader's edits outlive a reload, and nothing that stands in storage, or stands in its way, breaks the page.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type Changes,
  changesBetween,
  type Edits,
  editsKey,
  loadEdits,
  saveEdits,
  withChanges,
} from './edits.ts';
import { FakeStorage } from './fake-storage.ts';

let storage: FakeStorage;

beforeEach(() => {
  storage = new FakeStorage();
  vi.stubGlobal('localStorage', storage);
});
afterEach(() => vi.unstubAllGlobals());

const ORIGINAL = { 'app.ts': 'one', 'requests.http': 'GET /' };

function edits(files: Changes, more: Partial<Edits> = {}): Edits {
  return { files, taken: [], ...more };
}

describe('edits that are kept', () => {
  test('come back, with the open file and what Reset took away', () => {
    const kept: Edits = {
      files: { 'app.ts': 'two', 'new.ts': '', 'gone.ts': null },
      open: 'new.ts',
      taken: [{ files: { 'app.ts': 'three' }, open: 'app.ts' }, { files: { 'b.ts': null } }],
    };
    expect(saveEdits('hello', kept)).toBe(true);
    expect(loadEdits('hello')).toEqual(kept);
  });

  test('come back whatever their text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        saveEdits('hello', edits({ 'app.ts': text }));
        expect(loadEdits('hello')?.files).toEqual({ 'app.ts': text });
      }),
    );
  });

  test('belong to their example', () => {
    saveEdits('hello', edits({ 'app.ts': 'two' }));
    expect(loadEdits('echo')).toBeUndefined();
    saveEdits('echo', edits({}));
    expect(loadEdits('hello')).toBeDefined();
  });

  test('are forgotten when there is nothing to keep', () => {
    saveEdits('hello', edits({ 'app.ts': 'two' }));
    expect(saveEdits('hello', edits({}, { open: 'app.ts' }))).toBe(true);
    expect(storage.items.size).toBe(0);
  });

  test('are kept where only what Reset took away is left', () => {
    saveEdits('hello', edits({}, { taken: [{ files: { 'app.ts': 'two' } }] }));
    expect(loadEdits('hello')).toEqual({ files: {}, taken: [{ files: { 'app.ts': 'two' } }] });
  });
});

describe('changes', () => {
  test('are only those of files that differ, so that the rest follows the example', () => {
    expect(changesBetween({ 'app.ts': 'one', 'requests.http': 'GET /x' }, ORIGINAL)).toEqual({
      'requests.http': 'GET /x',
    });
  });

  test('have null for a file that was removed', () => {
    expect(changesBetween({ 'app.ts': 'one' }, ORIGINAL)).toEqual({ 'requests.http': null });
  });

  test('make the files again', () => {
    const names = fc.constantFrom('a.ts', 'b.ts', 'c.ts', 'd.ts');
    const files = fc.dictionary(names, fc.constantFrom('', 'x', 'y'));
    fc.assert(
      fc.property(files, files, (now, original) => {
        expect(withChanges(original, changesBetween(now, original))).toEqual(now);
      }),
    );
  });
});

describe('what stands in storage', () => {
  test('is read in its first form, which readers have', () => {
    storage.setItem(editsKey('hello'), '{"v":1,"files":{"app.ts":"two"}}');
    expect(loadEdits('hello')).toEqual(edits({ 'app.ts': 'two' }));
  });

  test.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['no version', '{"files":{"app.ts":"two"}}'],
    ['a later version', '{"v":3,"files":{"app.ts":"two"}}'],
    ['no files', '{"v":2}'],
    ['files that are null', '{"v":2,"files":null}'],
    ['files that are a list', '{"v":2,"files":["two"]}'],
    ['files that are text', '{"v":2,"files":"two"}'],
    ['not one file', '{"v":2,"files":{}}'],
    ['no file with a text', '{"v":2,"files":{"app.ts":7,"b.ts":[]}}'],
    ['taken of no form', '{"v":2,"files":{},"taken":[null,7,{"files":{}}]}'],
  ])('is no edit if it is %s', (_, text) => {
    if (text !== null) storage.setItem(editsKey('hello'), text);
    expect(loadEdits('hello')).toBeUndefined();
  });

  test('is read as far as it is sound', () => {
    storage.setItem(
      editsKey('hello'),
      '{"v":2,"files":{"app.ts":"two","b.ts":7},"open":7,"taken":[{"files":{"c.ts":null}},7]}',
    );
    expect(loadEdits('hello')).toEqual({
      files: { 'app.ts': 'two' },
      taken: [{ files: { 'c.ts': null } }],
    });
  });

  test('never throws, whatever it is', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
        storage.setItem(editsKey('hello'), text);
        expect(() => loadEdits('hello')).not.toThrow();
      }),
    );
  });
});

describe('storage that is closed', () => {
  const denied = () => {
    throw new DOMException('denied', 'SecurityError');
  };

  test('has no edits, and says that it keeps none', () => {
    vi.stubGlobal('localStorage', { getItem: denied, setItem: denied, removeItem: denied });
    expect(loadEdits('hello')).toBeUndefined();
    expect(saveEdits('hello', edits({ 'app.ts': 'two' }))).toBe(false);
    expect(saveEdits('hello', edits({}))).toBe(false);
  });

  test('even to the name of it', () => {
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: denied });
    expect(loadEdits('hello')).toBeUndefined();
    expect(saveEdits('hello', edits({ 'app.ts': 'two' }))).toBe(false);
  });

  test('or full keeps what it had', () => {
    saveEdits('hello', edits({ 'app.ts': 'two' }));
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    expect(saveEdits('hello', edits({ 'app.ts': 'three' }))).toBe(false);
    expect(loadEdits('hello')).toEqual(edits({ 'app.ts': 'two' }));
  });
});
