// The page that a browser gets from `portway dev` in place of an answer: what went wrong, where, and the lines around it.

import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface Trouble {
  /** What happened, in a few words. */
  readonly title: string;
  /** The error as the terminal shows it. */
  readonly text: string;
}

/** A place in a file of the application's. */
interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number | undefined;
}

const PLACE = /((?:[\w.@~ -]*\/)*[\w.@~-]+\.[cm]?[jt]sx?):(\d+)(?::(\d+))?/g;
/** Lines that are shown before and behind the one in question. */
const AROUND = 3;

/** The page, complete. Every text from outside is escaped. */
export function errorPage({ title, text }: Trouble, folder: string): string {
  const frame = frameOf(text, folder);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${html(title)}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 60rem; padding: 0 1rem }
h1 { font-size: 1.4rem }
pre { font: 14px/1.5 ui-monospace, monospace; overflow-x: auto; padding: 1rem; border: 1px solid; border-radius: 4px }
mark { background: #fd8; color: #000 }
small { opacity: .8 }
</style>
</head>
<body>
<h1>${html(title)}</h1>
<pre>${html(text)}</pre>
${frame}<p><small>Shown by <code>portway dev</code> alone. Save the file, and reload this page.</small></p>
</body>
</html>
`;
}

/** The lines around the first place in a text that names a file which is there. */
function frameOf(text: string, folder: string): string {
  for (const [, file = '', line, column] of text.matchAll(PLACE)) {
    const place: Place = {
      file: file.trim(),
      line: Number(line),
      column: column === undefined ? undefined : Number(column),
    };
    const source = sourceAt(resolve(folder, place.file));
    if (source && place.line >= 1 && place.line <= source.length)
      return `<h2>${html(`${place.file}:${place.line}`)}</h2>\n<pre>${linesOf(source, place)}</pre>\n`;
  }
  return '';
}

function sourceAt(path: string): readonly string[] | undefined {
  if (path.includes('/node_modules/')) return undefined;
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch {
    return undefined;
  }
}

function linesOf(source: readonly string[], { line, column }: Place): string {
  const first = Math.max(1, line - AROUND);
  const last = Math.min(source.length, line + AROUND);
  const width = String(last).length;
  const lines: string[] = [];
  for (let at = first; at <= last; at++) {
    const shown = `${String(at).padStart(width)} | ${html(source[at - 1] ?? '')}`;
    lines.push(at === line ? `<mark>${shown}</mark>` : shown);
    if (at === line && column !== undefined) {
      const before = (source[at - 1] ?? '').slice(0, column - 1).replace(/[^\t]/g, ' ');
      lines.push(`${' '.repeat(width)} | ${before}^`);
    }
  }
  return lines.join('\n');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML. Control characters that a page cannot have are shown as what they are. */
export function html(text: string): string {
  return text
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
    .replace(/[^\P{Cc}\n\t]/gu, '\ufffd');
}
