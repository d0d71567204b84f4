// The clock that can be held: over the platform's, which the test moves.

import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { turn } from '../../../tests/fixtures/puppet.ts';
import { runs } from '../../../tests/fuzz/runs.ts';
import { Clock } from '../../gateway/clock.ts';
import { HeldTime, MOVE_LIMIT } from './held-time.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

function make() {
  const time = new HeldTime({
    now: () => performance.now(),
    setTimeout: (callback, delay) => setTimeout(callback, delay),
    clearTimeout: (timer) => clearTimeout(timer as never),
  });
  const from = time.now();
  const rang: [what: string, at: number][] = [];
  const ring = (what: string) => () => void rang.push([what, time.now() - from]);
  return { time, rang, ring, since: () => time.now() - from };
}

describe('a clock that nobody holds', () => {
  test('is that of the platform', () => {
    const { time, rang, ring, since } = make();
    time.after(20, ring('b'));
    time.after(10, ring('a'));
    const stop = time.every(15, ring('each'));
    time.after(5, ring('stopped'))();
    vi.advanceTimersByTime(30);
    stop();
    vi.advanceTimersByTime(100);
    expect(rang).toEqual([
      ['a', 10],
      ['each', 15],
      ['b', 20],
      ['each', 30],
    ]);
    expect(since()).toBe(130);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('what is due together comes in the order in which it was set', () => {
    const { time, rang, ring } = make();
    for (const what of ['a', 'b', 'c']) time.after(10, ring(what));
    vi.advanceTimersByTime(20);
    expect(rang.map(([what]) => what)).toEqual(['a', 'b', 'c']);
  });

  test('a call that throws is for the platform, and keeps nothing from going on', () => {
    const { time, rang, ring } = make();
    time.after(1, () => {
      throw new Error('mine');
    });
    time.after(1, ring('next'));
    expect(() => vi.advanceTimersByTime(5)).toThrow('mine');
    vi.advanceTimersByTime(5);
    expect(rang.map(([what]) => what)).toEqual(['next']);
  });
});

describe('a clock that is held', () => {
  test('stands, and goes on from there', () => {
    const { time, rang, ring, since } = make();
    time.after(10, ring('a'));
    vi.advanceTimersByTime(4);
    time.hold();
    vi.advanceTimersByTime(1000);
    expect(since()).toBe(4);
    time.after(3, ring('set while it stands'));
    time.release();
    vi.advanceTimersByTime(1000);
    expect(rang).toEqual([
      ['set while it stands', 7],
      ['a', 10],
    ]);
    expect(since()).toBe(1004);
  });

  test('stands until all who hold it have let go', () => {
    const { time, since } = make();
    time.hold();
    time.hold();
    time.release();
    vi.advanceTimersByTime(10);
    expect(since()).toBe(0);
    time.release();
    time.release();
    vi.advanceTimersByTime(10);
    expect(since()).toBe(10);
  });

  test('what is not in its time is in nobody’s: it never goes back, whatever is done to it', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.record({ do: fc.constant('pass' as const), ms: fc.nat(500) }),
            fc.record({ do: fc.constant('hold' as const) }),
            fc.record({ do: fc.constant('release' as const) }),
            fc.record({ do: fc.constant('set' as const), ms: fc.nat(300) }),
          ),
          { maxLength: 40 },
        ),
        (acts) => {
          const { time, since } = make();
          let [holds, ran, last] = [0, 0, 0];
          const due: number[] = [];
          const rang: number[] = [];
          for (const act of acts) {
            if (act.do === 'hold') {
              time.hold();
              holds++;
            } else if (act.do === 'release') {
              time.release();
              holds = Math.max(0, holds - 1);
            } else if (act.do === 'set') {
              due.push(since() + act.ms);
              time.after(act.ms, () => void rang.push(since()));
            } else {
              vi.advanceTimersByTime(act.ms);
              if (holds === 0) ran += act.ms;
            }
            expect(since()).toBeGreaterThanOrEqual(last);
            last = since();
          }
          expect(last).toBeCloseTo(ran, 6);
          // Each in its time, and none while it stands.
          expect(rang.length).toBeLessThanOrEqual(due.length);
          due.sort((a, b) => a - b);
          for (const [index, at] of rang.entries())
            expect(at).toBeGreaterThanOrEqual((due[index] as number) - 1e-6);
          for (; holds > 0; holds--) time.release();
          vi.advanceTimersByTime(1000);
          expect(rang).toHaveLength(due.length);
          time.clear();
        },
      ),
      runs(100),
    );
  });
});

describe('a clock that is moved', () => {
  test.each([true, false])(
    'rings what comes due on the way, each at its time (held: %s)',
    async (held) => {
      const { time, rang, ring, since } = make();
      if (held) time.hold();
      time.after(5000, ring('b'));
      time.every(2000, ring('each'));
      time.after(11_000, ring('late'));
      await time.move(10_000);
      expect(rang).toEqual([
        ['each', 2000],
        ['each', 4000],
        ['b', 5000],
        ['each', 6000],
        ['each', 8000],
        ['each', 10_000],
      ]);
      expect(since()).toBe(10_000);
    },
  );

  test('lets happen what comes of each call before the next', async () => {
    const { time, since } = make();
    const woke: number[] = [];
    void (async () => {
      for (let at = 0; at < 3; at++) {
        await new Promise<void>((resolve) => void time.after(1000, resolve));
        await turn();
        woke.push(since());
      }
    })();
    await time.move(60_000);
    expect(woke).toEqual([1000, 2000, 3000]);
  });

  test('one move comes behind the other', async () => {
    const { time, since } = make();
    await Promise.all([time.move(1000), time.move(2000)]);
    expect(since()).toBe(3000);
  });

  test('ends where somebody holds it on the way', async () => {
    const { time, rang, ring, since } = make();
    time.after(3000, () => time.hold());
    time.after(4000, ring('behind'));
    await time.move(10_000);
    expect(since()).toBe(3000);
    time.release();
    vi.advanceTimersByTime(1000);
    expect(rang).toEqual([['behind', 4000]]);
  });

  test('comes to its end whatever rings', async () => {
    const { time, since } = make();
    let calls = 0;
    const again = () => {
      calls++;
      time.after(0, again);
    };
    again();
    await time.move(1000);
    expect(calls).toBe(MOVE_LIMIT + 1);
    expect(since()).toBe(1000);
    time.clear();
  });

  test('timeout.acts: a limit of the gateway has passed', async () => {
    const { time } = make();
    time.hold();
    const clock = new Clock(time);
    let passed = false;
    const stamp = clock.stamp;
    const unwatch = clock.watch(() => {
      passed ||= clock.passed(stamp, 60_000);
    });
    vi.advanceTimersByTime(120_000);
    await time.move(60_000);
    expect(passed, 'not early').toBe(false);
    await time.move(1000);
    expect(passed).toBe(true);
    unwatch();
  });
});
