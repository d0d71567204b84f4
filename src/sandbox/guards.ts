// Watches over guests that are kept while nothing runs in them: one that gives no sign of life then is in a loop that an
// earlier program has left behind, and would burn a core until the next run. Says nothing to the reader.

import type { Session } from './runtime.ts';
import { Watch } from './watch.ts';

/** Milliseconds between looks: nobody waits for this one. */
const INTERVAL = 500;

export class Guards {
  readonly #watches = new Map<Session, Watch>();
  readonly #onDead: (session: Session) => void;

  /** `onDead`: three signs of life were missed. The session is not watched any more. */
  constructor(onDead: (session: Session) => void) {
    this.#onDead = onDead;
  }

  /** Watches over a session, if it is not watched already. */
  watch(session: Session): void {
    if (this.#watches.has(session)) return;
    const dead = () => {
      this.leave(session);
      this.#onDead(session);
    };
    const watch = new Watch({
      interval: INTERVAL,
      onSilence() {},
      onMissed: dead,
      onSound() {},
      onDead: dead,
      onStuck() {},
      patience: () => Number.POSITIVE_INFINITY,
    });
    this.#watches.set(session, watch);
  }

  /** A sign of life. */
  beat(session: Session): void {
    this.#watches.get(session)?.beat(false);
  }

  leave(session: Session): void {
    this.#watches.get(session)?.stop();
    this.#watches.delete(session);
  }

  leaveAll(): void {
    for (const session of [...this.#watches.keys()]) this.leave(session);
  }
}
