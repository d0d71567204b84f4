// Reads the file of a trace for a command, whoever wrote it and however it ended. Knows nothing of what follows.

import { readFile } from 'node:fs/promises';
import { checkBodies, type ReadTrace, readNdjson, TraceFault } from '../trace/formats/ndjson.ts';
import { CommandError } from './command.ts';
import { escaped } from './log.ts';

/** Characters of a trace that a command reads: some 1 200 000 events. */
const MOST = 256 * 2 ** 20;

/** The trace in a text; `note` is told, in words, of a last line that is left out. @throws CommandError for a fault */
export function readTrace(
  text: string,
  file: string,
  note: (line: string) => void = () => {},
): ReadTrace {
  try {
    const trace = readNdjson(text, MOST);
    const { cut } = trace;
    if (cut !== undefined)
      note(`${file}:${cut}: the last line is cut short, and left out. What wrote it was stopped.`);
    return trace;
  } catch (error) {
    throw inWords(error, file);
  }
}

function inWords(error: unknown, file: string): unknown {
  if (!(error instanceof TraceFault)) return error;
  return new CommandError(
    `${file}${error.line === 0 ? '' : `:${error.line}`}: ${escaped(error.what)}`,
  );
}

/** The trace in a file. What is left out of it is said on stderr. @throws CommandError for what cannot be read */
export async function readTraceFile(file: string, command: string): Promise<ReadTrace> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new CommandError(
      error.code === 'ENOENT'
        ? `there is no trace ${file}.`
        : `cannot read ${file}: ${error.message}.`,
      2,
    );
  });
  const trace = readTrace(text, file, (line) =>
    console.error(`portway ${command}: ${escaped(line)}`),
  );
  await checkBodies(trace).catch((error: unknown) => {
    throw inWords(error, file);
  });
  return trace;
}
