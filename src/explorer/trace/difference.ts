// What differs between two events of a trace, field by field, in words that a reader compares. Knows nothing of runs as
// a whole.

import type { TraceEvent, Violation } from '../../trace/index.ts';
import { who } from '../../trace/words.ts';
import { octets } from './row-words.ts';

/** One thing in which two events differ; undefined where an event has none of it. */
export interface Difference {
  readonly what: string;
  readonly first: string | undefined;
  readonly second: string | undefined;
}

export interface Comparison {
  /** Milliseconds from the first to the second; below 0 where the second was earlier. */
  readonly apart: number;
  readonly differences: readonly Difference[];
}

const FACTS: readonly (readonly [what: string, of: (event: TraceEvent) => string | undefined])[] = [
  ['Conversation', ({ conn }) => (conn === 0 ? 'the lifespan' : String(conn))],
  ['Who', who],
  ['Type', ({ type }) => type],
  ['Phase', ({ phase }) => ({ B: 'begins to wait', E: 'had waited', i: 'at once' })[phase]],
  ['State', ({ state }) => state],
  ['Buffered', ({ buffered }) => (buffered === undefined ? undefined : octets(buffered))],
  ['Clause', ({ requirement }) => requirement],
  ['Violation', ({ violation }) => violation && saidOf(violation)],
  ['Injected', ({ fault }) => fault],
  ['Status', ({ payload }) => payload?.status?.toString()],
  ['Size', ({ payload }) => (payload?.size === undefined ? undefined : octets(payload.size))],
  ['Carried', ({ payload }) => payload?.preview || undefined],
  ['Data', ({ payload }) => payload?.ref],
  ['Source', ({ src }) => src && `${src.file}:${src.line}:${src.column}`],
];

/** The clause and what was wrong, which may begin with the clause. */
const saidOf = ({ requirement, message }: Violation) =>
  message.startsWith(`${requirement}: `) ? message : `${requirement}: ${message}`;

/** Compares two events: what is the same is not told. */
export function compareEvents(first: TraceEvent, second: TraceEvent): Comparison {
  const differences: Difference[] = [];
  for (const [what, of] of FACTS) {
    const [a, b] = [of(first), of(second)];
    if (a !== b) differences.push({ what, first: a, second: b });
  }
  return {
    apart: second.t - first.t,
    differences: [...differences, ...fieldDifferences(first, second)],
  };
}

/** Fields by name, in lower case (RFC 9110 section 5.1), with the values of one name in their order (section 5.2). */
function fieldDifferences(first: TraceEvent, second: TraceEvent): Difference[] {
  const [a, b] = [fieldsOf(first), fieldsOf(second)];
  return [...new Set([...a.keys(), ...b.keys()])].flatMap((name) => {
    const [before, after] = [a.get(name), b.get(name)];
    return before === after ? [] : [{ what: `Field ${name}`, first: before, second: after }];
  });
}

function fieldsOf({ payload }: TraceEvent): Map<string, string> {
  const fields = new Map<string, string>();
  for (const [name, value] of payload?.fields ?? []) {
    const key = name.toLowerCase();
    const before = fields.get(key);
    fields.set(key, before === undefined ? value : `${before}, ${value}`);
  }
  return fields;
}
