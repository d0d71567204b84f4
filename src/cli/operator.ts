// Who tells a serving process to stop, and whom it tells how it fares: the person who signals it, or the first process.

import cluster from 'node:cluster';
import type { ExitStatus } from '../gateway/service.ts';

/** The other side of a process that serves. */
export interface Operator {
  /** Resolves at the first demand to stop. */
  readonly stopped: Promise<void>;
  /** Calls back for the first demand and for the second, those before this call included. */
  onStop(listener: (again: boolean) => void): void;
  /** It accepts connections at these URLs. */
  ready(urls: readonly string[]): void;
  draining(): void;
  failed(what: 'start' | 'listen'): void;
  /** The last word. @returns the status that the process is to end with */
  leave(status: ExitStatus): Promise<ExitStatus>;
}

/** Counts demands to stop. */
class Demands {
  readonly #first = Promise.withResolvers<void>();
  #count = 0;
  #listener: ((again: boolean) => void) | undefined;

  readonly stopped = this.#first.promise;

  raise(count: number): void {
    while (this.#count < Math.min(count, 2)) {
      this.#count++;
      this.#first.resolve();
      this.#listener?.(this.#count === 2);
    }
  }

  again(): void {
    this.raise(this.#count + 1);
  }

  onStop(listener: (again: boolean) => void): void {
    this.#listener = listener;
    if (this.#count > 0) listener(false);
    if (this.#count > 1) listener(true);
  }
}

/** SIGTERM and SIGINT to this process. */
function onSignals(act: () => void): void {
  process.on('SIGTERM', act);
  process.on('SIGINT', act);
}

/** Signals as demands (drain.begins, drain.second-signal), for the first process. */
export function signals(): Pick<Operator, 'stopped' | 'onStop'> {
  const demands = new Demands();
  onSignals(() => demands.again());
  return { stopped: demands.stopped, onStop: (listener) => demands.onStop(listener) };
}

/** The operator of a process that is alone. */
export function personOperator(announce: (urls: readonly string[]) => void): Operator {
  // A process that waits for an application that waits for nothing would otherwise just end.
  const alive = setInterval(() => {}, 2 ** 30);
  return {
    ...signals(),
    ready: announce,
    draining() {},
    failed() {},
    async leave(status) {
      clearInterval(alive);
      return status;
    },
  };
}

/** What the processes say to each other. */
export type ToWorker = { readonly portway: 'drain' | 'hurry' };
export type FromWorker =
  | { readonly portway: 'ready'; readonly urls: readonly string[] }
  | { readonly portway: 'draining' }
  | { readonly portway: 'failed'; readonly what: 'start' | 'listen' }
  | { readonly portway: 'loaded'; readonly files: readonly string[] };

/** Tells the first process. Resolves when that is done, or nobody hears it. */
export function tell(message: FromWorker): Promise<void> {
  return new Promise((done) => {
    if (!process.connected || !process.send) done();
    else process.send(message, undefined, undefined, () => done());
  });
}

/** The operator of a process that the first one started. */
export function firstProcessOperator(): Operator {
  const demands = new Demands();
  let lost = false;
  let told: Promise<unknown> = Promise.resolve();
  const say = (message: FromWorker) => {
    told = Promise.all([told, tell(message)]);
  };
  process.on('message', (message: Partial<ToWorker> | null) => {
    if (message?.portway === 'drain') demands.raise(1);
    else if (message?.portway === 'hurry') demands.raise(2);
  });
  cluster.worker?.on('disconnect', () => {
    // Without this, `node:cluster` ends the process at once.
    if (cluster.worker) cluster.worker.exitedAfterDisconnect = true;
    lost = true;
    demands.raise(1);
  });
  // drain.signals-below: signals count when there is nobody else to act on them.
  onSignals(() => {
    if (lost) demands.again();
  });
  return {
    stopped: demands.stopped,
    onStop: (listener) => demands.onStop(listener),
    ready: (urls) => say({ portway: 'ready', urls }),
    draining: () => say({ portway: 'draining' }),
    failed: (what) => say({ portway: 'failed', what }),
    async leave(status) {
      await told;
      // drain.exit-status: the loss of the first process is a fault.
      return lost && status === 0 ? 1 : status;
    },
  };
}
