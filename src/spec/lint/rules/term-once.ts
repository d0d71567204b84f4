import type { Term } from '../../model.ts';
import { isSameTerm } from '../../terms.ts';
import type { Draft, LibraryRule } from '../rule.ts';
import { proposalsOf } from '../subjects.ts';

export const termOnce: LibraryRule = {
  id: 'term-once',
  group: 'normative',
  severity: 'error',
  summary: 'A term is defined once in a proposal and in all that it requires.',
  why: 'A word with two definitions has a reader choose between them. The terms of a proposal hold in it and in those that require it. Where the second sentence adds to the first, write its word without emphasis. Where it means something else, take another word. A state can be defined again of something else: an open door is not an open window.',
  wrong:
    '### Terms\n\nA *door* is a hole that shuts.\n\n### Doors\n\nThe *door* is what a gateway opens.',
  right:
    '### Terms\n\nA *door* is a hole that shuts.\n\n### Doors\n\nThe door is what a gateway opens.',
  *checkLibrary(library) {
    const drafts = proposalsOf(library);
    for (const draft of drafts) {
      const earlier: { readonly draft: Draft; readonly term: Term; readonly line: number }[] = [];
      for (const other of requiredBy(draft, drafts))
        for (const { value, line } of other.proposal.terms)
          earlier.push({ draft: other, term: value, line });
      for (const { value: term, line } of draft.proposal.terms) {
        const first = earlier.find((one) => isSameTerm(one.term, term));
        if (first)
          yield {
            in: draft.document,
            at: term.start,
            end: term.end,
            message: `“${term.term}” is already defined at ${first.draft.document.file}:${first.line}`,
            hint: 'Write it without emphasis, or take another word.',
          };
        else earlier.push({ draft, term, line });
      }
    }
  },
};

/** The drafts that one requires, and those that they require, itself left out. */
function requiredBy(draft: Draft, drafts: readonly Draft[]): Draft[] {
  const found = new Set<Draft>([draft]);
  for (const one of found)
    for (const number of one.proposal.frontMatter.requires ?? []) {
      const other = drafts.find(({ proposal }) => proposal.frontMatter.proposal === number);
      if (other) found.add(other);
    }
  found.delete(draft);
  return [...found];
}
