// A repository of a few texts, for tests of changes.

import { draftOf, libraryOf, publishedOf, type SourceFile } from '../spec/lint/library.ts';
import type { Draft, Library } from '../spec/lint/rule.ts';
import { proposal } from '../spec/lint/testing.ts';
import { LIST } from '../spec/list.ts';
import type { Repository } from './begin.ts';

export const DOORS = 'proposals/0042-doors/draft.md';
export const V1 = 'proposals/0042-doors/v1.md';
export const RULE = 'r[door.opens]\nThe gateway MUST open the door.';
export const NOW = new Date('2026-11-23T10:00:00Z');

export const TEXTS: readonly SourceFile[] = [
  ['proposals/0000-template/draft.md', proposal('', { proposal: '0', title: 'Template' })],
  [DOORS, proposal(RULE, { revision: '2' })],
  [V1, proposal(RULE)],
  [LIST, '# Proposals\n\n| [0042](0042-doors/draft.md) | Doors | draft |\n'],
];

/** A repository with these files and no others. */
export function repositoryOf(
  texts: readonly SourceFile[] = TEXTS,
  rest: Partial<Library> = {},
): Repository {
  const read = new Map<string, Draft>();
  const draft = ([path, text]: SourceFile) => {
    const name = `${path}\n${text}`;
    const known = read.get(name) ?? draftOf([path, text]);
    read.set(name, known);
    return known;
  };
  const published = texts.flatMap((source) => publishedOf(source) ?? []);
  const of = (sources: readonly SourceFile[]) =>
    libraryOf(
      sources
        .filter(([path]) => path.endsWith('/draft.md'))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(draft),
      { published, ...rest },
    );
  return {
    library: of(texts),
    textOf: (path) => texts.find(([file]) => file === path)?.[1],
    with: (files) => of([...new Map([...texts, ...files])]),
  };
}

/** The repository that a library was read from, with further files of it. */
export function repositoryAround(
  { drafts, published = [], specification: _, ...rest }: Library,
  files: readonly SourceFile[] = [],
): Repository {
  const texts = drafts.map(({ document }): SourceFile => [document.file, document.source]);
  const revisions = published.map(({ file, text }): SourceFile => [file, text]);
  return repositoryOf([...texts, ...revisions, ...files], rest);
}
