// The runs that a page follows live, and the last of their events: a page that is left open takes bounded memory. Knows
// nothing of how events come.

import type { TraceEvent } from '../../trace/index.ts';
import type { RunTrace } from './runs.ts';

/** A run as the server tells of it. */
export interface RunFacts {
  readonly run: string;
  /** Milliseconds since 1970. */
  readonly timeOrigin: number;
  /** The file whose change has brought it about. */
  readonly changed?: string;
}

export interface LiveRun extends RunTrace, RunFacts {
  /** Counts the runs that this page has seen. */
  readonly number: number;
}

/** Events that are kept, over all runs. */
const MOST = 100_000;
/** Events are let go many at a time: with each time a viewer begins anew. */
const SLACK = 0.1;

interface Kept {
  readonly number: number;
  facts: RunFacts;
  events: TraceEvent[];
  /** Number of the last event that came, kept or not. */
  last: number;
  /** The run as it was last given out. */
  shown: LiveRun | undefined;
}

export class LiveRuns {
  readonly #most: number;
  readonly #runs = new Map<string, Kept>();
  #count = 0;
  #seen = 0;

  constructor(most: number = MOST) {
    this.#most = most;
  }

  /** The server knows these runs. Those of another server stay. */
  tell(runs: readonly RunFacts[]): void {
    for (const facts of runs) {
      const known = this.#runs.get(facts.run);
      if (!known) this.#add(facts);
      else if (known.facts !== facts) {
        known.facts = facts;
        known.shown = undefined;
      }
    }
  }

  /** Events that have come. Those that came before, as from a connection that was made anew, change nothing. */
  push(events: readonly TraceEvent[]): void {
    for (const event of events) {
      const kept = this.#runs.get(event.run) ?? this.#add({ run: event.run, timeOrigin: 0 });
      if (event.seq <= kept.last) continue;
      kept.last = event.seq;
      kept.events.push(event);
      kept.shown = undefined;
      this.#count++;
    }
    if (this.#count > this.#most * (1 + SLACK)) this.#trim();
  }

  /** Lets go of what has come of a run. */
  clear(run: string): void {
    const kept = this.#runs.get(run);
    if (!kept) return;
    this.#count -= kept.events.length;
    kept.events = [];
    kept.shown = undefined;
  }

  /** The runs, the oldest first. One that has not changed since the last call is the same object. */
  get runs(): readonly LiveRun[] {
    return [...this.#runs.values()].map((kept) => {
      kept.shown ??= { ...kept.facts, number: kept.number, events: [...kept.events] };
      return kept.shown;
    });
  }

  #add(facts: RunFacts): Kept {
    const kept: Kept = { number: ++this.#seen, facts, events: [], last: 0, shown: undefined };
    this.#runs.set(facts.run, kept);
    return kept;
  }

  /** The oldest run goes first, and only the last stays on the list without events. */
  #trim(): void {
    for (const [run, kept] of this.#runs) {
      const over = this.#count - this.#most;
      if (over <= 0) return;
      const gone = Math.min(over, kept.events.length);
      kept.events = kept.events.slice(gone);
      kept.shown = undefined;
      this.#count -= gone;
      const newest = [...this.#runs.keys()].at(-1);
      if (kept.events.length === 0 && run !== newest) this.#runs.delete(run);
    }
  }
}
