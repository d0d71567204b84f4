import { describe, expect, test } from 'vitest';
import { setFields } from './front-matter.ts';
import { proposal } from './lint/testing.ts';

const before = proposal('Nothing.', { revision: '1 # the first', requires: '[2, 3]' });

describe('setFields', () => {
  test('changes a line, and leaves every other octet as it was', () => {
    expect(setFields(before, { status: 'review' })).toBe(
      before.replace('status: draft', 'status: review'),
    );
  });

  test('puts a new field where the order has it', () => {
    expect(setFields(before, { resolution: 'Accepted as it stands.' })).toBe(
      before.replace('requires:', 'resolution: Accepted as it stands.\nrequires:'),
    );
    expect(setFields(proposal('x'), { requires: [2] })).toBe(
      proposal('x').replace('revision: 1\n', 'revision: 1\nrequires: [2]\n'),
    );
  });

  test('takes a field out', () => {
    expect(setFields(before, { requires: undefined } as never)).toBe(
      before.replace('requires: [2, 3]\n', ''),
    );
  });

  test('quotes what YAML would read as something else', () => {
    const title = 'Doors: "open" # or shut';
    const text = setFields(before, { title });
    expect(text).toContain(`title: 'Doors: "open" # or shut'\n`);
    expect(setFields(text, { title: 'Doors' })).toBe(before);
  });

  test('keeps the line ends of the text', () => {
    const windows = before.replaceAll('\n', '\r\n');
    expect(setFields(windows, { status: 'review', 'superseded-by': 7 })).toBe(
      setFields(before, { status: 'review', 'superseded-by': 7 }).replaceAll('\n', '\r\n'),
    );
  });

  test('a text without front matter is an error, not a guess', () => {
    expect(() => setFields('# Doors\n', { status: 'review' })).toThrow('front matter');
  });
});
