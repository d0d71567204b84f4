// Reads and writes `errata.md`, the known errors of published revisions in the folder of a proposal (proposal 1, section
// “Errata”). It reads leniently: what is wrong is for the rules of the linter to say. Pure; runs in Node and in the browser.

import type { Blockquote, Root } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import {
  endOf,
  type HeadingText,
  type ProposalDocument,
  REQUIREMENT_ID,
  readDocument,
  startOf,
} from './document.ts';
import { sectionsOf } from './sections.ts';

export const ERRATUM_STATUSES = ['reported', 'verified', 'rejected'] as const;
export type ErratumStatus = (typeof ERRATUM_STATUSES)[number];

/** The facts of an erratum, in their order. */
export const ERRATUM_FACTS = ['revisions', 'at', 'reported', 'by', 'status'] as const;
export type ErratumFact = (typeof ERRATUM_FACTS)[number];

/** An erratum that says all that it has to. Texts are Markdown. */
export interface Erratum {
  /** From 1 within the proposal; never used again. */
  readonly number: number;
  readonly title: string;
  /** The published revisions that it is about. */
  readonly revisions: readonly number[];
  /** The id of a requirement, or the text of a heading. */
  readonly at: string;
  /** `YYYY-MM-DD` */
  readonly reported: string;
  readonly by: string;
  readonly status: ErratumStatus;
  /** The text as it is, and as it is to be. */
  readonly says: string;
  readonly toSay: string;
  readonly why: string;
}

export interface FactText {
  readonly key: string;
  readonly value: string;
  readonly start: number;
  readonly end: number;
}

export interface QuoteText {
  /** The Markdown in it. */
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

/** A section of the file as it stands, whether or not it is a good erratum. */
export interface ErratumText {
  readonly heading: HeadingText;
  /** Of a heading `Erratum 1: Title`. */
  readonly number?: number;
  readonly title?: string;
  readonly facts: readonly FactText[];
  readonly quotes: readonly QuoteText[];
  /** What stands behind the second quotation. */
  readonly why: string;
  /** What it says, where that is complete. */
  readonly erratum?: Erratum;
}

const HEADING = /^Erratum ([1-9]\d*): (\S.*)$/s;
const FACT = /^([a-z-]+):(?:[ \t]+([\s\S]*))?$/;

/** The address of an erratum below its proposal, such as `erratum-1`. */
export function erratumAnchor(number: number): string {
  return `erratum-${number}`;
}

/** The sections of a file of errata, in order. Never throws for what it says. */
export function errataIn(document: ProposalDocument): ErratumText[] {
  const sections = sectionsOf(document);
  return sections.map(({ heading }, index) => {
    const nodes = document.tree.children.slice(
      heading.index + 1,
      sections[index + 1]?.heading.index,
    );
    const [, number, title] = HEADING.exec(heading.text) ?? [];
    const list = nodes.find((node) => node.type === 'list');
    const facts = list ? factsIn(list) : [];
    const quotes = nodes.filter((node) => node.type === 'blockquote');
    const second = quotes[1];
    const behind = second ? nodes.slice(nodes.indexOf(second) + 1) : [];
    const [first, last] = [behind[0], behind.at(-1)];
    const why = first && last ? document.source.slice(startOf(first), endOf(last)).trim() : '';
    const text = {
      heading,
      ...(number !== undefined && title !== undefined && { number: Number(number), title }),
      facts,
      quotes: quotes.map((quote) => quoteOf(quote, document.source)),
      why,
    };
    const erratum = complete(text);
    return erratum ? { ...text, erratum } : text;
  });
}

/** The errata of a file that say all that they have to. */
export function readErrata(source: string, file: string): Erratum[] {
  return errataIn(readDocument(source, file)).flatMap(({ erratum }) => erratum ?? []);
}

function factsIn(list: Extract<Root['children'][number], { type: 'list' }>): FactText[] {
  return list.children.map((item) => {
    const text = plainText(item);
    const [, key = text, value = ''] = FACT.exec(text) ?? [];
    return { key, value: value.trim(), start: startOf(item), end: endOf(item) };
  });
}

function quoteOf(quote: Blockquote, source: string): QuoteText {
  const [start, end] = [startOf(quote), endOf(quote)];
  const lines = source.slice(start, end).split(/\r\n?|\n/);
  return { text: lines.map((line) => line.replace(/^ {0,3}> ?/, '')).join('\n'), start, end };
}

/** `1, 2` as numbers; undefined for what is no list of revisions. */
export function revisionsIn(text: string): number[] | undefined {
  if (!/^[1-9]\d*(?:, *[1-9]\d*)*$/.test(text)) return undefined;
  return text.split(',').map(Number);
}

export function isErratumStatus(text: string): text is ErratumStatus {
  return (ERRATUM_STATUSES as readonly string[]).includes(text);
}

function complete({ number, title, facts, quotes, why }: ErratumText): Erratum | undefined {
  const fact = (name: ErratumFact) => facts.find(({ key }) => key === name)?.value ?? '';
  const revisions = revisionsIn(fact('revisions'));
  const [at, reported, by, status] = [fact('at'), fact('reported'), fact('by'), fact('status')];
  const [says, toSay] = quotes;
  if (number === undefined || title === undefined || !revisions || !isErratumStatus(status))
    return undefined;
  if (!at || !reported || !by || !says || !toSay || !why) return undefined;
  return {
    ...{ number, title, revisions, at, reported, by, status, why },
    says: says.text,
    toSay: toSay.text,
  };
}

/** The stretch of a text that `at` names: a requirement, a section with those below it, or everything below the title. */
export function placeOfErratum(
  { marked, headings, source }: ProposalDocument,
  at: string,
): readonly [start: number, end: number] | undefined {
  if (REQUIREMENT_ID.test(at)) {
    const requirement = marked.find(({ id }) => id === at);
    if (requirement) return [requirement.start, requirement.end];
  }
  const heading = headings.find(({ text, index }) => index >= 0 && text === at);
  if (!heading) return undefined;
  const next = headings.find(
    ({ start, depth, index }) => index >= 0 && start > heading.start && depth <= heading.depth,
  );
  return [heading.start, next?.start ?? source.length];
}

/** Whether a text has the quoted words at a place. Only white space may differ: a quotation breaks its lines elsewhere. */
export function saysAt(document: ProposalDocument, at: string, quoted: string): boolean {
  const span = placeOfErratum(document, at);
  const words = inOneLine(quoted);
  return (
    span !== undefined && words !== '' && inOneLine(document.source.slice(...span)).includes(words)
  );
}

/** Whether a text has not, or no longer, what an erratum corrects. What is quoted may be a part of what it is to say. */
export function isMended(
  document: ProposalDocument,
  { at, says, toSay }: Pick<Erratum, 'at' | 'says' | 'toSay'>,
): boolean {
  if (!saysAt(document, at, says)) return true;
  return inOneLine(toSay).includes(inOneLine(says)) && saysAt(document, at, toSay);
}

function inOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/** What somebody reports; the number is given by the file. */
export type NewErratum = Omit<Erratum, 'number' | 'status'> & { readonly status?: ErratumStatus };

/** A file of errata with one more at its end. `source` is undefined where the proposal has no such file yet. */
export function withErratum(source: string | undefined, added: NewErratum): string {
  const text = source?.trim() ? `${source.trimEnd()}\n` : '# Errata\n';
  const numbers = errataIn(readDocument(text, '')).map(({ number = 0 }) => number);
  const facts: Readonly<Record<ErratumFact, string>> = {
    revisions: added.revisions.join(', '),
    at: inOneLine(added.at),
    reported: added.reported,
    by: inOneLine(added.by),
    status: added.status ?? 'reported',
  };
  const quote = (words: string) =>
    words
      .trim()
      .split(/\r\n?|\n/)
      .map((part) => `> ${part}`.trimEnd())
      .join('\n');
  return `${text}
## Erratum ${Math.max(0, ...numbers) + 1}: ${inOneLine(added.title)}

${ERRATUM_FACTS.map((key) => `- ${key}: ${facts[key]}`).join('\n')}

It says:

${quote(added.says)}

It is to say:

${quote(added.toSay)}

${added.why.trim()}
`;
}
