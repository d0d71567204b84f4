// Which tests hold an implementation to a requirement: those whose name, or the name of a group of them, begins with
// its id, and the cases of the conformance suite. What is only spoken of, such as an expected message, does not count.

/** `test('http.start-once: …'`, in any quotes; also a name for each row of a table, and one at the head of a row. */
const NAME =
  /(?:\b(?:test|it|describe)(?:\.\w+)*\(|\)\(|(?:^|[[,])\s*\[)\s*['"`]([a-z][a-z0-9]*(?:[.-][a-z0-9]+)+): /g;

/** `conforms('http.start-once', …`: a case of the conformance suite. */
const CASE = /\bconforms\(\s*['"`]([a-z][a-z0-9]*(?:[.-][a-z0-9]+)+)['"`]\s*,/g;

/** Folders whose tests speak of requirements without implementing any. */
const ABOUT = /^src\/(?:spec|site|explorer)\//;

/** Requirement id to the files of its tests, from the path and text of each file. */
export function testsIn(
  files: Iterable<readonly [file: string, text: string]>,
): ReadonlyMap<string, readonly string[]> {
  const tests = new Map<string, string[]>();
  for (const [file, text] of files) {
    const named = [NAME, CASE].flatMap((form) => [...text.matchAll(form)]);
    for (const id of new Set(named.map(([, id = '']) => id))) {
      tests.set(id, [...(tests.get(id) ?? []), file]);
    }
  }
  return tests;
}

/** Whether a path, relative to the repository, is that of tests of an implementation. */
export function isTestFile(path: string): boolean {
  return /\.(?:test|spec|suite)\.ts$|^src\/conformance\/areas\//.test(path) && !ABOUT.test(path);
}
