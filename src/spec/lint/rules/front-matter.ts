import type { DraftRule } from '../rule.ts';

export const frontMatter: DraftRule = {
  id: 'front-matter',
  group: 'metadata',
  severity: 'error',
  summary: 'A proposal begins with front matter: lines of `key: value` between two lines of `---`.',
  why: 'Number, status and revision are read by programs: the site, the register and the commands. The very first line of the file is `---`, the values are YAML, and text that contains `: ` or ` #`, or begins with a bracket or another mark, is quoted.',
  wrong: '# Doors',
  right: '---\nproposal: 42\ntitle: Doors\n---\n\n# Doors',
  essential: true,
  *checkDraft({ document }) {
    const { span, errors, entries } = document.frontMatter;
    if (document.oversize) return;
    if (!span) {
      const begun = /^---[ \t]*(?:[\r\n]|$)/.test(document.source);
      yield begun
        ? {
            at: 0,
            message: 'the front matter has no end',
            hint: 'Write a line of `---` behind its last field.',
          }
        : {
            at: 0,
            message: 'the proposal has no front matter',
            hint: 'Begin the file with a line of `---`, its fields, and another line of `---`.',
          };
    } else if (errors.length === 0 && entries.length === 0) {
      yield {
        at: span[0],
        message: 'the front matter is empty',
        hint: 'Copy that of `proposals/0000-template/draft.md`.',
      };
    }
    for (const { offset, message } of errors) {
      yield {
        at: offset,
        // The parser counts lines from the first field; ours are those of the file.
        message: `the front matter is not valid YAML: ${message.replace(/ at line \d+, column \d+:?$/, '')}`,
        hint: 'Quote values that contain `: `, `#` or begin with `[`, `{` or a backtick.',
      };
    }
  },
};
