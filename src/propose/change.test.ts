// How a change begins, and what of it differs.

import { describe, expect, test } from 'vitest';
import { lint } from '../spec/lint/lint.ts';
import { RULES } from '../spec/lint/rules.ts';
import { LIST } from '../spec/list.ts';
import { beginEdit, beginErratum, beginNew } from './begin.ts';
import { filesChanged, isDraft, textsAfter, withText } from './change.ts';
import { DOORS, NOW, repositoryOf, TEXTS, V1 } from './testing.ts';

const repository = repositoryOf();

test('an edit begins with the draft as it is', () => {
  const change = beginEdit(repository, '0042', NOW);
  const text = repository.textOf(DOORS);
  expect(change).toMatchObject({
    name: '0042 Doors',
    files: [{ path: DOORS, before: text, after: text }],
    created: '2026-11-23T10:00:00.000Z',
    updated: '2026-11-23T10:00:00.000Z',
    version: 0,
  });
  expect(change && filesChanged(change)).toEqual([]);
  expect(beginEdit(repository, '0042', NOW)?.id).not.toBe(change?.id);
});

test.each(['0043', '0000', '42', ''])('there is no draft %j to edit', (slug) => {
  expect(beginEdit(repository, slug, NOW)).toBeUndefined();
});

describe('a new proposal', () => {
  const beginning = { title: 'Windows & more', authors: ['A. Author'], type: 'process' } as const;

  test('has the next number, the template as its text, and a row in the list', () => {
    const change = beginNew(repository, beginning, NOW);
    const [draft, list] = change.files;
    expect(change.name).toBe('0043 Windows & more');
    expect(draft).toMatchObject({ path: 'proposals/0043-windows-more/draft.md', before: null });
    for (const line of [
      'proposal: 43',
      'authors: [A. Author]',
      'type: process',
      'created: 2026-11-23',
    ])
      expect(draft?.after.split('\n')).toContain(line);
    expect(draft?.after).toContain('\n# Windows & more\n');
    expect(list).toEqual({
      path: LIST,
      before: repository.textOf(LIST),
      after: `${repository.textOf(LIST)}| [0043](0043-windows-more/draft.md) | Windows & more | draft |\n`,
    });
    expect(filesChanged(change)).toHaveLength(2);
  });

  test('lacks nothing but what the template leaves to its author', () => {
    const change = beginNew(repository, beginning, NOW);
    const [path = ''] = change.files.map((file) => file.path);
    const problems = lint(repository.with(textsAfter(change)), RULES).filter(
      ({ file, severity }) => file === path && severity !== 'warning',
    );
    expect(problems.map(({ rule }) => rule)).toEqual(['template-text', 'section-empty']);
  });

  test('does without a list that is not there', () => {
    const without = repositoryOf(TEXTS.filter(([path]) => path !== LIST));
    expect(beginNew(without, beginning, NOW).files).toHaveLength(1);
  });

  test('cannot begin without a template', () => {
    const without = repositoryOf(TEXTS.filter(([path]) => !path.includes('0000')));
    expect(() => beginNew(without, beginning, NOW)).toThrow('no template');
  });
});

describe('an erratum', () => {
  const path = 'proposals/0042-doors/errata.md';
  const write = (errata: string | undefined) => `${errata ?? '# Errata\n'}One more.\n`;

  test.each<[string, string | undefined, string]>([
    ['begins the file', undefined, '# Errata\nOne more.\n'],
    ['is added to those that are there', '# Errata\nOne.\n', '# Errata\nOne.\nOne more.\n'],
  ])('%s', (_, before, after) => {
    const here = repositoryOf(before === undefined ? TEXTS : [...TEXTS, [path, before]]);
    expect(beginErratum(here, '0042', write, NOW)).toMatchObject({
      name: 'Erratum of 0042 Doors',
      files: [{ path, before: before ?? null, after }],
    });
  });

  test('of no proposal is none', () => {
    expect(beginErratum(repository, '0043', write, NOW)).toBeUndefined();
  });
});

test('a text is put in the place of another, and the rest stays', () => {
  const change = beginNew(repository, { title: 'W', authors: ['A'], type: 'standards' }, NOW);
  const after = withText(change, LIST, 'x');
  expect(after.files[1]).toEqual({ ...change.files[1], after: 'x' });
  expect(after.files[0]).toBe(change.files[0]);
  expect(withText(change, V1, 'x')).toEqual(change);
});

test.each([
  [DOORS, true],
  [V1, false],
  ['proposals/0000-template/draft.md', false],
  ['proposals/draft.md', false],
  ['src/proposals/0042-doors/draft.md', false],
])('whether %s is a draft: %s', (path, is) => expect(isDraft(path)).toBe(is));
