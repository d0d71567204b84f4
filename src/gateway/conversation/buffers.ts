// The two buffers of a conversation and what they count (proposal 6, “What the buffers count”).

import type {
  Fields,
  FlowOutputAction,
  FlowOutputGuard,
  FlowOutputState,
} from '../../interface/index.ts';
import { FLOW_OUTPUT } from '../../interface/index.ts';
import { type Guards, inputOf, Machine } from '../../interface/machine.ts';

/** Octets that keeping one event counts, beside its fields. */
export const EVENT_OVERHEAD = 32;

/** Names and values together, in octets. */
export function sizeOfFields(fields: Fields): number {
  let size = 0;
  for (let i = 0; i < fields.length; i++) {
    const pair = fields[i] as readonly [string, string];
    size += pair[0].length + pair[1].length;
  }
  return size;
}

/** Octets in pieces of at most `most`, which share their memory. Usually one. */
export function pieces(data: Uint8Array, most: number): readonly Uint8Array[] {
  if (data.length <= most) return [data];
  const cut: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += most) cut.push(data.subarray(at, at + most));
  return cut;
}

/** Length of a text in UTF-8, without making it. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) continue;
    if (unit < 0x800) length += 1;
    else if (unit >= 0xd800 && unit <= 0xdbff) {
      // A pair of two units has four octets.
      length += 2;
      i++;
    } else length += 2;
  }
  return length;
}

/** For a buffer of which nothing waits: never written to. */
const NO_EVENTS: number[] = [];

/** What waits at the transport, in octets of the wire. */
export interface Waiting {
  /** Handed over, and not yet taken by the system. */
  readonly waiting: number;
  /** Handed over so far. */
  readonly written: number;
}

const ACCEPTED = inputOf('event.accepted');
const TAKEN = inputOf('octets.taken');
const ENDED = inputOf('output.ends');
const LOST = inputOf('peer.lost');

const OUTPUT_GUARDS: Guards<FlowOutputGuard, undefined, OutputBuffer> = {
  'at-high-water': (_, buffer) => buffer.load >= buffer.highWaterMark,
  'above-low-water': (_, buffer) => buffer.load > buffer.highWaterMark * 0.75,
};

/** The output buffer. Its low-water mark is three quarters of the high one. */
export class OutputBuffer {
  readonly #highWaterMark: number;
  readonly #wire: Waiting;
  readonly #machine: Machine<
    FlowOutputState,
    FlowOutputGuard,
    FlowOutputAction,
    undefined,
    OutputBuffer
  >;
  /** For each event of which octets wait: where it ends, in octets of the wire, and its size, in turn. */
  #events: number[] = NO_EVENTS;
  #head = 0;
  /** The sizes of these events together. */
  #sizes = 0;

  constructor(highWaterMark: number, wire: Waiting) {
    this.#highWaterMark = highWaterMark;
    this.#wire = wire;
    this.#machine = new Machine<
      FlowOutputState,
      FlowOutputGuard,
      FlowOutputAction,
      undefined,
      OutputBuffer
    >(FLOW_OUTPUT, OUTPUT_GUARDS, this);
  }

  get state(): FlowOutputState {
    return this.#machine.state;
  }

  get highWaterMark(): number {
    return this.#highWaterMark;
  }

  /**
   * The load: the sizes of the events that wait. Of one that was taken in part, what is left counts, and the 32 until its
   * last octet.
   */
  get load(): number {
    const { waiting, written } = this.#wire;
    if (waiting === 0) {
      this.#forget();
      return 0;
    }
    const taken = written - waiting;
    const events = this.#events;
    while (this.#head < events.length && (events[this.#head] as number) <= taken) {
      this.#sizes -= events[this.#head + 1] as number;
      this.#head += 2;
    }
    if (this.#head === events.length) {
      this.#forget();
      return 0;
    }
    if (this.#head > 1024 && this.#head * 2 > events.length) {
      this.#events = events.slice(this.#head);
      this.#head = 0;
    }
    const left = (this.#events[this.#head] as number) - taken + EVENT_OVERHEAD;
    const size = this.#events[this.#head + 1] as number;
    return this.#sizes - size + Math.min(size, left);
  }

  #forget(): void {
    this.#events = NO_EVENTS;
    this.#head = 0;
    this.#sizes = 0;
  }

  /** An event of `size` octets was handed to the wire. @returns whether its `send` waits */
  accepted(size: number): boolean {
    const { waiting, written } = this.#wire;
    if (waiting === 0) this.#forget();
    else {
      if (this.#events === NO_EVENTS) this.#events = [];
      this.#events.push(written, size);
      this.#sizes += size;
    }
    this.#machine.step(ACCEPTED, undefined);
    return this.#machine.state === 'full';
  }

  /** The system has taken octets. @returns whether the waiting `send`s resolve */
  taken(): boolean {
    const step = this.#machine.step(TAKEN, undefined);
    return step.kind === 'to' && step.action === 'resolve';
  }

  /** The application can send no more data. @returns whether the waiting `send`s resolve */
  ends(): boolean {
    return this.#machine.step(ENDED, undefined).kind === 'to';
  }

  /** The peer is lost. @returns whether the waiting `send`s fail */
  lost(): boolean {
    return this.#machine.step(LOST, undefined).kind === 'to';
  }
}

/** The input buffer: events that are ready and that no `receive` has given. */
export class InputBuffer<Event extends { readonly type: string }> {
  readonly #highWaterMark: number;
  /** Events and their sizes in turn; made when the first one comes. */
  #items: (Event | number)[] | undefined;
  #head = 0;
  #load = 0;
  #full = false;

  constructor(highWaterMark: number) {
    this.#highWaterMark = highWaterMark;
  }

  get load(): number {
    return this.#load;
  }

  /** From the moment at which the load reaches the high-water mark until it is at the low one, which is half of it. */
  get full(): boolean {
    return this.#full;
  }

  get empty(): boolean {
    return this.#items === undefined || this.#head === this.#items.length;
  }

  push(event: Event, size: number): void {
    this.#items ??= [];
    this.#items.push(event, size);
    this.#load += size;
    if (this.#load >= this.#highWaterMark) this.#full = true;
  }

  shift(): Event | undefined {
    const items = this.#items;
    if (items === undefined || this.#head === items.length) return undefined;
    const event = items[this.#head] as Event;
    this.#load -= items[this.#head + 1] as number;
    this.#head += 2;
    if (this.#head === items.length) this.clear();
    else {
      if (this.#head > 1024 && this.#head * 2 > items.length) {
        this.#items = items.slice(this.#head);
        this.#head = 0;
      }
      if (this.#load <= this.#highWaterMark >> 1) this.#full = false;
    }
    return event;
  }

  clear(): void {
    this.#items = undefined;
    this.#head = 0;
    this.#load = 0;
    this.#full = false;
  }
}
