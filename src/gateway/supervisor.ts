// The first process of a gateway with several (proposal 5): what begins a drain in which of them, which are replaced and
// when, and the exit status over all. Knows neither how processes are started nor how they are spoken to.

import type { Limits } from '../interface/index.ts';
import type { ExitStatus, Report, Service } from './service.ts';

/** A process that was started, as far as it can be reached. None of these throws, even if it is gone. */
export interface WorkerProcess {
  drain(): void;
  /** Moves the deadline of its drain to the present. */
  hurry(): void;
  /** Ends it, whatever it does. */
  kill(): void;
}

/** What a process lets the first one know. */
export interface WorkerEvents {
  /** It accepts connections. */
  ready(): void;
  /** It has begun a drain, of itself or as told. */
  draining(): void;
  /** It will end, because its start failed or it cannot listen. */
  failed(what: 'start' | 'listen'): void;
  /** It is gone; `status` is null where it has not ended of itself. */
  ended(status: number | null): void;
}

export interface SupervisorOptions {
  /** Processes that call the application: at least one. */
  readonly workers: number;
  readonly limits: Pick<Limits, 'drain_ms' | 'shutdown_ms'>;
  /** Starts a process. `worker` counts from 1 and is not used twice (scope.id-unique). */
  readonly start: (worker: number, events: WorkerEvents) => WorkerProcess;
  readonly report: Report;
  /** Milliseconds from any fixed point. */
  readonly now: () => number;
}

export interface Supervisor extends Service {
  /** Replaces every process on purpose: the new one first, and the old one is drained when that is ready. */
  replace(): void;
}

/** One process. */
interface Worker {
  readonly number: number;
  readonly place: Place;
  readonly process: WorkerProcess;
  state: 'starting' | 'ready' | 'draining' | 'ended';
  readyAt: number | undefined;
  /** It was told to drain. */
  asked: boolean;
  /** Its part in the exit status. */
  status: ExitStatus;
  /** Another one takes its place on purpose. */
  replaced: boolean;
  killer: ReturnType<typeof setTimeout> | undefined;
}

/** Where a process stands that is to be there at any time. */
interface Place {
  current: Worker | undefined;
  /** What is to take the place of the current one, when it is ready. */
  next: Worker | undefined;
  wasReady: boolean;
  /** Ends without being asked, in a row. */
  failures: number;
  restart: ReturnType<typeof setTimeout> | undefined;
}

/** worker.restart-wait */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;
const STEADY = 60_000;

/** What a process gets besides the times of its drain before it is ended, in milliseconds. */
const GRACE = 1000;

/** Starts so many processes and keeps them, until a drain of all is over. */
export function supervise(options: SupervisorOptions): Supervisor {
  const { limits, report } = options;
  const places: Place[] = Array.from({ length: options.workers }, () => ({
    current: undefined,
    next: undefined,
    wasReady: false,
    failures: 0,
    restart: undefined,
  }));
  /** Those whose status counts (drain.exit-status), and those that are still there. */
  const workers = new Set<Worker>();
  const ready = Promise.withResolvers<boolean>();
  const status = Promise.withResolvers<ExitStatus>();
  let started = 0;
  let draining = false;
  let hurried = false;

  function launch(place: Place): Worker {
    const number = ++started;
    const told: { worker?: Worker } = {};
    const of = (act: (worker: Worker) => void) => () => {
      if (told.worker && told.worker.state !== 'ended') act(told.worker);
    };
    const process = options.start(number, {
      ready: of(becameReady),
      draining: of(beganDrain),
      failed: (what) => of((worker) => failed(worker, what))(),
      ended: (code) => of((worker) => ended(worker, code))(),
    });
    const worker: Worker = {
      number,
      place,
      process,
      state: 'starting',
      readyAt: undefined,
      asked: false,
      status: 0,
      replaced: false,
      killer: undefined,
    };
    told.worker = worker;
    workers.add(worker);
    return worker;
  }

  function becameReady(worker: Worker): void {
    if (worker.state !== 'starting') return;
    worker.state = 'ready';
    worker.readyAt = options.now();
    const { place } = worker;
    place.wasReady = true;
    if (place.next === worker) {
      const old = place.current;
      place.current = worker;
      place.next = undefined;
      if (old) retire(old);
    }
    if (places.every(({ wasReady }) => wasReady)) ready.resolve(true);
  }

  function beganDrain(worker: Worker): void {
    worker.state = 'draining';
    follow(worker, limits.drain_ms);
  }

  /** The rows of the table “What begins a drain” that fail. */
  function failed(worker: Worker, what: 'start' | 'listen'): void {
    if (what === 'start') {
      // drain.during-startup: a start that is cut short has not failed.
      if (worker.asked) return;
      worker.status = 3;
      beganDrain(worker);
      const everyReadyOnce = places.every(({ wasReady }) => wasReady);
      if (!everyReadyOnce || !some('ready')) drain();
    } else {
      worker.status = 1;
      drain();
    }
  }

  function ended(worker: Worker, code: number | null): void {
    const { asked } = worker;
    // A process that is gone before it was ready has not started.
    if (!asked && worker.readyAt === undefined && worker.status === 0) failed(worker, 'start');
    clearTimeout(worker.killer);
    worker.state = 'ended';
    if (worker.status === 0) worker.status = statusOf(code, asked);
    if (!asked) report('error', `process ${worker.number} ended ${inWords(code)}`);
    if (worker.replaced) workers.delete(worker);
    const { place } = worker;
    if (place.next === worker) {
      place.next = undefined;
      if (place.current) workers.delete(worker);
      else restartLater(worker);
    } else if (place.current === worker) {
      place.current = undefined;
      if (place.next) workers.delete(worker);
      else restartLater(worker);
    }
    finish();
  }

  /** lifespan.replace, with the times of worker.restart-wait. */
  function restartLater(worker: Worker): void {
    if (draining) return;
    const { place } = worker;
    const steady = worker.readyAt !== undefined && options.now() - worker.readyAt >= STEADY;
    const wait = steady ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** place.failures);
    place.failures = steady ? 0 : place.failures + 1;
    report('warning', `process ${worker.number} is replaced in ${wait / 1000} s`);
    place.restart = setTimeout(() => {
      workers.delete(worker);
      place.current = launch(place);
    }, wait);
  }

  function retire(worker: Worker): void {
    worker.replaced = true;
    ask(worker);
  }

  function ask(worker: Worker): void {
    if (worker.asked || worker.state === 'ended') return;
    worker.asked = true;
    worker.process.drain();
    follow(worker, limits.drain_ms);
  }

  /** drain.signals-below: ends a process that does not follow. The first limit that was set holds. */
  function follow(worker: Worker, drain_ms: number, anew = false): void {
    if (worker.killer !== undefined && !anew) return;
    clearTimeout(worker.killer);
    worker.killer = setTimeout(
      () => {
        report('error', `process ${worker.number} does not end, and is ended`);
        worker.process.kill();
      },
      drain_ms + 2 * limits.shutdown_ms + GRACE,
    );
  }

  function drain(): void {
    if (draining) return;
    draining = true;
    ready.resolve(false);
    for (const place of places) clearTimeout(place.restart);
    for (const worker of workers) ask(worker);
    finish();
  }

  function some(state: Worker['state']): boolean {
    return [...workers].some((worker) => worker.state === state);
  }

  function finish(): void {
    if (!draining || (['starting', 'ready', 'draining'] as const).some(some)) return;
    const statuses = new Set([...workers].map((worker) => worker.status));
    status.resolve(statuses.has(3) ? 3 : statuses.has(1) ? 1 : 0);
  }

  for (const place of places) place.current = launch(place);

  return {
    ready: ready.promise,
    status: status.promise,
    drain,
    hurry() {
      drain();
      if (hurried) return;
      hurried = true;
      for (const worker of workers) {
        if (worker.state === 'ended') continue;
        worker.process.hurry();
        follow(worker, 0, true);
      }
    },
    replace() {
      if (draining) return;
      for (const place of places) {
        if (place.next) retire(place.next);
        clearTimeout(place.restart);
        place.next = launch(place);
      }
    },
  };
}

/** One that was not asked to end had a reason that is a fault: an early end or a crash. */
function statusOf(code: number | null, asked: boolean): ExitStatus {
  if (!asked) return 1;
  return code === 0 || code === 3 ? code : 1;
}

function inWords(code: number | null): string {
  return code === null ? 'by a signal' : `with status ${code}`;
}
