// Composition, changed copies of a scope, and features that are taken off the offer.

import { describe, expect, test, vi } from 'vitest';
import type {
  AnyReceiveEvent,
  AnyScope,
  AnySendEvent,
  Application,
  LifespanReady,
} from '../interface/index.ts';
import { Misuse } from '../interface/index.ts';
import { application } from './application.ts';
import { LIMITS, lifespanScope, MARKER, scopeOf } from './conversation.fixture.ts';
import { compose, type Middleware, withoutFeature, withScope, withState } from './middleware.ts';

const receive = () => expect.unreachable();
const send = () => expect.unreachable();

describe('compose', () => {
  const named =
    (name: string, seen: string[]): Middleware =>
    (app) =>
    async (scope, receive, send) => {
      seen.push(`${name} in`);
      await app(scope, receive, send);
      seen.push(`${name} out`);
    };

  test('the first is the outermost', async () => {
    const seen: string[] = [];
    const app: Application = async () => {
      seen.push('app');
    };
    await compose(app, named('a', seen), named('b', seen))(scopeOf(), receive, send);
    expect(seen).toEqual(['a in', 'b in', 'app', 'b out', 'a out']);
  });

  test('without middleware it is the application', () => {
    const app: Application = async () => {};
    expect(compose(app)).toBe(app);
  });
});

describe('changed copies', () => {
  test('scope.middleware-copies: the copy differs, and the scope above stays as it was', () => {
    const scope = scopeOf({ headers: [['a', '1']] });
    const before = structuredClone({ ...scope, local: null });
    const copy = withScope(scope, { mount: '/m', headers: [...scope.headers, ['b', '2']] });
    expect(copy).toMatchObject({
      mount: '/m',
      path: '/',
      headers: [
        ['a', '1'],
        ['b', '2'],
      ],
    });
    expect({ ...scope, local: null }).toEqual(before);
  });

  test('typescript.frozen: the copy and what was put into it are frozen, octets apart', () => {
    const tls = {
      version: '1.3',
      cipher: null,
      alpn: null,
      sni: null,
      client_chain: [new Uint8Array(2)],
      verified: true,
    };
    const copy = withScope(scopeOf(), { headers: [['b', '2']], tls });
    for (const part of [copy, copy.headers, copy.headers[0], copy.tls, copy.tls?.client_chain])
      expect(Object.isFrozen(part)).toBe(true);
    expect(() => {
      (copy as { mount: string }).mount = '/x';
    }).toThrow(TypeError);
  });

  test('scope.middleware-copies: fields that the kit does not know are kept', () => {
    const scope = scopeOf({ 'org.example.field': 1 } as object);
    expect(withScope(scope, { mount: '/m' })).toMatchObject({ 'org.example.field': 1 });
    expect(withState(scope, {})).toMatchObject({ 'org.example.field': 1 });
  });

  test('another state: its map is a frozen copy, its values are left alone, and the signal stays', () => {
    const scope = scopeOf();
    const state = { pool: { open: 1 } };
    const copy = withState(scope, state);
    expect(copy.local.state).toEqual(state);
    expect(copy.local.state).not.toBe(state);
    expect(Object.isFrozen(copy.local.state)).toBe(true);
    expect(copy.local.state['pool']).toBe(state.pool);
    expect(Object.isFrozen(state.pool)).toBe(false);
    expect(copy.local.cancel).toBe(scope.local.cancel);
  });

  test('another state: a signal that is made on demand is not asked for', () => {
    const cancel = vi.fn();
    const local = {
      get cancel() {
        cancel();
        return new AbortController().signal;
      },
      state: {},
    };
    withState(scopeOf({ local }), {});
    expect(cancel).not.toHaveBeenCalled();
  });
});

describe('features taken off', () => {
  const FEATURES = { 'http.file': [1, 2], 'org.example.x': [1, 2, 3], tunnel: [1] };
  const gateway = Object.freeze({ ...MARKER, features: FEATURES });
  const startup: AnyReceiveEvent = { type: 'lifespan.startup', offers: FEATURES, limits: LIMITS };

  /** What an application below sees and what comes of what it sends. */
  async function below(
    middleware: Middleware,
    scope: AnyScope,
    events: readonly (AnySendEvent | object)[] = [],
  ) {
    const sent: unknown[] = [];
    const results: unknown[] = [];
    let seen: AnyScope | undefined;
    let first: AnyReceiveEvent | undefined;
    await middleware(async (scope, receive, send) => {
      seen = scope;
      if (scope.type === 'lifespan') first = await receive();
      for (const event of events) {
        results.push(
          await send(event as AnySendEvent).then(
            () => 'sent',
            (error) => error,
          ),
        );
      }
    })(
      { ...scope, gateway } as AnyScope,
      async () => startup,
      async (event) => {
        sent.push(event);
      },
    );
    return { seen, first, sent, results };
  }

  test.each([
    ['org.example.x', undefined, { 'http.file': [1, 2], tunnel: [1] }],
    ['org.example.x', [2], { 'http.file': [1, 2], 'org.example.x': [1, 3], tunnel: [1] }],
    ['org.example.x', [1, 2, 3], { 'http.file': [1, 2], tunnel: [1] }],
    ['http.file', [2], { 'http.file': [1], 'org.example.x': [1, 2, 3], tunnel: [1] }],
    ['unheard.of.x', undefined, FEATURES],
  ])(
    'feature.middleware-removes: %s %j, from the offer and from every scope',
    async (feature, revisions, left) => {
      const lifespan = await below(withoutFeature(feature, revisions), lifespanScope());
      expect(lifespan.seen?.gateway.features).toEqual(left);
      expect(lifespan.first).toMatchObject({
        type: 'lifespan.startup',
        offers: left,
        limits: LIMITS,
      });
      const http = await below(withoutFeature(feature, revisions), scopeOf());
      expect(http.seen?.gateway).toEqual({ ...gateway, features: left });
    },
  );

  test('feature.default-kept: without its first revision a feature that is accepted by default is off', async () => {
    const { seen } = await below(withoutFeature('http.file', [1]), scopeOf());
    expect(seen?.gateway.features).toEqual({ 'org.example.x': [1, 2, 3], tunnel: [1] });
  });

  test('feature.stable-during-run: every scope has the same marker, and the one above is unchanged', async () => {
    const middleware = withoutFeature('http.file');
    const one = await below(middleware, scopeOf());
    expect(gateway.features).toEqual(FEATURES);
    let marker: unknown;
    const app = middleware(async (scope) => {
      marker ??= scope.gateway;
      expect(scope.gateway).toBe(marker);
    });
    for (let i = 0; i < 2; i++) await app(scopeOf({ gateway }), receive, send);
    expect(marker).toEqual(one.seen?.gateway);
  });

  test('feature.middleware-removes: its events are rejected below, and never reach the gateway', async () => {
    const events = [
      { type: 'http.file', path: '/x' },
      { type: 'org.example.x.set' },
      { type: 'http.response.start', status: 200 },
    ];
    const { sent, results } = await below(withoutFeature('http.file'), scopeOf(), events);
    expect(results).toEqual([expect.any(Misuse), 'sent', 'sent']);
    expect(results[0]).toMatchObject({ requirement: 'feature.only-accepted' });
    expect(sent).toEqual(events.slice(1));

    const other = await below(withoutFeature('org.example.x'), scopeOf(), events);
    expect(other.results).toEqual(['sent', expect.any(Misuse), 'sent']);
  });

  test('feature.middleware-removes: while a revision is left, its events pass', async () => {
    const events = [{ type: 'org.example.x.set' }];
    const { sent } = await below(withoutFeature('org.example.x', [3]), scopeOf(), events);
    expect(sent).toEqual(events);
  });

  test('lifespan.accepts-offered: what was taken off cannot be accepted, and the rest can', async () => {
    const ready = (accepts: object) => ({ type: 'lifespan.ready', accepts });
    const events = [
      ready({ 'http.file': 1 }),
      ready({ tunnel: 1 }),
      { type: 'lifespan.ready', '!accepts': { 'http.file': 1 }, accepts: {} },
      { type: 'lifespan.ready' },
    ];
    const { sent, results } = await below(withoutFeature('http.file'), lifespanScope(), events);
    expect(results).toEqual([expect.any(Misuse), 'sent', expect.any(Misuse), 'sent']);
    expect(results[0]).toMatchObject({ requirement: 'lifespan.accepts-offered' });
    expect(sent).toEqual([events[1], events[3]]);

    const partly = await below(withoutFeature('org.example.x', [1]), lifespanScope(), [
      ready({ 'org.example.x': 1 }),
      ready({ 'org.example.x': 2 }),
    ]);
    expect(partly.results).toEqual([expect.any(Misuse), 'sent']);
  });

  test('event.middleware-forwards: events that it does not know pass in both directions, unchanged', async () => {
    const unknown = Object.freeze({ type: 'com.example.y.happened', 'com.example.k': 1 });
    const given: unknown[] = [];
    const sent: unknown[] = [];
    const app = withoutFeature('http.file')(async (_, receive, send) => {
      given.push(await receive());
      await send(unknown as never);
      await send(null as never); // The gateway says what is wrong with it.
    });
    for (const scope of [scopeOf(), lifespanScope()]) {
      await app(
        scope,
        async () => unknown as never,
        async (event) => {
          sent.push(event);
        },
      );
    }
    expect(given).toEqual([unknown, unknown]);
    expect(given[0]).toBe(unknown);
    expect(sent).toEqual([unknown, null, unknown, null]);
  });

  test('feature.middleware-forwards: fields and keys of other owners stay', async () => {
    const ready = { type: 'lifespan.ready', 'com.example.k': 1 } as unknown as LifespanReady;
    const { sent } = await below(withoutFeature('http.file'), lifespanScope(), [ready]);
    expect(sent).toEqual([ready]);
  });

  test('flow.middleware-bounded: a send resolves when the one above has', async () => {
    let room!: () => void;
    const waits = new Promise<void>((resolve) => {
      room = resolve;
    });
    let resolved = false;
    const ended = withoutFeature('http.file')(async (_, __, send) => {
      await send({ type: 'http.response.start', status: 200 });
      resolved = true;
    })(scopeOf(), receive, () => waits);
    await Promise.resolve();
    expect(resolved).toBe(false);
    room();
    await ended;
    expect(resolved).toBe(true);
  });

  test('binding.unawaited: a rejected send that nobody awaits is no error of the program', async () => {
    const unhandled = vi.fn();
    process.on('unhandledRejection', unhandled);
    const app = application({
      async http(_, __, send) {
        void send({ type: 'http.file', path: '/x' });
      },
    });
    await withoutFeature('http.file')(app)(scopeOf(), receive, send);
    // Node tells of it once the microtasks are done, before the next turn.
    await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', unhandled);
    expect(unhandled).not.toHaveBeenCalled();
  });
});
