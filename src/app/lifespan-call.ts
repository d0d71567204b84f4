// One application's lifespan as it is held from above, by the machine of proposal 5. Whoever serves an application holds
// one: middleware with applications below it, and the adapter to Fetch. Knows no clock.

import {
  type AnyReceiveEvent,
  type AnySendEvent,
  type AnyState,
  type Application,
  Closed,
  EVENTS,
  LIFESPAN_APPLICATION,
  type LifespanApplicationAction,
  type LifespanApplicationGuard,
  type LifespanApplicationState,
  type LifespanReady,
  type LifespanScope,
  type LifespanStartup,
  Misuse,
  type Send,
} from '../interface/index.ts';
import { Machine } from '../interface/machine.ts';
import { checkEvent } from '../interface/shape.ts';
import { inWords, nameOf, rejected, typeOf } from './promises.ts';

/** What an application has answered to `lifespan.startup`, or its call in its place. */
export type Answered =
  | {
      readonly kind: 'ready';
      readonly accepts: Readonly<Record<string, number>>;
      readonly tunnels: readonly string[];
      readonly state: AnyState;
      /** Keys of private names on the event (feature.middleware-forwards). */
      readonly others: Readonly<Record<string, unknown>>;
    }
  /** It raised `UnsupportedScope`: ready, without state (lifespan.unsupported). */
  | { readonly kind: 'declined' }
  | {
      readonly kind: 'failed';
      readonly message: string;
      /** What the call ended with, where it ended with an error. */
      readonly error?: unknown;
    };

/** How a call ended. */
export interface EndOfLifespan {
  readonly raised: boolean;
  readonly error?: unknown;
  /** It ended before the application had received `lifespan.shutdown` (lifespan.early-end). */
  readonly early: boolean;
}

/** Where the pieces of a lifespan go that this version does not know, in both directions (event.middleware-forwards). */
export interface LifespanCallOptions {
  /** Takes sent events of unknown types. Default: they are `Misuse`. */
  readonly pass?: Send<AnySendEvent>;
}

const NO_FEATURES: ReadonlySet<string> = new Set();

/** token ["/" token] (RFC 9110 section 7.8; tunnel.declared-syntax). */
const PROTOCOL = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+(?:\/[!#$%&'*+\-.^_`|~0-9A-Za-z]+)?$/;

const EXPLANATIONS: Readonly<Record<string, string>> = {
  'lifespan.accepts-offered': '`accepts` names a feature or a revision that `offers` does not list',
  'tunnel.declared-syntax':
    'an element of `tunnels` is not a protocol, is `websocket`, or is there twice',
  'lifespan.tunnels-accepted': '`tunnels` needs the feature `tunnel` in `accepts`',
  'lifespan.send-order': 'this is not the time for it',
};

export class LifespanCall {
  /** What the application has answered. Never fails. */
  readonly answered: Promise<Answered>;
  /** Resolves when the application's call has ended. */
  readonly ended: Promise<EndOfLifespan>;
  /** Resolves when it has sent `lifespan.stopped`, its call has ended, or it was given up. */
  readonly cleaned: Promise<void>;

  readonly #application: Application;
  readonly #scope: LifespanScope;
  readonly #startup: LifespanStartup;
  readonly #pass: Send<AnySendEvent> | undefined;
  readonly #cancel = new AbortController();
  readonly #machine = new Machine<
    LifespanApplicationState,
    LifespanApplicationGuard,
    LifespanApplicationAction,
    Asked
  >(LIFESPAN_APPLICATION, GUARDS);
  readonly #passed: AnyReceiveEvent[] = [];
  #receiver: ((event: AnyReceiveEvent) => void) | undefined;
  #taken: (() => void)[] = [];
  #left: (() => number) | undefined;
  #stopping = false;
  #answer!: (answer: Answered) => void;
  #end!: (end: EndOfLifespan) => void;
  #clean!: () => void;

  constructor(
    application: Application,
    scope: LifespanScope,
    startup: LifespanStartup,
    options: LifespanCallOptions = {},
  ) {
    this.#application = application;
    this.#startup = startup;
    this.#pass = options.pass;
    this.#scope = Object.freeze({
      ...scope,
      local: Object.freeze({ cancel: this.#cancel.signal, state: Object.freeze({}) }),
    });
    this.answered = new Promise((resolve) => {
      this.#answer = resolve;
    });
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    this.cleaned = new Promise((resolve) => {
      this.#clean = resolve;
    });
  }

  /** Calls the application, once. */
  start(): void {
    const call = async () => this.#application(this.#scope, this.#receive, this.#send);
    call().then(
      () => this.#ends('application.returns'),
      (error: unknown) => this.#ends('application.raises', error),
    );
  }

  /** Whether `lifespan.ready`, `lifespan.failed` or the end of the call is still to come. */
  get starting(): boolean {
    return this.#machine.state === 'called' || this.#machine.state === 'starting';
  }

  /** Signals `local.cancel` of an application that has not answered (drain.during-startup). */
  cutShort(reason: unknown): void {
    if (this.starting) this.#cancel.abort(reason);
  }

  /** A drain has begun. `left` tells the milliseconds until its deadline. */
  drain(left: () => number): void {
    this.#left ??= left;
    this.cutShort(new Closed('shutdown'));
    this.#deliver();
  }

  /** No conversation is left. A drain must have begun. */
  shutdown(): void {
    this.#stopping = true;
    this.#deliver();
  }

  /** A limit of time is over (lifespan.startup-timeout, lifespan.stop-timeout). */
  giveUp(): void {
    const step = this.#machine.step('time.expires', undefined);
    if (step.kind !== 'to') return;
    if (step.action === 'give-up') {
      this.#cancel.abort(new Closed('timeout'));
      this.#answer({ kind: 'failed', message: 'the application has not answered in time' });
    }
    this.#clean();
    this.#deliver();
  }

  /** Gives an event of a type that this version does not know. @returns how many such events wait */
  give(event: AnyReceiveEvent): number {
    this.#passed.push(event);
    this.#deliver();
    return this.#passed.length;
  }

  /** Resolves when the application has taken the next of the events that wait, or has ended. */
  taken(): Promise<void> {
    return new Promise((resolve) => this.#taken.push(resolve));
  }

  readonly #receive = (): Promise<AnyReceiveEvent> => {
    if (this.#receiver) {
      return rejected(new Misuse('receive.single', 'an earlier `receive` is still pending'));
    }
    return new Promise((resolve) => {
      this.#receiver = resolve;
      this.#deliver();
    });
  };

  readonly #send = (sent: AnySendEvent): Promise<void> => {
    try {
      const type = typeOf(sent);
      if (this.#pass && type !== undefined && !Object.hasOwn(EVENTS, type)) return this.#pass(sent);
      this.#take(checkEvent(sent, 'lifespan', NO_FEATURES));
    } catch (error) {
      return rejected(error);
    }
    this.#deliver();
    return Promise.resolve();
  };

  #take(event: Readonly<Record<string, unknown>>): void {
    const step = this.#machine.step(event['type'] as string, {
      ready: event as unknown as LifespanReady,
      offers: this.#startup.offers,
    });
    if (step.kind === 'misuse') {
      throw new Misuse(
        step.requirement,
        `${EXPLANATIONS[step.requirement] ?? 'this is not allowed'} (\`${event['type']}\` in the state ${this.#machine.state})`,
      );
    }
    if (step.kind === 'closed') throw new Closed('timeout');
    if (step.kind !== 'to') return;
    if (step.action === 'serve') {
      const { accepts = {}, tunnels = [], state = {} } = event as unknown as LifespanReady;
      this.#answer({
        kind: 'ready',
        accepts: { ...accepts },
        tunnels: [...tunnels],
        // lifespan.state-shared: a copy, made now.
        state: Object.freeze({ ...state }),
        others: Object.fromEntries(Object.entries(event).filter(([key]) => key.includes('.'))),
      });
    } else if (step.action === 'fail') {
      this.#answer({ kind: 'failed', message: event['message'] as string });
    } else if (step.action === 'finish') this.#clean();
  }

  #ends(how: 'application.returns' | 'application.raises', error?: unknown): void {
    const raised = how === 'application.raises';
    const step = this.#machine.step(how, {
      declined: raised && nameOf(error) === 'UnsupportedScope',
    });
    const action = step.kind === 'to' ? step.action : undefined;
    if (action === 'serve') this.#answer({ kind: 'declined' });
    else if (action === 'fail') {
      this.#answer(
        raised
          ? { kind: 'failed', message: inWords(error), error }
          : { kind: 'failed', message: 'the lifespan call returned without an answer' },
      );
    }
    this.#end({ raised, ...(raised ? { error } : {}), early: action === 'drain' });
    this.#clean();
    this.#passed.length = 0;
    this.#release();
  }

  /** The table “The events of a lifespan”; ahead of it, what only passes through. */
  #due(): AnyReceiveEvent | undefined {
    const passed = this.#passed.shift();
    if (passed) {
      this.#release();
      return passed;
    }
    switch (this.#machine.state) {
      case 'called':
        return this.#startup;
      case 'starting':
        return undefined;
      case 'ready': {
        if (!this.#left) return undefined;
        return { type: 'lifespan.drain', deadline_ms: Math.max(0, Math.floor(this.#left())) };
      }
      case 'draining':
        return this.#stopping ? { type: 'lifespan.shutdown' } : undefined;
      case 'stopping':
      case 'over':
      case 'lost':
        return { type: 'lifespan.shutdown' };
    }
  }

  #deliver(): void {
    if (!this.#receiver) return;
    const event = this.#due();
    if (!event) return;
    const resolve = this.#receiver;
    this.#receiver = undefined;
    if (this.#machine.governs(event.type)) this.#machine.step(event.type, undefined);
    resolve(Object.freeze(event));
  }

  #release(): void {
    for (const resolve of this.#taken.splice(0)) resolve();
  }
}

/** What the guards of the machine are asked about. */
type Asked =
  | { readonly ready: LifespanReady; readonly offers: LifespanStartup['offers'] }
  | { readonly declined: boolean }
  | undefined;

const GUARDS = {
  'not-offered': (asked: Asked) =>
    !!asked &&
    'ready' in asked &&
    Object.entries(asked.ready.accepts ?? {}).some(
      ([feature, revision]) =>
        !Object.hasOwn(asked.offers, feature) || !asked.offers[feature]?.includes(revision),
    ),
  'protocol-malformed': (asked: Asked) => {
    const tunnels = asked && 'ready' in asked ? (asked.ready.tunnels ?? []) : [];
    const folded = tunnels.map((protocol) => protocol.toLowerCase());
    return (
      new Set(folded).size < folded.length ||
      folded.includes('websocket') ||
      !tunnels.every((protocol) => PROTOCOL.test(protocol))
    );
  },
  'tunnels-unaccepted': (asked: Asked) =>
    !!asked &&
    'ready' in asked &&
    (asked.ready.tunnels ?? []).length > 0 &&
    !Object.hasOwn(asked.ready.accepts ?? {}, 'tunnel'),
  declined: (asked: Asked) => !!asked && 'declined' in asked && asked.declined,
} as const;
