import { sectionSpan } from '../../sections.ts';
import type { DraftRule } from '../rule.ts';

/** Not as a part of an id, an address or a compound. */
const WORD = /(?<![\w./:-])(?:must|should|shall)(?![\w/-]|\.\w)/g;

export const lowercaseKeyword: DraftRule = {
  id: 'lowercase-keyword',
  group: 'normative',
  severity: 'warning',
  summary: 'The section Specification does not say “must”, “should” or “shall” in lowercase.',
  why: 'By BCP 14 only capitals bind, and a reader wonders whether lowercase was meant to. Say it as a requirement, or say “has to”, “is to”, “does”.',
  wrong: 'The gateway must open the door.',
  right: 'r[door.opens]\nThe gateway MUST open the door.',
  *checkDraft({ document, template }) {
    const span = sectionSpan(document, 'Specification');
    if (template || !span) return;
    const requirements = document.marked.map(({ bodyStart, end }) => ({
      start: bodyStart,
      text: document.source
        .slice(bodyStart, end)
        .replace(/`[^`]*`/g, (code) => ' '.repeat(code.length)),
    }));
    for (const { text, start } of [...document.prose, ...requirements]) {
      for (const { 0: word, index } of text.matchAll(WORD)) {
        const at = start + index;
        if (at < span[0] || at >= span[1]) continue;
        yield {
          at,
          end: at + word.length,
          message: `“${word}” in lowercase does not bind, and reads as if it did`,
          hint: 'Make it a requirement, or say “has to”, “is to” or “does”.',
        };
      }
    }
  },
};
