// What the tables and the text of the proposals make of a conversation, without a buffer or an octet of the gateway's
// code: a model for table walks and properties. It reads the rows itself, and counts which of them it has met.

import type { AnySendEvent, Fields, MachineTable, Transition } from '../../interface/index.ts';
import { GATEWAY_DRAIN, HTTP_REQUEST, HTTP_RESPONSE } from '../../interface/index.ts';

export type Row = Transition<string, string, string>;

/** Something that happens to a conversation. `name` says it in a failure. */
export type Input =
  /** `on`: its name in the tables. `holds`: the guards that what it says fulfils. `size`: octets in its fields. */
  | {
      readonly do: 'send';
      readonly name: string;
      readonly on: string;
      readonly event: AnySendEvent;
      readonly holds: readonly string[];
      readonly size: number;
      /** Octets of content, of a message or of a tunnel. */
      readonly content: number;
    }
  /** What no machine is asked about, because the checks before reject it. */
  | {
      readonly do: 'send-malformed';
      readonly name: string;
      readonly event: unknown;
      readonly misuse: string;
    }
  | { readonly do: 'receive'; readonly name: string }
  | { readonly do: 'return'; readonly name: string }
  | { readonly do: 'raise'; readonly name: string; readonly declined: boolean }
  | { readonly do: 'lost'; readonly name: string; readonly cause: string }
  | { readonly do: 'drain'; readonly name: string }
  | { readonly do: 'file-lost'; readonly name: string }
  /** Octets of a request body or of a tunnel. */
  | { readonly do: 'octets'; readonly name: string; readonly data: Uint8Array }
  /** A frame of the peer. */
  | {
      readonly do: 'frame';
      readonly name: string;
      readonly frame: Frame;
      readonly data: Uint8Array;
    }
  | { readonly do: 'end'; readonly name: string }
  /** The wire takes one thing that waits. */
  | { readonly do: 'pull'; readonly name: string }
  | { readonly do: 'deadline'; readonly name: string }
  /** At a limit of time, of an accepted WebSocket or tunnel. */
  | { readonly do: 'give-up'; readonly name: string }
  /** Of a lifespan: its shutdown begins, and a limit of time passes. */
  | { readonly do: 'shutdown'; readonly name: string }
  | { readonly do: 'expires'; readonly name: string };

export type Frame =
  | { readonly type: 'message'; readonly text: string }
  | { readonly type: 'ping'; readonly data: Uint8Array }
  | { readonly type: 'pong' }
  | { readonly type: 'close'; readonly code?: number; readonly reason?: string }
  | { readonly type: 'violation'; readonly code: 1002 | 1007 | 1009 };

/** What an input comes to. Outputs are in words, such as `head 200`. */
export type Result =
  | { readonly misuse: string }
  | { readonly closed: string }
  | {
      readonly outputs?: readonly string[];
      readonly requirement?: string;
      /** Of a send: what it counts in the output buffer, and whether the application can send no more data. */
      readonly size?: number;
      readonly ends?: boolean;
      /** Of a receive: the event, or null where there is none. */
      readonly given?: unknown;
      /** Of a loss: whether it took anything from the application. */
      readonly taken?: boolean;
    };

/** An event that was given, and how the tables name it. */
export interface Given {
  readonly on: string;
  readonly event: { readonly type: string; readonly [field: string]: unknown };
}

/** Which rows were asked, and which of them since `begin`. */
export class Coverage {
  readonly met = new Set<string>();
  readonly now = new Set<string>();
  readonly visited = new Set<string>();

  static key(machine: string, row: number, on: string, state: string): string {
    return `${machine} ${row} ${on} ${state}`;
  }

  begin(): void {
    this.now.clear();
  }

  /** Asks about a state, whatever the answer is. */
  visit(machine: string, state: string): void {
    this.visited.add(`${machine} ${state}`);
  }

  meet(key: string): void {
    this.met.add(key);
    this.now.add(key);
  }
}

/** One machine of a table, read from the rows. */
export class TableMachine {
  readonly table: MachineTable;
  state: string;
  readonly #coverage: Coverage;

  constructor(table: MachineTable, coverage: Coverage) {
    this.table = table;
    this.state = table.initial;
    this.#coverage = coverage;
  }

  /** The first row that matches, or undefined if the machine has none for the input. */
  row(on: string, holds: (guard: string) => boolean): Row | undefined {
    const rows = this.table.transitions;
    this.#coverage.visit(this.table.machine, this.state);
    if (!rows.some((row) => row.on.includes(on))) return undefined;
    const index = rows.findIndex(
      (row) =>
        row.on.includes(on) &&
        row.from.includes(this.state) &&
        (row.when === undefined || holds(row.when)),
    );
    const row = rows[index];
    if (!row) throw new Error(`${this.table.machine} has no row for ${on} in ${this.state}`);
    this.#coverage.meet(Coverage.key(this.table.machine, index, on, this.state));
    if (row.never !== undefined)
      throw new Error(`${this.table.machine}: ${on} came in ${this.state}, against ${row.never}`);
    return row;
  }
}

/** What a conversation was made with. */
export interface ModelOptions {
  readonly method: string;
  readonly http_version: string;
  /** `limits.receive_buffer_octets`. */
  readonly bound: number;
}

const OVERHEAD = 32;

/** The input buffer (proposal 6, “What the buffers count”). */
export class InputModel {
  readonly items: { readonly given: Given; readonly size: number }[] = [];
  readonly #bound: number;
  #full = false;

  constructor(bound: number) {
    this.#bound = bound;
  }

  get load(): number {
    return this.items.reduce((sum, { size }) => sum + size, 0);
  }

  get full(): boolean {
    return this.#full;
  }

  /** `size` is that of the fields. */
  push(given: Given, size: number): void {
    this.items.push({ given, size: size + OVERHEAD });
    if (this.load >= this.#bound) this.#full = true;
  }

  shift(): Given | undefined {
    const item = this.items.shift();
    // The low-water mark, which is the gateway's to choose: half, rounded down.
    if (this.items.length === 0 || this.load <= Math.floor(this.#bound / 2)) this.#full = false;
    return item?.given;
  }

  clear(): void {
    this.items.length = 0;
    this.#full = false;
  }
}

/** What a walk and a property ask of a model. */
export interface Modelled {
  take(input: Input): Result;
  can(input: Input): boolean;
  readonly states: Readonly<Record<string, string>>;
  readonly key: string;
  readonly view: string;
  readonly small: boolean;
  readonly full: boolean;
}

/** What the three types of conversations have in common: the response, the notice of a drain, the loss of the peer. */
export abstract class Model implements Modelled {
  readonly options: ModelOptions;
  readonly machines: readonly TableMachine[];
  readonly response: TableMachine;
  readonly notice: TableMachine;
  readonly queue: InputModel;
  status = 0;
  length: number | null = null;
  sent = 0;
  informed = false;
  callEnded = false;
  loss: string | undefined;
  /** The cause of `http.closed`, once it is fixed. */
  closed: string | undefined;
  #brokeOff = false;

  constructor(tables: readonly MachineTable[], options: ModelOptions, coverage: Coverage) {
    this.options = options;
    this.machines = tables.map((table) => new TableMachine(table, coverage));
    this.response = this.machine(HTTP_RESPONSE.machine);
    this.notice = this.machine(GATEWAY_DRAIN.machine);
    this.queue = new InputModel(options.bound);
  }

  machine(name: string): TableMachine {
    const machine = this.machines.find(({ table }) => table.machine === name);
    if (!machine) throw new Error(`no machine ${name} here`);
    return machine;
  }

  get states(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.machines.map(({ table, state }) => [table.machine, state]));
  }

  /** All that the future depends on: two models with the same key go on alike. */
  abstract get key(): string;

  /** What the tables can tell apart: the states, the guards, and which event comes next. */
  get view(): string {
    const guards = new Set(
      this.machines.flatMap(({ table, state }) =>
        table.transitions.flatMap(({ when, from }) => (when && from.includes(state) ? when : [])),
      ),
    );
    // A notice that was owed meets the same guards.
    const told = ['owed', 'told'].includes(this.notice.state);
    const holding = told ? [] : [...guards].filter((guard) => this.guard(guard, 1));
    const next = this.queue.items[0]?.given.on ?? this.terminal()?.on;
    return JSON.stringify([Object.values(this.states), holding, next, this.callEnded]);
  }

  /** Whether a walk goes on from here: more of the same leads to nothing new. */
  get small(): boolean {
    return this.queue.items.length < 3;
  }

  /** What of the response the future depends on. */
  protected get responseKey(): readonly unknown[] {
    const { status, length, sent, informed, callEnded, loss, closed } = this;
    const bodyless = [204, 205, 304].includes(status);
    return [
      bodyless,
      status === 304,
      length,
      length === null ? 0 : sent,
      informed,
      callEnded,
      loss,
      closed,
    ];
  }

  get full(): boolean {
    return this.queue.full;
  }

  /** What the input comes to; the model moves. */
  take(input: Input): Result {
    switch (input.do) {
      case 'send':
        return this.#send(input);
      case 'send-malformed':
        return { misuse: input.misuse };
      case 'receive':
        return this.#receive();
      case 'return':
        return this.#ended('application.returns', false);
      case 'raise':
        return this.#ended('application.raises', input.declined);
      case 'lost':
        return { taken: this.lost(input.cause) };
      case 'drain':
        this.#drain();
        return {};
      case 'file-lost':
        return this.#fileLost();
      default:
        return this.peer(input);
    }
  }

  /** Whether an input makes sense at all: a correct transport gives no other. */
  can(input: Input): boolean {
    if (input.do === 'drain') return ['untold', 'over'].includes(this.notice.state);
    // A transport that breaks off for one file has no other to lose.
    if (input.do === 'file-lost' && this.#brokeOff) return false;
    if (input.do === 'file-lost') return !['open', 'switched'].includes(this.response.state);
    if (input.do === 'return' || input.do === 'raise') return !this.callEnded;
    return true;
  }

  /** Puts an input to all machines, then moves them (event.every-machine, event.closed-first). */
  protected put(
    on: string,
    holds: readonly string[],
    content = 0,
  ): { readonly rows: readonly (Row | undefined)[] } | { misuse: string } | { closed: true } {
    const asked = (guard: string) => holds.includes(guard) || this.guard(guard, content);
    const rows = this.machines.map((machine) => machine.row(on, asked));
    if (rows.some((row) => row?.closed !== undefined)) return { closed: true };
    const misuse = rows.find((row) => row?.misuse !== undefined)?.misuse;
    if (misuse !== undefined) return { misuse };
    this.machines.forEach((machine, index) => {
      machine.state = rows[index]?.to ?? machine.state;
    });
    return { rows };
  }

  /** A trigger: its rows never reject. */
  protected trigger(on: string, holds: readonly string[] = []): readonly Row[] {
    const outcome = this.put(on, holds);
    if (!('rows' in outcome)) throw new Error(`the trigger ${on} was rejected`);
    return outcome.rows.filter((row): row is Row => row?.to !== undefined);
  }

  #send(input: Input & { do: 'send' }): Result {
    const outcome = this.put(input.on, input.holds, input.content);
    if ('misuse' in outcome) return outcome;
    if ('closed' in outcome) return { closed: this.loss ?? 'nothing was lost' };
    const moved = outcome.rows.filter((row): row is Row => row?.to !== undefined);
    const actions = moved.flatMap((row) => row.do ?? []);
    const outputs = actions.flatMap((action) => this.act(action, input));
    const counts = outputs.some((output) => output !== 'discard') || this.held(input, actions);
    return {
      outputs,
      requirement: moved[0]?.requirement ?? '',
      size: counts ? input.size + OVERHEAD : 0,
      ends: this.outputOver,
    };
  }

  #receive(): Result {
    const terminal = this.queue.items.length === 0 ? this.terminal() : undefined;
    if (terminal) {
      this.trigger('terminal.due');
      return this.given(terminal);
    }
    if (this.notice.state === 'owed') {
      const [row] = this.trigger('gateway.drain');
      return {
        given: { type: 'gateway.drain', deadline_ms: DEADLINE_MS },
        requirement: row?.requirement ?? '',
      };
    }
    const next = this.queue.shift();
    if (!next) return { given: null };
    const result = this.given(next);
    this.read();
    return result;
  }

  protected given({ on, event }: Given): Result {
    const moved = this.trigger(on);
    return { given: event, requirement: moved[0]?.requirement ?? '' };
  }

  #ended(how: string, declined: boolean): Result {
    this.callEnded = true;
    this.queue.clear();
    const moved = this.trigger(how, declined ? ['declined'] : []);
    const outputs = moved.flatMap((row) =>
      row.do === undefined ? [] : this.act(row.do, undefined),
    );
    return { outputs, ...(moved[0] ? { requirement: moved[0].requirement ?? '' } : {}) };
  }

  #drain(): void {
    this.trigger('drain.begins');
  }

  #fileLost(): Result {
    this.#brokeOff = true;
    const moved = this.trigger('file.lost');
    const outputs = moved.flatMap((row) =>
      row.do === undefined ? [] : this.act(row.do, undefined),
    );
    if (moved.some((row) => row.to === 'lost')) this.loss = this.closed = 'connection_lost';
    if (moved.length > 0) {
      this.closed ??= 'complete';
      this.trigger('peer.lost');
    }
    return { outputs };
  }

  /** The connection or stream is gone. @returns whether that took anything from the application */
  protected lost(cause: string): boolean {
    if (this.loss !== undefined || this.closed !== undefined) return false;
    const taken = this.losing();
    this.trigger('peer.lost');
    if (taken) this.loss = cause;
    this.gone(cause, taken);
    return taken;
  }

  protected gone(cause: string, taken: boolean): void {
    this.closed ??= taken ? cause : 'complete';
  }

  /** cancel.after-end: whether the application had yet to finish its part. */
  protected abstract losing(): boolean;

  /** The application can send no more data (flow.end-settles). */
  protected abstract get outputOver(): boolean;

  /** What only one type has. */
  protected abstract peer(input: Input): Result;

  /** The terminal event, if nothing else can come. */
  protected abstract terminal(): Given | undefined;

  /** There may be room for more. */
  protected read(): void {}

  /** Whether an event of which no output came is in the output buffer nevertheless. */
  protected held(_input: Input & { do: 'send' }, _actions: readonly string[]): boolean {
    return false;
  }

  protected guard(guard: string, content: number): boolean {
    const contentless = [204, 205, 304].includes(this.status);
    switch (guard) {
      case 'informed':
        return this.informed;
      case 'contentless':
        return contentless && content > 0;
      case 'excess':
        return this.length !== null && this.sent + content > this.length;
      case 'head-request':
        return this.options.method === 'HEAD';
      case 'shortfall':
        return (
          this.length !== null &&
          this.sent < this.length &&
          this.options.method !== 'HEAD' &&
          this.status !== 304
        );
      case 'answered':
        return this.response.table.final.includes(this.response.state);
      default:
        return false;
    }
  }

  protected act(action: string, input: (Input & { do: 'send' }) | undefined): string[] {
    const event = input?.event as { status?: number; headers?: Fields; code?: number } | undefined;
    switch (action) {
      case 'informational':
        if (this.options.http_version === '1.0') return [];
        this.informed = true;
        return [`informational ${event?.status}`];
      case 'head': {
        this.status = event?.status ?? 0;
        const declared = event?.headers?.find(([name]) => name === 'content-length')?.[1];
        this.length = declared === undefined ? null : Number(declared);
        return [`head ${this.status}`];
      }
      case 'body':
        if (input?.content === 0) return [];
        this.sent += input?.content ?? 0;
        return [`body ${input?.content}`];
      case 'file':
        this.sent += input?.content ?? 0;
        return [`file ${input?.content}`];
      case 'end':
        return ['end'];
      case 'abort':
        return [`abort ${event?.code ?? 'internal'}`];
      case 'refuse':
        return ['refuse'];
      case 'fail':
        return this.#own(500, 22);
      case 'decline':
        return this.#own(501, 16);
      case 'discard':
        this.queue.clear();
        return ['discard'];
      case 'wake':
        return [];
      default:
        throw new Error(`the model knows no action ${action}`);
    }
  }

  #own(status: number, octets: number): string[] {
    const body = this.options.method === 'HEAD' ? [] : [`body ${octets}`];
    return [`head ${status}`, ...body, 'end'];
  }
}

/** What a drain tells in walks and properties. */
export const DEADLINE_MS = 4321;

/** A conversation of the type `http`. */
export class HttpModel extends Model {
  readonly request: TableMachine;
  arrived = false;

  constructor(tables: readonly MachineTable[], options: ModelOptions, coverage: Coverage) {
    super(tables, options, coverage);
    this.request = this.machine(HTTP_REQUEST.machine);
  }

  get key(): string {
    const queue = this.queue.items.map(({ given }) => given.on);
    return JSON.stringify([Object.values(this.states), this.responseKey, this.arrived, queue]);
  }

  /** Whether the application may yet get more of the request. */
  get wanted(): boolean {
    return (
      !this.arrived &&
      !this.callEnded &&
      this.closed === undefined &&
      this.request.state !== 'discarded' &&
      // http.closed.complete: no more can come.
      this.response.state !== 'refused' &&
      this.response.state !== 'aborted'
    );
  }

  protected get outputOver(): boolean {
    return this.response.table.final.includes(this.response.state);
  }

  protected losing(): boolean {
    return ['open', 'committed'].includes(this.response.state);
  }

  protected peer(input: Input): Result {
    if (!this.wanted) return {};
    if (input.do === 'octets' && input.data.length > 0) {
      const event = { type: 'http.request.body', data: input.data };
      this.queue.push({ on: event.type, event }, input.data.length);
    }
    if (input.do === 'end') {
      this.arrived = true;
      const event = { type: 'http.request.end', trailers: [] };
      this.queue.push({ on: event.type, event }, 0);
    }
    return {};
  }

  /** http.closed.complete, http.closed.cause */
  protected terminal(): Given | undefined {
    const { state } = this.response;
    const over = ['ended', 'aborted', 'refused'].includes(state);
    const noMore =
      this.request.state !== 'reading' ||
      this.callEnded ||
      state === 'aborted' ||
      state === 'refused';
    if (over && noMore) this.closed ??= 'complete';
    return closedWith(this.closed);
  }
}

/** `http.closed`, if it is due. */
export function closedWith(cause: string | undefined): Given | undefined {
  if (cause === undefined) return undefined;
  return { on: 'http.closed', event: { type: 'http.closed', cause } };
}

/** A conversation of the type `websocket`: the table “How a WebSocket ends”, frame by frame. */
export class WebsocketModel extends Model {
  readonly conversation: TableMachine;
  readonly incoming: TableMachine;
  #early: (Input & { do: 'frame' })[] = [];
  #unread: Frame[] = [];
  /** Nothing more is read as frames. */
  #deaf = false;
  #peerEnded = false;
  /** Frames that wait to be written, in words. */
  frames: string[] = [];
  #pong: string | undefined;
  closeFrame: 'none' | 'queued' | 'written' = 'none';
  initiator: 'application' | 'gateway' | 'peer' | undefined;
  #peerClose: { code: number; reason: string } | undefined;
  #failure: number | undefined;
  below: 'open' | 'closing' | 'gone' = 'open';
  #over: Given | undefined;

  constructor(tables: readonly MachineTable[], options: ModelOptions, coverage: Coverage) {
    super(tables, options, coverage);
    this.conversation = this.machine('websocket.conversation');
    this.incoming = this.machine('websocket.incoming');
  }

  get key(): string {
    return JSON.stringify([
      Object.values(this.states),
      this.responseKey,
      this.queue.items.map(({ given }) => given.event),
      this.#early.map(({ name }) => name),
      this.#unread,
      [this.#deaf, this.#peerEnded, this.frames, this.#pong, this.closeFrame, this.initiator],
      [this.#peerClose, this.#failure, this.below, this.#over],
    ]);
  }

  override get small(): boolean {
    return (
      this.queue.items.length < 2 &&
      this.#early.length < 2 &&
      this.frames.length < 2 + (this.closeFrame === 'queued' ? 1 : 0)
    );
  }

  get accepted(): boolean {
    return this.response.state === 'switched';
  }

  override get full(): boolean {
    if (this.accepted) return this.incoming.state === 'messages' && this.queue.full;
    const early = this.#early.reduce((sum, { data }) => sum + data.length, 0);
    return early >= this.options.bound;
  }

  override can(input: Input): boolean {
    if (input.do === 'frame' && this.#peerEnded) return false;
    if (input.do === 'give-up' || input.do === 'deadline')
      return this.accepted && this.below === 'open';
    return super.can(input);
  }

  override take(input: Input): Result {
    const result = super.take(input);
    if (input.do === 'send' && input.on === 'websocket.accept' && 'outputs' in result)
      this.#begin();
    return result;
  }

  protected get outputOver(): boolean {
    const { state } = this.conversation;
    return state === 'closed' || state === 'lost' || (state === 'denied' && this.#answered);
  }

  get #answered(): boolean {
    return this.response.table.final.includes(this.response.state);
  }

  protected losing(): boolean {
    const { state } = this.conversation;
    return state === 'connecting' || state === 'open' || (state === 'denied' && !this.#answered);
  }

  protected override lost(cause: string): boolean {
    if (this.below === 'gone') return false;
    const closing = this.below === 'closing';
    this.below = 'gone';
    if (closing) return false;
    const taken = super.lost(cause);
    this.#settle();
    return taken;
  }

  protected override gone(cause: string, taken: boolean): void {
    if (!this.accepted) super.gone(cause, taken);
    else this.initiator ??= 'peer';
  }

  protected peer(input: Input): Result {
    switch (input.do) {
      case 'frame':
        if (this.below !== 'open' || this.initiator === 'gateway' || this.#deaf) return {};
        if (!this.accepted) {
          if (!this.#answered) this.#early.push(input);
          return {};
        }
        this.#unread.push(input.frame);
        return { outputs: this.#read() };
      case 'end':
        if (!this.accepted) this.#peerEnded = !this.#answered;
        else {
          this.#peerEnded = true;
          return { outputs: this.#read() };
        }
        return {};
      case 'pull':
        return { outputs: this.#pull() };
      case 'deadline':
        if (this.conversation.state === 'open') {
          this.#fail(1001, 'shutdown');
          return { outputs: [] };
        }
        return { outputs: this.#drop() };
      case 'give-up':
        this.initiator ??= 'gateway';
        this.lost('timeout');
        return { outputs: this.#drop() };
      default:
        return {};
    }
  }

  protected terminal(): Given | undefined {
    if (this.accepted) return this.#over;
    if (this.#answered) this.closed ??= 'complete';
    return closedWith(this.closed);
  }

  protected override read(): void {
    if (this.accepted) this.#read();
  }

  protected override held(input: Input & { do: 'send' }): boolean {
    return input.on === 'send websocket.message';
  }

  protected override act(action: string, input: (Input & { do: 'send' }) | undefined): string[] {
    const event = input?.event as { code?: number; reason?: string; text?: string } | undefined;
    switch (action) {
      case 'accept':
        return ['switch 101'];
      case 'message':
        this.frames.push(
          event?.text === undefined ? `data ${input?.content}` : `text ${event.text}`,
        );
        return [];
      case 'close':
        return this.#close(`Close ${event?.code ?? 1000} ${event?.reason ?? ''}`, 'application');
      case 'close-normal':
        return this.#close('Close 1000 ', 'application');
      case 'close-error':
        return this.#close('Close 1011 ', 'application');
      case 'discard':
        this.queue.clear();
        return this.#read();
      default:
        return super.act(action, input);
    }
  }

  #begin(): void {
    for (const { frame } of this.#early.splice(0)) this.#unread.push(frame);
    this.#read();
  }

  #read(): string[] {
    while (!this.#deaf && !this.full) {
      const frame = this.#unread.shift();
      if (!frame) break;
      const discards = this.incoming.state !== 'messages';
      const open = this.below === 'open' && this.initiator !== 'gateway';
      switch (frame.type) {
        case 'message': {
          if (discards) break;
          const event = { type: 'websocket.message', text: frame.text };
          this.queue.push({ on: 'receive websocket.message', event }, octetsOf(frame.text));
          break;
        }
        case 'ping':
          if (open && this.closeFrame === 'none') this.#pong = `pong ${frame.data.join()}`;
          break;
        case 'close':
          this.#deaf = true;
          if (open) this.#closedByPeer(frame);
          break;
        case 'violation':
          // websocket.close-discards: what is discarded is not put together.
          if (discards && frame.code !== 1002) break;
          this.#deaf = true;
          if (!open) break;
          if (this.conversation.state !== 'open') return this.#drop();
          this.#fail(frame.code, frame.code === 1009 ? 'limit' : 'protocol_error');
          break;
      }
    }
    // There is no half-close, but where a Close frame has passed or is on its way. It is met behind what arrived before.
    const silent = this.#peerEnded && this.#peerClose === undefined && this.initiator !== 'gateway';
    if (silent && !this.full && this.below === 'open') this.lost('connection_lost');
    return [];
  }

  #closedByPeer({ code, reason = '' }: Frame & { type: 'close' }): void {
    this.#peerClose = { code: code ?? 1005, reason };
    if (this.conversation.state === 'open') {
      super.lost('peer_closed');
      this.frames = [];
      this.#close(code === undefined ? 'Close' : `Close ${code} `, 'peer');
    }
    this.#settle();
  }

  #fail(code: number, cause: string): void {
    this.initiator = 'gateway';
    this.#failure = code;
    super.lost(cause);
    this.frames = [];
    this.#close(`Close ${code} `, 'gateway');
  }

  #close(frame: string, by: 'application' | 'gateway' | 'peer'): string[] {
    this.initiator ??= by;
    this.closeFrame = 'queued';
    this.frames.push(frame);
    this.#settle();
    return [];
  }

  #drop(): string[] {
    this.below = 'gone';
    this.frames = [];
    this.#settle();
    return ['drop cancel'];
  }

  #pull(): string[] {
    if (this.below === 'gone') return [];
    if (this.#pong !== undefined && this.closeFrame !== 'written') {
      const pong = this.#pong;
      this.#pong = undefined;
      return [pong];
    }
    const frame = this.frames.shift();
    if (frame !== undefined) {
      if (frame.startsWith('Close')) this.closeFrame = 'written';
      this.#settle();
      return [frame];
    }
    const done = this.#peerClose !== undefined || this.initiator === 'gateway';
    if (this.below !== 'open' || this.closeFrame !== 'written' || !done) return [];
    this.below = 'closing';
    return ['close'];
  }

  /** websocket.closed.codes, websocket.closed.when */
  #settle(): void {
    if (this.#over || !this.accepted || this.initiator === undefined) return;
    const gone = this.below === 'gone';
    const written = this.closeFrame === 'written';
    const both = this.#peerClose !== undefined && written;
    if (this.initiator !== 'gateway' && !both && !gone) return;
    const none = { code: 1006, reason: '' };
    const ended =
      this.initiator === 'gateway'
        ? { code: this.#failure ?? 1006, reason: '' }
        : (this.#peerClose ?? none);
    this.#over = {
      on: 'websocket.closed',
      event: {
        type: 'websocket.closed',
        ...ended,
        initiator: this.initiator,
        clean: this.initiator !== 'gateway' && both,
      },
    };
  }
}

function octetsOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** How a tunnel was asked for, and how datagrams would travel. */
export interface TunnelModelOptions extends ModelOptions {
  readonly by: 'upgrade' | 'connect' | 'extended-connect';
  readonly datagrams: 'none' | 'capsules';
}

/** A conversation of the type `tunnel`. */
export class TunnelModel extends Model {
  readonly conversation: TableMachine;
  readonly incoming: TableMachine;
  readonly #asked: TunnelModelOptions;
  #agreed = false;
  #early: Uint8Array[] = [];
  #unread: { readonly given: Given; readonly size: number }[] = [];
  /** The octets of the capsule that is not finished, in each direction. */
  #arrivedTail: readonly number[] = [];
  #sentTail: readonly number[] = [];
  #waiting: string[] = [];
  #peerEnded = false;
  #ownEnded = false;
  #brokenOff = false;
  #over: Given | undefined;

  constructor(tables: readonly MachineTable[], options: TunnelModelOptions, coverage: Coverage) {
    super(tables, options, coverage);
    this.#asked = options;
    this.conversation = this.machine('tunnel.conversation');
    this.incoming = this.machine('tunnel.incoming');
  }

  get key(): string {
    return JSON.stringify([
      Object.values(this.states),
      this.responseKey,
      this.queue.items.map(({ given }) => given.event.type),
      this.#early.map((data) => data.join()),
      this.#unread,
      [this.#agreed, this.#arrivedTail, this.#sentTail, this.#waiting],
      [this.#peerEnded, this.#ownEnded, this.#over],
    ]);
  }

  override get small(): boolean {
    return (
      this.queue.items.length < 3 &&
      this.#early.length < 2 &&
      this.#waiting.length < 2 &&
      this.#sentTail.length < 4 &&
      this.#arrivedTail.length < 4
    );
  }

  get accepted(): boolean {
    return this.response.state === 'switched';
  }

  get over(): boolean {
    return (
      (this.#peerEnded && this.#ownEnded) ||
      this.conversation.state === 'aborted' ||
      this.loss !== undefined
    );
  }

  override get full(): boolean {
    if (this.accepted) return this.incoming.state === 'open' && this.queue.full;
    return this.#early.reduce((sum, data) => sum + data.length, 0) >= this.options.bound;
  }

  override can(input: Input): boolean {
    if (input.do === 'give-up') return this.accepted && !this.#brokenOff;
    return super.can(input);
  }

  override take(input: Input): Result {
    const result = super.take(input);
    if (input.do !== 'send' || input.on !== 'tunnel.accept' || !('outputs' in result))
      return result;
    const early = this.#early.splice(0);
    const ended = this.#peerEnded;
    this.#peerEnded = false;
    for (const data of early) this.#octets(data);
    const outputs = ended ? this.#end() : [];
    return { ...result, outputs: [...(result.outputs ?? []), ...outputs] };
  }

  protected get outputOver(): boolean {
    const { state } = this.conversation;
    return state === 'refused' ? this.#answered : state !== 'offered' && state !== 'open';
  }

  get #answered(): boolean {
    return this.response.table.final.includes(this.response.state);
  }

  protected losing(): boolean {
    const { state } = this.conversation;
    if (state === 'refused') return !this.#answered;
    return state === 'offered' || state === 'open' || (state === 'ended' && !this.#peerEnded);
  }

  protected override lost(cause: string): boolean {
    if (this.accepted && this.over) return false;
    return super.lost(cause);
  }

  protected override gone(cause: string, taken: boolean): void {
    if (this.accepted) this.#settle();
    else super.gone(cause, taken);
  }

  protected peer(input: Input): Result {
    switch (input.do) {
      case 'octets':
        if (this.#peerEnded || this.over || input.data.length === 0) return {};
        if (this.accepted) this.#octets(input.data);
        else if (!this.#answered) this.#early.push(input.data);
        return {};
      case 'end':
        if (this.#peerEnded || this.over) return {};
        if (this.accepted) return { outputs: this.#end() };
        this.#peerEnded = !this.#answered;
        return {};
      case 'give-up':
        if (this.conversation.state === 'aborted' || this.loss !== undefined)
          return { outputs: [] };
        // Of one whose directions have both ended, octets wait.
        this.#brokenOff = true;
        this.lost('timeout');
        return { outputs: [this.#dropped()] };
      default:
        return {};
    }
  }

  protected terminal(): Given | undefined {
    if (this.accepted) return this.#over;
    if (this.#answered) this.closed ??= 'complete';
    return closedWith(this.closed);
  }

  protected override read(): void {
    while (this.#unread.length > 0 && !this.queue.full) {
      const { given, size } = this.#unread.shift() as { given: Given; size: number };
      this.queue.push(given, size);
    }
  }

  protected override held(input: Input & { do: 'send' }): boolean {
    return input.on === 'send tunnel.datagram';
  }

  protected override guard(guard: string, content: number): boolean {
    switch (guard) {
      case 'no-datagrams':
        return !this.#agreed;
      case 'within-capsule':
        return this.#sentTail.length > 0;
      case 'settled':
        return this.#peerEnded || this.loss !== undefined;
      default:
        return super.guard(guard, content);
    }
  }

  protected override act(action: string, input: (Input & { do: 'send' }) | undefined): string[] {
    const event = input?.event as
      | { data?: Uint8Array; datagrams?: boolean; code?: number }
      | undefined;
    const data = [...(event?.data ?? [])];
    // The machine of the response has actions of the same names.
    if (!this.accepted) return super.act(action, input);
    switch (action) {
      case 'accept':
        this.#agreed = event?.datagrams === true;
        return [`switch ${this.#asked.by === 'upgrade' ? 101 : 200}`];
      case 'data':
        if (data.length === 0) return [];
        if (this.#agreed) this.#sentTail = capsulesOf([...this.#sentTail, ...data]).tail;
        return [
          `octets ${data.join()}`,
          ...(this.#sentTail.length > 0 ? [] : this.#waiting.splice(0)),
        ];
      case 'datagram': {
        const capsule = `octets ${[0, data.length, ...data].join()}`;
        if (this.#sentTail.length === 0) return [capsule];
        this.#waiting.push(capsule);
        return [];
      }
      case 'end':
        this.#ownEnded = true;
        this.#settle();
        return ['shut'];
      case 'abort':
        this.#forget();
        this.#settle();
        return [this.#dropped(event?.code)];
      case 'discard':
        this.#forget();
        return [];
      default:
        return super.act(action, input);
    }
  }

  #forget(): void {
    this.queue.clear();
    this.#unread = [];
  }

  #dropped(code?: number): string {
    return `drop ${code ?? (this.#asked.by === 'connect' ? 'connect' : 'cancel')} reset`;
  }

  #octets(data: Uint8Array): void {
    const gives = this.incoming.state === 'open';
    if (!this.#agreed) {
      if (gives) this.#unread.push(dataOf([...data]));
    } else {
      const before = this.#arrivedTail.length;
      const { capsules, tail } = capsulesOf([...this.#arrivedTail, ...data]);
      this.#arrivedTail = tail;
      let held = before;
      for (const capsule of [...capsules, ...(tail.length > 0 ? [tail] : [])]) {
        // What of it came before was given, unless its type was not known.
        const fresh = held > 0 ? capsule.slice(held) : capsule;
        held = 0;
        if (!gives || fresh.length === 0) continue;
        if (capsule[0] !== 0) this.#unread.push(dataOf(fresh));
        else if (capsule !== tail) {
          const event = { type: 'tunnel.datagram', data: Uint8Array.from(capsule.slice(2)) };
          const size = capsule.length - 2;
          this.#unread.push({ given: { on: 'receive tunnel.datagram', event }, size });
        }
      }
    }
    this.read();
  }

  #end(): string[] {
    if (this.#arrivedTail.length > 0) {
      this.lost('protocol_error');
      return ['drop protocol reset'];
    }
    this.#peerEnded = true;
    if (this.incoming.state === 'open') {
      const given = { on: 'receive tunnel.end', event: { type: 'tunnel.end' } };
      this.#unread.push({ given, size: 0 });
      this.read();
    }
    this.#settle();
    return [];
  }

  /** tunnel.closed.cause */
  #settle(): void {
    if (this.#over || !this.over) return;
    const both = this.#peerEnded && this.#ownEnded;
    const aborted = this.conversation.state === 'aborted';
    const cause = both || aborted ? 'complete' : (this.loss ?? 'complete');
    this.#over = { on: 'tunnel.closed', event: { type: 'tunnel.closed', cause } };
  }
}

function dataOf(octets: readonly number[]): { given: Given; size: number } {
  const event = { type: 'tunnel.data', data: Uint8Array.from(octets) };
  return { given: { on: 'receive tunnel.data', event }, size: octets.length };
}

/** Cuts octets into whole capsules, whose types and lengths are of one octet each, and what is left of one. */
function capsulesOf(octets: readonly number[]): { capsules: number[][]; tail: readonly number[] } {
  const capsules: number[][] = [];
  let at = 0;
  while (at < octets.length) {
    const length = octets[at + 1];
    if (length === undefined || at + 2 + length > octets.length) break;
    capsules.push(octets.slice(at, at + 2 + length));
    at += 2 + length;
  }
  return { capsules, tail: octets.slice(at) };
}

/** A lifespan: the table “The events of a lifespan”. */
export class LifespanModel implements Modelled {
  readonly full = false;
  readonly small = true;
  readonly #machine: TableMachine;
  #cause = 'timeout';
  #draining = false;
  #stopping = false;
  #returned = false;

  constructor(table: MachineTable, coverage: Coverage) {
    this.#machine = new TableMachine(table, coverage);
  }

  get states(): Readonly<Record<string, string>> {
    return { [this.#machine.table.machine]: this.#machine.state };
  }

  get key(): string {
    return JSON.stringify([
      this.#machine.state,
      this.#cause,
      this.#draining,
      this.#stopping,
      this.#returned,
    ]);
  }

  get view(): string {
    return this.key;
  }

  can(input: Input): boolean {
    if (input.do === 'shutdown') return this.#draining;
    if (input.do === 'return' || input.do === 'raise') return !this.#returned;
    return true;
  }

  take(input: Input): Result {
    switch (input.do) {
      case 'send': {
        const row = this.#row(input.on, input.holds);
        if (row.closed !== undefined) return { closed: this.#cause };
        if (row.misuse !== undefined) return { misuse: row.misuse };
        return this.#moved(row);
      }
      case 'send-malformed':
        return { misuse: input.misuse };
      case 'receive': {
        const event = this.#next();
        if (!event) return { given: null };
        const row = this.#row(event.type, []);
        const { requirement } = this.#moved(row) as { requirement: string };
        return {
          given: event,
          requirement: requirement === '' ? 'lifespan.shutdown-last' : requirement,
        };
      }
      case 'return':
        this.#returned = true;
        return this.#moved(this.#row('application.returns', []));
      case 'raise':
        this.#returned = true;
        return this.#moved(this.#row('application.raises', input.declined ? ['declined'] : []));
      case 'expires':
        return this.#moved(this.#row('time.expires', []));
      case 'drain':
        this.#draining = true;
        // drain.during-startup: the signal is given once, and its reason is that of every Closed (cancel.reason).
        if (['called', 'starting'].includes(this.#machine.state)) this.#cause = 'shutdown';
        return {};
      case 'shutdown':
        this.#stopping = true;
        return {};
      default:
        return {};
    }
  }

  #row(on: string, holds: readonly string[]): Row {
    return this.#machine.row(on, (guard) => holds.includes(guard)) as Row;
  }

  #moved(row: Row): Result {
    this.#machine.state = row.to ?? this.#machine.state;
    return { outputs: row.do === undefined ? [] : [row.do], requirement: row.requirement ?? '' };
  }

  #next(): { type: string; [field: string]: unknown } | undefined {
    switch (this.#machine.state) {
      case 'called':
        return { type: 'lifespan.startup' };
      case 'starting':
        return undefined;
      case 'ready':
        return this.#draining ? { type: 'lifespan.drain', deadline_ms: DEADLINE_MS } : undefined;
      case 'draining':
        return this.#stopping ? { type: 'lifespan.shutdown' } : undefined;
      default:
        return { type: 'lifespan.shutdown' };
    }
  }
}
