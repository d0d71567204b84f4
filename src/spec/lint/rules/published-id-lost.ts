import type { LibraryRule } from '../rule.ts';
import { idsOf, proposalsOf, publishedIds, retiredIn } from '../subjects.ts';

export const publishedIdLost: LibraryRule = {
  id: 'published-id-lost',
  group: 'normative',
  severity: 'error',
  summary: 'An id that was published is still defined, or retired with an alias or a tombstone.',
  why: 'Somebody has a test, an error message or a link with that id. A rename leaves an alias, a removal a tombstone that says why: a block of the kind `retired`.',
  wrong: '<!-- v1.md has door.opens. -->\n\nr[door.swings]\nThe gateway MUST open the door.',
  right:
    '<!-- v1.md has door.opens. -->\n\nr[door.swings]\nThe gateway MUST open the door.\n\n```retired\n- {id: door.opens, alias: door.swings}\n```',
  *checkLibrary(library) {
    const retired = retiredIn(library);
    const drafts = new Map(proposalsOf(library).map((draft) => [draft.folder, draft]));
    for (const [id, { file, line, folder }] of publishedIds(library)) {
      if (idsOf(library).has(id) || retired.has(id)) continue;
      const draft = drafts.get(folder);
      yield {
        ...(draft ? { in: draft.document, at: 0 } : { at: { file, line } }),
        message: `the requirement \`${id}\`, published in ${file}:${line}, is no longer defined`,
        hint: `Put it back, or retire it in a \`retired\` block: \`- {id: ${id}, alias: its.new-id}\` or \`- {id: ${id}, tombstone: "Why it is gone."}\`.`,
      };
    }
  },
};
