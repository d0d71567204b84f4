import { keywordsIn, startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';

const QUOTING = new Set(['text', 'markdown', 'md', 'diff']);

export const keywordInExample: DraftRule = {
  id: 'keyword-in-example',
  group: 'normative',
  severity: 'error',
  summary: 'No keyword of BCP 14 stands in an example or in a block.',
  why: 'The texts of blocks explain, and examples show; what binds is a requirement with an id, which the block can name. Fences of the language `text` or `markdown` are left alone: they may quote a requirement.',
  wrong: '```ts\n// You MUST await this.\nawait send(event);\n```',
  right: '```ts\n// Waits for the buffer (flow.send-waits).\nawait send(event);\n```',
  *checkDraft({ document, template }) {
    if (template) return;
    for (const fence of document.fences) {
      if (fence.lang == null || QUOTING.has(fence.lang)) continue;
      const start = startOf(fence);
      const whole = document.source.slice(start, fence.position?.end.offset);
      for (const { word, start: at } of keywordsIn(whole, start)) {
        // In code, REQUIRED and OPTIONAL are names.
        if (!/^(?:MUST|SHOULD|SHALL|MAY)/.test(word)) continue;
        yield {
          at,
          end: at + word.length,
          message: `${word} stands in a block of ${fence.lang}`,
          hint: 'Name the requirement by its id instead.',
        };
      }
    }
  },
};
