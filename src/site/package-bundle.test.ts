// What a reader downloads runs on the reader's machine: every example, unpacked into an empty folder, answers its own
// requests over sockets as it does in a sandbox.

import { execFile } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { unzipSync } from 'fflate';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ROOT, start } from '../../tests/fixtures/portway.ts';
import { readExample, runExample } from '../cli/example.ts';
import { parseScenario, runExchanges, runRequest } from '../client/index.ts';
import { dialNode } from '../client/node.ts';
import { commandOf } from '../sandbox/program.ts';
import { type PortwayPackage, projectFiles, zipFiles } from '../sandbox/zip.ts';
import { portwayPackage } from './package-bundle.ts';

const run = promisify(execFile);
const EXAMPLES = join(ROOT, 'content/examples');
const slugs = readdirSync(EXAMPLES).sort();

let place: string;
let portway: PortwayPackage;

beforeAll(async () => {
  place = mkdtempSync(join(tmpdir(), 'portway-zip-'));
  portway = await portwayPackage();
}, 120_000);

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** Downloads an example and unpacks it. @returns its folder */
async function unpack(slug: string, where = place): Promise<string> {
  const names = readdirSync(join(EXAMPLES, slug)).filter(
    (name) => name !== 'example.md' && name !== '__pycache__',
  );
  const files = Object.fromEntries(
    names.map((name) => [name, readFileSync(join(EXAMPLES, slug, name), 'utf8')]),
  );
  const entry = 'app.py' in files ? 'app.py' : 'app.ts';
  const project = { slug, title: slug, summary: 'An example.', entry, files };
  const data = await zipFiles(`portway-${slug}`, projectFiles(project, portway));
  for (const [path, octets] of Object.entries(unzipSync(data))) {
    const file = join(where, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, octets);
  }
  return join(where, `portway-${slug}`);
}

/** What `npm install` makes of `file:` dependencies; a library of a registry is taken from here. */
function install(folder: string): void {
  const { dependencies } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  mkdirSync(join(folder, 'node_modules'));
  for (const [name, version] of Object.entries(dependencies)) {
    const from = version.startsWith('file:')
      ? join(folder, version.slice('file:'.length))
      : join(ROOT, 'node_modules', name);
    symlinkSync(from, join(folder, 'node_modules', name));
  }
}

interface Result {
  readonly name: string;
  readonly outcome: string;
  readonly status: number | undefined;
}
const told = ({ name, outcome, status }: Result) => ({ name, outcome, status });

/** Serves a folder by the command that its README names, and sends its own requests to it. */
async function resultsOf(folder: string, entry: string): Promise<readonly Result[]> {
  const running = start([...commandOf(basename(entry)).split(' '), '--port', '0'], {
    root: join(folder, 'node_modules/portway'),
    cwd: folder,
  });
  try {
    const [, port] = await running.printed(/on http:\/\/127\.0\.0\.1:(\d+)\//);
    const scenario = parseScenario(readFileSync(join(folder, 'requests.http'), 'utf8'));
    const dial = dialNode('127.0.0.1', Number(port));
    return await runExchanges(scenario, (exchange, index) =>
      runRequest(exchange, { dial, conn: index + 1, drain: () => running.child.kill('SIGTERM') }),
    );
  } finally {
    running.child.kill('SIGTERM');
    // Its connections may be kept open by an application that never ends.
    running.child.kill('SIGTERM');
    await running.ended;
  }
}

test.each(slugs)('%s runs from its download as it does in memory', async (slug) => {
  const folder = await unpack(slug);
  install(folder);
  const inMemory = await runExample(join(EXAMPLES, slug), 'memory');
  const { entry } = await readExample(folder);
  const results = await resultsOf(folder, entry);
  // A gateway whose application could not start sends nothing; `portway dev` answers with a page that says why.
  if (inMemory.notStarted !== undefined)
    expect(results.every(({ status }) => status === 500)).toBe(true);
  else expect(results.map(told)).toEqual(inMemory.results.map(told));
});

test('the trace of a download is shown by a page that came with it', async () => {
  // Beside the one that was unpacked above.
  const folder = await unpack('hello', join(place, 'watched'));
  install(folder);
  const running = start(['dev', 'app.ts', '--port', '0', '--inspect-port', '0'], {
    root: join(folder, 'node_modules/portway'),
    cwd: folder,
  });
  const [, trace = ''] = await running.printed(/the trace of it on (http:\S+)/);
  const script = await fetch(`${trace}live.js`);
  expect([script.status, await script.text()]).toEqual([
    200,
    expect.stringContaining('EventSource'),
  ]);
  expect((await fetch(trace)).status).toBe(200);
  running.child.kill('SIGTERM');
  await running.ended;
});

test('npm installs it without a registry, npx finds the command, and the types hold', async () => {
  const folder = await unpack('echo');
  const npm = async (command: string, ...args: string[]) =>
    (await run(command, args, { cwd: folder, env: { ...process.env, NODE_OPTIONS: '' } })).stdout;
  await npm('npm', 'install', '--offline', '--no-audit', '--no-fund');
  expect(await npm('npx', '--offline', 'portway', 'check', 'app.ts')).toMatch(/: 200, .* complete/);
  const help = await npm('npx', '--offline', 'portway', '--help');
  expect(help).not.toContain('proposal');
  for (const command of ['dev', 'replay', 'trace convert', 'trace diff'])
    expect(help).toMatch(new RegExp(`^  ${command} `, 'm'));
  expect(await npm(join(ROOT, 'node_modules/.bin/tsc'), '-p', '.')).toBe('');
}, 60_000);
