// The time of day and the monotonic clock of a program whose time can be held: `Date` and `performance.now()` follow
// that time for as long as it is used, and are then as they were. Timers are elsewhere.

import type { Time } from '../../trace/time.ts';

/**
 * Puts a clock in the place of what tells the time in a realm. @returns what takes it away again; where a program has put
 * something else there, that is left, so that it can be seen
 */
export function useClock(time: Time, scope: typeof globalThis = globalThis): () => void {
  const { Date: RealDate, performance } = scope;
  const wall = RealDate.now() - time.now();
  const now = () => Math.floor(wall + time.now());
  const HeldDate = new Proxy(RealDate, {
    apply: () => new RealDate(now()).toString(),
    construct: (target, values, newTarget) =>
      Reflect.construct(target, values.length === 0 ? [now()] : values, newTarget),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
  });
  const monotonic = () => time.now();
  const date = Object.getOwnPropertyDescriptor(scope, 'Date') as PropertyDescriptor;
  Object.defineProperty(scope, 'Date', { ...date, value: HeldDate });
  // A method of its prototype, so that this one stands before it.
  Object.defineProperty(performance, 'now', {
    value: monotonic,
    configurable: true,
    enumerable: false,
    writable: true,
  });
  return () => {
    if (scope.Date === HeldDate) Object.defineProperty(scope, 'Date', date);
    const own = Object.getOwnPropertyDescriptor(performance, 'now');
    if (own?.value === monotonic) Reflect.deleteProperty(performance, 'now');
  };
}
