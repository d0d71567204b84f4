// One WebSocket without I/O (proposal 4): how it ends, row by row, its races, pings, and what is read of the peer.

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runs } from '../../../tests/fuzz/runs.ts';
import {
  Closed,
  Misuse,
  type WebsocketClosed,
  type WebsocketSendEvent,
} from '../../interface/index.ts';
import { inWords, octets, octetsOfFrame } from './drive.fixture.ts';
import type { Frame } from './model.fixture.ts';
import { WebsocketConversation, type WebsocketOptions } from './websocket.ts';

const accept: WebsocketSendEvent = { type: 'websocket.accept' };
const close: WebsocketSendEvent = { type: 'websocket.close', code: 4001, reason: 'bye' };
const text = (text: string): WebsocketSendEvent => ({ type: 'websocket.message', text });

function converse(options: Partial<WebsocketOptions> = {}): WebsocketConversation {
  return new WebsocketConversation({
    method: 'GET',
    http_version: '1.1',
    subprotocols: ['chat'],
    messageOctets: 100,
    accept: (_, headers) => ({ status: 101, headers }),
    ...options,
  });
}

/** One that was accepted. */
function open(options: Partial<WebsocketOptions> = {}): WebsocketConversation {
  const conversation = converse(options);
  conversation.send(accept);
  conversation.begin();
  return conversation;
}

/** The peer writes frames. @returns what that leads to at once */
function says(conversation: WebsocketConversation, ...frames: readonly Frame[]): string[] {
  return frames.flatMap((frame) => inWords(conversation.octets(octetsOfFrame(frame))));
}

/** All that a wire takes on which nothing waits. */
function written(conversation: WebsocketConversation): string[] {
  const words: string[] = [];
  for (;;) {
    const output = conversation.pull();
    if (!output) return words;
    words.push(...inWords([output]));
  }
}

/** All that can be received; texts for messages, and the last event once. */
function received(conversation: WebsocketConversation): unknown[] {
  const events: unknown[] = [];
  for (;;) {
    const next = conversation.receive()?.event;
    if (!next) return events;
    if (next.type === 'websocket.message') events.push(next.text ?? next.data);
    else events.push(next);
    if (next.type === 'websocket.closed' || next.type === 'http.closed') return events;
  }
}

function errorOf(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return expect.unreachable('nothing was raised');
}

const closed = (fields: Omit<WebsocketClosed, 'type'>): WebsocketClosed => ({
  type: 'websocket.closed',
  ...fields,
});
const CLOSE_4002: Frame = { type: 'close', code: 4002, reason: 'so' };
const CLOSE: Frame = { type: 'close' };
const HELLO: Frame = { type: 'message', text: 'hello' };

interface Ending {
  readonly what: string;
  end(conversation: WebsocketConversation): readonly string[] | void;
  /** What is written, behind two messages that wait: with them, or in their place. */
  readonly wire: readonly string[];
  readonly closed: Omit<WebsocketClosed, 'type'>;
  readonly cause?: string;
}

const lose = (conversation: WebsocketConversation) => void conversation.lost('peer_reset');
const messages = ['text a', 'text b'];

const ENDINGS: readonly Ending[] = [
  {
    what: 'the application closes, and the peer answers',
    end(conversation) {
      conversation.send(close);
      says(conversation, CLOSE_4002);
    },
    wire: [...messages, 'Close 4001 bye', 'close'],
    closed: { code: 4002, reason: 'so', initiator: 'application', clean: true },
  },
  {
    what: 'the application closes, and the peer answers without a code',
    end(conversation) {
      conversation.send({ type: 'websocket.close' });
      says(conversation, CLOSE);
    },
    wire: [...messages, 'Close 1000 ', 'close'],
    closed: { code: 1005, reason: '', initiator: 'application', clean: true },
  },
  {
    what: 'the application returns',
    end(conversation) {
      conversation.applicationEnded('application.returns');
      says(conversation, CLOSE_4002);
    },
    wire: [...messages, 'Close 1000 ', 'close'],
    closed: { code: 4002, reason: 'so', initiator: 'application', clean: true },
  },
  {
    what: 'the application ends with an error',
    end(conversation) {
      conversation.applicationEnded('application.raises');
      says(conversation, CLOSE);
    },
    wire: [...messages, 'Close 1011 ', 'close'],
    closed: { code: 1005, reason: '', initiator: 'application', clean: true },
  },
  {
    what: "the peer's Close frame is read",
    end: (conversation) => says(conversation, CLOSE_4002),
    wire: ['Close 4002 ', 'close'],
    closed: { code: 4002, reason: 'so', initiator: 'peer', clean: true },
    cause: 'peer_closed',
  },
  {
    what: "the peer's Close frame without a code is read",
    end: (conversation) => says(conversation, CLOSE),
    wire: ['Close', 'close'],
    closed: { code: 1005, reason: '', initiator: 'peer', clean: true },
    cause: 'peer_closed',
  },
  ...([1002, 1007, 1009] as const).map((code) => ({
    what: `the peer is at fault with ${code}`,
    end: (conversation: WebsocketConversation) => says(conversation, { type: 'violation', code }),
    wire: [`Close ${code} `, 'close'],
    closed: { code, reason: '', initiator: 'gateway', clean: false } as const,
    cause: code === 1009 ? 'limit' : 'protocol_error',
  })),
  {
    what: 'the deadline of a drain passes',
    end: (conversation) => inWords(conversation.deadline()),
    wire: ['Close 1001 ', 'close'],
    closed: { code: 1001, reason: '', initiator: 'gateway', clean: false },
    cause: 'shutdown',
  },
  {
    what: 'a limit of time passes',
    end: (conversation) => inWords(conversation.giveUpOpen('timeout')),
    wire: ['drop cancel'],
    closed: { code: 1006, reason: '', initiator: 'gateway', clean: false },
    cause: 'timeout',
  },
  {
    what: 'the connection is reset',
    end: lose,
    wire: [],
    closed: { code: 1006, reason: '', initiator: 'peer', clean: false },
    cause: 'peer_reset',
  },
  {
    what: 'the peer ends its side without a Close frame',
    end: (conversation) => inWords(conversation.end()),
    wire: [],
    closed: { code: 1006, reason: '', initiator: 'peer', clean: false },
    cause: 'connection_lost',
  },
];

describe('How a WebSocket ends', () => {
  test.each(ENDINGS)('websocket.close-frame: $what', ({ end, wire }) => {
    const conversation = open();
    conversation.send(text('a'));
    conversation.send(text('b'));
    const atOnce = end(conversation) ?? [];
    expect([...atOnce, ...written(conversation)]).toEqual(wire);
  });

  test.each(ENDINGS)('websocket.closed.codes: $what', ({ end, closed: fields, cause }) => {
    const conversation = open();
    end(conversation);
    written(conversation);
    expect(conversation.lossCause, 'the cause of the loss').toBe(cause);
    expect(received(conversation)).toEqual([closed(fields)]);
  });

  test.each(ENDINGS)(
    'websocket.closed.repeats: $what, and the connection goes',
    ({ end, closed: fields }) => {
      const conversation = open();
      end(conversation);
      written(conversation);
      const first = conversation.receive()?.event;
      says(conversation, HELLO, CLOSE_4002);
      conversation.end();
      conversation.lost('peer_reset', 8);
      expect(conversation.receive()?.event).toBe(first);
      expect(first).toEqual(closed(fields));
      expect(written(conversation), 'websocket.close-frame: and no other').toEqual([]);
    },
  );

  test.each(ENDINGS.filter(({ cause }) => cause !== undefined))(
    'closed.on-send: $what',
    ({ end, cause }) => {
      const conversation = open();
      end(conversation);
      for (const event of [text('late'), close]) {
        const error = errorOf(() => conversation.send(event));
        expect(error).toBeInstanceOf(Closed);
        expect((error as Closed).cause).toBe(cause);
      }
      conversation.applicationEnded('application.raises');
      expect(written(conversation).filter((word) => word.startsWith('Close')).length).toBeLessThan(
        2,
      );
    },
  );

  test('websocket.closed.when: a close of the application is over when the peer has answered', () => {
    const conversation = open();
    conversation.send(close);
    expect(written(conversation)).toEqual(['Close 4001 bye']);
    expect(received(conversation)).toEqual([]);
    says(conversation, CLOSE);
    expect(received(conversation)).toHaveLength(1);
    expect(written(conversation)).toEqual(['close']);
  });

  test('websocket.closed.when: a close of the peer is over when it was answered, or the connection is gone', () => {
    const answered = open();
    const never = open();
    for (const conversation of [answered, never]) {
      says(conversation, CLOSE_4002);
      expect(received(conversation), 'the answer waits').toEqual([]);
    }
    written(answered);
    never.lost('connection_lost');
    const fields = { code: 4002, reason: 'so', initiator: 'peer' } as const;
    expect(received(answered)).toEqual([closed({ ...fields, clean: true })]);
    expect(received(never)).toEqual([closed({ ...fields, clean: false })]);
  });

  test('websocket.closed.when: an end by the gateway is told at once', () => {
    const conversation = open();
    says(conversation, { type: 'violation', code: 1002 });
    expect(received(conversation)).toHaveLength(1);
  });

  test('websocket.closed.when: behind the whole messages that arrived before', () => {
    for (const { end, closed: fields, cause } of ENDINGS) {
      if (cause === undefined) continue; // The application has closed: they are discarded.
      // Room for one message at a time.
      const conversation = open({ receiveBufferOctets: 1 });
      says(conversation, HELLO, HELLO, HELLO);
      end(conversation);
      written(conversation);
      const events: unknown[] = [];
      for (let i = 0; i < 8; i++) {
        events.push(...received(conversation));
        written(conversation);
      }
      expect(events.slice(0, 4)).toEqual(['hello', 'hello', 'hello', closed(fields)]);
    }
  });

  test('websocket.closed.codes: what follows a fault is not read as frames', () => {
    const conversation = open();
    says(conversation, { type: 'violation', code: 1007 }, CLOSE_4002);
    expect(received(conversation)).toEqual([
      closed({ code: 1007, reason: '', initiator: 'gateway', clean: false }),
    ]);
  });

  test('websocket.closed.repeats: a message behind the end by the gateway is not given', () => {
    const conversation = open();
    conversation.deadline();
    const before = received(conversation);
    says(conversation, HELLO);
    expect(received(conversation)).toEqual(before);
  });

  test('drain.after-deadline: an application that has closed is not waited for', () => {
    const conversation = open();
    conversation.send(close);
    written(conversation);
    expect(inWords(conversation.deadline())).toEqual(['drop cancel']);
    expect(received(conversation)).toEqual([
      closed({ code: 1006, reason: '', initiator: 'application', clean: false }),
    ]);
    expect(conversation.lossCause).toBeUndefined();
  });

  test('websocket.transport-close: a frame that breaks a rule behind the close drops the connection', () => {
    const conversation = open();
    conversation.send(close);
    expect(says(conversation, { type: 'violation', code: 1002 })).toEqual(['drop cancel']);
    expect(written(conversation)).toEqual([]);
  });

  test('websocket.transport-close: such a frame that was not read yet does so too', () => {
    const conversation = open({ receiveBufferOctets: 1 });
    says(conversation, HELLO, { type: 'violation', code: 1002 });
    expect(inWords(conversation.send(close).outputs)).toEqual(['drop cancel']);
  });

  test('websocket.transport-close: a peer that has closed and ended its side is answered', () => {
    const conversation = open();
    says(conversation, CLOSE_4002);
    conversation.end();
    expect(written(conversation)).toEqual(['Close 4002 ', 'close']);
    expect(received(conversation)).toMatchObject([{ initiator: 'peer', clean: true }]);
  });
});

describe('Races of a WebSocket', () => {
  test('closed.on-send: the peer is lost before `websocket.accept`', () => {
    const conversation = converse();
    expect(conversation.lost('peer_reset', 8)).toBe(true);
    expect(errorOf(() => conversation.send(accept))).toMatchObject({
      cause: 'peer_reset',
      code: 8,
    });
    expect(received(conversation)).toEqual([{ type: 'http.closed', cause: 'peer_reset', code: 8 }]);
  });

  test("closed.on-send: both sides close, and the peer's frame is read first", () => {
    const conversation = open();
    says(conversation, CLOSE_4002);
    expect(errorOf(() => conversation.send(close))).toBeInstanceOf(Closed);
    written(conversation);
    expect(received(conversation)).toMatchObject([{ initiator: 'peer' }]);
  });

  test('websocket.close-frame: both sides close, and `websocket.close` came first', () => {
    const conversation = open();
    conversation.send(close);
    says(conversation, CLOSE_4002);
    written(conversation);
    expect(received(conversation)).toMatchObject([{ initiator: 'application', code: 4002 }]);
  });

  test("closed.on-send: a message while the peer's Close frame is on its way", () => {
    const [late, dropped, begun] = [open(), open(), open()] as const;
    says(late, CLOSE);
    expect(errorOf(() => late.send(text('a')))).toBeInstanceOf(Closed);
    dropped.send(text('a'));
    says(dropped, CLOSE);
    expect(written(dropped)).toEqual(['Close', 'close']);
    begun.send(text('a'));
    expect(inWords([begun.pull() as never])).toEqual(['text a']);
    says(begun, CLOSE);
    expect(written(begun)).toEqual(['Close', 'close']);
  });

  test.each([
    ['nothing', () => {}],
    [
      'the peer has answered',
      (conversation: WebsocketConversation) => void says(conversation, CLOSE),
    ],
    ['the peer is gone', lose],
  ])('websocket.nothing-after-close: a message after the own close is Misuse: %s', (_, then) => {
    const conversation = open();
    conversation.send(close);
    then(conversation);
    for (const event of [text('a'), close]) {
      const error = errorOf(() => conversation.send(event));
      expect(error).toBeInstanceOf(Misuse);
      expect((error as Misuse).requirement).toBe('websocket.nothing-after-close');
    }
  });

  test('cancel.after-end: the peer is lost after the close of the application', () => {
    const conversation = open();
    conversation.send(close);
    written(conversation);
    expect(conversation.lost('peer_reset'), 'nothing is taken from the application').toBe(false);
    expect(received(conversation)).toEqual([
      closed({ code: 1006, reason: '', initiator: 'application', clean: false }),
    ]);
  });

  test('websocket.close-frame: the connection is gone when a Close frame is read: the frame comes first', () => {
    const conversation = open();
    says(conversation, CLOSE_4002);
    conversation.lost('connection_lost');
    expect(conversation.lossCause).toBe('peer_closed');
    expect(received(conversation)).toEqual([
      closed({ code: 4002, reason: 'so', initiator: 'peer', clean: false }),
    ]);
  });

  test('websocket.close-frame: an end of the peer before the acceptance is met behind what came early', () => {
    const silent = converse();
    const polite = converse();
    says(silent, HELLO);
    says(polite, HELLO, CLOSE_4002);
    for (const conversation of [silent, polite]) {
      conversation.end();
      expect(conversation.lossCause, 'http.half-close').toBeUndefined();
      conversation.send(accept);
      conversation.begin();
      written(conversation);
    }
    expect(received(silent)).toEqual([
      'hello',
      closed({ code: 1006, reason: '', initiator: 'peer', clean: false }),
    ]);
    expect(received(polite)).toEqual([
      'hello',
      closed({ code: 4002, reason: 'so', initiator: 'peer', clean: true }),
    ]);
  });
});

describe('the handshake', () => {
  test('websocket.early-octets: what comes behind the handshake is read after the acceptance', () => {
    const conversation = converse();
    says(conversation, HELLO, { type: 'ping', data: octets('p') });
    expect(received(conversation), 'websocket.no-early-101').toEqual([]);
    expect(written(conversation)).toEqual([]);
    conversation.send(accept);
    conversation.begin();
    expect(received(conversation)).toEqual(['hello']);
    expect(written(conversation)).toEqual(['pong 112']);
  });

  test('flow.input-bounded: early octets are held up to the bound', () => {
    const conversation = converse({ receiveBufferOctets: 20 });
    says(conversation, HELLO);
    expect(conversation.full).toBe(false);
    says(conversation, HELLO);
    expect(conversation.full).toBe(true);
  });

  test('websocket.denial: after a denial the last event is `http.closed`, and nothing is read', () => {
    const conversation = converse();
    conversation.send({ type: 'http.response.start', status: 403 });
    says(conversation, HELLO);
    expect(received(conversation), 'the response is not over').toEqual([]);
    conversation.send({ type: 'http.response.end' });
    says(conversation, HELLO);
    expect(received(conversation)).toEqual([{ type: 'http.closed', cause: 'complete' }]);
  });

  test('cancel.on-peer-loss: a peer that is lost while it is denied is lost', () => {
    const conversation = converse();
    conversation.send({ type: 'http.response.start', status: 403 });
    expect(conversation.lost('peer_reset')).toBe(true);
    expect(conversation.conversationState).toBe('lost');
    expect(errorOf(() => conversation.send(text('a')))).toBeInstanceOf(Closed);
  });

  test('flow.send-waits: what an acceptance counts', () => {
    const event = {
      ...accept,
      subprotocol: 'chat',
      headers: [['x-name', 'value']],
    } as WebsocketSendEvent;
    expect(converse().send(event).size).toBe('chat'.length + 'x-namevalue'.length + 32);
  });
});

describe('messages', () => {
  test.each([
    ['é€😀', 2 + 3 + 4],
    ['', 0],
  ])('flow.send-waits: a text counts its length in UTF-8: %j', (value, size) => {
    expect(open().send(text(value)).size).toBe(size + 32);
  });

  test('flow.send-waits: a binary message counts its octets', () => {
    expect(open().send({ type: 'websocket.message', data: octets('abc') }).size).toBe(3 + 32);
  });

  test('flow.input-bounded: no message is added while the input buffer is full', () => {
    const conversation = open({ receiveBufferOctets: 37 });
    says(conversation, HELLO, HELLO, HELLO);
    expect(conversation.full, 'one message fills it').toBe(true);
    expect(conversation.receive()?.event).toMatchObject({ text: 'hello' });
    expect(conversation.full, 'the next one has taken its place').toBe(true);
    expect(received(conversation)).toEqual(['hello', 'hello']);
    expect(conversation.full).toBe(false);
  });

  test('flow.input-bounded: a Close frame behind messages is read when there is room', () => {
    const conversation = open({ receiveBufferOctets: 1 });
    says(conversation, HELLO, HELLO, CLOSE);
    expect(conversation.lossCause).toBeUndefined();
    conversation.receive();
    expect(conversation.lossCause, 'a message is in its way').toBeUndefined();
    conversation.receive();
    expect(conversation.lossCause).toBe('peer_closed');
  });

  test('websocket.message-whole: any messages are given in order, however their octets arrive', () => {
    const message = fc.oneof(
      fc
        .string({ unit: 'grapheme', maxLength: 20 })
        .map((text): Frame => ({ type: 'message', text })),
      fc.uint8Array({ maxLength: 5 }).map((data): Frame => ({ type: 'ping', data })),
    );
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1 }),
        fc.integer({ min: 1, max: 200 }),
        (frames, cuts, receiveBufferOctets) => {
          const conversation = open({ receiveBufferOctets, messageOctets: 1000 });
          const stream = Uint8Array.from(frames.flatMap((frame) => [...octetsOfFrame(frame)]));
          const given: unknown[] = [];
          for (let at = 0, i = 0; at < stream.length; i++) {
            const next = at + (cuts[i % cuts.length] as number);
            if (conversation.full) given.push(...received(conversation));
            conversation.octets(stream.slice(at, next));
            at = next;
          }
          given.push(...received(conversation));
          expect(given).toEqual(
            frames.flatMap((frame) => (frame.type === 'message' ? [frame.text] : [])),
          );
          const pings = frames.flatMap((frame) => (frame.type === 'ping' ? [frame.data] : []));
          const last = pings.at(-1);
          expect(written(conversation)).toEqual(last ? [`pong ${last.join()}`] : []);
        },
      ),
      runs(300),
    );
  });
});

describe('pings', () => {
  const ping = (...data: number[]): Frame => ({ type: 'ping', data: Uint8Array.from(data) });

  test('websocket.ping-pong: the latest Ping is answered, ahead of messages of which nothing is written', () => {
    const conversation = open();
    conversation.send(text('a'));
    conversation.send(text('b'));
    expect(inWords([conversation.pull() as never])).toEqual(['text a']);
    says(conversation, ping(1), ping(2), ping(3));
    expect(written(conversation)).toEqual(['pong 3', 'text b']);
  });

  test('websocket.ping-pong: a flood of them piles up nothing', () => {
    const conversation = open();
    for (let i = 0; i < 1000; i++) says(conversation, ping(i & 0xff));
    expect(written(conversation)).toHaveLength(1);
  });

  test('websocket.ping-pong: only of an open WebSocket', () => {
    const conversation = open();
    conversation.send(close);
    says(conversation, ping(1));
    expect(written(conversation)).toEqual(['Close 4001 bye']);
    says(conversation, ping(2));
    expect(written(conversation)).toEqual([]);
  });

  test('websocket.close-frame: no Pong behind the Close frame', () => {
    const conversation = open();
    says(conversation, ping(1), CLOSE);
    expect(written(conversation)).toEqual(['pong 1', 'Close', 'close']);
  });
});

describe('websocket.close-discards', () => {
  test('websocket.close-discards: messages that wait and those that still arrive are dropped', () => {
    const conversation = open({ receiveBufferOctets: 1 });
    says(conversation, HELLO, HELLO, HELLO);
    expect(conversation.full).toBe(true);
    conversation.send(close);
    expect(conversation.full, 'flow.input-resumes').toBe(false);
    says(conversation, HELLO, CLOSE_4002);
    written(conversation);
    expect(received(conversation)).toMatchObject([{ type: 'websocket.closed', code: 4002 }]);
  });

  test.each([1007, 1009] as const)(
    'websocket.close-discards: what is discarded is not put together: %i',
    (code) => {
      const conversation = open();
      conversation.applicationEnded('application.returns');
      expect(says(conversation, { type: 'violation', code }, CLOSE)).toEqual([]);
      written(conversation);
      expect(received(conversation)).toMatchObject([{ initiator: 'application', clean: true }]);
    },
  );

  test('websocket.close-discards: the Close frame that waits behind messages is read', () => {
    const conversation = open({ receiveBufferOctets: 1 });
    says(conversation, HELLO, HELLO, CLOSE_4002);
    conversation.send(close);
    expect(written(conversation)).toEqual(['Close 4001 bye', 'close']);
    expect(received(conversation)).toMatchObject([{ initiator: 'application', code: 4002 }]);
  });
});

describe('drain.notice', () => {
  const left = () => 1234.9;

  test('drain.notice: once, ahead of messages', () => {
    const conversation = open();
    says(conversation, HELLO);
    conversation.drain(left);
    conversation.drain(left);
    expect(received(conversation)).toEqual([{ type: 'gateway.drain', deadline_ms: 1234 }, 'hello']);
  });

  test('drain.notice: before the acceptance', () => {
    const conversation = converse();
    conversation.drain(left);
    expect(received(conversation)).toMatchObject([{ type: 'gateway.drain' }]);
    conversation.send(accept);
    expect(received(conversation)).toEqual([]);
  });

  test('drain.notice: not once the peer is lost, before or after', () => {
    for (const order of ['drain first', 'loss first']) {
      const conversation = open();
      says(conversation, HELLO);
      if (order === 'drain first') conversation.drain(left);
      lose(conversation);
      conversation.drain(left);
      expect(received(conversation), order).toMatchObject(['hello', { type: 'websocket.closed' }]);
    }
  });

  test('drain.notice: not where only the last event is left to give', () => {
    const conversation = open();
    conversation.send(close);
    says(conversation, CLOSE);
    written(conversation);
    conversation.drain(left);
    expect(received(conversation)).toMatchObject([{ type: 'websocket.closed' }]);
  });

  test('drain.notice: to an application that has closed and waits for the end', () => {
    const conversation = open();
    conversation.send(close);
    conversation.drain(left);
    expect(received(conversation)).toMatchObject([{ type: 'gateway.drain' }]);
  });
});
