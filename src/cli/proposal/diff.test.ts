// `portway proposal diff` as a process: what it says of a real proposal that was doctored, in each format, and its errors.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder } from '../../../tests/fixtures/folder.ts';
import { portway, ROOT } from '../../../tests/fixtures/portway.ts';
import type { Redline, Summary } from '../../spec/redline/index.ts';

const HTTP = readFileSync(join(ROOT, 'proposals/0003-http/draft.md'), 'utf8');

/** The paragraph of a requirement, with the empty line behind it. */
function paragraph(id: string): string {
  const found = new RegExp(`^r\\[${id.replaceAll('.', '\\.')}\\]\\n(?:.+\\n)+\\n`, 'm').exec(
    HTTP,
  )?.[0];
  if (found === undefined) throw new Error(`${id} is not in proposal 3`);
  return found;
}

const WEAKENED = 'http.start-once';
const REMOVED = 'http.headers.lowercase';
const MOVED = 'http.headers.order';
const DOCTORED = HTTP.replace(
  paragraph(WEAKENED),
  paragraph(WEAKENED).replace('gateway MUST reject', 'gateway SHOULD reject'),
)
  .replace(paragraph(REMOVED), '')
  .replace(paragraph(MOVED), '')
  .replace(
    paragraph(WEAKENED).slice(0, 18),
    `${paragraph(MOVED)}${paragraph(WEAKENED).slice(0, 18)}`,
  );

/** A folder of proposals in which proposal 3 has a published revision and a draft. */
function proposals(files: Readonly<Record<string, string>> = {}): string {
  return folder({ '0003-http/v1.md': HTTP, '0003-http/draft.md': DOCTORED, ...files });
}

const diff = (directory: string, ...args: string[]) =>
  portway(['proposal', 'diff', ...args, '--proposals', directory]);

describe.concurrent('a proposal of which one requirement is weakened, one removed and one moved', () => {
  const directory = proposals();

  test('the summary says exactly that', async () => {
    const { code, stdout, stderr } = await diff(directory, '3', 'v1', '--summary');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const [first, second] = stdout.split('\n\n');
    expect(first).toBe('Proposal 0003: v1 → draft');
    expect(second).toMatch(/^Requirements: 1 removed, 1 weakened, 1 moved, \d+ unchanged\.$/);
    expect(stdout.match(/^\w[^:\n]*: [a-z][^ \n]*\.[^ ,\n]+/gm)).toEqual([
      `removed: ${REMOVED}`,
      `weakened: ${WEAKENED}`,
      `moved: ${MOVED}`,
    ]);
    expect(stdout).toContain('{+SHOULD+}');
    expect(stdout).toContain('“The scope” → “Sending the response”');
    expect(stdout).not.toContain('Blocks:');
  });

  test('so does the JSON, with the whole of it', async () => {
    const { code, stdout } = await diff(directory, '0003', 'v1', 'draft', '--format', 'json');
    expect(code).toBe(0);
    const { proposal, from, to, summary, redline } = JSON.parse(stdout) as {
      proposal: string;
      from: string;
      to: string;
      summary: Summary;
      redline: Redline;
    };
    expect({ proposal, from, to }).toEqual({ proposal: '0003', from: 'v1', to: 'draft' });
    expect(Object.fromEntries(summary.requirements.map(({ id, kinds }) => [id, kinds]))).toEqual({
      [REMOVED]: ['removed'],
      [MOVED]: ['moved'],
      [WEAKENED]: ['weakened'],
    });
    expect(summary.blocks).toEqual([]);
    expect(summary.unchanged).toBe((HTTP.match(/^r\[/gm)?.length ?? 0) - 3);
    expect(redline.counts).toMatchObject({ added: 0, removed: 1, changed: 1, moved: 1 });
    expect(redline.counts).toMatchObject({ 'moved-changed': 0 });
  });

  test('the text shows the words too', async () => {
    const { stdout } = await diff(directory, '3', 'v1');
    expect(stdout).toMatch(/^removed: requirement http\.headers\.lowercase \(line \d+\)$/m);
    expect(stdout).toMatch(
      /^\+ The gateway \{\+SHOULD\+\} reject a second `http\.response\.start`/m,
    );
    expect(stdout).toMatch(
      /^3 blocks differ: 1 removed, 1 changed, 1 moved\. \d+ blocks unchanged\.$/m,
    );
    expect(stdout).not.toContain('\u001b');
  });

  test('the Markdown is for a comment', async () => {
    const { stdout } = await diff(directory, '3', 'v1', '--format', 'markdown');
    expect(stdout).toMatch(/^### Proposal 0003: v1 → draft\n/);
    expect(stdout).toContain(`**weakened**: \`${WEAKENED}\`, MUST → SHOULD`);
    const short = await diff(directory, '3', 'v1', '--format', 'markdown', '--summary');
    expect(stdout.startsWith(short.stdout)).toBe(true);
  });

  test('the other way round it is added and strengthened', async () => {
    const { stdout } = await diff(directory, '3', 'draft', 'v1', '--summary');
    expect(stdout).toMatch(/^Requirements: 1 strengthened, 1 added, 1 moved, \d+ unchanged\.$/m);
  });

  test('a file will do for either', async () => {
    const file = join(directory, '0003-http/draft.md');
    const { code, stdout } = await diff(directory, '3', file, 'v1', '--summary');
    expect(code).toBe(0);
    expect(stdout).toContain('Proposal 0003: draft.md → v1');
    expect(stdout).toMatch(/1 strengthened/);
  });
});

test.concurrent('what went to another proposal has moved there', async () => {
  const directory = proposals({
    '0010-security/draft.md': `---\nproposal: 10\n---\n\n# Security\n\n## Names\n\n${paragraph(REMOVED)}`,
  });
  const { stdout } = await diff(directory, '3', 'v1', '--summary');
  expect(stdout).toMatch(/^Requirements: 1 weakened, 2 moved, \d+ unchanged\.$/m);
  expect(stdout).toContain(`moved: ${REMOVED}, MUST, “0003 The scope” → “0010 Names” (line `);
});

test.concurrent('a renaming is known by the register', async () => {
  const renamed = HTTP.replace(`r[${REMOVED}]`, 'r[http.names.lowercase]');
  const register = { 'http.names.lowercase': { aliases: [REMOVED] } };
  const directory = proposals({
    '0003-http/draft.md': renamed,
    'requirements.json': JSON.stringify(register),
  });
  const { stdout } = await diff(directory, '3', 'v1', '--summary');
  expect(stdout).toMatch(/^Requirements: 1 renamed, \d+ unchanged\.$/m);
  writeFileSync(join(directory, 'requirements.json'), 'no JSON');
  expect((await diff(directory, '3', 'v1', '--summary')).stdout).toMatch(
    /1 removed, 1 added, \d+ unch/,
  );
});

test.concurrent('revisions that do not differ', async () => {
  const { code, stdout } = await diff(proposals(), '3', 'v1', 'v1');
  expect(code).toBe(0);
  expect(stdout).toMatch(/^Requirements: none differs, \d+ unchanged\.$/m);
  expect(stdout).toMatch(/\nNo block differs\.\n$/);
});

describe.concurrent('errors are one clear line', () => {
  const directory = proposals();
  test.each<[what: string, args: string[], code: number, message: RegExp]>([
    [
      'nothing is named',
      [],
      2,
      /name a proposal and a revision of it: `portway proposal diff 3 v1`/,
    ],
    ['no revision is named', ['3'], 2, /name a proposal and a revision of it/],
    ['no number', ['http', 'v1'], 2, /`http` is not the number of a proposal, such as 3 or 0003\./],
    ['no such proposal', ['4', 'v1'], 2, /there is no proposal 0004\. There are 0003\./],
    ['no such revision', ['3', 'v2'], 2, /proposal 0003 has no v2\.md\. It has draft, v1\./],
    [
      'no such file',
      ['3', 'v1', 'v2.md'],
      2,
      /`v2\.md` is neither a revision nor a file\. The revisions are draft, v1\./,
    ],
    ['a folder', ['3', ROOT], 1, /cannot read .*EISDIR/],
    ['too much', ['3', 'v1', 'draft', 'v1'], 2, /two revisions at a time, not also `v1`\./],
    [
      'no such format',
      ['3', 'v1', '--format', 'html'],
      2,
      /there is no format `html`: text, json, markdown\./,
    ],
    [
      'no such option',
      ['3', 'v1', '--words'],
      2,
      /Unknown option '--words'.* See `portway proposal diff --help`\./,
    ],
  ])('%s', async (_, args, code, message) => {
    const { stdout, stderr, ...ended } = await diff(directory, ...args);
    expect({ code: ended.code, stdout }).toEqual({ code, stdout: '' });
    expect(stderr).toMatch(/^portway proposal diff: .*\n$/);
    expect(stderr).toMatch(message);
  });

  test('no folder of proposals', async () => {
    const { code, stderr } = await diff(join(directory, 'nowhere'), '3', 'v1');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^portway proposal diff: there is no folder .*nowhere\.\n$/);
  });

  test('a folder without any', async () => {
    const empty = folder();
    mkdirSync(join(empty, 'notes'));
    const { code, stderr } = await diff(empty, '3', 'v1');
    expect(code).toBe(2);
    expect(stderr).toBe('portway proposal diff: there is no proposal 0003. There are none.\n');
  });
});

test.concurrent('--help describes the command', async () => {
  const { code, stdout } = await portway(['proposal', 'diff', '--help']);
  expect(code).toBe(0);
  expect(stdout).toContain('Usage: portway proposal diff NUMBER FROM [TO]');
});
