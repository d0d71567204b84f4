import type { FieldBlock } from '../../blocks.ts';
import { FIELD_TYPES } from '../../model.ts';
import type { DraftRule } from '../rule.ts';
import { inBlock, nearest } from '../subjects.ts';

export const fieldTypeKnown: DraftRule = {
  id: 'field-type-known',
  group: 'blocks',
  severity: 'error',
  summary: 'The type of a field is built in or a record.',
  why: 'Types in each language, schemas and checks are generated from it. A compound value is a `record` block, which any proposal may define.',
  wrong: 'fields:\n  length: {type: number, text: Octets.}',
  right: 'fields:\n  length: {type: integer, text: Octets.}',
  language: 'yaml',
  essential: true,
  *checkDraft({ document }, { specification }) {
    const { records } = specification;
    for (const block of document.blocks) {
      if ((block.kind !== 'event' && block.kind !== 'record') || block.value === undefined)
        continue;
      const fields: Readonly<Record<string, FieldBlock>> = block.value.fields;
      for (const [name, { type }] of Object.entries(fields)) {
        if (Object.hasOwn(FIELD_TYPES, type) || records.has(type)) continue;
        const meant = nearest(type, [...Object.keys(FIELD_TYPES), ...records.keys()]);
        yield {
          at: inBlock(document, block, ['fields', name, 'type']),
          message: `field \`${name}\` has the type \`${type}\`, which is neither built in nor a record`,
          hint: `${meant ? `Did you mean \`${meant}\`? ` : ''}Built in are ${Object.keys(FIELD_TYPES).join(', ')}.`,
        };
      }
    }
  },
};
