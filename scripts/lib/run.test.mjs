import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { run } from './run.mjs';

const node = process.execPath;
const runModule = new URL('./run.mjs', import.meta.url).href;
// A child that starts a grandchild, says both ids and stays.
const family = `
  const { spawn } = require('node:child_process');
  const grandchild = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  console.log(process.pid + ' ' + grandchild.pid);
  setInterval(() => {}, 1000);`;
const stubborn = `process.on('SIGTERM', () => {});${family}`;

/** A process that runs `script` through run(), and the ids that the script says. */
async function start(script, env = {}) {
  const code = `
    import { run } from '${runModule}';
    const { code } = await run(process.execPath, ['-e', ${JSON.stringify(script)}]);
    process.exitCode = code;`;
  const parent = spawn(node, ['--input-type=module', '-e', code], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...env },
  });
  const [line] = await once(createInterface(parent.stdout), 'line');
  return { parent, pids: line.split(' ').map(Number) };
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    // A container may have nobody who collects the dead.
    return process.platform !== 'linux' || !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

const allGone = (pids) =>
  vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), { timeout: 10_000 });

test.concurrent.each(['SIGTERM', 'SIGINT', 'SIGHUP'])(
  '%s reaches children and grandchildren',
  async (signal) => {
    const { parent, pids } = await start(family);
    parent.kill(signal);
    const [code] = await once(parent, 'exit');
    expect(code).toBe({ SIGTERM: 143, SIGINT: 130, SIGHUP: 129 }[signal]);
    await allGone(pids);
  },
);

test.concurrent('a child that does not heed the signal is killed', async () => {
  const { parent, pids } = await start(stubborn);
  parent.kill('SIGTERM');
  await once(parent, 'exit');
  await allGone(pids);
});

test.concurrent('below npm, the end of the parent ends the family', async () => {
  const { parent, pids } = await start(`
    const { spawn } = require('node:child_process');
    spawn(process.execPath, ['--input-type=module', '-e', ${JSON.stringify(`
      import { run } from '${runModule}';
      await run(process.execPath, ['-e', ${JSON.stringify(family)}]);`)}],
      { stdio: 'inherit', detached: true, env: { ...process.env, npm_lifecycle_event: 'start' } });
    setInterval(() => {}, 1000);`);
  parent.kill('SIGTERM');
  await allGone(pids);
});

test.concurrent('what a child leaves running ends with it', async () => {
  const { code, output } = await run(
    node,
    ['-e', `${family} process.stdout.end(() => process.exit(3));`],
    {
      capture: true,
    },
  );
  expect(code).toBe(3);
  await allGone(output.trim().split(' ').map(Number));
});

test.concurrent('captured output holds both streams, and the exit code is the child’s', async () => {
  const script = 'console.log("out"); console.error("err"); process.exitCode = 4;';
  const { code, output } = await run(node, ['-e', script], { capture: true });
  expect(code).toBe(4);
  expect(output.split('\n').sort()).toEqual(['', 'err', 'out']);
});
