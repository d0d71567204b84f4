// What every runtime offers to the sandbox, whichever place the code runs in; and the session that all of them share,
// which speaks envelopes over a link.

import type { ScenarioExchange, ScenarioWebSocket, SocketEvent } from '../client/index.ts';
import type { TraceEvent } from '../trace/index.ts';
import type { Arming, ClockReach, ControlCommand, Standing } from './control.ts';
import { decode, ENVELOPE_LIMIT, type Envelope, encode } from './envelope.ts';
import { type Files, ProgramError } from './program.ts';
import type { EndReport, LogLine, RequestReport, SocketReport } from './said.ts';
import {
  readBeat,
  readEndReport,
  readGuestError,
  readLog,
  readReport,
  readSocketNews,
  readSocketReport,
  readStanding,
  readTraceEvent,
} from './shapes.ts';

export type { EndReport, GuestError, LogLine, RequestReport, SocketReport } from './said.ts';

export type RuntimeId = 'page' | 'webcontainer' | 'python';

/** Why a runtime cannot be used, in words for the reader. */
export interface Failure {
  readonly code: string;
  /** What happened. */
  readonly message: string;
  /** What still works, or what to do. */
  readonly help: string;
  /** Whether a later attempt may go better. */
  readonly retryable: boolean;
}

export class RuntimeError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.name = 'RuntimeError';
    this.failure = failure;
  }
}

export type Probe = { readonly ok: true } | ({ readonly ok: false } & Failure);

export interface BootOptions {
  readonly signal: AbortSignal;
  /** What is going on, in words. */
  readonly onProgress: (step: string) => void;
}

export interface Runtime {
  readonly id: RuntimeId;
  readonly label: string;
  /** Whether it can be tried here at all. Cheap, and asks nobody. */
  probe(): Probe;
  /** @throws RuntimeError */
  boot(options: BootOptions): Promise<Session>;
}

/** What a session tells without being asked. */
export interface SessionListener {
  trace(events: readonly TraceEvent[]): void;
  log(lines: readonly LogLine[], dropped: number): void;
  /** A sign of life. `progress`: whether anything happened for the program since the last one. */
  beat(progress: boolean): void;
  /** Of a program under control: what it stands before, and whose clients are connected. */
  standing(standing: Standing): void;
  /** So many messages of the guest were dropped: too many, too large, or without a shape. */
  lost(messages: number): void;
  /** The guest is gone, unasked. */
  died(failure: Failure): void;
}

/** A WebSocket in the sandbox, in somebody's hands. Its end comes as an event, and as `done`. */
export interface OpenSocket {
  send(data: string | Uint8Array): void;
  close(code?: number, reason?: string): void;
  /** What is to be known of it when it is over. Rejects where the session ends before it. */
  readonly done: Promise<SocketReport>;
}

export interface Capabilities {
  /** What a clock that is held still reaches. */
  readonly clock: ClockReach;
}

/** A place where one program at a time is loaded and asked. */
export interface Session {
  readonly runtime: RuntimeId;
  /** What this place can do that another cannot. */
  readonly capabilities: Capabilities;
  listener: SessionListener | undefined;
  /** Puts the files in place. @throws ProgramError for a mistake in them */
  sync(files: Files, revision: number): Promise<void>;
  /**
   * Loads the application; with `control`, so that it can be held still.
   * @throws ProgramError if it does not load, StaleRealm where an earlier one has changed what it would load into
   */
  run(entry: string, revision: number, control?: Arming): Promise<void>;
  request(request: ScenarioExchange, conn: number): Promise<RequestReport>;
  /** Opens a WebSocket to the application that is loaded. What happens on it, its failure too, comes as events. */
  open(
    request: ScenarioWebSocket,
    conn: number,
    onEvent: (event: SocketEvent) => void,
  ): Promise<OpenSocket>;
  /**
   * Lets the application end as its process would, once all that was sent is over: it is waited for, and its lifespan is
   * shut down. Nothing can be sent to it after that, unless the report says that there was nothing to end.
   */
  finish(): Promise<EndReport>;
  /** Holds still, steps, disturbs: what was loaded under control. To another program it says nothing. */
  control(command: ControlCommand): void;
  /** Asks what is under way to be given up. The guest must be alive to hear it. */
  interrupt(): void;
  /** Ends everything. `alive` false: the guest does not answer, and may need more than a request to stop. */
  dispose(alive?: boolean): void;
}

/** Thrown by `run` where an earlier program has changed the language under the next one: another guest is needed. */
export class StaleRealm extends Error {
  constructor() {
    super('an earlier program has changed the globals of this sandbox.');
    this.name = 'StaleRealm';
  }
}

/** Carries text between the page and a guest. */
export interface Link {
  post(text: string): void;
  onText: ((text: string) => void) | undefined;
  /** The other end is gone, unasked. */
  onClosed: ((failure: Failure) => void) | undefined;
  close(): void;
}

/** What a guest may say in a second; a guest that is not forged says far less. What is beyond it is dropped. */
export const RATE = { messages: 2000, characters: 16 * 2 ** 20 };
/** So many times of that, and the guest is ended: to drop is work as well. */
const FLOOD = 4;

/** Counts what comes within each second. */
export class Rate {
  #since = Number.NEGATIVE_INFINITY;
  #messages = 0;
  #characters = 0;

  /** Takes one message more. @returns how it stands with the second that runs */
  take(characters: number): 'within' | 'beyond' | 'flood' {
    return this.#take(1, characters);
  }

  /** Takes a piece that is no message by itself, such as a chunk of a terminal. */
  takePart(characters: number): 'within' | 'beyond' | 'flood' {
    return this.#take(0, characters);
  }

  #take(messages: number, characters: number): 'within' | 'beyond' | 'flood' {
    const now = performance.now();
    if (now - this.#since >= 1000) {
      this.#since = now;
      this.#messages = 0;
      this.#characters = 0;
    }
    this.#messages += messages;
    this.#characters += characters;
    const share = Math.max(this.#messages / RATE.messages, this.#characters / RATE.characters);
    return share <= 1 ? 'within' : share <= FLOOD ? 'beyond' : 'flood';
  }
}

export const FLOODED: Failure = {
  code: 'flood',
  message: 'The application sent the page more in a second than it takes, and was ended.',
  help: 'Your edits are kept. Run starts again.',
  retryable: true,
};

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A live socket, by the call that opened it. */
interface Live {
  readonly onEvent: (event: SocketEvent) => void;
  over: boolean;
}

/** A session over a link. Runtimes differ only in how they put files in place. */
export abstract class LinkedSession implements Session {
  abstract readonly runtime: RuntimeId;
  abstract readonly capabilities: Capabilities;
  listener: SessionListener | undefined;
  readonly #link: Link;
  readonly #sid: string;
  readonly #pending = new Map<number, Pending>();
  readonly #sockets = new Map<number, Live>();
  readonly #rate = new Rate();
  #epoch = 0;
  #seq = 0;
  #calls = 0;
  #progress = 0;
  #over: Failure | undefined;

  constructor(link: Link, sid: string) {
    this.#link = link;
    this.#sid = sid;
    link.onText = (text) => {
      if (this.#over) return;
      const standing = this.#rate.take(text.length);
      if (standing === 'flood') {
        this.#link.close();
        this.#link.onClosed?.(FLOODED);
        return;
      }
      const envelope = decode(text);
      if (!envelope || envelope.sid !== sid) this.listener?.lost(1);
      else this.#take(envelope, standing === 'within');
    };
    link.onClosed = (failure) => {
      if (this.#over) return;
      this.#end(failure);
      this.listener?.died(failure);
    };
  }

  /** Puts the files where the guest will look for them. */
  protected abstract put(files: Files, revision: number): Promise<void>;
  protected abstract loadBody(entry: string, revision: number): object;

  async sync(files: Files, revision: number): Promise<void> {
    this.#supersede(revision);
    await this.put(files, revision);
  }

  async run(entry: string, revision: number, control?: Arming): Promise<void> {
    this.#supersede(revision);
    const body = this.loadBody(entry, revision);
    const answer = await this.#call('load', control ? { ...body, control } : body);
    if ((answer as { stale?: unknown } | null)?.stale === true) throw new StaleRealm();
  }

  async request(request: ScenarioExchange, conn: number): Promise<RequestReport> {
    const report = readReport(await this.#call('request', { request, conn }));
    if (!report) throw new RuntimeError(UNREADABLE);
    return report;
  }

  async open(
    request: ScenarioWebSocket,
    conn: number,
    onEvent: (event: SocketEvent) => void,
  ): Promise<OpenSocket> {
    const epoch = this.#epoch;
    const live: Live = { onEvent, over: false };
    const ended = this.#call('open', { request, conn }, (id) => this.#sockets.set(id, live));
    const socket = this.#calls;
    const done = ended.then(
      (answer) => {
        this.#socketOver(socket, live);
        const report = readSocketReport(answer);
        if (!report) throw new RuntimeError(UNREADABLE);
        return report;
      },
      (error: unknown) => {
        this.#socketOver(socket, live);
        throw error;
      },
    );
    // Nobody need wait for it.
    done.catch(() => {});
    const post = (op: string, body: object) => {
      if (this.#over || live.over || epoch !== this.#epoch) return;
      this.#post(op, ++this.#calls, { socket, ...body });
    };
    return {
      send: (data) => post('socket.send', { data }),
      close: (code, reason = '') => {
        checkClose(code, reason);
        post('socket.close', { code, reason });
      },
      done,
    };
  }

  async finish(): Promise<EndReport> {
    const report = readEndReport(await this.#call('finish', {}));
    if (!report) throw new RuntimeError(UNREADABLE);
    return report;
  }

  control(command: ControlCommand): void {
    if (!this.#over) this.#post('control', ++this.#calls, command);
  }

  interrupt(): void {
    if (!this.#over) this.#post('interrupt', ++this.#calls, {});
  }

  dispose(_alive = true): void {
    this.listener = undefined;
    this.#end({ code: 'disposed', message: 'The run was stopped.', help: '', retryable: true });
    this.#link.close();
  }

  /** From here on nothing of an earlier program is heard, and its answers, which would be dropped, are not waited for. */
  #supersede(revision: number): void {
    if (revision === this.#epoch) return;
    this.#reject({
      code: 'superseded',
      message: 'Another program was loaded.',
      help: '',
      retryable: true,
    });
    this.#epoch = revision;
  }

  /** Work that is nobody's any more when the session ends, and may then never come to an end itself. */
  protected whileAlive<T>(work: Promise<T>): Promise<T> {
    if (this.#over) return Promise.reject(new RuntimeError(this.#over));
    const id = ++this.#calls;
    return new Promise<T>((resolve, reject) => {
      this.#pending.set(id, { resolve: resolve as Pending['resolve'], reject });
      work.then(
        (value) => this.#settle(id)?.resolve(value),
        (error: unknown) => this.#settle(id)?.reject(error),
      );
    });
  }

  #call(op: string, body: unknown, before?: (id: number) => void): Promise<unknown> {
    if (this.#over) return Promise.reject(new RuntimeError(this.#over));
    const id = ++this.#calls;
    before?.(id);
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { resolve, reject });
      try {
        this.#post(op, id, body);
      } catch (error) {
        this.#pending.delete(id);
        reject(error);
      }
    });
  }

  #post(op: string, id: number, body: unknown): void {
    const text = encode({
      v: 1,
      sid: this.#sid,
      epoch: this.#epoch,
      seq: ++this.#seq,
      kind: 'call',
      id,
      op,
      body,
    });
    if (text.length > ENVELOPE_LIMIT) {
      throw new ProgramError({
        kind: 'limit',
        message: `the program and its requests are larger than a sandbox takes (${ENVELOPE_LIMIT >> 20} MiB).`,
      });
    }
    this.#link.post(text);
  }

  /** `within`: the guest keeps to its rate. Answers are taken all the same: there are as many as were asked for. */
  #take(envelope: Envelope, within: boolean): void {
    const { kind, id, body } = envelope;
    const awaited = id !== undefined && this.#pending.has(id);
    if (!within && !awaited && kind !== 'beat') {
      this.listener?.lost(1);
      return;
    }
    if (kind === 'beat') {
      const { progress = 0 } = readBeat(body) ?? {};
      const moved = progress !== this.#progress;
      this.#progress = progress;
      this.listener?.beat(moved);
      return;
    }
    if (envelope.epoch !== this.#epoch) return;
    this.listener?.beat(true);
    switch (kind) {
      case 'trace': {
        const all: readonly unknown[] = Array.isArray(body) ? body : [undefined];
        const events = all.flatMap((one) => readTraceEvent(one) ?? []);
        if (events.length < all.length) this.listener?.lost(all.length - events.length);
        if (events.length > 0) this.listener?.trace(events);
        return;
      }
      case 'log': {
        const log = readLog(body);
        if (log) this.listener?.log(log.lines, log.dropped);
        else this.listener?.lost(1);
        return;
      }
      case 'standing': {
        const standing = readStanding(body);
        if (standing) this.listener?.standing(standing);
        else this.listener?.lost(1);
        return;
      }
      case 'socket': {
        const { socket, event } = readSocketNews(body) ?? {};
        const live = socket === undefined ? undefined : this.#sockets.get(socket);
        if (!live || live.over || !event) {
          this.listener?.lost(1);
          return;
        }
        if (event.type === 'closed' || event.type === 'denied') live.over = true;
        live.onEvent(event);
        return;
      }
      case 'reply':
        this.#settle(id)?.resolve(body);
        return;
      case 'error':
        this.#settle(id)?.reject(
          new ProgramError(
            readGuestError(body) ?? {
              kind: 'runtime',
              message: 'the sandbox failed without a word.',
            },
          ),
        );
        return;
      default:
    }
  }

  /** A socket whose end nobody has told of has ended with its session or its program. */
  #socketOver(socket: number, live: Live): void {
    this.#sockets.delete(socket);
    if (live.over) return;
    live.over = true;
    live.onEvent({ type: 'closed', reason: '', clean: false });
  }

  #settle(id: number | undefined): Pending | undefined {
    if (id === undefined) return undefined;
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }

  #end(failure: Failure): void {
    if (this.#over) return;
    this.#over = failure;
    this.#reject(failure);
  }

  #reject(failure: Failure): void {
    for (const { reject } of this.#pending.values()) reject(new RuntimeError(failure));
    this.#pending.clear();
  }
}

/** RFC 6455 section 7.4: what a Close frame of a client may carry. @throws RangeError */
function checkClose(code: number | undefined, reason: string): void {
  const known =
    code === undefined ||
    code === 1000 ||
    (code >= 1001 && code <= 1014 && ![1004, 1005, 1006].includes(code)) ||
    (code >= 3000 && code <= 4999);
  if (!known)
    throw new RangeError(
      `a Close frame cannot carry the code ${code}. Write 1000, or one of your own from 4000 to 4999.`,
    );
  if (new TextEncoder().encode(reason).length > 123)
    throw new RangeError('the reason of a Close frame has at most 123 octets.');
}

const UNREADABLE: Failure = {
  code: 'unreadable',
  message: 'The sandbox gave an answer that cannot be read: the application writes into it.',
  help: 'Your edits are kept. Run starts again.',
  retryable: true,
};
