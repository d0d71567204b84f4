// What a connection writes: its settings and answers, sections of fields, and data in turn and within credit.

import { describe, expect, test } from 'vitest';
import { data, frame, GET, get, give, HELLO, headers, post, settings } from './cases.ts';
import { type ConnectionOptions, ServerConnection } from './connection.ts';
import { FLAG, FRAME } from './frames.ts';
import { framesOf, latin1, OPTIONS, sectionsOf, type WrittenFrame } from './read-all.ts';
import type { Http2Stream } from './stream.ts';

const NONE = Number.POSITIVE_INFINITY;
const octets = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** A connection that has greeted, with its streams as they come. */
function open(options: Partial<ConnectionOptions> = {}, hello = HELLO) {
  const streams: Http2Stream[] = [];
  const sent: [number, number][] = [];
  const connection = new ServerConnection<unknown>(
    { ...OPTIONS, ...options },
    {
      onRequest: (stream) => void streams.push(stream),
      onData() {},
      onEnd() {},
      onReset() {},
      onFault() {},
      onSent: ({ id }, octets) => void sent.push([id, octets]),
      onGoaway() {},
      onPong() {},
      onFailure() {},
    },
  );
  const written = (most = NONE): WrittenFrame[] => {
    connection.produce(most);
    const out = connection.take();
    return out ? framesOf(Uint8Array.from(out.octets())) : [];
  };
  const greeting = written();
  for (const piece of hello) connection.receive(piece);
  const answer = written();
  /** Begins a response on a stream. */
  const begin = (id: number): Http2Stream => {
    connection.receive(get(id));
    const stream = streams.at(-1) as Http2Stream;
    connection.respond(stream, [[':status', '200']], false);
    return stream;
  };
  return { connection, streams, sent, written, greeting, answer, begin };
}

const dataOf = (frames: readonly WrittenFrame[]) =>
  frames.filter(({ type }) => type === FRAME.data).map(({ id, payload }) => [id, payload.length]);

describe('settings', () => {
  test('websocket.connect-setting, RFC 9113 3.4: the first frame has them, and the credit of the connection follows', () => {
    const { greeting } = open({ streamWindow: 1000, streams: 7 });
    expect(greeting.map(({ type, id }) => [type, id])).toEqual([
      [FRAME.settings, 0],
      [FRAME.windowUpdate, 0],
    ]);
    const [first, second] = greeting as [WrittenFrame, WrittenFrame];
    expect([...first.payload]).toEqual([
      ...[0, 3, 0, 0, 0, 7],
      ...[0, 4, 0, 0, 3, 0xe8],
      ...[0, 8, 0, 0, 0, 1],
    ]);
    expect(new DataView(second.payload.buffer).getUint32(0)).toBe(1_048_576 - 65_535);
  });

  test('RFC 9113 6.5.3: those of the peer are acknowledged', () => {
    const { answer } = open();
    expect(answer).toMatchObject([{ type: FRAME.settings, flags: FLAG.ack, id: 0 }]);
    expect(answer[0]?.payload).toHaveLength(0);
  });

  test('RFC 7541 4.2: a smaller header table is signalled in the next section, and no field is indexed in it', () => {
    const { connection, begin, written } = open();
    connection.receive(settings([1, 0]));
    written();
    begin(1);
    const [head] = written();
    expect((head?.payload[0] as number) & 0xe0).toBe(0x20);
    begin(3);
    expect(sectionsOf([head as WrittenFrame, ...written()]).map(({ fields }) => fields)).toEqual([
      [[':status', '200']],
      [[':status', '200']],
    ]);
  });

  test.each([
    [16_384, 50_000],
    [20_000, 16_385],
  ])(
    'RFC 9113 4.2, 4.3: with frames of at most %i, a section of %i octets goes out in several',
    (most, size) => {
      const { connection, streams, written } = open();
      connection.receive(settings([5, most]));
      written();
      connection.receive(get(1));
      const value = '\xfe'.repeat(size);
      connection.respond(
        streams[0] as Http2Stream,
        [
          [':status', '200'],
          ['x', value],
        ],
        true,
      );
      const frames = written();
      expect(frames.length).toBeGreaterThan(1);
      expect(frames.map(({ type }) => type)).toEqual(
        frames.map((_, i) => (i === 0 ? FRAME.headers : FRAME.continuation)),
      );
      expect(frames.map(({ flags }) => flags)).toEqual(
        frames.map(
          (_, i) =>
            (i === 0 ? FLAG.endStream : 0) | (i === frames.length - 1 ? FLAG.endHeaders : 0),
        ),
      );
      for (const { payload } of frames) expect(payload.length).toBeLessThanOrEqual(16_384);
      expect(sectionsOf(frames)[0]?.fields[1]).toEqual(['x', value]);
    },
  );
});

describe('answers', () => {
  test('RFC 9113 6.7: a ping comes back with its octets', () => {
    const { connection, written } = open();
    connection.receive(frame(6, 0, 0, 'question'));
    const [pong] = written();
    expect(pong).toMatchObject({ type: FRAME.ping, flags: FLAG.ack, id: 0 });
    expect(latin1(pong?.payload ?? new Uint8Array())).toBe('question');
  });

  test('RFC 9113 6.8: no later GOAWAY names a higher stream', () => {
    const { connection, written } = open();
    connection.receive(get(1));
    connection.goaway(1, 0);
    connection.goaway(2 ** 31 - 1, 0);
    const lasts = written().map(({ payload }) => new DataView(payload.buffer).getUint32(0));
    expect(lasts).toEqual([1, 1]);
  });
});

describe('credit', () => {
  test('flow.no-sibling-stall: the connection gets it back for what is taken, dropped or padding', () => {
    const { connection, streams, written } = open({ connectionWindow: 65_536 });
    connection.receive(post(1));
    connection.receive(post(3));
    connection.receive(data(1, 'x'.repeat(16_000)));
    connection.reset(streams[1] as Http2Stream, 8);
    connection.receive(data(3, 'x'.repeat(16_000)));
    expect(written().filter(({ type }) => type === FRAME.windowUpdate)).toEqual([]);
    connection.receive(data(1, [200, ...Array(700).fill(0)], FLAG.padded));
    connection.receive(data(3, 'x'.repeat(67)));
    const [update] = written();
    expect(update).toMatchObject({ type: FRAME.windowUpdate, id: 0 });
    expect(new DataView((update as WrittenFrame).payload.buffer).getUint32(0)).toBe(32_768);
  });

  test('flow.input-bounded: a stream gets it back for what is taken, and not before', () => {
    const { connection, streams, written } = open({ streamWindow: 1000 });
    connection.receive(frame(4, FLAG.ack, 0));
    connection.receive(post(1));
    connection.receive(data(1, 'x'.repeat(1000)));
    expect(written()).toEqual([]);
    connection.credit(streams[0] as Http2Stream, 499);
    expect(written()).toEqual([]);
    connection.credit(streams[0] as Http2Stream, 1);
    const [update] = written();
    expect(update).toMatchObject({ type: FRAME.windowUpdate, id: 1 });
    expect(new DataView((update as WrittenFrame).payload.buffer).getUint32(0)).toBe(500);
    // A stream that the peer has ended needs none.
    connection.receive(data(1, 'x', FLAG.endStream));
    connection.credit(streams[0] as Http2Stream, 501);
    expect(written()).toEqual([]);
  });
});

describe('data', () => {
  test('RFC 9113 6.9: no more than the credit of the stream, and the rest when that comes', () => {
    const { connection, begin, written, sent } = open({}, [...HELLO, settings([4, 10])]);
    const stream = begin(1);
    connection.data(stream, octets('x'.repeat(25)));
    connection.end(stream);
    expect(dataOf(written())).toEqual([[1, 10]]);
    expect(stream.blocked).toBe(true);
    connection.receive(give(1, 5));
    expect(dataOf(written())).toEqual([[1, 5]]);
    connection.receive(settings([4, 12]));
    expect(dataOf(written())).toEqual([[1, 2]]);
    connection.receive(give(1, 100));
    const last = written();
    expect(dataOf(last)).toEqual([[1, 8]]);
    expect(last.at(-1)?.flags).toBe(FLAG.endStream);
    expect(sent.map(([, octets]) => octets)).toEqual([10, 5, 2, 8]);
  });

  test('RFC 9113 6.9.2: a smaller initial window makes that of a stream negative', () => {
    const { connection, begin, written } = open();
    const stream = begin(1);
    connection.data(stream, octets('x'.repeat(65_535)));
    written();
    connection.receive(settings([4, 0]));
    connection.data(stream, octets('y'));
    connection.receive(give(0, 1000));
    connection.receive(give(1, 65_535));
    expect(dataOf(written())).toEqual([]);
    connection.receive(give(1, 1));
    expect(dataOf(written())).toEqual([[1, 1]]);
  });

  test('RFC 9113 6.9.1: the end of a stream needs no credit, even where its window is negative', () => {
    const { connection, begin, written } = open();
    const stream = begin(1);
    connection.data(stream, octets('x'));
    written();
    connection.receive(settings([4, 0]));
    connection.end(stream);
    const last = written().at(-1);
    expect(last).toMatchObject({ type: FRAME.data, flags: FLAG.endStream, id: 1 });
    expect(last?.payload).toHaveLength(0);
  });

  test('RFC 9113 6.9: no more than the credit of the connection, which no stream takes alone', () => {
    const { connection, begin, written } = open({}, [...HELLO, settings([4, 2 ** 20])]);
    const streams = [begin(1), begin(3)];
    for (const stream of streams) connection.data(stream, new Uint8Array(100_000));
    const first = dataOf(written());
    expect(first.map(([id]) => id)).toEqual([1, 3, 1, 3]);
    expect(first.reduce((sum, [, length]) => sum + (length as number), 0)).toBe(65_535);
    expect(connection.starved).toBe(true);
    // What needs no credit passes by.
    connection.end(begin(5));
    expect(written().at(-1)).toMatchObject({ type: FRAME.data, id: 5, flags: FLAG.endStream });
    connection.receive(give(0, 20_000));
    expect(dataOf(written()).map(([, length]) => length)).toEqual([16_384, 3616]);
  });

  test('flow.no-sibling-stall: streams take turns, a frame each, and one without credit has none', () => {
    const { connection, begin, written } = open({}, [...HELLO, settings([4, 40_000])]);
    connection.receive(give(0, 1_000_000));
    const [first, second, third] = [begin(1), begin(3), begin(5)];
    connection.data(first, new Uint8Array(60_000));
    connection.data(second, new Uint8Array(60_000));
    connection.data(third, new Uint8Array(100));
    expect(dataOf(written())).toEqual([
      [1, 16_384],
      [3, 16_384],
      [5, 100],
      [1, 16_384],
      [3, 16_384],
      [1, 7232],
      [3, 7232],
    ]);
  });

  test('`produce` stops where it is told, and the next call goes on with the next stream', () => {
    const { connection, begin, written } = open();
    for (const id of [1, 3, 5]) connection.data(begin(id), new Uint8Array(10_000));
    // The heads count too.
    expect(dataOf(written(9000))).toEqual([[1, 10_000]]);
    expect(connection.sendable).toBe(true);
    expect(dataOf(written(15_000))).toEqual([
      [3, 10_000],
      [5, 10_000],
    ]);
    expect(connection.sendable).toBe(false);
  });

  test('flow.no-hold: small pieces go out in one frame, with the end', () => {
    const { connection, begin, written } = open();
    const stream = begin(1);
    for (const text of ['one', '', 'two', 'three']) connection.data(stream, octets(text));
    connection.end(stream);
    const frames = written().filter(({ type }) => type === FRAME.data);
    expect(frames.map(({ flags, payload }) => [flags, latin1(payload)])).toEqual([
      [FLAG.endStream, 'onetwothree'],
    ]);
  });

  test('http.finish: trailers stand behind the data, and need no credit', () => {
    const { connection, begin, written } = open({}, [...HELLO, settings([4, 3])]);
    const stream = begin(1);
    connection.data(stream, octets('abc'));
    connection.end(stream, [['x', 'y']]);
    const frames = written();
    expect(frames.map(({ type, flags }) => [type, flags])).toEqual([
      [FRAME.headers, FLAG.endHeaders],
      [FRAME.data, 0],
      [FRAME.headers, FLAG.endHeaders | FLAG.endStream],
    ]);
    expect(sectionsOf(frames).at(-1)?.fields).toEqual([['x', 'y']]);
    expect(connection.streams.size).toBe(0);
  });

  test('a reset drops what waits, and nothing is written behind it', () => {
    const { connection, begin, written } = open();
    const stream = begin(1);
    connection.data(stream, octets('abc'));
    connection.reset(stream, 8);
    connection.data(stream, octets('def'));
    connection.end(stream);
    connection.respond(stream, [[':status', '200']], true);
    connection.reset(stream, 8);
    expect(written().map(({ type }) => type)).toEqual([FRAME.headers, FRAME.reset]);
    expect(connection.streams.size).toBe(0);
  });
});

test('states of RFC 9113 section 5.1', () => {
  const { connection, streams } = open();
  connection.receive(headers(1, GET, FLAG.endHeaders));
  const [stream] = streams as [Http2Stream];
  expect(stream.state).toBe('open');
  connection.respond(stream, [[':status', '200']], true);
  expect(stream.state).toBe('half-closed (local)');
  connection.receive(data(1, '', FLAG.endStream));
  expect(stream.state).toBe('closed');
  connection.receive(get(3));
  expect(streams[1]?.state).toBe('half-closed (remote)');
});
