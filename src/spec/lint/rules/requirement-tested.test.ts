import { describe, expect, test } from 'vitest';
import { crlf, FILE, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { requirementTested } from './requirement-tested.ts';

const LAST_CALL = { status: 'last-call', 'last-call-ends': '2027-01-01' };
const lastCall = (text: string) => proposal(text, LAST_CALL);
const OPENS = 'r[door.opens]\nThe gateway MUST open the door.';
const EXEMPT = '```untested\n- {requirement: door.opens, reason: It is dark.}\n```';
const none = { tests: new Map<string, string[]>() };
const message = 'no test names `door.opens`';

describe('requirement-tested', () => {
  test('its words', () => keepsItsWord(requirementTested, lastCall, none));

  test.each([
    ['MUST', OPENS],
    ['MUST NOT', 'r[door.opens]\nThe gateway MUST NOT öffnen the door.'],
    ['a sentence that cannot be read in full', 'r[door.opens]\nThe door MUST open and MAY ring.'],
  ])('%s', (_, text) => {
    const problem = finds(requirementTested, lastCall(`⌖${text}`), message, none);
    expect(problem).toMatchObject({ endColumn: 14 });
    expect(problem.hint).toContain('`untested` block');
    finds(requirementTested, crlf(lastCall(`⌖${text}`)), message, none);
  });

  test.each([
    ['accepted', { resolution: 'Yes.' }],
    ['final', { resolution: 'Yes.', implementations: '[a, b]' }],
    ['superseded', { 'superseded-by': '43' }],
  ])('%s', (status, fields) => {
    finds(requirementTested, proposal(`⌖${OPENS}`, { status, ...fields }), message, none);
  });

  test.each(['draft', 'review', 'withdrawn', 'rejected', 'deferred'])('near miss: %s', (status) => {
    passes(requirementTested, proposal(OPENS, { status }), none);
  });

  test('each of them; the test of a longer id is none', () => {
    const tests = new Map([
      ['door.opens-once', ['a.test.ts']],
      ['door.shuts', ['a.test.ts']],
    ]);
    findsAll(
      requirementTested,
      lastCall(
        `⌖${OPENS}\n\nr[door.shuts]\nThe gateway MUST shut it.\n\n⌖r[door.rings]\nThe gateway MUST ring.`,
      ),
      [message, 'no test names `door.rings`'],
      { tests },
    );
  });

  test.each([
    ['SHOULD', 'r[door.opens]\nThe gateway SHOULD open the door.'],
    ['MAY', 'r[door.opens]\nThe gateway MAY open the door.'],
    ['no keyword', 'r[door.opens]\nThe gateway opens the door.'],
    ['an exemption before it', `${EXEMPT}\n\n${OPENS}`],
    ['an exemption behind it', `${OPENS}\n\n${EXEMPT}`],
  ])('near miss: %s', (_, text) => passes(requirementTested, lastCall(text), none));

  test('a test', () => {
    passes(requirementTested, lastCall(OPENS), { tests: new Map([['door.opens', ['a.test.ts']]]) });
  });

  test('an exemption in another proposal', () => {
    passes(requirementTested, lastCall(OPENS), {
      ...none,
      beside: [['proposals/0043-windows/draft.md', proposal(EXEMPT, { proposal: '43' })]],
    });
  });

  test('an exemption that cannot be read is none', () => {
    const text = `⌖${OPENS}\n\n\`\`\`untested\n- {requirement: door.opens}\n\`\`\``;
    finds(requirementTested, lastCall(text), message, none);
  });

  test('nothing is said where tests are not known, as in the editor', () => {
    passes(requirementTested, lastCall(OPENS));
  });

  test('the template', () => {
    passes(requirementTested, lastCall(OPENS), {
      ...none,
      file: FILE.replace('0042-doors', '0000-template'),
    });
  });
});
