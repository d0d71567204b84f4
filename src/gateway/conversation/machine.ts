// Runs a machine table of a proposal. What a state machine *is* stands here; what the states mean does not.

import type { MachineTable, Transition } from '../../interface/index.ts';

/** What a step of a machine amounts to. */
export type Step<State extends string, Action extends string> =
  | {
      readonly kind: 'to';
      readonly state: State;
      readonly action?: Action;
      readonly requirement: string;
    }
  | { readonly kind: 'misuse'; readonly requirement: string }
  | { readonly kind: 'closed'; readonly requirement: string }
  | { readonly kind: 'stay' };

/** Guards by name. Each is asked only when a row with its name is reached. */
export type Guards<Guard extends string, Subject> = Readonly<
  Record<Guard, (subject: Subject) => boolean>
>;

type Rows = readonly Transition<string, string, string>[];

/** Rows by state and event, made once for each table. */
const indexes = new WeakMap<MachineTable, ReadonlyMap<string, Rows>>();

function indexOf(table: MachineTable): ReadonlyMap<string, Rows> {
  let index = indexes.get(table);
  if (!index) {
    const rows = new Map<string, Transition<string, string, string>[]>();
    for (const row of table.transitions) {
      for (const on of row.on) {
        for (const from of row.from) {
          const key = `${from} ${on}`;
          const list = rows.get(key);
          if (list) list.push(row);
          else rows.set(key, [row]);
        }
      }
    }
    index = rows;
    indexes.set(table, index);
  }
  return index;
}

/** One running machine: a table, a state, and the guards of its conversation. */
export class Machine<State extends string, Guard extends string, Action extends string, Subject> {
  readonly table: MachineTable<State, Guard, Action>;
  state: State;
  readonly #rows: ReadonlyMap<string, Rows>;
  readonly #guards: Guards<Guard, Subject>;

  constructor(table: MachineTable<State, Guard, Action>, guards: Guards<Guard, Subject>) {
    this.table = table;
    this.state = table.initial;
    this.#rows = indexOf(table);
    this.#guards = guards;
  }

  get final(): boolean {
    return this.table.final.includes(this.state);
  }

  /**
   * Takes the first row whose event, state and guard match, and moves. `misuse`, `closed` and `stay` do not move.
   * @throws Error where the table says `never` or nothing: a fault of the gateway
   */
  step(on: string, subject: Subject): Step<State, Action> {
    for (const row of this.#rows.get(`${this.state} ${on}`) ?? []) {
      if (row.when !== undefined && !this.#guards[row.when as Guard](subject)) continue;
      if (row.to !== undefined) {
        this.state = row.to as State;
        return {
          kind: 'to',
          state: this.state,
          requirement: row.requirement ?? '',
          ...(row.do === undefined ? {} : { action: row.do as Action }),
        };
      }
      if (row.misuse !== undefined) return { kind: 'misuse', requirement: row.misuse };
      if (row.closed !== undefined) return { kind: 'closed', requirement: row.closed };
      if (row.stay) return { kind: 'stay' };
      throw new Error(
        `gateway fault: ${row.never} says that ${on} never comes in the state ${this.state}`,
      );
    }
    throw new Error(
      `gateway fault: ${this.table.machine} has no row for ${on} in the state ${this.state}`,
    );
  }
}

/** Every event and trigger that a table has rows for. */
export function inputsOf(table: MachineTable): ReadonlySet<string> {
  return new Set(table.transitions.flatMap((row) => row.on));
}
