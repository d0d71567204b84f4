import type { LibraryRule } from '../rule.ts';
import { placeIn } from '../subjects.ts';

export const publishedListed: LibraryRule = {
  id: 'published-listed',
  group: 'published',
  severity: 'error',
  summary:
    'Every published revision is listed in `published.json`, and every one listed there exists.',
  why: 'A revision without its checksum could change unseen, and one that was deleted would be missed by whoever follows a link to it. `portway proposal publish` writes both.',
  wrong: 'v1.md without an entry',
  right: '"0042-doors/v1.md": "9f86d081…"',
  language: 'json',
  *checkLibrary({ hashes, published }) {
    // A list that cannot be read is the subject of data-files. One that is not there lists nothing.
    if (!published || (hashes && !hashes.value)) return;
    const listed = hashes?.value ?? {};
    const paths = new Set(published.map(({ file }) => file.replace(/^.*?proposals\//, '')));
    const folders = new Map(
      Object.keys(listed).map((path) => [path.slice(0, 4), path.split('/')[0] ?? '']),
    );
    const renamed = new Set<string>();
    for (const { file, folder, slug } of published) {
      const path = file.replace(/^.*?proposals\//, '');
      if (Object.hasOwn(listed, path)) continue;
      const before = folders.get(slug);
      if (before !== undefined && before !== folder) {
        if (!renamed.has(slug)) {
          yield {
            at: { file },
            message: `the folder \`${folder}\` was \`${before}\` when the proposal was published`,
            hint: `The folder of a published proposal keeps its name: rename it back to \`${before}\`.`,
          };
        }
        renamed.add(slug);
        continue;
      }
      yield {
        at: { file },
        message: `\`${path}\` is not listed in published.json`,
        hint: 'Revisions are published with `portway proposal publish`; delete a copy that was made by hand.',
      };
    }
    if (!hashes) return;
    for (const path of Object.keys(listed)) {
      if (paths.has(path) || renamed.has(path.slice(0, 4))) continue;
      yield {
        at: placeIn(hashes, path),
        message: `\`${path}\` is listed as published, and is not there`,
        hint: `Restore it with \`git checkout -- proposals/${path}\`. If its removal is committed already, \`git log --diff-filter=D -- proposals/${path}\` finds the commit.`,
      };
    }
  },
};
