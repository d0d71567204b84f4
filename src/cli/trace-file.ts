// Writes a trace to a file, one JSON object a line, without the values that are secret.

import { createWriteStream } from 'node:fs';
import { createRecorder, type Tap, type TraceEvent } from '../trace/index.ts';
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

/** An event as a line of a trace. */
export function traceLine(event: TraceEvent): string {
  const text = JSON.stringify(event).replace(
    CONTROL,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
  return `${text}\n`;
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
  return {
    write: (text) => {
      if (!broken) stream.write(text);
    },
    close: () =>
      new Promise((done) => {
        if (broken) done();
        else stream.end(() => done());
      }),
  };
}
