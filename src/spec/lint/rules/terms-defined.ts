import { endOf } from '../../document.ts';
import { sectionSpan } from '../../sections.ts';
import { TERMS_HEADING } from '../../terms.ts';
import type { DraftRule } from '../rule.ts';

export const termsDefined: DraftRule = {
  id: 'terms-defined',
  group: 'normative',
  severity: 'error',
  summary: 'A section “Terms” of the Specification defines a term: a word in emphasis.',
  why: 'Readers find terms by their emphasis, and so does the site, which leads from each use of a term to its definition. A word in `code` is a name, and a word in bold is stressed.',
  wrong: '### Terms\n\nA **door** is a hole that shuts.',
  right: '### Terms\n\nA *door* is a hole that shuts.',
  *checkDraft({ document, proposal, template }) {
    if (template || proposal.frontMatter.type === 'informational') return;
    const [from, to] = sectionSpan(document, 'Specification') ?? [0, 0];
    for (const { text, start, node, index } of document.headings) {
      if (text !== TERMS_HEADING || index < 0 || start < from || start >= to) continue;
      const next = document.headings.find((one) => one.index > index)?.start ?? to;
      const defines = ({ value }: { readonly value: { readonly start: number } }) =>
        value.start > start && value.start < next;
      if (proposal.terms.some(defines)) continue;
      yield {
        at: start,
        end: endOf(node),
        message: 'the section “Terms” defines no term',
        hint: 'Put each word into emphasis where its sentence says what it means: “A *door* is …”.',
      };
    }
  },
};
