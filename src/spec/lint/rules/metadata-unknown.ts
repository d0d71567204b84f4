import { FRONT_MATTER_SHAPES } from '../../join.ts';
import type { DraftRule } from '../rule.ts';
import { nearest } from '../subjects.ts';

/** What is known from git, and never typed. */
const DERIVED = new Set(['updated', 'last-updated', 'modified', 'contributors', 'version', 'date']);

export const metadataUnknown: DraftRule = {
  id: 'metadata-unknown',
  group: 'metadata',
  severity: 'error',
  summary: 'The front matter has only fields that proposal 1 defines.',
  why: 'A field that nobody reads is a misspelling, or something that belongs into the text. What git knows, such as the date of the last change, is not written down.',
  wrong: 'autors: [A. Author]',
  right: 'authors: [A. Author]',
  language: 'yaml',
  *checkDraft({ document }) {
    for (const { key, keyStart } of document.frontMatter.entries) {
      if (Object.hasOwn(FRONT_MATTER_SHAPES, key)) continue;
      const meant = nearest(key.toLowerCase(), Object.keys(FRONT_MATTER_SHAPES));
      const derived = DERIVED.has(key);
      yield {
        at: keyStart,
        end: keyStart + key.length,
        message: `\`${key}\` is not a field of the front matter`,
        hint: derived
          ? 'It is taken from the history of the repository: delete the line.'
          : meant
            ? `Did you mean \`${meant}\`?`
            : `The fields are ${Object.keys(FRONT_MATTER_SHAPES).join(', ')}.`,
      };
    }
  },
};
