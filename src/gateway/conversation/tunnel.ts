// One tunnel without I/O (proposal 8): the answer, octets both ways, and an end for each direction.

import {
  type AnySendEvent,
  type HttpClosed,
  TUNNEL_CONVERSATION,
  TUNNEL_INCOMING,
  type TunnelClosed,
  type TunnelConversationAction,
  type TunnelConversationGuard,
  type TunnelConversationState,
  type TunnelData,
  type TunnelDatagram,
  type TunnelEnd,
  type TunnelIncomingState,
  type TunnelReceiveEvent,
} from '../../interface/index.ts';
import { type Guards, Machine, NO_GUARDS } from '../../interface/machine.ts';
import { EVENT_OVERHEAD, InputBuffer, pieces, sizeOfFields } from './buffers.ts';
import { CapsuleReader, CapsuleTracker, datagramCapsule } from './capsules.ts';
import {
  type AnyMachine,
  Conversation,
  type ConversationOptions,
  type Subject,
} from './conversation.ts';
import type { AbortCode, Output } from './output.ts';

export interface TunnelOptions extends ConversationOptions {
  /** How it was asked for, and the protocol as the peer spelled it. */
  readonly asked: {
    readonly by: 'upgrade' | 'connect' | 'extended-connect';
    readonly protocol: string;
  };
  /** `datagrams` of the scope. This gateway has no QUIC, so there are no frames. */
  readonly datagrams: 'none' | 'capsules';
}

const NO_OUTPUTS: readonly Output[] = [];
/** tunnel.datagram.permitted */
const DATAGRAM_OCTETS = 65_535;

/** What the guards ask. */
interface Asked {
  readonly answered: boolean;
  readonly wasDeclined: boolean;
  readonly datagrams: 'none' | 'capsules';
  readonly isConnect: boolean;
  readonly carriesDatagrams: boolean;
  readonly withinCapsule: boolean;
  readonly settled: boolean;
}

const GUARDS: Guards<TunnelConversationGuard, Subject, Asked> = {
  declined: (_, { wasDeclined }) => wasDeclined,
  'datagrams-unfit': (event, { datagrams }) =>
    event?.type === 'tunnel.accept' &&
    event.datagrams === true &&
    (datagrams === 'none' ||
      (event.headers ?? []).some(
        ([name]) => name === 'capsule-protocol' || name === 'content-type',
      )),
  'accepting-status': (event, { isConnect }) =>
    isConnect && event?.type === 'http.response.start' && event.status < 300,
  'no-datagrams': (_, { carriesDatagrams }) => !carriesDatagrams,
  oversize: (event) => event?.type === 'tunnel.datagram' && event.data.length > DATAGRAM_OCTETS,
  'within-capsule': (_, { withinCapsule }) => withinCapsule,
  settled: (_, { settled }) => settled,
  answered: (_, { answered }) => answered,
};

export class TunnelConversation extends Conversation<TunnelReceiveEvent> implements Asked {
  protected readonly type = 'tunnel';
  protected readonly machines: readonly AnyMachine[];
  readonly datagrams: 'none' | 'capsules';
  readonly isConnect: boolean;
  readonly #asked: TunnelOptions['asked'];
  readonly #conversation: Machine<
    TunnelConversationState,
    TunnelConversationGuard,
    TunnelConversationAction,
    Subject,
    Asked
  >;
  readonly #arriving = new Machine<TunnelIncomingState, never, 'discard', Subject>(
    TUNNEL_INCOMING,
    NO_GUARDS,
  );
  readonly #incoming: InputBuffer<TunnelReceiveEvent>;
  /** Taken apart and put together only where datagrams were agreed on. */
  #capsules:
    | {
        readonly reader: CapsuleReader;
        readonly arrived: CapsuleTracker;
        readonly sent: CapsuleTracker;
      }
    | undefined;
  /** Datagrams that wait for the end of a capsule of the application's, and their octets. */
  #waiting: Uint8Array[] = [];
  #held = 0;
  /** What has arrived and is not made into events, because there is no room (flow.input-bounded). */
  #unread: Uint8Array[] = [];
  #endOwed = false;
  /** Octets and the end that came before the acceptance. */
  #early: Uint8Array[] = [];
  #earlyOctets = 0;
  readonly #earlyBound: number;
  #peerEnded = false;
  #ownEnded = false;
  #over: TunnelClosed | undefined;

  constructor(options: TunnelOptions) {
    super(options);
    this.#asked = options.asked;
    this.datagrams = options.datagrams;
    this.isConnect = options.asked.by !== 'upgrade';
    this.#earlyBound = options.receiveBufferOctets ?? 65_536;
    this.#incoming = new InputBuffer(this.#earlyBound);
    this.#conversation = new Machine<
      TunnelConversationState,
      TunnelConversationGuard,
      TunnelConversationAction,
      Subject,
      Asked
    >(TUNNEL_CONVERSATION, GUARDS, this);
    this.machines = [this.response, this.#conversation, this.#arriving];
  }

  get state(): string {
    return this.#conversation.state === 'refused' ? this.response.state : this.#conversation.state;
  }

  get conversationState(): TunnelConversationState {
    return this.#conversation.state;
  }

  get answered(): boolean {
    return this.response.final;
  }

  get accepted(): boolean {
    return this.response.state === 'switched';
  }

  get carriesDatagrams(): boolean {
    return this.#capsules !== undefined;
  }

  /** Octets that were sent and are not handed to the wire yet. */
  get queued(): number {
    return this.#held;
  }

  get withinCapsule(): boolean {
    return this.#capsules?.sent.within === true;
  }

  get settled(): boolean {
    return this.#peerEnded || this.loss !== undefined;
  }

  /** Whether both directions have ended, or it was broken off, or the peer was lost. */
  get over(): boolean {
    return (
      (this.#peerEnded && this.#ownEnded) ||
      this.#conversation.state === 'aborted' ||
      this.loss !== undefined
    );
  }

  get outputOver(): boolean {
    const { state } = this.#conversation;
    if (state === 'refused') return this.response.final;
    return state === 'ended' || state === 'aborted' || state === 'lost';
  }

  get inputLoad(): number {
    return this.accepted ? this.#incoming.load : this.#earlyOctets;
  }

  get full(): boolean {
    if (!this.accepted) return this.#earlyOctets >= this.#earlyBound;
    return this.#arriving.state === 'open' && this.#incoming.full;
  }

  get expectsInput(): boolean {
    return !this.#peerEnded && !this.over;
  }

  /** Whether the application's call has ended and the peer still owes its end (tunnel.returns-timeout). */
  get awaitsPeer(): boolean {
    return this.accepted && this.#arriving.state === 'dropped' && !this.over;
  }

  octets(data: Uint8Array): readonly Output[] {
    if (this.#peerEnded || this.over || data.length === 0) return NO_OUTPUTS;
    if (!this.accepted) {
      if (this.response.final) return NO_OUTPUTS;
      this.#early.push(data);
      this.#earlyOctets += data.length;
      return NO_OUTPUTS;
    }
    this.#capsules?.arrived.push(data);
    if (this.#arriving.state !== 'open') return NO_OUTPUTS;
    if (this.#capsules) this.#capsules.reader.push(data);
    else this.#unread.push(...pieces(data, this.#earlyBound));
    this.#read();
    return NO_OUTPUTS;
  }

  /** The peer has ended its direction in order. */
  end(): readonly Output[] {
    if (this.#peerEnded || this.over) return NO_OUTPUTS;
    if (!this.accepted) {
      if (!this.response.final) this.#peerEnded = true;
      return NO_OUTPUTS;
    }
    if (this.#capsules?.arrived.within) {
      this.lost('protocol_error');
      return [{ do: 'drop', code: 'protocol', reset: true }];
    }
    this.#peerEnded = true;
    if (this.#arriving.state === 'open') {
      this.#endOwed = true;
      this.#read();
    }
    this.#settle();
    return NO_OUTPUTS;
  }

  /** The application has accepted: what came early is given. @returns what to write */
  begin(): readonly Output[] {
    const early = this.#early;
    const ended = this.#peerEnded;
    this.#early = [];
    this.#earlyOctets = 0;
    this.#peerEnded = false;
    for (const data of early) this.octets(data);
    return ended ? this.end() : NO_OUTPUTS;
  }

  /**
   * The gateway breaks the tunnel off (tunnel.abort-when-unended). The peer is lost with `cause`, unless both directions
   * have ended and octets wait.
   */
  breakOff(cause: string): readonly Output[] {
    if (this.#conversation.state === 'aborted' || this.loss) return NO_OUTPUTS;
    this.lost(cause);
    return [{ do: 'drop', code: this.#abortCode, reset: true }];
  }

  override lost(cause: string, code?: number): boolean {
    if (this.accepted && this.over) return false;
    return super.lost(cause, code);
  }

  protected losing(): boolean {
    const { state } = this.#conversation;
    if (state === 'refused') return !this.response.final;
    return state === 'offered' || state === 'open' || (state === 'ended' && !this.#peerEnded);
  }

  protected override gone(cause: string, code: number | undefined): void {
    this.#release();
    if (this.accepted) this.#settle();
    else super.gone(cause, code);
  }

  protected abandon(): void {
    this.#discard();
    this.#early = [];
  }

  protected next(): TunnelReceiveEvent | undefined {
    const event = this.#incoming.shift();
    if (event) this.#read();
    return event;
  }

  protected onlyTerminal(): HttpClosed | TunnelClosed | undefined {
    if (!this.#incoming.empty) return undefined;
    if (this.accepted) return this.#over;
    if (!this.httpClosed && this.response.final) this.close('complete');
    return this.httpClosed;
  }

  protected override act(action: string, event: Subject): readonly Output[] {
    // The machine of the response has actions of the same names.
    if (!this.accepted) return super.act(action, event);
    switch (action as TunnelConversationAction | 'discard') {
      case 'accept':
        if (event?.type !== 'tunnel.accept') return NO_OUTPUTS;
        if (event.datagrams === true)
          this.#capsules = {
            reader: new CapsuleReader(DATAGRAM_OCTETS),
            arrived: new CapsuleTracker(),
            sent: new CapsuleTracker(),
          };
        return [
          {
            do: 'switch',
            status: this.isConnect ? 200 : 101,
            headers: [
              ...(this.isConnect
                ? []
                : ([
                    ['connection', 'upgrade'],
                    ['upgrade', this.#asked.protocol],
                  ] as const)),
              ...(event.datagrams === true ? ([['capsule-protocol', '?1']] as const) : []),
              ...(event.headers ?? []),
            ],
          },
        ];
      case 'data':
        if (event?.type !== 'tunnel.data' || event.data.length === 0) return NO_OUTPUTS;
        return [{ do: 'octets', data: event.data }, ...this.#track(event.data)];
      case 'datagram': {
        if (event?.type !== 'tunnel.datagram') return NO_OUTPUTS;
        const capsule = datagramCapsule(event.data);
        if (!this.withinCapsule) return [{ do: 'octets', data: capsule }];
        // tunnel.datagram.capsules: only between whole capsules of the application's.
        this.#waiting.push(capsule);
        this.#held += capsule.length;
        return NO_OUTPUTS;
      }
      case 'end':
        this.#ownEnded = true;
        this.#settle();
        return [{ do: 'shut' }];
      case 'abort': {
        this.#discard();
        this.#release();
        const code = event?.type === 'tunnel.abort' ? event.code : undefined;
        this.#settle('complete');
        return [{ do: 'drop', code: code ?? this.#abortCode, reset: true }];
      }
      case 'discard':
        this.#discard();
        return NO_OUTPUTS;
      default:
        return super.act(action, event);
    }
  }

  protected override queues(event: AnySendEvent): boolean {
    return event.type === 'tunnel.datagram';
  }

  protected override sizeOf(event: AnySendEvent): number {
    switch (event.type) {
      case 'tunnel.data':
      case 'tunnel.datagram':
        return event.data.length + EVENT_OVERHEAD;
      case 'tunnel.accept':
        return sizeOfFields(event.headers ?? []) + EVENT_OVERHEAD;
      default:
        return super.sizeOf(event);
    }
  }

  get #abortCode(): AbortCode {
    return this.#asked.by === 'connect' ? 'connect' : 'cancel';
  }

  /** Makes events of what has arrived, as far as there is room. */
  #read(): void {
    while (!this.#incoming.full) {
      const event = this.#arrived();
      if (!event) return;
      const octets = event.type === 'tunnel.end' ? 0 : event.data.length;
      this.#incoming.push(event, octets + EVENT_OVERHEAD);
    }
  }

  #arrived(): TunnelData | TunnelDatagram | TunnelEnd | undefined {
    const piece = this.#capsules?.reader.next();
    if (piece)
      return { type: piece.datagram ? 'tunnel.datagram' : 'tunnel.data', data: piece.data };
    const data = this.#unread.shift();
    if (data) return { type: 'tunnel.data', data };
    if (!this.#endOwed) return undefined;
    this.#endOwed = false;
    return { type: 'tunnel.end' };
  }

  #discard(): void {
    this.#incoming.clear();
    this.#unread = [];
    this.#endOwed = false;
    this.#capsules?.reader.clear();
  }

  /** Follows the capsules of the application's octets. @returns the datagrams that waited for the end of one */
  #track(data: Uint8Array): Output[] {
    if (!this.#capsules) return [];
    this.#capsules.sent.push(data);
    if (this.#capsules.sent.within) return [];
    return this.#release().map((data) => ({ do: 'octets', data }) as const);
  }

  /** @returns the datagrams that waited */
  #release(): readonly Uint8Array[] {
    this.#held = 0;
    return this.#waiting.splice(0);
  }

  /** Sets the terminal event once the tunnel is over (tunnel.closed.cause). */
  #settle(cause?: string): void {
    if (this.#over || !(this.over || cause !== undefined)) return;
    const both = this.#peerEnded && this.#ownEnded;
    const loss = both || cause !== undefined ? undefined : this.loss;
    this.#over = Object.freeze({
      type: 'tunnel.closed' as const,
      cause: (loss?.cause ?? 'complete') as TunnelClosed['cause'],
      ...(loss?.code === undefined ? {} : { code: loss.code }),
    });
  }
}
