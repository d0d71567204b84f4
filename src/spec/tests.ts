// Which tests hold somebody to a requirement: those whose name, or the name of a group of them, begins with its id.

/** `'http.start-once: …'`, in any quotes. */
const NAME = /['"`]([a-z][a-z0-9]*(?:[.-][a-z0-9]+)+): /g;

/** Requirement id to the files of its tests, from the path and text of each file. */
export function testsIn(
  files: Iterable<readonly [file: string, text: string]>,
): ReadonlyMap<string, readonly string[]> {
  const tests = new Map<string, string[]>();
  for (const [file, text] of files) {
    for (const id of new Set([...text.matchAll(NAME)].map(([, id = '']) => id))) {
      tests.set(id, [...(tests.get(id) ?? []), file]);
    }
  }
  return tests;
}

/** Whether a path is that of a file of tests. */
export function isTestFile(path: string): boolean {
  return /\.(?:test|spec|suite)\.ts$/.test(path);
}
