// What values are: plain data, in the form of a field's type, frozen, or changed since a look. Knows no conversation.

import type { FieldDescription } from '../interface/index.ts';
import type { Found } from './finding.ts';
import { RECORDS, type RecordTable } from './records.ts';

type Properties = Readonly<Record<string, unknown>>;

/** Deeper than any data of an interface; what is deeper goes in a circle. */
const DEPTH = 64;

/** Whether a value is octets; `instanceof` would miss those of another realm, such as a frame's. */
export function isBytes(value: unknown): value is Uint8Array {
  return Object.prototype.toString.call(value) === '[object Uint8Array]';
}

/** A promise of the language itself, of whichever realm (typescript.promises). */
export function isPromise(value: unknown): value is Promise<unknown> {
  return Object.prototype.toString.call(value) === '[object Promise]';
}

/** A map: an object that is nothing more. */
export function isMap(value: unknown): value is Properties {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The first place that is no plain data, in words; undefined where all is (scope.plain-data, event.plain-data). */
export function unplain(value: unknown, place: string, depth = 0): string | undefined {
  if (value === null || ['boolean', 'number', 'string'].includes(typeof value) || isBytes(value))
    return undefined;
  if (depth > DEPTH) return `${place} has no end`;
  if (!Array.isArray(value) && !isMap(value)) return `${place} is ${kindOf(value)}`;
  for (const key of Reflect.ownKeys(value)) {
    if (Array.isArray(value) && key === 'length') continue;
    const inner = Array.isArray(value) ? `${place}[${String(key)}]` : `${place}.${String(key)}`;
    if (typeof key === 'symbol') return `${place} has a key that is a symbol`;
    const property = Reflect.getOwnPropertyDescriptor(value, key);
    if (property?.get || property?.set) return `${inner} is computed`;
    // Absent, for a binding whose maps have no other way to say it.
    if (property?.value === undefined && !Array.isArray(value)) continue;
    const found = unplain(property?.value, inner, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function kindOf(value: unknown): string {
  if (typeof value !== 'object') return `a ${typeof value}`;
  const name = (value as object).constructor?.name;
  return typeof name === 'string' && name !== '' ? `an object of the class ${name}` : 'an object';
}

/**
 * Checks the fields of a record, a scope or an event: that they are there, and in the form of their type. Keys that the
 * record does not have are private names, or wrong (feature.private-names).
 */
export function checkFields(
  record: RecordTable,
  value: Properties,
  place: string,
  found: Found,
): void {
  for (const [name, field] of Object.entries(record)) {
    const inner = `${place}.${name}`;
    if (value[name] !== undefined) checkValue(field, value[name], inner, found);
    else if (field.required) found('interface.complete', `${inner} is missing`);
  }
  for (const key of Object.keys(value)) {
    if (value[key] === undefined || Object.hasOwn(record, key) || isPrivateName(key)) continue;
    found('feature.private-names', `${place} has the key \`${key}\`, which is no private name`);
  }
}

function checkValue(field: FieldDescription, value: unknown, place: string, found: Found): void {
  if (value === null) {
    if (!field.nullable) found('binding.field-types', `${place} is null`);
    return;
  }
  const record = RECORDS[field.type];
  if (record) {
    // `local` has handles, so it need not be plain.
    if (isMap(value) || (field.type === 'local' && typeof value === 'object'))
      checkFields(record, value as Properties, place, found);
    else found('binding.field-types', `${place} is no map`);
    return;
  }
  if (field.type === 'enum') {
    if (typeof value !== 'string') found('binding.field-types', `${place} is no string`);
    else if (!field.values?.includes(value))
      found('interface.values-closed', `${place} is ${JSON.stringify(value)}, none of its values`);
    return;
  }
  const form = FORMS[field.type];
  if (form === undefined) return;
  if (!form.fits(value, field)) found('binding.field-types', `${place} is not ${form.words}`);
}

interface Form {
  readonly words: string;
  readonly fits: (value: unknown, field: FieldDescription) => boolean;
}

/** The column “TypeScript” of the table “Field types” (proposal 11). */
const FORMS: Readonly<Record<string, Form>> = {
  string: { words: 'a string without unpaired surrogates', fits: isText },
  octets: { words: 'a string of octets', fits: isOctets },
  bytes: { words: 'a Uint8Array', fits: isBytes },
  integer: {
    words: 'a whole number in its range',
    fits: (value, { minimum, maximum }) =>
      Number.isSafeInteger(value) &&
      (value as number) >= (minimum ?? Number.MIN_SAFE_INTEGER) &&
      (value as number) <= (maximum ?? Number.MAX_SAFE_INTEGER),
  },
  boolean: { words: 'true or false', fits: (value) => typeof value === 'boolean' },
  fields: {
    words: 'a list of [name, value] pairs of strings',
    fits: (value) =>
      isListOf(
        value,
        (pair) => Array.isArray(pair) && pair.length === 2 && isText(pair[0]) && isOctets(pair[1]),
      ),
  },
  strings: { words: 'a list of strings', fits: (value) => isListOf(value, isText) },
  octets_list: { words: 'a list of strings of octets', fits: (value) => isListOf(value, isOctets) },
  bytes_list: { words: 'a list of Uint8Arrays', fits: (value) => isListOf(value, isBytes) },
  feature_map: {
    words: 'a map of lists of revisions',
    fits: (value) =>
      isMap(value) &&
      Object.values(value).every((revisions) =>
        isListOf(revisions, (revision) => Number.isSafeInteger(revision)),
      ),
  },
  cancel: {
    words: 'an AbortSignal',
    fits: (value) => Object.prototype.toString.call(value) === '[object AbortSignal]',
  },
  state: { words: 'a map', fits: isMap },
};

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.isWellFormed();
}

function isOctets(value: unknown): boolean {
  return typeof value === 'string' && /^[\0-\xff]*$/.test(value);
}

function isListOf(value: unknown, fits: (item: unknown) => boolean): boolean {
  // `every` passes over holes.
  return Array.isArray(value) && Array.from(value).every(fits);
}

/** First labels that no private name has (feature.private-names). */
const OWN_LABELS: ReadonlySet<string> = new Set([
  'gateway',
  'http',
  'lifespan',
  'tunnel',
  'websocket',
]);

/** Whether a name is a reverse domain name with at least one more label behind it. */
export function isPrivateName(name: string): boolean {
  const labels = name.split('.');
  return (
    labels.length >= 3 &&
    !name.startsWith('!') &&
    labels.every(Boolean) &&
    !OWN_LABELS.has(labels[0] ?? '')
  );
}

/**
 * The first place of a scope that is not frozen, in words; undefined where all is. Octets cannot be frozen, and what the
 * application published is its own (typescript.frozen).
 */
export function unfrozen(scope: Properties): string | undefined {
  const { local, ...rest } = scope;
  if (!Object.isFrozen(scope)) return 'scope';
  for (const [name, value] of Object.entries(rest)) {
    const found = unfrozenIn(value, `scope.${name}`, 0);
    if (found !== undefined) return found;
  }
  if (!Object.isFrozen(local)) return 'scope.local';
  return Object.isFrozen((local as Properties | undefined)?.state)
    ? undefined
    : 'scope.local.state';
}

/** Whether anything in a scope could be changed: what is not frozen, and octets, which cannot be. */
export function isChangeable(scope: Properties): boolean {
  return unfrozen(scope) !== undefined || hasBytes(scope, 0);
}

function hasBytes(value: unknown, depth: number): boolean {
  if (isBytes(value)) return true;
  if (depth > DEPTH || !(Array.isArray(value) || isMap(value))) return false;
  return Object.values(value).some((inner) => hasBytes(inner, depth + 1));
}

function unfrozenIn(value: unknown, place: string, depth: number): string | undefined {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value) || depth > DEPTH)
    return undefined;
  if (!Object.isFrozen(value)) return place;
  for (const [key, inner] of Object.entries(value)) {
    const found = unfrozenIn(inner, `${place}.${key}`, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * What tells a value from a changed one: a text of all that is in it, with a sum of octets in their place (FNV-1a, which
 * every change of one octet changes). Of `state` the keys, since its values live on; of handles nothing.
 */
export function fingerprint(value: unknown, depth = 0): string {
  if (isBytes(value)) {
    let sum = 0x811c9dc5;
    for (let at = 0; at < value.length; at++)
      sum = Math.imul(sum ^ (value[at] as number), 0x01000193);
    return `<${value.length}:${sum >>> 0}>`;
  }
  if (typeof value === 'object' && value !== null && depth <= DEPTH) {
    if (Array.isArray(value))
      return `[${Array.from(value, (item) => fingerprint(item, depth + 1)).join()}]`;
    if (!isMap(value)) return `{${kindOf(value)}}`;
    const pairs = Object.keys(value).map((key) => {
      const inner = key === 'state' && isMap(value[key]) ? Object.keys(value[key]) : value[key];
      return `${JSON.stringify(key)}:${fingerprint(inner, depth + 1)}`;
    });
    return `{${pairs.join()}}`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}

/** Where octets stand in memory: a list of them tells whether some is used again (typescript.bytes-kept). */
export interface Span {
  readonly buffer: ArrayBufferLike;
  readonly from: number;
  readonly to: number;
}

export function spansOf(event: Properties): Span[] {
  return Object.values(event)
    .filter(isBytes)
    .filter(({ length }) => length > 0)
    .map(({ buffer, byteOffset, length }) => ({
      buffer,
      from: byteOffset,
      to: byteOffset + length,
    }));
}

export function overlaps(one: Span, other: Span): boolean {
  return one.buffer === other.buffer && one.from < other.to && other.from < one.to;
}

/** The name of what was thrown: two copies of this package have two classes of each (typescript.errors-by-name). */
export function nameOf(error: unknown): string | undefined {
  try {
    const name = (error as { name?: unknown } | null | undefined)?.name;
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}

/** What was thrown, as text: anything can be thrown. */
export function inWords(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'something that has no text';
  }
}
