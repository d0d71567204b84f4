// Writes a trace to a file, one JSON object a line, without the values that are secret.

import { createWriteStream } from 'node:fs';
import { createRecorder, type Payload, type Tap, type TraceEvent } from '../trace/index.ts';
import { CommandError } from './command.ts';
import { maskSecrets } from './secrets.ts';

export interface TraceFileOptions {
  /** Names the run in each event. */
  readonly run: string;
  /** The operator has asked for the values of secret fields. */
  readonly secrets: boolean;
  /** Behind what is there: several processes write to one file. */
  readonly append?: boolean;
  /** Told, once, that the file cannot be written on. */
  readonly onError: (message: string) => void;
}

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

/** A tap that writes to a file. @throws CommandError if the file cannot be opened */
export async function openTrace(
  path: string,
  options: TraceFileOptions,
): Promise<{ tap: Tap; close(): Promise<void> }> {
  const file = await openFile(path, options.append ?? false, 'the trace', options.onError);
  const recorder = createRecorder({
    run: options.run,
    now: () => performance.now(),
    emit: (event) => file.write(traceLine(options.secrets ? event : maskSecrets(event))),
  });
  return { tap: recorder.tap, close: file.close };
}

/** From here on lines do not wait for the end of the turn. */
const GATHERED_LENGTH = 65_536;

export interface TextFile {
  write(text: string): void;
  close(): Promise<void>;
}

/** A file that is written to as long as that goes. @throws CommandError if it cannot be opened */
export async function openFile(
  path: string,
  append: boolean,
  what: string,
  onError: (message: string) => void,
): Promise<TextFile> {
  const stream = createWriteStream(path, { flags: append ? 'a' : 'w' });
  await new Promise<void>((opened, failed) => {
    stream.once('open', () => opened());
    stream.once('error', failed);
  }).catch((error: Error) => {
    throw new CommandError(`cannot write ${what}: ${error.message}.`);
  });
  let broken = false;
  stream.on('error', (error) => {
    if (!broken) onError(`cannot write ${what} any more: ${error.message}`);
    broken = true;
  });
  // Lines of one turn are one write: a call of the system for each would cost more than making the line.
  let gathered = '';
  const flush = () => {
    const text = gathered;
    gathered = '';
    if (text !== '' && !broken) stream.write(text);
  };
  return {
    write(text) {
      if (gathered === '') setImmediate(flush);
      gathered += text;
      if (gathered.length >= GATHERED_LENGTH) flush();
    },
    close: () =>
      new Promise((done) => {
        flush();
        if (broken) done();
        else stream.end(() => done());
      }),
  };
}
