// A summary of requirements as text: for the terminal, and as Markdown for a comment on a pull request.

import type { BlockPart } from './block-values.ts';
import { fenced, inlineCode } from './format.ts';
import { COLORED, markedLines, type Palette, PLAIN, visible } from './marks.ts';
import {
  type BlockChange,
  REQUIREMENT_CHANGES,
  type RequirementChange,
  type RequirementChangeKind,
  type RequirementState,
  type Summary,
  type SummaryPlace,
} from './summary.ts';
import { compareWords, whole } from './words.ts';

/** Lines for a terminal, with a line end behind each. */
export function formatSummary(
  summary: Summary,
  { color = false }: { readonly color?: boolean } = {},
): string {
  const palette = color ? COLORED : PLAIN;
  const lines = [`Requirements: ${countsOf(summary)}.`];
  for (const change of inOrder(summary.requirements)) {
    lines.push(
      '',
      palette.head(visible(`${wordsOf(change.kinds)}: ${change.id}${detailsOf(change, TEXT)}`)),
    );
    for (const { sign, text } of sentenceLines(change, palette)) lines.push(`  ${sign} ${text}`);
    for (const note of notesOf(change)) lines.push(visible(`    ${note}`));
  }
  if (summary.blocks.length > 0) lines.push('', 'Blocks:');
  for (const change of summary.blocks) {
    lines.push('', palette.head(visible(blockTitle(change))));
    for (const part of change.parts) lines.push(...partLines(part, palette));
  }
  return `${lines.join('\n')}\n`;
}

/** Markdown for a comment. What the proposals say stands in code, so that nothing of it is taken as markup. */
export function summaryToMarkdown(
  summary: Summary,
  { limit = 60_000 }: { readonly limit?: number } = {},
): string {
  const parts = [`**Requirements:** ${countsOf(summary)}.\n`];
  for (const change of inOrder(summary.requirements)) {
    const lines = sentenceLines(change, PLAIN).map(({ sign, text }) => `${sign} ${text}`.trimEnd());
    const notes = notesOf(change).map((note) => `${inlineCode(note)}\n\n`);
    parts.push(
      `**${wordsOf(change.kinds)}**: ${inlineCode(change.id)}${detailsOf(change, MARKDOWN)}\n\n${notes.join('')}${lines.length === 0 ? '' : fenced(lines.join('\n'), 'diff')}`,
    );
  }
  for (const change of summary.blocks) {
    const lines = change.parts.flatMap((part) =>
      partLines(part, PLAIN).map((line) => line.slice(2)),
    );
    parts.push(
      `**${change.kinds.join(', ')}**: ${change.type} ${inlineCode(change.name)} (${linesOf(change)})\n\n${lines.length === 0 ? '' : fenced(lines.join('\n'), 'diff')}`,
    );
  }
  let size = 0;
  const fitting = parts.filter((part) => {
    size += part.length + 1;
    return size <= limit;
  });
  if (fitting.length < parts.length)
    fitting.push('*The rest is left out: the summary is longer than a comment can be.*\n');
  return fitting.join('\n');
}

function countsOf({ counts, unchanged }: Summary): string {
  const parts = REQUIREMENT_CHANGES.filter((kind) => counts[kind] > 0).map(
    (kind) => `${counts[kind]} ${WORDS[kind]}`,
  );
  return [...(parts.length === 0 ? ['none differs'] : parts), `${unchanged} unchanged`].join(', ');
}

const WORDS: Readonly<Record<RequirementChangeKind, string>> = {
  removed: 'removed',
  reversed: 'reversed',
  weakened: 'weakened',
  'role-changed': 'bound to another role',
  strengthened: 'strengthened',
  changed: 'changed',
  added: 'added',
  renamed: 'renamed',
  moved: 'moved',
  editorial: 'editorial',
};

function wordsOf(kinds: readonly RequirementChangeKind[]): string {
  return kinds.map((kind) => WORDS[kind]).join(', ');
}

/** By the first of their kinds, as a reviewer wants to see them; else as they stand. */
function inOrder(changes: readonly RequirementChange[]): RequirementChange[] {
  const rank = ({ kinds: [first] }: RequirementChange) =>
    first === undefined ? 0 : REQUIREMENT_CHANGES.indexOf(first);
  return [...changes].sort((a, b) => rank(a) - rank(b));
}

/** How ids and headings, which are the words of an author, are set off. */
interface Quotes {
  readonly id: (text: string) => string;
  readonly heading: (text: string) => string;
}
const TEXT: Quotes = { id: (text) => text, heading: (text) => `“${text}”` };
const MARKDOWN: Quotes = { id: inlineCode, heading: inlineCode };

/** Level, role, name and place, where they differ or are all there is to say. */
function detailsOf(change: RequirementChange, { id, heading }: Quotes): string {
  const { before, after, kinds } = change;
  const parts = [arrow(before?.level, after?.level)];
  if (kinds.includes('role-changed')) parts.push(arrow(before?.role, after?.role));
  if (kinds.includes('renamed')) parts.push(`formerly ${id(before?.id ?? '')}`);
  if (kinds.includes('moved') && before && after) {
    parts.push(`${heading(sectionOf(before, after))} → ${heading(sectionOf(after, before))}`);
  }
  const said = parts.filter((part) => part !== '').map((part) => `, ${part}`);
  return `${said.join('')} (${linesOf(change)})`;
}

function arrow(before: string | undefined, after: string | undefined): string {
  if (before === undefined || after === undefined || before === after) return after ?? before ?? '';
  return `${before} → ${after}`;
}

/** The nearest heading, the path where that has the same name, and the proposal where it is another. */
function sectionOf(place: RequirementState, other: RequirementState): string {
  const same = place.section.at(-1) === other.section.at(-1);
  const heading = same ? place.section.join(' › ') : (place.section.at(-1) ?? '');
  const proposal = place.proposal === other.proposal ? '' : `${place.proposal} `;
  return `${proposal}${heading}`;
}

function linesOf({ before, after }: { before?: SummaryPlace; after?: SummaryPlace }): string {
  const places = [before, after].flatMap((side) =>
    side ? [side.file === '' ? `${side.line}` : `${side.file}:${side.line}`] : [],
  );
  const prefix = (before ?? after)?.file === '' ? 'line ' : '';
  return prefix + [...new Set(places)].join(' → ');
}

function sentenceLines({ before, after }: RequirementChange, palette: Palette) {
  if (before && after && before.text === after.text) return [];
  if (!before) return markedLines(whole('ins', after?.text ?? ''), palette);
  if (!after) return markedLines(whole('del', before.text), palette);
  return markedLines(compareWords(before.text, after.text), palette);
}

function notesOf({ before, alias, tombstone, sameTextAs }: RequirementChange): string[] {
  return [
    ...(alias === undefined ? [] : [`replaced by ${alias}`]),
    ...(tombstone === undefined ? [] : [`retired: ${tombstone}`]),
    ...(sameTextAs === undefined
      ? []
      : [
          before
            ? `the same text now has the id ${sameTextAs}: a new name needs an alias in a \`retired\` block`
            : `the same text had the id ${sameTextAs}`,
        ]),
  ];
}

function blockTitle(change: BlockChange): string {
  return `${change.kinds.join(', ')}: ${change.type} ${change.name} (${linesOf(change)})`;
}

/** One line for what is short, else a line for each side. */
function partLines({ path, kind, before, after }: BlockPart, palette: Palette): string[] {
  if (kind === 'reordered') return [`    ${path}: the rows stand in another order`];
  const label = `${path}: `;
  return markedLines(
    before !== undefined && after !== undefined
      ? [{ op: 'same', text: label }, ...compareWords(before, after, 'yaml')]
      : before === undefined
        ? whole('ins', label + (after ?? ''))
        : whole('del', label + before),
    palette,
  ).map(({ sign, text }) => `  ${sign} ${text}`);
}
