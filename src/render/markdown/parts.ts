// Cuts rendered Markdown at its embedded examples, so that a page can render components between the parts.

export const TRY_ELEMENT = 'portway-try';

/** HTML, or an example with its caption (inline HTML of our own making). */
export type Part =
  | { readonly html: string }
  | { readonly example: string; readonly caption: string };

const TRY = new RegExp(
  `<${TRY_ELEMENT} data-example="([a-z0-9-]+)">([\\s\\S]*?)</${TRY_ELEMENT}>`,
  'g',
);

/** Examples stand at the top level of a document, so every part is whole HTML. */
export function cut(html: string): Part[] {
  const parts: Part[] = [];
  let end = 0;
  for (const match of html.matchAll(TRY)) {
    const [written, example = '', caption = ''] = match;
    parts.push({ html: html.slice(end, match.index) }, { example, caption });
    end = match.index + written.length;
  }
  parts.push({ html: html.slice(end) });
  return parts.filter((part) => !('html' in part) || part.html.trim() !== '');
}
