// What a trace is as a whole: its conversations and what each is about, its waits, what is missing, and what was broken
// or injected. Read once, also where it grows. Knows nothing of machines, rows or drawing.

import type { TraceEvent } from '../../trace/index.ts';
import { Growth } from './growth.ts';
import { Waits } from './waits.ts';

export interface Conversation {
  readonly conn: number;
  /** Place of its first event in the trace. */
  readonly first: number;
  readonly events: number;
  readonly violations: number;
  /** “GET /one”, or “lifespan”; empty where the trace does not tell. */
  readonly title: string;
}

export interface Survey {
  /** By number, in the order of their first events. The lifespan is one of them here, and not counted in words. */
  readonly conversations: ReadonlyMap<number, Conversation>;
  readonly violations: number;
  /** Faults that were injected. */
  readonly faults: number;
  /** Events that were not kept between those that were, or before the first. */
  readonly missing: number;
  /** The most octets that waited after an event; 0 where no event tells. */
  readonly most: number;
  readonly waits: Waits;
  /** Numbers of the events that an event has brought about, by its number. */
  readonly effects: ReadonlyMap<number, readonly number[]>;
}

const HEAD = /^(?:client|http)\.request$/;

type Writable<T> = { -readonly [K in keyof T]: T[K] };

/** Reads a trace that may grow at its end, each event once. */
export class Surveyor {
  #growth = new Growth<TraceEvent>();
  #conversations = new Map<number, Writable<Conversation>>();
  #effects = new Map<number, number[]>();
  #waits = new Waits();
  #counts = { violations: 0, faults: 0, missing: 0, most: 0 };

  /** The survey of a trace. What an earlier one refers to goes on with it. */
  read(events: readonly TraceEvent[]): Survey {
    const from = this.#growth.from(events);
    if (from === 0) {
      this.#conversations = new Map();
      this.#effects = new Map();
      this.#waits = new Waits();
      this.#counts = { violations: 0, faults: 0, missing: 0, most: 0 };
    }
    for (let place = from; place < events.length; place++) this.#take(events, place);
    return {
      ...this.#counts,
      conversations: this.#conversations,
      waits: this.#waits,
      effects: this.#effects,
    };
  }

  #take(events: readonly TraceEvent[], place: number): void {
    const event = events[place] as TraceEvent;
    const { conn, violation, type, payload, cause, buffered, fault } = event;
    const counts = this.#counts;
    let one = this.#conversations.get(conn);
    if (!one) {
      const title = conn === 0 ? 'lifespan' : '';
      one = { conn, first: place, events: 0, violations: 0, title };
      this.#conversations.set(conn, one);
    }
    one.events++;
    if (violation) {
      one.violations++;
      counts.violations++;
    }
    if (one.title === '' && HEAD.test(type))
      one.title = (payload?.preview ?? '').replace(/ HTTP\/[\d.]+$/, '');
    if (fault) counts.faults++;
    if (buffered !== undefined && buffered > counts.most) counts.most = buffered;
    counts.missing += missingBefore(events, place);
    if (cause !== undefined) {
      const effects = this.#effects.get(cause);
      if (effects) effects.push(event.seq);
      else this.#effects.set(cause, [event.seq]);
    }
    this.#waits.take(event, place);
  }
}

/** Surveys a trace in one pass. */
export function survey(events: readonly TraceEvent[]): Survey {
  return new Surveyor().read(events);
}

/**
 * Events that were not kept right before the one at a place: they count in `seq`. Of another run, which counts for
 * itself, only the trace's first event tells.
 */
export function missingBefore(events: readonly TraceEvent[], place: number): number {
  const event = events[place];
  if (!event) return 0;
  const before = events[place - 1];
  if (!before) return Math.max(event.seq - 1, 0);
  return before.run === event.run ? Math.max(event.seq - before.seq - 1, 0) : 0;
}

/** Place of the event with this number, or -1. Events are ordered by `seq`. */
export function placeOf(events: readonly TraceEvent[], seq: number): number {
  let [low, high] = [0, events.length - 1];
  while (low <= high) {
    const middle = (low + high) >> 1;
    const found = (events[middle] as TraceEvent).seq;
    if (found === seq) return middle;
    if (found < seq) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}
