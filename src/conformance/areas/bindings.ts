// Conformance: the binding for TypeScript (proposal 11). An application that shows it runs in the gateway's process, or is
// called by it through a worker: what counts is what the application is given, and what it can give.

import { deepEqual, equal, ok } from 'node:assert/strict';
import { types } from 'node:util';
import type { HttpSendEvent } from '../../interface/index.ts';
import { Closed, Misuse, UnsupportedScope } from '../../interface/index.ts';
import { area, conforms } from '../case.ts';
import type { Ending } from '../host.ts';
import { ENDED, TUNNEL } from '../names.ts';
import {
  ASKED,
  accepting,
  anyType,
  body,
  end,
  hints,
  octets,
  receiveAll,
  sends,
  sent,
  signalled,
  start,
  TYPES,
} from '../simple.ts';
import { field, ownFields } from '../stream.ts';

type Check = (value: unknown) => boolean;

const isString: Check = (value) => typeof value === 'string' && value.isWellFormed();
const isOctets: Check = (value) => typeof value === 'string' && /^[\0-\xff]*$/.test(value);
const isInteger: Check = (value) => Number.isSafeInteger(value);
const isBytes: Check = (value) => value instanceof Uint8Array;
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isFields = isListOf(
  (pair) => Array.isArray(pair) && pair.length === 2 && isString(pair[0]) && isOctets(pair[1]),
);
const isMapOf =
  (check: Check): Check =>
  (value) =>
    typeof value === 'object' && value !== null && Object.values(value).every(check);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const isRecord =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    wrong(value, fields).length === 0;

/** The fields of a record that have another form, or are not there. */
function wrong(value: unknown, fields: Readonly<Record<string, Check>>): string[] {
  return Object.entries(fields)
    .filter(([name, check]) => !check((value as Record<string, unknown>)[name]))
    .map(([name]) => name);
}

const ADDRESS = { transport: isString, address: isString, port: orNull(isInteger) };

const MARKER = isRecord({
  interface: isString,
  software: isString,
  features: isMapOf(isListOf(isInteger)),
});

const LOCAL = isRecord({
  cancel: (value) => value instanceof AbortSignal,
  state: isMapOf(() => true),
});

const LIFESPAN_SCOPE = { type: isString, id: isString, gateway: MARKER, local: LOCAL };

/** A request as the cases below make it: what can be null is checked where it is not. */
const REQUEST_SCOPE: Readonly<Record<string, Check>> = {
  ...LIFESPAN_SCOPE,
  http_version: isString,
  method: isString,
  scheme: isString,
  authority: isOctets,
  target: isOctets,
  path: isOctets,
  mount: isOctets,
  query: isOctets,
  headers: isFields,
  content_length: orNull(isInteger),
  peer: orNull(isRecord(ADDRESS)),
  local_address: orNull(isRecord(ADDRESS)),
  forwarded: (value) => value === null,
  tls: (value) => value === null,
  limits: isMapOf(orNull(isInteger)),
  upgrade: orNull(isRecord({ offers: isListOf(isString), via: isString })),
};

const SCOPES = {
  http: REQUEST_SCOPE,
  websocket: { ...REQUEST_SCOPE, subprotocols: isListOf(isString) },
  tunnel: { ...REQUEST_SCOPE, protocol: isString, datagrams: isString },
};

class Derived extends Uint8Array {}
class Items<T> extends Array<T> {}

/** An event whose fields are not its own properties. */
class Start {
  get type() {
    return 'http.response.start' as const;
  }
  get status() {
    return 201;
  }
}

/** Forms that the table has, as whole responses that arrive with status 201 and the text `taken`. */
const TAKEN: Readonly<Record<string, readonly unknown[]>> = {
  'a Buffer': [{ ...start, status: 201 }, { ...body(''), data: Buffer.from('taken') }, end],
  'an instance of a class derived from Uint8Array': [
    { ...start, status: 201 },
    { ...body(''), data: Derived.from(octets('taken')) },
    end,
  ],
  'a view of a part of a buffer': [
    { ...start, status: 201 },
    { ...body(''), data: octets('not taken, or').subarray(4, 9) },
    end,
  ],
  'frozen events and lists': [
    Object.freeze({
      ...start,
      status: 201,
      headers: Object.freeze([Object.freeze(['x-own', '1'])]),
    }),
    Object.freeze(body('taken')),
    Object.freeze({ ...end, trailers: Object.freeze([]) }),
  ],
  'lists of a class derived from Array': [
    { ...start, status: 201, headers: Items.from([Items.from(['x-own', '1'])]) },
    body('taken'),
    { ...end, trailers: new Items() },
  ],
  'events without a prototype': [
    Object.assign(Object.create(null), start, { status: 201 }),
    Object.assign(Object.create(null), body('taken')),
    Object.assign(Object.create(null), end),
  ],
  'an event whose fields are getters of its class': [new Start(), body('taken'), end],
  '`undefined` for what is absent': [
    { ...start, status: 201, headers: undefined },
    body('taken'),
    { ...end, trailers: undefined },
  ],
};

/** Forms that no field has, although each could be converted. */
const FOREIGN: readonly (readonly [what: string, event: unknown])[] = [
  ['a number as text', { ...start, status: '200' }],
  ['a Number object', { ...start, status: new Number(200) }],
  ['a bigint', { ...start, status: 200n }],
  ['an object with `valueOf`', { ...start, status: { valueOf: () => 200 } }],
  ['a fraction', { ...start, status: 200.5 }],
  ['null for what is absent', { ...start, headers: null }],
  ['a map of fields', { ...start, headers: { 'x-own': '1' } }],
  ['a Map of fields', { ...start, headers: new Map([['x-own', '1']]) }],
  ['Headers of the Fetch standard', { ...start, headers: new Headers([['x-own', '1']]) }],
  ['a Set of pairs', { ...start, headers: new Set([['x-own', '1']]) }],
  ['an iterator of pairs', { ...start, headers: [['x-own', '1']].values() }],
  ['a flat list of fields', { ...start, headers: ['x-own', '1'] }],
  ['records of name and value', { ...start, headers: [{ name: 'x-own', value: '1' }] }],
  ['a value that is a number', { ...start, headers: [['x-own', 1]] }],
  ['a value that is a list', { ...start, headers: [['x-own', ['1']]] }],
  ['a value in bytes', { ...start, headers: [['x-own', octets('1')]] }],
  ['a name in bytes', { ...start, headers: [[octets('x-own'), '1']] }],
  ['a String object', { ...start, headers: [[new String('x-own'), '1']] }],
  ['text in place of bytes', { ...body(''), data: 'text' }],
  ['a list in place of bytes', { ...body(''), data: [116] }],
  ['an ArrayBuffer', { ...body(''), data: octets('text').buffer }],
  ['a DataView', { ...body(''), data: new DataView(new ArrayBuffer(4)) }],
  ['a clamped array', { ...body(''), data: new Uint8ClampedArray(4) }],
  ['an array of signed octets', { ...body(''), data: new Int8Array(4) }],
  ['an array of 16 bits', { ...body(''), data: new Uint16Array(4) }],
  ['a Buffer as JSON', { ...body(''), data: Buffer.from('text').toJSON() }],
  ['a Blob', { ...body(''), data: new Blob(['text']) }],
  [
    'an object with the prototype of bytes',
    { ...body(''), data: Object.create(Uint8Array.prototype) },
  ],
  ['a code as text', { type: 'http.response.abort', code: '8' }],
  ['a type that is a String object', { type: new String('http.refuse') }],
];

const half = '\ud800';

/** The same in a WebSocket, with a sound event for each at last. */
const FOREIGN_MESSAGES: readonly (readonly [what: string, event: unknown])[] = [
  ['half of a surrogate pair in `text`', { type: 'websocket.message', text: `a${half}b` }],
  ['the other half', { type: 'websocket.message', text: '\udc00' }],
  ['a pair the wrong way round', { type: 'websocket.message', text: '\udc00\ud800' }],
  ['bytes as `text`', { type: 'websocket.message', text: octets('text') }],
  ['a String object as `text`', { type: 'websocket.message', text: new String('text') }],
  ['a number as `text`', { type: 'websocket.message', text: 7 }],
  ['text as `data`', { type: 'websocket.message', data: 'text' }],
  ['null beside `text`', { type: 'websocket.message', text: 'text', data: null }],
  ['a code as text', { type: 'websocket.close', code: '1000' }],
  ['half of a surrogate pair in `reason`', { type: 'websocket.close', reason: half }],
  ['bytes as `reason`', { type: 'websocket.close', reason: octets('bye') }],
];

const FOREIGN_READIES: readonly (readonly [what: string, fields: object])[] = [
  ['a list as `accepts`', { accepts: ['tunnel'] }],
  ['a Map as `accepts`', { accepts: new Map([['tunnel', 1]]) }],
  ['a revision as text', { accepts: { tunnel: '1' } }],
  ['a list of revisions', { accepts: { tunnel: [1] } }],
  ['a string as `tunnels`', { tunnels: TUNNEL }],
  ['a Set as `tunnels`', { tunnels: new Set([TUNNEL]) }],
  ['half of a surrogate pair in `tunnels`', { tunnels: [half] }],
  ['a Map as `state`', { state: new Map() }],
  ['a list as `state`', { state: [] }],
];

/** The paths of what can be changed in a value. */
function unfrozen(value: unknown, path: string): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  const rest = Object.entries(value).flatMap(([name, item]) => unfrozen(item, `${path}.${name}`));
  return Object.isFrozen(value) ? rest : [path, ...rest];
}

function unfrozenScope(scope: { readonly local: { readonly state: object } }): string[] {
  const { local, ...rest } = scope;
  return [
    ...(Object.isFrozen(scope) ? [] : ['scope']),
    ...(Object.isFrozen(local) ? [] : ['local']),
    ...(Object.isFrozen(local.state) ? [] : ['local.state']),
    ...Object.entries(rest).flatMap(([name, item]) => unfrozen(item, name)),
  ];
}

/** An error of another copy of the package: of its name, and of no class that the gateway knows. */
const foreign = (name: string, fields: object = {}) =>
  Object.assign(new Error(`an error named ${name}`), { name, ...fields });

/** What stands where a class was loaded twice. */
const OTHERS: readonly (readonly [what: string, make: (name: string) => unknown])[] = [
  ['an Error with the name', (name) => foreign(name)],
  [
    'an instance of a class of the same name',
    (name) =>
      new (class extends Error {
        override readonly name = name;
      })('of another copy'),
  ],
  ['a map with the name', (name) => ({ name })],
];

/** Events that cannot be read, or not twice. */
const UNREADABLE: readonly (readonly [what: string, make: () => unknown])[] = [
  ['undefined', () => undefined],
  [
    'a type whose getter throws',
    () => ({
      get type() {
        throw new Error('on purpose');
      },
    }),
  ],
  [
    'a field whose getter throws',
    () => ({
      type: 'http.response.start',
      get status() {
        throw new Error('on purpose');
      },
    }),
  ],
  [
    'a type that can be read once',
    () => {
      let reads = 0;
      return {
        get type() {
          reads += 1;
          if (reads > 1) throw new Error('on purpose');
          return 'org.example.unknown';
        },
      };
    },
  ],
  [
    'an event that does not tell its keys',
    () =>
      new Proxy(
        { type: 'org.example.unknown' },
        {
          ownKeys() {
            throw new Error('on purpose');
          },
        },
      ),
  ],
  [
    'a revoked proxy',
    () => {
      const { proxy, revoke } = Proxy.revocable({}, {});
      revoke();
      return proxy;
    },
  ],
];

/** Whether a call gives a native promise, and does not throw. Nobody is told of what the promise is rejected with. */
function promised(call: () => unknown): string {
  try {
    const result = call();
    if (!types.isPromise(result) || !(result instanceof Promise)) return `gives ${String(result)}`;
    result.catch(() => {});
    return 'a promise';
  } catch (error) {
    return `throws ${String(error)}`;
  }
}

/** Octets that tell where they stand. */
const pattern = (length: number, seed: number) =>
  Uint8Array.from({ length }, (_, at) => (at * 31 + seed) & 0xff);

/** Octets, with a copy that says later whether anybody has changed them. */
class Watched {
  readonly data: Uint8Array;
  readonly #copy: Uint8Array;

  constructor(data: Uint8Array) {
    this.data = data;
    this.#copy = data.slice();
  }

  get kept(): boolean {
    return (
      this.data.byteLength === this.#copy.byteLength && Buffer.compare(this.data, this.#copy) === 0
    );
  }
}

export default area('bindings', 'The binding for TypeScript', [
  // Forms.

  ...TYPES.map((type) =>
    conforms('binding.field-types', `the fields of a scope of type \`${type}\` have their forms`, {
      app: anyType(async (scope, _receive, send, stage) => {
        stage.note('wrong', wrong(scope, SCOPES[scope.type]));
        await send({ ...start, status: 403 });
        await send(end);
      }),
      async client(t) {
        await ASKED[type](t, '/path?query');
        deepEqual(await t.seen('wrong'), []);
      },
    }),
  ),

  conforms('binding.field-types', 'octets beyond ASCII are given as code units', {
    drivers: ['h1'],
    why: 'over HTTP/2 `http.target.raw` and `http.headers.order` show it',
    app: anyType(async (scope, _receive, send, stage) => {
      const { target, headers } = scope;
      stage.note('octets', [target, headers.find(([name]) => name === 'x-own')?.[1]]);
      stage.note('wrong', wrong(scope, { ...SCOPES[scope.type], query: orNull(isOctets) }));
      await send(start);
      await send(end);
    }),
    async client(t) {
      const raw = await t.raw();
      await raw.write(`GET /\xe9\xff HTTP/1.1\r\n${t.lines}x-own: \x80\xff\r\n\r\n`);
      deepEqual(await t.seen('octets'), ['/\xe9\xff', '\x80\xff']);
      deepEqual(await t.seen('wrong'), []);
    },
  }),

  conforms('binding.field-types', 'the lifespan has its forms', {
    app: {
      lifespan: accepting({}, [], async (startup, scope, _send, stage) => {
        stage.note('wrong', [
          ...wrong(scope, LIFESPAN_SCOPE),
          ...wrong(startup, {
            offers: isMapOf(isListOf(isInteger)),
            limits: isMapOf(orNull(isInteger)),
          }),
        ]);
      }),
    },
    async client(t) {
      deepEqual(await t.seen('wrong'), []);
    },
  }),

  conforms('binding.field-types', 'the events of a request have their forms', {
    app: {
      async http(_scope, receive, send, stage) {
        const events = [...(await receiveAll(receive))];
        await send(start);
        await send(end);
        const closed = await receive();
        stage.note(
          'wrong',
          [...events, closed].flatMap((event) => {
            if (event.type === 'http.request.body') return wrong(event, { data: isBytes });
            if (event.type === 'http.request.end') return wrong(event, { trailers: isFields });
            return wrong(event, { cause: isString, code: (code) => code === undefined });
          }),
        );
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      await stream.write('body');
      await stream.end([['x-sum', '1']]);
      deepEqual(await t.seen('wrong'), []);
    },
  }),

  conforms('binding.field-types', 'the events of a WebSocket have their forms', {
    app: {
      async websocket(_scope, receive, send, stage) {
        await send({ type: 'websocket.accept' });
        const [text, data, closed] = [await receive(), await receive(), await receive()];
        stage.note('wrong', [
          ...wrong(text, {
            text: (value) => value === 'a \u{1f600}',
            data: (value) => value === undefined,
          }),
          ...wrong(data, { data: isBytes, text: (value) => value === undefined }),
          ...wrong(closed, { code: isInteger, reason: isString, initiator: isString }),
          ...wrong(closed, { clean: (value) => typeof value === 'boolean' }),
        ]);
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      await socket.text('a \u{1f600}');
      await socket.data(octets('data'));
      await socket.close(1000, 'bye');
      deepEqual(await t.seen('wrong'), []);
    },
  }),

  conforms('binding.field-types', 'what is null and what is absent differ', {
    app: {
      async http({ query, peer }, receive, send, stage) {
        stage.note('query', query === null);
        stage.note('port', peer === null || peer.port !== undefined);
        await send(start);
        await send(end);
        stage.note('code', (await receiveAll(receive)).at(-1));
      },
    },
    async client(t) {
      await t.fetch({ target: '/path' });
      equal(await t.seen('query'), true);
      equal(await t.seen('port'), true);
    },
  }),

  ...Object.entries(TAKEN).map(([what, events]) =>
    conforms('binding.field-types', `${what}: accepted`, {
      app: sends(...(events as readonly HttpSendEvent[])),
      async client(t) {
        const { status, text, ending } = await t.fetch();
        deepEqual({ status, text, ending }, { status: 201, text: 'taken', ending: 'end' });
        deepEqual(await sent(t, 3), ['none', 'none', 'none']);
      },
    }),
  ),

  conforms('binding.field-types', 'octets beyond ASCII are taken as code units', {
    app: sends({ ...start, headers: [['x-own', '\x80\xff']] }, end),
    async client(t) {
      equal(field((await t.fetch()).headers, 'x-own'), '\x80\xff');
    },
  }),

  conforms('binding.field-types', 'text of every kind is taken', {
    app: {
      async websocket(_scope, _receive, send) {
        await send({ type: 'websocket.accept' });
        for (const text of ['', 'a\0b', '\u{1f600}', '\ud7ff\ue000\uffff', '\u{10ffff}']) {
          await send({ type: 'websocket.message', text });
        }
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      for (const text of ['', 'a\0b', '\u{1f600}', '\ud7ff\ue000\uffff', '\u{10ffff}']) {
        const received = await socket.next();
        equal(received.type === 'message' && 'text' in received && received.text, text);
      }
    },
  }),

  conforms('binding.no-coercion', 'events of a response with foreign forms are rejected', {
    app: {
      async http(_scope, _receive, send, stage) {
        for (const [, event] of FOREIGN)
          stage.note('sent', await stage.misuse(send(event as never)));
        await send(start);
        for (const [, event] of FOREIGN)
          stage.note('sent', await stage.misuse(send(event as never)));
        await send(body('unharmed'));
        await send(end);
      },
    },
    async client(t) {
      const { status, text, headers } = await t.fetch();
      deepEqual(
        { status, text, own: ownFields(headers) },
        { status: 200, text: 'unharmed', own: [] },
      );
      const outcomes = await sent(t, 2 * FOREIGN.length);
      for (const [at, outcome] of outcomes.entries()) {
        equal(outcome, 'event.shape', `${FOREIGN[at % FOREIGN.length]?.[0]}: ${outcome}`);
      }
    },
  }),

  conforms('binding.no-coercion', 'events of a WebSocket with foreign forms are rejected', {
    app: {
      async websocket(_scope, _receive, send, stage) {
        for (const subprotocol of [['a'], null, 7]) {
          const event = { type: 'websocket.accept', subprotocol } as never;
          stage.note('sent', await stage.misuse(send(event)));
        }
        await send({ type: 'websocket.accept' });
        for (const [, event] of FOREIGN_MESSAGES) {
          stage.note('sent', await stage.misuse(send(event as never)));
        }
        await send({ type: 'websocket.message', text: 'unharmed' });
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      const received = await socket.next();
      equal(received.type === 'message' && 'text' in received && received.text, 'unharmed');
      deepEqual(await sent(t, 3), Array(3).fill('event.shape'));
      const outcomes = await sent(t, FOREIGN_MESSAGES.length);
      for (const [at, [what]] of FOREIGN_MESSAGES.entries()) {
        equal(outcomes[at], 'event.shape', `${what}: ${outcomes[at]}`);
      }
    },
  }),

  conforms('binding.no-coercion', 'events of a tunnel with foreign forms are rejected', {
    app: {
      async tunnel(_scope, _receive, send, stage) {
        for (const datagrams of [1, 'true', null, new Boolean(true)]) {
          stage.note(
            'sent',
            await stage.misuse(send({ type: 'tunnel.accept', datagrams } as never)),
          );
        }
        await send({ type: 'tunnel.accept' });
        for (const data of ['text', [1], new ArrayBuffer(1)]) {
          stage.note('sent', await stage.misuse(send({ type: 'tunnel.data', data } as never)));
        }
        stage.note('sent', await stage.misuse(send({ type: 'tunnel.abort', code: '1' } as never)));
        await send({ type: 'tunnel.data', data: octets('unharmed') });
      },
    },
    async client(t) {
      const stream = await t.tunnel();
      await stream.head();
      equal(await stream.readText(8), 'unharmed');
      deepEqual(await sent(t, 8), Array(8).fill('event.shape'));
    },
  }),

  conforms('binding.no-coercion', 'events of the lifespan with foreign forms are rejected', {
    app: {
      lifespan: accepting({}, [], async (_startup, _scope, send, stage) => {
        for (const [, fields] of FOREIGN_READIES) {
          const event = { type: 'lifespan.ready', ...fields };
          stage.note('sent', await stage.misuse(send(event as never)));
        }
        const failed = { type: 'lifespan.failed', message: new Error('text') };
        stage.note('sent', await stage.misuse(send(failed as never)));
      }),
    },
    async client(t) {
      const outcomes = await sent(t, FOREIGN_READIES.length + 1);
      for (const [at, outcome] of outcomes.entries()) {
        equal(
          outcome,
          'event.shape',
          `${FOREIGN_READIES[at]?.[0] ?? 'an Error as text'}: ${outcome}`,
        );
      }
    },
  }),

  // Errors.

  conforms('binding.errors', 'a Misuse has `requirement` and a `message` that begins with it', {
    app: {
      async http(_scope, receive, send, stage) {
        const told = ({ name, requirement, message }: Misuse) =>
          stage.note('error', { name, requirement, message });
        await send({ type: 'http.response.start' } as never).catch(told);
        await send(end).catch(told);
        const first = receiveAll(receive);
        await receive().catch(told);
        await send(start);
        await send(end);
        await first;
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      for (const requirement of ['event.shape', 'http.body-before-start', 'receive.single']) {
        const error = await t.seen<Record<string, string>>('error');
        deepEqual({ ...error, message: '' }, { name: 'Misuse', requirement, message: '' });
        ok(error.message?.startsWith(`${requirement}: `), error.message);
        ok((error.message ?? '').length > requirement.length + 2, 'nothing says what is wrong');
      }
      stream.leave();
    },
  }),

  conforms('binding.errors', 'a Closed has `cause` and `code`, as has the reason of the signal', {
    app: {
      async http({ local }, _receive, send, stage) {
        stage.note('called');
        await signalled(local.cancel);
        const told = ({ name, cause, code }: Closed) =>
          stage.note('error', { name, cause, code: code ?? 'none' });
        await send(start).catch(told);
        told(local.cancel.reason);
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      await t.seen('called');
      stream.reset(5);
      const code = t.version === '2' ? 5 : 'none';
      for (const _ of [1, 2]) {
        deepEqual(await t.seen('error'), { name: 'Closed', cause: 'peer_reset', code });
      }
    },
  }),

  conforms('binding.errors', 'the classes of the package have the attributes', {
    app: {
      async http({ type }, _receive, send, stage) {
        const unsupported = new UnsupportedScope(type);
        stage.note('errors', [
          [unsupported.name, unsupported.scopeType],
          [new Misuse('http.start-once', 'x').name, new Misuse('http.start-once', 'x').requirement],
          [new Misuse('http.start-once', 'x').message],
          [new Closed('timeout').name, new Closed('timeout').cause, new Closed('timeout', 8).code],
        ]);
        stage.note('absent', new Closed('timeout').code === undefined);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      await t.fetch();
      deepEqual(await t.seen('errors'), [
        ['UnsupportedScope', 'http'],
        ['Misuse', 'http.start-once'],
        ['http.start-once: x'],
        ['Closed', 'timeout', 8],
      ]);
      equal(await t.seen('absent'), true);
    },
  }),

  conforms(
    'binding.unawaited',
    'a failed `send` that nobody waits for ends nothing and is told to nobody',
    {
      app: {
        async http({ local, path }, _receive, send, stage) {
          const unhandled: unknown[] = [];
          const listener = (_reason: unknown, promise: Promise<unknown>) => unhandled.push(promise);
          process.on('unhandledRejection', listener);
          try {
            const promises = [send(body('early')), send(null as never)];
            stage.note('called');
            if (path === '/lost') {
              await signalled(local.cancel);
              promises.push(send(start), send(start));
            } else {
              await send(start);
              await send(end);
            }
            await stage.turns();
            stage.note(
              'unhandled',
              promises.filter((promise) => unhandled.includes(promise)).length,
            );
          } finally {
            process.off('unhandledRejection', listener);
          }
        },
      },
      async client(t) {
        equal((await t.fetch()).status, 200);
        equal(await t.seen('unhandled'), 0);
        await t.seen('called');
        const stream = await t.request({ target: '/lost', open: true });
        await t.seen('called');
        stream.leave();
        equal(await t.seen('unhandled'), 0);
        await t.operator.idle();
        deepEqual(t.operator.faults(), []);
        deepEqual(
          t.operator.log().filter((line) => /Misuse|Closed|event\.shape/.test(line)),
          [],
        );
      },
    },
  ),

  // TypeScript.

  ...TYPES.map((type) =>
    conforms('typescript.frozen', `a scope of type \`${type}\` is frozen, whatever is in it`, {
      app: anyType(async (scope, _receive, send, stage) => {
        stage.note('unfrozen', unfrozenScope(scope));
        await send({ ...start, status: 403 });
        await send(end);
      }),
      async client(t) {
        await ASKED[type](t, '/path?query');
        deepEqual(await t.seen('unfrozen'), []);
      },
    }),
  ),

  conforms('typescript.frozen', 'what a trusted peer says is frozen', {
    gateway: { trust: ['127.0.0.0/8=forwarded', 'memory=forwarded'] },
    app: anyType(async (scope, _receive, send, stage) => {
      stage.note('forwarded', scope.forwarded);
      stage.note('unfrozen', unfrozenScope(scope));
      await send(start);
      await send(end);
    }),
    async client(t) {
      await t.fetch({ headers: [['forwarded', 'for=192.0.2.1;proto=https']] });
      ok(await t.seen('forwarded'), 'the case has shown nothing: the field was not read');
      deepEqual(await t.seen('unfrozen'), []);
    },
  }),

  conforms('typescript.frozen', 'the scope of the lifespan is frozen', {
    app: {
      lifespan: accepting({}, [], async (_startup, scope, _send, stage) => {
        stage.note('unfrozen', unfrozenScope(scope));
      }),
    },
    async client(t) {
      deepEqual(await t.seen('unfrozen'), []);
    },
  }),

  conforms('typescript.frozen', 'the map of the state is frozen, and what was published is not', {
    app: {
      async lifespan(_scope, receive, send) {
        await receive();
        await send({ type: 'lifespan.ready', state: { own: { count: 0 } } });
        while ((await receive()).type !== 'lifespan.shutdown');
      },
      async http({ local }, _receive, send, stage) {
        stage.note('frozen', [Object.isFrozen(local.state), Object.isFrozen(local.state.own)]);
        (local.state.own as { count: number }).count += 1;
        stage.note('count', (local.state.own as { count: number }).count);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      await t.fetch();
      await t.fetch();
      deepEqual(await t.seen('frozen'), [true, false]);
      deepEqual([await t.seen('count'), await t.seen('count')], [1, 2]);
    },
  }),

  ...OTHERS.flatMap(([what, make]) => [
    conforms('typescript.errors-by-name', `${what} \`UnsupportedScope\` is an answer`, {
      app: anyType(async () => {
        throw make('UnsupportedScope');
      }),
      async client(t) {
        for (const type of TYPES) equal((await ASKED[type](t)).status, 501);
        await t.operator.idle();
        deepEqual(t.operator.faults(), []);
      },
    }),
    conforms('typescript.errors-by-name', `${what} \`Closed\` is no fault`, {
      app: anyType(async () => {
        throw make('Closed');
      }),
      async client(t) {
        for (const type of TYPES) equal((await ASKED[type](t)).status, 500);
        await t.operator.idle();
        deepEqual(t.operator.faults(), []);
      },
    }),
    conforms('typescript.errors-by-name', `${what} \`UnsupportedScope\` declines the lifespan`, {
      gateway: { startedByClient: true },
      app: {
        async lifespan() {
          throw make('UnsupportedScope');
        },
        ...sends(start, end),
      },
      async client(t) {
        equal((await t.operator.start()).ready, true);
        equal((await t.fetch()).status, 200);
        deepEqual(t.operator.faults(), []);
      },
    }),
  ]),

  conforms(
    'typescript.errors-by-name',
    'a Misuse of another copy is a fault with its requirement',
    {
      app: {
        async http() {
          throw foreign('Misuse', { requirement: 'http.start-once' });
        },
      },
      async client(t) {
        equal((await t.fetch()).status, 500);
        equal((await t.seen<Ending>(ENDED)).name, 'Misuse');
        await t.operator.idle();
        equal(t.operator.faults()[0]?.requirement, 'http.start-once');
      },
    },
  ),

  conforms('typescript.promises', '`send` and `receive` give native promises', {
    app: {
      async http(_scope, receive, send, stage) {
        stage.note('calls', [
          promised(() => receive()),
          promised(() => send(hints)),
          promised(() => send(start)),
          promised(() => send(body('x'))),
          promised(() => send(end)),
          promised(() => send(end)),
        ]);
      },
      async websocket(_scope, receive, send, stage) {
        stage.note('calls', [
          promised(() => send({ type: 'websocket.accept' })),
          promised(() => receive()),
          promised(() => receive()),
          promised(() => send({ type: 'websocket.message', text: 'x' })),
          promised(() => send({ type: 'websocket.close' })),
          promised(() => send({ type: 'websocket.close' })),
        ]);
      },
      async tunnel(_scope, receive, send, stage) {
        stage.note('calls', [
          promised(() => send({ type: 'tunnel.accept' })),
          promised(() => receive()),
          promised(() => receive()),
          promised(() => send({ type: 'tunnel.data', data: octets('x') })),
          promised(() => send({ type: 'tunnel.end' })),
          promised(() => send({ type: 'tunnel.end' })),
        ]);
      },
    },
    async client(t) {
      const fetched = t.fetch();
      deepEqual(await t.seen('calls'), Array(6).fill('a promise'));
      await fetched;
      await (await t.websocket()).accepted();
      deepEqual(await t.seen('calls'), Array(6).fill('a promise'));
      const stream = await t.tunnel();
      await stream.head();
      deepEqual(await t.seen('calls'), Array(6).fill('a promise'));
      stream.reset();
    },
  }),

  conforms('typescript.promises', 'the lifespan has native promises, too', {
    app: {
      async lifespan(_scope, receive, send, stage) {
        const calls = [promised(() => receive())];
        await stage.turns();
        calls.push(
          promised(() => send({ type: 'lifespan.ready' })),
          promised(() => send({ type: 'lifespan.ready' })),
          promised(() => send(undefined as never)),
          promised(() => receive()),
          promised(() => receive()),
        );
        stage.note('calls', calls);
        await stage.reached('the end');
      },
    },
    async client(t) {
      deepEqual(await t.seen('calls'), Array(6).fill('a promise'));
      await t.open('the end');
    },
  }),

  ...UNREADABLE.map(([what, make]) =>
    conforms('typescript.promises', `${what} is rejected, and nothing is thrown`, {
      app: {
        async http(_scope, _receive, send, stage) {
          stage.note(
            'call',
            promised(() => send(make() as never)),
          );
          stage.note('outcome', await stage.outcome(send(make() as never)));
          await send(start);
          await send(end);
        },
      },
      async client(t) {
        equal((await t.fetch()).status, 200);
        equal(await t.seen('call'), 'a promise');
        ok((await t.seen('outcome')) !== 'accepted');
      },
    }),
  ),

  conforms('typescript.promises', 'the lifespan throws nothing, either', {
    app: {
      lifespan: accepting({}, [], async (_startup, _scope, send, stage) => {
        for (const [, make] of UNREADABLE) {
          stage.note(
            'call',
            promised(() => send(make() as never)),
          );
        }
      }),
    },
    async client(t) {
      for (const [what] of UNREADABLE) equal(await t.seen('call'), 'a promise', what);
    },
  }),

  conforms('typescript.bytes-kept', 'pieces of a request stay as they were given', {
    app: {
      async http(_scope, receive, send, stage) {
        const pieces: Watched[] = [];
        for (;;) {
          const event = await receive();
          if (event.type === 'http.request.body') pieces.push(new Watched(event.data));
          else break;
        }
        await send(start);
        await send(end);
        await stage.turns();
        stage.note(
          'kept',
          pieces.every(({ kept }) => kept),
        );
        const whole = Buffer.concat(pieces.map(({ data }) => data));
        stage.note('right', Buffer.compare(whole, pattern(400_000, 0)) === 0);
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      const data = pattern(400_000, 0);
      for (let at = 0; at < data.length; at += 9000)
        await stream.write(data.subarray(at, at + 9000));
      await stream.end();
      equal(await t.seen('kept'), true, 'octets were changed after they were given');
      equal(await t.seen('right'), true, 'octets were given wrong');
    },
  }),

  conforms('typescript.bytes-kept', 'what an application writes into a piece changes no other', {
    app: {
      async http(_scope, receive, send, stage) {
        const sums: number[] = [];
        for (;;) {
          const event = await receive();
          if (event.type !== 'http.request.body') break;
          for (const octet of event.data) sums.push(octet);
          event.data.fill(0);
        }
        stage.note('right', Buffer.compare(Uint8Array.from(sums), pattern(100_000, 7)) === 0);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      const data = pattern(100_000, 7);
      for (let at = 0; at < data.length; at += 5000)
        await stream.write(data.subarray(at, at + 5000));
      await stream.end();
      equal(await t.seen('right'), true, 'octets of one piece were in another');
    },
  }),

  conforms('typescript.bytes-kept', 'messages and octets of a tunnel stay as they were given', {
    app: {
      async websocket(_scope, receive, send, stage) {
        await send({ type: 'websocket.accept' });
        const messages: Watched[] = [];
        for (let i = 0; i < 5; i++) {
          const event = await receive();
          if (event.type === 'websocket.message' && event.data)
            messages.push(new Watched(event.data));
        }
        await stage.turns();
        stage.note('kept', messages.length === 5 && messages.every(({ kept }) => kept));
      },
      async tunnel(_scope, receive, send, stage) {
        await send({ type: 'tunnel.accept' });
        const pieces: Watched[] = [];
        for (;;) {
          const event = await receive();
          if (event.type === 'tunnel.data') pieces.push(new Watched(event.data));
          else break;
        }
        await stage.turns();
        stage.note('kept', pieces.length > 0 && pieces.every(({ kept }) => kept));
      },
    },
    async client(t) {
      const socket = await t.websocket();
      await socket.accepted();
      for (let i = 0; i < 5; i++) await socket.data(pattern(20_000, i));
      equal(await t.seen('kept'), true, 'octets of a message were changed after they were given');
      const stream = await t.tunnel();
      await stream.head();
      for (let i = 0; i < 5; i++) await stream.write(pattern(20_000, i));
      await stream.end();
      equal(await t.seen('kept'), true, 'octets of a tunnel were changed after they were given');
    },
  }),

  conforms('typescript.bytes-kept', 'what an application sends stays as it is', {
    app: {
      async http(_scope, _receive, send, stage) {
        const pieces = [1, 5000, 300_000].map((length) => new Watched(pattern(length, length)));
        await send(start);
        for (const { data } of pieces) await send({ type: 'http.response.body', data });
        await send(end);
        await stage.reached('read');
        stage.note(
          'kept',
          pieces.every(({ kept }) => kept),
        );
      },
      async websocket(_scope, _receive, send, stage) {
        await send({ type: 'websocket.accept' });
        const message = new Watched(pattern(70_000, 3));
        await send({ type: 'websocket.message', data: message.data });
        await stage.reached('read');
        stage.note('kept', message.kept);
      },
      async tunnel(_scope, _receive, send, stage) {
        await send({ type: 'tunnel.accept', datagrams: true });
        const piece = new Watched(Uint8Array.of(1, 3, 7, 8, 9));
        const datagram = new Watched(pattern(1000, 4));
        await send({ type: 'tunnel.data', data: piece.data });
        await send({ type: 'tunnel.datagram', data: datagram.data });
        await stage.reached('read');
        stage.note('kept', piece.kept && datagram.kept);
      },
    },
    async client(t) {
      const { body } = await t.fetch();
      const socket = await t.websocket();
      await socket.accepted();
      equal((await socket.next()).type, 'message');
      const stream = await t.tunnel();
      await stream.read(1000);
      await t.open('read');
      equal(body.length, 305_001);
      for (let i = 0; i < 3; i++)
        equal(await t.seen('kept'), true, 'octets were changed by the gateway');
    },
  }),
]);
