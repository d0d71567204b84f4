// Python workers of `portway serve --python`: starts their processes, each with a Unix socket of its own (worker.stream),
// and hears of their end.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFront, type Front } from '../worker/front.ts';
import type { StartedWorker } from '../worker/pool.ts';
import type { Log } from './log.ts';

export const KINDS = ['portway', 'asgi', 'wsgi', 'auto'] as const;
export type Kind = (typeof KINDS)[number];

export interface PythonOptions {
  /** `MODULE:NAME`. */
  readonly target: string;
  readonly kind: Kind;
  readonly executable: string;
  /** What the process may take of memory, in octets. Default: what the system gives it. */
  readonly memory?: number | undefined;
  readonly report: Log['report'];
  /** The folder in which it runs, whose modules it can import. Default: that of this process. */
  readonly cwd?: string;
  /** Where its standard output and standard error go. Default: to those of this process. */
  readonly output?: 'inherit' | 'ignore';
  /** Whether the gateway's transports read files in pieces. Default: true. */
  readonly readsFiles?: boolean;
}

/** Where the package `portway` stands. */
const PACKAGE = fileURLToPath(new URL('../python/', import.meta.url));
/** Milliseconds in which the end of a process and that of its stream are taken for one. */
const LAST_WORDS = 1000;

/** Starts a worker. */
export function startPython(options: PythonOptions, number: number): StartedWorker {
  const { report, executable, cwd, output = 'inherit', readsFiles = true } = options;
  // worker.socket-private: a folder that nobody else can enter.
  const folder = mkdtempSync(join(tmpdir(), 'portway-'));
  const path = join(folder, 'worker.sock');
  const forget = () => rmSync(folder, { recursive: true, force: true });
  const gone = Promise.withResolvers<void>();
  let socket: Socket | undefined;
  let child: ChildProcess | undefined;
  let killed = false;
  let words: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let streamEnded = false;
  let over = false;
  const early: (readonly Uint8Array[])[] = [];
  let ending = false;

  const front: Front = createFront(
    {
      write(pieces) {
        if (!socket) {
          early.push(pieces);
          return;
        }
        writeAll(socket, pieces);
      },
      end() {
        ending = true;
        socket?.end();
      },
    },
    {
      readsFiles,
      onBroken: (error) => {
        report('error', `worker ${number}: ${error.message}`);
        kill();
      },
    },
  );

  const server = createServer((connection) => {
    // Once, and nobody can reach it from here on.
    server.close();
    forget();
    socket = connection;
    for (const pieces of early.splice(0)) writeAll(connection, pieces);
    if (ending) connection.end();
    connection.on('data', (octets) => front.feed(octets));
    connection.on('error', () => {});
    connection.on('close', () => {
      streamEnded = true;
      settle();
    });
  });

  function kill(): void {
    killed = true;
    if (child?.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    else if (!child) finish('it was ended before it began');
  }

  /** What a process has written is read before its end is told; of one that lives on without its stream, nothing is. */
  function settle(): void {
    if (over) return;
    if (words !== undefined && (streamEnded || !socket)) finish(words);
    else
      timer ??= setTimeout(() => {
        finish(words ?? 'it closed its stream');
        kill();
      }, LAST_WORDS);
  }

  function finish(why: string): void {
    if (over) return;
    over = true;
    clearTimeout(timer);
    server.close();
    forget();
    front.lost(`worker ${number} is gone: ${why}`);
    socket?.destroy();
    const { exitCode = null, signalCode = null } = child ?? {};
    if (!child || exitCode !== null || signalCode !== null || child.pid === undefined)
      gone.resolve();
    else child.once('exit', () => gone.resolve());
  }

  server.once('error', (error) => finish(`its socket cannot be made: ${error.message}`));
  server.listen(path, () => {
    if (killed) return;
    const memory = options.memory === undefined ? [] : ['--memory', `${options.memory}`];
    const args = ['-m', 'portway.worker', '--kind', options.kind, ...memory, options.target];
    child = spawn(executable, args, {
      stdio: ['ignore', output, output],
      ...(cwd === undefined ? {} : { cwd }),
      env: {
        // What is printed is seen when it is printed, and nothing is left in the folder of the application.
        PYTHONUNBUFFERED: '1',
        PYTHONDONTWRITEBYTECODE: '1',
        ...process.env,
        PORTWAY_WORKER: `unix:${path}`,
        PYTHONPATH: [PACKAGE, ...(process.env.PYTHONPATH ? [process.env.PYTHONPATH] : [])].join(
          delimiter,
        ),
      },
    });
    child.once('error', (error: NodeJS.ErrnoException) =>
      finish(
        error.code === 'ENOENT'
          ? `there is no program ${executable}. Install CPython 3.9 or newer, or name it with --python-executable`
          : `${executable} cannot be started: ${error.message}`,
      ),
    );
    child.once('exit', (code, signal) => {
      words = signal ? `it was ended by ${signal}` : `it ended with status ${code}`;
      if (!ending && !killed) report('error', `worker ${number}: ${words}`);
      settle();
    });
  });

  return { front, kill, gone: gone.promise };
}

function writeAll(socket: Socket, pieces: readonly Uint8Array[]): void {
  if (pieces.length > 1) socket.cork();
  for (const piece of pieces) socket.write(piece);
  if (pieces.length > 1) socket.uncork();
}
