// Conformance: the handshake of a WebSocket and its answer (proposal 4, “What is a WebSocket” to “Denying”).

import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { deflateRawSync } from 'node:zlib';
import {
  type Fields,
  type HttpReceiveEvent,
  type HttpSendEvent,
  UnsupportedScope,
  type WebsocketSendEvent,
} from '../../interface/index.ts';
import { area, type CaseSides, conforms, type StageHandlers } from '../case.ts';
import { FLAG, FRAME, frameOf, preface } from '../clients/http2-frames.ts';
import type { Ending } from '../host.ts';
import { ENDED, TUNNEL } from '../names.ts';
import type { Peer } from '../peer.ts';
import { field, type PeerRequest, type Stream, values } from '../stream.ts';

const octets = (text: string) => new TextEncoder().encode(text);

/** Events of a response, which answer a handshake too. */
type ResponseEvent = Extract<HttpSendEvent, WebsocketSendEvent>;

const accept: WebsocketSendEvent = { type: 'websocket.accept' };
const end: ResponseEvent = { type: 'http.response.end' };
const refuse: ResponseEvent = { type: 'http.refuse' };
const hints: ResponseEvent = { type: 'http.informational', status: 103 };
const body = (text: string): ResponseEvent => ({ type: 'http.response.body', data: octets(text) });
const start = (status: number, headers: Fields = []): ResponseEvent => ({
  type: 'http.response.start',
  status,
  headers,
});

/** The key of RFC 6455 section 1.3, and what answers it. */
const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const KEY_ACCEPTED = 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=';

/** How a handshake differs from a sound one. */
interface Change {
  /** Fields of the sound one that are left out. */
  readonly without?: readonly string[];
  readonly with?: Fields;
}

/** Asks for a WebSocket field by field: what is wrong with it is not repaired. */
function ask(t: Peer, change: Change = {}, request: PeerRequest = {}): Promise<Stream> {
  const { without = [], with: added = [] } = change;
  const http2 = t.version === '2';
  const own: Fields = [
    ...(http2
      ? []
      : ([
          ['upgrade', 'websocket'],
          ['connection', 'upgrade'],
          ['sec-websocket-key', KEY],
        ] as const)),
    ['sec-websocket-version', '13'],
  ];
  return t.request({
    ...(http2 ? { method: 'CONNECT', protocol: 'websocket' } : { method: 'GET' }),
    headers: [...own.filter(([name]) => !without.includes(name)), ...added],
    open: true,
    ...request,
  });
}

/** An application that notes how it is called, and for which path, and says no. */
const called: StageHandlers = {
  async http({ type, path }, _receive, send, stage) {
    stage.note('called', `${type} ${path}`);
    await send(start(404));
    await send(end);
  },
  async websocket({ type, path }, _receive, send, stage) {
    stage.note('called', `${type} ${path}`);
    await send(start(404));
    await send(end);
  },
  async tunnel({ type, path }, _receive, send, stage) {
    stage.note('called', `${type} ${path}`);
    await send(start(404));
    await send(end);
  },
};

/** An application that accepts and echoes. */
const echo: StageHandlers = {
  async websocket(_scope, receive, send) {
    await send(accept);
    for (;;) {
      const event = await receive();
      if (event.type === 'websocket.closed') return;
      if (event.type === 'websocket.message') await send(event);
    }
  },
};

/** An application that answers a handshake with events, and notes what each led to. */
const answers = (...events: readonly WebsocketSendEvent[]): StageHandlers => ({
  async websocket(_scope, _receive, send, stage) {
    for (const event of events) stage.note('sent', await stage.misuse(send(event)));
  },
});

/** The next notes `sent`. */
async function sent(t: Peer, count: number): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  for (let i = 0; i < count; i++) all.push(await t.seen('sent'));
  return all;
}

// What is a handshake.

type Asked = readonly [title: string, request: PeerRequest, type: string];

const upgrade = (value: string, connection = 'upgrade', more: Fields = []): Fields => [
  ['connection', connection],
  ['upgrade', value],
  ['sec-websocket-key', KEY],
  ['sec-websocket-version', '13'],
  ...more,
];

const HTTP1_REQUESTS: readonly Asked[] = [
  ['`GET` with `upgrade: websocket`', { headers: upgrade('websocket') }, 'websocket'],
  ['both in capitals', { headers: upgrade('WebSocket', 'Upgrade') }, 'websocket'],
  [
    'among other connection options',
    { headers: upgrade('websocket', 'x-hop, Upgrade') },
    'websocket',
  ],
  [
    'in the second of two `connection` fields',
    { headers: upgrade('websocket', 'x-hop', [['connection', 'upgrade']]) },
    'websocket',
  ],
  ['behind a protocol that nobody serves', { headers: upgrade('h2c, websocket') }, 'websocket'],
  [
    'in the second of two `upgrade` fields',
    { headers: upgrade('h2c', 'upgrade', [['upgrade', 'websocket']]) },
    'websocket',
  ],
  ['before a declared tunnel', { headers: upgrade(`websocket, ${TUNNEL}`) }, 'websocket'],
  ['behind a declared tunnel', { headers: upgrade(`${TUNNEL}, websocket`) }, 'tunnel'],
  ['HTTP/1.0', { headers: upgrade('websocket'), version: '1.0' }, 'http'],
  ['`POST`', { headers: upgrade('websocket'), method: 'POST' }, 'http'],
  ['`HEAD`', { headers: upgrade('websocket'), method: 'HEAD' }, 'http'],
  [
    'a `connection` field that does not name it',
    { headers: upgrade('websocket', 'x-hop') },
    'http',
  ],
  ['another protocol', { headers: upgrade('websocket2') }, 'http'],
  ['the protocol with a version', { headers: upgrade('websocket/13') }, 'http'],
];

const HTTP2_REQUESTS: readonly Asked[] = [
  [
    '`CONNECT` with `:protocol` websocket',
    { method: 'CONNECT', protocol: 'websocket' },
    'websocket',
  ],
  ['`:protocol` in capitals', { method: 'CONNECT', protocol: 'WebSocket' }, 'websocket'],
  ['`GET` with the fields of a handshake', { headers: [['sec-websocket-version', '13']] }, 'http'],
];

/** A request of HTTP/2 that is a handshake has these beside its pseudo-header fields. */
const http2Fields: Fields = [['sec-websocket-version', '13']];

const kinds = [
  ...HTTP1_REQUESTS.map(([title, request, type]) =>
    conforms('websocket.scope-type', `${title}: ${type}`, {
      drivers: ['memory', 'h1'],
      why: 'the row is of HTTP/1',
      app: called,
      async client(t) {
        equal((await t.fetch(request)).status, 404);
        equal(await t.seen('called'), `${type} /`);
      },
    }),
  ),

  ...HTTP2_REQUESTS.map(([title, request, type]) =>
    conforms('websocket.scope-type', `${title}: ${type}`, {
      drivers: ['h2'],
      why: 'the row is of HTTP/2',
      app: called,
      async client(t) {
        equal((await t.fetch({ headers: http2Fields, ...request })).status, 404);
        equal(await t.seen('called'), `${type} /`);
      },
    }),
  ),

  conforms('websocket.scope-type', 'another `:protocol`: no WebSocket, and 501', {
    drivers: ['h2'],
    why: 'only HTTP/2 has `:protocol`',
    app: called,
    async client(t) {
      const other = { method: 'CONNECT', protocol: 'websocket2', headers: http2Fields };
      equal((await t.fetch(other)).status, 501);
      equal((await t.fetch({ target: '/later' })).status, 404);
      equal(await t.seen('called'), 'http /later');
    },
  }),

  conforms('websocket.scope-type', 'the fields of the request keep their meaning', {
    app: {
      async websocket(scope, _receive, send, stage) {
        const { type, method, scheme, http_version, path, query, authority, headers } = scope;
        stage.note('scope', { type, method, scheme, http_version, path, query, authority });
        stage.note('headers', headers);
        await send(accept);
      },
    },
    async client(t) {
      const socket = await t.websocket({
        target: '/caf%C3%A9?room=1',
        headers: [['origin', 'https://a.example']],
      });
      await socket.accepted();
      const http2 = t.version === '2';
      deepEqual(await t.seen('scope'), {
        type: 'websocket',
        method: http2 ? 'CONNECT' : 'GET',
        scheme: 'http',
        http_version: t.version,
        path: '/caf%C3%A9',
        query: 'room=1',
        authority: 'conformance.example',
      });
      const headers = await t.seen<Fields>('headers');
      equal(field(headers, 'origin'), 'https://a.example');
      equal(field(headers, 'sec-websocket-version'), '13');
    },
  }),

  ...[
    { offered: [], subprotocols: [], title: 'nothing' },
    { offered: ['chat'], subprotocols: ['chat'], title: 'one' },
    {
      offered: ['b, a', 'Chat', ',, chat ,'],
      subprotocols: ['b', 'a', 'Chat', 'chat'],
      title: 'several, in several fields and with empty elements',
    },
  ].map(({ offered, subprotocols, title }) =>
    conforms('websocket.scope-type', `the subprotocols that the peer offers: ${title}`, {
      app: {
        async websocket({ subprotocols }, _receive, send, stage) {
          stage.note('subprotocols', subprotocols);
          await send(accept);
        },
      },
      async client(t) {
        await ask(t, { with: offered.map((value) => ['sec-websocket-protocol', value]) });
        deepEqual(await t.seen('subprotocols'), subprotocols);
      },
    }),
  ),

  conforms('websocket.connect-setting', 'the first settings have it with the value 1', {
    drivers: ['h2'],
    why: 'only HTTP/2 has settings',
    async client(t) {
      const raw = await t.raw();
      await raw.write(preface());
      const { flags, payload } = await frameOf(raw, FRAME.settings);
      equal(flags & FLAG.ack, 0, 'the first SETTINGS frame is an acknowledgement');
      const view = Buffer.from(payload);
      const settings = new Map<number, number>();
      for (let at = 0; at < view.length; at += 6) {
        settings.set(view.readUInt16BE(at), view.readUInt32BE(at + 2));
      }
      equal(settings.get(8), 1);
    },
  }),
];

// What is wrong with a handshake.

interface Rule {
  readonly title: string;
  /** Default: all. */
  readonly only?: 'HTTP/1.1';
  readonly change: Change;
  /** Whether the first rule that is broken is that of the version. Default false. */
  readonly version?: true;
}

const version = (title: string, ...found: readonly string[]): Rule => ({
  title: `the version: ${title}`,
  change: {
    without: ['sec-websocket-version'],
    with: found.map((value) => ['sec-websocket-version', value]),
  },
  version: true,
});

const key = (title: string, ...found: readonly string[]): Rule => ({
  title: `the key: ${title}`,
  only: 'HTTP/1.1',
  change: {
    without: ['sec-websocket-key'],
    with: found.map((value) => ['sec-websocket-key', value]),
  },
});

const subprotocols = (title: string, ...found: readonly string[]): Rule => ({
  title: `the subprotocols: ${title}`,
  change: { with: found.map((value) => ['sec-websocket-protocol', value]) },
});

const extensions = (title: string, ...found: readonly string[]): Rule => ({
  title: `the extensions: ${title}`,
  change: { with: found.map((value) => ['sec-websocket-extensions', value]) },
});

const BROKEN: readonly Rule[] = [
  version('none'),
  version('an older one', '8'),
  version('a later one', '14'),
  version('none in its field', ''),
  version('with a zero before it', '013'),
  version('two in a field', '13, 8'),
  version('two fields, the first of them right', '13', '8'),
  version('the same twice', '13', '13'),
  {
    title: 'content of a declared length',
    change: { with: [['content-length', '5']] },
  },
  {
    title: 'content in chunks',
    only: 'HTTP/1.1',
    change: { with: [['transfer-encoding', 'chunked']] },
  },
  key('none'),
  key('two', KEY, 'AAAAAAAAAAAAAAAAAAAAAA=='),
  key('none in its field', ''),
  key('of 15 octets', 'AAAAAAAAAAAAAAAAAAAA'),
  key('of 17 octets', 'AAAAAAAAAAAAAAAAAAAAAAA='),
  key('without padding', 'AAAAAAAAAAAAAAAAAAAAAA'),
  key('of another alphabet', 'AAAAAAAAAA-_AAAAAAAAAA=='),
  key('with bits that belong to no octet', 'AAAAAAAAAAAAAAAAAAAAAB=='),
  subprotocols('one with a space', 'chat room'),
  subprotocols('one in quotes', '"chat"'),
  subprotocols('one with a slash, behind one without', 'chat, chat/2'),
  subprotocols('the same twice in a field', 'chat, superchat, chat'),
  subprotocols('the same twice in two fields', 'chat', 'superchat, chat'),
  extensions('no token', 'a b'),
  extensions('a quoted name', '"a"'),
  extensions('a parameter without a name', 'a; =1'),
  extensions('a parameter that ends at the equals sign', 'a; b='),
  extensions('a semicolon with nothing behind it', 'a;'),
  extensions('a quoted value that is no token', 'a; b="c d"'),
  extensions('a quote that does not end', 'a; b="c'),
  extensions('a second field that is broken', 'a', 'b;;c'),
];

const SOUND: readonly Rule[] = [
  { title: 'a declared length of 0', change: { with: [['content-length', '0']] } },
  key('all its bits 0', 'AAAAAAAAAAAAAAAAAAAAAA=='),
  key('the whole alphabet', '+/09AZazAAAAAAAAAAAAAw=='),
  subprotocols('with empty elements', ', chat,, superchat ,'),
  subprotocols('the same in another case', 'chat, Chat'),
  extensions('with parameters and quotes', 'a; b; c=1; d="e", f'),
  extensions('with empty elements', ', a ,, b;c'),
  extensions('in two fields', 'a', 'b; c=d'),
];

const drivers = (only: Rule['only']): Pick<CaseSides, 'drivers' | 'why'> =>
  only === undefined ? {} : { drivers: ['memory', 'h1'], why: `the rule is of ${only}` };

const rules = [
  ...BROKEN.map(({ title, only, change, version }) =>
    conforms('websocket.handshake', `refused: ${title}`, {
      ...drivers(only),
      app: called,
      async client(t) {
        const refused = await (await ask(t, change, { target: '/broken' })).whole();
        const http1 = t.version === '1.1';
        equal(refused.status, version && http1 ? 426 : 400);
        const { headers } = refused;
        deepEqual(values(headers, 'sec-websocket-version'), version ? ['13'] : []);
        if (version && http1) {
          equal(field(headers, 'upgrade'), 'websocket');
          ok(options(headers).includes('upgrade'), 'the connection field does not name upgrade');
        }
        // The application has not been called for it: the first call that it notes is of what follows.
        equal((await (await ask(t, {}, { target: '/sound' })).whole()).status, 404);
        equal(await t.seen('called'), 'websocket /sound');
      },
    }),
  ),

  conforms('websocket.handshake', 'the first rule that is broken decides', {
    app: called,
    async client(t) {
      const refused = await (
        await ask(t, {
          without: ['sec-websocket-version', 'sec-websocket-key'],
          with: [
            ['content-length', '5'],
            ['sec-websocket-protocol', 'no token'],
          ],
        })
      ).whole();
      equal(refused.status, t.version === '1.1' ? 426 : 400);
      equal(field(refused.headers, 'sec-websocket-version'), '13');
    },
  }),

  ...SOUND.map(({ title, only, change }) =>
    conforms('websocket.handshake', `not refused: ${title}`, {
      ...drivers(only),
      app: called,
      async client(t) {
        equal((await (await ask(t, change)).whole()).status, 404);
        equal(await t.seen('called'), 'websocket /');
      },
    }),
  ),

  ...['https://other.example', 'null', 'no origin at all'].map((origin) =>
    conforms('websocket.handshake', `not refused: the origin is ${origin}`, {
      app: called,
      async client(t) {
        equal((await (await ask(t, { with: [['origin', origin]] })).whole()).status, 404);
        equal(await t.seen('called'), 'websocket /');
      },
    }),
  ),
];

/** The elements of all `connection` fields. */
function options(headers: Fields): readonly string[] {
  return values(headers, 'connection').flatMap((value) =>
    value.split(',').map((option) => option.trim().toLowerCase()),
  );
}

// Before the answer.

const MASK = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);
/** Frames with this mask, for what is written with the handshake. */
const masked = (opcode: number, payload: string): Uint8Array => {
  const data = octets(payload).map((octet, index) => octet ^ (MASK[index % 4] as number));
  return Uint8Array.of(0x80 | opcode, 0x80 | data.length, ...MASK, ...data);
};

const EARLY = {
  'a message': masked(1, 'early'),
  'a Ping frame': masked(9, 'early'),
  'a Close frame': masked(8, ''),
  'octets that are no frame': Uint8Array.of(0xff, 0xff, 0xff, 0xff),
} as const;

const before = [
  ...Object.entries(EARLY).map(([title, early]) =>
    conforms('websocket.no-early-101', `nothing is answered before the application: ${title}`, {
      app: {
        async websocket(_scope, receive, send, stage) {
          stage.note('called');
          await stage.reached('written');
          await stage.turns(20);
          const received = receive();
          stage.note('received', await stage.standing(received));
          await send(start(403));
          await send(end);
          stage.note('last', await received);
        },
      },
      async client(t) {
        const socket = await t.websocket({ early });
        await t.seen('called');
        await t.open('written');
        equal(await t.seen('received'), 'pending');
        const { status, informational } = await socket.denied();
        deepEqual({ status, informational }, { status: 403, informational: [] });
        deepEqual(await t.seen('last'), { type: 'http.closed', cause: 'complete' });
      },
    }),
  ),

  conforms('websocket.no-early-101', 'a peer that leaves before the answer has left a request', {
    app: {
      async websocket(_scope, receive, send, stage) {
        stage.note('called');
        stage.note('received', await receive());
        stage.note('again', await receive());
        stage.note('sent', await stage.outcome(send(accept)));
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await t.seen('called');
      socket.stream.reset();
      const received = await t.seen<HttpReceiveEvent>('received');
      equal(received.type, 'http.closed');
      equal('cause' in received && received.cause, 'peer_reset');
      deepEqual(await t.seen('again'), received);
      equal(await t.seen('sent'), 'Closed: peer_reset');
    },
  }),

  conforms('websocket.early-octets', 'they are read as frames after the acceptance', {
    app: {
      async websocket(scope, receive, send, stage) {
        stage.note('called');
        await stage.reached('written');
        await echo.websocket?.(scope, receive, send, stage);
      },
    },
    async client(t) {
      const early = Buffer.concat([masked(9, 'ping'), masked(1, 'one'), masked(2, 'two')]);
      const socket = await t.websocket({ early });
      await t.seen('called');
      await t.open('written');
      await socket.accepted();
      deepEqual(await socket.next(), { type: 'pong', data: octets('ping') });
      deepEqual(await socket.next(), { type: 'message', text: 'one', size: 3 });
      deepEqual(await socket.next(), { type: 'message', data: octets('two'), size: 3 });
      await socket.text('three');
      deepEqual(await socket.next(), { type: 'message', text: 'three', size: 5 });
    },
  }),

  conforms(
    'websocket.early-octets',
    'a frame whose beginning came with the head goes on behind it',
    {
      drivers: ['h1'],
      why: 'only over HTTP/1 do head and frames share a stream of octets',
      app: echo,
      async client(t) {
        const raw = await t.raw();
        const frame = masked(1, 'Hello');
        const lines = `upgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-key: ${KEY}\r\n`;
        const head = `GET / HTTP/1.1\r\n${t.lines}${lines}sec-websocket-version: 13\r\n\r\n`;
        await raw.write(Buffer.concat([Buffer.from(head), frame.subarray(0, 4)]));
        await raw.until('\r\n\r\n');
        await raw.write(frame.subarray(4));
        deepEqual(await raw.read(7), Uint8Array.of(0x81, 5, ...octets('Hello')));
      },
    },
  ),

  conforms('websocket.early-octets', 'what looks like a request is read as frames', {
    drivers: ['memory', 'h1'],
    why: 'only over HTTP/1 could it be a request',
    app: {
      async websocket(scope, receive, send, stage) {
        stage.note('called', scope.path);
        await stage.reached('written');
        await echo.websocket?.(scope, receive, send, stage);
      },
      ...{ http: called.http as NonNullable<StageHandlers['http']> },
    },
    async client(t) {
      const early = octets(`GET /smuggled HTTP/1.1\r\n${t.lines}\r\n`);
      const socket = await t.websocket({ early, target: '/first' });
      equal(await t.seen('called'), '/first');
      await t.open('written');
      await socket.accepted();
      deepEqual(await socket.next(), { type: 'close', code: 1002, reason: '' });
      equal((await t.fetch({ target: '/later' })).status, 404);
      equal(await t.seen('called'), 'http /later');
    },
  }),

  ...[start(403), refuse].map((denial) =>
    conforms(
      'websocket.early-octets',
      `behind \`${denial.type}\` the connection closes with them`,
      {
        drivers: ['h1'],
        why: 'only on HTTP/1 could another request follow',
        app: {
          async websocket({ path }, _receive, send, stage) {
            stage.note('called', path);
            await stage.reached('written');
            await stage.turns(20);
            await send(denial);
            if (denial.type === 'http.response.start') await send(end);
          },
          ...{ http: called.http as NonNullable<StageHandlers['http']> },
        },
        async client(t) {
          const early = octets(`GET /smuggled HTTP/1.1\r\n${t.lines}\r\n`);
          const socket = await t.websocket({ early, target: '/first' });
          equal(await t.seen('called'), '/first');
          await t.open('written');
          equal((await socket.denied()).status, denial.type === 'http.refuse' ? 0 : 403);
          await socket.stream.closed();
          equal((await t.fetch({ target: '/later' })).status, 404);
          equal(await t.seen('called'), 'http /later');
        },
      },
    ),
  ),
];

// The acceptance.

const accepting = [
  conforms('websocket.accept-answer', 'the answer of HTTP/1.1 to the key of RFC 6455', {
    drivers: ['memory', 'h1'],
    why: 'the row is of HTTP/1.1',
    app: {
      async websocket(_scope, _receive, send, stage) {
        await send({
          type: 'websocket.accept',
          subprotocol: 'chat',
          headers: [['set-cookie', 'seen=1; Secure; HttpOnly']],
        });
        await stage.reached('head seen');
      },
    },
    async client(t) {
      const stream = await ask(t, { with: [['sec-websocket-protocol', 'superchat, chat']] });
      const { status, headers } = await stream.head();
      equal(status, 101);
      equal(field(headers, 'upgrade'), 'websocket');
      deepEqual(options(headers), ['upgrade']);
      deepEqual(values(headers, 'sec-websocket-accept'), [KEY_ACCEPTED]);
      deepEqual(values(headers, 'sec-websocket-protocol'), ['chat']);
      deepEqual(values(headers, 'sec-websocket-extensions'), []);
      deepEqual(values(headers, 'content-length'), []);
      deepEqual(values(headers, 'transfer-encoding'), []);
      deepEqual(headers.at(-1), ['set-cookie', 'seen=1; Secure; HttpOnly']);
      await t.open('head seen');
    },
  }),

  conforms('websocket.accept-answer', 'the answer of HTTP/2 has none of the fields of HTTP/1.1', {
    drivers: ['h2'],
    why: 'the row is of HTTP/2',
    app: {
      async websocket(_scope, _receive, send, stage) {
        await send({ type: 'websocket.accept', subprotocol: 'chat' });
        await stage.reached('head seen');
      },
    },
    async client(t) {
      const stream = await ask(t, { with: [['sec-websocket-protocol', 'superchat, chat']] });
      const { status, headers } = await stream.head();
      equal(status, 200);
      deepEqual(values(headers, 'sec-websocket-protocol'), ['chat']);
      const own = ['upgrade', 'connection', 'sec-websocket-accept', 'sec-websocket-extensions'];
      const alien = headers.filter(([name]) => own.includes(name));
      deepEqual(alien, []);
      await t.open('head seen');
    },
  }),

  conforms('websocket.accept-answer', 'no subprotocol is chosen for the application', {
    app: answers(accept),
    async client(t) {
      const socket = await t.websocket({ subprotocols: ['chat'] });
      equal((await socket.accepted()).subprotocol, undefined);
    },
  }),

  conforms('websocket.accept-answer', 'fields of the application follow those of the gateway', {
    app: {
      async websocket(_scope, _receive, send) {
        await send({
          type: 'websocket.accept',
          subprotocol: 'chat',
          headers: [
            ['x-second', '2'],
            ['x-first', '1'],
            ['set-cookie', 'b=2'],
            ['set-cookie', 'a=1'],
          ],
        });
      },
    },
    async client(t) {
      const socket = await t.websocket({ subprotocols: ['chat'] });
      const { headers } = await socket.accepted();
      deepEqual(headers.slice(-4), [
        ['x-second', '2'],
        ['x-first', '1'],
        ['set-cookie', 'b=2'],
        ['set-cookie', 'a=1'],
      ]);
    },
  }),

  ...[
    { title: 'the handshake was accepted', events: [accept] },
    { title: 'a response was started', events: [start(403)] },
    { title: 'the response is over', events: [start(403), end] },
    { title: 'the handshake was refused', events: [refuse] },
    { title: 'the WebSocket was closed', events: [accept, { type: 'websocket.close' } as const] },
  ].map(({ title, events }) =>
    conforms('websocket.accept-once', `rejected once ${title}`, {
      app: answers(...events, accept),
      async client(t) {
        await t.websocket();
        const expected = [...events.map(() => 'none'), 'websocket.accept-once'];
        deepEqual(await sent(t, expected.length), expected);
      },
    }),
  ),

  conforms('websocket.accept-once', 'a second acceptance leaves the WebSocket as it is', {
    app: answers(
      accept,
      { type: 'websocket.accept', headers: [['x-second', '1']] },
      { type: 'websocket.message', text: 'unharmed' },
    ),
    async client(t) {
      const socket = await t.websocket();
      equal(field((await socket.accepted()).headers, 'x-second'), undefined);
      deepEqual(await socket.next(), { type: 'message', text: 'unharmed', size: 8 });
      deepEqual(await sent(t, 3), ['none', 'websocket.accept-once', 'none']);
    },
  }),

  ...[
    { offered: [], chosen: 'chat', title: 'when nothing was offered' },
    { offered: ['chat'], chosen: 'superchat', title: 'another than was offered' },
    { offered: ['chat'], chosen: 'Chat', title: 'in another case' },
    { offered: ['chat', 'superchat'], chosen: 'chat, superchat', title: 'two in one' },
    { offered: ['chat'], chosen: '', title: 'an empty one' },
  ].map(({ offered, chosen, title }) =>
    conforms('websocket.subprotocol-offered', `rejected: ${title}`, {
      app: answers({ type: 'websocket.accept', subprotocol: chosen }, accept),
      async client(t) {
        const socket = await t.websocket({ subprotocols: offered });
        equal((await socket.accepted()).subprotocol, undefined);
        deepEqual(await sent(t, 2), ['websocket.subprotocol-offered', 'none']);
      },
    }),
  ),

  conforms('websocket.subprotocol-offered', 'any that was offered can be chosen', {
    app: answers({ type: 'websocket.accept', subprotocol: 'Chat' }),
    async client(t) {
      const socket = await t.websocket({ subprotocols: ['chat', 'superchat', 'Chat'] });
      equal((await socket.accepted()).subprotocol, 'Chat');
    },
  }),

  ...[
    'content-length',
    'sec-websocket-accept',
    'sec-websocket-protocol',
    'sec-websocket-extensions',
    'sec-websocket-version',
    'sec-websocket-other',
  ].map((name) =>
    conforms('websocket.accept-headers', `\`${name}\` is rejected`, {
      app: answers(
        {
          type: 'websocket.accept',
          headers: [
            ['x-before', '1'],
            [name, '0'],
          ],
        },
        accept,
      ),
      async client(t) {
        const { headers } = await (await t.websocket()).accepted();
        equal(field(headers, 'x-before'), undefined);
        notEqual(field(headers, name), '0');
        deepEqual(await sent(t, 2), ['websocket.accept-headers', 'none']);
      },
    }),
  ),
];

// Extensions.

/** RFC 7692 section 7.1: a server declines each of them. */
const DECLINED = [
  'x-conformance',
  'permessage-deflate; no_such_parameter',
  'permessage-deflate; server_max_window_bits=7',
  'permessage-deflate; server_max_window_bits=16',
  'permessage-deflate; server_max_window_bits',
  'permessage-deflate; client_no_context_takeover=1',
  'permessage-deflate; server_no_context_takeover; server_no_context_takeover',
];

const extending = [
  ...DECLINED.map((offer) =>
    conforms('websocket.extensions', `not agreed on: \`${offer}\``, {
      app: echo,
      async client(t) {
        const socket = await t.websocket({ headers: [['sec-websocket-extensions', offer]] });
        // Checks that no extension is named.
        await socket.accepted();
        await socket.text('plain');
        deepEqual(await socket.next(), { type: 'message', text: 'plain', size: 5 });
      },
    }),
  ),

  conforms('websocket.extensions', 'whether messages are compressed is not seen', {
    app: {
      async websocket(_scope, receive, send, stage) {
        await send(accept);
        stage.note('received', await receive());
      },
    },
    async client(t) {
      const offer = 'permessage-deflate; client_no_context_takeover';
      const socket = await t.websocket({ headers: [['sec-websocket-extensions', offer]] });
      const { headers } = await socket.stream.head();
      const agreed = values(headers, 'sec-websocket-extensions');
      const text = 'the same again, the same again, the same again';
      if (agreed.length === 0) await socket.text(text);
      else {
        ok(/^permessage-deflate\b/.test(agreed.join()), `agreed on: ${agreed.join()}`);
        // RFC 7692 section 7.2.1: without the four octets that end a block.
        const payload = deflateRawSync(text, { finishFlush: 2 }).subarray(0, -4);
        await socket.frame({ opcode: 1, rsv: 4, payload });
      }
      deepEqual(await t.seen('received'), { type: 'websocket.message', text });
    },
  }),
];

// The denial.

const DENIALS: readonly (readonly [status: number, headers: Fields])[] = [
  [302, [['location', '/login']]],
  [401, [['www-authenticate', 'Basic realm="chat"']]],
  [403, []],
  [404, []],
  [429, [['retry-after', '10']]],
  [503, []],
];

const denying = [
  ...DENIALS.map(([status, headers]) =>
    conforms('websocket.denial', `with ${status}`, {
      app: answers(hints, start(status, headers), body('because '), body('I say so'), end),
      async client(t) {
        const socket = await t.websocket();
        const response = await socket.denied();
        equal(response.status, status);
        equal(response.text, 'because I say so');
        equal(response.ending, 'end');
        deepEqual(
          response.informational.map((one) => one.status),
          [103],
        );
        for (const [name, value] of headers) equal(field(response.headers, name), value);
        deepEqual(await sent(t, 5), ['none', 'none', 'none', 'none', 'none']);
      },
    }),
  ),

  ...[200, 204, 206, 299].map((status) =>
    conforms('websocket.denial', `${status} is rejected, and the handshake can be accepted`, {
      app: answers(start(status), accept),
      async client(t) {
        await (await t.websocket()).accepted();
        deepEqual(await sent(t, 2), ['websocket.denial', 'none']);
      },
    }),
  ),

  conforms('websocket.denial', 'a refusal leaves it to the peer to try again', {
    app: answers(refuse),
    async client(t) {
      const { status, ending, code } = await (await t.websocket()).denied();
      equal(status, 0);
      notEqual(ending, 'end');
      if (t.version === '2') equal(code, 7, 'the stream is not reset with REFUSED_STREAM');
      deepEqual(await sent(t, 1), ['none']);
    },
  }),

  conforms('websocket.denial', 'the last event is that of an HTTP conversation', {
    app: {
      async websocket(_scope, receive, send, stage) {
        await send(start(404));
        await send(end);
        stage.note('received', await receive());
        stage.note('received', await receive());
      },
    },
    async client(t) {
      equal((await (await t.websocket()).denied()).status, 404);
      const closed = { type: 'http.closed', cause: 'complete' };
      deepEqual(await t.seen('received'), closed);
      deepEqual(await t.seen('received'), closed);
    },
  }),

  ...[
    { title: 'returns', error: undefined, status: 500 },
    { title: 'fails', error: new Error('secret'), status: 500 },
  ].map(({ title, error, status }) =>
    conforms(
      'http.500-when-open',
      `an application that ${title} before it has answered a handshake`,
      {
        app: {
          async websocket() {
            if (error) throw error;
          },
        },
        async client(t) {
          equal((await (await t.websocket()).denied()).status, status);
        },
      },
    ),
  ),

  conforms('http.unsupported-scope', 'an application that declines a handshake', {
    app: {
      async websocket({ type }) {
        throw new UnsupportedScope(type);
      },
    },
    async client(t) {
      equal((await (await t.websocket()).denied()).status, 501);
      equal((await t.seen<Ending>(ENDED)).name, 'UnsupportedScope');
    },
  }),

  ...(['open', 'closed'] as const).map((state) =>
    conforms(
      'websocket.no-response-after-accept',
      `every event of a response, while it is ${state}`,
      {
        gateway: { files: { 'a.txt': 'a' } },
        app: {
          async websocket(_scope, _receive, send, stage) {
            await send(accept);
            if (state === 'closed') await send({ type: 'websocket.close' });
            const events: readonly ResponseEvent[] = [
              hints,
              start(403),
              body('late'),
              { type: 'http.file', path: `${stage.root}/a.txt` },
              end,
              { type: 'http.response.abort' },
              refuse,
            ];
            for (const event of events) {
              stage.note('sent', `${event.type}: ${await stage.misuse(send(event))}`);
            }
            if (state === 'open') await send({ type: 'websocket.message', text: 'unharmed' });
          },
        },
        async client(t) {
          const socket = await t.websocket();
          await socket.accepted();
          deepEqual(
            await sent(t, 7),
            [
              'http.informational',
              'http.response.start',
              'http.response.body',
              'http.file',
              'http.response.end',
              'http.response.abort',
              'http.refuse',
            ].map((type) => `${type}: websocket.no-response-after-accept`),
          );
          if (state === 'open') {
            deepEqual(await socket.next(), { type: 'message', text: 'unharmed', size: 8 });
          }
          deepEqual(await socket.next(), { type: 'close', code: 1000, reason: '' });
        },
      },
    ),
  ),
];

export default area('websocket-handshake', 'The handshake of a WebSocket', [
  ...kinds,
  ...rules,
  ...before,
  ...accepting,
  ...extending,
  ...denying,
]);
