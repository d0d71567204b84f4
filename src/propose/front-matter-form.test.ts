// That the form has what the front matter has, changes one field and nothing else, and leaves to commands what is theirs.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { readDocument } from '../spec/document.ts';
import { FRONT_MATTER_SHAPES } from '../spec/join.ts';
import { proposal } from '../spec/lint/testing.ts';
import { type FieldKey, type FormField, formOf, withField } from './front-matter-form.ts';

const TEXT = proposal('Nothing.', { requires: '[2, 3]' });

function fieldsOf(text: string): readonly FormField[] {
  const form = formOf(text);
  if ('problem' in form) throw new Error(form.problem);
  return form.fields;
}
const field = (text: string, key: FieldKey) => fieldsOf(text).find((one) => one.key === key);

describe('the form', () => {
  test('has the fields of a draft in their order, with what they hold', () => {
    expect(fieldsOf(TEXT).map(({ key, value }) => [key, value])).toEqual([
      ['proposal', 42],
      ['title', 'Doors'],
      ['summary', 'How doors open and shut.'],
      ['authors', ['The Portway editors']],
      ['status', 'draft'],
      ['type', 'standards'],
      ['created', '2026-11-22'],
      ['discussion', 'repository'],
      ['revision', 1],
      ['requires', [2, 3]],
      ['replaces', undefined],
      ['implementations', undefined],
    ]);
  });

  test('has the limits that the linter has', () => {
    expect(field(TEXT, 'title')?.limit).toBe(60);
    expect(field(TEXT, 'summary')?.limit).toBe(140);
  });

  test('says what has to be there', () => {
    const required = fieldsOf(TEXT).filter((one) => one.required);
    expect(required.map(({ key }) => key)).toEqual([
      'proposal',
      'title',
      'summary',
      'authors',
      'status',
      'type',
      'created',
      'discussion',
      'revision',
    ]);
  });

  test.each<[string, FieldKey, boolean]>([
    ['last-call', 'last-call-ends', true],
    ['accepted', 'resolution', true],
    ['accepted', 'last-call-ends', false],
    ['final', 'implementations', true],
    ['withdrawn', 'withdrawn-reason', true],
    ['superseded', 'superseded-by', true],
  ])('in `%s` there is `%s`', (status, key, required) => {
    const text = TEXT.replace('status: draft', `status: ${status}`);
    expect(field(text, key)).toMatchObject({ required });
    expect(field(TEXT, 'last-call-ends')).toBeUndefined();
  });

  test('a field that is there is shown, whether or not it belongs there', () => {
    const text = TEXT.replace('requires:', 'resolution: Why.\nrequires:');
    expect(field(text, 'resolution')).toMatchObject({ value: 'Why.', required: false });
  });

  test('a value of another kind is said to be one', () => {
    expect(field(TEXT.replace('title: Doors', 'title: 7'), 'title')).toMatchObject({
      unreadable: true,
    });
    expect(field(TEXT.replace('title: Doors', 'title: 7'), 'title')).not.toHaveProperty('value');
    expect(field(TEXT.replace('title: Doors\n', ''), 'title')).toMatchObject({
      unreadable: false,
      required: true,
    });
  });

  test.each([
    ['# Doors\n', /does not begin with front matter/],
    ['---\ntitle: Doors: and\n---\n', /cannot be read/],
    ['---\n- a\n---\n', /cannot be read/],
    ['', /does not begin/],
  ])('%j has none', (text, words) => {
    expect(formOf(text)).toEqual({ problem: expect.stringMatching(words) });
    expect(() => withField(text, 'title', 'x')).toThrow(words);
  });

  test.each(readdirSync(join(ROOT, 'proposals')).filter((name) => /^\d{4}-/.test(name)))(
    'of %s has a value for all that is required',
    (name) => {
      const text = readFileSync(join(ROOT, 'proposals', name, 'draft.md'), 'utf8');
      for (const { key, required, value, unreadable } of fieldsOf(text)) {
        expect(unreadable, key).toBe(false);
        if (required) expect(value, key).toBeDefined();
      }
    },
  );
});

describe('what a step or a publication changes', () => {
  const text = TEXT.replace('status: draft', 'status: last-call').replace(
    'requires:',
    'last-call-ends: 2026-12-20\nrequires:',
  );
  test.each<[FieldKey, string | undefined]>([
    ['proposal', undefined],
    ['status', 'npm run portway -- proposal status 0042'],
    ['revision', 'npm run portway -- proposal publish 0042'],
    ['last-call-ends', 'npm run portway -- proposal status 0042 last-call'],
  ])('`%s` is shown, not edited', (key, command) => {
    expect(field(text, key)?.locked?.command).toBe(command);
    expect(() => withField(text, key, 'x')).toThrow(field(text, key)?.locked?.why);
  });

  test('a resolution comes with the step that it belongs to', () => {
    const rejected = TEXT.replace('status: draft', 'status: rejected');
    expect(field(rejected, 'resolution')?.locked?.command).toBe(
      'npm run portway -- proposal status 0042 rejected',
    );
  });
});

describe('a field that is set', () => {
  const editable = fieldsOf(TEXT).filter(({ locked }) => !locked);
  const word = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: 'binary', maxLength: 4 }),
    fc.constantFrom(
      '---',
      '...',
      '"',
      "'",
      ': ',
      '#',
      ' #',
      '\n',
      '\r\n',
      '🚪',
      '[',
      '{',
      ',',
      '&a',
    ),
    fc.constantFrom(
      '*a',
      '|',
      '>',
      '- ',
      '? ',
      '!x',
      '%',
      '@',
      '`',
      'null',
      '~',
      '1',
      '0x1',
      'yes',
    ),
    fc.constantFrom('\ufeff', '\u2028', '\u0085', '\0', '\t', '\ud800', ' ', '2026-11-22', '<<'),
  );
  const text = fc.array(word, { maxLength: 5 }).map((words) => words.join(''));
  const valueFor = ({ kind, of, options = [] }: FormField) =>
    kind === 'list'
      ? of === 'number'
        ? fc.array(fc.nat(9999), { maxLength: 4 })
        : fc.array(text, { maxLength: 4 })
      : kind === 'enum'
        ? fc.constantFrom(...options)
        : kind === 'number'
          ? fc.nat()
          : text;
  const setting = fc
    .constantFrom(...editable)
    .chain((one) => fc.tuple(fc.constant(one), valueFor(one)));
  const short = `${TEXT.slice(0, TEXT.indexOf('\n## Summary'))}\n---\n\ntitle: no field\n`;
  const form = fc.constantFrom(
    short,
    short.replaceAll('\n', '\r\n'),
    `\ufeff${short}`,
    short.replace('title: Doors', 'title: Doors # so far\n# of houses\nmine: {a: [1]}'),
    short.replace('summary: ', 'summary: >-\n  folded\n\n  '),
    short.replace('authors: [The Portway editors]', 'authors:\n  - A # first\n  - B\n# all'),
    short.replace('title: Doors\n', '').replace('requires: [2, 3]\n', ''),
  );

  const lines = (source: string) => source.split(/(?<=\n)/);
  const entries = (source: string) =>
    readDocument(source, '').frontMatter.entries.map(({ key, value }) => [key, value]);

  test('is read again as it was set, whatever the text; nothing else changes', () => {
    fc.assert(
      fc.property(form, setting, (source, [{ key, required }, value]) => {
        const changed = withField(source, key, value);
        const gone = !required && (value === '' || (Array.isArray(value) && value.length === 0));
        const read = entries(changed);
        expect(read.find(([name]) => name === key)?.[1]).toEqual(gone ? undefined : value);
        if (!gone && FRONT_MATTER_SHAPES[key].safeParse(value).success)
          expect(field(changed, key)?.value).toEqual(value);
        expect(read.filter(([name]) => name !== key)).toEqual(
          entries(source).filter(([name]) => name !== key),
        );
        // What stands before the first and behind the last line that differs is as it was, to the octet.
        const [was, is] = [lines(source), lines(changed)];
        let head = 0;
        while (head < was.length && was[head] === is[head]) head++;
        let tail = 0;
        while (tail < was.length - head && was.at(-1 - tail) === is.at(-1 - tail)) tail++;
        expect(is.length - head - tail).toBeLessThanOrEqual(1);
        const replaced = was.slice(head, was.length - tail).join('');
        if (replaced !== '') expect(replaced).toMatch(new RegExp(`^\ufeff?${key}:|^  |^\r?\n`));
        // Set twice, it is the same.
        expect(withField(changed, key, value)).toBe(changed);
      }),
      { numRuns: 150 },
    );
    // Each reads the text seven times.
  }, 60_000);

  test('goes where it is optional and empty', () => {
    expect(withField(TEXT, 'requires', [])).toBe(TEXT.replace('requires: [2, 3]\n', ''));
    expect(withField(TEXT, 'title', '')).toBe(TEXT.replace('title: Doors', 'title: ""'));
  });
});
