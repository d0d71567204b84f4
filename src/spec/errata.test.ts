import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { errata, erratum } from '../../tests/fixtures/errata.ts';
import { readDocument } from './document.ts';
import { errataIn, isMended, type NewErratum, readErrata, saysAt, withErratum } from './errata.ts';

const document = (text: string) => readDocument(text, 'x.md');

describe('reading', () => {
  test('an erratum with all that it has to say', () => {
    expect(readErrata(errata({ revisions: '1, 2', status: 'verified' }), 'x.md')).toEqual([
      {
        number: 1,
        title: 'A door too many',
        revisions: [1, 2],
        at: 'Specification',
        reported: '2026-12-01',
        by: 'A. Reader',
        status: 'verified',
        says: 'Doors opens.',
        toSay: 'Doors open.',
        why: 'The summary has it right.',
      },
    ]);
  });

  test('quotations keep their Markdown, over several lines and blocks', () => {
    const [one] = readErrata(
      errata({ says: '> A `door`\n> opens.\n>\n> ```text\n> open\n> ```' }),
      'x',
    );
    expect(one?.says).toBe('A `door`\nopens.\n\n```text\nopen\n```');
  });

  test.each([
    ['a heading without a number', { heading: '## A door too many' }],
    ['a number that is none', { heading: '## Erratum 0: A door' }],
    ['no revision', { revisions: '' }],
    ['a revision that is no number', { revisions: 'v1' }],
    ['no place', { at: '' }],
    ['an unknown status', { status: 'open' }],
    ['one quotation', { toSay: 'Doors open.' }],
    ['no reason', { why: '' }],
  ])('with %s it is none yet', (_, parts) => {
    expect(readErrata(errata(parts), 'x.md')).toEqual([]);
    expect(errataIn(document(errata(parts)))).toHaveLength(1);
  });

  test('whatever the text', () => {
    const lines = erratum().split('\n');
    const anyLines = fc.array(
      fc.oneof(fc.constantFrom(...lines, '> > x', '- at', '## '), fc.string()),
    );
    fc.assert(fc.property(anyLines, (some) => void errataIn(document(some.join('\n')))));
  });
});

describe('the place', () => {
  const text = document(
    '# Doors\n\n## Use\n\nr[door.open]\nThe gateway MUST open\nthe door.\n\nDoors opens.\n\n### Bells\n\nRing.\n\n## Open issues\n\nNone.\n',
  );
  test.each([
    ['door.open', 'MUST open the door.', true],
    ['door.open', 'Doors opens.', false],
    ['Use', 'Doors\n  opens.', true],
    ['Use', 'Ring.', true],
    ['Use', 'None.', false],
    ['Doors', 'None.', true],
    ['Windows', 'None.', false],
    ['Use', ' ', false],
  ])('at %s it says “%s”: %s', (at, words, says) => {
    expect(saysAt(text, at, words)).toBe(says);
  });

  test.each([
    ['words that are gone', 'Doors opened.', 'Doors open.', true],
    ['words that stand there', 'Doors opens.', 'Doors open.', false],
    ['words too many, which stand there', 'Doors opens.', 'opens.', false],
    ['a word that was missing, and is there', 'Ring', 'Ring.', true],
    ['a word that is missing', 'Ring.', 'Ring. Twice.', false],
  ])('%s', (_, says, toSay, mended) => {
    expect(isMended(text, { at: 'Use', says, toSay })).toBe(mended);
  });
});

describe('writing', () => {
  const NEW: NewErratum = {
    title: 'A door too many',
    revisions: [1],
    at: 'Specification',
    reported: '2026-12-01',
    by: 'A. Reader',
    says: 'Doors opens.',
    toSay: 'Doors open.',
    why: 'The summary has it right.',
  };

  test('the first one begins the file', () => {
    expect(withErratum(undefined, NEW)).toBe(errata({}));
    expect(withErratum('', NEW)).toBe(errata({}));
  });

  test('the next one has the next number, and leaves the others alone', () => {
    const text = withErratum(errata({}), { ...NEW, title: 'Another' });
    expect(text).toBe(errata({}, { heading: '## Erratum 2: Another' }));
  });

  test('what is written is read, whatever the words', () => {
    const words = fc.stringMatching(/^[A-Za-z][A-Za-z ,.]{0,30}[a-z]$/);
    const lines = fc.array(words, { minLength: 1, maxLength: 4 }).map((some) => some.join('\n'));
    const added = fc.record({
      title: words,
      revisions: fc.array(fc.integer({ min: 1, max: 99 }), { minLength: 1, maxLength: 3 }),
      at: words,
      reported: fc.constant('2026-12-01'),
      by: words,
      says: lines,
      toSay: lines,
      why: lines,
    });
    fc.assert(
      fc.property(fc.array(added, { minLength: 1, maxLength: 3 }), (all) => {
        const text = all.reduce<string | undefined>(withErratum, undefined) ?? '';
        const line = (value: string) => value.replace(/\s+/g, ' ').trim();
        expect(readErrata(text, 'x.md')).toEqual(
          all.map((one, index) => ({
            ...one,
            number: index + 1,
            status: 'reported',
            title: line(one.title),
            at: line(one.at),
            by: line(one.by),
          })),
        );
      }),
    );
  });
});
