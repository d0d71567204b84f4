// `portway proposal check` in real repositories of git: what each kind of change comes to, everything that only a change
// can get wrong, and a base that cannot be had.

import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { folder } from '../../../tests/fixtures/folder.ts';
import { type GitRepository, gitRepository, repositoryAt } from '../../../tests/fixtures/git.ts';
import { inProcess } from '../../../tests/fixtures/in-process.ts';
import { ROOT } from '../../../tests/fixtures/portway.ts';
import { proposal } from '../../spec/lint/testing.ts';
import type { Problem } from '../../spec/problem.ts';
import type { PullRequest } from '../../spec/pull-request.ts';

const TEMPLATE = readFileSync(join(ROOT, 'proposals/0000-template/draft.md'), 'utf8');
const FILE = 'proposals/0001-doors/draft.md';
const V1 = 'proposals/0001-doors/v1.md';
const RULE = 'r[door.opens]\nThe gateway MUST open the door.';
const TEST = "test('door.opens: it opens', () => {});\n";

/** Doors, as they are once revision 1 was published. */
const DOORS = proposal(RULE, { proposal: '1', status: 'review', revision: '2' }).replace(
  '- Revision 1',
  '- Revision 2: no change yet.\n- Revision 1',
);
const logged = (text: string) => text.replace('2: no change yet.', '2: doors changed.');
const inStatus = (status: string, more = '') =>
  DOORS.replace('status: review', `status: ${status}`).replace(
    'revision: 2\n',
    `revision: 2\n${more}`,
  );

/** Front matter of statuses that come after review. */
const LAST_CALL = "last-call-ends: '2026-12-20'\n".replaceAll("'", '');
const RESOLVED = 'resolution: Accepted as it stands.\n';

let base: string;

beforeAll(async () => {
  const { root, commit, git } = gitRepository({
    'proposals/0000-template/draft.md': TEMPLATE,
    [FILE]: proposal(RULE, { proposal: '1', status: 'review' }),
    'proposals/editions.json': '{}\n',
    'proposals/published.json': '{}\n',
    'src/door.test.ts': TEST,
  });
  expect(await inProcess('proposal', 'publish', '--edition', '0.1', '--root', root)).toMatchObject({
    code: 0,
  });
  commit('Publish doors');
  expect(readFileSync(join(root, FILE), 'utf8')).toBe(DOORS);
  git('tag', 'published');
  base = root;
});

/** A clone of the repository, on a branch of its own. */
function clone(text?: string): GitRepository {
  const root = folder();
  execFileSync('git', ['clone', '-q', base, root]);
  const repository = repositoryAt(root);
  if (text !== undefined) {
    repository.commit('Another beginning', { [FILE]: text });
    repository.git('branch', '-f', 'start');
  } else repository.git('branch', 'start');
  repository.git('switch', '-q', '-c', 'change');
  return repository;
}

const check = ({ root }: GitRepository, ...args: string[]) =>
  inProcess('proposal', 'check', '--root', root, ...args);

type Report = PullRequest & {
  problems: Problem[];
  errors: number;
  warnings: number;
  base: { uncommitted: boolean };
};

async function checked(repository: GitRepository): Promise<Report & { code: number }> {
  const { code, stdout } = await check(repository, '--base', 'start', '--format', 'json');
  return { code, ...(JSON.parse(stdout) as Report) };
}

const rules = ({ problems }: Report) => problems.map(({ rule }) => rule);

describe('what a change comes to', () => {
  test('nothing of the proposals: tooling, with the words of the last commit', async () => {
    const repository = clone();
    repository.commit('Sweep the floor', { 'src/floor.ts': '' });
    expect(await checked(repository)).toMatchObject({
      code: 0,
      kind: 'tooling',
      title: 'Sweep the floor',
      labels: ['kind: tooling'],
      problems: [],
    });
  });

  test('other words: editorial, and fit to merge', async () => {
    const repository = clone();
    repository.write({ [FILE]: logged(DOORS.replace('Walls without', 'A wall without')) });
    expect(await checked(repository)).toMatchObject({
      code: 0,
      kind: 'editorial',
      title: 'Reword 0001 Doors',
      labels: ['kind: editorial', 'proposal 0001'],
      base: { uncommitted: true },
      problems: [],
    });
  });

  test('a reason that a commit gives below “Why” stands in the text, and a comment is none', async () => {
    const repository = clone();
    const why = (words: string) =>
      `Reword doors\n\n## What changes\n\nA word.\n\n## Why\n\n${words}`;
    repository.commit(why('Ana was misled.\n\n    By it.\n\n## Tests\n\n- none'), {
      [FILE]: logged(DOORS.replace('Doors are known', 'Doors are well known')),
    });
    repository.commit(why('<!-- The problem that this answers. -->\n'));
    const { body } = await checked(repository);
    expect(body).toContain('\n## Why\n\nAna was misled.\n\n    By it.\n');
    expect(body).not.toContain('<!-- The problem');
    expect(body).not.toContain('- none');
  });

  test('a requirement that is weakened: a change, normative, with its register brought up to date', async () => {
    const repository = clone();
    repository.write({ [FILE]: logged(DOORS.replace('gateway MUST', 'gateway SHOULD')) });
    const stale = await checked(repository);
    expect(stale).toMatchObject({
      code: 1,
      kind: 'change',
      title: 'Weaken door.opens (0001 Doors)',
    });
    expect(rules(stale)).toEqual(['register-current']);
    const path = join(repository.root, 'proposals/requirements.json');
    const known = JSON.parse(readFileSync(path, 'utf8'));
    expect(known['door.opens']).toMatchObject({ level: 'MUST' });
    const { labels, body } = stale;
    expect(labels).toEqual(['kind: change', 'normative', 'proposal 0001']);
    expect(body).toContain('**weakened**: `door.opens`, MUST → SHOULD');
  });

  test('a new MUST without a test: a hint, a label and a task', async () => {
    const repository = clone();
    const more = '\n\nr[door.shuts]\nThe gateway MUST NOT leave the door open.';
    repository.write({ [FILE]: logged(DOORS.replace(RULE, RULE + more)) });
    const result = await checked(repository);
    expect(result.labels).toContain('needs tests');
    expect(result.body).toContain('- [ ] `door.shuts`, MUST NOT\n');
    expect(result.problems).toContainEqual(
      expect.objectContaining({ rule: 'test-owed', file: FILE, line: 28, severity: 'warning' }),
    );
  });

  test('a new proposal: its number is told, and it begins as a draft', async () => {
    const repository = clone();
    const gates = proposal('Nothing.', { proposal: '2', title: 'Gates' });
    repository.commit('Propose gates', { 'proposals/0002-gates/draft.md': gates });
    expect(await checked(repository)).toMatchObject({
      code: 0,
      kind: 'new proposal',
      title: 'Propose 0002 Gates',
      problems: [],
    });
    repository.write({
      'proposals/0002-gates/draft.md': gates.replace('status: draft', 'status: review'),
    });
    expect(await checked(repository)).toMatchObject({
      code: 1,
      problems: [{ rule: 'step-legal', line: 6, column: 9 }],
    });
  });

  test('a publication', async () => {
    const repository = clone();
    repository.commit('Change doors', {
      [FILE]: logged(DOORS.replace('Walls without', 'A wall without')),
    });
    await inProcess('proposal', 'publish', '1', '--root', repository.root);
    expect(await checked(repository)).toMatchObject({
      code: 0,
      kind: 'publication',
      title: 'Publish 0001/v2',
      problems: [],
    });
  });

  test('what the base had wrong is not held against a change of something else', async () => {
    const repository = clone(DOORS.replace('Walls without', 'Walls must be without'));
    repository.commit('Add gates', {
      'proposals/0002-gates/draft.md': proposal('Nothing.', { proposal: '2', title: 'Gates' }),
    });
    expect(await checked(repository)).toMatchObject({ code: 0 });
  });

  test('what breaks elsewhere because of the change is', async () => {
    const repository = clone();
    const gates = 'proposals/0002-gates/draft.md';
    repository.commit('Add gates', {
      [gates]: proposal('See [door.opens].', { proposal: '2', title: 'Gates' }),
    });
    repository.git('branch', '-f', 'start');
    repository.write({
      [FILE]: logged(
        DOORS.replace(RULE, '```retired\n- {id: door.opens, tombstone: "Doors stay shut."}\n```'),
      ),
    });
    const { problems } = await checked(repository);
    expect(problems.map(({ file, rule }) => `${file} ${rule}`)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^proposals\/0002-gates\/draft\.md /),
        'src/door.test.ts test-of-none',
      ]),
    );
  });
});

describe('what is published stays', () => {
  test('a revision whose hash was written anew with it, which no state shows', async () => {
    const repository = clone();
    const text = readFileSync(join(repository.root, V1), 'utf8').replace(
      'first text',
      'the first text',
    );
    const { sha256 } = await import('../../spec/checksum.ts');
    repository.commit('Mend a word', {
      [V1]: text,
      'proposals/published.json': `${JSON.stringify({ '0001-doors/v1.md': sha256(text) }, null, 2)}\n`,
    });
    expect(await inProcess('proposal', 'lint', '--root', repository.root)).toMatchObject({
      code: 0,
    });
    const result = await checked(repository);
    expect(result.code).toBe(1);
    expect(rules(result)).toEqual(['frozen-revision', 'frozen-record']);
  });

  test.each<[string, Record<string, string | undefined>, string]>([
    ['a revision that is removed', { [V1]: undefined }, 'frozen-revision'],
    ['an edition that is changed', { 'proposals/editions.json': '{"0.1": {}}\n' }, 'frozen-record'],
    ['records that are removed', { 'proposals/editions.json': undefined }, 'frozen-record'],
  ])('%s', async (_, files, rule) => {
    const repository = clone();
    repository.commit('Tidy', files);
    const result = await checked(repository);
    expect(result.code).toBe(1);
    expect(rules(result)).toContain(rule);
  });

  test('an id without alias or tombstone', async () => {
    const repository = clone();
    repository.write({ [FILE]: logged(DOORS.replace('r[door.opens]', 'r[door.swings]')) });
    const result = await checked(repository);
    expect(result.code).toBe(1);
    expect(rules(result)).toContain('published-id-lost');
  });
});

describe('statuses', () => {
  test.each<[string, string, string, number, string[]]>([
    ['a step over one', DOORS, inStatus('accepted', RESOLVED), 1, ['step-legal']],
    ['a step back', DOORS, inStatus('draft'), 1, ['status-step', 'step-legal']],
    ['a step that has what it needs', DOORS, inStatus('last-call', LAST_CALL), 0, []],
    [
      'a step without what it needs',
      DOORS,
      inStatus('last-call'),
      1,
      ['conditional-fields', 'step-needs'],
    ],
    [
      'a step together with another change',
      DOORS,
      logged(
        inStatus('withdrawn', 'withdrawn-reason: Nobody came.\n').replace('Walls w', 'A wall w'),
      ),
      0,
      ['step-alone'],
    ],
    [
      'a proposal that was rejected and changes',
      inStatus('rejected', 'resolution: No.\n'),
      logged(inStatus('rejected', 'resolution: No.\n').replace('Walls w', 'A wall w')),
      1,
      ['text-settled'],
    ],
    [
      'a final proposal that asks for something else',
      inStatus('final', `${RESOLVED}implementations: [One, Another]\n`),
      logged(
        inStatus('final', `${RESOLVED}implementations: [One, Another]\n`).replace(
          'open the door',
          'open every door',
        ),
      ),
      1,
      ['text-settled'],
    ],
    [
      'a last call that goes on over a change',
      inStatus('last-call', LAST_CALL),
      logged(inStatus('last-call', LAST_CALL).replace('open the door', 'open every door')),
      0,
      ['text-settled'],
    ],
  ])('%s', async (_, before, after, code, expected) => {
    const repository = clone(before);
    repository.write({ [FILE]: after });
    const result = await checked(repository);
    const own = rules(result).filter((rule) => rule !== 'register-current');
    expect(own.sort()).toEqual(expected);
    expect(
      result.problems.some(({ rule, severity }) => severity !== 'warning' && own.includes(rule)),
    ).toBe(code === 1);
  });

  test('a proposal that is deleted', async () => {
    const repository = clone();
    const gates = 'proposals/0002-gates/draft.md';
    repository.commit('Add gates', {
      [gates]: proposal('Nothing.', { proposal: '2', title: 'Gates' }),
    });
    repository.git('branch', '-f', 'start');
    repository.commit('Delete gates', { [gates]: undefined });
    const result = await checked(repository);
    expect(result).toMatchObject({ code: 1, kind: 'change', title: 'Delete 0002 Gates' });
    expect(rules(result)).toEqual(['proposal-kept']);
  });
});

test('a number that was taken in the meantime, and the next that is free', async () => {
  const repository = clone();
  const numbered = (title: string) => proposal('Nothing.', { proposal: '2', title });
  repository.commit('Propose gates', { 'proposals/0002-gates/draft.md': numbered('Gates') });
  repository.git('switch', '-q', 'start');
  repository.commit('Propose locks', { 'proposals/0002-locks/draft.md': numbered('Locks') });
  repository.git('switch', '-q', 'change');
  expect(await checked(repository)).toMatchObject({
    code: 1,
    problems: [
      {
        rule: 'number-taken',
        message: 'number 0002 is taken by 0002-locks',
        hint: expect.stringContaining('0003'),
      },
    ],
  });
});

test('generated files that are not what the proposals say', async () => {
  const repository = clone();
  repository.commit('Write by hand', { 'src/interface/http.generated.ts': 'export {};\n' });
  const result = await checked(repository);
  expect(result.code).toBe(1);
  expect(new Set(rules(result))).toEqual(new Set(['generated-current']));
  expect(result.problems.map(({ file }) => file)).toContain('src/interface/http.generated.ts');
});

describe('the formats', () => {
  const HOSTILE = DOORS.replace('title: Doors', 'title: "D\\e[31m|`</details>@everyone`"')
    .replace('# Doors', '# D')
    .replace('open the door.', 'open the door. ::error::x \u001b[2J ```` <script> \u202e');

  test('text: the base, each requirement, findings with their places, and words to begin with', async () => {
    const repository = clone();
    repository.commit('Weaken', {
      [FILE]: logged(DOORS.replace('gateway MUST', 'gateway SHOULD')),
    });
    const { code, stdout } = await check(repository, '--base', 'start');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^From start \([0-9a-f]{7,}\) to the working tree: 1 file\.\n/);
    expect(stdout).toContain('0001 Doors (normative)\nRequirements: 1 weakened, 0 unchanged.');
    expect(stdout).toMatch(/^proposals\/requirements\.json:2:3 register-current: /m);
    expect(stdout).toContain('\nNot fit to merge: 1 error, 0 warnings.\n');
    expect(stdout).toContain('\nTitle:  Weaken door.opens (0001 Doors)\n');
  });

  test.each(['text', 'markdown', 'github'])(
    '%s: the words of strangers stay words',
    async (format) => {
      const repository = clone();
      repository.write({ [FILE]: logged(HOSTILE) });
      const { code, stdout } = await check(repository, '--base', 'start', '--format', format);
      expect(code).toBe(1);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
      expect(stdout).not.toMatch(/[\0-\x08\x0b-\x1f\x7f\u202e]/);
      if (format === 'github')
        for (const line of stdout.trim().split('\n'))
          expect(line).toMatch(/^::(error|warning) file=/);
      if (format !== 'markdown') return;
      const { fromMarkdown } = await import('mdast-util-from-markdown');
      const tree = fromMarkdown(stdout);
      const html = tree.children.filter(({ type }) => type === 'html');
      expect(html.map((node) => 'value' in node && node.value)).toEqual([
        '<details><summary>A title and a text to begin with</summary>',
        '</details>',
      ]);
    },
  );

  test('--report: the comment, and a redline of each proposal', async () => {
    const repository = clone();
    repository.write({ [FILE]: logged(DOORS.replace('Walls without', 'A wall without')) });
    const target = join(folder(), 'report');
    const { stdout } = await check(
      repository,
      '--base',
      'start',
      '--format',
      'markdown',
      '--report',
      target,
    );
    expect(readFileSync(join(target, 'comment.md'), 'utf8')).toBe(stdout);
    expect(readFileSync(join(target, 'redline-0001.md'), 'utf8')).toContain('{+A wall+}');
  });
});

describe('a base that cannot be had', () => {
  test.each([
    ['none', [], 2, /say where the change is to go: `portway proposal check --base origin\/main`/],
    ['an unknown ref', ['--base', 'mian'], 2, /git knows no commit `mian`\. `git fetch` brings/],
    ['an option of git', ['--base', '--output=x'], 2, /--base/],
    ['an option of git in disguise', ['--base=--output=x'], 2, /git knows no commit `--output=x`/],
    ['something else', ['--base', 'main', 'x'], 2, /takes no arguments, and got `x`/],
    ['no such format', ['--base', 'main', '--format', 'xml'], 2, /there is no format `xml`/],
  ])('%s', async (_, args, code, message) => {
    const repository = clone();
    expect(await check(repository, ...args)).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
    expect(existsSync(join(repository.root, 'x'))).toBe(false);
  });

  test('no repository of git', async () => {
    const root = folder({ 'proposals/0000-template/draft.md': TEMPLATE });
    expect(await check(repositoryAt(root), '--base', 'main')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/is not in a repository of git: .* Begin from a clone\.\n$/),
    });
  });

  test('a shallow clone without what both have in common', async () => {
    const origin = clone();
    origin.commit('Go on');
    origin.git('switch', '-q', 'start');
    origin.commit('Go elsewhere');
    const root = folder();
    execFileSync('git', [
      'clone',
      '-q',
      '--depth',
      '1',
      '--no-single-branch',
      `file://${origin.root}`,
      root,
    ]);
    const shallow = repositoryAt(root);
    expect(await check(shallow, '--base', 'origin/change')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /shallow.*`git fetch --unshallow`, in a workflow `fetch-depth: 0`/,
      ),
    });
    expect(await check(shallow, '--base', 'v0')).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/shallow and may lack it/),
    });
  });

  test('branches that have nothing in common', async () => {
    const repository = clone();
    repository.git('switch', '-q', '--orphan', 'island');
    repository.commit('An island', { 'proposals/0000-template/draft.md': TEMPLATE });
    expect(await check(repository, '--base', 'start')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('have no commit in common'),
    });
  });
});

test('a repository whose proposals are in a folder of a larger one', async () => {
  const outer = gitRepository({
    'spec/proposals/0000-template/draft.md': TEMPLATE,
    'spec/proposals/0001-doors/draft.md': proposal(RULE, { proposal: '1' }),
  });
  outer.write({ 'spec/proposals/0001-doors/draft.md': proposal('Nothing.', { proposal: '1' }) });
  const { code, stdout } = await inProcess(
    'proposal',
    'check',
    '--root',
    join(outer.root, 'spec'),
    '--base',
    'main',
    '--format',
    'json',
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ title: 'Remove door.opens (0001 Doors)' });
});
