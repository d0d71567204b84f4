import { sectionSpan } from '../../sections.ts';
import type { DraftRule } from '../rule.ts';

/** Not as a part of an id, an address or a compound. */
const WORD = /(?<![\w./:-])(?:must|should|shall)(?![\w/-]|\.\w)/g;

interface Stretch {
  readonly start: number;
  readonly text: string;
  /** Whether it is a requirement that has no keyword: then the word is the one that it lacks. */
  readonly lacks?: boolean;
}

export const lowercaseKeyword: DraftRule = {
  id: 'lowercase-keyword',
  group: 'normative',
  severity: 'warning',
  summary: 'The section Specification does not say “must”, “should” or “shall” in lowercase.',
  why: 'By BCP 14 only capitals bind, and a reader wonders whether lowercase was meant to. Say it as a requirement, or say “has to”, “is to”, “does”.',
  wrong: 'The gateway must open the door.',
  right: 'r[door.opens]\nThe gateway MUST open the door.',
  fixes: true,
  *checkDraft({ document, template }) {
    const span = sectionSpan(document, 'Specification');
    if (template || !span) return;
    const requirements = document.marked.map(({ bodyStart, end, keywords }) => ({
      start: bodyStart,
      lacks: keywords.length === 0,
      text: document.source
        .slice(bodyStart, end)
        .replace(/`[^`]*`/g, (code) => ' '.repeat(code.length)),
    }));
    for (const { text, start, lacks } of [...document.prose, ...requirements] as Stretch[]) {
      const found = [...text.matchAll(WORD)];
      for (const { 0: word, index } of found) {
        const at = start + index;
        if (at < span[0] || at >= span[1]) continue;
        yield {
          at,
          end: at + word.length,
          message: `“${word}” in lowercase does not bind, and reads as if it did`,
          ...(lacks && found.length === 1
            ? { hint: 'Write it in capitals.', fix: [inCapitals(text.slice(index), word, at)] }
            : { hint: 'Make it a requirement, or say “has to”, “is to” or “does”.' }),
        };
      }
    }
  },
};

/** As the keyword, with a `not` behind it; SHALL is not one of the keywords. */
function inCapitals(text: string, word: string, at: number) {
  const [whole = word] = /^\w+(?: not(?!\w))?/.exec(text) ?? [];
  const capitals = whole.toUpperCase().replace('SHALL', 'MUST');
  return { start: at, end: at + whole.length, text: capitals };
}
