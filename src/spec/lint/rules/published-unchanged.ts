import { sha256 } from '../../checksum.ts';
import type { LibraryRule } from '../rule.ts';

export const publishedUnchanged: LibraryRule = {
  id: 'published-unchanged',
  group: 'published',
  severity: 'error',
  summary: 'A published revision is what it was when it was published, to the octet.',
  why: 'Others have implemented it, cited it and compared it. A mistake in it is mended in the next revision; until then, an `errata.md` beside it can say so.',
  wrong: 'an edited v1.md',
  right: 'the v1.md that was published, and the change in draft.md',
  language: 'text',
  *checkLibrary({ hashes, published }) {
    if (!hashes?.value || !published) return;
    for (const { file, text } of published) {
      const path = file.replace(/^.*?proposals\//, '');
      const expected = hashes.value[path];
      if (expected === undefined || sha256(text) === expected) continue;
      yield {
        at: { file },
        message: `this published revision was changed: its SHA-256 is not the one in ${hashes.file}`,
        hint: `Restore it with \`git checkout -- ${file}\` (or from the commit that published it), and make the change in draft.md. If it is the list that was edited, restore that: \`git checkout -- ${hashes.file}\`.`,
      };
    }
  },
};
