// The life of an application without I/O (proposal 5): what it is told in each state, and what it may answer.

import { describe, expect, test } from 'vitest';
import { Closed, type LifespanStartup, Misuse } from '../../interface/index.ts';
import { DEFAULT_LIMITS } from '../limits.ts';
import { LifespanConversation } from './lifespan.ts';

const startup: LifespanStartup = {
  type: 'lifespan.startup',
  offers: { tunnel: [1], 'http.file': [1, 2] },
  limits: DEFAULT_LIMITS,
};

type Step = (conversation: LifespanConversation) => unknown;

const receive: Step = (conversation) => conversation.receive()?.event;
const ready: Step = (conversation) => conversation.send({ type: 'lifespan.ready' });
const drain: Step = (conversation) => conversation.drain(() => 1500.7);
const shutdown: Step = (conversation) => conversation.shutdown();
const returns: Step = (conversation) => conversation.applicationEnded('application.returns', false);
const expires: Step = (conversation) => conversation.expired();

function led(...steps: readonly Step[]): LifespanConversation {
  const conversation = new LifespanConversation(startup);
  for (const step of steps) step(conversation);
  return conversation;
}

const STARTING = [receive];
const READY = [...STARTING, ready];
const DRAINING = [...READY, drain, receive];
const STOPPING = [...DRAINING, shutdown, receive];

describe('The events of a lifespan', () => {
  const SHUTDOWN = { type: 'lifespan.shutdown' };

  test.each([
    ['called', 'nothing', [], startup],
    ['called', 'a drain', [drain], startup],
    ['called', 'the shutdown', [drain, shutdown], startup],
    ['starting', 'nothing', STARTING, undefined],
    ['starting', 'a drain', [...STARTING, drain], undefined],
    ['starting', 'the shutdown', [...STARTING, drain, shutdown], undefined],
    ['ready', 'nothing', READY, undefined],
    ['ready', 'a drain', [...READY, drain], { type: 'lifespan.drain', deadline_ms: 1500 }],
    [
      'ready',
      'the shutdown',
      [...READY, drain, shutdown],
      { type: 'lifespan.drain', deadline_ms: 1500 },
    ],
    ['draining', 'nothing', DRAINING, undefined],
    ['draining', 'the shutdown', [...DRAINING, shutdown], SHUTDOWN],
    ['stopping', 'nothing', STOPPING, SHUTDOWN],
    ['over', 'its call has ended', [...READY, returns], SHUTDOWN],
    [
      'over',
      'it has cleaned up',
      [...STOPPING, (c: LifespanConversation) => c.send({ type: 'lifespan.stopped' })],
      SHUTDOWN,
    ],
    ['lost', 'its start was given up', [...STARTING, expires], SHUTDOWN],
    ['lost', 'its clean-up was given up', [...STOPPING, expires], SHUTDOWN],
  ] as const)('lifespan.drain-order: %s, and %s has happened', (state, _, steps, event) => {
    const conversation = led(...steps);
    expect(conversation.state).toBe(state);
    expect(conversation.receive()?.event).toEqual(event);
  });

  test('lifespan.drain-order: an application that asks late receives the drain and the shutdown', () => {
    const conversation = led(...READY, drain, shutdown);
    const types = [1, 2, 3].map(() => conversation.receive()?.event.type);
    expect(types).toEqual(['lifespan.drain', 'lifespan.shutdown', 'lifespan.shutdown']);
  });

  test('lifespan.drain-order: a second drain changes nothing', () => {
    const conversation = led(...READY, drain, (c) => c.drain(() => 7));
    expect(receive(conversation)).toEqual({ type: 'lifespan.drain', deadline_ms: 1500 });
    expect(receive(conversation)).toBeUndefined();
  });

  test('lifespan.drain-order: past the deadline 0 milliseconds are left', () => {
    const conversation = led(...READY, (c) => c.drain(() => -3));
    expect(receive(conversation)).toEqual({ type: 'lifespan.drain', deadline_ms: 0 });
  });
});

describe('answers', () => {
  const misuseOf = (conversation: LifespanConversation, event: unknown): string => {
    const before = conversation.state;
    try {
      conversation.send(event);
    } catch (error) {
      expect(conversation.state, 'misuse.no-effect').toBe(before);
      expect(error).toBeInstanceOf(Misuse);
      return (error as Misuse).requirement;
    }
    return expect.unreachable('nothing was raised');
  };

  test('lifespan.ready-first: what the application accepts, and its tunnels', () => {
    const conversation = led(...STARTING);
    const event = {
      type: 'lifespan.ready',
      accepts: { tunnel: 1, 'http.file': 2 },
      tunnels: ['echo', 'CONNECT', 'a/1'],
    };
    expect(conversation.send(event)).toMatchObject({ action: 'serve', state: 'ready' });
    expect(conversation.ready).toMatchObject({ accepts: event.accepts, tunnels: event.tunnels });
  });

  test('lifespan.state-shared: a copy of the map is kept, and of nothing in it', () => {
    const pool = { connections: 3 };
    const state: Record<string, unknown> = { pool };
    const conversation = led(...STARTING, (c) => c.send({ type: 'lifespan.ready', state }));
    state.late = true;
    const kept = conversation.ready?.state as unknown as Record<string, unknown>;
    expect(kept).toEqual({ pool });
    expect(kept.pool).toBe(pool);
    expect(Object.isFrozen(kept)).toBe(true);
  });

  test.each([
    { what: 'a feature', accepts: { 'org.example.a': 1 } },
    { what: 'a revision', accepts: { tunnel: 2 } },
    { what: 'the name of a property', accepts: { constructor: 1 } },
  ] as readonly { what: string; accepts: Record<string, number> }[])(
    'lifespan.accepts-offered: $what that was not offered',
    ({ accepts }) => {
      const conversation = led(...STARTING);
      expect(misuseOf(conversation, { type: 'lifespan.ready', accepts })).toBe(
        'lifespan.accepts-offered',
      );
      expect(conversation.send({ type: 'lifespan.ready' }).action, 'it can send less').toBe(
        'serve',
      );
    },
  );

  test.each([
    [['']],
    [['a b']],
    [['a/']],
    [['/a']],
    [['a/b/c']],
    [['WEBSOCKET']],
    [['a', 'A']],
    [['a/1', 'A/1']],
  ])('tunnel.declared-syntax: %j', (tunnels) => {
    const event = { type: 'lifespan.ready', accepts: { tunnel: 1 }, tunnels };
    expect(misuseOf(led(...STARTING), event)).toBe('tunnel.declared-syntax');
  });

  test('lifespan.tunnels-accepted: tunnels without the feature', () => {
    const event = { type: 'lifespan.ready', tunnels: ['a'] };
    expect(misuseOf(led(...STARTING), event)).toBe('lifespan.tunnels-accepted');
    expect(led(...STARTING).send({ type: 'lifespan.ready', tunnels: [] }).action).toBe('serve');
  });

  test('lifespan.failed: the message is kept', () => {
    const conversation = led(...STARTING);
    expect(conversation.send({ type: 'lifespan.failed', message: 'no database' }).action).toBe(
      'fail',
    );
    expect(conversation.message).toBe('no database');
  });

  const answers = {
    ready: { type: 'lifespan.ready' },
    failed: { type: 'lifespan.failed', message: '' },
    stopped: { type: 'lifespan.stopped' },
  };

  test.each([
    ['an answer before the start', [], ['ready', 'failed', 'stopped']],
    ['a second answer', READY, ['ready', 'failed', 'stopped']],
    ['stopped before the shutdown', DRAINING, ['ready', 'failed', 'stopped']],
    ['an answer at the shutdown', STOPPING, ['ready', 'failed']],
    ['anything once it is over', [...READY, returns], ['ready', 'failed', 'stopped']],
  ] as const)('lifespan.send-order: %s', (_, steps, events) => {
    for (const name of events)
      expect(misuseOf(led(...steps), answers[name]), name).toBe('lifespan.send-order');
  });

  test('lifespan.startup-timeout: what is sent later fails with Closed', () => {
    const conversation = led(...STARTING);
    expect(conversation.expired()).toMatchObject({ action: 'give-up', state: 'lost' });
    for (const event of Object.values(answers)) {
      expect(() => conversation.send(event)).toThrow(Closed);
    }
    expect(misuseOf(conversation, { type: 'lifespan.start' })).toBe('event.unknown-type-misuse');
  });
});

test('cancel.reason: what is sent after a start that a drain has cut short has the cause of the signal', () => {
  const conversation = led(...STARTING, drain, expires);
  expect(() => conversation.send({ type: 'lifespan.ready' })).toThrow(
    expect.objectContaining({ cause: 'shutdown' }),
  );
});

describe('the end of the call', () => {
  test.each([
    ['lifespan.unsupported', 'before the start, with UnsupportedScope', [], true, 'serve'],
    ['lifespan.unsupported', 'while it starts, with UnsupportedScope', STARTING, true, 'serve'],
    ['lifespan.fatal-start', 'unanswered', STARTING, false, 'fail'],
    ['lifespan.early-end', 'ready', READY, false, 'drain'],
    ['lifespan.early-end', 'ready, with UnsupportedScope', READY, true, 'drain'],
    ['lifespan.early-end', 'draining', DRAINING, false, 'drain'],
    ['lifespan.stop-timeout', 'stopping', STOPPING, false, 'finish'],
  ] as const)('%s: %s', (requirement, _, steps, declined, action) => {
    const step = led(...steps).applicationEnded('application.raises', declined);
    expect(step).toMatchObject({ action, requirement });
  });

  test('lifespan.startup-timeout: the end of a call that was given up changes nothing', () => {
    const step = led(...STARTING, expires).applicationEnded('application.raises', false);
    expect(step).toMatchObject({ action: undefined, state: 'lost' });
  });

  test('lifespan.early-end: an application that was not asked to clean up and returns', () => {
    const conversation = led(...READY, drain, shutdown);
    expect(returns(conversation)).toMatchObject({ action: 'drain', state: 'over' });
  });

  test('lifespan.stop-timeout: a clean-up that takes too long', () => {
    expect(led(...STOPPING).expired()).toMatchObject({ action: 'kill', state: 'lost' });
  });
});
