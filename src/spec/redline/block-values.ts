// Compares what two fenced blocks say, not how they are written: fields by name and attribute, states, guards and
// actions by name, transitions by event, state and guard.

import { yamlOf } from './retired.ts';

/** One thing of a block that is not as it was. */
export interface BlockPart {
  /** Where: `summary`, `fields.status.minimum`, `transitions: http.refuse in open when informed`. */
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed' | 'reordered';
  /** Values as they would be written on one line. */
  readonly before?: string;
  readonly after?: string;
}

type Values = Readonly<Record<string, unknown>>;

/** What a fenced block says; undefined if it is no YAML, or no map. */
export function comparable(fence: string): Values | undefined {
  const value = yamlOf(fence);
  return isMap(value) ? value : undefined;
}

/** What differs, in the order of the block after, with what is gone at the end. */
export function compareValues(before: Values, after: Values): BlockPart[] {
  return keysOf(before, after).flatMap((key) => {
    const [was, is] = [own(before, key), own(after, key)];
    if (key === 'transitions' && Array.isArray(was) && Array.isArray(is)) {
      return compareTransitions(was, is);
    }
    if (!isMap(was) || !isMap(is) || key === 'example') return comparePart(key, was, is);
    return keysOf(was, is).flatMap((name) => {
      const [old, now] = [own(was, name), own(is, name)];
      const path = `${key}.${name}`;
      if (!isMap(old) || !isMap(now)) return comparePart(path, old, now);
      return keysOf(old, now).flatMap((attribute) =>
        comparePart(`${path}.${attribute}`, own(old, attribute), own(now, attribute)),
      );
    });
  });
}

interface Transition {
  /** Event, states and guard, as the row says them. */
  readonly on: string;
  readonly from: string;
  readonly when: string;
  readonly outcome: string;
}

function compareTransitions(before: readonly unknown[], after: readonly unknown[]): BlockPart[] {
  const was = before.map(transitionOf);
  const is = after.map(transitionOf);
  const pairs = new Map<Transition, Transition>();
  const paired = new Set<Transition>();
  // A row is known by event, states and guard; failing that by what follows, and then one of the others may differ.
  const names: readonly ((row: Transition) => string)[] = [
    ({ on, from, when }) => `${on}\n${from}\n${when}`,
    ({ on, when, outcome }) => `${on}\n${when}\n${outcome}`,
    ({ from, when, outcome }) => `${from}\n${when}\n${outcome}`,
  ];
  for (const name of names) {
    const waiting = new Map<string, Transition[]>();
    for (const row of was) {
      if (paired.has(row)) continue;
      const others = waiting.get(name(row));
      if (others) others.push(row);
      else waiting.set(name(row), [row]);
    }
    for (const row of is) {
      const other = pairs.has(row) ? undefined : waiting.get(name(row))?.shift();
      if (!other) continue;
      pairs.set(row, other);
      paired.add(other);
    }
  }
  const parts = [
    ...is.flatMap((row) => compareTransition(pairs.get(row), row)),
    ...was.filter((row) => !paired.has(row)).flatMap((row) => compareTransition(row, undefined)),
  ];
  // Rows are tried in order, so their order is a part of what they say.
  const order = is.flatMap((row) => pairs.get(row) ?? []);
  const kept = was.filter((row) => paired.has(row));
  return kept.every((row, index) => row === order[index])
    ? parts
    : [...parts, { path: 'transitions', kind: 'reordered' }];
}

function transitionOf(row: unknown): Transition {
  const { on, from, when, ...outcome } = isMap(row) ? row : { on: row };
  return {
    on: listed(on),
    from: listed(from),
    when: when === undefined ? '' : ` when ${inline(when)}`,
    outcome: inline(outcome),
  };
}

function compareTransition(was: Transition | undefined, is: Transition | undefined): BlockPart[] {
  const label = ({ on, from, when }: Transition) => `${on} in ${from}${when}`;
  const path = `transitions: ${label((is ?? was) as Transition)}`;
  if (!was || !is || label(was) === label(is)) return comparePart(path, was?.outcome, is?.outcome);
  const whole = (row: Transition) => `${label(row)}: ${row.outcome}`;
  return comparePart('transitions', whole(was), whole(is));
}

/** One or several, as the block may write either. */
function listed(value: unknown): string {
  return Array.isArray(value) ? value.map((one) => inline(one)).join(', ') : inline(value);
}

function comparePart(path: string, was: unknown, is: unknown): BlockPart[] {
  const before = was === undefined ? undefined : inline(was);
  const after = is === undefined ? undefined : inline(is);
  if (before === after && typeof was === typeof is) return [];
  return [
    {
      path,
      kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
      ...(before !== undefined && { before }),
      ...(after !== undefined && { after }),
    },
  ];
}

/** Keys of both; those of after first. */
function keysOf(before: Values, after: Values): string[] {
  return [...new Set([...Object.keys(after), ...Object.keys(before)])];
}

function own(values: Values, key: string): unknown {
  return Object.hasOwn(values, key) ? values[key] : undefined;
}

function isMap(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** In the form of YAML on one line. */
function inline(value: unknown, depth = 0): string {
  if (typeof value === 'string') return depth === 0 ? value : quoted(value);
  // Anchors can make a value that holds itself.
  if (depth > 8) return '…';
  if (Array.isArray(value)) return `[${value.map((one) => inline(one, depth + 1)).join(', ')}]`;
  if (isMap(value)) {
    const entries = Object.entries(value).map(([key, one]) => `${key}: ${inline(one, depth + 1)}`);
    return `{${entries.join(', ')}}`;
  }
  return String(value);
}

/** In quotes where it would be something else without. */
function quoted(text: string): string {
  return /^[a-z][\w.-]*$/i.test(text) && !/^(?:true|false|null)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
