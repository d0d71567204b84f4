// The log that viewers follow: each at its own pace, from the beginning or from where it was, in bounded memory.

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { traceEvent } from '../../tests/fixtures/trace-events.ts';
import { writeNdjson } from '../trace/formats/ndjson.ts';
import { LiveLog } from './live-log.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const batch = (run: string, from: number, to: number) => ({
  run,
  timeOrigin: 1000,
  text: writeNdjson(
    Array.from({ length: to - from + 1 }, (_, index) => traceEvent({ run, seq: from + index })),
  ),
});

interface Message {
  readonly event?: string;
  readonly id?: string;
  readonly data: string;
}

/** Reads a stream as `EventSource` does (HTML, section 9.2.6). */
function viewer(log: LiveLog, after: string | null = null) {
  const reader = log.follow(after).getReader();
  const decoder = new TextDecoder();
  return {
    async next(): Promise<Message | undefined> {
      const { done, value } = await reader.read();
      if (done) return undefined;
      const fields = decoder
        .decode(value)
        .split('\n')
        .map((line) => /^(\w*): ?(.*)$/.exec(line))
        .filter((match) => match !== null);
      const textOf = (name: string) => fields.find(([, field]) => field === name)?.[2];
      const data = fields.filter(([, field]) => field === 'data').map(([, , text]) => text);
      const [event, id] = [textOf('event'), textOf('id')];
      return {
        ...(event === undefined ? {} : { event }),
        ...(id === undefined ? {} : { id }),
        data: data.join('\n'),
      };
    },
    leave: () => reader.cancel(),
  };
}

const seqsOf = (message: Message | undefined) =>
  message?.data.split('\n').map((line) => (JSON.parse(line) as { seq: number }).seq);

test('a viewer gets the runs, what is there, and what comes', async () => {
  const log = new LiveLog({ onWatched() {} });
  expect(log.add({ ...batch('a', 1, 0) })).toBe(true);
  expect(log.add(batch('a', 1, 2))).toBe(false);
  const one = viewer(log);
  const runs = await one.next();
  expect(runs?.event).toBe('runs');
  expect(JSON.parse(runs?.data ?? '')).toEqual([{ run: 'a', timeOrigin: 1000 }]);
  expect(seqsOf(await one.next())).toEqual([1, 2]);
  const coming = one.next();
  log.add(batch('a', 3, 3));
  expect(seqsOf(await coming)).toEqual([3]);
});

test('a new run tells which file has brought it about, and only that one', async () => {
  const log = new LiveLog({ onWatched() {} });
  log.add(batch('a', 1, 1));
  log.changed('app.ts');
  log.add(batch('b', 1, 1));
  log.add(batch('c', 1, 1));
  const runs = JSON.parse((await viewer(log).next())?.data ?? '') as object[];
  expect(runs).toEqual([
    { run: 'a', timeOrigin: 1000 },
    { run: 'b', timeOrigin: 1000, changed: 'app.ts' },
    { run: 'c', timeOrigin: 1000 },
  ]);
});

test('who comes back with the id of the last message gets what followed, and no event twice', async () => {
  const log = new LiveLog({ onWatched() {} });
  log.add(batch('a', 1, 3));
  const one = viewer(log);
  await one.next();
  const { id = '' } = (await one.next()) ?? {};
  await one.leave();
  log.add(batch('a', 4, 5));
  const again = viewer(log, id);
  expect((await again.next())?.event).toBe('runs');
  expect(seqsOf(await again.next())).toEqual([4, 5]);
});

test.each(['other.2', '2', '', '-1', 'x.9999999999999999999', '%00'])(
  'an id of another log (%j) begins anew',
  async (id) => {
    const log = new LiveLog({ onWatched() {} });
    log.add(batch('a', 1, 2));
    const one = viewer(log, id);
    await one.next();
    expect(seqsOf(await one.next())).toEqual([1, 2]);
  },
);

test('a viewer that is slow misses what the log lets go, and slows nobody', async () => {
  const log = new LiveLog({ onWatched() {}, ring: { count: 10, octets: 1e6 } });
  log.add(batch('a', 1, 5));
  const [slow, quick] = [viewer(log), viewer(log)];
  for (const one of [slow, quick]) {
    await one.next();
    expect(seqsOf(await one.next())).toEqual([1, 2, 3, 4, 5]);
  }
  const first = quick.next();
  log.add(batch('a', 6, 8));
  expect(seqsOf(await first)).toEqual([6, 7, 8]);
  log.add(batch('a', 9, 40));
  // One message may have been made ready before.
  const seen = [...(seqsOf(await slow.next()) ?? []), ...(seqsOf(await slow.next()) ?? [])];
  expect(seen.at(-1)).toBe(40);
  expect(seen).toContain(31);
  expect(seen).not.toContain(20);
});

test('it is told when the first comes to look, and when the last has left', async () => {
  const told: boolean[] = [];
  const log = new LiveLog({ onWatched: (watched) => told.push(watched) });
  const [one, two] = [viewer(log), viewer(log)];
  expect([told, log.watched]).toEqual([[true], true]);
  await one.leave();
  await one.leave();
  expect(told).toEqual([true]);
  await two.leave();
  expect([told, log.watched]).toEqual([[true, false], false]);
});

test('a silence is broken by a comment, so that nobody takes the connection for dead', async () => {
  const log = new LiveLog({ onWatched() {} });
  const one = viewer(log);
  await one.next();
  const comment = one.next();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(await comment).toEqual({ data: '' });
});

describe('close', () => {
  test('ends the streams, when what is there was read', async () => {
    const log = new LiveLog({ onWatched() {} });
    log.add(batch('a', 1, 2));
    const one = viewer(log);
    log.close();
    await one.next();
    expect(seqsOf(await one.next())).toEqual([1, 2]);
    expect(await one.next()).toBeUndefined();
  });
});

test('lastOf: the number of the last event of a run that has come', () => {
  const log = new LiveLog({ onWatched() {} });
  expect(log.lastOf('a')).toBe(0);
  log.add(batch('a', 1, 7));
  log.add(batch('b', 3, 4));
  expect([log.lastOf('a'), log.lastOf('b')]).toEqual([7, 4]);
});
