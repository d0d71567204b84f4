// A trace as text, one JSON object a line: how it is written, and how it is read again from a file that a server may
// not have finished. Knows nothing of files. There is no first line about the whole: each event names its run.

import type { Payload, TraceEvent } from '../event.ts';
import { faultOf, VERSION } from './shape.ts';

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

function payloadJson({ preview, size, status, fields }: Payload): string {
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
  return `${json}}`;
}

/** An event as a line of a trace. Written key by key: `JSON.stringify` of the whole takes three times as long. */
export function traceLine(event: TraceEvent): string {
  const { v, run, seq, t, conn, lane, dir, type, phase } = event;
  const { state, payload, requirement, violation, src } = event;
  let line = `{"v":${v},"run":${quoted(run)},"seq":${seq},"t":${t},"conn":${conn},"lane":"${lane}","dir":"${dir}","type":${quoted(type)},"phase":"${phase}"`;
  if (state !== undefined) line += `,"state":${quoted(state)}`;
  if (payload !== undefined) line += `,"payload":${payloadJson(payload)}`;
  if (requirement !== undefined) line += `,"requirement":${quoted(requirement)}`;
  if (violation !== undefined)
    line += `,"violation":{"requirement":${quoted(violation.requirement)},"message":${quoted(violation.message)}}`;
  if (src !== undefined)
    line += `,"src":{"file":${quoted(src.file)},"line":${src.line},"column":${src.column}}`;
  return `${line}}\n`;
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
  /** The number of a last line that was cut short, as a server leaves it that is killed; it is left out. */
  readonly cut?: number;
}

/**
 * Reads NDJSON: LF or CRLF, with or without a byte order mark. A last line without its line end that is no JSON is
 * left out and named; anything else that is not a trace event, in order within its run, is a fault.
 * @throws TraceFault with the first fault
 */
export function readNdjson(text: string, most: number = MOST_CHARACTERS): ReadTrace {
  if (text.length > most)
    throw new TraceFault(
      0,
      `the trace has ${text.length} characters, and ${most} are read: keep a part of its lines, such as the last ones, and read that.`,
    );
  const lines = (text.startsWith('\uFEFF') ? text.slice(1) : text).split('\n');
  const unfinished = lines.at(-1) === '' ? (lines.pop(), 0) : lines.length;
  const events: TraceEvent[] = [];
  const last = new Map<string, number>();
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch (error) {
      if (number === unfinished && events.length > 0) return { events, cut: number };
      const what = `not a JSON object: ${printable((error as Error).message)}. A trace has one event on each line, as --trace writes it.`;
      throw new TraceFault(number, what);
    }
    const event = readEvent(value, number);
    const before = last.get(event.run) ?? 0;
    if (event.seq <= before)
      throw new TraceFault(
        number,
        `event ${event.seq} stands behind event ${before} of the same run. Keep the lines in the order in which they were written, and each recording in a file of its own.`,
      );
    last.set(event.run, event.seq);
    events.push(event);
  }
  if (events.length === 0)
    throw new TraceFault(0, 'there are no events. Record some with --trace, and send a request.');
  return { events };
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
