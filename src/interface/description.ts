// The shapes of the generated tables: how events, machines and requirements are described to programs.

/** How one field of an event is checked. `type` is a name of proposal 2 or of a record; `required` is said of who sends it. */
export interface FieldDescription {
  readonly type: string;
  readonly required: boolean;
  readonly nullable?: boolean;
  /** What it is for the receiver where the sender leaves it out. */
  readonly default?: unknown;
  readonly values?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

export interface EventDescription {
  readonly direction: 'send' | 'receive' | 'both';
  readonly scope: readonly string[];
  /** Legal only where this feature is accepted. */
  readonly feature?: string;
  readonly requirement: string;
  /** Of these fields exactly one is there. */
  readonly exactlyOne?: readonly string[];
  readonly fields: Readonly<Record<string, FieldDescription>>;
}

export interface FeatureDescription {
  /** The revisions that the proposals define, highest last. */
  readonly revisions: readonly number[];
  /** Whether it counts as accepted for an application without lifespan. */
  readonly default: boolean;
  readonly requirement: string;
  readonly summary: string;
}

/** One row of a machine. Rows are tried in order; exactly one of the last five is set. */
export interface Transition<State extends string, Guard extends string, Action extends string> {
  readonly on: readonly string[];
  readonly from: readonly State[];
  readonly when?: Guard;
  /** Which requirement governs a row that has `to`. */
  readonly requirement?: string;
  readonly do?: Action;
  readonly to?: State;
  /** Raises `Misuse` with this requirement; nothing changes. */
  readonly misuse?: string;
  /** Fails with `Closed`; nothing changes. */
  readonly closed?: string;
  /** Unreachable in a correct gateway. */
  readonly never?: string;
  /** Nothing happens. */
  readonly stay?: true;
}

export interface MachineTable<
  State extends string = string,
  Guard extends string = string,
  Action extends string = string,
> {
  readonly machine: string;
  /** Types of the conversations that it governs. */
  readonly scope: readonly string[];
  readonly initial: State;
  readonly final: readonly State[];
  readonly states: readonly State[];
  readonly transitions: readonly Transition<State, Guard, Action>[];
}

export interface RequirementDescription {
  readonly level: string;
  readonly role: string;
  /** Four digits, as in `/proposals/<proposal>/`. */
  readonly proposal: string;
  readonly text: string;
}
