import type { DraftRule } from '../rule.ts';
import { embeddings, inBlock } from '../subjects.ts';

export const examplePasses: DraftRule = {
  id: 'example-passes',
  group: 'links',
  severity: 'error',
  summary:
    'An example that is embedded, or drawn, runs, and breaks no requirement but the one that it breaks on purpose.',
  why: 'Readers take examples for correct. One that shows a mistake says which, with `breaks` in its description.',
  wrong: '```try\nexample: half-written\ncaption: Says hello.\n```',
  right: '```try\nexample: hello\ncaption: Says hello.\n```',
  *checkDraft(draft, { examples }) {
    for (const block of embeddings(draft)) {
      const { example } = block.value;
      const run = examples?.get(example);
      if (!run) continue;
      const at = () => inBlock(draft.document, block, ['example']);
      if (run.error !== undefined) {
        yield {
          at: at(),
          message: `the example \`${example}\` does not run: ${run.error}`,
          hint: 'Mend it: readers run it too.',
        };
        continue;
      }
      const others = run.violations.filter((id) => id !== run.breaks);
      if (others.length > 0) {
        yield {
          at: at(),
          message: `the example \`${example}\` breaks ${others.map((id) => `\`${id}\``).join(', ')}`,
          hint: 'Mend it; or, if it shows that mistake, name it as `breaks` in its example.md.',
        };
      }
      if (run.breaks !== undefined && !run.violations.includes(run.breaks)) {
        yield {
          at: at(),
          message: `the example \`${example}\` is to break \`${run.breaks}\`, and does not`,
          hint: 'Let it do so, or take `breaks` out of its example.md.',
        };
      }
    }
  },
};
