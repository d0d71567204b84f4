// Runs what is measured and what measures it: servers on the first core, loads on the second, each a child process of
// its own that is ended by its id. Knows nothing of HTTP.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { localNode, root } from '../../scripts/lib/project.mjs';

/** What the reader is told in place of a figure: nothing is wrong, but something is not there. */
export class Skipped extends Error {
  override readonly name = 'Skipped';
}

/** A measurement that would measure errors, or that did not take place. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

/** Whether servers and loads have a core each. Without, they compete, and ratios tell less. */
export const pinned =
  process.platform === 'linux' &&
  availableParallelism() > 1 &&
  spawnSync('taskset', ['-c', '0', 'true'], { stdio: 'ignore' }).status === 0;

const LOAD_CORE = '1';
const SERVER_CORE = '0';
const UP_MS = 20_000;
const DOWN_MS = 10_000;
const COMPLAINT_CHARACTERS = 2_000;

const live = new Set<ChildProcess>();
const loads = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => process.exit(1));

function spawnOn(core: string, [command = '', ...args]: readonly string[], options: SpawnOptions) {
  const [program, rest] = pinned
    ? ['taskset', ['-c', core, command, ...args]]
    : [command, [...args]];
  const child = spawn(program, rest, {
    cwd: root,
    env: { ...process.env, NODE_ENV: 'production', PYTHONUNBUFFERED: '1', ...options.env },
    stdio: options.channel ? ['ignore', 'pipe', 'pipe', 'ipc'] : ['ignore', 'pipe', 'pipe'],
  });
  live.add(child);
  child.on('exit', () => live.delete(child));
  return child;
}

interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Open a channel for messages: `Server.memory` needs one. */
  readonly channel?: boolean;
}

export interface ServerOptions extends SpawnOptions {
  readonly name: string;
  /** Program and arguments. It prints its URL when it is ready, as `http://127.0.0.1:8000/`. */
  readonly command: readonly string[];
}

/** A server that runs, with its port. */
export class Server {
  readonly name: string;
  readonly port: number;
  readonly #child: ChildProcess;

  private constructor(name: string, child: ChildProcess, port: number) {
    this.name = name;
    this.#child = child;
    this.port = port;
  }

  /** Starts a server and waits for its URL. @throws Skipped with its last words when it ends or stays silent instead */
  static start(options: ServerOptions): Promise<Server> {
    const { name, command } = options;
    const child = spawnOn(SERVER_CORE, command, options);
    let said = '';
    return new Promise((resolve, reject) => {
      const down = (how: string) => {
        clearTimeout(timer);
        child.kill('SIGKILL');
        reject(new Skipped(`${name} did not come up: ${lastWords(said) || how}`));
      };
      const timer = setTimeout(() => down(`no address in ${UP_MS / 1000} s`), UP_MS);
      const hear = (data: string) => {
        said += data;
        const port = /https?:\/\/[^\s/]+:(\d+)/.exec(said)?.[1];
        if (port === undefined) return;
        clearTimeout(timer);
        child.removeAllListeners('exit').on('exit', () => live.delete(child));
        child.stdout?.off('data', hear).resume();
        child.stderr?.off('data', hear).on('data', complain());
        resolve(new Server(name, child, Number(port)));
      };
      child.stdout?.setEncoding('utf8').on('data', hear);
      child.stderr?.setEncoding('utf8').on('data', hear);
      child.on('error', (error) => down(error.message));
      child.on('exit', (code, signal) => down(`it ended with ${signal ?? code}`));
    });
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** CPU time used so far in ms, with that of the processes that it has started, in steps of 10; undefined where there is no /proc. */
  get cpuMs(): number | undefined {
    return this.#cpuOf(`${this.#child.pid}`);
  }

  #cpuOf(pid: string): number | undefined {
    const stat = readProc(`/proc/${pid}/stat`);
    // The second field is a name in parentheses, which may hold spaces. User and system time are the 14th and 15th.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (!fields) return undefined;
    const children = readProc(`/proc/${pid}/task/${pid}/children`)?.match(/\d+/g) ?? [];
    return children.reduce(
      (sum, child) => sum + (this.#cpuOf(child) ?? 0),
      (Number(fields[11]) + Number(fields[12])) * 10,
    );
  }

  /** Resident memory in octets; undefined where there is no /proc. */
  get rss(): number | undefined {
    const kB = /^VmRSS:\s+(\d+) kB/m.exec(readProc(`/proc/${this.#child.pid}/status`) ?? '')?.[1];
    return kB === undefined ? undefined : Number(kB) * 1024;
  }

  /** Memory after a collection, for a server started by `reportingNode` with a channel. */
  memory(): Promise<NodeJS.MemoryUsage> {
    return new Promise((resolve, reject) => {
      this.#child.once('message', (usage) => resolve(usage as NodeJS.MemoryUsage));
      this.#child.once('exit', () =>
        reject(new Failed(`${this.name} ended while it was measured`)),
      );
      this.#child.send('memory');
    });
  }

  /** Asks it to end, and ends it if it does not. */
  stop(): Promise<void> {
    if (!this.alive) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.#child.kill('SIGKILL'), DOWN_MS);
      this.#child.once('exit', () => {
        clearTimeout(timer);
        resolve();
      });
      this.#child.kill('SIGTERM');
    });
  }
}

/** Starts what a load needs on the other core, its output to be read or thrown away by the caller. */
export function spawnLoad(command: readonly string[], channel = false): ChildProcess {
  const child = spawnOn(LOAD_CORE, command, { channel });
  loads.add(child);
  child.on('exit', () => loads.delete(child));
  return child;
}

/** Ends every load that still runs: after a failure there is nothing left to ask. */
export function endLoads(): void {
  for (const child of loads) child.kill('SIGTERM');
}

/** Runs a program on the core of loads to its end. @returns what it printed. @throws Failed unless it ends with 0 */
export function runLoad(command: readonly string[]): Promise<string> {
  return runToEnd(spawnLoad(command), command);
}

/** Runs a program on the core of servers to its end, in place of one. */
export function runAsServer(command: readonly string[]): Promise<string> {
  return runToEnd(spawnOn(SERVER_CORE, command, {}), command);
}

function runToEnd(child: ChildProcess, [program = '']: readonly string[]): Promise<string> {
  let [output, errors] = ['', ''];
  child.stdout?.setEncoding('utf8').on('data', (data: string) => (output += data));
  child.stderr?.setEncoding('utf8').on('data', (data: string) => (errors += data));
  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Failed(`${program}: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output);
      else
        reject(
          new Failed(`${program} ended with ${signal ?? code}: ${lastWords(errors + output)}`),
        );
    });
  });
}

/** A path in bench/. */
export const benchPath = (path: string) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** The command of a TypeScript file in bench/, with options for Node before it. */
export function node(path: string, nodeOptions: readonly string[] = []): string[] {
  return [localNode, ...nodeOptions, benchPath(path)];
}

/** `portway serve` with an application of bench/peers. */
export function portway(
  app: string,
  options: readonly string[] = [],
  nodeOptions: readonly string[] = [],
): string[] {
  const serve = ['serve', benchPath(app), '--host', '127.0.0.1', '--port', '0'];
  return [localNode, ...nodeOptions, `${root}/bin/portway.mjs`, ...serve, ...options];
}

/** Options with which Node answers `Server.memory`. */
export const reportingNode = ['--expose-gc', '--import', benchPath('lib/memory-report.ts')];

/** Shows what a server complains of under load, but not all of a flood; that uvicorn is well is no complaint. */
function complain(): (data: string) => void {
  let left = COMPLAINT_CHARACTERS;
  return (data) => {
    const text = data.replace(/^INFO:.*\n?/gm, '');
    if (left > 0) process.stderr.write(text.length > left ? `${text.slice(0, left)} …\n` : text);
    left -= text.length;
  };
}

/** What a process said last: its error without the stack, if it was one. */
function lastWords(text: string): string {
  const error = /^(?:\w*Error\b|portway\b.*?): .*$/m.exec(text)?.[0];
  return error ?? text.trim().split('\n').slice(-4).join(' | ');
}

function readProc(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
