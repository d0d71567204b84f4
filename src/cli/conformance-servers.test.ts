// `portway conformance --server` as people meet it, and the report that the site shows.

import { spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { python } from '../../scripts/lib/outsiders.mjs';
import { folder } from '../../tests/fixtures/folder.ts';
import { portway } from '../../tests/fixtures/portway.ts';
import { OTHER_SERVERS, type ServersReport } from '../conformance/servers.ts';
import { REQUIREMENTS } from '../interface/requirements.generated.ts';

const run = (...args: readonly string[]) => portway(['conformance', ...args]);

const missing = (module: string) => {
  const look = `import importlib.util as u, sys; sys.exit(u.find_spec('${module}') is None)`;
  return spawnSync(python, ['-c', look]).status !== 0;
};

for (const { name, adapter } of OTHER_SERVERS) {
  const lacks = missing(name);
  const title = lacks ? ` (there is no ${name})` : '';
  test.skipIf(lacks)(
    `${name}, behind ${adapter}, plays cases and is reported on${title}`,
    { timeout: 60_000 },
    async () => {
      const file = join(folder(), 'servers.json');
      const { code, stdout, stderr } = await run(
        ...['--server', name, '--python-executable', python],
        ...['--only', 'http.body-before-start', '--out', file],
      );
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toMatch(
        new RegExp(`^${name} \\d\\S* +${adapter} +h1 +[1-9]\\d* pass, 0 fail`),
      );
      const report = JSON.parse(await readFile(file, 'utf8')) as ServersReport;
      expect(report.servers[0]).toMatchObject({
        server: name,
        adapter,
        driver: 'h1',
        failures: [],
      });
      expect(Object.keys(report.servers[0]?.requirements ?? {})).toEqual([
        'http.body-before-start',
      ]);
    },
  );
}

for (const [what, args, message] of [
  ['a server that is not known', ['--server', 'apache'], '`apache` is no server that is known'],
  ['a target beside it', ['--server', 'all', '--target', 'h1'], 'takes neither --target'],
] as const) {
  test(`${what} is refused`, async () => {
    const { code, stderr } = await run(...args);
    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
}

test('a Python without the server is named, with what to do', async () => {
  const { code, stderr } = await run(
    '--server',
    'uvicorn',
    '--python-executable',
    '/nowhere/python',
  );
  expect(code).toBe(1);
  expect(stderr).toContain('/nowhere/python has no uvicorn. Install it there');
});

test('the report that is checked in is of every server, and of requirements that exist', async () => {
  const file = new URL('../../content/conformance/servers.json', import.meta.url);
  const report = JSON.parse(await readFile(file, 'utf8')) as ServersReport;
  const shown = report.servers.map(({ server, driver }) => `${server} ${driver}`);
  expect(shown).toEqual(
    OTHER_SERVERS.flatMap(({ name, drivers }) => drivers.map((driver) => `${name} ${driver}`)),
  );
  for (const { requirements } of report.servers)
    expect(Object.keys(requirements).filter((id) => !Object.hasOwn(REQUIREMENTS, id))).toEqual([]);
});
