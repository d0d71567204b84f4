// `portway trace convert`: real traces in the form of other programs, without secrets, and its errors in one line.

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { harFaults } from '../../tests/fixtures/har-schema.ts';
import { portway, ROOT } from '../../tests/fixtures/portway.ts';
import { traceOf } from '../../tests/fixtures/trace-events.ts';
import { type Har, writeNdjson } from '../trace/formats/index.ts';

/** What no signs of a format are in. */
const SECRETS = ['aGVsbG86dGhlcmU', '4711', '4712'] as const;
const events = traceOf(
  {
    payload: {
      preview: 'GET /a',
      fields: [
        ['Host', 'a.example'],
        ['Authorization', `Basic ${SECRETS[0]}`],
        ['Cookie', `id=${SECRETS[1]}`],
      ],
    },
  },
  {
    dir: 'in',
    type: 'client.response',
    requirement: 'http.start-once',
    payload: { preview: '200', status: 200, fields: [['set-cookie', `token=${SECRETS[2]}`]] },
  },
);
const convert = (args: readonly string[], cwd: string) =>
  portway(['trace', 'convert', ...args], { cwd });

test.concurrent.each([
  ['echo', '_conversation'],
  ['websocket-echo', '_webSocketMessages'],
  ['tunnel', '_tunnelMessages'],
])('the example %s, recorded over sockets, is a valid HAR with %s', async (example, part) => {
  const cwd = folder();
  const app = join(ROOT, `content/examples/${example}/app.ts`);
  const checked = await portway(['check', app, '--transport', 'h1', '--trace', 'a.ndjson'], {
    cwd,
  });
  expect(checked.code).toBe(0);
  const { code, stdout, stderr } = await convert(
    ['a.ndjson', '--to', 'har', '--out', 'a.har'],
    cwd,
  );
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
  const har = JSON.parse(readFileSync(join(cwd, 'a.har'), 'utf8')) as Har;
  expect(harFaults(har)).toEqual([]);
  expect(har.log.entries[0]).toHaveProperty(part);
  for (const { response } of har.log.entries) expect(response.status).toBeGreaterThanOrEqual(101);
});

test.concurrent.each([
  ['har', /^\{\n {2}"log": \{/],
  ['chrome', /^\{"traceEvents":\[/],
  ['mermaid', /^sequenceDiagram\n/],
  ['markdown', /^\| # \| ms \| Who \|/],
])(
  'security.trace-secrets: --to %s masks what a trace has of secrets, unless it is asked for',
  async (format, begins) => {
    const cwd = folder({ 'a.ndjson': writeNdjson(events) });
    const masked = await convert(['a.ndjson', '--to', format], cwd);
    expect(masked).toMatchObject({ code: 0, stderr: '' });
    expect(masked.stdout).toMatch(begins);
    for (const secret of SECRETS) expect(masked.stdout).not.toContain(secret);
    const asked = await convert(['a.ndjson', '--to', format, '--secrets'], cwd);
    // A label of a diagram is cut.
    const shown = format === 'mermaid' ? [SECRETS[0], SECRETS[2]] : SECRETS;
    for (const secret of shown) expect(asked.stdout).toContain(secret);
    expect(asked.stdout).not.toMatch(/secret/);
    expect(masked.stdout).toMatch(/secret/);
  },
);

test.concurrent('--site links the clauses of a table', async () => {
  const cwd = folder({ 'a.ndjson': writeNdjson(events) });
  const { stdout } = await convert(
    ['a.ndjson', '--to', 'markdown', '--site', 'https://a.example/b'],
    cwd,
  );
  expect(stdout).toMatch(
    /\[http\.start-once\]\(<https:\/\/a\.example\/b\/proposals\/\d{4}\/#http\.start-once>\)/,
  );
});

test.concurrent('a trace whose last line is cut short is converted, and that line is named', async () => {
  const cwd = folder({ 'a.ndjson': writeNdjson(events).slice(0, -20) });
  const { code, stdout, stderr } = await convert(['a.ndjson', '--to', 'markdown'], cwd);
  expect(code).toBe(0);
  expect(stdout.trimEnd().split('\n')).toHaveLength(3);
  expect(stderr).toBe(
    'portway trace convert: a.ndjson:2: the last line is cut short, and left out. What wrote it was stopped.\n',
  );
});

test.concurrent('a trace as Windows writes text is one', async () => {
  const cwd = folder();
  writeFileSync(join(cwd, 'a.ndjson'), `\uFEFF${writeNdjson(events).replaceAll('\n', '\r\n')}`);
  expect(await convert(['a.ndjson', '--to', 'markdown'], cwd)).toMatchObject({
    code: 0,
    stderr: '',
  });
});

describe('what is wrong is one line', () => {
  const see = 'See `portway trace convert --help`.';
  test.concurrent.each<[args: string[], code: number, message: string]>([
    [[], 2, `name the trace: \`portway trace convert trace.ndjson --to har\`. ${see}`],
    [['a', 'b', '--to', 'har'], 2, `one trace at a time, not also \`b\`. ${see}`],
    [['a.ndjson'], 2, `name the format with --to: har, chrome, mermaid, markdown. ${see}`],
    [
      ['a.ndjson', '--to', 'constructor'],
      2,
      `there is no format \`constructor\`: har, chrome, mermaid, markdown. ${see}`,
    ],
    [['a.ndjson', '--to', 'har', '--out', ''], 2, `--out needs the name of a file. ${see}`],
    [
      ['a.ndjson', '--to', 'har', '--site', 'https://a'],
      2,
      `--site is for --to markdown: the other formats have no links. ${see}`,
    ],
    [
      ['a.ndjson', '--to', 'markdown', '--site', 'javascript:1'],
      2,
      `--site needs an http or https URL without query and fragment, not \`javascript:1\`. ${see}`,
    ],
    [['none.ndjson', '--to', 'har'], 2, 'there is no trace none.ndjson.'],
    [
      ['bad.ndjson', '--to', 'har'],
      1,
      'bad.ndjson:1: not a trace event: it must be object. src/trace/schema.json says what one is.',
    ],
    [
      ['a.ndjson', '--to', 'har', '--out', 'no/a.har'],
      1,
      "cannot write no/a.har: ENOENT: no such file or directory, open 'no/a.har'. Choose another file with --out.",
    ],
  ])('%j', async (args, code, message) => {
    const cwd = folder({ 'a.ndjson': writeNdjson(events), 'bad.ndjson': '7\n' });
    expect(await convert(args, cwd)).toEqual({
      code,
      signal: null,
      stdout: '',
      stderr: `portway trace convert: ${message}\n`,
    });
  });
});
