// What a sandbox is made from (its sources, their highlighted code, the recorded trace) stands in its page already, as
// what the reader sees. Behind the build it moves out of the page into a file of its own, which `client:intent` fetches
// with the sandbox, so that a page that is only read does not carry it twice.
import { createHash } from 'node:crypto';
import { href } from './href.ts';

/** Built files below it are named by their content. */
export const PROPS_FOLDER = '_astro/props/';

const ISLAND = /<astro-island (?=[^>]* client="intent")([^>]*?) props="([^"]*)"/g;

/** Written beside the first island, where HTML allows no style. styles/try.css says the same. */
const ISLAND_STYLE = '<style>astro-island,astro-slot,astro-static-slot{display:contents}</style>';

/** Characters that Astro writes as references in an attribute. */
const WRITTEN: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&#39;': "'",
  '&lt;': '<',
  '&gt;': '>',
  '&amp;': '&',
};

/**
 * A page whose islands name their properties by address, and these properties as JSON by file name. The style that
 * Astro writes into the text of the page is left out.
 */
export function moveProps(html: string): { html: string; files: Map<string, string> } {
  const files = new Map<string, string>();
  const moved = html
    .replaceAll(ISLAND_STYLE, '')
    .replace(ISLAND, (_, before: string, written: string) => {
      const json = written.replace(/&(?:quot|#39|lt|gt|amp);/g, (name) => WRITTEN[name] ?? name);
      JSON.parse(json); // What Astro writes otherwise one day is seen here, and not by a reader.
      const name = `${createHash('sha256').update(json).digest('hex').slice(0, 12)}.json`;
      files.set(name, json);
      return `<astro-island ${before} data-props="${href(`/${PROPS_FOLDER}${name}`)}"`;
    });
  return { html: moved, files };
}
