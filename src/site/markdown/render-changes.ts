// Renders a sentence with what came and what went as `<ins>` and `<del>`, said in words too for those who hear it.
import type { Segment } from '../../spec/redline/model.ts';
import { renderInline } from './render.ts';

/** Characters of private use, which stand for the tags while the Markdown around them is rendered. */
const MARKS = { ins: ['\ue000', '\ue001'], del: ['\ue002', '\ue003'] } as const;
const WORDS = { ins: 'added', del: 'removed' } as const;

/** Inline HTML of a compared sentence. `file` is the path that messages name. */
export async function renderChanges(segments: readonly Segment[], file: string): Promise<string> {
  const source = segments
    .map(({ op, text }) => {
      if (op === 'same') return text;
      const [open, close] = MARKS[op];
      // What was taken out may refer to what is no more.
      return open + (op === 'del' ? text.replace(/\[([a-z][\w.-]+)\]/g, '`$1`') : text) + close;
    })
    .join('');
  let html = await renderInline(source, file);
  for (const op of ['ins', 'del'] as const) {
    const [open, close] = MARKS[op];
    html = html
      .replaceAll(open, `<${op}><span class="sr-only">(${WORDS[op]}: </span>`)
      .replaceAll(close, `<span class="sr-only">)</span></${op}>`);
  }
  return html;
}
