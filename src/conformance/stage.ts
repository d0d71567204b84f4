// Where the two sides of a case meet: notes from the application to the client, and gates that the client opens. What
// passes is plain data, because the sides may be in two processes.

/** What an application saw, in order. `value` is as it was when it was noted. */
export interface Note {
  readonly name: string;
  readonly value: unknown;
}

/** The application's side of a run of one case. All conversations of the run share it. */
export interface Stage {
  /** Tells the client of something: plain data, octets among it. Names may repeat. */
  note(name: string, value?: unknown): void;
  /** Waits until the client has opened a gate. */
  reached(gate: string): Promise<void>;
  /** How a `send` or `receive` ended: `accepted`, `Misuse: <id>`, `Closed: <cause>`, or another error as text. */
  outcome(promise: Promise<unknown>): Promise<string>;
  /** Id of the requirement with which a call was rejected; `none` if it was not, and any other outcome as it is. */
  misuse(promise: Promise<unknown>): Promise<string>;
  /** Its outcome, or `pending` if it has none after the event loop has had its turns. */
  standing(promise: Promise<unknown>): Promise<string>;
  /** Lets the event loop turn. */
  turns(count?: number): Promise<void>;
  /** Folder with the files of the case; undefined if it has none. */
  readonly root: string | undefined;
}

/** The client's side of a run. */
export interface StageLink {
  /** The notes from number `from` on, once there is one. */
  notes(from: number): Promise<readonly Note[]>;
  /** Everything noted so far, without waiting. */
  all(): Promise<readonly Note[]>;
  open(gate: string): Promise<void>;
}

/** One run of one case. */
export class Run implements Stage, StageLink {
  root: string | undefined;
  readonly #notes: Note[] = [];
  readonly #open = new Set<string>();
  #waiters: (() => void)[] = [];
  #over = false;

  // The application's side.

  note(name: string, value: unknown = null): void {
    this.#notes.push({ name, value: decode(encode(value)) });
    this.#changed();
  }

  async reached(gate: string): Promise<void> {
    while (!this.#open.has(gate) && !this.#over) await this.#change();
  }

  outcome(promise: Promise<unknown>): Promise<string> {
    return promise.then(
      () => 'accepted',
      (error: unknown) => {
        const { name, requirement, cause } = (error ?? {}) as Record<string, unknown>;
        if (name === 'Misuse') return `Misuse: ${requirement}`;
        if (name === 'Closed') return `Closed: ${cause}`;
        return String(error);
      },
    );
  }

  async misuse(promise: Promise<unknown>): Promise<string> {
    const outcome = await this.outcome(promise);
    return outcome === 'accepted' ? 'none' : outcome.replace(/^Misuse: /, '');
  }

  standing(promise: Promise<unknown>): Promise<string> {
    return Promise.race([this.outcome(promise), this.turns().then(() => 'pending')]);
  }

  async turns(count = 5): Promise<void> {
    for (let i = 0; i < count; i++) await new Promise((resolve) => setImmediate(resolve));
  }

  // The client's side.

  async notes(from: number): Promise<readonly Note[]> {
    while (this.#notes.length <= from) await this.#change();
    return this.#notes.slice(from);
  }

  async open(gate: string): Promise<void> {
    this.#open.add(gate);
    this.#changed();
  }

  /** The run is over: nobody waits for a gate any more. */
  close(): void {
    this.#over = true;
    this.#changed();
  }

  async all(): Promise<readonly Note[]> {
    return this.#notes.slice();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  #changed(): void {
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve();
  }
}

/** The runs that an application takes part in, by the names that the clients gave them. */
export class Runs {
  readonly #runs = new Map<string, Run>();
  readonly #make: () => Run;

  constructor(make: () => Run = () => new Run()) {
    this.#make = make;
  }

  of(name: string): Run {
    let run = this.#runs.get(name);
    if (!run) {
      run = this.#make();
      this.#runs.set(name, run);
    }
    return run;
  }

  /** Ends a run, and forgets it. */
  close(name: string): void {
    this.#runs.get(name)?.close();
    this.#runs.delete(name);
  }
}

const OCTETS = '$octets';

/**
 * Plain data as JSON; octets keep what they are.
 * @throws TypeError for what is no plain data, such as the handles in `scope.local`
 */
export function encode(value: unknown): string {
  return JSON.stringify(value, function (this: Record<string, unknown>, key, _value) {
    const found = this[key];
    if (found instanceof Uint8Array) return { [OCTETS]: Buffer.from(found).toString('base64') };
    const plain =
      found === null ||
      Array.isArray(found) ||
      !['object', 'function', 'symbol', 'bigint'].includes(typeof found) ||
      (typeof found === 'object' &&
        [Object.prototype, null].includes(Object.getPrototypeOf(found)));
    if (!plain) throw new TypeError(`a note is plain data, and \`${key}\` is ${String(found)}`);
    return found;
  });
}

/** What `encode` has made of a value. */
export function decode(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) => {
    const octets = (value as Record<string, unknown> | null)?.[OCTETS];
    return typeof octets === 'string' ? new Uint8Array(Buffer.from(octets, 'base64')) : value;
  });
}
