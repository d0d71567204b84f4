// Joins one call of the application, its conversation and its wire: keeps the pending `receive` and `send`s, carries what
// the conversation decides to the wire, keeps the limits of time, and tells the tap what happened.

import {
  type AnyReceiveEvent,
  type AnySendEvent,
  type Application,
  Closed,
  EVENTS,
  type Fields,
  type HttpScope,
  type Limits,
  Misuse,
  type TunnelScope,
  type WebsocketScope,
} from '../interface/index.ts';
import { payloadOf, type SourcePosition, type Tap, type TraceStep } from '../trace/index.ts';
import type { Clock } from './clock.ts';
import { OutputBuffer, type Waiting } from './conversation/buffers.ts';
import type { Accepted, Conversation, EndOfCall, Received } from './conversation/conversation.ts';
import type { HttpConversation } from './conversation/http.ts';
import type { Output } from './conversation/output.ts';
import { TunnelConversation } from './conversation/tunnel.ts';
import { WebsocketConversation } from './conversation/websocket.ts';
import { nextTurn } from './turn.ts';
import type { Exchange, LossCause, Wire } from './wire.ts';

export type ConversationScope = HttpScope | WebsocketScope | TunnelScope;

/** A fault of the application, for the operator's log. */
export interface Fault {
  readonly scope: ConversationScope | { readonly type: 'lifespan'; readonly id: string };
  /** The requirement that was broken, if it was one. */
  readonly requirement?: string;
  readonly message: string;
  readonly error?: unknown;
}

/** What all exchanges of a gateway share. */
export interface Surroundings {
  readonly limits: Limits;
  readonly clock: Clock;
  readonly tap: Tap | undefined;
  readonly onFault: ((fault: Fault) => void) | undefined;
  readonly locate: ((stack: string) => SourcePosition | undefined) | undefined;
  /** A call of the application has ended. */
  readonly returned: () => void;
  /** The exchange has nothing left to do. */
  readonly over: (exchange: RunningExchange) => void;
}

/**
 * `scope.local`. The signal is made with it, as a property that copies of the object have too: measured, an accessor of
 * its own that makes it late takes four times as long.
 */
export class LocalHandles {
  readonly state: Readonly<Record<string, unknown>>;
  readonly cancel: AbortSignal;
  readonly #controller = new AbortController();

  constructor(state: Readonly<Record<string, unknown>>) {
    this.state = state;
    this.cancel = this.#controller.signal;
  }

  /** Signals; a second time changes nothing (cancel.once). */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }
}

interface Deferred<T> {
  resolve(value: T): void;
  reject(error: unknown): void;
  /** In the trace, where there is one. */
  span?: number;
}

export class RunningExchange implements Exchange, Waiting {
  /** Among those that are open: the gateway's own. */
  place = 0;
  readonly #scope: ConversationScope;
  readonly #local: LocalHandles;
  readonly #wire: Wire;
  readonly #conn: number;
  readonly #around: Surroundings;
  readonly #conversation: Conversation<AnyReceiveEvent & { readonly type: string }>;
  readonly #websocket: WebsocketConversation | undefined;
  readonly #tunnel: TunnelConversation | undefined;
  readonly #output: OutputBuffer;
  #receiver: Deferred<AnyReceiveEvent> | undefined;
  #senders: Deferred<void>[] | undefined;
  #paused = false;
  #returned = false;
  #over = false;
  #body = 0;
  /** Sends that resolved at once, since one last waited for a turn of the event loop. */
  #streak = 0;

  // For the trace: waits so far, and the events that others follow from.
  #spans = 0;
  #arrival: number | undefined;
  #loss: number | undefined;

  // Limits of time, as stamps of the clock.
  #inputSince: number;
  #outputSince: number;
  #taken = 0;
  #pinged = false;
  #closeSince: number | undefined;

  constructor(
    scope: ConversationScope,
    local: LocalHandles,
    wire: Wire,
    conn: number,
    conversation: HttpConversation | WebsocketConversation | TunnelConversation,
    around: Surroundings,
  ) {
    this.#scope = scope;
    this.#local = local;
    this.#wire = wire;
    this.#conn = conn;
    this.#around = around;
    this.#conversation = conversation as unknown as Conversation<AnyReceiveEvent>;
    this.#websocket = conversation instanceof WebsocketConversation ? conversation : undefined;
    this.#tunnel = conversation instanceof TunnelConversation ? conversation : undefined;
    this.#output = new OutputBuffer(scope.limits.send_buffer_octets, this);
    this.#inputSince = around.clock.stamp;
    this.#outputSince = this.#inputSince;
    if (around.tap) {
      const { method, target, http_version, headers } = scope;
      this.#trace('gateway', 'in', 'http.request', {
        requirement: 'app.once-per-scope',
        payload: { preview: `${method} ${target} HTTP/${http_version}`, fields: headers },
      });
    }
  }

  get id(): string {
    return this.#scope.id;
  }

  get type(): 'http' | 'websocket' | 'tunnel' {
    return this.#scope.type;
  }

  get over(): boolean {
    return this.#over;
  }

  get running(): boolean {
    return !this.#returned;
  }

  // What waits, for the output buffer: at the wire, and for it.

  get waiting(): number {
    return this.#wire.waiting + this.#queued;
  }

  get written(): number {
    return this.#wire.written + this.#queued;
  }

  /** Octets that the conversation keeps for the wire. */
  get #queued(): number {
    return this.#websocket?.queued ?? this.#tunnel?.queued ?? 0;
  }

  /** Calls the application, once. */
  run(application: Application): void {
    let call: Promise<void>;
    try {
      call = application(this.#scope, this.receive, this.send);
    } catch (error) {
      call = Promise.reject(error);
    }
    // What is returned can be any thenable, or nothing.
    Promise.resolve(call).then(
      () => this.#ended(),
      (error: unknown) => this.#failed(error),
    );
  }

  // The application's side.

  readonly receive = (): Promise<AnyReceiveEvent> => {
    if (this.#receiver) {
      return rejected(
        this.#misused(
          'in',
          'receive',
          new Misuse('receive.single', 'an earlier `receive` is still pending'),
          undefined,
        ),
      );
    }
    const owed = this.#conversation.asked();
    if (owed.length > 0) {
      this.#inputSince = this.#around.clock.stamp;
      this.#apply(owed, 'http.continue.on-receive');
    }
    return new Promise((resolve, reject) => {
      const receiver: Deferred<AnyReceiveEvent> = { resolve, reject };
      this.#receiver = receiver;
      this.#deliver();
      if (this.#around.tap && this.#receiver === receiver) {
        receiver.span = ++this.#spans;
        this.#trace('app', 'out', 'receive', { phase: 'B', span: receiver.span });
      }
    });
  };

  readonly send = (event: AnySendEvent): Promise<void> => {
    let accepted: Accepted;
    try {
      accepted = this.#conversation.send(event);
    } catch (error) {
      if (error instanceof Misuse)
        return rejected(this.#misused('out', typeOf(event), error, event));
      if (error instanceof Closed) {
        this.#trace('app', 'out', typeOf(event), {
          state: this.#conversation.state,
          requirement: 'closed.on-send',
          payload: { preview: error.message },
          ...causedBy(this.#loss),
        });
      }
      // Anything else is an event that cannot be read, or a fault of the gateway. It is never thrown at the caller.
      return rejected(error);
    }
    this.#apply(accepted.outputs);
    this.#pull();
    // Counted before anything else happens: what came early can end what was just accepted.
    const { size, ends } = accepted;
    const full = size > 0 && !ends && this.#output.accepted(size);
    const sent = this.#around.tap && this.#traceSent(event, accepted);
    const settled = this.#count(accepted, full, sent);
    if (event.type === 'websocket.accept' || event.type === 'tunnel.accept') this.#begin();
    if (this.#receiver) this.#deliver();
    if (ends) {
      // What is discarded makes room (websocket.close-discards).
      this.#flow();
      this.#finish();
    }
    return settled;
  };

  /**
   * Settles the `send` of an event that is in the output buffer.
   * @param full the high-water mark is reached
   * @param sent number of the event in the trace
   */
  #count({ size, ends }: Accepted, full: boolean, sent: number | undefined): Promise<void> {
    if (ends) {
      if (this.#output.ends()) this.#resolveSenders('flow.end-settles');
      return DONE;
    }
    if (size === 0) return DONE;
    if (full && this.waiting > 0) {
      const span = this.#around.tap && this.#traceWait(sent);
      return unforced(
        new Promise((resolve, reject) => {
          this.#senders ??= [];
          this.#senders.push({ resolve, reject, ...(span === undefined ? {} : { span }) });
        }),
      );
    }
    // Taken at once, and with it what the conversation had kept for the wire.
    if (full && this.#output.taken()) this.#resolveSenders();
    // An application that only sends, to a system that takes everything at once, would stop the event loop for all.
    if (++this.#streak < STREAK) return DONE;
    this.#streak = 0;
    return nextTurn();
  }

  // The transport's side.

  octets(data: Uint8Array): void {
    if (this.#over || data.length === 0) return;
    const stamp = this.#around.clock.stamp;
    this.#inputSince = stamp;
    this.#pinged = false;
    const conversation = this.#conversation;
    if (this.#scope.type === 'http') {
      this.#body += data.length;
      const { body_octets } = this.#scope.limits;
      if (body_octets !== null && this.#body > body_octets) {
        this.giveUp('limit', 413);
        return;
      }
      if (!conversation.expectsInput) return;
      conversation.octets(data);
      this.#arrived('http.request.body', { data });
    } else {
      const before = conversation.lossCause;
      const outputs = conversation.octets(data);
      if (before === undefined && conversation.lossCause !== undefined) this.#noteLoss();
      this.#apply(outputs);
      this.#pull();
    }
    this.#deliver();
    if (conversation.full) this.#stop();
    this.#finish();
  }

  end(trailers: Fields = NO_FIELDS): void {
    if (this.#over) return;
    const conversation = this.#conversation;
    if (this.#scope.type === 'http') {
      if (!conversation.expectsInput) return;
      conversation.end(trailers);
      this.#arrived('http.request.end', { trailers });
    } else {
      const before = conversation.lossCause;
      const outputs = conversation.end();
      if (before === undefined && conversation.lossCause !== undefined) this.#noteLoss();
      this.#apply(outputs);
    }
    this.#deliver();
    this.#finish();
  }

  taken(): void {
    this.#pull();
    if (this.#output.taken()) this.#resolveSenders();
    // A Close frame may have been written just now (websocket.closed.when).
    if (this.#websocket) this.#deliver();
    this.#finish();
  }

  lost(cause: LossCause, code?: number): void {
    if (this.#over) return;
    if (this.#conversation.lost(cause, code)) this.#noteLoss();
    else if (this.#output.lost()) this.#rejectSenders();
    this.#gone = true;
    this.#deliver();
    this.#finish();
  }

  giveUp(cause: 'limit' | 'protocol_error' | 'timeout', status?: 400 | 408 | 413 | 431): void {
    if (this.#over || this.#gone) return;
    const conversation = this.#conversation;
    if (this.#websocket?.accepted || this.#tunnel?.accepted) {
      this.#breakOff(cause);
      return;
    }
    const wasOpen = conversation.responseState === 'open';
    const wasOver = conversation.responseOver;
    if (conversation.lost(cause)) this.#noteLoss();
    // A response that was over leaves nothing to answer.
    if (!wasOver) this.#apply(conversation.giveUp(wasOpen, status, 'cancel'), GIVEN_UP);
    this.#deliver();
    this.#finish();
  }

  fileLost(error: unknown): void {
    if (this.#over) return;
    this.#fault({ requirement: 'http.file.lost', message: inWords(error), error });
    const outputs = this.#conversation.fileLost();
    if (this.#conversation.lossCause !== undefined) this.#noteLoss();
    this.#apply(outputs, 'http.file.lost');
    this.#deliver();
    this.#finish();
  }

  // The gateway's side.

  /** A drain has begun (drain.notice). */
  drain(deadline: () => number): void {
    this.#conversation.drain(deadline);
    this.#deliver();
  }

  /** The deadline of a drain has passed (drain.after-deadline, cancel.on-deadline). */
  deadline(): void {
    if (this.#over || this.#expired) return;
    this.#expired = true;
    const conversation = this.#conversation;
    const wasOver = conversation.responseOver;
    if (this.#websocket?.accepted) {
      const outputs = this.#websocket.deadline();
      if (conversation.lossCause !== undefined) this.#noteLoss();
      this.#apply(outputs, DEADLINE);
      this.#pull();
    } else if (this.#tunnel?.accepted) {
      this.#breakOff('shutdown');
    } else if (!wasOver) {
      const wasOpen = conversation.responseState === 'open';
      if (conversation.lost('shutdown')) this.#noteLoss();
      this.#apply(conversation.giveUp(wasOpen, 503, 'internal'), DEADLINE);
    } else if (!this.#gone && this.waiting > 0) {
      this.#apply([{ do: 'abort', code: 'cancel' }], DEADLINE);
    }
    this.#local.abort(new Closed('shutdown'));
    this.#deliver();
    this.#finish();
  }

  /** Looks at the limits of time (proposal 6, “Time”). */
  check(): void {
    if (this.#over || this.#gone) return;
    const { clock, limits } = this.#around;
    const websocket = this.#websocket;
    const conversation = this.#conversation;
    // To take octets.
    if (this.#wire.waiting > 0) {
      const taken = this.#wire.written - this.#wire.waiting;
      if (taken !== this.#taken) {
        this.#taken = taken;
        this.#outputSince = clock.stamp;
      } else if (clock.passed(this.#outputSince, limits.idle_ms)) {
        this.#stalled();
        return;
      }
    }
    if (this.#scope.type === 'http') {
      const http = conversation as unknown as HttpConversation;
      if (http.expectsInput && !this.#paused && !http.withholdsContinue) {
        if (clock.passed(this.#inputSince, limits.idle_ms)) this.giveUp('timeout', 408);
      }
      return;
    }
    if (websocket?.accepted) {
      if (websocket.closeWritten) {
        // websocket.close-timeout
        this.#closeSince ??= clock.stamp;
        if (clock.passed(this.#closeSince, limits.idle_ms)) this.#breakOff('timeout');
      } else if (
        websocket.open &&
        !this.#paused &&
        clock.passed(this.#inputSince, limits.idle_ms)
      ) {
        // websocket.keep-alive
        this.#inputSince = clock.stamp;
        if (this.#pinged) this.#breakOff('timeout');
        else {
          this.#pinged = true;
          this.#apply(websocket.ping(), 'websocket.keep-alive');
        }
      }
    } else if (this.#tunnel?.awaitsPeer) {
      this.#closeSince ??= clock.stamp;
      if (clock.passed(this.#closeSince, limits.idle_ms)) {
        this.#breakOff('timeout', 'tunnel.returns-timeout');
      }
    }
  }

  // Within.

  /** The connection or stream is gone, or was broken off. */
  #gone = false;
  #noted = false;
  /** The deadline of a drain has passed. */
  #expired = false;

  /** The handshake was accepted: what came early is read. */
  #begin(): void {
    const conversation = this.#conversation;
    this.#inputSince = this.#around.clock.stamp;
    if (this.#websocket?.accepted) this.#apply(this.#websocket.begin());
    else if (this.#tunnel?.accepted) this.#apply(this.#tunnel.begin());
    if (conversation.lossCause !== undefined) this.#noteLoss();
    this.#pull();
    if (conversation.full) this.#stop();
    else this.#flow();
  }

  /** Hands what a WebSocket has to say to a wire on which nothing waits. */
  #pull(): void {
    const websocket = this.#websocket;
    if (!websocket?.accepted) return;
    while (this.#wire.waiting === 0) {
      const output = websocket.pull();
      if (!output) break;
      this.#write(output);
    }
  }

  /** A reader that takes nothing (timeout.stalled-reader). */
  #stalled(): void {
    const conversation = this.#conversation;
    if (this.#websocket?.accepted || this.#tunnel?.accepted) {
      this.#breakOff('timeout');
      return;
    }
    if (conversation.lost('timeout')) this.#noteLoss();
    this.#apply([{ do: 'abort', code: 'cancel' }], 'timeout.stalled-reader');
    this.#gone = true;
    this.#deliver();
    this.#finish();
  }

  /** Gives an accepted WebSocket or tunnel up. */
  #breakOff(cause: LossCause, requirement = 'timeout.acts'): void {
    // It was broken off before, or both directions of a tunnel have ended and all was taken.
    const done = this.#gone || (this.#tunnel?.over === true && this.waiting === 0);
    if (!done) {
      const outputs =
        this.#websocket?.giveUpOpen(cause) ?? this.#tunnel?.breakOff(cause) ?? NO_OUTPUTS;
      if (this.#conversation.lossCause !== undefined) this.#noteLoss();
      this.#apply(outputs, requirement);
    }
    this.#gone = true;
    this.#deliver();
    this.#finish();
  }

  /** The conversation was lost: tells the application before it can see it otherwise (cancel.on-peer-loss). */
  #noteLoss(): void {
    if (this.#noted) return;
    this.#noted = true;
    const { lossCause = 'connection_lost', lossCode } = this.#conversation;
    this.#loss = this.#trace('gateway', 'in', 'peer.lost', {
      state: this.#conversation.state,
      requirement: 'cancel.on-peer-loss',
      payload: { preview: lossCause },
    });
    this.#local.abort(new Closed(lossCause, lossCode));
    this.#output.lost();
    this.#rejectSenders();
  }

  #resolveSenders(requirement = 'flow.send-waits'): void {
    const senders = this.#senders;
    this.#senders = undefined;
    if (!senders) return;
    for (const sender of senders) {
      if (this.#around.tap) this.#traceWaited(sender, requirement);
      sender.resolve();
    }
  }

  #rejectSenders(): void {
    const senders = this.#senders;
    this.#senders = undefined;
    if (!senders) return;
    const { lossCause = 'connection_lost', lossCode } = this.#conversation;
    for (const sender of senders) {
      const closed = new Closed(lossCause, lossCode);
      if (this.#around.tap) this.#traceWaited(sender, 'flow.send-settles-on-close', closed);
      sender.reject(closed);
    }
  }

  /** Hands the next event to a waiting `receive`. */
  #deliver(): void {
    if (!this.#receiver) return;
    const received = this.#conversation.receive();
    if (!received) return;
    const { resolve, span } = this.#receiver;
    this.#receiver = undefined;
    if (this.#around.tap) this.#traceReceived(received, span);
    resolve(received.event as AnyReceiveEvent);
    if (this.#websocket) {
      // Taking a message may have made room to read a Close frame, or a fault.
      if (this.#conversation.lossCause !== undefined) this.#noteLoss();
      this.#pull();
    }
    this.#flow();
  }

  #stop(): void {
    if (this.#paused) return;
    this.#paused = true;
    this.#wire.pause();
  }

  #flow(): void {
    if (this.#paused && !this.#conversation.full) {
      this.#paused = false;
      this.#inputSince = this.#around.clock.stamp;
      this.#wire.resume();
    }
  }

  /** Carries outputs to the wire. With a requirement they are the gateway's own doing, and traced as such. */
  #apply(outputs: readonly Output[], requirement?: string, cause = this.#loss): void {
    for (let i = 0; i < outputs.length; i++) {
      const output = outputs[i] as Output;
      if (requirement !== undefined) this.#traceOwn(output, requirement, cause);
      this.#write(output);
      if (output.do === 'discard') this.#flow();
    }
  }

  #write(output: Output): void {
    // What begins to wait now has not waited before.
    if (this.#wire.waiting === 0) this.#outputSince = this.#around.clock.stamp;
    // Nothing waits behind these, and nothing is left to break off.
    if (output.do === 'abort' || output.do === 'drop' || output.do === 'refuse') this.#gone = true;
    this.#wire.write(output);
  }

  /** Leaves the gateway's books once the call has ended and nothing is left to write or to wait for. */
  #finish(): void {
    if (this.#over || !this.#returned) return;
    if (!this.#gone) {
      if (this.waiting > 0 || !this.#conversation.responseOver) return;
      if (this.#websocket?.accepted && !this.#websocket.closed) return;
      if (this.#tunnel?.accepted && !this.#tunnel.over) return;
    }
    this.#over = true;
    this.#around.over(this);
  }

  #ended(): void {
    const unfinished = this.#unfinished();
    this.#settle('application.returns', undefined, unfinished);
    if (unfinished) this.#fault({ requirement: 'http.finish', message: UNFINISHED });
  }

  #failed(error: unknown): void {
    const name = nameOf(error);
    this.#settle('application.raises', error, false);
    if (name === 'Closed' || name === 'UnsupportedScope') return;
    this.#fault({
      ...(name === 'Misuse' ? { requirement: (error as Misuse).requirement } : {}),
      message: inWords(error),
      error,
    });
  }

  /** Whether a return now breaks http.finish. */
  #unfinished(): boolean {
    return !this.#conversation.responseOver;
  }

  #settle(how: EndOfCall, error: unknown, unfinished: boolean): void {
    this.#returned = true;
    const declined = nameOf(error) === 'UnsupportedScope';
    const { outputs, state, requirement } = this.#conversation.applicationEnded(how, declined);
    let seq: number | undefined;
    if (this.#around.tap) {
      const src = error instanceof Error ? this.#locate(error) : undefined;
      seq = this.#trace('app', 'internal', how, {
        state,
        ...(requirement === undefined ? {} : { requirement }),
        ...(how === 'application.returns' ? {} : { payload: { preview: inWords(error) } }),
        ...(unfinished ? { violation: { requirement: 'http.finish', message: UNFINISHED } } : {}),
        ...(src ? { src } : {}),
      });
    }
    this.#apply(outputs, requirement, seq);
    this.#pull();
    this.#flow();
    if (this.#output.ends()) this.#resolveSenders('flow.end-settles');
    this.#deliver();
    this.#wire.callEnded();
    this.#around.returned();
    this.#finish();
  }

  #misused(dir: TraceStep['dir'], type: string, error: Misuse, event: unknown): Misuse {
    if (this.#around.tap) {
      const src = this.#locate(error);
      const payload =
        typeof event === 'object' && event !== null
          ? payloadOf(event as Record<string, unknown>)
          : undefined;
      this.#trace('app', dir, type, {
        state: this.#conversation.state,
        requirement: error.requirement,
        violation: { requirement: error.requirement, message: error.message },
        ...(payload ? { payload } : {}),
        ...(src ? { src } : {}),
      });
    }
    return error;
  }

  #fault(fault: Omit<Fault, 'scope'>): void {
    this.#around.onFault?.({ scope: this.#scope, ...fault });
  }

  #locate(error: Error): SourcePosition | undefined {
    try {
      // What is thrown at us may have a stack of any type, or one that cannot be read.
      const { stack } = error;
      return typeof stack === 'string' ? this.#around.locate?.(stack) : undefined;
    } catch {
      return undefined;
    }
  }

  #arrived(type: string, event: { readonly data?: Uint8Array; readonly trailers?: Fields }): void {
    if (!this.#around.tap) return;
    const payload = payloadOf(event);
    const requirement = EVENTS[type]?.requirement;
    this.#arrival = this.#trace(
      'gateway',
      'in',
      type,
      {
        ...(requirement ? { requirement } : {}),
        ...(payload ? { payload } : {}),
        buffered: this.#conversation.inputLoad,
      },
      event.data,
    );
  }

  /** @returns the number of the event */
  #traceSent(event: AnySendEvent, { state, requirement, size }: Accepted): number | undefined {
    const payload = payloadOf(event as unknown as Record<string, unknown>);
    return this.#trace(
      'app',
      'out',
      typeOf(event),
      {
        state,
        ...(requirement ? { requirement } : {}),
        ...(payload ? { payload } : {}),
        ...(size > 0 ? { buffered: this.#output.load } : {}),
      },
      dataOf(event),
    );
  }

  /** The `send` of an event has to wait. @returns the span */
  #traceWait(sent: number | undefined): number {
    const span = ++this.#spans;
    this.#trace('app', 'out', 'send', {
      phase: 'B',
      span,
      ...causedBy(sent),
      requirement: 'flow.send-waits',
      buffered: this.#output.load,
    });
    return span;
  }

  #traceWaited({ span }: Deferred<void>, requirement: string, closed?: Closed): void {
    if (span === undefined) return;
    this.#trace('app', 'in', 'send', {
      phase: 'E',
      span,
      requirement,
      buffered: this.#output.load,
      ...(closed ? { payload: { preview: closed.message }, ...causedBy(this.#loss) } : {}),
    });
  }

  #traceReceived({ event, state, requirement }: Received<AnyReceiveEvent>, span?: number): void {
    const payload = payloadOf(event as unknown as Record<string, unknown>);
    const { type } = event;
    const cause = type.endsWith('.closed')
      ? this.#loss
      : type.startsWith('http.request.')
        ? this.#arrival
        : undefined;
    this.#trace(
      'app',
      'in',
      event.type,
      {
        ...(span === undefined ? {} : { phase: 'E', span }),
        ...causedBy(cause),
        state,
        ...(requirement ? { requirement } : {}),
        ...(payload ? { payload } : {}),
        buffered: this.#conversation.inputLoad,
      },
      dataOf(event),
    );
  }

  /** What the gateway does of itself is traced as the event that an application would have sent for it. */
  #traceOwn(output: Output, requirement: string, cause: number | undefined): void {
    const type = OWN_TYPES[output.do];
    if (!this.#around.tap || type === undefined) return;
    const payload = payloadOf(ownFields(output));
    this.#trace('gateway', 'out', type, {
      ...causedBy(cause),
      requirement,
      ...(payload ? { payload } : {}),
    });
  }

  #trace(
    lane: TraceStep['lane'],
    dir: TraceStep['dir'],
    type: string,
    rest: Omit<TraceStep, 'conn' | 'lane' | 'dir' | 'type' | 'phase'> & {
      readonly phase?: TraceStep['phase'];
    } = {},
    data?: Uint8Array,
  ): number | undefined {
    return (
      this.#around.tap?.({ conn: this.#conn, lane, dir, type, phase: 'i', ...rest }, data) ??
      undefined
    );
  }
}

const NO_FIELDS: Fields = [];
const NO_OUTPUTS: readonly Output[] = [];
const DONE = Promise.resolve();
/** How many sends may resolve at once before one waits for the event loop to turn. */
const STREAK = 64;
const GIVEN_UP = 'security.given-up-answer';
const DEADLINE = 'drain.after-deadline';
const UNFINISHED = 'the application returned before its response was over';

const OWN_TYPES: Readonly<Partial<Record<Output['do'], string>>> = {
  continue: 'http.continue',
  informational: 'http.informational',
  head: 'http.response.start',
  body: 'http.response.body',
  end: 'http.response.end',
  abort: 'http.response.abort',
  refuse: 'http.refuse',
  discard: 'http.request.discard',
  drop: 'tunnel.abort',
  shut: 'tunnel.end',
};

function ownFields(output: Output): Readonly<Record<string, unknown>> {
  switch (output.do) {
    case 'continue':
      return { status: 100 };
    case 'head':
      return { status: output.status, headers: output.headers };
    case 'body':
      return { data: output.data };
    default:
      return {};
  }
}

const causedBy = (cause: number | undefined) => (cause === undefined ? {} : { cause });

/** The data of an event, for a tap. What an application sends may be anything. */
function dataOf(event: object): Uint8Array | undefined {
  try {
    const { data } = event as { readonly data?: unknown };
    return data instanceof Uint8Array && ArrayBuffer.isView(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Of what was thrown, its name: two copies of this package have two classes of each (typescript.errors-by-name). */
export function nameOf(error: unknown): string | undefined {
  try {
    const name = (error as { name?: unknown } | null | undefined)?.name;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** What was thrown, as text: anything can be thrown. */
export function inWords(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something was thrown that has no text';
  }
}

/**
 * A promise that nobody has to wait for: an application may let a `send` go (proposal 2, "Receiving and sending"), and
 * a runtime must not take its loss of a race for an error that nobody handled (closed.not-an-error).
 */
export function unforced<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

export function rejected(error: unknown): Promise<never> {
  return unforced(Promise.reject(error));
}

/** The type of what was sent, which need not have one. */
export function typeOf(event: unknown): string {
  try {
    const type = (event as { type?: unknown } | null | undefined)?.type;
    return typeof type === 'string' ? type : '(no type)';
  } catch {
    return '(no type)';
  }
}
