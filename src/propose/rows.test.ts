import { describe, expect, test } from 'vitest';
import { setFields } from '../spec/front-matter.ts';
import { proposal } from '../spec/lint/testing.ts';
import { LIST } from '../spec/list.ts';
import type { FileChange } from './patch/write.ts';
import { withRows } from './rows.ts';
import { DOORS, repositoryOf, TEXTS } from './testing.ts';

const repository = repositoryOf();
const draft = repository.textOf(DOORS) ?? '';
const list = repository.textOf(LIST) ?? '';
const titled = (title: string): FileChange => ({
  ...{ path: DOORS, before: draft, after: setFields(draft, { title }) },
});

describe('the list of proposals', () => {
  test('has the title that a change gives', () => {
    expect(withRows({ files: [titled('Gates | doors')] }, repository).files).toEqual([
      titled('Gates | doors'),
      { path: LIST, before: list, after: list.replace('Doors', 'Gates \\| doors') },
    ]);
  });

  test('that the change has already: its own row is mended, and what else it says stays', () => {
    const path = 'proposals/0043-bells/draft.md';
    const after = proposal('Bells.', { proposal: '43', title: 'Chimes' });
    const row = (title: string) => `| [0043](0043-bells/draft.md) | ${title} | draft |\n`;
    const own = (title: string): FileChange[] => [
      { path, before: null, after },
      { path: LIST, before: list, after: `${list}${row(title)}\nMore.\n` },
    ];
    expect(withRows({ files: own('Bells') }, repository).files).toEqual(own('Chimes'));
  });

  test.each<[string, readonly FileChange[], typeof repository]>([
    ['the same title', [{ path: DOORS, before: draft, after: `${draft}More.\n` }], repository],
    ['a title that is gone', [titled('')], repository],
    ['errata', [{ path: DOORS.replace('draft', 'errata'), before: null, after: '' }], repository],
    [
      'no row',
      [titled('Gates')],
      repositoryOf(TEXTS.map(([path, text]) => [path, path === LIST ? '# Proposals\n' : text])),
    ],
    ['no list', [titled('Gates')], repositoryOf(TEXTS.filter(([path]) => path !== LIST))],
  ])('is left alone: %s', (_, files, known) => {
    const change = { files };
    expect(withRows(change, known)).toBe(change);
  });
});
