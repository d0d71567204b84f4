// `portway proposal status`: one legal step and everything that it edits, or what it lacks and nothing.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { folder } from '../../../tests/fixtures/folder.ts';
import { inProcess } from '../../../tests/fixtures/in-process.ts';
import { ROOT } from '../../../tests/fixtures/portway.ts';
import { proposal } from '../../spec/lint/testing.ts';

const TEMPLATE = readFileSync(join(ROOT, 'proposals/0000-template/draft.md'), 'utf8');
const FILE = 'proposals/0001-doors/draft.md';
const GATES = 'proposals/0002-gates/draft.md';
const LIST = 'proposals/README.md';
const ROWS = `| number | title | status |
|---|---|---|
| [0001](0001-doors/draft.md) | Doors | review |
| [0002](0002-gates/draft.md) | Gates | final |
`;
const today = '2026-12-01';
beforeAll(() => void vi.useFakeTimers({ toFake: ['Date'], now: new Date(today) }));
afterAll(() => void vi.useRealTimers());
const RESOLVED = { resolution: 'Accepted as it stands.' };
const FINAL = { ...RESOLVED, status: 'final', implementations: '[One, Another]' };

/** Proposal 1 in a status, published as it stands, beside proposal 2, which is final. */
function repository(
  fields: Readonly<Record<string, string>>,
  gates: Readonly<Record<string, string>> = {},
): string {
  const v1 = proposal('Nothing binds.', { proposal: '1', ...fields });
  const draft = proposal('Nothing binds.', { proposal: '1', ...fields, revision: '2' });
  return folder({
    'proposals/0000-template/draft.md': TEMPLATE,
    [FILE]: draft.replace('- Revision 1', '- Revision 2: no change yet.\n- Revision 1'),
    'proposals/0001-doors/v1.md': v1,
    [GATES]: proposal('Nothing binds.', { proposal: '2', title: 'Gates', ...FINAL, ...gates }),
    [LIST]: ROWS,
  });
}

const status = (root: string, ...args: string[]) =>
  inProcess('proposal', 'status', '1', ...args, '--root', root);

/** The lines of a file that a step added and took out. */
function changes(root: string, file: string, before: string): string[] {
  const [old, now] = [before.split('\n'), readFileSync(join(root, file), 'utf8').split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `-${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+${line}`),
  ];
}

const everything = (root: string) =>
  readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => [entry.name, readFileSync(join(entry.parentPath, entry.name), 'utf8')]);

/** From, to, options, and every line of the draft that is not as it was. */
const STEPS: [Readonly<Record<string, string>>, string, string[], string[]][] = [
  [{ status: 'draft' }, 'review', [], ['-status: draft', '+status: review']],
  [
    { status: 'review' },
    'last-call',
    [],
    ['-status: review', '+status: last-call', '+last-call-ends: 2026-12-15'],
  ],
  [
    { status: 'review' },
    'last-call',
    ['--ends', '2999-12-31'],
    ['-status: review', '+status: last-call', '+last-call-ends: 2999-12-31'],
  ],
  [
    { status: 'last-call', 'last-call-ends': '2026-11-23' },
    'withdrawn',
    ['--set', 'withdrawn-reason=Walls won.'],
    ['-status: last-call', '+status: withdrawn', '+withdrawn-reason: Walls won.'],
  ],
  [
    { status: 'review' },
    'deferred',
    ['--set', 'resolution=It waits for hinges.'],
    ['-status: review', '+status: deferred', '+resolution: It waits for hinges.'],
  ],
  [
    { status: 'accepted', ...RESOLVED },
    'final',
    ['--set', 'implementations=[One, Another]'],
    ['-status: accepted', '+status: final', '+implementations: [One, Another]'],
  ],
  [
    FINAL,
    'superseded',
    ['--set', 'superseded-by=2'],
    ['-status: final', '+status: superseded', '+superseded-by: 2'],
  ],
];

describe('a step edits what must change with it, and nothing else', () => {
  test.each(STEPS)('%j → %s %j', async (fields, to, options, expected) => {
    const root = repository(fields);
    const before = readFileSync(join(root, FILE), 'utf8');
    expect(await status(root, to, ...options)).toMatchObject({
      code: 0,
      stdout: `0001 Doors: ${fields.status} → ${to}\n`,
    });
    expect(changes(root, FILE, before).sort()).toEqual([...expected].sort());
    expect(readFileSync(join(root, LIST), 'utf8')).toContain(`| Doors | ${to} |\n| [0002]`);
  });

  test('a successor that does not say whom it replaces says so afterwards', async () => {
    const root = repository(FINAL);
    const before = readFileSync(join(root, GATES), 'utf8');
    await status(root, 'superseded', '--set', 'superseded-by=2');
    expect(changes(root, GATES, before)).toEqual(['+replaces: [1]']);
  });

  test('one that does stays as it is, and one that replaces others too keeps them', async () => {
    const said = repository(FINAL, { replaces: '[1]' });
    const before = readFileSync(join(said, GATES), 'utf8');
    await status(said, 'superseded', '--set', 'superseded-by=2');
    expect(changes(said, GATES, before)).toEqual([]);
  });
});

test('without a status: the steps that are legal, with their fields, and who can act', async () => {
  const { code, stdout } = await status(repository({ status: 'review' }));
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `0001 Doors: review
  → last-call, with last-call-ends
  → withdrawn, with withdrawn-reason
  → rejected, with resolution
  → deferred, with resolution

It waits for:
  reviewers: Object, or say that it can be built as it stands
  editors: Begin the last call, once objections have an answer
`,
  });
});

test('--dry-run prints a patch that git applies, and writes nothing', async () => {
  const root = repository(FINAL);
  const before = everything(root);
  const { code, stdout } = await status(
    root,
    'superseded',
    '--set',
    'superseded-by=2',
    '--dry-run',
  );
  expect({ code, after: everything(root) }).toEqual({ code: 0, after: before });
  expect(stdout).toMatch(/\nwould be 0001 Doors: final → superseded\n$/);
  const { execFileSync } = await import('node:child_process');
  const patch = stdout.replace(/would be .*\n$/, '');
  execFileSync('git', ['apply', '-'], { cwd: root, input: patch });
  const applied = everything(root);
  const other = repository(FINAL);
  await status(other, 'superseded', '--set', 'superseded-by=2');
  expect(applied).toEqual(everything(other));
});

describe('a step that is refused says what is missing, and writes nothing', () => {
  test.each<[string, Readonly<Record<string, string>>, string[], number, RegExp]>([
    [
      'a status is skipped',
      { status: 'review' },
      ['final'],
      1,
      /no step leads from `review` to `final`; from there it goes to `last-call`/,
    ],
    [
      'the last call is too short',
      { status: 'review' },
      ['last-call', '--ends', today],
      1,
      /at least 14 days: until /,
    ],
    [
      'it ends on no day',
      { status: 'review' },
      ['last-call', '--ends', '2999-02-30'],
      1,
      /linter would find/,
    ],
    [
      'the last call goes on',
      { status: 'last-call', 'last-call-ends': '2999-01-01' },
      ['accepted', '--set', 'resolution=Yes.'],
      1,
      /goes on until 2999-01-01/,
    ],
    [
      'no resolution',
      { status: 'review' },
      ['rejected'],
      1,
      /needs `resolution`\. Give it as `--set resolution=…`/,
    ],
    ['no reason', { status: 'draft' }, ['withdrawn'], 1, /`--set withdrawn-reason=…`/],
    ['no successor', FINAL, ['superseded'], 1, /`--set superseded-by=…`/],
    [
      'a successor that is not there',
      FINAL,
      ['superseded', '--set', 'superseded-by=7'],
      1,
      /proposal 7 does not exist/,
    ],
    [
      '--ends of something else',
      { status: 'review' },
      ['deferred', '--ends', '2999-01-01'],
      2,
      /for `last-call` alone/,
    ],
  ])('%s', async (_, fields, args, code, message) => {
    const root = repository(fields);
    const before = everything(root);
    expect(await status(root, ...args)).toMatchObject({
      code,
      stdout: '',
      stderr: expect.stringMatching(message),
    });
    expect(everything(root)).toEqual(before);
  });

  test('a successor that is not final', async () => {
    const root = repository(FINAL, { status: 'accepted' });
    expect(await status(root, 'superseded', '--set', 'superseded-by=2')).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('proposal 2 is not final yet'),
    });
  });
});
