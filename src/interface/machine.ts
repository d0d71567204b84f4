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

type AnyGuard = (subject: unknown, context: unknown) => boolean;
type AnyGuards = Readonly<Record<string, AnyGuard>>;

/** For tables whose rows have no conditions. */
export const NO_GUARDS: Guards<never, unknown, undefined> = Object.freeze({});

interface Row {
  /** Undefined where the row has no condition. */
  readonly guard: AnyGuard | undefined;
  /** Undefined where the table says `never`. */
  readonly step: Step | undefined;
  readonly never: string | undefined;
}

/** A table with its guards, ready to run: rows by the number of the input, then by that of the state. */
interface Program {
  readonly rows: readonly (readonly (readonly Row[] | undefined)[] | undefined)[];
  readonly numbers: ReadonlyMap<string, number>;
  readonly final: readonly boolean[];
}

/** An event or trigger: its name, or the number that `inputOf` gives for it, which spares the look. */
export type Input = string | number;

const inputs = new Map<string, number>();

/** The number under which all machines know an event or trigger. */
export function inputOf(on: string): number {
  let number = inputs.get(on);
  if (number === undefined) {
    number = inputs.size;
    inputs.set(on, number);
  }
  return number;
}

function nameOf(on: Input): string {
  if (typeof on === 'string') return on;
  for (const [name, number] of inputs) if (number === on) return name;
  return `input ${on}`;
}

/** Made once for each table and set of guards: machines are made for every request. */
const programs = new WeakMap<MachineTable, WeakMap<AnyGuards, Program>>();

function programOf(table: MachineTable, guards: AnyGuards): Program {
  let known = programs.get(table);
  if (known === undefined) {
    known = new WeakMap();
    programs.set(table, known);
  }
  let program = known.get(guards);
  if (program === undefined) {
    program = compile(table, guards);
    known.set(guards, program);
  }
  return program;
}

function compile(table: MachineTable, guards: AnyGuards): Program {
  const numbers = new Map(table.states.map((state, number) => [state, number] as const));
  const rows: ((Row[] | undefined)[] | undefined)[] = [];
  for (const row of table.transitions) {
    const guard = row.when === undefined ? undefined : guards[row.when];
    if (row.when !== undefined && guard === undefined)
      throw new Error(`gateway fault: ${table.machine} has no guard \`${row.when}\``);
    const compiled: Row = { guard, step: stepOf(row), never: row.never };
    for (const on of row.on) {
      const input = inputOf(on);
      // Without holes, which are slow to look into.
      while (rows.length <= input) rows.push(undefined);
      rows[input] ??= table.states.map(() => undefined);
      const byState = rows[input];
      for (const from of row.from) {
        const at = numbers.get(from) as number;
        byState[at] ??= [];
        byState[at].push(compiled);
      }
    }
  }
  return { rows, numbers, final: table.states.map((state) => table.final.includes(state)) };
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
  #state: State;
  /** The number of the state. */
  #at: number;
  readonly #program: Program;
  readonly #context: Context;

  /** `guards` is one object for all machines that share it: the table is made ready once for each. */
  constructor(
    table: MachineTable<State, Guard, Action>,
    guards: Guards<Guard, Subject, Context>,
    ...[context]: Context extends undefined ? [] : [context: Context]
  ) {
    this.table = table;
    this.#program = programOf(table, guards as AnyGuards);
    this.#context = context as Context;
    this.#state = table.initial;
    this.#at = this.#program.numbers.get(table.initial) as number;
  }

  get state(): State {
    return this.#state;
  }

  get final(): boolean {
    return this.#program.final[this.#at] as boolean;
  }

  /** Whether the table has rows for an event or trigger. */
  governs(on: Input): boolean {
    return this.#rowsFor(on) !== undefined;
  }

  /**
   * The first row whose event, state and guard match. Does not move.
   * @throws Error where the table says `never` or nothing: a fault of the gateway
   */
  judge(on: Input, subject: Subject): Step<State, Action> {
    const step = this.ask(on, subject);
    if (step === undefined) throw this.#noRow(on);
    return step;
  }

  /** As `judge`, but undefined where the table has no rows for an event or trigger. */
  ask(on: Input, subject: Subject): Step<State, Action> | undefined {
    const byState = this.#rowsFor(on);
    if (byState === undefined) return undefined;
    const rows = byState[this.#at];
    if (rows === undefined) throw this.#noRow(on);
    for (let i = 0; i < rows.length; i++) {
      const { guard, step, never } = rows[i] as Row;
      if (guard !== undefined && !guard(subject, this.#context)) continue;
      if (step !== undefined) return step as Step<State, Action>;
      throw new Error(
        `gateway fault: ${never} says that ${nameOf(on)} never comes in the state ${this.state}`,
      );
    }
    throw this.#noRow(on);
  }

  #rowsFor(on: Input): readonly (readonly Row[] | undefined)[] | undefined {
    const input = typeof on === 'number' ? on : inputs.get(on);
    return input === undefined || input >= this.#program.rows.length
      ? undefined
      : this.#program.rows[input];
  }

  #noRow(on: Input): Error {
    return new Error(
      `gateway fault: ${this.table.machine} has no row for ${nameOf(on)} in the state ${this.state}`,
    );
  }

  /** Moves as a row says: `misuse`, `closed` and `stay` do not. */
  take(step: Step<State, Action>): void {
    if (step.kind !== 'to' || step.state === this.#state) return;
    this.#state = step.state;
    this.#at = this.#program.numbers.get(step.state) as number;
  }

  /** Judges, and moves. */
  step(on: Input, subject: Subject): Step<State, Action> {
    const step = this.judge(on, subject);
    this.take(step);
    return step;
  }
}

/** Every event and trigger that a table has rows for. */
export function inputsOf(table: MachineTable): ReadonlySet<string> {
  return new Set(table.transitions.flatMap((row) => row.on));
}
