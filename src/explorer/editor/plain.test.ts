// The plain editor over a text area that the test plays: several files in one area, and places found by line and column.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createPlainEditor } from './plain.ts';

class FakeArea {
  value = '';
  rows = 0;
  className = '';
  spellcheck = true;
  autocapitalize = '';
  wrap = '';
  scrollTop = 0;
  readonly clientHeight = 60;
  readonly offsetWidth = 300;
  readonly style = { cssText: '' };
  readonly attributes: Record<string, string> = {};
  readonly listeners = new Map<string, (event: unknown) => void>();
  focus = vi.fn();
  remove = vi.fn();
  after = vi.fn();
  cloneNode(): FakeArea {
    return new FakeArea();
  }
  /** Lines of 20 pixels. */
  get scrollHeight(): number {
    return this.value.split('\n').length * 20;
  }
  setSelectionRange = vi.fn();
  setAttribute(name: string, value: string): void {
    this.attributes[name] = value;
  }
  addEventListener(type: string, listener: (event: unknown) => void): void {
    this.listeners.set(type, listener);
  }
  write(text: string): void {
    this.value = text;
    this.listeners.get('input')?.({});
  }
}

let area: FakeArea;
beforeEach(() => {
  area = new FakeArea();
  vi.stubGlobal('document', { createElement: () => area });
});
afterEach(() => vi.unstubAllGlobals());

function open() {
  const onChange = vi.fn();
  const onRun = vi.fn();
  const container = { append: vi.fn() };
  const editor = createPlainEditor(container as unknown as HTMLElement, {
    files: { 'app.ts': 'one\ntwo\nthree', 'requests.http': 'GET /' },
    open: 'app.ts',
    label: 'Editor of hello',
    base: '/',
    onChange,
    onRun,
    onOpen() {},
    onTabMoves() {},
  });
  expect(container.append).toHaveBeenCalledWith(area);
  return { editor, onChange, onRun };
}

describe('the plain editor', () => {
  test('shows the file that is open, under its label', () => {
    open();
    expect(area).toMatchObject({ value: 'one\ntwo\nthree', spellcheck: false });
    expect(area.attributes['aria-label']).toBe('Editor of hello');
  });

  test('scrolls to the place that is asked for', () => {
    const { editor } = open();
    area.write(Array.from({ length: 100 }, (_, index) => `line ${index + 1}`).join('\n'));
    editor.reveal('app.ts', 50, 1);
    expect(area.scrollTop).toBe(50 * 20 - area.clientHeight / 3);
  });

  test('keeps what was written in each file', () => {
    const { editor, onChange } = open();
    area.write('changed');
    expect(onChange).toHaveBeenLastCalledWith('app.ts', 'changed');
    editor.open('requests.http');
    expect(area.value).toBe('GET /');
    area.write('GET /x');
    expect(onChange).toHaveBeenLastCalledWith('requests.http', 'GET /x');
    editor.open('app.ts');
    expect(area.value).toBe('changed');
  });

  test('stays where it is when asked for a file that is not there', () => {
    const { editor, onChange } = open();
    editor.open('nowhere.ts');
    editor.reveal('nowhere.ts', 1, 1);
    expect(area.value).toBe('one\ntwo\nthree');
    area.write('x');
    expect(onChange).toHaveBeenLastCalledWith('app.ts', 'x');
  });

  test.each([
    [1, 1, 0],
    [2, 3, 6],
    [3, 6, 13],
    // Beyond the end of the line, and of the text.
    [1, 99, 3],
    [9, 1, 13],
  ])('puts the cursor at line %d, column %d', (line, column, at) => {
    const { editor } = open();
    editor.reveal('app.ts', line, column);
    expect(area.focus).toHaveBeenCalled();
    expect(area.setSelectionRange).toHaveBeenCalledWith(at, at);
  });

  test('shows the file of a place first', () => {
    const { editor } = open();
    editor.reveal('requests.http', 1, 2);
    expect(area.value).toBe('GET /');
    expect(area.setSelectionRange).toHaveBeenCalledWith(1, 1);
  });

  test('follows files that others change, and says nothing of it', () => {
    const { editor, onChange } = open();
    editor.sync({ 'app.ts': 'new', 'requests.http': 'GET /x' });
    expect(area.value).toBe('new');
    editor.open('requests.http');
    expect(area.value).toBe('GET /x');
    expect(onChange).not.toHaveBeenCalled();
  });

  test('leaves the cursor alone when it is told what it said', () => {
    const { editor } = open();
    area.write('changed');
    let sets = 0;
    let value = area.value;
    Object.defineProperty(area, 'value', {
      get: () => value,
      set(text: string) {
        sets++;
        value = text;
      },
    });
    editor.sync({ 'app.ts': 'changed', 'requests.http': 'GET /' });
    expect(sets).toBe(0);
  });

  test('opens a file that is made, and forgets one that is removed', () => {
    const { editor } = open();
    editor.sync({ 'app.ts': 'one', 'new.ts': 'fresh' });
    editor.open('new.ts');
    expect(area.value).toBe('fresh');
    editor.open('requests.http');
    expect(area.value).toBe('fresh');
  });

  test('runs on Ctrl+Enter and Cmd+Enter, and not on Enter', () => {
    const { onRun } = open();
    const press = (keys: object) => {
      const event = { key: 'Enter', preventDefault: vi.fn(), ...keys };
      area.listeners.get('keydown')?.(event);
      return event.preventDefault;
    };
    expect(press({})).not.toHaveBeenCalled();
    expect(onRun).not.toHaveBeenCalled();
    // Some browsers would break the line.
    expect(press({ ctrlKey: true })).toHaveBeenCalled();
    press({ metaKey: true });
    expect(onRun).toHaveBeenCalledTimes(2);
  });

  test('has no formatter', async () => {
    await expect(open().editor.format()).resolves.toBe(false);
  });

  test('is gone when it is disposed', () => {
    open().editor.dispose();
    expect(area.remove).toHaveBeenCalled();
  });
});
