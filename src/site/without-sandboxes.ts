// A rendered text for pages that are read and not tried: each example is a line that leads to its page.

import type { Part } from '../render/markdown/parts.ts';
import { examples } from './examples.ts';
import { exampleHref } from './href.ts';

const titles = new Map(examples.map(({ slug, title }) => [slug, title]));

/** HTML of a text, with a link in the place of each sandbox. */
export function withoutSandboxes(parts: readonly Part[]): string {
  return parts
    .map((part) =>
      'html' in part
        ? part.html
        : `<p class="example-link">Example to try: <a href="${exampleHref(part.example)}">${titles.get(part.example) ?? part.example}</a>. ${part.caption}</p>`,
    )
    .join('');
}
