// The terms that proposals define, with their places: a word in emphasis where its sentence says what it means. And the
// forms in which a text uses them. Pure; knows nothing of pages.

import type { Emphasis, Paragraph, Root } from 'mdast';
import { toString as plainText } from 'mdast-util-to-string';
import { endOf, requirementMarker, startOf } from './document.ts';
import type { Term, TermKind } from './model.ts';

/** What begins the section in which every emphasis defines. */
export const TERMS_HEADING = 'Terms';

/** Where a sentence ends and the next begins. */
const SENTENCE_END = /(?<=[.!?][”")]?)\s+(?=[A-Z`*[“"(])/g;
/** A sentence that goes on about what the one before it was about. */
const CARRIES_ON = /^(?:It|Its|They|That)\b/;
/** A sentence that cannot be read without those before it. */
const REFERS_BACK = /^(?:It|Its|They|Their|This|That|These|Those)\b|\b(?:also|them|what it)\b/;
/** What stands in front of a word that is defined, outside of a section of terms. */
const SUBJECT = /^(?:An?|The|To|Its)\s$/;
/** What stands in front of a state. */
const PREDICATE = /\b(?:is|are|has|have)\s(?:called\s)?$/;
/** What follows a state that is being defined. */
const CONDITION = /^\s(?:when|from|until|while|here)\b/;

/**
 * Every definition in the section “Specification” of a text, in its order. Under the heading “Terms” each emphasis is
 * one. Elsewhere a sentence has to be built like a definition: “The *x* is”, “To *x* is”, “A y is *x* when”, “the *x*:”,
 * or “is said by *x*. An x is”.
 */
export function termsIn(tree: Root, source: string): Term[] {
  const terms: Term[] = [];
  for (const { paragraph, section } of paragraphsOf(tree)) {
    const places = emphasesOf(paragraph);
    if (places.length > 0) terms.push(...definitionsIn(paragraph, places, section, source));
  }
  return terms;
}

/** The paragraphs that can define something, each with the heading above it. */
function* paragraphsOf(tree: Root): Generator<{ paragraph: Paragraph; section: string }> {
  let inside = false;
  let section = '';
  for (const node of tree.children) {
    if (node.type === 'heading') {
      section = plainText(node);
      if (node.depth <= 2) inside = section === 'Specification';
    } else if (inside && node.type === 'paragraph' && requirementMarker(node) === undefined)
      yield { paragraph: node, section };
  }
}

function emphasesOf({ children }: Paragraph): Emphasis[] {
  return children.filter((node): node is Emphasis => node.type === 'emphasis');
}

interface Sentence {
  readonly start: number;
  readonly end: number;
}

function sentencesOf(text: string, offset: number): Sentence[] {
  const sentences: Sentence[] = [];
  let start = 0;
  // Nothing ends inside of code.
  const prose = text.replace(/`[^`]+`/g, (code) => `\`${'x'.repeat(code.length - 2)}\``);
  for (const { 0: gap, index } of prose.matchAll(SENTENCE_END)) {
    sentences.push({ start: offset + start, end: offset + index });
    start = index + gap.length;
  }
  sentences.push({ start: offset + start, end: offset + text.length });
  return sentences;
}

function definitionsIn(
  paragraph: Paragraph,
  places: readonly Emphasis[],
  section: string,
  source: string,
): Term[] {
  const sentences = sentencesOf(
    source.slice(startOf(paragraph), endOf(paragraph)),
    startOf(paragraph),
  );
  const found: (Omit<Term, 'definition'> & { readonly first: number; readonly last: number })[] =
    [];
  for (const place of places) {
    const [start, end] = [startOf(place), endOf(place)];
    const at = sentences.findLastIndex((sentence) => sentence.start <= start);
    const sentence = sentences[at];
    if (!sentence) continue;
    const before = source.slice(sentence.start, start).replace(/\s+/g, ' ');
    const behind = source.slice(end, sentence.end).replace(/\s+/g, ' ');
    const next = sentences[at + 1];
    const written = plainText(place).toLowerCase().replace(/\s+/g, ' ').trim();
    if (written === '') continue;
    const kind = kindOf(written, before);
    const listed = behind.startsWith(': ');
    const explained =
      next !== undefined &&
      new RegExp(`^(?:An?|The) ${escaped(singular(written))} `, 'i').test(
        source.slice(next.start, next.end),
      );
    const defines =
      section === TERMS_HEADING ||
      SUBJECT.test(before) ||
      (kind === 'state' && CONDITION.test(behind)) ||
      (kind === 'noun' && (listed || explained));
    if (!defines) continue;
    const of = kind === 'state' ? ownerIn(before, found.at(-1)?.of) : undefined;
    const text = source.slice(sentence.start, sentence.end);
    let last = explained ? at + 1 : at;
    const follows = ({ start, end }: Sentence) => CARRIES_ON.test(source.slice(start, end));
    while (
      section !== TERMS_HEADING &&
      sentences[last + 1] &&
      follows(sentences[last + 1] as Sentence)
    )
      last++;
    found.push({
      term: kind === 'noun' && (explained || listed) ? singular(written) : written,
      kind,
      ...(of !== undefined && { of }),
      section,
      start,
      end,
      first: listed || REFERS_BACK.test(text) ? 0 : at,
      last,
    });
  }
  return found.map(({ first, last, ...term }, index) => {
    // Under “Terms”, what follows belongs to the definition before it.
    const next = found[index + 1];
    const end = section !== TERMS_HEADING ? last : next ? Math.max(last, next.last - 1) : Infinity;
    const to = (sentences[end] ?? sentences.at(-1))?.end ?? term.end;
    const definition = source.slice(sentences[first]?.start ?? term.start, to);
    return { ...term, definition: definition.replace(/\s+/g, ' ') };
  });
}

function kindOf(written: string, before: string): TermKind {
  if (/^To\s$/.test(before)) return 'verb';
  return PREDICATE.test(before) || /^(?:by|in|on)\s/.test(written) ? 'state' : 'noun';
}

/** `The peer is ` is about a peer; `It is ` about what the state before was of. */
function ownerIn(before: string, last: string | undefined): string | undefined {
  const [, subject = ''] = /^(.+?)\s(?:is|are|has|have)\s(?:called\s)?$/.exec(before) ?? [];
  if (/^(?:It|They)$/.test(subject)) return last;
  const owner = subject
    .replace(/\s(?:other|whose|that|which)\b.*$/, '')
    .replace(/^(?:An?|The|Two|Every|Each)\s/, '');
  return owner === '' || owner.split(' ').length > 3 ? undefined : singular(owner);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** One of several. What ends in `s` by itself stays: `process`, `basis`, `status`. */
function singular(word: string): string {
  if (/(?:ss|us|is)$/.test(word)) return word;
  if (/ies$/.test(word)) return word.replace(/ies$/, 'y');
  if (/(?:ss|sh|ch|x)es$/.test(word)) return word.replace(/es$/, '');
  return word.replace(/s$/, '');
}

function plural(word: string): string {
  if (/(?:s|sh|ch|x)$/.test(word)) return `${word}es`;
  return /[^aeiou]y$/.test(word) ? word.replace(/y$/, 'ies') : `${word}s`;
}

/** Past forms that no rule makes. */
const IRREGULAR: Readonly<Record<string, readonly string[]>> = {
  give: ['gave', 'given'],
  break: ['broke', 'broken'],
};

/** The words in which a text uses a term: one and many of a thing, the forms of a verb. In small letters. */
export function formsOf({ term, kind }: Pick<Term, 'term' | 'kind'>): string[] {
  if (kind === 'state') return [term];
  if (kind === 'noun') return [term, plural(term)];
  const [verb = '', ...rest] = term.split(' ');
  const stem = verb.replace(/e$/, '');
  return [verb, `${verb}s`, `${stem}ing`, ...(IRREGULAR[verb] ?? [`${stem}ed`])].map((form) =>
    [form, ...rest].join(' '),
  );
}

/** A term in a text, in whatever form. */
export interface TermUse<T> {
  readonly term: T;
  readonly start: number;
  readonly end: number;
}

/** A search for terms in plain text: the longest at each place, whole words only, whatever letter they begin with. */
export function termFinder<T extends Pick<Term, 'term' | 'kind'>>(
  terms: readonly T[],
): (text: string) => TermUse<T>[] {
  const byForm = new Map<string, T>();
  for (const term of terms)
    for (const form of formsOf(term)) if (!byForm.has(form)) byForm.set(form, term);
  if (byForm.size === 0) return () => [];
  const forms = [...byForm.keys()]
    .sort((a, b) => b.length - a.length)
    .map((form) => escaped(form).replaceAll(' ', '\\s+'));
  // Part of a name, such as `first-process` or `http.peer`, is no use of the word.
  const pattern = new RegExp(`(?<![\\w.-])(?:${forms.join('|')})(?![\\w-]|\\.\\w)`, 'gi');
  return (text) =>
    [...text.matchAll(pattern)].flatMap(({ 0: written, index }) => {
      const term = byForm.get(written.toLowerCase().replace(/\s+/g, ' '));
      return term === undefined ? [] : [{ term, start: index, end: index + written.length }];
    });
}

/** The name of a term in addresses: `first-process`. */
export function termKey({ term }: Pick<Term, 'term'>): string {
  return term.replace(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '');
}

/** Whether two definitions are of the same term: a state is one of something. */
export function isSameTerm(a: Pick<Term, 'term' | 'of'>, b: Pick<Term, 'term' | 'of'>): boolean {
  return a.term === b.term && a.of === b.of;
}
