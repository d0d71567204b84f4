// A trace as text, one JSON object a line: how it is written, and how it is read again from a file that a server may
// not have finished. Knows nothing of files. There is no first line about the whole: each event names its run.

import type { Payload, TraceEvent } from '../event.ts';
import { bodyFaultOf, faultOf, VERSION } from './shape.ts';

/** What JSON leaves as it is, and a terminal obeys (security.log-control). */
const CONTROL = /[\x7f-\x9f]/g;

/** Texts that are short and come again: types, states, requirements, names of fields, most of their values. */
const quotedTexts = new Map<string, string>();
const CACHED_TEXTS = 1000;
const CACHED_LENGTH = 64;

/** A text as JSON. */
function quoted(text: string): string {
  const known = quotedTexts.get(text);
  if (known !== undefined) return known;
  const json = JSON.stringify(text).replace(
    CONTROL,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  if (text.length <= CACHED_LENGTH) {
    if (quotedTexts.size === CACHED_TEXTS) quotedTexts.clear();
    quotedTexts.set(text, json);
  }
  return json;
}

function payloadJson({ preview, size, status, fields, ref }: Payload): string {
  let json = `{"preview":${quoted(preview)}`;
  if (size !== undefined) json += `,"size":${size}`;
  if (status !== undefined) json += `,"status":${status}`;
  if (fields !== undefined) {
    json += ',"fields":[';
    for (let i = 0; i < fields.length; i++) {
      const [name, value] = fields[i] as readonly [string, string];
      json += `${i === 0 ? '' : ','}[${quoted(name)},${quoted(value)}]`;
    }
    json += ']';
  }
  if (ref !== undefined) json += `,"ref":"${ref}"`;
  return `${json}}`;
}

/** An event as a line of a trace. Written key by key: `JSON.stringify` of the whole takes three times as long. */
export function traceLine(event: TraceEvent): string {
  const { v, run, seq, t, conn, lane, dir, type, phase } = event;
  const { timeOrigin, span, cause, state, buffered } = event;
  const { payload, requirement, violation, src, fault } = event;
  let line = `{"v":${v},"run":${quoted(run)},"seq":${seq},"t":${t},"conn":${conn},"lane":"${lane}","dir":"${dir}","type":${quoted(type)},"phase":"${phase}"`;
  if (timeOrigin !== undefined) line += `,"timeOrigin":${timeOrigin}`;
  if (span !== undefined) line += `,"span":${span}`;
  if (cause !== undefined) line += `,"cause":${cause}`;
  if (state !== undefined) line += `,"state":${quoted(state)}`;
  if (buffered !== undefined) line += `,"buffered":${buffered}`;
  if (payload !== undefined) line += `,"payload":${payloadJson(payload)}`;
  if (requirement !== undefined) line += `,"requirement":${quoted(requirement)}`;
  if (violation !== undefined)
    line += `,"violation":{"requirement":${quoted(violation.requirement)},"message":${quoted(violation.message)}}`;
  if (src !== undefined)
    line += `,"src":{"file":${quoted(src.file)},"line":${src.line},"column":${src.column}}`;
  if (fault !== undefined) line += `,"fault":"${fault}"`;
  return `${line}}\n`;
}

/** Data that events name by `payload.ref`, as a line of its own before the first of them. */
export function bodyLine(run: string, ref: string, base64: string): string {
  return `{"v":${VERSION},"run":${quoted(run)},"ref":${quoted(ref)},"data":${quoted(base64)}}\n`;
}

/** A trace as NDJSON, as `portway serve --trace` writes it. */
export function writeNdjson(events: readonly TraceEvent[]): string {
  return events.map(traceLine).join('');
}

/** A text is no trace, or one that cannot be read here. `line` counts from 1; 0 where it is no line's fault. */
export class TraceFault extends Error {
  readonly line: number;
  /** What is wrong and what to do, without the place. */
  readonly what: string;
  constructor(line: number, what: string) {
    super(line === 0 ? what : `line ${line}: ${what}`);
    this.name = 'TraceFault';
    this.line = line;
    this.what = what;
  }
}

/** Characters of a trace that are read where nothing else is said: some 300 000 events. */
export const MOST_CHARACTERS = 64 * 2 ** 20;

export interface ReadTrace {
  readonly events: readonly TraceEvent[];
  /** Data by `payload.ref`, where the trace has any. */
  readonly bodies?: ReadonlyMap<string, Uint8Array>;
  /** The numbers of their lines. */
  readonly bodyLines?: ReadonlyMap<string, number>;
  /** The number of a last line that was cut short, as a server leaves it that is killed; it is left out. */
  readonly cut?: number;
}

/**
 * Reads NDJSON piece by piece: LF or CRLF, with or without a byte order mark. Whoever feeds it may let go of the thread
 * between two pieces.
 */
export class NdjsonReader {
  readonly #most: number;
  readonly #events: TraceEvent[] = [];
  readonly #bodies = new Map<string, Uint8Array>();
  readonly #bodyLines = new Map<string, number>();
  /** Number of the last event of each run. */
  readonly #last = new Map<string, number>();
  #read = 0;
  #lines = 0;
  /** What has come of a line that is not over. */
  #begun: string[] = [];

  /** @param most characters that are read */
  constructor(most: number = MOST_CHARACTERS) {
    this.#most = most;
  }

  /** @throws TraceFault with the first fault; then there is nothing more to read */
  push(text: string): void {
    const first = this.#read === 0;
    this.#read += text.length;
    if (this.#read > this.#most)
      throw new TraceFault(0, `the trace has more than ${this.#most} characters. ${KEEP_A_PART}`);
    const lines = (first && text.startsWith('\uFEFF') ? text.slice(1) : text).split('\n');
    const begun = lines.pop() as string;
    for (const line of lines) {
      this.#begun.push(line);
      this.#line(this.#begun.length === 1 ? line : this.#begun.join(''));
      this.#begun = [];
    }
    if (begun !== '') this.#begun.push(begun);
  }

  /**
   * All events, at the end of the text. A last line without its line end that is no JSON is left out and named; anything
   * else that is not a trace event, in order within its run, is a fault.
   * @throws TraceFault
   */
  end(): ReadTrace {
    const events = this.#events;
    const bodies =
      this.#bodies.size > 0 ? { bodies: this.#bodies, bodyLines: this.#bodyLines } : {};
    if (this.#begun.length > 0) {
      const rest = this.#begun.join('');
      this.#begun = [];
      if (events.length > 0 && !isJson(rest)) return { events, ...bodies, cut: this.#lines + 1 };
      this.#line(rest);
    }
    if (events.length === 0)
      throw new TraceFault(0, 'there are no events. Record some with --trace, and send a request.');
    return { events, ...bodies };
  }

  /** Events that were read so far. */
  get count(): number {
    return this.#events.length;
  }

  #line(line: string): void {
    const number = ++this.#lines;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      const what = `not a JSON object: ${printable((error as Error).message)}. A trace has one event on each line, as --trace writes it.`;
      throw new TraceFault(number, what);
    }
    if (isBody(value)) {
      const { ref, data } = readBody(value, number);
      this.#bodies.set(ref, data);
      this.#bodyLines.set(ref, number);
      return;
    }
    const event = readEvent(value, number);
    const before = this.#last.get(event.run) ?? 0;
    if (event.seq <= before)
      throw new TraceFault(
        number,
        `event ${event.seq} stands behind event ${before} of the same run. Keep the lines in the order in which they were written, and each recording in a file of its own.`,
      );
    this.#last.set(event.run, event.seq);
    this.#events.push(event);
  }
}

const KEEP_A_PART = 'Keep a part of its lines, such as the last ones, and read that.';

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Reads the whole text of a trace, as `NdjsonReader` does. @throws TraceFault with the first fault */
export function readNdjson(text: string, most: number = MOST_CHARACTERS): ReadTrace {
  if (text.length > most)
    throw new TraceFault(
      0,
      `the trace has ${text.length} characters, and ${most} are read. ${KEEP_A_PART}`,
    );
  const reader = new NdjsonReader(most);
  reader.push(text);
  return reader.end();
}

/**
 * Holds each of the bodies of a trace to its name. Where there is no Web Crypto, as on a page without HTTPS, nothing is
 * checked.
 * @throws TraceFault for the first whose SHA-256 is another
 */
export async function checkBodies({ bodies, bodyLines }: ReadTrace): Promise<void> {
  const { subtle } = globalThis.crypto ?? {};
  if (!subtle) return;
  for (const [ref, data] of bodies ?? []) {
    const digest = new Uint8Array(await subtle.digest('SHA-256', data as BufferSource));
    const found = Array.from(digest, (octet) => octet.toString(16).padStart(2, '0')).join('');
    if (found === ref) continue;
    throw new TraceFault(
      bodyLines?.get(ref) ?? 0,
      `the data of a body is not what its name says: its SHA-256 is ${found}, and not ${ref}. Somebody changed it; take the file as it was recorded.`,
    );
  }
}

/** Whether a line holds data: an event has no such key. Of another version, it is told of like an event. */
function isBody(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    Object.hasOwn(value, 'data') &&
    (value as { readonly v?: unknown }).v === VERSION
  );
}

function readBody(value: unknown, line: number): { ref: string; data: Uint8Array } {
  const fault = bodyFaultOf(value);
  if (fault !== undefined)
    throw new TraceFault(
      line,
      `not the data of a body: ${fault}. src/trace/schema.json says what it is.`,
    );
  const { ref, data } = value as { readonly ref: string; readonly data: string };
  return { ref, data: octetsOf(data, line) };
}

function octetsOf(base64: string, line: number): Uint8Array {
  let text: string;
  try {
    text = atob(base64);
  } catch {
    throw new TraceFault(
      line,
      'the data of a body is not base64. Record it again with --trace-bodies.',
    );
  }
  // Not `Uint8Array.from`, which takes seconds for a large one.
  const octets = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) octets[at] = text.charCodeAt(at);
  return octets;
}

function readEvent(value: unknown, line: number): TraceEvent {
  const version = (value as { v?: unknown } | null)?.v;
  if (typeof version === 'number' && version !== VERSION)
    throw new TraceFault(
      line,
      `a trace of version ${version}, and version ${VERSION} is read here. Use the Portway that wrote it.`,
    );
  const fault = faultOf(value);
  if (fault !== undefined)
    throw new TraceFault(
      line,
      `not a trace event: ${fault}. src/trace/schema.json says what one is.`,
    );
  return value as TraceEvent;
}

/** What a parser quotes of a text, without what a terminal would obey. */
function printable(text: string): string {
  return text.replace(/\p{Cc}/gu, '�');
}
