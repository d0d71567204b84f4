// Runs a machine table of a proposal. What a state machine *is* stands here; what the states mean does not.

import type { MachineTable } from './description.ts';

/** What a row of a machine amounts to. Made once for each row, and never changed. */
export type Step<State extends string = string, Action extends string = string> =
  | {
      readonly kind: 'to';
      readonly state: State;
      readonly action?: Action;
      readonly requirement: string;
    }
  | { readonly kind: 'misuse'; readonly requirement: string }
  | { readonly kind: 'closed'; readonly requirement: string }
  | { readonly kind: 'stay' };

/** Guards by name. Each is asked only when a row with its name is reached; `context` is whose machine it is. */
export type Guards<Guard extends string, Subject, Context = undefined> = Readonly<
  Record<Guard, (subject: Subject, context: Context) => boolean>
>;

interface Row {
  readonly when: string | undefined;
  /** Undefined where the table says `never`. */
  readonly step: Step | undefined;
  readonly never: string | undefined;
}

/** Rows by input and state. Objects without a prototype: the names come from a table. */
type Index = Readonly<Record<string, Readonly<Record<string, readonly Row[]>>>>;

/** Made once for each table. */
const indexes = new WeakMap<MachineTable, Index>();

function indexOf(table: MachineTable): Index {
  const known = indexes.get(table);
  if (known) return known;
  const index: Record<string, Record<string, Row[]>> = Object.create(null);
  for (const row of table.transitions) {
    const compiled: Row = { when: row.when, step: stepOf(row), never: row.never };
    for (const on of row.on) {
      index[on] ??= Object.create(null) as Record<string, Row[]>;
      const byState = index[on];
      for (const from of row.from) {
        byState[from] ??= [];
        byState[from].push(compiled);
      }
    }
  }
  indexes.set(table, index);
  return index;
}

function stepOf(row: MachineTable['transitions'][number]): Step | undefined {
  if (row.to !== undefined) {
    return Object.freeze({
      kind: 'to' as const,
      state: row.to,
      requirement: row.requirement ?? '',
      ...(row.do === undefined ? {} : { action: row.do }),
    });
  }
  if (row.misuse !== undefined)
    return Object.freeze({ kind: 'misuse' as const, requirement: row.misuse });
  if (row.closed !== undefined)
    return Object.freeze({ kind: 'closed' as const, requirement: row.closed });
  return row.stay ? Object.freeze({ kind: 'stay' as const }) : undefined;
}

/** One running machine: a table, a state, and the guards of its conversation. */
export class Machine<
  State extends string,
  Guard extends string,
  Action extends string,
  Subject,
  Context = undefined,
> {
  readonly table: MachineTable<State, Guard, Action>;
  state: State;
  readonly #index: Index;
  readonly #guards: Guards<Guard, Subject, Context>;
  readonly #context: Context;

  constructor(
    table: MachineTable<State, Guard, Action>,
    guards: Guards<Guard, Subject, Context>,
    ...[context]: Context extends undefined ? [] : [context: Context]
  ) {
    this.table = table;
    this.state = table.initial;
    this.#index = indexOf(table);
    this.#guards = guards;
    this.#context = context as Context;
  }

  get final(): boolean {
    return this.table.final.includes(this.state);
  }

  /** Whether the table has rows for an event or trigger. */
  governs(on: string): boolean {
    return this.#index[on] !== undefined;
  }

  /**
   * The first row whose event, state and guard match. Does not move.
   * @throws Error where the table says `never` or nothing: a fault of the gateway
   */
  judge(on: string, subject: Subject): Step<State, Action> {
    const rows = this.#index[on]?.[this.state];
    if (rows !== undefined) {
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i] as Row;
        if (row.when !== undefined && !this.#guards[row.when as Guard](subject, this.#context))
          continue;
        if (row.step !== undefined) return row.step as Step<State, Action>;
        throw new Error(
          `gateway fault: ${row.never} says that ${on} never comes in the state ${this.state}`,
        );
      }
    }
    throw new Error(
      `gateway fault: ${this.table.machine} has no row for ${on} in the state ${this.state}`,
    );
  }

  /** Moves as a row says: `misuse`, `closed` and `stay` do not. */
  take(step: Step<State, Action>): void {
    if (step.kind === 'to') this.state = step.state;
  }

  /** Judges, and moves. */
  step(on: string, subject: Subject): Step<State, Action> {
    const step = this.judge(on, subject);
    this.take(step);
    return step;
  }
}

/** Every event and trigger that a table has rows for. */
export function inputsOf(table: MachineTable): ReadonlySet<string> {
  return new Set(table.transitions.flatMap((row) => row.on));
}
