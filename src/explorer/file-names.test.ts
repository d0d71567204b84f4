// Which names a file may have: each rule with a name that breaks it, and what the reader is told.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  checkFileName,
  checkRemovable,
  EXTENSIONS,
  FileNameError,
  LONGEST_PATH,
  MOST_FILES,
} from './file-names.ts';

const OTHERS = ['app.ts', 'lib/answers.ts', 'requests.http'];

describe('a name that a file can have', () => {
  test.each([
    'greet.ts',
    'lib/greet.ts',
    'a-b_c.1.json',
    'page.html',
    'style.css',
    'README.md',
    'notes.txt',
    'more.http',
    'old.js',
    'console.ts',
    `${'a'.repeat(LONGEST_PATH - 3)}.ts`,
  ])('%s', (path) => {
    expect(() => checkFileName(path, OTHERS)).not.toThrow();
  });
});

describe('a name that a file cannot have is refused, with what to do', () => {
  test.each<[path: string, says: RegExp]>([
    ['', /needs a name/],
    [`${'a'.repeat(LONGEST_PATH - 2)}.ts`, /longer than 100 characters/],
    ['lib\\greet.ts', /separated by `\/`/],
    ['/etc/passwd.txt', /relative to the example/],
    ['C:/x.ts', /relative to the example/],
    ['file:x.ts', /relative to the example/],
    ['../greet.ts', /no `\.` or `\.\.`/],
    ['lib/../greet.ts', /no `\.` or `\.\.`/],
    ['./greet.ts', /no `\.` or `\.\.`/],
    ['lib//greet.ts', /folder of the path has no name/],
    ['greet me.ts', /letters without accents/],
    ['grüße.ts', /letters without accents/],
    ['a\u0000.ts', /letters without accents/],
    ['.hidden.ts', /neither begins nor ends with a dot/],
    ['.git/x.ts', /neither begins nor ends with a dot/],
    ['lib./x.ts', /neither begins nor ends with a dot/],
    ['con.ts', /Windows has a device/],
    ['lib/LPT1.txt', /Windows has a device/],
    ['node_modules/portway/index.ts', /belongs to packages/],
    ['Node_Modules/x.ts', /belongs to packages/],
    ['greet', /has to end with one of \.ts, \.js/],
    ['greet.exe', /has to end with one of/],
    ['greet.TS', /has to end with one of/],
    ['lib/', /folder of the path has no name/],
    ['app.ts', /There is a file `app\.ts` already/],
    ['App.ts', /There is `app\.ts` already, and some systems/],
    ['lib/ANSWERS.ts', /There is `lib\/answers\.ts` already/],
    ['app.ts/greet.ts', /`app\.ts` is in the way/],
    ['requests.http/x.ts', /`requests\.http` is in the way/],
  ])('%j', (path, says) => {
    expect(() => checkFileName(path, OTHERS)).toThrow(FileNameError);
    expect(() => checkFileName(path, OTHERS)).toThrow(says);
  });

  test('the name of a folder', () => {
    expect(() => checkFileName('lib.ts', ['lib.ts/x.ts'])).toThrow(/is in the way/);
  });

  test('one more than an example may have', () => {
    const many = Array.from({ length: MOST_FILES }, (_, index) => `f${index}.ts`);
    expect(() => checkFileName('more.ts', many)).toThrow(/no more than 40 files/);
    expect(() => checkFileName('more.ts', many.slice(1))).not.toThrow();
  });
});

test('what is allowed stays inside the example, whatever it is', () => {
  const paths = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc
      .array(fc.constantFrom('.', '..', '/', '\\', 'a', '%2e', ':', '~', '.ts'))
      .map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(paths, (path) => {
      try {
        checkFileName(path, []);
      } catch (error) {
        expect(error).toBeInstanceOf(FileNameError);
        return;
      }
      const resolved = new URL(path, 'file:///example/').href;
      expect(resolved).toBe(`file:///example/${path}`);
      expect(EXTENSIONS.some((extension) => path.endsWith(extension))).toBe(true);
    }),
  );
});

test.each([
  ['app.ts', /has the application/],
  ['requests.http', /has the requests/],
])('%s cannot be taken away', (path, says) => {
  expect(() => checkRemovable(path, 'app.ts')).toThrow(says);
});

test('another file can be taken away', () => {
  expect(() => checkRemovable('lib/answers.ts', 'app.ts')).not.toThrow();
});
