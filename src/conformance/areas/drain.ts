// Conformance: how a gateway stops (proposal 5): notices, connections, the deadline, and the status at the end.

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import type {
  HttpReceiveEvent,
  HttpSendEvent,
  Receive,
  Send,
  TunnelReceiveEvent,
  TunnelSendEvent,
  WebsocketReceiveEvent,
  WebsocketSendEvent,
} from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import {
  CODE,
  codeOf,
  FRAME,
  frameOf,
  headersFrame,
  nextFrame,
  preface,
  requestFields,
} from '../clients/http2-frames.ts';
import { TUNNEL } from '../names.ts';
import type { Peer } from '../peer.ts';
import type { Stage } from '../stage.ts';
import { field, type Raw, type Stream } from '../stream.ts';
import { PeerWebSocket } from '../websocket.ts';

type Lifespan = NonNullable<StageHandlers['lifespan']>;
type Http = NonNullable<StageHandlers['http']>;
type AnyReceive = Receive<HttpReceiveEvent | WebsocketReceiveEvent | TunnelReceiveEvent>;
type AnySend = Send<HttpSendEvent | WebsocketSendEvent | TunnelSendEvent>;
type AnySendEvent = HttpSendEvent | WebsocketSendEvent | TunnelSendEvent;
interface AnyScope {
  readonly type: string;
  readonly target: string;
  readonly local: { readonly cancel: AbortSignal };
}
type AnyHandler = (
  scope: AnyScope,
  receive: AnyReceive,
  send: AnySend,
  stage: Stage,
) => Promise<void>;

const octets = (text: string) => new TextEncoder().encode(text);
const start: HttpSendEvent = { type: 'http.response.start', status: 200 };
const end: HttpSendEvent = { type: 'http.response.end' };
const body = (text: string): HttpSendEvent => ({ type: 'http.response.body', data: octets(text) });

const ON_1 = { drivers: ['h1'], why: 'only HTTP/1 says so in a field' } as const;
const ON_2 = { drivers: ['h2'], why: 'only HTTP/2 has GOAWAY' } as const;
const SOCKETS = { drivers: ['h1', 'h2'], why: 'the memory transport has no connections' } as const;

type Type = 'http' | 'websocket' | 'tunnel';
const TYPES: readonly Type[] = ['http', 'websocket', 'tunnel'];
const BEGIN: Readonly<Record<Type, AnySendEvent>> = {
  http: start,
  websocket: { type: 'websocket.accept' },
  tunnel: { type: 'tunnel.accept' },
};
const TERMINAL = ['http.closed', 'websocket.closed', 'tunnel.closed'];

/** The same handler for a conversation of each type, behind a lifespan that takes tunnels. */
function anyType(handler: AnyHandler, lifespan?: Lifespan): StageHandlers {
  const each = handler as never;
  return { http: each, websocket: each, tunnel: each, ...(lifespan ? { lifespan } : {}) };
}

/** A request with a body that goes on, a WebSocket or a tunnel; `socket` for frames. */
async function opened(t: Peer, type: Type): Promise<{ stream: Stream; socket?: PeerWebSocket }> {
  if (type === 'http') return { stream: await t.request({ open: true }) };
  if (type === 'tunnel') return { stream: await t.tunnel() };
  const socket = await t.websocket();
  return { stream: socket.stream, socket };
}

/** Receives to the end of the conversation, and notes the type of each event. */
async function listens(receive: AnyReceive, stage: Stage): Promise<void> {
  let type: string;
  do {
    ({ type } = await receive());
    stage.note('received', type);
  } while (!TERMINAL.includes(type));
}

/** Begins the conversation, notes that, and then does nothing until the client says so. */
const holds: AnyHandler = async (scope, _receive, send, stage) => {
  await send(BEGIN[scope.type as Type]);
  stage.note('held');
  await stage.reached('end');
  await send(
    scope.type === 'http'
      ? end
      : scope.type === 'tunnel'
        ? { type: 'tunnel.abort' }
        : { type: 'websocket.close' },
  );
};
const holdsHttp = holds as unknown as Http;

/** Notes the targets that are called; `/open` ends when the client says so, with a head before or behind that. */
const served = (head: 'first' | 'last'): StageHandlers => ({
  async lifespan(_scope, receive, send, stage) {
    await receive();
    await send({ type: 'lifespan.ready' });
    while ((await receive()).type !== 'lifespan.shutdown');
    stage.note('called', 'over');
  },
  async http(scope, _receive, send, stage) {
    stage.note('called', scope.target);
    const opens = scope.target === '/open';
    if (opens && head === 'last') await stage.reached('end');
    await send({ ...start, headers: [['content-length', '2']] });
    if (opens && head === 'first') {
      stage.note('begun');
      await stage.reached('end');
    }
    await send(body('ok'));
    await send(end);
  },
});

/** Everything that was called until the shutdown of a gateway with `served`. */
async function called(t: Peer): Promise<string[]> {
  const all: string[] = [];
  for (;;) {
    const target = await t.seen<string>('called');
    if (target === 'over') return all;
    all.push(target);
  }
}

/** Makes sure that what connected before is accepted: connections are accepted in their order. */
async function settled(t: Peer): Promise<void> {
  equal((await t.fetch({ target: '/settled' })).status, 200);
}

async function notesCancel(signal: AbortSignal, stage: Stage): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  stage.note('cancelled', (signal.reason as { cause: string }).cause);
}

/** A connection of HTTP/2 by hand, whose peer has said its settings. */
async function connection2(t: Peer): Promise<Raw> {
  const raw = await t.raw();
  await raw.write(preface());
  await frameOf(raw, FRAME.settings);
  return raw;
}

const heading = (t: Peer, stream: number, path: string, endStream = true) =>
  headersFrame(stream, requestFields([t.mark], { path }), endStream);

/** Highest stream that a GOAWAY covers. */
const lastOf = (payload: Uint8Array) => Buffer.from(payload).readUInt32BE(0) & 0x7fffffff;

/** What a conversation is at the deadline, and what its application and its peer see of that. */
interface Row {
  readonly title: string;
  readonly type: Type;
  /** Brings it there. */
  readonly app: AnyHandler;
  readonly terminal: Readonly<Record<string, unknown>>;
  /** How a later send ends; undefined where it does not depend on the deadline. */
  readonly later?: readonly [AnySendEvent, string];
  /** Looks at the wire. */
  readonly wire: (t: Peer, stream: Stream, socket: PeerWebSocket | undefined) => Promise<void>;
}

const refused: Row['wire'] = async (t, stream) => {
  const { status, headers, ending } = await stream.whole();
  deepEqual({ status, ending }, { status: 503, ending: 'end' });
  if (t.driver !== 'h1') return;
  equal(field(headers, 'connection'), 'close');
  deepEqual(await stream.closed(), { how: 'ended' });
};
const broken: Row['wire'] = async (_t, stream) => {
  const { ending } = await stream.whole();
  ok(ending !== 'end', 'the response looks whole');
};
const shutdown = { type: 'http.closed', cause: 'shutdown' };
const accept =
  (type: Type): AnyHandler =>
  async (_scope, _receive, send) =>
    send(BEGIN[type]);

const AT_DEADLINE: readonly Row[] = [
  ...TYPES.map(
    (type): Row => ({
      title: `the response of a scope \`${type}\` has not begun`,
      type,
      app: async () => {},
      terminal: shutdown,
      later: [start, 'Closed: shutdown'],
      wire: refused,
    }),
  ),
  ...TYPES.map(
    (type): Row => ({
      title: `the response of a scope \`${type}\` has begun`,
      type,
      app: async (_scope, _receive, send) => {
        await send({ ...start, status: 403 });
        await send(body('part'));
      },
      terminal: shutdown,
      later: [body('more'), 'Closed: shutdown'],
      wire: broken,
    }),
  ),
  {
    title: 'a WebSocket is open',
    type: 'websocket',
    app: accept('websocket'),
    terminal: { type: 'websocket.closed', code: 1001, initiator: 'gateway' },
    later: [{ type: 'websocket.message', text: 'late' }, 'Closed: shutdown'],
    wire: async (_t, _stream, socket) => {
      await socket?.accepted();
      const event = await socket?.next();
      deepEqual(event, { type: 'close', code: 1001, reason: '' });
    },
  },
  {
    title: 'a tunnel is open',
    type: 'tunnel',
    app: accept('tunnel'),
    terminal: { type: 'tunnel.closed', cause: 'shutdown' },
    later: [{ type: 'tunnel.data', data: octets('late') }, 'Closed: shutdown'],
    wire: broken,
  },
  {
    title: 'a tunnel is open that the application has ended in its direction',
    type: 'tunnel',
    app: async (_scope, _receive, send) => {
      await send(BEGIN.tunnel);
      await send({ type: 'tunnel.end' });
    },
    terminal: { type: 'tunnel.closed', cause: 'shutdown' },
    wire: async (t, stream) => {
      // The direction has ended in order. HTTP/2 can still tell of the other.
      await stream.whole();
      if (t.driver === 'h2') equal((await stream.closed()).how, 'reset');
    },
  },
  {
    title: 'a WebSocket was closed by the application, and the peer has not answered',
    type: 'websocket',
    app: async (_scope, _receive, send) => {
      await send(BEGIN.websocket);
      await send({ type: 'websocket.close', code: 4000 });
    },
    terminal: { type: 'websocket.closed', code: 1006, initiator: 'application' },
    wire: async (_t, _stream, socket) => {
      await socket?.accepted();
      equal((await socket?.next())?.type, 'close');
      equal((await socket?.next())?.type, 'over');
    },
  },
  {
    title: 'the application has ended its part, and octets wait',
    type: 'http',
    app: async (_scope, receive, send) => {
      await send(start);
      void send({ type: 'http.response.body', data: new Uint8Array(64 * 1024 * 1024) });
      await send(end);
      while ((await receive()).type === 'http.request.body');
    },
    terminal: { type: 'http.closed', cause: 'complete' },
    wire: broken,
  },
  {
    title: 'only the call is left',
    type: 'http',
    app: async (_scope, _receive, send) => {
      await send(start);
      await send(end);
    },
    terminal: { type: 'http.closed', cause: 'complete' },
    wire: async (_t, stream) => {
      const { status, ending } = await stream.whole();
      deepEqual({ status, ending }, { status: 200, ending: 'end' });
    },
  },
];

const calm: Lifespan = async (_scope, receive, send) => {
  await receive();
  await send({ type: 'lifespan.ready' });
  while ((await receive()).type !== 'lifespan.shutdown');
};

/** Where what follows is a drain and its deadline. A start that fails is shown with the lifespan. */
const STATUSES: Readonly<
  Record<string, { app: StageHandlers; does?: (t: Peer) => Promise<unknown>; status: number }>
> = {
  'nothing was wrong': { app: { lifespan: calm }, status: 0 },
  'a conversation that the deadline has ended': {
    app: {
      lifespan: calm,
      async http(scope, _receive, _send, stage) {
        stage.note('held');
        await notesCancel(scope.local.cancel, stage);
      },
    },
    does: async (t) => {
      await t.request();
      await t.seen('held');
    },
    status: 0,
  },
  'faults of conversations': {
    app: {
      lifespan: calm,
      async http() {
        throw new Error('on purpose');
      },
    },
    does: (t) => t.fetch(),
    status: 0,
  },
  'a WebSocket whose peer does not read': {
    app: {
      lifespan: calm,
      async websocket(scope, _receive, send, stage) {
        await send({ type: 'websocket.accept' });
        const data = new Uint8Array(64 * 1024 * 1024);
        void send({ type: 'websocket.message', data });
        stage.note('held');
        await notesCancel(scope.local.cancel, stage);
      },
    },
    does: async (t) => {
      await t.websocket();
      await t.seen('held');
    },
    status: 0,
  },
  'an early end': {
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send({ type: 'lifespan.ready' });
        await stage.reached('leave');
      },
    },
    does: (t) => t.open('leave'),
    status: 1,
  },
  'a call that had not ended when the wait for it was over': {
    app: {
      lifespan: calm,
      async http(_scope, _receive, _send, stage) {
        stage.note('held');
        await stage.reached('never');
      },
    },
    does: async (t) => {
      await t.request();
      await t.seen('held');
    },
    status: 1,
  },
  'a clean-up that ended with an error': {
    app: {
      async lifespan(scope, receive, send, stage) {
        await calm(scope, receive, send, stage);
        throw new Error('on purpose');
      },
    },
    status: 1,
  },
  'a clean-up that did not end in time': {
    app: {
      async lifespan(scope, receive, send, stage) {
        await calm(scope, receive, send, stage);
        await stage.reached('never');
      },
    },
    status: 1,
  },
};

export default area('drain', 'How a gateway stops', [
  // Its beginning.

  conforms(
    'drain.begins',
    'when the operator asks for it, the lifespan and every conversation are told',
    {
      app: anyType(
        async (scope, receive, send, stage) => {
          await send(BEGIN[scope.type as Type]);
          stage.note('held');
          const { type, deadline_ms } = (await receive()) as { type: string; deadline_ms?: number };
          stage.note(scope.type, { type, deadline_ms });
        },
        async (_scope, receive, send, stage) => {
          await receive();
          await send({ type: 'lifespan.ready', accepts: { tunnel: 1 }, tunnels: [TUNNEL] });
          stage.note('lifespan', await receive());
          await receive();
        },
      ),
      gateway: { limits: { drain_ms: 12_345 } },
      async client(t) {
        for (const type of TYPES) {
          await opened(t, type);
          await t.seen('held');
        }
        t.operator.drain();
        for (const name of ['lifespan', ...TYPES]) {
          const event = await t.seen<{ type: string; deadline_ms: number }>(name);
          equal(event.type, name === 'lifespan' ? 'lifespan.drain' : 'gateway.drain');
          ok(Number.isInteger(event.deadline_ms), `${event.deadline_ms} is whole`);
          ok(event.deadline_ms <= 12_345 && event.deadline_ms > 6000, String(event.deadline_ms));
        }
      },
    },
  ),

  conforms('drain.begins', 'a second reason does not move the deadline', {
    gateway: { limits: { drain_ms: 12_345 } },
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send({ type: 'lifespan.ready' });
        stage.note('lifespan', await receive());
        stage.note('second', await stage.standing(receive()));
      },
      async http(_scope, receive, _send, stage) {
        stage.note('held');
        await stage.reached('later');
        stage.note('drain', await receive());
        stage.note('next', (await receive()).type);
      },
    },
    async client(t) {
      await t.request();
      await t.seen('held');
      const begun = performance.now();
      t.operator.drain();
      await t.seen('lifespan');
      equal(await t.seen('second'), 'pending');
      await t.quiet(t.operator.status(), 'the end');
      t.operator.drain();
      // An end of the lifespan's call is one more reason: it has returned by now.
      await t.open('later');
      const { deadline_ms } = await t.seen<{ deadline_ms: number }>('drain');
      ok(deadline_ms <= 12_345 - 99, `${deadline_ms} of 12,345 ms, though time has passed`);
      ok(deadline_ms >= 12_345 - Math.ceil(performance.now() - begun) - 1, 'and not more of it');
      equal(await t.seen('next'), 'http.request.end');
    },
  }),

  conforms('drain.begins', 'no milliseconds are left when the deadline has passed', {
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send({ type: 'lifespan.ready' });
        await stage.reached('later');
        stage.note('drain', await receive());
        await receive();
      },
    },
    async client(t) {
      t.operator.drain();
      t.operator.deadline();
      await t.open('later');
      deepEqual(await t.seen('drain'), { type: 'lifespan.drain', deadline_ms: 0 });
    },
  }),

  // The notice.

  ...TYPES.flatMap((type) =>
    (['before its answer', 'behind its beginning'] as const).map((when) =>
      conforms(
        'drain.notice',
        `a pending \`receive\` of a scope \`${type}\` gives it, once, ${when}`,
        {
          app: anyType(async (scope, receive, send, stage) => {
            if (when === 'behind its beginning') await send(BEGIN[scope.type as Type]);
            stage.note('held');
            await listens(receive, stage);
          }),
          async client(t) {
            const { stream } = await opened(t, type);
            await t.seen('held');
            const first = t.seen('received');
            t.operator.drain();
            equal(await first, 'gateway.drain');
            t.operator.drain();
            stream.reset();
            match(await t.seen<string>('received'), /\.closed$/);
          },
        },
      ),
    ),
  ),

  conforms('drain.notice', 'it goes ahead of what waits: the end of a request', {
    app: {
      async http(_scope, receive, send, stage) {
        stage.note('received', (await receive()).type);
        await stage.reached('drained');
        await send(start);
        stage.note('received', (await receive()).type);
        stage.note('received', (await receive()).type);
        await send(end);
        stage.note('received', (await receive()).type);
      },
    },
    async client(t) {
      const stream = await t.request({ body: 'all of it' });
      equal(await t.seen('received'), 'http.request.body');
      t.operator.drain();
      await t.open('drained');
      equal(await t.seen('received'), 'gateway.drain');
      equal(await t.seen('received'), 'http.request.end');
      equal((await stream.whole()).ending, 'end');
      equal(await t.seen('received'), 'http.closed');
    },
  }),

  ...(
    [
      ['messages', 'websocket', 'websocket.message'],
      ['octets', 'tunnel', 'tunnel.data'],
    ] as const
  ).map(([title, type, event]) =>
    conforms('drain.notice', `it goes ahead of what waits: ${title}`, {
      app: anyType(async (scope, receive, send, stage) => {
        if (scope.type === 'http') {
          await send(start);
          await send(end);
          return;
        }
        await send(BEGIN[type]);
        stage.note('received', (await receive()).type);
        await stage.reached('drained');
        stage.note('received', (await receive()).type);
        stage.note('received', (await receive()).type);
      }),
      async client(t) {
        const { stream, socket } = await opened(t, type);
        const says = (text: string) => socket?.text(text) ?? stream.write(text);
        await (socket?.accepted() ?? stream.head());
        await says('first');
        equal(await t.seen('received'), event);
        await says('second');
        // What comes later on another connection is not read before it.
        equal((await t.fetch()).status, 200);
        t.operator.drain();
        await t.open('drained');
        equal(await t.seen('received'), 'gateway.drain');
        equal(await t.seen('received'), event);
      },
    }),
  ),

  ...TYPES.map((type) =>
    conforms('drain.notice', `a conversation that begins during the drain is told first: ${type}`, {
      drivers: ['memory', 'h1'],
      why: 'on HTTP/2 a GOAWAY need not cover any request that is to come',
      app: anyType(async (scope, receive, send, stage) => {
        if (scope.target === '/settled') {
          await send(start);
          await send(end);
          return;
        }
        stage.note('received', (await receive()).type);
        await send({ ...start, status: 403 });
        await send(end);
      }),
      async client(t) {
        const connection = await t.connect();
        await settled(t);
        t.operator.drain();
        const asking = {
          version: t.version,
          request: (request: object) => connection.request(request),
        };
        const stream =
          type === 'websocket'
            ? (await PeerWebSocket.open(asking, {})).stream
            : await connection.request(
                type === 'http'
                  ? { body: 'content' }
                  : {
                      open: true,
                      headers: [
                        ['connection', 'upgrade'],
                        ['upgrade', TUNNEL],
                      ],
                    },
              );
        equal(await t.seen('received'), 'gateway.drain');
        equal((await stream.head()).status, 403);
      },
    }),
  ),

  ...TYPES.map((type) =>
    conforms('drain.notice', `not when the peer is lost by then: ${type}`, {
      app: anyType(async (scope, receive, send, stage) => {
        await send(BEGIN[type]);
        stage.note('held');
        await notesCancel(scope.local.cancel, stage);
        await stage.reached('drained');
        await listens(receive, stage);
      }),
      async client(t) {
        const { stream } = await opened(t, type);
        await t.seen('held');
        stream.reset();
        await t.seen('cancelled');
        t.operator.drain();
        await t.open('drained');
        match(await t.seen<string>('received'), /\.closed$/);
      },
    }),
  ),

  conforms('drain.notice', 'not when only the terminal event is left: http', {
    app: {
      async http(_scope, receive, send, stage) {
        await receive();
        await send(start);
        await send(end);
        await stage.reached('drained');
        stage.note('received', (await receive()).type);
      },
    },
    async client(t) {
      equal((await t.fetch()).status, 200);
      t.operator.drain();
      await t.open('drained');
      equal(await t.seen('received'), 'http.closed');
    },
  }),

  conforms('drain.notice', 'not when only the terminal event is left: websocket', {
    app: {
      async websocket(_scope, receive, send, stage) {
        await send({ type: 'websocket.accept' });
        await stage.reached('drained');
        stage.note('received', (await receive()).type);
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      await socket.close(1000);
      equal((await socket.next()).type, 'close');
      t.operator.drain();
      await t.open('drained');
      equal(await t.seen('received'), 'websocket.closed');
    },
  }),

  conforms('drain.notice', 'not when only the terminal event is left: tunnel', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send({ type: 'tunnel.accept' });
        stage.note('received', (await receive()).type);
        await send({ type: 'tunnel.end' });
        await stage.reached('drained');
        stage.note('received', (await receive()).type);
      },
    },
    async client(t) {
      const stream = await t.tunnel();
      await stream.head();
      await stream.end();
      equal(await t.seen('received'), 'tunnel.end');
      equal((await stream.whole()).ending, 'end');
      t.operator.drain();
      await t.open('drained');
      equal(await t.seen('received'), 'tunnel.closed');
    },
  }),

  // Connections.

  conforms('drain.no-new', 'new connections are refused while the old ones go on', {
    ...SOCKETS,
    app: { http: holdsHttp },
    async client(t) {
      const stream = await t.request();
      await t.seen('held');
      t.operator.drain();
      await rejects(t.raw(), { code: 'ECONNREFUSED' });
      await t.open('end');
      equal((await stream.whole()).ending, 'end');
      await t.operator.status();
      await rejects(t.raw(), { code: 'ECONNREFUSED' });
    },
  }),

  ...(
    [
      ['a response with content', 200, 'GET', [body('content'), end]],
      ['one without', 204, 'GET', [end]],
      ['one to HEAD', 200, 'HEAD', [end]],
      ['one that is a redirection', 302, 'GET', [end]],
    ] as const
  ).map(([title, status, method, events]) =>
    conforms(
      'drain.connections',
      `the head says \`connection: close\`, and the connection closes: ${title}`,
      {
        ...ON_1,
        app: {
          async http(_scope, _receive, send, stage) {
            stage.note('held');
            await stage.reached('drained');
            await send({ ...start, status });
            for (const event of events) await send(event);
          },
        },
        async client(t) {
          const connection = await t.connect();
          const stream = await connection.request({ method });
          await t.seen('held');
          t.operator.drain();
          await t.open('drained');
          const whole = await stream.whole();
          equal(whole.status, status);
          equal(field(whole.headers, 'connection'), 'close');
          deepEqual(await connection.closed(), { how: 'ended' });
        },
      },
    ),
  ),

  ...(
    [
      [
        500,
        async () => {
          throw new Error('on purpose');
        },
      ],
      [500, async () => {}],
    ] as const
  ).map(([status, does], index) =>
    conforms(
      'drain.connections',
      `so does the answer to an application that has ${['raised', 'returned'][index]}`,
      {
        ...ON_1,
        app: {
          async http(_scope, _receive, _send, stage) {
            stage.note('held');
            await stage.reached('drained');
            await does();
          },
        },
        async client(t) {
          const stream = await t.request();
          await t.seen('held');
          t.operator.drain();
          await t.open('drained');
          const whole = await stream.whole();
          equal(whole.status, status);
          equal(field(whole.headers, 'connection'), 'close');
          deepEqual(await stream.closed(), { how: 'ended' });
        },
      },
    ),
  ),

  conforms('drain.connections', 'so does the answer to a request that is refused', {
    ...ON_1,
    gateway: { limits: { target_octets: 100 } },
    app: { http: holdsHttp },
    async client(t) {
      const silent = await t.connect();
      await t.request();
      await t.seen('held');
      t.operator.drain();
      const whole = await silent.fetch({ target: `/${'a'.repeat(100)}` });
      equal(whole.status, 414);
      equal(field(whole.headers, 'connection'), 'close');
      deepEqual(await silent.closed(), { how: 'ended' });
    },
  }),

  conforms(
    'drain.connections',
    'a response that had begun ends in order, and its connection closes',
    {
      ...ON_1,
      app: { http: holdsHttp },
      async client(t) {
        const connection = await t.connect();
        const stream = await connection.request();
        equal(field((await stream.head()).headers, 'connection'), undefined);
        await t.seen('held');
        t.operator.drain();
        await t.quiet(connection.closed(), 'the end of the connection');
        await t.open('end');
        equal((await stream.whole()).ending, 'end');
        deepEqual(await connection.closed(), { how: 'ended' });
        equal(await t.operator.status(), 0);
      },
    },
  ),

  conforms(
    'drain.connections',
    'one that has carried a request and carries none is closed when the drain begins',
    {
      ...ON_1,
      gateway: { limits: { keep_alive_ms: 60_000 } },
      app: served('first'),
      async client(t) {
        const open = await t.request({ target: '/open' });
        const connection = await t.connect();
        equal((await connection.fetch()).status, 200);
        t.operator.drain();
        deepEqual(await t.within(5000, connection.closed(), 'its end'), { how: 'ended' });
        await t.open('end');
        equal((await open.whole()).text, 'ok');
      },
    },
  ),

  ...(['websocket', 'tunnel'] as const).map((type) =>
    conforms('drain.connections', `a 101 is no final response: ${type}`, {
      ...ON_1,
      app: anyType(async (scope, receive, send, stage) => {
        stage.note('held');
        await stage.reached('drained');
        await send(BEGIN[type]);
        const { type: first } = await receive();
        stage.note('received', first);
        stage.note('received', (await receive()).type);
        if (scope.type === 'tunnel') {
          await send({ type: 'tunnel.data', data: octets('answer') });
          await send({ type: 'tunnel.abort' });
        } else {
          await send({ type: 'websocket.message', text: 'answer' });
          await send({ type: 'websocket.close' });
        }
      }),
      async client(t) {
        const { stream, socket } = await opened(t, type);
        await t.seen('held');
        t.operator.drain();
        await t.open('drained');
        const { status, headers } = await stream.head();
        equal(status, 101);
        equal(field(headers, 'connection')?.toLowerCase(), 'upgrade');
        equal(await t.seen('received'), 'gateway.drain');
        await socket?.accepted();
        await (socket?.text('question') ?? stream.write('question'));
        equal(await t.seen('received'), type === 'tunnel' ? 'tunnel.data' : 'websocket.message');
        if (socket) equal((await socket.next()).type, 'message');
        else equal(await stream.readText(6), 'answer');
      },
    }),
  ),

  conforms(
    'drain.connections',
    'HTTP/2 is told with GOAWAY, and closed once its requests are answered',
    {
      ...ON_2,
      app: { http: holdsHttp },
      async client(t) {
        const raw = await connection2(t);
        await raw.write(heading(t, 1, '/'));
        await raw.write(heading(t, 3, '/'));
        await t.seen('held');
        await t.seen('held');
        t.operator.drain();
        const goaway = await frameOf(raw, FRAME.goaway);
        equal(codeOf(goaway), CODE.no_error);
        ok(lastOf(goaway.payload) >= 3, `GOAWAY covers up to ${lastOf(goaway.payload)}`);
        await t.open('end');
        const ended = new Set<number>();
        for (;;) {
          const frame = await nextFrame(raw);
          if (!frame) break;
          if (frame.type === FRAME.goaway) equal(codeOf(frame), CODE.no_error);
          if (frame.type === FRAME.data && frame.flags & 1) ended.add(frame.stream);
          if (frame.type === FRAME.headers) {
            ok(!Buffer.from(frame.payload).includes('connection'), 'no field of HTTP/1');
          }
        }
        deepEqual([...ended].sort(), [1, 3]);
        raw.end();
        equal(await t.operator.status(), 0);
      },
    },
  ),

  ...(
    [
      ['that has carried a request', true],
      ['that has carried none', false],
    ] as const
  ).map(([title, carries]) =>
    conforms(
      'drain.connections',
      `HTTP/2 without a request is told with GOAWAY, and closed: one ${title}`,
      {
        ...ON_2,
        gateway: { limits: { keep_alive_ms: 60_000 } },
        app: served('first'),
        async client(t) {
          const open = await t.request({ target: '/open' });
          const connection = await t.connect();
          if (carries) equal((await connection.fetch()).status, 200);
          else await settled(t);
          t.operator.drain();
          const closed = await t.within(5000, connection.closed(), 'its end');
          deepEqual(closed, { how: 'ended', code: CODE.no_error });
          await t.open('end');
          equal((await open.whole()).text, 'ok');
        },
      },
    ),
  ),

  // Requests during the drain.

  conforms('drain.served', 'the first request of a connection that was accepted before', {
    ...ON_1,
    app: served('first'),
    async client(t) {
      const connection = await t.connect();
      await settled(t);
      t.operator.drain();
      await t.quiet(connection.closed(), 'its end');
      const { status, headers, ending } = await connection.fetch({ target: '/first' });
      deepEqual({ status, ending }, { status: 200, ending: 'end' });
      equal(field(headers, 'connection'), 'close');
      deepEqual(await connection.closed(), { how: 'ended' });
      deepEqual(await called(t), ['/settled', '/first']);
    },
  }),

  conforms('drain.served', 'one behind a response whose head had no `connection: close`', {
    ...ON_1,
    app: served('first'),
    async client(t) {
      const connection = await t.connect();
      const open = await connection.request({ target: '/open' });
      equal(field((await open.head()).headers, 'connection'), undefined);
      t.operator.drain();
      const next = await connection.request({ target: '/next' });
      // So that it has arrived before the response is written.
      await t.quiet(t.operator.status(), 'the end');
      await t.open('end');
      equal((await open.whole()).text, 'ok');
      const { status, headers } = await next.whole();
      equal(status, 200);
      equal(field(headers, 'connection'), 'close');
      deepEqual(await connection.closed(), { how: 'ended' });
      deepEqual(await called(t), ['/open', '/next']);
    },
  }),

  conforms('drain.served', 'none behind a response whose head had it', {
    ...ON_1,
    app: served('last'),
    async client(t) {
      const connection = await t.connect();
      const open = await connection.request({ target: '/open' });
      equal(await t.seen('called'), '/open');
      t.operator.drain();
      await connection.request({ target: '/next' });
      await t.open('end');
      const { text, headers } = await open.whole();
      equal(text, 'ok');
      equal(field(headers, 'connection'), 'close');
      await connection.closed();
      deepEqual(await called(t), []);
    },
  }),

  conforms('drain.served', 'none of a connection that says nothing for `limits.head_ms`', {
    ...ON_1,
    gateway: { limits: { head_ms: 300 } },
    app: served('first'),
    async client(t) {
      const connection = await t.connect();
      await settled(t);
      const begun = performance.now();
      t.operator.drain();
      equal(await t.operator.status(), 0);
      ok(performance.now() - begun > 200, 'it has its time');
      deepEqual(await connection.closed(), { how: 'ended' });
      deepEqual(await called(t), ['/settled']);
    },
  }),

  conforms('drain.served', 'none that begins behind the deadline', {
    ...ON_1,
    gateway: { limits: { shutdown_ms: 2000 } },
    app: {
      ...served('first'),
      async http(scope, receive, send, stage) {
        if (scope.target !== '/lasts') return served('first').http?.(scope, receive, send, stage);
        stage.note('called', scope.target);
        await stage.reached('end');
      },
    },
    async client(t) {
      await t.request({ target: '/lasts' });
      equal(await t.seen('called'), '/lasts');
      const connection = await t.connect();
      await settled(t);
      equal(await t.seen('called'), '/settled');
      t.operator.drain();
      t.operator.deadline();
      await connection.request({ target: '/late' });
      await connection.closed();
      await t.open('end');
      deepEqual(await called(t), []);
    },
  }),

  conforms('drain.served', 'of HTTP/2, those that the latest GOAWAY covers and no others', {
    ...ON_2,
    app: served('first'),
    async client(t) {
      const raw = await connection2(t);
      await raw.write(heading(t, 1, '/open'));
      await t.seen('begun');
      t.operator.drain();
      const first = lastOf((await frameOf(raw, FRAME.goaway)).payload);
      const beyond =
        first >= 0x7fffffff ? lastOf((await frameOf(raw, FRAME.goaway)).payload) : first;
      equal(beyond, 1, 'nothing else has arrived');
      await raw.write(heading(t, 3, '/late'));
      await t.quiet(t.operator.status(), 'the end');
      await t.open('end');
      for (;;) {
        const frame = await nextFrame(raw);
        if (!frame) break;
        ok(frame.stream !== 3 || frame.type === FRAME.rst_stream, 'the late request is answered');
      }
      raw.end();
      deepEqual(await called(t), ['/open']);
    },
  }),

  // The deadline.

  ...TYPES.map((type) =>
    conforms('drain.deadline', `nothing ends before it: ${type}`, {
      gateway: { limits: { drain_ms: 400 } },
      app: anyType(async (scope, _receive, send, stage) => {
        await send(BEGIN[type]);
        stage.note('held');
        await notesCancel(scope.local.cancel, stage);
      }),
      async client(t) {
        const { stream } = await opened(t, type);
        await stream.head();
        await t.seen('held');
        const begun = performance.now();
        t.operator.drain();
        const next = stream.next().then(() => performance.now() - begun);
        equal(await t.seen('cancelled'), 'shutdown');
        const passed = performance.now() - begun;
        ok(passed > 395, `the application was told after ${passed} ms`);
        ok((await next) > 395, `the peer was told after ${await next} ms`);
        equal(await t.operator.status(), 0);
      },
    }),
  ),

  conforms('drain.deadline', 'a response that goes on during the drain arrives whole', {
    app: {
      async http(_scope, receive, send, stage) {
        await send(start);
        while ((await receive()).type !== 'gateway.drain');
        for (const text of ['one ', 'two ', 'three']) {
          await send(body(text));
          await stage.reached(text);
        }
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request();
      await stream.head();
      t.operator.drain();
      for (const text of ['one ', 'two ', 'three']) {
        equal(await stream.readText(text.length), text);
        await t.open(text);
      }
      equal((await stream.whole()).ending, 'end');
      equal(await t.operator.status(), 0);
    },
  }),

  ...AT_DEADLINE.map(({ title, type, app, terminal, later, wire }) =>
    conforms('drain.after-deadline', title, {
      app: anyType(async (scope, receive, send, stage) => {
        await app(scope, receive, send, stage);
        stage.note('there');
        await notesCancel(scope.local.cancel, stage);
        if (later) stage.note('later', await stage.outcome(send(later[0])));
        let event: object & { type: string };
        do event = await receive();
        while (!TERMINAL.includes(event.type));
        stage.note('terminal', event);
      }),
      async client(t) {
        // A request without more to come: its own end is no loss.
        const { stream, socket } =
          type === 'http'
            ? { stream: await t.request(), socket: undefined }
            : await opened(t, type);
        await t.seen('there');
        if (title === 'only the call is left') await stream.whole();
        const cancelled = t.seen('cancelled');
        t.operator.drain();
        await t.quiet(cancelled, 'the cancellation');
        t.operator.deadline();
        equal(await cancelled, 'shutdown');
        if (later) equal(await t.seen('later'), later[1]);
        const event = await t.seen<Record<string, unknown>>('terminal');
        for (const [key, value] of Object.entries(terminal)) equal(event[key], value, key);
        if (title !== 'only the call is left') await wire(t, stream, socket);
        stream.reset();
        equal(await t.operator.status(), 0);
      },
    }),
  ),

  // Behind it.

  conforms('drain.last-wait', 'the application is not shut down before the calls have ended', {
    gateway: { limits: { shutdown_ms: 8000 } },
    app: anyType(
      async (scope, _receive, send, stage) => {
        await send(BEGIN[scope.type as Type]);
        stage.note('held');
        await notesCancel(scope.local.cancel, stage);
        await stage.reached('end');
        stage.note('order', scope.type);
      },
      async (_scope, receive, send, stage) => {
        await receive();
        await send({ type: 'lifespan.ready', accepts: { tunnel: 1 }, tunnels: [TUNNEL] });
        await receive();
        stage.note('order', (await receive()).type);
      },
    ),
    async client(t) {
      for (const type of TYPES) {
        const { stream } = await opened(t, type);
        await stream.head();
        await t.seen('held');
      }
      t.operator.drain();
      t.operator.deadline();
      for (const _ of TYPES) equal(await t.seen('cancelled'), 'shutdown');
      const first = t.seen<string>('order');
      await t.quiet(first, 'the shutdown');
      await t.open('end');
      const order = [await first];
      for (const _ of TYPES) order.push(await t.seen('order'));
      deepEqual([...order.slice(0, 3)].sort(), [...TYPES].sort());
      equal(order[3], 'lifespan.shutdown');
      equal(await t.within(7000, t.operator.status(), 'the end'), 0);
    },
  }),

  ...(['open', 'answered'] as const).map((what) =>
    conforms(
      'drain.last-wait',
      `a call that does not end has \`limits.shutdown_ms\`, and no more: its response is ${what}`,
      {
        gateway: { limits: { shutdown_ms: 400 } },
        app: {
          async lifespan(_scope, receive, send, stage) {
            await receive();
            await send({ type: 'lifespan.ready' });
            await receive();
            await receive();
            stage.note('shutdown');
          },
          async http(_scope, _receive, send, stage) {
            await send(start);
            if (what === 'answered') await send(end);
            stage.note('held');
            await stage.reached('never');
          },
        },
        async client(t) {
          await t.request();
          await t.seen('held');
          t.operator.drain();
          const begun = performance.now();
          t.operator.deadline();
          await t.seen('shutdown');
          const passed = performance.now() - begun;
          ok(passed > 395, `the shutdown came after ${passed} ms`);
          equal(await t.operator.status(), 1);
        },
      },
    ),
  ),

  // The second signal.

  conforms('drain.second-signal', 'the deadline is now, and further ones change nothing', {
    gateway: { limits: { shutdown_ms: 400 } },
    app: {
      async http(scope, _receive, _send, stage) {
        stage.note('held');
        await notesCancel(scope.local.cancel, stage);
        await stage.reached('never');
      },
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send({ type: 'lifespan.ready' });
        await receive();
        await receive();
        stage.note('shutdown');
        await stage.reached('never');
      },
    },
    async client(t) {
      const stream = await t.request();
      await t.seen('held');
      t.operator.drain();
      const begun = performance.now();
      t.operator.deadline();
      equal(await t.seen('cancelled'), 'shutdown');
      equal((await stream.whole()).status, 503);
      t.operator.deadline();
      t.operator.drain();
      const shutdown = t.seen('shutdown');
      await t.quiet(shutdown, 'the shutdown');
      await shutdown;
      t.operator.deadline();
      equal(await t.operator.status(), 1);
      const passed = performance.now() - begun;
      ok(passed > 790, `both times in full: ${passed} ms`);
      ok(passed < 4000, `and little more: ${passed} ms`);
    },
  }),

  // The status.

  ...Object.entries(STATUSES).map(([title, { app, does, status }]) =>
    conforms('drain.exit-status', `${status}: ${title}`, {
      gateway: { limits: { shutdown_ms: 200 } },
      app,
      async client(t) {
        await does?.(t);
        t.operator.drain();
        t.operator.deadline();
        equal(await t.operator.status(), status);
      },
    }),
  ),
]);
