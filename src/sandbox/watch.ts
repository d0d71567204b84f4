// Watches over a guest: whether it gives its signs of life, and whether anything happens in it. Knows no session and
// says nothing to the reader; what is to be done is the owner's.

/** Milliseconds between looks at the guest's signs of life, which gives one each second, where not said otherwise. */
const INTERVAL = 100;
/** Milliseconds without a look, after which the page itself must have been asleep, and the guest with it. */
const ASLEEP = 1000;
/** Milliseconds of silence: the reader is told; three signs have been missed; the guest is ended. */
export const SILENCE = { told: 1600, asked: 3100, ended: 4000 };

export interface WatchOptions {
  /** Milliseconds between looks: less than a second. */
  readonly interval?: number;
  /** The guest has been silent for a while. */
  readonly onSilence: () => void;
  /** The silence goes on: the guest is to be asked to give up what is under way. */
  readonly onMissed: () => void;
  /** The guest can be heard again, after so many milliseconds. `missed`: it had been asked to give up. */
  readonly onSound: (silent: number, missed: boolean) => void;
  /** The guest has been silent for too long, in milliseconds. */
  readonly onDead: (silent: number) => void;
  /** The guest lives, but nothing has happened in it for so many milliseconds. */
  readonly onStuck: (still: number) => void;
  /** Milliseconds for which nothing may happen in what is under way now. */
  readonly patience: () => number;
}

export class Watch {
  #alive = performance.now();
  #moved = performance.now();
  readonly #timer: ReturnType<typeof setInterval>;

  constructor(options: WatchOptions) {
    let looked = performance.now();
    let stage: 'sound' | 'told' | 'asked' = 'sound';
    let longest = 0;
    this.#timer = setInterval(() => {
      const now = performance.now();
      // A hidden page's timers are slowed down, the guest's too, and a page may sleep: silence then means nothing.
      const asleep = now - looked > ASLEEP || (typeof document !== 'undefined' && document.hidden);
      looked = now;
      if (asleep) this.#alive = this.#moved = now;
      const silent = now - this.#alive;
      if (silent >= SILENCE.ended) {
        this.stop();
        options.onDead(silent);
      } else if (silent >= SILENCE.told) {
        longest = silent;
        if (stage === 'sound') {
          stage = 'told';
          options.onSilence();
        }
        if (stage === 'told' && silent >= SILENCE.asked) {
          stage = 'asked';
          options.onMissed();
        }
      } else if (stage !== 'sound') {
        options.onSound(longest, stage === 'asked');
        stage = 'sound';
      } else if (now - this.#moved > options.patience()) {
        this.stop();
        options.onStuck(now - this.#moved);
      }
    }, options.interval ?? INTERVAL);
  }

  /** A sign of life. `progress`: and of something that happens. */
  beat(progress: boolean): void {
    this.#alive = performance.now();
    if (progress) this.#moved = this.#alive;
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
