// Timers that end with the program that set them: what an earlier one left behind does not go on under the next. And that
// stand still with a clock that is held, where the program has one.

import type { Time } from '../../trace/time.ts';

/** A timer function of the platform, which passes the arguments after the delay on. */
type SetTimer = (callback: (...values: unknown[]) => void, ...rest: unknown[]) => unknown;
type ClearTimer = (timer: unknown) => void;

/** Above every number that a platform gives to a timer. */
const FIRST_HELD = 2 ** 40;

/**
 * Puts timer functions in the place of the global ones. `program` counts up with every program that is loaded; a timer
 * that comes due under another number than it was set under is cleared instead of run. `heldTime` is the clock of the
 * program that is loaded, where that is not the platform's.
 */
export function bindTimers(program: () => number, heldTime?: () => Time | undefined): void {
  const scope = globalThis as unknown as Record<string, SetTimer | ClearTimer | undefined>;
  /** By the number that the program has for it. */
  const held = new Map<number, () => void>();
  let last = FIRST_HELD;
  for (const [name, clear] of [
    ['setTimeout', 'clearTimeout'],
    ['setInterval', 'clearInterval'],
    ['setImmediate', 'clearImmediate'],
  ] as const) {
    const set = scope[name] as SetTimer | undefined;
    const end = scope[clear] as ClearTimer | undefined;
    if (!set || !end) continue;
    scope[name] = (callback: unknown, ...rest: unknown[]) => {
      const mine = program();
      // What is no function is for the platform to refuse.
      if (typeof callback !== 'function') return set(callback as never, ...rest);
      const time = name === 'setImmediate' ? undefined : heldTime?.();
      if (time) {
        const [delay, ...values] = rest;
        const id = ++last;
        const again = name === 'setInterval';
        const run = () => {
          if (!again) held.delete(id);
          if (program() === mine) callback(...values);
        };
        const milliseconds = Number(delay) || 0;
        held.set(id, again ? time.every(milliseconds, run) : time.after(milliseconds, run));
        return id;
      }
      const timer = set(
        (...values: unknown[]) => {
          if (program() === mine) callback(...values);
          else end(timer);
        },
        ...rest,
      );
      return timer;
    };
    if (!heldTime || name === 'setImmediate') continue;
    // Either function clears either kind.
    scope[clear] = (timer: unknown) => {
      const stop = held.get(timer as number);
      if (!stop) return end(timer);
      held.delete(timer as number);
      stop();
    };
  }
}
