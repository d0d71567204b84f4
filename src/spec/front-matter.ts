// Changes single fields of the front matter in a text, and leaves everything else as its author wrote it.

import { stringify } from 'yaml';
import { readDocument } from './document.ts';
import { FRONT_MATTER_SHAPES } from './join.ts';
import type { FrontMatter } from './model.ts';

const ORDER = Object.keys(FRONT_MATTER_SHAPES);

/**
 * The text with fields set. A field that is there keeps its place, a new one takes that of the order; `undefined`
 * takes it out. @throws Error if the text has no front matter that can be read
 */
export function setFields(text: string, fields: Partial<FrontMatter>): string {
  let changed = text;
  for (const [key, value] of Object.entries(fields)) changed = setField(changed, key, value);
  return changed;
}

function setField(text: string, key: string, value: unknown): string {
  const { frontMatter, source } = readDocument(text, '');
  const { span, entries, errors } = frontMatter;
  if (!span || errors.length > 0) throw new Error('the text has no front matter that can be read');
  const lineEnd = source.slice(...span).includes('\r\n') ? '\r\n' : '\n';
  const closing = span[1] - (/-{3}[ \t]*$/.exec(source.slice(...span))?.[0].length ?? 3);
  const index = entries.findIndex((entry) => entry.key === key);
  const entry = entries[index];
  const line = value === undefined ? '' : `${key}: ${scalar(value)}${lineEnd}`;
  if (entry) {
    const end = entries[index + 1]?.keyStart ?? closing;
    return source.slice(0, entry.keyStart) + line + source.slice(end);
  }
  const rank = ORDER.indexOf(key);
  const next = entries.find((other) => ORDER.indexOf(other.key) > rank);
  const at = next?.keyStart ?? closing;
  return source.slice(0, at) + line + source.slice(at);
}

/** A value on one line. */
function scalar(value: unknown): string {
  return stringify(value, {
    collectionStyle: 'flow',
    flowCollectionPadding: false,
    lineWidth: 0,
  }).trim();
}
