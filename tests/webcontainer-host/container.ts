// One container on the Node side: a temporary folder as its file system and real Node processes
// in it. It knows nothing of browsers; what happens in it is a queue of events to be fetched.

import { type ChildProcess, spawn } from 'node:child_process';
import * as fs from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { basename, dirname, isAbsolute, join, posix } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { HostBehaviour } from './behaviour.ts';
import type { Command, HostEvent, MountDirectory } from './bridge.ts';
import { Terminal } from './terminal.ts';

const SLOW_STEP_MS = 20;
export const TORN_DOWN = 'The WebContainer was torn down.';
const LISTENING = new URL('./listening.ts', import.meta.url).href;

/** Previews are addresses that only the real host's service worker answers; host.ts refuses them. */
export const PREVIEW_DOMAIN = 'local-credentialless.webcontainer-api.io';

interface Running {
  terminal: Terminal;
  child: ChildProcess;
  /** Settles after the last event of the process. */
  closed: Promise<void>;
}

export class Container {
  /** Where `PATH` points: `node` and nothing else. */
  readonly path: string;
  readonly workdir: string;
  readonly #root: string;
  readonly #behaviour: () => HostBehaviour;
  readonly #log: (text: string) => void;
  readonly #running = new Map<number, Running>();
  #events: HostEvent[] = [];
  #wake: () => void = () => {};
  #turn: Promise<unknown> = Promise.resolve();
  #end: Promise<void> | undefined;

  static async create(
    workdirName: string,
    behaviour: () => HostBehaviour,
    log: (text: string) => void,
  ): Promise<Container> {
    // Resolved, because programs see the real path in process.cwd().
    const root = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'webcontainer-')));
    const container = new Container(root, workdirName, behaviour, log);
    await fs.mkdir(container.workdir, { recursive: true });
    await fs.mkdir(container.path);
    await fs.symlink(process.execPath, join(container.path, 'node'));
    return container;
  }

  private constructor(
    root: string,
    workdirName: string,
    behaviour: () => HostBehaviour,
    log: (text: string) => void,
  ) {
    this.#root = root;
    this.path = join(root, 'bin');
    this.workdir = join(root, 'home', workdirName);
    this.#behaviour = behaviour;
    this.#log = log;
  }

  get processes(): number {
    return this.#running.size;
  }

  /** Takes no more calls; the last events may still wait to be fetched. */
  get ended(): boolean {
    return this.#end !== undefined;
  }

  /** Waits for something to tell, then gives all of it. */
  async events(): Promise<HostEvent[]> {
    if (this.#events.length === 0) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#wake = resolve;
      await promise;
    }
    if (this.#behaviour().slow) await delay(SLOW_STEP_MS);
    return this.#events.splice(0);
  }

  /** Each call passes here; the queue keeps `slow` from changing the order of calls. */
  turn(): Promise<unknown> {
    this.#turn = this.#turn.then(() => (this.#behaviour().slow ? delay(SLOW_STEP_MS) : undefined));
    return this.#turn;
  }

  async readdir(path: string): Promise<{ name: string; directory: boolean }[]> {
    const entries = await fs.readdir(this.#inside(path), { withFileTypes: true });
    return entries.map((entry) => ({ name: entry.name, directory: entry.isDirectory() }));
  }

  readFile(path: string, encoding: string): Promise<string> {
    return fs.readFile(this.#inside(path), encoding as BufferEncoding);
  }

  writeFile(path: string, text: string, encoding: string): Promise<void> {
    return fs.writeFile(this.#inside(path), text, encoding as BufferEncoding);
  }

  mkdir(path: string, recursive: boolean): Promise<string | undefined> {
    return fs.mkdir(this.#inside(path), { recursive });
  }

  rm(path: string, options: { force?: boolean; recursive?: boolean }): Promise<void> {
    return fs.rm(this.#inside(path), options);
  }

  rename(from: string, to: string): Promise<void> {
    return fs.rename(this.#inside(from), this.#inside(to));
  }

  async mount(tree: string, mountPoint = ''): Promise<void> {
    const folder = this.#inside(mountPoint);
    // As in life: the mount point has to exist.
    await fs.stat(folder);
    await writeTree(folder, parseTree(tree));
  }

  async run(number: number, { command, args, cwd, env }: Command): Promise<void> {
    const folder = cwd === undefined ? this.workdir : this.#processFolder(cwd);
    await fs.stat(folder);
    // Torn down while we looked: a process started now would outlive its container.
    if (this.ended) throw new Error(TORN_DOWN);
    this.#log(`$ ${[command, ...args].join(' ')}\n`);
    const terminal = new Terminal(this.#behaviour, number, (chunks) =>
      this.#post({
        type: 'output',
        process: number,
        chunks: chunks.map((chunk) => chunk.toString('latin1')),
      }),
    );
    if (command !== 'node') {
      terminal.output(Buffer.from(`jsh: command not found: ${command}\n`));
      terminal.end();
      this.#post({ type: 'exit', process: number, code: 127 });
      return;
    }
    // The shell only joins stderr to stdout, as one terminal does, and leaves its place to Node.
    const child = spawn(
      '/bin/sh',
      ['-c', 'exec "$0" "$@" 2>&1', process.execPath, '--import', LISTENING, ...args],
      {
        cwd: folder,
        env: {
          PATH: this.path,
          HOME: dirname(this.workdir),
          WEBCONTAINER_HOST_PID: String(process.pid),
          ...texts(env),
        },
        // A group of its own, so that what it starts can be ended with it.
        detached: true,
        stdio: ['pipe', 'pipe', 'ignore', 'pipe'],
      },
    );
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    this.#running.set(number, { terminal, child, closed });

    child.stdout?.on('data', (bytes: Buffer) => {
      this.#log(bytes.toString());
      terminal.output(bytes);
    });
    // Written to after its end: lost, as in life.
    child.stdin?.on('error', () => {});
    child.once('error', (error) => this.#log(`${error.message}\n`));
    const closePorts = this.#reportPorts(child.stdio[3] as Readable);
    child.once('exit', () => signalGroup(child, 'SIGKILL'));
    child.once('close', (code, signal) => {
      this.#running.delete(number);
      closePorts();
      terminal.end();
      this.#post({
        type: 'exit',
        process: number,
        code: code ?? 128 + constants.signals[signal ?? 'SIGKILL'],
      });
      resolve();
    });
  }

  write(number: number, text: string): void {
    const running = this.#running.get(number);
    if (!running) return;
    running.terminal.input(text);
    running.child.stdin?.write(text);
  }

  kill(number: number): void {
    if (this.#behaviour().ignoreKill) return;
    this.#running.get(number)?.child.kill('SIGTERM');
  }

  /** At once and whatever the behaviour says; the exits are told as events. */
  killAll(): void {
    for (const { child } of this.#running.values()) signalGroup(child, 'SIGKILL');
  }

  /** Ends the processes, removes the folder and tells `end` last. */
  destroy(): Promise<void> {
    const end = async () => {
      this.killAll();
      await Promise.all([...this.#running.values()].map(({ closed }) => closed));
      await fs.rm(this.#root, { recursive: true, force: true });
      this.#post({ type: 'end' });
    };
    this.#end ??= end();
    return this.#end;
  }

  #post(event: HostEvent): void {
    this.#events.push(event);
    this.#wake();
  }

  /** Announces what listening.ts writes; returns what closes the ports left open. */
  #reportPorts(reports: Readable): () => void {
    const open = new Set<number>();
    const url = (port: number) => `https://emulated--${port}.${PREVIEW_DOMAIN}`;
    const close = (port: number) => {
      if (open.delete(port)) this.#post({ type: 'port', port, change: 'close', url: url(port) });
    };
    createInterface({ input: reports }).on('line', (line) => {
      const [change, text] = line.split(' ');
      const port = Number(text);
      if (change === 'close') return close(port);
      open.add(port);
      this.#post({ type: 'port', port, change: 'open', url: url(port) });
      this.#post({ type: 'server-ready', port, url: url(port) });
    });
    return () => open.forEach(close);
  }

  /** Paths of `fs` are relative to the working directory, those with a leading slash too. */
  #inside(path: string): string {
    return join(this.workdir, posix.normalize(`/${path}`));
  }

  #processFolder(cwd: string): string {
    return isAbsolute(cwd) && cwd.startsWith(this.workdir) ? cwd : this.#inside(cwd);
  }
}

function parseTree(tree: string): MountDirectory {
  try {
    return JSON.parse(tree) as MountDirectory;
  } catch (cause) {
    throw new Error('The emulated host mounts trees only, no binary snapshots.', { cause });
  }
}

async function writeTree(folder: string, tree: MountDirectory): Promise<void> {
  for (const [name, node] of Object.entries(tree.d)) {
    if (basename(name) !== name) throw new Error(`Mount: "${name}" is no name of a file.`);
    const path = join(folder, name);
    if ('d' in node) {
      await fs.mkdir(path, { recursive: true });
      await writeTree(path, node);
    } else if ('l' in node.f) {
      await fs.symlink(node.f.l, path);
    } else {
      await fs.writeFile(path, node.f.c, node.f.b ? 'latin1' : 'utf8');
    }
  }
}

function texts(env: Command['env'] = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, String(value)]));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // Already gone.
  }
}
