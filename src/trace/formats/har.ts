// A trace as HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/), which browsers and proxies open: an entry for
// each conversation. Knows nothing of where the trace comes from; what a HAR has no place for stands in comments.

import { type Payload, PREVIEW_LENGTH, type TraceEvent } from '../event.ts';
import { conversationsOf, requestLineOf } from './conversations.ts';
import {
  base64Of,
  bodyOf,
  cookiesOf,
  type Fields,
  fieldOf,
  type HarCookie,
  headersOf,
  isoDate,
  type NameValue,
  queryOf,
  setCookiesOf,
  urlOf,
} from './har-message.ts';
import { recordedOctets } from './octets.ts';

export interface HarOptions {
  /** Milliseconds since 1970 at which the recording began. Default: the `timeOrigin` of each run, where it has one. */
  readonly startedAt?: number;
  /** `https` where the conversations were encrypted. A trace does not tell. */
  readonly scheme?: 'http' | 'https';
}

/** A message of a WebSocket as Chrome writes it; octets of a tunnel in the same form, all of them in Base64. */
export interface HarMessage {
  readonly type: 'send' | 'receive';
  /** Seconds since 1970. */
  readonly time: number;
  /** 1 for text, 2 for octets in Base64. */
  readonly opcode: 1 | 2;
  readonly data: string;
  readonly comment?: string;
}

export interface HarEntry {
  readonly startedDateTime: string;
  readonly time: number;
  readonly request: {
    readonly method: string;
    readonly url: string;
    readonly httpVersion: string;
    readonly cookies: readonly HarCookie[];
    readonly headers: readonly NameValue[];
    readonly queryString: readonly NameValue[];
    readonly postData?: {
      readonly mimeType: string;
      readonly text: string;
      readonly _encoding?: 'base64';
      readonly comment?: string;
    };
    readonly headersSize: -1;
    readonly bodySize: number;
  };
  readonly response: {
    readonly status: number;
    readonly statusText: '';
    readonly httpVersion: string;
    readonly cookies: readonly HarCookie[];
    readonly headers: readonly NameValue[];
    readonly content: {
      readonly size: number;
      readonly mimeType: string;
      readonly text?: string;
      readonly encoding?: 'base64';
      readonly comment?: string;
    };
    readonly redirectURL: string;
    readonly headersSize: -1;
    readonly bodySize: number;
  };
  readonly cache: Readonly<Record<string, never>>;
  readonly timings: { readonly send: number; readonly wait: number; readonly receive: number };
  readonly comment?: string;
  readonly _run: string;
  readonly _conversation: number;
  readonly _resourceType?: 'websocket';
  readonly _webSocketMessages?: readonly HarMessage[];
  readonly _tunnelMessages?: readonly HarMessage[];
}

export interface Har {
  readonly log: {
    readonly version: '1.2';
    readonly creator: NameVersion;
    readonly entries: readonly HarEntry[];
    readonly comment?: string;
  };
}

interface NameVersion {
  readonly name: string;
  readonly version: string;
}

const NO_CLOCK =
  'The trace has no date: times count from the beginning of the recording as if it were 1970-01-01T00:00:00Z.';

/** The last moment that has a date (ECMA-262, “Time Values and Time Range”). */
const LATEST = 8.64e15;

/** A trace as HAR, as an object for `JSON.stringify`. The lifespan is no exchange, and is left out. */
export function toHar(events: readonly TraceEvent[], options: HarOptions = {}): Har {
  const origins = new Map(
    events.flatMap(({ run, timeOrigin = Number.NaN }) =>
      timeOrigin <= LATEST ? [[run, timeOrigin] as const] : [],
    ),
  );
  const startOf = (run: string) => options.startedAt ?? origins.get(run);
  const entries = conversationsOf(events)
    .filter(({ conn }) => conn > 0)
    .map(({ conn, run, events: own }) => {
      const startedAt = startOf(run);
      return entryOf(run, conn, own, startedAt === undefined ? options : { ...options, startedAt });
    });
  const dated = events.every(({ run }) => startOf(run) !== undefined);
  return {
    log: {
      version: '1.2',
      creator: { name: 'Portway trace', version: '1' },
      entries,
      ...(dated ? {} : { comment: NO_CLOCK }),
    },
  };
}

/** A trace as the text of a HAR file. */
export function writeHar(events: readonly TraceEvent[], options: HarOptions = {}): string {
  return `${JSON.stringify(toHar(events, options), null, 2)}\n`;
}

/** Who told of each part. The client's word goes first: it is what went over the wire. */
interface Side {
  readonly request: (event: TraceEvent) => boolean;
  readonly response: (event: TraceEvent) => boolean;
  /** Types of the parts. */
  readonly prefix: 'client' | 'http';
  readonly head: RegExp;
}

const CLIENT: Side = {
  request: ({ lane, dir }) => lane === 'client' && dir === 'out',
  response: ({ lane, dir }) => lane === 'client' && dir === 'in',
  prefix: 'client',
  head: /^client\.response$/,
};

/** What the gateway was sent and the application sent, if it was not refused. */
const SERVER: Side = {
  request: ({ lane, dir }) => lane === 'gateway' && dir === 'in',
  response: ({ lane, dir, violation }) => lane === 'app' && dir === 'out' && !violation,
  prefix: 'http',
  head: /^(?:http\.response\.start|websocket\.accept|tunnel\.accept)$/,
};

function entryOf(
  run: string,
  conn: number,
  events: readonly TraceEvent[],
  { startedAt = 0, scheme = 'http' }: HarOptions,
): HarEntry {
  const side = events.some(({ lane }) => lane === 'client') ? CLIENT : SERVER;
  const { prefix } = side;
  // Sent again for as long as it was refused: the last time counts.
  const heads = events.filter((event) => event.type === 'client.request' && side.request(event));
  const attempt = events.slice(Math.max(0, events.lastIndexOf(heads.at(-1) as TraceEvent)));
  const sent = attempt.filter(side.request);
  const received = attempt.filter(side.response);

  const { method, target, version } = requestLineOf(events);
  const requestFields = fieldsOf(sent.find(({ type }) => type === `${prefix}.request`));
  const requestBody = bodyOf(payloadsOf(sent, `${prefix}.request.body`));
  const head = received.find(({ type }) => side.head.test(type));
  const responseFields = fieldsOf(head);
  const responseBody = bodyOf(payloadsOf(received, `${prefix}.response.body`));
  const { size, ...content } = responseBody;
  const { encoding, size: requestSize, ...post } = requestBody;

  const status = statusOf(head, version);
  const timings = timingsOf(attempt, sent, head);
  const conversationKind = kindOf(events);
  const messages = messagesOf(attempt, startedAt);
  const comment = commentOf(events, heads.length, head);
  return {
    startedDateTime: isoDate(startedAt + (attempt[0]?.t ?? 0)),
    time: microseconds(timings.send + timings.wait + timings.receive),
    request: {
      method,
      url: urlOf(
        method,
        target,
        fieldOf(requestFields, 'host'),
        conversationKind === 'websocket' ? scheme.replace('http', 'ws') : scheme,
      ),
      httpVersion: version || 'unknown',
      cookies: cookiesOf(requestFields),
      headers: headersOf(requestFields),
      queryString: queryOf(target),
      ...(post.text === undefined
        ? {}
        : {
            postData: {
              mimeType: fieldOf(requestFields, 'content-type') ?? '',
              ...post,
              text: post.text,
              // HAR 1.2 has no place for how a request body is written.
              ...(encoding ? { _encoding: encoding } : {}),
            },
          }),
      headersSize: -1,
      bodySize: requestSize,
    },
    response: {
      status,
      statusText: '',
      httpVersion: version || 'unknown',
      cookies: setCookiesOf(responseFields),
      headers: headersOf(responseFields),
      content: {
        size,
        mimeType: fieldOf(responseFields, 'content-type') ?? 'x-unknown',
        ...content,
      },
      redirectURL: fieldOf(responseFields, 'location') ?? '',
      headersSize: -1,
      bodySize: head ? size : -1,
    },
    cache: {},
    timings,
    ...(comment === '' ? {} : { comment }),
    _run: run,
    _conversation: conn,
    ...(conversationKind === 'websocket'
      ? { _resourceType: 'websocket', _webSocketMessages: messages }
      : {}),
    ...(conversationKind === 'tunnel' ? { _tunnelMessages: messages } : {}),
  };
}

function fieldsOf(event: TraceEvent | undefined): Fields {
  return event?.payload?.fields ?? [];
}

function payloadsOf(events: readonly TraceEvent[], wanted: string): (Payload | undefined)[] {
  return events.filter(({ type }) => type === wanted).map(({ payload }) => payload);
}

/** 0 where there is no response, as browsers write it. */
function statusOf(head: TraceEvent | undefined, version: string): number {
  if (head === undefined) return 0;
  if (head.type === 'tunnel.accept') return 200;
  // Over HTTP/1.1 it is an upgrade; later versions have RFC 8441.
  if (head.type === 'websocket.accept') return /^HTTP\/[01]/.test(version) ? 101 : 200;
  const status = head.payload?.status;
  return status !== undefined && Number.isInteger(status) ? status : 0;
}

/** Until the last of the request, from there to the head of the response, and to the end. Milliseconds. */
function timingsOf(
  events: readonly TraceEvent[],
  sent: readonly TraceEvent[],
  head: TraceEvent | undefined,
): HarEntry['timings'] {
  const start = events[0]?.t ?? 0;
  const end = Math.max(start, events.at(-1)?.t ?? start);
  const within = (t: number) => Math.min(Math.max(t, start), end);
  // A response may begin before the request is whole (http.duplex): what is sent from then on, is sent while receiving.
  const headAt = within(head?.t ?? end);
  const before = sent.filter(({ t, type }) => t <= headAt && /\.request(?:\.|$)/.test(type));
  const sentAt = Math.min(within(before.at(-1)?.t ?? start), headAt);
  return {
    send: microseconds(sentAt - start),
    wait: microseconds(headAt - sentAt),
    receive: microseconds(end - headAt),
  };
}

/** Milliseconds to the thousandth, as a trace has them. */
function microseconds(milliseconds: number): number {
  const rounded = Math.round(milliseconds * 1000) / 1000;
  return Number.isFinite(rounded) ? rounded : milliseconds;
}

function kindOf(events: readonly TraceEvent[]): 'http' | 'websocket' | 'tunnel' {
  if (events.some(({ type }) => /^(?:client\.)?websocket\./.test(type))) return 'websocket';
  if (events.some(({ type }) => /^(?:client\.)?tunnel\./.test(type))) return 'tunnel';
  return 'http';
}

/** What goes to and fro on a socket, as the client or else the application tells. */
const MESSAGES: Readonly<Record<string, HarMessage['type']>> = {
  'client.websocket.send out': 'send',
  'client.websocket.receive in': 'receive',
  'client.tunnel.octets out': 'send',
  'client.tunnel.octets in': 'receive',
};
const SERVER_MESSAGES: Readonly<Record<string, HarMessage['type']>> = {
  'websocket.message in': 'send',
  'websocket.message out': 'receive',
  'tunnel.data in': 'send',
  'tunnel.data out': 'receive',
};

function messagesOf(events: readonly TraceEvent[], startedAt: number): HarMessage[] {
  const lane = events.some((event) => event.lane === 'client') ? 'client' : 'app';
  const types = lane === 'client' ? MESSAGES : SERVER_MESSAGES;
  return events.flatMap((event) => {
    const key = `${event.type} ${event.dir}`;
    const type = Object.hasOwn(types, key) ? types[key] : undefined;
    if (type === undefined || event.lane !== lane || event.violation) return [];
    return { type, time: (startedAt + event.t) / 1000, ...dataOf(event.payload) };
  });
}

const TEXT = 'text ';

function dataOf(payload: Payload | undefined): Pick<HarMessage, 'opcode' | 'data' | 'comment'> {
  const { preview = '', size } = payload ?? {};
  if (size === undefined && preview.startsWith(TEXT)) {
    const text = preview.slice(TEXT.length);
    const cut = text.length > PREVIEW_LENGTH && text.endsWith('…');
    return cut
      ? { opcode: 1, data: text.slice(0, -1), comment: 'The trace has the beginning alone.' }
      : { opcode: 1, data: text };
  }
  const recorded = recordedOctets(preview, size ?? 0);
  const data = recorded.kind === 'ambiguous' ? '' : base64Of(recorded.octets);
  if (recorded.kind === 'whole') return { opcode: 2, data };
  const shown = recorded.kind === 'beginning' ? recorded.octets.length : 0;
  return {
    opcode: 2,
    data,
    comment: `The trace has a preview alone: the first ${shown} of ${size ?? 0} octets are here.`,
  };
}

function commentOf(
  events: readonly TraceEvent[],
  attempts: number,
  head: TraceEvent | undefined,
): string {
  const notes: string[] = [];
  if (attempts > 1) notes.push(`Sent ${attempts} times; this is the last.`);
  if (head === undefined) notes.push('The trace has no response.');
  for (const { violation } of events)
    if (violation) notes.push(`Breaks ${violation.requirement}: ${violation.message}`);
  return notes.join('\n');
}
