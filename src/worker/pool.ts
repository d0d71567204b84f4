// Several workers behind one gateway, as one application (proposal 12, “Drain, end and crash”): starts them with their
// lifespans, shares conversations out, and replaces those that end. Knows neither processes nor streams.

import type { Fault } from '../gateway/exchange.ts';
import { RunningLifespan } from '../gateway/lifespan.ts';
import {
  type AnyReceiveEvent,
  type AnyScope,
  type AnySendEvent,
  type Application,
  Closed,
  FEATURES,
  type FeatureDescription,
  type GatewayMarker,
  type LifespanScope,
  type LifespanStartup,
} from '../interface/index.ts';
import { type Front, WorkerLost } from './front.ts';

/** A worker that was started. None of these throws, even if it is gone. */
export interface StartedWorker {
  readonly front: Front;
  /** Ends it, whatever it does. */
  kill(): void;
  /** Resolves when it is gone: the front was told before. */
  readonly gone: Promise<void>;
}

export interface PoolOptions {
  /** Workers that are to be there: at least one. */
  readonly workers: number;
  /** Starts one. They are counted from 1, and no number is used twice. */
  readonly start: (number: number) => StartedWorker;
  readonly report: (level: 'error' | 'warning' | 'info', message: string) => void;
  /** Is told what goes wrong in a lifespan. */
  readonly onFault?: (fault: Fault) => void;
  /** How long a request waits for room in a worker, in milliseconds (worker.none-ready). Default 5,000. */
  readonly roomMs?: number;
}

interface Worker {
  readonly number: number;
  readonly started: StartedWorker;
  readonly lifespan: RunningLifespan;
  /** Conversations that it can take besides its lifespan. */
  room: number;
  active: number;
  /** Conversations that its end has failed. */
  failed: number;
  readyAt: number | undefined;
}

/** Where a worker is to stand at any time. */
interface Place {
  worker: Worker | undefined;
  /** Ends without being asked, in a row. */
  failures: number;
  restart: ReturnType<typeof setTimeout> | undefined;
}

interface Ready {
  readonly accepts: Readonly<Record<string, number>>;
  readonly tunnels: readonly string[];
}

/** worker.restart-wait, in milliseconds. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 60_000;
const STEADY = 60_000;
/** What a worker gets to exit, once it is wanted no more and was told so, in milliseconds. */
const EXIT_WAIT = 1000;

type Receive = () => Promise<AnyReceiveEvent>;
type Send = (event: AnySendEvent) => Promise<void>;

/** The application that its workers are together. It has to be called for its lifespan first. */
export function createPool(options: PoolOptions): Application {
  const pool = new Pool(options);
  return ((scope: AnyScope, receive: Receive, send: Send) =>
    scope.type === 'lifespan'
      ? pool.live(scope, receive, send)
      : pool.serve(scope, receive, send)) as Application;
}

class Pool {
  readonly #options: PoolOptions;
  readonly #places: Place[];
  readonly #starting = new Set<Worker>();
  /** Those who wait for room, in order. */
  readonly #waiting: ((worker: Worker | undefined) => void)[] = [];
  #started = 0;
  #draining = false;
  #failed = false;
  #scope: LifespanScope | undefined;
  #startup: LifespanStartup | undefined;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.#places = Array.from({ length: options.workers }, () => ({
      worker: undefined,
      failures: 0,
      restart: undefined,
    }));
  }

  // Conversations.

  async serve(
    scope: Exclude<AnyScope, LifespanScope>,
    receive: Receive,
    send: Send,
  ): Promise<void> {
    const worker = this.#free() ?? (await this.#room(scope.local.cancel));
    if (!worker) {
      if (!scope.local.cancel.aborted) await answerBusy(send);
      return;
    }
    worker.active++;
    try {
      await worker.started.front.application(scope, receive, send);
    } catch (error) {
      if (error instanceof WorkerLost) worker.failed++;
      throw error;
    } finally {
      worker.active--;
      this.#serveWaiting();
    }
  }

  /** The one that has least to do, of those that can take something. */
  #free(): Worker | undefined {
    let best: Worker | undefined;
    for (const { worker } of this.#places) {
      if (!worker || worker.readyAt === undefined || worker.active >= worker.room) continue;
      if (!best || worker.active < best.active) best = worker;
    }
    return best;
  }

  #room(cancel: AbortSignal): Promise<Worker | undefined> {
    return new Promise((resolve) => {
      const done = (worker: Worker | undefined) => {
        clearTimeout(timer);
        cancel.removeEventListener('abort', giveUp);
        resolve(worker);
      };
      const giveUp = () => {
        const at = this.#waiting.indexOf(done);
        if (at >= 0) this.#waiting.splice(at, 1);
        done(undefined);
      };
      const timer = setTimeout(giveUp, this.#options.roomMs ?? 5000);
      cancel.addEventListener('abort', giveUp, { once: true });
      if (cancel.aborted) giveUp();
      else this.#waiting.push(done);
    });
  }

  #serveWaiting(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#free();
      if (!worker) return;
      // Taken in a later turn: what is shared out now must count at once.
      const next = this.#waiting.shift() as (worker: Worker) => void;
      next(worker);
      return;
    }
  }

  // The lifespan.

  async live(scope: LifespanScope, receive: Receive, send: Send): Promise<void> {
    const startup = await receive();
    if (startup.type !== 'lifespan.startup') return;
    this.#scope = scope;
    this.#startup = startup;
    // lifespan.startup-timeout, and a drain that begins before (drain.during-startup).
    scope.local.cancel.addEventListener('abort', () => this.#killAll(), { once: true });
    const outcomes = await Promise.all(this.#places.map((place) => this.#launch(place)));
    const failure = outcomes.find((outcome) => typeof outcome === 'string');
    if (failure !== undefined) {
      this.#draining = true;
      await this.#endAll(false);
      await send({ type: 'lifespan.failed', message: failure as string });
      return;
    }
    const [first] = outcomes as readonly Ready[];
    await send({ type: 'lifespan.ready', ...(first as Ready) });
    for (;;) {
      const event = await receive();
      if (event.type === 'lifespan.drain') this.#drain(event.deadline_ms);
      if (event.type === 'lifespan.shutdown') break;
    }
    this.#drain(0);
    const fine = await this.#endAll(true);
    if (!fine || this.#failed)
      throw new Error('a worker has not cleaned up, or ended before it was asked to');
    await send({ type: 'lifespan.stopped' });
  }

  /** Starts a worker. @returns what it accepts, or why it did not start */
  async #launch(place: Place): Promise<Ready | string> {
    const number = ++this.#started;
    const started = this.#options.start(number);
    const { id, gateway } = this.#scope as LifespanScope;
    const { offers, limits } = this.#startup as LifespanStartup;
    const lifespan = new RunningLifespan(started.front.application, {
      id: `${id}.${number}`,
      marker: gateway as GatewayMarker,
      limits,
      offers,
      tap: undefined,
      onFault: (fault) => {
        // What ended with its process is told once, by the end of that.
        if (!gone) this.#options.onFault?.(fault);
      },
      drain: () => {
        // lifespan.early-end: it can serve no longer.
        if (!gone) started.kill();
      },
    });
    const worker: Worker = {
      number,
      started,
      lifespan,
      room: 0,
      active: 0,
      failed: 0,
      readyAt: undefined,
    };
    let gone = false;
    place.worker = worker;
    this.#starting.add(worker);
    started.gone.then(() => {
      gone = true;
      this.#ended(place, worker);
    });
    const outcome = await lifespan.start(0);
    this.#starting.delete(worker);
    if (!outcome.ready) {
      started.kill();
      return outcome.message;
    }
    const { conversations } = await started.front.hello;
    worker.room = conversations - 1;
    worker.readyAt = performance.now();
    this.#serveWaiting();
    return outcome.accepted ?? { accepts: acceptedByDefault(offers), tunnels: [] };
  }

  #ended(place: Place, worker: Worker): void {
    this.#starting.delete(worker);
    if (place.worker === worker) place.worker = undefined;
    if (this.#draining) {
      if (worker.failed > 0) this.#failed = true;
      return;
    }
    // The first start fails as a whole.
    if (worker.readyAt === undefined && this.#places.every(({ failures }) => failures === 0)) {
      if (this.#places.every(({ worker: other }) => other?.readyAt === undefined)) return;
    }
    const steady = worker.readyAt !== undefined && performance.now() - worker.readyAt >= STEADY;
    const wait = steady ? 0 : Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** place.failures);
    place.failures = steady ? 0 : place.failures + 1;
    this.#options.report(
      'warning',
      `worker ${worker.number} is replaced in ${wait / 1000} s, and ${worker.failed} of its conversations have failed`,
    );
    place.restart = setTimeout(async () => {
      const outcome = await this.#launch(place);
      if (typeof outcome === 'string')
        this.#options.report('error', `a worker did not start: ${outcome}`);
    }, wait);
  }

  #drain(deadline_ms: number): void {
    if (this.#draining) return;
    this.#draining = true;
    const deadline = performance.now() + deadline_ms;
    for (const { worker, restart } of this.#places) {
      clearTimeout(restart);
      worker?.lifespan.drain(() => Math.max(0, deadline - performance.now()));
    }
  }

  #killAll(): void {
    this.#draining = true;
    for (const { worker, restart } of this.#places) {
      clearTimeout(restart);
      worker?.started.kill();
    }
  }

  /** @returns whether all have cleaned up */
  async #endAll(cleanly: boolean): Promise<boolean> {
    const ends = this.#places.map(async ({ worker }) => {
      if (!worker) return true;
      const { started, lifespan } = worker;
      const fine = cleanly && worker.readyAt !== undefined ? await lifespan.stop() : true;
      started.front.end();
      const timer = setTimeout(() => started.kill(), cleanly ? EXIT_WAIT : 0);
      await started.gone;
      clearTimeout(timer);
      return fine;
    });
    return (await Promise.all(ends)).every(Boolean);
  }
}

/** feature.default-stated, for an application without lifespan: the highest revision of each. */
function acceptedByDefault(
  offers: Readonly<Record<string, readonly number[]>>,
): Readonly<Record<string, number>> {
  return Object.fromEntries(
    Object.entries(offers)
      .filter(([name]) => (FEATURES[name] as FeatureDescription | undefined)?.default)
      .map(([name, revisions]) => [name, Math.max(...revisions)]),
  );
}

/** worker.none-ready */
async function answerBusy(send: Send): Promise<void> {
  const body = new TextEncoder().encode('Service Unavailable\n');
  try {
    await send({
      type: 'http.response.start',
      status: 503,
      headers: [
        ['content-type', 'text/plain'],
        ['content-length', `${body.length}`],
        ['retry-after', '5'],
      ],
    });
    await send({ type: 'http.response.body', data: body });
    await send({ type: 'http.response.end' });
  } catch (error) {
    if (!(error instanceof Closed)) throw error;
  }
}
