import type { DraftRule } from '../rule.ts';
import { blocks, inBlock, nearest } from '../subjects.ts';

export const recordExtendsKnown: DraftRule = {
  id: 'record-extends-known',
  group: 'blocks',
  severity: 'error',
  summary: 'A record that extends another names one that exists, without a circle.',
  why: 'It has all fields of the other one. Types in each language are made from it.',
  wrong: 'record: door_scope\nextends: scop',
  right: 'record: door_scope\nextends: scope',
  language: 'yaml',
  essential: true,
  *checkDraft(draft, { specification }) {
    const { records } = specification;
    for (const block of blocks(draft, 'record')) {
      const { record, extends: base } = block.value;
      if (base === undefined) continue;
      const at = () => inBlock(draft.document, block, ['extends']);
      if (!records.has(base)) {
        const meant = nearest(base, records.keys());
        yield {
          at: at(),
          message: `record \`${record}\` extends \`${base}\`, which no proposal defines`,
          hint: meant ? `Did you mean \`${meant}\`?` : 'Define it in a `record` block.',
        };
        continue;
      }
      const seen = new Set<string>();
      for (let name: string | undefined = base; name !== undefined && !seen.has(name); ) {
        seen.add(name);
        name = records.get(name)?.extends;
      }
      if (seen.has(record)) {
        yield {
          at: at(),
          message: `record \`${record}\` extends itself`,
          hint: 'Take out one of the `extends` that make the circle.',
        };
      }
    }
  },
};
