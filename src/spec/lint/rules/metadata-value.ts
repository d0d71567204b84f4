import { FRONT_MATTER_SHAPES } from '../../join.ts';
import type { FrontMatter } from '../../model.ts';
import type { DraftRule } from '../rule.ts';
import { nearest } from '../subjects.ts';

function isKey(key: string): key is keyof FrontMatter {
  return Object.hasOwn(FRONT_MATTER_SHAPES, key);
}

/** What each field holds, for messages. */
const EXPECTED: Readonly<Record<keyof FrontMatter, string>> = {
  proposal: 'a whole number from 0',
  title: 'text',
  summary: 'text',
  authors: 'a list of one or more names, such as `[A. Author]`',
  status:
    'one of draft, review, last-call, accepted, final, withdrawn, rejected, deferred and superseded',
  type: 'one of standards, informational and process',
  created: 'a date, such as 2026-11-22',
  discussion: '`repository`, or an address',
  revision: 'a whole number from 1',
  requires: 'a list of proposal numbers, such as `[2, 3]`',
  replaces: 'a list of proposal numbers, such as `[2, 3]`',
  implementations: 'a list of text',
  'last-call-ends': 'a date, such as 2026-11-22',
  resolution: 'text',
  'withdrawn-reason': 'text',
  'superseded-by': 'a proposal number',
};

export const metadataValue: DraftRule = {
  id: 'metadata-value',
  group: 'metadata',
  severity: 'error',
  summary: 'Each field of the front matter holds a value of its kind.',
  why: 'Programs rely on it: a number that is quoted is text, a status that is misspelt is none. Proposal 1 has the table of fields.',
  wrong: 'status: drafted\nrevision: one',
  right: 'status: draft\nrevision: 1',
  language: 'yaml',
  essential: true,
  *checkDraft({ document }) {
    for (const { key, value, valueStart, valueEnd } of document.frontMatter.entries) {
      if (!isKey(key) || FRONT_MATTER_SHAPES[key].safeParse(value).success) continue;
      const options = /^one of (.*)$/.exec(EXPECTED[key])?.[1]?.split(/, | and /) ?? [];
      const meant = typeof value === 'string' ? nearest(value, options) : undefined;
      const written = document.source.slice(valueStart, valueEnd).trimEnd();
      const hint =
        meant !== undefined
          ? `Did you mean \`${meant}\`?`
          : EXPECTED[key] === 'text' && /^(?:number|boolean)$/.test(typeof value)
            ? `Quote it: \`${key}: "${written}"\`.`
            : typeof value === 'string' &&
                value.trim() !== '' &&
                FRONT_MATTER_SHAPES[key].safeParse(Number(value)).success
              ? `Write it without quotes: \`${key}: ${value}\`.`
              : undefined;
      yield {
        at: valueStart,
        end: valueStart + written.length,
        message: `\`${key}\` is ${wordsFor(value, written)}, and has to be ${EXPECTED[key]}`,
        ...(hint === undefined ? {} : { hint }),
      };
    }
  },
};

/** A value on one line of a message: as it stands in the file, if that is short. */
function wordsFor(value: unknown, written: string): string {
  if (value === null) return 'empty';
  if (written.length <= 60 && !/[\r\n]/.test(written)) return `\`${written}\``;
  return Array.isArray(value) ? 'a list' : typeof value === 'object' ? 'a map' : 'a long text';
}
