// One WebSocket without I/O (proposal 4): the handshake and its answer, messages both ways, and the ways in which it
// ends. Octets come in, octets go out; frames are taken apart and put together by `../websocket/frames.ts`.

import {
  type AnySendEvent,
  type Fields,
  type HttpClosed,
  WEBSOCKET_CONVERSATION,
  WEBSOCKET_INCOMING,
  type WebsocketClosed,
  type WebsocketConversationAction,
  type WebsocketConversationGuard,
  type WebsocketConversationState,
  type WebsocketIncomingState,
  type WebsocketMessage,
  type WebsocketReceiveEvent,
} from '../../interface/index.ts';
import { type Guards, Machine, NO_GUARDS } from '../../interface/machine.ts';
import {
  closeFrame,
  dataFrame,
  FrameReader,
  pingFrame,
  pongFrame,
  textFrame,
} from '../websocket/frames.ts';
import { EVENT_OVERHEAD, InputBuffer, sizeOfFields, utf8Length } from './buffers.ts';
import {
  type AnyMachine,
  Conversation,
  type ConversationOptions,
  type Subject,
} from './conversation.ts';
import type { AbortCode, Output } from './output.ts';

export interface WebsocketOptions extends ConversationOptions {
  /** What the peer offers, in order. */
  readonly subprotocols: readonly string[];
  /** The answer that accepts the handshake: the gateway's fields before the application's. */
  readonly accept: (
    subprotocol: string | undefined,
    headers: Fields,
  ) => { readonly status: 101 | 200; readonly headers: Fields };
  /** `limits.message_octets`. Default 1,048,576. */
  readonly messageOctets?: number;
}

const NO_OUTPUTS: readonly Output[] = [];
const NO_OCTETS = new Uint8Array();
/** In UTF-8, so that a Close frame holds code and reason (RFC 6455 section 5.5). */
const REASON_OCTETS = 123;

/** What the guards ask. */
interface Asked {
  readonly answered: boolean;
  readonly wasDeclined: boolean;
  readonly subprotocols: readonly string[];
}

const GUARDS: Guards<WebsocketConversationGuard, Subject, Asked> = {
  declined: (_, { wasDeclined }) => wasDeclined,
  'owned-field': (event) =>
    event?.type === 'websocket.accept' &&
    (event.headers ?? []).some(
      ([name]) => name === 'content-length' || name.startsWith('sec-websocket-'),
    ),
  'not-offered': (event, { subprotocols }) =>
    event?.type === 'websocket.accept' &&
    event.subprotocol !== undefined &&
    !subprotocols.includes(event.subprotocol),
  'accepting-status': (event) => event?.type === 'http.response.start' && event.status < 300,
  'not-unicode': (event) => {
    if (event?.type === 'websocket.message')
      return 'text' in event && event.text !== undefined && isBroken(event.text);
    return event?.type === 'websocket.close' && isBroken(event.reason ?? '');
  },
  'code-forbidden': (event) => event?.type === 'websocket.close' && !mayBeSent(event.code ?? 1000),
  'reason-long': (event) =>
    event?.type === 'websocket.close' && utf8Length(event.reason ?? '') > REASON_OCTETS,
  answered: (_, { answered }) => answered,
};

/** Half of a surrogate pair (websocket.text-unicode). The check of the shape has rejected it already (binding.field-types). */
function isBroken(text: string): boolean {
  return !text.isWellFormed();
}

/** The column “application sends” of the table “Close codes”. */
function mayBeSent(code: number): boolean {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014 && code !== 1010);
}

/** The code that stands for a Close frame without one, and for none of the peer's. */
const NO_CODE = 1005;
const NO_FRAME = 1006;

export class WebsocketConversation extends Conversation<WebsocketReceiveEvent> implements Asked {
  protected readonly type = 'websocket';
  protected readonly machines: readonly AnyMachine[];
  readonly subprotocols: readonly string[];
  /** Until it was asked: it keeps the head of the request. */
  #accept: WebsocketOptions['accept'] | undefined;
  readonly #conversation: Machine<
    WebsocketConversationState,
    WebsocketConversationGuard,
    WebsocketConversationAction,
    Subject,
    Asked
  >;
  readonly #messages = new Machine<WebsocketIncomingState, never, 'discard', Subject>(
    WEBSOCKET_INCOMING,
    NO_GUARDS,
  );
  readonly #incoming: InputBuffer<WebsocketMessage>;
  readonly #earlyBound: number;
  readonly #reader: FrameReader;
  /** Octets that came before the acceptance (websocket.early-octets). */
  #early: Uint8Array[] = [];
  #earlyOctets = 0;
  /** The peer has ended its side, behind what is not read yet. */
  #peerEnded = false;

  /** Frames that wait to be written, the Close frame last. */
  #queue: Uint8Array[] = [];
  #queued = 0;
  #pong: Uint8Array | undefined;
  #sizeOfMessage = 0;

  /** Who ended the WebSocket first (table “How a WebSocket ends”). */
  #initiator: WebsocketClosed['initiator'] | undefined;
  #peerClose: { readonly code: number; readonly reason: string } | undefined;
  #failure: number | undefined;
  #closeFrame: 'none' | 'queued' | 'written' = 'none';
  #below: 'open' | 'closing' | 'gone' = 'open';
  #over: WebsocketClosed | undefined;

  constructor(options: WebsocketOptions) {
    super(options);
    this.subprotocols = options.subprotocols;
    this.#accept = options.accept;
    this.#earlyBound = options.receiveBufferOctets ?? 65_536;
    this.#incoming = new InputBuffer(this.#earlyBound);
    this.#reader = new FrameReader({
      messageOctets: options.messageOctets ?? 1_048_576,
      masked: true,
    });
    this.#conversation = new Machine<
      WebsocketConversationState,
      WebsocketConversationGuard,
      WebsocketConversationAction,
      Subject,
      Asked
    >(WEBSOCKET_CONVERSATION, GUARDS, this);
    this.machines = [this.response, this.#conversation, this.#messages];
  }

  get state(): string {
    return this.#conversation.state === 'denied' ? this.response.state : this.#conversation.state;
  }

  get conversationState(): WebsocketConversationState {
    return this.#conversation.state;
  }

  get answered(): boolean {
    return this.response.final;
  }

  get accepted(): boolean {
    return this.response.state === 'switched';
  }

  get outputOver(): boolean {
    const { state } = this.#conversation;
    return state === 'closed' || state === 'lost' || (state === 'denied' && this.response.final);
  }

  get inputLoad(): number {
    return this.accepted ? this.#incoming.load : this.#earlyOctets;
  }

  get full(): boolean {
    if (!this.accepted) return this.#earlyOctets >= this.#earlyBound;
    return this.#messages.state === 'messages' && this.#incoming.full;
  }

  get expectsInput(): boolean {
    return this.#below === 'open';
  }

  /** Octets that were sent and are not handed to the wire yet. */
  get queued(): number {
    return this.#queued;
  }

  /** Whether the gateway has written its Close frame (websocket.close-timeout). */
  get closeWritten(): boolean {
    return this.#closeFrame === 'written';
  }

  /** Whether a Ping of the gateway's makes sense: open, and nothing of the end has begun. */
  get open(): boolean {
    return this.#conversation.state === 'open';
  }

  /** Whether all is said, and the connection below is closed or closing. */
  get closed(): boolean {
    return this.#below !== 'open';
  }

  /**
   * The next thing to write, for a wire on which nothing waits. The latest Pong goes ahead of messages of which nothing
   * is written (websocket.ping-pong).
   */
  pull(): Output | undefined {
    if (this.#below === 'gone') return undefined;
    if (this.#pong !== undefined && this.#closeFrame !== 'written') {
      const data = this.#pong;
      this.#pong = undefined;
      return { do: 'octets', data };
    }
    const data = this.#queue.shift();
    if (data !== undefined) {
      this.#queued -= data.length;
      if (this.#queue.length === 0 && this.#closeFrame === 'queued') this.#closeFrame = 'written';
      this.#settle();
      return { do: 'octets', data };
    }
    // websocket.transport-close
    if (
      this.#below === 'open' &&
      this.#closeFrame === 'written' &&
      (this.#peerClose !== undefined || this.#initiator === 'gateway')
    ) {
      this.#below = 'closing';
      return { do: 'close' };
    }
    return undefined;
  }

  /** A Ping of the gateway's (websocket.keep-alive). */
  ping(): readonly Output[] {
    return [{ do: 'octets', data: pingFrame(NO_OCTETS) }];
  }

  octets(data: Uint8Array): readonly Output[] {
    if (this.#below !== 'open') return NO_OUTPUTS;
    if (!this.accepted) {
      if (this.response.final) return NO_OUTPUTS;
      this.#early.push(data);
      this.#earlyOctets += data.length;
      return NO_OUTPUTS;
    }
    // What follows the end of a WebSocket by the gateway is not read as frames.
    if (this.#initiator === 'gateway') return NO_OUTPUTS;
    this.#reader.push(data);
    return this.#read();
  }

  /** There is no half-close: the peer has ended the connection. Before the acceptance that means nothing (http.half-close). */
  end(): readonly Output[] {
    this.#peerEnded = true;
    return this.accepted ? this.#read() : NO_OUTPUTS;
  }

  override lost(cause: string, code?: number): boolean {
    if (this.#below === 'gone') return false;
    const ended = this.#below === 'closing';
    this.#below = 'gone';
    if (ended) return false;
    const taken = super.lost(cause, code);
    // It may have been lost before, by a Close frame that was never answered.
    this.#settle();
    return taken;
  }

  /** The gateway gives an accepted WebSocket up without a word, such as at a limit of time. @returns what to write */
  giveUpOpen(cause: string, drop: AbortCode = 'cancel'): readonly Output[] {
    if (this.#initiator === undefined) this.#initiator = 'gateway';
    this.lost(cause);
    this.#drop();
    return [{ do: 'drop', code: drop, reset: false }];
  }

  /** The deadline of a drain has passed (drain.after-deadline). @returns what to write at once */
  deadline(): readonly Output[] {
    if (this.#below !== 'open') return NO_OUTPUTS;
    if (this.#conversation.state === 'open') {
      this.#fail(1001, 'shutdown');
      return NO_OUTPUTS;
    }
    // Closed by the application, or by the peer: its end is not awaited any longer.
    this.#below = 'gone';
    this.#drop();
    return [{ do: 'drop', code: 'cancel', reset: false }];
  }

  protected losing(): boolean {
    const { state } = this.#conversation;
    return (
      state === 'connecting' || state === 'open' || (state === 'denied' && !this.response.final)
    );
  }

  protected override gone(cause: string, code: number | undefined): void {
    if (!this.accepted) {
      super.gone(cause, code);
      return;
    }
    this.#initiator ??= 'peer';
    this.#settle();
  }

  protected abandon(): void {
    this.#incoming.clear();
    this.#early = [];
  }

  protected next(): WebsocketReceiveEvent | undefined {
    const message = this.#incoming.shift();
    // What had arrived and found no room. What that leads to is written by the next `pull`.
    if (message && !this.#incoming.full) this.#read();
    return message;
  }

  protected onlyTerminal(): HttpClosed | WebsocketClosed | undefined {
    if (!this.#incoming.empty) return undefined;
    if (this.accepted) return this.#over;
    if (!this.httpClosed && this.response.final) this.close('complete');
    return this.httpClosed;
  }

  protected override act(action: string, event: Subject): readonly Output[] {
    switch (action as WebsocketConversationAction | 'discard') {
      case 'accept': {
        if (event?.type !== 'websocket.accept' || !this.#accept) return NO_OUTPUTS;
        const { status, headers } = this.#accept(event.subprotocol, event.headers ?? []);
        this.#accept = undefined;
        return [{ do: 'switch', status, headers }];
      }
      case 'message': {
        if (event?.type !== 'websocket.message') return NO_OUTPUTS;
        const { text, data } = event;
        const frame = text === undefined ? dataFrame(data ?? NO_OCTETS) : textFrame(text);
        this.#sizeOfMessage = text === undefined ? (data?.length ?? 0) : utf8Length(text);
        this.#enqueue(frame);
        return NO_OUTPUTS;
      }
      case 'close':
        if (event?.type !== 'websocket.close') return NO_OUTPUTS;
        this.#closeWith(closeFrame(event.code ?? 1000, event.reason ?? ''), 'application');
        return NO_OUTPUTS;
      case 'close-normal':
        this.#closeWith(closeFrame(1000), 'application');
        return NO_OUTPUTS;
      case 'close-error':
        this.#closeWith(closeFrame(1011), 'application');
        return NO_OUTPUTS;
      case 'discard':
        // websocket.close-discards
        this.#incoming.clear();
        this.#reader.discard();
        return this.#read();
      default:
        return super.act(action, event);
    }
  }

  protected override queues(event: AnySendEvent): boolean {
    return event.type === 'websocket.message';
  }

  protected override sizeOf(event: AnySendEvent): number {
    switch (event.type) {
      case 'websocket.message':
        return this.#sizeOfMessage + EVENT_OVERHEAD;
      case 'websocket.accept':
        return (
          sizeOfFields(event.headers ?? []) + (event.subprotocol?.length ?? 0) + EVENT_OVERHEAD
        );
      default:
        return super.sizeOf(event);
    }
  }

  /** The application has accepted: what came early is read as frames. @returns what to write */
  begin(): readonly Output[] {
    const early = this.#early;
    this.#early = [];
    this.#earlyOctets = 0;
    for (const data of early) this.#reader.push(data);
    return this.#read();
  }

  /**
   * Reads frames as long as there is room for what they give. Of what had arrived when the peer was lost, the messages
   * are given still (websocket.closed.when).
   */
  #read(): readonly Output[] {
    while (!this.full) {
      const event = this.#reader.next();
      if (!event) break;
      const ended = this.#below !== 'open' || this.#initiator === 'gateway';
      switch (event.type) {
        case 'message':
          if (this.#messages.state !== 'messages') break;
          this.#incoming.push(
            'text' in event
              ? { type: 'websocket.message', text: event.text }
              : { type: 'websocket.message', data: event.data },
            event.size + EVENT_OVERHEAD,
          );
          break;
        case 'ping':
          if (this.#closeFrame === 'none') this.#pong = pongFrame(event.data);
          break;
        case 'pong':
          break;
        case 'close':
          if (ended) break;
          this.#closedByPeer(event.code, event.reason);
          return NO_OUTPUTS;
        case 'violation':
          return ended ? NO_OUTPUTS : this.#violated(event.code);
      }
    }
    // A peer that has said its Close frame, or that is told of its fault, can still read ours.
    const silent =
      this.#peerEnded && this.#peerClose === undefined && this.#initiator !== 'gateway';
    if (silent && !this.full && this.#below === 'open') this.lost('connection_lost');
    return NO_OUTPUTS;
  }

  #closedByPeer(code: number | undefined, reason: string): void {
    this.#peerClose = { code: code ?? NO_CODE, reason };
    if (this.#conversation.state === 'open') {
      super.lost('peer_closed');
      this.#initiator = 'peer';
      this.#dropQueue();
      this.#closeWith(code === undefined ? closeFrame() : closeFrame(code), 'peer');
    }
    this.#settle();
  }

  #violated(code: 1002 | 1007 | 1009): readonly Output[] {
    if (this.#conversation.state === 'open') {
      this.#fail(code, code === 1009 ? 'limit' : 'protocol_error');
      return NO_OUTPUTS;
    }
    // The application, or its end, has closed: nothing that the peer says makes a difference now.
    this.#below = 'gone';
    this.#drop();
    return [{ do: 'drop', code: 'cancel', reset: false }];
  }

  /** RFC 6455 section 7.1.7, with a Close frame. */
  #fail(code: number, cause: string): void {
    this.#initiator = 'gateway';
    this.#failure = code;
    super.lost(cause);
    this.#dropQueue();
    this.#closeWith(closeFrame(code), 'gateway');
  }

  #enqueue(frame: Uint8Array): void {
    this.#queue.push(frame);
    this.#queued += frame.length;
  }

  #dropQueue(): void {
    this.#queue = [];
    this.#queued = 0;
  }

  #closeWith(frame: Uint8Array, initiator: WebsocketClosed['initiator']): void {
    this.#initiator ??= initiator;
    this.#closeFrame = 'queued';
    this.#enqueue(frame);
    this.#settle();
  }

  /** Nothing of the connection is left. */
  #drop(): void {
    this.#below = 'gone';
    this.#dropQueue();
    this.#settle();
  }

  /** Sets the terminal event as soon as its fields can no longer change (websocket.closed.when). */
  #settle(): void {
    if (this.#over || !this.accepted || this.#initiator === undefined) return;
    const gone = this.#below === 'gone';
    const written = this.#closeFrame === 'written';
    let code: number;
    let reason = '';
    if (this.#initiator === 'gateway') code = this.#failure ?? NO_FRAME;
    else if (this.#peerClose) {
      if (!written && !gone) return;
      ({ code, reason } = this.#peerClose);
    } else {
      if (!gone) return;
      code = NO_FRAME;
    }
    this.#over = Object.freeze({
      type: 'websocket.closed' as const,
      code,
      reason,
      initiator: this.#initiator,
      clean: this.#initiator !== 'gateway' && this.#peerClose !== undefined && written,
    });
  }
}
