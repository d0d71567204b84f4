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

  test.each<[string, string, string]>([
    ['behind a value', 'title: Doors # so far\n', 'title: New # so far\n'],
    ['below a value', 'title: Doors\n# of houses\n', 'title: New\n# of houses\n'],
    [
      'below a value of several lines',
      'title: Doors\n  and\n  gates\n\n# x\n',
      'title: New\n\n# x\n',
    ],
    ['below a block', 'title: |\n  Doors\n  # no comment\n', 'title: New\n'],
    ['below nothing', 'title:\n# x\n', 'title: New\n# x\n'],
    ['in a list of lines', 'title:\n  - a # b\n  # c\n# d\n', 'title: New\n  # c\n# d\n'],
    [
      'beside keys of others',
      'a: 1\ntitle: x\nb: {c: 2} # d\n',
      'a: 1\ntitle: New\nb: {c: 2} # d\n',
    ],
    ['with a byte order mark', '\ufefftitle: x\n', '\ufefftitle: New\n'],
    ['twice, of which the first counts', 'title: x\ntitle: y\n', 'title: New\ntitle: y\n'],
  ])('keeps what stands %s', (_, was, is) => {
    const whole = (lines: string) =>
      lines.startsWith('\ufeff') ? `\ufeff---\n${lines.slice(1)}---\n` : `---\n${lines}---\n`;
    expect(setFields(whole(was), { title: 'New' })).toBe(whole(is));
  });

  test('keeps comments where a field comes or goes', () => {
    const text = '---\ntitle: x # one\n# two\nsummary: y\n# three\n---\n';
    const more = text.replace('y\n', 'y\nresolution: z\n');
    expect(setFields(text, { resolution: 'z' })).toBe(more);
    expect(setFields(more, { resolution: undefined } as never)).toBe(text);
    expect(setFields(text, { summary: undefined } as never)).toBe(text.replace('summary: y\n', ''));
  });

  test('a first field, and a field before all others', () => {
    expect(setFields('---\n---\n', { title: 'x' })).toBe('---\ntitle: x\n---\n');
    expect(setFields('---\n# a\ntitle: x\n---\n', { proposal: 3 })).toBe(
      '---\n# a\nproposal: 3\ntitle: x\n---\n',
    );
  });

  test('a value that another refers to: nothing is changed unsaid', () => {
    const text = '---\ntitle: &a x\nsummary: *a\n---\n';
    expect(() => setFields(text, { title: 'New' })).toThrow('by hand');
  });

  test('a text without front matter is an error, not a guess', () => {
    expect(() => setFields('# Doors\n', { status: 'review' })).toThrow('front matter');
  });
});
