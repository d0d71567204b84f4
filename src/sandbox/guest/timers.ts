// Timers that end with the program that set them: what an earlier one left behind does not go on under the next.

/** A timer function of the platform, which passes the arguments after the delay on. */
type SetTimer = (callback: (...values: unknown[]) => void, ...rest: unknown[]) => unknown;

/**
 * Puts timer functions in the place of the global ones. `program` counts up with every program that is loaded; a timer
 * that comes due under another number than it was set under is cleared instead of run.
 */
export function bindTimers(program: () => number): void {
  const scope = globalThis as unknown as Record<string, SetTimer | undefined>;
  for (const [name, clear] of [
    ['setTimeout', 'clearTimeout'],
    ['setInterval', 'clearInterval'],
    ['setImmediate', 'clearImmediate'],
  ] as const) {
    const set = scope[name];
    const end = scope[clear] as ((timer: unknown) => void) | undefined;
    if (!set || !end) continue;
    scope[name] = (callback, ...rest) => {
      const mine = program();
      // What is no function is for the platform to refuse.
      if (typeof callback !== 'function') return set(callback, ...rest);
      const timer = set(
        (...values: unknown[]) => {
          if (program() === mine) callback(...values);
          else end(timer);
        },
        ...rest,
      );
      return timer;
    };
  }
}
