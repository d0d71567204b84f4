// Conformance: features and versions (proposal 7).

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import {
  type AnySendEvent,
  EVENTS,
  FEATURES,
  type Fields,
  type HttpSendEvent,
  type LifespanScope,
  UnsupportedScope,
} from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import { TUNNEL } from '../names.ts';
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
  start,
  TYPES,
} from '../simple.ts';

type Features = Readonly<Record<string, readonly number[]>>;
type Lifespan = NonNullable<StageHandlers['lifespan']>;

/** Notes type, `gateway` and names of the scope, and answers 403. */
const noting = anyType(async ({ local: _, ...scope }, _receive, send, stage) => {
  stage.note('scope', scope);
  await send({ ...start, status: 403 });
  await send(end);
});

/** Accepts so much, and notes what was offered. */
const offered = (accepts: Readonly<Record<string, number>>, tunnels: readonly string[] = []) =>
  accepting(accepts, tunnels, async (startup, { local: _, ...scope }, _send, stage) => {
    stage.note('lifespan', scope);
    stage.note('offers', startup.type === 'lifespan.startup' ? startup.offers : startup);
  });

/** An application whose lifespan accepts so much, and which notes what was not asked for. */
const withOnly = (lifespan: Lifespan): StageHandlers => ({ ...noting, lifespan });

/** Tries to send a file, and answers. */
const triesFile: StageHandlers['http'] = async (_scope, _receive, send, stage) => {
  await send(start);
  stage.note(
    'file',
    await stage.misuse(send({ type: 'http.file', path: `${stage.root}/a.txt` } as HttpSendEvent)),
  );
  await send(end);
};

const FILES = { files: { 'a.txt': 'content' } } as const;

/** What the gateway would say of `http.file` if it did not know the feature. */
const UNSERVED = ['feature.only-accepted', 'event.unknown-type-misuse'];

/** Whether a tunnel that is asked for is given to the application as one. */
async function tunnelGiven(t: Parameters<(typeof ASKED)['tunnel']>[0]): Promise<boolean> {
  const { status } = await ASKED.tunnel(t);
  // Over HTTP/2 a CONNECT that is no tunnel is answered without the application (tunnel.undeclared-connect).
  if (status === 501) return false;
  equal(status, 403);
  return (await t.seen<{ type: string }>('scope')).type === 'tunnel';
}

/** A private name: a reverse domain name and at least one more label. */
const PRIVATE = /^[a-z0-9-]+(?:\.[a-z0-9-]+){2,}$/i;
const OURS = ['gateway', 'http', 'lifespan', 'tunnel', 'websocket'];

function assertPrivate(name: string): void {
  match(name, PRIVATE);
  ok(
    !OURS.includes(name.split('.')[0] ?? ''),
    `\`${name}\` begins like a name of this specification`,
  );
}

const REQUEST_SCOPE = [
  'type',
  'id',
  'gateway',
  'local',
  'http_version',
  'method',
  'scheme',
  'authority',
  'target',
  'path',
  'mount',
  'query',
  'headers',
  'content_length',
  'peer',
  'local_address',
  'forwarded',
  'tls',
  'limits',
  'upgrade',
];

/** Fields of each record that is in a scope, as the proposals declare them. */
const RECORDS: Readonly<Record<string, readonly string[]>> = {
  http: REQUEST_SCOPE,
  websocket: [...REQUEST_SCOPE, 'subprotocols'],
  tunnel: [...REQUEST_SCOPE, 'protocol', 'datagrams'],
  lifespan: ['type', 'id', 'gateway', 'local'],
  gateway: ['interface', 'software', 'features'],
  address: ['transport', 'address', 'port'],
  limits: [
    'send_buffer_octets',
    'receive_buffer_octets',
    'message_octets',
    'target_octets',
    'header_octets',
    'header_fields',
    'body_octets',
    'head_ms',
    'keep_alive_ms',
    'idle_ms',
    'startup_ms',
    'shutdown_ms',
    'drain_ms',
  ],
  upgrade: ['offers', 'via'],
};

function checkNames(record: string, value: object | null): void {
  for (const name of Object.keys(value ?? {})) {
    if (!RECORDS[record]?.includes(name)) assertPrivate(name);
  }
}

/** Values of the enums of a scope. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  type: ['http', 'websocket', 'tunnel'],
  http_version: ['1.0', '1.1', '2', '3'],
  transport: ['tcp', 'tls', 'quic', 'unix', 'memory'],
  via: ['upgrade', 'extended_connect'],
  datagrams: ['none', 'capsules', 'frames'],
};

function checkEnums(value: unknown): void {
  for (const [name, found] of Object.entries(value ?? {})) {
    if (name in ENUMS && !Array.isArray(value)) {
      ok(ENUMS[name]?.includes(found as string), `\`${name}\` is ${JSON.stringify(found)}`);
    } else if (typeof found === 'object' && found !== null) checkEnums(found);
  }
}

/** Every event that an application sends in conversations of a type, whole, so that only the state speaks against it. */
const SENT: Readonly<Record<string, AnySendEvent>> = {
  'http.request.discard': discard,
  'http.informational': hints,
  'http.response.start': { ...start, status: 403 },
  'http.response.body': body('x'),
  'http.response.end': end,
  'http.response.abort': abort,
  'http.refuse': refuse,
  'http.file': { type: 'http.file', path: '/' },
  'websocket.accept': { type: 'websocket.accept' },
  'websocket.message': { type: 'websocket.message', text: 'x' },
  'websocket.close': { type: 'websocket.close' },
  'lifespan.ready': { type: 'lifespan.ready' },
  'lifespan.failed': { type: 'lifespan.failed', message: 'x' },
  'lifespan.stopped': { type: 'lifespan.stopped' },
  'tunnel.accept': { type: 'tunnel.accept' },
  'tunnel.data': { type: 'tunnel.data', data: octets('x') },
  'tunnel.end': { type: 'tunnel.end' },
  'tunnel.abort': { type: 'tunnel.abort' },
  'tunnel.datagram': { type: 'tunnel.datagram', data: octets('x') },
};

const sentIn = (type: string) =>
  Object.entries(EVENTS).filter(
    ([, { direction, scope }]) => direction !== 'receive' && scope.includes(type),
  );

/** Ids that say that a gateway does not know what was sent. */
const UNKNOWN = ['event.unknown-type-misuse', 'event.shape', 'event.must-understand'];

export default area('features', 'Features and versions', [
  // Offering.

  conforms('feature.listed', 'what is listed has revisions in ascending order, each once', {
    gateway: FILES,
    app: noting,
    async client(t) {
      await t.fetch();
      const { features } = (await t.seen<{ gateway: { features: Features } }>('scope')).gateway;
      for (const [name, revisions] of Object.entries(features)) {
        ok(revisions.length > 0, `\`${name}\` is listed without a revision`);
        for (const [at, revision] of revisions.entries()) {
          ok(
            Number.isInteger(revision) && revision > (revisions[at - 1] ?? 0),
            `\`${name}\`: ${revisions}`,
          );
        }
      }
    },
  }),

  conforms('feature.listed', 'files are listed where they are served', {
    gateway: FILES,
    drivers: ['h1', 'h2'],
    why: 'the driver memory sends no files of the system',
    app: {
      async http(scope, receive, send, stage) {
        stage.note('features', scope.gateway.features);
        await triesFile(scope, receive, send, stage);
      },
    },
    async client(t) {
      equal((await t.fetch()).text, 'content');
      equal(await t.seen('file'), 'none');
      ok((await t.seen<Features>('features'))['http.file']?.includes(1));
    },
  }),

  conforms('feature.listed', 'what is not listed is not served', {
    app: {
      async http(scope, receive, send, stage) {
        stage.note('features', scope.gateway.features);
        await triesFile(scope, receive, send, stage);
      },
    },
    async client(t) {
      await t.fetch();
      if ('http.file' in (await t.seen<Features>('features'))) return;
      ok(UNSERVED.includes(await t.seen('file')));
    },
  }),

  conforms('feature.listed', 'tunnels are listed where they are served', {
    app: noting,
    async client(t) {
      const served = await tunnelGiven(t);
      await t.fetch();
      let scope = await t.seen<{ type: string; gateway: { features: Features } }>('scope');
      if (scope.type !== 'http') scope = await t.seen('scope');
      equal(scope.gateway.features.tunnel?.includes(1) ?? false, served);
    },
  }),

  conforms(
    'feature.stable-during-run',
    'every scope has the same `gateway`, and its features are the offer',
    {
      gateway: FILES,
      app: {
        ...noting,
        lifespan: offered({ tunnel: 1 }, [TUNNEL]),
      },
      async client(t) {
        const { gateway } = await t.seen<LifespanScope>('lifespan');
        deepEqual(gateway.features, await t.seen('offers'));
        for (let round = 0; round < 2; round++) {
          for (const type of TYPES) {
            await ASKED[type](t);
            deepEqual((await t.seen<{ gateway: unknown }>('scope')).gateway, gateway, type);
          }
        }
      },
    },
  ),

  conforms('feature.stable-during-run', 'what was not accepted stays on the list', {
    gateway: FILES,
    app: { ...noting, lifespan: offered({}) },
    async client(t) {
      const offers = await t.seen('offers');
      await t.fetch();
      deepEqual(
        (await t.seen<{ gateway: { features: Features } }>('scope')).gateway.features,
        offers,
      );
    },
  }),

  conforms(
    'feature.default-kept',
    'what is accepted by default is listed with its first revision',
    {
      gateway: FILES,
      app: noting,
      async client(t) {
        await t.fetch();
        const { features } = (await t.seen<{ gateway: { features: Features } }>('scope')).gateway;
        for (const [name, feature] of Object.entries(FEATURES)) {
          if (feature.default && name in features) equal(features[name]?.[0], 1, name);
        }
      },
    },
  ),

  // Accepting.

  conforms(
    'feature.default-stated',
    '`lifespan.ready` with `accepts`: what it names, and nothing else',
    {
      gateway: FILES,
      app: { ...noting, http: triesFile, lifespan: accepting({ tunnel: 1 }, [TUNNEL]) },
      async client(t) {
        equal(await tunnelGiven(t), true);
        await t.fetch();
        equal(await t.seen('file'), 'feature.only-accepted');
      },
    },
  ),

  conforms('feature.default-stated', '`lifespan.ready` with an empty `accepts`: nothing', {
    gateway: FILES,
    app: { http: triesFile, lifespan: accepting({}) },
    async client(t) {
      await t.fetch();
      equal(await t.seen('file'), 'feature.only-accepted');
    },
  }),

  conforms(
    'feature.default-stated',
    '`lifespan.ready` without `accepts`: nothing, not even what is accepted by default',
    {
      gateway: FILES,
      app: { http: triesFile, lifespan: accepting(undefined) },
      async client(t) {
        await t.fetch();
        equal(await t.seen('file'), 'feature.only-accepted');
      },
    },
  ),

  conforms('feature.default-stated', 'without lifespan: what is accepted by default', {
    gateway: FILES,
    drivers: ['h1', 'h2'],
    why: 'the driver memory sends no files of the system',
    app: {
      http: triesFile,
      async lifespan(scope) {
        throw new UnsupportedScope(scope.type);
      },
    },
    async client(t) {
      equal((await t.fetch()).text, 'content');
      equal(await t.seen('file'), 'none');
    },
  }),

  conforms('feature.default-stated', 'without lifespan: not what is not accepted by default', {
    app: withOnly(async (scope) => {
      throw new UnsupportedScope(scope.type);
    }),
    async client(t) {
      equal(await tunnelGiven(t), false);
    },
  }),

  // Using.

  conforms('feature.only-accepted', 'a file is rejected where files were not accepted', {
    gateway: FILES,
    app: { http: triesFile, lifespan: accepting({ tunnel: 1 }) },
    async client(t) {
      const { text, ending } = await t.fetch();
      deepEqual({ text, ending }, { text: '', ending: 'end' });
      equal(await t.seen('file'), 'feature.only-accepted');
    },
  }),

  conforms('feature.only-accepted', 'a file is rejected in every state', {
    gateway: FILES,
    app: {
      lifespan: accepting({}),
      async http(_scope, _receive, send, stage) {
        const file = async () =>
          stage.note('sent', await stage.misuse(send({ type: 'http.file', path: '/' } as never)));
        await file();
        await send(start);
        await send(end);
        await file();
      },
    },
    async client(t) {
      await t.fetch();
      deepEqual(await sent(t, 2), ['feature.only-accepted', 'feature.only-accepted']);
    },
  }),

  conforms('feature.only-accepted', 'a datagram is rejected where datagrams were not accepted', {
    app: {
      lifespan: accepting({ tunnel: 1 }, [TUNNEL]),
      async tunnel(_scope, _receive, send, stage) {
        await send({ type: 'tunnel.accept' });
        const event = { type: 'tunnel.datagram', data: octets('x') } as const;
        stage.note('sent', await stage.misuse(send(event)));
        await send({ type: 'tunnel.data', data: octets('unharmed') });
      },
    },
    async client(t) {
      const stream = await t.tunnel();
      await stream.head();
      equal(await stream.readText(8), 'unharmed');
      deepEqual(await sent(t, 1), ['feature.only-accepted']);
    },
  }),

  conforms(
    'feature.revision-exact',
    'a revision that was never published is not accepted, and changes nothing',
    {
      gateway: FILES,
      app: {
        ...noting,
        lifespan: accepting({}, [], async (_startup, _scope, send, stage) => {
          const event = {
            type: 'lifespan.ready',
            accepts: { tunnel: 2 },
            tunnels: [TUNNEL],
          } as const;
          stage.note('sent', await stage.misuse(send(event)));
        }),
      },
      async client(t) {
        deepEqual(await sent(t, 1), ['lifespan.accepts-offered']);
        equal(await tunnelGiven(t), false);
      },
    },
  ),

  conforms(
    'feature.revision-exact',
    'keys of no revision in force are ignored, and rejected with the mark',
    {
      app: sends(
        { ...start, urgency: 1, incremental: true } as never,
        { ...body('x'), '!incremental': true } as never,
        { ...end, incremental: true } as never,
      ),
      async client(t) {
        equal((await t.fetch()).status, 200);
        deepEqual(await sent(t, 3), ['none', 'event.must-understand', 'none']);
      },
    },
  ),

  conforms(
    'feature.not-unasked',
    'a tunnel is not given to an application that has not accepted tunnels',
    {
      app: withOnly(accepting({})),
      async client(t) {
        equal(await tunnelGiven(t), false);
        await t.fetch({
          method: 'CONNECT',
          target: 'other.example:443',
          authority: 'other.example:443',
          open: true,
        });
        await t.fetch({ target: '/last' });
        for (;;) {
          const { type, target } = await t.seen<{ type: string; target: string }>('scope');
          equal(type, 'http');
          if (target === '/last') break;
        }
      },
    },
  ),

  conforms(
    'feature.not-unasked',
    'a tunnel has no datagrams for an application that has not accepted them',
    {
      app: {
        lifespan: accepting({ tunnel: 1 }, [TUNNEL]),
        async tunnel({ datagrams }, receive, send, stage) {
          stage.note('datagrams', datagrams);
          await send({ type: 'tunnel.accept' });
          const types = new Set<string>();
          for (;;) {
            const event = await receive();
            types.add(event.type);
            if (event.type === 'tunnel.end') await send({ type: 'tunnel.end' });
            if (event.type === 'tunnel.closed') break;
          }
          stage.note('types', [...types]);
        },
      },
      async client(t) {
        const stream = await t.tunnel();
        await stream.head();
        // A capsule with a datagram, were it one: type 0, length 4.
        await stream.write(Uint8Array.of(0, 4, 1, 2, 3, 4));
        await stream.end();
        equal(await t.seen('datagrams'), 'none');
        deepEqual(await t.seen('types'), ['tunnel.data', 'tunnel.end', 'tunnel.closed']);
      },
    },
  ),

  conforms('feature.marked-keys', 'a marked key that is understood counts as without the mark', {
    app: sends(
      { type: 'http.informational', '!status': 103, '!headers': [['x-own', '1']] } as never,
      { type: 'http.response.start', '!status': 201, '!headers': [['x-own', '2']] } as never,
      { type: 'http.response.body', '!data': octets('marked') } as never,
      { type: 'http.response.end', '!trailers': [['x-sum', '3']] } as never,
    ),
    async client(t) {
      const { status, text, headers, trailers, informational } = await t.fetch();
      deepEqual(await sent(t, 4), Array(4).fill('none'));
      equal(informational.length, 1);
      deepEqual(
        { status, text, trailers },
        { status: 201, text: 'marked', trailers: [['x-sum', '3']] },
      );
      equal(headers.find(([name]) => name === 'x-own')?.[1], '2');
    },
  }),

  conforms('feature.marked-keys', 'of both, the one with the mark counts', {
    app: sends(
      { ...start, status: 500, '!status': 201, '!headers': [] as Fields } as never,
      { ...body('plain'), '!data': octets('marked') } as never,
      end,
    ),
    async client(t) {
      const { status, text } = await t.fetch();
      deepEqual({ status, text }, { status: 201, text: 'marked' });
      deepEqual(await sent(t, 3), ['none', 'none', 'none']);
    },
  }),

  conforms('feature.marked-keys', 'its value has to fit as without the mark', {
    app: sends(
      { ...start, '!status': '200' } as never,
      { ...start, '!headers': [['connection', 'close']] } as never,
      { ...start, status: 'x', '!status': 200 } as never,
      end,
    ),
    async client(t) {
      equal((await t.fetch()).status, 200);
      deepEqual(await sent(t, 4), ['event.shape', 'http.hop-by-hop', 'none', 'none']);
    },
  }),

  // Names and values.

  conforms(
    'feature.private-names',
    'features, types and fields that are not of this specification have private names',
    {
      gateway: FILES,
      app: {
        ...noting,
        lifespan: offered({ tunnel: 1, 'tunnel.datagram': 1 }, [TUNNEL]),
      },
      async client(t) {
        checkNames('lifespan', await t.seen<object>('lifespan'));
        const offers = await t.seen<Features>('offers');
        for (const name of Object.keys(offers)) if (!(name in FEATURES)) assertPrivate(name);
        for (const type of TYPES) {
          await ASKED[type](t);
          const scope = await t.seen<Record<string, object>>('scope');
          checkNames(type, scope);
          checkNames('gateway', scope.gateway ?? null);
          checkNames('address', scope.peer ?? null);
          checkNames('address', scope.local_address ?? null);
          checkNames('limits', scope.limits ?? null);
          checkNames('upgrade', scope.upgrade ?? null);
        }
      },
    },
  ),

  conforms(
    'feature.private-names',
    'events, and keys of events, that are not of this specification have private names',
    {
      app: {
        async http(_scope, receive, send, stage) {
          const events: { readonly type: string }[] = [...(await receiveAll(receive))];
          await send(start);
          await send(end);
          events.push(await receive());
          stage.note('events', events);
        },
        async websocket(_scope, receive, send, stage) {
          await send({ type: 'websocket.accept' });
          stage.note('events', [await receive(), await receive()]);
        },
        lifespan: accepting({}, [], async (startup, _scope, _send, stage) => {
          stage.note('events', [startup]);
        }),
      },
      async client(t) {
        const stream = await t.request({ open: true });
        await stream.write('x');
        await stream.end([['x-sum', '1']]);
        const socket = await t.websocket();
        await socket.accepted();
        await socket.text('x');
        await socket.close(1000);
        const seen = new Set<string>();
        for (let round = 0; round < 3; round++) {
          for (const { type, ...fields } of await t.seen<{ type: string }[]>('events')) {
            seen.add(type);
            const description = EVENTS[type];
            if (!description) assertPrivate(type);
            for (const name of Object.keys(fields)) {
              if (!description || !Object.hasOwn(description.fields, name)) assertPrivate(name);
            }
          }
        }
        equal(seen.size, 6);
      },
    },
  ),

  conforms('interface.values-closed', 'the enums of a scope have declared values', {
    app: noting,
    async client(t) {
      for (const type of TYPES) {
        await ASKED[type](t);
        const scope = await t.seen<object>('scope');
        checkEnums(scope);
      }
    },
  }),

  conforms('interface.values-closed', 'every way of losing a peer has a declared cause', {
    gateway: { limits: { body_octets: 100 } },
    app: {
      async http(_scope, receive, _send, stage) {
        stage.note('called');
        stage.note('closed', (await receiveAll(receive)).at(-1));
      },
    },
    async client(t) {
      const lost = async () => {
        const event = await t.seen<Record<string, unknown>>('closed');
        for (const [name, field] of Object.entries(EVENTS['http.closed']?.fields ?? {})) {
          if (field.type === 'enum')
            ok(field.values?.includes(event[name] as string), `${event[name]}`);
        }
      };
      for (const code of [undefined, 0, 1, 5, 8, 0xfeed]) {
        const stream = await t.request({ open: true });
        await t.seen('called');
        stream.reset(code);
        await lost();
      }
      const left = await t.request({ open: true });
      await t.seen('called');
      left.leave();
      await lost();
      const large = await t.request({ open: true });
      await t.seen('called');
      await large.write(new Uint8Array(101));
      await lost();
    },
  }),

  ...TYPES.map((type) =>
    conforms('interface.complete', `every event of a conversation of type \`${type}\` is known`, {
      app: anyType(async ({ path, gateway }, _receive, send, stage) => {
        const event = SENT[path.slice(1)] as unknown as HttpSendEvent & { type: 'http.refuse' };
        stage.note('feature', EVENTS[event.type]?.feature ?? null);
        stage.note('features', gateway.features);
        stage.note('sent', await stage.misuse(send(event)));
      }),
      async client(t) {
        for (const [name, { feature }] of sentIn(type)) {
          equal(SENT[name]?.type, name, `the case has no event \`${name}\``);
          const target = `/${name}`;
          const stream =
            type === 'websocket'
              ? (await t.websocket({ target })).stream
              : await (type === 'tunnel' ? t.tunnel({ target }) : t.request({ target }));
          const [outcome = ''] = await sent(t, 1);
          stream.reset();
          const features = await t.seen<Features>('features');
          if (feature !== undefined && !(feature in features)) continue;
          ok(![...UNKNOWN, 'feature.only-accepted'].includes(outcome), `${name}: ${outcome}`);
        }
      },
    }),
  ),

  conforms('interface.complete', 'every event of the lifespan is known', {
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send({ type: 'lifespan.ready' });
        for (const [name] of sentIn('lifespan')) {
          stage.note('sent', await stage.misuse(send(SENT[name] as never)));
        }
        await receive();
      },
    },
    async client(t) {
      const names = sentIn('lifespan').map(([name]) => name);
      const outcomes = await sent(t, names.length);
      for (const [at, name] of names.entries()) {
        ok(!UNKNOWN.includes(outcomes[at] ?? ''), `${name}: ${outcomes[at]}`);
      }
    },
  }),

  conforms('interface.complete', 'trailers and informational responses are served without asking', {
    app: {
      lifespan: accepting(undefined),
      ...sends(hints, start, body('x'), { ...end, trailers: [['x-sum', '1']] }),
    },
    async client(t) {
      const { informational, trailers } = await t.fetch();
      equal(informational.length, 1);
      deepEqual(trailers, [['x-sum', '1']]);
    },
  }),
]);
