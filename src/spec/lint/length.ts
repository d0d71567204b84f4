// How long a field of the front matter may be: the one check behind the rules for title and summary.

import type { Draft, Finding } from './rule.ts';
import { entryOf } from './subjects.ts';

/** The most characters of a title, and of a summary. */
export const TITLE_LENGTH = 60;
export const SUMMARY_LENGTH = 140;

/** What is wrong with the length of a field of text, in characters. One that is no text is the subject of metadata-value. */
export function* lengthFindings(draft: Draft, key: string, limit: number): Generator<Finding> {
  const entry = entryOf(draft, key);
  if (typeof entry?.value !== 'string') return;
  const place = { at: entry.valueStart, end: entry.valueEnd };
  const length = [...entry.value].length;
  if (entry.value.trim() === '') {
    yield { ...place, message: `the ${key} is empty`, hint: 'Say what it is about.' };
  } else if (length > limit) {
    yield {
      ...place,
      message: `the ${key} has ${length} characters, and ${limit} are the most`,
      hint: 'Shorten it.',
    };
  }
}
