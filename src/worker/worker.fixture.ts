// A worker in this process (proposal 12), so that whatever is held to the specification can be held to it through frames:
// an application behind it is called by way of octets. In the order and the form that the text asks of a worker.

import {
  type Application,
  Closed,
  INTERFACE_VERSION,
  Misuse,
  UnsupportedScope,
} from '../interface/index.ts';
import {
  FrameReader,
  FrameWriter,
  KIND,
  type Metadata,
  MOST_DATA,
  readMetadata,
} from './frames.ts';
import { createFront, type Front, type FrontOptions } from './front.ts';

/** How octets go to and fro: by default in whole writes, each in a turn of its own. */
export interface Link {
  /** Cuts what is written into what is read at a time. */
  readonly cut?: (octets: Uint8Array) => readonly Uint8Array[];
}

const CREDIT = 65_536;

/** An application, called through a front, two streams and a worker. */
export function behindFrames(
  application: Application,
  options: FrontOptions & Link = {},
): Application & { readonly front: Front } {
  const cut = options.cut ?? ((octets) => [octets]);
  const later = (act: () => void) => setImmediate(act);
  const front: Front = createFront(
    {
      write: (pieces) =>
        later(() => {
          for (const piece of pieces) for (const part of cut(piece)) worker.feed(part);
        }),
      end: () => later(() => worker.eof()),
    },
    options,
  );
  const worker = new LocalWorker(application, (pieces) =>
    later(() => {
      for (const piece of pieces) for (const part of cut(piece)) front.feed(part);
    }),
  );
  return Object.assign(
    ((scope: never, receive: never, send: never) =>
      front.application(scope, receive, send)) as unknown as Application,
    { front },
  );
}

interface Call {
  readonly settled: Map<number, PromiseWithResolvers<void>>;
  readonly events: Record<string, unknown>[];
  readonly outbox: Uint8Array[];
  readonly cancel: AbortController;
  receiver: PromiseWithResolvers<unknown> | undefined;
  asked: boolean;
  written: number;
  balance: number;
  closed: boolean;
  ended: boolean;
  outcome: Metadata | undefined;
  /** What is being received: an event, and its payload so far. */
  incoming:
    | { event: Record<string, unknown>; name: string; size: number; here: Uint8Array[] }
    | undefined;
}

class LocalWorker {
  readonly #application: Application;
  readonly #out: (pieces: readonly Uint8Array[]) => void;
  readonly #reader = new FrameReader();
  readonly #writer = new FrameWriter();
  readonly #calls = new Map<number, Call>();
  #state: unknown = Object.freeze({});
  #balance = 0;
  #initial = 0;

  constructor(application: Application, out: (pieces: readonly Uint8Array[]) => void) {
    this.#application = application;
    this.#out = out;
  }

  feed(octets: Uint8Array): void {
    for (const { kind, conversation, data } of this.#reader.feed(octets)) {
      if (kind === KIND.data) {
        this.#write(KIND.credit, 0, { octets: data.length });
        this.#data(this.#calls.get(conversation), conversation, data);
      } else this.#take(kind, conversation, readMetadata(data));
    }
  }

  eof(): void {}

  #take(kind: number, number: number, content: Record<string, unknown>): void {
    const call = this.#calls.get(number);
    switch (kind) {
      case KIND.hello:
        this.#balance = content.connection_credit as number;
        this.#initial = content.conversation_credit as number;
        this.#write(KIND.hello, 0, {
          frames: 1,
          interface: INTERFACE_VERSION,
          software: 'fixture',
          connection_credit: CREDIT,
          conversation_credit: CREDIT,
          conversations: 1000,
        });
        return;
      case KIND.open:
        this.#open(number, content.scope as Record<string, unknown>);
        return;
      case KIND.credit:
        if (number === 0) this.#balance += content.octets as number;
        else if (call) call.balance += content.octets as number;
        this.#transmit();
        return;
      case KIND.fault:
        throw new Error(`the front gave up: ${content.code}: ${content.message}`);
    }
    if (!call) return;
    if (kind === KIND.cancel) {
      call.cancel.abort(new Closed(content.cause as string, content.code as number | undefined));
    } else if (kind === KIND.event) {
      const event = content.event as Record<string, unknown>;
      if (content.payload === undefined) this.#give(call, number, event, 0);
      else {
        const size = content.size as number;
        call.incoming = { event, name: content.payload as string, size, here: [] };
        if (size === 0) this.#whole(call, number);
      }
    } else if (kind === KIND.settled) {
      const settling = call.settled.get(content.event as number);
      call.settled.delete(content.event as number);
      if (content.error === 'closed') {
        call.closed = true;
        call.outbox.length = 0;
        settling?.reject(new Closed(content.cause as string, content.code as number | undefined));
        this.#finish(call, number);
      } else if (content.error === 'misuse')
        settling?.reject(new Misuse(content.requirement as string, content.message as string));
      else settling?.resolve();
    }
  }

  #data(call: Call | undefined, number: number, octets: Uint8Array): void {
    const incoming = call?.incoming;
    if (!call || !incoming) return;
    incoming.here.push(octets.slice());
    const here = incoming.here.reduce((sum, piece) => sum + piece.length, 0);
    if (here === incoming.size) this.#whole(call, number);
    else this.#write(KIND.credit, number, { octets: octets.length });
  }

  #whole(call: Call, number: number): void {
    const { event, name, here, size } = call.incoming as NonNullable<Call['incoming']>;
    call.incoming = undefined;
    const octets = Buffer.concat(here);
    event[name] = name === 'data' ? new Uint8Array(octets) : octets.toString('utf8');
    this.#give(call, number, event, size === 0 ? 0 : (here.at(-1)?.length ?? 0));
  }

  #give(call: Call, number: number, event: Record<string, unknown>, octets: number): void {
    call.asked = false;
    if (octets > 0) this.#write(KIND.credit, number, { octets });
    const { receiver } = call;
    call.receiver = undefined;
    receiver?.resolve(event);
  }

  #open(number: number, fields: Record<string, unknown>): void {
    const call: Call = {
      settled: new Map(),
      events: [],
      outbox: [],
      cancel: new AbortController(),
      receiver: undefined,
      asked: false,
      written: 0,
      balance: this.#initial,
      closed: false,
      ended: false,
      outcome: undefined,
      incoming: undefined,
    };
    this.#calls.set(number, call);
    const scope = frozen({
      ...fields,
      local: Object.freeze({ state: this.#state, cancel: call.cancel.signal }),
    });
    const receive = () => {
      if (call.receiver)
        return quiet(Promise.reject(new Misuse('receive.single', 'an earlier one is pending')));
      if (!call.asked && !call.ended) {
        call.asked = true;
        this.#write(KIND.receive, number);
      }
      call.receiver = Promise.withResolvers();
      return call.receiver.promise;
    };
    const send = (event: unknown) => {
      try {
        return quiet(this.#send(call, number, event));
      } catch (error) {
        return quiet(Promise.reject(error));
      }
    };
    let result: unknown;
    try {
      result = this.#application(scope as never, receive as never, send as never);
    } catch (error) {
      result = Promise.reject(error);
    }
    Promise.resolve(result).then(
      () => this.#ended(call, number, { outcome: 'returned' }),
      (error: unknown) => this.#ended(call, number, outcomeOf(error)),
    );
  }

  #send(call: Call, number: number, sent: unknown): Promise<void> {
    if (call.ended) return Promise.reject(new Closed('complete'));
    const place = ++call.written;
    const settling = Promise.withResolvers<void>();
    quiet(settling.promise);
    call.settled.set(place, settling);
    if (typeof sent !== 'object' || sent === null) {
      this.#write(KIND.event, number, { event: { type: { $invalid: typeof sent } } });
      return settling.promise;
    }
    const event = { ...(sent as Record<string, unknown>) };
    if (event.type === 'lifespan.ready') {
      this.#state = Object.freeze({ ...(event.state as object) });
      delete event.state;
    }
    let payload: { name: string; octets: Uint8Array } | undefined;
    if (event.data instanceof Uint8Array && event.type !== 'lifespan.ready') {
      payload = { name: 'data', octets: event.data.slice() };
      delete event.data;
    } else if (typeof event.text === 'string' && event.text.isWellFormed()) {
      payload = { name: 'text', octets: new TextEncoder().encode(event.text) };
      delete event.text;
    }
    const metadata = written(event) as Metadata;
    this.#write(KIND.event, number, {
      event: metadata,
      ...(payload ? { payload: payload.name, size: payload.octets.length } : {}),
    });
    if (payload && payload.octets.length > 0 && !call.closed) {
      call.outbox.push(payload.octets);
      this.#transmit();
    }
    return settling.promise;
  }

  #ended(call: Call, number: number, outcome: Metadata): void {
    call.ended = true;
    call.outcome = outcome;
    for (const settling of call.settled.values()) settling.resolve();
    this.#finish(call, number);
  }

  /** `end` stands behind the payloads. */
  #finish(call: Call, number: number): void {
    if (!call.outcome || call.outbox.length > 0) return;
    this.#write(KIND.end, number, call.outcome);
    call.outcome = undefined;
    this.#calls.delete(number);
  }

  #transmit(): void {
    for (let went = true; went && this.#balance > 0; ) {
      went = false;
      for (const [number, call] of this.#calls) {
        const [first] = call.outbox;
        const length = Math.min(first?.length ?? 0, call.balance, this.#balance, MOST_DATA);
        if (!first || length === 0) continue;
        went = true;
        call.balance -= length;
        this.#balance -= length;
        this.#writer.data(number, first.subarray(0, length));
        if (length === first.length) call.outbox.shift();
        else call.outbox[0] = first.subarray(length);
        this.#finish(call, number);
      }
    }
    this.#flush();
  }

  #write(kind: number, number: number, content?: Metadata): void {
    this.#writer.metadata(kind, number, content);
    this.#flush();
  }

  #flush(): void {
    const pieces = this.#writer.take();
    if (pieces.length > 0) this.#out(pieces);
  }
}

function outcomeOf(error: unknown): Metadata {
  const { name, message, requirement, stack } = Object(error) as Misuse;
  if (name === 'Closed') return { outcome: 'closed' };
  if (error instanceof UnsupportedScope || name === 'UnsupportedScope')
    return { outcome: 'unsupported_scope' };
  return {
    outcome: 'raised',
    message: error instanceof Error ? message : String(error),
    ...(name === 'Misuse' ? { requirement } : {}),
    ...(typeof stack === 'string' ? { detail: stack } : {}),
  };
}

/** With the marks of worker.unencodable for what has no form. */
function written(value: unknown): unknown {
  if (typeof value === 'string') return value.isWellFormed() ? value : { $invalid: 'string' };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { $invalid: 'number' };
  if (value === null || typeof value === 'boolean') return value;
  if (value instanceof Uint8Array) return { $base64: Buffer.from(value).toString('base64') };
  if (Array.isArray(value)) return Array.from(value, written);
  if (typeof value !== 'object') return { $invalid: typeof value };
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== null && Object.getPrototypeOf(prototype) !== null)
    return { $invalid: prototype.constructor?.name ?? 'object' };
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => [name, written(inner)]),
  );
}

function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value)) if (!(inner instanceof AbortSignal)) frozen(inner);
  return Object.freeze(value);
}

function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
