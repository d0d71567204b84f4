// The tests of this repository that name a requirement.
import { isTestFile, testsIn } from '../spec/tests.ts';

const texts = import.meta.glob<string>(
  [
    '../**/*.{test,suite}.ts',
    '../conformance/areas/*.ts',
    '../../tests/**/*.{test,spec,suite}.ts',
    '../python/tests/**/test_*.py',
  ],
  { query: '?raw', import: 'default', eager: true },
);

/** Path, relative to the repository, and text of every file of tests of an implementation. */
export const testFiles: readonly (readonly [file: string, text: string])[] = Object.entries(texts)
  .map(([path, text]): [string, string] => [fileOf(path), text])
  .filter(([file]) => isTestFile(file))
  .sort(([a], [b]) => (a < b ? -1 : 1));

const tests = testsIn(testFiles);

/** Ids of the requirements that a test names. */
export const testedIds: readonly string[] = [...tests.keys()];

/** Files of the tests whose names begin with a requirement's id, relative to the repository. */
export function testsOf(id: string): readonly string[] {
  return tests.get(id) ?? [];
}

/** A path as Vite gives it, relative to this file, as one relative to the repository. */
function fileOf(path: string): string {
  return path.startsWith('../../')
    ? path.slice('../../'.length)
    : `src/${path.replace(/^\.\.\//, '')}`;
}
