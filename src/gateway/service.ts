// The life of one process around a gateway (proposal 5): start, listen, serve, drain, shut down, exit status.
// Knows neither sockets nor signals: listeners are given to it, and it is told what the operator asks for.

import type { Gateway } from './gateway.ts';

/** An address on which connections are accepted, as far as a service deals with it. */
/** Milliseconds for what was written at the deadline to reach its peers. */
const LAST_WORDS_MS = 1000;

export interface ServiceListener {
  /** Stops accepting and winds its connections up (drain.no-new, drain.connections). */
  drain(): void;
  /** Resolves when it accepts no more and no connection is left. */
  readonly closed: Promise<void>;
  /** Breaks off every connection that is left. */
  destroy(): void;
}

/** How grave a line for the operator is. */
export type Level = 'error' | 'warning' | 'info';
export type Report = (level: Level, line: string) => void;

/** The table “Exit statuses” of drain.exit-status. */
export type ExitStatus = 0 | 1 | 3;

export interface ServiceOptions<L extends ServiceListener> {
  /** Opens the addresses. Called once, when the application is ready (lifespan.ready-first). */
  readonly listen: () => readonly Promise<L>[];
  readonly report: Report;
  /** Milliseconds of `limits.startup_ms` that are gone, for loading the application (lifespan.startup-timeout). */
  readonly spent?: number;
  /** Told at once of what will end the process with a status other than 0. */
  readonly onFailure?: (what: 'start' | 'listen') => void;
}

/** What the operator sees of a process, or of several. */
export interface Service {
  /** True once it accepts connections, false once it never will. Never rejects. */
  readonly ready: Promise<boolean>;
  /** Begins a drain. Harmless a second time. */
  drain(): void;
  /** Moves the deadline of the drain to the present (drain.second-signal). */
  hurry(): void;
  /** The number that the process is to end with, when it is to end. Never rejects. */
  readonly status: Promise<ExitStatus>;
}

/** Runs a gateway that has not been started, until a drain is over. */
export function runService<L extends ServiceListener>(
  gateway: Gateway,
  options: ServiceOptions<L>,
): Service & { readonly listeners: readonly L[] } {
  const { limits } = gateway;
  const { report } = options;
  const listeners: L[] = [];
  const ready = Promise.withResolvers<boolean>();
  const draining = Promise.withResolvers<void>();
  const deadline = Promise.withResolvers<void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let deadlineCame = false;
  let windingUp = true;
  let startFailed = false;
  let fault = false;

  function drained(): void {
    timer = setTimeout(expire, limits.drain_ms);
    for (const listener of listeners) listener.drain();
    ready.resolve(false);
    draining.resolve();
  }

  if (gateway.draining) drained();
  else gateway.onDrain(drained);

  function expire(): void {
    if (deadlineCame || !windingUp) return;
    deadlineCame = true;
    clearTimeout(timer);
    if (gateway.active > 0)
      report('warning', `the deadline of the drain ends ${conversations(gateway.active)}`);
    gateway.deadline();
    deadline.resolve();
  }

  async function begin(): Promise<void> {
    const outcome = await gateway.start(options.spent);
    if (!outcome.ready) {
      // A start that a drain cuts short has not failed (drain.during-startup).
      if (gateway.draining) report('warning', `the start was cut short: ${outcome.message}`);
      else {
        startFailed = true;
        report('error', `the application could not start: ${outcome.message}`);
        options.onFailure?.('start');
      }
    } else if (!gateway.draining) await open();
    if (startFailed || fault) gateway.drain();
    else ready.resolve(true);
  }

  async function open(): Promise<void> {
    for (const result of await Promise.allSettled(options.listen())) {
      if (result.status === 'fulfilled') {
        listeners.push(result.value);
        if (gateway.draining) result.value.drain();
      } else {
        fault = true;
        report('error', inWords(result.reason));
        options.onFailure?.('listen');
      }
    }
  }

  /** lifespan.shutdown-last: no conversation is open and none can begin, or the waits are over. */
  async function windUp(): Promise<void> {
    await draining.promise;
    const closed = Promise.all(listeners.map((listener) => listener.closed));
    await Promise.race([closed.then(() => gateway.idle()), deadline.promise]);
    if (deadlineCame && !(await within(limits.shutdown_ms, gateway.returned()))) {
      // drain.exit-status: it has to be killed with the process.
      fault = true;
      report('error', `${conversations(gateway.calls)} did not end after the deadline`);
      for (const listener of listeners) listener.destroy();
    }
    // What was said last, such as a Close frame, is to reach its peers.
    if (deadlineCame)
      await within(
        Math.min(limits.shutdown_ms, LAST_WORDS_MS),
        closed.then(() => {}),
      );
    windingUp = false;
    clearTimeout(timer);
  }

  async function live(): Promise<ExitStatus> {
    await begin();
    await windUp();
    const clean = await gateway.stop();
    for (const listener of listeners) listener.destroy();
    if (startFailed) return 3;
    return fault || !clean ? 1 : 0;
  }

  return {
    listeners,
    ready: ready.promise,
    drain: () => gateway.drain(),
    hurry() {
      gateway.drain();
      expire();
    },
    status: live(),
  };
}

function conversations(count: number): string {
  return count === 1 ? '1 conversation' : `${count} conversations`;
}

/** Whether a promise resolves within so many milliseconds. */
function within(milliseconds: number, promise: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), milliseconds);
    promise.then(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

function inWords(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
