// The end of a process whose scenario is over. One for all who take a trace of a scenario, so that each has the same
// rows. Knows neither clients nor listeners.

import type { Gateway } from './gateway.ts';

/** Milliseconds that an application has to return once its scenario is over, and as many to clean up. */
export const GRACE = 1000;

/** Waits for what goes on behind the last response, such as its failing, and no longer than `GRACE`. */
export async function settle(gateway: Gateway): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, GRACE);
  });
  await Promise.race([gateway.idle(), patience]);
  clearTimeout(timer);
}

/**
 * Ends a gateway as a process ends whose drain has come to its deadline: what is left is told so, and the lifespan is
 * over (lifespan.shutdown-last). Takes as long as the limit `shutdown_ms` at most.
 */
export async function windUp(gateway: Gateway): Promise<void> {
  gateway.drain();
  gateway.deadline();
  await gateway.stop();
}
