// A reader's edits outlive a reload, and nothing that stands in storage, or stands in its way, breaks the page.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { editsKey, loadEdits, saveEdits } from './edits.ts';

/** As much of `localStorage` as is used. */
class FakeStorage {
  readonly items = new Map<string, string>();
  getItem(key: string): string | null {
    return this.items.get(key) ?? null;
  }
  setItem(key: string, value: string): void {
    this.items.set(key, value);
  }
  removeItem(key: string): void {
    this.items.delete(key);
  }
}

let storage: FakeStorage;

beforeEach(() => {
  storage = new FakeStorage();
  vi.stubGlobal('localStorage', storage);
});
afterEach(() => vi.unstubAllGlobals());

const ORIGINAL = { 'app.ts': 'one', 'requests.http': 'GET /' };

describe('edits that are kept', () => {
  test('come back', () => {
    expect(saveEdits('hello', { ...ORIGINAL, 'app.ts': 'two' }, ORIGINAL)).toBe(true);
    expect(loadEdits('hello')).toEqual({ 'app.ts': 'two' });
  });

  test('come back whatever their text', () => {
    const text = fc.string({ unit: 'binary' }).filter((edit) => edit !== 'one');
    fc.assert(
      fc.property(text, (edit) => {
        saveEdits('hello', { ...ORIGINAL, 'app.ts': edit }, ORIGINAL);
        expect(loadEdits('hello')).toEqual({ 'app.ts': edit });
      }),
    );
  });

  test('are only those of files that differ, so that the rest follows the example', () => {
    saveEdits('hello', { ...ORIGINAL, 'requests.http': 'GET /x' }, ORIGINAL);
    expect(JSON.parse(storage.getItem(editsKey('hello')) ?? '')).toEqual({
      v: 1,
      files: { 'requests.http': 'GET /x' },
    });
  });

  test('may be a file that was emptied', () => {
    saveEdits('hello', { ...ORIGINAL, 'app.ts': '' }, ORIGINAL);
    expect(loadEdits('hello')).toEqual({ 'app.ts': '' });
  });

  test('belong to their example', () => {
    saveEdits('hello', { ...ORIGINAL, 'app.ts': 'two' }, ORIGINAL);
    expect(loadEdits('echo')).toBeUndefined();
    saveEdits('echo', ORIGINAL, ORIGINAL);
    expect(loadEdits('hello')).toBeDefined();
  });

  test('are forgotten when every file is as it was', () => {
    saveEdits('hello', { ...ORIGINAL, 'app.ts': 'two' }, ORIGINAL);
    expect(saveEdits('hello', ORIGINAL, ORIGINAL)).toBe(true);
    expect(storage.items.size).toBe(0);
    expect(loadEdits('hello')).toBeUndefined();
  });
});

describe('what stands in storage', () => {
  test.each([
    ['nothing', null],
    ['no JSON', '{'],
    ['null', 'null'],
    ['a number', '7'],
    ['a list', '[]'],
    ['no version', '{"files":{"app.ts":"two"}}'],
    ['another version', '{"v":2,"files":{"app.ts":"two"}}'],
    ['no files', '{"v":1}'],
    ['files that are null', '{"v":1,"files":null}'],
    ['files that are a list', '{"v":1,"files":["two"]}'],
    ['files that are text', '{"v":1,"files":"two"}'],
    ['not one file', '{"v":1,"files":{}}'],
    ['no file with a text', '{"v":1,"files":{"app.ts":7,"b.ts":null}}'],
  ])('is no edit if it is %s', (_, text) => {
    if (text !== null) storage.setItem(editsKey('hello'), text);
    expect(loadEdits('hello')).toBeUndefined();
  });

  test('is read as far as it is sound', () => {
    storage.setItem(editsKey('hello'), '{"v":1,"files":{"app.ts":"two","b.ts":7}}');
    expect(loadEdits('hello')).toEqual({ 'app.ts': 'two' });
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
    expect(saveEdits('hello', { ...ORIGINAL, 'app.ts': 'two' }, ORIGINAL)).toBe(false);
    expect(saveEdits('hello', ORIGINAL, ORIGINAL)).toBe(false);
  });

  test('even to the name of it', () => {
    Object.defineProperty(globalThis, 'localStorage', { configurable: true, get: denied });
    expect(loadEdits('hello')).toBeUndefined();
    expect(saveEdits('hello', { 'app.ts': 'two' }, ORIGINAL)).toBe(false);
  });

  test('or full keeps what it had', () => {
    saveEdits('hello', { ...ORIGINAL, 'app.ts': 'two' }, ORIGINAL);
    storage.setItem = () => {
      throw new DOMException('full', 'QuotaExceededError');
    };
    expect(saveEdits('hello', { ...ORIGINAL, 'app.ts': 'three' }, ORIGINAL)).toBe(false);
    expect(loadEdits('hello')).toEqual({ 'app.ts': 'two' });
  });
});
