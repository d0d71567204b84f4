// A redline as text: for the terminal, and as Markdown for a comment on a pull request. Every line that went or came
// has its sign, so nothing depends on colour.

import { COLORED, type MarkedLine, markedLines, type Palette, PLAIN, visible } from './marks.ts';
import type { Kind, Redline, RedlineBlock, Row } from './model.ts';

export interface FormatOptions {
  /** ANSI colours. Default: none. */
  readonly color?: boolean;
  /** Blocks that are the same to show around each change. Default: 1. */
  readonly context?: number;
}

/** Lines for a terminal, with a line end behind each. */
export function formatRedline(
  redline: Redline,
  { color = false, context = 1 }: FormatOptions = {},
): string {
  const palette = color ? COLORED : PLAIN;
  const lines: string[] = [];
  let section: string | undefined;
  for (const part of folded(redline.blocks, context)) {
    if ('folded' in part) {
      lines.push(palette.faint(`      ⋮ ${unchanged(part.folded)}`), '');
      continue;
    }
    const heading = sectionOf(part);
    if (heading !== section && part.type !== 'front-matter') {
      section = heading;
      if (heading !== '') lines.push(palette.head(`§ ${visible(heading)}`), '');
    }
    if (part.kind !== 'same')
      lines.push(palette.head(visible(`${VERBS[part.kind]}: ${titleOf(part)}`)));
    for (const { sign, text } of blockLines(part, palette, context)) {
      lines.push(
        sign === ' ' ? palette.faint(`  ${text}`).trimEnd() : coloredSign(sign, text, palette),
      );
    }
    lines.push('');
  }
  lines.push(countsOf(redline));
  return `${lines.join('\n')}\n`;
}

export interface MarkdownOptions {
  /** Blocks that are the same to show around each change. Default: 0. */
  readonly context?: number;
  /** Characters that the text may have; GitHub takes 65,536 in a comment. Default: 60,000. */
  readonly limit?: number;
}

/**
 * Markdown for a comment. All text of the proposals stands in fences, so that nothing of it is taken as markup and
 * nobody is mentioned by it.
 */
export function redlineToMarkdown(
  redline: Redline,
  { context = 0, limit = 60_000 }: MarkdownOptions = {},
): string {
  const parts: string[] = [];
  let size = 0;
  let section: string | undefined;
  for (const part of folded(redline.blocks, context)) {
    if ('folded' in part) continue;
    const heading = sectionOf(part);
    let text = '';
    if (heading !== section && part.type !== 'front-matter') {
      section = heading;
      if (heading !== '') text += `#### ${inlineCode(heading)}\n\n`;
    }
    const lines = blockLines(part, PLAIN, context).map(({ sign, text }) =>
      `${sign} ${text}`.trimEnd(),
    );
    const title =
      part.kind === 'same' ? '' : `**${VERBS[part.kind]}**: ${titleOf(part, inlineCode)}\n\n`;
    text += `${title}${fenced(lines.join('\n'), 'diff')}`;
    size += text.length + 1;
    if (size > limit) {
      parts.push('*The rest is left out: the comparison is longer than a comment can be.*\n');
      break;
    }
    parts.push(text);
  }
  parts.push(`${countsOf(redline)}\n`);
  return parts.join('\n');
}

/** A fence that its content cannot close. */
export function fenced(content: string, language: string): string {
  const mark = '`'.repeat(Math.max(3, longestRun(content) + 1));
  return `${mark}${language}\n${content}\n${mark}\n`;
}

/** A code span that its content cannot close. */
export function inlineCode(content: string): string {
  const text = visible(content).replace(/\s+/g, ' ').trim();
  const mark = '`'.repeat(longestRun(text) + 1);
  const space = /^`|`$/.test(text) ? ' ' : '';
  return text === '' ? '' : `${mark}${space}${text}${space}${mark}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

/** The blocks to be shown, and between them how many are not. */
function* folded(
  blocks: readonly RedlineBlock[],
  context: number,
): Generator<RedlineBlock | { readonly folded: number }> {
  const shown = new Uint8Array(blocks.length);
  for (const [index, { kind }] of blocks.entries()) {
    if (kind === 'same') continue;
    const end = Math.min(blocks.length - 1, index + context);
    for (let at = Math.max(0, index - context); at <= end; at++) shown[at] = 1;
  }
  let hidden = 0;
  for (const [index, block] of blocks.entries()) {
    if (!shown[index]) {
      hidden++;
      continue;
    }
    if (hidden > 0) yield { folded: hidden };
    hidden = 0;
    yield block;
  }
  if (hidden > 0) yield { folded: hidden };
}

function unchanged(count: number): string {
  return `${count} ${count === 1 ? 'block' : 'blocks'} unchanged`;
}

function sectionOf({ type, name, before, after }: RedlineBlock): string {
  const path = (after ?? before)?.section ?? [];
  return (type === 'heading' && name !== undefined ? [...path, name] : path).join(' › ');
}

const VERBS: Readonly<Record<Kind, string>> = {
  same: 'unchanged',
  added: 'added',
  removed: 'removed',
  changed: 'changed',
  moved: 'moved',
  'moved-changed': 'moved and changed',
};

function titleOf(block: RedlineBlock, quoted: (text: string) => string = String): string {
  const { type, name, formerName } = block;
  const what = type === 'front-matter' ? 'front matter' : type;
  const places = `(${placesOf(block, quoted)})`;
  // The text of a heading is its name.
  if (type === 'heading' || name === undefined) return `${what} ${places}`;
  const former = formerName === undefined ? '' : `, formerly ${quoted(formerName)}`;
  return `${what} ${quoted(name)}${former} ${places}`;
}

function placesOf({ kind, before, after }: RedlineBlock, quoted: (text: string) => string): string {
  if (!before || !after) return `line ${(after ?? before)?.line}`;
  const from = before.section.at(-1);
  const elsewhere =
    kind.startsWith('moved') && from !== undefined && from !== after.section.at(-1)
      ? ` in ${quoted(from)}`
      : '';
  return `line ${before.line}${elsewhere} → ${after.line}`;
}

function blockLines(
  { kind, segments, rows }: RedlineBlock,
  palette: Palette,
  context: number,
): MarkedLine[] {
  // What has only moved is shown as it stands; that it has is said above it.
  if (!rows) return linesOf(kind, segments, palette);
  const near = rows.map((_, index) =>
    rows
      .slice(Math.max(0, index - context), index + context + 1)
      .some((row) => row.kind !== 'same'),
  );
  const result: MarkedLine[] = [];
  let hidden = 0;
  const fold = () => {
    if (hidden > 0) result.push({ sign: ' ', text: `⋮ ${hidden} more` });
    hidden = 0;
  };
  for (const [index, row] of rows.entries()) {
    if (!near[index]) hidden++;
    else {
      fold();
      result.push(...rowLines(row, palette));
    }
  }
  fold();
  return result;
}

function rowLines({ kind, segments, before, after }: Row, palette: Palette): MarkedLine[] {
  const lines = linesOf(kind, segments, palette);
  return kind === 'moved' || kind === 'moved-changed'
    ? [{ sign: ' ', text: `(moved: line ${before?.line} → ${after?.line})` }, ...lines]
    : lines;
}

function linesOf(kind: Kind, segments: RedlineBlock['segments'], palette: Palette): MarkedLine[] {
  const lines = markedLines(segments, palette);
  return kind === 'moved' ? lines.map(({ text }) => ({ sign: ' ', text })) : lines;
}

function coloredSign(sign: '-' | '+', text: string, palette: Palette): string {
  return `${(sign === '-' ? palette.del : palette.ins)(sign)} ${text}`.trimEnd();
}

function countsOf({ counts }: Redline): string {
  const kinds = (['added', 'removed', 'changed', 'moved', 'moved-changed'] as const).filter(
    (kind) => counts[kind] > 0,
  );
  if (kinds.length === 0) return 'No block differs.';
  const total = kinds.reduce((sum, kind) => sum + counts[kind], 0);
  const parts = kinds.map((kind) => `${counts[kind]} ${VERBS[kind]}`);
  return `${total} ${total === 1 ? 'block differs' : 'blocks differ'}: ${parts.join(', ')}. ${unchanged(counts.same)}.`;
}
