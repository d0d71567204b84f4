// A lifespan of two functions.

import { expect, test, vi } from 'vitest';
import type { LifespanReceiveEvent, LifespanSendEvent } from '../interface/index.ts';
import { LIMITS, lifespanScope } from './conversation.fixture.ts';
import { type LifespanHooks, lifespan } from './lifespan.ts';

const STARTUP = { type: 'lifespan.startup', offers: { 'http.file': [1] }, limits: LIMITS } as const;
const DRAIN = { type: 'lifespan.drain', deadline_ms: 7 } as const;
const SHUTDOWN = { type: 'lifespan.shutdown' } as const;

async function run(hooks: LifespanHooks, ...events: readonly LifespanReceiveEvent[]) {
  const rest = [...events];
  const sent: LifespanSendEvent[] = [];
  const ended = await lifespan(hooks)(
    lifespanScope(),
    async () => rest.shift() as LifespanReceiveEvent,
    async (event) => {
      sent.push(event);
    },
  ).then(
    () => 'returned',
    (error: unknown) => error,
  );
  return { sent, ended, rest };
}

test('lifespan: starts, is told of the drain, and stops with what it has published', async () => {
  const log: unknown[] = [];
  const pool = {};
  const { sent, ended } = await run(
    {
      start: ({ offers, limits, cancel }) => {
        log.push(offers, limits, cancel.aborted);
        return { accepts: { 'http.file': 1 }, state: { pool } };
      },
      drain: (left) => log.push(left),
      stop: (state) => {
        log.push(state);
      },
    },
    STARTUP,
    DRAIN,
    SHUTDOWN,
  );
  expect(ended).toBe('returned');
  expect(sent).toEqual([{ type: 'lifespan.ready', accepts: { 'http.file': 1 }, state: { pool } }]);
  expect(log).toEqual([STARTUP.offers, LIMITS, false, 7, { pool }]);
});

test('event.unknown-type-ignored: other events change nothing', async () => {
  const unknown = { type: 'org.example.news' } as never;
  const { ended, rest } = await run(
    { start: () => ({}) },
    STARTUP,
    unknown,
    DRAIN,
    unknown,
    SHUTDOWN,
  );
  expect(ended).toBe('returned');
  expect(rest).toEqual([]);
});

test('lifespan.fatal-start: an error of the start is that of the call, and nothing is answered', async () => {
  const failure = new Error('no database');
  const stop = vi.fn();
  const { sent, ended } = await run({ start: () => Promise.reject(failure), stop }, STARTUP);
  expect(ended).toBe(failure);
  expect(sent).toEqual([]);
  expect(stop).not.toHaveBeenCalled();
});

test('a clean-up that fails is an error of the call', async () => {
  const failure = new Error('no clean-up');
  const hooks = { start: () => ({}), stop: () => Promise.reject(failure) };
  expect((await run(hooks, STARTUP, DRAIN, SHUTDOWN)).ended).toBe(failure);
});

test('lifespan.startup-timeout: one that was given up before it began does not start', async () => {
  const start = vi.fn();
  const { ended } = await run({ start }, SHUTDOWN);
  expect(ended).toBe('returned');
  expect(start).not.toHaveBeenCalled();
});
