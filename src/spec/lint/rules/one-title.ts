import { endOf, startOf } from '../../document.ts';
import type { DraftRule } from '../rule.ts';
import { entryOf } from '../subjects.ts';

export const oneTitle: DraftRule = {
  id: 'one-title',
  group: 'structure',
  severity: 'error',
  summary:
    'The text begins with one heading of the first level, which is the title of the front matter.',
  why: 'The title is what lists and links show. Two of them, or two that differ, make two proposals out of one.',
  wrong: '---\ntitle: Doors\n---\n\n# Windows',
  right: '---\ntitle: Doors\n---\n\n# Doors',
  *checkDraft(draft) {
    const { document } = draft;
    if (document.oversize) return;
    const value = entryOf(draft, 'title')?.value;
    const expected = typeof value === 'string' ? value.trim() : '';
    const titles = document.headings.filter(({ depth }) => depth === 1);
    // Comments are not seen.
    const first = document.tree.children.find(({ type }) => type !== 'yaml' && type !== 'html');
    const title = titles.find(({ node }) => node === first);
    if (!title) {
      yield {
        at: first ? startOf(first) : document.source.trimEnd().length,
        message: 'the text does not begin with its title',
        hint: `Begin it with \`# ${expected || 'Title'}\`.`,
      };
    } else if (expected !== '' && title.text !== expected) {
      yield {
        at: title.start,
        end: endOf(title.node),
        message: `the heading is “${title.text}”, and the title in the front matter “${expected}”`,
        hint: 'Make them the same.',
      };
    }
    for (const { start, node, text } of title
      ? titles.filter((other) => other !== title)
      : titles.slice(1)) {
      yield {
        at: start,
        end: endOf(node),
        message: `“${text}” is a second heading of the first level`,
        hint: 'Use `##` for sections and `###` below them.',
      };
    }
  },
};
