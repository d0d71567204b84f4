import { startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const tableCaption: DraftRule = {
  id: 'table-caption',
  group: 'structure',
  severity: 'error',
  summary:
    'A table has a caption: a paragraph that begins with `Table: ` directly behind it, after an empty line.',
  why: 'A caption says what the rows are before a reader looks at them. Screen readers announce it, and references can name it.',
  wrong: '| state | meaning |\n|---|---|\n| shut | It is shut. |',
  right: '| state | meaning |\n|---|---|\n| shut | It is shut. |\n\nTable: States of a door',
  *checkDraft({ document }) {
    for (const { node, index } of document.tables) {
      const next = index < 0 ? undefined : document.tree.children[index + 1];
      if (next?.type === 'paragraph' && /^Table: \S/.test(document.source.slice(startOf(next))))
        continue;
      yield {
        at: startOf(node),
        message: 'the table has no caption',
        hint: `${index < 0 ? 'Put it outside of lists and quotations. ' : ''}Behind it, after an empty line, stands a paragraph: \`Table: What the rows are\`.`,
      };
    }
  },
};
