// Conformance: how a WebSocket ends (proposal 4, “Closing”): who closes with which code, what the application is told, and
// what becomes of the connection below.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { OPCODE, textFrame } from '../../gateway/websocket/frames.ts';
import type { WebsocketClosed, WebsocketSendEvent } from '../../interface/index.ts';
import { area, type CaseSides, conforms, type StageHandlers } from '../case.ts';
import type { Peer } from '../peer.ts';
import type { PeerRequest } from '../stream.ts';
import { PeerWebSocket } from '../websocket.ts';

const octets = (text: string) => new TextEncoder().encode(text);

const accept: WebsocketSendEvent = { type: 'websocket.accept' };
const close: WebsocketSendEvent = { type: 'websocket.close' };
const message = (text: string): WebsocketSendEvent => ({ type: 'websocket.message', text });

/** The fields of a handshake over HTTP/1.1, with the key of RFC 6455 section 1.3. */
const HANDSHAKE =
  'upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\n' +
  'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

/** What the peer sees of an orderly end, and of a Close frame of the gateway. */
const ENDED = { type: 'over', how: 'ended' } as const;
const closeFrame = (code: number | undefined, reason = '') =>
  ({ type: 'close', code, reason }) as const;

type Closed = Omit<WebsocketClosed, 'type'>;

/** The handler of an application that accepts, receives to the end, and then tells why the peer was lost. */
const toTheEnd: NonNullable<StageHandlers['websocket']> = async (
  { local },
  receive,
  send,
  stage,
) => {
  await send(accept);
  for (;;) {
    const event = await receive();
    if (event.type !== 'gateway.drain') stage.note('received', event);
    if (event.type === 'websocket.closed') break;
  }
  const { cause } = (local.cancel.reason ?? { cause: 'none' }) as { cause: string };
  stage.note('cause', cause);
  stage.note('sent', await stage.outcome(send(message('late'))));
};

/** An application that accepts, does something, and receives to the end. */
const accepts = (...events: readonly WebsocketSendEvent[]): StageHandlers => ({
  async websocket({ local }, receive, send, stage) {
    await send(accept);
    for (const event of events) stage.note('sent', await stage.misuse(send(event)));
    for (;;) {
      const event = await receive();
      if (event.type !== 'gateway.drain') stage.note('received', event);
      if (event.type === 'websocket.closed') break;
    }
    stage.note('cancelled', local.cancel.aborted);
  },
});

async function open(t: Peer): Promise<PeerWebSocket> {
  const socket = await t.websocket();
  await socket.accepted();
  return socket;
}

/** Waits until the gateway has read what was written so far: it answers a Ping behind it. */
async function read(socket: PeerWebSocket): Promise<void> {
  await socket.ping(octets('read'));
  deepEqual(await socket.next(), { type: 'pong', data: octets('read') });
}

/** Messages up to what is none, with their number. */
async function pastMessages(socket: PeerWebSocket) {
  for (let count = 0; ; count++) {
    const received = await socket.next();
    if (received.type !== 'message') return { count, received };
  }
}

// What the application can send.

/** The rows of the table “Close codes” and, where it names many, those at the borders. */
const SENDABLE: Readonly<Record<string, readonly number[]>> = {
  done: [1000],
  'going away': [1001],
  'what was wrong with the peer': [1002, 1003, 1007, 1008, 1009],
  'what is wrong with the application': [1011, 1012, 1013, 1014],
  'of libraries and frameworks': [3000, 3001, 3999],
  'for private use': [4000, 4001, 4999],
};

const UNSENDABLE: Readonly<Record<string, readonly number[]>> = {
  'the client misses an extension': [1010],
  'never in a Close frame': [1005, 1006, 1015],
  reserved: [1004, 1016, 1999, 2000, 2999],
};

/** What no Close frame can hold, or nobody has registered. An integer of its own form, or none at all. */
const OUTSIDE = [0, 1, 999, 5000, 65_535];

const sending = [
  ...Object.entries(SENDABLE).map(([title, codes]) =>
    conforms('websocket.close-codes', `can be sent: ${title} (${codes.join(', ')})`, {
      app: {
        async websocket({ query }, _receive, send, stage) {
          await send(accept);
          const code = Number(query);
          stage.note('sent', await stage.misuse(send({ type: 'websocket.close', code })));
        },
      },
      async client(t) {
        for (const code of codes) {
          const socket = await t.websocket({ target: `/?${code}` });
          await socket.accepted();
          equal(await t.seen('sent'), 'none', `the code ${code}`);
          deepEqual(await socket.next(), closeFrame(code));
        }
      },
    }),
  ),

  ...Object.entries(UNSENDABLE).map(([title, codes]) =>
    conforms('websocket.close-codes', `rejected: ${title} (${codes.join(', ')})`, {
      app: accepts(
        ...codes.map((code) => ({ type: 'websocket.close', code }) as const),
        message('unharmed'),
      ),
      async client(t) {
        const socket = await open(t);
        deepEqual(await socket.next(), { type: 'message', text: 'unharmed', size: 8 });
        for (const _ of codes) equal(await t.seen('sent'), 'websocket.close-codes');
      },
    }),
  ),

  conforms('websocket.close-codes', `rejected: outside of all ranges (${OUTSIDE.join(', ')})`, {
    app: accepts(
      ...OUTSIDE.map((code) => ({ type: 'websocket.close', code }) as const),
      message('unharmed'),
    ),
    async client(t) {
      const socket = await open(t);
      deepEqual(await socket.next(), { type: 'message', text: 'unharmed', size: 8 });
      for (const _ of OUTSIDE) equal(await t.seen('sent'), 'websocket.close-codes');
    },
  }),

  ...Object.entries({
    '123 letters': 'x'.repeat(123),
    '41 characters of three octets': '語'.repeat(41),
    'a character that ends at 123': `${'x'.repeat(119)}😀`,
    nothing: '',
  }).map(([title, reason]) =>
    conforms('websocket.close-limits', `a reason that fits: ${title}`, {
      app: accepts({ type: 'websocket.close', code: 4000, reason }),
      async client(t) {
        deepEqual(await (await open(t)).next(), closeFrame(4000, reason));
        equal(await t.seen('sent'), 'none');
      },
    }),
  ),

  ...Object.entries({
    '124 letters': 'x'.repeat(124),
    '42 characters of three octets': '語'.repeat(42),
    'a character that ends at 124': `${'x'.repeat(120)}😀`,
  }).map(([title, reason]) =>
    conforms('websocket.close-limits', `a reason that does not fit: ${title}`, {
      app: accepts({ type: 'websocket.close', reason }, { type: 'websocket.close', code: 4001 }),
      async client(t) {
        deepEqual(await (await open(t)).next(), closeFrame(4001));
        equal(await t.seen('sent'), 'websocket.close-limits');
        equal(await t.seen('sent'), 'none');
      },
    }),
  ),

  ...[message('late'), { type: 'websocket.close', code: 4001 } as const].flatMap((event) => [
    conforms('websocket.nothing-after-close', `\`${event.type}\` is rejected`, {
      app: accepts(close, event),
      async client(t) {
        const socket = await open(t);
        equal(await t.seen('sent'), 'none');
        equal(await t.seen('sent'), 'websocket.nothing-after-close');
        deepEqual(await socket.next(), closeFrame(1000));
        await socket.close(1000);
        deepEqual(await socket.next(), ENDED);
      },
    }),
    ...Object.entries({
      'has answered': (socket: PeerWebSocket) => socket.close(1000),
      'has gone': async (socket: PeerWebSocket) => socket.stream.reset(),
    }).map(([title, leave]) =>
      conforms(
        'websocket.nothing-after-close',
        `\`${event.type}\` is rejected also when the peer ${title}`,
        {
          app: {
            async websocket(_scope, receive, send, stage) {
              await send(accept);
              await send(close);
              stage.note('received', await receive());
              stage.note('sent', await stage.misuse(send(event)));
            },
          },
          async client(t) {
            const socket = await open(t);
            deepEqual(await socket.next(), closeFrame(1000));
            await leave(socket);
            void socket.readOut();
            await t.seen('received');
            equal(await t.seen('sent'), 'websocket.nothing-after-close');
          },
        },
      ),
    ),
  ]),
];

// How a WebSocket ends: a case for each row of the table, seen from the peer.

const byApplication: Readonly<Record<string, { does: StageHandlers; frame: object }>> = {
  'closes with a code and a reason': {
    does: accepts(message('1'), message('2'), {
      type: 'websocket.close',
      code: 4001,
      reason: 'session expired',
    }),
    frame: closeFrame(4001, 'session expired'),
  },
  'closes without': {
    does: accepts(message('1'), message('2'), close),
    frame: closeFrame(1000),
  },
  returns: {
    does: {
      async websocket(_scope, _receive, send) {
        for (const event of [accept, message('1'), message('2')]) await send(event);
      },
    },
    frame: closeFrame(1000),
  },
  'ends with an error': {
    does: {
      async websocket(_scope, _receive, send) {
        for (const event of [accept, message('1'), message('2')]) await send(event);
        throw new Error('secret');
      },
    },
    frame: closeFrame(1011),
  },
};

/** More than systems take for a peer that does not read. */
const MANY = { count: 256, octets: 65_536 } as const;

/** An application whose messages wait, because the peer does not read. */
const stalled: StageHandlers = {
  async websocket(scope, receive, send, stage) {
    void send(accept);
    const data = new Uint8Array(MANY.octets);
    for (let i = 0; i < MANY.count; i++) void send({ type: 'websocket.message', data });
    await new Promise((resolve) => scope.local.cancel.addEventListener('abort', resolve));
    stage.note('cancelled');
    for (;;) {
      const event = await receive();
      stage.note('received', event);
      if (event.type === 'websocket.closed') return;
    }
  },
};

/** What ends a WebSocket in place of the application, with the frame that the gateway writes. */
const byOthers: Readonly<
  Record<string, { does: (socket: PeerWebSocket, t: Peer) => unknown; frame: object }>
> = {
  'the peer closes': {
    does: (socket) => socket.close(4002, 'bye'),
    frame: closeFrame(4002),
  },
  'the peer closes without a code': {
    does: (socket) => socket.close(),
    frame: closeFrame(undefined),
  },
  'the peer breaks a rule of frames': {
    does: (socket) => socket.frame({ opcode: 3 }),
    frame: closeFrame(1002),
  },
  'the peer sends a text that is none': {
    does: (socket) => socket.frame({ opcode: OPCODE.text, payload: Uint8Array.of(0xff) }),
    frame: closeFrame(1007),
  },
  'the deadline of a drain passes': {
    does: (_, t) => t.operator.deadline(),
    frame: closeFrame(1001),
  },
};

const frames = [
  ...Object.entries(byApplication).map(([title, { does, frame }]) =>
    conforms('websocket.close-frame', `the application ${title}: behind its messages`, {
      app: does,
      async client(t) {
        const socket = await open(t);
        deepEqual(await socket.next(), { type: 'message', text: '1', size: 1 });
        deepEqual(await socket.next(), { type: 'message', text: '2', size: 1 });
        deepEqual(await socket.next(), frame);
        // No other frame: neither for the Close frame of the peer, nor for a Ping before it.
        await socket.ping();
        await socket.close(4999, 'mine');
        deepEqual(await socket.next(), ENDED);
      },
    }),
  ),

  ...Object.entries(byOthers).flatMap(([title, { does, frame }]) => [
    conforms('websocket.close-frame', `${title}: one frame, without a reason`, {
      app: { websocket: toTheEnd },
      async client(t) {
        const socket = await open(t);
        await does(socket, t);
        deepEqual(await socket.next(), frame);
        deepEqual(await socket.next(), ENDED);
      },
    }),
    conforms('websocket.close-frame', `${title}: messages that are not begun are dropped`, {
      app: stalled,
      async client(t) {
        const socket = await open(t);
        equal((await socket.next()).type, 'message');
        await does(socket, t);
        await t.seen('cancelled');
        const { count, received } = await pastMessages(socket);
        deepEqual(received, frame);
        ok(count + 1 < MANY.count, 'all messages were written');
        deepEqual(await socket.next(), ENDED);
      },
    }),
  ]),

  conforms(
    'websocket.close-frame',
    'both close, the application first: its frame is the only one',
    {
      app: {
        async websocket(_scope, receive, send, stage) {
          await send(accept);
          await send({ type: 'websocket.close', code: 4001 });
          stage.note('closed');
          stage.note('received', await receive());
        },
      },
      async client(t) {
        const socket = await open(t);
        await t.seen('closed');
        await socket.close(4002, 'not an answer');
        deepEqual(await socket.next(), closeFrame(4001));
        deepEqual(await socket.next(), ENDED);
        void socket.readOut();
        deepEqual(await t.seen('received'), {
          type: 'websocket.closed',
          code: 4002,
          reason: 'not an answer',
          initiator: 'application',
          clean: true,
        });
      },
    },
  ),

  conforms('websocket.close-frame', 'both close, the peer first: the application is too late', {
    app: {
      async websocket({ local }, receive, send, stage) {
        await send(accept);
        await new Promise((resolve) => local.cancel.addEventListener('abort', resolve));
        stage.note('sent', await stage.outcome(send(close)));
        stage.note('sent', await stage.outcome(send(message('late'))));
        stage.note('received', await receive());
      },
    },
    async client(t) {
      const socket = await open(t);
      await socket.close(4002);
      deepEqual(await socket.next(), closeFrame(4002));
      deepEqual(await socket.next(), ENDED);
      void socket.readOut();
      equal(await t.seen('sent'), 'Closed: peer_closed');
      equal(await t.seen('sent'), 'Closed: peer_closed');
      equal((await t.seen<WebsocketClosed>('received')).initiator, 'peer');
    },
  }),

  ...Object.entries({
    'the peer breaks a rule of frames': (socket: PeerWebSocket) => socket.frame({ opcode: 3 }),
    'the deadline of a drain passes': (_: PeerWebSocket, t: Peer) => t.operator.deadline(),
  }).map(([title, does]) =>
    conforms('websocket.close-frame', `after a close of the application ${title}: no other frame`, {
      app: accepts({ type: 'websocket.close', code: 4001 }),
      async client(t) {
        const socket = await open(t);
        deepEqual(await socket.next(), closeFrame(4001));
        await does(socket, t);
        const over = await socket.next();
        if (t.version === '2') deepEqual(over, { type: 'over', how: 'reset', code: 8 });
        else equal(over.type, 'over');
        void socket.readOut();
        deepEqual(await t.seen('received'), {
          type: 'websocket.closed',
          code: 1006,
          reason: '',
          initiator: 'application',
          clean: false,
        });
      },
    }),
  ),
];

// What the application is told.

const lost = (code: number, initiator: 'gateway' | 'peer', reason = '', clean = false): Closed => ({
  code,
  reason,
  initiator,
  clean,
});

interface Told extends Pick<CaseSides, 'gateway'> {
  readonly title: string;
  readonly does: (socket: PeerWebSocket, t: Peer) => unknown;
  readonly closed: Closed;
  readonly cause: string;
}

const WHILE_OPEN: readonly Told[] = [
  {
    title: 'the peer closes with a code and a reason',
    does: (socket) => socket.close(4000, 'bye, 語'),
    closed: lost(4000, 'peer', 'bye, 語', true),
    cause: 'peer_closed',
  },
  {
    title: 'the peer closes without a code',
    does: (socket) => socket.close(),
    closed: lost(1005, 'peer', '', true),
    cause: 'peer_closed',
  },
  {
    title: 'the peer closes, and the connection ends at once',
    does: async (socket) => {
      await socket.close(4000);
      await socket.stream.end();
    },
    closed: lost(4000, 'peer', '', true),
    cause: 'peer_closed',
  },
  {
    title: 'the peer breaks a rule of frames',
    does: (socket) => socket.frame({ opcode: OPCODE.text, mask: undefined }),
    closed: lost(1002, 'gateway'),
    cause: 'protocol_error',
  },
  {
    title: 'the peer sends a text that is none',
    does: (socket) => socket.frame({ opcode: OPCODE.text, payload: Uint8Array.of(0xff) }),
    closed: lost(1007, 'gateway'),
    cause: 'protocol_error',
  },
  {
    title: 'the peer sends a message that is too long',
    gateway: { limits: { message_octets: 10 } },
    does: (socket) => socket.text('longer than ten octets'),
    closed: lost(1009, 'gateway'),
    cause: 'limit',
  },
  {
    title: 'the deadline of a drain passes',
    does: (_, t) => t.operator.deadline(),
    closed: lost(1001, 'gateway'),
    cause: 'shutdown',
  },
  {
    title: 'the peer says nothing for too long',
    gateway: { limits: { idle_ms: 200 } },
    does: () => {},
    closed: lost(1006, 'gateway'),
    cause: 'timeout',
  },
  {
    title: 'the peer resets',
    does: (socket) => socket.stream.reset(),
    closed: lost(1006, 'peer'),
    cause: 'peer_reset',
  },
  {
    title: 'the peer ends its side without a Close frame',
    does: (socket) => socket.stream.end(),
    closed: lost(1006, 'peer'),
    cause: 'connection_lost',
  },
  {
    title: 'the connection ends within a frame',
    does: async (socket) => {
      await socket.write(Uint8Array.of(0x81, 0x85, 0, 0));
      await socket.stream.end();
    },
    closed: lost(1006, 'peer'),
    cause: 'connection_lost',
  },
];

const own = (code: number, reason = '', clean = true): Closed => ({
  code,
  reason,
  initiator: 'application',
  clean,
});

/** After a close of the application with 4001. Nothing is lost then. */
const AFTER_CLOSE: readonly Omit<Told, 'cause'>[] = [
  {
    title: 'the peer answers with the same code',
    does: (socket) => socket.close(4001),
    closed: own(4001),
  },
  {
    title: 'the peer answers with a code and a reason of its own',
    does: (socket) => socket.close(4002, 'as you like'),
    closed: own(4002, 'as you like'),
  },
  {
    title: 'the peer answers without a code',
    does: (socket) => socket.close(),
    closed: own(1005),
  },
  {
    title: 'the peer resets',
    does: (socket) => socket.stream.reset(),
    closed: own(1006, '', false),
  },
  {
    title: 'the peer ends its side without a Close frame',
    does: (socket) => socket.stream.end(),
    closed: own(1006, '', false),
  },
  {
    title: 'the peer breaks a rule of frames',
    does: (socket) => socket.frame({ opcode: OPCODE.text, mask: undefined }),
    closed: own(1006, '', false),
  },
  {
    title: 'the peer says nothing for too long',
    gateway: { limits: { idle_ms: 200 } },
    does: () => {},
    closed: own(1006, '', false),
  },
];

const told = [
  ...WHILE_OPEN.map(({ title, gateway, does, closed, cause }) =>
    conforms('websocket.closed.codes', title, {
      ...(gateway ? { gateway } : {}),
      app: { websocket: toTheEnd },
      async client(t) {
        const socket = await open(t);
        await does(socket, t);
        void socket.readOut();
        deepEqual(await t.seen('received'), { type: 'websocket.closed', ...closed });
        equal(await t.seen('cause'), cause);
        equal(await t.seen('sent'), `Closed: ${cause}`);
      },
    }),
  ),

  ...AFTER_CLOSE.map(({ title, gateway, does, closed }) =>
    conforms('websocket.closed.codes', `after a close of the application ${title}`, {
      ...(gateway ? { gateway } : {}),
      app: accepts({ type: 'websocket.close', code: 4001 }),
      async client(t) {
        const socket = await open(t);
        deepEqual(await socket.next(), closeFrame(4001));
        await does(socket, t);
        void socket.readOut();
        deepEqual(await t.seen('received'), { type: 'websocket.closed', ...closed });
        equal(await t.seen('cancelled'), false, 'nothing was lost');
      },
    }),
  ),

  ...([false, true] as const).map((first) =>
    conforms(
      'websocket.closed.codes',
      `the peer closes${first ? ', after the application,' : ''} and is gone before the other frame is written`,
      {
        app: {
          async websocket(_scope, receive, send, stage) {
            await send(accept);
            const data = new Uint8Array(MANY.count * MANY.octets);
            void send({ type: 'websocket.message', data });
            if (first) void send({ type: 'websocket.close', code: 4001 });
            stage.note('ready');
            stage.note('received', await receive());
          },
        },
        async client(t) {
          const socket = await open(t);
          await t.seen('ready');
          await socket.close(4000, 'bye');
          // Time for the frame to be read: nothing that the peer or the application sees tells of it in both cases.
          const received = t.seen('received');
          await t.quiet(received, 'the end');
          socket.stream.reset();
          const closed = { code: 4000, reason: 'bye', clean: false };
          const initiator = first ? 'application' : 'peer';
          deepEqual(await received, { type: 'websocket.closed', initiator, ...closed });
        },
      },
    ),
  ),

  ...(
    [
      ['memory', 'without a network'],
      ['h1', 'over HTTP/1.1'],
      ['h2', 'over HTTP/2'],
    ] as const
  ).map(([driver, where]) =>
    conforms(
      'websocket.closed.codes',
      `the peer has ended its side before the acceptance, ${where}`,
      {
        drivers: [driver],
        why: 'how a peer ends its side is another matter in each version: there is a case for each',
        app: {
          async websocket(scope, receive, send, stage) {
            stage.note('called');
            await stage.reached('ended');
            await stage.turns(20);
            await toTheEnd(scope, receive, send, stage);
          },
        },
        async client(t) {
          const early = textFrame('early', { mask: new Uint8Array(4) });
          if (driver === 'h1') {
            const raw = await t.raw();
            await raw.write(`GET / HTTP/1.1\r\n${t.lines}${HANDSHAKE}\r\n`);
            await raw.write(early);
            raw.end();
          } else {
            const socket = await t.websocket({ early });
            await socket.stream.end();
          }
          await t.seen('called');
          await t.open('ended');
          deepEqual(await t.seen('received'), { type: 'websocket.message', text: 'early' });
          deepEqual(await t.seen('received'), { type: 'websocket.closed', ...lost(1006, 'peer') });
          equal(await t.seen('cause'), 'connection_lost');
        },
      },
    ),
  ),

  conforms('websocket.closed.when', 'after a close of the application, not before the answer', {
    app: {
      async websocket(_scope, receive, send, stage) {
        await send(accept);
        await send(close);
        const received = receive();
        await stage.reached('frame seen');
        await stage.turns(20);
        stage.note('standing', await stage.standing(received));
        stage.note('received', await received);
      },
    },
    async client(t) {
      const socket = await open(t);
      deepEqual(await socket.next(), closeFrame(1000));
      await t.open('frame seen');
      equal(await t.seen('standing'), 'pending');
      await socket.close(1000);
      void socket.readOut();
      deepEqual(await t.seen('received'), { type: 'websocket.closed', ...own(1000) });
    },
  }),

  conforms('websocket.closed.when', 'after a close of the peer, not before the answer is written', {
    app: {
      async websocket({ local }, receive, send, stage) {
        await send(accept);
        const data = new Uint8Array(MANY.count * MANY.octets);
        void send({ type: 'websocket.message', data });
        await new Promise((resolve) => local.cancel.addEventListener('abort', resolve));
        const received = receive();
        await stage.turns(20);
        stage.note('standing', await stage.standing(received));
        stage.note('received', await received);
      },
    },
    async client(t) {
      const socket = await open(t);
      await socket.close(4000);
      equal(await t.seen('standing'), 'pending');
      const { count, received } = await pastMessages(socket);
      equal(count, 1);
      deepEqual(received, closeFrame(4000));
      void socket.readOut();
      const closed = { type: 'websocket.closed', ...lost(4000, 'peer', '', true) };
      deepEqual(await t.seen('received'), closed);
    },
  }),

  ...[
    {
      title: 'the peer closes',
      does: (socket: PeerWebSocket) => socket.close(4000),
      closed: lost(4000, 'peer', '', true),
    },
    {
      title: 'the peer breaks a rule of frames',
      does: (socket: PeerWebSocket) => socket.frame({ opcode: 3 }),
      closed: lost(1002, 'gateway'),
    },
    {
      title: 'the deadline of a drain passes',
      does: (_: PeerWebSocket, t: Peer) => t.operator.deadline(),
      closed: lost(1001, 'gateway'),
    },
    {
      title: 'the peer resets',
      does: async (socket: PeerWebSocket) => socket.stream.reset(),
      closed: lost(1006, 'peer'),
    },
    {
      title: 'the peer ends its side',
      does: (socket: PeerWebSocket) => socket.stream.end(),
      closed: lost(1006, 'peer'),
    },
  ].map(({ title, does, closed }) =>
    conforms('websocket.closed.when', `behind the messages that arrived before: ${title}`, {
      app: {
        async websocket({ local }, receive, send, stage) {
          await send(accept);
          await new Promise((resolve) => local.cancel.addEventListener('abort', resolve));
          for (let i = 0; i < 3; i++) stage.note('received', await receive());
        },
      },
      async client(t) {
        const socket = await open(t);
        await socket.text('one');
        await socket.data(octets('two'));
        await socket.frame({ opcode: OPCODE.text, fin: false, payload: octets('unfinished') });
        await read(socket);
        await does(socket, t);
        void socket.readOut();
        deepEqual(await t.seen('received'), { type: 'websocket.message', text: 'one' });
        deepEqual(await t.seen('received'), { type: 'websocket.message', data: octets('two') });
        deepEqual(await t.seen('received'), { type: 'websocket.closed', ...closed });
      },
    }),
  ),

  conforms('websocket.closed.when', 'behind messages for which there was no room yet', {
    gateway: { limits: { receive_buffer_octets: 500 } },
    app: {
      async websocket({ local }, receive, send, stage) {
        await send(accept);
        await new Promise((resolve) => local.cancel.addEventListener('abort', resolve));
        for (;;) {
          const event = await receive();
          if (event.type === 'websocket.message') stage.note('received', event.text);
          else if (event.type === 'websocket.closed') break;
        }
        stage.note('closed');
      },
    },
    async client(t) {
      const socket = await open(t);
      // So short that the gateway has read them all when it has answered the Ping before them.
      const messages = Array.from({ length: 20 }, (_, i) => socket.frames.text(`${i}`));
      // Not awaited: the gateway does not read on.
      void socket.write(Buffer.concat([socket.frames.ping(), ...messages]));
      equal((await socket.next()).type, 'pong');
      socket.stream.reset();
      for (let i = 0; i < 20; i++) equal(await t.seen('received'), `${i}`);
      await t.seen('closed');
    },
  }),

  ...[
    { title: 'of the application', events: [close] },
    { title: 'of the peer', events: [] },
  ].map(({ title, events }) =>
    conforms('websocket.closed.repeats', `after a close ${title}`, {
      app: {
        async websocket(_scope, receive, send, stage) {
          await send(accept);
          for (const event of events) await send(event);
          for (let i = 0; i < 3; i++) stage.note('received', await receive());
        },
      },
      async client(t) {
        const socket = await open(t);
        await socket.close(4000, 'bye');
        void socket.readOut();
        const first = await t.seen<WebsocketClosed>('received');
        deepEqual([first.type, first.code, first.reason], ['websocket.closed', 4000, 'bye']);
        deepEqual(await t.seen('received'), first);
        deepEqual(await t.seen('received'), first);
      },
    }),
  ),
];

// What is discarded.

/** How the application ends it, behind the gate. */
const ENDINGS: Readonly<Record<string, NonNullable<StageHandlers['websocket']>>> = {
  closes: async (_scope, receive, send, stage) => {
    await send(accept);
    await stage.reached('written');
    await send(close);
    stage.note('received', await receive());
  },
  returns: async (_scope, _receive, send, stage) => {
    await send(accept);
    await stage.reached('written');
  },
  'ends with an error': async (_scope, _receive, send, stage) => {
    await send(accept);
    await stage.reached('written');
    throw new Error('on purpose');
  },
};

const discarding = [
  conforms('websocket.close-discards', 'messages that arrived before the close are not given', {
    app: { websocket: ENDINGS.closes as NonNullable<StageHandlers['websocket']> },
    async client(t) {
      const socket = await open(t);
      await socket.text('one');
      await socket.text('two');
      await read(socket);
      await t.open('written');
      deepEqual(await socket.next(), closeFrame(1000));
      await socket.text('three');
      await socket.close(1000);
      void socket.readOut();
      deepEqual(await t.seen('received'), { type: 'websocket.closed', ...own(1000) });
    },
  }),

  ...Object.entries(ENDINGS).map(([title, websocket]) =>
    conforms(
      'websocket.close-discards',
      `an application that ${title} and does not read does not hold up the end`,
      {
        gateway: { limits: { receive_buffer_octets: 1000 } },
        app: { websocket },
        async client(t) {
          const socket = await open(t);
          // Not awaited: the gateway takes no more of them than it has room for.
          for (let i = 0; i < 50; i++) void socket.text('x'.repeat(1000));
          void socket.close(4000);
          await t.open('written');
          const { code } = (await socket.next()) as { code?: number };
          equal(code, title === 'ends with an error' ? 1011 : 1000);
          deepEqual(await socket.next(), ENDED);
          if (title === 'closes') {
            deepEqual(await t.seen('received'), { type: 'websocket.closed', ...own(4000) });
          }
        },
      },
    ),
  ),

  ...Object.entries({
    'the length': (socket: PeerWebSocket) => socket.text('x'.repeat(1000)),
    'the length of fragments together': async (socket: PeerWebSocket) => {
      await socket.frame({ opcode: OPCODE.text, fin: false, payload: octets('x'.repeat(90)) });
      await socket.frame({ opcode: 0, payload: octets('x'.repeat(90)) });
    },
    'the text': (socket: PeerWebSocket) =>
      socket.frame({ opcode: OPCODE.text, payload: Uint8Array.of(0xff) }),
    'the end': (socket: PeerWebSocket) =>
      socket.frame({ opcode: OPCODE.text, fin: false, payload: octets('unfinished') }),
  }).map(([title, speak]) =>
    conforms('websocket.close-discards', `of what is discarded, not checked: ${title}`, {
      gateway: { limits: { message_octets: 100 } },
      app: accepts(close),
      async client(t) {
        const socket = await open(t);
        deepEqual(await socket.next(), closeFrame(1000));
        await speak(socket);
        await socket.close(4000);
        deepEqual(await t.seen('received'), { type: 'websocket.closed', ...own(4000) });
        deepEqual(await socket.next(), ENDED);
      },
    }),
  ),
];

// The connection below.

/** An application of which a message tells what to do. */
const obeys: StageHandlers = {
  async websocket(_scope, receive, send, stage) {
    await send(accept);
    for (;;) {
      const event = await receive();
      if (event.type === 'websocket.closed') return;
      if (event.type === 'websocket.message' && event.text === 'close') {
        await send(close);
        stage.note('received', await receive());
        return;
      }
      if (event.type === 'websocket.message' && event.text === 'return') return;
    }
  },
};

const orderly: Readonly<Record<string, (socket: PeerWebSocket, t: Peer) => unknown>> = {
  'the peer has closed': (socket) => socket.close(1000),
  'the application has closed, and the peer has answered': async (socket) => {
    await socket.text('close');
    await socket.close(1000);
  },
  'the application has returned, and the peer has answered': async (socket) => {
    await socket.text('return');
    await socket.close(1000);
  },
  'the peer has broken a rule of frames': (socket) => socket.frame({ opcode: 3 }),
  'the deadline of a drain has passed': (_, t) => t.operator.deadline(),
};

const below = [
  ...Object.entries(orderly).map(([title, does]) =>
    conforms('websocket.transport-close', `in order, and what arrives is discarded: ${title}`, {
      app: obeys,
      async client(t) {
        const socket = await open(t);
        await does(socket, t);
        // More than the gateway takes without reading. Not awaited: it is read below that nothing of it is harmful.
        for (let i = 0; i < 64; i++) socket.write(new Uint8Array(16_384)).catch(() => {});
        equal((await socket.next()).type, 'close');
        deepEqual(await socket.next(), ENDED);
        await socket.stream.end();
        if (t.version === '2') {
          deepEqual(await socket.stream.closed(), { how: 'ended', code: 0 });
        }
      },
    }),
  ),

  ...['close', 'return'].map((word) =>
    conforms('websocket.transport-close', `not before the peer has answered a ${word}`, {
      app: obeys,
      async client(t) {
        const socket = await open(t);
        await socket.text(word);
        deepEqual(await socket.next(), closeFrame(1000));
        const next = socket.next();
        await t.quiet(next, 'the end of the connection');
        await socket.text('not an answer');
        await socket.close(1000);
        deepEqual(await next, ENDED);
      },
    }),
  ),

  conforms('websocket.transport-close', 'on HTTP/2 it ends the stream alone', {
    drivers: ['h2'],
    why: 'only HTTP/2 has streams',
    app: obeys,
    async client(t) {
      const connection = await t.connect();
      const asking = {
        version: t.version,
        request: (request: PeerRequest) => connection.request(request),
      };
      const one = await PeerWebSocket.open(asking, {});
      const other = await PeerWebSocket.open(asking, {});
      await one.accepted();
      await other.accepted();
      await one.close(1000);
      deepEqual(await one.next(), closeFrame(1000));
      deepEqual(await one.next(), ENDED);
      await read(other);
    },
  }),

  ...['close', 'return'].map((word) =>
    conforms('websocket.close-timeout', `a peer that does not answer a ${word} is dropped`, {
      gateway: { limits: { idle_ms: 300 } },
      app: obeys,
      async client(t) {
        const begun = performance.now();
        const socket = await open(t);
        await socket.text(word);
        deepEqual(await socket.next(), closeFrame(1000));
        // That it speaks does not help: only the end of the WebSocket does.
        await socket.text('still here');
        const over = await socket.next();
        equal(over.type, 'over');
        ok(performance.now() - begun >= 300, 'the connection was dropped too early');
        if (t.version === '2') deepEqual(over, { type: 'over', how: 'reset', code: 8 });
        if (word === 'close') {
          const closed = { type: 'websocket.closed', ...own(1006, '', false) };
          deepEqual(await t.seen('received'), closed);
        }
      },
    }),
  ),

  ...Object.entries({
    closed: (socket: PeerWebSocket) => socket.close(1000),
    'broken a rule of frames': (socket: PeerWebSocket) => socket.frame({ opcode: 3 }),
  }).map(([title, does]) =>
    conforms('websocket.close-timeout', `a peer that has ${title} and does not end is dropped`, {
      drivers: ['h2'],
      why: 'over TCP the peer sees no difference between the end of a side and that of both',
      gateway: { limits: { idle_ms: 300 } },
      app: obeys,
      async client(t) {
        const socket = await open(t);
        await does(socket);
        equal((await socket.next()).type, 'close');
        deepEqual(await socket.next(), ENDED);
        deepEqual(await socket.stream.closed(), { how: 'reset', code: 8 });
      },
    }),
  ),
];

export default area('websocket-close', 'The end of a WebSocket', [
  ...sending,
  ...frames,
  ...told,
  ...discarding,
  ...below,
]);
