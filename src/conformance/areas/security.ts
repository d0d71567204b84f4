// Conformance: refusing and giving up, limits, forwarded fields, errors, and many requests at once (proposal 10). Where a
// message ends is the subject of `security-messages.ts`, files that of `http-file.ts`.

import { deepEqual, equal, match, ok } from 'node:assert/strict';
import type { Fields, HttpReceiveEvent } from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import type { Peer } from '../peer.ts';
import { field } from '../stream.ts';

const octets = (text: string) => new TextEncoder().encode(text);
const ONLY_1 = { drivers: ['h1'], why: 'only HTTP/1 orders messages on a connection' } as const;
const ONLY_2 = { drivers: ['h2'], why: 'only HTTP/2 has streams' } as const;

type Handler = NonNullable<StageHandlers['http']>;

/** Answers with 200 at once. */
const answers: Handler = async (_scope, _receive, send) => {
  await send({ type: 'http.response.start', status: 200, headers: [['content-length', '2']] });
  await send({ type: 'http.response.body', data: octets('ok') });
  await send({ type: 'http.response.end' });
};

/** Notes that it was called, then answers. */
const counts: Handler = async (scope, receive, send, stage) => {
  stage.note('called', scope.path);
  await answers(scope, receive, send, stage);
};

/** Reads the whole request, notes what ended it, and answers. */
const reads: Handler = async (scope, receive, send, stage) => {
  let event: HttpReceiveEvent;
  do event = await receive();
  while (event.type === 'http.request.body');
  stage.note('ended by', event);
  await answers(scope, receive, send, stage);
};

/** Notes what the scope says of a request, and answers. */
const notes =
  (...names: readonly string[]): Handler =>
  async (scope, receive, send, stage) => {
    const values = scope as unknown as Record<string, unknown>;
    stage.note('scope', Object.fromEntries(names.map((name) => [name, values[name]])));
    await answers(scope, receive, send, stage);
  };

const statuses = (text: string) =>
  [...text.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, code]) => code);

/** Trust in the peer of each driver. */
const TRUST = {
  forwarded: ['127.0.0.1', 'memory'],
  x: ['127.0.0.1=x-forwarded', 'memory=x-forwarded'],
} as const;

async function forwarded(t: Peer, headers: Fields): Promise<Record<string, unknown> | null> {
  equal((await t.fetch({ headers })).status, 200);
  const { forwarded } = await t.seen<{ forwarded: Record<string, unknown> | null }>('scope');
  return forwarded;
}

export default area('security', 'Security', [
  // Refusing and giving up.

  conforms(
    'security.refusal-order',
    'a refusal stands behind the whole response to the request before it',
    {
      ...ONLY_1,
      app: {
        async http(_scope, _receive, send, stage) {
          await send({ type: 'http.response.start', status: 200 });
          await stage.reached('go on');
          await send({ type: 'http.response.body', data: octets('first') });
          await send({ type: 'http.response.end' });
        },
      },
      async client(t) {
        const raw = await t.raw();
        await raw.write(`GET / HTTP/1.1\r\n${t.lines}\r\nGET / HTTP/1.1\r\nbroken\r\n\r\n`);
        await raw.until('\r\n\r\n');
        await t.open('go on');
        const { text } = await raw.rest();
        match(text, /first[\s\S]*HTTP\/1\.1 400 /);
      },
    },
  ),

  ...(
    [
      ['more of a body than is allowed', 413, 'limit', (t: Peer) => long(t)],
      ['a broken chunk', 400, 'protocol_error', (t: Peer) => chunks(t, 'not hexadecimal\r\n')],
      [
        'more of a trailer section than is allowed',
        431,
        'limit',
        (t: Peer) => chunks(t, `0\r\n${'x-trailer: value\r\n'.repeat(200)}\r\n`),
      ],
      ['a body that stands still', 408, 'timeout', (t: Peer) => chunks(t, '')],
    ] as const
  ).map(([title, status, cause, send]) =>
    conforms(
      'security.given-up-answer',
      `${title} is answered ${status}, and the cause is ${cause}`,
      {
        ...(title.startsWith('more of a body') ? {} : ONLY_1),
        gateway: { limits: { body_octets: 100, header_fields: 50, idle_ms: 500 } },
        app: {
          async http(_scope, receive, _send, stage) {
            let event = await receive();
            while (event.type === 'http.request.body') event = await receive();
            stage.note('last', event);
          },
        },
        async client(t) {
          equal(await send(t), status);
          deepEqual(await t.seen('last'), { type: 'http.closed', cause });
        },
      },
    ),
  ),

  conforms('security.given-up-answer', 'behind the start of the response it is broken off', {
    gateway: { limits: { body_octets: 100 } },
    app: {
      async http(_scope, receive, send, stage) {
        await send({ type: 'http.response.start', status: 200 });
        await send({ type: 'http.response.body', data: octets('begun') });
        let event = await receive();
        while (event.type === 'http.request.body') event = await receive();
        stage.note('last', event);
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      await stream.readText(5);
      await stream.write(new Uint8Array(200)).catch(() => {});
      ok((await stream.whole()).ending !== 'end', 'the response has a clean end');
      deepEqual(await t.seen('last'), { type: 'http.closed', cause: 'limit' });
    },
  }),

  ...(
    [
      ['a request that was refused', 'GET / HTTP/1.1\r\nbroken\r\n\r\n', ['400']],
      [
        'a request with `connection: close`',
        'GET / HTTP/1.1\r\nconnection: close\r\nLINES\r\n',
        ['200'],
      ],
      ['a request of HTTP/1.0', 'GET / HTTP/1.0\r\nLINES\r\n', ['200']],
    ] as const
  ).map(([title, first, expected]) =>
    conforms('security.nothing-after-last', `behind ${title} no other is read`, {
      ...ONLY_1,
      app: { http: answers },
      async client(t) {
        const raw = await t.raw();
        const second = `GET /second HTTP/1.1\r\n${t.lines}\r\n`;
        await raw.write(first.replace('LINES', t.lines) + second);
        deepEqual(statuses((await raw.rest()).text), expected);
      },
    }),
  ),

  conforms('security.nothing-after-last', 'HTTP/1.0 with keep-alive stays open', {
    ...ONLY_1,
    app: { http: answers },
    async client(t) {
      const raw = await t.raw();
      const request = `GET / HTTP/1.0\r\nconnection: keep-alive\r\n${t.lines}\r\n`;
      await raw.write(request);
      await raw.until('\r\n\r\nok');
      await raw.write(request.replace('connection: keep-alive\r\n', ''));
      deepEqual(statuses((await raw.rest()).text.replaceAll('HTTP/1.0', 'HTTP/1.1')), ['200']);
    },
  }),

  // Fields.

  conforms('security.underscore-distinct', 'a name with an underscore is another name', {
    app: { http: notes('headers') },
    async client(t) {
      await t.fetch({
        headers: [
          ['x-name', 'hyphen'],
          ['x_name', 'underscore'],
        ],
      });
      const { headers } = await t.seen<{ headers: Fields }>('scope');
      equal(field(headers, 'x-name'), 'hyphen');
      equal(field(headers, 'x_name'), 'underscore');
    },
  }),

  // Limits.

  conforms('security.limits-target', 'a longer target is refused with 414', {
    gateway: { limits: { target_octets: 20 } },
    app: { http: counts },
    async client(t) {
      equal((await t.fetch({ target: `/${'a'.repeat(19)}` })).status, 200);
      equal(await t.seen('called'), `/${'a'.repeat(19)}`);
      equal((await t.fetch({ target: `/${'a'.repeat(20)}` })).status, 414);
    },
  }),

  conforms('security.limits-head', 'more fields, or larger ones, are refused with 431', {
    gateway: { limits: { header_fields: 20, header_octets: 600 } },
    app: { http: answers },
    async client(t) {
      const many = Array.from({ length: 21 }, (_, at) => [`x-${at}`, '1'] as const);
      equal((await t.fetch({ headers: many })).status, 431);
      equal((await t.fetch({ headers: [['x-large', 'a'.repeat(600)]] })).status, 431);
      equal((await t.fetch({ headers: [['x-small', 'a']] })).status, 200);
    },
  }),

  conforms('security.limits-head', 'an endless line is refused before its end', {
    ...ONLY_1,
    gateway: { limits: { header_octets: 1000, target_octets: 1000 } },
    async client(t) {
      const raw = await t.raw();
      await raw.write(`GET / HTTP/1.1\r\nx-endless: ${'a'.repeat(4000)}`);
      match((await t.within(5000, raw.rest(), 'the refusal')).text, /^HTTP\/1\.1 431 /);
    },
  }),

  conforms('security.limits-method', 'a method of more than 64 octets is refused', {
    drivers: ['memory', 'h1'],
    why: 'the client for HTTP/2 sends no such method',
    app: { http: answers },
    async client(t) {
      ok([400, 501].includes((await t.fetch({ method: 'A'.repeat(65) })).status));
      equal((await t.fetch({ method: 'A'.repeat(64) })).status, 200);
    },
  }),

  conforms(
    'security.limits-body-declared',
    'a longer declared body is refused, and no 100 goes before',
    {
      gateway: { limits: { body_octets: 10 } },
      app: { http: counts },
      async client(t) {
        const headers = [
          ['content-length', '11'],
          ['expect', '100-continue'],
        ] as const;
        const stream = await t.request({ method: 'POST', headers, open: true });
        const whole = await stream.whole();
        equal(whole.status, 413);
        deepEqual(whole.informational, []);
      },
    },
  ),

  conforms('security.limits-body', 'a body of unknown length is given up beyond the limit', {
    gateway: { limits: { body_octets: 10 } },
    app: { http: reads },
    async client(t) {
      equal(await long(t), 413);
      deepEqual(await t.seen('ended by'), { type: 'http.closed', cause: 'limit' });
      const stream = await t.request({ open: true });
      await stream.write('exactly 10');
      await stream.end();
      equal((await stream.whole()).status, 200);
    },
  }),

  conforms('security.head-time', 'a head that is not whole in time is answered 408', {
    ...ONLY_1,
    gateway: { limits: { head_ms: 300 } },
    async client(t) {
      const raw = await t.raw();
      await raw.write('GET / HTTP/1.1\r\n');
      match((await t.within(5000, raw.rest(), 'the refusal')).text, /^HTTP\/1\.1 408 /);
    },
  }),

  conforms('security.head-time', 'octets that keep coming do not buy time', {
    ...ONLY_1,
    gateway: { limits: { head_ms: 600 } },
    async client(t) {
      const raw = await t.raw();
      let over = false;
      const answer = raw.rest().then(({ text }) => {
        over = true;
        return text;
      });
      await raw.write('GET / HTTP/1.1\r\nx: ');
      for (let octet = 0; octet < 50 && !over; octet++) {
        await raw.write('a').catch(() => {});
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
      match(await answer, /^HTTP\/1\.1 408 /);
    },
  }),

  ...(['', '\r\n\r\n'] as const).map((before) =>
    conforms(
      'security.head-time-silent',
      `a connection that has said ${before ? 'empty lines' : 'nothing'} is closed without an answer`,
      {
        ...ONLY_1,
        gateway: { limits: { head_ms: 300 } },
        async client(t) {
          const raw = await t.raw();
          if (before) await raw.write(before);
          equal((await t.within(5000, raw.rest(), 'the end')).text, '');
        },
      },
    ),
  ),

  conforms(
    'security.head-time-silent',
    'a connection that is idle between requests is closed without an answer',
    {
      ...ONLY_1,
      gateway: { limits: { keep_alive_ms: 300 } },
      app: { http: answers },
      async client(t) {
        const raw = await t.raw();
        await raw.write(`GET / HTTP/1.1\r\n${t.lines}\r\n`);
        await raw.until('\r\n\r\nok');
        equal((await t.within(5000, raw.rest(), 'the end')).text, '');
      },
    },
  ),

  // Forwarded fields.

  conforms('security.forwarded', 'nobody is trusted who was not declared', {
    app: { http: notes('forwarded') },
    async client(t) {
      equal(
        await forwarded(t, [
          ['forwarded', 'for=192.0.2.1'],
          ['x-forwarded-for', '192.0.2.2'],
        ]),
        null,
      );
    },
  }),

  ...(
    [
      ['the other kind of field', [['x-forwarded-for', '192.0.2.2']]],
      ['broken syntax', [['forwarded', 'for="192.0.2.1']]],
      ['no such field', []],
    ] as const
  ).map(([title, headers]) =>
    conforms('security.forwarded', `of a trusted peer, ${title} says nothing`, {
      gateway: { trust: TRUST.forwarded },
      app: { http: notes('forwarded') },
      client: async (t) => equal(await forwarded(t, headers), null),
    }),
  ),

  conforms(
    'security.forwarded-not-peer',
    'what a trusted peer claims changes nothing that was observed',
    {
      gateway: { trust: TRUST.forwarded },
      app: { http: notes('forwarded', 'peer', 'scheme', 'authority', 'tls') },
      async client(t) {
        await t.fetch();
        const plain = await t.seen<Record<string, unknown>>('scope');
        await t.fetch({ headers: [['forwarded', 'for=192.0.2.1;proto=https;host=other.example']] });
        const claimed = await t.seen<Record<string, unknown>>('scope');
        const { forwarded: claim, peer, ...rest } = claimed;
        const { address, transport } = peer as Record<string, unknown>;
        const before = plain.peer as Record<string, unknown>;
        deepEqual([address, transport], [before.address, before.transport]);
        deepEqual(rest, { scheme: plain.scheme, authority: plain.authority, tls: plain.tls });
        deepEqual(claim, {
          for: '192.0.2.1',
          proto: 'https',
          host: 'other.example',
          trusted_by: (claim as Record<string, unknown>).trusted_by,
        });
      },
    },
  ),

  ...(
    [
      [
        'the last element counts',
        TRUST.forwarded,
        [['forwarded', 'for=198.51.100.1, for=192.0.2.1']],
        '192.0.2.1',
      ],
      [
        'a trusted address in the last element leads to the one before',
        TRUST.forwarded,
        [['forwarded', 'for=192.0.2.9, for=192.0.2.1, for=127.0.0.1']],
        '192.0.2.1',
      ],
      [
        'of trusted addresses alone, the first is taken',
        TRUST.forwarded,
        [['forwarded', 'for=127.0.0.1, for="127.0.0.1:80"']],
        '127.0.0.1',
      ],
      [
        'a hidden one ends the walk',
        TRUST.forwarded,
        [['forwarded', 'for=192.0.2.1, for=_hidden, for=127.0.0.1']],
        '_hidden',
      ],
      [
        'fields of one name are one list',
        TRUST.x,
        [
          ['x-forwarded-for', '192.0.2.9'],
          ['x-forwarded-for', '192.0.2.1'],
        ],
        '192.0.2.1',
      ],
      [
        'the other kind is not read',
        TRUST.x,
        [
          ['forwarded', 'for=192.0.2.9'],
          ['x-forwarded-for', '192.0.2.1'],
        ],
        '192.0.2.1',
      ],
    ] as const
  ).map(([title, trust, headers, wanted]) =>
    conforms('security.forwarded-nearest', title, {
      drivers: ['h1', 'h2'],
      why: 'a peer in memory has no address that an element could name',
      gateway: { trust },
      app: { http: notes('forwarded') },
      client: async (t) => equal((await forwarded(t, headers))?.for, wanted),
    }),
  ),

  // Errors.

  conforms('security.no-detail-in-500', 'every error leads to the same answer', {
    app: {
      async http(scope) {
        if (scope.path === '/error') throw new Error('the password is secret');
        if (scope.path === '/type') throw Object.assign(new Error('other'), { name: 'Unusual' });
      },
    },
    async client(t) {
      const seen = [];
      for (const target of ['/error', '/type', '/returns']) {
        const { status, headers, text } = await t.fetch({ target });
        equal(status, 500);
        ok(!/password|secret|Unusual|http\./.test(text), text);
        seen.push([headers.filter(([name]) => name !== 'date' && name !== 'connection'), text]);
      }
      deepEqual(seen[1], seen[0]);
      deepEqual(seen[2], seen[0]);
    },
  }),

  conforms('security.content-coding-kept', 'a coded body arrives coded', {
    app: {
      async http(scope, receive, send, stage) {
        const event = await receive();
        stage.note('first', event.type === 'http.request.body' ? [...event.data] : event.type);
        await answers(scope, receive, send, stage);
      },
    },
    async client(t) {
      const body = Uint8Array.of(0x1f, 0x8b, 8, 0);
      await t.fetch({ method: 'POST', headers: [['content-encoding', 'gzip']], body });
      deepEqual(await t.seen('first'), [...body]);
    },
  }),

  // Many requests at once.

  conforms(
    'security.concurrency-bounded',
    'pipelined requests wait while as many calls are under way',
    {
      ...ONLY_1,
      gateway: { concurrency: 2 },
      app: {
        async http(scope, receive, send, stage) {
          stage.note('called', scope.path);
          await answers(scope, receive, send, stage);
          await stage.reached(`${scope.path} returns`);
        },
      },
      async client(t) {
        const raw = await t.raw();
        for (const path of ['/1', '/2', '/3'])
          await raw.write(`GET ${path} HTTP/1.1\r\n${t.lines}\r\n`);
        deepEqual([await t.seen('called'), await t.seen('called')], ['/1', '/2']);
        const third = t.seen('called');
        await t.quiet(third, 'a third call');
        await t.open('/1 returns');
        equal(await third, '/3');
        await t.open('/2 returns');
        await t.open('/3 returns');
        raw.reset();
      },
    },
  ),

  conforms(
    'security.concurrency-refused',
    'a stream too many is refused, and the application not called',
    {
      ...ONLY_2,
      gateway: { concurrency: 1 },
      app: {
        async http(scope, receive, send, stage) {
          stage.note('called', scope.path);
          await stage.reached('go on');
          await answers(scope, receive, send, stage);
        },
      },
      async client(t) {
        const connection = await t.connect();
        const first = await connection.request({ target: '/first' });
        equal(await t.seen('called'), '/first');
        const { status, code } = await connection.fetch({ target: '/second' });
        deepEqual([status, code], [0, 7]);
        await t.open('go on');
        equal((await first.whole()).status, 200);
        equal((await connection.fetch({ target: '/third' })).status, 200);
        equal(await t.seen('called'), '/third');
        connection.close();
      },
    },
  ),

  conforms('security.concurrency-bounded', 'a reset of the stream does not free the call', {
    ...ONLY_2,
    gateway: { concurrency: 1 },
    app: {
      async http(scope, _receive, send, stage) {
        stage.note('called', scope.path);
        await stage.reached(`${scope.path} returns`);
        await send({ type: 'http.response.start', status: 200 }).catch(() => {});
        await send({ type: 'http.response.end' }).catch(() => {});
      },
    },
    async client(t) {
      const connection = await t.connect();
      const first = await connection.request({ target: '/first' });
      equal(await t.seen('called'), '/first');
      first.reset(8);
      equal((await connection.fetch({ target: '/second' })).code, 7);
      await t.open('/first returns');
      connection.close();
    },
  }),

  conforms('security.floods', 'a peer that resets streams again and again is turned away', {
    ...ONLY_2,
    app: {
      async http(scope, _receive, _send, stage) {
        stage.note('called');
        await new Promise<void>((resolve) => {
          scope.local.cancel.addEventListener('abort', () => resolve(), { once: true });
        });
      },
    },
    ms: 20_000,
    async client(t) {
      const connection = await t.connect();
      for (let stream = 0; stream < 250; stream++) {
        try {
          const request = await connection.request();
          await Promise.race([t.seen('called'), connection.closed()]);
          request.reset(8);
        } catch {
          break;
        }
      }
      const { code } = await t.within(10_000, connection.closed(), 'the end of the connection');
      ok(code === undefined || code === 11, `closed with the code ${code}`);
    },
  }),
]);

/** Sends a body that is longer than it may be, of unknown length. @returns the status of the answer */
async function long(t: Peer): Promise<number> {
  const stream = await t.request({ open: true });
  await stream.write(new Uint8Array(200)).catch(() => {});
  return (await stream.whole()).status;
}

/** Sends a chunked body that begins well. @returns the status of the answer */
async function chunks(t: Peer, rest: string): Promise<number> {
  const raw = await t.raw();
  await raw.write(`POST / HTTP/1.1\r\n${t.lines}transfer-encoding: chunked\r\n\r\n1\r\na\r\n`);
  await raw.write(rest);
  const { text } = await raw.rest();
  return Number(statuses(text)[0]);
}
