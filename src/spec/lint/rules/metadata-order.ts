import { readDocument } from '../../document.ts';
import { FRONT_MATTER_SHAPES } from '../../join.ts';
import type { DraftRule } from '../rule.ts';

const ORDER = Object.keys(FRONT_MATTER_SHAPES);

export const metadataOrder: DraftRule = {
  id: 'metadata-order',
  group: 'metadata',
  severity: 'error',
  summary: 'The fields of the front matter stand in the order of the table in proposal 1.',
  why: 'Whoever reads many proposals finds the same thing in the same place, and a diff shows only what changed. Where a comment stands among the fields, nobody but its author knows to which it belongs: `--fix` leaves these alone.',
  wrong: 'title: Doors\nproposal: 42',
  right: 'proposal: 42\ntitle: Doors',
  fixes: true,
  language: 'yaml',
  *checkDraft({ document }) {
    const { span, entries } = document.frontMatter;
    const ranks = entries.map(({ key }) => ORDER.indexOf(key));
    const wrong = ranks.findIndex((rank, index) => rank < (ranks[index - 1] ?? -1));
    const entry = entries[wrong];
    if (!span || !entry || ranks.includes(-1)) return;
    const endOfLast =
      span[1] - (/-{3}[ \t]*$/.exec(document.source.slice(...span))?.[0].length ?? 3);
    const start = entries[0]?.keyStart ?? 0;
    const pieces = entries.map(({ keyStart }, index) => ({
      rank: ranks[index] ?? 0,
      text: document.source.slice(keyStart, entries[index + 1]?.keyStart ?? endOfLast),
    }));
    const sorted = pieces
      .sort((a, b) => a.rank - b.rank)
      .map(({ text }) => text)
      .join('');
    const values = (all: typeof entries) =>
      all
        .map(({ key, value }) => `${key}: ${String(value)}`)
        .sort()
        .join('\n');
    const { source } = document;
    const mended = source.slice(span[0], start) + sorted + source.slice(endOfLast, span[1]);
    const again = readDocument(mended, document.file).frontMatter;
    const safe = !/^[ \t]*#/m.test(sorted) && values(again.entries) === values(entries);
    yield {
      at: entry.keyStart,
      end: entry.keyStart + entry.key.length,
      message: `\`${entry.key}\` stands behind \`${entries[wrong - 1]?.key}\``,
      hint: `The order is ${ORDER.filter((key) => entries.some((other) => other.key === key)).join(', ')}.`,
      ...(safe ? { fix: [{ start, end: endOfLast, text: sorted }] } : {}),
    };
  },
};
