// That a patch from the page carries what `portway spec generate` writes in a clone, octet by octet.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { checkout } from '../../tests/fixtures/folder.ts';
import { portway } from '../../tests/fixtures/portway.ts';
import { readLibrary } from '../cli/proposal/repository.ts';
import { compareGenerated } from '../cli/spec-generate.ts';
import { draftOf, libraryOf } from '../spec/lint/library.ts';
import type { Library } from '../spec/lint/rule.ts';
import { proposalsOf } from '../spec/lint/subjects.ts';
import { proposal } from '../spec/lint/testing.ts';
import { generated } from './generated.ts';
import type { FileChange } from './patch/write.ts';
import { DOORS, RULE, repositoryAround, repositoryOf } from './testing.ts';

const REGISTER = 'proposals/requirements.json';

describe('in this repository the result is that of the command', () => {
  let root: string;
  let library: Library;
  let edits: readonly FileChange[];
  beforeAll(async () => {
    root = checkout();
    library = await readLibrary(root);
    edits = proposalsOf(library)
      .map(
        ({ document: { file, source } }): FileChange => ({
          path: file,
          before: source,
          after: edit(source),
        }),
      )
      .filter(({ before, after }) => before !== after);
  });

  /** Words of the first requirement, and of the first field, where there is one. */
  function edit(source: string): string {
    return source
      .replace(/^(r\[.*\]\n(?:The (?:gateway|application)|Middleware)\b)/m, '$1, as ever,')
      .replace(/(\{type: [^}]*text: ")/, '$1Edited. ');
  }

  /** The library with one draft read anew: reading all of them for each takes a minute. */
  function withOnDisk(path: string): Library {
    const { drafts, specification: _, ...rest } = library;
    return libraryOf(
      drafts.map((draft) => (draft.document.file === path ? draftOf([path, text(path)]) : draft)),
      rest,
    );
  }

  const text = (path: string) => readFileSync(join(root, path), 'utf8');

  test('for an edit of each draft', async () => {
    const repository = repositoryAround(library);
    let bound = 0;
    for (const file of edits) {
      const { files } = generated(repository, { files: [file] });
      writeFileSync(join(root, file.path), file.after);
      const command = await compareGenerated(root, withOnDisk(file.path));
      writeFileSync(join(root, file.path), file.before ?? '');
      expect(files.map(({ path }) => path).sort(), file.path).toEqual([...command.stale].sort());
      if (command.stale.includes(REGISTER)) bound++;
      for (const { path, before, after } of files) {
        expect(before, path).toBe(text(path));
        expect(after, path).toBe(command.files.get(path));
      }
    }
    // The process and the name bind no program.
    expect(bound).toBe(
      library.specification.proposals.filter(({ requirements }) => requirements.length > 0).length,
    );
    // Checks every draft for each.
  }, 120_000);

  test('and of all at once, as it is written', async () => {
    const { files } = generated(repositoryAround(library), { files: edits });
    for (const { path, after } of edits) writeFileSync(join(root, path), after);
    expect(await portway(['spec', 'generate'], { root })).toMatchObject({
      code: 0,
      stdout: `6 files from the proposals, ${files.length} changed\n`,
    });
    for (const { path, after } of files) expect(after, path).toBe(text(path));
    // A process of its own, which reads everything.
  }, 120_000);
});

describe('in a repository of doors', () => {
  const repository = repositoryOf();
  const before = repository.textOf(DOORS) ?? '';
  const edited = (after: string, from = before) =>
    generated(repository, { files: [{ path: DOORS, before: from, after }] });

  test('nothing is made of what is no draft, or of a draft that is as it was', () => {
    const list = { path: 'proposals/README.md', before: '', after: 'x' };
    expect(generated(repository, { files: [list] })).toEqual({ files: [] });
    expect(edited(before)).toEqual({ files: [] });
  });

  test('words that are no requirement leave the files as they are', () => {
    expect(edited(before.replace('Doors are known', 'Doors are well known'))).toEqual({
      files: [],
    });
  });

  test('a new proposal adds its requirements', () => {
    const path = 'proposals/0043-gates/draft.md';
    const text = proposal('r[gate.opens]\nThe gateway MUST open the gate.', { proposal: '43' });
    const { files } = generated(repository, { files: [{ path, before: null, after: text }] });
    expect(files.find((file) => file.path === REGISTER)?.after).toContain('"gate.opens"');
  });

  test('a text with errors gives none, with a word why and the places', () => {
    expect(edited(before.replace(RULE, `${RULE}\n\n${RULE}`))).toMatchObject({
      files: [],
      none: expect.stringContaining('1 problem in the proposals'),
      problems: [{ file: DOORS, rule: 'unique' }],
    });
  });

  test('a change that is behind the repository gives none: the files would undo what came since', () => {
    expect(edited('x', 'older')).toMatchObject({
      files: [],
      none: expect.stringContaining('up to date'),
    });
  });

  test('errors that were there before are said to be', () => {
    const broken = repositoryOf([[DOORS, before.replace('status: draft', 'status: drafted')]]);
    const from = broken.textOf(DOORS) ?? null;
    expect(
      generated(broken, { files: [{ path: DOORS, before: from, after: before }] }),
    ).toMatchObject({ files: [], none: expect.stringContaining('errors of their own') });
  });
});
