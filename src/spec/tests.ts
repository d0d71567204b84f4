// Which tests hold an implementation to a requirement: those whose name, or the name of a group of them, begins with
// its id, and the cases of the conformance suite. What is only spoken of, such as an expected message, does not count.

const ID = '[a-z][a-z0-9]*(?:[.-][a-z0-9]+)+';

/** `test('http.start-once: …'`, in any quotes; also a name for each row of a table, and one at the head of a row. */
const NAMED = new RegExp(
  String.raw`(?:\b(?:test|it|describe)(?:\.\w+)*\(|\)\(|(?:^|[[,])\s*\[)\s*(['"\`])(?<id>${ID}): (?<title>(?:\\.|(?!\1)[\s\S])*)\1`,
  'g',
);

/** `conforms('http.start-once', 'a title'`: a case of the conformance suite; the file may compute the title. */
const CASE = new RegExp(
  String.raw`\bconforms\(\s*['"\`](?<id>${ID})['"\`]\s*,\s*(?:(['"\`])(?<title>(?:\\.|(?!\2)[\s\S])*)\2)?`,
  'g',
);

/** `def test_worker_drop_closed__a_title`: in Python, where a name has neither dots nor hyphens. */
const PYTHON = /^\s*(?:async )?def test_(?<words>[a-z0-9]+(?:_[a-z0-9]+)+?)__(?<title>\w+)\(/gm;

/** Folders whose tests speak of requirements without implementing any. */
const ABOUT = /^src\/(?:spec|site|explorer)\//;

/**
 * Requirement id to the titles that a file gives to its tests, without the id and as they are written; undefined for one
 * that the file computes as a whole. A file of the suite has cases only: what it has in tables is what it sends.
 */
export function titlesIn(
  file: string,
  text: string,
): ReadonlyMap<string, readonly (string | undefined)[]> {
  if (file.endsWith('.py')) return titlesInPython(text);
  const found = [...text.matchAll(isCases(file) ? CASE : NAMED)];
  return new Map(
    [...Map.groupBy(found, ({ groups }) => groups?.id ?? '')].map(([id, tests]) => [
      id,
      tests.map(({ groups }) => groups?.title),
    ]),
  );
}

function titlesInPython(text: string): ReadonlyMap<string, readonly string[]> {
  const titles = new Map<string, string[]>();
  for (const { groups = {} } of text.matchAll(PYTHON))
    for (const id of idsOf((groups.words as string).split('_')))
      titles.set(id, [...(titles.get(id) ?? []), (groups.title as string).replaceAll('_', ' ')]);
  return titles;
}

/** Every id that words can stand for. One of them is in the register at most: no two differ by dots and hyphens alone. */
function idsOf([area = '', ...words]: readonly string[]): readonly string[] {
  let ids = [area];
  words.forEach((word, i) => {
    ids = ids.flatMap((id) => (i === 0 ? [`${id}.${word}`] : [`${id}.${word}`, `${id}-${word}`]));
  });
  return ids;
}

/** Requirement id to the files of its tests, from the path and text of each file. */
export function testsIn(
  files: Iterable<readonly [file: string, text: string]>,
): ReadonlyMap<string, readonly string[]> {
  const tests = new Map<string, string[]>();
  for (const [file, text] of files) {
    for (const id of titlesIn(file, text).keys()) tests.set(id, [...(tests.get(id) ?? []), file]);
  }
  return tests;
}

/** Whether a path, relative to the repository, is that of tests of an implementation. */
export function isTestFile(path: string): boolean {
  if (path.endsWith('.py')) return /^src\/python\/tests\/(?:.*\/)?test_\w+\.py$/.test(path);
  return (/\.(?:test|spec|suite)\.ts$/.test(path) || isCases(path)) && !ABOUT.test(path);
}

/** Whether a path, relative to the repository, is that of cases of the conformance suite. */
export function isCases(path: string): boolean {
  return path.startsWith('src/conformance/areas/');
}
