// The sheets of a sandbox hold what it can become; a page that is only read needs what is drawn in it. Behind the build,
// such a page links a sheet with the rules that can match its site's HTML as it is written, and names the whole sheet,
// which `client:intent` puts behind it before anything wakes.
import { createHash } from 'node:crypto';
import { glob, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration } from 'astro';
import { Vocabulary, withoutUnused } from './unused-styles.ts';

/** Of a linked sheet that is not whole: the address of the one that is. `client:intent` reads it. */
export const WHOLE = 'data-whole';

const LINK = /<link rel="stylesheet" href="([^"]*\/_astro\/([^"/]+)\.css)">/g;
const ISLAND = /<astro-island [^>]*?client="(\w+)"/g;
/** Start tags with their attributes, whose values may hold `>`. */
const TAG =
  /<([a-z][^\s/>]*)((?:\s+[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>/gi;
const ATTRIBUTE = /([^\s"'>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+)))?/g;
/** Not worth a sheet of its own: about as much as its name costs in each page. */
const LEAST = 1000;

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

/** Has to stand behind what renames sheets, and before what names the requests of a page. */
export function drawnStyles(): AstroIntegration {
  return {
    name: 'portway:drawn-styles',
    hooks: {
      'astro:build:done': async ({ dir, logger }) => {
        const vocabulary = new Vocabulary();
        const pages = new Map<URL, string>();
        for await (const path of glob('**/*.html', { cwd: fileURLToPath(dir) })) {
          const file = new URL(path.split('\\').join('/'), dir);
          const html = await readFile(file, 'utf8');
          if (!wakesOnIntent(html)) continue;
          pages.set(file, html);
          addDrawn(html, vocabulary);
        }
        const drawn = new Map<string, string | undefined>();
        const drawnSheet = async (name: string) => {
          if (drawn.has(name)) return drawn.get(name);
          const css = await readFile(new URL(`_astro/${name}.css`, dir), 'utf8');
          const kept = drawnOf(css, vocabulary);
          const hash = createHash('sha256').update(kept).digest('base64url').slice(0, 8);
          const next =
            css.length - kept.length < LEAST ? undefined : `${name.split('.')[0]}-drawn.${hash}`;
          if (next !== undefined) {
            await writeFile(new URL(`_astro/${next}.css`, dir), kept);
            logger.info(`${name}.css: ${kept.length} of ${css.length} octets are drawn`);
          }
          drawn.set(name, next);
          return next;
        };
        for (const [file, before] of pages) {
          let html = before;
          for (const [link, address = '', name = ''] of before.matchAll(LINK)) {
            const next = await drawnSheet(name);
            if (next === undefined) continue;
            const shown = address.replace(`${name}.css`, `${next}.css`);
            html = html.replace(
              link,
              `<link rel="stylesheet" href="${shown}" ${WHOLE}="${address}">`,
            );
          }
          if (html !== before) await writeFile(file, html);
        }
      },
    },
  };
}
