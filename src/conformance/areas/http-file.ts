// Conformance: files as pieces of the response (proposal 3, “Files”). Which files the operator lets an application name is
// shown with the security of proposal 10.

import { deepEqual, equal, notEqual, ok } from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Fields, HttpSendEvent } from '../../interface/index.ts';
import { area, type CaseSides, conforms, type StageHandlers } from '../case.ts';
import { ASKED, abort, anyType, body, end, refuse, sent, start } from '../simple.ts';
import type { Stage } from '../stage.ts';
import { ownFields } from '../stream.ts';

const SOCKETS = {
  drivers: ['h1', 'h2'],
  why: 'the driver memory sends no files of the system',
} as const satisfies Pick<CaseSides, 'drivers' | 'why'>;

const CONTENT = '0123456789abcdef';

/** A gateway with one small file. */
const SMALL = { ...SOCKETS, gateway: { files: { 'small.txt': CONTENT } } };

/** More than the system keeps for a connection of which nobody reads, on both sides together. */
const LARGE = 48 * 1024 * 1024;

const pathOf = (stage: Stage, name: string): string => join(stage.root ?? '/', name);

/** A piece of the small file. */
type Piece = { readonly name?: string; readonly offset?: number; readonly length?: number };
type Step = HttpSendEvent | { readonly file: Piece };

/** Sends events in order, with the paths of files filled in, and notes what each led to. */
const sendsFiles = (...steps: readonly Step[]): StageHandlers =>
  anyType(async (_scope, _receive, send, stage) => {
    for (const step of steps) {
      let event = step as HttpSendEvent & { type: 'http.refuse' };
      if ('file' in step) {
        const { name = 'small.txt', ...piece } = step.file;
        event = { type: 'http.file', path: pathOf(stage, name), ...piece } as never;
      }
      stage.note('sent', await stage.misuse(send(event)));
    }
  });

const startWith = (headers: Fields, status = 200): HttpSendEvent => ({ ...start, status, headers });
const declared = (length: number, status = 200) =>
  startWith([['content-length', String(length)]], status);

/** Pieces, with the octets that they are. */
const PIECES: readonly (readonly [what: string, piece: Piece, text: string])[] = [
  ['a file without `offset` and `length`', {}, CONTENT],
  ['a file from an offset on', { offset: 10 }, 'abcdef'],
  ['the beginning of a file', { length: 3 }, '012'],
  ['a piece within a file', { offset: 4, length: 6 }, '456789'],
  ['the last octet', { offset: 15, length: 1 }, 'f'],
  ['a piece up to the very end', { offset: 10, length: 6 }, 'abcdef'],
  ['nothing of a file', { offset: 4, length: 0 }, ''],
  ['what is behind the last octet', { offset: 16 }, ''],
  ['nothing behind the last octet', { offset: 16, length: 0 }, ''],
  ['an offset that is given as 0', { offset: 0 }, CONTENT],
];

/** What is no regular file that can be opened, made in the root. */
const UNFIT: Readonly<Record<string, (path: string) => void>> = {
  'a name that nothing has': () => {},
  'a directory': (path) => mkdirSync(path),
  'a link that leads nowhere': (path) => symlinkSync(`${path}-target`, path),
  'a link to a directory': (path) => {
    mkdirSync(`${path}-target`);
    symlinkSync(`${path}-target`, path);
  },
  'a pipe': (path) => execFileSync('mkfifo', [path]),
  'a name below a file': () => {},
};

/** A file of zeros, without taking room for them. */
function makeLarge(stage: Stage): string {
  const path = pathOf(stage, 'large');
  writeFileSync(path, '');
  truncateSync(path, LARGE);
  return path;
}

/** A file whose every 16 octets differ, of some MiB. */
function makeNumbered(stage: Stage): string {
  const path = pathOf(stage, 'numbered');
  writeFileSync(path, numbered());
  return path;
}

function numbered(): string {
  return Array.from({ length: 200_000 }, (_, at) => `${String(at).padStart(15, '0')}\n`).join('');
}

export default area('http-file', 'Files as pieces of the response', [
  ...PIECES.map(([what, piece, text]) =>
    conforms('http.file.as-body', what, {
      ...SMALL,
      app: sendsFiles(start, { file: piece }, end),
      async client(t) {
        const response = await t.fetch();
        deepEqual(await sent(t, 3), ['none', 'none', 'none']);
        deepEqual({ text: response.text, ending: response.ending }, { text, ending: 'end' });
      },
    }),
  ),

  conforms('http.file.as-body', 'no field is added for the file', {
    ...SMALL,
    app: sendsFiles(start, { file: {} }, end),
    async client(t) {
      deepEqual(ownFields((await t.fetch()).headers), []);
    },
  }),

  conforms('http.file.as-body', 'its octets count towards the declared length', {
    ...SMALL,
    app: sendsFiles(declared(20), { file: {} }, end, body('tail'), end),
    async client(t) {
      equal((await t.fetch()).text, `${CONTENT}tail`);
      deepEqual(await sent(t, 5), ['none', 'none', 'http.length.shortfall', 'none', 'none']);
    },
  }),

  conforms('http.file.as-body', 'octets beyond the declared length are rejected', {
    ...SMALL,
    app: sendsFiles(
      declared(10),
      { file: {} },
      { file: { length: 4 } },
      { file: { offset: 4, length: 7 } },
      {
        file: { offset: 4, length: 6 },
      },
      end,
    ),
    async client(t) {
      equal((await t.fetch()).text, '0123456789');
      const excess = 'http.length.excess';
      deepEqual(await sent(t, 6), ['none', excess, 'none', excess, 'none', 'none']);
    },
  }),

  conforms('http.file.as-body', 'its octets are left off a response to `HEAD`', {
    ...SMALL,
    app: sendsFiles(declared(16), { file: {} }, end),
    async client(t) {
      const { text, ending, headers } = await t.fetch({ method: 'HEAD' });
      deepEqual({ text, ending }, { text: '', ending: 'end' });
      deepEqual(
        headers.find(([name]) => name === 'content-length'),
        ['content-length', '16'],
      );
      deepEqual(await sent(t, 3), ['none', 'none', 'none']);
    },
  }),

  ...[204, 205, 304].map((status) =>
    conforms(
      'http.file.as-body',
      `a file is rejected in a response with status ${status}, unless nothing of it is sent`,
      {
        ...SMALL,
        app: sendsFiles({ ...start, status }, { file: {} }, { file: { length: 0 } }, end),
        async client(t) {
          const response = await t.fetch();
          deepEqual({ status: response.status, text: response.text }, { status, text: '' });
          deepEqual(await sent(t, 4), ['none', 'http.bodyless', 'none', 'none']);
        },
      },
    ),
  ),

  ...(['websocket', 'tunnel'] as const).map((type) =>
    conforms('http.file.as-body', `a file is part of the answer to a request for a ${type}`, {
      ...SMALL,
      app: sendsFiles({ ...start, status: 403 }, { file: { length: 10 } }, end),
      async client(t) {
        const { status, text } = await ASKED[type](t);
        deepEqual({ status, text }, { status: 403, text: '0123456789' });
      },
    }),
  ),

  conforms('http.file.as-body', 'what is put in its place after it was taken is not sent', {
    ...SOCKETS,
    gateway: { files: { 'small.txt': CONTENT } },
    app: {
      async http(_scope, _receive, send, stage) {
        const path = makeNumbered(stage);
        await send(start);
        const file = send({ type: 'http.file', path });
        writeFileSync(pathOf(stage, 'other'), 'another file');
        renameSync(pathOf(stage, 'other'), path);
        const ended = send(end);
        stage.note('replaced');
        await Promise.all([file, ended]);
      },
    },
    async client(t) {
      const stream = await t.request();
      await t.seen('replaced');
      const { text, ending } = await stream.whole();
      equal(ending, 'end');
      ok(
        text === numbered(),
        `${text.length} octets that begin ${JSON.stringify(text.slice(0, 40))}`,
      );
    },
  }),

  conforms('http.file.as-body', 'what is appended after it was taken is not sent', {
    ...SMALL,
    app: {
      async http(_scope, _receive, send, stage) {
        const path = pathOf(stage, 'small.txt');
        await send(start);
        const file = send({ type: 'http.file', path });
        appendFileSync(path, ' and more');
        await Promise.all([file, send(end)]);
      },
    },
    async client(t) {
      equal((await t.fetch()).text, CONTENT);
    },
  }),

  conforms('http.file.as-body', 'a large file arrives whole', {
    ...SMALL,
    app: {
      async http(_scope, _receive, send, stage) {
        const path = makeNumbered(stage);
        await send(start);
        await send({ type: 'http.file', path, offset: 16, length: 3_000_000 });
        await send(end);
      },
    },
    async client(t) {
      const { text, ending } = await t.fetch();
      equal(ending, 'end');
      ok(text === numbered().slice(16, 3_000_016), `${text.length} octets`);
    },
  }),

  conforms(
    'http.file.order',
    'octets of files and of the application alternate as they were sent',
    {
      ...SMALL,
      app: sendsFiles(
        start,
        body('<'),
        { file: { length: 4 } },
        body('>\n<'),
        { file: { offset: 12 } },
        { file: { offset: 0, length: 2 } },
        body('>'),
        { ...end, trailers: [['x-sum', '1']] },
      ),
      async client(t) {
        const { text, trailers } = await t.fetch();
        equal(text, '<0123>\n<cdef01>');
        deepEqual(trailers, [['x-sum', '1']]);
      },
    },
  ),

  conforms('http.file.order', 'calls that nobody waits for keep their order, whatever the sizes', {
    ...SMALL,
    app: {
      async http(_scope, _receive, send, stage) {
        const path = makeNumbered(stage);
        const small = pathOf(stage, 'small.txt');
        await Promise.all([
          send(start),
          send(body('a')),
          send({ type: 'http.file', path, length: 1_600_000 }),
          send(body('b')),
          send({ type: 'http.file', path: small }),
          send(body('c'.repeat(200_000))),
          send({ type: 'http.file', path: small, length: 1 }),
          send(body('d')),
          send(end),
        ]);
      },
    },
    async client(t) {
      const { text } = await t.fetch();
      const large = numbered().slice(0, 1_600_000);
      ok(text === `a${large}b${CONTENT}${'c'.repeat(200_000)}0d`, `${text.length} octets`);
    },
  }),

  conforms('http.file.order', 'a response behind it on the connection begins where it ends', {
    ...SMALL,
    app: sendsFiles(declared(16), { file: {} }, end),
    async client(t) {
      const connection = await t.connect();
      for (let i = 0; i < 3; i++) equal((await connection.fetch()).text, CONTENT);
    },
  }),

  ...Object.entries(UNFIT).map(([what, make]) =>
    conforms('http.file.exists', `${what} is rejected, and the response goes on`, {
      ...SMALL,
      app: {
        async http(_scope, _receive, send, stage) {
          const path = pathOf(stage, what === 'a name below a file' ? 'small.txt/x' : 'unfit');
          make(path);
          await send(start);
          stage.note('sent', await stage.misuse(send({ type: 'http.file', path })));
          await send(body('unharmed'));
          await send(end);
        },
      },
      async client(t) {
        const { text, ending } = await t.fetch();
        deepEqual({ text, ending }, { text: 'unharmed', ending: 'end' });
        deepEqual(await sent(t, 1), ['http.file.exists']);
      },
    }),
  ),

  ...(
    [
      ['an offset behind the end', { offset: 17 }],
      ['an offset behind the end, of nothing', { offset: 17, length: 0 }],
      ['more than the file has', { length: 17 }],
      ['more than the file has behind the offset', { offset: 10, length: 7 }],
      ['something behind the last octet', { offset: 16, length: 1 }],
      [
        'the largest of offsets and lengths',
        { offset: Number.MAX_SAFE_INTEGER, length: Number.MAX_SAFE_INTEGER },
      ],
    ] as const
  ).map(([what, piece]) =>
    conforms('http.file.range', `${what} is rejected, and the response goes on`, {
      ...SMALL,
      app: sendsFiles(start, { file: piece }, body('unharmed'), end),
      async client(t) {
        const { text, ending } = await t.fetch();
        deepEqual({ text, ending }, { text: 'unharmed', ending: 'end' });
        deepEqual(await sent(t, 4), ['none', 'http.file.range', 'none', 'none']);
      },
    }),
  ),

  ...Object.entries({ 'of declared length': true, 'without length': false }).map(([what, length]) =>
    conforms('http.file.lost', `a response ${what} is aborted when its file is cut short`, {
      ...SMALL,
      app: {
        async http({ local }, _receive, send, stage) {
          const path = makeLarge(stage);
          await send(length ? declared(LARGE) : start);
          const file = send({ type: 'http.file', path });
          truncateSync(path, 1000);
          stage.note('cut');
          stage.note('sent', await stage.outcome(file));
          stage.note('sent', await stage.outcome(send(end)));
          stage.note('reason', (local.cancel.reason as { cause?: unknown } | undefined)?.cause);
        },
      },
      async client(t) {
        const stream = await t.request();
        await t.seen('cut');
        const { status, ending, body } = await stream.whole();
        equal(status, 200);
        notEqual(ending, 'end', 'the response looks complete');
        ok(body.length < LARGE);
        deepEqual(await sent(t, 2), ['Closed: connection_lost', 'Closed: connection_lost']);
        equal(await t.seen('reason'), 'connection_lost');
        await t.operator.idle();
        equal(t.operator.faults()[0]?.requirement, 'http.file.lost');
      },
    }),
  ),

  conforms('http.file.lost', 'behind the end of the response only the peer learns of it', {
    ...SMALL,
    app: {
      async http({ local }, receive, send, stage) {
        const path = makeLarge(stage);
        await send(start);
        const events = [send({ type: 'http.file', path }), send(end)];
        truncateSync(path, 1000);
        for (const event of events) stage.note('sent', await stage.outcome(event));
        stage.note('cut');
        await stage.reached('broken');
        stage.note('sent', await stage.outcome(send(body('x'))));
        stage.note('lost', local.cancel.aborted);
        let event = await receive();
        while (event.type !== 'http.closed') event = await receive();
        stage.note('closed', event.cause);
      },
    },
    async client(t) {
      const stream = await t.request();
      await t.seen('cut');
      const { ending, body: octets } = await stream.whole();
      notEqual(ending, 'end', `the response looks complete, with ${octets.length} octets`);
      await t.open('broken');
      deepEqual(await sent(t, 3), ['accepted', 'accepted', 'Misuse: http.nothing-after-end']);
      equal(await t.seen('lost'), false);
      equal(await t.seen('closed'), 'complete');
      ok(t.operator.faults().some(({ requirement }) => requirement === 'http.file.lost'));
    },
  }),

  // Only a file can be lost for the response alone, so that another machine would say Misuse.
  ...(['websocket', 'tunnel'] as const).map((type) =>
    conforms(
      'event.closed-first',
      `\`${type}.accept\` is Closed behind a denial whose file was lost`,
      {
        ...SMALL,
        app: anyType(async (_scope, _receive, send, stage) => {
          const path = makeLarge(stage);
          await send({ ...start, status: 403 });
          const file = send({ type: 'http.file', path });
          stage.note('sent', await stage.outcome(send({ type: `${type}.accept` } as never)));
          truncateSync(path, 1000);
          stage.note('cut');
          stage.note('sent', await stage.outcome(file));
          stage.note('sent', await stage.outcome(send({ type: `${type}.accept` } as never)));
        }),
        async client(t) {
          const stream = type === 'websocket' ? (await t.websocket()).stream : await t.tunnel();
          await t.seen('cut');
          notEqual((await stream.whole()).ending, 'end', 'the response looks complete');
          const [before, ...behind] = await sent(t, 3);
          equal(before, `Misuse: ${type}.accept-once`);
          deepEqual(behind, ['Closed: connection_lost', 'Closed: connection_lost']);
        },
      },
    ),
  ),

  // What holds for the body holds for a file.

  conforms('http.body-before-start', '`http.file` before the start is rejected', {
    ...SMALL,
    app: sendsFiles({ file: {} }, { file: { name: 'nothing' } }, start, { file: {} }, end),
    async client(t) {
      equal((await t.fetch()).text, CONTENT);
      const early = 'http.body-before-start';
      deepEqual(await sent(t, 5), [early, early, 'none', 'none', 'none']);
    },
  }),

  ...Object.entries({ ended: [start, end], aborted: [start, abort], refused: [refuse] }).map(
    ([state, events]) =>
      conforms(
        'http.nothing-after-end',
        `\`http.file\` is rejected once the response is ${state}`,
        {
          ...SMALL,
          app: sendsFiles(...events, { file: {} }, { file: { name: 'nothing' } }),
          async client(t) {
            equal((await t.fetch()).text, '');
            const outcomes = await sent(t, events.length + 2);
            deepEqual(outcomes.slice(-2), ['http.nothing-after-end', 'http.nothing-after-end']);
          },
        },
      ),
  ),
]);
