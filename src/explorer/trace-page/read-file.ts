// Reads the file of a trace in the page, piece by piece, so that a large one neither stops the page nor is in memory twice.
// Nothing leaves the page.

import {
  checkBodies,
  MOST_CHARACTERS,
  NdjsonReader,
  type ReadTrace,
  TraceFault,
} from '../../trace/formats/ndjson.ts';

/** Characters of a trace that a page reads: some 600 000 events. */
const MOST = 2 * MOST_CHARACTERS;

export interface Progress {
  /** Octets of the file that were read, and how many there are. */
  readonly octets: number;
  readonly of: number;
  /** Events so far. */
  readonly events: number;
}

export interface ReadOptions {
  readonly onProgress?: (progress: Progress) => void;
  /** Ends the reading, which rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  readonly most?: number;
}

/** Characters that are read at once, and milliseconds for which the page may wait. */
const PIECE = 32_768;
const LONGEST = 12;

/**
 * The events of NDJSON, also compressed with gzip.
 * @throws TraceFault for what is no trace, Error for a file that cannot be read
 */
export async function readTraceFile(file: Blob, options: ReadOptions = {}): Promise<ReadTrace> {
  const { onProgress, signal, most = MOST } = options;
  const reader = new NdjsonReader(most);
  let octets = 0;
  const counted = file.stream().pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(data, controller) {
        octets += data.length;
        controller.enqueue(data);
      },
    }),
  );
  const compressed = await isGzip(file);
  const plain = compressed ? counted.pipeThrough(new DecompressionStream('gzip')) : counted;
  const texts = plain.pipeThrough(new TextDecoderStream()).getReader();
  let since = performance.now();
  try {
    for (;;) {
      const { done, value } = await texts.read().catch((error: unknown) => {
        throw compressed ? damaged(error) : error;
      });
      if (done) {
        const trace = reader.end();
        await checkBodies(trace);
        return trace;
      }
      for (let at = 0; at < value.length; at += PIECE) {
        reader.push(value.slice(at, at + PIECE));
        if (performance.now() - since < LONGEST) continue;
        onProgress?.({ octets, of: file.size, events: reader.count });
        await new Promise((resolve) => setTimeout(resolve));
        signal?.throwIfAborted();
        since = performance.now();
      }
    }
  } finally {
    texts.cancel().catch(() => {});
  }
}

/** RFC 1952, section 2.3.1. */
async function isGzip(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}

function damaged(error: unknown): TraceFault {
  return new TraceFault(
    0,
    `it is compressed with gzip, and cut short or damaged (${error instanceof Error ? error.message : error}). Decompress it with \`gzip -dc\`, and open what comes.`,
  );
}

/** What went wrong, for the reader: which file, which line, what to do. */
export function faultWords(name: string, error: unknown): string {
  if (!(error instanceof TraceFault))
    return `${name} cannot be read: ${error instanceof Error ? error.message : error}. Choose it again.`;
  return `${name}${error.line === 0 ? '' : `, line ${error.line}`}: ${error.what}`;
}
