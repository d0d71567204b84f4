// Holds the events of an application: stands between it and its gateway, stops before an event that is asked for, and
// lets held events go in their order. While one is held everything stands, the clock too. Knows neither page nor place.

import { rejected, typeOf, unforced } from '../../gateway/exchange.ts';
import {
  type AnyReceiveEvent,
  type AnySendEvent,
  type Application,
  Misuse,
} from '../../interface/index.ts';
import type { Tap } from '../../trace/index.ts';
import {
  type Arming,
  type Condition,
  type EventOfApplication,
  meets,
  type Standing,
} from '../control.ts';

export interface ControlOptions {
  readonly arming: Arming;
  /** What stands still with the events. */
  readonly time: { hold(): void; release(): void };
  readonly tap: Tap;
  /** The number in the trace of a conversation of the gateway. */
  readonly numberOf: (conn: number) => number;
  /** Something is held now, or nothing is any more, or another event stands first. */
  readonly onStanding: () => void;
}

interface Held {
  readonly event: EventOfApplication;
  go(): void;
}

export class Control {
  readonly #options: ControlOptions;
  #when: Condition | undefined;
  #stepping: boolean;
  /** In the order in which they came. Everything stands before the first. */
  readonly #held: Held[] = [];
  #stands = false;
  #waiting: (() => void)[] = [];

  constructor(options: ControlOptions) {
    this.#options = options;
    this.#when = options.arming.when;
    this.#stepping = options.arming.paused === true;
  }

  get paused(): boolean {
    return this.#stands;
  }

  get standing(): Omit<Standing, 'open'> {
    return {
      before: this.#held[0]?.event ?? null,
      held: this.#held.length,
      stepping: this.#stepping,
    };
  }

  arm(when: Condition | undefined): void {
    this.#when = when;
  }

  /** Lets one event go, if one is held, and stops before the next. */
  step(): void {
    this.#stepping = true;
    this.#letGo();
    this.#settle();
  }

  /** Lets everything go, up to an event that is to be stopped before. */
  resume(): void {
    this.#stepping = false;
    do this.#letGo();
    while (this.#held[0] && !(this.#when && meets(this.#when, this.#held[0].event)));
    this.#settle();
  }

  /** Lets everything go, and stops before nothing any more. */
  release(): void {
    this.#when = undefined;
    this.#stepping = false;
    while (this.#held.length > 0) this.#letGo();
    this.#settle();
  }

  /** Resolves when nothing is held. */
  running(): Promise<void> {
    return this.#stands ? new Promise((resolve) => this.#waiting.push(resolve)) : DONE;
  }

  /** The application with its events in this control's hands. Its lifespan is left alone: it has limits of its own. */
  wrap(application: Application): Application {
    return (scope, receive, send) => {
      if (scope.type === 'lifespan') return application(scope, receive, send);
      const conn = this.#options.numberOf(Number(scope.id.slice(scope.id.lastIndexOf('-') + 1)));
      const call = application(scope, this.#receiver(conn, receive), this.#sender(conn, send));
      // Behind what it has sent and not waited for.
      return Promise.resolve(call).then(
        () => this.#pass({ conn, dir: 'internal', type: 'application.returns' }, noop),
        (error: unknown) =>
          this.#pass({ conn, dir: 'internal', type: 'application.raises' }, () => {
            throw error;
          }),
      );
    };
  }

  #sender(conn: number, send: (event: AnySendEvent) => Promise<void>) {
    return (event: AnySendEvent): Promise<void> => {
      const about: EventOfApplication = { conn, dir: 'out', type: typeOf(event) };
      if (!this.#stops(about)) return send(event);
      return unforced(this.#hold(about, () => send(event)));
    };
  }

  #receiver(conn: number, receive: () => Promise<AnyReceiveEvent>) {
    let held = false;
    return (): Promise<AnyReceiveEvent> => {
      // The gateway has given its event, and takes the one before for settled.
      if (held) return rejected(this.#single(conn));
      return unforced(
        receive().then((event) => {
          const about: EventOfApplication = { conn, dir: 'in', type: event.type };
          if (!this.#stops(about)) return event;
          held = true;
          return this.#hold(about, () => {
            held = false;
            return event;
          });
        }),
      );
    };
  }

  #single(conn: number): Misuse {
    const error = new Misuse('receive.single', 'an earlier `receive` is still pending');
    const { requirement, message } = error;
    this.#options.tap({
      conn,
      lane: 'app',
      dir: 'in',
      type: 'receive',
      phase: 'i',
      requirement,
      violation: { requirement, message },
    });
    return error;
  }

  #pass<T>(event: EventOfApplication, act: () => T): T | Promise<T> {
    return this.#stops(event) ? this.#hold(event, act) : act();
  }

  /** Whether an event that comes now is held. All are while one is: everything stands still. */
  #stops(event: EventOfApplication): boolean {
    if (this.#held.length > 0 || this.#stepping) return true;
    return this.#when !== undefined && meets(this.#when, event);
  }

  /** @returns what `act` gives once the event is let go */
  #hold<T>(event: EventOfApplication, act: () => T | Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const go = () => {
        try {
          resolve(act());
        } catch (error) {
          reject(error);
        }
      };
      this.#held.push({ event, go });
      this.#stepping = false;
      this.#settle();
    });
  }

  #letGo(): void {
    this.#held.shift()?.go();
  }

  #settle(): void {
    const stands = this.#held.length > 0;
    if (stands) this.#stepping = false;
    if (stands !== this.#stands) {
      this.#stands = stands;
      if (stands) this.#options.time.hold();
      else {
        this.#options.time.release();
        const waiting = this.#waiting;
        this.#waiting = [];
        for (const resolve of waiting) resolve();
      }
    }
    this.#options.onStanding();
  }
}

const DONE = Promise.resolve();
const noop = () => {};
