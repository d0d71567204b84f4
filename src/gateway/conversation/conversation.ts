// What the conversations of types http, websocket and tunnel share: the response of proposal 3, the notice of a drain,
// and the way in which several machines judge one event (proposal 2, “State machines”). Driven by calls, it returns what
// to write; it knows no clock and no network.

import { declaredLength, FIELDS_ANNOUNCE_TRAILERS, surveyFields } from '../../interface/fields.ts';
import {
  type AnySendEvent,
  Closed,
  EVENTS,
  type Fields,
  GATEWAY_DRAIN,
  type GatewayDrain,
  type GatewayDrainAction,
  type GatewayDrainGuard,
  type GatewayDrainState,
  HTTP_RESPONSE,
  type HttpClosed,
  type HttpResponseAction,
  type HttpResponseGuard,
  type HttpResponseState,
  Misuse,
} from '../../interface/index.ts';
import { type Input, inputOf, Machine, NO_GUARDS, type Step } from '../../interface/machine.ts';
import {
  explainResponse,
  fieldsOf,
  isBodyless,
  RESPONSE_GUARDS,
  type Responding,
  type Subject,
} from '../../interface/response.ts';
import { checkFields, sentEvent } from '../../interface/shape.ts';
import { EVENT_OVERHEAD, sizeOfFields } from './buffers.ts';
import {
  type AbortCode,
  type FileFault,
  isFault,
  type OpenFile,
  type OpenFileBelow,
  type Output,
  owedBy,
} from './output.ts';

/** What an accepted event led to. */
export interface Accepted {
  readonly outputs: readonly Output[];
  readonly state: string;
  readonly requirement: string;
  /** What the event counts in the output buffer; 0 where nothing of it is written. */
  readonly size: number;
  /** The application can send no more data after it (flow.end-settles). */
  readonly ends: boolean;
}

/** What the end of the application's call led to. */
export interface Ended {
  readonly outputs: readonly Output[];
  readonly state: string;
  /** Absent where everything was over already. */
  readonly requirement: string | undefined;
}

/** A received event, with the state after it and the governing requirement. */
export interface Received<Event> {
  readonly event: Event;
  readonly state: string;
  readonly requirement: string;
}

/** Why a conversation was lost: `cause` as cancel.reason names it, `code` where the peer gave one. */
export interface Loss {
  readonly cause: string;
  readonly code: number | undefined;
}

export interface ConversationOptions {
  readonly method: string;
  readonly http_version: string;
  /** Whether the request has `expect: 100-continue`. Default false. */
  readonly expectContinue?: boolean;
  /** Features that are in force; default none. */
  readonly features?: ReadonlySet<string>;
  /** Opens the files of `http.file`; needed where that feature is in force. */
  readonly openFile?: OpenFileBelow | undefined;
  /** `limits.receive_buffer_octets`. Default 65,536. */
  readonly receiveBufferOctets?: number;
}

/** How an application's call ended. */
export type EndOfCall = 'application.returns' | 'application.raises';

/** A machine of any table, asked about an event of any type. */
export interface AnyMachine {
  readonly state: string;
  ask(on: Input, subject: Subject): Step | undefined;
  take(step: Step): void;
}

export type { Subject };

/** A file that an application may name, as its event has it. */
interface FileEvent {
  readonly type: 'http.file';
  readonly path: string;
  readonly offset?: number;
  readonly length?: number;
}

/** What each machine says of the event that is judged: for one call of `send` at a time, and nothing in it calls back. */
const STEPS: (Step | undefined)[] = [];
const NO_FIELDS: Fields = [];
/** For `#survey`. */
const UNASKED = -1;
const NO_FEATURES: ReadonlySet<string> = new Set();
const NO_OUTPUTS: readonly Output[] = [];
const END: readonly Output[] = [{ do: 'end', trailers: NO_FIELDS }];

/** What the gateway answers in the place of an application. Nothing of the error is in it (security.no-detail-in-500). */
const OWN_BODIES: Readonly<Record<number, Uint8Array>> = Object.fromEntries(
  Object.entries({
    400: 'Bad Request',
    408: 'Request Timeout',
    413: 'Content Too Large',
    431: 'Request Header Fields Too Large',
    500: 'Internal Server Error',
    501: 'Not Implemented',
    503: 'Service Unavailable',
  }).map(([status, text]) => [status, new TextEncoder().encode(`${text}\n`)]),
);

/** The explanation of a `Misuse` that a row leads to; the row itself has only the id. */
const EXPLANATIONS: Readonly<Record<string, string>> = {
  'http.start-once': 'the response has already been started',
  'http.body-before-start': 'the response has not been started',
  'http.nothing-after-end': 'the response is over',
  'http.informational.before-commit': 'the response is already committed',
  'http.refuse.before-bytes': 'an informational response was already sent',
  'http.request.discard-open': 'the request is already over',
  'http.bodyless': 'a response with this status has no body',
  'http.length.syntax': 'a response has at most one content-length, a decimal number',
  'http.length.forbidden': 'a response with this status has no content-length',
  'websocket.accept-once': 'the handshake was already answered',
  'websocket.subprotocol-offered': 'the peer has not offered this subprotocol',
  'websocket.accept-headers': "fields of the handshake are the gateway's",
  'websocket.denial': 'a status below 300 does not deny a handshake',
  'websocket.no-response-after-accept': 'the handshake was accepted',
  'websocket.message-before-accept': 'the handshake was not accepted',
  'websocket.text-unicode': 'the text has half of a surrogate pair, which UTF-8 cannot encode',
  'websocket.close-codes': 'this close code is not one that an application sends',
  'websocket.close-limits': 'the reason has more than 123 octets in UTF-8',
  'websocket.nothing-after-close': 'the WebSocket was closed',
  'tunnel.accept-once': 'the request was already answered',
  'tunnel.accept-datagrams': 'datagrams cannot pass in this tunnel, or a field of theirs was given',
  'tunnel.refuse': 'a status below 300 would accept a CONNECT',
  'tunnel.no-response-after-accept': 'the tunnel was accepted',
  'tunnel.data-before-accept': 'the tunnel was not accepted',
  'tunnel.nothing-after-end': 'the application has ended or aborted its direction',
  'tunnel.datagram.permitted':
    'the tunnel was accepted without datagrams, or the datagram has more than 65,535 octets',
  'tunnel.datagram.unfinished': 'the octets sent end within a capsule',
};

/** What events that are received are in the tables, where those that both sides have stand under two names. */
const GIVEN = new Map<string, number>();
for (const [type, { direction }] of Object.entries(EVENTS)) {
  GIVEN.set(type, inputOf(direction === 'both' ? `receive ${type}` : type));
}
const PEER_LOST = inputOf('peer.lost');
const ENDS: Readonly<Record<EndOfCall, number>> = {
  'application.returns': inputOf('application.returns'),
  'application.raises': inputOf('application.raises'),
};

function bodyOf(data: Uint8Array): Output {
  const file = owedBy(data);
  return file ? { do: 'file', file, length: file.length } : { do: 'body', data };
}

export abstract class Conversation<Event extends { readonly type: string }> implements Responding {
  protected readonly options: ConversationOptions;
  protected readonly response: Machine<
    HttpResponseState,
    HttpResponseGuard,
    HttpResponseAction,
    Subject,
    Responding
  >;
  /** The machine `gateway.drain`, made when a drain begins: most conversations never meet one. */
  #notice: Machine<GatewayDrainState, GatewayDrainGuard, GatewayDrainAction, Subject> | undefined;
  /** In the order in which they are asked. */
  protected abstract readonly machines: readonly AnyMachine[];
  /** Type of the scope. */
  protected abstract readonly type: 'http' | 'websocket' | 'tunnel';

  protected loss: Loss | undefined;
  protected declined = false;
  #closed: HttpClosed | undefined;
  /** The connection or stream is gone, whether or not that took anything from the application. */
  #gone = false;
  #deadline: (() => number) | undefined;
  #status = 0;
  #length: number | null = null;
  #sent = 0;
  #informed = false;
  /** Of the fields of the event that is judged, once it was asked for. */
  #survey = UNASKED;
  #fileLength = 0;
  /** What the guards of `http.file` have opened for the event that is judged. */
  #opened: OpenFile | FileFault | undefined;

  constructor(options: ConversationOptions) {
    this.options = options;
    this.response = new Machine<
      HttpResponseState,
      HttpResponseGuard,
      HttpResponseAction,
      Subject,
      Responding
    >(HTTP_RESPONSE, RESPONSE_GUARDS, this);
  }

  /** Why the peer was lost, once it was lost with something that the application had yet to do. */
  get lossCause(): string | undefined {
    return this.loss?.cause;
  }

  get lossCode(): number | undefined {
    return this.loss?.code;
  }

  get responseState(): HttpResponseState {
    return this.response.state;
  }

  /** Whether the response is over, by whatever way. */
  get responseOver(): boolean {
    return this.response.final;
  }

  /** Whether the application can send nothing more that reaches the peer. */
  abstract get outputOver(): boolean;

  /** The state that a trace shows. */
  abstract get state(): string;

  /** What waits in the input buffer (flow.input-load), in octets. */
  abstract get inputLoad(): number;

  /** Whether the input buffer is full: the transport does not read. */
  abstract get full(): boolean;

  /** Whether the peer may yet send something that the application gets. */
  abstract get expectsInput(): boolean;

  // From the application.

  /**
   * Takes an event of the application.
   * @throws Misuse with the requirement broken; nothing has changed
   * @throws Closed if the peer was lost first
   */
  send(sent: unknown): Accepted {
    const description = sentEvent(sent, this.type);
    const on = description.input;
    const event = checkFields(
      sent,
      description,
      this.options.features ?? NO_FEATURES,
    ) as unknown as AnySendEvent;
    this.#survey = UNASKED;
    const { machines } = this;
    const steps = STEPS;
    let misuse: string | undefined;
    let closed = false;
    for (let i = 0; i < machines.length; i++) {
      const machine = machines[i] as AnyMachine;
      const step = machine.ask(on, event);
      steps[i] = step;
      if (step?.kind === 'closed') closed = true;
      else if (step?.kind === 'misuse') misuse ??= step.requirement;
    }
    if (closed || misuse !== undefined) {
      const explanation = misuse === undefined ? '' : this.explain(misuse, event);
      this.#release();
      // event.closed-first
      if (closed) throw new Closed(this.loss?.cause ?? 'connection_lost', this.loss?.code);
      throw new Misuse(misuse as string, explanation);
    }
    let outputs = NO_OUTPUTS;
    let requirement = '';
    let moved: Step | undefined;
    // event.every-machine: none moves before all were asked.
    for (let i = 0; i < machines.length; i++) {
      const step = steps[i];
      if (step?.kind !== 'to') continue;
      (machines[i] as AnyMachine).take(step);
      moved ??= step;
      if (requirement === '') requirement = step.requirement;
      if (step.action === undefined) continue;
      const done = this.act(step.action, event);
      outputs = outputs.length === 0 ? done : [...outputs, ...done];
    }
    this.#release();
    return {
      outputs,
      state: this.stateAfter(moved),
      requirement,
      size: outputs.length === 0 && !this.queues(event) ? 0 : this.sizeOf(event),
      ends: this.outputOver,
    };
  }

  /** The application has asked for an event. @returns what is owed to the peer for that: a 100, or nothing */
  asked(): readonly Output[] {
    return NO_OUTPUTS;
  }

  /** The next event for the application, or undefined while there is none. */
  receive(): Received<Event | GatewayDrain> | undefined {
    const terminal = this.onlyTerminal();
    if (terminal) {
      this.#notice?.step('terminal.due', undefined);
      return this.#given(terminal);
    }
    if (this.#notice?.state === 'owed') {
      const deadline_ms = Math.max(0, Math.floor(this.#deadline?.() ?? 0));
      const { requirement } = this.#notice.step('gateway.drain', undefined) as {
        requirement: string;
      };
      const event: GatewayDrain = { type: 'gateway.drain', deadline_ms };
      return { event, state: this.state, requirement };
    }
    const next = this.next();
    return next && this.#given(next);
  }

  /** The application's call has ended, with or without an error; `declined` if that was `UnsupportedScope`. */
  applicationEnded(how: EndOfCall, declined = false): Ended {
    this.declined = declined;
    this.abandon();
    let outputs = NO_OUTPUTS;
    let requirement: string | undefined;
    const steps = this.#trigger(ENDS[how]);
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      if (step?.kind !== 'to') continue;
      requirement ??= step.requirement;
      if (step.action === undefined) continue;
      const done = this.act(step.action, undefined);
      outputs = outputs.length === 0 ? done : [...outputs, ...done];
    }
    return { outputs, state: this.state, requirement };
  }

  // From the peer and the gateway.

  /** Octets arrived. @returns what to write for that, such as a Pong */
  abstract octets(data: Uint8Array): readonly Output[];

  /** The request is complete, or the peer has ended its direction in order. */
  abstract end(trailers?: Fields): readonly Output[];

  /**
   * The peer is lost, or its connection or stream is gone.
   * @returns whether that took anything from the application: `local.cancel` is to be signalled
   */
  lost(cause: string, code?: number): boolean {
    if (this.loss || this.#closed) return false;
    const taken = this.losing();
    this.#trigger(PEER_LOST);
    this.#gone = true;
    this.#notice?.step('peer.lost', undefined);
    if (taken) this.loss = { cause, code };
    this.gone(cause, code);
    return taken;
  }

  /**
   * The gateway gives the conversation up (security.given-up-answer). The peer must have been lost before.
   * @param open whether the response was open until then
   * @returns the gateway's own answer where the response was open and there is a status, else the breaking off
   */
  giveUp(open: boolean, status: number | undefined, code: AbortCode): readonly Output[] {
    if (open && status !== undefined) return this.#answer(status, true);
    return [{ do: 'abort', code }];
  }

  /** A drain has begun; `deadline` tells the milliseconds that are left (drain.notice). */
  drain(deadline: () => number): void {
    // Of what has happened before: the loss of the peer, and a terminal event that was due, leave nothing to tell.
    if (this.#notice || this.loss || this.#gone) return;
    this.#deadline = deadline;
    this.#notice = new Machine<GatewayDrainState, GatewayDrainGuard, GatewayDrainAction, Subject>(
      GATEWAY_DRAIN,
      NO_GUARDS,
    );
    this.#notice.step('drain.begins', undefined);
  }

  /** A file that was being sent ended early (http.file.lost). */
  fileLost(): readonly Output[] {
    // Judged before the response is `lost` by it: the cause is the application's to learn.
    const taken = this.losing();
    const step = this.response.step('file.lost', undefined);
    if (taken && !this.loss) this.loss = { cause: 'connection_lost', code: undefined };
    if (step.kind === 'to' && !this.#closed) {
      this.#gone = true;
      this.#notice?.step('peer.lost', undefined);
      this.gone('connection_lost', undefined);
    }
    return step.kind === 'to' && step.action === 'abort' ? [{ do: 'abort', code: 'internal' }] : [];
  }

  // For the types.

  /** Whether the loss of the peer takes anything from the application, judged before machines move. */
  protected abstract losing(): boolean;

  /** The connection or stream is gone; machines have moved. */
  protected gone(cause: string, code: number | undefined): void {
    this.close(this.loss ? cause : 'complete', this.loss ? code : undefined);
  }

  /** Nobody is left to receive. */
  protected abstract abandon(): void;

  /** The next event that waits, other than the notice of a drain. */
  protected abstract next(): Event | undefined;

  /** The terminal event, if nothing stands before it. */
  protected abstract onlyTerminal(): Event | undefined;

  protected act(action: string, event: Subject): readonly Output[] {
    switch (action as HttpResponseAction) {
      case 'informational': {
        if (event?.type !== 'http.informational') return NO_OUTPUTS;
        if (this.options.http_version === '1.0') return NO_OUTPUTS; // http.informational.http-1-0
        this.#informed = true;
        return [{ do: 'informational', status: event.status, headers: event.headers ?? NO_FIELDS }];
      }
      case 'head':
        if (event?.type !== 'http.response.start') return NO_OUTPUTS;
        return [
          this.#head(
            event.status,
            event.headers ?? NO_FIELDS,
            (this.survey(event) & FIELDS_ANNOUNCE_TRAILERS) !== 0,
            false,
          ),
        ];
      case 'body':
        if (event?.type !== 'http.response.body' || event.data.length === 0) return NO_OUTPUTS;
        this.#sent += event.data.length;
        return [bodyOf(event.data)];
      case 'file': {
        const file = this.#opened;
        this.#opened = undefined;
        if (!file || isFault(file)) return NO_OUTPUTS;
        this.#fileLength = file.length;
        this.#sent += file.length;
        return [{ do: 'file', file, length: file.length }];
      }
      case 'end':
        return event?.type === 'http.response.end' && event.trailers && this.#takesTrailers
          ? [{ do: 'end', trailers: event.trailers }]
          : END;
      case 'abort':
        return [
          {
            do: 'abort',
            code: (event?.type === 'http.response.abort' ? event.code : undefined) ?? 'internal',
          },
        ];
      case 'refuse':
        return [{ do: 'refuse' }];
      case 'fail':
        return this.#answer(500, false);
      case 'decline':
        return this.#answer(501, false);
    }
  }

  /** The state that a trace shows after an event; `step` is that of the first machine that it moved. */
  protected stateAfter(_step: Step | undefined): string {
    return this.state;
  }

  /** Whether an event of which nothing is handed to the wire yet is in the output buffer nevertheless. */
  protected queues(_event: AnySendEvent): boolean {
    return false;
  }

  /** What an event counts in the output buffer. */
  protected sizeOf(event: AnySendEvent): number {
    switch (event.type) {
      case 'http.response.body':
        return event.data.length + EVENT_OVERHEAD;
      case 'http.response.start':
      case 'http.informational':
        return sizeOfFields(event.headers ?? NO_FIELDS) + EVENT_OVERHEAD;
      case 'http.response.end':
        return sizeOfFields(event.trailers ?? NO_FIELDS) + EVENT_OVERHEAD;
      case 'http.file':
        return this.#fileLength + EVENT_OVERHEAD;
      default:
        return EVENT_OVERHEAD;
    }
  }

  /** Sets the terminal `http.closed`: one event for every `receive`, so nobody may change it (http.closed.repeats). */
  protected close(cause: string, code?: number): void {
    this.#closed ??= Object.freeze({
      type: 'http.closed',
      cause: cause as HttpClosed['cause'],
      ...(code === undefined ? {} : { code }),
    });
  }

  protected get httpClosed(): HttpClosed | undefined {
    return this.#closed;
  }

  /** What was wrong, for a requirement that a machine named. */
  protected explain(requirement: string, event: AnySendEvent): string {
    const explained = explainResponse(requirement, event, this);
    if (explained !== undefined) return explained;
    switch (requirement) {
      case 'security.file-roots':
      case 'security.file-links':
      case 'http.file.exists':
      case 'http.file.range':
        if (this.#opened && isFault(this.#opened)) return this.#opened.message;
    }
    return `${EXPLANATIONS[requirement] ?? 'the event is not allowed here'} (\`${event.type}\` in the state ${this.state})`;
  }

  // What the guards of the response ask.

  contentOf(event: Subject): number {
    if (event?.type === 'http.response.body') return event.data.length;
    if (event?.type === 'http.file') return this.#sizeOfFile;
    return 0;
  }

  survey(event: Subject): number {
    if (this.#survey === UNASKED) this.#survey = surveyFields(fieldsOf(event));
    return this.#survey;
  }

  get informed(): boolean {
    return this.#informed;
  }

  get wasDeclined(): boolean {
    return this.declined;
  }

  get isHead(): boolean {
    return this.options.method === 'HEAD';
  }

  get status(): number {
    return this.#status;
  }

  get length(): number | null {
    return this.#length;
  }

  get sent(): number {
    return this.#sent;
  }

  /** Opens the file that an event names, once for all guards, and says which guard matches. */
  fileFault(event: Subject): FileFault['guard'] | undefined {
    if (event?.type !== 'http.file') return undefined;
    const { path, offset, length } = event as unknown as FileEvent;
    if (!this.options.openFile)
      throw new Error('gateway fault: the feature `http.file` is not served');
    this.#opened ??= this.options.openFile(path, offset ?? 0, length);
    return isFault(this.#opened) ? this.#opened.guard : undefined;
  }

  // Within.

  /** Puts a trigger to every machine before one of them moves: guards look at the states from before it. */
  #trigger(on: number): readonly (Step | undefined)[] {
    const { machines } = this;
    const steps: (Step | undefined)[] = [];
    for (let i = 0; i < machines.length; i++)
      steps.push((machines[i] as AnyMachine).ask(on, undefined));
    for (let i = 0; i < machines.length; i++) {
      const step = steps[i];
      if (step) (machines[i] as AnyMachine).take(step);
    }
    return steps;
  }

  get #sizeOfFile(): number {
    return this.#opened && !isFault(this.#opened) ? this.#opened.length : 0;
  }

  /** Closes a file that was opened for an event and is not sent. */
  #release(): void {
    if (this.#opened && !isFault(this.#opened)) this.#opened.close();
    this.#opened = undefined;
  }

  #given(event: Event): Received<Event> {
    const on = GIVEN.get(event.type) as number;
    const { machines } = this;
    let requirement = '';
    let moved: Step | undefined;
    for (let i = 0; i < machines.length; i++) {
      const machine = machines[i] as AnyMachine;
      const step = machine.ask(on, undefined);
      if (step?.kind !== 'to') continue;
      machine.take(step);
      moved ??= step;
      if (requirement === '') requirement = step.requirement;
    }
    return { event, state: this.stateAfter(moved), requirement };
  }

  /** A whole response of the gateway's own. */
  #answer(status: number, last: boolean): Output[] {
    const data = OWN_BODIES[status] as Uint8Array;
    const head = this.#head(
      status,
      [
        ['content-type', 'text/plain; charset=utf-8'],
        ['content-length', String(data.length)],
      ],
      false,
      last,
    );
    return [
      head,
      ...(head.content ? [{ do: 'body', data } as const] : []),
      { do: 'end', trailers: NO_FIELDS },
    ];
  }

  #head(
    status: number,
    headers: Fields,
    announces: boolean,
    last: boolean,
  ): Output & { do: 'head' } {
    this.#status = status;
    this.#length = declaredLength(headers) ?? null;
    return {
      do: 'head',
      status,
      headers:
        announces && !this.#takesTrailers
          ? headers.filter(([name]) => name !== 'trailer')
          : headers,
      length: this.#length,
      content: !this.isHead && !isBodyless(status),
      last,
    };
  }

  /**
   * http.trailers.dropped: HTTP/1 has a place for trailers only after the last chunk. A response without content has
   * none on HTTP/2 either, because its head ends the stream.
   */
  get #takesTrailers(): boolean {
    const { http_version } = this.options;
    if (http_version === '1.0' || this.isHead || isBodyless(this.#status)) return false;
    return http_version !== '1.1' || this.#length === null;
  }
}
