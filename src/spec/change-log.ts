// The section “Change log”: one item for each revision, newest first.

import { toString as plainText } from 'mdast-util-to-string';
import { endOf, type ProposalDocument, readDocument, startOf } from './document.ts';
import { sectionsOf } from './sections.ts';
import { CONDITIONAL_FIELDS } from './status.ts';

/** What a draft says of itself until somebody changes it. */
export const UNCHANGED = 'no change yet.';

export interface LogEntry {
  readonly revision: number;
  /** What it says behind `Revision N: `. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** The items of the change log that begin with `Revision N:`. */
export function logOf(document: ProposalDocument): LogEntry[] {
  const sections = sectionsOf(document);
  const at = sections.findIndex(({ heading }) => heading.text === 'Change log');
  const section = sections[at];
  if (!section) return [];
  const nodes = document.tree.children.slice(
    section.heading.index + 1,
    sections[at + 1]?.heading.index,
  );
  return nodes.flatMap((node) =>
    node.type !== 'list'
      ? []
      : node.children.flatMap((item) => {
          const match = /^Revision (\d+):\s*([\s\S]*)$/.exec(plainText(item));
          return match
            ? [
                {
                  revision: Number(match[1]),
                  text: (match[2] ?? '').trim(),
                  start: startOf(item),
                  end: endOf(item),
                },
              ]
            : [];
        }),
  );
}

/** Whether the change log says of a revision that nothing is changed yet. The linter holds it to that. */
export function isUnchanged(text: string, revision: number): boolean {
  return text.split(/\r\n?|\n/).includes(`- Revision ${revision}: ${UNCHANGED}`);
}

/** The text with an item for a revision that has not changed anything yet, before the others. */
export function openRevision(text: string, revision: number): string {
  const document = readDocument(text, '');
  const [newest] = logOf(document);
  const line = `- Revision ${revision}: ${UNCHANGED}\n`;
  if (newest) return text.slice(0, newest.start) + line + text.slice(newest.start);
  return `${text.trimEnd()}\n\n${line}`;
}

/** What a step of status changes, and publishing. */
const LIFE = new Set<string>(['revision', 'status', ...CONDITIONAL_FIELDS]);

/** What a text says apart from its revision, its status and its change log: two that agree in it say the same. */
export function substanceOf(document: ProposalDocument): string {
  const log = sectionsOf(document).find(({ heading }) => heading.text === 'Change log');
  const kept = document.frontMatter.entries
    .filter(({ key }) => !LIFE.has(key))
    .map(({ key, value }) => `${key}: ${JSON.stringify(value)}`);
  const start = document.frontMatter.span?.[1] ?? 0;
  return [
    ...kept,
    document.source.slice(start, log?.heading.start),
    log ? document.source.slice(log.end) : '',
  ].join('\n');
}
