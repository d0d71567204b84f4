// Where time comes from, for all that waits or measures: the gateway, the client, and the recorder beside them. Knows
// nothing of what is timed.

/** Where time comes from: the platform, or whoever holds it still and moves it. All in milliseconds. */
export interface Time {
  /** Milliseconds from any fixed point. Never goes back. */
  now(): number;
  /** Calls back once, unless the function returned is called before. */
  after(delay: number, callback: () => void): () => void;
  /** Calls back again and again, until the function returned is called. Keeps no process alive. */
  every(interval: number, callback: () => void): () => void;
}

/** The time of the platform. */
export const PLATFORM_TIME: Time = {
  now: () => performance.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
  every(interval, callback) {
    const timer = setInterval(callback, interval);
    if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.();
    return () => clearInterval(timer);
  },
};
