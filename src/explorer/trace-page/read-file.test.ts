// Reading the file of a trace in a page: compressed or not, whole or cut, and what is said of one that cannot be read.

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { traceEvents, traceOf } from '../../../tests/fixtures/trace-events.ts';
import { bodyLine, readNdjson, TraceFault, writeNdjson } from '../../trace/formats/ndjson.ts';
import { faultWords, type Progress, readTraceFile } from './read-file.ts';

test('a file reads as its text does, compressed or not', async () => {
  const some = traceEvents.filter((events) => events.length > 0);
  await fc.assert(
    fc.asyncProperty(some, fc.boolean(), async (events, compressed) => {
      const text = writeNdjson(events);
      const blob = new Blob([compressed ? gzipSync(text) : text]);
      expect(await readTraceFile(blob)).toEqual(readNdjson(text));
    }),
    { numRuns: 30 },
  );
});

test('a file larger than a piece tells how far it is, and lets the page go on between', async () => {
  const events = traceOf(
    ...Array.from({ length: 20_000 }, () => ({ payload: { preview: 'é'.repeat(60), size: 120 } })),
  );
  const text = writeNdjson(events);
  const told: Progress[] = [];
  const { events: read } = await readTraceFile(new Blob([text]), {
    onProgress: (progress) => told.push(progress),
  });
  expect(read).toEqual(events);
  expect(told.length).toBeGreaterThan(0);
  for (const { octets, of } of told) expect(octets).toBeLessThanOrEqual(of);
  const counts = told.map((progress) => progress.events);
  expect(counts).toEqual([...counts].sort((a, b) => a - b));
});

test('reading ends when it is not wanted any more', async () => {
  const text = writeNdjson(traceOf(...Array.from({ length: 20_000 }, () => ({}))));
  const ending = new AbortController();
  const reading = readTraceFile(new Blob([text]), {
    signal: ending.signal,
    onProgress: () => ending.abort(),
  });
  await expect(reading).rejects.toThrow(expect.objectContaining({ name: 'AbortError' }));
});

describe('what cannot be read', () => {
  const words = async (name: string, content: string | Uint8Array<ArrayBuffer>, most?: number) =>
    readTraceFile(new Blob([content]), most === undefined ? {} : { most }).then(
      () => 'read',
      (error: unknown) => faultWords(name, error),
    );
  const line = writeNdjson(traceOf({}));

  test.each<[what: string, content: string | Uint8Array<ArrayBuffer>, said: RegExp]>([
    ['nothing', '', /^a\.log: there are no events\. Record some with --trace/],
    ['a page', '<!doctype html>', /^a\.log, line 1: not a JSON object: .* as --trace writes it\.$/],
    ['a HAR', '{"log":{}}', /^a\.log, line 1: not a trace event: it must have required property/],
    ['a line in the middle', `${line}no\n${line}`, /^a\.log, line 2: not a JSON object/],
    [
      'a compressed file that is cut',
      gzipSync(line.repeat(9)).subarray(0, 60),
      /^a\.log: it is compressed with gzip, and cut short or damaged .*gzip -dc/,
    ],
    [
      'a compressed file of something else',
      new Uint8Array(gzipSync('no trace\n')),
      /^a\.log, line 1: not a JSON object/,
    ],
  ])('%s: which file, which line, what to do', async (_, content, said) => {
    expect(await words('a.log', content)).toMatch(said);
  });

  test('data that does not fit its name', async () => {
    const text = `${bodyLine('r', 'a'.repeat(64), btoa('x'))}${line}`;
    expect(await words('a.log', text)).toMatch(
      /^a\.log, line 1: the data of a body is not what its/,
    );
  });

  test('a small file that unpacks to a huge one is given up at the limit', async () => {
    const bomb = new Uint8Array(gzipSync(line.repeat(5000)));
    expect(await words('a.gz', bomb, 10_000)).toMatch(/^a\.gz: the trace has more than 10000 char/);
  });

  test('a file that has gone since it was chosen', () => {
    expect(faultWords('a.log', new Error('gone'))).toBe(
      'a.log cannot be read: gone. Choose it again.',
    );
    expect(faultWords('a.log', new TraceFault(0, 'why.'))).toBe('a.log: why.');
  });
});
