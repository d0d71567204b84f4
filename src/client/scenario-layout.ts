// Where in the text of a scenario its sections are, each from one `###` to the next, so that one can be changed and the
// rest stays octet for octet. Knows what divides a text, and nothing of what it means.

import { isSeparator } from './scenario-steps.ts';
import { directiveIn, isComment } from './scenario-text.ts';

export interface Line {
  readonly text: string;
  readonly eol: string;
}

export interface Section {
  /** Without the blank lines at its end. */
  readonly lines: readonly Line[];
  /** The end of its last line and the blank lines behind it. */
  readonly tail: string;
  readonly heading: boolean;
  /** Index of the request line; -1 for a section without one. */
  readonly request: number;
  /** Index of what ends the head, a blank line or the `===` of a first message, or the number of lines. */
  readonly headEnd: number;
  /** Index of the first line of the body or the messages. */
  readonly bodyStart: number;
}

export interface Layout {
  /** Byte order mark, and what stands above the first exchange without being part of it. */
  readonly prelude: string;
  readonly sections: readonly Section[];
  /** Line end for what is new. */
  readonly eol: string;
}

export const VARIABLE = /^@([A-Za-z][\w-]*)[ \t]*=[ \t]*(.*?)[ \t]*$/;
const isBlank = (text: string) => text.trim() === '';

export function layoutOf(source: string): Layout {
  const mark = source.startsWith('\ufeff') ? '\ufeff' : '';
  const lines = linesOf(source.slice(mark.length));
  const eol = lines.find((line) => line.eol)?.eol ?? '\n';
  const groups: Line[][] = [[]];
  for (const line of lines) {
    if (line.text.startsWith('###')) groups.push([line]);
    else groups.at(-1)?.push(line);
  }
  if (groups[0]?.length === 0) groups.shift();
  const first = groups[0];
  let above: Line[] = [];
  if (first && !first[0]?.text.startsWith('###')) {
    // Up to the last blank line before anything that belongs to the exchange.
    const own = first.findIndex(({ text }) => isOfExchange(text));
    const blank = first.findLastIndex(({ text }, index) => index < own && isBlank(text));
    above = first.splice(0, own < 0 ? first.length : blank + 1);
    if (first.length === 0) groups.shift();
  }
  return { prelude: mark + joined(above), sections: groups.map(sectionFrom), eol };
}

/** A directive or the request line: what is neither blank, a variable nor a mere comment. */
function isOfExchange(text: string): boolean {
  return (
    !isBlank(text) && !VARIABLE.test(text) && (!isComment(text) || directiveOf(text) !== undefined)
  );
}

export function linesOf(text: string): Line[] {
  const parts = text.split(/(\r?\n)/);
  const lines: Line[] = [];
  for (let i = 0; i < parts.length; i += 2)
    lines.push({ text: parts[i] ?? '', eol: parts[i + 1] ?? '' });
  return lines;
}

function joined(lines: readonly Line[]): string {
  return lines.map(({ text, eol }) => text + eol).join('');
}

function sectionFrom(all: readonly Line[]): Section {
  const end = all.findLastIndex(({ text }) => !isBlank(text)) + 1;
  const tail = (all[end - 1]?.eol ?? '') + joined(all.slice(end));
  return sectionOf(all.slice(0, end), tail);
}

export function sectionOf(lines: readonly Line[], tail: string): Section {
  const heading = lines[0]?.text.startsWith('###') ?? false;
  const request = lines.findIndex(
    ({ text }, index) =>
      !(heading && index === 0) && !isBlank(text) && !VARIABLE.test(text) && !isComment(text),
  );
  const messages = /^\s*(?:WEBSOCKET|CONNECT)[ \t]/.test(lines[request]?.text ?? '');
  const end = lines.findIndex(
    ({ text }, index) => index > request && (isBlank(text) || (messages && isSeparator(text))),
  );
  const headEnd = request < 0 || end < 0 ? lines.length : end;
  const bodyStart = isBlank(lines[headEnd]?.text ?? '') ? headEnd + 1 : headEnd;
  return { lines, tail, heading, request, headEnd, bodyStart };
}

export function textOf({ prelude, sections, eol }: Layout): string {
  return (
    prelude +
    sections
      .map(({ lines, tail }, index) => {
        const last = lines.length - 1;
        const content = lines
          .map((line, i) => line.text + (i === last ? '' : line.eol || eol))
          .join('');
        return content + (index < sections.length - 1 && !tail ? eol : tail);
      })
      .join('')
  );
}

export function exchangeAt({ sections }: Layout, index: number): Section {
  const found = sections.filter(({ request }) => request >= 0)[index];
  if (!found) throw new RangeError(`the scenario has no exchange ${index}`);
  return found;
}

export function directiveOf(text: string): { name: string; value: string } | undefined {
  return directiveIn({ text, number: 1 });
}

/** Places of the exchanges among the sections. */
export function placesOf({ sections }: Layout): number[] {
  return sections.flatMap(({ request }, index) => (request >= 0 ? [index] : []));
}
