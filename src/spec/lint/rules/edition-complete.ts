import { proposalSlug } from '../../model.ts';
import { revisionName } from '../../register.ts';
import type { LibraryRule } from '../rule.ts';
import { placeIn } from '../subjects.ts';

export const editionComplete: LibraryRule = {
  id: 'edition-complete',
  group: 'graph',
  severity: 'error',
  summary: 'An edition names published revisions only, and with each what it requires.',
  why: 'An edition is what somebody implements. A text in it that rests on one outside it cannot be implemented. Here, proposal 3 requires proposal 2.',
  wrong: '{"0.1": {"0003": 1}}',
  right: '{"0.1": {"0002": 1, "0003": 1}}',
  language: 'json',
  *checkLibrary({ editions, published }) {
    if (!editions?.value || !published) return;
    const texts = new Map(published.map((text) => [revisionName(text), text]));
    for (const [edition, members] of Object.entries(editions.value)) {
      for (const [slug, revision] of Object.entries(members)) {
        const text = texts.get(revisionName({ slug, revision }));
        if (!text) {
          yield {
            at: placeIn(editions, edition, slug),
            message: `edition ${edition} names revision ${revision} of proposal ${slug}, which is not published`,
            hint: 'Publish it with `portway proposal publish`, or name another.',
          };
          continue;
        }
        for (const number of text.proposal.frontMatter.requires ?? []) {
          if (Object.hasOwn(members, proposalSlug(number))) continue;
          yield {
            at: placeIn(editions, edition, slug),
            message: `edition ${edition} has proposal ${slug}, but not proposal ${proposalSlug(number)}, which it requires`,
            hint: `Add a revision of proposal ${proposalSlug(number)}.`,
          };
        }
      }
    }
  },
};
