// The life of an application in one process, without I/O (proposal 5): what it is told, and what it may answer.

import { isToken } from '../../interface/fields.ts';
import {
  Closed,
  LIFESPAN_APPLICATION,
  type LifespanApplicationAction,
  type LifespanApplicationGuard,
  type LifespanApplicationState,
  type LifespanReady,
  type LifespanReceiveEvent,
  type LifespanSendEvent,
  type LifespanStartup,
  Misuse,
} from '../../interface/index.ts';
import { type Guards, Machine, type Step } from '../../interface/machine.ts';
import { checkEvent } from '../../interface/shape.ts';
import type { EndOfCall, Received } from './conversation.ts';

/** What an accepted event, the end of the call or a limit of time leads to; see the actions of the machine. */
export interface LifespanStep {
  readonly action: LifespanApplicationAction | undefined;
  readonly state: LifespanApplicationState;
  readonly requirement: string;
}

type Subject = LifespanSendEvent | undefined;

interface Asked {
  readonly startup: LifespanStartup;
  readonly declined: boolean;
}

const GUARDS: Guards<LifespanApplicationGuard, Subject, Asked> = {
  'not-offered': (event, { startup }) => unoffered(event, startup.offers) !== undefined,
  'protocol-malformed': (event) => malformed(event) !== undefined,
  'tunnels-unaccepted': (event) =>
    event?.type === 'lifespan.ready' &&
    (event.tunnels ?? []).length > 0 &&
    !Object.hasOwn(event.accepts ?? {}, 'tunnel'),
  declined: (_, { declined }) => declined,
};

/** The first feature, or revision of one, that was not on offer. */
function unoffered(event: Subject, offers: LifespanStartup['offers']): string | undefined {
  if (event?.type !== 'lifespan.ready') return undefined;
  for (const [feature, revision] of Object.entries(event.accepts ?? {})) {
    if (!Object.hasOwn(offers, feature) || !offers[feature]?.includes(revision))
      return `\`${feature}\` revision ${revision}`;
  }
  return undefined;
}

/** The first element of `tunnels` that breaks tunnel.declared-syntax. */
function malformed(event: Subject): string | undefined {
  if (event?.type !== 'lifespan.ready') return undefined;
  const seen = new Set<string>();
  for (const protocol of event.tunnels ?? []) {
    const folded = protocol.toLowerCase();
    const [name = '', version, ...more] = protocol.split('/');
    const sound = isToken(name) && (version === undefined || isToken(version)) && more.length === 0;
    if (!sound || folded === 'websocket' || seen.has(folded)) return protocol;
    seen.add(folded);
  }
  return undefined;
}

const EXPLANATIONS: Readonly<Record<string, string>> = {
  'lifespan.tunnels-accepted':
    '`tunnels` is not empty, and `accepts` does not name the feature `tunnel`',
  'lifespan.send-order': 'the event does not fit here',
};

export class LifespanConversation implements Asked {
  readonly startup: LifespanStartup;
  declined = false;
  readonly #machine: Machine<
    LifespanApplicationState,
    LifespanApplicationGuard,
    LifespanApplicationAction,
    Subject,
    Asked
  >;
  #ready: LifespanReady | undefined;
  #message: string | undefined;
  #deadline: (() => number) | undefined;
  #stopping = false;
  /** That of the signal, which is given once (cancel.reason, drain.during-startup). */
  #cause: 'timeout' | 'shutdown' = 'timeout';

  constructor(startup: LifespanStartup) {
    this.startup = startup;
    this.#machine = new Machine<
      LifespanApplicationState,
      LifespanApplicationGuard,
      LifespanApplicationAction,
      Subject,
      Asked
    >(LIFESPAN_APPLICATION, GUARDS, this);
  }

  get state(): LifespanApplicationState {
    return this.#machine.state;
  }

  /** What the application sent when it was ready. */
  get ready(): LifespanReady | undefined {
    return this.#ready;
  }

  /** The message of `lifespan.failed`. */
  get message(): string | undefined {
    return this.#message;
  }

  /**
   * Takes an event of the application.
   * @throws Misuse with the requirement broken; nothing has changed
   * @throws Closed once a limit of time has ended the lifespan
   */
  send(sent: unknown): LifespanStep {
    const event = checkEvent(sent, 'lifespan', new Set()) as unknown as LifespanSendEvent;
    const step = this.#machine.step(event.type, event);
    if (step.kind === 'closed') throw new Closed(this.#cause);
    if (step.kind === 'misuse')
      throw new Misuse(step.requirement, this.#explain(step.requirement, event));
    if (event.type === 'lifespan.ready') {
      // lifespan.state-shared: a copy of the map, and of nothing in it.
      this.#ready = { ...event, state: Object.freeze({ ...event.state }) };
    } else if (event.type === 'lifespan.failed') this.#message = event.message;
    return this.#stepOf(step);
  }

  /** The next event, or undefined while there is none (table “The events of a lifespan”). */
  receive(): Received<LifespanReceiveEvent> | undefined {
    switch (this.#machine.state) {
      case 'called':
        return this.#given(this.startup);
      case 'starting':
        return undefined;
      case 'ready':
        if (!this.#deadline) return undefined;
        return this.#given({
          type: 'lifespan.drain',
          deadline_ms: Math.max(0, Math.floor(this.#deadline())),
        });
      case 'draining':
        return this.#stopping ? this.#given({ type: 'lifespan.shutdown' }) : undefined;
      default:
        return this.#given({ type: 'lifespan.shutdown' });
    }
  }

  /** The application's call has ended; `declined` if with `UnsupportedScope`. */
  applicationEnded(how: EndOfCall, declined: boolean): LifespanStep {
    this.declined = declined;
    return this.#stepOf(this.#machine.step(how, undefined));
  }

  /** The time of the start, or of the clean-up, is over. */
  expired(): LifespanStep {
    return this.#stepOf(this.#machine.step('time.expires', undefined));
  }

  /** A drain has begun; `deadline` tells the milliseconds that are left. */
  drain(deadline: () => number): void {
    this.#deadline ??= deadline;
    const { state } = this.#machine;
    if (state === 'called' || state === 'starting') this.#cause = 'shutdown';
  }

  /** The shutdown has begun. */
  shutdown(): void {
    this.#stopping = true;
  }

  #stepOf(step: Step<LifespanApplicationState, LifespanApplicationAction>): LifespanStep {
    return {
      action: step.kind === 'to' ? step.action : undefined,
      state: this.#machine.state,
      requirement: step.kind === 'to' ? step.requirement : '',
    };
  }

  #given(event: LifespanReceiveEvent): Received<LifespanReceiveEvent> {
    const step = this.#machine.step(event.type, undefined);
    return {
      event,
      state: this.#machine.state,
      requirement: step.kind === 'to' ? step.requirement : 'lifespan.shutdown-last',
    };
  }

  #explain(requirement: string, event: LifespanSendEvent): string {
    switch (requirement) {
      case 'lifespan.accepts-offered':
        return `${unoffered(event, this.startup.offers)} was not offered`;
      case 'tunnel.declared-syntax':
        return `${JSON.stringify(malformed(event))} is not a protocol that can be declared as a tunnel, or is declared twice`;
      default:
        return `${EXPLANATIONS[requirement] ?? 'the event is not allowed here'} (\`${event.type}\` in the state ${this.#machine.state})`;
    }
  }
}
