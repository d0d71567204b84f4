// Conformance: sending the response (proposal 3, “Sending the response”).

import { deepEqual, equal, match, notEqual, ok } from 'node:assert/strict';
import { type Fields, type HttpSendEvent, UnsupportedScope } from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import type { Ending } from '../host.ts';
import { ENDED } from '../names.ts';
import type { Peer } from '../peer.ts';
import {
  ASKED,
  abort,
  anyType,
  body,
  end,
  hints,
  refuse,
  sends,
  sent,
  start,
  TYPES,
} from '../simple.ts';
import { field, ownFields, type PeerRequest, values } from '../stream.ts';

/** Everything that ends a response. */
const endings = { ended: end, aborted: abort } as const;

/** A start with fields, of status 200 unless said otherwise. */
const startWith = (headers: Fields, status = 200): HttpSendEvent => ({ ...start, status, headers });

/** A start with a declared length. */
const declared = (length: number, status = 200) =>
  startWith([['content-length', String(length)]], status);

const data = (length: number): HttpSendEvent => ({
  type: 'http.response.body',
  data: new Uint8Array(length).fill(120),
});

/** Fields that break http.field-syntax. */
const BROKEN: readonly (readonly [what: string, name: string, value: string])[] = [
  ['a name in capitals', 'X-Name', 'x'],
  ['one capital', 'x-namE', 'x'],
  ['an empty name', '', 'x'],
  ['a name with a space', 'a b', 'x'],
  ['a name with a colon', 'a:', 'x'],
  ['a pseudo-header field', ':status', '200'],
  ['a name with a line end', 'a\r\nb', 'x'],
  ['a name with NUL', 'a\0', 'x'],
  ['a name beyond ASCII', 'n\xe4me', 'x'],
  ['a value with a line end', 'a', 'x\r\nb: y'],
  ['a value with LF', 'a', 'x\ny'],
  ['a value with CR', 'a', 'x\ry'],
  ['a value with NUL', 'a', 'x\0y'],
  ['a value with a control character', 'a', 'x\x01y'],
  ['a value with DEL', 'a', 'x\x7fy'],
  ['a value with a space before it', 'a', ' x'],
  ['a value with a space behind it', 'a', 'x '],
  ['a value with a tab before it', 'a', '\tx'],
  ['a value with a tab behind it', 'a', 'x\t'],
  ['a value of white space', 'a', ' '],
];

/** The same, of strings that no octets are: other languages have another type for them. */
const BEYOND: typeof BROKEN = [
  ['a name with half of a pair', '\ud800', 'x'],
  ['a value beyond octets', 'a', 'x\u0100'],
  ['a value with half of a pair', 'a', '\ud800'],
];

const UNSOUND = [
  ['a broken field', BROKEN],
  ['a field beyond octets', BEYOND],
] as const;

const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
] as const;

/** What http.trailers.permitted adds to them. */
const NO_TRAILERS = [
  ...HOP_BY_HOP,
  'age',
  'authorization',
  'cache-control',
  'content-encoding',
  'content-length',
  'content-range',
  'content-type',
  'cookie',
  'date',
  'expect',
  'expires',
  'host',
  'if-match',
  'if-modified-since',
  'if-none-match',
  'if-range',
  'if-unmodified-since',
  'location',
  'max-forwards',
  'pragma',
  'proxy-authenticate',
  'proxy-authorization',
  'range',
  'retry-after',
  'set-cookie',
  'trailer',
  'vary',
  'warning',
  'www-authenticate',
];

/** Where an application gives fields, as an event and what it is rejected with; each tries them all and then goes on. */
const tryFields = (fields: readonly Fields[]): Readonly<Record<string, StageHandlers>> => ({
  'http.informational': sends(...fields.map((headers) => ({ ...hints, headers })), start, end),
  'http.response.start': sends(...fields.map((headers) => startWith(headers, 500)), start, end),
  'http.response.end': sends(start, ...fields.map((trailers) => ({ ...end, trailers })), end),
});

/** Heads whose length breaks http.length.syntax. */
const LENGTHS: readonly (readonly [what: string, headers: Fields])[] = [
  [
    'two lengths',
    [
      ['content-length', '1'],
      ['content-length', '2'],
    ],
  ],
  [
    'one length twice',
    [
      ['content-length', '1'],
      ['content-length', '1'],
    ],
  ],
  ...['', 'x', '-1', '+1', '1.5', '1e3', '0x10', '1, 1', '1 1', '1234567890123456'].map(
    (length): [string, Fields] => [
      `the length ${JSON.stringify(length)}`,
      [['content-length', length]],
    ],
  ),
];

/** Where trailer fields have no place, in HTTP/1. */
const PLACELESS: readonly {
  readonly title: string;
  readonly request: PeerRequest;
  readonly events: readonly HttpSendEvent[];
}[] = [
  {
    title: 'of declared length',
    request: {},
    events: [
      startWith([
        ['content-length', '1'],
        ['trailer', 'x-sum'],
      ]),
      body('x'),
    ],
  },
  { title: 'to `HEAD`', request: { method: 'HEAD' }, events: [startWith([['trailer', 'x-sum']])] },
  { title: 'without content', request: {}, events: [startWith([['trailer', 'x-sum']], 204)] },
  { title: 'that is not modified', request: {}, events: [startWith([['trailer', 'x-sum']], 304)] },
  {
    title: 'to a peer of HTTP/1.0',
    request: { version: '1.0' },
    events: [startWith([['trailer', 'x-sum']]), body('x')],
  },
];

const HTTP1: { readonly drivers: ['memory', 'h1']; readonly why: string } = {
  drivers: ['memory', 'h1'],
  why: 'HTTP/2 has a place for trailer fields behind every response',
};

export default area('http-response', 'Sending the response', [
  conforms('http.start-once', 'a second start is rejected, and the first response goes on', {
    app: sends({ ...start, status: 201 }, { ...start, status: 404 }, body('first'), end),
    async client(t) {
      const response = await t.fetch();
      equal(response.status, 201);
      equal(response.text, 'first');
      equal(response.ending, 'end');
      equal(await t.seen('sent'), 'none');
      equal(await t.seen('sent'), 'http.start-once');
    },
  }),

  conforms('http.start-once', 'a start behind the end is rejected as a second start', {
    app: sends(start, end, start),
    async client(t) {
      equal((await t.fetch()).ending, 'end');
      const sent = [await t.seen('sent'), await t.seen('sent'), await t.seen('sent')];
      deepEqual(sent, ['none', 'none', 'http.start-once']);
    },
  }),

  conforms('http.commit.on-start', 'the head arrives before there is a piece of the body', {
    app: {
      async http(_scope, _receive, send, stage) {
        await send({ ...start, headers: [['content-type', 'text/event-stream']] });
        await stage.reached('head seen');
        await send(body('data: 1\n\n'));
        await send(end);
      },
    },
    async client(t) {
      const stream = await t.request();
      const head = await stream.head();
      equal(field(head.headers, 'content-type'), 'text/event-stream');
      await t.open('head seen');
      equal((await stream.whole()).text, 'data: 1\n\n');
    },
  }),

  conforms(
    'http.commit.on-start',
    'the head of what answers a WebSocket or a tunnel does not wait either',
    {
      app: anyType(async (_scope, _receive, send, stage) => {
        await send({ ...start, status: 403 });
        await stage.reached('head seen');
        await send(end);
      }),
      async client(t) {
        const streams = [(await t.websocket()).stream, await t.tunnel()];
        for (const stream of streams) equal((await stream.head()).status, 403);
        await t.open('head seen');
        for (const stream of streams) equal((await stream.whole()).ending, 'end');
      },
    },
  ),

  ...[body('early'), body(''), end, abort].map((event, at) =>
    conforms(
      'http.body-before-start',
      `\`${event.type}\` before the start is rejected${at === 1 ? ', if it is empty too' : ''}`,
      {
        app: sends(event, start, body('late'), end),
        async client(t) {
          const response = await t.fetch();
          equal(response.text, 'late');
          equal(response.ending, 'end');
          equal(await t.seen('sent'), 'http.body-before-start');
          equal(await t.seen('sent'), 'none');
        },
      },
    ),
  ),

  ...Object.entries(endings).flatMap(([state, last]) =>
    [body('more'), end, abort, refuse, hints].map((event) =>
      conforms(
        'http.nothing-after-end',
        `\`${event.type}\` is rejected once the response is ${state}`,
        {
          app: sends(start, last, event),
          async client(t) {
            const response = await t.fetch();
            equal(response.ending === 'end', state === 'ended');
            equal(response.text, '');
            const sent = [await t.seen('sent'), await t.seen('sent'), await t.seen('sent')];
            deepEqual(sent, ['none', 'none', 'http.nothing-after-end']);
          },
        },
      ),
    ),
  ),

  conforms('http.nothing-after-end', 'everything is rejected once the request was refused', {
    app: sends(refuse, start, body('more'), end, abort, refuse, hints),
    async client(t) {
      equal((await t.fetch()).status, 0);
      equal(await t.seen('sent'), 'none');
      for (let i = 0; i < 6; i++) equal(await t.seen('sent'), 'http.nothing-after-end');
    },
  }),

  ...(
    [
      ['answered', [], 500],
      ['broken off', [start], 200],
    ] as const
  ).map(([title, events, status]) =>
    conforms(
      'http.nothing-after-end',
      `everything is rejected once the gateway has ${title} in its place`,
      {
        app: {
          async http(_scope, _receive, send, stage) {
            for (const event of events) await send(event);
            // The call ends with this; what follows runs behind it.
            void stage.turns().then(async () => {
              for (const event of [body('more'), end, abort, refuse, hints]) {
                stage.note('sent', await stage.misuse(send(event)));
              }
            });
          },
        },
        async client(t) {
          equal((await t.fetch()).status, status);
          deepEqual(await sent(t, 5), Array(5).fill('http.nothing-after-end'));
        },
      },
    ),
  ),

  conforms('http.informational.before-commit', 'informational responses go before the head', {
    app: sends(hints, { ...hints, status: 102, headers: [] }, start, end),
    async client(t) {
      const { informational, status } = await t.fetch();
      equal(status, 200);
      deepEqual(
        informational.map((response) => response.status),
        [103, 102],
      );
      equal(field(informational[0]?.headers ?? [], 'link'), '</style.css>; rel=preload');
    },
  }),

  conforms('http.informational.before-commit', 'behind the head they are rejected', {
    app: sends(start, hints, body('unharmed'), end),
    async client(t) {
      const { informational, text } = await t.fetch();
      equal(text, 'unharmed');
      deepEqual(informational, []);
      equal(await t.seen('sent'), 'none');
      equal(await t.seen('sent'), 'http.informational.before-commit');
    },
  }),

  conforms('http.informational.http-1-0', 'a peer of HTTP/1.0 gets no informational response', {
    drivers: ['memory', 'h1'],
    why: 'HTTP/2 has no older peers',
    app: sends(hints, start, body('final'), end),
    async client(t) {
      const { informational, status, text } = await t.fetch({ version: '1.0' });
      deepEqual({ informational, status, text }, { informational: [], status: 200, text: 'final' });
      equal(await t.seen('sent'), 'none');
    },
  }),

  ...TYPES.flatMap((type) => [
    conforms(
      'http.500-when-open',
      `an application that returns without a response answers 500 (${type})`,
      {
        app: anyType(async () => {}),
        async client(t) {
          const { status, ending } = await ASKED[type](t);
          deepEqual({ status, ending }, { status: 500, ending: 'end' });
        },
      },
    ),
    conforms(
      'http.500-when-open',
      `an application that fails without a response answers 500 (${type})`,
      {
        app: anyType(async () => {
          throw new Error('secret');
        }),
        async client(t) {
          const { status, text, ending } = await ASKED[type](t);
          deepEqual({ status, ending }, { status: 500, ending: 'end' });
          equal(text.includes('secret'), false, 'the body tells the error');
        },
      },
    ),
    conforms('http.unsupported-scope', `an application that declines answers 501 (${type})`, {
      app: anyType(async (scope) => {
        throw new UnsupportedScope(scope.type);
      }),
      async client(t) {
        const { status, ending } = await ASKED[type](t);
        deepEqual({ status, ending }, { status: 501, ending: 'end' });
        const { how, name } = await t.seen<Ending>(ENDED);
        deepEqual({ how, name }, { how: 'raised', name: 'UnsupportedScope' });
      },
    }),
  ]),

  conforms('http.500-when-open', 'informational responses leave the response open', {
    app: sends(hints),
    async client(t) {
      const { status, informational } = await t.fetch();
      equal(status, 500);
      equal(informational.length, 1);
    },
  }),

  conforms('http.500-when-open', 'the answer to `HEAD` has no body', {
    app: sends(),
    async client(t) {
      const { status, text, ending } = await t.fetch({ method: 'HEAD' });
      deepEqual({ status, text, ending }, { status: 500, text: '', ending: 'end' });
    },
  }),

  conforms('http.500-when-open', 'a request that is still arriving is answered', {
    app: sends(),
    async client(t) {
      const stream = await t.request({ open: true });
      await stream.write('half');
      equal((await stream.head()).status, 500);
    },
  }),

  ...Object.entries({
    'of declared length': [declared(10), body('half')],
    'without length': [start, body('half')],
    'that has not begun': [start],
    'of declared length that has not begun': [declared(10)],
  }).flatMap(([what, events]) =>
    Object.entries({
      returns: () => {},
      fails: () => {
        throw new Error('on purpose');
      },
      declines: () => {
        throw new UnsupportedScope('http');
      },
    }).map(([how, leave]) =>
      conforms(
        'http.abort-when-unended',
        `an application that ${how} within a body ${what} breaks it off`,
        {
          app: {
            async http(_scope, _receive, send) {
              for (const event of events) await send(event);
              leave();
            },
          },
          async client(t) {
            const response = await t.fetch();
            equal(response.status, 200);
            notEqual(response.ending, 'end', 'the response looks complete');
            if (t.version === '2') equal(response.code, 2);
          },
        },
      ),
    ),
  ),

  ...Object.entries({
    'of declared length': declared(10),
    'without length': start,
  }).map(([what, head]) =>
    conforms(
      'http.abort.code',
      `the abort of a body ${what} is seen by the peer, with a code or without`,
      {
        app: {
          async http({ path }, _receive, send) {
            await send(head);
            await send(body('half'));
            await send(path === '/code' ? { ...abort, code: 8 } : abort);
          },
        },
        async client(t) {
          for (const target of ['/', '/code']) {
            const { status, ending } = await t.fetch({ target });
            equal(status, 200);
            notEqual(ending, 'end', 'the response looks complete');
          }
        },
      },
    ),
  ),

  conforms('http.abort.stream-only', 'another exchange on the connection goes on', {
    drivers: ['h2'],
    why: 'only a protocol with streams can confine an abort to one',
    app: {
      async http({ path }, _receive, send, stage) {
        await send(start);
        if (path === '/aborted') return send(abort);
        await stage.reached('aborted');
        await send(body('unharmed'));
        await send(end);
      },
    },
    async client(t) {
      const connection = await t.connect();
      const other = await connection.request({ target: '/other' });
      await other.head();
      equal((await connection.fetch({ target: '/aborted' })).ending, 'reset');
      await t.open('aborted');
      equal((await other.whole()).text, 'unharmed');
    },
  }),

  ...[
    { title: 'without one the code is that of an internal error', code: undefined, seen: 2 },
    { title: 'the stream is reset with the code that was given', code: 8, seen: 8 },
    { title: 'a code that nobody has defined is given', code: 0xfeed, seen: 0xfeed },
    {
      title: 'a code that is too large for the protocol is that of an internal error',
      code: 2 ** 32,
      seen: 2,
    },
    { title: 'the largest of all is, too', code: Number.MAX_SAFE_INTEGER, seen: 2 },
  ].map(({ title, code, seen }) =>
    conforms('http.abort.code', title, {
      drivers: ['h2'],
      why: 'HTTP/1 has no codes, and an abort is all that its peer sees',
      app: sends(start, body('half'), code === undefined ? abort : { ...abort, code }),
      async client(t) {
        equal((await t.fetch()).code, seen);
      },
    }),
  ),

  conforms('http.refuse.before-bytes', 'a refused request is not answered', {
    app: sends(refuse),
    async client(t) {
      const { status, ending, code } = await t.fetch();
      equal(status, 0);
      equal(ending === 'end', false);
      if (t.version === '2') equal(code, 7, 'the stream is not reset with REFUSED_STREAM');
    },
  }),

  conforms('http.refuse.before-bytes', 'behind an informational response it is rejected', {
    app: sends(hints, refuse, start, end),
    async client(t) {
      equal((await t.fetch()).status, 200);
      equal(await t.seen('sent'), 'none');
      equal(await t.seen('sent'), 'http.refuse.before-bytes');
    },
  }),

  conforms('http.refuse.before-bytes', 'a 100 of the gateway does not stand against it', {
    app: {
      async http(_scope, receive, send, stage) {
        // Not awaited: the peer sends no body before it has the 100, and none after the refusal.
        const first = receive();
        await stage.turns();
        stage.note('sent', await stage.misuse(send(refuse)));
        stage.note('received', (await first).type);
      },
    },
    async client(t) {
      const stream = await t.request({
        method: 'POST',
        headers: [
          ['expect', '100-continue'],
          ['content-length', '5'],
        ],
        open: true,
      });
      equal(await t.seen('sent'), 'none');
      equal((await stream.whole()).status, 0);
      equal(await t.seen('received'), 'http.closed');
    },
  }),

  conforms('http.duplex', 'the response goes out while the request arrives', {
    app: {
      async http(_scope, receive, send) {
        await send(start);
        for (;;) {
          const event = await receive();
          if (event.type === 'http.request.body') {
            await send({ type: 'http.response.body', data: event.data });
          } else if (event.type === 'http.request.end') return send(end);
        }
      },
    },
    async client(t) {
      const stream = await t.request({ open: true });
      for (const piece of ['one', 'two', 'three']) {
        await stream.write(piece);
        equal(await stream.readText(piece.length), piece);
      }
      await stream.end();
      equal((await stream.whole()).ending, 'end');
    },
  }),

  // Length and content.

  ...Object.entries({
    'a piece that is too large': [declared(4), data(5)],
    'a piece that is too much together with others': [declared(4), data(2), data(3)],
    'a piece behind the last': [declared(4), data(4), data(1)],
    'any piece of a body of no length': [declared(0), data(1)],
    'a piece that is too large by far': [declared(4), data(200_000)],
  }).map(([title, events]) =>
    conforms('http.length.excess', `${title} is rejected`, {
      app: {
        async http(_scope, _receive, send, stage) {
          for (const event of events) stage.note('sent', await stage.misuse(send(event)));
          // What is left of the length, so that the response can end.
          const taken = events.slice(1, -1).reduce((sum, { type, ...rest }) => {
            return sum + ((rest as { data?: Uint8Array }).data?.length ?? 0);
          }, 0);
          const length = events[0] === undefined ? 0 : lengthOf(events[0]);
          if (taken < length) await send(data(length - taken));
          await send(body(''));
          await send(end);
        },
      },
      async client(t) {
        const { text, ending } = await t.fetch();
        equal(ending, 'end');
        const first = events[0];
        equal(text, 'x'.repeat(first === undefined ? 0 : lengthOf(first)));
        const outcomes = await sent(t, events.length);
        equal(outcomes.at(-1), 'http.length.excess');
        deepEqual([...new Set(outcomes.slice(0, -1))], ['none']);
      },
    }),
  ),

  conforms('http.length.shortfall', 'an end before the declared length is rejected', {
    app: sends(declared(4), end, data(3), end, data(1), end),
    async client(t) {
      const { text, ending, headers } = await t.fetch();
      deepEqual({ text, ending }, { text: 'xxxx', ending: 'end' });
      equal(field(headers, 'content-length'), '4');
      const short = 'http.length.shortfall';
      deepEqual(await sent(t, 6), ['none', short, 'none', short, 'none', 'none']);
    },
  }),

  ...(
    [
      ['to `HEAD`', 'HEAD', 200],
      ['with status 304', 'GET', 304],
    ] as const
  ).map(([title, method, status]) =>
    conforms('http.length.shortfall', `a response ${title} can end without what it declares`, {
      app: sends(declared(4, status), end),
      async client(t) {
        const response = await t.fetch({ method });
        equal(response.status, status);
        equal(response.ending, 'end');
        equal(field(response.headers, 'content-length'), '4');
        deepEqual(await sent(t, 2), ['none', 'none']);
      },
    }),
  ),

  ...[204, 205, 304].map((status) =>
    conforms(
      'http.bodyless',
      `a piece of a response with status ${status} is rejected, unless it is empty`,
      {
        app: sends({ ...start, status }, body('x'), body(''), end),
        async client(t) {
          const response = await t.fetch();
          equal(response.status, status);
          deepEqual({ text: response.text, ending: response.ending }, { text: '', ending: 'end' });
          deepEqual(await sent(t, 4), ['none', 'http.bodyless', 'none', 'none']);
        },
      },
    ),
  ),

  conforms('http.bodyless', 'nothing of such a response is taken for the next one', {
    drivers: ['h1', 'h2'],
    why: 'the driver memory has no connections',
    app: {
      async http({ path }, _receive, send) {
        await send({ ...start, status: Number(path.slice(1)) });
        if (path === '/200') await send(body('next'));
        await send(end);
      },
    },
    async client(t) {
      for (const status of [204, 205, 304]) {
        const connection = await t.connect();
        const first = await connection.fetch({ target: `/${status}` });
        deepEqual({ status: first.status, ending: first.ending }, { status, ending: 'end' });
        equal((await connection.fetch({ target: '/200' })).text, 'next');
      }
    },
  }),

  ...Object.entries({
    'without length': [start, data(5), data(5)],
    'of declared length': [declared(10), data(5), data(5)],
    'of less than it declares': [declared(10), data(5)],
    'of more than it declares': [declared(10), data(50)],
    'of many octets': [start, data(300_000)],
  }).map(([title, events]) =>
    conforms('http.head-length', `a body ${title} is left off the wire of a response to \`HEAD\``, {
      app: sends(...events, end),
      async client(t) {
        const { status, text, ending, headers } = await t.fetch({ method: 'HEAD' });
        deepEqual({ status, text, ending }, { status: 200, text: '', ending: 'end' });
        const [first] = events;
        const length = first && lengthOf(first);
        if (length) equal(field(headers, 'content-length'), String(length));
        deepEqual(await sent(t, events.length + 1), Array(events.length + 1).fill('none'));
      },
    }),
  ),

  conforms('http.head-length', 'nothing of the body is taken for the next response', {
    drivers: ['h1', 'h2'],
    why: 'the driver memory has no connections',
    app: sends(declared(10), data(10), end),
    async client(t) {
      const connection = await t.connect();
      equal((await connection.fetch({ method: 'HEAD' })).text, '');
      equal((await connection.fetch()).text, 'xxxxxxxxxx');
    },
  }),

  // Fields.

  conforms('http.response.headers-order', 'fields keep their order and their number', {
    app: sends(
      startWith([
        ['set-cookie', 'a=1'],
        ['x-b', '1'],
        ['set-cookie', 'b=2'],
        ['x-a', ''],
        ['x-b', '1'],
        ['vary', 'a'],
        ['set-cookie', 'a=1'],
        ['vary', 'b'],
      ]),
      end,
    ),
    async client(t) {
      deepEqual(ownFields((await t.fetch()).headers), [
        ['set-cookie', 'a=1'],
        ['x-b', '1'],
        ['set-cookie', 'b=2'],
        ['x-a', ''],
        ['x-b', '1'],
        ['vary', 'a'],
        ['set-cookie', 'a=1'],
        ['vary', 'b'],
      ]);
    },
  }),

  conforms('http.date', 'a head without `date` gets one, of now', {
    app: sends(start, end),
    async client(t) {
      const dates = values((await t.fetch()).headers, 'date');
      equal(dates.length, 1);
      const [date = ''] = dates;
      match(date, /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
      equal(new Date(date).toUTCString(), date);
      ok(Math.abs(Date.parse(date) - Date.now()) < 10_000, `${date} is not now`);
    },
  }),

  conforms('http.date', 'a `date` of the application stays the only one', {
    app: sends(startWith([['date', 'Sun, 06 Nov 1994 08:49:37 GMT']]), end),
    async client(t) {
      deepEqual(values((await t.fetch()).headers, 'date'), ['Sun, 06 Nov 1994 08:49:37 GMT']);
    },
  }),

  conforms('http.date', 'what answers a WebSocket or a tunnel has one, too', {
    app: anyType(async (_scope, _receive, send) => {
      await send({ ...start, status: 403 });
      await send(end);
    }),
    async client(t) {
      for (const type of TYPES) equal(values((await ASKED[type](t)).headers, 'date').length, 1);
    },
  }),

  ...Object.keys(tryFields([])).flatMap((type) =>
    UNSOUND.map(([what, broken]) =>
      conforms('http.field-syntax', `\`${type}\` with ${what} is rejected`, {
        app:
          tryFields(
            broken.map(([, name, value]) => [
              ['x-sound', 'x'],
              [name, value],
            ]),
          )[type] ?? {},
        async client(t) {
          const { status, informational, headers, trailers, ending } = await t.fetch();
          deepEqual({ status, ending }, { status: 200, ending: 'end' });
          deepEqual([informational, ownFields(headers), trailers], [[], [], []]);
          if (type === 'http.response.end') await sent(t, 1);
          await rejected(t, broken);
        },
      }),
    ),
  ),

  ...(['websocket', 'tunnel'] as const).flatMap((type) =>
    UNSOUND.map(([what, broken]) =>
      conforms('http.field-syntax', `\`${type}.accept\` with ${what} is rejected`, {
        app: anyType(async (_scope, _receive, send, stage) => {
          for (const [, name, value] of broken) {
            const event = { type: `${type}.accept`, headers: [[name, value]] } as never;
            stage.note('sent', await stage.misuse(send(event)));
          }
          await send({ ...start, status: 403 });
          await send(end);
        }),
        async client(t) {
          equal((await ASKED[type](t)).status, 403);
          await rejected(t, broken);
        },
      }),
    ),
  ),

  conforms('http.field-syntax', 'sound fields that look odd are written as they are', {
    app: sends(
      startWith([
        ["!#$%&'*+-.^_`|~0a", 'x'],
        ['x-empty', ''],
        ['x-tab', 'a\tb'],
        ['x-inner', 'a  b'],
        ['x-latin', 'caf\xe9 \x80\xff'],
        ['x-quoted', '"a\\"b", c;d'],
      ]),
      end,
    ),
    async client(t) {
      deepEqual(ownFields((await t.fetch()).headers), [
        ["!#$%&'*+-.^_`|~0a", 'x'],
        ['x-empty', ''],
        ['x-tab', 'a\tb'],
        ['x-inner', 'a  b'],
        ['x-latin', 'caf\xe9 \x80\xff'],
        ['x-quoted', '"a\\"b", c;d'],
      ]);
    },
  }),

  ...HOP_BY_HOP.flatMap((name) =>
    (['http.informational', 'http.response.start'] as const).map((type) =>
      conforms('http.hop-by-hop', `\`${name}\` in \`${type}\` is rejected`, {
        app:
          tryFields([
            [
              ['x-own', '1'],
              [name, 'close'],
            ],
          ])[type] ?? {},
        async client(t) {
          const { status, headers, informational } = await t.fetch();
          equal(status, 200);
          deepEqual(ownFields(headers), []);
          deepEqual(informational, []);
          deepEqual(await sent(t, 1), ['http.hop-by-hop']);
        },
      }),
    ),
  ),

  ...(['websocket', 'tunnel'] as const).map((type) =>
    conforms('http.hop-by-hop', `such fields in \`${type}.accept\` are rejected`, {
      app: anyType(async (_scope, _receive, send, stage) => {
        for (const name of HOP_BY_HOP) {
          const event = { type: `${type}.accept`, headers: [[name, 'x']] } as never;
          stage.note('sent', await stage.misuse(send(event)));
        }
        await send({ ...start, status: 403 });
        await send(end);
      }),
      async client(t) {
        equal((await ASKED[type](t)).status, 403);
        deepEqual(await sent(t, 6), Array(6).fill('http.hop-by-hop'));
      },
    }),
  ),

  ...LENGTHS.map(([what, headers]) =>
    conforms('http.length.syntax', `a head with ${what} is rejected`, {
      app: sends(startWith(headers), declared(2), data(2), end),
      async client(t) {
        const { text, headers } = await t.fetch();
        equal(text, 'xx');
        deepEqual(values(headers, 'content-length'), ['2']);
        deepEqual(await sent(t, 4), ['http.length.syntax', 'none', 'none', 'none']);
      },
    }),
  ),

  ...(
    [
      ['an informational response', { ...hints, headers: [['content-length', '0']] }],
      ['a response with status 204', declared(0, 204)],
      ['a response with status 205, unless it is 0,', declared(1, 205)],
    ] as const
  ).map(([what, event]) =>
    conforms('http.length.forbidden', `${what} with a length is rejected`, {
      app: sends(event as HttpSendEvent, start, end),
      async client(t) {
        const { status, informational } = await t.fetch();
        deepEqual({ status, informational }, { status: 200, informational: [] });
        deepEqual(await sent(t, 3), ['http.length.forbidden', 'none', 'none']);
      },
    }),
  ),

  conforms('http.length.forbidden', 'a tunnel that is accepted with a length is rejected', {
    app: {
      async tunnel(_scope, _receive, send, stage) {
        const headers: Fields = [['content-length', '0']];
        stage.note('sent', await stage.misuse(send({ type: 'tunnel.accept', headers })));
        await send({ ...start, status: 403 });
        await send(end);
      },
    },
    async client(t) {
      equal((await ASKED.tunnel(t)).status, 403);
      deepEqual(await sent(t, 1), ['http.length.forbidden']);
    },
  }),

  conforms('http.length.forbidden', 'a response with status 205 can have the length 0', {
    app: sends(declared(0, 205), end),
    async client(t) {
      const { status, ending } = await t.fetch();
      deepEqual({ status, ending }, { status: 205, ending: 'end' });
      deepEqual(await sent(t, 2), ['none', 'none']);
    },
  }),

  conforms(
    'http.trailers.permitted',
    'trailer fields that a recipient needs before the body are rejected',
    {
      app: sends(
        start,
        body('x'),
        ...NO_TRAILERS.map((name) => ({
          ...end,
          trailers: [
            ['x-sum', 'abc'],
            [name, '1'],
          ] as Fields,
        })),
        end,
      ),
      async client(t) {
        const { ending, trailers } = await t.fetch();
        deepEqual({ ending, trailers }, { ending: 'end', trailers: [] });
        await sent(t, 2);
        const outcomes = await sent(t, NO_TRAILERS.length);
        for (const [at, name] of NO_TRAILERS.entries()) {
          equal(outcomes[at], 'http.trailers.permitted', `${name}: ${outcomes[at]}`);
        }
        deepEqual(await sent(t, 1), ['none']);
      },
    },
  ),

  conforms('http.trailers.permitted', 'others are written in their order', {
    app: sends(startWith([['trailer', 'x-sum']]), body('x'), {
      ...end,
      trailers: [
        ['x-sum', 'abc'],
        ['server-timing', 'render;dur=12.5'],
        ['etag', '"1"'],
      ],
    }),
    async client(t) {
      const { ending, trailers, headers } = await t.fetch();
      equal(ending, 'end');
      equal(field(headers, 'trailer'), 'x-sum');
      deepEqual(trailers, [
        ['x-sum', 'abc'],
        ['server-timing', 'render;dur=12.5'],
        ['etag', '"1"'],
      ]);
    },
  }),

  ...PLACELESS.map(({ title, request, events }) =>
    conforms(
      'http.trailers.dropped',
      `trailer fields of a response ${title} are left off, with their notice`,
      {
        ...HTTP1,
        app: sends(...events, { ...end, trailers: [['x-sum', 'abc']] }),
        async client(t) {
          const { ending, trailers, headers } = await t.fetch(request);
          deepEqual({ ending, trailers }, { ending: 'end', trailers: [] });
          deepEqual(values(headers, 'trailer'), []);
          deepEqual(new Set(await sent(t, events.length + 1)), new Set(['none']));
        },
      },
    ),
  ),

  conforms(
    'http.trailers.dropped',
    'a response of declared length has a place for them in HTTP/2',
    {
      drivers: ['h2'],
      why: 'HTTP/1 has none',
      app: sends(declared(1), body('x'), { ...end, trailers: [['x-sum', 'abc']] }),
      async client(t) {
        deepEqual((await t.fetch()).trailers, [['x-sum', 'abc']]);
      },
    },
  ),
]);

/** Waits until each of them was rejected for its field. */
async function rejected(t: Peer, broken: typeof BROKEN): Promise<void> {
  const outcomes = await sent(t, broken.length);
  for (const [at, [what]] of broken.entries()) {
    equal(outcomes[at], 'http.field-syntax', `${what}: ${outcomes[at]}`);
  }
}

/** The length that a start declares; 0 if it declares none. */
function lengthOf(event: HttpSendEvent): number {
  return Number(field(('headers' in event && event.headers) || [], 'content-length') ?? 0);
}
