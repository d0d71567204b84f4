// What tells a program the time, in a realm of its own.

import { createContext, runInContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import type { Time } from '../../trace/time.ts';
import { useClock } from './dates.ts';

/** A realm with a clock that the test sets. */
function realm() {
  let at = 1000;
  const time: Time = { now: () => at, after: () => () => {}, every: () => () => {} };
  class Performance {
    now() {
      return 5;
    }
  }
  const scope = createContext({ performance: new Performance() }) as typeof globalThis;
  const run = (code: string): unknown => runInContext(code, scope);
  // A context has its globals as properties only once they were asked for.
  scope.Date = run('Date') as DateConstructor;
  const set = (to: number) => {
    at = to;
  };
  return { scope, time, run, set };
}

describe('a clock that is used', () => {
  test('tells every way to ask for the time', () => {
    const { scope, time, run, set } = realm();
    useClock(time, scope);
    const from = run('Date.now()') as number;
    expect(Math.abs(from - Date.now())).toBeLessThan(60_000);
    set(61_000.5);
    expect(run('Date.now()')).toBe(from + 60_000);
    expect(run('new Date().getTime()')).toBe(from + 60_000);
    expect(run('+new (class extends Date {})()')).toBe(from + 60_000);
    expect(run('Date()')).toBe(run(`new Date(${from + 60_000}).toString()`));
    expect(run('performance.now()')).toBe(61_000.5);
  });

  test('leaves dates that are given as they are', () => {
    const { scope, time, run } = realm();
    useClock(time, scope);
    expect(run('new Date(0).toISOString()')).toBe('1970-01-01T00:00:00.000Z');
    expect(run('new Date(2026, 1, 3, 4).getMonth()')).toBe(1);
    expect(run('Date.parse("1970-01-01T00:00:01Z")')).toBe(1000);
    expect(run('Date.UTC(1970, 0, 1)')).toBe(0);
    expect(run('new Date() instanceof Date')).toBe(true);
    expect(run('Date.name')).toBe('Date');
  });
});

describe('when it is taken away', () => {
  test('all is as it was', () => {
    const { scope, time, run } = realm();
    const date = Object.getOwnPropertyDescriptor(scope, 'Date');
    const own = Reflect.ownKeys(scope.performance);
    useClock(time, scope)();
    expect(Object.getOwnPropertyDescriptor(scope, 'Date')).toEqual(date);
    expect(Reflect.ownKeys(scope.performance)).toEqual(own);
    expect(run('performance.now()')).toBe(5);
  });

  test('what a program has put there is left', () => {
    const { scope, time, run } = realm();
    const end = useClock(time, scope);
    run('Date = class Mine {}; performance.now = () => 7;');
    end();
    expect(run('Date.name')).toBe('Mine');
    expect(run('performance.now()')).toBe(7);
  });
});
