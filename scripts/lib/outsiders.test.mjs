// Outside programs: what is looked for, what is installed, and what is said when it cannot be. No apt-get runs here.
import { expect, test } from 'vitest';
import { ensureOutsiders, outsiderNames, outsiderPath } from './outsiders.mjs';

/** A machine with some programs and modules, and an apt-get that brings others (or fails, with a reason). */
function machine({ has = [], brings = [], failure }) {
  const there = new Set(has);
  const calls = { installs: [], said: [], imports: 0 };
  return {
    calls,
    path: '/home/me/bin:/usr/bin',
    runs: (path) => there.has(path),
    importable: (modules) => {
      calls.imports++;
      return modules.filter((module) => there.has(module));
    },
    install: async (packages, services) => {
      calls.installs.push({ packages, services });
      for (const one of brings) there.add(one);
      return failure;
    },
    say: (line) => calls.said.push(line),
  };
}

test('what is there is not installed, and nothing is said', async () => {
  const here = machine({ has: ['/usr/bin/wrk', 'h2'] });
  expect(await ensureOutsiders(['wrk', 'python3-h2'], here)).toEqual({});
  expect(here.calls).toMatchObject({ installs: [], said: [] });
});

test('only what is missing is installed, and two commands of one package once', async () => {
  const here = machine({
    has: ['/usr/bin/wrk'],
    brings: ['/usr/bin/nghttp', '/usr/bin/h2load', 'websockets'],
  });
  expect(await ensureOutsiders(['wrk', 'nghttp', 'h2load', 'python3-websockets'], here)).toEqual(
    {},
  );
  expect(here.calls.installs).toEqual([
    { packages: ['nghttp2-client', 'python3-websockets'], services: [] },
  ]);
  expect(here.calls.said).toHaveLength(1);
});

test('the services that a package brings are named, so that they are left off', async () => {
  const here = machine({ brings: ['/usr/sbin/nginx', '/usr/sbin/haproxy'] });
  expect(await ensureOutsiders(['nginx', 'haproxy', 'curl'], here)).toEqual({
    curl: expect.any(String),
  });
  expect(here.calls.installs).toEqual([
    { packages: ['nginx-light', 'haproxy', 'curl'], services: ['nginx', 'haproxy'] },
  ]);
});

test('what cannot be installed is returned with the reason and the way out, and not thrown', async () => {
  const here = machine({ has: ['/usr/bin/curl'], failure: 'apt-get cannot be used here' });
  expect(await ensureOutsiders(['wrk', 'curl'], here)).toEqual({
    wrk: 'wrk is not installed (apt-get cannot be used here; on Debian: apt-get install wrk)',
  });
});

test('of an install that failed in part, only what did not come is missing', async () => {
  const here = machine({ brings: ['/usr/bin/wrk'], failure: 'apt-get failed: no python3-h11' });
  expect(Object.keys(await ensureOutsiders(['wrk', 'python3-h11'], here))).toEqual(['python3-h11']);
});

test('a package without the command that it should bring is missing', async () => {
  const { wrk } = await ensureOutsiders(['wrk'], machine({}));
  expect(wrk).toMatch(/was installed, but does not have it/);
});

test('Python is asked once for all modules, and not at all for commands', async () => {
  const here = machine({ has: ['/usr/bin/wrk', 'h2', 'h11'] });
  await ensureOutsiders(['wrk'], here);
  expect(here.calls.imports).toBe(0);
  await ensureOutsiders(['python3-h2', 'python3-h11'], here);
  expect(here.calls.imports).toBe(1);
});

test('a command is found along PATH first, then where only the PATH of root leads', () => {
  const has = ['/home/me/bin/nginx', '/usr/sbin/nginx'];
  expect(outsiderPath('nginx', machine({ has }))).toBe('/home/me/bin/nginx');
  expect(outsiderPath('nginx', machine({ has: ['/usr/sbin/nginx'] }))).toBe('/usr/sbin/nginx');
  expect(outsiderPath('nginx', machine({}))).toBeUndefined();
  expect(outsiderPath('python3-h2', machine({ has: ['h2'] }))).toBeUndefined();
});

test('a name that is not in the list is an error that shows the list', async () => {
  await expect(ensureOutsiders(['wrk2'], machine({}))).rejects.toThrow(
    /no outsider `wrk2`.*wrk, nghttp/,
  );
  expect(outsiderNames).toContain('python3-hypercorn');
});
