// One HTTP exchange without I/O: two machines of proposal 3, the checks behind their guards, and the queue of what the
// application has yet to receive. It is driven by calls and returns what to write; it knows no clock and no network.

import {
  Closed,
  type Fields,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  type HttpClosed,
  type HttpReceiveEvent,
  type HttpRequestState,
  type HttpResponseAction,
  type HttpResponseGuard,
  type HttpResponseState,
  type HttpSendEvent,
  Misuse,
} from '../../interface/index.ts';
import {
  announcesTrailers,
  brokenField,
  declaredLength,
  forbiddenTrailer,
  hopByHopField,
} from './fields.ts';
import { inputsOf, Machine } from './machine.ts';
import { checkEvent } from './shape.ts';

/** What a transport is to do, in order. */
export type HttpOutput =
  | { readonly do: 'continue' }
  | { readonly do: 'informational'; readonly status: number; readonly headers: Fields }
  | {
      readonly do: 'head';
      readonly status: number;
      readonly headers: Fields;
      /** Declared length in octets; null if the transport is to frame the body. */
      readonly length: number | null;
      /** False where no body may follow the head on the wire. */
      readonly content: boolean;
    }
  | { readonly do: 'body'; readonly data: Uint8Array }
  | { readonly do: 'end'; readonly trailers: Fields }
  | { readonly do: 'abort'; readonly code: number | undefined }
  | { readonly do: 'refuse' }
  | { readonly do: 'discard' };

/** What an accepted event led to. */
export interface Accepted {
  readonly outputs: readonly HttpOutput[];
  readonly state: string;
  readonly requirement: string;
}

/** What the application's end led to: nothing, where the response was already over. */
export interface Ended {
  readonly outputs: readonly HttpOutput[];
  readonly state: string;
  readonly requirement?: string;
}

/** A received event, with the state of the request and the governing requirement. */
export interface Received {
  readonly event: HttpReceiveEvent;
  readonly state: HttpRequestState;
  readonly requirement: string;
}

export interface HttpConversationOptions {
  readonly method: string;
  readonly http_version: string;
  /** Whether the request has `expect: 100-continue`. */
  readonly expectContinue: boolean;
  /** Features that are in force; default none. */
  readonly features?: ReadonlySet<string>;
}

type ClosedCause = HttpClosed['cause'];

const RESPONSE_INPUTS = inputsOf(HTTP_RESPONSE);
const NO_FIELDS: Fields = [];
const NO_FEATURES: ReadonlySet<string> = new Set();
/** What the gateway answers in the place of an application. The same for every error (security.no-detail-in-500). */
const OWN_BODIES = {
  500: new TextEncoder().encode('Internal Server Error\n'),
  501: new TextEncoder().encode('Not Implemented\n'),
} as const;

/** The explanation of a `Misuse` that a machine row leads to; the row itself has only the id. */
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
};

export class HttpConversation {
  readonly #options: HttpConversationOptions;
  readonly #response: Machine<
    HttpResponseState,
    HttpResponseGuard,
    HttpResponseAction,
    HttpSendEvent
  >;
  readonly #request = new Machine(HTTP_REQUEST, {});
  readonly #incoming: HttpReceiveEvent[] = [];
  #buffered = 0;
  /** The peer has said all that it will: no body and no end can follow. */
  #arrived = false;
  /** The application's call has ended: nobody is left to receive the request. */
  #abandoned = false;
  #closed: HttpClosed | undefined;
  #continueOwed: boolean;
  #informed = false;
  /** The application has ended with `UnsupportedScope`. */
  #declined = false;
  #status = 0;
  #length: number | null = null;
  #sent = 0;

  constructor(options: HttpConversationOptions) {
    this.#options = options;
    this.#continueOwed = options.expectContinue && options.http_version !== '1.0';
    this.#response = new Machine(HTTP_RESPONSE, this.#guards());
  }

  get responseState(): HttpResponseState {
    return this.#response.state;
  }

  get requestState(): HttpRequestState {
    return this.#request.state;
  }

  /** Whether the response is over, by whatever way. */
  get responseOver(): boolean {
    return this.#response.final;
  }

  /** Octets that arrived and that the application has not received. */
  get buffered(): number {
    return this.#buffered;
  }

  // From the application.

  /**
   * Takes an event of the application.
   * @throws Misuse with the requirement broken; nothing has changed
   * @throws Closed if the peer was lost first
   */
  send(sent: HttpSendEvent): Accepted {
    const features = this.#options.features ?? NO_FEATURES;
    const event = checkEvent(sent, 'http', features) as unknown as HttpSendEvent;
    if (!RESPONSE_INPUTS.has(event.type)) return this.#sendToRequest(event);
    const step = this.#response.step(event.type, event);
    switch (step.kind) {
      case 'misuse':
        throw new Misuse(step.requirement, this.#explain(step.requirement, event));
      case 'closed':
        throw new Closed(this.#closed?.cause ?? 'connection_lost', this.#closed?.code);
      case 'stay':
        return { outputs: [], state: this.#response.state, requirement: '' };
      case 'to':
        return {
          outputs: step.action === undefined ? [] : this.#act(step.action, event),
          state: step.state,
          requirement: step.requirement,
        };
    }
  }

  /** The application has asked for an event. @returns what is owed to the peer for that: a 100, or nothing */
  asked(): readonly HttpOutput[] {
    if (!this.#continueOwed || this.#response.state !== 'open') return [];
    this.#continueOwed = false;
    return [{ do: 'continue' }];
  }

  /** The next event for the application, or undefined while there is none. */
  receive(): Received | undefined {
    const event = this.#incoming.shift() ?? this.#closing();
    if (!event) return undefined;
    if (event.type === 'http.request.body') this.#buffered -= event.data.length;
    const step = this.#request.step(event.type, undefined);
    return {
      event,
      state: this.#request.state,
      requirement: step.kind === 'to' ? step.requirement : '',
    };
  }

  /** The application's call has ended, with or without an error; `declined` if that was `UnsupportedScope`. */
  applicationEnded(how: 'application.returns' | 'application.raises', declined = false): Ended {
    this.#declined = declined;
    const step = this.#response.step(how, { type: 'http.response.end' });
    this.#abandoned = true;
    this.#dropIncoming();
    const state = this.#response.state;
    if (step.kind !== 'to') return { outputs: [], state };
    return {
      outputs:
        step.action === undefined ? [] : this.#act(step.action, { type: 'http.response.abort' }),
      state,
      requirement: step.requirement,
    };
  }

  // From the peer.

  /** A piece of the request body arrived. @returns whether the application will get it */
  body(data: Uint8Array): boolean {
    if (data.length === 0 || !this.#wanted) return false;
    this.#continueOwed = false;
    this.#incoming.push({ type: 'http.request.body', data });
    this.#buffered += data.length;
    return true;
  }

  /** The request arrived whole. */
  end(trailers: Fields = NO_FIELDS): boolean {
    if (!this.#wanted) return false;
    this.#continueOwed = false;
    this.#arrived = true;
    this.#incoming.push({ type: 'http.request.end', trailers });
    return true;
  }

  /** The peer is gone. @returns whether that took anything from the application */
  lost(cause: ClosedCause, code?: number): boolean {
    if (this.#closed) return false;
    const taken = this.#response.step('peer.lost', { type: 'http.response.abort' }).kind === 'to';
    this.#close(taken ? cause : 'complete', taken ? code : undefined);
    return taken;
  }

  /** Whether the application may yet get more of the request. */
  get #wanted(): boolean {
    return (
      !this.#arrived && !this.#abandoned && !this.#closed && this.#request.state !== 'discarded'
    );
  }

  #close(cause: ClosedCause, code?: number): void {
    // http.closed.repeats: one event for every `receive`, so nobody may change it.
    this.#closed = Object.freeze({
      type: 'http.closed',
      cause,
      ...(code === undefined ? {} : { code }),
    });
  }

  #sendToRequest(event: HttpSendEvent): Accepted {
    const step = this.#request.step(event.type, undefined);
    if (step.kind === 'misuse')
      throw new Misuse(step.requirement, this.#explain(step.requirement, event));
    this.#dropIncoming();
    this.#continueOwed = false;
    return {
      outputs: step.kind === 'to' && step.action === 'discard' ? [{ do: 'discard' }] : [],
      state: this.#request.state,
      requirement: step.kind === 'to' ? step.requirement : '',
    };
  }

  #dropIncoming(): void {
    this.#incoming.length = 0;
    this.#buffered = 0;
  }

  /** `http.closed`, once nothing else can come. */
  #closing(): HttpClosed | undefined {
    if (!this.#closed && this.#response.final) {
      const { state } = this.#response;
      const requestOver = this.#request.state !== 'reading' || this.#abandoned;
      if (requestOver || state === 'aborted' || state === 'refused') this.#close('complete');
    }
    return this.#closed;
  }

  /** Carries out an action of the response machine. */
  #act(action: HttpResponseAction, event: HttpSendEvent): HttpOutput[] {
    switch (action) {
      case 'informational': {
        if (event.type !== 'http.informational') return [];
        if (this.#options.http_version === '1.0') return []; // http.informational.http-1-0
        this.#informed = true;
        return [{ do: 'informational', status: event.status, headers: event.headers ?? NO_FIELDS }];
      }
      case 'head':
        if (event.type !== 'http.response.start') return [];
        return [this.#head(event.status, event.headers ?? NO_FIELDS)];
      case 'body':
        if (event.type !== 'http.response.body' || event.data.length === 0) return [];
        this.#sent += event.data.length;
        return [{ do: 'body', data: event.data }];
      case 'end':
        return [
          {
            do: 'end',
            trailers:
              event.type === 'http.response.end' && this.#takesTrailers
                ? (event.trailers ?? NO_FIELDS)
                : NO_FIELDS,
          },
        ];
      case 'abort':
        return [
          { do: 'abort', code: event.type === 'http.response.abort' ? event.code : undefined },
        ];
      case 'refuse':
        return [{ do: 'refuse' }];
      case 'fail':
        return this.#answer(500);
      case 'decline':
        return this.#answer(501);
      case 'file':
        return fileUnserved();
    }
  }

  /** A whole response of the gateway's own. */
  #answer(status: keyof typeof OWN_BODIES): HttpOutput[] {
    const data = OWN_BODIES[status];
    const head = this.#head(status, [
      ['content-type', 'text/plain; charset=utf-8'],
      ['content-length', String(data.length)],
    ]);
    return [
      head,
      ...(head.content ? [{ do: 'body', data } as const] : []),
      { do: 'end', trailers: NO_FIELDS },
    ];
  }

  #head(status: number, headers: Fields): HttpOutput & { do: 'head' } {
    this.#status = status;
    this.#length = declaredLength(headers) ?? null;
    return {
      do: 'head',
      status,
      headers:
        announcesTrailers(headers) && !this.#takesTrailers
          ? headers.filter(([name]) => name !== 'trailer')
          : headers,
      length: this.#length,
      content: this.#options.method !== 'HEAD' && !isBodyless(status),
    };
  }

  /** http.trailers.dropped: HTTP/1 has a place for trailers only after the last chunk. */
  get #takesTrailers(): boolean {
    const { http_version, method } = this.#options;
    if (http_version === '2' || http_version === '3') return true;
    return (
      http_version === '1.1' &&
      this.#length === null &&
      method !== 'HEAD' &&
      !isBodyless(this.#status)
    );
  }

  #guards() {
    const fieldsOf = (event: HttpSendEvent): Fields => {
      if (event.type === 'http.response.end') return event.trailers ?? NO_FIELDS;
      return ('headers' in event ? event.headers : undefined) ?? NO_FIELDS;
    };
    const sizeOf = (event: HttpSendEvent) =>
      event.type === 'http.response.body' ? event.data.length : 0;
    return {
      'field-syntax': (event: HttpSendEvent) => brokenField(fieldsOf(event)) !== undefined,
      'hop-by-hop': (event: HttpSendEvent) => hopByHopField(fieldsOf(event)) !== undefined,
      'length-syntax': (event: HttpSendEvent) => declaredLength(fieldsOf(event)) === undefined,
      'length-forbidden': (event: HttpSendEvent) =>
        'status' in event && lengthForbidden(event.status, fieldsOf(event)),
      'forbidden-trailer': (event: HttpSendEvent) =>
        forbiddenTrailer(fieldsOf(event)) !== undefined,
      informed: () => this.#informed,
      'file-outside': fileUnserved,
      'file-missing': fileUnserved,
      'file-linked': fileUnserved,
      'file-short': fileUnserved,
      contentless: (event: HttpSendEvent) => sizeOf(event) > 0 && isBodyless(this.#status),
      excess: (event: HttpSendEvent) =>
        this.#length !== null && this.#sent + sizeOf(event) > this.#length,
      'head-request': () => this.#options.method === 'HEAD',
      shortfall: () =>
        this.#length !== null &&
        this.#sent < this.#length &&
        this.#options.method !== 'HEAD' &&
        this.#status !== 304,
      declined: () => this.#declined,
    };
  }

  /** What was wrong, for a requirement that the machine named. */
  #explain(requirement: string, event: HttpSendEvent): string {
    const fields =
      event.type === 'http.response.end'
        ? event.trailers
        : 'headers' in event
          ? event.headers
          : undefined;
    switch (requirement) {
      case 'http.field-syntax':
        return brokenField(fields ?? NO_FIELDS) ?? 'a field is not well formed';
      case 'http.hop-by-hop':
        return `the field \`${hopByHopField(fields ?? NO_FIELDS)}\` belongs to the connection, which is the gateway's`;
      case 'http.trailers.permitted':
        return `the field \`${forbiddenTrailer(fields ?? NO_FIELDS)}\` cannot be a trailer`;
      case 'http.length.excess': {
        const size = event.type === 'http.response.body' ? event.data.length : 0;
        return `${this.#sent + size} octets would be more than the declared ${this.#length}`;
      }
      case 'http.length.shortfall':
        return `${this.#sent} of the declared ${this.#length} octets were sent`;
      default:
        return `${EXPLANATIONS[requirement] ?? 'the event is not allowed here'} (\`${event.type}\` in the state ${this.#response.state})`;
    }
  }
}

/** No gateway here offers `http.file`, so the event is rejected before a machine is asked (feature.only-accepted). */
function fileUnserved(): never {
  throw new Error('gateway fault: the feature `http.file` is not served');
}

/** Statuses whose responses have no content (RFC 9110 sections 15.3.5, 15.3.6 and 15.4.5). */
function isBodyless(status: number): boolean {
  return status === 204 || status === 205 || status === 304;
}

/** http.length.forbidden: a length where there can be no content, other than the 0 of a 205. */
function lengthForbidden(status: number, fields: Fields): boolean {
  if (status >= 200 && status !== 204 && status !== 205) return false;
  return fields.some(
    ([name, value]) => name === 'content-length' && !(status === 205 && Number(value) === 0),
  );
}
