// Says things no faster than they can be heard: the first at once, then the latest at each interval.

/** A function that passes on what it is given, at most once in `interval` milliseconds, and never loses the last. */
export function paced<T>(
  say: (value: T) => void,
  interval: number,
): { (value: T): void; stop(): void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let waiting: { readonly value: T } | undefined;
  const wait = () => {
    timer = setTimeout(() => {
      timer = undefined;
      if (!waiting) return;
      const { value } = waiting;
      waiting = undefined;
      say(value);
      wait();
    }, interval);
  };
  const pass = (value: T) => {
    if (timer !== undefined) waiting = { value };
    else {
      say(value);
      wait();
    }
  };
  return Object.assign(pass, {
    stop() {
      clearTimeout(timer);
      timer = undefined;
      waiting = undefined;
    },
  });
}
