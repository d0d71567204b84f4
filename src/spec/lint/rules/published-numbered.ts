import { readDocument } from '../../document.ts';
import type { LibraryRule } from '../rule.ts';

export const publishedNumbered: LibraryRule = {
  id: 'published-numbered',
  group: 'published',
  severity: 'error',
  summary:
    'The published revisions of a proposal are numbered from 1 without gaps, each as its front matter says.',
  why: 'A reader who sees v3 looks for v2, and one who has only the text looks for its number in it.',
  wrong: 'v1.md, v3.md',
  right: 'v1.md, v2.md',
  language: 'text',
  *checkLibrary({ published = [] }) {
    const present = new Set(published.map(({ folder, revision }) => `${folder}/${revision}`));
    for (const text of published) {
      const { file, folder, slug, revision } = text;
      if (revision > 1 && !present.has(`${folder}/${revision - 1}`)) {
        yield {
          at: { file },
          message: `revision ${revision} is published, and ${revision - 1} is not`,
          hint: 'Restore what was published, or delete what was copied by hand.',
        };
      }
      const { proposal, revision: own } = text.proposal.frontMatter;
      if (proposal === Number(slug) && own === revision) continue;
      // Other fields may be such as were legal when it was published: then none of them is known from above.
      const { frontMatter, place } = readDocument(text.text, file);
      for (const [key, value] of Object.entries({ proposal: Number(slug), revision })) {
        const entry = frontMatter.entries.find((other) => other.key === key);
        if (entry?.value === value) continue;
        yield {
          at: { file, ...place(entry?.valueStart ?? 0) },
          message: entry
            ? `\`${key}\` is ${typeof entry.value === 'number' ? entry.value : 'no number'}, and the path says ${value}`
            : `the front matter does not say \`${key}: ${value}\``,
          hint: 'Restore what was published, or delete what was copied by hand.',
        };
      }
    }
  },
};
