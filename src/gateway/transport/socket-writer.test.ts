// The writer over sinks that take what they get at once, late or in part.

import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { turn } from '../../../tests/fixtures/puppet.ts';
import { NodeFile } from '../files.ts';
import { SocketWriter } from './socket-writer.ts';

const folder = mkdtempSync(join(tmpdir(), 'portway-writer-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'file');
const digits = Array.from({ length: 300_000 }, (_, i) => String(i % 10)).join('');
writeFileSync(path, digits);

/** A sink that takes each write when `take` says so; at once where it is `prompt`. */
class Sink extends Duplex {
  text = '';
  writes = 0;
  prompt: boolean;
  #done: (() => void)[] = [];

  constructor(prompt: boolean) {
    super({ decodeStrings: false, highWaterMark: 16_384 });
    this.prompt = prompt;
  }

  override _read(): void {}

  override _write(chunk: string | Buffer, _: string, done: () => void): void {
    this.#add(chunk);
    this.#settle(done);
  }

  override _writev(chunks: { chunk: string | Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.#add(chunk);
    this.#settle(done);
  }

  takeOne(): boolean {
    const done = this.#done.shift();
    done?.();
    return done !== undefined;
  }

  #add(chunk: string | Buffer): void {
    this.text += typeof chunk === 'string' ? chunk : chunk.toString('latin1');
  }

  #settle(done: () => void): void {
    this.writes++;
    if (this.prompt) done();
    else this.#done.push(done);
  }
}

function writerOn(sink: Sink) {
  const told = { taken: 0, lost: [] as unknown[] };
  const writer = new SocketWriter(sink as Duplex, {
    onTaken: () => void told.taken++,
    onFileLost: (error) => void told.lost.push(error),
  });
  return { writer, told };
}

const octets = (text: string) => new TextEncoder().encode(text);
const fileOf = (offset: number, length: number) =>
  new NodeFile(openSync(path, 'r'), offset, length);

describe('SocketWriter', () => {
  test('what is written in one turn goes out as one write, at the end of the turn', async () => {
    const sink = new Sink(true);
    const { writer, told } = writerOn(sink);
    writer.text('head:');
    writer.octets(octets('body'));
    expect(sink.text).toBe('');
    expect(writer.waiting).toBe(9);
    await turn();
    expect(sink).toMatchObject({ text: 'head:body', writes: 1 });
    expect(writer.waiting).toBe(0);
    expect(told.taken).toBe(1);
  });

  test('`flush` does not wait for the end of the turn, and needs no notice', async () => {
    const sink = new Sink(true);
    const { writer, told } = writerOn(sink);
    writer.text('head:');
    writer.flush();
    expect(sink.text).toBe('head:');
    expect(writer.idle).toBe(true);
    await turn();
    expect(told.taken).toBe(0);
  });

  test('a large piece is neither copied nor held', () => {
    const sink = new Sink(true);
    const { writer } = writerOn(sink);
    writer.text('head:');
    writer.octets(octets('x'.repeat(20_000)));
    expect(sink).toMatchObject({ text: `head:${'x'.repeat(20_000)}`, writes: 1 });
  });

  test('while a write is under way the rest waits, and goes out as one', async () => {
    const sink = new Sink(false);
    const { writer, told } = writerOn(sink);
    writer.text('one');
    writer.flush();
    for (const text of ['two', 'three', 'four']) writer.octets(octets(text));
    await turn();
    expect(sink.text).toBe('one');
    expect(writer.waiting).toBe(15);
    while (sink.takeOne());
    await turn();
    while (sink.takeOne());
    await turn();
    expect(sink.text).toBe('onetwothreefour');
    expect(writer.idle).toBe(true);
    expect(told.taken).toBeGreaterThan(0);
  });

  test('`end` comes behind what waits', async () => {
    const sink = new Sink(false);
    const { writer } = writerOn(sink);
    writer.text('one');
    writer.flush();
    writer.text('two');
    writer.end();
    expect(sink.writableEnded).toBe(false);
    for (let i = 0; i < 5; i++) {
      sink.takeOne();
      await turn();
    }
    expect(sink.text).toBe('onetwo');
    expect(sink.writableEnded).toBe(true);
  });

  test('`drop` drops what waits, closes its files and tells nothing more', async () => {
    const sink = new Sink(false);
    const { writer, told } = writerOn(sink);
    writer.text('one');
    writer.flush();
    const file = fileOf(0, 10);
    writer.file(file, 10);
    writer.text('two');
    writer.drop();
    writer.text('three');
    while (sink.takeOne());
    await turn();
    expect(sink.text).toBe('one');
    expect(writer.waiting).toBe(0);
    expect(told.taken).toBe(0);
    expect(() => closeSync(file.fd)).toThrow('EBADF');
  });

  test('http.file.lost: a file that ends early is told, and what stands behind it is not written', async () => {
    const sink = new Sink(true);
    const { writer, told } = writerOn(sink);
    writer.file(fileOf(299_990, 20), 20);
    writer.text('behind');
    await expect.poll(() => told.lost).toHaveLength(1);
    expect(String(told.lost[0])).toContain('10 octets before it should');
    expect(sink.text).toBe('0123456789');
    writer.drop();
  });

  const part = fc.oneof(
    fc.record({ text: fc.string({ maxLength: 30, unit: 'binary-ascii' }) }),
    fc.record({ octets: fc.nat(40_000) }),
    fc.record({ offset: fc.nat(100_000), length: fc.nat(200_000) }),
    fc.constant('turn' as const),
    fc.constant('flush' as const),
  );

  test('whatever is written comes out once, in order and counted, however it is taken', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(part, { maxLength: 12 }), fc.boolean(), async (parts, prompt) => {
        const sink = new Sink(prompt);
        const { writer, told } = writerOn(sink);
        let expected = '';
        for (const part of parts) {
          if (part === 'turn') await turn();
          else if (part === 'flush') writer.flush();
          else if ('text' in part) {
            writer.text(part.text);
            expected += part.text;
          } else if ('octets' in part) {
            writer.octets(octets('y'.repeat(part.octets)));
            expected += 'y'.repeat(part.octets);
          } else {
            writer.file(fileOf(part.offset, part.length), part.length);
            expected += digits.slice(part.offset, part.offset + part.length);
          }
          if (!prompt && !writer.idle) expect(writer.waiting).toBeGreaterThan(0);
        }
        for (let spare = 50; spare > 0; ) {
          sink.takeOne();
          if (writer.idle) spare--;
          await turn();
        }
        expect(sink.text).toBe(expected);
        expect(writer.waiting).toBe(0);
        expect(told.lost).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });
});
