// What the pages of events say beside the blocks in the proposals: which rows of which machines speak of an event, which
// requirements do, and its fields in words. Knows no HTML.
import type { EventBlock, FieldBlock, TransitionRow } from '../spec/blocks.ts';
import { isRequired, waysOf } from '../spec/generate/shape.ts';
import { FIELD_TYPES, inputsOfEvent } from '../spec/specification.ts';
import { grouped } from './grouped.ts';
import { type PlacedRequirement, specification } from './specification.ts';

export type PlacedEvent = NonNullable<ReturnType<typeof specification.events.get>>;
export type PlacedMachine = NonNullable<ReturnType<typeof specification.machines.get>>;

/** Every event, in the order of the proposals. */
export const events: readonly PlacedEvent[] = [...specification.events.values()];

/** The types of conversation that have events, in the order in which proposals name them. */
export const scopes: readonly string[] = [...new Set(events.flatMap(({ scope }) => scope))];

/** Events by the type of conversation that names them first; `shared` are those of other types that belong to it too. */
export const eventsByScope: readonly {
  readonly scope: string;
  readonly own: readonly PlacedEvent[];
  readonly shared: readonly PlacedEvent[];
}[] = scopes
  .map((scope) => ({
    scope,
    own: events.filter((event) => event.scope[0] === scope),
    shared: events.filter((event) => event.scope.includes(scope) && event.scope[0] !== scope),
  }))
  .filter(({ own }) => own.length > 0);

/** Who puts an event on its way, in words. */
export const SENDERS: Readonly<Record<EventBlock['direction'], string>> = {
  send: 'the application, to the gateway',
  receive: 'the gateway, to the application',
  both: 'the application and the gateway',
};

/** One row of a machine that speaks of an event. `row` counts from 1, as the page of the machine numbers its rows. */
export interface EventRow {
  readonly machine: PlacedMachine;
  readonly row: number;
  /** What the row calls the event: one that goes both ways is named with its direction. */
  readonly inputs: readonly string[];
  readonly transition: TransitionRow;
}

let machinesTaking: ReadonlyMap<string, readonly PlacedMachine[]> | undefined;

/** The rows of all machines that say what becomes of an event. */
export function rowsOf(event: Pick<EventBlock, 'type' | 'direction'>): readonly EventRow[] {
  const names = inputsOfEvent(event);
  machinesTaking ??= grouped(specification.machines.values(), ({ transitions }) =>
    transitions.flatMap(({ on }) => on),
  );
  const taking = new Set(names.flatMap((name) => machinesTaking?.get(name) ?? []));
  // One that goes both ways has two names, and machines keep their order.
  const ordered =
    names.length === 1
      ? [...taking]
      : [...specification.machines.values()].filter((one) => taking.has(one));
  return ordered.flatMap((machine) =>
    machine.transitions.flatMap((transition, index) => {
      const inputs = transition.on.filter((name) => names.includes(name));
      return inputs.length === 0 ? [] : [{ machine, row: index + 1, inputs, transition }];
    }),
  );
}

/** The requirement that a row of a machine refers to, if it has one. */
export function clauseOf(row: TransitionRow): string | undefined {
  return row.requirement ?? row.misuse ?? row.closed ?? row.never;
}

export type EventTie = 'governs it' | 'decides a transition' | 'names it';

/** The requirements that have to do with an event, each with the closest tie that it has. */
export function requirementsOn(
  event: Pick<EventBlock, 'type' | 'direction' | 'requirement'>,
): readonly { readonly requirement: PlacedRequirement; readonly tie: EventTie }[] {
  const { requirements } = specification;
  requirementsNaming ??= grouped(requirements.values(), ({ text }) => namesIn(text));
  const deciding = new Set(rowsOf(event).map(({ transition }) => clauseOf(transition)));
  const naming = new Set(requirementsNaming.get(event.type));
  const tieOf = (requirement: PlacedRequirement): EventTie | undefined => {
    if (requirement.id === event.requirement) return 'governs it';
    if (deciding.has(requirement.id)) return 'decides a transition';
    return naming.has(requirement) ? 'names it' : undefined;
  };
  const ORDER: readonly EventTie[] = ['governs it', 'decides a transition', 'names it'];
  return [...requirements.values()]
    .flatMap((requirement) => {
      const tie = tieOf(requirement);
      return tie === undefined ? [] : [{ requirement, tie }];
    })
    .sort((one, other) => ORDER.indexOf(one.tie) - ORDER.indexOf(other.tie));
}

let requirementsNaming: ReadonlyMap<string, readonly PlacedRequirement[]> | undefined;

/** The names in code that a text of Markdown has, such as `http.response.start`. */
export function namesIn(markdown: string): ReadonlySet<string> {
  return new Set([...markdown.matchAll(/`([^`\s]+)`/g)].map(([, name = '']) => name));
}

/** One field in words. */
export interface FieldRow {
  readonly name: string;
  readonly type: string;
  /** What the type is, for one that is no record. */
  readonly typeText?: string;
  /** The record that is its type. */
  readonly record?: string;
  readonly values: readonly string[];
  /** `200 to 599`, `or null`: what narrows or widens the type. */
  readonly notes: readonly string[];
  /** Said of who sends it: one with a default may be left out. */
  readonly required: boolean;
  readonly default?: unknown;
  /** Markdown. */
  readonly text: string;
}

/** The fields of an event besides its type. */
export function fieldRows(event: Pick<EventBlock, 'fields' | 'direction'>): readonly FieldRow[] {
  const ways = waysOf(event);
  return Object.entries(event.fields).map(([name, field]) => ({
    name,
    type: field.type.replaceAll('_', ' '),
    ...(specification.records.has(field.type)
      ? { record: field.type }
      : { typeText: FIELD_TYPES[field.type] ?? '' }),
    values: field.values ?? [],
    notes: [range(field), field.nullable ? 'or null' : ''].filter((note) => note !== ''),
    required: ways.every((way) => isRequired(field, way)),
    ...(field.default === undefined ? {} : { default: field.default }),
    text: field.text,
  }));
}

function range({ minimum, maximum }: FieldBlock): string {
  if (minimum !== undefined && maximum !== undefined) return `${minimum} to ${maximum}`;
  if (minimum !== undefined) return `${minimum} or more`;
  return maximum === undefined ? '' : `${maximum} or less`;
}
