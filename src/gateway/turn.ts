// Lets the event loop turn. A loop of promises that are all resolved would keep everything else from happening.

/** Resolves in a later turn of the event loop, behind what has arrived. */
export const nextTurn: () => Promise<void> =
  typeof setImmediate === 'function'
    ? () => new Promise((resolve) => void setImmediate(resolve))
    : () =>
        new Promise((resolve) => {
          // Timers are held back by browsers where they nest; messages are not.
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => {
            port1.close();
            resolve();
          };
          port2.postMessage(undefined);
        });
