import { errataIn, placeOfErratum, saysAt } from '../../errata.ts';
import { documentOf } from '../library.ts';
import type { LibraryRule } from '../rule.ts';

export const erratumPlace: LibraryRule = {
  id: 'erratum-place',
  group: 'published',
  severity: 'error',
  summary:
    'The revisions that an erratum names are published, and have the words that it quotes at the place that it names.',
  why: 'It is shown there. `at` is the id of a requirement or the text of a heading, and the first quotation is the Markdown that stands there, to the letter: only lines may break elsewhere.',
  wrong:
    '- revisions: 7\n- at: The bell\n\n> Doors opens.\n\n(of a revision that nobody published)',
  right: '- revisions: 1\n- at: The bell\n\n> Doors opens.\n\n(where revision 1 says so)',
  *checkLibrary({ errata = [], published }) {
    if (!published) return;
    for (const { document, slug, file } of errata) {
      for (const { erratum, facts, quotes } of errataIn(document)) {
        const span = (key: string) => {
          const fact = facts.find((other) => other.key === key);
          return { at: fact?.start ?? 0, end: fact?.end ?? 0, in: document };
        };
        for (const revision of erratum?.revisions ?? []) {
          const text = published.find(
            (other) => other.slug === slug && other.revision === revision,
          );
          if (!erratum) continue;
          if (!text) {
            yield {
              ...span('revisions'),
              message: `revision ${revision} of proposal ${slug} is not published`,
              hint: `What is wrong in a draft is mended there: see ${file.replace('errata', 'draft')}.`,
            };
            continue;
          }
          const revised = documentOf(text);
          if (!placeOfErratum(revised, erratum.at)) {
            yield {
              ...span('at'),
              message: `${text.file} has neither a requirement nor a heading \`${erratum.at}\``,
              hint: 'Write the id of a requirement, or a heading as it stands there.',
            };
          } else if (!saysAt(revised, erratum.at, erratum.says)) {
            const [quote] = quotes;
            yield {
              at: quote?.start ?? 0,
              end: quote?.end ?? 0,
              in: document,
              message: `${text.file} does not say this at \`${erratum.at}\``,
              hint: 'Quote the Markdown as it stands in the file; only lines may break elsewhere.',
            };
          }
        }
      }
    }
  },
};
