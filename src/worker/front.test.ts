// The front's half of a stream, octet by octet: what it writes, and what it takes for broken.

import { describe, expect, test } from 'vitest';
import { type AnyScope, Closed, Misuse } from '../interface/index.ts';
import { FrameReader, FrameWriter, KIND, type Metadata, readMetadata } from './frames.ts';
import { createFront, type Front } from './front.ts';

const HELLO: Metadata = {
  frames: 1,
  interface: '0.1',
  software: 'test',
  connection_credit: 65_536,
  conversation_credit: 65_536,
  conversations: 100,
};

interface Written {
  readonly kind: number;
  readonly conversation: number;
  readonly content: Metadata;
  readonly data: Uint8Array;
}

/** A front, and who plays its worker. */
class Pair {
  readonly written: Written[] = [];
  readonly broken: Error[] = [];
  ended = false;
  readonly front: Front;
  readonly #reader = new FrameReader();
  readonly #writer = new FrameWriter();

  constructor(greet = true) {
    this.front = createFront(
      {
        write: (pieces) => {
          for (const piece of pieces)
            for (const { kind, conversation, data } of this.#reader.feed(piece))
              this.written.push({
                kind,
                conversation,
                data: data.slice(),
                content: kind === KIND.data ? {} : readMetadata(data),
              });
        },
        end: () => {
          this.ended = true;
        },
      },
      { onBroken: (error) => this.broken.push(error) },
    );
    if (greet) this.says(KIND.hello, 0, HELLO);
  }

  says(kind: number, conversation: number, content?: Metadata): void {
    this.#writer.metadata(kind, conversation, content);
    this.#feed();
  }

  sends(conversation: number, data: Uint8Array): void {
    this.#writer.data(conversation, data);
    this.#feed();
  }

  #feed(): void {
    for (const piece of this.#writer.take()) this.front.feed(piece);
  }

  /** Opens a conversation whose gateway answers as told. */
  async open({
    receive = () => new Promise<never>(() => {}),
    send = async () => {},
  }: {
    receive?: () => Promise<unknown>;
    send?: (event: unknown) => Promise<void>;
  } = {}) {
    const cancel = new AbortController();
    const scope = { type: 'http', id: 'a', local: { cancel: cancel.signal, state: {} } };
    const call = this.front.application(
      scope as unknown as AnyScope as never,
      receive as never,
      send as never,
    );
    call.catch(() => {});
    await turn();
    return { call, cancel };
  }

  kinds(kind: number): Written[] {
    return this.written.filter((frame) => frame.kind === kind);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('frame.hello: it is the first frame, and none follows before the worker’s', async () => {
  const pair = new Pair(false);
  const opened = pair.open();
  await turn();
  expect(pair.written.map(({ kind }) => kind)).toEqual([KIND.hello]);
  expect(pair.written[0]?.content).toMatchObject({ frames: [1], interface: ['0.1'] });
  pair.says(KIND.hello, 0, HELLO);
  await opened;
  await turn();
  expect(pair.written.map(({ kind }) => kind)).toEqual([KIND.hello, KIND.open]);
});

test('frame.pull: an event is written in answer to a `receive` only, and one for each', async () => {
  const pair = new Pair();
  let given = 0;
  await pair.open({
    receive: async () => ({ type: 'http.request.body', data: Uint8Array.of(++given) }),
  });
  expect(given).toBe(0);
  for (const count of [1, 2, 3]) {
    pair.says(KIND.receive, 1);
    await turn();
    expect(given).toBe(count);
    expect(pair.kinds(KIND.event)).toHaveLength(count);
    expect(pair.kinds(KIND.data).at(-1)?.data).toEqual(Uint8Array.of(count));
  }
});

test('frame.settle: each event has one answer, with its place, in the order in which it is settled', async () => {
  const pair = new Pair();
  const waiting: PromiseWithResolvers<void>[] = [];
  await pair.open({
    send: () => {
      waiting.push(Promise.withResolvers());
      return waiting.at(-1)?.promise as Promise<void>;
    },
  });
  for (let i = 0; i < 3; i++) pair.says(KIND.event, 1, { event: { type: 'http.refuse' } });
  waiting[1]?.reject(new Misuse('http.start-once', 'already started'));
  await turn();
  waiting[0]?.resolve();
  waiting[2]?.reject(new Closed('peer_reset', 8));
  await turn();
  expect(pair.kinds(KIND.settled).map(({ content }) => content)).toEqual([
    { event: 2, error: 'misuse', requirement: 'http.start-once', message: 'already started' },
    { event: 1 },
    { event: 3, error: 'closed', cause: 'peer_reset', code: 8 },
  ]);
});

test('frame.turns: a conversation that comes to have data is before the next frame of another', async () => {
  const pair = new Pair();
  const large = { type: 'http.request.body', data: new Uint8Array(200_000) };
  await pair.open({ receive: async () => large });
  await pair.open({ receive: async () => large });
  pair.says(KIND.receive, 1);
  await turn();
  // All credit of the stream is used up by the first.
  expect(pair.kinds(KIND.data).map(({ conversation }) => conversation)).toEqual([1]);
  pair.says(KIND.receive, 2);
  await turn();
  for (const number of [1, 2]) pair.says(KIND.credit, number, { octets: 200_000 });
  pair.says(KIND.credit, 0, { octets: 200_000 });
  await turn();
  const order = pair.kinds(KIND.data).map(({ conversation }) => conversation);
  expect(order.slice(0, 4)).toEqual([1, 2, 1, 2]);
});

test('frame.well-formed: no data is written for which there is no credit', async () => {
  const pair = new Pair();
  await pair.open({
    receive: async () => ({ type: 'http.request.body', data: new Uint8Array(300_000) }),
  });
  pair.says(KIND.receive, 1);
  await turn();
  const octets = () => pair.kinds(KIND.data).reduce((sum, { data }) => sum + data.length, 0);
  expect(octets()).toBe(65_536);
  pair.says(KIND.credit, 0, { octets: 100_000 });
  await turn();
  expect(octets()).toBe(65_536);
  pair.says(KIND.credit, 1, { octets: 100_000 });
  await turn();
  expect(octets()).toBe(165_536);
});

test('frame.keep-reading: what the worker writes is read while there is no credit to write', async () => {
  const pair = new Pair();
  const seen: unknown[] = [];
  await pair.open({
    receive: async () => ({ type: 'http.request.body', data: new Uint8Array(300_000) }),
    send: async (event) => void seen.push(event),
  });
  pair.says(KIND.receive, 1);
  await turn();
  pair.says(KIND.event, 1, { event: { type: 'http.response.start', status: 200 } });
  await turn();
  expect(seen).toEqual([{ type: 'http.response.start', status: 200 }]);
});

test('worker.cancel: the signal is written once, with its cause', async () => {
  const pair = new Pair();
  const { cancel } = await pair.open();
  cancel.abort(new Closed('peer_reset', 5));
  await turn();
  expect(pair.kinds(KIND.cancel).map(({ content }) => content)).toEqual([
    { cause: 'peer_reset', code: 5 },
  ]);
});

test('worker.crash: every call that is open fails, and so does every later one', async () => {
  const pair = new Pair();
  const { call } = await pair.open();
  pair.front.lost('it was ended by SIGKILL');
  await expect(call).rejects.toThrow('SIGKILL');
  const { call: later } = await pair.open();
  await expect(later).rejects.toThrow('SIGKILL');
  expect(pair.ended).toBe(true);
});

describe('frame.malformed: the stream is closed behind a fault that says why', () => {
  const event = { event: { type: 'http.response.body' }, payload: 'data', size: 2 };
  test.each<[code: string, what: string, say: (pair: Pair) => void]>([
    ['version', 'another revision', (pair) => pair.says(KIND.hello, 0, { ...HELLO, frames: 2 })],
    [
      'version',
      'another interface',
      (pair) => pair.says(KIND.hello, 0, { ...HELLO, interface: '9' }),
    ],
    [
      'metadata',
      'too little credit',
      (pair) => pair.says(KIND.hello, 0, { ...HELLO, connection_credit: 5 }),
    ],
    ['sequence', 'a frame before `hello`', (pair) => pair.says(KIND.receive, 1)],
  ])('%s: %s', (code, _what, say) => {
    const pair = new Pair(false);
    say(pair);
    expect(pair.kinds(KIND.fault).map(({ content }) => content.code)).toEqual([code]);
    expect(pair.ended).toBe(true);
    expect(pair.broken).toHaveLength(1);
  });

  test.each<[code: string, what: string, say: (pair: Pair) => void]>([
    ['sequence', 'a second `hello`', (pair) => pair.says(KIND.hello, 0, HELLO)],
    ['kind', 'a frame that a front sends', (pair) => pair.says(KIND.cancel, 1, { cause: 'x' })],
    ['kind', 'an unknown kind below 0x80', (pair) => pair.says(0x33, 1)],
    ['conversation', 'a number that was never opened', (pair) => pair.says(KIND.receive, 7)],
    ['conversation', '0 where there is a number', (pair) => pair.says(KIND.receive, 0)],
    ['metadata', 'an event that is no object', (pair) => pair.says(KIND.event, 1, { event: [] })],
    [
      'metadata',
      'a payload of another name',
      (pair) => pair.says(KIND.event, 1, { ...event, payload: 'body' }),
    ],
    ['metadata', 'an unknown outcome', (pair) => pair.says(KIND.end, 1, { outcome: 'fine' })],
    ['sequence', 'data of no event', (pair) => pair.sends(1, Uint8Array.of(1))],
    [
      'sequence',
      'data beyond the size of its event',
      (pair) => {
        pair.says(KIND.event, 1, event);
        pair.sends(1, new Uint8Array(3));
      },
    ],
    [
      'sequence',
      'a `receive` before the last was answered',
      (pair) => {
        pair.says(KIND.receive, 1);
        pair.says(KIND.receive, 1);
      },
    ],
    [
      'sequence',
      '`end` before a payload',
      (pair) => {
        pair.says(KIND.event, 1, event);
        pair.says(KIND.end, 1, { outcome: 'returned' });
      },
    ],
    [
      'sequence',
      'a frame after `end`',
      (pair) => {
        pair.says(KIND.end, 1, { outcome: 'returned' });
        pair.says(KIND.receive, 1);
      },
    ],
    [
      'credit',
      'a balance above 2^31−1',
      (pair) => pair.says(KIND.credit, 0, { octets: 2 ** 31 - 1 }),
    ],
  ])('%s: %s', async (code, _what, say) => {
    const pair = new Pair();
    const { call } = await pair.open();
    say(pair);
    await turn();
    expect(pair.kinds(KIND.fault).map(({ content }) => content.code)).toEqual([code]);
    expect(pair.ended).toBe(true);
    // A call that had ended well is over; every other one fails.
    if (!_what.includes('after `end`')) await expect(call).rejects.toThrow('broke the format');
  });

  test('credit: more data than there is credit for', async () => {
    const pair = new Pair();
    await pair.open({ send: () => new Promise(() => {}) });
    for (let i = 0; i < 5; i++) {
      pair.says(KIND.event, 1, { ...event, size: 65_536 });
      pair.sends(1, new Uint8Array(65_536));
    }
    await turn();
    expect(pair.kinds(KIND.fault).map(({ content }) => content.code)).toEqual(['credit']);
  });

  test.each([
    ['a repeated name', '{"outcome":"returned","outcome":"raised"}'],
    ['the same name, escaped', '{"a":1,"\\u0061":2}'],
    ['half of a surrogate pair', '{"outcome":"\\ud800"}'],
    ['a byte order mark', '\ufeff{}'],
    ['an array', '[]'],
  ])('metadata: %s', (_what, text) => {
    expect(() => readMetadata(new TextEncoder().encode(text))).toThrow(
      expect.objectContaining({ code: 'metadata' }),
    );
  });
});

test('frame.unknown-kind: one from 0x80 on is passed over', async () => {
  const pair = new Pair();
  await pair.open();
  pair.says(0x80, 1, { anything: true });
  await turn();
  expect(pair.broken).toEqual([]);
});
