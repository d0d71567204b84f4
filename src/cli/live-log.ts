// The trace of an application in development as its viewers follow it: the last events of all its runs, each viewer at
// its own pace, by Server-Sent Events. Knows neither processes nor addresses.

import { Ring, type RingLimits } from '../trace/ring.ts';
import type { TraceBatch } from './live-feed.ts';

/** One recording: from a start of the application to its next one. As the page gets it. */
export interface LiveRun {
  readonly run: string;
  /** Milliseconds since 1970. */
  readonly timeOrigin: number;
  /** The file whose change has brought it about. */
  readonly changed?: string;
}

export interface LiveLogOptions {
  /** Told when somebody begins to look, and when nobody does any more. */
  readonly onWatched: (watched: boolean) => void;
  readonly ring?: RingLimits;
}

const RING: RingLimits = { count: 20_000, octets: 16 * 2 ** 20 };
/** One message to a viewer. */
const MESSAGE: RingLimits = { count: 1000, octets: 512 * 2 ** 10 };
/** Runs that are told of. */
const RUNS = 50;
/** Milliseconds of silence behind which a comment is sent, so that nobody on the way takes the connection for dead. */
const SILENCE = 15_000;

const encoder = new TextEncoder();

export class LiveLog {
  readonly #onWatched: (watched: boolean) => void;
  readonly #ring: Ring<string>;
  /** Tells a place in this log from one in another: whoever comes back may have looked at that. */
  readonly #id = Math.random().toString(36).slice(2, 10);
  /** In the order of their beginning, with the number of the last event of each. */
  readonly #runs = new Map<string, LiveRun & { last: number }>();
  /** Changes with what there is to say of the runs. */
  #edition = 0;
  #changed: string | undefined;
  readonly #waiting = new Set<() => void>();
  #viewers = 0;
  #closed = false;

  constructor(options: LiveLogOptions) {
    this.#onWatched = options.onWatched;
    this.#ring = new Ring(options.ring ?? RING, (line) => line.length);
  }

  /** The next run will be because of this file. */
  changed(file: string): void {
    this.#changed = file;
  }

  get watched(): boolean {
    return this.#viewers > 0;
  }

  /** Number of the last event of a run that has come; 0 where none has. */
  lastOf(run: string): number {
    return this.#runs.get(run)?.last ?? 0;
  }

  /** Takes what a process tells. @returns whether the run is a new one */
  add({ run, timeOrigin, text }: TraceBatch): boolean {
    const lines = text.split('\n').filter((line) => line !== '');
    let known = this.#runs.get(run);
    const fresh = known === undefined;
    if (!known) {
      const because = this.#changed;
      known = { run, timeOrigin, ...(because === undefined ? {} : { changed: because }), last: 0 };
      this.#changed = undefined;
      this.#runs.set(run, known);
      const [oldest] = this.#runs.keys();
      if (this.#runs.size > RUNS && oldest !== undefined) this.#runs.delete(oldest);
      this.#edition++;
    }
    for (const line of lines) this.#ring.push(line);
    const end = lines.at(-1);
    if (end !== undefined) known.last = (JSON.parse(end) as { seq: number }).seq;
    this.#wake();
    return fresh;
  }

  /**
   * What is kept and what comes, as `text/event-stream`: `runs` (a list of LiveRun) whenever there is a new one, and
   * `trace` (NDJSON). `after` is the id of the last message that the viewer has had.
   */
  follow(after: string | null): ReadableStream<Uint8Array> {
    let position = this.#positionOf(after);
    let edition = -1;
    let gone = false;
    let wake = () => {};
    const leave = () => {
      if (gone) return;
      gone = true;
      wake();
      if (--this.#viewers === 0 && !this.#closed) this.#onWatched(false);
    };
    const next = (): string | undefined => {
      if (edition !== this.#edition) {
        edition = this.#edition;
        const runs = [...this.#runs.values()].map(({ last: _, ...run }) => run);
        return message('runs', [JSON.stringify(runs)]);
      }
      const { items, to } = this.#ring.from(position, MESSAGE);
      if (items.length === 0) return undefined;
      position = to;
      return message('trace', items, `${this.#id}.${to}`);
    };
    return new ReadableStream<Uint8Array>(
      {
        start: () => {
          if (this.#viewers++ === 0) this.#onWatched(true);
        },
        pull: async (controller) => {
          let text = next();
          while (text === undefined && !gone && !this.#closed) {
            const silent = await new Promise<boolean>((resolve) => {
              const settle = (silence: boolean) => {
                clearTimeout(timer);
                this.#waiting.delete(wake);
                resolve(silence);
              };
              const timer = setTimeout(() => settle(true), SILENCE);
              wake = () => settle(false);
              this.#waiting.add(wake);
            });
            text = next() ?? (silent ? ':\n\n' : undefined);
          }
          if (gone) return;
          if (text !== undefined) controller.enqueue(encoder.encode(text));
          else {
            controller.close();
            leave();
          }
        },
        cancel: leave,
      },
      { highWaterMark: 1 },
    );
  }

  /** Ends every viewer's stream, when it has had what is there. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  /** From the beginning, for who has not looked before or has looked at another log. */
  #positionOf(id: string | null): number {
    const [, log, position] = /^(\w+)\.(\d+)$/.exec(id ?? '') ?? [];
    return log === this.#id ? Number(position) : 0;
  }
}

/** A message of `text/event-stream` (HTML, section 9.2.5). The lines have neither LF nor CR: they are JSON. */
function message(type: string, lines: readonly string[], id?: string): string {
  const data = lines.map((line) => `data: ${line}\n`).join('');
  return `event: ${type}\n${id === undefined ? '' : `id: ${id}\n`}${data}\n`;
}
