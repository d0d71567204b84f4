// Conformance: the application, its scope and its events (proposal 2).

import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import {
  Closed,
  HTTP_REQUEST,
  HTTP_RESPONSE,
  type HttpSendEvent,
  INTERFACE_VERSION,
  type MachineTable,
  Misuse,
} from '../../interface/index.ts';
import { REQUIREMENTS } from '../../interface/requirements.generated.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import type { Ending } from '../host.ts';
import { ENDED, TUNNEL } from '../names.ts';
import type { Peer } from '../peer.ts';
import {
  ASKED,
  abort,
  accepting,
  anyType,
  body,
  discard,
  end,
  hints,
  octets,
  receiveAll,
  refuse,
  sends,
  sent,
  signalled,
  start,
  TYPES,
  unplain,
} from '../simple.ts';
import { ownFields } from '../stream.ts';
import type { WebSocketReceived } from '../websocket.ts';

/** Notes something of the scope and answers 403. */
const noting = (name: string, look: (scope: { readonly type: string }) => unknown) =>
  anyType(async (scope, _receive, send, stage) => {
    stage.note(name, look(scope));
    await send({ ...start, status: 403 });
    await send(end);
  });

/** What no event may look like, by the words of event.shape. */
const MALFORMED: Readonly<Record<string, readonly unknown[]>> = {
  'an event that is no map with a `type`': [
    undefined,
    null,
    'http.response.start',
    7,
    true,
    () => {},
    [],
    ['type', 'http.refuse'],
    {},
    { type: 1 },
    { type: null },
  ],
  'an event without a required field': [
    { type: 'http.response.start' },
    { type: 'http.response.start', status: undefined },
    { type: 'http.informational' },
    { type: 'http.response.body' },
  ],
  'an event with a field of another type': [
    { type: 'http.response.start', status: '200' },
    { type: 'http.response.start', status: 200.5 },
    { type: 'http.response.start', status: null },
    { type: 'http.response.start', status: 200, headers: null },
    { type: 'http.response.start', status: 200, headers: { a: 'b' } },
    { type: 'http.response.start', status: 200, headers: [['a']] },
    { type: 'http.response.start', status: 200, headers: [['a', 1]] },
    { type: 'http.response.start', status: 200, headers: [['a', 'b', 'c']] },
    { type: 'http.response.body', data: 'text' },
    { type: 'http.response.body', data: null },
    { type: 'http.response.abort', code: null },
    { type: 'http.response.end', trailers: 'none' },
  ],
  'an event with a field out of its declared range': [
    { type: 'http.response.start', status: 199 },
    { type: 'http.response.start', status: 600 },
    { type: 'http.response.start', status: -200 },
    { type: 'http.informational', status: 100 },
    { type: 'http.informational', status: 101 },
    { type: 'http.informational', status: 200 },
    { type: 'http.response.abort', code: -1 },
    { type: 'http.response.abort', code: 2 ** 53 },
  ],
};

/** Sends what is malformed, and then a whole response. */
const sendsAnyway = (events: readonly unknown[]): StageHandlers => ({
  async http(_scope, _receive, send, stage) {
    for (const event of events) stage.note('sent', await stage.misuse(send(event as never)));
    await send(start);
    await send(body('unharmed'));
    await send(end);
  },
});

/** Rows of event.check-order: what breaks two checks at once, and the one that comes first. */
const CHECKED: readonly {
  readonly title: string;
  readonly before?: readonly HttpSendEvent[];
  readonly event: unknown;
  readonly requirement: string;
}[] = [
  {
    title: 'the form of an event is looked at before its keys',
    event: { type: 1, '!org.example.key': 1 },
    requirement: 'event.shape',
  },
  {
    title: 'its type is looked at before its keys',
    event: { type: 'http.response.begin', '!org.example.key': 1 },
    requirement: 'event.unknown-type-misuse',
  },
  {
    title: 'the type of the conversation is looked at before the feature and the fields',
    event: { type: 'tunnel.datagram', data: 'text' },
    requirement: 'event.unknown-type-misuse',
  },
  {
    title: 'its keys are looked at before its fields',
    event: { type: 'http.response.start', status: 'x', '!org.example.key': 1 },
    requirement: 'event.must-understand',
  },
  {
    title: 'its keys are looked at before the state',
    before: [start],
    event: { ...start, '!org.example.key': 1 },
    requirement: 'event.must-understand',
  },
  {
    title: 'its fields are looked at before the state',
    before: [start],
    event: { type: 'http.response.start', status: 'x' },
    requirement: 'event.shape',
  },
  {
    title: 'the machine is asked last',
    before: [start],
    event: { ...start, headers: [['connection', 'close']] },
    requirement: 'http.start-once',
  },
];

/** Events of an HTTP conversation that no guard says anything of. */
const PLAIN = [hints, start, body('x'), end, abort, refuse, discard];

/** How an application comes to each state of the response. */
const WAYS: Readonly<Record<string, readonly HttpSendEvent[]>> = {
  open: [],
  committed: [start],
  ended: [start, end],
  aborted: [start, abort],
  refused: [refuse],
  lost: [],
};

/** What the tables say of an event that no guard says anything of. */
function expected(type: string, response: string): string {
  for (const { transitions } of [HTTP_REQUEST, HTTP_RESPONSE] as readonly MachineTable[]) {
    const row = transitions.find(
      ({ on, from, when }) =>
        on.includes(type) && !when && (from.includes(response) || from.includes('reading')),
    );
    if (row?.misuse) return `Misuse: ${row.misuse}`;
    if (row?.closed) return 'Closed: connection_lost';
    if (row) return 'accepted';
  }
  throw new Error(`the tables have no row for ${type} in the state ${response}`);
}

/** Events that are rejected, by the state in which they are sent. After them the response is as if they had not been. */
const REJECTED: readonly {
  readonly title: string;
  readonly before: readonly HttpSendEvent[];
  readonly events: readonly unknown[];
  readonly after: readonly HttpSendEvent[];
}[] = [
  {
    title: 'what is rejected before the head leaves the response open',
    before: [],
    events: [
      { ...start, status: 500, headers: [['connection', 'close']] },
      { ...start, status: 500, headers: [['content-length', 'x']] },
      { ...start, status: 204, headers: [['content-length', '0']] },
      { ...start, status: 500, '!org.example.key': 1 },
      { ...start, status: 'x' },
      { ...hints, headers: [['Broken Name', 'x']] },
      body('early'),
      end,
      abort,
      { type: 'http.response.begin', status: 500 },
    ],
    after: [start, body('unharmed'), end],
  },
  {
    title: 'what is rejected behind the head leaves body, length and trailer fields alone',
    before: [{ ...start, headers: [['content-length', '8']] }, body('un')],
    events: [
      { ...start, status: 500 },
      hints,
      refuse,
      body('too much'),
      { type: 'http.response.body', data: 'harmed' },
      end,
      { type: 'http.response.end', trailers: [['content-length', '2']] },
      { type: 'http.response.abort', code: 'x' },
    ],
    after: [body('harmed'), end],
  },
  {
    title: 'what is rejected behind the end leaves the response whole',
    before: [start, body('unharmed'), end],
    events: [start, body('more'), end, abort, refuse, hints],
    after: [],
  },
];

/** Ways for an application to end that are faults, with the requirement that the operator is told. */
const FAULTS: readonly {
  readonly title: string;
  readonly error: () => unknown;
  readonly requirement?: string;
}[] = [
  { title: 'an Error', error: () => new Error('on purpose') },
  {
    title: 'a Misuse',
    error: () => new Misuse('http.start-once', 'on purpose'),
    requirement: 'http.start-once',
  },
  { title: 'a string', error: () => 'on purpose' },
  { title: 'undefined', error: () => undefined },
];

function textOf(received: WebSocketReceived): string | undefined {
  return received.type === 'message' && 'text' in received ? received.text : undefined;
}

async function faultsOf(t: Peer) {
  await t.operator.idle();
  return t.operator.faults();
}

export default area('application', 'The application, its scope and its events', [
  // The call.

  ...TYPES.map((type) =>
    conforms('app.once-per-scope', `each conversation of type \`${type}\` is one call`, {
      app: noting('called', (scope) => scope.type),
      async client(t) {
        for (let i = 0; i < 3; i++) await ASKED[type](t);
        await t.fetch();
        const called = [];
        while (called.length < 4) called.push(await t.seen('called'));
        deepEqual(called, [type, type, type, 'http']);
      },
    }),
  ),

  conforms('app.once-per-scope', 'requests on one connection are a call each', {
    drivers: ['h1', 'h2'],
    why: 'the driver memory has no connections',
    app: {
      async http({ target }, receive, send, stage) {
        stage.note('called', target);
        await receiveAll(receive);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      const connection = await t.connect();
      for (const target of ['/1', '/2', '/3']) {
        await connection.fetch({
          target,
          body: 'a body, which is no request: GET / HTTP/1.1\r\n\r\n',
        });
      }
      deepEqual(
        [await t.seen('called'), await t.seen('called'), await t.seen('called')],
        ['/1', '/2', '/3'],
      );
      await t.quiet(t.seen('called'), 'another call');
    },
  }),

  conforms('app.once-per-scope', 'the lifespan is one call', {
    app: {
      async lifespan(scope, receive, send, stage) {
        stage.note('called', scope.type);
        await accepting({})(scope, receive, send, stage);
      },
      async http(scope, _receive, send, stage) {
        stage.note('called', scope.type);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      await t.fetch();
      await t.fetch();
      deepEqual(
        [await t.seen('called'), await t.seen('called'), await t.seen('called')],
        ['lifespan', 'http', 'http'],
      );
    },
  }),

  ...TYPES.flatMap((type) =>
    FAULTS.map(({ title, error, requirement }) =>
      conforms(
        'app.fault-reported',
        `${title} that ends a conversation of type \`${type}\` is reported`,
        {
          app: anyType(async ({ id }, _receive, _send, stage) => {
            stage.note('id', id);
            throw error();
          }),
          async client(t) {
            equal((await ASKED[type](t)).status, 500);
            const [fault, ...more] = await faultsOf(t);
            deepEqual(more, [], 'one end is one fault');
            equal(fault?.id, await t.seen('id'));
            equal(fault?.requirement, requirement);
          },
        },
      ),
    ),
  ),

  conforms('app.fault-reported', 'an error behind a whole response is reported', {
    app: {
      async http(_scope, _receive, send) {
        await send(start);
        await send(end);
        throw new Error('on purpose');
      },
    },
    async client(t) {
      const { status, ending } = await t.fetch();
      deepEqual({ status, ending }, { status: 200, ending: 'end' });
      const [fault] = await faultsOf(t);
      match(fault?.message ?? '', /on purpose/);
    },
  }),

  conforms(
    'app.fault-reported',
    'a Misuse that the application lets pass is reported with its requirement',
    {
      app: {
        async http(_scope, _receive, send) {
          await send(start);
          await send(start);
        },
      },
      async client(t) {
        await t.fetch();
        const [fault] = await faultsOf(t);
        equal(fault?.requirement, 'http.start-once');
      },
    },
  ),

  conforms('app.fault-reported', 'an error that ends the lifespan is reported', {
    gateway: { startedByClient: true },
    app: {
      async lifespan() {
        throw new Error('on purpose');
      },
    },
    async client(t) {
      equal((await t.operator.start()).ready, false);
      match(t.operator.faults()[0]?.message ?? '', /on purpose/);
    },
  }),

  conforms('app.fault-reported', '`UnsupportedScope` is an answer and no fault', {
    app: {},
    async client(t) {
      for (const type of TYPES) equal((await ASKED[type](t)).status, 501);
      deepEqual(await faultsOf(t), []);
    },
  }),

  // The scope.

  ...TYPES.map((type) =>
    conforms(
      'scope.gateway-marker',
      `a scope of type \`${type}\` has the version of the interface`,
      {
        app: anyType(async ({ gateway }, _receive, send, stage) => {
          stage.note('gateway', gateway);
          await send({ ...start, status: 403 });
          await send(end);
        }),
        async client(t) {
          await ASKED[type](t);
          const { interface: version } = await t.seen<{ interface: string }>('gateway');
          equal(version, INTERFACE_VERSION);
        },
      },
    ),
  ),

  conforms('scope.gateway-marker', 'the scope of the lifespan has the version of the interface', {
    app: {
      async lifespan(scope, receive, send, stage) {
        stage.note('interface', scope.gateway.interface);
        await accepting({})(scope, receive, send, stage);
      },
    },
    async client(t) {
      equal(await t.seen('interface'), INTERFACE_VERSION);
    },
  }),

  conforms('scope.id-unique', 'no two scopes have one id', {
    app: {
      ...noting('id', (scope) => (scope as { id?: unknown }).id),
      async lifespan(scope, receive, send, stage) {
        stage.note('id', scope.id);
        await accepting({ tunnel: 1 }, [TUNNEL])(scope, receive, send, stage);
      },
    },
    async client(t) {
      for (let round = 0; round < 3; round++) for (const type of TYPES) await ASKED[type](t);
      const ids = new Set<unknown>();
      for (let i = 0; i < 10; i++) {
        const id = await t.seen('id');
        equal(typeof id, 'string');
        ids.add(id);
      }
      equal(ids.size, 10);
    },
  }),

  conforms('scope.id-unique', 'conversations on one connection have different ids', {
    drivers: ['h1', 'h2'],
    why: 'the driver memory has no connections',
    app: noting('id', (scope) => (scope as { id?: unknown }).id),
    async client(t) {
      const connection = await t.connect();
      await connection.fetch();
      await connection.fetch();
      notEqual(await t.seen('id'), await t.seen('id'));
    },
  }),

  ...TYPES.map((type) =>
    conforms('scope.plain-data', `a scope of type \`${type}\` is plain data but for \`local\``, {
      app: noting('unplain', ({ local: _, ...rest }: { type: string; local?: unknown }) =>
        unplain(rest),
      ),
      async client(t) {
        await ASKED[type](t, '/path?query');
        deepEqual(await t.seen('unplain'), []);
      },
    }),
  ),

  conforms('scope.plain-data', 'the scope of the lifespan is plain data but for `local`', {
    app: {
      async lifespan(scope, receive, send, stage) {
        const { local: _, ...rest } = scope;
        stage.note('unplain', unplain(rest));
        await accepting({})(scope, receive, send, stage);
      },
    },
    async client(t) {
      deepEqual(await t.seen('unplain'), []);
    },
  }),

  // Events.

  conforms('event.plain-data', 'the events of a request are plain data that does not change', {
    app: {
      async http(_scope, receive, send, stage) {
        const events: { readonly type: string }[] = [];
        const copies: unknown[] = [];
        const take = async () => {
          const event = await receive();
          events.push(event);
          copies.push(structuredClone(event));
          return event;
        };
        await receiveAll(take);
        await send(start);
        await send(end);
        await take();
        await take();
        stage.note('types', [...new Set(events.map(({ type }) => type))]);
        stage.note('unplain', unplain(events));
        stage.note('unchanged', isDeepStrictEqual(events, copies));
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      for (let i = 0; i < 8; i++) await stream.write(new Uint8Array(20_000).fill(i));
      await stream.end([['x-sum', 'abc']]);
      await stream.whole();
      deepEqual(await t.seen('types'), ['http.request.body', 'http.request.end', 'http.closed']);
      deepEqual(await t.seen('unplain'), []);
      equal(await t.seen('unchanged'), true, 'an event has changed after it was received');
    },
  }),

  conforms('event.plain-data', 'messages are plain data that does not change', {
    app: {
      async websocket(_scope, receive, send, stage) {
        await send({ type: 'websocket.accept' });
        const events: { readonly type: string }[] = [];
        const copies: unknown[] = [];
        do {
          const event = await receive();
          events.push(event);
          copies.push(structuredClone(event));
        } while (events.at(-1)?.type !== 'websocket.closed');
        stage.note('unplain', unplain(events));
        stage.note('unchanged', isDeepStrictEqual(events, copies));
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      for (let i = 0; i < 4; i++) {
        await socket.data(new Uint8Array(10_000).fill(i));
        await socket.text(`text ${i}`);
      }
      await socket.close(1000);
      deepEqual(await t.seen('unplain'), []);
      equal(await t.seen('unchanged'), true, 'an event has changed after it was received');
    },
  }),

  conforms('event.plain-data', 'the events of a tunnel are plain data that does not change', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send({ type: 'tunnel.accept' });
        const events: { readonly type: string }[] = [];
        const copies: unknown[] = [];
        do {
          const event = await receive();
          events.push(event);
          copies.push(structuredClone(event));
          if (event.type === 'tunnel.end') await send({ type: 'tunnel.end' });
        } while (events.at(-1)?.type !== 'tunnel.closed');
        stage.note('unplain', unplain(events));
        stage.note('unchanged', isDeepStrictEqual(events, copies));
      },
    },
    async client(t) {
      const stream = await t.tunnel();
      await stream.head();
      for (let i = 0; i < 8; i++) await stream.write(new Uint8Array(20_000).fill(i));
      await stream.end();
      deepEqual(await t.seen('unplain'), []);
      equal(await t.seen('unchanged'), true, 'an event has changed after it was received');
    },
  }),

  conforms('event.plain-data', 'the events of a lifespan are plain data', {
    app: {
      async lifespan(_scope, receive, send, stage) {
        stage.note('unplain', unplain(await receive()));
        await send({ type: 'lifespan.ready' });
        stage.note('unplain', unplain(await receive()));
        stage.note('unplain', unplain(await receive()));
      },
    },
    async client(t) {
      deepEqual(await t.seen('unplain'), []);
      t.operator.drain();
      deepEqual([await t.seen('unplain'), await t.seen('unplain')], [[], []]);
    },
  }),

  ...Object.entries(MALFORMED).map(([title, events]) =>
    conforms('event.shape', `${title} is rejected, and nothing comes of it`, {
      app: sendsAnyway(events),
      async client(t) {
        const { status, text, ending } = await t.fetch();
        deepEqual({ status, text, ending }, { status: 200, text: 'unharmed', ending: 'end' });
        const outcomes = await sent(t, events.length);
        for (const [at, outcome] of outcomes.entries()) {
          equal(outcome, 'event.shape', `event ${at + 1} of the table: ${outcome}`);
        }
      },
    }),
  ),

  conforms(
    'event.shape',
    'both and none of the fields of which there is exactly one are rejected',
    {
      app: {
        async websocket(_scope, _receive, send, stage) {
          await send({ type: 'websocket.accept' });
          for (const fields of [{}, { text: 'a', data: octets('b') }, { text: undefined }]) {
            const event = { type: 'websocket.message', ...fields } as never;
            stage.note('sent', await stage.misuse(send(event)));
          }
          await send({ type: 'websocket.message', text: 'unharmed' });
        },
      },
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        deepEqual(await sent(t, 3), ['event.shape', 'event.shape', 'event.shape']);
        equal(textOf(await socket.next()), 'unharmed');
      },
    },
  ),

  conforms('event.shape', 'a malformed event of the lifespan is rejected', {
    app: {
      async lifespan(scope, receive, send, stage) {
        for (const event of [
          null,
          { type: 'lifespan.failed' },
          { type: 'lifespan.ready', accepts: ['tunnel'] },
          { type: 'lifespan.ready', accepts: { tunnel: 'x' } },
          { type: 'lifespan.ready', tunnels: 'echo' },
        ]) {
          stage.note('sent', await stage.misuse(send(event as never)));
        }
        await accepting({})(scope, receive, send, stage);
      },
    },
    async client(t) {
      deepEqual(await sent(t, 5), Array(5).fill('event.shape'));
    },
  }),

  conforms('event.default-applied', 'a response without `headers` and `trailers` has none', {
    app: sends({ type: 'http.informational', status: 103 }, start, body('x'), end),
    async client(t) {
      const { informational, headers, text, trailers } = await t.fetch();
      deepEqual(
        informational.map(({ headers }) => ownFields(headers)),
        [[]],
      );
      deepEqual(ownFields(headers), []);
      deepEqual(trailers, []);
      equal(text, 'x');
      deepEqual(await sent(t, 4), Array(4).fill('none'));
    },
  }),

  conforms(
    'event.default-applied',
    'a close without `code` and `reason` is one with 1000 and none',
    {
      app: {
        async websocket(_scope, _receive, send) {
          await send({ type: 'websocket.accept' });
          await send({ type: 'websocket.close' });
        },
      },
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        const event = await socket.next();
        equal(event.type, 'close');
        if (event.type === 'close') deepEqual([event.code, event.reason], [1000, '']);
      },
    },
  ),

  conforms('event.default-applied', 'a tunnel that is accepted without `datagrams` has none', {
    app: {
      async tunnel(_scope, _receive, send, stage) {
        await send({ type: 'tunnel.accept' });
        stage.note(
          'sent',
          await stage.misuse(send({ type: 'tunnel.datagram', data: octets('x') })),
        );
        await send({ type: 'tunnel.data', data: octets('octets') });
      },
    },
    async client(t) {
      const stream = await t.tunnel();
      await stream.head();
      equal(await stream.readText(6), 'octets');
      deepEqual(await sent(t, 1), ['tunnel.datagram.permitted']);
    },
  }),

  conforms('event.default-applied', '`lifespan.ready` without `tunnels` declares none', {
    app: {
      ...noting('type', (scope) => scope.type),
      lifespan: accepting({ tunnel: 1 }),
    },
    async client(t) {
      const { status } = await ASKED.tunnel(t);
      if (t.version === '2') equal(status, 501);
      else equal(await t.seen('type'), 'http');
    },
  }),

  ...Object.entries({
    'a type that nobody knows': { type: 'org.example.jump' },
    'a type that is a near miss': { type: 'http.response.begin', status: 200 },
    'the name of a member that every object has': { type: 'constructor' },
    'an event that is only received': { type: 'http.request.end', trailers: [] },
    'an event of a WebSocket': { type: 'websocket.accept' },
    'an event of a tunnel': { type: 'tunnel.accept' },
    'an event of the lifespan': { type: 'lifespan.ready' },
    'a trigger of a machine': { type: 'application.returns' },
  }).map(([title, event]) =>
    conforms('event.unknown-type-misuse', `${title} is rejected in an HTTP conversation`, {
      app: sendsAnyway([event]),
      async client(t) {
        const { status, text } = await t.fetch();
        deepEqual({ status, text }, { status: 200, text: 'unharmed' });
        deepEqual(await sent(t, 1), ['event.unknown-type-misuse']);
      },
    }),
  ),

  conforms('event.unknown-type-misuse', 'an event of a response is rejected in the lifespan', {
    app: {
      async lifespan(scope, receive, send, stage) {
        for (const event of [start, refuse, { type: 'lifespan.startup' }]) {
          stage.note('sent', await stage.misuse(send(event as never)));
        }
        await accepting({})(scope, receive, send, stage);
      },
    },
    async client(t) {
      deepEqual(await sent(t, 3), Array(3).fill('event.unknown-type-misuse'));
    },
  }),

  conforms('event.unknown-type-misuse', 'a discard is rejected where a request has no body', {
    app: anyType(async (_scope, _receive, send, stage) => {
      stage.note('sent', await stage.misuse(send(discard as never)));
      await send({ ...start, status: 403 });
      await send(end);
    }),
    async client(t) {
      equal((await ASKED.websocket(t)).status, 403);
      equal((await ASKED.tunnel(t)).status, 403);
      deepEqual(await sent(t, 2), Array(2).fill('event.unknown-type-misuse'));
    },
  }),

  conforms('event.unknown-keys-ignored', 'keys that an event does not declare change nothing', {
    app: sends(
      { ...hints, 'org.example.key': 1 } as never,
      { ...start, status: 201, reason: 'Made', 'org.example.key': () => {}, 'a!': null } as never,
      { ...body('unharmed'), offset: 'x', text: 7 } as never,
      { ...end, status: 500, __proto__: { trailers: 'x' } } as never,
    ),
    async client(t) {
      const { status, text, ending, informational } = await t.fetch();
      deepEqual(await sent(t, 3), Array(3).fill('none'));
      deepEqual({ status, text }, { status: 201, text: 'unharmed' });
      equal(informational.length, 1);
      ok(ending);
    },
  }),

  ...[
    { ...start, '!org.example.key': 1 },
    { ...start, '!trailers': [] },
    { ...start, '!': 1 },
    { ...start, '!org.example.key': undefined },
    { ...hints, '!org.example.key': true },
    { ...refuse, '!org.example.key': true },
  ].map((event) => {
    const key = Object.keys(event).find((name) => name.startsWith('!'));
    const value = String((event as Record<string, unknown>)[key ?? '']);
    return conforms(
      'event.must-understand',
      `\`${event.type}\` with the key \`${key}\` (${value}) is rejected`,
      {
        app: sendsAnyway([event]),
        async client(t) {
          const { status, text, informational } = await t.fetch();
          deepEqual({ status, text }, { status: 200, text: 'unharmed' });
          deepEqual(informational, []);
          deepEqual(await sent(t, 1), ['event.must-understand']);
        },
      },
    );
  }),

  ...CHECKED.map(({ title, before = [], event, requirement }) =>
    conforms('event.check-order', title, {
      app: sends(...before, event as HttpSendEvent, ...(before.length ? [] : [start]), end),
      async client(t) {
        equal((await t.fetch()).status, 200);
        equal((await sent(t, before.length + 1)).at(-1), requirement);
      },
    }),
  ),

  conforms('event.check-order', 'the feature is looked at before keys, fields and the state', {
    app: {
      lifespan: accepting({ tunnel: 1 }, [TUNNEL]),
      async tunnel(_scope, _receive, send, stage) {
        const event = { type: 'tunnel.datagram', data: 'text', '!org.example.key': 1 };
        stage.note('sent', await stage.misuse(send(event as never)));
        await send({ ...start, status: 403 });
        await send(end);
      },
    },
    async client(t) {
      equal((await ASKED.tunnel(t)).status, 403);
      deepEqual(await sent(t, 1), ['feature.only-accepted']);
    },
  }),

  conforms('event.check-order', 'a malformed event is Misuse even when the peer is lost', {
    app: {
      async http({ local }, _receive, send, stage) {
        stage.note('called');
        await signalled(local.cancel);
        for (const event of [null, { type: 'x' }, { ...start, '!x': 1 }, { ...start, status: 1 }]) {
          stage.note('sent', await stage.outcome(send(event as never)));
        }
        stage.note('sent', await stage.outcome(send(start)));
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      await t.seen('called');
      stream.leave();
      deepEqual(await sent(t, 5), [
        'Misuse: event.shape',
        'Misuse: event.unknown-type-misuse',
        'Misuse: event.must-understand',
        'Misuse: event.shape',
        'Closed: connection_lost',
      ]);
    },
  }),

  // Receiving and sending.

  ...TYPES.map((type) =>
    conforms('receive.single', `a second \`receive\` beside a pending one is rejected (${type})`, {
      app: anyType(async (_scope, receive, send, stage) => {
        // Nothing comes before the end of the response, but the end of a request.
        if (type === 'http') await receive();
        const first = receive();
        stage.note('second', await stage.misuse(receive()));
        stage.note('third', await stage.misuse(receive()));
        await send({ ...start, status: 403 });
        await send(end);
        stage.note('first', (await first).type);
        stage.note('later', await stage.outcome(receive()));
      }),
      async client(t) {
        equal((await ASKED[type](t)).status, 403);
        equal(await t.seen('second'), 'receive.single');
        equal(await t.seen('third'), 'receive.single');
        equal(await t.seen('first'), 'http.closed');
        equal(await t.seen('later'), 'accepted');
      },
    }),
  ),

  conforms('receive.single', 'a second `receive` of the lifespan is rejected', {
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send({ type: 'lifespan.ready' });
        const first = receive();
        stage.note('second', await stage.misuse(receive()));
        stage.note('first', (await first).type);
      },
    },
    async client(t) {
      equal(await t.seen('second'), 'receive.single');
      t.operator.drain();
      equal(await t.seen('first'), 'lifespan.drain');
    },
  }),

  conforms('receive.single', 'the pending one still gets its event', {
    app: {
      async http(_scope, receive, send, stage) {
        const first = receive();
        await stage.misuse(receive());
        stage.note('waiting');
        const event = await first;
        stage.note('first', event);
        stage.note('next', (await receive()).type);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      await t.seen('waiting');
      await stream.write('piece');
      deepEqual(await t.seen('first'), { type: 'http.request.body', data: octets('piece') });
      await stream.end();
      equal(await t.seen('next'), 'http.request.end');
      equal((await stream.whole()).status, 200);
    },
  }),

  conforms('send.ordered', 'calls that nobody waits for are applied in their order', {
    app: {
      async http(_scope, _receive, send) {
        const sends = [send(hints), send(start)];
        for (let i = 0; i < 200; i++) sends.push(send(body(`${i} ${'.'.repeat(i * 7)}\n`)));
        sends.push(send({ ...end, trailers: [['x-last', 'yes']] }));
        await Promise.all(sends);
      },
    },
    async client(t) {
      const { informational, text, trailers, ending } = await t.fetch();
      equal(informational.length, 1);
      equal(text, Array.from({ length: 200 }, (_, i) => `${i} ${'.'.repeat(i * 7)}\n`).join(''));
      deepEqual(trailers, [['x-last', 'yes']]);
      equal(ending, 'end');
    },
  }),

  conforms('send.ordered', 'a rejected call between others takes nothing from their order', {
    app: {
      async http(_scope, _receive, send, stage) {
        const sends = [start, body('a'), start, body('b'), body('c'), end, body('d')].map((event) =>
          stage.misuse(send(event)),
        );
        stage.note('sent', await Promise.all(sends));
      },
    },
    async client(t) {
      equal((await t.fetch()).text, 'abc');
      deepEqual(await t.seen('sent'), [
        'none',
        'none',
        'http.start-once',
        'none',
        'none',
        'none',
        'http.nothing-after-end',
      ]);
    },
  }),

  // State machines.

  ...Object.entries(WAYS).map(([state, way]) =>
    conforms('event.by-table', `in the state \`${state}\` every event is taken as its row says`, {
      app: {
        async http({ path, local }, _receive, send, stage) {
          for (const event of way) await send(event);
          stage.note('ready');
          if (state === 'lost') await signalled(local.cancel);
          const event = PLAIN.find(({ type }) => path === `/${type}`);
          if (event) stage.note('sent', await stage.outcome(send(event)));
        },
      },
      async client(t) {
        for (const { type } of PLAIN) {
          const stream = await t.request({ target: `/${type}`, method: 'POST', open: true });
          await t.seen('ready');
          if (state === 'lost') stream.leave();
          equal(await t.seen('sent'), expected(type, state), `${type} in the state ${state}`);
          stream.leave();
        }
      },
    }),
  ),

  conforms(
    'event.every-machine',
    'a start that one machine rejects leaves the other where it was',
    {
      app: {
        async websocket(_scope, _receive, send, stage) {
          for (const event of [start, hints, { ...start, status: 403 }, end]) {
            stage.note('sent', await stage.misuse(send(event)));
          }
        },
      },
      async client(t) {
        const { status, informational } = await ASKED.websocket(t);
        equal(status, 403);
        equal(informational.length, 1, 'the response was committed by the rejected start');
        deepEqual(await sent(t, 4), ['websocket.denial', 'none', 'none', 'none']);
      },
    },
  ),

  conforms('event.every-machine', 'an acceptance whose fields are rejected accepts no WebSocket', {
    app: {
      async websocket(_scope, _receive, send, stage) {
        for (const headers of [[['Broken Name', 'x']], [['connection', 'close']], []] as const) {
          stage.note('sent', await stage.misuse(send({ type: 'websocket.accept', headers })));
        }
        await send({ type: 'websocket.message', text: 'unharmed' });
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      deepEqual(await sent(t, 3), ['http.field-syntax', 'http.hop-by-hop', 'none']);
      equal(textOf(await socket.next()), 'unharmed');
    },
  }),

  conforms('event.every-machine', 'an acceptance whose fields are rejected accepts no tunnel', {
    app: {
      async tunnel(_scope, _receive, send, stage) {
        for (const headers of [[['content-length', '0']], []] as const) {
          stage.note('sent', await stage.misuse(send({ type: 'tunnel.accept', headers })));
        }
        await send({ type: 'tunnel.data', data: octets('unharmed') });
      },
    },
    async client(t) {
      const stream = await t.tunnel();
      equal((await stream.head()).status, t.version === '2' ? 200 : 101);
      equal(await stream.readText(8), 'unharmed');
      deepEqual(await sent(t, 2), ['http.length.forbidden', 'none']);
    },
  }),

  conforms(
    'event.every-machine',
    'a start that would accept a CONNECT leaves both machines alone',
    {
      app: {
        lifespan: accepting({ tunnel: 1 }, ['CONNECT']),
        async tunnel(_scope, _receive, send, stage) {
          for (const event of [start, hints, { type: 'tunnel.accept' } as const]) {
            stage.note('sent', await stage.misuse(send(event)));
          }
          await send({ type: 'tunnel.data', data: octets('unharmed') });
        },
      },
      async client(t) {
        const stream = await t.tunnel({ connect: true });
        equal((await stream.head()).status, 200);
        equal(await stream.readText(8), 'unharmed');
        deepEqual(await sent(t, 3), ['tunnel.refuse', 'none', 'none']);
      },
    },
  ),

  ...TYPES.map((type) =>
    conforms(
      'event.closed-first',
      `what would be Misuse is Closed once the peer is lost (${type})`,
      {
        app: anyType(async ({ local }, _receive, send, stage) => {
          await send({ ...start, status: 403 });
          stage.note('called');
          await signalled(local.cancel);
          const events = [start, { ...hints, headers: [['connection', 'x']] as const }, refuse];
          for (const event of events) stage.note('sent', await stage.outcome(send(event)));
        }),
        async client(t) {
          const stream =
            type === 'websocket'
              ? (await t.websocket()).stream
              : await (type === 'tunnel' ? t.tunnel() : t.request());
          await t.seen('called');
          stream.reset();
          deepEqual(await sent(t, 3), Array(3).fill('Closed: peer_reset'));
        },
      },
    ),
  ),

  // Errors.

  ...REJECTED.map(({ title, before, events, after }) =>
    conforms('misuse.no-effect', title, {
      app: sends(...before, ...(events as readonly HttpSendEvent[]), ...after),
      async client(t) {
        const { status, text, ending, informational, trailers } = await t.fetch();
        deepEqual(
          { status, text, ending, informational, trailers },
          { status: 200, text: 'unharmed', ending: 'end', informational: [], trailers: [] },
        );
        const outcomes = await sent(t, before.length + events.length + after.length);
        for (const [at, outcome] of outcomes.entries()) {
          const rejected = at >= before.length && at < before.length + events.length;
          equal(outcome !== 'none', rejected, `event ${at + 1}: ${outcome}`);
          ok(!outcome.startsWith('Closed'), `event ${at + 1}: ${outcome}`);
        }
      },
    }),
  ),

  conforms(
    'misuse.no-effect',
    'a rejected informational response does not stand against a refusal',
    {
      app: sends({ ...hints, headers: [['te', 'x']] }, refuse),
      async client(t) {
        equal((await t.fetch()).status, 0);
        deepEqual(await sent(t, 2), ['http.hop-by-hop', 'none']);
      },
    },
  ),

  conforms('misuse.no-effect', 'a rejected discard loses nothing of the request', {
    app: {
      async http(_scope, receive, send, stage) {
        await stage.misuse(send({ ...discard, '!org.example.key': 1 } as never));
        stage.note(
          'types',
          (await receiveAll(receive)).map(({ type }) => type),
        );
        stage.note('sent', await stage.misuse(send(discard)));
        await send(start);
        await send(body('unharmed'));
        await send(end);
      },
    },
    async client(t) {
      const { text } = await t.fetch({ body: 'a body' });
      equal(text, 'unharmed');
      deepEqual(await t.seen('types'), ['http.request.body', 'http.request.end']);
      deepEqual(await sent(t, 1), ['http.request.discard-open']);
    },
  }),

  conforms('misuse.names-requirement', 'every Misuse has the id of a requirement', {
    app: {
      async http(_scope, receive, send, stage) {
        const told = async (promise: Promise<unknown>) =>
          stage.note(
            'error',
            await promise.then(
              () => ({ name: 'none' }),
              ({ name, requirement }) => ({ name, requirement }),
            ),
          );
        const rejected: readonly unknown[] = [
          null,
          { type: 'x' },
          { type: 'tunnel.accept' },
          { ...start, '!x': 1 },
          { ...start, status: 1 },
          { ...start, headers: [['A', 'x']] },
          { ...start, headers: [['te', 'x']] },
          { ...start, headers: [['content-length', 'x']] },
          { ...hints, headers: [['content-length', '0']] },
          body('x'),
        ];
        for (const event of rejected) await told(send(event as never));
        await send(start);
        for (const event of [start, hints, refuse]) await told(send(event));
        await told(send({ ...end, trailers: [['content-length', '0']] }));
        await send(end);
        await told(send(end));
        await receive();
        await told(send(discard));
        await receive();
        await told(send(discard));
      },
    },
    async client(t) {
      await t.fetch();
      for (let i = 0; i < 17; i++) {
        const { name, requirement = '' } = await t.seen<{ name: string; requirement?: string }>(
          'error',
        );
        equal(name, 'Misuse', `rejection ${i + 1} is ${name}`);
        ok(Object.hasOwn(REQUIREMENTS, requirement), `no requirement is named \`${requirement}\``);
      }
    },
  }),

  ...(['open', 'committed'] as const).map((state) =>
    conforms('closed.on-send', `every event of an ${state} response fails once the peer is lost`, {
      app: {
        async http({ local }, _receive, send, stage) {
          if (state === 'committed') await send(start);
          stage.note('called');
          await signalled(local.cancel);
          for (const event of [hints, start, body('x'), body(''), end, abort, refuse]) {
            stage.note('sent', await stage.outcome(send(event)));
          }
        },
      },
      async client(t) {
        const stream = await t.request({ open: true });
        await t.seen('called');
        stream.leave();
        deepEqual(await sent(t, 7), Array(7).fill('Closed: connection_lost'));
      },
    }),
  ),

  conforms('closed.on-send', 'a discard sends nothing to the peer and does not fail', {
    app: {
      async http({ local }, receive, send, stage) {
        stage.note('called');
        await signalled(local.cancel);
        stage.note('sent', await stage.outcome(send(discard)));
        stage.note('sent', await stage.outcome(send(discard)));
        await receive();
        stage.note('sent', await stage.outcome(send(discard)));
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      await t.seen('called');
      stream.leave();
      deepEqual(await sent(t, 3), ['accepted', 'accepted', 'Misuse: http.request.discard-open']);
    },
  }),

  ...Object.entries({ ended: [start, end], aborted: [start, abort], refused: [refuse] }).map(
    ([state, events]) =>
      conforms('closed.on-send', `behind a response that was ${state} no event is Closed`, {
        app: {
          async http(_scope, _receive, send, stage) {
            for (const event of events) await send(event);
            stage.note('called');
            await stage.reached('left');
            await stage.turns();
            for (const event of [hints, body('x'), end, abort, refuse]) {
              stage.note('sent', await stage.outcome(send(event)));
            }
          },
        },
        async client(t) {
          const stream = await t.request({ open: true });
          await t.seen('called');
          stream.leave();
          await t.open('left');
          deepEqual(await sent(t, 5), Array(5).fill('Misuse: http.nothing-after-end'));
        },
      }),
  ),

  conforms('closed.not-an-error', 'a `send` that fails as the peer leaves is no fault', {
    app: {
      async http({ local }, _receive, send, stage) {
        await send(start);
        stage.note('called');
        await signalled(local.cancel);
        await send(body('x'));
      },
    },
    async client(t) {
      const stream = await t.request();
      await t.seen('called');
      stream.reset();
      equal((await t.seen<Ending>(ENDED)).name, 'Closed');
      deepEqual(await faultsOf(t), []);
    },
  }),

  conforms('closed.not-an-error', 'the reason of the signal, thrown on, is no fault', {
    app: {
      async http({ local }, _receive, _send, stage) {
        stage.note('called');
        await signalled(local.cancel);
        local.cancel.throwIfAborted();
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      await t.seen('called');
      stream.leave();
      equal((await t.seen<Ending>(ENDED)).name, 'Closed');
      deepEqual(await faultsOf(t), []);
    },
  }),

  ...TYPES.map((type) =>
    conforms('closed.not-an-error', `a Closed that no loss has caused is no fault (${type})`, {
      app: anyType(async () => {
        throw new Closed('peer_reset');
      }),
      async client(t) {
        equal((await ASKED[type](t)).status, 500);
        deepEqual(await faultsOf(t), []);
      },
    }),
  ),
]);
