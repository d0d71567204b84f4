// Joins the proposals into one specification and checks what no single block can: that ids are unique,
// that references lead somewhere, and that every machine says what happens for every event in every state.

import type { EventBlock, FieldBlock, MachineBlock, RecordBlock } from './blocks.ts';
import { type Problem, SpecError } from './problem.ts';
import { type Proposal, parseProposal, type Requirement } from './proposal.ts';

/** What a requirement, event, record or machine belongs to. `slug` is the four digits, as in URLs. */
export interface Origin {
  readonly slug: string;
  readonly revision: number;
  readonly file: string;
  readonly line: number;
}

export interface Specification {
  readonly proposals: readonly Proposal[];
  readonly requirements: ReadonlyMap<string, Requirement & Origin>;
  readonly events: ReadonlyMap<string, EventBlock & Origin>;
  readonly records: ReadonlyMap<string, RecordBlock & Origin>;
  readonly machines: ReadonlyMap<string, MachineBlock & Origin>;
}

/** Types of fields that are not records, and what each is in words. */
export const FIELD_TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  octets: 'a string whose code units are octets (at most 0xFF)',
  bytes: 'octets of a body',
  integer: 'a whole number',
  boolean: 'true or false',
  enum: 'one of the listed values',
  fields: 'ordered pairs of field name and field value',
  feature_map: 'feature name to revisions',
  cancel: 'a handle that is signalled with a reason',
  state: 'read-only values of the application',
};

/** Four digits, as folder names and URLs have them. */
export function proposalSlug(number: number): string {
  return String(number).padStart(4, '0');
}

/** Joins sources, `[file, text]` each. @throws SpecError with every problem found */
export function assemble(
  sources: readonly (readonly [file: string, text: string])[],
): Specification {
  const problems: Problem[] = [];
  const proposals = sources.map(([file, text]) => parseProposal(text, file));
  const requirements = new Map<string, Requirement & Origin>();
  const events = new Map<string, EventBlock & Origin>();
  const records = new Map<string, RecordBlock & Origin>();
  const machines = new Map<string, MachineBlock & Origin>();

  function add<T>(
    map: Map<string, T & Origin>,
    key: string,
    value: T,
    origin: Origin,
    what: string,
  ): void {
    const earlier = map.get(key);
    if (earlier) {
      problems.push({
        rule: 'unique',
        file: origin.file,
        line: origin.line,
        column: 1,
        message: `${what} \`${key}\` is already defined at ${earlier.file}:${earlier.line}`,
        hint: 'Ids are never reused. Choose another, or refer to the first.',
      });
    } else map.set(key, { ...value, ...origin });
  }

  const files = new Map<number, string>();
  for (const proposal of proposals) {
    problems.push(...proposal.problems);
    const { file, frontMatter } = proposal;
    // 0 stands for front matter that could not be read.
    const earlier = frontMatter.proposal === 0 ? undefined : files.get(frontMatter.proposal);
    if (earlier !== undefined) {
      problems.push({
        rule: 'unique',
        file,
        line: 1,
        column: 1,
        message: `proposal ${frontMatter.proposal} is already ${earlier}`,
        hint: 'Numbers are never reused. Take the next one that is free.',
      });
    }
    files.set(frontMatter.proposal, earlier ?? file);
    const origin = (line: number): Origin => ({
      slug: proposalSlug(frontMatter.proposal),
      revision: frontMatter.revision,
      file,
      line,
    });
    for (const r of proposal.requirements)
      add(requirements, r.id, r, origin(r.line), 'requirement');
    for (const e of proposal.events) add(events, e.value.type, e.value, origin(e.line), 'event');
    for (const r of proposal.records)
      add(records, r.value.record, r.value, origin(r.line), 'record');
    for (const m of proposal.machines)
      add(machines, m.value.machine, m.value, origin(m.line), 'machine');
  }

  const specification = { proposals, requirements, events, records, machines };
  for (const event of events.values()) problems.push(...checkEvent(event, specification));
  for (const record of records.values())
    problems.push(...checkFields(record.fields, record, specification));
  for (const machine of machines.values()) problems.push(...checkMachine(machine, specification));
  if (problems.length > 0) throw new SpecError(problems);
  return specification;
}

function problemAt(origin: Origin, rule: string, message: string, hint?: string): Problem {
  return {
    rule,
    file: origin.file,
    line: origin.line,
    column: 1,
    message,
    ...(hint === undefined ? {} : { hint }),
  };
}

function checkFields(
  fields: Readonly<Record<string, FieldBlock>>,
  origin: Origin,
  specification: Specification,
): Problem[] {
  return Object.entries(fields)
    .filter(
      ([, field]) =>
        !Object.hasOwn(FIELD_TYPES, field.type) && !specification.records.has(field.type),
    )
    .map(([name, field]) =>
      problemAt(
        origin,
        'field-type-known',
        `field \`${name}\` has the type \`${field.type}\`, which is neither built in nor a record`,
        `Built in are ${Object.keys(FIELD_TYPES).join(', ')}.`,
      ),
    );
}

function checkEvent(event: EventBlock & Origin, specification: Specification): Problem[] {
  const problems = checkFields(event.fields, event, specification);
  if (!specification.requirements.has(event.requirement)) {
    problems.push(
      problemAt(
        event,
        'reference-exists',
        `event \`${event.type}\` names the requirement \`${event.requirement}\`, which no proposal defines`,
      ),
    );
  }
  if (event.example.type !== event.type) {
    problems.push(
      problemAt(
        event,
        'event-example',
        `the example of \`${event.type}\` has the type \`${event.example.type}\``,
      ),
    );
  }
  for (const key of Object.keys(event.example)) {
    if (key !== 'type' && !Object.hasOwn(event.fields, key)) {
      problems.push(
        problemAt(
          event,
          'event-example',
          `the example of \`${event.type}\` has the undeclared field \`${key}\``,
        ),
      );
    }
  }
  if (event.direction === 'send') {
    for (const scope of event.scope) {
      const governed = [...specification.machines.values()].some(
        (machine) =>
          machine.scope === scope && machine.transitions.some((row) => row.on.includes(event.type)),
      );
      if (!governed)
        problems.push(
          problemAt(
            event,
            'event-governed',
            `no machine of the scope type \`${scope}\` has a row on \`${event.type}\``,
            'A gateway would not know what the event does. Add rows for every state.',
          ),
        );
    }
  }
  for (const [name, field] of Object.entries(event.fields)) {
    if (!Object.hasOwn(event.example, name) && !field.optional && field.default === undefined) {
      problems.push(
        problemAt(
          event,
          'event-example',
          `the example of \`${event.type}\` lacks the field \`${name}\``,
        ),
      );
    }
  }
  return problems;
}

function checkMachine(machine: MachineBlock & Origin, specification: Specification): Problem[] {
  const problems: Problem[] = [];
  const report = (rule: string, message: string, hint?: string) =>
    problems.push(problemAt(machine, rule, `machine \`${machine.machine}\`: ${message}`, hint));
  const states = Object.keys(machine.states);
  const isState = (name: string) => Object.hasOwn(machine.states, name);
  const isInput = (name: string) =>
    specification.events.has(name) || Object.hasOwn(machine.triggers, name);

  for (const name of [machine.initial, ...machine.final]) {
    if (!isState(name)) report('machine-state-known', `\`${name}\` is not one of its states`);
  }
  for (const row of machine.transitions) {
    const label = `the row on \`${row.on.join(', ')}\` from \`${row.from.join(', ')}\``;
    for (const name of [...row.from, ...(row.to === undefined ? [] : [row.to])]) {
      if (!isState(name))
        report('machine-state-known', `${label} names \`${name}\`, which is not one of its states`);
    }
    for (const name of row.on) {
      if (!isInput(name))
        report(
          'machine-event-known',
          `${label} names \`${name}\`, which is neither an event nor a trigger`,
        );
    }
    if (row.when !== undefined && !Object.hasOwn(machine.guards, row.when)) {
      report(
        'machine-guard-known',
        `${label} has the guard \`${row.when}\`, which the block does not declare`,
      );
    }
    if (row.do !== undefined && !Object.hasOwn(machine.actions, row.do)) {
      report(
        'machine-action-known',
        `${label} does \`${row.do}\`, which the block does not declare`,
      );
    }
    for (const id of [row.requirement, row.misuse, row.closed, row.never]) {
      if (id !== undefined && !specification.requirements.has(id)) {
        report(
          'reference-exists',
          `${label} names the requirement \`${id}\`, which no proposal defines`,
        );
      }
    }
  }

  // Total: every input has an unguarded row in every state.
  const inputs = new Set(machine.transitions.flatMap((row) => row.on));
  for (const trigger of Object.keys(machine.triggers)) inputs.add(trigger);
  for (const input of inputs) {
    for (const state of states) {
      const covered = machine.transitions.some(
        (row) => row.when === undefined && row.on.includes(input) && row.from.includes(state),
      );
      if (!covered)
        report(
          'machine-total',
          `nothing is said of \`${input}\` in the state \`${state}\``,
          'Add a row without `when`.',
        );
    }
  }

  // In order: a row behind one without a guard is never tried.
  const settled = new Set<string>();
  for (const row of machine.transitions) {
    for (const on of row.on) {
      for (const from of row.from) {
        const key = `\`${on}\` in the state \`${from}\``;
        if (settled.has(key))
          report(
            'machine-row-tried',
            `a second row for ${key} is never tried`,
            'Rows are tried in order. Move the one without `when` behind it, or delete one.',
          );
        else if (row.when === undefined) settled.add(key);
      }
    }
  }

  // Alive: every state can be reached.
  const reached = new Set([machine.initial]);
  for (let grew = true; grew; ) {
    grew = false;
    for (const row of machine.transitions) {
      if (
        row.to === undefined ||
        reached.has(row.to) ||
        !row.from.some((state) => reached.has(state))
      )
        continue;
      reached.add(row.to);
      grew = true;
    }
  }
  for (const state of states) {
    if (!reached.has(state)) report('machine-reachable', `no path leads to the state \`${state}\``);
  }
  return problems;
}
