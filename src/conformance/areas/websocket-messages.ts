// Conformance: messages and Pings of a WebSocket (proposal 4, “Messages” and “Pings”), from the application's events on.
// What is octet by octet is in the area of frames.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { frameHead, OPCODE } from '../../gateway/websocket/frames.ts';
import type { WebsocketClosed, WebsocketSendEvent } from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import type { PeerWebSocket } from '../websocket.ts';

const octets = (text: string) => new TextEncoder().encode(text);

const accept: WebsocketSendEvent = { type: 'websocket.accept' };
const message = (text: string): WebsocketSendEvent => ({ type: 'websocket.message', text });

/** An application that sends events in order and notes what each led to. */
const sends = (...events: readonly WebsocketSendEvent[]): StageHandlers => ({
  async websocket(_scope, _receive, send, stage) {
    for (const event of events) stage.note('sent', await stage.misuse(send(event)));
  },
});

/** An application that accepts, and notes whatever it receives and why the peer was lost. */
const receives: StageHandlers = {
  async websocket({ local }, receive, send, stage) {
    await send(accept);
    for (;;) {
      const event = await receive();
      stage.note('received', event);
      if (event.type === 'websocket.closed') break;
    }
    stage.note('cause', (local.cancel.reason as { cause?: unknown } | undefined)?.cause ?? 'none');
  },
};

/** A mask that leaves the payload as it is. */
const MASK = new Uint8Array(4);

/** Reads frames up to one that is none of these. */
async function readPast(socket: PeerWebSocket, type: 'message') {
  let count = 0;
  for (;;) {
    const received = await socket.next();
    if (received.type !== type) return { count, received };
    count++;
  }
}

const TEXTS = {
  'a text': 'Hello',
  'an empty text': '',
  'a text of one, two, three and four octets a character': 'aé語😀',
  'a text with U+0000 and a line feed': 'a\u0000b\n',
  'a text that begins with a byte order mark': '\ufeffmark',
  'a text of 125 octets': 'x'.repeat(125),
  'a text of 126 octets': 'x'.repeat(126),
  'a text of 65,536 octets': 'x'.repeat(65_536),
} as const;

const within = Uint8Array.of(9, 9, 0, 0xff, 0xc0, 9);
const DATA = {
  octets: Uint8Array.of(0, 1, 0xfe, 0xff),
  'no octets': new Uint8Array(),
  'part of a longer memory': within.subarray(2, 5),
  '65,536 octets': new Uint8Array(65_536).fill(7),
} as const;

const whole = [
  ...Object.entries(TEXTS).map(([title, text]) =>
    conforms('websocket.message-whole', `${title}, from the application and from the peer`, {
      app: {
        async websocket(_scope, receive, send, stage) {
          await send(accept);
          await send({ type: 'websocket.message', text });
          stage.note('received', await receive());
        },
      },
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        const size = octets(text).length;
        deepEqual(await socket.next(), { type: 'message', text, size });
        await socket.text(text);
        deepEqual(await t.seen('received'), { type: 'websocket.message', text });
      },
    }),
  ),

  ...Object.entries(DATA).map(([title, data]) =>
    conforms('websocket.message-whole', `${title}, from the application and from the peer`, {
      app: {
        async websocket(_scope, receive, send, stage) {
          await send(accept);
          await send({ type: 'websocket.message', data });
          stage.note('received', await receive());
        },
      },
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        const same = Uint8Array.from(data);
        deepEqual(await socket.next(), { type: 'message', data: same, size: data.length });
        await socket.data(same);
        deepEqual(await t.seen('received'), { type: 'websocket.message', data: same });
      },
    }),
  ),

  conforms(
    'websocket.message-whole',
    'messages that are not awaited keep their order and borders',
    {
      app: {
        async websocket(_scope, _receive, send) {
          void send(accept);
          for (let i = 0; i < 300; i++) {
            if (i % 3 === 0) void send({ type: 'websocket.message', data: octets(`${i}`) });
            else void send({ type: 'websocket.message', text: i % 3 === 1 ? '' : `${i}` });
          }
        },
      },
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        for (let i = 0; i < 300; i++) {
          const size = i % 3 === 1 ? 0 : `${i}`.length;
          const expected =
            i % 3 === 0 ? { data: octets(`${i}`) } : { text: i % 3 === 1 ? '' : `${i}` };
          deepEqual(await socket.next(), { type: 'message', ...expected, size });
        }
        equal((await socket.next()).type, 'close');
      },
    },
  ),

  conforms('websocket.message-whole', 'nothing is given before the last fragment', {
    app: {
      async websocket(_scope, receive, send, stage) {
        await send(accept);
        const received = receive();
        await stage.reached('half');
        await stage.turns(20);
        stage.note('standing', await stage.standing(received));
        stage.note('received', await received);
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      await socket.frame({ opcode: OPCODE.text, fin: false, payload: octets('half ') });
      await socket.ping();
      equal((await socket.next()).type, 'pong');
      await t.open('half');
      equal(await t.seen('standing'), 'pending');
      await socket.frame({ opcode: OPCODE.continuation, payload: octets('a text') });
      deepEqual(await t.seen('received'), { type: 'websocket.message', text: 'half a text' });
    },
  }),
];

/** The requirement that is named: the form of strings in TypeScript excludes them already (binding.no-coercion). */
const NOT_UNICODE = 'event.shape';

/** Each with the place where a text has it. */
const BROKEN = {
  'the first half of a pair': '\ud83d',
  'the second half of a pair': '\ude00',
  'the first half at the end': 'text \ud800',
  'the second half at the beginning': '\udfff text',
  'a pair the wrong way round': '\ude00\ud83d',
  'two first halves before a second': '\ud83d\ud83d\ude00',
  'a half behind a whole pair': '😀\ude00',
} as const;

const judged = [
  ...[message('early'), { type: 'websocket.close' } as const].flatMap((event) => [
    conforms('websocket.message-before-accept', `\`${event.type}\` before the acceptance`, {
      app: sends(event, accept, message('late')),
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        deepEqual(await socket.next(), { type: 'message', text: 'late', size: 4 });
        equal(await t.seen('sent'), 'websocket.message-before-accept');
        equal(await t.seen('sent'), 'none');
        equal(await t.seen('sent'), 'none');
      },
    }),
    ...[
      {
        title: 'while the denial is under way',
        events: [{ type: 'http.response.start', status: 403 }],
      },
      {
        title: 'behind the denial',
        events: [{ type: 'http.response.start', status: 403 }, { type: 'http.response.end' }],
      },
      { title: 'behind a refusal', events: [{ type: 'http.refuse' }] },
    ].map(({ title, events }) =>
      conforms('websocket.message-before-accept', `\`${event.type}\` ${title}`, {
        app: sends(...(events as readonly WebsocketSendEvent[]), event),
        async client(t) {
          await t.websocket();
          for (const _ of events) equal(await t.seen('sent'), 'none');
          equal(await t.seen('sent'), 'websocket.message-before-accept');
        },
      }),
    ),
  ]),

  ...Object.entries(BROKEN).flatMap(([title, text]) =>
    [message(text), { type: 'websocket.close', reason: text } as const].map((event) =>
      conforms('websocket.text-unicode', `${title}, in \`${event.type}\``, {
        app: sends(accept, event, message('unharmed 😀')),
        async client(t) {
          const socket = await t.websocket();
          await socket.accepted();
          deepEqual(await socket.next(), { type: 'message', text: 'unharmed 😀', size: 13 });
          equal(await t.seen('sent'), 'none');
          equal(await t.seen('sent'), NOT_UNICODE);
          equal(await t.seen('sent'), 'none');
        },
      }),
    ),
  ),
];

const LIMIT = 10;
const FITTING = {
  'as many letters': 'x'.repeat(LIMIT),
  'fewer characters of as many octets': '語語語.',
} as const;

/** What a peer sends of a message that is too long: no more than shows it. */
const TOO_LONG: Readonly<Record<string, (socket: PeerWebSocket) => Promise<void>>> = {
  'one letter more': (socket) => socket.text('x'.repeat(LIMIT + 1)),
  'one octet more': (socket) => socket.data(new Uint8Array(LIMIT + 1)),
  'fewer characters of more octets': (socket) => socket.text('語語語語'),
  'the head of a frame that claims more': (socket) =>
    socket.write(frameHead({ opcode: OPCODE.binary, length: LIMIT + 1, mask: MASK })),
  'the head of a frame that claims a tebibyte': (socket) =>
    socket.write(frameHead({ opcode: OPCODE.text, length: 2 ** 40, mask: MASK })),
  'the head of a fragment that makes it too long': async (socket) => {
    await socket.frame({ opcode: OPCODE.text, fin: false, payload: octets('x'.repeat(LIMIT)) });
    await socket.write(frameHead({ opcode: 0, fin: false, length: 1, mask: MASK }));
  },
};

const limited = [
  ...Object.entries(FITTING).map(([title, text]) =>
    conforms('websocket.message-limit', `not failed: ${title}`, {
      gateway: { limits: { message_octets: LIMIT } },
      app: receives,
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        await socket.text(text);
        deepEqual(await t.seen('received'), { type: 'websocket.message', text });
      },
    }),
  ),

  ...Object.entries(TOO_LONG).map(([title, send]) =>
    conforms('websocket.message-limit', `failed: ${title}`, {
      gateway: { limits: { message_octets: LIMIT } },
      app: receives,
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        await socket.text('before');
        await send(socket);
        deepEqual(await t.seen('received'), { type: 'websocket.message', text: 'before' });
        const closed: WebsocketClosed = {
          type: 'websocket.closed',
          code: 1009,
          reason: '',
          initiator: 'gateway',
          clean: false,
        };
        deepEqual(await t.seen('received'), closed);
        equal(await t.seen('cause'), 'limit');
        deepEqual(await socket.next(), { type: 'close', code: 1009, reason: '' });
        deepEqual(await socket.next(), { type: 'over', how: 'ended' });
      },
    }),
  ),

  conforms('websocket.message-limit', 'the application can send longer ones', {
    gateway: { limits: { message_octets: LIMIT } },
    app: sends(accept, message('x'.repeat(1000))),
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      deepEqual(await socket.next(), { type: 'message', text: 'x'.repeat(1000), size: 1000 });
    },
  }),
];

/** Sixteen mebioctets: more than systems take for a peer that does not read. */
const MANY = { count: 256, octets: 65_536 } as const;

const pinged = [
  ...[0, 1, 125].map((length) =>
    conforms('websocket.ping-pong', `a payload of ${length} octets, while the application waits`, {
      app: {
        async websocket(_scope, _receive, send, stage) {
          await send(accept);
          await stage.reached('answered');
        },
      },
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        const data = new Uint8Array(length).fill(0xfe);
        await socket.ping(data);
        deepEqual(await socket.next(), { type: 'pong', data });
        await t.open('answered');
      },
    }),
  ),

  conforms('websocket.ping-pong', 'neither Ping nor Pong is an event', {
    app: receives,
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      await socket.ping(octets('a'));
      await socket.write(socket.frames.pong(octets('b')));
      await socket.text('c');
      deepEqual(await t.seen('received'), { type: 'websocket.message', text: 'c' });
    },
  }),

  conforms('websocket.ping-pong', 'the answer goes ahead of messages that wait', {
    app: {
      async websocket(_scope, receive, send, stage) {
        void send(accept);
        const data = new Uint8Array(MANY.octets);
        for (let i = 0; i < MANY.count; i++) void send({ type: 'websocket.message', data });
        await receive();
        stage.note('received');
        await stage.reached('read');
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      // Each of them waits until the last one is answered, and one is enough.
      for (let i = 0; i < 20; i++) await socket.ping(octets(`${i}`));
      await socket.text('read before the Pong is written');
      await t.seen('received');
      let { count, received } = await readPast(socket, 'message');
      let last = '';
      let messages = count;
      while (received.type === 'pong') {
        last = new TextDecoder().decode(received.data);
        if (last === '19') break;
        ({ count, received } = await readPast(socket, 'message'));
        messages += count;
      }
      equal(last, '19', 'the latest Ping frame was not answered');
      ok(messages < MANY.count, 'the Pong frame came behind all messages');
      for (; messages < MANY.count; messages++) equal((await socket.next()).type, 'message');
      await t.open('read');
      equal((await socket.next()).type, 'close');
    },
  }),
];

const IDLE = 200;

const kept = [
  conforms('websocket.keep-alive', 'a peer that is silent gets a Ping, and is lost', {
    gateway: { limits: { idle_ms: IDLE } },
    app: receives,
    async client(t) {
      const begun = performance.now();
      const socket = await t.websocket();
      await socket.accepted();
      equal((await socket.next()).type, 'ping');
      ok(performance.now() - begun >= IDLE, 'the Ping frame came too early');
      const over = await socket.next();
      equal(over.type, 'over');
      ok(performance.now() - begun >= 2 * IDLE, 'the peer was given up too early');
      const closed: WebsocketClosed = {
        type: 'websocket.closed',
        code: 1006,
        reason: '',
        initiator: 'gateway',
        clean: false,
      };
      deepEqual(await t.seen('received'), closed);
      equal(await t.seen('cause'), 'timeout');
      if (t.version === '2') deepEqual(over, { type: 'over', how: 'reset', code: 8 });
    },
  }),

  ...Object.entries({
    'the Pong': (socket: PeerWebSocket) => socket.write(socket.frames.pong()),
    'a message': (socket: PeerWebSocket) => socket.text('here'),
    'one octet of a frame': (socket: PeerWebSocket) => socket.write(Uint8Array.of(0x81)),
  }).map(([title, speak]) =>
    conforms('websocket.keep-alive', `a peer that sends ${title} is there`, {
      gateway: { limits: { idle_ms: IDLE } },
      app: receives,
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        equal((await socket.next()).type, 'ping');
        await speak(socket);
        equal((await socket.next()).type, 'ping');
      },
    }),
  ),

  conforms('websocket.keep-alive', 'time in which the gateway does not read is not waited', {
    gateway: { limits: { idle_ms: IDLE, receive_buffer_octets: 64 } },
    app: {
      async websocket(_scope, receive, send, stage) {
        await send(accept);
        await stage.reached('later');
        for (let i = 0; i < 3; i++) await receive();
        await send(message('still here'));
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      // Not awaited: the gateway takes no more of them than it has room for.
      for (let i = 0; i < 3; i++) void socket.text('x'.repeat(100));
      await sleep(1200);
      await t.open('later');
      deepEqual(await socket.next(), { type: 'message', text: 'still here', size: 10 });
    },
  }),
];

export default area('websocket-messages', 'Messages of a WebSocket', [
  ...whole,
  ...judged,
  ...limited,
  ...pinged,
  ...kept,
]);
