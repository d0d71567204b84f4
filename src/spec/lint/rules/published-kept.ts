import type { LibraryRule } from '../rule.ts';
import { missingRevisions, placeIn } from '../subjects.ts';

export const publishedKept: LibraryRule = {
  id: 'published-kept',
  group: 'published',
  severity: 'error',
  summary: 'Every revision that the register names is published.',
  why: 'A revision that was published is never taken back: somebody has implemented it. The register remembers each, even where the text and its line in `published.json` are both gone.',
  wrong: '"door.opens": {"since": "0042/v1", …} without 0042-doors/v1.md',
  right: '"door.opens": {"since": "0042/v1", …} beside 0042-doors/v1.md',
  language: 'json',
  *checkLibrary(library) {
    const { register, hashes } = library;
    if (!register?.value || !library.published) return;
    const listed = Object.keys(hashes?.value ?? {});
    for (const name of missingRevisions(library)) {
      const [slug = '', revision = ''] = name.split('/');
      // One that is listed is the subject of published-listed.
      if (listed.some((path) => path.startsWith(slug) && path.endsWith(`/${revision}.md`)))
        continue;
      const [id] =
        Object.entries(register.value).find(
          ([, { since, changed }]) => since === name || changed === name,
        ) ?? [];
      yield {
        at: placeIn(register, ...(id === undefined ? [] : [id])),
        message: `the register names revision \`${name}\`, which is no longer published`,
        hint: `Restore ${revision}.md of proposal ${slug}, and its line in published.json, with \`git checkout\`.`,
      };
    }
  },
};
