// What is read of processes, and that a program's children count with it.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { measure, processOf, treeOf } from './process-tree.ts';

test('a process is read from its stat, whatever its name is', () => {
  const stat = '42 (a) (b 7) S 17 42 42 0 -1 4194304 100 0 0 0 12 3 400 50 20 0 1 0';
  expect(processOf(stat)).toEqual({ pid: 42, parent: 17, ticks: 465, begun: true });
});

test('a process that was forked and has no program yet has not begun', () => {
  const stat = (flags: number) => `42 (a) R 17 42 42 0 -1 ${flags} 100 0 0 0 12 3 400 50`;
  expect(processOf(stat(0x400040)).begun).toBe(false);
  expect(processOf(stat(0x400000)).begun).toBe(true);
});

test('a tree is a process with its children and theirs', () => {
  const of = (pid: number, parent: number) => ({ pid, parent, ticks: 0, begun: true });
  const all = [of(5, 4), of(2, 1), of(3, 2), of(4, 3), of(9, 1)];
  expect(treeOf(2, all).map(({ pid }) => pid)).toEqual([2, 3, 4, 5]);
  expect(treeOf(7, all)).toEqual([]);
});

test.runIf(process.platform === 'linux')(
  'memory and time of a child of the program are counted, and its output and code given',
  async () => {
    const folder = mkdtempSync(join(tmpdir(), 'portway-process-'));
    const seen = join(folder, 'seen');
    // Holds 300 MB that are written to, and works until it was seen to.
    const child = `const held = Buffer.alloc(3e8, 1);
      while (!require('node:fs').existsSync(${JSON.stringify(seen)})) held[0]++;`;
    const program = `require('node:child_process').spawnSync(process.execPath, ['-e', ${JSON.stringify(child)}]);
      console.log('done'); process.exitCode = 3;`;
    const taken = await measure(
      process.execPath,
      ['-e', program],
      { cwd: '.', env: process.env },
      ({ peak, cpuMs }) => {
        if (peak > 3e8 && cpuMs >= 300) writeFileSync(seen, '');
      },
    );
    rmSync(folder, { recursive: true });
    expect(taken).toMatchObject({ code: 3, output: 'done\n' });
    expect(taken.peak).toBeGreaterThan(3e8);
    expect(taken.cpuMs).toBeGreaterThanOrEqual(300);
    expect(taken.wallMs).toBeGreaterThanOrEqual(taken.peakAtMs ?? 0);
  },
);
