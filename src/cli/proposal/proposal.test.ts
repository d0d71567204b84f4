// `portway proposal` as people meet it: in a repository of its own, from a new proposal to a published one, and every
// kind of bad input with its place, its rule and what to do.

import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { errata } from '../../../tests/fixtures/errata.ts';
import { folder } from '../../../tests/fixtures/folder.ts';
import { inProcess } from '../../../tests/fixtures/in-process.ts';
import { portway, ROOT } from '../../../tests/fixtures/portway.ts';
import { proposal } from '../../spec/lint/testing.ts';

const TEMPLATE = readFileSync(join(ROOT, 'proposals/0000-template/draft.md'), 'utf8');
const DOORS = proposal('r[door.opens]\nThe gateway MUST open the door.', {
  proposal: '1',
  status: 'review',
});
const NONE = '{}\n';

/** A repository with the template and one proposal in review. */
function repository(files: Readonly<Record<string, string>> = {}): string {
  return folder({
    'proposals/0000-template/draft.md': TEMPLATE,
    'proposals/0001-doors/draft.md': DOORS,
    ...files,
  });
}

const read = (root: string, file: string) => readFileSync(join(root, file), 'utf8');

/** Every file below a folder with its text, for “nothing was written”. */
function everything(root: string): Record<string, string> {
  const files = readdirSync(root, { recursive: true, withFileTypes: true });
  return Object.fromEntries(
    files
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, readFileSync(file, 'utf8')]),
  );
}

/** What a command of the group printed, and its exit code. */
function run(root: string, ...args: string[]) {
  const where = args[0]?.startsWith('-') ? [] : ['--root', root];
  return inProcess('proposal', ...args, ...where);
}

describe('from a new proposal to a published one', () => {
  test('new, lint, status, publish, diff, show', async () => {
    const root = repository();
    const made = await run(root, 'new', 'Windows: a second way', '--author', 'A. Author');
    const file = 'proposals/0002-windows-a-second-way/draft.md';
    expect(made).toMatchObject({ code: 0, stdout: expect.stringContaining(file) });
    expect(read(root, file)).toContain(
      'proposal: 2\ntitle: "Windows: a second way"\nsummary: What a new proposal starts from.\nauthors: [A. Author]\n',
    );

    const unfinished = await run(root, 'lint', join(root, file));
    expect(unfinished.code).toBe(1);
    expect(unfinished.stdout).toMatch(/draft\.md:\d+:1 template-text: a comment of the template/);
    expect(await run(root, 'status', '2', 'review')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('nothing is changed'),
    });

    const text = proposal('r[window.opens]\nThe application MAY open the window.', {
      proposal: '2',
      title: '"Windows: a second way"',
    }).replace('# "Windows: a second way"', '# Windows: a second way');
    writeFileSync(join(root, file), text);
    expect(await run(root, 'lint')).toEqual({ code: 0, stdout: 'No problems.\n', stderr: '' });
    expect(await run(root, 'publish', '2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('`portway proposal status 0002 review`'),
    });
    expect(await run(root, 'status', '2', 'review')).toMatchObject({
      code: 0,
      stdout: '0002 Windows: a second way: draft → review\n',
    });

    const before = everything(root);
    expect((await run(root, 'publish', '--edition', '0.1', '--dry-run')).stdout).toContain(
      'would be published 0002/v1',
    );
    expect(everything(root)).toEqual(before);
    expect(await run(root, 'publish', '--edition', '0.1')).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(
        /^published 0001\/v1\npublished 0002\/v1\nrecorded edition 0\.1\n/,
      ),
    });
    expect(await run(root, 'lint')).toMatchObject({ code: 0, stdout: 'No problems.\n' });
    expect(read(root, 'proposals/0001-doors/v1.md')).toBe(DOORS);
    expect(JSON.parse(read(root, 'proposals/editions.json'))).toEqual({
      '0.1': { '0001': 1, '0002': 1 },
    });
    expect(JSON.parse(read(root, 'proposals/requirements.json'))['window.opens']).toMatchObject({
      level: 'MAY',
      since: '0002/v1',
    });

    const shown = JSON.parse((await run(root, 'show', '0002', '--format', 'json')).stdout);
    expect(shown).toMatchObject({
      number: '0002',
      status: 'review',
      revision: 2,
      published: ['v1'],
      changedSince: false,
      editions: ['0.1 (v1)'],
      requirements: { total: 1 },
    });
    expect((await run(root, 'show')).stdout).toContain('0001  review     v1');
  });

  test('new adds a row to the list of proposals, where there is one', async () => {
    const row = '| [0001](0001-doors/draft.md) | Doors | review |\n';
    const root = repository({ 'proposals/README.md': `# Proposals\n\n${row}\nMore.\n` });
    await run(root, 'new', 'Windows', '--author', 'A. Author');
    expect(read(root, 'proposals/README.md')).toBe(
      `# Proposals\n\n${row}| [0002](0002-windows/draft.md) | Windows | draft |\n\nMore.\n`,
    );
  });

  test('--fix mends what is mechanical and leaves the rest', async () => {
    const wrong = DOORS.replace('Walls without', 'Walls  \nwithout')
      .replace('title: Doors\n', '')
      .replace('type: standards', 'type: standards\ntitle: Doors')
      .replaceAll('\n', '\r\n')
      .replace('Doors are known.', 'Doors must be known.\0')
      .replace('The gateway MUST open', 'The gateway opens')
      .replace('The gateway MUST', 'The gateway will');
    const root = repository({ 'proposals/0001-doors/draft.md': wrong });
    const { code, stdout } = await run(root, 'lint', '--fix');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^mended proposals\/0001-doors\/draft\.md\n/);
    expect(stdout).toMatch(/draft\.md:\d+:1 one-keyword: `door\.opens` has no keyword/);
    const text = read(root, 'proposals/0001-doors/draft.md');
    expect(text).not.toMatch(/\r|\0| \n/);
    expect(text).toContain('proposal: 1\ntitle: Doors\n');
    expect((await run(root, 'lint', '--fix')).stdout).not.toContain('mended');
  });
});

describe('a published revision', () => {
  test('has errata, which are linted, mended where that is mechanical, and read by their path', async () => {
    const root = repository();
    await run(root, 'publish', '1');
    await run(root, 'spec');
    const file = 'proposals/0001-doors/errata.md';
    writeFileSync(join(root, file), errata({ says: '> Doors opens.  ', why: 'See <b>above</b>.' }));
    const { code, stdout } = await run(root, 'lint', join(root, file));
    expect(code).toBe(1);
    expect(stdout).toContain(`${file}:13:1 erratum-place: proposals/0001-doors/v1.md does not say`);
    expect(stdout).toContain(`${file}:13:15 warning trailing-space:`);
    expect(stdout).toContain(`${file}:19:5 no-html: \`<b>\` is HTML`);
    await run(root, 'lint', '--fix');
    expect(read(root, file)).toContain('> Doors opens.\n');
    writeFileSync(
      join(root, file),
      errata({ says: '> Doors are known.', at: 'Rationale', reported: '2026-11-01' }),
    );
    expect(await run(root, 'lint', join(root, file))).toMatchObject({ code: 0 });
  });

  test('that is changed by one octet fails the lint, which says which file and what to do', async () => {
    const root = repository();
    await run(root, 'publish', '1');
    const file = join(root, 'proposals/0001-doors/v1.md');
    writeFileSync(file, readFileSync(file, 'utf8').replace('shut.', 'shut,'));
    const { code, stdout } = await run(root, 'lint');
    expect(code).toBe(1);
    expect(stdout).toContain('proposals/0001-doors/v1.md:1:1 published-unchanged: ');
    expect(stdout).toContain('git checkout -- proposals/0001-doors/v1.md');
  });
});

describe('a publication cannot be lost', () => {
  const lint = async (root: string) => (await run(root, 'lint')).stdout;

  test('a revision that is deleted: how to restore it, and nothing that would count it out', async () => {
    const root = repository();
    await run(root, 'publish', '1');
    rmSync(join(root, 'proposals/0001-doors/v1.md'));
    const problems = await lint(root);
    expect(problems).toContain('`git checkout -- proposals/0001-doors/v1.md`');
    expect(problems).toMatch(/^1 error, 0 warnings\.$/m);
  });

  test('a revision that is deleted with its line in the list: the register remembers it', async () => {
    const root = repository();
    await run(root, 'publish', '1');
    rmSync(join(root, 'proposals/0001-doors/v1.md'));
    writeFileSync(join(root, 'proposals/published.json'), NONE);
    expect(await lint(root)).toContain(
      'published-kept: the register names revision `0001/v1`, which is no longer published',
    );
  });

  test('a folder that is renamed: its name is to be put back', async () => {
    const root = repository();
    await run(root, 'publish', '1');
    renameSync(join(root, 'proposals/0001-doors'), join(root, 'proposals/0001-gates'));
    expect(await lint(root)).toMatch(
      /published-listed: the folder `0001-gates` was `0001-doors` .*\n.*rename it back/,
    );
  });

  test('front matter that cannot be read: no command takes the proposal for a draft', async () => {
    const root = repository({
      'proposals/0001-doors/draft.md': DOORS.replace('status: review', 'status: reviewed'),
    });
    for (const args of [
      ['status', '1'],
      ['status', '1', 'review'],
      ['publish', '1'],
      ['show', '1'],
    ])
      expect(await run(root, ...args)).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('cannot be read. `portway proposal lint'),
      });
  });
});

describe('bad input is answered with file, line, column, rule and what to do', () => {
  test.each<[string, string | Buffer, RegExp]>([
    [
      'front matter that is not YAML',
      DOORS.replace('title: Doors', 'title: Doors: and'),
      /draft\.md:3:8 front-matter: the front matter is not valid YAML: .*\n {4}Quote values/,
    ],
    [
      'a block that is not valid',
      DOORS.replace('The gateway MUST', '```event\ntype: door.push\n```\n\nThe gateway MUST'),
      /draft\.md:\d+:1 block-shape: event block: `direction`/,
    ],
    [
      'a duplicate id',
      DOORS.replace(
        '## Rationale',
        'r[door.opens]\nThe gateway MUST open it again.\n\n## Rationale',
      ),
      /draft\.md:28:1 unique: requirement `door\.opens` is already defined at .*:25\n {4}Ids are never reused/,
    ],
    [
      'a file of 5 MB',
      `${DOORS}${'x '.repeat(2_500_000)}\n`,
      /draft\.md:1:1 file-size: .*\n {4}Split/,
    ],
    [
      'a NUL',
      DOORS.replace('Walls', 'W\0alls'),
      /draft\.md:21:2 no-control-characters: the text has the control character U\+0000\n {4}Delete it/,
    ],
    [
      'Windows line ends',
      DOORS.replaceAll('\n', '\r\n'),
      /draft\.md:1:4 line-ends: \d+ lines end with CR or CRLF instead of LF\n {4}Run `portway proposal lint --fix`/,
    ],
    [
      'another encoding',
      Buffer.from(DOORS.replace('Walls', 'Wälle'), 'latin1'),
      /draft\.md:21:2 encoding: a character could not be read\n {4}Save the file as UTF-8/,
    ],
    ['an empty file', '', /draft\.md:1:1 front-matter: the proposal has no front matter/],
  ])('%s', async (_, text, expected) => {
    const root = repository();
    writeFileSync(join(root, 'proposals/0001-doors/draft.md'), text);
    const before = everything(root);
    const { code, stdout } = await run(root, 'lint');
    expect(code).toBe(1);
    expect(stdout).toMatch(expected);
    const published = await run(root, 'publish', '1');
    expect(published).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/nothing is published|cannot be read/),
    });
    expect(everything(root)).toEqual(before);
  });

  test('a cycle in `requires`', async () => {
    const root = repository({
      'proposals/0001-doors/draft.md': DOORS.replace('revision: 1', 'revision: 1\nrequires: [2]'),
      'proposals/0002-gates/draft.md': proposal('Nothing.', {
        proposal: '2',
        title: 'Gates',
        status: 'review',
        requires: '[1]',
      }),
    });
    const { code, stdout } = await run(root, 'lint');
    expect(code).toBe(1);
    expect(stdout).toContain(
      'proposals/0001-doors/draft.md:11:12 requires-acyclic: proposal 1 requires itself by way of proposal 2',
    );
  });

  test('a path outside of proposals/, or one that is not there', async () => {
    const root = repository({ 'README.md': '# Read me\n' });
    const lint = (path: string) => run(root, 'lint', join(root, path));
    expect(await lint('README.md')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('README.md is not in proposals/'),
    });
    expect(await lint('proposals/../../../etc/passwd')).toMatchObject({ code: 2 });
    expect(await lint('proposals/0000-template/draft.md')).toMatchObject({ code: 0 });
    expect(await lint('proposals/0099-x')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/there is no .*proposals\/0099-x\.\n$/),
    });
  });

  test('a folder without a draft, and a draft that is a folder', async () => {
    const root = repository({ 'proposals/0002-gates/v1.md': 'x' });
    expect(await run(root, 'lint')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('proposals/0002-gates has no draft.md'),
    });
    mkdirSync(join(root, 'proposals/0002-gates/draft.md'));
    expect(await run(root, 'lint')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('cannot read proposals/0002-gates/draft.md'),
    });
  });

  test.each([
    ['published.json', '{"0001-doors/v1.md": "abc"}', /published\.json:1:1 data-files: /],
    ['editions.json', '{"0.1": {"0001": 1,}}', /editions\.json:1:1 data-files: it is not JSON/],
    ['requirements.json', '[]', /requirements\.json:1:1 data-files: /],
  ])('%s that is broken', async (name, text, expected) => {
    const root = repository({ [`proposals/${name}`]: text });
    const { code, stdout } = await run(root, 'lint');
    expect(code).toBe(1);
    expect(stdout).toMatch(expected);
  });

  test('published.json that lists what is not there', async () => {
    const root = repository({
      'proposals/published.json': `{\n  "0001-doors/v1.md": "${'0'.repeat(64)}"\n}\n`,
      'proposals/editions.json': NONE,
    });
    expect((await run(root, 'lint')).stdout).toContain(
      'proposals/published.json:2:3 published-listed: `0001-doors/v1.md` is listed as published',
    );
  });
});

describe('the formats', () => {
  test('github: one annotation a problem, and nothing else', async () => {
    const root = repository({
      'proposals/0001-doors/draft.md': DOORS.replace('MUST', 'MUST, and MAY,'),
    });
    const { code, stdout } = await run(root, 'lint', '--format', 'github');
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^::error file=proposals\/0001-doors\/draft\.md,line=26,endLine=26,col=23,endColumn=26,title=one-keyword::.*\n$/,
    );
  });

  test('json: what a program needs', async () => {
    const root = repository({ 'proposals/0001-doors/draft.md': DOORS.replace(/\n$/, '') });
    const { code, stdout } = await run(root, 'lint', '--format', 'json');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      errors: 0,
      warnings: 1,
      problems: [{ rule: 'final-newline', severity: 'warning', fixable: true }],
    });
  });

  test('--rules lists at least 40, each with its id and sentence', async () => {
    const { stdout } = await run(ROOT, 'lint', '--rules', '--format', 'json');
    expect(JSON.parse(stdout).length).toBeGreaterThanOrEqual(40);
    const text = (await run(ROOT, 'lint', '--rules')).stdout;
    for (const { id } of JSON.parse(stdout)) expect(text).toMatch(new RegExp(`^  ${id} +\\S`, 'm'));
  });
});

describe('usage', () => {
  test.each([
    [['lint', '--format', 'xml'], 'there is no format `xml`'],
    [['lint', '--fxi'], "Unknown option '--fxi'"],
    [['new'], 'say the title'],
    [['new', 'Server', 'push'], 'quote the title: `portway proposal new "Server push"`'],
    [['new', 'x'.repeat(61)], '60 are the most'],
    [['new', '門'], 'needs a letter'],
    [['new', 'Doors', '--type', 'law'], 'there is no type `law`'],
    [['status'], 'say which proposal'],
    [['status', '1', 'done'], 'there is no status `done`'],
    [['status', '1', 'accepted', '--set', 'title=x'], '--set takes FIELD=VALUE'],
    [['status', '99'], 'there is no proposal 0099'],
    [['status', '0', 'review'], 'number 0 is the template'],
    [['lint', '99'], 'there is no proposal 0099'],
    [['status', 'one'], '`one` is not the number of a proposal'],
    [['publish'], 'say what to publish'],
    [['publish', '1', '--edition', '0.1'], 'not both'],
    [['publish', '--edition', 'first'], '`first` is not the name of an edition'],
    [['show', '1', '2'], 'one proposal at a time'],
    [['show', '--format', 'xml'], 'there is no format `xml`'],
    [['lnit'], 'there is no command `proposal lnit`. `portway proposal --help` lists them'],
  ])('%j is wrong usage, and nothing is written', async (args, message) => {
    const root = repository();
    const before = everything(root);
    expect(await run(root, ...args)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(message),
    });
    expect(everything(root)).toEqual(before);
  });

  test('the group lists its commands', async () => {
    const { code, stdout } = await run(ROOT, '--help');
    expect(code).toBe(0);
    for (const name of ['new', 'lint', 'publish', 'diff', 'status', 'show'])
      expect(stdout).toMatch(new RegExp(`^  proposal ${name} +\\S`, 'm'));
    expect(stdout).not.toContain('serve');
  });
});

test('the command finds the repository around the working directory, and paths from there', async () => {
  const root = repository();
  const cwd = join(root, 'proposals/0001-doors');
  expect(await portway(['proposal', 'lint', 'draft.md'], { root: ROOT, cwd })).toMatchObject({
    code: 0,
    stdout: 'No problems.\n',
    stderr: '',
  });
});
