import { errataIn, isMended } from '../../errata.ts';
import { slugOf } from '../library.ts';
import type { LibraryRule } from '../rule.ts';

export const erratumMended: LibraryRule = {
  id: 'erratum-mended',
  group: 'published',
  severity: 'error',
  summary: 'The draft does not say any more what a verified erratum corrects.',
  why: 'Otherwise the next revision has the error again. Mend the draft in the pull request that verifies the erratum. One that is only reported can wait for its answer.',
  wrong: '- status: verified\n\n(and draft.md says what the first quotation says)',
  right: '- status: verified\n\n(and draft.md says what the second quotation says)',
  *checkLibrary({ errata = [], drafts }) {
    for (const { document, slug } of errata) {
      const draft = drafts.find((other) => slugOf(other) === slug);
      if (!draft) continue;
      for (const { erratum, quotes } of errataIn(document)) {
        if (erratum?.status !== 'verified' || isMended(draft.document, erratum)) continue;
        yield {
          at: quotes[0]?.start ?? 0,
          end: quotes[0]?.end ?? 0,
          in: document,
          message: `${draft.document.file} still says this at \`${erratum.at}\``,
          hint: 'Mend the draft as the second quotation says.',
        };
      }
    }
  },
};
