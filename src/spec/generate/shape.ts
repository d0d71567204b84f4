// What the generators agree on before they write a language: names of types, which fields are there in which
// direction, and in how many types one event comes.

import type { EventBlock, FeatureBlock, FieldBlock, RecordBlock } from '../blocks.ts';
import { proposalSlug, type Specification } from '../model.ts';
import { type Problem, SpecError } from '../problem.ts';

/** From the application's side: it sends an event or receives it. */
export type Way = 'send' | 'receive';

type Fields = Readonly<Record<string, FieldBlock>>;

/** `http.response.start` → `HttpResponseStart`. */
export function pascal(name: string): string {
  return name.replace(/(?:^|[._-])([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

export function waysOf({ direction }: Pick<EventBlock, 'direction'>): readonly Way[] {
  return direction === 'both' ? ['send', 'receive'] : [direction];
}

/** Whether a field is always there. One with a default may be left out by who sends, and is there for who receives. */
export function isRequired({ optional, default: value }: FieldBlock, way: Way): boolean {
  return !optional && (way === 'receive' || value === undefined);
}

/** An event as a type. One that goes both ways and has defaults is two: as it is sent and as it is received. */
export interface EventForm {
  readonly name: string;
  readonly event: EventBlock;
  /** The way whose fields it has. */
  readonly way: Way;
  /** The ways that it goes. */
  readonly ways: readonly Way[];
}

export function formsOf(event: EventBlock): readonly EventForm[] {
  const name = pascal(event.type);
  const ways = waysOf(event);
  const differ = Object.values(event.fields).some(
    (field) => isRequired(field, 'send') !== isRequired(field, 'receive'),
  );
  if (ways.length === 2 && differ)
    return ways.map((way) => ({
      name: way === 'send' ? name : `${name}Received`,
      event,
      way,
      ways: [way],
    }));
  return [{ name, event, way: ways[0] ?? 'send', ways }];
}

/** Of each field of `exactly_one`: the fields of an event that has it, which is then required. */
export function casesOf(event: EventBlock): readonly { field: string; fields: Fields }[] {
  const { exactly_one: choice = [], fields } = event;
  return choice.map((field) => ({
    field,
    fields: Object.fromEntries(
      Object.entries(fields)
        .filter(([name]) => name === field || !choice.includes(name))
        .map(([name, value]) => [name, name === field ? { ...value, optional: false } : value]),
    ),
  }));
}

/** The example of an event as it goes one way: who receives it finds defaults filled in. */
export function exampleFor({ example, fields }: EventBlock, way: Way): EventBlock['example'] {
  if (way === 'send') return example;
  const members = Object.entries(fields)
    .map(([name, field]) => [name, Object.hasOwn(example, name) ? example[name] : field.default])
    .filter(([, value]) => value !== undefined);
  return { ...example, ...Object.fromEntries(members) };
}

/** Names of the forms that belong to a type of conversation, in one direction. */
export function namesFor(specification: Specification, scope: string, way: Way): string[] {
  return [...specification.events.values()]
    .filter((event) => event.scope.includes(scope))
    .flatMap(formsOf)
    .filter((form) => form.ways.includes(way))
    .map(({ name }) => name);
}

/** Types of conversations, in the order in which events name them. */
export function scopesOf({ events }: Specification): readonly string[] {
  return [...new Set([...events.values()].flatMap(({ scope }) => scope))];
}

/** Records with the one that each extends before it. */
export function recordsInOrder(specification: Specification): readonly RecordBlock[] {
  const lines = [...specification.records.values()].flatMap((r) => lineOf(r, specification));
  return [...new Set(lines)];
}

/** A record behind all that it extends, the first of them in front. */
export function lineOf(record: RecordBlock, { records }: Specification): readonly RecordBlock[] {
  const line = [record];
  for (let base = records.get(record.extends ?? ''); base && !line.includes(base); ) {
    line.unshift(base);
    base = records.get(base.extends ?? '');
  }
  return line;
}

/**
 * Every feature as its block has it, with its proposal's four digits. The map of the specification will not do: in it
 * the revision of the proposal hides that of the feature.
 */
export function featuresOf({
  proposals,
}: Specification): readonly { readonly feature: FeatureBlock; readonly slug: string }[] {
  const found = proposals.flatMap(({ features, frontMatter }) =>
    features.map(({ value }) => ({ feature: value, slug: proposalSlug(frontMatter.proposal) })),
  );
  // Of two definitions the first is kept, as everywhere.
  return found.filter(
    ({ feature }, index) =>
      found.findIndex((other) => other.feature.feature === feature.feature) === index,
  );
}

/** Records and events, by record name and event type, in which a field of a type occurs at any depth. */
export function holdersOf(type: string, { records, events }: Specification): ReadonlySet<string> {
  const holders = new Set([type]);
  const holds = (fields: Fields) => Object.values(fields).some((field) => holders.has(field.type));
  for (let before = 0; before < holders.size; ) {
    before = holders.size;
    for (const record of records.values())
      if (holds(record.fields) || holders.has(record.extends ?? '')) holders.add(record.record);
  }
  for (const event of events.values()) if (holds(event.fields)) holders.add(event.type);
  holders.delete(type);
  return holders;
}

/** Names that the generated files use themselves, in one language or the other. */
const TAKEN =
  'AbortSignal Any AnyState Callable Cancel Dict EventDescription FeatureDescription FieldDescription Fields Literal MachineTable Mapping NamedTuple NoReturn Optional Protocol Readonly Record RequirementDescription Sequence State Transition Tuple TypedDict Uint8Array Union'.split(
    ' ',
  );

/** @throws SpecError where two definitions would be types of one name */
export function checkNames(specification: Specification): void {
  const problems: Problem[] = [];
  const taken = new Map(TAKEN.map((name) => [name, 'the generated files use it themselves']));
  const claim = (name: string, what: string, at: Pick<Problem, 'file' | 'line'>) => {
    const earlier = taken.get(name);
    if (earlier === undefined) taken.set(name, `${what} has it (${at.file}:${at.line})`);
    else
      problems.push({
        rule: 'type-name-unique',
        file: at.file,
        line: at.line,
        column: 1,
        message: `${what} would be named \`${name}\`, and ${earlier}`,
        hint: 'Choose another name: dots and underscores make no difference in code.',
      });
  };
  for (const record of specification.records.values())
    claim(pascal(record.record), `the record \`${record.record}\``, record);
  for (const event of specification.events.values()) {
    for (const { name } of formsOf(event)) claim(name, `the event \`${event.type}\``, event);
    if (event.exactly_one)
      for (const field of event.exactly_one)
        claim(`${pascal(event.type)}${pascal(field)}`, `a case of \`${event.type}\``, event);
  }
  for (const scope of scopesOf(specification))
    for (const suffix of ['ReceiveEvent', 'SendEvent']) {
      const owner = [...specification.events.values()].find((event) => event.scope.includes(scope));
      if (owner) claim(pascal(scope) + suffix, `the union of the scope type \`${scope}\``, owner);
    }
  for (const machine of specification.machines.values())
    for (const suffix of ['State', 'Guard', 'Action'])
      claim(pascal(machine.machine) + suffix, `the machine \`${machine.machine}\``, machine);
  if (problems.length > 0) throw new SpecError(problems);
}
