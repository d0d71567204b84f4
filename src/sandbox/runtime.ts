// What every runtime offers to the sandbox, whichever place the code runs in; and the session that all of them share,
// which speaks envelopes over a link.

import type { ClientResult, ScenarioRequest } from '../client/index.ts';
import type { SourcePosition, TraceEvent } from '../trace/index.ts';
import { decode, ENVELOPE_LIMIT, type Envelope, encode } from './envelope.ts';
import { type Diagnosis, type Files, ProgramError } from './program.ts';

export type RuntimeId = 'page' | 'webcontainer';

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

/** A line that the application printed. */
export interface LogLine {
  readonly level: 'log' | 'warn' | 'error';
  readonly text: string;
}

/** What a session tells without being asked. */
export interface SessionListener {
  trace(events: readonly TraceEvent[]): void;
  log(lines: readonly LogLine[], dropped: number): void;
  /** A sign of life. */
  beat(): void;
  /** The guest is gone, unasked. */
  died(failure: Failure): void;
}

/** How one request went, with what the runtime did not keep of it. */
export interface RequestReport {
  readonly result: ClientResult;
  /** Trace events past the limit. */
  readonly dropped: number;
  readonly faults: readonly Diagnosis[];
}

/** A place where one program at a time is loaded and asked. */
export interface Session {
  readonly runtime: RuntimeId;
  listener: SessionListener | undefined;
  /** Puts the files in place. @throws ProgramError for a mistake in them */
  sync(files: Files, revision: number): Promise<void>;
  /** Loads the application. @throws ProgramError if it does not load */
  run(entry: string, revision: number): Promise<void>;
  request(request: ScenarioRequest, conn: number): Promise<RequestReport>;
  /** Asks the request under way to be given up. The guest must be alive to hear it. */
  interrupt(): void;
  /** Ends everything. `alive` false: the guest does not answer, and may need more than a request to stop. */
  dispose(alive?: boolean): void;
}

/** Carries text between the page and a guest. */
export interface Link {
  post(text: string): void;
  onText: ((text: string) => void) | undefined;
  /** The other end is gone, unasked. */
  onClosed: ((failure: Failure) => void) | undefined;
  close(): void;
}

/** An error as a guest reports it. */
export interface GuestError {
  readonly kind: Diagnosis['kind'];
  readonly message: string;
  readonly src?: SourcePosition;
}

interface Pending {
  resolve(value: unknown): void;
  reject(error: unknown): void;
}

/** A session over a link. Runtimes differ only in how they put files in place. */
export abstract class LinkedSession implements Session {
  abstract readonly runtime: RuntimeId;
  listener: SessionListener | undefined;
  readonly #link: Link;
  readonly #sid: string;
  readonly #pending = new Map<number, Pending>();
  #epoch = 0;
  #seq = 0;
  #calls = 0;
  #over: Failure | undefined;

  constructor(link: Link, sid: string) {
    this.#link = link;
    this.#sid = sid;
    link.onText = (text) => {
      const envelope = decode(text);
      if (envelope && envelope.sid === sid) this.#take(envelope);
    };
    link.onClosed = (failure) => {
      if (this.#over) return;
      this.#end(failure);
      this.listener?.died(failure);
    };
  }

  abstract sync(files: Files, revision: number): Promise<void>;
  protected abstract loadBody(entry: string, revision: number): unknown;

  async run(entry: string, revision: number): Promise<void> {
    // An answer to what was asked of an earlier program would be dropped.
    this.#reject({
      code: 'superseded',
      message: 'Another program was loaded.',
      help: '',
      retryable: true,
    });
    this.#epoch = revision;
    await this.#call('load', this.loadBody(entry, revision));
  }

  async request(request: ScenarioRequest, conn: number): Promise<RequestReport> {
    return (await this.#call('request', { request, conn })) as RequestReport;
  }

  interrupt(): void {
    if (!this.#over) this.#post('interrupt', ++this.#calls, {});
  }

  dispose(_alive = true): void {
    this.listener = undefined;
    this.#end({ code: 'disposed', message: 'The run was stopped.', help: '', retryable: true });
    this.#link.close();
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

  #call(op: string, body: unknown): Promise<unknown> {
    if (this.#over) return Promise.reject(new RuntimeError(this.#over));
    const id = ++this.#calls;
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

  #take(envelope: Envelope): void {
    if (envelope.kind === 'beat') {
      this.listener?.beat();
      return;
    }
    if (envelope.epoch !== this.#epoch) return;
    this.listener?.beat();
    const { kind, id, body } = envelope;
    switch (kind) {
      case 'trace':
        if (isList(body)) this.listener?.trace(body as unknown as TraceEvent[]);
        return;
      case 'log':
        if (isLog(body)) this.listener?.log(body.lines, body.dropped);
        return;
      case 'reply':
        this.#settle(id)?.resolve(body);
        return;
      case 'error': {
        const { kind, message, src } = (isRecord(body) ? body : {}) as Partial<GuestError>;
        this.#settle(id)?.reject(
          new ProgramError({
            kind: kind ?? 'runtime',
            message: message ?? 'the sandbox failed without a word.',
            ...(src ? { src } : {}),
          }),
        );
        return;
      }
      default:
    }
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

// The reader's program shares a place with the guest, and may write to where the guest writes.

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isList(value: unknown): value is readonly Record<string, unknown>[] {
  return Array.isArray(value) && value.every(isRecord);
}

function isLog(value: unknown): value is { lines: readonly LogLine[]; dropped: number } {
  const { lines, dropped } = (isRecord(value) ? value : {}) as {
    lines?: unknown;
    dropped?: unknown;
  };
  return isList(lines) && typeof dropped === 'number';
}
