import { owesTests } from '../../status.ts';
import type { DraftRule } from '../rule.ts';
import { exemptIn } from '../subjects.ts';

export const requirementTested: DraftRule = {
  id: 'requirement-tested',
  group: 'normative',
  severity: 'error',
  summary:
    'From the last call on, a requirement that binds with MUST or MUST NOT has a test, or an exemption with its reason.',
  why: 'A sentence that cannot be tested is an opinion. A test states the id in its name: `test("http.start-once: …")`. What really cannot be tested from outside says so in an `untested` block.',
  wrong: 'r[door.opens]\nThe gateway MUST open the door.',
  right:
    'r[door.opens]\nThe gateway MUST open the door.\n\n```untested\n- {requirement: door.opens, reason: "Only the maker of the door can see it."}\n```',
  *checkDraft(draft, library) {
    const { proposal, document, template } = draft;
    if (template || !library.tests || !owesTests(proposal.frontMatter)) return;
    for (const { id, keywords, start } of document.marked) {
      if (!keywords[0]?.word.startsWith('MUST')) continue;
      if (library.tests.has(id) || exemptIn(library).has(id)) continue;
      yield {
        at: start,
        end: start + id.length + 3,
        message: `no test names \`${id}\``,
        hint: 'Write one whose name begins with the id, or say in an `untested` block why there is none.',
      };
    }
  },
};
