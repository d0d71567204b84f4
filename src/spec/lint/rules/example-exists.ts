import type { DraftRule } from '../rule.ts';
import { embeddings, inBlock, nearest } from '../subjects.ts';

export const exampleExists: DraftRule = {
  id: 'example-exists',
  group: 'links',
  severity: 'error',
  summary: 'An example that is embedded, or drawn, exists under `content/examples`.',
  why: 'A `try` block becomes a sandbox in the text, with the code and the requests of the example; a `sequence` block is drawn from its trace.',
  wrong: '```try\nexample: helo\ncaption: Says hello.\n```',
  right: '```try\nexample: hello\ncaption: Says hello.\n```',
  *checkDraft(draft, { examples }) {
    if (!examples || draft.template) return;
    for (const block of embeddings(draft)) {
      const { example } = block.value;
      if (examples.has(example)) continue;
      const meant = nearest(example, examples.keys());
      yield {
        at: inBlock(draft.document, block, ['example']),
        message: `there is no example \`${example}\``,
        hint: meant
          ? `Did you mean \`${meant}\`?`
          : examples.size > 0
            ? `There are ${[...examples.keys()].join(', ')}.`
            : 'There are none.',
      };
    }
  },
};
