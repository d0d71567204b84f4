import type { LibraryRule } from '../rule.ts';

export const dataFiles: LibraryRule = {
  id: 'data-files',
  group: 'published',
  severity: 'error',
  summary: '`published.json`, `editions.json` and `requirements.json` are JSON of their shape.',
  why: 'They are written by the commands. A merge that went wrong is the usual cause. The register can be written anew with `npm run spec`; the other two cannot, so take what is published on both sides. Once something is published, none of the three is missing.',
  wrong: '{"0.1": {"0003": 1,}}',
  right: '{"0.1": {"0003": 1}}',
  language: 'json',
  *checkLibrary({ hashes, editions, register, published = [] }) {
    for (const file of [hashes, editions, register]) {
      if (file?.error === undefined) continue;
      yield {
        at: { file: file.file },
        message: file.error,
        hint: hintFor(file === register, file.file),
      };
    }
    const [first] = published;
    if (!first) return;
    const folder = first.file.replace(/[^/]*\/[^/]*$/, '');
    for (const [name, data] of Object.entries({ published: hashes, requirements: register })) {
      if (data) continue;
      const file = `${folder}${name}.json`;
      yield {
        at: { file },
        message: 'something is published, and this file is missing',
        hint: hintFor(name === 'requirements', file),
      };
    }
  },
};

/** The register is made from the texts; the others know what nothing else does. */
function hintFor(isRegister: boolean, file: string): string {
  return isRegister
    ? 'Write it anew with `npm run spec`.'
    : `Restore it with \`git checkout -- ${file}\`.`;
}
