// Writes a trace to a file, one JSON object a line, without the values that are secret.

import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { bodyLine, traceLine } from '../trace/formats/ndjson.ts';
import { createRecorder, type Tap, type TraceEvent } from '../trace/index.ts';
import { CommandError } from './command.ts';

export interface TraceFileOptions {
  /** Names the run in each event. */
  readonly run: string;
  /** Takes out what is secret. */
  readonly mask: (event: TraceEvent) => TraceEvent;
  /** Write data too that no preview tells whole. */
  readonly bodies: boolean;
  /** Behind what is there: several processes write to one file. */
  readonly append?: boolean;
  /** Told, once, that the file cannot be written on. */
  readonly onError: (message: string) => void;
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
    timeOrigin: Date.now(),
    ...(options.bodies ? { keep: bodiesIn(options.run, (line) => file.write(line)) } : {}),
    emit: (event) => file.write(traceLine(options.mask(event))),
  });
  return { tap: recorder.tap, close: file.close };
}

/** Octets of one body that are kept. */
const LARGEST_BODY = 2 ** 20;
/** Names that are remembered: what comes again is written once, and now and then twice. */
const REMEMBERED = 10_000;

/** Writes data as lines of a trace, each once. @returns what gives data its name, by SHA-256 */
function bodiesIn(run: string, write: (line: string) => void) {
  const known = new Set<string>();
  return (data: Uint8Array): string | undefined => {
    if (data.length > LARGEST_BODY) return undefined;
    const ref = createHash('sha256').update(data).digest('hex');
    if (known.has(ref)) return ref;
    if (known.size >= REMEMBERED) known.clear();
    known.add(ref);
    write(bodyLine(run, ref, Buffer.from(data).toString('base64')));
    return ref;
  };
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
