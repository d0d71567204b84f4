import { type ProposalDocument, REQUIREMENT_ID } from '../../document.ts';
import type { LibraryRule } from '../rule.ts';
import { entryOf, inBlock, proposalsOf } from '../subjects.ts';

export const unique: LibraryRule = {
  id: 'unique',
  group: 'normative',
  severity: 'error',
  summary:
    'A proposal number, a requirement, an event, a record, a machine and a revision of a feature are defined once.',
  why: 'An id that means two things means nothing. Ids are never reused: choose another, or refer to the first with `[some.id]`.',
  wrong:
    'r[door.opens]\nThe gateway MUST open the door.\n\nr[door.opens]\nThe gateway MUST open the window.',
  right:
    'r[door.opens]\nThe gateway MUST open the door.\n\nr[window.opens]\nThe gateway MUST open the window.',
  essential: true,
  *checkLibrary(library) {
    const numbers = new Map<number, string>();
    const seen = new Map<string, Definition>();
    for (const draft of proposalsOf(library)) {
      const { document, proposal } = draft;
      const number = proposal.frontMatter.proposal;
      const earlier = numbers.get(number);
      if (earlier !== undefined) {
        const entry = entryOf(draft, 'proposal');
        yield {
          in: document,
          at: entry?.valueStart ?? 0,
          ...(entry ? { end: entry.valueEnd } : {}),
          message: `proposal ${number} is already ${earlier}`,
          hint: 'Numbers are never reused. Take the next one that is free.',
        };
        // 0 stands for front matter that could not be read.
      } else if (number !== 0) numbers.set(number, document.file);
      for (const definition of definitionsOf(document)) {
        const { what, name, at } = definition;
        const first = seen.get(`${what} ${name}`);
        if (first === undefined) {
          seen.set(`${what} ${name}`, definition);
          continue;
        }
        const place = `${first.document.file}:${first.document.place(first.at()).line}`;
        yield {
          in: document,
          at: at(),
          message: `${what} \`${name}\` is already defined at ${place}`,
          hint: 'Ids are never reused. Choose another, or refer to the first.',
        };
      }
    }
  },
};

interface Definition {
  readonly document: ProposalDocument;
  readonly what: string;
  readonly name: string;
  /** Offset of the name. Looked for only where two are the same. */
  readonly at: () => number;
}

function* definitionsOf(document: ProposalDocument): Generator<Definition> {
  for (const { id, start } of document.marked) {
    if (REQUIREMENT_ID.test(id)) yield { document, what: 'requirement', name: id, at: () => start };
  }
  for (const block of document.blocks) {
    if (block.value === undefined) continue;
    const named = (what: string, name: string, key: string = what): Definition => {
      return { document, what, name, at: () => inBlock(document, block, [key]) };
    };
    if (block.kind === 'event') yield named('event', block.value.type, 'type');
    if (block.kind === 'record') yield named('record', block.value.record);
    if (block.kind === 'machine') yield named('machine', block.value.machine);
    if (block.kind === 'feature') {
      const { feature, revision } = block.value;
      yield named('feature', `${feature} revision ${revision}`);
    }
  }
}
