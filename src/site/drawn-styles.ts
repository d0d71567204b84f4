// The sheets of a sandbox hold what it can become; a page that is only read needs what is drawn in it. Behind the build,
// such a page links a sheet with the rules that can match its site's HTML as it is written, and names the whole sheet,
// which `client:intent` puts behind it before anything wakes.
import { type Vocabulary, withoutUnused } from './unused-styles.ts';

/** Of a linked sheet that is not whole: the address of the one that is. `client:intent` reads it. */
export const WHOLE = 'data-whole';

const LINK = /<link rel="stylesheet" href="([^"]*\/_astro\/([^"/]+\.css))">/g;
const ISLAND = /<astro-island [^>]*?client="(\w+)"/g;
/** Start tags with their attributes, whose values may hold `>`. */
const TAG =
  /<([a-z][^\s/>]*)((?:\s+[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>/gi;
const ATTRIBUTE = /([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
/** Not worth a sheet of its own: about as much as its name costs in each page. */
export const LEAST = 1000;

/** Adds what selectors can name in a page as it is written: elements, attributes, classes and ids. */
export function addDrawn(html: string, vocabulary: Vocabulary): void {
  for (const [, element = '', attributes = ''] of html.matchAll(TAG)) {
    vocabulary.add(element);
    for (const [, name = '', double, single, bare] of attributes.matchAll(ATTRIBUTE)) {
      vocabulary.add(name);
      if (/^(?:class|id)$/i.test(name)) vocabulary.add(double ?? single ?? bare ?? '');
    }
  }
}

/** What of a sheet can match what is drawn. Only rules of components go, which their scripts alone bring to life. */
export function drawnOf(css: string, vocabulary: Vocabulary): string {
  return withoutUnused(css, vocabulary, (selectors) =>
    selectors.every((selector) => /\.svelte-[a-z0-9]/.test(selector)),
  ).css;
}

/** Whether the page has islands, and each of them wakes on intent, which fetches what is left out here. */
export function wakesOnIntent(html: string): boolean {
  const islands = [...html.matchAll(ISLAND)].map(([, client]) => client);
  return islands.length > 0 && islands.every((client) => client === 'intent');
}

/**
 * A page that links what is drawn of each sheet, and names the whole one. `drawnSheet` gives the file name of what is
 * drawn by that of the sheet, or undefined where the sheet is linked as it is.
 */
export function drawnLinks(html: string, drawnSheet: (name: string) => string | undefined): string {
  return html.replace(LINK, (link, address: string, name: string) => {
    const next = drawnSheet(name);
    if (next === undefined) return link;
    const shown = address.replace(name, next);
    return `<link rel="stylesheet" href="${shown}" ${WHOLE}="${address}">`;
  });
}
