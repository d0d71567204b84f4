import { describe, expect, test } from 'vitest';
import { crlf, finds, findsAll, keepsItsWord, passes, proposal } from '../testing.ts';
import { metadataValue } from './metadata-value.ts';

const GOOD = proposal('Text.');
const within = (lines: string) => `---\n${lines}\n---\n`;
const STATUSES =
  'one of draft, review, last-call, accepted, final, withdrawn, rejected, deferred and superseded';

describe('metadata-value', () => {
  test('its words', () => keepsItsWord(metadataValue, within));

  test.each<[line: string, message: string, hint?: string]>([
    [
      'proposal: ⌖"42"',
      '`"42"`, and has to be a whole number from 0',
      'Write it without quotes: `proposal: 42`.',
    ],
    ['proposal: ⌖-1', '`-1`, and has to be a whole number from 0'],
    ['proposal: ⌖4.2', '`4.2`, and has to be a whole number from 0'],
    ['proposal: ⌖.inf', '`.inf`, and has to be a whole number from 0'],
    ['proposal: ⌖""', '`""`, and has to be a whole number from 0'],
    ['title:⌖', 'empty, and has to be text'],
    ['title: ⌖1.0', '`1.0`, and has to be text', 'Quote it: `title: "1.0"`.'],
    ['title: ⌖true', '`true`, and has to be text', 'Quote it: `title: "true"`.'],
    ['title: ⌖[Doors]', '`[Doors]`, and has to be text'],
    ['summary: ⌖{open: doors}', '`{open: doors}`, and has to be text'],
    [
      'authors: ⌖Zoë 🚪',
      '`Zoë 🚪`, and has to be a list of one or more names, such as `[A. Author]`',
    ],
    ['authors: ⌖[]', '`[]`, and has to be a list of one or more names, such as `[A. Author]`'],
    [
      'authors: ⌖[A, 1]',
      '`[A, 1]`, and has to be a list of one or more names, such as `[A. Author]`',
    ],
    [
      'authors: &a ⌖[*a]',
      '`[*a]`, and has to be a list of one or more names, such as `[A. Author]`',
    ],
    ['status: ⌖drafted', `\`drafted\`, and has to be ${STATUSES}`, 'Did you mean `draft`?'],
    ['status: ⌖last call', `\`last call\`, and has to be ${STATUSES}`, 'Did you mean `last-call`?'],
    ['status: ⌖Final', `\`Final\`, and has to be ${STATUSES}`, 'Did you mean `final`?'],
    ['status: ⌖nonsense', `\`nonsense\`, and has to be ${STATUSES}`],
    [
      'type: ⌖standard',
      '`standard`, and has to be one of standards, informational and process',
      'Did you mean `standards`?',
    ],
    ['created: ⌖2026', '`2026`, and has to be a date, such as 2026-11-22'],
    ['discussion: ⌖[repository]', '`[repository]`, and has to be `repository`, or an address'],
    ['revision: ⌖0', '`0`, and has to be a whole number from 1'],
    ['last-call-ends: ⌖20261222', '`20261222`, and has to be a date, such as 2026-11-22'],
    ['resolution:⌖', 'empty, and has to be text'],
    ['superseded-by: ⌖[43]', '`[43]`, and has to be a proposal number'],
    ['requires: ⌖2', '`2`, and has to be a list of proposal numbers, such as `[2, 3]`'],
    [
      'requires: ⌖[2, "3"]',
      '`[2, "3"]`, and has to be a list of proposal numbers, such as `[2, 3]`',
    ],
    ['replaces: ⌖[-2]', '`[-2]`, and has to be a list of proposal numbers, such as `[2, 3]`'],
    ['implementations: ⌖Portway', '`Portway`, and has to be a list of text'],
  ])('%s', (line, words, hint) => {
    const message = `\`${line.split(':')[0]}\` is ${words}`;
    const problem = finds(metadataValue, within(line), message);
    expect(problem.hint).toBe(hint);
    finds(
      metadataValue,
      crlf(within(`${line}\nresolution: x`)).replace(
        'resolution: x\r\n',
        line.startsWith('resolution') ? '' : 'resolution: x\r\n',
      ),
      message,
    );
  });

  test('a value of several lines is not repeated, and its end is its own', () => {
    const text = within('summary:\n  ⌖- How doors open.\n  - And shut.\ntitle: Doors');
    const problem = finds(metadataValue, text, '`summary` is a list, and has to be text');
    expect(problem).toMatchObject({ endLine: 4, endColumn: 14 });
  });

  test('several, in their order; both of a field that stands twice', () => {
    findsAll(metadataValue, within('proposal: ⌖x\ntitle: Doors\nstatus: ⌖x\nproposal: ⌖y'), [
      '`proposal` is `x`, and has to be a whole number from 0',
      `\`status\` is \`x\`, and has to be ${STATUSES}`,
      '`proposal` is `y`, and has to be a whole number from 0',
    ]);
  });

  test.each([
    ['a good proposal', GOOD],
    ['number 0', proposal('', { proposal: '0' })],
    ['quoted text', proposal('', { status: '"draft"', created: "'2026-11-22'" })],
    ['empty lists where a list need not be', proposal('', { requires: '[]', replaces: '[]' })],
    ['a list on several lines', proposal('', { authors: '\n  - A\n  - B' })],
    ['a title of digits that is quoted', GOOD.replace('title: Doors', 'title: "42"')],
    ['a date that is none, which is the subject of date-valid', proposal('', { created: 'soon' })],
    ['a field that is not known', within('toString: 1\ncolour: 2')],
  ])('near miss: %s', (_, text) => passes(metadataValue, text));
});
