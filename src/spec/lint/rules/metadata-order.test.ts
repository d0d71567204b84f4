import { describe, expect, test } from 'vitest';
import { crlf, finds, found, keepsItsWord, mends, passes, proposal } from '../testing.ts';
import { metadataOrder } from './metadata-order.ts';

const GOOD = proposal('Text.');
const within = (lines: string) => `---\n${lines}\n---\n`;

describe('metadata-order', () => {
  test('its words', () => keepsItsWord(metadataOrder, within));

  test('the first two', () => {
    const text = GOOD.replace('proposal: 42\ntitle: Doors', 'title: Doors\n⌖proposal: 42');
    const message = '`proposal` stands behind `title`';
    expect(finds(metadataOrder, text, message)).toMatchObject({
      hint: 'The order is proposal, title, summary, authors, status, type, created, discussion, revision.',
      endColumn: 9,
    });
    finds(metadataOrder, crlf(text), message);
    expect(mends(metadataOrder, text.replace('⌖', ''))).toBe(GOOD);
    expect(mends(metadataOrder, crlf(text).replace('⌖', ''))).toBe(crlf(GOOD));
  });

  test('the last one, behind fields that need not be there', () => {
    const right = proposal('', { requires: '[2]', replaces: '[7]' });
    const wrong = right
      .replace('revision: 1\n', '')
      .replace('replaces: [7]\n', 'replaces: [7]\n⌖revision: 1\n');
    finds(metadataOrder, wrong, '`revision` stands behind `replaces`');
    expect(mends(metadataOrder, wrong.replace('⌖', ''))).toBe(right);
  });

  test('several are one finding, at the first that stands too late', () => {
    const text = within('revision: 1\n⌖type: process\nstatus: draft\nproposal: 42');
    finds(metadataOrder, text, '`type` stands behind `revision`');
    expect(mends(metadataOrder, text.replace('⌖', ''))).toBe(
      within('proposal: 42\nstatus: draft\ntype: process\nrevision: 1'),
    );
  });

  test('values of several lines move as a whole, and of two fields of one name the first stays first', () => {
    const text = within(
      'authors:\n  - A. Author\n  - Zoë 🚪\nsummary: >\n  How doors\n  open.\ntitle: "Doors"\ntitle: Walls',
    );
    expect(mends(metadataOrder, text)).toBe(
      within(
        'title: "Doors"\ntitle: Walls\nsummary: >\n  How doors\n  open.\nauthors:\n  - A. Author\n  - Zoë 🚪',
      ),
    );
  });

  test.each([
    ['a comment, which belongs to one of them', 'title: Doors\n# The number.\nproposal: 42'],
    ['fields in braces', '{title: Doors, proposal: 42}'],
    ['fields that are indented', '  title: Doors\n  proposal: 42'],
    ['a value that refers to another', 'summary: &a Doors\ntitle: *a'],
  ])('no fix for %s', (_, lines) => {
    const problems = found(metadataOrder, within(lines));
    expect(problems.map(({ fix }) => fix)).toEqual([undefined]);
  });

  test.each([
    ['the order of proposal 1', GOOD],
    ['with gaps', within('proposal: 42\nrevision: 1\nreplaces: [7]')],
    ['an unknown field, which has no place', within('title: Doors\nautors: [A]\nproposal: 42')],
    ['two fields of one name', within('proposal: 42\nproposal: 43\ntitle: Doors')],
    ['one field', within('title: Doors')],
    ['no front matter', 'title: Doors\nproposal: 42\n'],
  ])('near miss: %s', (_, text) => passes(metadataOrder, text));
});
