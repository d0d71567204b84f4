// Conformance: the scope of a request, and reading the request (proposal 3, “The scope” and “Reading the request”).

import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Fields, HttpReceiveEvent, HttpScope } from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import {
  CODE,
  FLAG,
  FRAME,
  frame,
  headersFrame,
  number,
  preface,
  requestFields,
} from '../clients/http2-frames.ts';
import { AUTHORITY, MARK, TUNNEL } from '../names.ts';
import type { Peer } from '../peer.ts';
import {
  ASKED,
  abort,
  anyType,
  body,
  discard,
  end,
  hints,
  octets,
  receiveAll,
  refuse,
  signalled,
  start,
} from '../simple.ts';
import type { PeerRequest, Raw } from '../stream.ts';

type PlainScope = Omit<HttpScope, 'local'>;

/** Notes the scope without its handles, and answers without reading. */
const noting = anyType(async ({ local: _, ...scope }, _receive, send, stage) => {
  stage.note('scope', scope);
  await send({ ...start, status: 403 });
  await send(end);
});

async function scopeOf(t: Peer, request: PeerRequest): Promise<PlainScope> {
  await t.fetch(request);
  return t.seen<PlainScope>('scope');
}

/** A head by hand, for what no well-behaved client sends. Over HTTP/2 the request is complete with it, unless `open`. */
async function rawHead(
  t: Peer,
  { target = '/', fields = [], open = false }: { target?: string; fields?: Fields; open?: boolean },
): Promise<Raw> {
  const raw = await t.raw();
  if (t.version === '2') {
    await raw.write(preface());
    const all = requestFields([t.mark, ...fields], { path: target });
    await raw.write(headersFrame(1, all, !open));
  } else {
    const lines = fields.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    await raw.write(`${open ? 'POST' : 'GET'} ${target} HTTP/1.1\r\n${t.lines}${lines}\r\n`);
  }
  return raw;
}

/** Fields of a request that neither the client nor the suite has added. */
const given = (headers: Fields) => headers.filter(([name]) => ![MARK, 'host'].includes(name));

/** Targets with the path and the query that they have. */
const TARGETS: readonly (readonly [target: string, path: string, query: string | null])[] = [
  ['/', '/', null],
  ['/a//b/./c/../d/', '/a//b/./c/../d/', null],
  ['//double/slash', '//double/slash', null],
  ['/..', '/..', null],
  ['/%7Euser/%c3%A9/%2F', '/%7Euser/%c3%A9/%2F', null],
  ['/a%00b', '/a%00b', null],
  ['/100%', '/100%', null],
  ['/;a=1,2/(b)', '/;a=1,2/(b)', null],
  ['/a?', '/a', ''],
  ['/a?b=c&d=%20e', '/a', 'b=c&d=%20e'],
  ['/a?b?c', '/a', 'b?c'],
  ['/%7Ea%2Fb?%7Ec', '/%7Ea%2Fb', '%7Ec'],
  ['/?/../', '/', '/../'],
  ['/"<>\\^`{|}', '/"<>\\^`{|}', null],
];

const HTTP1: { readonly drivers: ['memory', 'h1']; readonly why: string } = {
  drivers: ['memory', 'h1'],
  why: 'HTTP/2 has nothing of the kind',
};

const SOCKETS: { readonly drivers: ['h1', 'h2']; readonly why: string } = {
  drivers: ['h1', 'h2'],
  why: 'the driver memory has no octets of a connection',
};

/** Upgrade offers of HTTP/1.1, with what the scope has of them; null where they are none. */
const OFFERS: readonly {
  readonly title: string;
  readonly request: PeerRequest;
  readonly offers: readonly string[] | null;
}[] = [
  { title: 'a request without `upgrade` offers nothing', request: {}, offers: null },
  {
    title: 'protocols that nobody serves are told, in order and as received',
    request: {
      headers: [
        ['connection', 'Upgrade'],
        ['upgrade', 'b/2, A ,a/1'],
      ],
    },
    offers: ['b/2', 'A', 'a/1'],
  },
  {
    title: 'several fields are one list',
    request: {
      headers: [
        ['upgrade', 'one'],
        ['connection', 'keep-alive, upgrade'],
        ['upgrade', 'two,, three'],
      ],
    },
    offers: ['one', 'two', 'three'],
  },
  {
    title: 'a WebSocket that is offered in a POST is told',
    request: {
      method: 'POST',
      headers: [
        ['connection', 'upgrade'],
        ['upgrade', 'websocket'],
      ],
    },
    offers: ['websocket'],
  },
  {
    title: 'a tunnel that is served is told with what else is offered',
    request: {
      headers: [
        ['connection', 'upgrade'],
        ['upgrade', `other, ${TUNNEL.toUpperCase()}, third`],
      ],
    },
    offers: ['other', TUNNEL.toUpperCase(), 'third'],
  },
  {
    title: 'without `connection` it is no offer',
    request: { headers: [['upgrade', 'other']] },
    offers: null,
  },
  {
    title: 'in HTTP/1.0 it is no offer',
    request: {
      version: '1.0',
      headers: [
        ['connection', 'upgrade'],
        ['upgrade', 'other'],
      ],
    },
    offers: null,
  },
];

const EXPECTS: readonly (readonly [string, string])[] = [
  ['expect', '100-continue'],
  ['content-length', '5'],
];

/** Notes every event up to the end of the request or its loss, and answers. */
const noteAll: StageHandlers = {
  async http(_scope, receive, send, stage) {
    stage.note('events', await receiveAll(receive));
    await send(start);
    await send(end);
  },
};

async function eventsOf(t: Peer) {
  return t.seen<readonly HttpReceiveEvent[]>('events');
}

/** The body in one piece. */
function bodyOf(events: readonly HttpReceiveEvent[]): string {
  const pieces = events.flatMap((event) =>
    event.type === 'http.request.body' ? [event.data] : [],
  );
  return Buffer.concat(pieces).toString('latin1');
}

const typesOf = (events: readonly { readonly type: string }[]) => events.map(({ type }) => type);

type Closed = { readonly type: string; readonly cause: string; readonly code?: number };

/** Receives until the exchange is closed, three times, and notes what was given last. */
const closedBehind = (
  ...events: readonly Parameters<Parameters<NonNullable<StageHandlers['http']>>[2]>[0][]
): StageHandlers => ({
  async http(_scope, receive, send, stage) {
    for (const event of events) await send(event);
    stage.note('sent');
    let event = await receive();
    while (event.type !== 'http.closed') event = await receive();
    stage.note('closed', event);
    stage.note('again', [await receive(), await receive()]);
  },
});

/** Waits for the loss of the peer, then receives all that is left. */
const lostThenRead: StageHandlers = {
  async http({ local }, receive, _send, stage) {
    stage.note('first', (await receive()).type);
    await signalled(local.cancel);
    stage.note('events', await receiveAll(receive));
  },
};

/** The ways in which a peer is lost, with the cause that the table has for each. */
const LOSSES: readonly {
  readonly cause: string;
  readonly title: string;
  readonly sides?: Partial<Parameters<typeof conforms>[2]>;
  readonly lose: (t: Peer) => Promise<unknown>;
}[] = [
  {
    cause: 'peer_reset',
    title: 'a reset by the peer',
    async lose(t) {
      const stream = await t.request({ open: true });
      await t.seen('sent');
      stream.reset();
    },
  },
  {
    cause: 'connection_lost',
    title: 'a connection that ends within a request',
    async lose(t) {
      const stream = await t.request({ open: true });
      await t.seen('sent');
      stream.leave();
    },
  },
  {
    cause: 'timeout',
    title: 'a body that stands still',
    sides: { gateway: { limits: { idle_ms: 300 } } },
    lose: (t) => t.request({ open: true }),
  },
  {
    cause: 'limit',
    title: 'a body that is larger than the gateway allows',
    sides: { gateway: { limits: { body_octets: 1000 } } },
    async lose(t) {
      const stream = await t.request({ open: true });
      await stream.write(new Uint8Array(1001));
    },
  },
  {
    cause: 'protocol_error',
    title: 'a chunk without a size',
    sides: { drivers: ['h1'], why: 'only HTTP/1 has chunks' },
    async lose(t) {
      const raw = await rawHead(t, { fields: [['transfer-encoding', 'chunked']], open: true });
      await raw.write('size\r\n');
    },
  },
  {
    cause: 'protocol_error',
    title: 'a body that is longer than its length',
    sides: { drivers: ['h2'], why: 'on HTTP/1 what follows the length is another request' },
    async lose(t) {
      const raw = await rawHead(t, { fields: [['content-length', '3']], open: true });
      await t.seen('sent');
      await raw.write(frame(FRAME.data, 0, 1, octets('longer')));
    },
  },
  {
    cause: 'shutdown',
    title: 'the deadline of a drain',
    async lose(t) {
      await t.request({ open: true });
      await t.seen('sent');
      t.operator.drain();
      t.operator.deadline();
    },
  },
];

export default area('http-request', 'Reading the request', [
  // The scope.

  conforms('http.headers.lowercase', 'field names are given in lowercase', {
    ...HTTP1,
    app: noting,
    async client(t) {
      const { headers } = await scopeOf(t, {
        headers: [
          ['X-Mixed-Case', 'Value'],
          ['ACCEPT', '*/*'],
        ],
      });
      deepEqual(given(headers), [
        ['x-mixed-case', 'Value'],
        ['accept', '*/*'],
      ]);
    },
  }),

  conforms('http.headers.order', 'fields keep their order and their number', {
    app: noting,
    async client(t) {
      const fields: Fields = [
        ['x-b', '1'],
        ['x-a', '2'],
        ['x-b', '3'],
        ['accept', 'a, b'],
        ['x-b', '1'],
        ['x-empty', ''],
        ['accept', 'c'],
      ];
      const { headers } = await scopeOf(t, { headers: fields });
      deepEqual(given(headers), fields);
    },
  }),

  conforms('http.headers.order', 'names that are properties of every object are fields', {
    app: noting,
    async client(t) {
      const fields: Fields = [
        ['constructor', '1'],
        ['x-a', '2'],
        ['tostring', '3'],
      ];
      deepEqual(given((await scopeOf(t, { headers: fields })).headers), fields);
    },
  }),

  conforms(
    'http.headers.order',
    'octets of a value are given as they are, without white space around',
    {
      ...SOCKETS,
      app: noting,
      async client(t) {
        await rawHead(t, {
          fields: [
            ['x-latin', 'caf\xe9 \x80\xff'],
            ['x-tab', 'a\tb'],
            ['x-inner', 'a  b'],
            ...(t.version === '2' ? [] : [['x-around', ' \t a \t'] as const]),
          ],
        });
        const { headers } = await t.seen<PlainScope>('scope');
        deepEqual(given(headers), [
          ['x-latin', 'caf\xe9 \x80\xff'],
          ['x-tab', 'a\tb'],
          ['x-inner', 'a  b'],
          ...(t.version === '2' ? [] : [['x-around', 'a']]),
        ]);
      },
    },
  ),

  conforms('http.headers.cookie-joined', 'the cookies of an HTTP/2 request are one field', {
    drivers: ['h2'],
    why: 'HTTP/1 does not split the field',
    app: noting,
    async client(t) {
      await rawHead(t, {
        fields: [
          ['x-before', '1'],
          ['cookie', 'a=1'],
          ['x-between', '2'],
          ['cookie', 'b=2'],
          ['cookie', 'c=3; d=4'],
          ['x-behind', '3'],
        ],
      });
      deepEqual(given((await t.seen<PlainScope>('scope')).headers), [
        ['x-before', '1'],
        ['cookie', 'a=1; b=2; c=3; d=4'],
        ['x-between', '2'],
        ['x-behind', '3'],
      ]);
    },
  }),

  conforms('http.headers.cookie-joined', 'the cookies of an HTTP/1 request stay as they came', {
    ...HTTP1,
    app: noting,
    async client(t) {
      const fields: Fields = [
        ['cookie', 'a=1'],
        ['x-between', '2'],
        ['cookie', 'b=2'],
      ];
      deepEqual(given((await scopeOf(t, { headers: fields })).headers), fields);
    },
  }),

  conforms(
    'http.headers.no-pseudo',
    'no pseudo-header field is among the fields, and none is made up',
    {
      app: noting,
      async client(t) {
        const { headers, authority } = await scopeOf(t, { headers: [['x-own', '1']] });
        deepEqual(
          headers.filter(([name]) => name.startsWith(':')),
          [],
        );
        equal(authority, AUTHORITY);
        const hosts = headers.filter(([name]) => name === 'host');
        equal(hosts.length, t.version === '2' ? 0 : 1, '`host` is a field of those who sent it');
      },
    },
  ),

  ...TARGETS.flatMap(([target, path, query]) => [
    conforms('http.target.raw', `\`${target}\` is given as it was received`, {
      app: noting,
      async client(t) {
        equal((await scopeOf(t, { target })).target, target);
      },
    }),
    conforms('http.path.encoded', `the path of \`${target}\` is left as it is`, {
      app: noting,
      async client(t) {
        equal((await scopeOf(t, { target })).path, path);
      },
    }),
    conforms('http.query.null', `the query of \`${target}\` is ${JSON.stringify(query)}`, {
      app: noting,
      async client(t) {
        equal((await scopeOf(t, { target })).query, query);
      },
    }),
  ]),

  conforms('http.target.raw', 'octets beyond ASCII are given as they were received', {
    ...SOCKETS,
    app: noting,
    async client(t) {
      await rawHead(t, { target: '/caf\xe9\x80?\xff' });
      const { target, path, query } = await t.seen<PlainScope>('scope');
      deepEqual(
        { target, path, query },
        { target: '/caf\xe9\x80?\xff', path: '/caf\xe9\x80', query: '\xff' },
      );
    },
  }),

  ...[
    { target: 'http://other.example/a/../b?c', path: '/a/../b', query: 'c' },
    { target: 'http://other.example:8080', path: '/', query: null },
    { target: 'http://other.example?c', path: '/', query: 'c' },
  ].map(({ target, path, query }) =>
    conforms('http.target.raw', `the absolute form \`${target}\` is kept, and taken apart`, {
      drivers: ['memory', 'h1'],
      why: 'HTTP/2 has no absolute form',
      app: noting,
      async client(t) {
        const scope = await scopeOf(t, { target });
        deepEqual(
          { target: scope.target, path: scope.path, query: scope.query },
          { target, path, query },
        );
        equal(scope.authority, /\/\/([^/?]*)/.exec(target)?.[1]);
      },
    }),
  ),

  conforms('http.path.encoded', 'the path of `OPTIONS *` is `*`', {
    app: noting,
    async client(t) {
      const { target, path, query } = await scopeOf(t, { method: 'OPTIONS', target: '*' });
      deepEqual({ target, path, query }, { target: '*', path: '*', query: null });
    },
  }),

  ...OFFERS.map(({ title, request, offers }) =>
    conforms('http.upgrade.offers', title, {
      ...HTTP1,
      app: noting,
      async client(t) {
        const { upgrade } = await scopeOf(t, request);
        deepEqual(upgrade, offers && { offers, via: 'upgrade' });
      },
    }),
  ),

  conforms('http.upgrade.offers', 'a WebSocket and a tunnel have what was offered', {
    app: noting,
    async client(t) {
      const via = t.version === '2' ? 'extended_connect' : 'upgrade';
      await ASKED.websocket(t);
      deepEqual((await t.seen<PlainScope>('scope')).upgrade, { offers: ['websocket'], via });
      await ASKED.tunnel(t);
      deepEqual((await t.seen<PlainScope>('scope')).upgrade, { offers: [TUNNEL], via });
    },
  }),

  conforms('http.upgrade.offers', 'a request of HTTP/2 without `:protocol` offers nothing', {
    drivers: ['h2'],
    why: 'only HTTP/2 has `:protocol`',
    app: noting,
    async client(t) {
      equal((await scopeOf(t, {})).upgrade, null);
    },
  }),

  // The request.

  conforms(
    'http.request.dechunked',
    'chunks, their sizes and their extensions are not in the body',
    {
      drivers: ['h1'],
      why: 'only HTTP/1 has chunks',
      app: noteAll,
      async client(t) {
        const raw = await rawHead(t, { fields: [['transfer-encoding', 'chunked']], open: true });
        await raw.write('3\r\none\r\n');
        await raw.write('0000B;name="a\\"b;";x\r\n, two');
        await raw.write(' and 3\r\n');
        await raw.write('a\r\n\r\n0\r\n\r\n12\r\r\n');
        await raw.write('0;last\r\n\r\n');
        const events = await eventsOf(t);
        equal(bodyOf(events), 'one, two and 3\r\n0\r\n\r\n12\r');
        equal(typesOf(events).at(-1), 'http.request.end');
      },
    },
  ),

  conforms('http.request.no-empty-body', 'a body in the smallest pieces has no empty one', {
    drivers: ['h1'],
    why: 'only HTTP/1 has chunks',
    app: noteAll,
    async client(t) {
      const raw = await rawHead(t, { fields: [['transfer-encoding', 'chunked']], open: true });
      for (const octet of '2\r\nab\r\n1\r\nc\r\n0\r\n\r\n') await raw.write(octet);
      const events = await eventsOf(t);
      equal(bodyOf(events), 'abc');
      ok(events.every((event) => event.type !== 'http.request.body' || event.data.length > 0));
    },
  }),

  conforms('http.request.no-empty-body', 'empty frames are no pieces', {
    drivers: ['h2'],
    why: 'only HTTP/2 has frames',
    app: noteAll,
    async client(t) {
      const raw = await rawHead(t, { open: true });
      for (const text of ['', 'a', '', 'b']) await raw.write(frame(FRAME.data, 0, 1, octets(text)));
      await raw.write(frame(FRAME.data, FLAG.end_stream, 1, octets('')));
      const events = await eventsOf(t);
      equal(bodyOf(events), 'ab');
      ok(events.every((event) => event.type !== 'http.request.body' || event.data.length > 0));
    },
  }),

  conforms('http.request.no-empty-body', 'nothing that is written between pieces is no piece', {
    app: noteAll,
    async client(t) {
      const stream = await t.request({ open: true });
      for (const piece of ['', 'a', '', '', 'b', '']) await stream.write(piece);
      await stream.end();
      const events = await eventsOf(t);
      equal(bodyOf(events), 'ab');
      ok(events.every((event) => event.type !== 'http.request.body' || event.data.length > 0));
    },
  }),

  ...[
    { title: 'without a body', request: {} },
    {
      title: 'with a length of 0',
      request: { method: 'POST', headers: [['content-length', '0']] as Fields },
    },
    { title: 'with an empty body of no declared length', request: { method: 'POST', open: true } },
  ].map(({ title, request }) =>
    conforms('http.request.no-empty-body', `a request ${title} has its end as first event`, {
      app: noteAll,
      async client(t) {
        const stream = await t.request(request);
        if (request.open) await stream.end();
        deepEqual(await eventsOf(t), [{ type: 'http.request.end', trailers: [] }]);
        equal((await stream.whole()).status, 200);
      },
    }),
  ),

  ...[
    { title: 'of declared length', open: false },
    { title: 'in pieces', open: true },
  ].map(({ title, open }) =>
    conforms('http.request.end-once', `a body ${title} has one end, behind its last piece`, {
      app: {
        async http(_scope, receive, send, stage) {
          const events = [...(await receiveAll(receive))];
          const next = receive();
          stage.note('next', await stage.standing(next));
          await send(start);
          await send(end);
          events.push(await next, await receive());
          stage.note('events', events);
        },
      },
      async client(t) {
        const stream = await t.request(open ? { open } : { body: 'one two' });
        if (open) {
          await stream.write('one');
          await stream.write(' two');
          await stream.end();
        }
        const events = await eventsOf(t);
        equal(bodyOf(events), 'one two');
        const types = typesOf(events).filter((type) => type !== 'http.request.body');
        deepEqual(types, ['http.request.end', 'http.closed', 'http.closed']);
        equal(await t.seen('next'), 'pending', 'something came behind the end');
      },
    }),
  ),

  ...[
    { title: 'in chunks', headers: [] as Fields },
    { title: 'of declared length', headers: [['content-length', '100']] as Fields },
  ].map(({ title, headers }) =>
    conforms('http.request.end-once', `a body ${title} that stops short has no end`, {
      app: noteAll,
      async client(t) {
        const stream = await t.request({ method: 'POST', open: true, headers });
        await stream.write('half');
        stream.leave();
        const types = new Set(typesOf(await eventsOf(t)));
        types.delete('http.request.body');
        deepEqual([...types], ['http.closed']);
      },
    }),
  ),

  conforms(
    'http.request.trailers',
    'trailer fields come with the end, and are not among the headers',
    {
      app: {
        async http({ headers }, receive, send, stage) {
          const last = (await receiveAll(receive)).at(-1);
          stage.note('last', last);
          stage.note('headers', headers);
          await send(start);
          await send(end);
        },
      },
      async client(t) {
        const trailers: Fields = [
          ['x-sum', 'abc'],
          ['server-timing', 'a'],
          ['x-sum', 'def'],
        ];
        const stream = await t.request({ open: true, headers: [['trailer', 'x-sum']] });
        await stream.write('body');
        await stream.end(trailers);
        const last = await t.seen<{ type: string; trailers: Fields }>('last');
        equal(last.type, 'http.request.end');
        // Node's HTTP/2 client puts fields of one name together.
        const byName = (fields: Fields) =>
          [...fields].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
        deepEqual(byName(last.trailers), byName(trailers));
        const headers = await t.seen<Fields>('headers');
        deepEqual(
          given(headers).filter(([name]) => name !== 'transfer-encoding'),
          [['trailer', 'x-sum']],
        );
      },
    },
  ),

  // The expectation.

  conforms(
    'http.continue.on-receive',
    'the first `receive` sends the 100, and nothing does before',
    {
      app: {
        async http(_scope, receive, send, stage) {
          await send(hints);
          stage.note('events', await receiveAll(receive));
          await send(start);
          await send(end);
        },
      },
      async client(t) {
        const stream = await t.request({ method: 'POST', headers: EXPECTS, open: true });
        const [first, second] = [await stream.next(), await stream.next()];
        deepEqual(
          [first, second].map((received) => received.type === 'informational' && received.status),
          [103, 100],
        );
        await stream.write('five!');
        await stream.end();
        const { status, informational } = await stream.whole();
        equal(status, 200);
        equal(informational.length, 2, 'one 100 is enough');
        equal(bodyOf(await eventsOf(t)), 'five!');
      },
    },
  ),

  conforms('http.continue.on-receive', 'an application that does not read sends none', {
    app: {
      async http(_scope, _receive, send) {
        await send({ ...start, status: 403 });
        await send(end);
      },
    },
    async client(t) {
      const { status, informational } = await t.fetch({
        method: 'POST',
        headers: EXPECTS,
        open: true,
      });
      deepEqual({ status, informational }, { status: 403, informational: [] });
    },
  }),

  conforms('http.continue.on-receive', 'a `receive` behind a discard sends none', {
    app: {
      async http(_scope, receive, send) {
        await send(discard);
        const last = receive();
        await send({ ...start, status: 403 });
        await send(end);
        await last;
      },
    },
    async client(t) {
      const { status, informational } = await t.fetch({
        method: 'POST',
        headers: EXPECTS,
        open: true,
      });
      deepEqual({ status, informational }, { status: 403, informational: [] });
    },
  }),

  conforms('http.continue.on-receive', 'a `receive` behind the head of the response sends none', {
    app: {
      async http(_scope, receive, send, stage) {
        await send(start);
        const first = receive();
        await stage.turns();
        await send(end);
        stage.note('first', (await first).type);
      },
    },
    async client(t) {
      const stream = await t.request({ method: 'POST', headers: EXPECTS, open: true });
      const { status, informational } = await stream.whole();
      deepEqual({ status, informational }, { status: 200, informational: [] });
    },
  }),

  ...[
    { title: 'in part', text: 'fi' },
    { title: 'whole', text: 'five!' },
  ].map(({ title, text }) =>
    conforms('http.continue.on-receive', `a body that arrived ${title} needs none`, {
      app: {
        async http(_scope, receive, send, stage) {
          await stage.reached('written');
          await stage.turns(20);
          stage.note('first', (await receive()).type);
          await send(start);
          await send(end);
        },
      },
      async client(t) {
        const stream = await t.request({ method: 'POST', headers: EXPECTS, open: true });
        await stream.write(text);
        if (text.length === 5) await stream.end();
        await t.open('written');
        const { status, informational } = await stream.whole();
        deepEqual({ status, informational }, { status: 200, informational: [] });
      },
    }),
  ),

  conforms('http.continue.on-receive', 'an expectation of HTTP/1.0 is ignored', {
    ...HTTP1,
    app: {
      async http(_scope, receive, send, stage) {
        const first = receive();
        stage.note('receiving');
        stage.note('events', [await first, ...(await receiveAll(receive))]);
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      const request = { version: '1.0', method: 'POST', headers: EXPECTS, open: true } as const;
      const stream = await t.request(request);
      await t.seen('receiving');
      await stream.write('five!');
      await stream.end();
      const { status, informational } = await stream.whole();
      deepEqual({ status, informational }, { status: 200, informational: [] });
      equal(bodyOf(await eventsOf(t)), 'five!');
    },
  }),

  conforms('http.continue.on-receive', 'without an expectation there is none', {
    app: noteAll,
    async client(t) {
      const stream = await t.request({ method: 'POST', open: true });
      await stream.write('late');
      await stream.end();
      deepEqual((await stream.whole()).informational, []);
    },
  }),

  // Discarding.

  conforms('http.request.discard-stops', 'behind a discard nothing of the request is given', {
    app: {
      async http(_scope, receive, send, stage) {
        stage.note('first', (await receive()).type);
        await send(discard);
        const next = receive();
        await stage.reached('whole');
        stage.note('next', await stage.standing(next));
        await send(start);
        await send(end);
        stage.note('last', await next);
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      for (const piece of ['one', 'two', 'three']) await stream.write(piece);
      equal(await t.seen('first'), 'http.request.body');
      await stream.write('four');
      await stream.end();
      await t.open('whole');
      equal(await t.seen('next'), 'pending');
      deepEqual(await t.seen('last'), { type: 'http.closed', cause: 'complete' });
      equal((await stream.whole()).status, 200);
    },
  }),

  conforms(
    'http.request.discard-stops',
    'an end that has arrived and was not received is not given',
    {
      app: {
        async http(_scope, receive, send, stage) {
          await stage.reached('whole');
          await stage.turns(20);
          await send(discard);
          const next = receive();
          stage.note('next', await stage.standing(next));
          await send(start);
          await send(end);
          stage.note('last', (await next).type);
        },
      },
      async client(t) {
        const stream = await t.request({ body: 'whole' });
        await t.open('whole');
        equal(await t.seen('next'), 'pending');
        equal(await t.seen('last'), 'http.closed');
        equal((await stream.whole()).status, 200);
      },
    },
  ),

  conforms(
    'http.request.discard-drains',
    'the rest of a discarded body is read, or the connection closes',
    {
      app: {
        async http(_scope, _receive, send, stage) {
          await send(discard);
          stage.note('discarded');
          await stage.reached('written');
          await send(start);
          await send(end);
        },
      },
      async client(t) {
        const stream = await t.request({ open: true });
        await t.seen('discarded');
        const write = async () => {
          for (let i = 0; i < 64; i++) await stream.write(new Uint8Array(32_768));
          await stream.end();
          return true;
        };
        const read = await t.within(
          5000,
          write().catch(() => false),
          'the rest of the body being read',
        );
        await t.open('written');
        const { status } = await stream.whole();
        if (read) equal(status, 200);
      },
    },
  ),

  conforms(
    'http.request.discard-drains',
    'the rest of a discarded body is not taken for a request',
    {
      ...SOCKETS,
      app: {
        async http({ target }, _receive, send, stage) {
          stage.note('called', target);
          if (target === '/first') await send(discard);
          await send(start);
          await send(body(target));
          await send(end);
        },
      },
      async client(t) {
        const connection = await t.connect();
        const hidden = `GET /hidden HTTP/1.1\r\n${t.lines}\r\n`;
        const first = await connection.fetch({ target: '/first', body: hidden.repeat(20) });
        equal(first.text, '/first');
        const next = await connection.fetch({ target: '/next' }).catch(() => undefined);
        if (next && next.status !== 0) equal(next.text, '/next');
        equal(await t.seen('called'), '/first');
        if (next && next.status !== 0) equal(await t.seen('called'), '/next');
        await t.quiet(t.seen('called'), 'a call for what was in the body');
      },
    },
  ),

  conforms('http.request.discard-open', 'a discard behind the end of the request is rejected', {
    app: {
      async http(_scope, receive, send, stage) {
        await receiveAll(receive);
        stage.note('discard', await stage.misuse(send(discard)));
        await send(start);
        await send(end);
      },
    },
    async client(t) {
      equal((await t.fetch({ body: 'x' })).status, 200);
      equal(await t.seen('discard'), 'http.request.discard-open');
    },
  }),

  conforms('http.request.discard-open', 'a discard behind `http.closed` is rejected', {
    app: {
      async http(_scope, receive, send, stage) {
        await send(refuse);
        stage.note('last', (await receive()).type);
        stage.note('discard', await stage.misuse(send(discard)));
      },
    },
    async client(t) {
      await t.request({ open: true });
      equal(await t.seen('last'), 'http.closed');
      equal(await t.seen('discard'), 'http.request.discard-open');
    },
  }),

  conforms('http.request.discard-open', 'before that, any number of discards is accepted', {
    app: {
      async http(_scope, _receive, send, stage) {
        stage.note('discard', await stage.misuse(send(discard)));
        stage.note('discard', await stage.misuse(send(discard)));
        await send(start);
        stage.note('discard', await stage.misuse(send(discard)));
        await send(end);
        stage.note('discard', await stage.misuse(send(discard)));
      },
    },
    async client(t) {
      equal((await t.fetch({ body: 'x' })).status, 200);
      for (let i = 0; i < 4; i++) equal(await t.seen('discard'), 'none');
    },
  }),

  // The last event.

  conforms('http.closed.after-data', 'what arrived before the connection ended is given first', {
    app: lostThenRead,
    async client(t) {
      const stream = await t.request({ open: true });
      await stream.write('one');
      equal(await t.seen('first'), 'http.request.body');
      await stream.write('two');
      stream.leave();
      const events = await eventsOf(t);
      equal(bodyOf(events), 'two');
      equal(typesOf(events).at(-1), 'http.closed');
    },
  }),

  conforms('http.closed.after-data', 'what arrived before a reset is given first', {
    drivers: ['memory', 'h2'],
    why: 'a reset of TCP destroys what the system has not handed over',
    app: lostThenRead,
    async client(t) {
      const stream = await t.request({ open: true });
      await stream.write('one');
      equal(await t.seen('first'), 'http.request.body');
      await stream.write('two');
      stream.reset();
      const events = await eventsOf(t);
      equal(bodyOf(events), 'two');
      equal(typesOf(events).at(-1), 'http.closed');
    },
  }),

  conforms(
    'http.closed.after-data',
    'the end of a request that arrived before a reset is given first',
    {
      drivers: ['memory', 'h2'],
      why: 'a reset of TCP destroys what the system has not handed over',
      app: {
        async http({ local }, receive, _send, stage) {
          stage.note('first', (await receive()).type);
          await signalled(local.cancel);
          stage.note('events', await receiveAll(receive));
          stage.note('last', (await receive()).type);
        },
      },
      async client(t) {
        if (t.version === '2') {
          const raw = await rawHead(t, { open: true });
          await raw.write(frame(FRAME.data, 0, 1, octets('one')));
          await t.seen('first');
          // In one packet: nothing tells the gateway to look in between.
          const last = frame(FRAME.data, FLAG.end_stream, 1, octets('two'));
          await raw.write(
            Buffer.concat([last, frame(FRAME.rst_stream, 0, 1, number(CODE.cancel))]),
          );
        } else {
          const stream = await t.request({ open: true });
          await stream.write('one');
          await t.seen('first');
          await stream.write('two');
          await stream.end();
          stream.reset();
        }
        const events = await eventsOf(t);
        equal(bodyOf(events), 'two');
        equal(typesOf(events).at(-1), 'http.request.end');
        equal(await t.seen('last'), 'http.closed');
      },
    },
  ),

  ...(
    [
      ['behind the end of request and response', false, [start, end]],
      ['behind a discard, although the request goes on', true, [discard, start, end]],
      ['behind an abort, although the request goes on', true, [start, abort]],
      ['behind a refusal, although the request goes on', true, [refuse]],
    ] as const
  ).map(([title, open, events]) =>
    conforms('http.closed.complete', title, {
      app: closedBehind(...events),
      async client(t) {
        await t.request(open ? { open } : { body: 'x' });
        deepEqual(await t.seen('closed'), { type: 'http.closed', cause: 'complete' });
      },
    }),
  ),

  conforms('http.closed.complete', 'not while more of the request can come', {
    app: {
      async http(_scope, receive, send, stage) {
        await send(start);
        await send(end);
        const first = receive();
        stage.note('standing', await stage.standing(first));
        stage.note('events', [await first, ...(await receiveAll(receive)), await receive()]);
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      equal(await t.seen('standing'), 'pending');
      await stream.write('late');
      await stream.end();
      const events = await eventsOf(t);
      equal(bodyOf(events), 'late');
      deepEqual(typesOf(events).slice(-2), ['http.request.end', 'http.closed']);
      deepEqual(events.at(-1), { type: 'http.closed', cause: 'complete' });
    },
  }),

  conforms('http.closed.complete', 'once the connection has ended, behind the response', {
    app: closedBehind(start, end),
    async client(t) {
      const stream = await t.request({ open: true });
      equal((await stream.whole()).ending, 'end');
      stream.leave();
      deepEqual(await t.seen('closed'), { type: 'http.closed', cause: 'complete' });
    },
  }),

  ...(['websocket', 'tunnel'] as const).map((type) =>
    conforms('http.closed.complete', `at once behind the response to a request for a ${type}`, {
      app: anyType(async (_scope, receive, send, stage) => {
        await send({ ...start, status: 403 });
        const first = receive();
        stage.note('standing', await stage.standing(first));
        await send(end);
        stage.note('closed', await first);
      }),
      async client(t) {
        equal((await ASKED[type](t)).status, 403);
        equal(await t.seen('standing'), 'pending');
        deepEqual(await t.seen('closed'), { type: 'http.closed', cause: 'complete' });
      },
    }),
  ),

  ...LOSSES.map(({ cause, title, sides = {}, lose }) =>
    conforms('http.closed.cause', `\`${cause}\`: ${title}`, {
      ...sides,
      app: closedBehind(),
      async client(t) {
        await lose(t);
        const closed = await t.seen<Closed>('closed');
        equal(closed.cause, cause);
        const coded = cause === 'peer_reset' && t.version === '2';
        equal(closed.code, coded ? 8 : undefined);
      },
    }),
  ),

  ...(
    [
      ['returns without a response', [], false],
      ['fails without a response', [], true],
      ['returns within its response', [start], false],
    ] as const
  ).map(([title, events, fails]) =>
    conforms('http.closed.cause', `\`complete\`: an application that ${title}`, {
      app: {
        async http(_scope, receive, send, stage) {
          for (const event of events) await send(event);
          void stage.turns().then(async () => stage.note('closed', await receive()));
          if (fails) throw new Error('on purpose');
        },
      },
      async client(t) {
        await t.request({ open: true });
        deepEqual(await t.seen('closed'), { type: 'http.closed', cause: 'complete' });
      },
    }),
  ),

  conforms(
    'http.closed.cause',
    'what happens first counts: a reset behind the response changes nothing',
    {
      app: {
        async http(_scope, receive, send, stage) {
          await send(start);
          await send(end);
          await stage.reached('reset');
          await stage.turns(20);
          let event = await receive();
          while (event.type !== 'http.closed') event = await receive();
          stage.note('closed', event);
        },
      },
      async client(t) {
        const stream = await t.request({ open: true });
        equal((await stream.whole()).status, 200);
        stream.reset();
        await t.open('reset');
        deepEqual(await t.seen('closed'), { type: 'http.closed', cause: 'complete' });
      },
    },
  ),

  conforms('http.closed.repeats', 'every later `receive` gives the same', {
    app: closedBehind(start, end),
    async client(t) {
      await t.fetch();
      const closed = await t.seen('closed');
      deepEqual(await t.seen('again'), [closed, closed]);
    },
  }),

  conforms('http.closed.repeats', 'cause and code of a loss are given again', {
    app: closedBehind(),
    async client(t) {
      const stream = await t.request({ open: true });
      await t.seen('sent');
      stream.reset(5);
      const closed = await t.seen<Closed>('closed');
      equal(closed.code, t.version === '2' ? 5 : undefined);
      deepEqual(await t.seen('again'), [closed, closed]);
    },
  }),

  conforms('http.half-close', 'a peer that has ended its sending side gets its response', {
    drivers: ['h1'],
    why: 'only there does a connection carry one request, and end in halves',
    app: {
      async http({ local }, receive, send, stage) {
        await receiveAll(receive);
        const next = receive();
        await stage.reached('ended');
        await stage.turns(20);
        stage.note('lost', local.cancel.aborted);
        stage.note('next', await stage.standing(next));
        await send(start);
        await send(body('answered'));
        await send(end);
      },
    },
    async client(t) {
      const raw = await t.raw();
      await raw.write(`POST / HTTP/1.1\r\n${t.lines}content-length: 4\r\n\r\nbody`);
      raw.end();
      await t.open('ended');
      equal(await t.seen('lost'), false);
      equal(await t.seen('next'), 'pending');
      const { text } = await raw.rest();
      ok(text.startsWith('HTTP/1.1 200'), text);
      ok(text.includes('answered'), text);
    },
  }),
]);
