// `portway check` as a process: what it prints, what it writes down, and its exit codes.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway, ROOT } from '../../tests/fixtures/portway.ts';
import { faultsOf } from '../../tests/fixtures/trace-schema.ts';

const example = (slug: string) => `content/examples/${slug}/app.ts`;

/** A folder with an application in plain JavaScript and a scenario. */
const bench = (body: string, scenario = 'GET /\n', before = '') =>
  folder({
    'app.mjs': `${before}\nexport default async (scope, receive, send) => { ${DECLINE}\n${body}\n};\n`,
    'requests.http': scenario,
  });
/** It has no lifespan. */
const DECLINE =
  "if (scope.type === 'lifespan') throw Object.assign(new Error('none'), { name: 'UnsupportedScope' });";
const START = "await send({ type: 'http.response.start', status: 200 });";
const END = "await send({ type: 'http.response.end' });";

describe.each(['h1', 'h2', 'memory'])('over %s', (transport) => {
  test.concurrent('an application that breaks nothing: exit 0, and what each request came to', async () => {
    expect(await portway(['check', example('hello'), '--transport', transport])).toMatchObject({
      code: 0,
      stdout: 'hello: 200, 19 octets, complete\n',
      stderr: '',
    });
  });

  test.concurrent('an application that breaks a requirement: exit 1, with its id and the line', async () => {
    const source = readFileSync(join(ROOT, example('start-once')), 'utf8').split('\n');
    const line = source.findIndex((text) => text.includes('status: 500')) + 1;
    const { code, stdout } = await portway([
      'check',
      example('start-once'),
      '--transport',
      transport,
    ]);
    expect(code).toBe(1);
    expect(stdout).toContain('twice: 200, ');
    expect(stdout).toMatch(
      new RegExp(
        `^  http\\.start-once: the response has already been started .* \\(app\\.ts:${line}:\\d+\\)$`,
        'm',
      ),
    );
    expect(stdout).toMatch(/^broken: http\.start-once$/m);
  });
});

test.concurrent.each<[what: string, body: string, code: number, printed: RegExp]>([
  [
    'returns without an answer',
    '',
    1,
    /^request 1: 500, [\s\S]*the application returned before its response was over \[http\.finish\]\nbroken: http\.finish\n$/,
  ],
  [
    'fails',
    "throw new RangeError('on purpose');",
    1,
    /^request 1: 500, [\s\S]*RangeError: on purpose\nthe application failed\n$/,
  ],
  [
    'fails after the end of its response',
    `${START}${END}throw new Error('afterwards');`,
    1,
    /200, 0 octets, complete\n {2}Error: afterwards\nthe application failed\n$/,
  ],
  [
    'does not catch its Misuse',
    "await send({ type: 'http.response.end' });",
    1,
    /\nbroken: http\.body-before-start\n$/,
  ],
  [
    'sends what is no event',
    `await send(null).catch(() => {});${START}${END}`,
    1,
    /\nbroken: event\.shape\n$/,
  ],
  [
    'breaks two requirements',
    `await send({ type: 'x' }).catch(() => {});await send({}).catch(() => {});${START}${END}`,
    1,
    /\nbroken: event\.unknown-type-misuse, event\.shape\n$/,
  ],
  [
    'gives up when the peer has left',
    "await send({ type: 'http.refuse' });",
    0,
    /^request 1: no response, 0 octets, closed\n$/,
  ],
])('an application that %s', async (_, body, code, printed) => {
  const ended = await portway(['check', 'app.mjs'], { cwd: bench(body) });
  expect(ended.stdout).toMatch(printed);
  expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code, stderr: '' });
});

test.concurrent.each([
  ['timers of its own', 'h1', START + END, 'setInterval(() => {}, 1000);'],
  ['a call that never ends', 'memory', `${START}${END}await new Promise(() => {});`, ''],
])('an application with %s does not keep the command (%s)', async (_, transport, body, before) => {
  expect(
    await portway(['check', 'app.mjs', '--transport', transport], {
      cwd: bench(body, undefined, before),
    }),
  ).toMatchObject({ code: 0, stdout: 'request 1: 200, 0 octets, complete\n' });
});

test.concurrent('an application that never ends its response: exit 1, and what to look for', async () => {
  const { code, stdout } = await portway(['check', 'app.mjs', '--transport', 'memory'], {
    cwd: bench(`${START}await new Promise(() => {});`, '# @timeout 10ms\nGET /'),
  });
  expect(code).toBe(1);
  expect(stdout).toMatch(
    /^request 1: 200, 0 octets, timeout\n {2}request 1: nothing happened any more/,
  );
});

test.concurrent.each([
  [
    'sends lifespan.failed',
    "await receive(); await send({ type: 'lifespan.failed', message: 'no database' });",
    'no database',
  ],
  ['raises', "throw new RangeError('on purpose');", 'RangeError: on purpose'],
])(
  'lifespan.failed: of an application that %s when it starts the message is printed, with exit 1',
  async (_, body, message) => {
    const cwd = folder({
      'app.mjs': `export default async (scope, receive, send) => { ${body} };`,
      'requests.http': 'GET /',
    });
    expect(await portway(['check', 'app.mjs', '--transport', 'memory'], { cwd })).toMatchObject({
      code: 1,
      stdout: `the application could not start: ${message}\n`,
    });
  },
);

test.concurrent('--trace: every event is written, and well formed', async () => {
  const cwd = bench(`${START}${END}`, 'GET /one\n###\nGET /two\n');
  expect((await portway(['check', 'app.mjs', '--trace', 'trace.ndjson'], { cwd })).code).toBe(0);
  const lines = readFileSync(join(cwd, 'trace.ndjson'), 'utf8').trimEnd().split('\n');
  expect(lines.length).toBeGreaterThan(10);
  for (const line of lines) expect(faultsOf(JSON.parse(line)), line).toEqual([]);
});

test.concurrent('--scenario: another scenario than the one beside the application', async () => {
  const cwd = bench(`${START}${END}`);
  const other = join(folder({ 'other.http': '# @name other\nHEAD /' }), 'other.http');
  expect((await portway(['check', 'app.mjs', '--scenario', other], { cwd })).stdout).toBe(
    'other: 200, 0 octets, complete\n',
  );
});

describe('wrong usage', () => {
  test.concurrent.each<[what: string, args: string[], message: RegExp]>([
    ['no application', [], /^portway check: name the application: `portway check app\.ts`\.\n$/],
    [
      'two applications',
      ['app.mjs', 'other.mjs'],
      /^portway check: one application at a time, not also `other\.mjs`\.\n$/,
    ],
    [
      'an unknown transport',
      ['app.mjs', '--transport', 'h9'],
      /^portway check: there is no transport `h9`: h1, h2, memory\.\n$/,
    ],
    [
      'an unknown option',
      ['app.mjs', '--fast'],
      /^portway check: Unknown option '--fast'.*See `portway check --help`\.\n$/,
    ],
    [
      'an option without its value',
      ['app.mjs', '--trace'],
      /^portway check: Option '--trace <value>' argument missing.* See `portway check --help`\.\n$/,
    ],
    [
      'a scenario that is not there',
      ['app.mjs', '--scenario', 'no.http'],
      /^portway check: there is no scenario no\.http\. Name one with --scenario\.\n$/,
    ],
    [
      'a folder as the scenario',
      ['app.mjs', '--scenario', '.'],
      /^portway check: there is no scenario \.\. Name one with --scenario\.\n$/,
    ],
    [
      'an application that is not there',
      ['none.mjs'],
      /^portway check: there is no file none\.mjs\.\n$/,
    ],
  ])('%s: one line and exit 2', async (_, args, message) => {
    const { code, stdout, stderr } = await portway(['check', ...args], { cwd: bench('') });
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.concurrent.each<[string, string, string]>([
    ['a line that is no request', '### One\n\noops\n', 'requests.http:3:1 '],
    ['an unknown directive', '  \n# @chunk 5\nGET /\n', 'requests.http:2:3 '],
    ['a character that cannot be sent', 'GET /caf\u00e9\n', 'requests.http:1:9 '],
    ['nothing', '', 'requests.http:1:1 '],
  ])('a scenario with %s: file, line and column', async (_, scenario, place) => {
    const { code, stdout, stderr } = await portway(['check', 'app.mjs'], {
      cwd: bench('', scenario),
    });
    expect(stderr).toContain(`portway check: ${place}`);
    expect(stderr).not.toContain('    at ');
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  });

  test.concurrent('a trace that cannot be written: one line and exit 1', async () => {
    const { code, stderr } = await portway(['check', 'app.mjs', '--trace', 'no/such/trace'], {
      cwd: bench(START + END),
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^portway check: cannot write the trace: ENOENT/);
    expect(stderr).not.toContain('    at ');
  });
});
