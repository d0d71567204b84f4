// Conformance: tunnels (proposal 8).

import { deepEqual, equal, ok } from 'node:assert/strict';
import type { LifespanReady, TunnelReceiveEvent, TunnelSendEvent } from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import { AUTHORITY, TUNNEL } from '../names.ts';
import type { Peer } from '../peer.ts';
import { field, type Stream } from '../stream.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const textOf = (data: Uint8Array) => new TextDecoder().decode(data);
const accept: TunnelSendEvent = { type: 'tunnel.accept' };
const end: TunnelSendEvent = { type: 'tunnel.end' };
const abort: TunnelSendEvent = { type: 'tunnel.abort' };
const data = (text: string): TunnelSendEvent => ({ type: 'tunnel.data', data: octets(text) });
const datagram = (text: string): TunnelSendEvent => ({
  type: 'tunnel.datagram',
  data: octets(text),
});

/** The error codes of RFC 9113 section 7. */
const PROTOCOL_ERROR = 1;
const CANCEL = 8;
const CONNECT_ERROR = 10;

type Lifespan = NonNullable<StageHandlers['lifespan']>;

/** A lifespan that answers as it is told to. */
const ready =
  (answer: Omit<LifespanReady, 'type'>): Lifespan =>
  async (_scope, receive, send) => {
    await receive();
    await send({ type: 'lifespan.ready', ...answer });
    while ((await receive()).type !== 'lifespan.shutdown');
  };

/** Declares these protocols. */
const declares = (...tunnels: readonly string[]) => ready({ accepts: { tunnel: 1 }, tunnels });

type Handler = NonNullable<StageHandlers['tunnel']>;

/** Accepts, and notes everything that is received until the end. */
const listens: Handler = async (_scope, receive, send, stage) => {
  await send(accept);
  let event: TunnelReceiveEvent;
  do {
    event = await receive();
    stage.note('received', event);
  } while (event.type !== 'tunnel.closed' && event.type !== 'http.closed');
};

/** Accepts, sends events in order and notes what each led to. */
const sends = (...events: readonly TunnelSendEvent[]): StageHandlers => ({
  tunnel: async (_scope, _receive, send, stage) => {
    for (const event of events) stage.note('sent', await stage.outcome(send(event)));
    await stage.reached('over');
  },
});

/** Takes the next outcomes of `sends`. */
async function outcomes(t: Peer, count: number): Promise<string[]> {
  const all: string[] = [];
  for (let one = 0; one < count; one++) all.push(await t.seen<string>('sent'));
  return all;
}

/** Says that a request came as HTTP, and with which offers. */
const asHttp: StageHandlers['http'] = async (scope, _receive, send, stage) => {
  stage.note('type', scope.type);
  stage.note('upgrade', scope.upgrade);
  await send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.end' });
};

/** Notes the scope of a tunnel without its handles, and refuses it. */
const notesScope: Handler = async (scope, _receive, send, stage) => {
  const { local: _, ...plain } = scope;
  stage.note('type', scope.type);
  stage.note('scope', plain);
  await send({ type: 'http.response.start', status: 403 });
  await send({ type: 'http.response.end' });
};

const upgrade = (protocol: string) =>
  [
    ['connection', 'upgrade'],
    ['upgrade', protocol],
  ] as const;

const NOT_ON_2 = { drivers: ['memory', 'h1'], why: 'HTTP/2 has no `upgrade` field' } as const;
const ONLY_2 = { drivers: ['h2'], why: 'only HTTP/2 has an extended CONNECT' } as const;

async function accepted(t: Peer): Promise<Stream> {
  const stream = await t.tunnel();
  equal((await stream.head()).status, t.version === '2' ? 200 : 101);
  return stream;
}

/** Notes of the name `received` up to the last event. */
async function received(t: Peer): Promise<{ type: string; cause?: string; data?: Uint8Array }[]> {
  const events: { type: string; cause?: string; data?: Uint8Array }[] = [];
  for (;;) {
    const event = await t.seen<{ type: string; cause?: string; data?: Uint8Array }>('received');
    events.push(event);
    if (event.type === 'tunnel.closed' || event.type === 'http.closed') return events;
  }
}

/** A capsule with a type and a value below 64 octets. */
const capsule = (type: number, value: string) =>
  Uint8Array.of(type, value.length, ...octets(value));

export default area('tunnel', 'Tunnels', [
  // What becomes a tunnel.

  ...(
    [
      ['a declared one', 'ticks', ['ticks']],
      ['in another case', 'TICKS/1', ['ticks/1']],
      ['behind one that nobody declared', 'other, ticks', ['ticks']],
    ] as const
  ).map(([title, asked, declared]) =>
    conforms('tunnel.declared-only', `an upgrade to a declared protocol is a tunnel: ${title}`, {
      ...NOT_ON_2,
      app: { lifespan: declares(...declared), tunnel: notesScope },
      async client(t) {
        equal((await t.fetch({ headers: upgrade(asked) })).status, 403);
        equal(await t.seen('type'), 'tunnel');
        const scope = await t.seen<{ protocol: string; upgrade: unknown }>('scope');
        equal(scope.protocol, declared[0]);
      },
    }),
  ),

  ...(
    [
      ['another version of the protocol', upgrade('ticks/2')],
      ['without `connection: upgrade`', [['upgrade', 'ticks']]],
      ['with content', [...upgrade('ticks'), ['content-length', '1']]],
      ['a protocol that stands for the method alone', upgrade('CONNECT')],
    ] as const
  ).map(([title, headers]) =>
    conforms('tunnel.declared-only', `an upgrade is an ordinary request: ${title}`, {
      ...NOT_ON_2,
      app: { lifespan: declares('ticks', 'CONNECT'), tunnel: notesScope, http: asHttp },
      async client(t) {
        const body = headers.some(([name]) => name === 'content-length') ? { body: 'x' } : {};
        equal((await t.fetch({ method: 'GET', headers, ...body })).status, 200);
        equal(await t.seen('type'), 'http');
      },
    }),
  ),

  conforms('tunnel.declared-only', 'a CONNECT is a tunnel where the application declared CONNECT', {
    app: { lifespan: declares('CONNECT'), tunnel: notesScope },
    async client(t) {
      equal((await (await t.tunnel({ connect: true })).whole()).status, 403);
      const scope = await t.seen<Record<string, unknown>>('scope');
      equal(scope.protocol, 'CONNECT');
      equal(scope.authority, `${AUTHORITY}:443`);
      equal(scope.path, '');
      equal(scope.query, null);
      equal(scope.upgrade, null);
      equal(scope.datagrams, 'none');
    },
  }),

  conforms('tunnel.declared-only', 'an extended CONNECT with a declared protocol is a tunnel', {
    ...ONLY_2,
    app: { lifespan: declares('ticks'), tunnel: notesScope },
    async client(t) {
      equal((await (await t.tunnel({ tunnel: 'Ticks', target: '/a?b' })).whole()).status, 403);
      const scope = await t.seen<Record<string, unknown>>('scope');
      equal(scope.protocol, 'ticks');
      equal(scope.method, 'CONNECT');
      equal(scope.path, '/a');
      deepEqual(scope.upgrade, { offers: ['Ticks'], via: 'extended_connect' });
    },
  }),

  conforms('tunnel.declared-only', 'without acceptance of the feature there are no tunnels', {
    app: { lifespan: ready({ accepts: {} }), tunnel: notesScope, http: asHttp },
    async client(t) {
      const { status } = await (await t.tunnel()).whole();
      equal(status, t.version === '2' ? 501 : 200);
    },
  }),

  ...(
    [
      ['a space', ['two words']],
      ['an empty one', ['']],
      ['two slashes', ['a/1/2']],
      ['nothing behind the slash', ['a/']],
      ['one twice, in another case', ['ticks', 'TICKS']],
      ['websocket', ['WebSocket']],
    ] as const
  ).map(([title, tunnels]) =>
    conforms('tunnel.declared-syntax', `\`lifespan.ready\` is rejected for ${title}`, {
      app: {
        async lifespan(_scope, receive, send, stage) {
          await receive();
          const wrong = send({ type: 'lifespan.ready', accepts: { tunnel: 1 }, tunnels });
          stage.note('outcome', await stage.outcome(wrong));
          await send({ type: 'lifespan.ready' });
          while ((await receive()).type !== 'lifespan.shutdown');
        },
        http: asHttp,
      },
      async client(t) {
        equal((await t.fetch()).status, 200);
        equal(await t.seen('outcome'), 'Misuse: tunnel.declared-syntax');
      },
    }),
  ),

  conforms(
    'tunnel.undeclared-upgrade',
    'an upgrade that nobody declared is answered as any request',
    {
      ...NOT_ON_2,
      app: { http: asHttp },
      async client(t) {
        equal((await t.fetch({ headers: upgrade('unheard-of/2, other') })).status, 200);
        equal(await t.seen('type'), 'http');
        deepEqual(await t.seen('upgrade'), { offers: ['unheard-of/2', 'other'], via: 'upgrade' });
      },
    },
  ),

  conforms('tunnel.undeclared-connect', 'a CONNECT that no tunnel takes is answered 501', {
    app: { http: asHttp },
    async client(t) {
      equal((await (await t.tunnel({ connect: true })).whole()).status, 501);
    },
  }),

  conforms('tunnel.undeclared-connect', 'so is an extended one', {
    ...ONLY_2,
    app: { http: asHttp },
    async client(t) {
      equal((await (await t.tunnel({ tunnel: 'unheard-of' })).whole()).status, 501);
    },
  }),

  ...(['example.org', 'example.org:0', 'example.org:65536', '/path', ':443'] as const).map(
    (target) =>
      conforms('tunnel.connect-syntax', `a CONNECT to \`${target}\` is answered 400`, {
        drivers: ['memory', 'h1'],
        why: 'over HTTP/2 the target is `:authority`, whose syntax the stack below checks',
        app: { lifespan: declares('CONNECT'), tunnel: notesScope },
        async client(t) {
          const stream = await t.tunnel({ connect: true, target, authority: AUTHORITY });
          equal((await stream.whole()).status, 400);
        },
      }),
  ),

  conforms('tunnel.connect-syntax', 'a CONNECT with a content-length is answered 400', {
    drivers: ['memory', 'h1'],
    why: 'over HTTP/2 such a stream is malformed where its data does not add up',
    app: { lifespan: declares('CONNECT'), tunnel: notesScope },
    async client(t) {
      const stream = await t.tunnel({ connect: true, headers: [['content-length', '5']] });
      equal((await stream.whole()).status, 400);
    },
  }),

  // Before the answer.

  conforms('tunnel.no-early-answer', 'nothing is answered before the application accepts', {
    app: {
      async tunnel(_scope, _receive, send, stage) {
        stage.note('called');
        await stage.reached('accept');
        await send(accept);
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.tunnel();
      await t.seen('called');
      const head = stream.head();
      await t.quiet(head, 'an answer');
      await t.open('accept');
      equal((await head).status, t.version === '2' ? 200 : 101);
      await stream.end();
    },
  }),

  conforms('tunnel.early-data', 'octets that come before the acceptance are given behind it', {
    app: { tunnel: listens },
    async client(t) {
      const stream = await t.tunnel();
      await stream.write('early');
      equal((await stream.head()).status, t.version === '2' ? 200 : 101);
      const { type, data } = await t.seen<{ type: string; data: Uint8Array }>('received');
      equal(type, 'tunnel.data');
      equal(textOf(data), 'early');
      stream.reset();
    },
  }),

  conforms(
    'tunnel.early-data',
    'octets behind a CONNECT that is refused are not read as a request',
    {
      drivers: ['h1'],
      why: 'only HTTP/1 has requests behind one another among the octets of a connection',
      app: { lifespan: declares('CONNECT'), tunnel: notesScope, http: asHttp },
      async client(t) {
        const raw = await t.raw();
        await raw.write(
          `CONNECT example.org:443 HTTP/1.1\r\n${t.lines}\r\nGET / HTTP/1.1\r\n${t.lines}\r\n`,
        );
        const { text } = await raw.rest();
        ok(text.startsWith('HTTP/1.1 403 '), text);
        equal(text.split('HTTP/1.1 ').length, 2, `two answers: ${text}`);
      },
    },
  ),

  // Accepting.

  conforms('tunnel.accept-wire', 'an accepted tunnel is answered as the table says', {
    app: {
      async tunnel(_scope, _receive, send) {
        await send({ ...accept, headers: [['x-greeting', 'hello']] });
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.tunnel();
      const { status, headers } = await stream.head();
      equal(status, t.version === '2' ? 200 : 101);
      equal(field(headers, 'x-greeting'), 'hello');
      if (t.version !== '2') {
        equal(field(headers, 'connection')?.toLowerCase(), 'upgrade');
        equal(field(headers, 'upgrade'), TUNNEL);
      }
      for (const name of ['content-length', 'transfer-encoding', 'date'])
        equal(field(headers, name), undefined, `the answer has \`${name}\``);
      await stream.end();
    },
  }),

  conforms('tunnel.accept-wire', 'a CONNECT is accepted with 200', {
    app: {
      lifespan: declares('CONNECT'),
      async tunnel(_scope, _receive, send) {
        await send(accept);
        await send(data('there'));
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.tunnel({ connect: true });
      equal((await stream.head()).status, 200);
      equal(await stream.readText(5), 'there');
      await stream.end();
    },
  }),

  conforms('tunnel.accept-once', 'a second acceptance is rejected', {
    app: sends(accept, accept),
    async client(t) {
      const stream = await accepted(t);
      deepEqual(await outcomes(t, 2), ['accepted', 'Misuse: tunnel.accept-once']);
      await t.open('over');
      stream.reset();
    },
  }),

  conforms('tunnel.accept-once', 'an acceptance behind an answer is rejected', {
    app: sends(
      { type: 'http.response.start', status: 403 },
      accept,
      { type: 'http.response.end' },
      accept,
    ),
    async client(t) {
      equal((await (await t.tunnel()).whole()).status, 403);
      deepEqual(await outcomes(t, 4), [
        'accepted',
        'Misuse: tunnel.accept-once',
        'accepted',
        'Misuse: tunnel.accept-once',
      ]);
      await t.open('over');
    },
  }),

  conforms('tunnel.accept-datagrams', 'datagrams cannot be agreed on where the scope says none', {
    app: {
      lifespan: declares('CONNECT'),
      ...sends({ ...accept, datagrams: true } as TunnelSendEvent, accept),
    },
    async client(t) {
      const stream = await t.tunnel({ connect: true });
      equal((await stream.head()).status, 200);
      deepEqual(await outcomes(t, 2), ['Misuse: tunnel.accept-datagrams', 'accepted']);
      await t.open('over');
      stream.reset();
    },
  }),

  ...(['capsule-protocol', 'content-type'] as const).map((name) =>
    conforms(
      'tunnel.accept-datagrams',
      `an acceptance of datagrams has no \`${name}\` of the application`,
      {
        app: sends({ type: 'tunnel.accept', datagrams: true, headers: [[name, 'x']] }, accept),
        async client(t) {
          const stream = await accepted(t);
          deepEqual(await outcomes(t, 2), ['Misuse: tunnel.accept-datagrams', 'accepted']);
          await t.open('over');
          stream.reset();
        },
      },
    ),
  ),

  // Answering instead.

  conforms('tunnel.refuse', 'a response answers the request instead', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send({ type: 'http.response.start', status: 403 });
        await send({ type: 'http.response.body', data: octets('not here') });
        await send({ type: 'http.response.end' });
        stage.note('last', await receive());
      },
    },
    async client(t) {
      const whole = await (await t.tunnel()).whole();
      equal(whole.status, 403);
      equal(whole.text, 'not here');
      deepEqual(await t.seen('last'), { type: 'http.closed', cause: 'complete' });
    },
  }),

  conforms('tunnel.refuse', 'a status below 300 does not refuse a CONNECT', {
    app: {
      lifespan: declares('CONNECT'),
      ...sends(
        { type: 'http.response.start', status: 204 },
        { type: 'http.response.start', status: 300 },
        { type: 'http.response.end' },
      ),
    },
    async client(t) {
      equal((await (await t.tunnel({ connect: true })).whole()).status, 300);
      deepEqual(await outcomes(t, 3), ['Misuse: tunnel.refuse', 'accepted', 'accepted']);
      await t.open('over');
    },
  }),

  conforms('tunnel.refuse', 'an upgrade can be answered with 200', {
    ...NOT_ON_2,
    app: {
      async tunnel(_scope, _receive, send) {
        await send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.end' });
      },
    },
    async client(t) {
      equal((await (await t.tunnel()).whole()).status, 200);
    },
  }),

  ...(
    [
      { type: 'http.response.start', status: 500 },
      { type: 'http.response.body', data: octets('x') },
      { type: 'http.response.end' },
      { type: 'http.response.abort' },
      { type: 'http.informational', status: 103 },
      { type: 'http.refuse' },
    ] satisfies TunnelSendEvent[]
  ).map((event) =>
    conforms(
      'tunnel.no-response-after-accept',
      `\`${event.type}\` is rejected behind the acceptance`,
      {
        app: sends(accept, event as TunnelSendEvent),
        async client(t) {
          const stream = await accepted(t);
          deepEqual(await outcomes(t, 2), ['accepted', 'Misuse: tunnel.no-response-after-accept']);
          await t.open('over');
          stream.reset();
        },
      },
    ),
  ),

  // Octets.

  ...([data('x'), end, abort] as const).map((event) =>
    conforms('tunnel.data-before-accept', `\`${event.type}\` is rejected before the acceptance`, {
      app: sends(event as TunnelSendEvent, accept),
      async client(t) {
        const stream = await accepted(t);
        deepEqual(await outcomes(t, 2), ['Misuse: tunnel.data-before-accept', 'accepted']);
        await t.open('over');
        stream.reset();
      },
    }),
  ),

  conforms('tunnel.data-order', 'octets arrive unchanged and in order, both ways', {
    app: {
      async tunnel(_scope, receive, send) {
        await send(accept);
        await send({ type: 'tunnel.data', data: new Uint8Array() });
        for (;;) {
          const event = await receive();
          if (event.type === 'tunnel.data') await send(event);
          else break;
        }
        await send(end);
      },
    },
    async client(t) {
      const stream = await accepted(t);
      const sent = Uint8Array.from({ length: 200_000 }, (_, at) => (at * 7) % 251);
      const reading = stream.read(sent.length);
      for (let at = 0; at < sent.length; at += 9973)
        await stream.write(sent.subarray(at, at + 9973));
      deepEqual(Buffer.from(await reading).equals(Buffer.from(sent)), true);
      await stream.end();
      equal((await stream.whole()).ending, 'end');
    },
  }),

  conforms('tunnel.data-order', 'a piece that is given has octets', {
    app: { tunnel: listens },
    async client(t) {
      const stream = await accepted(t);
      await stream.write('a');
      await stream.write('');
      await stream.write('b');
      await stream.end();
      let text = '';
      for (;;) {
        const event = await t.seen<{ type: string; data?: Uint8Array }>('received');
        if (event.type !== 'tunnel.data') break;
        ok(event.data && event.data.length > 0, 'an empty piece');
        text += textOf(event.data);
      }
      equal(text, 'ab');
      stream.reset();
    },
  }),

  conforms('tunnel.end-half-close', 'behind its own end the application still receives', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send(accept);
        await send(data('bye'));
        await send(end);
        for (;;) {
          const event = await receive();
          stage.note('received', event);
          if (event.type === 'tunnel.closed') return;
        }
      },
    },
    async client(t) {
      const stream = await accepted(t);
      const whole = await stream.whole();
      equal(whole.text, 'bye');
      equal(whole.ending, 'end');
      await stream.write('still here');
      await stream.end();
      const events = await received(t);
      equal(events.map(({ data }) => (data ? textOf(data) : '')).join(''), 'still here');
      deepEqual(events.slice(-2), [
        { type: 'tunnel.end' },
        { type: 'tunnel.closed', cause: 'complete' },
      ]);
    },
  }),

  conforms(
    'tunnel.end-given-once',
    "the peer's end is given once, and the application still sends",
    {
      app: {
        async tunnel(_scope, receive, send, stage) {
          await send(accept);
          let event = await receive();
          while (event.type === 'tunnel.data') event = await receive();
          stage.note('received', event);
          await send(data('answer'));
          await send(end);
          stage.note('received', await receive());
        },
      },
      async client(t) {
        const stream = await accepted(t);
        await stream.write('question');
        await stream.end();
        equal((await stream.whole()).text, 'answer');
        deepEqual(await received(t), [
          { type: 'tunnel.end' },
          { type: 'tunnel.closed', cause: 'complete' },
        ]);
      },
    },
  ),

  ...(
    [
      ['of a tunnel by `:protocol` is CANCEL', abort, CANCEL],
      ['is the one that the application gave', { type: 'tunnel.abort', code: 13 }, 13],
    ] as const
  ).map(([title, event, code]) =>
    conforms('tunnel.abort-wire', `an abort breaks the tunnel off, and its code ${title}`, {
      app: {
        async tunnel(_scope, _receive, send) {
          await send(accept);
          await send(event);
        },
      },
      async client(t) {
        const stream = await t.tunnel();
        const whole = await stream.whole();
        ok(whole.ending !== 'end', 'the tunnel has a clean end');
        if (t.driver === 'h2') equal(whole.code, code);
      },
    }),
  ),

  conforms('tunnel.abort-wire', 'the code of an aborted CONNECT is CONNECT_ERROR', {
    ...ONLY_2,
    app: {
      lifespan: declares('CONNECT'),
      async tunnel(_scope, _receive, send) {
        await send(accept);
        await send(abort);
      },
    },
    async client(t) {
      equal((await (await t.tunnel({ connect: true })).whole()).code, CONNECT_ERROR);
    },
  }),

  ...(
    [
      ['tunnel.end', [end, data('x'), end], ['accepted', 'nothing', 'nothing']],
      [
        'tunnel.abort',
        [abort, data('x'), end, abort],
        ['accepted', 'nothing', 'nothing', 'nothing'],
      ],
    ] as const
  ).map(([type, events, expected]) =>
    conforms('tunnel.nothing-after-end', `what follows \`${type}\` is rejected`, {
      app: sends(accept, ...events),
      async client(t) {
        const stream = await t.tunnel();
        deepEqual(
          (await outcomes(t, events.length + 1)).slice(1),
          expected.map((word) => (word === 'nothing' ? 'Misuse: tunnel.nothing-after-end' : word)),
        );
        await t.open('over');
        stream.reset();
      },
    }),
  ),

  // The end.

  conforms('tunnel.closed.cause', 'a peer that resets the tunnel is the cause', {
    app: { tunnel: listens },
    async client(t) {
      const stream = await accepted(t);
      stream.reset(CANCEL);
      const last = (await received(t)).at(-1) as { cause: string; code?: number };
      ok(/^(peer_reset|connection_lost)$/.test(last.cause), last.cause);
      if (t.driver === 'h2') equal(last.code, CANCEL);
    },
  }),

  conforms('tunnel.closed.cause', 'an abort of the application completes it', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send(accept);
        await send(abort);
        stage.note('last', await receive());
      },
    },
    async client(t) {
      await (await t.tunnel()).whole();
      deepEqual(await t.seen('last'), { type: 'tunnel.closed', cause: 'complete' });
    },
  }),

  conforms('tunnel.closed.when', 'behind one end the last event is not given yet', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send(accept);
        let event = await receive();
        while (event.type !== 'tunnel.end') event = await receive();
        const last = receive();
        stage.note('standing', await stage.standing(last));
        await send(end);
        stage.note('last', (await last).type);
      },
    },
    async client(t) {
      const stream = await accepted(t);
      await stream.end();
      equal(await t.seen('standing'), 'pending');
      equal(await t.seen('last'), 'tunnel.closed');
      equal((await stream.whole()).ending, 'end');
    },
  }),

  conforms('tunnel.closed.repeats', 'the last event is given again', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send(accept);
        await send(abort);
        stage.note('events', [await receive(), await receive()]);
      },
    },
    async client(t) {
      await (await t.tunnel()).whole();
      const [first, second] = await t.seen<[unknown, unknown]>('events');
      deepEqual(first, second);
    },
  }),

  conforms('tunnel.returns-closes', 'an application that returns has ended its direction', {
    app: {
      async tunnel(_scope, _receive, send) {
        await send(accept);
        await send(data('all'));
      },
    },
    async client(t) {
      const stream = await accepted(t);
      const whole = await stream.whole();
      equal(whole.text, 'all');
      equal(whole.ending, 'end');
      await stream.write('discarded');
      await stream.end();
    },
  }),

  conforms(
    'tunnel.returns-timeout',
    'a peer that does not end its direction is broken off in time',
    {
      gateway: { limits: { idle_ms: 300 } },
      app: {
        async tunnel(_scope, _receive, send) {
          await send(accept);
        },
      },
      async client(t) {
        const { operator } = t;
        const stream = await accepted(t);
        equal((await stream.whole()).ending, 'end');
        await t.within(4000, operator.idle(), 'the end of the tunnel');
      },
    },
  ),

  conforms(
    'tunnel.abort-when-unended',
    'an application that ends with an error breaks the tunnel off',
    {
      app: {
        async tunnel(_scope, _receive, send) {
          await send(accept);
          throw new Error('broken');
        },
      },
      async client(t) {
        const stream = await t.tunnel();
        const whole = await stream.whole();
        ok(whole.ending !== 'end', 'the tunnel has a clean end');
        if (t.driver === 'h2') equal(whole.code, CANCEL);
      },
    },
  ),

  conforms('tunnel.abort-when-unended', 'the deadline of a drain breaks the tunnel off', {
    app: { tunnel: listens },
    async client(t) {
      const { operator } = t;
      const stream = await accepted(t);
      operator.drain();
      equal((await t.seen<{ type: string }>('received')).type, 'gateway.drain');
      operator.deadline();
      deepEqual((await received(t)).at(-1), { type: 'tunnel.closed', cause: 'shutdown' });
      ok((await stream.whole()).ending !== 'end', 'the tunnel has a clean end');
    },
  }),

  conforms(
    'tunnel.abort-when-unended',
    'a peer that ends within a capsule has broken the protocol',
    {
      app: {
        async tunnel(_scope, receive, send, stage) {
          await send({ type: 'tunnel.accept', datagrams: true });
          let event = await receive();
          while (event.type !== 'tunnel.closed') event = await receive();
          stage.note('last', event);
        },
      },
      async client(t) {
        const stream = await accepted(t);
        await stream.write(Uint8Array.of(0, 5, 1));
        await stream.end();
        deepEqual(await t.seen('last'), { type: 'tunnel.closed', cause: 'protocol_error' });
        const whole = await stream.whole();
        ok(whole.ending !== 'end', 'the tunnel has a clean end');
        if (t.driver === 'h2') equal(whole.code, PROTOCOL_ERROR);
      },
    },
  ),

  // Datagrams.

  conforms(
    'tunnel.datagram.whole',
    'a datagram in a capsule is one event, and one that is sent one capsule',
    {
      app: {
        async tunnel(scope, receive, send, stage) {
          stage.note('datagrams', scope.datagrams);
          await send({ type: 'tunnel.accept', datagrams: true });
          for (;;) {
            const event = await receive();
            if (event.type !== 'tunnel.datagram') break;
            await send(event);
          }
          await send(end);
        },
      },
      async client(t) {
        const stream = await t.tunnel();
        equal(await t.seen('datagrams'), 'capsules');
        equal(field((await stream.head()).headers, 'capsule-protocol'), '?1');
        const two = Buffer.concat([capsule(0, 'ping'), capsule(0, '')]);
        for (const octet of two) await stream.write(Uint8Array.of(octet));
        deepEqual(Buffer.from(await stream.read(two.length)).equals(two), true);
        await stream.end();
        equal((await stream.whole()).ending, 'end');
      },
    },
  ),

  conforms('tunnel.datagram.permitted', 'a datagram is rejected where none were agreed on', {
    app: sends(accept, datagram('x')),
    async client(t) {
      const stream = await accepted(t);
      deepEqual(await outcomes(t, 2), ['accepted', 'Misuse: tunnel.datagram.permitted']);
      await t.open('over');
      stream.reset();
    },
  }),

  conforms('tunnel.datagram.permitted', 'a datagram of more than 65,535 octets is rejected', {
    app: sends(
      { type: 'tunnel.accept', datagrams: true },
      { type: 'tunnel.datagram', data: new Uint8Array(65_536) },
      { type: 'tunnel.datagram', data: new Uint8Array(65_535) },
    ),
    async client(t) {
      const stream = await accepted(t);
      await stream.read(65_535);
      deepEqual(await outcomes(t, 3), [
        'accepted',
        'Misuse: tunnel.datagram.permitted',
        'accepted',
      ]);
      await t.open('over');
      stream.reset();
    },
  }),

  conforms('tunnel.datagram.dropped', 'one from the peer with more than 65,535 octets is dropped', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send({ type: 'tunnel.accept', datagrams: true });
        stage.note('received', await receive());
      },
    },
    async client(t) {
      const stream = await accepted(t);
      const long = new Uint8Array(5 + 65_536);
      long.set([0, 0x80, 1, 0, 0]);
      await stream.write(long);
      await stream.write(capsule(0, 'short'));
      const event = await t.seen<{ type: string; data: Uint8Array }>('received');
      equal(event.type, 'tunnel.datagram');
      equal(textOf(event.data), 'short');
      stream.reset();
    },
  }),

  conforms('tunnel.datagram.capsules', 'capsules of other types pass as octets, whole', {
    app: {
      async tunnel(_scope, receive, send, stage) {
        await send({ type: 'tunnel.accept', datagrams: true });
        const seen: [string, string][] = [];
        for (;;) {
          const event = await receive();
          if (event.type !== 'tunnel.data' && event.type !== 'tunnel.datagram') break;
          const before = seen.at(-1);
          const text = textOf(event.data);
          if (before && before[0] === 'tunnel.data' && event.type === 'tunnel.data')
            before[1] += text;
          else seen.push([event.type, text]);
        }
        stage.note('seen', seen);
      },
    },
    async client(t) {
      const stream = await accepted(t);
      await stream.write(capsule(0x17, 'other'));
      await stream.write(capsule(0, 'gram'));
      await stream.write(capsule(0x18, ''));
      await stream.end();
      deepEqual(await t.seen('seen'), [
        ['tunnel.data', textOf(capsule(0x17, 'other'))],
        ['tunnel.datagram', 'gram'],
        ['tunnel.data', textOf(capsule(0x18, ''))],
      ]);
      stream.reset();
    },
  }),

  conforms(
    'tunnel.datagram.capsules',
    'a datagram waits for the end of a capsule of the application',
    {
      app: sends(
        { type: 'tunnel.accept', datagrams: true },
        { type: 'tunnel.data', data: Uint8Array.of(0x17, 4, 97, 98) },
        datagram('gram'),
        { type: 'tunnel.data', data: Uint8Array.of(99, 100) },
      ),
      async client(t) {
        const stream = await accepted(t);
        const wanted = Buffer.concat([capsule(0x17, 'abcd'), capsule(0, 'gram')]);
        deepEqual(Buffer.from(await stream.read(wanted.length)), wanted);
        deepEqual(await outcomes(t, 4), ['accepted', 'accepted', 'accepted', 'accepted']);
        await t.open('over');
        stream.reset();
      },
    },
  ),

  conforms('tunnel.datagram.unfinished', 'an end within a capsule is rejected', {
    app: sends(
      { type: 'tunnel.accept', datagrams: true },
      { type: 'tunnel.data', data: Uint8Array.of(0x17, 2, 97) },
      end,
      { type: 'tunnel.data', data: Uint8Array.of(98) },
      end,
    ),
    async client(t) {
      const stream = await accepted(t);
      deepEqual(await outcomes(t, 5), [
        'accepted',
        'accepted',
        'Misuse: tunnel.datagram.unfinished',
        'accepted',
        'accepted',
      ]);
      equal((await stream.whole()).ending, 'end');
      await t.open('over');
      await stream.end();
    },
  }),
]);
