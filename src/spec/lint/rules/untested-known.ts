import type { DraftRule } from '../rule.ts';
import { blocks, exemptIn, idsOf, inBlock, nearest } from '../subjects.ts';

export const untestedKnown: DraftRule = {
  id: 'untested-known',
  group: 'normative',
  severity: 'error',
  summary: 'An exemption from testing names a requirement that exists, once, and that has no test.',
  why: 'An exemption that outlives its reason hides that something could be tested, or is.',
  wrong: '```untested\n- {requirement: door.opns, reason: "…"}\n```',
  right: '```untested\n- {requirement: door.opens, reason: "…"}\n```',
  *checkDraft(draft, library) {
    if (draft.template) return;
    const ids = idsOf(library);
    for (const block of blocks(draft, 'untested')) {
      for (const [index, { requirement: id }] of block.value.entries()) {
        const at = () => inBlock(draft.document, block, [index, 'requirement']);
        const first = exemptIn(library).get(id);
        if (!ids.has(id)) {
          const meant = nearest(id, ids);
          yield {
            at: at(),
            message: `\`${id}\` is exempt from testing, and no proposal defines it`,
            hint: meant ? `Did you mean \`${meant}\`?` : 'Delete the exemption.',
          };
        } else if (first && (first.block !== block || first.index !== index)) {
          yield {
            at: at(),
            message: `\`${id}\` is already exempt in ${first.file}:${first.line}`,
            hint: 'Delete one of the two.',
          };
        } else if (library.tests?.has(id)) {
          yield {
            at: at(),
            message: `\`${id}\` is exempt from testing, and ${library.tests.get(id)?.[0]} tests it`,
            hint: 'Delete the exemption.',
          };
        }
      }
    }
  },
};
