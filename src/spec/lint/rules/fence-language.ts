import { startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

export const fenceLanguage: DraftRule = {
  id: 'fence-language',
  group: 'links',
  severity: 'error',
  summary: 'Code stands in a fence that says its language.',
  why: 'Highlighting, copying and running depend on it, and programs read some kinds. What is no code has the language `text`.',
  wrong: '```\nGET / HTTP/1.1\n```',
  right: '```http\nGET / HTTP/1.1\n```',
  errata: true,
  *checkDraft({ document }) {
    for (const fence of document.fences) {
      if (fence.lang) continue;
      yield {
        at: startOf(fence),
        message: 'the code has no language',
        hint: /^[`~]/.test(document.source.slice(startOf(fence)))
          ? 'Write one behind the fence: `text` if it is none.'
          : 'Put it between two fences instead of indenting it, and write one behind the first.',
      };
    }
  },
};
