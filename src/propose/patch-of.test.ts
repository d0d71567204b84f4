// That the patch of a change is one that git takes and that is fit to merge, and that what others propose is read with a
// word about everything in it that cannot be taken.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { type GitRepository, gitRepository } from '../../tests/fixtures/git.ts';
import { inProcess } from '../../tests/fixtures/in-process.ts';
import { ROOT } from '../../tests/fixtures/portway.ts';
import { readLibrary } from '../cli/proposal/repository.ts';
import { generatedFiles } from '../spec/generate/files.ts';
import { proposal } from '../spec/lint/testing.ts';
import { LIST } from '../spec/list.ts';
import { beginEdit, beginNew, type Repository } from './begin.ts';
import { type Change, withText } from './change.ts';
import { generated } from './generated.ts';
import { writePatch } from './patch/write.ts';
import { importFile, importPatch, messageOf, patchOf, pullRequestFor } from './patch-of.ts';
import { DOORS, NOW, RULE, repositoryAround, repositoryOf, V1 } from './testing.ts';

const AUTHOR = { name: 'Ana Ruiz', address: 'ana@example.org' };
const REGISTER = 'proposals/requirements.json';
const repository = repositoryOf();
const text = repository.textOf(DOORS) ?? '';
const edited = (after: string, more: Partial<Change> = {}): Change => ({
  ...withText(beginEdit(repository, '0042', NOW) as Change, DOORS, after),
  ...more,
});
const write = (change: Change, made = generated(repository, change).files) =>
  patchOf(repository, change, { author: AUTHOR, date: NOW, generated: made });

describe('git takes the patch, and the check of a pull request finds nothing', () => {
  const doors = 'proposals/0001-doors/draft.md';
  let clone: GitRepository;
  let here: Repository;
  beforeAll(async () => {
    clone = gitRepository({
      'proposals/0000-template/draft.md': readFileSync(
        join(ROOT, 'proposals/0000-template/draft.md'),
        'utf8',
      ),
      [doors]: proposal(RULE, { proposal: '1', status: 'review' }),
      [LIST]: '# Proposals\n\n| [0001](0001-doors/draft.md) | Doors | review |\n',
      'proposals/editions.json': '{}\n',
      'proposals/published.json': '{}\n',
      'src/door.test.ts': "test('door.opens: it opens', () => {});\n",
    });
    await inProcess('proposal', 'publish', '--edition', '0.1', '--root', clone.root);
    const files = generatedFiles(await readLibrary(clone.root));
    if ('refused' in files) throw new Error(files.refused);
    for (const path of files.keys())
      mkdirSync(dirname(join(clone.root, path)), { recursive: true });
    clone.commit('Publish doors', Object.fromEntries(files));
    clone.git('tag', 'published');
    const list = readFileSync(join(clone.root, LIST), 'utf8');
    here = repositoryAround(await readLibrary(clone.root), [[LIST, list]]);
  });

  /** Applies the patch of a change, and says what the check makes of it. */
  async function applied(change: Change) {
    const made = generated(here, change);
    const { text } = patchOf(here, change, { author: AUTHOR, date: NOW, generated: made.files });
    clone.git('switch', '-q', '-C', 'change', 'published');
    const file = join(clone.root, '.git', 'change.patch');
    writeFileSync(file, text);
    clone.git('am', '-q', file);
    const { stdout } = await inProcess(
      ...['proposal', 'check', '--base', 'published', '--format', 'json', '--root', clone.root],
    );
    return { made, report: JSON.parse(stdout) };
  }

  test('a requirement that says more', async () => {
    const begun = beginEdit(here, '0001', NOW) as Change;
    const was = here.textOf(doors) ?? '';
    const after = was
      .replace('MUST open the door', 'MUST open the door at once')
      .replace('no change yet.', 'doors open at once.');
    const { made, report } = await applied(withText(begun, doors, after));
    expect(made.files.map(({ path }) => path)).toContain(REGISTER);
    expect(report).toMatchObject({ kind: 'change', problems: [], errors: 0 });
    expect(clone.git('log', '-1', '--format=%an%n%s')).toBe(
      'Ana Ruiz\nChange door.opens (0001 Doors)\n',
    );
    expect(clone.git('log', '-1', '--format=%b')).toMatch(
      /^Proposal 0001 Doors: normative, .*\nRequirements: 1 changed, 0 unchanged\.\n\nchanged: door\.opens, MUST/,
    );
    expect(clone.git('status', '--porcelain')).toBe('');
  });

  test('a new proposal, with its row', async () => {
    const begun = beginNew(here, { title: 'Gates', authors: ['A'], type: 'standards' }, NOW);
    const path = begun.files[0]?.path ?? '';
    const after = proposal('r[gate.opens]\nThe gateway SHOULD open the gate.', {
      proposal: '2',
      title: 'Gates',
    });
    const { report } = await applied(withText(begun, path, after));
    expect(report).toMatchObject({ kind: 'new proposal', problems: [], errors: 0 });
    expect(readFileSync(join(clone.root, LIST), 'utf8')).toContain(
      '| [0002](0002-gates/draft.md) | Gates | draft |',
    );
  });
});

describe('the message', () => {
  const change = edited(text.replace('MUST open', 'SHOULD open'));

  test('says what changes, and how much', () => {
    const { subject, body } = messageOf(change, pullRequestFor(repository, change));
    expect(subject).toBe('Weaken door.opens (0042 Doors)');
    expect(body).toMatch(/^Proposal 0042 Doors: normative,/);
    expect(body).toContain('weakened: door.opens, MUST → SHOULD');
    expect(write(change).name).toBe('0042-weaken-door-opens.patch');
  });

  test('is editorial where nobody has to do anything else', () => {
    const words = edited(text.replace('Doors are known', 'Doors are well known'));
    expect(messageOf(words, pullRequestFor(repository, words))).toMatchObject({
      subject: 'Reword 0042 Doors',
      body: expect.stringContaining('editorial,'),
    });
  });

  test('names the tests that are owed', () => {
    const tested = repositoryOf(undefined, { tests: new Map() });
    const more = edited(text.replace(RULE, `${RULE}\n\nr[door.shuts]\nThe gateway MUST shut it.`));
    expect(messageOf(more, pullRequestFor(tested, more)).body).toMatch(
      /\n\nTests to add:\n- door\.shuts, MUST$/,
    );
  });

  test('is that of its author, where they wrote one', () => {
    const own = { ...change, subject: ' Open doors ', body: 'Because.\n' };
    expect(messageOf(own, pullRequestFor(repository, own))).toEqual({
      subject: 'Open doors',
      body: 'Because.\n',
    });
    expect(write(own)).toMatchObject({ name: '0042-open-doors.patch' });
    const { subject, body } = messageOf(
      { ...change, subject: ' ', body: '\n' },
      pullRequestFor(repository, change),
    );
    expect([subject, body]).toEqual([
      expect.stringContaining('Weaken'),
      expect.stringMatching(/\w/),
    ]);
  });

  test('is cut where it is longer than anybody reads', () => {
    const rules = Array.from(
      { length: 400 },
      (_, index) => `r[door.n${index}]\nThe gateway MUST open the door number ${index} at once.`,
    );
    const long = edited(text.replace(RULE, [RULE, ...rules].join('\n\n')));
    const { body } = messageOf(long, pullRequestFor(repository, long));
    expect(body.length).toBeLessThan(20_100);
    expect(body).toMatch(/\n… and more$/);
  });

  test('a subject of signs only gives the file a name all the same', () => {
    expect(write({ ...change, subject: '門' }).name).toBe('0042-change.patch');
  });

  test('a change without a difference is no patch', () => {
    expect(() => write(edited(text))).toThrow('Nothing is changed');
  });

  test('a conflict that nobody has settled is no patch', () => {
    const marked = `${text}<<<<<<< yours\na\n=======\nb\n>>>>>>> the repository\n`;
    expect(() => write(edited(marked))).toThrow(`${DOORS} has both sides of a conflict in it`);
  });
});

describe('a patch of somebody else', () => {
  const mail = (files: Parameters<typeof writePatch>[0]['files'], more = {}) =>
    writePatch({ author: AUTHOR, date: NOW, subject: 'Open doors', files, ...more });
  const file = (path: string, before: string | null, after: string) => ({ path, before, after });

  test('that was written here is read as it was meant; what is generated is made anew', async () => {
    const change = edited(text.replace('MUST open', 'SHOULD open'), {
      subject: 'Öffne Türen',
      body: 'Because.',
    });
    const imported = await importPatch(write(change).text, repository);
    expect(imported).toEqual({
      author: AUTHOR,
      subject: 'Öffne Türen',
      body: 'Because.',
      files: change.files,
      generated: expect.arrayContaining([REGISTER]),
      others: [],
      problems: [],
    });
  });

  test('with code in it: named, not shown', async () => {
    const patch = mail([
      file(DOORS, text, `${text}\n`),
      file('src/gateway/door.ts', null, 'export {};\n'),
      file('.github/workflows/x.yml', 'a\n', 'b\n'),
    ]);
    expect(await importPatch(patch, repository)).toMatchObject({
      files: [{ path: DOORS }],
      others: ['.github/workflows/x.yml', 'src/gateway/door.ts'],
      problems: [],
    });
  });

  test('that does not apply: which file, which line, what to do', async () => {
    const other = text.replace('Doors are known.', 'Doors were known.');
    const patch = mail([
      file(DOORS, other, other.replace('were known', 'will be known')),
      file(LIST, repository.textOf(LIST) ?? '', `${repository.textOf(LIST)}More.\n`),
    ]);
    const { files, problems } = await importPatch(patch, repository);
    expect(files.map(({ path }) => path)).toEqual([LIST]);
    expect(problems).toEqual([
      {
        path: DOORS,
        problem: expect.stringMatching(
          /at line \d+: .*“Doors were known\.”.*ask its author to rebase/,
        ),
      },
    ]);
  });

  test.each([
    [V1, proposal(RULE), `${proposal(RULE)}\n`, /edits a published revision, which never changes/],
    ['proposals/0042-doors/v2.md', null, text, /published by an editor/],
    ['proposals/published.json', '{}\n', '{"a": "b"}\n', /written by `portway proposal publish`/],
  ])('that changes %s', async (path, before, after, words) => {
    const { files, problems } = await importPatch(mail([file(path, before, after)]), repository);
    expect(files).toEqual([]);
    expect(problems).toEqual([{ path, problem: expect.stringMatching(words) }]);
  });

  test('of several mails builds on itself', async () => {
    const once = `${text}Once.\n`;
    const patch =
      mail([file(DOORS, text, once)]) +
      mail([file(DOORS, once, `${once}Twice.\n`)], { subject: 'Again' });
    expect(await importPatch(patch, repository)).toMatchObject({
      subject: 'Open doors',
      files: [{ path: DOORS, before: text, after: `${once}Twice.\n` }],
    });
  });

  test('that is none is an error in words', async () => {
    await expect(importPatch('hello', repository)).rejects.toThrow('This is no patch');
  });
});

describe('the raw draft of a branch', () => {
  test('is told by the number in its front matter, whatever the file is called', () => {
    const after = text.replace('Doors open', 'All doors open');
    expect(importFile('draft (1).md', after, repository)).toEqual({
      files: [{ path: DOORS, before: text, after }],
      generated: [],
      others: [],
      problems: [],
    });
  });

  test('of a new proposal goes where it would stand', () => {
    const after = proposal('Nothing.', { proposal: '57', title: 'Gates & more' });
    expect(importFile('draft.md', after, repository).files).toEqual([
      { path: 'proposals/0057-gates-more/draft.md', before: null, after },
    ]);
  });

  test('a published revision is said to be one', () => {
    const { problems } = importFile('v1.md', proposal(RULE), repository);
    expect(problems).toEqual([
      { path: DOORS, problem: expect.stringContaining('revision 1 as it was published') },
    ]);
  });

  test.each([
    ['<!doctype html><html></html>', /no draft.*Save the raw file/],
    ['', /no draft/],
    ['---\nproposal: three\n---\n', /no draft/],
    [proposal('', { proposal: '0' }), /the template/],
  ])('%#', (after, words) => {
    expect(() => importFile('x.md', after, repository)).toThrow(words);
  });
});
