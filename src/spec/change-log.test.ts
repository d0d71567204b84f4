import { describe, expect, test } from 'vitest';
import { isUnchanged, logOf, openRevision, substanceOf } from './change-log.ts';
import { readDocument } from './document.ts';
import { proposal } from './lint/testing.ts';

const text = proposal('Nothing.');
const log = (source: string) =>
  logOf(readDocument(source, '')).map(({ revision, text }) => [revision, text]);

describe('the change log', () => {
  test('is the items of its section that name a revision', () => {
    const two = text.replace(
      '- Revision 1: first text.',
      '- Revision 2: a door may have\n  a `bell`.\n- Something else.\n- Revision 1: first text.',
    );
    expect(log(two)).toEqual([
      [2, 'a door may have\na bell.'],
      [1, 'first text.'],
    ]);
  });

  test('of a text without that section is empty', () => {
    expect(log('# Doors\n\n- Revision 1: first text.\n')).toEqual([]);
  });

  test('says of a revision that was just opened that nothing is changed, and of no other', () => {
    const opened = openRevision(text, 2);
    expect([1, 2, 3].filter((revision) => isUnchanged(opened, revision))).toEqual([2]);
    expect(isUnchanged(opened.replace('no change yet.', 'a bell.'), 2)).toBe(false);
    expect(isUnchanged(opened.replaceAll('\n', '\r\n'), 2)).toBe(true);
  });

  test('gets an item for the next revision, before the others', () => {
    const opened = openRevision(text, 2);
    expect(log(opened)).toEqual([
      [2, 'no change yet.'],
      [1, 'first text.'],
    ]);
    expect(opened).toBe(text.replace('- Revision 1', '- Revision 2: no change yet.\n- Revision 1'));
  });
});

describe('the substance of a text', () => {
  const substance = (source: string) => substanceOf(readDocument(source, ''));

  test('is the same whatever the revision, the status and the change log say', () => {
    const next = openRevision(
      text.replace('revision: 1', 'revision: 2\nresolution: Yes.').replace('draft', 'final'),
      2,
    );
    expect(substance(next)).toBe(substance(text));
  });

  test.each([
    ['a word', text.replace('Nothing.', 'Something.')],
    ['the title', text.replace('title: Doors', 'title: Gates')],
    ['a section behind the change log', `${text}\n## More\n`],
  ])('changes with %s', (_, changed) => {
    expect(substance(changed)).not.toBe(substance(text));
  });
});
