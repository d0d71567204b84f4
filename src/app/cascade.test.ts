// One lifespan over several applications, and what each of them gets in its conversations.

import { describe, expect, test, vi } from 'vitest';
import {
  type AnyReceiveEvent,
  type AnyScope,
  type AnySendEvent,
  type AnyState,
  type Application,
  Closed,
  type LifespanHandler,
  type LifespanReady,
  type LifespanStartup,
  Misuse,
  type TunnelScope,
  UnsupportedScope,
} from '../interface/index.ts';
import { application } from './application.ts';
import { cascade } from './cascade.ts';
import { LIMITS, lifespanScope, scopeOf, turn } from './conversation.fixture.ts';

const OFFERS = { 'http.file': [1], tunnel: [1], 'tunnel.datagram': [1], 'org.example.x': [1, 2] };
const STARTUP: LifespanStartup = { type: 'lifespan.startup', offers: OFFERS, limits: LIMITS };

/** The gateway above: gives events, and notes what is answered. */
class Above {
  readonly sent: AnySendEvent[] = [];
  readonly cancel = new AbortController();
  refuse: unknown;
  #events: AnyReceiveEvent[] = [STARTUP];
  #receiver: ((event: AnyReceiveEvent) => void) | undefined;
  receives = 0;

  readonly receive = (): Promise<AnyReceiveEvent> => {
    this.receives++;
    return new Promise((resolve) => {
      this.#receiver = resolve;
      this.#deliver();
    });
  };

  readonly send = async (event: AnySendEvent): Promise<void> => {
    if (this.refuse !== undefined) throw this.refuse;
    this.sent.push(event);
  };

  give(...events: readonly (AnyReceiveEvent | object)[]): void {
    this.#events.push(...(events as AnyReceiveEvent[]));
    this.#deliver();
  }

  #deliver(): void {
    const event = this.#receiver && this.#events.shift();
    if (!event) return;
    const resolve = this.#receiver;
    this.#receiver = undefined;
    resolve?.(event);
  }

  get ready(): LifespanReady | undefined {
    return this.sent.find((event) => event.type === 'lifespan.ready') as LifespanReady | undefined;
  }

  get types(): readonly string[] {
    return this.sent.map(({ type }) => type);
  }
}

/** An application that notes what it is given, and answers when it is told to. */
function below(answer: Partial<LifespanReady> = {}) {
  const seen: string[] = [];
  let go!: () => void;
  let fail!: (error: unknown) => void;
  const allowed = new Promise<void>((resolve, reject) => {
    go = resolve;
    fail = reject;
  });
  allowed.catch(() => {});
  const lifespan: LifespanHandler = async (scope, receive, send) => {
    scope.local.cancel.addEventListener('abort', () => {
      seen.push(`cancel ${(scope.local.cancel.reason as Closed).cause}`);
    });
    seen.push((await receive()).type);
    await allowed;
    await send({ type: 'lifespan.ready', ...answer });
    for (;;) {
      const event = await receive();
      seen.push(event.type);
      if (event.type === 'lifespan.shutdown') return;
    }
  };
  return { app: application({ lifespan }), seen, go, fail };
}

const declining: Application = async (scope) => {
  throw new UnsupportedScope(scope.type);
};

function begin(apps: readonly Application[], above = new Above()) {
  const joined = cascade(apps.map((app, index) => ({ name: `/${index}`, app })));
  const ended = joined
    .lifespan(lifespanScope(above.cancel.signal), above.receive as never, above.send as never)
    .then(
      () => ({ returned: true }) as const,
      (raised: unknown) => ({ raised }),
    );
  return { joined, above, ended };
}

describe('the start', () => {
  test('lifespan.middleware-every: each application is called, told, drained and shut down', async () => {
    const [one, other] = [below(), below()];
    const { above, ended } = begin([one.app, other.app]);
    one.go();
    other.go();
    await vi.waitFor(() => expect(above.types).toEqual(['lifespan.ready']));
    above.give({ type: 'lifespan.drain', deadline_ms: 1000 });
    await vi.waitFor(() => expect(other.seen).toContain('lifespan.drain'));
    above.give({ type: 'lifespan.shutdown' });
    expect(await ended).toEqual({ returned: true });
    const all = ['lifespan.startup', 'lifespan.drain', 'lifespan.shutdown'];
    expect(one.seen).toEqual(all);
    expect(other.seen).toEqual(all);
  });

  test('lifespan.middleware-all-ready: nothing is answered before the last is ready', async () => {
    const [one, other] = [below(), below()];
    const { above } = begin([one.app, other.app]);
    one.go();
    await turn();
    expect(above.sent).toEqual([]);
    other.go();
    await vi.waitFor(() => expect(above.types).toEqual(['lifespan.ready']));
  });

  test('lifespan.middleware-all-ready: one that fails makes the whole fail, and the others are shut down', async () => {
    const [one, other, late] = [below(), below(), below()];
    const failing = application({
      async lifespan(_, receive, send) {
        await receive();
        await send({ type: 'lifespan.failed', message: 'no database' });
      },
    });
    one.go();
    const { above, ended } = begin([one.app, failing, other.app, late.app]);
    await vi.waitFor(() => expect(above.sent).toHaveLength(1));
    expect(above.sent).toEqual([{ type: 'lifespan.failed', message: '/1: no database' }]);
    // drain.during-startup: those that were still starting are asked to stop, whatever they then do.
    await vi.waitFor(() => expect(other.seen).toContain('cancel shutdown'));
    other.go();
    late.fail(new Error('cut short'));
    expect(await ended).toEqual({ returned: true });
    expect(one.seen).toEqual(['lifespan.startup', 'lifespan.drain', 'lifespan.shutdown']);
    expect(other.seen.slice(-2)).toEqual(['lifespan.drain', 'lifespan.shutdown']);
  });

  test('lifespan.middleware-all-ready: an error of one is that of the whole', async () => {
    const one = below();
    const failure = new Error('on purpose');
    one.fail(failure);
    const { above, ended } = begin([declining, one.app]);
    expect(await ended).toEqual({ raised: failure });
    expect(above.sent).toEqual([{ type: 'lifespan.failed', message: '/1: Error: on purpose' }]);
  });

  test('lifespan.middleware-all-ready: where all decline, the whole declines', async () => {
    const { above, ended } = begin([declining, declining]);
    expect(await ended).toEqual({ raised: new UnsupportedScope('lifespan') });
    expect(above.sent).toEqual([]);
  });

  test('lifespan.middleware-all-ready: one that declines is ready', async () => {
    const one = below({ accepts: { 'http.file': 1 } });
    one.go();
    const { above } = begin([one.app, declining]);
    await vi.waitFor(() => expect(above.ready?.accepts).toEqual({ 'http.file': 1 }));
  });

  test('lifespan.send-order, lifespan.accepts-offered: each is held to the table', async () => {
    const errors: unknown[] = [];
    const breaking = application({
      async lifespan(_, receive, send) {
        const attempt = (event: object) =>
          send(event as never).catch((error: Misuse) => errors.push(error.requirement));
        await attempt({ type: 'lifespan.ready' });
        await receive();
        await attempt({ type: 'lifespan.ready', accepts: { 'org.example.x': 7 } });
        await attempt({ type: 'lifespan.ready', accepts: { toString: 1 } });
        await attempt({ type: 'lifespan.ready', tunnels: ['a'] });
        await attempt({ type: 'lifespan.ready', accepts: { tunnel: 1 }, tunnels: ['a', 'A'] });
        await attempt({ type: 'lifespan.ready', state: 'text' });
        await attempt({ type: 'http.response.end' });
        await send({ type: 'lifespan.ready' });
        await attempt({ type: 'lifespan.ready' });
        const pending = receive();
        await receive().catch((error: Misuse) => errors.push(error.requirement));
        await pending;
      },
    });
    const { above } = begin([breaking]);
    await vi.waitFor(() => expect(above.types).toEqual(['lifespan.ready']));
    await turn();
    expect(errors).toEqual([
      'lifespan.send-order',
      'lifespan.accepts-offered',
      'lifespan.accepts-offered',
      'lifespan.tunnels-accepted',
      'tunnel.declared-syntax',
      'event.shape',
      'event.unknown-type-misuse',
      'lifespan.send-order',
      'receive.single',
    ]);
  });

  test('lifespan.startup-timeout: what is given up above is given up below', async () => {
    const one = below();
    const { above, ended } = begin([one.app]);
    await vi.waitFor(() => expect(one.seen).toEqual(['lifespan.startup']));
    above.refuse = new Closed('timeout');
    above.cancel.abort(new Closed('timeout'));
    expect(await ended).toEqual({ returned: true });
    expect(one.seen).toContain('cancel timeout');
    one.go(); // Its answer is Closed, and nobody minds.
    await turn();
  });

  test('drain.during-startup: the signal above reaches those that have not answered', async () => {
    const [one, other] = [below(), below()];
    one.go();
    const { above, ended } = begin([one.app, other.app]);
    await turn();
    above.cancel.abort(new Closed('shutdown'));
    expect(one.seen).toEqual(['lifespan.startup']);
    expect(other.seen).toEqual(['lifespan.startup', 'cancel shutdown']);
    other.go();
    await vi.waitFor(() => expect(above.types).toEqual(['lifespan.ready']));
    above.give({ type: 'lifespan.drain', deadline_ms: 0 }, { type: 'lifespan.shutdown' });
    expect(await ended).toEqual({ returned: true });
  });

  test('a ready that is rejected above shuts down what is below', async () => {
    const one = below();
    one.go();
    const above = new Above();
    above.refuse = new Misuse('lifespan.send-order', 'on purpose');
    const { ended } = begin([one.app], above);
    expect(await ended).toEqual({ raised: above.refuse });
    expect(one.seen).toEqual(['lifespan.startup', 'lifespan.drain', 'lifespan.shutdown']);
  });
});

describe('the end', () => {
  test('lifespan.early-end: the end of one is the end of the whole, and the others are shut down', async () => {
    const one = below();
    one.go();
    let leave!: (error: Error) => void;
    const leaving = new Promise<never>((_, reject) => {
      leave = reject;
    });
    const early = application({
      async lifespan(_, receive, send) {
        await receive();
        await send({ type: 'lifespan.ready' });
        await leaving;
      },
    });
    const { above, ended } = begin([one.app, early]);
    await vi.waitFor(() => expect(above.types).toEqual(['lifespan.ready']));
    const failure = new Error('cannot go on');
    leave(failure);
    expect(await ended).toEqual({ raised: failure });
    await vi.waitFor(() => expect(one.seen.at(-1)).toBe('lifespan.shutdown'));
  });

  test('lifespan.early-end: the others are not shut down while a conversation is open', async () => {
    const one = below();
    one.go();
    let release!: () => void;
    const busy = new Promise<void>((resolve) => {
      release = resolve;
    });
    const early = application({
      async lifespan(_, receive, send) {
        await receive();
        await send({ type: 'lifespan.ready' });
        await receive();
      },
      http: () => busy,
    });
    const { joined, above, ended } = begin([one.app, early]);
    await vi.waitFor(() => expect(above.types).toEqual(['lifespan.ready']));
    const call = joined.call(
      1,
      scopeOf(),
      () => expect.unreachable(),
      () => expect.unreachable(),
    );
    above.give({ type: 'lifespan.drain', deadline_ms: 5 });
    expect(await ended).toEqual({ returned: true });
    await vi.waitFor(() => expect(one.seen).toEqual(['lifespan.startup', 'lifespan.drain']));
    await turn();
    expect(one.seen).toEqual(['lifespan.startup', 'lifespan.drain']);
    release();
    await call;
    await vi.waitFor(() => expect(one.seen.at(-1)).toBe('lifespan.shutdown'));
  });

  test('drain.exit-status: a clean-up that ends with an error ends the whole with it', async () => {
    const failure = new Error('could not clean up');
    const failing = application({
      async lifespan(_, receive, send) {
        await receive();
        await send({ type: 'lifespan.ready' });
        await receive();
        await receive();
        throw failure;
      },
    });
    const { above, ended } = begin([failing]);
    above.give({ type: 'lifespan.drain', deadline_ms: 5 }, { type: 'lifespan.shutdown' });
    expect(await ended).toEqual({ raised: failure });
  });

  test('lifespan.stop-timeout: who has sent lifespan.stopped is not waited for', async () => {
    const stopping = application({
      async lifespan(_, receive, send) {
        await receive();
        await send({ type: 'lifespan.ready' });
        while ((await receive()).type !== 'lifespan.shutdown');
        await send({ type: 'lifespan.stopped' });
        await new Promise(() => {});
      },
    });
    const { above, ended } = begin([stopping]);
    above.give({ type: 'lifespan.drain', deadline_ms: 5 }, { type: 'lifespan.shutdown' });
    expect(await ended).toEqual({ returned: true });
  });
});

describe('conversations', () => {
  const unused = () => expect.unreachable();

  /** The scope that the application at `index` sees, and what comes of what it sends. */
  async function served(
    answers: readonly (Partial<LifespanReady> | undefined)[],
    index: number,
    scope: AnyScope = scopeOf(),
    events: readonly object[] = [],
    added: AnyState = {},
  ) {
    let seen: AnyScope | undefined;
    const results: unknown[] = [];
    const sent: unknown[] = [];
    const apps = answers.map((answer): Application => {
      const one = answer && below(answer);
      one?.go();
      return async (scope, receive, send) => {
        if (scope.type === 'lifespan') {
          if (!one) throw new UnsupportedScope(scope.type);
          return one.app(scope, receive, send);
        }
        seen = scope;
        for (const event of events) {
          results.push(
            await send(event as never).then(
              () => 'sent',
              (error: Misuse) => error.requirement,
            ),
          );
        }
      };
    });
    const { joined, above } = begin(apps);
    await vi.waitFor(() => expect(above.sent).toHaveLength(1));
    const state = { ...above.ready?.state, ...added };
    const local = { cancel: new AbortController().signal, state };
    const ended = await joined
      .call(index, { ...scope, local } as AnyScope, unused, async (event) => {
        sent.push(event);
      })
      .then(
        () => 'returned',
        (error: unknown) => error,
      );
    return { seen, results, sent, ended, ready: above.ready, answer: above.sent[0] };
  }

  test('lifespan.middleware-every: each has a state of its own, a copy that nobody changes', async () => {
    const pool = { open: 1 };
    const mine = { pool, name: 'one' };
    const answers = [{ state: mine }, { state: { name: 'other' } }, undefined];
    const one = await served(answers, 0);
    expect(one.seen?.local.state).toEqual(mine);
    expect(one.seen?.local.state).not.toBe(mine);
    expect(one.seen?.local.state['pool']).toBe(pool);
    expect(Object.isFrozen(one.seen?.local.state)).toBe(true);
    expect((await served(answers, 1)).seen?.local.state).toEqual({ name: 'other' });
    expect((await served(answers, 2)).seen?.local.state).toEqual({});
  });

  test('what middleware above has added to the state is seen by each, beside its own', async () => {
    const { seen } = await served([{ state: { a: 1 } }], 0, scopeOf(), [], { a: 0, db: 'shared' });
    expect(seen?.local.state).toEqual({ a: 1, db: 'shared' });
  });

  test('feature.default-stated: what one accepts is accepted for it, and held back from the others', async () => {
    const file = { type: 'http.file', path: '/x' };
    const priority = { type: 'org.example.x.set', urgency: 1 };
    const answers = [{ accepts: { 'http.file': 1, 'org.example.x': 2 } }, {}, undefined];
    const one = await served(answers, 0, scopeOf(), [file, priority]);
    expect(one.ready?.accepts).toEqual({ 'http.file': 1, 'org.example.x': 2 });
    expect(one.sent).toEqual([file, priority]);
    const other = await served(answers, 1, scopeOf(), [file, priority]);
    expect(other.results).toEqual(['feature.only-accepted', 'feature.only-accepted']);
    expect(other.sent).toEqual([]);
    // Without a lifespan, what is accepted by default is.
    const none = await served(answers, 2, scopeOf(), [file, priority]);
    expect(none.results).toEqual(['sent', 'feature.only-accepted']);
  });

  test('two that accept different revisions cannot be served together, and the message says who and what', async () => {
    const answers = [{ accepts: { 'org.example.x': 1 } }, { accepts: { 'org.example.x': 2 } }];
    const { answer } = await served(answers, 0);
    expect(answer).toEqual({
      type: 'lifespan.failed',
      message:
        '/0 accepts revision 1 of the feature org.example.x, and /1 revision 2: they cannot be served together',
    });
  });

  test('feature.middleware-forwards: private keys of an answer are passed on', async () => {
    const { ready } = await served([{ 'com.example.k': 1 } as object, {}], 0);
    expect(ready).toMatchObject({ 'com.example.k': 1 });
  });

  describe('tunnels', () => {
    const tunnel: TunnelScope = {
      ...scopeOf(),
      type: 'tunnel',
      protocol: 'ticks/1',
      datagrams: 'capsules',
    };
    const answers = [
      { accepts: { tunnel: 1, 'tunnel.datagram': 1 }, tunnels: ['ticks/1', 'CONNECT'] },
      { accepts: { tunnel: 1 }, tunnels: ['TICKS/1'] },
      { accepts: { tunnel: 1 }, tunnels: ['other'] },
      {},
    ];

    test('tunnel.declared-syntax: a protocol that several declare is declared once', async () => {
      expect((await served(answers, 0, tunnel)).ready?.tunnels).toEqual([
        'ticks/1',
        'CONNECT',
        'other',
      ]);
    });

    test('tunnel.declared-only: each has its protocol as it declared it, or no tunnel', async () => {
      expect((await served(answers, 0, tunnel)).seen).toMatchObject({ protocol: 'ticks/1' });
      expect((await served(answers, 1, tunnel)).seen).toMatchObject({ protocol: 'TICKS/1' });
      expect((await served(answers, 2, tunnel)).ended).toEqual(new UnsupportedScope('tunnel'));
      expect((await served(answers, 3, tunnel)).ended).toEqual(new UnsupportedScope('tunnel'));
      const connect = { ...tunnel, protocol: 'CONNECT' };
      expect((await served(answers, 0, connect)).ended).toBe('returned');
      expect((await served(answers, 1, connect)).ended).toEqual(new UnsupportedScope('tunnel'));
    });

    test('tunnel.accept-datagrams: who has not accepted datagrams has none', async () => {
      const accepts = [
        { type: 'tunnel.accept', datagrams: true },
        { type: 'tunnel.accept', '!datagrams': true },
        { type: 'tunnel.accept' },
      ];
      const one = await served(answers, 0, tunnel, accepts);
      expect(one.seen).toMatchObject({ datagrams: 'capsules' });
      expect(one.results).toEqual(['sent', 'sent', 'sent']);
      const other = await served(answers, 1, tunnel, accepts);
      expect(other.seen).toMatchObject({ datagrams: 'none' });
      expect(other.results).toEqual(['tunnel.accept-datagrams', 'tunnel.accept-datagrams', 'sent']);
    });
  });

  test('without a lifespan above, the scope is passed on as it is', async () => {
    const scope = scopeOf();
    const app = vi.fn(async () => {});
    const send = unused;
    await cascade([{ name: 'one', app }]).call(0, scope, unused, send);
    expect(app).toHaveBeenCalledExactlyOnceWith(scope, unused, send);
  });
});

describe('what passes through', () => {
  test('event.middleware-forwards: unknown events reach the gateway, and those of a feature whoever accepted it', async () => {
    const seen: unknown[][] = [[], []];
    const listening = (index: number, accepts: LifespanReady['accepts']): Application =>
      application({
        async lifespan(_, receive, send) {
          await receive();
          await send({ type: 'org.example.x.hello', from: index } as never);
          await send({ type: 'lifespan.ready', ...(accepts ? { accepts } : {}) });
          for (;;) {
            const event = await receive();
            seen[index]?.push(event);
            if (event.type === 'lifespan.shutdown') return;
          }
        },
      });
    const { above, ended } = begin([listening(0, { 'org.example.x': 1 }), listening(1, undefined)]);
    await vi.waitFor(() => expect(above.types).toContain('lifespan.ready'));
    expect(above.types.slice(0, 2)).toEqual(['org.example.x.hello', 'org.example.x.hello']);
    const news = [1, 2, 3].map((n) => Object.freeze({ type: 'org.example.x.news', n }));
    above.give(...news, { type: 'lifespan.drain', deadline_ms: 0 }, { type: 'lifespan.shutdown' });
    await ended;
    expect(seen[0]?.slice(0, 3)).toEqual(news);
    expect(seen[0]?.map((event) => (event as AnyReceiveEvent).type)).toEqual([
      'org.example.x.news',
      'org.example.x.news',
      'org.example.x.news',
      'lifespan.drain',
      'lifespan.shutdown',
    ]);
    expect(seen[1]?.map((event) => (event as AnyReceiveEvent).type)).toEqual([
      'lifespan.drain',
      'lifespan.shutdown',
    ]);
  });

  test('flow.middleware-bounded: an application that does not receive stops the middleware from receiving', async () => {
    let resume!: () => void;
    const paused = new Promise<void>((resolve) => {
      resume = resolve;
    });
    let taken = 0;
    const slow = application({
      async lifespan(_, receive, send) {
        await receive();
        await send({ type: 'lifespan.ready', accepts: { 'org.example.x': 1 } });
        await paused;
        while ((await receive()).type !== 'lifespan.shutdown') taken++;
      },
    });
    const { above, ended } = begin([slow]);
    await vi.waitFor(() => expect(above.types).toEqual(['lifespan.ready']));
    above.give(...Array.from({ length: 200 }, () => ({ type: 'org.example.x.news' })));
    await turn();
    expect(above.receives).toBeLessThan(100);
    resume();
    above.give({ type: 'lifespan.drain', deadline_ms: 0 }, { type: 'lifespan.shutdown' });
    await ended;
    expect(taken).toBe(201);
  });

  test('flow.middleware-bounded: in a conversation nothing is held', async () => {
    const receive = () => expect.unreachable();
    const send = () => expect.unreachable();
    const app = vi.fn(async (_scope: AnyScope, below: unknown, above: unknown) => {
      expect([below, above]).toEqual([receive, send]);
    });
    await cascade([{ name: 'one', app }]).call(0, scopeOf(), receive, send);
    expect(app).toHaveBeenCalledOnce();
  });
});
