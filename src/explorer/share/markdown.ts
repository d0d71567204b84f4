// A program, its requests and what a run gave, as Markdown for a discussion. Knows nothing of where it is pasted: what
// programs print never leaves its code block or its cell.

import { SCENARIO_FILE } from '../../sandbox/state.ts';
import { inlineText, traceTable } from '../../trace/formats/markdown.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { clauseHref } from '../clause.ts';

export interface Discussed {
  readonly title: string;
  /** Where it can be opened, if there is such a place. */
  readonly url?: string;
  /** Path to text, the application first and `requests.http` among them. */
  readonly files: Readonly<Record<string, string>>;
  readonly events: readonly TraceEvent[];
  /** Events that were not kept. */
  readonly dropped: number;
  /** Root of the site as an absolute URL, with a slash at its end. */
  readonly site: string;
}

const LANGUAGES: Readonly<Record<string, string>> = {
  ts: 'ts',
  py: 'python',
  js: 'js',
  json: 'json',
  http: 'http',
  html: 'html',
  css: 'css',
};

export function programMarkdown({ title, url, files, events, dropped, site }: Discussed): string {
  const { [SCENARIO_FILE]: requests, ...program } = files;
  const sections = [
    `### ${inlineText(title)}`,
    ...(url === undefined ? [] : [`[Open it in a sandbox](<${url}>)`]),
    ...Object.entries(program).map(([path, text]) => file(path, text)),
    ...(requests === undefined ? [] : [file(SCENARIO_FILE, requests)]),
    ...(events.length === 0 ? [] : [trace(events, dropped, site)]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function file(path: string, text: string): string {
  const language = LANGUAGES[path.slice(path.lastIndexOf('.') + 1)] ?? '';
  return `**${inlineText(path)}**\n\n${fenced(text, language)}`;
}

/** A code block whose fence is longer than any run of backticks in it. */
function fenced(text: string, language: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(Math.max(3, longest + 1));
  return `${fence}${language}\n${text.replace(/\n?$/, '\n')}${fence}`;
}

function trace(events: readonly TraceEvent[], dropped: number, site: string): string {
  const table = traceTable(events, { clauseHref: (id) => clauseHref(id, site), dropped });
  return `**Trace**\n\n${table}`;
}
