import type { DraftRule } from '../rule.ts';
import { blocks, inBlock, nearest, scopeTypesOf } from '../subjects.ts';

export const eventScopeKnown: DraftRule = {
  id: 'event-scope-known',
  group: 'blocks',
  severity: 'error',
  summary: 'The scope types of an event or a machine are those of some record.',
  why: 'A scope type is defined by the record that describes its scope: the one with that `type`.',
  wrong: 'type: door.push\nscope: [dor]',
  right: 'type: door.push\nscope: [door]',
  language: 'yaml',
  *checkDraft(draft, { specification }) {
    if (draft.template) return;
    const types = scopeTypesOf(specification);
    for (const kind of ['event', 'machine'] as const) {
      for (const block of blocks(draft, kind)) {
        for (const [index, scope] of block.value.scope.entries()) {
          if (types.has(scope)) continue;
          const meant = nearest(scope, types);
          yield {
            at: inBlock(draft.document, block, ['scope', index]),
            message: `no record has the scope type \`${scope}\``,
            hint: meant ? `Did you mean \`${meant}\`?` : `Define a record with \`type: ${scope}\`.`,
          };
        }
      }
    }
  },
};
