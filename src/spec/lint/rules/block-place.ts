import type { DraftRule } from '../rule.ts';

export const blockPlace: DraftRule = {
  id: 'block-place',
  group: 'blocks',
  severity: 'error',
  summary: 'A block that programs read stands at the top level, outside of lists and quotations.',
  why: 'Inside something else nothing is read from it, and the event or machine that it describes does not exist.',
  wrong: '- An event:\n\n  ```event\n  type: door.push\n  ```',
  right: '```event\ntype: door.push\n```',
  essential: true,
  *checkDraft({ document }) {
    for (const { text, start } of document.strayBlocks) {
      yield {
        at: start,
        message: `this ${text} block stands inside something else, so nothing is read from it`,
        hint: 'Put it outside of lists and quotations.',
      };
    }
  },
};
