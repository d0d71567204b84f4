// The events of a trace as a Markdown table, for a discussion. Knows nothing of where it is pasted: what programs print
// never leaves its cell.

import type { TraceEvent } from '../event.ts';
import { carried, milliseconds, who } from '../words.ts';

/** Rows of a table, past which the rest is counted: comments have limits. */
export const MOST_ROWS = 200;

export interface MarkdownOptions {
  /** Where a requirement is read. Without it, ids are text. */
  readonly clauseHref?: (requirement: string) => string;
  /** Events that were not kept. */
  readonly dropped?: number;
  readonly mostRows?: number;
}

/** Each event with who did it, what it carried, and the clause that governs it. No line end at its end. */
export function traceTable(events: readonly TraceEvent[], options: MarkdownOptions = {}): string {
  const { clauseHref, dropped = 0, mostRows = MOST_ROWS } = options;
  const rows = events.slice(0, mostRows).map((event) => {
    const { seq, t, type, state = '', requirement } = event;
    const what = cellText(carried(event));
    const cells = [
      seq,
      milliseconds(t),
      who(event),
      // An application may send anything as a type.
      /^[\w.-]+$/.test(type) ? `\`${type}\`` : cellText(type),
      event.violation ? `**Violation** ${what}` : what,
      cellText(state),
      clause(event.violation?.requirement ?? requirement, clauseHref),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  const missing = events.length - rows.length + dropped;
  return [
    '| # | ms | Who | Event | What it carried | State | Clause |',
    '| ---: | ---: | --- | --- | --- | --- | --- |',
    ...rows,
    ...(missing > 0 ? ['', `${missing} more events are left out.`] : []),
  ].join('\n');
}

function clause(id: string | undefined, href: MarkdownOptions['clauseHref']): string {
  if (id === undefined) return '';
  return href ? `[${cellText(id)}](<${href(id)}>)` : cellText(id);
}

/** Text that is nothing but text: what Markdown or HTML would take for a sign is escaped. */
export function inlineText(text: string): string {
  return text.replace(/[\\`*_[\]<>|#~&!]/g, '\\$&').replace(/\s+/g, ' ');
}

function cellText(text: string): string {
  return inlineText(text).trim();
}
