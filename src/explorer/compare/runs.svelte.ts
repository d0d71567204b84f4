// The last runs of a sandbox, as many as it makes sense to keep, and which two of them are compared. Knows nothing of
// sandboxes; whoever shows it follows it as Svelte state.

import type { RuntimeId } from '../../sandbox/runtime.ts';
import { SCENARIO_FILE } from '../../sandbox/state.ts';
import type { TraceEvent } from '../../trace/index.ts';
import type { Files } from '../edits.ts';

/** What a run is, when it is over. */
export interface Finished {
  /** Its events; the array is not changed any more. */
  readonly events: readonly TraceEvent[];
  readonly runtime: RuntimeId | undefined;
  /** What was run, `requests.http` among it. */
  readonly files: Files;
  /** The files as the example has them. */
  readonly original: Files;
}

/** A run that is kept. */
export interface Run {
  /** Counted from 1; 0 is the trace that the page came with. */
  readonly number: number;
  /** “Run 2, WebContainer, edited”. */
  readonly label: string;
  readonly events: readonly TraceEvent[];
  /** Milliseconds of the clock, as `Date.now` gives them; of the trace that the page came with, none. */
  readonly when?: number;
  /** Files that are not as they were in the run before. */
  readonly since: readonly string[];
}

export interface RunsOptions {
  /** A trace that the page came with. */
  readonly recorded?: readonly TraceEvent[];
  readonly now?: () => number;
}

/** Runs that are kept, and events of all of them together. The last two are kept whatever their size. */
const MOST_RUNS = 8;
const MOST_EVENTS = 200_000;
const WORDS: Readonly<Record<RuntimeId, string>> = {
  page: 'in the page',
  webcontainer: 'WebContainer',
  python: 'Python in the page',
};

export class Runs {
  #list = $state.raw<readonly Run[]>([]);
  #chosen = $state.raw<{ readonly left: number; readonly right: number } | undefined>();
  #count = 0;
  /** Files of the last run. */
  #files: Files | undefined;
  readonly #now: () => number;

  constructor({ recorded = [], now = Date.now }: RunsOptions = {}) {
    this.#now = now;
    if (recorded.length > 0)
      this.#list = [
        { number: 0, label: 'As recorded with this page', events: recorded, since: [] },
      ];
  }

  /** The runs, oldest first. */
  get list(): readonly Run[] {
    return this.#list;
  }

  /** Keeps a run that is over; the two last are then those that are compared. A run without events is none. */
  keep({ events, runtime, files, original }: Finished): void {
    if (events.length === 0) return;
    const number = ++this.#count;
    const edited = differing(files, original).length > 0;
    const run: Run = {
      number,
      label: [`Run ${number}`, runtime && WORDS[runtime], edited && 'edited']
        .filter(Boolean)
        .join(', '),
      events,
      when: this.#now(),
      since: this.#files ? differing(files, this.#files) : [],
    };
    this.#files = files;
    this.#list = bounded([...this.#list, run]);
    this.#chosen = undefined;
  }

  /** Keeps a recording that was made elsewhere, such as the one that is about to be replayed. */
  add(label: string, events: readonly TraceEvent[]): void {
    if (events.length === 0) return;
    const run: Run = { number: ++this.#count, label, events, when: this.#now(), since: [] };
    this.#list = bounded([...this.#list, run]);
    this.#chosen = undefined;
  }

  /** The runs that are compared: those that were chosen, else the last two. Undefined where there are not two. */
  get compared(): { readonly left: Run; readonly right: Run } | undefined {
    const numbered = (number: number | undefined) =>
      this.#list.find((run) => run.number === number);
    const left = numbered(this.#chosen?.left) ?? this.#list.at(-2);
    const right = numbered(this.#chosen?.right) ?? this.#list.at(-1);
    return left && right ? { left, right } : undefined;
  }

  /** Chooses by number which runs are compared. A run that is not kept is not chosen. */
  compare(left: number, right: number): void {
    const numbers = this.#list.map(({ number }) => number);
    if (numbers.includes(left) && numbers.includes(right)) this.#chosen = { left, right };
  }
}

/** The newest runs within the bounds; what the page came with goes like any other. */
function bounded(runs: readonly Run[]): readonly Run[] {
  const kept: Run[] = [];
  let events = 0;
  for (const run of runs.toReversed()) {
    events += run.events.length;
    if (kept.length >= 2 && (kept.length >= MOST_RUNS || events > MOST_EVENTS)) break;
    kept.push(run);
  }
  return kept.reverse();
}

/** Paths of the files that are not the same: the application's in their order, the requests last. */
function differing(files: Files, others: Files): string[] {
  const paths = [...new Set([...Object.keys(files), ...Object.keys(others)])];
  return paths
    .filter((path) => files[path] !== others[path])
    .sort((a, b) => Number(a === SCENARIO_FILE) - Number(b === SCENARIO_FILE));
}

/** What was edited between the run before and this one: “app.ts is not as it was in the run before”. */
export function sinceWords({ since }: Run): string {
  if (since.length === 0) return '';
  const [first = '', ...more] = since;
  const files = more.length === 0 ? first : `${first} and ${more.length} more`;
  return `${files} ${more.length === 0 ? 'is' : 'are'} not as in the run before`;
}
