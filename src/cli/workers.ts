// The first process of `portway serve --workers` and of `portway dev`: starts processes of the same command with
// `node:cluster`, which lets them share an address, and hands on what the operator asks for.

import cluster from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { DEFAULT_LIMITS } from '../gateway/limits.ts';
import type {
  Supervisor,
  SupervisorOptions,
  WorkerEvents,
  WorkerProcess,
} from '../gateway/supervisor.ts';
import { supervise } from '../gateway/supervisor.ts';
import type { Limits } from '../interface/index.ts';
import type { Log } from './log.ts';
import type { FromWorker, ToWorker } from './operator.ts';

const BIN = fileURLToPath(new URL('../../bin/portway.mjs', import.meta.url));
const RUN = 'PORTWAY_RUN';
/** Milliseconds in which what a process has said is read after its end. */
const LAST_WORDS = 1000;

export interface WorkersOptions {
  readonly workers: number;
  readonly limits: Partial<Limits>;
  readonly log: Log;
  /** Begins the ids of conversations in all processes (scope.id-unique). */
  readonly run: string;
  readonly onReady: (urls: readonly string[]) => void;
  readonly onLoaded?: (files: readonly string[]) => void;
}

/** Starts processes with the arguments of this one. */
export function startWorkers(options: WorkersOptions): Supervisor {
  const { log, run } = options;
  cluster.setupPrimary({ exec: BIN, args: process.argv.slice(2) });
  const start: SupervisorOptions['start'] = (number, events) => {
    const worker = cluster.fork({ [RUN]: `${run}.${number}` });
    worker.on('message', (message: FromWorker | null) => hear(message, events, options));
    // Such as a message to a process that is just gone: its end is told by `exit`.
    worker.on('error', () => {});
    worker.on('exit', (code, signal) => {
      const ended = () => {
        clearTimeout(timer);
        worker.off('disconnect', ended);
        events.ended(signal ? null : code);
      };
      // What it has said last is read first; of one that was killed the channel may stay open.
      const timer = setTimeout(ended, LAST_WORDS);
      if (worker.isConnected()) worker.on('disconnect', ended);
      else ended();
    });
    const tell = (message: ToWorker) => {
      if (worker.isConnected()) worker.send(message, () => {});
    };
    return {
      drain: () => tell({ portway: 'drain' }),
      hurry: () => tell({ portway: 'hurry' }),
      kill: () => void worker.process.kill('SIGKILL'),
    } satisfies WorkerProcess;
  };
  const { drain_ms, shutdown_ms } = { ...DEFAULT_LIMITS, ...options.limits };
  return supervise({
    workers: options.workers,
    limits: { drain_ms, shutdown_ms },
    start,
    report: log.report,
    now: () => performance.now(),
  });
}

function hear(
  message: FromWorker | null,
  events: WorkerEvents,
  { onReady, onLoaded }: WorkersOptions,
): void {
  switch (message?.portway) {
    case 'ready':
      events.ready();
      onReady(message.urls);
      return;
    case 'draining':
      events.draining();
      return;
    case 'failed':
      events.failed(message.what);
      return;
    case 'loaded':
      onLoaded?.(message.files);
      return;
  }
}

/** Whether this process was started by another one of the command, and how its ids begin. */
export function workerRun(): string | undefined {
  const run = process.env[RUN];
  delete process.env[RUN];
  return cluster.isWorker ? run : undefined;
}
