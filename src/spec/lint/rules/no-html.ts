import type { DraftRule } from '../rule.ts';

/** An element or a declaration; comments are the author's own business. */
const TAG = /<(?!!--)[/!?]?[a-z][^>]*>?/i;

export const noHtml: DraftRule = {
  id: 'no-html',
  group: 'links',
  severity: 'error',
  summary: 'The text has no HTML but comments.',
  why: 'A proposal is rendered on pages that run code, in editors and on code hosts, and each of them takes other elements out. A script would run, a table of HTML could not be compared row by row. Write Markdown; an angle bracket that is meant as one is written as code.',
  wrong: 'The <b>gateway</b> opens the door.',
  right: 'The *gateway* opens the door, as `<door>` says.',
  errata: true,
  *checkDraft({ document }) {
    for (const { text, start } of document.comments) {
      const found = TAG.exec(text.replace(/<!--[\s\S]*?(?:-->|$)/g, (c) => ' '.repeat(c.length)));
      if (!found) continue;
      const at = start + found.index;
      yield {
        at,
        end: at + found[0].length,
        message: `\`${found[0].length > 40 ? `${found[0].slice(0, 40)}…` : found[0]}\` is HTML`,
        hint: 'Write Markdown, or put it into backticks if it is meant as text.',
      };
    }
  },
};
