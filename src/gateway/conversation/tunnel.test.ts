// One tunnel without I/O (proposal 8): the answer, its octets on the wire, datagrams in capsules, its ends and its races.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../tests/fuzz/runs.ts';
import { Closed, type Misuse, type TunnelSendEvent } from '../../interface/index.ts';
import { datagramCapsule } from './capsules.ts';
import { inWords, octets } from './drive.fixture.ts';
import { TunnelConversation, type TunnelOptions } from './tunnel.ts';

const end: TunnelSendEvent = { type: 'tunnel.end' };
const abort: TunnelSendEvent = { type: 'tunnel.abort' };
const data = (...octets: number[]): TunnelSendEvent => ({
  type: 'tunnel.data',
  data: Uint8Array.from(octets),
});
const datagram = (...octets: number[]): TunnelSendEvent => ({
  type: 'tunnel.datagram',
  data: Uint8Array.from(octets),
});

function converse(options: Partial<TunnelOptions> = {}): TunnelConversation {
  return new TunnelConversation({
    method: 'GET',
    http_version: '1.1',
    asked: { by: 'upgrade', protocol: 'Ticks/1' },
    datagrams: 'capsules',
    features: new Set(['tunnel', 'tunnel.datagram']),
    ...options,
  });
}

/** One that was accepted. */
function open({
  datagrams = false,
  ...options
}: Partial<Omit<TunnelOptions, 'datagrams'>> & { datagrams?: boolean } = {}): TunnelConversation {
  const conversation = converse(options);
  conversation.send({ type: 'tunnel.accept', datagrams });
  conversation.begin();
  return conversation;
}

const sent = (conversation: TunnelConversation, event: TunnelSendEvent) =>
  inWords(conversation.send(event).outputs);

/** All that can be received; numbers for octets, and the last event once. */
function received(conversation: TunnelConversation): unknown[] {
  const events: unknown[] = [];
  for (;;) {
    const next = conversation.receive()?.event;
    if (!next) return events;
    if (next.type === 'tunnel.data') events.push([...next.data]);
    else events.push(next);
    if (next.type === 'tunnel.closed' || next.type === 'http.closed') return events;
  }
}

function errorOf(act: () => unknown): Misuse | Closed {
  try {
    act();
  } catch (error) {
    return error as Misuse | Closed;
  }
  return expect.unreachable('nothing was raised');
}

const misuseOf = (conversation: TunnelConversation, event: TunnelSendEvent) =>
  (errorOf(() => conversation.send(event)) as Misuse).requirement;

const OVER = { type: 'tunnel.closed', cause: 'complete' };
const CONNECT = { method: 'CONNECT', http_version: '2' } as const;
const BY_CONNECT = { ...CONNECT, asked: { by: 'connect', protocol: 'CONNECT' } } as const;
const BY_EXTENDED = { ...CONNECT, asked: { by: 'extended-connect', protocol: 'ticks' } } as const;

describe('the answer', () => {
  test('tunnel.accept-wire: an upgrade, with the protocol as the peer spelled it', () => {
    const { outputs } = converse().send({ type: 'tunnel.accept', headers: [['x-a', 'b']] });
    expect(outputs).toEqual([
      {
        do: 'switch',
        status: 101,
        headers: [
          ['connection', 'upgrade'],
          ['upgrade', 'Ticks/1'],
          ['x-a', 'b'],
        ],
      },
    ]);
  });

  test.each([BY_CONNECT, BY_EXTENDED])(
    'tunnel.accept-wire: $asked.by, and no fields of the gateway',
    (options) => {
      const { outputs } = converse(options).send({ type: 'tunnel.accept' });
      expect(outputs).toEqual([{ do: 'switch', status: 200, headers: [] }]);
    },
  );

  test('tunnel.accept-wire: with datagrams', () => {
    const { outputs } = converse(BY_EXTENDED).send({ type: 'tunnel.accept', datagrams: true });
    expect(outputs).toMatchObject([{ headers: [['capsule-protocol', '?1']] }]);
  });

  test('tunnel.refuse: a status below 300 is refused for a CONNECT, and an ordinary answer to an upgrade', () => {
    const start: TunnelSendEvent = { type: 'http.response.start', status: 200 };
    for (const options of [BY_CONNECT, BY_EXTENDED])
      expect(misuseOf(converse(options), start)).toBe('tunnel.refuse');
    expect(sent(converse(), start)).toEqual(['head 200']);
  });

  test('tunnel.refuse: the response is a whole one, and the last event is `http.closed`', () => {
    const conversation = converse();
    conversation.send({ type: 'http.response.start', status: 403 });
    expect(sent(conversation, { type: 'http.response.body', data: octets('no') })).toEqual([
      'body 2',
    ]);
    expect(sent(conversation, { type: 'http.response.end' })).toEqual(['end']);
    conversation.octets(octets('late'));
    expect(received(conversation)).toEqual([{ type: 'http.closed', cause: 'complete' }]);
  });

  test('tunnel.refuse: an abort of the response is one of the response', () => {
    const conversation = converse();
    conversation.send({ type: 'http.response.start', status: 403 });
    expect(sent(conversation, { type: 'http.response.abort' })).toEqual(['abort internal']);
  });

  test('cancel.on-peer-loss: a peer that is lost while it is refused is lost', () => {
    const conversation = converse();
    conversation.send({ type: 'http.response.start', status: 403 });
    expect(conversation.lost('peer_reset')).toBe(true);
    expect(conversation.conversationState).toBe('lost');
    expect(errorOf(() => conversation.send(end))).toBeInstanceOf(Closed);
  });

  test('tunnel.no-early-answer: early octets are given after the acceptance, and an end behind them', () => {
    const conversation = converse();
    conversation.octets(Uint8Array.of(1));
    conversation.octets(Uint8Array.of(2));
    conversation.end();
    expect(received(conversation)).toEqual([]);
    conversation.send({ type: 'tunnel.accept' });
    conversation.begin();
    expect(received(conversation)).toEqual([[1], [2], { type: 'tunnel.end' }]);
  });

  test('flow.input-bounded: early octets are held up to the bound, and none is added while the buffer is full', () => {
    const conversation = converse({ receiveBufferOctets: 64 });
    for (let i = 0; i < 63; i++) conversation.octets(Uint8Array.of(i));
    expect(conversation.full).toBe(false);
    conversation.octets(Uint8Array.of(63));
    expect(conversation.full).toBe(true);
    conversation.send({ type: 'tunnel.accept' });
    conversation.begin();
    expect(conversation.full).toBe(true);
    expect(received(conversation).flat()).toEqual(Array.from({ length: 64 }, (_, i) => i));
    expect(conversation.full).toBe(false);
  });

  test('flow.send-waits: what an acceptance counts', () => {
    const headers = [['x-name', 'value']] as const;
    expect(converse().send({ type: 'tunnel.accept', headers }).size).toBe(11 + 32);
  });
});

describe('A tunnel on the wire', () => {
  test('tunnel.data-order: octets as they are, and none for none', () => {
    const conversation = open();
    expect(sent(conversation, data(1, 2))).toEqual(['octets 1,2']);
    expect(conversation.send(data())).toMatchObject({ outputs: [], size: 0 });
    expect(conversation.send(data(3)).size).toBe(1 + 32);
  });

  test('tunnel.end-half-close: ends one direction and not the other', () => {
    const conversation = open();
    expect(sent(conversation, end)).toEqual(['shut']);
    conversation.octets(Uint8Array.of(1));
    expect(received(conversation)).toEqual([[1]]);
    conversation.end();
    expect(received(conversation)).toEqual([{ type: 'tunnel.end' }, OVER]);
  });

  test.each([
    ['upgrade', {}, 'drop cancel reset'],
    ['CONNECT', BY_CONNECT, 'drop connect reset'],
    ['CONNECT with :protocol', BY_EXTENDED, 'drop cancel reset'],
  ])('tunnel.abort-wire: the code of an abort that has none: %s', (_, options, wire) => {
    expect(sent(open(options), abort)).toEqual([wire]);
  });

  test('tunnel.abort-wire: the code of one that has one', () => {
    expect(sent(open(BY_CONNECT), { type: 'tunnel.abort', code: 10 })).toEqual(['drop 10 reset']);
  });

  test('tunnel.abort-wire: after the own end, what the peer still sends is given up', () => {
    const conversation = open();
    conversation.send(end);
    conversation.octets(Uint8Array.of(1));
    expect(sent(conversation, abort)).toEqual(['drop cancel reset']);
    expect(received(conversation)).toEqual([OVER]);
  });

  test('tunnel.abort-wire: nothing is left to abort', () => {
    const ended = open();
    ended.send(end);
    ended.end();
    expect(sent(ended, abort)).toEqual([]);
    expect(received(ended)).toEqual([OVER]);
    const lost = open();
    lost.send(end);
    lost.lost('peer_reset');
    expect(sent(lost, abort)).toEqual([]);
  });

  test('tunnel.end-given-once: a transport that says the end twice is heard once', () => {
    const conversation = open();
    conversation.end();
    conversation.end();
    expect(received(conversation)).toEqual([{ type: 'tunnel.end' }]);
  });

  test('tunnel.end-given-once: a direction that stops in another way has none', () => {
    const conversation = open();
    conversation.octets(Uint8Array.of(1));
    conversation.lost('connection_lost');
    expect(received(conversation)).toEqual([
      [1],
      { type: 'tunnel.closed', cause: 'connection_lost' },
    ]);
  });
});

describe('What else breaks a tunnel off', () => {
  test('tunnel.abort-when-unended: the application ends with an error', () => {
    const conversation = open();
    conversation.octets(Uint8Array.of(1));
    expect(inWords(conversation.applicationEnded('application.raises').outputs)).toEqual([
      'drop cancel reset',
    ]);
    expect(conversation.lossCause).toBeUndefined();
    expect(received(conversation)).toEqual([OVER]);
  });

  test('tunnel.abort-when-unended: the application returns within a capsule of its own', () => {
    const conversation = open({ datagrams: true });
    conversation.send(data(5, 2, 0));
    expect(inWords(conversation.applicationEnded('application.returns').outputs)).toEqual([
      'drop cancel reset',
    ]);
    expect(received(conversation)).toEqual([OVER]);
  });

  test('tunnel.abort-when-unended: the deadline of a drain passes', () => {
    const conversation = open();
    expect(inWords(conversation.breakOff('shutdown'))).toEqual(['drop cancel reset']);
    expect(errorOf(() => conversation.send(data(1)))).toMatchObject({ cause: 'shutdown' });
    expect(received(conversation)).toEqual([{ type: 'tunnel.closed', cause: 'shutdown' }]);
  });

  test('tunnel.abort-when-unended: the peer ends its direction within a capsule', () => {
    const conversation = open({ datagrams: true });
    conversation.octets(Uint8Array.of(7, 2, 0));
    expect(inWords(conversation.end())).toEqual(['drop protocol reset']);
    expect(received(conversation)).toEqual([
      [7, 2, 0],
      { type: 'tunnel.closed', cause: 'protocol_error' },
    ]);
  });

  test('tunnel.abort-when-unended: it did so before the acceptance', () => {
    const conversation = converse();
    conversation.octets(Uint8Array.of(7, 2, 0));
    conversation.end();
    conversation.send({ type: 'tunnel.accept', datagrams: true });
    expect(inWords(conversation.begin())).toEqual(['drop protocol reset']);
    expect(conversation.lossCause).toBe('protocol_error');
  });

  test('tunnel.abort-when-unended: capsules count that nobody receives', () => {
    const whole = open({ datagrams: true });
    whole.octets(Uint8Array.of(7, 2, 0));
    const broken = open({ datagrams: true });
    for (const conversation of [whole, broken])
      conversation.applicationEnded('application.returns');
    whole.octets(Uint8Array.of(0));
    broken.octets(Uint8Array.of(7, 2));
    expect(inWords(whole.end())).toEqual([]);
    expect(inWords(broken.end())).toEqual(['drop protocol reset']);
  });

  test('tunnel.returns-closes: what the peer still sends is discarded', () => {
    const conversation = open({ receiveBufferOctets: 1 });
    conversation.octets(Uint8Array.of(1));
    expect(inWords(conversation.applicationEnded('application.returns').outputs)).toEqual(['shut']);
    conversation.octets(Uint8Array.of(2));
    expect(conversation.full).toBe(false);
    expect(conversation.awaitsPeer).toBe(true);
    conversation.end();
    expect(received(conversation)).toEqual([OVER]);
    expect(conversation.awaitsPeer).toBe(false);
  });

  test('drain.after-deadline: both directions have ended and octets wait', () => {
    const conversation = open();
    conversation.send(end);
    conversation.end();
    expect(inWords(conversation.breakOff('shutdown'))).toEqual(['drop cancel reset']);
    expect(conversation.lossCause).toBeUndefined();
    expect(received(conversation)).toEqual([{ type: 'tunnel.end' }, OVER]);
  });
});

describe('Races of a tunnel', () => {
  test('closed.on-send: the peer is lost before `tunnel.accept`', () => {
    const conversation = converse();
    conversation.lost('peer_reset', 8);
    expect(errorOf(() => conversation.send({ type: 'tunnel.accept' }))).toMatchObject({
      cause: 'peer_reset',
      code: 8,
    });
    expect(received(conversation)).toEqual([{ type: 'http.closed', cause: 'peer_reset', code: 8 }]);
  });

  test('tunnel.end-given-once: the peer ends its direction before `tunnel.accept`', () => {
    const conversation = converse();
    conversation.end();
    expect(received(conversation)).toEqual([]);
    conversation.send({ type: 'tunnel.accept' });
    conversation.begin();
    expect(received(conversation)).toEqual([{ type: 'tunnel.end' }]);
    expect(sent(conversation, data(1)), 'the own direction goes on').toEqual(['octets 1']);
  });

  test("closed.on-send: data while the peer's reset is on its way", () => {
    const conversation = open();
    expect(sent(conversation, data(1))).toEqual(['octets 1']);
    conversation.lost('peer_reset');
    expect(errorOf(() => conversation.send(data(2)))).toMatchObject({ cause: 'peer_reset' });
  });

  test("tunnel.closed.cause: an abort while the peer's end is on its way", () => {
    const conversation = open();
    expect(sent(conversation, abort)).toEqual(['drop cancel reset']);
    conversation.end();
    conversation.lost('peer_reset');
    expect(received(conversation)).toEqual([OVER]);
  });

  test('closed.on-send: an abort after the peer was lost', () => {
    const conversation = open();
    conversation.lost('peer_reset');
    expect(errorOf(() => conversation.send(abort))).toBeInstanceOf(Closed);
  });

  test('tunnel.closed.cause: the peer is lost after the own end and before its own', () => {
    const conversation = open();
    conversation.send(end);
    expect(conversation.lost('peer_reset', 8), 'cancel.on-peer-loss').toBe(true);
    expect(misuseOf(conversation, data(1))).toBe('tunnel.nothing-after-end');
    expect(received(conversation)).toEqual([
      { type: 'tunnel.closed', cause: 'peer_reset', code: 8 },
    ]);
  });

  test('cancel.after-end: a peer that goes after both directions have ended is not lost', () => {
    const conversation = open();
    conversation.send(end);
    conversation.end();
    expect(conversation.lost('peer_reset')).toBe(false);
    expect(received(conversation)).toEqual([{ type: 'tunnel.end' }, OVER]);
  });

  test('tunnel.closed.repeats: every later `receive` gives the same event', () => {
    const conversation = open();
    conversation.lost('peer_reset');
    const first = conversation.receive()?.event;
    expect(conversation.receive()?.event).toBe(first);
  });
});

describe('drain.notice', () => {
  test('drain.notice: once, ahead of octets', () => {
    const conversation = open();
    conversation.octets(Uint8Array.of(1));
    conversation.drain(() => -1);
    conversation.drain(() => 5);
    expect(received(conversation)).toEqual([{ type: 'gateway.drain', deadline_ms: 0 }, [1]]);
  });

  test('drain.notice: not where only the last event is left, or the peer is lost', () => {
    const over = open();
    over.send(abort);
    const lost = open();
    lost.octets(Uint8Array.of(1));
    lost.lost('peer_reset');
    for (const conversation of [over, lost]) conversation.drain(() => 5);
    expect(received(over)).toEqual([OVER]);
    expect(received(lost)).toMatchObject([[1], { type: 'tunnel.closed' }]);
  });
});

describe('datagrams', () => {
  test('tunnel.datagram.whole: one capsule of type 0 for each', () => {
    const conversation = open({ datagrams: true });
    expect(sent(conversation, datagram(9, 8))).toEqual(['octets 0,2,9,8']);
    expect(conversation.send(datagram()).size).toBe(32);
  });

  test('tunnel.datagram.permitted: not without `datagrams`, and not more than 65,535 octets', () => {
    expect(misuseOf(open(), datagram(1))).toBe('tunnel.datagram.permitted');
    const conversation = open({ datagrams: true });
    const most = new Uint8Array(65_535);
    conversation.send({ type: 'tunnel.datagram', data: most });
    expect(misuseOf(conversation, { type: 'tunnel.datagram', data: new Uint8Array(65_536) })).toBe(
      'tunnel.datagram.permitted',
    );
  });

  test('tunnel.datagram.capsules: one waits for the end of a capsule of the application', () => {
    const conversation = open({ datagrams: true });
    conversation.send(data(5, 2, 0));
    expect(conversation.send(datagram(9))).toMatchObject({ outputs: [], size: 33 });
    expect(conversation.queued, 'it is in the output buffer').toBe(3);
    expect(sent(conversation, data(0))).toEqual(['octets 0', 'octets 0,1,9']);
    expect(conversation.queued).toBe(0);
  });

  test('tunnel.datagram.unfinished: no end within a capsule', () => {
    const conversation = open({ datagrams: true });
    conversation.send(data(5, 1));
    expect(misuseOf(conversation, end)).toBe('tunnel.datagram.unfinished');
    conversation.send(data(0));
    expect(sent(conversation, end)).toEqual(['shut']);
  });

  test('tunnel.datagram.capsules: without `datagrams` capsules are octets like all others', () => {
    const conversation = open();
    conversation.octets(Uint8Array.of(0, 1, 9));
    expect(received(conversation)).toEqual([[0, 1, 9]]);
  });

  test('flow.no-hold: octets of a capsule are given before it is whole', () => {
    const conversation = open({ datagrams: true });
    conversation.octets(Uint8Array.of(7));
    expect(received(conversation)).toEqual([[7]]);
    conversation.octets(Uint8Array.of(9, 1));
    expect(received(conversation)).toEqual([[9, 1]]);
  });

  test('flow.input-bounded: many small datagrams in one piece are made into events as room allows', () => {
    const conversation = open({ datagrams: true, receiveBufferOctets: 320 });
    conversation.octets(new Uint8Array(2000));
    conversation.end();
    let given = 0;
    let most = 0;
    while (conversation.receive()?.event.type === 'tunnel.datagram') {
      given++;
      most = Math.max(most, given);
      expect(conversation.full || given > 980).toBe(true);
    }
    expect(given, 'the end came after the last').toBe(1000);
  });
});

/** A capsule in the shortest forms of its integers. */
function capsule(type: number, value: Uint8Array): number[] {
  const short = (value: number) => (value < 64 ? [value] : [0x40 | (value >> 8), value & 0xff]);
  return [...short(type), ...short(value.length), ...value];
}

test('tunnel.datagram.capsules: capsules of both sides, over any split', () => {
  const capsules = fc.array(
    fc.record({
      type: fc.constantFrom(0, 0, 7, 63, 64, 1000),
      value: fc.oneof(
        fc.uint8Array({ maxLength: 6 }),
        fc.uint8Array({ minLength: 60, maxLength: 70 }),
      ),
    }),
    { maxLength: 10 },
  );
  const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
  fc.assert(
    fc.property(capsules, cuts, fc.integer({ min: 1, max: 300 }), (capsules, cuts, bound) => {
      const conversation = open({ datagrams: true, receiveBufferOctets: bound });
      const stream = Uint8Array.from(capsules.flatMap(({ type, value }) => capsule(type, value)));
      const datagrams: number[][] = [];
      const others: number[] = [];
      const take = () => {
        for (;;) {
          const event = conversation.receive()?.event;
          if (event?.type === 'tunnel.datagram') datagrams.push([...event.data]);
          else if (event?.type === 'tunnel.data') {
            expect(event.data.length, 'tunnel.data-order').toBeGreaterThan(0);
            others.push(...event.data);
          } else return event?.type;
        }
      };
      for (let at = 0, i = 0; at < stream.length; i++) {
        if (conversation.full) take();
        const next = at + (cuts[i % cuts.length] as number);
        conversation.octets(stream.slice(at, next));
        at = next;
      }
      expect(inWords(conversation.end())).toEqual([]);
      expect(take()).toBe('tunnel.end');
      const own = capsules.filter(({ type }) => type === 0);
      expect(datagrams).toEqual(own.map(({ value }) => [...value]));
      expect(others).toEqual(
        capsules.flatMap(({ type, value }) => (type === 0 ? [] : capsule(type, value))),
      );

      // The other direction: the same octets from the application, with datagrams sent in between.
      const sender = open({ datagrams: true });
      const wire: number[] = [];
      const write = (event: TunnelSendEvent) => {
        for (const output of sender.send(event).outputs)
          if (output.do === 'octets') wire.push(...output.data);
      };
      const mine: number[][] = [];
      for (let at = 0, i = 0; at < stream.length; i++) {
        const next = at + (cuts[i % cuts.length] as number);
        write({ type: 'tunnel.data', data: stream.slice(at, next) });
        mine.push([i & 0xff]);
        write(datagram(i & 0xff));
        at = next;
      }
      expect(sender.withinCapsule).toBe(false);
      const reader = open({ datagrams: true });
      reader.octets(Uint8Array.from(wire));
      const read: number[][] = [];
      const rest: number[] = [];
      for (;;) {
        const event = reader.receive()?.event;
        if (event?.type === 'tunnel.datagram') read.push([...event.data]);
        else if (event?.type === 'tunnel.data') rest.push(...event.data);
        else break;
      }
      expect(rest, 'the capsules of the application').toEqual(others);
      expect(read.length).toBe(mine.length + own.length);
      let at = 0;
      for (const data of read) if (at < mine.length && String(data) === String(mine[at])) at++;
      expect(at, 'the datagrams of the application, in order').toBe(mine.length);
    }),
    runs(300),
  );
});

test('tunnel.datagram.whole: the length of a capsule has the shortest form', () => {
  for (const [length, head] of [
    [63, [0, 63]],
    [64, [0, 0x40, 64]],
    [16_383, [0, 0x7f, 0xff]],
    [16_384, [0, 0x80, 0, 0x40, 0]],
    [65_535, [0, 0x80, 0, 0xff, 0xff]],
  ] as const) {
    const made = datagramCapsule(new Uint8Array(length));
    expect([...made.subarray(0, head.length)]).toEqual(head);
    expect(made.length).toBe(head.length + length);
  }
});
