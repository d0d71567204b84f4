import type { LibraryRule } from '../rule.ts';

export const dataFiles: LibraryRule = {
  id: 'data-files',
  group: 'published',
  severity: 'error',
  summary: '`published.json`, `editions.json` and `requirements.json` are JSON of their shape.',
  why: 'They are written by the commands. A merge that went wrong is the usual cause: take either side and run `npm run spec`.',
  wrong: '{"0.1": {"0003": 1,}}',
  right: '{"0.1": {"0003": 1}}',
  language: 'json',
  *checkLibrary({ hashes, editions, register }) {
    for (const file of [hashes, editions, register]) {
      if (file?.error === undefined) continue;
      yield {
        at: { file: file.file },
        message: file.error,
        hint: 'Restore it with `git checkout`, or write it anew with `npm run spec`.',
      };
    }
  },
};
