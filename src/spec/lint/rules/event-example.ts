import type { DraftRule } from '../rule.ts';
import { blocks, inBlock } from '../subjects.ts';

export const eventExample: DraftRule = {
  id: 'event-example',
  group: 'blocks',
  severity: 'error',
  summary: 'The example of an event is one: of its type, with every required field and no other.',
  why: 'Authors copy examples before they read fields. Pages, schemas and tests use the same example.',
  wrong:
    'type: door.push\nfields:\n  force: {type: integer, text: In newtons.}\nexample: {type: door.push}',
  right:
    'type: door.push\nfields:\n  force: {type: integer, text: In newtons.}\nexample: {type: door.push, force: 10}',
  language: 'yaml',
  essential: true,
  *checkDraft(draft) {
    for (const block of blocks(draft, 'event')) {
      const { type, fields, example, exactly_one } = block.value;
      const at = (...path: Parameters<typeof inBlock>[2]) =>
        inBlock(draft.document, block, ['example', ...path]);
      if (example.type !== type) {
        yield {
          at: at('type'),
          message: `the example of \`${type}\` has the type \`${example.type}\``,
          hint: `Write \`type: ${type}\`.`,
        };
      }
      for (const key of Object.keys(example)) {
        if (key !== 'type' && !Object.hasOwn(fields, key)) {
          yield {
            at: at({ key }),
            message: `the example of \`${type}\` has the undeclared field \`${key}\``,
            hint: 'Declare it under `fields`, or take it out.',
          };
        }
      }
      for (const [name, field] of Object.entries(fields)) {
        if (!Object.hasOwn(example, name) && !field.optional && field.default === undefined) {
          yield {
            at: at(),
            message: `the example of \`${type}\` lacks the field \`${name}\``,
            hint: 'Add it, or declare it as `optional` or with a `default`.',
          };
        }
      }
      const present = exactly_one?.filter((name) => Object.hasOwn(example, name));
      if (present && present.length !== 1) {
        yield {
          at: at(),
          message: `the example of \`${type}\` has ${present.length} of the fields ${exactly_one?.join(', ')}, and needs exactly one`,
        };
      }
    }
  },
};
