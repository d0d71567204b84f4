import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, passesAlone, proposal } from '../testing.ts';
import { dateValid } from './date-valid.ts';

const today = '2026-11-22';
const dated = (created: string, ends?: string) =>
  proposal('Text.', { created, ...(ends === undefined ? {} : { 'last-call-ends': ends }) });

describe('date-valid', () => {
  test('its words', () => keepsItsWord(dateValid, (line) => `---\n${line}\n---\n`, { today }));

  test.each([
    '22.11.2026',
    '11/22/2026',
    '2026-11-2',
    '2026-11-031',
    '26-11-22',
    '2026-13-01',
    '2026-00-10',
    '2026-02-29',
    '2026-02-30',
    '2026-11-31',
    '2100-02-29',
    '2026-11-22T00:00:00Z',
    '2026-11-22 heute',
    '２０２６-11-22',
    'soon',
  ])('`created: %s`', (created) => {
    const message = `\`${created}\` is not a day of the calendar`;
    const problem = finds(dateValid, dated(`⌖${created}`), message, { today });
    expect(problem).toMatchObject({
      hint: 'Write it like 2026-11-22.',
      endColumn: 10 + created.length,
    });
    finds(dateValid, crlf(dated(`⌖${created}`)), message);
  });

  test('an end of the last call that is none, on the last line', () => {
    finds(dateValid, dated(today, '⌖2026-12-32'), '`2026-12-32` is not a day of the calendar');
  });

  test('both are found at once', () => {
    findsAll(dateValid, dated('⌖soon', '⌖later'), [
      '`soon` is not a day of the calendar',
      '`later` is not a day of the calendar',
    ]);
    findsAll(
      dateValid,
      dated('⌖2026-11-23', '⌖later'),
      [
        '`created` is 2026-11-23, which is after today, 2026-11-22 in UTC',
        '`later` is not a day of the calendar',
      ],
      { today },
    );
  });

  test.each(['2026-11-23', '2027-01-01', '"9999-12-31"'])(
    'created on %s, after today',
    (created) => {
      const day = created.replaceAll('"', '');
      const message = `\`created\` is ${day}, which is after today, 2026-11-22 in UTC`;
      finds(dateValid, dated(`⌖${created}`), message, { today });
    },
  );

  test.each(['2026-11-22', '2026-11-21', '2025-12-31'])('a last call that ends on %s', (ends) => {
    const message = `the last call ends on ${ends}, which is not after 2026-11-22, when the proposal was begun`;
    finds(dateValid, dated(today, `⌖${ends}`), message, { today });
    finds(dateValid, dated(today, `⌖${ends}`), message);
  });

  test('without knowing the day, the future is not known either', () => {
    passesAlone(dateValid, dated('2999-01-01'));
  });

  test.each([
    ['today', dated(today)],
    ['a leap day', dated('2024-02-29')],
    ['the leap day of 2000', dated('2000-02-29')],
    ['quoted', dated('"2026-11-22"')],
    ['with a comment', dated('2026-11-22 # Sunday')],
    ['a last call that ends in the future', dated(today, '2026-12-22')],
    ['or ended already', dated('2026-10-01', '2026-11-01')],
    ['no dates at all', '---\ntitle: Doors\n---\n'],
    ['a number, which is the subject of metadata-value', dated('2026')],
    ['a day that is none in another field', proposal('', { resolution: '2026-02-30' })],
  ])('near miss: %s', (_, text) => passes(dateValid, text, { today }));
});
