// Changes single fields of the front matter in a text, and leaves everything else as its author wrote it.

import { stringify } from 'yaml';
import { type Entry, readDocument } from './document.ts';
import { FRONT_MATTER_SHAPES } from './join.ts';
import type { FrontMatter } from './model.ts';

const ORDER = Object.keys(FRONT_MATTER_SHAPES);

/**
 * The text with fields set. A field that is there keeps its place, a new one takes that of the order; `undefined`
 * takes it out. @throws Error if the text has no front matter that can be read, or none in which the field can be set
 */
export function setFields(text: string, fields: Partial<FrontMatter>): string {
  // It is no part of what is read, and stays.
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  let changed = text.slice(mark.length);
  for (const [key, value] of Object.entries(fields)) changed = setField(changed, key, value);
  return mark + changed;
}

function setField(source: string, key: string, value: unknown): string {
  const { span, entries } = read(source);
  const entry = entries.find((other) => other.key === key);
  const changed =
    value === undefined
      ? without(source, entries, key)
      : entry
        ? source.slice(0, entry.keyStart) +
          lineOf(key, value) +
          source.slice(valueEnd(source, entry))
        : added(source, span, entries, key, value);
  const expected = valuesOf(entries);
  if (value === undefined) expected.delete(key);
  else expected.set(key, value);
  // Braces around all fields, or a value that another refers to.
  const after = readDocument(changed, '').frontMatter;
  if (after.errors.length > 0 || asText(valuesOf(after.entries)) !== asText(expected))
    throw new Error(`\`${key}\` cannot be set in front matter of this form: change it by hand`);
  return changed;
}

function read(source: string) {
  const { span, entries, errors } = readDocument(source, '').frontMatter;
  if (!span || errors.length > 0) throw new Error('the text has no front matter that can be read');
  return { span, entries };
}

/** The value of each key; of one that stands twice, the first, which counts. */
function valuesOf(entries: readonly Entry[]): Map<string, unknown> {
  return new Map(entries.toReversed().map(({ key, value }) => [key, value]));
}

function asText(values: ReadonlyMap<string, unknown>): string {
  return JSON.stringify([...values].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Where the value ends, without the comments that follow it. */
function valueEnd(source: string, { valueStart, valueEnd }: Entry): number {
  const value = source.slice(valueStart, valueEnd).trimEnd();
  // What looks like a comment in a block of text is text.
  const own = /^[|>]/.test(value) ? value : value.replace(/(?:\s*\n[ \t]*#.*)+$/, '');
  return valueStart + own.length;
}

/** Where the line behind an offset begins. */
function nextLine(source: string, offset: number): number {
  const end = source.indexOf('\n', offset);
  return end < 0 ? source.length : end + 1;
}

function without(source: string, entries: readonly Entry[], key: string): string {
  let changed = source;
  for (const entry of entries.toReversed())
    if (entry.key === key)
      changed =
        changed.slice(0, entry.keyStart) +
        changed.slice(nextLine(changed, valueEnd(changed, entry)));
  return changed;
}

function added(
  source: string,
  span: readonly [start: number, end: number],
  entries: readonly Entry[],
  key: string,
  value: unknown,
): string {
  const rank = ORDER.indexOf(key);
  const next = entries.findIndex((other) => ORDER.indexOf(other.key) > rank);
  const before = next < 0 ? entries.at(-1) : entries[next - 1];
  const at = before
    ? nextLine(source, valueEnd(source, before))
    : (entries[next]?.keyStart ?? nextLine(source, span[0]));
  const lineEnd = source.slice(...span).includes('\r\n') ? '\r\n' : '\n';
  return source.slice(0, at) + lineOf(key, value) + lineEnd + source.slice(at);
}

/** A field on one line. */
function lineOf(key: string, value: unknown): string {
  const line = stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: false,
    lineWidth: 0,
  }).replace(/\n$/, '');
  return `${key}: ${/[\p{Cc}\u2028\u2029\ufeff]/u.test(line) ? escaped(value) : line}`;
}

/** As JSON, which YAML reads too, with everything escaped that ends a line or cannot be seen. */
function escaped(value: unknown): string {
  return JSON.stringify(value).replace(
    /[\p{Cc}\u2028\u2029\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
