import { describe, expect, test } from 'vitest';
import {
  type ErratumParts,
  errata,
  ERRATA_FILE as file,
} from '../../../../tests/fixtures/errata.ts';
import { finds, findsAll, found, passes } from '../testing.ts';
import { erratumForm } from './erratum-form.ts';

const rest = { file };
const MARK = '⌖';

describe('erratum-form', () => {
  test('its words', () => {
    expect(found(erratumForm, erratumForm.wrong, rest)).not.toEqual([]);
    passes(erratumForm, erratumForm.right, rest);
  });

  test.each<[string, ErratumParts, string]>([
    [
      'a heading without a number',
      { heading: '⌖## A door' },
      'the heading of an erratum has its number and a title',
    ],
    [
      'a heading without a title',
      { heading: '⌖## Erratum 1:' },
      'the heading of an erratum has its number and a title',
    ],
    [
      'a number that is not next',
      { heading: '⌖## Erratum 2: A door' },
      'erratum 2 stands where 1 is next',
    ],
    [
      'no quotation',
      { heading: '⌖## Erratum 1: A door', says: 'x', toSay: 'y' },
      'it has no quotation, and needs 2',
    ],
    [
      'one quotation',
      { heading: '⌖## Erratum 1: A door', toSay: 'y' },
      'it has 1 quotation, and needs 2',
    ],
    [
      'a correction that changes nothing',
      { says: '> A door.', toSay: '⌖> A door.' },
      'both quotations say the same',
    ],
    ['three quotations', { why: '⌖> Why?' }, 'it has 3 quotations, and needs 2'],
    [
      'no reason',
      { toSay: '⌖> Doors open.', why: '' },
      'nothing behind the second quotation says why',
    ],
  ])('%s', (_, parts, message) => {
    finds(erratumForm, errata(parts), message, rest);
  });

  test.each([
    ['- revisions: v1', '`v1` is no list of revisions'],
    ['- revisions: 1 2', '`1 2` is no list of revisions'],
    ['- revisions:', '`` is no list of revisions'],
    ['- at:', '`at` is empty'],
    ['- by:', '`by` is empty'],
    ['- reported: 1.12.2026', '`1.12.2026` is not a day of the calendar'],
    ['- reported: 2026-02-30', '`2026-02-30` is not a day of the calendar'],
    [
      '- reported: 2026-12-02',
      'it is reported on 2026-12-02, which is after today, 2026-12-01 in UTC',
    ],
    ['- status: open', '`open` is no status of an erratum'],
  ])('%s', (line, message) => {
    const [, key] = /^- ([a-z]+)/.exec(line) ?? [];
    const text = errata({}).replace(new RegExp(`^- ${key}: .*$`, 'm'), MARK + line);
    finds(erratumForm, text, message, { ...rest, today: '2026-12-01' });
  });

  test('facts in another order, facts that are missing, and none', () => {
    finds(
      erratumForm,
      errata({}).replace(
        '- revisions: 1\n- at: Specification',
        '⌖- at: Specification\n- revisions: 1',
      ),
      'its facts are `at`, `revisions`, `reported`, `by`, `status`',
      rest,
    );
    finds(
      erratumForm,
      errata({}).replace('- revisions', '⌖- revisions').replace('- by: A. Reader\n', ''),
      'its facts are `revisions`, `at`, `reported`, `status`',
      rest,
    );
    finds(
      erratumForm,
      errata({ heading: '⌖## Erratum 1: A door' }).replace(/^- .*\n/gm, ''),
      'it has no list of facts',
      rest,
    );
  });

  test('a number twice, and every mistake of several errata', () => {
    findsAll(
      erratumForm,
      errata(
        {},
        { heading: '⌖## Erratum 1: Again' },
        { heading: '## Erratum 2: More', status: 'x' },
      ).replace('- status: x', '⌖- status: x'),
      ['erratum 1 stands where 2 is next', '`x` is no status of an erratum'],
      rest,
    );
  });

  test('near miss: several in order, of every status, about several revisions', () => {
    passes(
      erratumForm,
      errata(
        { revisions: '1, 2', status: 'verified' },
        { heading: '## Erratum 2: Another', status: 'rejected', why: 'Once.\n\nAnd again.' },
      ),
      { ...rest, today: '2026-12-01' },
    );
    passes(erratumForm, '# Errata\n', rest);
  });
});
