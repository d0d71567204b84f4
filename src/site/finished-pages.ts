// What is done to the pages behind the build, which is the last step before they are served: properties of islands and
// styles that are needed late move out, rules that match nothing go, and each page gets its policy. Every page is read
// twice, and one at a time: once for what all of them together use, once to be written. What is done to a page is said
// in the modules of the steps.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { AstroIntegration, AstroIntegrationLogger } from 'astro';
import { addDrawn, drawnLinks, drawnOf, LEAST, wakesOnIntent } from './drawn-styles.ts';
import { href } from './href.ts';
import { moveProps, PROPS_FOLDER } from './island-props.ts';
import { LATE_FOLDER, moveStyles } from './late-styles.ts';
import { withPolicy } from './policy.ts';
import { TAKEN_OUT, Vocabulary, withoutUnused } from './unused-styles.ts';

/** Has to stand behind every integration that writes into pages, classes or links of sheets. */
export function finishedPages(): AstroIntegration {
  return {
    name: 'portway:finished-pages',
    hooks: {
      'astro:build:done': ({ dir, logger }) => finish(fileURLToPath(dir), logger),
    },
  };
}

function finish(dist: string, logger: Pick<AstroIntegrationLogger, 'info'>): void {
  const read = (file: string) => readFileSync(join(dist, file), 'utf8');
  const write = (file: string, text: string) => writeFileSync(join(dist, file), text);
  const files = readdirSync(dist, { recursive: true, encoding: 'utf8' }).map((file) =>
    file.replaceAll('\\', '/'),
  );
  const pages = files.filter((file) => file.endsWith('.html'));
  const sheets = files.filter((file) => /^_astro\/.*\.css$/.test(file));
  const top = sheets.filter((file) => file.lastIndexOf('/') === '_astro'.length);

  const used = new Vocabulary();
  const drawn = new Vocabulary();
  const added = moveParts(pages);
  const named = readPrograms([
    ...files.filter((file) => /\.(?:m?js|json)$/.test(file)),
    ...added.filter((file) => file.endsWith('.json')),
  ]);
  const renamed = takeOutUnused();
  const drawnSheet = drawnSheets();
  for (const file of pages) {
    const before = read(file);
    let html = before;
    for (const [name, next] of renamed) html = html.replaceAll(name, next);
    if (wakesOnIntent(html)) html = drawnLinks(html, drawnSheet);
    html = withPolicy(html);
    if (html !== before) write(file, html);
  }

  /** Moves what is not needed at first into files of its own, and gives their names. */
  function moveParts(pages: readonly string[]): string[] {
    for (const folder of [PROPS_FOLDER, LATE_FOLDER])
      mkdirSync(join(dist, folder), { recursive: true });
    const texts = new Map(sheets.map((file) => [href(`/${file}`), read(file)]));
    const sheet = (address: string) => {
      const text = texts.get(address);
      if (text === undefined)
        throw new Error(`A page links a style sheet that is not built: ${address}`);
      return text;
    };
    const added = new Map<string, string>();
    for (const page of pages) {
      const before = read(page);
      const props = moveProps(before);
      const styles = moveStyles(props.html, sheet);
      for (const [name, json] of props.files) added.set(PROPS_FOLDER + name, json);
      for (const [name, css] of styles.files) added.set(LATE_FOLDER + name, css);
      if (styles.html !== before) write(page, styles.html);
      used.add(styles.html);
      if (wakesOnIntent(styles.html)) addDrawn(styles.html, drawn);
    }
    for (const [file, text] of added) write(file, text);
    return [...added.keys()];
  }

  /** Adds what programs and their data name, and gives the sheets among it. */
  function readPrograms(programs: readonly string[]): Set<string> {
    const named = new Set<string>();
    for (const file of programs) {
      const text = read(file);
      used.add(text);
      for (const sheet of top) if (text.includes(nameOf(sheet))) named.add(sheet);
    }
    return named;
  }

  /**
   * Takes out rules that match nothing, and gives the new name of each sheet by its old one. A sheet that a script names
   * is left as it is: the script has its name from its content too.
   */
  function takeOutUnused(): Map<string, string> {
    const renamed = new Map<string, string>();
    const lines: string[] = [];
    let saved = 0;
    for (const file of top.filter((sheet) => !named.has(sheet))) {
      const before = read(file);
      const { css, takenOut } = withoutUnused(before, used);
      if (takenOut.length === 0) continue;
      saved += before.length - css.length;
      lines.push(...takenOut);
      // What is kept for a year under a name that its content has given has to have another with another content.
      const next = nameOf(file).replace(/\.[\w-]+\.css$/, `.${hashOf(css)}.css`);
      renamed.set(nameOf(file), next);
      rmSync(join(dist, file));
      write(`_astro/${next}`, css);
    }
    mkdirSync('.cache', { recursive: true });
    writeFileSync(TAKEN_OUT, `${lines.join('\n')}\n`);
    logger.info(`${lines.length} rules taken out of ${renamed.size} sheets, ${saved} octets`);
    return renamed;
  }

  /** Makes the part of a sheet that is drawn, where it is worth a sheet of its own, and gives its name. */
  function drawnSheets(): (name: string) => string | undefined {
    const made = new Map<string, string | undefined>();
    return (name) => {
      if (made.has(name)) return made.get(name);
      const css = read(`_astro/${name}`);
      const kept = drawnOf(css, drawn);
      const next =
        css.length - kept.length < LEAST
          ? undefined
          : `${name.split('.')[0]}-drawn.${hashOf(kept)}.css`;
      if (next !== undefined) {
        write(`_astro/${next}`, kept);
        logger.info(`${name}: ${kept.length} of ${css.length} octets are drawn`);
      }
      made.set(name, next);
      return next;
    };
  }
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 8);
}
