// Calls an application for its lifespan in this process, and keeps the times of its start and its clean-up.

import {
  type Application,
  Closed,
  type GatewayMarker,
  type LifespanReceiveEvent,
  type LifespanScope,
  type LifespanSendEvent,
  type Limits,
  Misuse,
} from '../interface/index.ts';
import { type Payload, payloadOf, type Tap, type TraceStep } from '../trace/index.ts';
import { LifespanConversation, type LifespanStep } from './conversation/lifespan.ts';
import {
  type Fault,
  inWords,
  LocalHandles,
  nameOf,
  rejected,
  typeOf,
  unforced,
} from './exchange.ts';

export interface LifespanOptions {
  readonly id: string;
  readonly marker: GatewayMarker;
  readonly limits: Limits;
  readonly offers: Readonly<Record<string, readonly number[]>>;
  readonly tap: Tap | undefined;
  readonly onFault: ((fault: Fault) => void) | undefined;
  /** Begins a drain: the application can serve no longer (lifespan.early-end). */
  readonly drain: () => void;
}

/** How a start ended. `accepted` is absent for an application without lifespan. */
export type LifespanOutcome =
  | {
      readonly ready: true;
      readonly accepted?: {
        readonly accepts: Readonly<Record<string, number>>;
        readonly tunnels: readonly string[];
        readonly state: Readonly<Record<string, unknown>>;
      };
    }
  | { readonly ready: false; readonly message: string };

/** One application's life in one process. */
export class RunningLifespan {
  readonly #application: Application;
  readonly #options: LifespanOptions;
  readonly #conversation: LifespanConversation;
  readonly #scope: LifespanScope;
  readonly #local = new LocalHandles(Object.freeze({}));
  #receiver: { resolve(event: LifespanReceiveEvent): void } | undefined;
  #startTimer: ReturnType<typeof setTimeout> | undefined;
  #startBy = Number.POSITIVE_INFINITY;
  #started: ((outcome: LifespanOutcome) => void) | undefined;
  #stopped: (() => void) | undefined;
  #answered = false;
  #draining = false;
  #returned = false;
  /** An early end, or a clean-up that ended with an error or not in time (drain.exit-status). */
  #fault = false;

  constructor(application: Application, options: LifespanOptions) {
    this.#application = application;
    this.#options = options;
    this.#conversation = new LifespanConversation({
      type: 'lifespan.startup',
      offers: options.offers,
      limits: options.limits,
    });
    this.#scope = Object.freeze({
      type: 'lifespan',
      id: options.id,
      gateway: options.marker,
      local: Object.freeze(this.#local),
    });
  }

  /** Calls the application and waits for its answer. `spent`: milliseconds of its time that are gone. Never rejects. */
  start(spent: number): Promise<LifespanOutcome> {
    return new Promise((resolve) => {
      this.#started = (outcome) => {
        this.#started = undefined;
        clearTimeout(this.#startTimer);
        resolve(outcome);
      };
      const { startup_ms } = this.#options.limits;
      if (startup_ms !== null) {
        this.#startBy = performance.now() + startup_ms - spent;
        this.#expireIn(startup_ms - spent);
      }
      const call = async () => this.#application(this.#scope, this.#receive, this.#send as never);
      call().then(
        () => this.#ended('application.returns', undefined),
        (error: unknown) => this.#ended('application.raises', error),
      );
    });
  }

  /** A drain has begun. An application that has not answered is told by its signal (drain.during-startup). */
  drain(remaining: () => number): void {
    if (this.#draining) return;
    this.#draining = true;
    this.#conversation.drain(remaining);
    if (!this.#answered) {
      this.#local.abort(new Closed('shutdown'));
      if (this.#started) this.#expireIn(Math.min(remaining(), this.#startBy - performance.now()));
    }
    this.#deliver();
  }

  /** The deadline of the drain has come: a start that is not over is given up (lifespan.startup-timeout). */
  deadline(): void {
    if (!this.#answered) this.#expireIn(0);
  }

  /** Tells the application to clean up, and waits for `limits.shutdown_ms` at most. @returns whether all went well */
  async stop(): Promise<boolean> {
    this.#conversation.shutdown();
    this.#deliver();
    if (!this.#cleanedUp) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(() => {
          this.#fault = true;
          // An application that has not answered yet is given up with it.
          this.#act(this.#conversation.expired());
          this.#report('the application did not clean up in time', 'lifespan.stop-timeout');
          resolve();
        }, this.#options.limits.shutdown_ms);
        this.#stopped = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return !this.#fault;
  }

  get #cleanedUp(): boolean {
    // A call that failed to start, or was given up, may still release what it has taken.
    return (
      this.#returned ||
      (this.#conversation.ready !== undefined && this.#conversation.state === 'over')
    );
  }

  #expireIn(milliseconds: number): void {
    clearTimeout(this.#startTimer);
    this.#startTimer = setTimeout(() => {
      if (this.#answered) return;
      this.#local.abort(new Closed('timeout'));
      this.#act(this.#conversation.expired());
      this.#deliver();
    }, milliseconds);
  }

  readonly #receive = (): Promise<LifespanReceiveEvent> => {
    if (this.#receiver) {
      return rejected(
        this.#misused(
          'in',
          'receive',
          new Misuse('receive.single', 'an earlier `receive` is still pending'),
        ),
      );
    }
    return new Promise((resolve) => {
      this.#receiver = { resolve };
      this.#deliver();
    });
  };

  readonly #send = (event: LifespanSendEvent): Promise<void> => {
    try {
      const step = this.#conversation.send(event);
      const payload = shown(event);
      this.#trace('app', 'out', event.type, {
        state: step.state,
        requirement: step.requirement,
        ...(payload ? { payload } : {}),
      });
      this.#act(step);
    } catch (error) {
      if (error instanceof Misuse) return rejected(this.#misused('out', typeOf(event), error));
      return rejected(error);
    }
    this.#deliver();
    return unforced(Promise.resolve());
  };

  #deliver(): void {
    if (!this.#receiver) return;
    const received = this.#conversation.receive();
    if (!received) return;
    const { resolve } = this.#receiver;
    this.#receiver = undefined;
    const payload = payloadOf(received.event as unknown as Record<string, unknown>);
    this.#trace('app', 'in', received.event.type, {
      state: received.state,
      requirement: received.requirement,
      ...(payload ? { payload } : {}),
    });
    resolve(received.event);
  }

  #ended(how: 'application.returns' | 'application.raises', error: unknown): void {
    this.#returned = true;
    const declined = nameOf(error) === 'UnsupportedScope';
    const stopping = this.#conversation.state === 'stopping';
    const step = this.#conversation.applicationEnded(how, declined);
    // An application without lifespan has said nothing that is worth a row.
    const absent = declined && step.action === 'serve';
    if (!absent) {
      this.#trace('app', 'internal', how, {
        state: step.state,
        ...(step.requirement ? { requirement: step.requirement } : {}),
        ...(error === undefined ? {} : { payload: { preview: inWords(error) } }),
      });
    }
    if (how === 'application.raises' && !absent) {
      if (stopping) this.#fault = true;
      this.#report(
        inWords(error),
        nameOf(error) === 'Misuse' ? (error as Misuse).requirement : undefined,
        error,
      );
    }
    this.#act(step, error);
    this.#stopped?.();
  }

  #act(step: LifespanStep, error?: unknown): void {
    switch (step.action) {
      case 'serve': {
        this.#answered = true;
        const { ready } = this.#conversation;
        this.#started?.({
          ready: true,
          ...(ready
            ? {
                accepted: {
                  accepts: ready.accepts ?? {},
                  tunnels: Object.freeze([...(ready.tunnels ?? [])]),
                  state: (ready.state ?? {}) as Readonly<Record<string, unknown>>,
                },
              }
            : {}),
        });
        return;
      }
      case 'fail':
      case 'give-up': {
        this.#answered = true;
        const message =
          this.#conversation.message ??
          (step.action === 'give-up'
            ? `the application did not answer \`lifespan.startup\` in time`
            : error === undefined
              ? 'the application returned before it was ready'
              : inWords(error));
        this.#started?.({ ready: false, message });
        return;
      }
      case 'drain':
        this.#fault = true;
        if (error === undefined)
          this.#report('the application ended before its shutdown', 'lifespan.early-end');
        this.#options.drain();
        return;
      case 'finish':
        this.#stopped?.();
        return;
    }
  }

  #report(message: string, requirement?: string, error?: unknown): void {
    this.#options.onFault?.({
      scope: this.#scope,
      message,
      ...(requirement === undefined ? {} : { requirement }),
      ...(error === undefined ? {} : { error }),
    });
  }

  #misused(dir: TraceStep['dir'], type: string, error: Misuse): Misuse {
    this.#trace('app', dir, type, {
      state: this.#conversation.state,
      requirement: error.requirement,
      violation: { requirement: error.requirement, message: error.message },
    });
    return error;
  }

  #trace(
    lane: TraceStep['lane'],
    dir: TraceStep['dir'],
    type: string,
    rest: Omit<TraceStep, 'conn' | 'lane' | 'dir' | 'type' | 'phase'>,
  ): void {
    // The lifespan is the conversation before the first.
    this.#options.tap?.({ conn: 0, lane, dir, type, phase: 'i', ...rest });
  }
}

/** What a trace shows of an event: not the state, which is of this process. */
function shown(event: LifespanSendEvent): Payload | undefined {
  try {
    const { state: _, ...rest } = event as unknown as Record<string, unknown>;
    return payloadOf(rest);
  } catch {
    // An event that cannot be read twice.
    return undefined;
  }
}
