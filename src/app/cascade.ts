// Several applications below one piece of middleware: one lifespan for all of them (proposal 5, “Middleware”), and for
// each conversation what its application published and accepted.

import {
  type AnyReceiveEvent,
  type AnyScope,
  type AnySendEvent,
  type AnyState,
  type Application,
  type Closed,
  EVENTS,
  FEATURES,
  type LifespanHandler,
  type LifespanReady,
  type LifespanScope,
  type LifespanStartup,
  Misuse,
  type Receive,
  type Send,
  type TunnelScope,
  UnsupportedScope,
} from '../interface/index.ts';
import { type Answered, type EndOfLifespan, LifespanCall } from './lifespan-call.ts';
import { belongsTo, withholding, withScope, withState } from './middleware.ts';
import { rejected, typeOf } from './promises.ts';

/** An application below, with a name by which its operator knows it, such as its mount. */
export interface Below {
  readonly name: string;
  readonly app: Application;
}

/** What middleware above several applications is made of. */
export interface Cascade {
  /** Holds a lifespan with each application, and answers for all of them. */
  readonly lifespan: LifespanHandler;
  /** Calls the application at `index` for one conversation, with a `local.state` of its own. */
  call(
    index: number,
    scope: AnyScope,
    receive: Receive<AnyReceiveEvent>,
    send: Send<AnySendEvent>,
  ): Promise<void>;
}

/** What one application has published, accepted and declared. */
interface Own {
  readonly accepts: Readonly<Record<string, number>>;
  readonly tunnels: readonly string[];
  readonly state: AnyState;
}

/** What all of them have, as it travels in the state of this middleware: so it belongs to the process, and to no module. */
interface Shared {
  readonly own: readonly Own[];
  /** What was accepted for all of them. */
  readonly accepts: Readonly<Record<string, number>>;
}

const KEY = 'portway.cascade';

/** How many events of unknown types wait for one application before no more are received (flow.middleware-bounded). */
const MOST_PASSED = 64;

/**
 * Joins applications below one piece of middleware (lifespan.middleware-every, lifespan.middleware-all-ready). What any
 * of them accepts is accepted above; an application that has not accepted it is held to that here. Two that accept
 * different revisions of a feature cannot be served together: the start fails. `local.state` has what the application
 * published, and what middleware above has added.
 */
export function cascade(below: readonly Below[]): Cascade {
  /** Conversations under way below. */
  let open = 0;
  let idle: (() => void)[] = [];

  const lifespan: LifespanHandler = async (scope, receive, send) => {
    const startup = await started(receive as Receive<AnyReceiveEvent>);
    if (!startup) return; // Given up before it began.
    const pass = send as Send<AnySendEvent>;
    const calls = below.map(({ app }) => new LifespanCall(app, scope, startup, { pass }));
    const unfollow = follow(scope, calls);
    try {
      for (const call of calls) call.start();
      const { failed, answers } = await answersOf(calls);
      if (failed) {
        await send({ type: 'lifespan.failed', message: inOneLine(below, failed) }).catch(() => {});
        await stop(calls);
        if ('error' in failed.answer) throw failed.answer.error;
        return;
      }
      if (answers.every(({ kind }) => kind === 'declined')) throw new UnsupportedScope(scope.type);
      const ready = join(below, answers, startup);
      if (typeof ready === 'string') {
        await send({ type: 'lifespan.failed', message: ready }).catch(() => {});
        await stop(calls);
        return;
      }
      try {
        await send(ready);
      } catch (error) {
        // Given up meanwhile, or a fault of this middleware: those below are still to be shut down.
        await stop(calls);
        throw error;
      }
      const serving = calls.filter((_, index) => answers[index]?.kind === 'ready');
      const end = await passOn(serving, answers, calls, receive as Receive<AnyReceiveEvent>);
      if (end) {
        retire(serving, startup);
        if (end.raised) throw end.error;
        return;
      }
      await Promise.all(serving.map((call) => call.cleaned));
      await raiseAtEnd(serving);
    } finally {
      unfollow();
    }
  };

  /** An early end below ends this lifespan too, and so begins the drain; the others are shut down when it is over. */
  const retire = (calls: readonly LifespanCall[], { limits }: LifespanStartup): void => {
    const until = performance.now() + limits.drain_ms;
    for (const call of calls) call.drain(() => until - performance.now());
    const shutdown = () => {
      for (const call of calls) call.shutdown();
    };
    if (open === 0) shutdown();
    else idle.push(shutdown);
  };

  return {
    lifespan,
    async call(index, scope, receive, send) {
      const target = below[index];
      if (!target) throw new RangeError(`there is no application ${index} below`);
      open++;
      try {
        await callOne(target.app, index, scope, receive, send);
      } finally {
        open--;
        if (open === 0) {
          const waiting = idle;
          idle = [];
          for (const resolve of waiting) resolve();
        }
      }
    },
  };
}

/** The `lifespan.startup`; undefined where the lifespan is over before it. */
async function started(receive: Receive<AnyReceiveEvent>): Promise<LifespanStartup | undefined> {
  for (;;) {
    const event = await receive();
    if (event.type === 'lifespan.startup') return event;
    if (event.type === 'lifespan.shutdown') return undefined;
  }
}

/** Hands on the signal of the lifespan above to the applications that have not answered. @returns how to stop that */
function follow(scope: LifespanScope, calls: readonly LifespanCall[]): () => void {
  const { cancel } = scope.local;
  const cut = () => {
    for (const call of calls) {
      if (!call.starting) continue;
      if ((cancel.reason as Partial<Closed> | undefined)?.cause === 'timeout') call.giveUp();
      else call.cutShort(cancel.reason);
    }
  };
  if (cancel.aborted) cut();
  cancel.addEventListener('abort', cut, { once: true });
  return () => cancel.removeEventListener('abort', cut);
}

type Failed = Extract<Answered, { kind: 'failed' }>;

/** All answers, or the first failure without waiting for the rest. */
async function answersOf(calls: readonly LifespanCall[]): Promise<{
  readonly answers: readonly Answered[];
  readonly failed?: { readonly index: number; readonly answer: Failed };
}> {
  const failure = new Promise<{ index: number; answer: Failed }>((resolve) => {
    calls.forEach((call, index) => {
      void call.answered.then((answer) => {
        if (answer.kind === 'failed') resolve({ index, answer });
      });
    });
  });
  const all = Promise.all(calls.map((call) => call.answered));
  const failed = await Promise.race([failure, all.then(() => undefined)]);
  return failed ? { answers: [], failed } : { answers: await all };
}

function inOneLine(
  below: readonly Below[],
  { index, answer }: { readonly index: number; readonly answer: Failed },
): string {
  return `${below[index]?.name}: ${answer.message}`;
}

/** One `lifespan.ready` for all, or why there is none. */
function join(
  below: readonly Below[],
  answers: readonly Answered[],
  { offers }: LifespanStartup,
): LifespanReady | string {
  const own = answers.map((answer): Own => {
    if (answer.kind === 'ready') return answer;
    return { accepts: byDefault(offers), tunnels: [], state: {} };
  });
  const accepts: Record<string, number> = {};
  const first: Record<string, string> = {};
  const tunnels: string[] = [];
  for (const [index, { accepts: mine, tunnels: protocols }] of own.entries()) {
    const name = below[index]?.name ?? '';
    for (const [feature, revision] of Object.entries(mine)) {
      const accepted = Object.hasOwn(accepts, feature) ? accepts[feature] : undefined;
      if (accepted !== undefined && accepted !== revision) {
        return `${first[feature]} accepts revision ${accepted} of the feature ${feature}, and ${name} revision ${revision}: they cannot be served together`;
      }
      accepts[feature] = revision;
      first[feature] ??= name;
    }
    for (const protocol of protocols) {
      if (!tunnels.some((known) => sameProtocol(known, protocol))) tunnels.push(protocol);
    }
  }
  const shared: Shared = { own, accepts };
  const others = answers.map((answer) => (answer.kind === 'ready' ? answer.others : {}));
  return {
    ...Object.assign({}, ...others),
    type: 'lifespan.ready',
    accepts,
    tunnels,
    state: { [KEY]: shared },
  };
}

/** What is accepted by an application without lifespan (feature.default-stated). */
function byDefault(offers: LifespanStartup['offers']): Readonly<Record<string, number>> {
  const listed = Object.keys(offers).filter(
    (feature) => Object.hasOwn(FEATURES, feature) && FEATURES[feature]?.default,
  );
  return Object.fromEntries(listed.map((feature) => [feature, 1]));
}

/** tunnel.declared-syntax: without regard to case, but for `CONNECT`, which is no upgrade token. */
function sameProtocol(one: string, other: string): boolean {
  if (one === 'CONNECT' || other === 'CONNECT') return one === other;
  return one.toLowerCase() === other.toLowerCase();
}

/** Passes on the events of the lifespan until the shutdown. @returns how a call has ended before it, if one has */
async function passOn(
  serving: readonly LifespanCall[],
  answers: readonly Answered[],
  calls: readonly LifespanCall[],
  receive: Receive<AnyReceiveEvent>,
): Promise<EndOfLifespan | undefined> {
  const early = new Promise<EndOfLifespan>((resolve) => {
    for (const call of serving) void call.ended.then((end) => end.early && resolve(end));
  });
  for (;;) {
    const event = await Promise.race([receive(), early]);
    if (!('type' in event)) return event;
    if (event.type === 'lifespan.drain') {
      const until = performance.now() + event.deadline_ms;
      for (const call of serving) call.drain(() => until - performance.now());
    } else if (event.type === 'lifespan.shutdown') {
      for (const call of serving) call.shutdown();
      return undefined;
    } else if (!Object.hasOwn(EVENTS, event.type)) {
      // feature.not-unasked: only to those that have accepted the feature.
      for (const [index, answer] of answers.entries()) {
        const call = calls[index];
        if (!call || answer.kind !== 'ready') continue;
        if (!Object.keys(answer.accepts).some((feature) => belongsTo(event.type, feature)))
          continue;
        if (call.give(event) >= MOST_PASSED) await Promise.race([call.taken(), early]);
      }
    }
  }
}

/** Drains and shuts down whatever runs, and waits until it has cleaned up. What still starts is cut short. */
async function stop(calls: readonly LifespanCall[]): Promise<void> {
  for (const call of calls) {
    call.drain(() => 0);
    call.shutdown();
  }
  await Promise.all(calls.map((call) => call.cleaned));
}

/** A clean-up that ended with an error is one of this application too (drain.exit-status). */
async function raiseAtEnd(calls: readonly LifespanCall[]): Promise<void> {
  const running = Symbol('running');
  for (const call of calls) {
    // One that has sent `lifespan.stopped` need not have returned.
    const end = await Promise.race([call.ended, Promise.resolve(running)]);
    if (typeof end !== 'symbol' && end.raised) throw end.error;
  }
}

async function callOne(
  app: Application,
  index: number,
  scope: AnyScope,
  receive: Receive<AnyReceiveEvent>,
  send: Send<AnySendEvent>,
): Promise<void> {
  const { [KEY]: found, ...added } = scope.local.state;
  const shared = found as Shared | undefined;
  const own = shared?.own[index];
  if (!shared || !own) return app(scope, receive, send); // No lifespan was held.

  const withheld = Object.keys(shared.accepts).filter((name) => !Object.hasOwn(own.accepts, name));
  // feature.not-unasked. To decline is to answer: the gateway sends 501.
  if (withheld.some((feature) => belongsTo(scope.type, feature)))
    throw new UnsupportedScope(scope.type);
  const mine = withState(scope, { ...added, ...own.state });
  if (withheld.length === 0 && mine.type !== 'tunnel') return app(mine, receive, send);
  return app(
    mine.type === 'tunnel' ? ownTunnel(mine, own, withheld) : mine,
    withheld.length === 0 ? receive : asked(receive, withheld),
    withheld.length === 0 ? send : withholding(datagramless(send, withheld), withheld),
  );
}

/** The scope of a tunnel as the application would have it alone (tunnel.declared-only). */
function ownTunnel(scope: TunnelScope, own: Own, withheld: readonly string[]): TunnelScope {
  const protocol = own.tunnels.find((declared) => sameProtocol(declared, scope.protocol));
  if (protocol === undefined) throw new UnsupportedScope(scope.type);
  return withScope(scope, {
    protocol,
    ...(withheld.includes('tunnel.datagram') ? { datagrams: 'none' as const } : {}),
  });
}

/** Receives only what belongs to no feature that the application has not accepted. */
function asked(
  receive: Receive<AnyReceiveEvent>,
  withheld: readonly string[],
): Receive<AnyReceiveEvent> {
  return async () => {
    for (;;) {
      const event = await receive();
      if (!withheld.some((feature) => belongsTo(event.type, feature))) return event;
    }
  };
}

/** Where datagrams are not accepted, a tunnel has none (tunnel.accept-datagrams). */
function datagramless(send: Send<AnySendEvent>, withheld: readonly string[]): Send<AnySendEvent> {
  if (!withheld.includes('tunnel.datagram')) return send;
  return (event) => {
    const wished = event as { readonly '!datagrams'?: unknown; readonly datagrams?: unknown };
    if (typeOf(event) === 'tunnel.accept' && (wished['!datagrams'] ?? wished.datagrams) === true) {
      return rejected(
        new Misuse('tunnel.accept-datagrams', 'datagrams cannot pass: the scope says `none`'),
      );
    }
    return send(event);
  };
}
