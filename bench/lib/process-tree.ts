// What a program and the processes that it starts take of the machine, read from /proc while they run. Knows nothing of
// what they do.

import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

export interface Taken {
  readonly code: number | null;
  readonly wallMs: number;
  /** User and system time of all of them, in ms; undefined where there is no /proc. */
  readonly cpuMs?: number;
  /** Most resident memory of all of them together, in octets. Pages that they share count for each. */
  readonly peak?: number;
  /** When that was, in ms from the start. */
  readonly peakAtMs?: number;
  readonly output: string;
}

/** Clock ticks of `/proc/<pid>/stat`, which are of 10 ms on every Linux that Node runs on. */
const TICK_MS = 10;
const SAMPLE_MS = 100;

export interface Process {
  readonly pid: number;
  readonly parent: number;
  /** Own time, and that of children that have ended. */
  readonly ticks: number;
  /** Whether it has begun its program. Before, it is a copy of its parent, whose memory it has as its own. */
  readonly begun: boolean;
}

/** Of the flags in `stat`: forked, and without a program of its own yet (`PF_FORKNOEXEC` of the kernel). */
const FORKED = 0x40;

/** One process from the text of its `stat`. The second field is a name in parentheses, which may hold spaces. */
export function processOf(stat: string): Process {
  const pid = Number.parseInt(stat, 10);
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const ticks = fields.slice(11, 15).reduce((sum, one) => sum + one, 0);
  return { pid, parent: fields[1] ?? 0, ticks, begun: ((fields[6] ?? 0) & FORKED) === 0 };
}

/** A process and all below it. */
export function treeOf(pid: number, all: readonly Process[]): Process[] {
  const tree = all.filter((one) => one.pid === pid);
  for (const { pid: parent } of tree) tree.push(...all.filter((one) => one.parent === parent));
  return tree;
}

/** Runs a program to its end. `onSample` hears what it has taken so far, each time that this is read. */
export function measure(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
  onSample?: (soFar: { readonly peak: number; readonly cpuMs: number }) => void,
): Promise<Taken> {
  const start = performance.now();
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill('SIGKILL');
  process.once('exit', stop);
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  let peak: number | undefined;
  let peakAtMs = 0;
  let ticks: number | undefined;
  const sampling = setInterval(() => {
    const tree = treeOf(child.pid ?? 0, processes());
    if (tree.length === 0) return;
    const memory = tree.reduce((sum, { pid, begun }) => sum + (begun ? resident(pid) : 0), 0);
    if (memory > (peak ?? 0)) {
      peak = memory;
      peakAtMs = performance.now() - start;
    }
    ticks = Math.max(
      ticks ?? 0,
      tree.reduce((sum, one) => sum + one.ticks, 0),
    );
    onSample?.({ peak: peak ?? 0, cpuMs: ticks * TICK_MS });
  }, SAMPLE_MS);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(sampling);
      process.off('exit', stop);
      resolve({
        code,
        wallMs: performance.now() - start,
        ...(ticks === undefined ? {} : { cpuMs: ticks * TICK_MS }),
        ...(peak === undefined ? {} : { peak, peakAtMs }),
        output,
      });
    });
  });
}

function processes(): Process[] {
  const read = (pid: string) => {
    try {
      return [processOf(readFileSync(`/proc/${pid}/stat`, 'utf8'))];
    } catch {
      return []; // It has ended.
    }
  };
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap(read);
  } catch {
    return [];
  }
}

function resident(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
