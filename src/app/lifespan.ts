// A lifespan of two functions: what to do before the first conversation, and after the last.

import type {
  AnyState,
  LifespanHandler,
  LifespanReady,
  LifespanStartup,
  Limits,
} from '../interface/index.ts';

/** What an application is told when it starts. */
export interface Starting {
  readonly offers: LifespanStartup['offers'];
  readonly limits: Limits;
  /** Is signalled when the start is to be cut short. */
  readonly cancel: AbortSignal;
}

/** What an application says when it is ready: the fields of `lifespan.ready`. */
export type Started<State = AnyState> = Omit<LifespanReady<State>, 'type'>;

export interface LifespanHooks<State = AnyState> {
  /** Prepares, and says what is accepted and shared. An error makes the start fail (lifespan.fatal-start). */
  start(starting: Starting): Started<State> | Promise<Started<State>>;
  /** A drain has begun, with so many milliseconds until its deadline. */
  drain?(deadlineMs: number): void;
  /** No conversation is left: cleans up. */
  stop?(state: Readonly<State> | undefined): void | Promise<void>;
}

/** The handler of a lifespan, for `application({ lifespan: lifespan({ start, stop }) })`. */
export function lifespan<State = AnyState>(hooks: LifespanHooks<State>): LifespanHandler {
  return async (scope, receive, send) => {
    let event = await receive();
    if (event.type !== 'lifespan.startup') return; // Given up before it began.
    const { offers, limits } = event;
    const started = await hooks.start({ offers, limits, cancel: scope.local.cancel });
    await send({ type: 'lifespan.ready', ...(started as Started) });
    do {
      event = await receive();
      if (event.type === 'lifespan.drain') hooks.drain?.(event.deadline_ms);
    } while (event.type !== 'lifespan.shutdown');
    await hooks.stop?.(started.state);
  };
}
