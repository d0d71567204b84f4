import { describe, test } from 'vitest';
import { finds, passes, proposal } from '../testing.ts';
import { changeLog } from './change-log.ts';

const FIRST = '- Revision 1: first text.';
const V1 = 'proposals/0042-doors/v1.md';
/** The draft of revision 2, with items in its change log. */
const second = (log: string, text = 'Nothing.') =>
  proposal(text, { revision: '2' }).replace(FIRST, log);
const published = { beside: [[V1, proposal('Nothing.')]] as [string, string][] };

describe('change-log', () => {
  test('no item for the revision', () => {
    finds(
      changeLog,
      second(FIRST).replace('## Change log', '⌖## Change log'),
      'the change log has no item for revision 2',
    );
  });

  test('an item that is not one of a list', () => {
    finds(
      changeLog,
      proposal('x').replace('## Change log\n\n- R', '⌖## Change log\n\nR'),
      'the change log has no item for revision 1',
    );
  });

  test('“no change yet.” under a text that has changed', () => {
    finds(
      changeLog,
      second(`⌖- Revision 2: no change yet.\n${FIRST}`, 'Something.'),
      `the text differs from ${V1}, and the change log says “no change yet.”`,
      published,
    );
  });

  test('an older revision before a newer one, and one twice', () => {
    finds(
      changeLog,
      second(`${FIRST}\n⌖- Revision 2: a bell.`),
      'revision 2 stands behind revision 1',
    );
    finds(
      changeLog,
      second(`- Revision 2: a bell.\n⌖- Revision 2: a bell.\n${FIRST}`),
      'revision 2 stands behind revision 2',
    );
  });

  test.each([
    ['one revision', proposal('x')],
    [
      'the newest first, over several lines',
      second(`- Revision 2: a bell,\n  of brass.\n${FIRST}`),
    ],
    ['other items between them', second(`- Revision 2: a bell.\n- Thanks.\n${FIRST}`)],
    ['no section, which is the matter of sections-required', '# Doors\n\nText.\n'],
  ])('near miss: %s', (_, text) => passes(changeLog, text));

  test.each([
    ['nothing has changed', second(`- Revision 2: no change yet.\n${FIRST}`)],
    [
      'only the status has changed',
      second(`- Revision 2: no change yet.\n${FIRST}`).replace('status: draft', 'status: review'),
    ],
    ['it says what has changed', second(`- Revision 2: something.\n${FIRST}`, 'Something.')],
  ])('near miss: %s since the last revision', (_, text) => passes(changeLog, text, published));
});
