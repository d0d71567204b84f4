// Conformance: the life of an application, from its start to its clean-up (proposal 5).

import { deepEqual, equal, match, ok, rejects } from 'node:assert/strict';
import {
  Closed,
  type LifespanReceiveEvent,
  type LifespanSendEvent,
  type Receive,
  type Send,
  UnsupportedScope,
} from '../../interface/index.ts';
import { area, conforms, type StageHandlers } from '../case.ts';
import type { Ending } from '../host.ts';
import { ENDED } from '../names.ts';
import type { Peer } from '../peer.ts';
import type { Stage } from '../stage.ts';

type Lifespan = NonNullable<StageHandlers['lifespan']>;
type LifespanReceive = Receive<LifespanReceiveEvent>;
type LifespanSend = Send<LifespanSendEvent>;

const ready: LifespanSendEvent = { type: 'lifespan.ready' };
const failed: LifespanSendEvent = { type: 'lifespan.failed', message: 'no database' };
const stopped: LifespanSendEvent = { type: 'lifespan.stopped' };

async function untilShutdown(receive: LifespanReceive): Promise<void> {
  while ((await receive()).type !== 'lifespan.shutdown');
}

/** Says that it is ready, with `answer` in the event, and leaves at its shutdown. */
const behaves =
  (answer: object = {}): Lifespan =>
  async (_scope, receive, send) => {
    await receive();
    await send({ ...ready, ...answer } as LifespanSendEvent);
    await untilShutdown(receive);
  };

/** Ways to a state of the machine. For `draining` and those behind it, the client drains. */
const REACH = {
  called: async () => {},
  starting: async (receive) => void (await receive()),
  ready: async (receive, send) => {
    await receive();
    await send(ready);
  },
  draining: async (receive, send) => {
    await REACH.ready(receive, send);
    await receive();
  },
  stopping: async (receive, send) => {
    await REACH.draining(receive, send);
    await receive();
  },
  'over, having cleaned up': async (receive, send) => {
    await REACH.stopping(receive, send);
    await send(stopped);
  },
  'over, having failed': async (receive, send) => {
    await receive();
    await send(failed);
  },
} satisfies Readonly<
  Record<string, (receive: LifespanReceive, send: LifespanSend) => Promise<void>>
>;

/** Takes an orderly way from a state to the end. */
const LEAVE: Readonly<
  Record<keyof typeof REACH, (receive: LifespanReceive, send: LifespanSend) => Promise<void>>
> = {
  called: async (receive, send) => {
    await receive();
    await LEAVE.starting(receive, send);
  },
  starting: async (receive, send) => {
    await send(ready);
    await untilShutdown(receive);
  },
  ready: untilShutdown,
  draining: untilShutdown,
  stopping: async () => {},
  'over, having cleaned up': async () => {},
  'over, having failed': async () => {},
};

/** Answers with an empty page. */
const page: NonNullable<StageHandlers['http']> = async (_scope, _receive, send) => {
  await send({ type: 'http.response.start', status: 200 });
  await send({ type: 'http.response.end' });
};

/** A conversation that ends when the client says so. */
const holds: NonNullable<StageHandlers['http']> = async (_scope, _receive, send, stage) => {
  await send({ type: 'http.response.start', status: 200 });
  stage.note('held');
  await stage.reached('end');
  await send({ type: 'http.response.end' });
};

async function notesCancel(signal: AbortSignal, stage: Stage): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve));
  stage.note('cancelled', (signal.reason as Closed).cause);
}

/** The next so many notes of a name. */
async function notes<T = string>(t: Peer, name: string, count: number): Promise<T[]> {
  const all: T[] = [];
  for (let i = 0; i < count; i++) all.push(await t.seen<T>(name));
  return all;
}

/** What fails a start, and what the operator is told of it. */
const FAILURES: Readonly<Record<string, { does: Lifespan; told: RegExp }>> = {
  'sends `lifespan.failed`': {
    does: async (_scope, receive, send) => {
      await receive();
      await send(failed);
    },
    told: /no database/,
  },
  'sends `lifespan.failed` and then raises': {
    does: async (_scope, receive, send) => {
      await receive();
      await send(failed);
      throw new Error('afterwards');
    },
    told: /no database/,
  },
  'returns at once': { does: async () => {}, told: /return/ },
  'returns unanswered': { does: async (_scope, receive) => void (await receive()), told: /return/ },
  'raises at once': {
    does: async () => {
      throw new Error('on purpose');
    },
    told: /on purpose/,
  },
  'raises unanswered': {
    does: async (_scope, receive) => {
      await receive();
      throw new Error('on purpose');
    },
    told: /on purpose/,
  },
  'raises `Closed`': {
    does: async (_scope, receive) => {
      await receive();
      throw new Closed('peer_reset');
    },
    told: /peer_reset/,
  },
  'raises the `Misuse` of its answer': {
    does: async (_scope, receive, send) => {
      await receive();
      await send({ ...ready, accepts: { unheard: 1 } });
    },
    told: /lifespan\.accepts-offered/,
  },
  'does not answer in `limits.startup_ms`': {
    does: async (scope, receive, _send, stage) => {
      await receive();
      await notesCancel(scope.local.cancel, stage);
    },
    told: /in time/,
  },
};

/** Answers that take up what is not on offer. */
const UNOFFERED: Readonly<Record<string, object>> = {
  'a feature that nobody knows': { accepts: { unheard: 1 } },
  'a feature that this gateway does not serve': { accepts: { 'http.file': 1 } },
  'a later revision': { accepts: { tunnel: 2 } },
  'one of several': { accepts: { tunnel: 1, unheard: 1 } },
  'a name that every object has': { accepts: { constructor: 1 } },
};

/** Ends of the lifespan's call behind `lifespan.ready`, and before its shutdown. */
const EARLY: Readonly<Record<string, Lifespan>> = {
  returns: async (_scope, receive, send) => {
    await receive();
    await send(ready);
  },
  raises: async (_scope, receive, send) => {
    await receive();
    await send(ready);
    throw new Error('on purpose');
  },
  'raises `UnsupportedScope`': async (_scope, receive, send) => {
    await receive();
    await send(ready);
    throw new UnsupportedScope('lifespan');
  },
};

/** What an application does that is drained while it starts. */
const CUT_SHORT: Readonly<Record<string, Lifespan>> = {
  'sends `lifespan.failed`': async (scope, receive, send, stage) => {
    await receive();
    stage.note('starting');
    await notesCancel(scope.local.cancel, stage);
    await send(failed);
  },
  returns: async (scope, receive, _send, stage) => {
    await receive();
    stage.note('starting');
    await notesCancel(scope.local.cancel, stage);
  },
  'returns, and has received nothing': async (scope, _receive, _send, stage) => {
    stage.note('starting');
    await notesCancel(scope.local.cancel, stage);
  },
  raises: async (scope, receive, _send, stage) => {
    await receive();
    stage.note('starting');
    await notesCancel(scope.local.cancel, stage);
    throw new Error('interrupted');
  },
  'raises `UnsupportedScope`': async (scope, receive, _send, stage) => {
    await receive();
    stage.note('starting');
    await notesCancel(scope.local.cancel, stage);
    throw new UnsupportedScope('lifespan');
  },
};

/** Behind what it is given up for, and how its client brings that about. */
const GIVEN_UP: Readonly<
  Record<string, { limits: object; does: (t: Peer) => void; cause: string; status: number }>
> = {
  'after `limits.startup_ms`': {
    limits: { startup_ms: 300 },
    does: () => {},
    cause: 'timeout',
    status: 3,
  },
  'at the deadline of a drain': {
    limits: { drain_ms: 300 },
    does: (t) => t.operator.drain(),
    cause: 'shutdown',
    status: 0,
  },
  'after `limits.startup_ms`, during a drain': {
    limits: { startup_ms: 300 },
    does: (t) => t.operator.drain(),
    cause: 'shutdown',
    status: 0,
  },
  'at a deadline that is moved to the present': {
    limits: {},
    does: (t) => {
      t.operator.drain();
      t.operator.deadline();
    },
    cause: 'shutdown',
    status: 0,
  },
};

/** Every answer and every state in which it breaks the order. */
const OUT_OF_ORDER: readonly (readonly [keyof typeof REACH, LifespanSendEvent])[] = [
  ['called', ready],
  ['called', failed],
  ['called', stopped],
  ['starting', stopped],
  ['ready', ready],
  ['ready', failed],
  ['ready', stopped],
  ['draining', ready],
  ['draining', failed],
  ['draining', stopped],
  ['stopping', ready],
  ['stopping', failed],
  ['over, having cleaned up', ready],
  ['over, having cleaned up', failed],
  ['over, having cleaned up', stopped],
  ['over, having failed', ready],
  ['over, having failed', failed],
  ['over, having failed', stopped],
];

/** How an application cleans up: what the status is then. */
const CLEAN_UPS: Readonly<Record<string, { does: Lifespan; status: number }>> = {
  'sends `lifespan.stopped`, and its call goes on': {
    does: async (_scope, receive, send, stage) => {
      await REACH['over, having cleaned up'](receive, send);
      await stage.reached('never');
    },
    status: 0,
  },
  returns: { does: behaves(), status: 0 },
  raises: {
    does: async (_scope, receive, send) => {
      await REACH.stopping(receive, send);
      throw new Error('on purpose');
    },
    status: 1,
  },
  'raises `UnsupportedScope`': {
    does: async (_scope, receive, send) => {
      await REACH.stopping(receive, send);
      throw new UnsupportedScope('lifespan');
    },
    status: 1,
  },
};

/** Applications that have not cleaned up when their time is over. */
const NEVER_CLEAN: Readonly<Record<string, Lifespan>> = {
  'whose clean-up lasts': async (_scope, receive, send, stage) => {
    await REACH.stopping(receive, send);
    await stage.reached('never');
  },
  'that has never asked for the drain': async (_scope, receive, send, stage) => {
    await REACH.ready(receive, send);
    await stage.reached('never');
  },
  'whose `lifespan.stopped` is rejected': async (_scope, receive, send, stage) => {
    await REACH.draining(receive, send);
    equal(await stage.misuse(send(stopped)), 'lifespan.send-order');
    await stage.reached('never');
  },
};

export default area('lifespan', 'The life of an application', [
  // The scope and the start.

  conforms('lifespan.per-process', 'there is one lifespan, and it lasts for all conversations', {
    app: {
      async lifespan(scope, receive, send, stage) {
        stage.note('call', scope.type);
        await behaves()(scope, receive, send, stage);
        stage.note('call', 'over');
      },
      async http(scope, receive, send, stage) {
        stage.note('call', scope.type);
        await page(scope, receive, send, stage);
      },
    },
    async client(t) {
      for (let i = 0; i < 3; i++) equal((await t.fetch()).status, 200);
      t.operator.drain();
      equal(await t.operator.status(), 0);
      deepEqual(await notes(t, 'call', 5), ['lifespan', 'http', 'http', 'http', 'over']);
      equal((await t.seen<Ending>(ENDED)).type, 'http');
    },
  }),

  conforms(
    'lifespan.first',
    'nobody is called before the application is ready, however early one asks',
    {
      gateway: { startedByClient: true },
      app: {
        async lifespan(scope, receive, send, stage) {
          stage.note('call', scope.type);
          await receive();
          await stage.reached('ready');
          stage.note('call', 'ready');
          await send(ready);
          await untilShutdown(receive);
        },
        async http(scope, receive, send, stage) {
          stage.note('call', scope.type);
          await page(scope, receive, send, stage);
        },
      },
      async client(t) {
        const start = t.operator.start();
        const tries = async () => {
          for (let count = 1; ; count++) {
            const whole = await t.fetch().catch(() => undefined);
            if (whole) return whole;
            if (count === 3) await t.open('ready');
            await new Promise((resolve) => setImmediate(resolve));
          }
        };
        equal((await tries()).status, 200);
        await start;
        deepEqual(await notes(t, 'call', 3), ['lifespan', 'ready', 'http']);
      },
    },
  ),

  conforms('lifespan.ready-first', 'no connection is accepted before the application is ready', {
    gateway: { startedByClient: true },
    app: {
      http: page,
      async lifespan(_scope, receive, send, stage) {
        await receive();
        stage.note('starting');
        await stage.reached('ready');
        await send(ready);
        await untilShutdown(receive);
      },
    },
    async client(t) {
      const start = t.operator.start();
      await t.seen('starting');
      await t.quiet(start, 'the start');
      await rejects(t.fetch());
      await t.open('ready');
      deepEqual(await start, { ready: true });
      equal((await t.fetch()).status, 200);
    },
  }),

  ...(
    [
      ['before it has received anything', 'called'],
      ['behind `lifespan.startup`', 'starting'],
    ] as const
  ).map(([title, state]) =>
    conforms(
      'lifespan.unsupported',
      `an application that declines serves, with an empty state: ${title}`,
      {
        app: {
          async lifespan(_scope, receive) {
            await (REACH[state] as (receive: LifespanReceive) => Promise<void>)(receive);
            throw new UnsupportedScope('lifespan');
          },
          async http(scope, receive, send, stage) {
            stage.note('state', Object.keys(scope.local.state));
            await send({ type: 'http.response.start', status: 200 });
            while ((await receive()).type !== 'gateway.drain');
            stage.note('drained');
            await send({ type: 'http.response.end' });
          },
        },
        async client(t) {
          const stream = await t.request();
          deepEqual(await t.seen('state'), []);
          t.operator.drain();
          await t.seen('drained');
          equal((await stream.whole()).ending, 'end');
          equal(await t.operator.status(), 0);
          deepEqual(t.operator.faults(), []);
          deepEqual(
            t.operator.log().filter((line) => line.startsWith('error')),
            [],
          );
        },
      },
    ),
  ),

  ...Object.entries(UNOFFERED).map(([title, answer]) =>
    conforms('lifespan.accepts-offered', `${title} is rejected, and less can be accepted`, {
      app: {
        http: page,
        async lifespan(_scope, receive, send, stage) {
          await receive();
          stage.note(
            'first',
            await stage.misuse(send({ ...ready, ...answer } as LifespanSendEvent)),
          );
          stage.note('second', await stage.misuse(send({ ...ready, accepts: { tunnel: 1 } })));
          await untilShutdown(receive);
        },
      },
      async client(t) {
        equal(await t.seen('first'), 'lifespan.accepts-offered');
        equal(await t.seen('second'), 'none');
        equal((await t.fetch()).status, 200);
      },
    }),
  ),

  conforms('lifespan.accepts-offered', 'behind a rejected answer, the application can fail', {
    gateway: { startedByClient: true },
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        stage.note('first', await stage.misuse(send({ ...ready, accepts: { unheard: 1 } })));
        stage.note('second', await stage.misuse(send(failed)));
      },
    },
    async client(t) {
      equal((await t.operator.start()).ready, false);
      equal(await t.seen('first'), 'lifespan.accepts-offered');
      equal(await t.seen('second'), 'none');
      equal(await t.operator.status(), 3);
    },
  }),

  ...(
    [
      ['nothing is accepted', undefined],
      ['what is accepted is empty', {}],
    ] as const
  ).map(([title, accepts]) =>
    conforms('lifespan.tunnels-accepted', `tunnels are rejected where ${title}`, {
      app: {
        http: page,
        async lifespan(_scope, receive, send, stage) {
          const answer = { ...ready, ...(accepts ? { accepts } : {}) };
          await receive();
          stage.note('with', await stage.misuse(send({ ...answer, tunnels: ['x'] })));
          stage.note('without', await stage.misuse(send({ ...answer, tunnels: [] })));
          await untilShutdown(receive);
        },
      },
      async client(t) {
        equal(await t.seen('with'), 'lifespan.tunnels-accepted');
        equal(await t.seen('without'), 'none');
        equal((await t.fetch()).status, 200);
      },
    }),
  ),

  conforms('lifespan.tunnels-accepted', 'another feature does not stand for `tunnel`', {
    gateway: { files: { page: 'page' } },
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        const accepts = { 'http.file': 1 };
        stage.note('with', await stage.misuse(send({ ...ready, accepts, tunnels: ['x'] })));
        await send({ ...ready, accepts });
        await untilShutdown(receive);
      },
    },
    async client(t) {
      equal(await t.seen('with'), 'lifespan.tunnels-accepted');
    },
  }),

  ...(['http', 'websocket', 'tunnel'] as const).map((type) => {
    const looks = async (
      scope: { local: { state: Readonly<Record<string, unknown>> } },
      stage: Stage,
    ) => {
      const { pool, ...others } = scope.local.state as { pool: { users: number } };
      pool.users += 1;
      stage.note('seen', { users: pool.users, ...others });
    };
    return conforms(
      'lifespan.state-shared',
      `its values are shared, and the map is a copy: ${type}`,
      {
        app: {
          async lifespan(_scope, receive, send) {
            await receive();
            const state: Record<string, unknown> = { pool: { users: 0 }, name: 'first' };
            const sent = send({
              ...ready,
              accepts: { tunnel: 1 },
              tunnels: ['conformance'],
              state,
            });
            state.name = 'second';
            state.more = true;
            await sent;
            delete state.pool;
            await untilShutdown(receive);
          },
          async http(scope, receive, send, stage) {
            await looks(scope, stage);
            await page(scope, receive, send, stage);
          },
          async websocket(scope, receive, send, stage) {
            await looks(scope, stage);
            await page(scope as never, receive as never, send as never, stage);
          },
          async tunnel(scope, receive, send, stage) {
            await looks(scope, stage);
            await page(scope as never, receive as never, send as never, stage);
          },
        },
        async client(t) {
          for (let users = 1; users <= 2; users++) {
            if (type === 'http') await t.fetch();
            else if (type === 'websocket') await (await t.websocket()).denied();
            else await (await t.tunnel()).next();
            deepEqual(await t.seen('seen'), { users, name: 'first' });
          }
        },
      },
    );
  }),

  conforms('lifespan.state-shared', 'without `state` it is empty', {
    app: {
      lifespan: behaves(),
      async http(scope, receive, send, stage) {
        stage.note('state', Object.keys(scope.local.state));
        await page(scope, receive, send, stage);
      },
    },
    async client(t) {
      equal((await t.fetch()).status, 200);
      deepEqual(await t.seen('state'), []);
    },
  }),

  conforms(
    'lifespan.state-shared',
    'during a drain, and when the lifespan has ended early, it is what it was',
    {
      app: {
        async lifespan(_scope, receive, send) {
          await receive();
          await send({ ...ready, state: { name: 'kept' } });
          await receive();
          throw new Error('on purpose');
        },
        async http(scope, _receive, send, stage) {
          await send({ type: 'http.response.start', status: 200 });
          stage.note('held');
          await stage.reached('end');
          stage.note('state', { ...scope.local.state });
          await send({ type: 'http.response.end' });
        },
      },
      async client(t) {
        const stream = await t.request();
        await t.seen('held');
        t.operator.drain();
        equal((await t.seen<Ending>(ENDED)).type, 'lifespan');
        await t.open('end');
        deepEqual(await t.seen('state'), { name: 'kept' });
        equal((await stream.whole()).ending, 'end');
      },
    },
  ),

  // A start that fails.

  ...Object.entries(FAILURES).flatMap(([title, { does, told }]) => {
    const gateway = { startedByClient: true, limits: { startup_ms: 300 } };
    return [
      conforms(
        'lifespan.fatal-start',
        `the status is 3, and nothing listens: an application that ${title}`,
        {
          gateway,
          app: { lifespan: does, http: page },
          async client(t) {
            equal((await t.operator.start()).ready, false);
            await rejects(t.fetch());
            equal(await t.operator.status(), 3);
          },
        },
      ),
      conforms('lifespan.failed', `the operator is told: an application that ${title}`, {
        gateway,
        app: { lifespan: does },
        async client(t) {
          await t.operator.start();
          match(t.operator.log().join('\n'), told);
        },
      }),
    ];
  }),

  conforms('lifespan.failed', 'the message is for the operator, also where the call goes on', {
    gateway: { startedByClient: true },
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send(failed);
        await stage.reached('never');
      },
    },
    async client(t) {
      equal((await t.operator.start()).ready, false);
      match(t.operator.log().join('\n'), /no database/);
    },
  }),

  ...Object.entries(GIVEN_UP).map(([title, { limits, does, cause, status }]) =>
    conforms(
      'lifespan.startup-timeout',
      `an application that has not answered is given up ${title}`,
      {
        gateway: { startedByClient: true, limits },
        app: {
          async lifespan(scope, receive, send, stage) {
            await receive();
            const next = receive();
            stage.note('starting');
            await notesCancel(scope.local.cancel, stage);
            stage.note('next', (await next).type);
            for (const event of [ready, failed, stopped])
              stage.note('sent', await stage.outcome(send(event)));
            stage.note('again', (await receive()).type);
            stage.note('reason', (scope.local.cancel.reason as Closed).cause);
          },
        },
        async client(t) {
          void t.operator.start();
          await t.seen('starting');
          does(t);
          equal(await t.seen('cancelled'), cause);
          equal(await t.seen('next'), 'lifespan.shutdown');
          for (const outcome of await notes(t, 'sent', 3)) match(outcome, /^Closed: /);
          equal(await t.seen('again'), 'lifespan.shutdown');
          equal(await t.seen('reason'), cause, 'it is signalled once');
          equal(await t.operator.status(), status);
        },
      },
    ),
  ),

  conforms(
    'lifespan.startup-timeout',
    'it is not given up before, and the time does not run on behind its answer',
    {
      gateway: { startedByClient: true, limits: { startup_ms: 400 } },
      app: {
        http: page,
        async lifespan(scope, receive, send, stage) {
          await receive();
          stage.note('starting');
          void notesCancel(scope.local.cancel, stage);
          await stage.reached('ready');
          stage.note('sent', await stage.outcome(send(ready)));
          await untilShutdown(receive);
        },
      },
      async client(t) {
        const start = t.operator.start();
        await t.seen('starting');
        await t.quiet(start, 'the start');
        await t.open('ready');
        equal(await t.seen('sent'), 'accepted');
        const late = t.seen('cancelled');
        for (let i = 0; i < 4; i++) await t.quiet(late, 'the end of a start that was made');
        equal((await t.fetch()).status, 200);
      },
    },
  ),

  // The order of events.

  conforms(
    'lifespan.drain-order',
    'startup, drain and shutdown come once they are due, and the shutdown again and again',
    {
      app: {
        async lifespan(_scope, receive, send, stage) {
          stage.note('received', (await receive()).type);
          const second = receive();
          stage.note('starting', await stage.standing(second));
          await send(ready);
          stage.note('ready', await stage.standing(second));
          stage.note('received', (await second).type);
          const third = receive();
          stage.note('draining', await stage.standing(third));
          stage.note('received', (await third).type);
          stage.note('received', (await receive()).type);
          await send(stopped);
          stage.note('received', (await receive()).type);
        },
        http: holds,
      },
      async client(t) {
        equal(await t.seen('starting'), 'pending');
        equal(await t.seen('ready'), 'pending');
        const stream = await t.request();
        await t.seen('held');
        t.operator.drain();
        equal(await t.seen('draining'), 'pending');
        await t.open('end');
        await stream.whole();
        deepEqual(await notes(t, 'received', 5), [
          'lifespan.startup',
          'lifespan.drain',
          'lifespan.shutdown',
          'lifespan.shutdown',
          'lifespan.shutdown',
        ]);
      },
    },
  ),

  conforms(
    'lifespan.drain-order',
    'who asks late receives the drain and the shutdown one after the other',
    {
      app: {
        async lifespan(_scope, receive, send, stage) {
          await receive();
          await send(ready);
          await stage.reached('late');
          const standing = [];
          for (let i = 0; i < 3; i++) {
            const next = receive();
            standing.push(await stage.standing(next));
            stage.note('received', (await next).type);
          }
          stage.note('standing', standing);
        },
      },
      async client(t) {
        t.operator.drain();
        await t.quiet(t.operator.status(), 'the end');
        await t.open('late');
        deepEqual(await notes(t, 'received', 3), [
          'lifespan.drain',
          'lifespan.shutdown',
          'lifespan.shutdown',
        ]);
        deepEqual(await t.seen('standing'), ['accepted', 'accepted', 'accepted']);
        equal(await t.operator.status(), 0);
      },
    },
  ),

  conforms('lifespan.drain-order', 'an application that has failed is shut down without a drain', {
    gateway: { startedByClient: true },
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send(failed);
        for (let i = 0; i < 2; i++) stage.note('received', (await receive()).type);
      },
    },
    async client(t) {
      equal((await t.operator.start()).ready, false);
      deepEqual(await notes(t, 'received', 2), ['lifespan.shutdown', 'lifespan.shutdown']);
    },
  }),

  conforms('lifespan.drain-order', 'the startup tells what the gateway offers and enforces', {
    gateway: { limits: { target_octets: 100, drain_ms: 12_345 } },
    app: {
      async lifespan(scope, receive, send, stage) {
        stage.note('startup', await receive());
        const { local, ...plain } = scope;
        stage.note('scope', plain);
        stage.note('state', Object.keys(local.state));
        await send(ready);
        await untilShutdown(receive);
      },
      async http(scope, receive, send, stage) {
        stage.note('limits', scope.limits);
        await page(scope, receive, send, stage);
      },
    },
    async client(t) {
      const { type, offers, limits } = await t.seen<Record<string, unknown>>('startup');
      equal(type, 'lifespan.startup');
      const scope = await t.seen<{ type: string; gateway: { features: unknown } }>('scope');
      deepEqual(offers, scope.gateway.features);
      deepEqual(await t.seen('state'), []);
      equal((await t.fetch()).status, 200);
      const ofConversation = await t.seen<Record<string, unknown>>('limits');
      deepEqual(limits, ofConversation);
      equal(ofConversation.drain_ms, 12_345);
    },
  }),

  ...OUT_OF_ORDER.map(([state, event]) =>
    conforms(
      'lifespan.send-order',
      `\`${event.type}\` is rejected, and changes nothing: ${state}`,
      {
        gateway: { startedByClient: true },
        app: {
          async lifespan(_scope, receive, send, stage) {
            await REACH[state](receive, send);
            stage.note('sent', await stage.outcome(send(event)));
            await LEAVE[state](receive, send);
          },
        },
        async client(t) {
          const fails = state === 'over, having failed';
          equal((await t.operator.start()).ready, !fails);
          t.operator.drain();
          equal(await t.seen('sent'), 'Misuse: lifespan.send-order');
          equal(await t.operator.status(), fails ? 3 : 0);
        },
      },
    ),
  ),

  // Shutting down.

  ...(['http', 'websocket', 'tunnel'] as const).map((type) =>
    conforms(
      'lifespan.shutdown-last',
      `not while a conversation is open, and at once when none is: ${type}`,
      {
        app: {
          async lifespan(_scope, receive, send, stage) {
            await receive();
            await send({ ...ready, accepts: { tunnel: 1 }, tunnels: ['conformance'] });
            stage.note('order', (await receive()).type);
            stage.note('order', (await receive()).type);
          },
          async http(scope, receive, send, stage) {
            await holds(scope, receive, send, stage);
            stage.note('order', 'over');
          },
          async websocket(_scope, _receive, send, stage) {
            await send({ type: 'websocket.accept' });
            stage.note('held');
            await stage.reached('end');
            stage.note('order', 'over');
            await send({ type: 'websocket.close' });
          },
          async tunnel(_scope, _receive, send, stage) {
            await send({ type: 'tunnel.accept' });
            stage.note('held');
            await stage.reached('end');
            stage.note('order', 'over');
            await send({ type: 'tunnel.abort' });
          },
        },
        async client(t) {
          const socket = type === 'websocket' ? await t.websocket() : undefined;
          const stream = socket?.stream ?? (await (type === 'http' ? t.request() : t.tunnel()));
          await t.seen('held');
          t.operator.drain();
          equal(await t.seen('order'), 'lifespan.drain');
          const next = t.seen('order');
          await t.quiet(next, 'what follows the drain');
          await t.open('end');
          equal(await next, 'over');
          if (socket) {
            await socket.accepted();
            await socket.next();
            await socket.close(1000);
          }
          await stream.whole();
          if (type !== 'http') await stream.end();
          equal(await t.within(5000, t.seen('order'), 'the shutdown'), 'lifespan.shutdown');
          equal(await t.operator.status(), 0);
        },
      },
    ),
  ),

  conforms('lifespan.shutdown-last', 'not while the call of an answered request lasts', {
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send(ready);
        await receive();
        stage.note('order', (await receive()).type);
      },
      async http(scope, receive, send, stage) {
        await page(scope, receive, send, stage);
        stage.note('answered');
        await stage.reached('end');
        stage.note('order', 'over');
      },
    },
    async client(t) {
      equal((await t.fetch()).status, 200);
      await t.seen('answered');
      t.operator.drain();
      const next = t.seen('order');
      await t.quiet(next, 'the shutdown');
      await t.open('end');
      equal(await next, 'over');
      equal(await t.seen('order'), 'lifespan.shutdown');
    },
  }),

  conforms('lifespan.shutdown-last', 'not while octets wait for a peer that reads slowly', {
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send(ready);
        await receive();
        await receive();
        stage.note('shutdown');
      },
      async http(_scope, _receive, send, stage) {
        await send({ type: 'http.response.start', status: 200 });
        void send({ type: 'http.response.body', data: new Uint8Array(64 * 1024 * 1024) });
        await send({ type: 'http.response.end' });
        stage.note('returns');
      },
    },
    async client(t) {
      const stream = await t.request();
      await t.seen('returns');
      t.operator.drain();
      const shutdown = t.seen('shutdown');
      await t.quiet(shutdown, 'the shutdown');
      const { ending, body } = await stream.whole();
      deepEqual({ ending, octets: body.length }, { ending: 'end', octets: 64 * 1024 * 1024 });
      await shutdown;
      equal(await t.operator.status(), 0);
    },
  }),

  conforms(
    'lifespan.shutdown-last',
    'a peer that keeps its end of a closed WebSocket holds nothing up',
    {
      app: {
        lifespan: behaves(),
        async websocket(_scope, receive, send, stage) {
          await send({ type: 'websocket.accept' });
          stage.note('held');
          while ((await receive()).type !== 'gateway.drain');
          await send({ type: 'websocket.close' });
        },
      },
      async client(t) {
        const socket = await t.websocket();
        await socket.accepted();
        await t.seen('held');
        t.operator.drain();
        await socket.next();
        await socket.close(1000);
        equal((await socket.stream.whole()).ending, 'end');
        equal(await t.within(5000, t.operator.status(), 'the end'), 0);
      },
    },
  ),

  conforms('lifespan.shutdown-last', 'without a conversation it does not wait for the deadline', {
    app: { lifespan: behaves() },
    async client(t) {
      t.operator.drain();
      equal(await t.within(5000, t.operator.status(), 'the end'), 0);
    },
  }),

  ...Object.entries(CLEAN_UPS).map(([title, { does, status }]) =>
    conforms('lifespan.stop-timeout', `the process ends as soon as its application ${title}`, {
      gateway: { limits: { shutdown_ms: 8000 } },
      app: { lifespan: does },
      async client(t) {
        t.operator.drain();
        equal(await t.within(5000, t.operator.status(), 'the end'), status);
      },
    }),
  ),

  ...Object.entries(NEVER_CLEAN).map(([title, does]) =>
    conforms(
      'lifespan.stop-timeout',
      `the process ends after \`limits.shutdown_ms\`, and not before: an application ${title}`,
      {
        gateway: { limits: { shutdown_ms: 300 } },
        app: { lifespan: does },
        async client(t) {
          const begun = performance.now();
          t.operator.drain();
          equal(await t.operator.status(), 1);
          ok(performance.now() - begun > 295, 'it has its time');
        },
      },
    ),
  ),

  conforms(
    'lifespan.stop-timeout',
    'an application that has failed has this time to release what it holds',
    {
      gateway: { startedByClient: true, limits: { shutdown_ms: 8000 } },
      app: {
        async lifespan(_scope, receive, send, stage) {
          await receive();
          await send(failed);
          await stage.reached('released');
          stage.note('released');
        },
      },
      async client(t) {
        equal((await t.operator.start()).ready, false);
        await t.quiet(t.operator.status(), 'the end');
        await t.open('released');
        await t.seen('released');
        equal(await t.within(5000, t.operator.status(), 'the end'), 3);
      },
    },
  ),

  // An early end.

  ...Object.entries(EARLY).map(([title, ends]) =>
    conforms(
      'lifespan.early-end',
      `a drain begins, conversations go on, and the status is 1: an application that ${title}`,
      {
        app: {
          async lifespan(scope, receive, send, stage) {
            let first = true;
            // Its end comes when a conversation is under way.
            const later: LifespanReceive = async () => {
              if (first) first = false;
              return receive();
            };
            const sends: LifespanSend = async (event) => {
              await send(event);
              if (!first) await stage.reached('leave');
            };
            await ends(scope, later, sends, stage);
          },
          async http(_scope, receive, send, stage) {
            await send({ type: 'http.response.start', status: 200 });
            stage.note('held');
            while ((await receive()).type !== 'gateway.drain');
            stage.note('drained');
            await stage.reached('end');
            await send({ type: 'http.response.end' });
          },
        },
        async client(t) {
          const stream = await t.request();
          await t.seen('held');
          await t.open('leave');
          await t.seen('drained');
          await t.quiet(t.operator.status(), 'the end');
          equal(t.operator.faults().length, 1);
          await t.open('end');
          equal((await stream.whole()).ending, 'end');
          equal(await t.operator.status(), 1);
        },
      },
    ),
  ),

  ...(
    [
      ['it has been told of', 'draining'],
      ['it has not been told of', 'ready'],
    ] as const
  ).map(([title, state]) =>
    conforms('lifespan.early-end', `it is one also during a drain that ${title}`, {
      app: {
        http: holds,
        async lifespan(_scope, receive, send, stage) {
          await REACH[state](receive, send);
          await stage.reached('leave');
        },
      },
      async client(t) {
        const stream = await t.request();
        await t.seen('held');
        t.operator.drain();
        await t.open('leave');
        equal((await t.seen<Ending>(ENDED)).type, 'lifespan');
        await t.open('end');
        equal((await stream.whole()).ending, 'end');
        equal(await t.operator.status(), 1);
        ok(t.operator.faults().some(({ requirement }) => requirement === 'lifespan.early-end'));
      },
    }),
  ),

  conforms(
    'lifespan.early-end',
    'one that returns in the turn of its answer is none that failed to start',
    {
      gateway: { startedByClient: true },
      app: {
        async lifespan(_scope, receive, send) {
          await receive();
          await send(ready);
        },
      },
      async client(t) {
        void t.operator.start();
        equal(await t.operator.status(), 1);
        ok(t.operator.faults().some(({ requirement }) => requirement === 'lifespan.early-end'));
      },
    },
  ),

  // A drain during the start.

  ...Object.entries(CUT_SHORT).map(([title, does]) =>
    conforms(
      'drain.during-startup',
      `the start counts neither as made nor as failed: an application that ${title}`,
      {
        gateway: { startedByClient: true },
        app: { lifespan: does, http: page },
        async client(t) {
          const start = t.operator.start();
          await t.seen('starting');
          t.operator.drain();
          equal(await t.seen('cancelled'), 'shutdown');
          await start;
          await rejects(t.fetch());
          equal(await t.operator.status(), 0);
        },
      },
    ),
  ),

  conforms(
    'drain.during-startup',
    'an application that becomes ready receives the drain and the shutdown',
    {
      gateway: { startedByClient: true },
      app: {
        http: page,
        async lifespan(scope, receive, send, stage) {
          await receive();
          const next = receive();
          stage.note('starting');
          await notesCancel(scope.local.cancel, stage);
          stage.note('standing', await stage.standing(next));
          await send(ready);
          stage.note('received', (await next).type);
          stage.note('received', (await receive()).type);
        },
      },
      async client(t) {
        void t.operator.start();
        await t.seen('starting');
        t.operator.drain();
        equal(await t.seen('cancelled'), 'shutdown');
        equal(await t.seen('standing'), 'pending', 'nothing else tells the application');
        deepEqual(await notes(t, 'received', 2), ['lifespan.drain', 'lifespan.shutdown']);
        await rejects(t.fetch());
        equal(await t.operator.status(), 0);
      },
    },
  ),

  conforms('drain.during-startup', 'an error that cuts the start short is reported', {
    gateway: { startedByClient: true },
    app: { lifespan: CUT_SHORT.raises as Lifespan },
    async client(t) {
      void t.operator.start();
      await t.seen('starting');
      t.operator.drain();
      await t.operator.status();
      match(t.operator.faults()[0]?.message ?? '', /interrupted/);
    },
  }),

  conforms('drain.during-startup', 'an application that has answered is not cancelled', {
    app: {
      async lifespan(scope, receive, send, stage) {
        void notesCancel(scope.local.cancel, stage);
        await receive();
        await send(ready);
        await receive();
        stage.note('drained');
        await stage.reached('leave');
        await receive();
      },
    },
    async client(t) {
      t.operator.drain();
      await t.seen('drained');
      await t.quiet(t.seen('cancelled'), 'its cancellation');
      await t.open('leave');
      equal(await t.operator.status(), 0);
    },
  }),

  // The status.

  conforms('drain.exit-status', 'a start that failed and a clean-up that came late: 3', {
    gateway: { startedByClient: true, limits: { shutdown_ms: 200 } },
    app: {
      async lifespan(_scope, receive, send, stage) {
        await receive();
        await send(failed);
        await stage.reached('never');
      },
    },
    async client(t) {
      equal((await t.operator.start()).ready, false);
      equal(await t.operator.status(), 3);
    },
  }),
]);
