// `portway conformance` as people meet it. What the suite shows is shown by src/conformance/suite.test.ts.

import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway } from '../../tests/fixtures/portway.ts';
import { loadCases } from '../conformance/cases.ts';
import { hostApplication } from '../conformance/host.ts';
import type { Report } from '../conformance/report.ts';
import { createGateway } from '../gateway/index.ts';
import { type Listener, listen } from '../gateway/transport/listen.ts';
import { type Application, UnsupportedScope } from '../interface/index.ts';

const listeners: Listener[] = [];

afterAll(() => {
  for (const listener of listeners) listener.destroy();
});

/** URL of a gateway that serves an application. */
async function serving(application: Application): Promise<string> {
  const gateway = createGateway(application);
  await gateway.start();
  const listener = await listen(gateway);
  listeners.push(listener);
  return `http://127.0.0.1:${(listener.address as AddressInfo).port}`;
}

const run = (...args: readonly string[]) => portway(['conformance', ...args]);

test.concurrent('one requirement over one driver is a line of the table', async () => {
  const { code, stdout, stderr } = await run('--target', 'memory', '--only', 'http.start-once');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(stdout).toMatch(
    /^requirement +memory\nhttp\.start-once +pass\n\nmemory: \d+ passed, 0 failed/,
  );
});

test.concurrent('the report is written, and says what it is of', async () => {
  const file = join(folder(), 'made', 'report.json');
  const { code, stdout } = await run(
    '--target',
    'memory',
    '--only',
    'http.duplex',
    '--json',
    '--out',
    file,
  );
  expect(code).toBe(0);
  const report = JSON.parse(stdout) as Report;
  expect(await readFile(file, 'utf8')).toBe(stdout);
  expect(report).toMatchObject({
    gateway: 'portway 0.1',
    requirements: [{ requirement: 'http.duplex', drivers: { memory: { fail: 0 } } }],
    failures: [],
  });
  expect(report.command).toContain('portway conformance --target memory --only http.duplex');
});

test.concurrent('an area is chosen by its name, requirements by how they begin', async () => {
  const area = await run('--target', 'memory', '--only', 'http-response');
  const begin = await run('--target', 'memory', '--only', 'http.abort');
  expect([area.code, begin.code]).toEqual([0, 0]);
  expect(area.stdout).toContain('http.duplex');
  expect(begin.stdout).toContain('http.abort.code');
  expect(begin.stdout).not.toContain('http.duplex');
});

describe('over a URL', () => {
  test('the cases run against the gateway there', async () => {
    const url = await serving(hostApplication(await loadCases()));
    const { code, stdout } = await run('--target', url, '--only', 'http.start-once', '--json');
    expect(JSON.parse(stdout)).toMatchObject({ gateway: url, failures: [] });
    expect(code).toBe(0);
  });

  test('a case that turns out to need an operator is skipped, and what it waits for ends nothing', async () => {
    const url = await serving(hostApplication(await loadCases()));
    const { code, stdout } = await run('--target', url, '--only', 'drain.after-deadline');
    expect(stdout).toMatch(/^h1: 0 passed, 0 failed, [1-9]\d* skipped$/m);
    expect(code).toBe(0);
  });

  test('what fails is told, and the exit is 1', async () => {
    const url = await serving(async ({ type }) => {
      throw new UnsupportedScope(type);
    });
    const { code, stdout } = await run('--target', url, '--only', 'http.start-once');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^http\.start-once +fail \d+\/\d+$/m);
    expect(stdout).toContain('http.start-once: a second start is rejected');
    expect(stdout).toContain('501');
  });
});

test.concurrent.each([
  [['--target', 'h3'], '`h3` is no target: memory, h1, h2, or a URL.'],
  [
    ['--target', 'https://a'],
    'the suite speaks to URLs such as http://127.0.0.1:8000, not to `https://a`.',
  ],
  [
    ['--target', 'http://a/b'],
    'the suite speaks to URLs such as http://127.0.0.1:8000, not to `http://a/b`.',
  ],
  [['--http2'], '--http2 is for the URL of a gateway.'],
  [
    ['--only', 'nothing'],
    'no case is of `nothing`: neither a requirement nor an area of the suite.',
  ],
  [['--out', ''], '--out needs the name of a file.'],
  [['memory'], 'takes no arguments, and got `memory`. Name a gateway with --target.'],
])('%j is wrong usage', async (args, message) => {
  expect(await run(...args)).toMatchObject({
    code: 2,
    stdout: '',
    stderr: `portway conformance: ${message} See \`portway conformance --help\`.\n`,
  });
});
