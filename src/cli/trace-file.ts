// Writes a trace to a file, one JSON object a line, without the values that are secret.

import { createWriteStream } from 'node:fs';
import { traceLine } from '../trace/formats/ndjson.ts';
import { createRecorder, type Tap, type TraceEvent } from '../trace/index.ts';
import { CommandError } from './command.ts';

export interface TraceFileOptions {
  /** Names the run in each event. */
  readonly run: string;
  /** Takes out what is secret. */
  readonly mask: (event: TraceEvent) => TraceEvent;
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
    emit: (event) => file.write(traceLine(options.mask(event))),
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
