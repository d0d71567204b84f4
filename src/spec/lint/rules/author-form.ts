import type { DraftRule } from '../rule.ts';
import { entryOf, itemSpan } from '../subjects.ts';

const FORM = /^[^\s<>@,;][^<>@,;]*?(?:\s<[^\s<>@]+@[^\s<>@]+>)?$/u;

export const authorForm: DraftRule = {
  id: 'author-form',
  group: 'metadata',
  severity: 'error',
  summary:
    'An author is a name, with an address in angle brackets if they like; nobody is named twice.',
  why: 'Names are shown and searched. An address without a name, or two people in one entry, is neither.',
  wrong: 'authors: [author@example.org]',
  right: 'authors: [A. Author <author@example.org>]',
  language: 'yaml',
  *checkDraft(draft) {
    const entry = entryOf(draft, 'authors');
    if (!Array.isArray(entry?.value)) return;
    const seen = new Set<string>();
    for (const [index, author] of entry.value.entries()) {
      if (typeof author !== 'string') continue;
      const name = author.replace(/\s*<[^<>]*>$/, '').trim();
      if (!FORM.test(author)) {
        yield {
          ...itemSpan(draft, entry, index),
          message: `\`${author}\` is not a name, or a name and an address`,
          hint: 'Write `A. Author` or `A. Author <author@example.org>`, one entry for each.',
        };
      } else if (seen.has(name)) {
        yield {
          ...itemSpan(draft, entry, index),
          message: `\`${name}\` is named twice`,
          hint: 'Delete one of the two.',
        };
      }
      seen.add(name);
    }
  },
};
