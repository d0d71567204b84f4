import { logOf, substanceOf, UNCHANGED } from '../../change-log.ts';
import { sectionsOf } from '../../sections.ts';
import { documentOf } from '../library.ts';
import type { DraftRule } from '../rule.ts';
import { latestOf } from '../subjects.ts';

export const changeLog: DraftRule = {
  id: 'change-log',
  group: 'structure',
  severity: 'error',
  summary:
    'The change log has an item for the revision, which says what changes once something does.',
  why: 'Whoever has implemented the last revision reads it to learn what to do. Items begin with `Revision N: `, newest first. `portway proposal publish` adds the one for the next revision.',
  wrong: '## Change log\n\n- Revision 1: first text.\n\n(with `revision: 2`)',
  right:
    '## Change log\n\n- Revision 2: a door may have a bell.\n- Revision 1: first text.\n\n(with `revision: 2`)',
  *checkDraft(draft, library) {
    const { document, proposal } = draft;
    const section = sectionsOf(document).find(({ heading }) => heading.text === 'Change log');
    if (!section) return;
    const { revision } = proposal.frontMatter;
    const log = logOf(document);
    const entry = log.find((other) => other.revision === revision);
    const last = latestOf(draft, library);
    if (!entry) {
      yield {
        at: section.heading.start,
        message: `the change log has no item for revision ${revision}`,
        hint: `Add \`- Revision ${revision}: …\` before the others.`,
      };
    } else if (
      last &&
      entry.text === UNCHANGED &&
      substanceOf(document) !== substanceOf(documentOf(last))
    ) {
      yield {
        at: entry.start,
        end: entry.end,
        message: `the text differs from ${last.file}, and the change log says “${UNCHANGED}”`,
        hint: 'Say what changes, and for whom.',
      };
    }
    for (const [index, { revision: number, start, end }] of log.entries()) {
      const newer = log[index - 1];
      if (newer && newer.revision <= number) {
        yield {
          at: start,
          end,
          message: `revision ${number} stands behind revision ${newer.revision}`,
          hint: 'The newest revision stands first.',
        };
      }
    }
  },
};
