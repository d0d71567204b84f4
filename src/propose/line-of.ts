// Where a fragment of a proposal's page stands in its text, as far as that can be told without reading it as Markdown.

import GithubSlugger from 'github-slugger';

/** The line, from 1, of a requirement or a heading; undefined where the text has none that is written plainly. */
export function lineOf(text: string, anchor: string): number | undefined {
  const slugger = new GithubSlugger();
  let fence = '';
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    const [, ticks = ''] = /^(`{3,}|~{3,})/.exec(line) ?? [];
    if (ticks !== '' && (fence === '' || ticks.startsWith(fence)))
      fence = fence === '' ? ticks : '';
    if (fence !== '') continue;
    if (line === `r[${anchor}]`) return index + 1;
    // The title is no heading of the page.
    const [, heading] = /^#{2,6} +(.*?)(?: +#+)? *$/.exec(line) ?? [];
    if (heading !== undefined && slugger.slug(heading.replace(/[`*]/g, '')) === anchor)
      return index + 1;
  }
  return undefined;
}
