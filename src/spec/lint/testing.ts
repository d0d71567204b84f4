// For tests of rules: a text in which `⌖` marks where the finding is expected, so that each test states rule, message,
// line and column at once.

import { expect } from 'vitest';
import type { Problem } from '../problem.ts';
import { applyFixes } from './fix.ts';
import { draftOf, errataOf, libraryOf, publishedOf, type SourceFile } from './library.ts';
import { lint } from './lint.ts';
import type { Library, Rule } from './rule.ts';

const MARK = '⌖';
export const FILE = 'proposals/0042-doors/draft.md';

/** A good proposal of number 42 around a text that stands in its section Specification. */
export function proposal(text: string, frontMatter: Readonly<Record<string, string>> = {}): string {
  const fields: Record<string, string> = {
    proposal: '42',
    title: 'Doors',
    summary: 'How doors open and shut.',
    authors: '[The Portway editors]',
    status: 'draft',
    type: 'standards',
    created: '2026-11-22',
    discussion: 'repository',
    revision: '1',
    ...frontMatter,
  };
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${value}`);
  return `---
${lines.join('\n')}
---

# ${fields.title}

## Summary

Doors open and shut.

## Motivation

Walls without doors keep people out.

## Specification

${text}

## Rationale

Doors are known.

## Rejected alternatives

None.

## Compatibility

Windows stay as they are.

## Security considerations

A door keeps out only whom it is shut to.

## Open issues

None.

## Change log

- Revision 1: first text.
`;
}

export type Rest = Omit<Library, 'drafts' | 'specification' | 'published' | 'errata'> & {
  /** Texts beside the one under test: drafts, published revisions and errata, by their paths. */
  readonly beside?: readonly SourceFile[];
  /** Path of the text under test. */
  readonly file?: string;
};

/** The same text as an editor on Windows writes it. */
export function crlf(text: string): string {
  return text.replaceAll('\n', '\r\n');
}

/** Everything that one rule finds in a text, and in those beside it. */
export function found(rule: Rule, text: string, { beside = [], file = FILE, ...rest }: Rest = {}) {
  const sources: SourceFile[] = [[file, text], ...beside];
  const published = sources.flatMap((source) => publishedOf(source) ?? []);
  const drafts = sources.filter(([name]) => name.endsWith('draft.md')).map(draftOf);
  const errata = sources.flatMap((source) => errataOf(source) ?? []);
  return lint(libraryOf(drafts, { ...rest, published, errata }), [rule]);
}

/**
 * Asserts that the rule finds one thing, at the mark in `text`.
 * @returns it, for its hint and its fix
 */
export function finds(rule: Rule, text: string, message: string, rest: Rest = {}): Problem {
  return findsAll(rule, text, [message], rest)[0] as Problem;
}

/**
 * Asserts what the rule finds, in the order of the text: as many things as there are marks, each at its own.
 * @returns them, for their hints and fixes
 */
export function findsAll(
  rule: Rule,
  text: string,
  messages: readonly string[],
  rest: Rest = {},
): Problem[] {
  const parts = text.split(MARK);
  if (parts.length !== messages.length + 1) throw new Error(`mark each place with ${MARK}`);
  const places = messages.map((message, index) => {
    const before = parts
      .slice(0, index + 1)
      .join('')
      .split('\n');
    return { message, line: before.length, column: (before.at(-1) ?? '').length + 1 };
  });
  const problems = found(rule, parts.join(''), rest);
  expect(problems.map(({ message, line, column }) => ({ message, line, column }))).toEqual(places);
  for (const problem of problems) {
    expect(problem).toMatchObject({ rule: rule.id, file: rest.file ?? FILE });
    expect(problem.severity ?? 'error').toBe(rule.severity);
  }
  return problems;
}

/** Asserts that what the documentation shows as wrong is, and that what it shows as right is not. */
export function keepsItsWord(
  rule: Rule,
  around: (text: string) => string = proposal,
  rest: Rest = {},
): void {
  expect(found(rule, around(rule.wrong), rest)).not.toEqual([]);
  passes(rule, around(rule.right), rest);
}

/** Asserts that the rule finds nothing. */
export function passes(rule: Rule, text: string, rest: Rest = {}): void {
  expect(found(rule, text, rest)).toEqual([]);
}

/**
 * Asserts that the fixes of a rule mend a text, so that a second round has nothing to do.
 * @returns the text that they leave
 */
export function mends(rule: Rule, text: string, rest: Rest = {}): string {
  const problems = found(rule, text, rest);
  expect(problems).not.toEqual([]);
  for (const { fix } of problems) expect(fix).toBeDefined();
  const mended = applyFixes(text, problems);
  passes(rule, mended, rest);
  return mended;
}

/** Asserts that the rule finds nothing in a text of which nothing else is known, as in the editor of the browser. */
export function passesAlone(rule: Rule, text: string): void {
  expect(lint(libraryOf([draftOf([FILE, text])]), [rule])).toEqual([]);
}

/**
 * Asserts that a rule which looks at the text alone gets through one that is made to keep it busy: work that grows with
 * the square of the text would not end before the test is given up. Markdown is not read.
 */
export function copes(rule: Rule, source: string): void {
  const draft = draftOf([FILE, '']);
  const library = libraryOf([{ ...draft, document: { ...draft.document, source } }]);
  expect(lint(library, [rule])).toEqual([]);
}
