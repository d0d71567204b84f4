// The forms in which a reader takes a trace along, and what of it. Knows nothing of menus.

import { traceTable } from '../../trace/formats/markdown.ts';
import type { TraceEvent } from '../../trace/index.ts';
import { clauseHref } from '../clause.ts';

/** A form that is a file. */
export interface ExportForm {
  readonly label: string;
  /** For whom it is, in a few words. */
  readonly use: string;
  readonly extension: string;
  readonly type: string;
  write(events: readonly TraceEvent[]): Promise<string>;
}

export const FORMS: readonly ExportForm[] = [
  {
    label: 'NDJSON',
    use: 'opens here and in portway replay',
    extension: 'ndjson',
    type: 'application/x-ndjson',
    write: async (events) => (await import('../../trace/formats/ndjson.ts')).writeNdjson(events),
  },
  {
    label: 'HAR',
    use: 'opens in the network panel of a browser',
    extension: 'har',
    type: 'application/json',
    write: async (events) => (await import('../../trace/formats/har.ts')).writeHar(events),
  },
  {
    label: 'Chrome trace',
    use: 'opens in ui.perfetto.dev',
    extension: 'trace.json',
    type: 'application/json',
    write: async (events) =>
      (await import('../../trace/formats/chrome.ts')).writeChromeTrace(events),
  },
  {
    label: 'Mermaid',
    use: 'a sequence diagram for Markdown',
    extension: 'mmd',
    type: 'text/plain',
    write: async (events) => (await import('../../trace/formats/mermaid.ts')).writeMermaid(events),
  },
];

/** The table for a discussion. `site` is the root that clauses link to, with a slash at its end; without it, ids are text. */
export function markdownOf(events: readonly TraceEvent[], site: string | undefined): string {
  const linked = site === undefined ? {} : { clauseHref: (id: string) => clauseHref(id, site) };
  return `${traceTable(events, linked)}\n`;
}

export interface Choice {
  /** With the values of secret fields. */
  readonly secrets: boolean;
  /** The text of the filter that is kept to, if one is. */
  readonly filter?: string | undefined;
}

/** What of a trace is taken along. @throws Error for a filter that is not understood */
export async function chosenEvents(
  events: readonly TraceEvent[],
  { secrets, filter }: Choice,
): Promise<readonly TraceEvent[]> {
  let chosen = events;
  if (filter !== undefined) {
    const { isFilterError, matches, parseFilter } = await import('../trace/filter.ts');
    const parsed = parseFilter(filter);
    if (isFilterError(parsed))
      throw new Error(
        `the filter is not understood at character ${parsed.position + 1}: ${parsed.message}`,
      );
    chosen = events.filter((event) => matches(parsed, event));
  }
  if (secrets) return chosen;
  const { maskSecrets } = await import('../../trace/secrets.ts');
  return chosen.map(maskSecrets);
}

/** The name of a file without its folder and what it says of its form, fit for a file system. */
export function baseName(name: string): string {
  const base = name
    .replace(/^.*[/\\]/, '')
    .replace(/\.(?:gz|log)$/i, '')
    .replace(/\.(?:ndjson|jsonl|json|txt)$/i, '')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '');
  return base === '' ? 'trace' : base;
}
